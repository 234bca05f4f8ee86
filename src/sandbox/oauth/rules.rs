//! What a vendor's server does with tokens over time. A dialect brings its own; tests may change them.

use serde::{Deserialize, Serialize};

/// All times are in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Rules {
    /// How long an access token lives; `None`: until it is taken back
    pub lifetime: Option<u64>,
    /// The answer says so (`expires_in`)
    pub says_lifetime: bool,
    pub rotation: Rotation,
    /// How long a spent refresh token is still taken
    pub grace: u64,
    /// A refresh token lapses when it is not used for so long
    pub idle: Option<u64>,
    /// A refresh token lapses so long after it was issued
    pub refresh_lifetime: Option<u64>,
    /// The most refresh tokens of one person at one client; the oldest end silently
    pub cap: Option<usize>,
    /// A refresh ends the access tokens before it
    pub kills_access: bool,
    /// A refresh token that stays is told again
    pub echoes_refresh: bool,
    pub offline: Offline,
    pub pkce: Pkce,
    /// Says `iss` in authorization responses (RFC 9207)
    pub sends_iss: bool,
    /// Between two polls of a device
    pub interval: u64,
    pub device_lifetime: u64,
    pub code_lifetime: u64,
    /// `None`: every well-formed scope is known
    pub scopes: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// A refresh token is used again and again
    Stable,
    /// Each is used once; a spent one is refused
    Rotates,
    /// Each is used once; a spent one ends its whole family (RFC 9700 section 4.14.2)
    Strict,
}

/// When a refresh token comes with the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offline {
    Always,
    Never,
    /// `access_type=offline`, and only with the first consent or `prompt=consent` (Google)
    AccessType,
    /// One of the scopes `offline_access` and `refresh_token`
    Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    Required,
    Optional,
    /// The vendor knows nothing of it
    Absent,
}

impl Rules {
    /// RFC 6749 and nothing else: an hour, and refresh tokens that stay.
    pub(crate) const PLAIN: Rules = Rules {
        lifetime: Some(3600),
        says_lifetime: true,
        rotation: Rotation::Stable,
        grace: 0,
        idle: None,
        refresh_lifetime: None,
        cap: None,
        kills_access: false,
        echoes_refresh: false,
        offline: Offline::Always,
        pkce: Pkce::Optional,
        sends_iss: false,
        interval: 5,
        device_lifetime: 900,
        code_lifetime: 600,
        scopes: None,
    };
}

/// A change of some of them: what is not named stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// 0: never ends
    lifetime: Option<u64>,
    says_lifetime: Option<bool>,
    rotation: Option<Rotation>,
    grace: Option<u64>,
    idle: Option<u64>,
    refresh_lifetime: Option<u64>,
    cap: Option<usize>,
    kills_access: Option<bool>,
    echoes_refresh: Option<bool>,
    offline: Option<Offline>,
    pkce: Option<Pkce>,
    sends_iss: Option<bool>,
    interval: Option<u64>,
    device_lifetime: Option<u64>,
    code_lifetime: Option<u64>,
    scopes: Option<Vec<String>>,
}

impl Change {
    pub(crate) fn apply(self, rules: &mut Rules) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        let endless = |seconds: u64| (seconds > 0).then_some(seconds);
        set(&mut rules.lifetime, self.lifetime.map(endless));
        set(&mut rules.says_lifetime, self.says_lifetime);
        set(&mut rules.rotation, self.rotation);
        set(&mut rules.grace, self.grace);
        set(&mut rules.idle, self.idle.map(endless));
        set(&mut rules.refresh_lifetime, self.refresh_lifetime.map(endless));
        set(&mut rules.cap, self.cap.map(|cap| (cap > 0).then_some(cap)));
        set(&mut rules.kills_access, self.kills_access);
        set(&mut rules.echoes_refresh, self.echoes_refresh);
        set(&mut rules.offline, self.offline);
        set(&mut rules.pkce, self.pkce);
        set(&mut rules.sends_iss, self.sends_iss);
        set(&mut rules.interval, self.interval);
        set(&mut rules.device_lifetime, self.device_lifetime);
        set(&mut rules.code_lifetime, self.code_lifetime);
        set(&mut rules.scopes, self.scopes.map(Some));
    }
}
