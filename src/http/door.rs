//! One account's door to one vendor: the only host that its requests may reach, how they sign in, and how fast they may go.

use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use super::answer::Answer;
use super::client::is_loopback;
use crate::base::{Budget, Error, Result, Secret};

/// At most `calls` in any `seconds`, for requests of this `class` (`""`: all of them).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    pub class: &'static str,
    pub calls: u32,
    pub seconds: f64,
}

/// The names of the headers in which a server tells its limit for a class of requests.
#[derive(Clone, Copy, Debug)]
pub struct Announced {
    pub class: &'static str,
    /// Calls in an interval
    pub most: &'static str,
    /// Calls left in the present interval
    pub remaining: &'static str,
    /// The interval in milliseconds
    pub interval_millis: &'static str,
}

#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Bearer(Secret),
    Basic { user: String, password: Secret },
    Header { name: &'static str, value: Secret },
}

/// Says what a refusal (any status that is no success) means at this vendor. `None`: what it means everywhere.
/// A refusal that is explained is final: it is not tried again. The message goes on after the host's name.
pub type Explain = fn(&Answer) -> Option<Error>;

#[derive(Clone, Debug)]
pub struct Door {
    pub(super) base: Url,
    pub(super) auth: Auth,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Names the limits that processes share: the host and the account
    pub(super) key: String,
    pub(super) limits: &'static [Limit],
    pub(super) announced: Option<Announced>,
    pub(super) budget: Budget,
    pub(super) explain: Explain,
}

impl Door {
    /// `Kind::Usage` unless the base is https, or http on this machine, without a user name in it.
    pub fn new(base: Url, account: &str) -> Result<Self> {
        let safe = base.scheme() == "https" || (base.scheme() == "http" && is_loopback(&base));
        let host = base.host_str().unwrap_or_default();
        if !safe || host.is_empty() {
            return Err(Error::usage(format!("the endpoint `{}` is not safe for a secret", shown(&base)))
                .hint("use https, or http on 127.0.0.1"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Error::usage("an endpoint has no user name or password in it"));
        }
        let key = format!("{host}:{} {account}", base.port_or_known_default().unwrap_or(0));
        Ok(Door {
            base,
            auth: Auth::None,
            headers: Vec::new(),
            key,
            limits: &[],
            announced: None,
            budget: Budget::unlimited(),
            explain: |_| None,
        })
    }

    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// A header of every request.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn limits(mut self, limits: &'static [Limit], announced: Option<Announced>) -> Self {
        self.limits = limits;
        self.announced = announced;
        self
    }

    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    #[must_use]
    pub fn explain(mut self, explain: Explain) -> Self {
        self.explain = explain;
        self
    }

    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The URL of a path below the base. The path is taken as it is, so its segments must be encoded already; whatever
    /// could lead out of the base is refused.
    pub(super) fn url(&self, path: &str, query: &[(String, String)]) -> Result<Url> {
        let lower = path.to_ascii_lowercase();
        let odd = |letter: char| letter.is_control() || matches!(letter, '\\' | '?' | '#' | '@' | ' ');
        let climbs = lower.split('/').any(|part| matches!(part.replace("%2e", ".").as_str(), "." | ".."));
        if !path.starts_with('/') || path.contains("//") || path.contains(odd) || climbs || lower.contains("%2f") {
            return Err(Error::usage(format!("the path `{}` leads out of the API", path.escape_debug())));
        }
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Whether a URL that the server gave may be followed with this door's credentials.
    pub(super) fn leads_to(&self, url: &Url) -> bool {
        url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// The sign-in header, marked so that nothing prints it.
    pub(super) fn sign_in(&self) -> Result<Option<(HeaderName, HeaderValue)>> {
        use base64::Engine as _;
        let (name, text) = match &self.auth {
            Auth::None => return Ok(None),
            Auth::Bearer(secret) => ("authorization", Secret::new(format!("Bearer {}", secret.expose()))),
            Auth::Basic { user, password } => {
                let pair = Secret::new(format!("{user}:{}", password.expose()));
                let pair = base64::engine::general_purpose::STANDARD.encode(pair.expose());
                ("authorization", Secret::new(format!("Basic {pair}")))
            }
            Auth::Header { name, value } => (*name, value.clone()),
        };
        let mut value = HeaderValue::from_str(text.expose())
            .map_err(|_| Error::usage("the secret has a line break or another character that no header can carry"))?;
        value.set_sensitive(true);
        Ok(Some((HeaderName::from_static(name), value)))
    }

    /// Text that came from the other side, without anything secret in it.
    pub(super) fn redact(&self, text: &str) -> String {
        use base64::Engine as _;
        let (secret, user) = match &self.auth {
            Auth::None => return text.to_owned(),
            Auth::Bearer(secret) | Auth::Header { value: secret, .. } => (secret, ""),
            Auth::Basic { user, password } => (password, user.as_str()),
        };
        if secret.is_empty() {
            return text.to_owned();
        }
        let plain = secret.expose();
        let encoded = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect::<String>();
        let base64 = base64::engine::general_purpose::STANDARD.encode(plain);
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{plain}"));
        [plain, &encoded, &base64, &pair].iter().fold(text.to_owned(), |text, form| text.replace(*form, "***"))
    }
}

/// The URL without what could be secret in it.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}
