//! The account itself: who it is, how many calls it made, what its token may do.

use serde_json::json;

use super::errors::Trouble;
use super::types::PORTAL;
use super::{Hubspot, Visit};
use crate::sandbox::calendar;
use crate::sandbox::limits::ENDLESS_DAY;
use crate::sandbox::wire::Reply;

pub(crate) fn details() -> Reply {
    Reply::value(
        200,
        &json!({
            "portalId": PORTAL, "accountType": "DEVELOPER_TEST", "timeZone": "UTC", "companyCurrency": "USD",
            "additionalCurrencies": ["EUR"], "utcOffset": "+00:00", "utcOffsetMilliseconds": 0,
            "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
        }),
    )
}

pub(crate) fn me() -> Reply {
    let me = json!({"portalId": PORTAL, "timeZone": "UTC", "accountType": "DEVELOPER_TEST", "currency": "USD"});
    Reply::value(200, &me)
}

impl Hubspot {
    pub(crate) fn usage(&self, now: i64) -> Reply {
        let (used, limit) = {
            let mut meter = self.meter.lock().expect("no holder of this lock panics");
            (meter.today(now), meter.limits.daily.unwrap_or(ENDLESS_DAY))
        };
        let midnight = (now.div_euclid(86_400_000) + 1) * 86_400_000;
        Reply::value(
            200,
            &json!({"results": [{
                "name": "private-apps-api-calls-daily", "usageLimit": limit, "currentUsage": used,
                "collectedAt": calendar::instant_text(now), "fetchStatus": "SUCCESS",
                "resetsAt": calendar::instant_text(midnight),
            }]}),
        )
    }

    pub(crate) fn token_info(&self, visit: &Visit<'_>) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let access = self.access.lock().expect("no holder of this lock panics");
        let known = body["tokenKey"].as_str() == Some(access.token.expose()) && !access.revoked;
        drop(access);
        if !known {
            return Err(Trouble::no_token());
        }
        Ok(Reply::value(
            200,
            &json!({"userId": 9_000_000, "hubId": PORTAL, "appId": 1_000_001, "scopes": self.granted_scopes()}),
        ))
    }
}
