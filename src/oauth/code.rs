//! Authorization code with PKCE: the address a person is sent to, what may come back from there, and the exchange of the
//! code (RFC 6749 section 4.1, RFC 7636, RFC 9207).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::answer::Tokens;
use super::endpoint::Ask;
use super::failure::{Failure, is_code};
use super::{Client, Server, grant, random};
use crate::base::{Error, Result, Secret, sanitize};
use crate::http::{self, Http};

/// Bytes of randomness in a verifier: 64 letters, where RFC 7636 section 4.1 allows 43 to 128.
const VERIFIER: usize = 48;
/// Bytes of randomness in a state.
const STATE: usize = 32;
/// The longest description of a refusal that is shown, in characters.
const LONGEST: usize = 300;

/// One sign-in under way. Its state and its verifier are good for one answer, from the server it was begun with.
#[derive(Debug)]
pub struct Flow {
    url: Url,
    redirect: Url,
    /// The redirect URI letter by letter, because servers compare it so
    registered: String,
    state: Secret,
    verifier: Option<Secret>,
    issuer: Option<String>,
    sends_issuer: bool,
    token: Url,
    scopes: Vec<String>,
    answered: bool,
}

/// The proof of a person's consent, for one exchange.
#[derive(Debug)]
pub struct Code(Secret);

/// Why a callback gives no code.
#[derive(Debug)]
pub enum Callback {
    /// It is no answer to this sign-in, and the right one may still come. The words say what is wrong with it.
    Foreign(&'static str),
    /// The server refused, which ends the sign-in
    Denied(Failure),
}

impl Flow {
    /// Begins a sign-in that comes back to `redirect`. `Kind::Usage` where that is no address, and where the server has no
    /// authorization page, or none that a person should be sent to.
    pub fn begin(server: &Server, client: &Client, scopes: &[String], redirect: impl AsRef<str>) -> Result<Flow> {
        let registered = redirect.as_ref().to_owned();
        let redirect = Url::parse(&registered).map_err(|_| Error::usage("the redirect URI is no address"))?;
        let page = server.authorize.as_ref().ok_or_else(|| Error::usage("this server has no page to sign in at"))?;
        if !http::is_safe(page) {
            return Err(Error::usage(format!(
                "the authorization page `{}` is not safe",
                page.host_str().unwrap_or("")
            ))
            .hint("use https, or http on 127.0.0.1"));
        }
        let state = random::text(STATE)?;
        let has_secret = client.secret.as_ref().is_some_and(|secret| !secret.is_empty());
        let challenges = server.pkce && (server.challenge_beside_secret || !has_secret);
        let verifier = if challenges { Some(random::text(VERIFIER)?) } else { None };
        let mut url = page.clone();
        url.set_fragment(None);
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", &client.id);
        query.append_pair("redirect_uri", &registered);
        if let Some(scope) = server.joined(scopes) {
            query.append_pair(&server.scope_parameter, &scope);
        }
        query.append_pair("state", state.expose());
        if let Some(verifier) = &verifier {
            query.append_pair("code_challenge", &challenge(verifier));
            query.append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(&server.authorize_parameters);
        drop(query);
        let (issuer, sends_issuer, token) = (server.issuer.clone(), server.sends_issuer, server.token.clone());
        let scopes = scopes.to_vec();
        Ok(Flow { url, redirect, registered, state, verifier, issuer, sends_issuer, token, scopes, answered: false })
    }

    /// Where the person is sent.
    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn redirect_uri(&self) -> &Url {
        &self.redirect
    }

    /// What was asked for.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Reads what a person pasted: the whole address that the browser ended at, or what follows its `?`.
    pub fn pasted(&self, text: &str) -> Result<Url> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let unreadable = || {
            Error::usage("that is not the address that the browser ended at")
                .hint(format!("copy the whole address line; it begins with `{}?`", self.redirect))
        };
        if !text.contains("state=") {
            return Err(unreadable());
        }
        let address = match text {
            _ if text.starts_with("http://") || text.starts_with("https://") => text.to_owned(),
            _ if text.contains("://") => return Err(unreadable()),
            // Browsers hide the scheme, and so do people.
            _ => match text.split_once('?') {
                Some((before, query)) if !before.is_empty() => format!("{}://{before}?{query}", self.redirect.scheme()),
                _ => format!("{}?{}", self.redirect, text.trim_start_matches('?')),
            },
        };
        Url::parse(&address).map_err(|_| unreadable())
    }

    /// Judges a callback. Only an answer with this flow's state, at its redirect URI, from its issuer is acted on; a state
    /// that was answered once is worth nothing any more.
    pub fn accept(&mut self, callback: &Url) -> Result<Code, Callback> {
        if callback.origin() != self.redirect.origin() || callback.path() != self.redirect.path() {
            return Err(Callback::Foreign("it is not at the address that the sign-in comes back to"));
        }
        let answer = Parameters::of(callback)?;
        if self.answered {
            return Err(Callback::Foreign("this sign-in was answered already"));
        }
        let state = answer.state.as_deref().ok_or(Callback::Foreign("it has no state"))?;
        if !is_same(state, self.state.expose()) {
            return Err(Callback::Foreign("its state is not the one of this sign-in"));
        }
        self.check_issuer(answer.issuer.as_deref())?;
        match (answer.code, answer.error) {
            (Some(code), None) => {
                self.answered = true;
                Ok(Code(code))
            }
            (None, Some(error)) => {
                self.answered = true;
                Err(Callback::Denied(denied(&error, answer.description.as_deref(), answer.uri.as_deref())))
            }
            (Some(_), Some(_)) => Err(Callback::Foreign("it has both a code and an error")),
            (None, None) => Err(Callback::Foreign("it has neither a code nor an error")),
        }
    }

    /// RFC 9207 section 2.4: compared letter by letter, before anything else of the answer is believed.
    fn check_issuer(&self, said: Option<&str>) -> Result<(), Callback> {
        match (&self.issuer, said) {
            (Some(expected), Some(said)) if expected != said => Err(Callback::Foreign("it comes from another server")),
            (Some(_), None) if self.sends_issuer => {
                Err(Callback::Foreign("it does not say which server it comes from"))
            }
            _ => Ok(()),
        }
    }

    /// Exchanges the code for tokens, at the server that the flow was begun with and at no other.
    pub async fn exchange(&self, http: &Http, server: &Server, client: &Client, code: Code) -> Result<Tokens, Failure> {
        if server.token != self.token || server.issuer != self.issuer {
            return Err(Failure::Other(Error::usage("the code belongs to another server")));
        }
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code.0.expose()),
            ("redirect_uri", self.registered.as_str()),
        ];
        parameters.extend(self.verifier.as_ref().map(|verifier| ("code_verifier", verifier.expose())));
        grant::tokens(http, Ask::token(server, client, parameters)).await
    }
}

/// What a callback says.
#[derive(Default)]
struct Parameters {
    state: Option<String>,
    issuer: Option<String>,
    code: Option<Secret>,
    error: Option<String>,
    description: Option<String>,
    uri: Option<String>,
}

impl Parameters {
    fn of(callback: &Url) -> Result<Self, Callback> {
        let mut found = Parameters::default();
        let mut seen = Vec::new();
        for (name, value) in callback.query_pairs() {
            let value = value.into_owned();
            match &*name {
                "state" => found.state = Some(value),
                "iss" => found.issuer = Some(value),
                "code" => found.code = Some(Secret::new(value)).filter(|code| !code.is_empty()),
                "error" => found.error = Some(value).filter(|code| !code.is_empty()),
                "error_description" => found.description = Some(value),
                "error_uri" => found.uri = Some(value),
                _ => continue,
            }
            // RFC 6749 section 3.1: a parameter comes once at most.
            if seen.contains(&name) {
                return Err(Callback::Foreign("it says something twice"));
            }
            seen.push(name);
        }
        Ok(found)
    }
}

/// A refusal of the authorization page (RFC 6749 section 4.1.2.1). Its words come through the browser.
fn denied(code: &str, description: Option<&str>, uri: Option<&str>) -> Failure {
    let tidy = |text: &str| sanitize::line(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let short = |text: String| text.chars().take(LONGEST).collect::<String>();
    if !is_code(code) {
        return Failure::Unclear(Error::remote("the sign-in page gave no permission, in words that cannot be read"));
    }
    let code = code.trim().to_owned();
    let description = description.map(|text| short(tidy(text))).unwrap_or_default();
    if matches!(code.as_str(), "server_error" | "temporarily_unavailable") {
        let said = if description.is_empty() { code } else { format!("{code}: {description}") };
        return Failure::Unclear(Error::remote(format!("the sign-in page broke off: {said}")));
    }
    let uri = uri.and_then(|uri| uri.parse().ok()).filter(http::is_safe).map(Box::new);
    Failure::Refused { code, description, uri }
}

/// `code_challenge` of S256 (RFC 7636 section 4.2).
fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

/// Compares without stopping at the first letter that is different.
fn is_same(one: &str, two: &str) -> bool {
    let (one, two) = (Sha256::digest(one), Sha256::digest(two));
    one.iter().zip(two.iter()).fold(0, |different, (one, two)| different | (one ^ two)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn verifiers_and_states_are_long_enough_plain_and_never_the_same() {
        let mut seen = std::collections::HashSet::new();
        for bytes in [STATE, VERIFIER] {
            for _ in 0..1000 {
                let text = random::text(bytes).unwrap().expose().to_owned();
                assert!((43..=128).contains(&text.len()), "{text}");
                assert!(
                    text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-._~".contains(&letter)),
                    "{text}"
                );
                assert!(seen.insert(text));
            }
        }
    }
}
