//! How a team vault is, for a person who may or may not be a member, and how they become one.

use serde::Serialize;

use crate::base::{Error, Kind, Result};

use super::chain::State;
use super::member::{self, Identity};
use super::members::Known;
use super::seen::Seen;
use super::{Opened, Team};

/// What a person is to a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There is no vault
    NoVault,
    /// They never asked to be let in
    Stranger,
    /// They have a key, which no member let in
    Asked,
    /// They were let in, and have not yet said that this is the vault they mean
    Admitted,
    Member,
    /// They were put out
    Removed,
}

impl Standing {
    pub fn word(self) -> &'static str {
        match self {
            Standing::NoVault => "no vault",
            Standing::Stranger => "stranger",
            Standing::Asked => "asked",
            Standing::Admitted => "admitted",
            Standing::Member => "member",
            Standing::Removed => "removed",
        }
    }
}

/// A vault from outside, and from inside for a member.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    pub file: String,
    pub user: String,
    pub standing: Standing,
    /// What tells this vault from another that somebody puts in its place
    pub vault: Option<String>,
    /// Which data key it is now
    #[serde(rename = "data_key")]
    pub epoch: Option<u64>,
    pub members: Vec<Known>,
    /// The names of the secrets; a member alone knows them
    pub secrets: Option<Vec<String>>,
    /// Of this person's key
    pub fingerprint: Option<String>,
}

impl Team {
    /// Looks at the vault without changing anything. `Kind::Corrupt` for a file that cannot be trusted.
    pub fn look(&self) -> Result<Look> {
        let Some((_, _, state)) = self.load()? else {
            // A keyring that does not answer knows of no vault that is missed.
            if matches!(self.seen(), Ok(Some(_))) {
                return Err(self.gone());
            }
            let identity = self.identity().ok().flatten();
            return Ok(self.seen_from(None, Standing::NoVault, identity.as_deref(), None));
        };
        let identity = self.identity()?;
        let standing = self.standing(&state, identity.as_deref())?;
        let secrets = match standing {
            Standing::Member => Some(self.open()?.contents.secrets.into_keys().collect()),
            _ => None,
        };
        Ok(self.seen_from(Some(&state), standing, identity.as_deref(), secrets))
    }

    /// The line by which this person asks a member to be let in; their key is made where there is none.
    pub fn request(&self) -> Result<String> {
        Ok(self.identity_or_new()?.request())
    }

    /// From now on this vault, and no other, is the one that this person means here. `vault` is what a member sees of it.
    /// `Kind::Denied` when it is another, or nobody let this person in. With `as_it_is` even a file that lacks what was seen
    /// of it before.
    pub fn trust(&self, vault: &str, as_it_is: bool) -> Result<Look> {
        let turn = self.turn()?;
        let Some((bytes, document, state)) = self.load()? else { return Err(self.absent()?) };
        let is = member::short(&state.id().0);
        if is != vault {
            return Err(Error::new(
                Kind::Denied,
                format!("the vault at `{}` is `{is}`, not `{vault}`", self.path.display()),
            )
            .hint("ask a member what `appctl vault status` shows; somebody may have put another file there"));
        }
        let Opened { bytes, document, state, .. } = self.unseal(bytes, document, state)?;
        let before = self.seen()?.filter(|seen| seen.id == state.id());
        match before.map(|seen| seen.check(&state, &document)) {
            Some(Err(_)) if as_it_is => self.forget_seen(&turn)?,
            Some(Err(differs)) => return Err(self.differs(differs)),
            Some(Ok(())) | None => {}
        }
        self.keep_copy(&bytes);
        self.keep_seen(&turn, Seen::of(&state, &document))?;
        self.look()
    }

    fn standing(&self, state: &State, identity: Option<&Identity>) -> Result<Standing> {
        let Some(identity) = identity else { return Ok(Standing::Stranger) };
        if state.member(&self.user).is_some_and(|joined| joined.member == identity.member) {
            return Ok(if self.seen()?.is_some() { Standing::Member } else { Standing::Admitted });
        }
        let was = state.removed.iter().any(|(member, _)| *member == identity.member);
        Ok(if was { Standing::Removed } else { Standing::Asked })
    }

    fn seen_from(
        &self,
        state: Option<&State>,
        standing: Standing,
        identity: Option<&Identity>,
        secrets: Option<Vec<String>>,
    ) -> Look {
        let members = |state: &State| state.members.iter().map(|joined| self.known(joined)).collect();
        Look {
            file: self.path.display().to_string(),
            user: self.user.clone(),
            standing,
            vault: state.map(|state| member::short(&state.id().0)),
            epoch: state.map(|state| state.epoch),
            members: state.map(members).unwrap_or_default(),
            secrets,
            fingerprint: identity.map(|identity| identity.member.fingerprint()),
        }
    }
}
