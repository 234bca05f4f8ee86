//! What becomes of a sign-in once it is known whose it is: a new account, or one that is here already.

use std::collections::BTreeMap;

use super::connect::Connected;
use super::identity::{is_same, other_identity, taken};
use super::person::{Event, Found, Person, Settled, free_label};
use super::request::ConnectRequest;
use super::sign_in::{Farewell, Obtained};
use super::{Account, Method, Provider, Sharing, Switch, is_picked, owner, place, product, raw};
use crate::app::App;
use crate::base::{Error, Kind, Result};
use crate::oauth::Client;

pub(super) struct Plan<'a> {
    pub app: &'a App,
    pub provider: &'static Provider,
    pub request: &'a ConnectRequest,
    pub label_holder: Option<Account>,
    pub sharing: Option<Sharing>,
    pub client: Option<Client>,
    pub asked: Vec<String>,
}

impl Plan<'_> {
    /// Keeps what a sign-in brought, as one account. What nobody kept is given back.
    pub async fn keep(&self, obtained: Obtained, person: &mut dyn Person) -> Result<Connected> {
        let old = self.place_of(&obtained)?;
        let account = match &old {
            Some(old) => {
                person.tell(Event::Known { label: old.label.clone() });
                self.renewed(old, &obtained)
            }
            None => self.made(&obtained, person).await?,
        };
        let written = self.write(&account, old.as_ref(), &obtained.what).await;
        if let (Err(_), None, Some(farewell)) = (&written, &old, self.farewell(&obtained)) {
            farewell.say().await;
        }
        written?;
        let missing_scopes = self.missing(&account, old.as_ref());
        let default = is_picked(self.app, &account)?;
        Ok(Connected { account, missing_scopes, updated: old.is_some(), default })
    }

    /// The account that is signed in to anew: the one with this identity, or the one of this label.
    fn place_of(&self, obtained: &Obtained) -> Result<Option<Account>> {
        if let Some(holder) = &self.label_holder {
            let same = is_same(holder, self.provider, &obtained.identity, &obtained.site);
            // Where nobody ever said whose it is, the person says that it is this one.
            if same || holder.identity.id.is_empty() || self.request.switch == Switch::Allow {
                return Ok(Some(holder.clone()));
            }
            return Err(other_identity(holder, &obtained.identity));
        }
        let known = owner::visible(self.app)?;
        let same = known.into_iter().find(|other| is_same(other, self.provider, &obtained.identity, &obtained.site));
        match same {
            Some(same) if self.sharing.is_some_and(|sharing| sharing != same.sharing) => Err(here_already(&same)),
            same => Ok(same),
        }
    }

    /// A new account, once it is said what it is called and whose it is. Nobody else here is this identity, so that
    /// nothing else ends with its tokens when they are given back.
    async fn made(&self, obtained: &Obtained, person: &mut dyn Person) -> Result<Account> {
        let farewell = self.farewell(obtained);
        let at_end = farewell.clone().map(|farewell| self.request.interrupt.at_end(move || farewell.say_alone()));
        let settled = self.settle(obtained, person);
        drop(at_end);
        let account = settled.and_then(|settled| self.new_account(settled, obtained));
        if let (Err(_), Some(farewell)) = (&account, farewell) {
            farewell.say().await;
        }
        account
    }

    fn farewell(&self, obtained: &Obtained) -> Option<Farewell> {
        Farewell::of(&self.app.http, self.provider, self.client.as_ref()?, obtained)
    }

    /// What it is called and whose it is: as it was given, else as the person says.
    fn settle(&self, obtained: &Obtained, person: &mut dyn Person) -> Result<Settled> {
        let product = product::word(self.provider.id, &obtained.site.settings);
        let proposed = free_label(self.app, product, &obtained.identity)?;
        let settled = if self.request.label.is_some() && self.sharing.is_some() {
            Settled { label: self.request.label.clone().unwrap_or(proposed), sharing: self.sharing.unwrap_or_default() }
        } else {
            person.settle(&Found {
                provider: self.provider,
                identity: &obtained.identity,
                label: self.request.label.as_ref(),
                proposed,
                sharing: self.sharing,
                team_ready: place::vault(self.app, Sharing::Team).probe().is_ok(),
            })?
        };
        self.request.interrupt.check()?;
        Ok(settled)
    }

    fn new_account(&self, settled: Settled, obtained: &Obtained) -> Result<Account> {
        if self.sharing.unwrap_or_default() != settled.sharing {
            place::vault(self.app, settled.sharing).probe()?;
        }
        if raw(self.app, &settled.label)?.is_some() {
            return Err(taken(&settled.label));
        }
        let now = self.app.clock.now();
        let blank = Account {
            label: settled.label,
            provider: self.provider.id.to_owned(),
            id: super::new_id(),
            identity: obtained.identity.clone(),
            endpoint: None,
            settings: BTreeMap::new(),
            sharing: settled.sharing,
            owner: self.app.config.user.clone(),
            method: obtained.method,
            scopes: Vec::new(),
            refused: Vec::new(),
            client: None,
            default: false,
            on_its_own: true,
            created: now,
            authorised: now,
        };
        Ok(self.renewed(&blank, obtained))
    }

    /// The account as this sign-in leaves it.
    fn renewed(&self, old: &Account, obtained: &Obtained) -> Account {
        let refused = old.refused.iter().chain(&self.asked).filter(|scope| !obtained.granted.contains(scope));
        let mut refused: Vec<String> = refused.cloned().collect();
        refused.sort();
        refused.dedup();
        // A secret that the old account could not be used with goes to a place of its own: whoever dies on the way leaves
        // the old account as it was, with the old secret.
        let is_another = old.identity.id != obtained.identity.id
            || (old.method == Method::Token) != (obtained.method == Method::Token);
        Account {
            id: if is_another { super::new_id() } else { old.id.clone() },
            identity: obtained.identity.clone(),
            endpoint: obtained.site.endpoint.clone(),
            settings: obtained.site.settings.clone(),
            method: obtained.method,
            scopes: obtained.granted.clone(),
            refused,
            client: self.client.as_ref().map(|client| client.id.clone()),
            authorised: self.app.clock.now(),
            ..old.clone()
        }
    }

    /// What was asked for, or granted before, and is not granted now.
    fn missing(&self, account: &Account, old: Option<&Account>) -> Vec<String> {
        let was = old.map(|old| old.scopes.as_slice()).unwrap_or_default();
        let mut missing: Vec<String> = Vec::new();
        for scope in self.asked.iter().chain(was).filter(|scope| !account.scopes.contains(scope)) {
            if !missing.contains(scope) {
                missing.push(scope.clone());
            }
        }
        missing
    }
}

fn here_already(same: &Account) -> Error {
    let Account { identity, sharing, label, .. } = same;
    let message = format!("`{}` is here already, as {} account `{label}`", identity.name, sharing.word());
    Error::new(Kind::Conflict, message).hint(match sharing {
        Sharing::Private => format!("make it the team's: `appctl integrations accounts share {label}`"),
        Sharing::Team => format!("use that one, or remove it: `appctl integrations accounts remove {label}`"),
    })
}
