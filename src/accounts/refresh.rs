//! Tokens that are never lost: one process at a time renews an account's, from the question to the kept answer, and leaves
//! word of what it is about to do, so that whoever comes after a death in the middle knows what not to repeat.
//!
//! The order: turn, read again, leave word, ask, keep, read back, take the word back. Only a server that says
//! `invalid_grant` signs anybody out, and only after a look whether somebody else has renewed meanwhile; overloaded servers,
//! cuts and wrong clients never do (RFC 6749 section 5.2, reliability.md 3.3).

use std::sync::Arc;
use std::time::Duration;

use super::bundle::Bundle;
use super::grant::Grant;
use super::state::{self, Attempt, Lapsed, State};
use super::{Account, Provider, Site, clients, place, provider};
use crate::app::{App, Turn, Turns, Vault};
use crate::base::{Clock, Error, Kind, Label, Result, Secret, Timestamp, Unfinished};
use crate::oauth::{Client, Failure, Tokens};
use crate::providers::{Http, Method};

/// The longest wait for another process's turn: longer than its question may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// The longest question to a provider. The end of the process waits for it (`base::unfinished::LONGEST`).
const LIMIT: Duration = Duration::from_secs(25);
/// The same while the old token still does.
const SHORT_LIMIT: Duration = Duration::from_secs(5);

/// How often new tokens are put into a vault that fails, and after which pause.
const TRIES: u32 = 3;
const AGAIN: Duration = Duration::from_millis(300);

/// What it takes to renew one account's tokens; belongs to no command, so that dropping one cuts nothing.
#[derive(Debug)]
pub(super) struct Keeper {
    pub label: Label,
    pub provider: &'static Provider,
    pub site: Site,
    method: Method,
    scopes: Vec<String>,
    /// Or why there is none, told once one is needed
    client: Option<Result<clients::Known>>,
    vault: Vault,
    key: String,
    turns: Turns,
    http: Http,
    clock: Clock,
}

/// Why somebody asks for a renewal.
#[derive(Clone, Debug)]
pub(super) enum Need {
    /// The token may be about to end
    Ending,
    /// The provider refused this one
    Refused(Secret),
    /// The refresh token of this generation would lapse for not being used
    Idle(u64),
}

impl Need {
    /// Whether these tokens are still the ones that somebody wants renewed.
    fn wants(&self, bundle: &Bundle, now: Timestamp) -> bool {
        match self {
            Need::Ending => bundle.is_ending(now),
            Need::Refused(refused) => bundle.access.expose() == refused.expose() || bundle.is_ending(now),
            Need::Idle(generation) => bundle.generation == *generation || bundle.is_ending(now),
        }
    }

    /// Whether these tokens do for now when they cannot be renewed.
    fn can_wait(&self, bundle: &Bundle, now: Timestamp) -> bool {
        match self {
            Need::Ending => bundle.is_alive(now),
            Need::Refused(refused) => bundle.access.expose() != refused.expose() && bundle.is_alive(now),
            Need::Idle(_) => false,
        }
    }
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
            vault: place::vault(app, account.sharing).clone(),
            key: place::key(app, account),
            turns: state::turns(app, account),
            http: app.http.clone(),
            clock: app.clock.clone(),
            site,
        };
        if let Some(id) = &account.client {
            keeper.client = Some(clients::of_account(app, provider, &keeper.site, id, account.sharing));
        }
        Ok(keeper)
    }

    /// What the vault holds; `Kind::SignIn` when that is nothing.
    pub fn read(&self) -> Result<Bundle> {
        self.parse(self.vault.get(&self.key))
    }

    /// The same for a first try: what this process read before does.
    pub fn read_recent(&self) -> Result<Bundle> {
        self.parse(self.vault.recent(&self.key))
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

    async fn renew_in_turn(&self, turn: Turn, bundle: Bundle, need: Need) -> Result<Bundle> {
        let mut state: State = turn.state()?.unwrap_or_default();
        let now = self.clock.now();
        let waits = need.can_wait(&bundle, now);
        if let Some(lapsed) = state.lapsed.as_ref().filter(|lapsed| lapsed.generation == bundle.generation) {
            return if waits { Ok(bundle) } else { Err(state::needs_reauth(self.label.as_str(), &lapsed.reason)) };
        }
        if let Some(error) = self.forbids(&state, &bundle, now) {
            return if waits { Ok(bundle) } else { self.lapse(&turn, state, &bundle, &error) };
        }
        let of_these = |attempt: &Attempt| attempt.generation == bundle.generation;
        if waits && self.is_single_use(&bundle) && state.unclear.as_ref().is_some_and(of_these) {
            return Ok(bundle); // asking again may end both, and this one still does
        }
        let grant = match self.grant(&bundle) {
            Ok(Some(grant)) => grant,
            Ok(None) => return self.lapse(&turn, state, &bundle, state::ENDED),
            Err(_) if waits => return Ok(bundle),
            Err(error) => return Err(error),
        };
        // What cannot be kept must not be asked for.
        if self.is_single_use(&bundle)
            && let Err(error) = self.vault.probe()
        {
            return if waits { Ok(bundle) } else { Err(place::name_variable(error, &self.label)) };
        }
        let first = state.intent.filter(of_these).map_or(now, |earlier| earlier.at);
        state.intent = Some(Attempt { generation: bundle.generation, at: first });
        turn.write(&state)?;
        let http = self.http.ending_in(if waits { SHORT_LIMIT } else { LIMIT });
        match grant.ask(&http, now).await {
            Ok(tokens) => self.keep(&turn, state, &bundle, &tokens, now).await,
            Err(failure) => self.failed(&turn, state, bundle, failure, waits),
        }
    }

    /// Why these tokens must not be sent again: somebody died after asking, and each works only once.
    fn forbids(&self, state: &State, bundle: &Bundle, now: Timestamp) -> Option<String> {
        let intent = state.intent.filter(|intent| intent.generation == bundle.generation)?;
        if !self.is_single_use(bundle) {
            return None;
        }
        let grace = self.provider.oauth.and_then(|facts| facts.refresh.grace);
        if grace.is_some_and(|grace| now.since(intent.at) < grace) {
            return None;
        }
        Some(format!(
            "a process died at {} between asking {} for new tokens and keeping them, and its refresh tokens work only once",
            intent.at, self.provider.title
        ))
    }

    /// Whether asking uses up something that cannot be had again without a person. Of an API that nobody described, that
    /// is known once its tokens were renewed.
    fn is_single_use(&self, bundle: &Bundle) -> bool {
        let declared = self.provider.oauth.is_none_or(|facts| facts.refresh.rotates);
        let seen = bundle.rotates.unwrap_or(self.provider.id == "custom");
        bundle.refresh.is_some() && (declared || seen)
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
        match &self.client {
            Some(Ok(known)) => known.load(),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::failed(format!("account `{}` does not say which client it uses", self.label))),
        }
    }

    /// Keeps what came, reads it back, and says so.
    async fn keep(&self, turn: &Turn, state: State, old: &Bundle, tokens: &Tokens, asked: Timestamp) -> Result<Bundle> {
        let lifetime = tokens.expires_in.or_else(|| self.provider.oauth.and_then(|facts| facts.lifetime));
        let is_other = |new: &Secret| old.refresh.as_ref().is_some_and(|old| old.expose() != new.expose());
        let next = Bundle {
            access: tokens.access.clone(),
            // RFC 6749 section 6: no new one means that the old one stays.
            refresh: tokens.refresh.clone().or_else(|| old.refresh.clone()),
            key: old.key.clone(),
            rotates: Some(old.rotates == Some(true) || tokens.refresh.as_ref().is_some_and(is_other)),
            expires_at: lifetime.map(|lifetime| asked.plus(lifetime)),
            issued_at: asked,
            generation: old.generation + 1,
        };
        if let Err(error) = self.put(&next).await {
            if self.is_single_use(old) || next.rotates == Some(true) {
                let reason = format!("its new tokens could not be kept: {}", error.message);
                let _ = self.lapse(turn, state, old, &reason);
            }
            return Ok(next); // this process has them, and what it is doing can be done
        }
        let mut moved = state.moved;
        // An address that is not the vendor's is not followed; the old one stays.
        moved.extend(self.provider.keep(&tokens.said, &self.site).unwrap_or_default());
        let scopes = tokens.scopes.clone().or(state.scopes);
        let state = State {
            generation: next.generation,
            expires_at: next.expires_at,
            refreshed_at: Some(asked),
            scopes,
            moved,
            ..State::default()
        };
        // The tokens are kept, and an intent of older ones means nothing: a full disk takes nothing away here.
        let _ = turn.write(&state);
        Ok(next)
    }

    /// Puts tokens into the vault and makes sure that they are there.
    async fn put(&self, next: &Bundle) -> Result<()> {
        let text = next.text();
        let mut tries = 0;
        loop {
            tries += 1;
            let kept = self.vault.set(&self.key, &text).and_then(|()| self.vault.get(&self.key));
            match kept {
                Ok(Some(back)) if back.expose() == text.expose() => return Ok(()),
                Err(error) if tries == TRIES => return Err(error),
                Ok(_) if tries == TRIES => return Err(Error::failed("the vault does not keep what it is given")),
                _ => tokio::time::sleep(AGAIN).await,
            }
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
        state.intent = None;
        state.lapsed = Some(Lapsed { generation: bundle.generation, at: self.clock.now(), reason: reason.to_owned() });
        turn.write(&state)?;
        Err(state::needs_reauth(self.label.as_str(), reason))
    }
}
