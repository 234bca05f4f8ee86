//! One account's door to one vendor: the only host that its requests may reach, how they sign in, and how fast they may go.

use std::borrow::Cow;

use url::Url;

use super::answer::Answer;
use super::auth::Auth;
use super::client::is_loopback;
use super::reach::{self, Reach};
use super::redact;
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

/// Says what a refusal (any status that is no success, see also [`Door::error_in_200`]) means at this vendor. `None`: what
/// it means everywhere.
/// A refusal that is explained is final: it is not tried again. The message goes on after the host's name.
pub type Explain = fn(&Answer) -> Option<Error>;

#[derive(Clone, Debug)]
pub struct Door {
    pub(super) base: Url,
    pub(super) auth: Auth,
    pub(super) headers: Vec<(&'static str, String)>,
    /// What else must not be seen in anything that comes back
    pub(super) hidden: Vec<Secret>,
    /// Names the limits that processes share: the host and the account
    pub(super) key: String,
    pub(super) limits: &'static [Limit],
    pub(super) announced: Option<Announced>,
    pub(super) budget: Budget,
    pub(super) explain: Explain,
    pub(super) error_in_200: bool,
    pub(super) reach: Reach,
}

impl Door {
    /// `Kind::Usage` unless the base is https, or http on this machine, without a user name in it.
    pub fn new(base: Url, account: &str) -> Result<Self> {
        let host = base.host_str().unwrap_or_default();
        if !is_secure(&base) {
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
            hidden: Vec::new(),
            key,
            limits: &[],
            announced: None,
            budget: Budget::unlimited(),
            explain: |_| None,
            error_in_200: false,
            reach: Reach::Network,
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

    /// A secret that goes out with a request (in its body or its path): nothing that comes back shows it, in no spelling.
    #[must_use]
    pub fn hide(mut self, secret: Secret) -> Self {
        self.hidden.push(secret);
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

    /// For a vendor whose refusals come as status 200 (Slack's `ok: false`): successful answers are shown to `explain` too.
    #[must_use]
    pub fn error_in_200(mut self) -> Self {
        self.error_in_200 = true;
        self
    }

    /// For a server that the whole world reaches: its name is not followed into the user's own network.
    #[must_use]
    pub fn of_the_world(mut self) -> Self {
        self.reach = Reach::World;
        self
    }

    /// The same sign-in at another address. Whether that is the vendor's, too, is the caller's promise.
    pub fn at(&self, base: Url) -> Result<Door> {
        let other = Door::new(base, "")?;
        let account = self.key.split_once(' ').map_or("", |(_, account)| account);
        let key = format!("{}{account}", other.key);
        Ok(Door { base: other.base, key, ..self.clone() })
    }

    /// Whether the key begins like this: some vendors' keys say what they are for. A token that is renewed says nothing.
    pub fn key_begins(&self, start: &str) -> bool {
        match &self.auth {
            Auth::None | Auth::Live(_) => false,
            Auth::Bearer(secret) | Auth::Header { value: secret, .. } => secret.expose().starts_with(start),
            Auth::Basic { user, password } if password.is_empty() => user.starts_with(start),
            Auth::Basic { password, .. } => password.expose().starts_with(start),
        }
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
            let path = self.redact(path);
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

    /// This door with a token that can be sent: what a live sign-in gives now takes its place.
    pub(super) async fn present(&self, token: Option<Secret>) -> Result<Cow<'_, Door>> {
        let Auth::Live(bearer) = &self.auth else { return Ok(Cow::Borrowed(self)) };
        let token = match token {
            Some(token) => token,
            None => bearer.token().await?,
        };
        Ok(Cow::Owned(self.clone().auth(Auth::Bearer(token))))
    }

    /// Text that came from the other side, without anything secret in it.
    pub(super) fn redact(&self, text: &str) -> String {
        let own = self.auth.secrets();
        own.iter().chain(&self.hidden).fold(text.to_owned(), |text, secret| redact::secret(&text, secret))
    }

    /// A vendor's words, fit for one line of ours: no secret, no control character, at most 300 characters.
    pub fn tidy(&self, text: &str) -> String {
        // What is invisible could stand between the letters of a secret, so it is looked for again once that is gone.
        redact::short(&self.redact(&redact::one_line(&self.redact(text))))
    }
}

/// Whether a secret may go to this URL: https, or http on this machine, with a host and without a user name.
pub fn is_safe(url: &Url) -> bool {
    is_secure(url) && url.username().is_empty() && url.password().is_none()
}

fn is_secure(url: &Url) -> bool {
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    secure && url.host_str().is_some_and(|host| !host.is_empty()) && (is_loopback(url) || !is_nowhere(url))
}

/// Whether the host is written as an address at which no vendor can be, however it is written.
fn is_nowhere(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => reach::is_nowhere(address.into()),
        Some(url::Host::Ipv6(address)) => reach::is_nowhere(address.into()),
        _ => false,
    }
}

/// The URL without what could be secret in it.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}
