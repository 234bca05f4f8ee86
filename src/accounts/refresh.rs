//! Tokens that are never lost: one process at a time renews an account's, from the question to the kept answer, and leaves
//! word of what it is about to do, so that whoever comes after a death in the middle knows what not to repeat.
//!
//! The order: turn, read again, leave word, ask, keep, read back, take the word back. Only a server that says
//! `invalid_grant` signs anybody out, and only after a look whether somebody else has renewed meanwhile; overloaded servers,
//! cuts and wrong clients never do (RFC 6749 section 5.2, reliability.md 3.3).

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::bundle::Bundle;
use super::grant::Grant;
use super::need::Need;
use super::state::{self, Attempt, Lapsed, State};
use super::{Account, Provider, Site, clients, held, place, provider};
use crate::app::{App, Turn, Turns, Vault};
use crate::base::{Clock, Error, Kind, Label, Result, Secret, Timestamp, Unfinished};
use crate::oauth::{Client, Failure, Tokens};
use crate::providers::{Http, Method, Refresh};

/// The longest wait for another process's turn: longer than its question may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// The longest question to a provider. The end of the process waits for it (`base::unfinished::LONGEST`).
const LIMIT: Duration = Duration::from_secs(25);
/// The same while the old token still does.
const SHORT_LIMIT: Duration = Duration::from_secs(5);

/// Where a grace allows it, a question whose answer got lost is asked so often, after such a pause.
const QUESTIONS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);

/// What it takes to renew one account's tokens; belongs to no command, so that dropping one cuts nothing.
#[derive(Debug)]
pub(super) struct Keeper {
    pub label: Label,
    pub provider: &'static Provider,
    pub site: Site,
    /// What becomes of its refresh tokens
    pub refresh: Refresh,
    method: Method,
    scopes: Vec<String>,
    /// Or why there is none, told once one is needed
    client: Option<Result<clients::Known>>,
    /// Once it was needed: a vault that fails later takes nothing away from what is running
    loaded: OnceLock<Client>,
    pub vault: Vault,
    pub key: String,
    pub turns: Turns,
    http: Http,
    clock: Clock,
}

impl Keeper {
    pub fn new(app: &App, account: &Account) -> Result<Keeper> {
        let provider = provider(&account.provider)?;
        let site = state::site(app, account)?;
        let mut keeper = Keeper {
            label: account.label.clone(),
            provider,
            method: account.method,
            scopes: account.scopes.clone(),
            client: None,
            loaded: OnceLock::new(),
            vault: place::vault(app, account.sharing).clone(),
            key: place::key(app, account),
            turns: state::turns(app, account),
            http: app.http.clone(),
            clock: app.clock.clone(),
            refresh: provider.refresh_at(&site),
            site,
        };
        if let Some(id) = &account.client {
            keeper.client = Some(clients::of_account(app, provider, &keeper.site, id, account.sharing));
        }
        Ok(keeper)
    }

    /// What the vault holds, or newer tokens that it could not take yet; `Kind::SignIn` when there are none.
    pub fn read(&self) -> Result<Bundle> {
        self.newest(self.vault.get(&self.key))
    }

    /// The same for a first try: what this process read before does.
    pub fn read_recent(&self) -> Result<Bundle> {
        self.newest(self.vault.recent(&self.key))
    }

    /// What the vault holds by itself.
    pub fn kept(&self) -> Result<Bundle> {
        self.parse(self.vault.get(&self.key))
    }

    fn newest(&self, kept: Result<Option<Secret>>) -> Result<Bundle> {
        match (self.parse(kept), held::find(&self.key)) {
            (Ok(kept), Some(held)) if kept.generation >= held.generation => Ok(kept),
            (_, Some(held)) => Ok(held),
            (kept, None) => kept,
        }
    }

    fn parse(&self, kept: Result<Option<Secret>>) -> Result<Bundle> {
        let kept = kept.map_err(|error| place::name_variable(error, &self.label))?;
        let kept = kept.ok_or_else(|| place::missing(&self.label, "tokens"))?;
        Bundle::parse(&kept, &self.label)
    }

    /// Tokens that are good: renewed ones, or those that another process has renewed in the meantime.
    pub async fn renew(self: &Arc<Self>, need: Need) -> Result<Bundle> {
        let turn = match self.turns.take(PATIENCE).await {
            Ok(turn) => turn,
            Err(error) if error.kind == Kind::Busy => return self.without_turn(&need),
            Err(error) => return Err(error),
        };
        let bundle = self.read()?;
        if !need.wants(&bundle, self.clock.now()) {
            return Ok(bundle);
        }
        let (keeper, unfinished) = (self.clone(), Unfinished::begin());
        // A task of its own, because whoever asked may be dropped by Ctrl-C between the question and the kept answer.
        let work = tokio::spawn(async move {
            let renewed = keeper.renew_in_turn(turn, bundle, need).await;
            drop(unfinished);
            renewed
        });
        work.await.map_err(|_| Error::failed(format!("renewing the tokens of `{}` broke off", self.label)))?
    }

    fn without_turn(&self, need: &Need) -> Result<Bundle> {
        let (bundle, now) = (self.read()?, self.clock.now());
        if !need.wants(&bundle, now) || need.can_wait(&bundle, now) {
            return Ok(bundle);
        }
        let held =
            format!("another process has been renewing the tokens of `{}` for {} s", self.label, PATIENCE.as_secs());
        Err(Error::new(Kind::Busy, held).hint("try again in a moment"))
    }

    async fn renew_in_turn(self: &Arc<Self>, turn: Turn, bundle: Bundle, need: Need) -> Result<Bundle> {
        let mut state: State = turn.state()?.unwrap_or_default();
        let now = self.clock.now();
        let waits = need.can_wait(&bundle, now);
        if let Some(reason) = self.ended(&state, &bundle, now) {
            return if waits { Ok(bundle) } else { self.lapse(&turn, state, &bundle, &reason) };
        }
        let first = Self::first_asked(&state, &bundle);
        let again = first.and_then(|first| self.grace_left(first, now));
        if waits && self.is_single_use(&bundle) && first.is_some() && again.is_none() {
            return Ok(bundle); // asking again may end both, and this one still does
        }
        let grant = match self.grant(&bundle) {
            Ok(Some(grant)) => grant,
            Ok(None) => return self.lapse(&turn, state, &bundle, state::ENDED),
            Err(_) if waits => return Ok(bundle),
            Err(error) => return Err(error),
        };
        state.intent = Some(Attempt { generation: bundle.generation, at: first.unwrap_or(now) });
        if let Err(error) = self.ready(&turn, &state, &bundle) {
            return if waits { Ok(bundle) } else { Err(error) };
        }
        let limit = if waits { SHORT_LIMIT } else { LIMIT };
        // A question that comes after the grace is the one that must not be asked.
        let limit = again.map_or(limit, |left| limit.min(left));
        match self.ask(&grant, limit, first.unwrap_or(now), &bundle).await {
            Ok(tokens) => self.keep(&turn, state, &bundle, &tokens, now).await,
            Err(failure) => self.failed(&turn, state, bundle, failure, waits),
        }
    }

    /// Why these tokens bring no new ones any more.
    fn ended(&self, state: &State, bundle: &Bundle, now: Timestamp) -> Option<String> {
        if let Some(reason) = self.forbids(state, bundle, now) {
            return Some(reason);
        }
        let may_ask_again = state.intent.is_some_and(|intent| intent.generation == bundle.generation);
        let lapsed = state.lapsed.as_ref().filter(|lapsed| lapsed.generation == bundle.generation && !may_ask_again)?;
        Some(lapsed.reason.clone())
    }

    /// What cannot be kept must not be asked for, and whoever comes after a death must find word of the question.
    fn ready(&self, turn: &Turn, state: &State, bundle: &Bundle) -> Result<()> {
        if self.is_single_use(bundle) && held::find(&self.key).is_none() {
            self.vault.probe().map_err(|error| place::name_variable(error, &self.label))?;
        }
        turn.write(state)
    }

    /// Asks for new tokens; again within the server's grace when nobody knows what became of the question.
    async fn ask(
        &self,
        grant: &Grant<'_>,
        limit: Duration,
        first: Timestamp,
        bundle: &Bundle,
    ) -> Result<Tokens, Failure> {
        let http = self.http.ending_in(limit);
        let mut asked = 0;
        loop {
            asked += 1;
            let answer = grant.ask(&http, self.clock.now()).await;
            let left = self.grace_left(first, self.clock.now());
            let may_ask = asked < QUESTIONS && self.is_single_use(bundle) && left.is_some_and(|left| left > PAUSE * 2);
            match answer {
                Err(Failure::Unclear(_)) if may_ask => tokio::time::sleep(PAUSE).await,
                answer => return answer,
            }
        }
    }

    fn grant<'a>(&'a self, bundle: &'a Bundle) -> Result<Option<Grant<'a>>> {
        let server = || self.provider.server(&self.site);
        Ok(match (self.method, &bundle.refresh, &bundle.key) {
            (Method::ClientCredentials, _, _) => {
                Some(Grant::Client { server: server()?, client: self.client()?, scopes: &self.scopes })
            }
            (Method::ServiceAccount, _, Some(key)) => {
                let signing = self.provider.signing(&self.site, key, self.site.client.as_deref())?;
                Some(Grant::Assertion { server: server()?, signing, scopes: &self.scopes })
            }
            (Method::TwoStep, _, Some(key)) => Some(Grant::Exchange { provider: self.provider, site: &self.site, key }),
            (_, Some(token), _) => Some(Grant::Refresh { server: server()?, client: self.client()?, token }),
            (_, None, _) => None,
        })
    }

    fn client(&self) -> Result<Client> {
        if let Some(client) = self.loaded.get() {
            return Ok(client.clone());
        }
        match &self.client {
            Some(Ok(known)) => known.load().map(|client| self.loaded.get_or_init(|| client).clone()),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::failed(format!("account `{}` does not say which client it uses", self.label))),
        }
    }

    fn failed(&self, turn: &Turn, mut state: State, bundle: Bundle, failure: Failure, waits: bool) -> Result<Bundle> {
        let intent = state.intent.take();
        if failure.is("invalid_grant") {
            // Whoever shares the vault but not the lock (another home, another machine) may have been faster.
            let there = self.read()?;
            if there.generation != bundle.generation {
                return Ok(there);
            }
            let said = match &failure {
                Failure::Refused { description, .. } if !description.is_empty() => format!(": {description}"),
                _ => String::new(),
            };
            let lost = state.unclear.filter(|attempt| attempt.generation == bundle.generation);
            let lost = lost.map_or(String::new(), |attempt| {
                format!("; an answer to the same question got lost on the way at {}", attempt.at)
            });
            let reason = format!("{} takes its tokens no longer{said}{lost}", self.provider.title);
            return self.lapse(turn, state, &bundle, &reason);
        }
        if let Failure::Unclear(_) = failure {
            state.unclear = state.unclear.filter(|attempt| attempt.generation == bundle.generation).or(intent);
        }
        turn.write(&state)?;
        if waits { Ok(bundle) } else { Err(self.told(failure)) }
    }

    fn told(&self, failure: Failure) -> Error {
        let is_refusal = matches!(failure, Failure::Refused { .. });
        let error = failure.into_error(self.provider.title);
        // Nothing but `invalid_grant` asks for a new sign-in here, whatever it would mean elsewhere.
        let kind = if is_refusal && error.kind == Kind::SignIn { Kind::Failed } else { error.kind };
        Error { kind, ..error }.while_doing(format!("renewing the tokens of `{}`", self.label))
    }

    /// Writes down that only a person can help, so that nobody asks again.
    fn lapse(&self, turn: &Turn, mut state: State, bundle: &Bundle, reason: &str) -> Result<Bundle> {
        let is_known = state.lapsed.as_ref().is_some_and(|lapsed| lapsed.generation == bundle.generation);
        if !is_known || state.intent.is_some() {
            state.intent = None;
            state.lapsed = Some(self.lapsed(bundle, reason));
            turn.write(&state)?;
        }
        Err(state::needs_reauth(self.label.as_str(), reason))
    }

    pub fn lapsed(&self, bundle: &Bundle, reason: &str) -> Lapsed {
        Lapsed { generation: bundle.generation, at: self.clock.now(), reason: reason.to_owned() }
    }
}
