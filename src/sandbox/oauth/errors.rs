//! Why a server refuses, in the words of the RFCs; each vendor's own words for the same are in its dialect.

use serde_json::{Map, Value as Json, json};

use crate::sandbox::wire::Reply;

/// What went wrong, whoever the vendor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The body is not what is taken here, or has a parameter twice
    BadBody,
    Missing(&'static str),
    /// Nobody said who calls
    NoClient,
    UnknownClient,
    BadSecret,
    /// Credentials in two places, or in one where the vendor takes none
    WrongAuth,
    /// This client may not use this grant
    NotAllowed,
    BadGrantType,
    BadResponseType,
    BadResponseMode,
    BadScope,
    BadRedirect,
    UnknownCode,
    SpentCode,
    OldCode,
    /// The redirect URI is not that of the authorization
    OtherRedirect,
    NoChallenge,
    PlainChallenge,
    BadVerifier,
    UnknownRefresh,
    SpentRefresh,
    OldRefresh,
    Revoked,
    Denied,
    Pending,
    SlowDown,
    OldDevice,
    UnknownDevice,
    /// An assertion of RFC 7523 with this fault
    BadAssertion(&'static str),
    BadSignature,
    UnknownIssuer,
    UnknownToken,
    /// A token of a kind that is not taken back here
    OtherToken,
    Unavailable,
}

/// A refusal on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// `None`: a test ordered it
    pub(crate) cause: Option<Cause>,
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) more: Map<String, Json>,
}

/// A vendor's words for a cause: status, code, description. A description may have `{}` for what is missing.
pub(crate) type Words = (Cause, u16, &'static str, &'static str);

impl Refusal {
    /// In the words of this table, else in those of the RFCs.
    pub(crate) fn new(cause: Cause, words: &[Words]) -> Refusal {
        // What is missing differs from call to call, the sentence about it does not.
        let same = |known: &Cause| match (known, cause) {
            (Cause::Missing(_), Cause::Missing(_)) | (Cause::BadAssertion(_), Cause::BadAssertion(_)) => true,
            (known, cause) => *known == cause,
        };
        let own = words.iter().find(|(known, ..)| same(known));
        let (status, code, description) =
            own.map_or_else(|| rfc(cause), |(_, status, code, description)| (*status, *code, *description));
        let detail = match cause {
            Cause::Missing(name) => name,
            Cause::BadAssertion(why) => why,
            _ => "",
        };
        Refusal {
            cause: Some(cause),
            status,
            code: code.to_owned(),
            description: description.replace("{}", detail),
            more: Map::new(),
        }
    }
}

/// Status, code and a description for each cause (RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1, RFC 7523
/// section 3.1, RFC 7636 section 4.6, RFC 8628 section 3.5).
fn rfc(cause: Cause) -> (u16, &'static str, &'static str) {
    match cause {
        Cause::BadBody => (400, "invalid_request", "the request cannot be read, or names a parameter twice"),
        Cause::Missing(_) => (400, "invalid_request", "the parameter {} is missing"),
        Cause::NoClient => (401, "invalid_client", "nothing says which client calls"),
        Cause::UnknownClient => (401, "invalid_client", "no client has this id"),
        Cause::BadSecret => (401, "invalid_client", "the client's credentials are wrong"),
        Cause::WrongAuth => (400, "invalid_request", "the client said who it is in a way that is not taken here"),
        Cause::NotAllowed => (400, "unauthorized_client", "this client may not use this grant"),
        Cause::BadGrantType => (400, "unsupported_grant_type", "this grant type is not known here"),
        Cause::BadResponseType => (400, "unsupported_response_type", "only `code` is known here"),
        Cause::BadResponseMode => (400, "invalid_request", "only the response mode `query` is known here"),
        Cause::BadScope => (400, "invalid_scope", "a scope is not known here"),
        Cause::BadRedirect => (400, "invalid_request", "this redirect URI is not registered"),
        Cause::UnknownCode => (400, "invalid_grant", "this code was never given out, or to another client"),
        Cause::SpentCode => (400, "invalid_grant", "this code was used before"),
        Cause::OldCode => (400, "invalid_grant", "this code is too old"),
        Cause::OtherRedirect => (400, "invalid_grant", "the redirect URI is not the one of the authorization"),
        Cause::NoChallenge => (400, "invalid_request", "code challenge required"),
        Cause::PlainChallenge => (400, "invalid_request", "transform algorithm not supported"),
        Cause::BadVerifier => (400, "invalid_grant", "the code verifier does not fit the challenge"),
        Cause::UnknownRefresh => (400, "invalid_grant", "this refresh token is not known"),
        Cause::SpentRefresh => (400, "invalid_grant", "this refresh token was used before"),
        Cause::OldRefresh => (400, "invalid_grant", "this refresh token has lapsed"),
        Cause::Revoked => (400, "invalid_grant", "the authorization was taken back"),
        Cause::Denied => (400, "access_denied", "the person said no"),
        Cause::Pending => (400, "authorization_pending", "the person has not decided yet"),
        Cause::SlowDown => (400, "slow_down", "asked too often"),
        Cause::OldDevice => (400, "expired_token", "the device code is too old"),
        Cause::UnknownDevice => (400, "invalid_grant", "this device code is not known"),
        Cause::BadAssertion(_) => (400, "invalid_grant", "the assertion is not valid: {}"),
        Cause::BadSignature => (400, "invalid_grant", "the assertion's signature is wrong"),
        Cause::UnknownIssuer => (400, "invalid_grant", "the assertion's issuer is not known"),
        Cause::UnknownToken => (400, "invalid_request", "this token is not known"),
        Cause::OtherToken => (400, "unsupported_token_type", "only access and refresh tokens can be taken back"),
        Cause::Unavailable => (503, "temporarily_unavailable", "try again later"),
    }
}

/// RFC 6749 section 5.2: an object with `error`, never to be kept by a cache.
pub(crate) fn standard(refusal: &Refusal) -> Reply {
    let mut body = json!({"error": refusal.code});
    if !refusal.description.is_empty() {
        body["error_description"] = json!(refusal.description);
    }
    for (key, value) in &refusal.more {
        body[key] = value.clone();
    }
    let reply = uncached(Reply::value(refusal.status, &body));
    match refusal.status {
        401 => reply.header("WWW-Authenticate", "Basic realm=\"sandbox\""),
        _ => reply,
    }
}

/// A method that is not for this address (RFC 9110 section 15.5.6).
pub(crate) fn wrong_method(allowed: &[&str]) -> Reply {
    let allowed = allowed.join(", ");
    let body = json!({"error": "invalid_request", "error_description": format!("use {allowed}")});
    uncached(Reply::value(405, &body)).header("Allow", allowed)
}

/// With the headers of RFC 6749 section 5.1.
pub(crate) fn uncached(reply: Reply) -> Reply {
    reply.header("Cache-Control", "no-store").header("Pragma", "no-cache")
}
