//! Calls to HubSpot: signed in, within its limits, with its refusals explained and its clock and daily quota watched.

use serde::Deserialize;

use super::super::{Access, Identity, Quota};
use crate::base::{Clock, Error, Kind, Result, Timestamp};
use crate::http::{Answer, Auth, Door, Http, Request};
use crate::providers::HUBSPOT;

pub(super) struct Api {
    http: Http,
    door: Door,
    clock: Clock,
    seen: Seen,
    identity: Option<Identity>,
}

/// The same moment by two clocks. HubSpot's is the one that counts, but a wrong `Date` must not lose a change: what is
/// left for the next run begins at the earlier of both, and a window ends at the later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub here: Timestamp,
    pub there: Timestamp,
}

/// What answers told by the way.
#[derive(Default)]
struct Seen {
    /// HubSpot's clock less ours, in microseconds; never too far ahead, because `Date` is rounded down
    ahead: Option<i64>,
    /// Calls left today and the day's limit
    daily: Option<(u64, u64)>,
    resets_at: Option<Timestamp>,
    asked_usage: bool,
}

impl Api {
    pub fn new(access: Access) -> Result<Self> {
        let base = match access.endpoint {
            Some(endpoint) => endpoint,
            None => HUBSPOT.base.parse().map_err(|_| Error::failed("HubSpot's address is broken"))?,
        };
        if matches!(access.auth, Auth::None) {
            return Err(Error::new(Kind::SignIn, "HubSpot needs a service key")
                .hint(format!("make one at {}", HUBSPOT.console)));
        }
        let door = Door::new(base, &access.account)?
            .auth(access.auth)
            .limits(HUBSPOT.limits, HUBSPOT.announced)
            .budget(access.budget)
            .explain(HUBSPOT.explain);
        Ok(Api { http: access.http, door, clock: access.clock, seen: Seen::default(), identity: None })
    }

    /// Asks, and lets `parse` make something of the answer. See `Http::read`.
    pub async fn read<T: Send>(
        &mut self,
        request: &Request,
        mut parse: impl FnMut(&Answer) -> serde_json::Result<T> + Send,
    ) -> Result<T> {
        self.spare_the_quota()?;
        let (seen, clock) = (&mut self.seen, &self.clock);
        let read = self.http.read(&self.door, request, |answer| {
            seen.note(answer, clock);
            parse(answer)
        });
        read.await
    }

    pub async fn json<T: serde::de::DeserializeOwned + Send>(&mut self, request: &Request) -> Result<T> {
        self.read(request, |answer| serde_json::from_slice(answer.body())).await
    }

    /// Who we are: the portal. `GET /account-info/v3/details`.
    pub async fn details(&mut self) -> Result<Identity> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Details {
            portal_id: u64,
            #[serde(default)]
            account_type: String,
            #[serde(default)]
            ui_domain: String,
        }
        if let Some(identity) = &self.identity {
            return Ok(identity.clone());
        }
        let details: Details = self.json(&Request::get("/account-info/v3/details")).await?;
        let kind = details.account_type.to_lowercase().replace('_', " ");
        let name = format!("{} {} {}", details.ui_domain, kind, details.portal_id);
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let identity = Identity { id: details.portal_id.to_string(), name };
        self.identity = Some(identity.clone());
        Ok(identity)
    }

    /// What time it is, by the last answer's clock and by ours.
    pub async fn now(&mut self) -> Result<Moment> {
        if self.seen.ahead.is_none() {
            self.identity = None;
            self.details().await?;
        }
        let here = self.clock.now();
        let there = Timestamp(here.0.saturating_add(self.seen.ahead.unwrap_or(0)));
        Ok(Moment { here, there })
    }

    /// The day's calls: by the headers of the last answer, else by asking once. `None` where HubSpot does not say.
    /// `GET /account-info/v3/api-usage/daily/private-apps`.
    pub async fn quota(&mut self) -> Result<Option<Quota>> {
        #[derive(Deserialize)]
        struct Usages {
            results: Vec<Usage>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Usage {
            current_usage: u64,
            usage_limit: u64,
            resets_at: Option<String>,
        }
        if !self.seen.asked_usage && self.seen.daily.is_none() {
            self.seen.asked_usage = true;
            match self.json::<Usages>(&Request::get("/account-info/v3/api-usage/daily/private-apps")).await {
                Ok(usages) => {
                    if let Some(usage) = usages.results.first() {
                        self.seen.resets_at = usage.resets_at.as_deref().and_then(Timestamp::parse);
                        let left = usage.usage_limit.saturating_sub(usage.current_usage);
                        self.seen.daily.get_or_insert((left, usage.usage_limit));
                    }
                }
                Err(error) if matches!(error.kind, Kind::Partial | Kind::SignIn | Kind::Interrupted) => {
                    return Err(error);
                }
                // Not every plan and token may see it, and no sync needs it.
                Err(_) => {}
            }
        }
        Ok(self.seen.daily.map(|(left, limit)| Quota { used: limit.saturating_sub(left), limit }))
    }

    /// Refuses a call that would take one of the day's last: the hundredth part, at most 1,000, is for everybody else.
    fn spare_the_quota(&mut self) -> Result<()> {
        let Some((left, limit)) = self.seen.daily else { return Ok(()) };
        let reserve = (limit / 100).clamp(1, 1000);
        if left > reserve {
            self.seen.daily = Some((left - 1, limit));
            return Ok(());
        }
        let until = match self.seen.resets_at {
            Some(time) => format!(" until {time}"),
            None => " today".to_owned(),
        };
        let wait = self.seen.resets_at.map(|time| time.since(self.clock.now())).filter(|wait| !wait.is_zero());
        Err(Error::remote(format!(
            "HubSpot has {left} of {limit} daily calls left{until}, and the last ones are spared"
        ))
        .hint("sync less often, select fewer objects, or ask HubSpot for the API add-on")
        .retry_after(wait.unwrap_or(std::time::Duration::from_secs(3600))))
    }
}

impl Seen {
    fn note(&mut self, answer: &Answer, clock: &Clock) {
        if let Some(date) = answer.date() {
            self.ahead = Some(date.0.saturating_sub(clock.now().0));
        }
        let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
        let left = number("x-hubspot-ratelimit-daily-remaining");
        if let Some(daily) = left.zip(number("x-hubspot-ratelimit-daily")) {
            self.daily = Some(daily);
        }
    }
}
