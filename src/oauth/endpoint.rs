//! One question to an endpoint of an authorization server: who asks, in which form, and what was said.

use serde_json::{Map, Value as Json};
use url::Url;

use super::failure::Failure;
use super::{Body, Client, ClientAuth, Server};
use crate::base::{Error, Result, Secret, Timestamp};
use crate::http::{Answer, Auth, Door, Http, Request};

/// The largest answer that is read, in bytes. Tokens are short; a megabyte is no answer to this question.
pub(super) const LARGEST: usize = 256 << 10;

/// Parameters whose values nobody may see.
const SECRETS: &[&str] = &[
    "client_secret",
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "assertion",
    "client_assertion",
    "token",
];

/// A question with its parameters.
pub(super) struct Ask<'a> {
    pub server: &'a Server,
    pub url: &'a Url,
    /// `None`: whoever asks shows it by a parameter (a signed assertion)
    pub client: Option<&'a Client>,
    pub parameters: Vec<(&'a str, &'a str)>,
    pub body: Body,
    /// Asking twice does no harm
    pub repeatable: bool,
    /// It is sent once whatever happens, because its sender has an own rhythm
    pub once: bool,
}

impl<'a> Ask<'a> {
    /// A question to the token endpoint.
    pub fn token(server: &'a Server, client: &'a Client, mut parameters: Vec<(&'a str, &'a str)>) -> Self {
        parameters.extend(server.token_parameters());
        let (url, body) = (&server.token, server.body);
        Ask { server, url, client: Some(client), parameters, body, repeatable: false, once: false }
    }

    pub async fn send(mut self, http: &Http) -> Result<Said, Failure> {
        let mut door = door(self.server, self.url).map_err(Failure::Other)?;
        if let Some(client) = self.client {
            door = self.introduce(client, door);
        }
        for (name, value) in &self.parameters {
            if SECRETS.contains(name) {
                door = door.hide(Secret::new(*value));
            }
        }
        let request = self.request().map_err(Failure::Other)?;
        let answer = http.exchange(&door, &request).await.map_err(Failure::of)?;
        Ok(Said::new(door, answer))
    }

    /// Adds who asks (RFC 6749 section 2.3.1). A client without a secret is a public one, whatever the server likes best.
    fn introduce(&mut self, client: &'a Client, door: Door) -> Door {
        let secret = client.secret.as_ref().filter(|secret| !secret.is_empty());
        match (self.server.client_auth, secret) {
            (ClientAuth::Basic, Some(secret)) => door.auth(basic(&client.id, secret)).hide(secret.clone()),
            (ClientAuth::Body, Some(secret)) => {
                self.parameters.push(("client_id", &client.id));
                self.parameters.push(("client_secret", secret.expose()));
                door
            }
            (ClientAuth::None, _) | (_, None) => {
                self.parameters.push(("client_id", &client.id));
                door
            }
        }
    }

    fn request(&self) -> Result<Request> {
        let request = with_query(Request::post(self.url.path()), self.url).largest_body(LARGEST);
        let request = if self.repeatable { request.repeatable() } else { request };
        let request = if self.once { request.once() } else { request };
        match self.body {
            Body::Form => Ok(request.form(&self.parameters)),
            Body::Json => {
                let field = |(name, value): &(&str, &str)| ((*name).to_owned(), Json::from(*value));
                request.json(&self.parameters.iter().map(field).collect::<Map<_, _>>())
            }
        }
    }
}

/// HTTP Basic with both parts form-encoded first, as RFC 6749 section 2.3.1 has it.
pub(super) fn basic(id: &str, secret: &Secret) -> Auth {
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    Auth::Basic { user: encoded(id), password: Secret::new(encoded(secret.expose())) }
}

/// The door of an endpoint: its origin, with the headers that the server wants.
pub(super) fn door(server: &Server, url: &Url) -> Result<Door> {
    let mut base = url.clone();
    base.set_path("");
    base.set_query(None);
    base.set_fragment(None);
    let mut door = Door::new(base, "oauth")?;
    if !server.headers.iter().any(|(name, _)| *name == "accept") {
        door = door.header("accept", "application/json");
    }
    Ok(server.headers.iter().fold(door, |door, (name, value)| door.header(name, value.as_str())))
}

pub(super) fn with_query(request: Request, url: &Url) -> Request {
    url.query_pairs().fold(request, |request, (name, value)| request.query(&name, value))
}

/// What an endpoint answered.
pub(super) struct Said {
    door: Door,
    answer: Answer,
}

impl Said {
    pub fn new(door: Door, answer: Answer) -> Self {
        Said { door, answer }
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.answer.status())
    }

    pub fn status(&self) -> u16 {
        self.answer.status()
    }

    /// The server's own time.
    pub fn date(&self) -> Option<Timestamp> {
        self.answer.date()
    }

    /// The answer as an object: JSON, or a form as GitHub sends one unless it is asked for JSON.
    pub fn document(&self) -> Option<Json> {
        let body = self.answer.body();
        if let Ok(document) = serde_json::from_slice::<Json>(body) {
            return document.is_object().then_some(document);
        }
        let kind = self.answer.header("content-type").unwrap_or("text/plain");
        let may_be_form = kind.contains("form-urlencoded") || kind.starts_with("text/plain");
        let looks_like_one = body.contains(&b'=') && !body.contains(&b'<') && !body.starts_with(b"{");
        if !may_be_form || !looks_like_one {
            return None;
        }
        let fields = url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Json::from(value)));
        Some(Json::Object(fields.collect()))
    }

    /// Words of the server, fit to be shown.
    pub fn tidy(&self, text: &str) -> String {
        self.door.tidy(text)
    }

    pub fn who(&self) -> String {
        format!("`{}`", self.door.host())
    }

    /// An answer that says nothing about the sign-in.
    pub fn unclear(&self, how: &str) -> Failure {
        Failure::Unclear(Error::remote(format!("{} answered {} {how}", self.who(), self.status())))
    }
}
