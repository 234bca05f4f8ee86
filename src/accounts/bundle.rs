//! The tokens of one sign-in as they lie in the vault: one JSON text, so that they are replaced together or not at all.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::base::{Error, Kind, Label, Result, Secret, Timestamp};

/// A token is renewed this long before its end, or a tenth of its life when that is less: what is asked with it arrives
/// while it is good.
const EARLY: Duration = Duration::from_secs(120);

#[derive(Clone, Debug)]
pub(super) struct Bundle {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// What signs assertions: a service account's key
    pub key: Option<Secret>,
    /// Whether the last renewal brought another refresh token; `None` before the first
    pub rotates: Option<bool>,
    /// `None`: until the provider refuses it
    pub expires_at: Option<Timestamp>,
    pub issued_at: Timestamp,
    /// Counts the renewals and sign-ins of the account
    pub generation: u64,
}

impl Bundle {
    /// `Kind::Corrupt` when it is none.
    pub fn parse(text: &Secret, label: &Label) -> Result<Bundle> {
        let damaged = || {
            Error::new(Kind::Corrupt, format!("what the vault holds for account `{label}` cannot be read"))
                .hint(format!("sign in again: `appctl integrations accounts reauth {label}`"))
        };
        let json: Json = serde_json::from_str(text.expose()).map_err(|_| damaged())?;
        let secret = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).map(Secret::new);
        let time = |name: &str| json[name].as_str().and_then(Timestamp::parse);
        Ok(Bundle {
            access: secret("access").ok_or_else(damaged)?,
            refresh: secret("refresh"),
            key: secret("key"),
            rotates: json["rotates"].as_bool(),
            expires_at: time("expires_at"),
            issued_at: time("issued_at").ok_or_else(damaged)?,
            generation: json["generation"].as_u64().ok_or_else(damaged)?,
        })
    }

    pub fn text(&self) -> Secret {
        let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        Secret::new(
            json!({
                "access": self.access.expose(),
                "refresh": secret(&self.refresh),
                "key": secret(&self.key),
                "rotates": self.rotates,
                "expires_at": self.expires_at,
                "issued_at": self.issued_at,
                "generation": self.generation,
            })
            .to_string(),
        )
    }

    /// Whether the access token may still be used.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }

    /// Whether it is time to renew it.
    pub fn is_ending(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| {
            let early = EARLY.min(end.since(self.issued_at) / 10);
            end.minus(early) <= now
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(lifetime: Option<u64>) -> Bundle {
        Bundle {
            access: Secret::new("at \"1\""),
            refresh: Some(Secret::new("rt")),
            key: None,
            rotates: Some(true),
            expires_at: lifetime.map(at),
            issued_at: at(0),
            generation: 7,
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp(0).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn it_comes_back_from_the_vault_as_it_was() {
        let label = Label::parse("ops").unwrap();
        for lifetime in [None, Some(3600)] {
            let there = bundle(lifetime);
            let back = Bundle::parse(&there.text(), &label).unwrap();
            assert_eq!(back.text().expose(), there.text().expose());
            assert_eq!((back.access.expose(), back.generation), ("at \"1\"", 7));
        }
        for damaged in [
            "",
            "pat-1",
            "{}",
            r#"{"access":"a"}"#,
            r#"{"access":"","issued_at":"2026-01-01T00:00:00Z","generation":1}"#,
        ] {
            assert_eq!(Bundle::parse(&Secret::new(damaged), &label).unwrap_err().kind, Kind::Corrupt, "{damaged}");
        }
    }

    #[test]
    fn it_is_renewed_a_little_before_its_end() {
        let hour = bundle(Some(3600));
        assert!(
            !hour.is_ending(at(3479))
                && hour.is_ending(at(3480))
                && hour.is_alive(at(3599))
                && !hour.is_alive(at(3600))
        );
        let short = bundle(Some(10));
        assert!(!short.is_ending(at(8)) && short.is_ending(at(9)));
        assert!(!bundle(None).is_ending(at(1_000_000_000)) && bundle(None).is_alive(at(1_000_000_000)));
    }
}
