//! What the server does with refresh tokens, where a person says it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Site, check};
use crate::base::{Error, Result};
use crate::providers::Refresh;

/// The longest grace that a server is known to give: Ory Hydra's
/// (<https://www.ory.com/docs/hydra/guides/graceful-token-refresh>), 30 days in seconds. Okta's is 0 to 60 (the `leeway` of
/// `OpenIdConnectApplicationSettingsRefreshToken` in its management API, 30 by default), Amazon Cognito's 0 to 60
/// (`RetryGracePeriodSeconds` of its API's `RefreshTokenRotationType`), Auth0's is off by default
/// (<https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation>).
const LONGEST_GRACE: u64 = 30 * 86_400;
/// In days. Okta's idle lifetime goes up to 1,825.
const LONGEST_LAPSE: u64 = 3_650;

pub(super) fn refresh_settings(settings: &mut BTreeMap<String, String>) -> Result<()> {
    check::one_of(settings, "refresh_tokens", &["once", "kept"])?;
    number(settings, "refresh_lapses", "days", LONGEST_LAPSE)?;
    if number(settings, "refresh_grace", "seconds", LONGEST_GRACE)?.is_none() {
        return Ok(());
    }
    if settings.get("refresh_tokens").is_some_and(|word| word == "kept") {
        return Err(Error::usage(
            "`refresh_grace` is for refresh tokens that work once, and `refresh_tokens` is `kept`",
        )
        .hint("leave one of them away"));
    }
    settings.insert("refresh_tokens".to_owned(), "once".to_owned());
    Ok(())
}

/// A whole number from one up to `most`, where it is set.
fn number(settings: &BTreeMap<String, String>, key: &str, unit: &str, most: u64) -> Result<Option<u64>> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    match text.parse::<u64>() {
        Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
        _ => Err(Error::usage(format!("`{key}` is no number of {unit} from 1 to {most}"))
            .hint(format!("set it like `--set {key}=30`"))),
    }
}

pub(super) fn refresh_set(declared: Refresh, site: &Site) -> Refresh {
    let of = |key: &str, unit: u64| {
        let number: u64 = site.settings.get(key)?.parse().ok()?;
        Some(Duration::from_secs(number.saturating_mul(unit)))
    };
    Refresh {
        rotates: declared.rotates || site.settings.get("refresh_tokens").is_some_and(|word| word == "once"),
        grace: of("refresh_grace", 1),
        lapses_unused: of("refresh_lapses", 86_400),
    }
}

/// Whether the settings say what becomes of refresh tokens. Otherwise the first renewal shows it.
pub fn knows_refresh(site: &Site) -> bool {
    site.settings.contains_key("refresh_tokens")
}
