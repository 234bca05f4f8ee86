//! A browser and a client for the sandbox's authorization servers, by raw HTTP: nothing of it is shared with the servers
//! or with the program's own sign-in.

use appctl::sandbox::Sandbox;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::sandbox::{Answer, Client};

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const BACK: &str = "http://127.0.0.1:4321/callback";

/// Talks to one sandbox as its own client.
pub struct Signin {
    pub http: Client,
    pub id: String,
    pub secret: String,
}

impl Signin {
    pub fn of(sandbox: &Sandbox) -> Signin {
        let (id, secret) = sandbox.oauth().client();
        Signin { http: Client::of(sandbox), id, secret: secret.expose().to_owned() }
    }

    /// Opens the authorization page with these parameters beside the client, the redirect and a challenge; returns where
    /// the browser is sent.
    pub async fn authorize(&mut self, path: &str, more: &[(&str, &str)]) -> Redirected {
        let id = self.id.clone();
        let mut all = vec![
            ("client_id", id.as_str()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("state", "st-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        all.extend(more.iter().filter(|(_, value)| *value != LEFT_OUT));
        let answer = self.open(&format!("{path}?{}", form(&all))).await;
        Redirected::of(&answer)
    }

    pub async fn open(&mut self, path: &str) -> Answer {
        self.http.call_with("GET", path, "", None).await
    }

    /// A form to an endpoint, with these header lines.
    pub async fn post(&mut self, path: &str, headers: &str, fields: &[(&str, &str)]) -> Answer {
        self.http.form(path, headers, &form(fields)).await
    }

    /// A form to the token endpoint with the client's id and secret among the fields.
    pub async fn token(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (id, secret) = (self.id.clone(), self.secret.clone());
        let mut all = vec![("client_id", id.as_str()), ("client_secret", secret.as_str())];
        all.extend(fields);
        self.post(path, "Accept: application/json\r\n", &all).await
    }

    /// The code exchange for a code of `authorize`.
    pub async fn exchange(&mut self, path: &str, code: &str) -> Answer {
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        self.token(path, &fields).await
    }

    pub async fn refresh(&mut self, path: &str, refresh: &str) -> Answer {
        self.token(path, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
    }

    /// A GET with this token as bearer.
    pub async fn ask(&mut self, path: &str, token: &str) -> Answer {
        self.http.call_with("GET", path, &bearer(token), None).await
    }

    pub fn basic(&self) -> String {
        basic(&self.id, &self.secret)
    }
}

/// The value of a parameter that is not sent at all.
pub const LEFT_OUT: &str = "\0";

/// Where an authorization ended.
#[derive(Debug)]
pub struct Redirected {
    pub status: u16,
    pub to: Option<url::Url>,
    pub body: String,
}

impl Redirected {
    pub fn of(answer: &Answer) -> Redirected {
        let to = answer.header("location").map(|to| url::Url::parse(to).expect("a location is a URL"));
        Redirected { status: answer.status, to, body: String::from_utf8_lossy(&answer.body).into_owned() }
    }

    /// A parameter that the browser brings back.
    pub fn get(&self, name: &str) -> Option<String> {
        let to = self.to.as_ref()?;
        to.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub fn code(&self) -> String {
        self.get("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }
}

pub fn form(fields: &[(&str, &str)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(fields);
    out.finish()
}

pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

pub fn basic(id: &str, secret: &str) -> String {
    let part = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{}:{}", part(id), part(secret))))
}

/// The challenge of a verifier (RFC 7636 section 4.2).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// The text at a key of an answer.
pub fn text(json: &Json, key: &str) -> String {
    json[key].as_str().unwrap_or_else(|| panic!("no `{key}`: {json}")).to_owned()
}

/// A JSON Web Token signed with the key of the sandbox's service account.
pub fn assertion(sandbox: &Sandbox, claims: &Json) -> String {
    let key = sandbox.oauth().service_account();
    let pem = key["private_key"].as_str().unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(body).unwrap()).unwrap();
    let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT"})), part(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
