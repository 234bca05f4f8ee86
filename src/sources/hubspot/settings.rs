//! How often the things are read again that no change announces: `--set reconcile_every=12h`.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::Setting;
use crate::base::{Error, Result};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        key: "archived_every",
        help: "how often the list of archived records is read once it is longer than five pages (default 1h; 0: every run)",
        required: false,
    },
    Setting {
        key: "reconcile_every",
        help: "how often everything is listed to find deletes for good, merges and restores (default 24h; 0: every run)",
        required: false,
    },
    Setting {
        key: "calculated_every",
        help: "how often everything is read again when calculated properties are selected (default 24h; 0: every run)",
        required: false,
    },
    Setting {
        key: "associations_every",
        help: "how often the tables of associations are read again (default 6h; 0: every run)",
        required: false,
    },
];

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy, Debug)]
pub(super) struct Cadences {
    pub archived: Duration,
    pub reconcile: Duration,
    pub calculated: Duration,
    pub associations: Duration,
}

impl Cadences {
    pub fn from_settings(settings: &BTreeMap<String, String>) -> Result<Self> {
        if let Some(unknown) = settings.keys().find(|key| SETTINGS.iter().all(|setting| setting.key != *key)) {
            let known = SETTINGS.iter().map(|setting| setting.key).collect::<Vec<_>>().join(", ");
            return Err(Error::usage(format!("HubSpot has no setting `{unknown}`")).hint(format!("use one of {known}")));
        }
        let read = |key: &str, usual: Duration| settings.get(key).map_or(Ok(usual), |text| duration(key, text));
        Ok(Cadences {
            archived: read("archived_every", HOUR)?,
            reconcile: read("reconcile_every", 24 * HOUR)?,
            calculated: read("calculated_every", 24 * HOUR)?,
            associations: read("associations_every", 6 * HOUR)?,
        })
    }
}

/// Reads `90s`, `15m`, `1h`, `2d` and `0`.
fn duration(key: &str, text: &str) -> Result<Duration> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "" if digits.trim_start_matches('0').is_empty() => Some(0),
        _ => None,
    };
    let number = digits.parse::<u64>().ok();
    match number.zip(seconds).and_then(|(number, seconds)| number.checked_mul(seconds)) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err(Error::usage(format!("`{key}={text}` is no duration")).hint("write `15m`, `1h`, `2d` or `0`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_nonsense_is_refused() {
        let read = |text| duration("reconcile_every", text).ok().map(|time| time.as_secs());
        assert_eq!(read("15m"), Some(900));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("2d"), Some(172_800));
        for nonsense in ["", "h", "15", "-1h", "1.5h", "1 h", "1w", "99999999999999999999d"] {
            assert_eq!(read(nonsense).filter(|_| !nonsense.is_empty()), None, "{nonsense}");
        }
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let settings = BTreeMap::from([("reconcile".to_owned(), "1h".to_owned())]);
        assert!(Cadences::from_settings(&settings).unwrap_err().message.contains("`reconcile`"));
    }
}
