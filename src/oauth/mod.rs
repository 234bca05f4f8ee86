//! OAuth 2 as a client does it, whoever the vendor is: what to send a person to, what to ask the authorization server for,
//! and what its answers mean. It keeps nothing and prints nothing: tokens go back to the caller, a person is reached
//! through it.

mod answer;
pub mod code;
pub mod device;
pub mod discover;
mod endpoint;
pub mod exchange;
mod failure;
pub mod grant;
pub mod introspect;
pub mod loopback;
mod random;
pub mod revoke;

pub use answer::Tokens;
pub use failure::Failure;

use url::Url;

use crate::base::Secret;

/// An authorization server as one client uses it. Every URL is https, or http on this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// What `iss` in its answers must be, letter by letter (RFC 9207); `None` where it has no name
    pub issuer: Option<String>,
    /// It says that it always sends `iss` (`authorization_response_iss_parameter_supported`), so an answer without is refused
    pub sends_issuer: bool,
    pub authorize: Option<Url>,
    pub token: Url,
    /// Where a device code is asked for (RFC 8628)
    pub device: Option<Url>,
    pub revoke: Option<Revoke>,
    /// RFC 7662
    pub introspect: Option<Url>,
    pub client_auth: ClientAuth,
    pub body: Body,
    /// Code flow with a S256 challenge (RFC 7636)
    pub pkce: bool,
    /// Whether a client with a secret sends a challenge too (Slack lets none but public clients do it)
    pub challenge_beside_secret: bool,
    /// `scope`, or the vendor's own name for it (Slack's `user_scope`)
    pub scope_parameter: String,
    /// A blank (RFC 6749 section 3.3), or a comma
    pub scope_separator: char,
    /// What its authorization page wants besides (`access_type=offline`)
    pub authorize_parameters: Vec<(String, String)>,
    /// What each question for tokens, and for a device code, wants besides (`resource`, RFC 8707)
    pub token_parameters: Vec<(String, String)>,
    /// Headers of every request to it (`accept`, `notion-version`)
    pub headers: Vec<(&'static str, String)>,
    /// JSON pointer to the object that holds the tokens; empty: the answer itself
    pub token_path: String,
    /// Refusals come as status 200 with an `error` (GitHub, Slack's `ok: false`)
    pub error_in_200: bool,
    /// Its own words for refusals that RFC 6749 has a word for: (`bad_refresh_token`, `invalid_grant`)
    pub words: Vec<(&'static str, &'static str)>,
    pub redirect: Redirect,
}

impl Server {
    /// A server that follows the standards, known by its token endpoint alone: client authentication by Basic, forms,
    /// PKCE, blanks between scopes, any free port of 127.0.0.1. A definition fills in what is different.
    pub fn new(token: Url) -> Self {
        Server {
            issuer: None,
            sends_issuer: false,
            authorize: None,
            token,
            device: None,
            revoke: None,
            introspect: None,
            client_auth: ClientAuth::Basic,
            body: Body::Form,
            pkce: true,
            scope_parameter: "scope".to_owned(),
            scope_separator: ' ',
            authorize_parameters: Vec::new(),
            token_parameters: Vec::new(),
            headers: Vec::new(),
            token_path: String::new(),
            error_in_200: false,
            words: Vec::new(),
            redirect: Redirect { port: None, host: "127.0.0.1", path: "/callback".to_owned(), own: None },
            challenge_beside_secret: true,
        }
    }

    fn token_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.token_parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The scopes as its parameter wants them; `None` when there are none to ask for.
    fn joined(&self, scopes: &[String]) -> Option<String> {
        let mut joined = String::new();
        for scope in scopes {
            if !joined.is_empty() {
                joined.push(self.scope_separator);
            }
            joined.push_str(scope);
        }
        (!joined.is_empty()).then_some(joined)
    }
}

/// How a client says who it is (RFC 6749 section 2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// A public client: its id alone
    None,
    /// HTTP Basic, both parts form-encoded first
    Basic,
    /// `client_id` and `client_secret` among the parameters
    Body,
}

/// How parameters are sent to the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Form,
    Json,
}

/// Where the browser may come back to (RFC 8252 section 7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// `None`: any free port, which the server must not look at
    pub port: Option<u16>,
    /// The host in the redirect URI: `127.0.0.1`, `[::1]`, or `localhost` where the vendor takes no address
    pub host: &'static str,
    /// With a slash in front
    pub path: String,
    /// An https page of the person's own, letter by letter as it is registered: nothing listens here then, and the address
    /// that the browser ends at is pasted
    pub own: Option<String>,
}

/// How a token is taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Revoke {
    pub url: Url,
    pub how: RevokeBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokeBy {
    /// RFC 7009: POST `token` and `token_type_hint`, with client authentication
    Rfc7009,
    /// POST `token` alone (Google, Salesforce)
    Token,
    /// DELETE with the refresh token as the last part of the path (HubSpot)
    DeletePath,
    /// DELETE with HTTP Basic client authentication and `{"access_token": …}` (GitHub; the URL has the client id in it)
    DeleteJson,
    /// A call with the access token as bearer (Slack's `auth.revoke`)
    Bearer,
    /// POST `client_id` and `stripe_user_id`, with the secret key (Stripe's deauthorize)
    Deauthorize,
}

/// The user's own client at a provider.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub secret: Option<Secret>,
}
