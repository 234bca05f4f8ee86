//! What is wrong with a team vault, and what a person can do about it.

use crate::base::{Error, Kind, Result};

use super::chain::State;
use super::member::Identity;
use super::seen::Differs;
use super::{Standing, Team};

impl Team {
    /// Why no vault can be begun here, when there is one.
    pub(super) fn check_vacant(&self) -> Result<()> {
        if self.load()?.is_none() {
            return Ok(());
        }
        let (file, user) = (self.path.display(), &self.user);
        let is = |what: &str| Error::new(Kind::Conflict, format!("`{user}` {what} the team vault at `{file}` already"));
        Err(match self.look()?.standing {
            Standing::Member => is("is a member of")
                .hint("see it with `appctl vault status`; another vault needs another file in `APPCTL_TEAM_VAULT`"),
            Standing::Admitted => is("was let into").hint("enter it with `appctl vault join`"),
            _ => self.taken(),
        })
    }

    pub(super) fn taken(&self) -> Error {
        Error::new(Kind::Conflict, format!("there is a team vault at `{}`", self.path.display()))
            .hint("ask to be let in with `appctl vault join`")
    }

    pub(super) fn no_member(&self, state: &State, identity: &Identity) -> Error {
        let user = &self.user;
        let gone = state.removed.iter().rev().find(|(member, _)| *member == identity.member);
        let message = match gone {
            Some((_, by)) => format!("`{by}` removed `{user}` from the team vault"),
            None => format!("`{user}` is no member of the team vault"),
        };
        Error::new(Kind::Denied, message).hint("ask a member to let you in: `appctl vault join` prints what they need")
    }

    pub(super) fn absent(&self) -> Result<Error> {
        Ok(match self.seen()? {
            Some(_) => self.gone(),
            None => Error::new(Kind::Denied, "there is no team vault yet")
                .hint("begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's"),
        })
    }

    pub(super) fn gone(&self) -> Error {
        if self.folder().is_some_and(|folder| !folder.exists()) {
            return self.no_folder();
        }
        let file = self.path.display();
        Error::new(Kind::Corrupt, format!("the team vault `{file}` is gone"))
            .hint("put a copy of it in its place, or begin anew without its secrets: `appctl vault init --again`")
    }

    fn folder(&self) -> Option<&std::path::Path> {
        self.path.parent()
    }

    fn no_folder(&self) -> Error {
        let folder = self.folder().unwrap_or(&self.path).display();
        Error::failed(format!("the folder of the team vault, `{folder}`, is not there"))
            .hint("connect or mount what holds it, or set `APPCTL_TEAM_VAULT` to where it is now")
    }

    /// A failure of the file system at the vault's file or its lock, with what a person can do about it.
    pub(super) fn unreachable(&self, error: Error) -> Error {
        match error.kind {
            Kind::NotFound => self.no_folder(),
            Kind::Denied if error.hint.is_none() => error.hint(
                "ask whoever owns it: members on one machine share a folder of their group (`chmod 2770`, see \
                 `appctl vault init --help`)",
            ),
            _ => error,
        }
    }

    pub(super) fn not_joined(&self) -> Error {
        Error::new(Kind::Denied, format!("`{}` has not joined the team vault here", self.user))
            .hint("run `appctl vault join`")
    }

    pub(super) fn distrusted(&self, why: &str) -> Error {
        distrusted(&self.path.display().to_string(), why)
    }

    /// The file is not what became of the one that was seen.
    pub(super) fn differs(&self, differs: Differs) -> Error {
        let as_it_is = "take it as it is, without what is missing, with `appctl vault join VAULT --as-it-is`";
        let parted = |what: &str| {
            Error::new(Kind::Conflict, format!("`{}` lacks what was seen here last: {what}", self.path.display()))
        };
        match differs {
            Differs::Other => self.distrusted(
                "it is another vault than the one that was joined (if your team began anew: `appctl vault join VAULT`)",
            ),
            Differs::Older if self.has_copy() => self.distrusted("it is older than what was seen last").hint(format!(
                "put it together with your own copy of what you saw: `appctl vault merge`; from a backup, {as_it_is}"
            )),
            Differs::Older => self.distrusted("it is older than what was seen last").hint(format!(
                "nothing was read or changed; put the newest copy in its place, and ask who can write to its folder; from a \
                 backup, {as_it_is}"
            )),
            Differs::Parted => {
                parted("two people wrote at once, and one file took the other's place").hint(self.ways_together())
            }
            Differs::PartedChain => parted("its members or data key were changed by two people at once").hint(format!(
                "agree on one of the files and put it there; whoever had the other one can {as_it_is}, and then makes their \
                 change again"
            )),
        }
    }

    fn has_copy(&self) -> bool {
        self.copy().is_some_and(|copy| copy.exists())
    }

    /// The commands that put together what parted: with one's own copy, or with those that lie beside the file.
    fn ways_together(&self) -> String {
        let mut ways: Vec<String> = self.copies_beside().iter().map(|file| merge_command(file)).collect();
        if self.has_copy() {
            ways.insert(0, "`appctl vault merge`".to_owned());
        }
        match ways.as_slice() {
            [] => "put it together with a copy that holds what is missing: `appctl vault merge FILE`, or take it as it is \
                   with `appctl vault join VAULT --as-it-is`"
                .to_owned(),
            ways => format!("put both together with {}; nothing was lost yet", ways.join(" and ")),
        }
    }
}

fn merge_command(file: &std::path::Path) -> String {
    format!("`appctl vault merge '{}'`", file.display())
}

pub(super) fn distrusted(file: &str, why: &str) -> Error {
    Error::new(Kind::Corrupt, format!("`{file}` cannot be trusted: {why}"))
        .hint("nothing was read or changed; put a good copy in its place, and ask who can write to its folder")
}
