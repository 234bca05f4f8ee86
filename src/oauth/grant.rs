//! Tokens without a person: a refresh token, the client itself, or a signed assertion.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::json;

use super::answer::{self, Tokens};
use super::endpoint::Ask;
use super::failure::Failure;
use super::{Client, Server};
use crate::base::{Error, Result, Secret, Timestamp};
use crate::http::Http;

/// Exchanges a refresh token (RFC 6749 section 6). It is sent once, except where it certainly did not arrive.
pub async fn refresh(http: &Http, server: &Server, client: &Client, token: &Secret) -> Result<Tokens, Failure> {
    let parameters = vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())];
    let said = Ask::token(server, client, parameters).send(http).await?;
    answer::renewed(server, &said)
}

/// Tokens for the client itself (RFC 6749 section 4.4); `extra` is what the vendor wants besides (`audience`).
pub async fn client_credentials(
    http: &Http,
    server: &Server,
    client: &Client,
    scopes: &[String],
    extra: &[(&str, &str)],
) -> Result<Tokens, Failure> {
    let scope = server.joined(scopes);
    let mut parameters = vec![("grant_type", "client_credentials")];
    parameters.extend(scope.as_deref().map(|scope| (server.scope_parameter.as_str(), scope)));
    parameters.extend_from_slice(extra);
    tokens(http, Ask { repeatable: true, ..Ask::token(server, client, parameters) }).await
}

/// Tokens for a signed assertion (RFC 7523 section 2.1).
pub async fn jwt_bearer(
    http: &Http,
    server: &Server,
    assertion: &Secret,
    scopes: &[String],
) -> Result<Tokens, Failure> {
    let scope = server.joined(scopes);
    let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let mut parameters = vec![grant, ("assertion", assertion.expose())];
    parameters.extend(scope.as_deref().map(|scope| (server.scope_parameter.as_str(), scope)));
    let (url, body) = (&server.token, server.body);
    tokens(http, Ask { server, url, client: None, parameters, body, repeatable: true, once: false }).await
}

pub(super) async fn tokens(http: &Http, ask: Ask<'_>) -> Result<Tokens, Failure> {
    let server = ask.server;
    let said = ask.send(http).await?;
    answer::tokens(server, &said)
}

/// What an assertion says (RFC 7523 section 3).
#[derive(Clone, Debug)]
pub struct Claims {
    /// `iss`: a service account's address, a consumer key
    pub issuer: String,
    /// `sub`: whom it acts for
    pub subject: Option<String>,
    /// `aud`: the token endpoint, or the vendor's login host; empty: nobody looks at it
    pub audience: String,
    /// `scope`, where the vendor reads it here (Google)
    pub scope: Option<String>,
    /// From now to `exp`
    pub lifetime: Duration,
    /// `kid`: which of the issuer's keys signed it
    pub key_id: Option<String>,
}

/// Signs an assertion by RS256 (RFC 7518 section 3.3) with an RSA key in PEM, PKCS#8 or PKCS#1, of 2,048 to 4,096 bits.
/// `Kind::Usage` when the key is none of these; nothing of the key is ever in the error.
pub fn assertion(claims: &Claims, key: &Secret, now: Timestamp) -> Result<Secret> {
    let key = private_key(key)?;
    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    let since = now.millis().div_euclid(1000);
    let until = now.plus(claims.lifetime).millis().div_euclid(1000);
    let mut body = json!({ "iss": claims.issuer, "iat": since, "exp": until });
    let audience = Some(claims.audience.clone()).filter(|audience| !audience.is_empty());
    for (name, value) in [("aud", &audience), ("sub", &claims.subject), ("scope", &claims.scope)] {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    if let Some(id) = &claims.key_id {
        header["kid"] = json!(id);
    }
    let encoded = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encoded(&header), encoded(&body));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| Error::failed("the key cannot sign"))?;
    Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

fn private_key(pem: &Secret) -> Result<RsaKeyPair> {
    // A key that was copied out of a JSON file has its line breaks spelled out.
    let text = Secret::new(pem.expose().replace("\\n", "\n"));
    let (kind, der) = pem_block(text.expose())?;
    let unusable = |why: &str| {
        Error::usage(format!("the private key cannot be used: {why}"))
            .hint("give an RSA key in PEM form: `-----BEGIN PRIVATE KEY-----`")
    };
    match kind {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der).map_err(|rejected| unusable(&rejected.to_string())),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).map_err(|rejected| unusable(&rejected.to_string())),
        "ENCRYPTED PRIVATE KEY" => Err(unusable("it is encrypted; decrypt it first with `openssl pkey`")),
        "CERTIFICATE" | "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(unusable("it is the public half")),
        _ => Err(unusable("it is no RSA key")),
    }
}

/// The first PEM block that could be a key: its label and its bytes (RFC 7468).
fn pem_block(text: &str) -> Result<(&str, Vec<u8>)> {
    let none = || {
        Error::usage("the private key is not in PEM form")
            .hint("it begins with `-----BEGIN PRIVATE KEY-----`; in a service account's JSON it is `private_key`")
    };
    let start = text.find("-----BEGIN ").ok_or_else(none)?;
    let rest = &text[start + "-----BEGIN ".len()..];
    let (label, rest) = rest.split_once("-----").ok_or_else(none)?;
    let (body, _) = rest.split_once("-----END ").ok_or_else(none)?;
    if body.contains("Proc-Type:") {
        return Ok(("ENCRYPTED PRIVATE KEY", Vec::new()));
    }
    let letters = body.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
    let der = STANDARD.decode(letters).map_err(|_| none())?;
    Ok((label, der))
}
