//! The token of the moment, for whoever sends requests: read from the vault once, renewed when it is about to end or was
//! refused.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::bundle::Bundle;
use super::need::Need;
use super::refresh::Keeper;
use super::{Account, Method, owner, place, provider};
use crate::app::App;
use crate::base::{Clock, Result, Secret, Timestamp};
use crate::providers::{Auth, Bearer};

/// How an account's requests are signed in: by its key, or by tokens that are renewed while they are used. Asks nobody yet.
///
/// `Kind::SignIn` when there is no secret and one is needed, `Kind::Denied` for somebody else's private account.
pub fn auth(app: &App, account: &Account) -> Result<Auth> {
    owner::refuse_hidden(app, account)?;
    let provider = provider(&account.provider)?;
    let given = app.config.token(&account.label);
    match (account.method, given) {
        (Method::Token, _) if provider.api_key.is_none() => Ok(Auth::None),
        (Method::Token, _) => match place::secret(app, account)? {
            Some(secret) => provider.auth(secret, &super::state::site(app, account)?),
            None => Ok(Auth::None),
        },
        (_, Some(token)) => Ok(Auth::Bearer(token.clone())),
        (_, None) => Ok(Auth::Live(Arc::new(Live::new(app, account)?))),
    }
}

/// After a renewal that failed while the old token still does, nobody tries again for so long.
const REST: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Live {
    keeper: Arc<Keeper>,
    clock: Clock,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    bundle: Option<Bundle>,
    rests_until: Option<Timestamp>,
}

impl Live {
    pub fn new(app: &App, account: &Account) -> Result<Live> {
        Ok(Live { keeper: Arc::new(Keeper::new(app, account)?), clock: app.clock.clone(), known: Mutex::default() })
    }
}

#[async_trait]
impl Bearer for Live {
    async fn token(&self) -> Result<Secret> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        let bundle = match known.bundle.take() {
            Some(bundle) => bundle,
            None => self.keeper.read_recent()?,
        };
        let rests = bundle.is_alive(now) && known.rests_until.is_some_and(|until| now < until);
        if rests || !bundle.is_ending(now) {
            let access = bundle.access.clone();
            known.bundle = Some(bundle);
            return Ok(access);
        }
        let renewed = self.keeper.renew(Need::Ending).await?;
        known.rests_until = renewed.is_ending(now).then(|| now.plus(REST));
        let access = renewed.access.clone();
        known.bundle = Some(renewed);
        Ok(access)
    }

    async fn after_refusal(&self, refused: &Secret) -> Result<Secret> {
        let mut known = self.known.lock().await;
        if let Some(bundle) = known.bundle.as_ref().filter(|bundle| bundle.access.expose() != refused.expose()) {
            return Ok(bundle.access.clone()); // another request was refused first
        }
        known.bundle = None;
        let renewed = self.keeper.renew(Need::Refused(refused.clone())).await?;
        let access = renewed.access.clone();
        known.bundle = Some(renewed);
        Ok(access)
    }
}
