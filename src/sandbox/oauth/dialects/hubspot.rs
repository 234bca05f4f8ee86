//! HubSpot (developers.hubspot.com, `auth-oauth-v1`, `auth-oauth-v3` and `2026-03/authentication/oauth-tokens`): access
//! tokens of half an hour, a refresh token that stays, errors with a `status` word, and the account's id in what it says
//! of a token. Its API, which takes these tokens, is next door.

use serde_json::{Value as Json, json};

use super::{Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes};
use crate::sandbox::hubspot::PORTAL;
use crate::sandbox::oauth::clients::ClientAuth;
use crate::sandbox::oauth::codes::Consent;
use crate::sandbox::oauth::errors::{Cause, Refusal, uncached};
use crate::sandbox::oauth::rules::Rules;
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::oauth::{Realm, introspect};
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "hubspot",
    title: "HubSpot",
    paths: &[
        ("oauth/authorize", Endpoint::Authorize),
        ("oauth/*/authorize", Endpoint::Authorize),
        ("oauth/v1/token", Endpoint::Token),
        ("oauth/v3/token", Endpoint::Token),
        ("oauth/2026-03/token", Endpoint::Token),
        ("oauth/v3/token/introspect", Endpoint::Introspect),
        ("oauth/2026-03/token/introspect", Endpoint::Introspect),
        ("oauth/v3/token/revoke", Endpoint::Revoke(Ending::Rfc7009)),
        ("oauth/2026-03/token/revoke", Endpoint::Revoke(Ending::Rfc7009)),
        ("oauth/v1/access-tokens/*", Endpoint::TokenInfo(token_info)),
        ("oauth/v1/refresh-tokens/*", Endpoint::Revoke(Ending::Path)),
    ],
    grants: &[Grant::Code, Grant::Refresh],
    usual_grant: None,
    client_auth: ClientAuth { basic: false, body: true, secret_alone: false },
    json: false,
    scopes: Scopes { asked: &[' '], required: true, app_here: true },
    needs_state: false,
    usual_response_type: true,
    any_port: false,
    only_localhost: true,
    prefixes: Prefixes { code: "", access: "C", user_access: "C", refresh: "na1-", length: 100 },
    rules: Rules { lifetime: Some(1800), echoes_refresh: true, ..Rules::PLAIN },
    words: &[
        (Cause::UnknownClient, 400, "BAD_CLIENT_ID", "missing or unknown client id"),
        (Cause::BadSecret, 400, "BAD_CLIENT_SECRET", "missing or invalid client secret"),
        (Cause::WrongAuth, 400, "BAD_CLIENT_ID", "missing or unknown client id"),
        (Cause::Missing(""), 400, "BAD_REQUEST", "missing parameter: {}"),
        (Cause::BadGrantType, 400, "BAD_GRANT_TYPE", "missing or unknown grant type"),
        (Cause::UnknownCode, 400, "BAD_AUTH_CODE", "missing or unknown auth code"),
        (Cause::SpentCode, 400, "BAD_AUTH_CODE", "missing or unknown auth code"),
        (Cause::OldCode, 400, "BAD_AUTH_CODE", "missing or unknown auth code"),
        (Cause::BadVerifier, 400, "BAD_AUTH_CODE", "missing or unknown auth code"),
        (Cause::OtherRedirect, 400, "BAD_REDIRECT_URI", "missing or invalid redirect uri"),
        (Cause::UnknownRefresh, 400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        (Cause::OldRefresh, 400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        (Cause::SpentRefresh, 400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
        (Cause::Revoked, 400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token"),
    ],
    refuse,
    answer,
    send: super::send_json,
    device_page: "",
    device_uri: "",
    introspected,
    shut,
    audiences: &[],
    assertion_lifetime: 0,
};

/// HubSpot's shape: a `status` word and a `message`. From version 3 on, `error` and `error_description` of RFC 6749 come
/// with them.
fn refuse(refusal: &Refusal, visit: &Visit<'_>) -> Reply {
    let mut body = json!({"status": refusal.code, "message": refusal.description, "correlationId": visit.request_id()});
    if !visit.request.segments.iter().any(|part| part == "v1") {
        let code = match refusal.cause {
            Some(cause) => Refusal::new(cause, &[]).code,
            None => refusal.code.clone(),
        };
        body["error"] = json!(code);
        body["error_description"] = json!(refusal.description);
    }
    if refusal.cause.is_none() {
        body["error"] = json!(refusal.code);
    }
    uncached(Reply::value(refusal.status, &body))
}

/// Version 1 has neither scopes nor the account; the later ones have both.
fn answer(issued: &[Issued<'_>], visit: &Visit<'_>) -> Json {
    let issued = &issued[0];
    let mut body = json!({"token_type": "bearer"});
    if let Some(refresh) = issued.refresh {
        body["refresh_token"] = json!(refresh);
    }
    body["access_token"] = json!(issued.access);
    if let Some(seconds) = issued.expires_in {
        body["expires_in"] = json!(seconds);
    }
    if !visit.request.segments.iter().any(|part| part == "v1") {
        body["hub_id"] = json!(PORTAL);
        body["user_id"] = json!(issued.identity.number("hubspot user", 7));
        body["scopes"] = json!(issued.scopes);
    }
    body
}

/// GET `/oauth/v1/access-tokens/{token}`: whose it is.
fn token_info(visit: &Visit<'_>, realm: &Realm) -> Reply {
    let token = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    match realm.tokens.open(token, visit.now) {
        Ok(family) => {
            let mut body = of_account(&family.consent);
            body["token"] = json!(token);
            body["app_id"] = json!(1_000_001);
            body["expires_in"] = json!(introspect::seconds_left(realm, token, visit.now));
            body["token_type"] = json!("access");
            Reply::value(200, &body)
        }
        Err(_) => {
            let message = "access token not found or expired";
            let body = json!({"status": "error", "message": message, "correlationId": visit.request_id()});
            Reply::value(404, &body)
        }
    }
}

fn of_account(consent: &Consent) -> Json {
    json!({
        "user": consent.identity.email, "hub_domain": consent.identity.domain(), "scopes": consent.scopes,
        "hub_id": PORTAL, "user_id": consent.identity.number("hubspot user", 7),
    })
}

/// RFC 7662's answer, with the account in it.
fn introspected(mut said: Json, consent: Option<&Consent>, _: &Visit<'_>) -> Json {
    if let (Some(consent), true) = (consent, said["active"] == true) {
        for (key, value) in of_account(consent).as_object().expect("it is an object") {
            said[key] = value.clone();
        }
    }
    said
}

/// What the API itself says is next door; nothing here is asked with a token.
fn shut(_: Shut, visit: &Visit<'_>) -> Reply {
    visit.refuse(&visit.refusal(Cause::Revoked))
}
