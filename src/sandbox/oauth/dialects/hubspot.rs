//! HubSpot (developers.hubspot.com, `auth-oauth-v1`, `auth-oauth-v3` and `2026-03/authentication/oauth-tokens`): access
//! tokens of half an hour, a refresh token that stays, errors with a `status` word, and the account's id in what it says
//! of a token. Its API, which takes these tokens, is next door.

use serde_json::{Value as Json, json};

use super::{BY_THE_BOOK, Dialect, Ending, Endpoint, Issued, Prefixes, Scopes};
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
    at_root: true,
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
        ("oauth/v1/refresh-tokens/*", Endpoint::Revoke(Ending::Own(&["GET", "DELETE"], refresh_token))),
    ],
    client_auth: ClientAuth { basic: false, body: true, secret_alone: false },
    scopes: Scopes { asked: &[' '], required: true, app_here: true },
    usual_response_type: true,
    only_localhost: true,
    prefixes: Prefixes { code: "", access: "C", user_access: "C", refresh: "na1-", length: 100 },
    rules: &Rules { lifetime: Some(1800), echoes_refresh: true, ..Rules::PLAIN },
    words: &[
        (Cause::NoClient, 400, "BAD_CLIENT_ID", "missing or unknown client id"),
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
    introspected,
    shut,
    ..BY_THE_BOOK
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
        body["token_use"] = json!("access_token");
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
        Ok(opened) => {
            let mut body = of_account(&opened.family.consent, opened.scopes);
            body["token"] = json!(token);
            body["app_id"] = json!(APP);
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

/// `/oauth/v1/refresh-tokens/{token}`: GET says what it is, DELETE ends it and every connection with it; nothing else is
/// needed.
fn refresh_token(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let text = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    let family = realm.tokens.refreshes(text).ok_or(Cause::UnknownRefresh)?;
    if visit.request.method == "GET" {
        let mut body = of_account(&family.consent, family.scopes());
        body["token"] = json!(text);
        body["client_id"] = json!(family.consent.client);
        body["token_type"] = json!("refresh");
        return Ok(Reply::value(200, &body));
    }
    let family = realm.tokens.owner(text).expect("it was found a moment ago");
    realm.tokens.revoke_family(family);
    realm.counts.revocations += 1;
    Ok(Reply::empty(204))
}

const APP: u64 = 1_000_001;

/// What is said of every token.
fn of_account(consent: &Consent, scopes: &[String]) -> Json {
    json!({
        "user": consent.identity.email, "hub_domain": consent.identity.domain(), "scopes": scopes,
        "hub_id": PORTAL, "user_id": consent.identity.number("hubspot user", 7),
    })
}

/// The account and the token in place of most of what RFC 7662 has (`TokenInfoResponseBaseIF` of HubSpot's description).
fn introspected(said: Json, consent: Option<&Consent>, visit: &Visit<'_>) -> Json {
    let Some(consent) = consent.filter(|_| said["active"] == true) else { return json!({"active": false}) };
    let scopes: Vec<String> = said["scope"].as_str().unwrap_or_default().split(' ').map(str::to_owned).collect();
    let access = !said["exp"].is_null();
    let kind = if access { "access_token" } else { "refresh_token" };
    let mut body = of_account(consent, &scopes);
    body["active"] = json!(true);
    body["token_use"] = json!(kind);
    body["token_type"] = json!(kind.trim_end_matches("_token"));
    body["token"] = json!(visit.parameters.get("token"));
    body["client_id"] = json!(consent.client);
    body["app_id"] = json!(APP);
    if access {
        body["expires_in"] = json!(said["exp"].as_i64().unwrap_or_default() - visit.now / 1000);
        body["is_private_distribution"] = json!(false);
        body["signed_access_token"] = signed(consent, &said);
    }
    body
}

/// What HubSpot's own services check; nobody else can, so it is only of the right shape.
fn signed(consent: &Consent, said: &Json) -> Json {
    let user = consent.identity.number("hubspot user", 7);
    json!({
        "expiresAt": said["exp"].as_i64().unwrap_or_default() * 1000, "scopes": "AAEAAQ==", "hubId": PORTAL, "userId": user,
        "appId": APP, "signature": "c2FuZGJveA==", "scopeToScopeGroupPks": "", "newSignature": "c2FuZGJveA==", "hublet": "na1",
        "trialScopes": "", "trialScopeToScopeGroupPks": "", "isUserLevel": false, "isPrivateDistribution": false,
        "isServiceAccount": false, "installingUserId": user, "appInstallId": "", "audience": "",
    })
}

/// What the API itself says is next door; nothing here is asked with a token.
fn shut(_: Shut, visit: &Visit<'_>) -> Reply {
    visit.refuse(&visit.refusal(Cause::Revoked))
}
