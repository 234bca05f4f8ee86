//! One error for the whole program: a kind that code looks at, a message that people read, and a hint to paste.
//! Which words are printed and how is the command line's business.

use std::time::Duration;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was. Exit statuses, retries and what an agent is told depend on it; wording does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something failed here, and trying again changes nothing
    Failed,
    /// The command line or a request was wrong
    Usage,
    /// What was named does not exist
    NotFound,
    /// The provider wants a new sign-in
    SignIn,
    /// A grant, lock or permission forbids it
    Denied,
    /// Another run or process holds it
    Busy,
    /// Some named parts failed, the others are done
    Partial,
    /// The other side failed or slowed us down; safe to retry
    Remote,
    /// A page token, cursor or snapshot of the other side is no longer valid; start again from the durable position
    Expired,
    /// A person pressed Ctrl-C
    Interrupted,
    /// The disk is full
    DiskFull,
    /// The store's file is damaged, foreign or from a newer version
    Corrupt,
    /// Somebody changed the same thing later
    Conflict,
}

impl Kind {
    /// The exit status of the process, as `appctl help exit-codes` lists them.
    pub fn exit_status(self) -> u8 {
        match self {
            Kind::Failed | Kind::DiskFull | Kind::Corrupt | Kind::Conflict => 1,
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::SignIn => 4,
            Kind::Denied => 5,
            Kind::Busy => 6,
            Kind::Partial => 7,
            Kind::Remote | Kind::Expired => 8,
            Kind::Interrupted => 130,
        }
    }

    /// The word for this kind in JSON, for example `not_found`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::NotFound => "not_found",
            Kind::SignIn => "sign_in",
            Kind::Denied => "denied",
            Kind::Busy => "busy",
            Kind::Partial => "partial",
            Kind::Remote => "remote",
            Kind::Expired => "expired",
            Kind::Interrupted => "interrupted",
            Kind::DiskFull => "disk_full",
            Kind::Corrupt => "corrupt",
            Kind::Conflict => "conflict",
        }
    }
}

/// What happened, and what to do about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    pub kind: Kind,
    /// Lower case, names in backticks, no final stop
    pub message: String,
    /// What to do next, with a command that can be pasted
    pub hint: Option<String>,
    /// How long the other side asked us to wait
    pub retry_after: Option<Duration>,
}

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, retry_after: None }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Error::new(Kind::Failed, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Error::new(Kind::NotFound, message)
    }

    pub fn remote(message: impl Into<String>) -> Self {
        Error::new(Kind::Remote, message)
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Puts what was being done in front of the message: `reading `x`: permission denied`.
    #[must_use]
    pub fn while_doing(mut self, what: impl std::fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Kind::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Kind::Denied,
            std::io::ErrorKind::NotFound => Kind::NotFound,
            _ => Kind::Failed,
        };
        Error::new(kind, error.to_string())
    }
}

/// Adds what was being done to a failure: `std::fs::read(&path).doing(|| format!("reading `{}`", path.display()))?`.
pub trait Doing<T> {
    fn doing<D: std::fmt::Display>(self, what: impl FnOnce() -> D) -> Result<T>;
}

impl<T, E: Into<Error>> Doing<T> for std::result::Result<T, E> {
    fn doing<D: std::fmt::Display>(self, what: impl FnOnce() -> D) -> Result<T> {
        self.map_err(|error| error.into().while_doing(what()))
    }
}
