//! The settings of a connection that are ours and not its source's: how long one run may take.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Connection;
use super::schedule::span;
use crate::accounts::Account;
use crate::base::{Error, Result};
use crate::sources::{Setting, Spec};

/// What `--set key=value` takes on every connection, whatever its source.
pub const COMMON: &[Setting] = &[Setting {
    key: MAX_TIME,
    help: "how long one run may take before it stops at a checkpoint and the next one goes on (default 6h)",
    required: false,
}];

const MAX_TIME: &str = "max_time";
const USUAL: Duration = Duration::from_secs(6 * 3600);

impl Connection {
    /// How long a run of this connection may take.
    pub fn max_time(&self) -> Result<Duration> {
        self.settings.get(MAX_TIME).map_or(Ok(USUAL), |text| max_time(text))
    }

    /// What the source is told: its own settings.
    pub(super) fn source_settings(&self) -> BTreeMap<String, String> {
        of_source(&self.settings)
    }
}

/// The settings with what the account knows of the source: where its database is.
pub fn with_account(
    mut settings: BTreeMap<String, String>,
    spec: &Spec,
    account: &Account,
) -> BTreeMap<String, String> {
    for (key, value) in &account.settings {
        if spec.settings.iter().any(|setting| setting.key == key) {
            settings.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    settings
}

/// The settings without ours.
pub fn of_source(settings: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut own = settings.clone();
    own.retain(|key, _| COMMON.iter().all(|setting| setting.key != key));
    own
}

/// Refuses values that we could not use later.
pub fn check(settings: &BTreeMap<String, String>) -> Result<()> {
    settings.get(MAX_TIME).map_or(Ok(()), |text| max_time(text).map(drop))
}

/// Reads how long a run may take: `90s`, `30m`, `6h`. `Kind::Usage` when it is no length of time, or none at all.
pub fn max_time(text: &str) -> Result<Duration> {
    match span(text)? {
        time if time.is_zero() => Err(Error::usage(format!("a run cannot take `{text}`")).hint("use `1s` or longer")),
        time => Ok(time),
    }
}
