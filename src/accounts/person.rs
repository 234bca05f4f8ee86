//! How a sign-in reaches a person: whatever door they came through implements it, and tests script it.

use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::{Identity, Provider, Sharing};
use crate::app::App;
use crate::base::{Error, Interrupt, Label, Result};

/// What happened, for who waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The secret can be kept: `keyring`, `team vault`
    VaultReady {
        word: &'static str,
    },
    /// The browser is open; the person has so long
    Waiting {
        limit: Duration,
    },
    /// There is no browser here: the address to open anywhere, whose answer is to be pasted
    Elsewhere {
        url: Url,
    },
    /// The browser comes back to a page of the person's own, this one, and what it ended at is to be pasted
    Landing {
        at: String,
    },
    /// What was pasted, or came back, is no answer to this sign-in
    NotIt {
        why: String,
    },
    /// The provider gave tokens
    Exchanged,
    Identity {
        identity: Identity,
    },
    Scopes {
        asked: Vec<String>,
        granted: Vec<String>,
    },
    /// The identity was here already, under this label
    Known {
        label: Label,
    },
}

/// What became of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browse {
    Opened,
    /// There is none here: a device code is used where the provider has them, else the answer's address is pasted
    NoBrowser,
}

/// A new identity, of which something is not said yet.
#[derive(Debug)]
pub struct Found<'a> {
    pub provider: &'static Provider,
    pub identity: &'a Identity,
    /// As it was given
    pub label: Option<&'a Label>,
    /// A free one
    pub proposed: Label,
    /// As it was given
    pub sharing: Option<Sharing>,
    /// Whether the team vault would take a secret
    pub team_ready: bool,
}

/// What a person decided about a new account.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub label: Label,
    pub sharing: Sharing,
}

#[async_trait]
pub trait Person: Send {
    fn tell(&mut self, event: Event);

    /// Shows the address to the person, in a browser.
    fn browse(&mut self, url: &Url) -> Result<Browse>;

    /// Shows a code, and where it is to be entered.
    fn device(&mut self, user_code: &str, uri: &Url, complete: Option<&Url>);

    /// The address that the browser ended at.
    async fn paste(&mut self) -> Result<String>;

    /// Whether somebody is there who can paste; `Kind::Usage` otherwise, before anybody is sent anywhere.
    fn can_paste(&mut self) -> Result<()> {
        Ok(())
    }

    /// Decides what a new account is called and whose it is. Nothing is kept yet.
    fn settle(&mut self, found: &Found<'_>) -> Result<Settled> {
        Ok(Settled {
            label: found.label.unwrap_or(&found.proposed).clone(),
            sharing: found.sharing.unwrap_or_default(),
        })
    }
}

/// Waits for this unless the person wants to stop: `Interrupt::error()` within a tenth of a second.
pub(super) async fn unless_interrupted<T>(interrupt: &Interrupt, work: impl Future<Output = T>) -> Result<T> {
    let wish = async {
        while !interrupt.is_set() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        done = work => Ok(done),
        () = wish => Err(Interrupt::error()),
    }
}

/// The longest label that is made of a name: people type it.
const LONGEST_LABEL: usize = 24;

/// A label that is free: made of the identity's name where the provider says one and it is short, else the product's, with a number where both are
/// taken.
pub(super) fn free_label(app: &App, product: &str, identity: &Identity) -> Result<Label> {
    let taken = super::all(app)?;
    let is_free = |label: &Label| !taken.iter().any(|account| account.label == *label);
    let person = identity.name.split_once('@').map_or(identity.name.as_str(), |(person, _)| person);
    let is_telling = |slug: &String| slug.len() <= LONGEST_LABEL && !identity.id.is_empty();
    let of_identity = Some(slug(person)).filter(is_telling);
    let with_product = of_identity.as_ref().map(|slug| format!("{slug}-{product}"));
    let numbered = (2..1000).map(|number| format!("{product}-{number}"));
    [of_identity, with_product, Some(product.to_owned())]
        .into_iter()
        .flatten()
        .chain(numbered)
        .filter_map(|text| Label::parse(&text).ok())
        .find(is_free)
        .ok_or_else(|| Error::usage("no label is free").hint("choose one with `--label LABEL`"))
}

/// `Ada Lovelace` is `ada-lovelace`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().take(64) {
        match letter.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9') => slug.push(plain),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}
