//! Google (developers.google.com/identity/protocols/oauth2: `native-app`, `web-server`, `limited-input-device`,
//! `service-account`, and the OpenID Connect reference).

use serde_json::{Value as Json, json};

use super::{BY_THE_BOOK, Device, Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes, Secrecy, Seen};
use crate::sandbox::oauth::errors::{Cause, Refusal};
use crate::sandbox::oauth::people::{DIGITS, Identity};
use crate::sandbox::oauth::rules::{Offline, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::oauth::{Realm, introspect};
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "google",
    title: "Google",
    paths: &[
        (".well-known/openid-configuration", Endpoint::Metadata),
        ("o/oauth2/v2/auth", Endpoint::Authorize),
        ("o/oauth2/auth", Endpoint::Authorize),
        ("token", Endpoint::Token),
        ("device/code", Endpoint::Device),
        ("device", Endpoint::DevicePage),
        ("revoke", Endpoint::Revoke(Ending::Token)),
        ("tokeninfo", Endpoint::TokenInfo(token_info)),
        ("oauth2/v3/tokeninfo", Endpoint::TokenInfo(token_info)),
        ("oauth2/v3/certs", Endpoint::Keys),
        ("oauth2/v1/certs", Endpoint::Certificates),
        ("v1/userinfo", Endpoint::Identity(userinfo)),
        ("oauth2/v3/userinfo", Endpoint::Identity(userinfo)),
        ("oauth2/v2/userinfo", Endpoint::Identity(userinfo_v2)),
        ("oauth2/v1/userinfo", Endpoint::Identity(userinfo_v2)),
        ("drive/v3/about", Endpoint::Identity(about)),
        ("gmail/v1/users/me/profile", Endpoint::Identity(gmail_profile)),
        ("calendar/v3/calendars/primary", Endpoint::Identity(calendar)),
    ],
    grants: &[Grant::Code, Grant::Refresh, Grant::Device, Grant::JwtBearer],
    scopes: Scopes { asked: &[' '], required: true, app_here: true },
    any_port: true,
    prefixes: Prefixes { code: "4/0A", access: "ya29.a0", user_access: "ya29.a0", refresh: "1//0", length: 80 },
    // 3599 and not 3600, as Google's answers have it; 100 refresh tokens per account and client.
    rules: &Rules {
        lifetime: Some(3599),
        cap: Some(100),
        offline: Offline::AccessType,
        sends_iss: true,
        idle: Some(180 * 86_400),
        device_lifetime: 1800,
        ..Rules::PLAIN
    },
    words: &[
        (Cause::NoClient, 400, "invalid_request", "Could not determine client ID from request."),
        (Cause::UnknownClient, 401, "invalid_client", "The OAuth client was not found."),
        (Cause::BadSecret, 401, "invalid_client", "Unauthorized"),
        (Cause::Missing(""), 400, "invalid_request", "Missing required parameter: {}"),
        (Cause::BadGrantType, 400, "unsupported_grant_type", "Invalid grant_type: "),
        (Cause::UnknownCode, 400, "invalid_grant", "Malformed auth code."),
        (Cause::SpentCode, 400, "invalid_grant", "Bad Request"),
        (Cause::OldCode, 400, "invalid_grant", "Bad Request"),
        (Cause::OtherRedirect, 400, "redirect_uri_mismatch", "Bad Request"),
        (Cause::BadVerifier, 400, "invalid_grant", "Invalid code verifier."),
        (Cause::PlainChallenge, 400, "invalid_request", "Invalid code_challenge_method"),
        (Cause::UnknownRefresh, 400, "invalid_grant", "Bad Request"),
        (Cause::OldRefresh, 400, "invalid_grant", "Token has been expired or revoked."),
        (Cause::Revoked, 400, "invalid_grant", "Token has been expired or revoked."),
        (Cause::Pending, 428, "authorization_pending", "Precondition Required"),
        (Cause::SlowDown, 403, "slow_down", "Forbidden"),
        (Cause::Denied, 403, "access_denied", "Forbidden"),
        (Cause::OldDevice, 400, "expired_token", "The device code has expired."),
        (Cause::UnknownDevice, 400, "invalid_grant", "Malformed device code."),
        (Cause::BadAssertion(""), 400, "invalid_grant", "Invalid JWT: {}"),
        (Cause::BadSignature, 400, "invalid_grant", "Invalid JWT Signature."),
        (Cause::UnknownIssuer, 400, "invalid_grant", "Invalid grant: account not found"),
        (Cause::UnknownToken, 400, "invalid_token", "Token expired or revoked"),
    ],
    refuse,
    answer,
    sub: |identity, _| sub(identity),
    device: Device { page: "device", uri: "verification_url", secret: Secrecy::Polls, ..BY_THE_BOOK.device },
    revoked: |_| Reply::value(200, &json!({})),
    shut,
    audiences: &["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"],
    ..BY_THE_BOOK
};

/// Google sends no `WWW-Authenticate` with these.
fn refuse(refusal: &Refusal, visit: &Visit<'_>) -> Reply {
    let mut reply = super::refuse_standard(refusal, visit);
    reply.headers.retain(|(name, _)| *name != "WWW-Authenticate");
    reply
}

/// `native-app`, step 5; a service account's answer has neither scope nor refresh token.
fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    let mut body = super::standard(&issued[0], " ", "Bearer");
    if issued[0].grant == Grant::JwtBearer {
        body.shift_remove("scope");
    }
    body.into()
}

fn sub(identity: &Identity) -> String {
    format!("1{}", identity.id("google", DIGITS, 20))
}

fn may_know(seen: &Seen<'_>, what: &str) -> bool {
    seen.may(what) || seen.may(&format!("https://www.googleapis.com/auth/userinfo.{what}"))
}

fn userinfo(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let identity = seen.identity;
    let (email, profile) = (may_know(seen, "email"), may_know(seen, "profile"));
    if !(email || profile || seen.may("openid")) {
        return insufficient(visit);
    }
    let mut body = json!({"sub": sub(identity)});
    if profile {
        body["name"] = json!(identity.name());
        body["given_name"] = json!(identity.given_name());
        body["family_name"] = json!(identity.family_name());
        body["picture"] = json!(format!("{}/picture/{}", visit.own, identity.id("picture", DIGITS, 8)));
    }
    if email {
        body["email"] = json!(identity.email);
        body["email_verified"] = json!(true);
        if identity.domain() != "gmail.com" {
            body["hd"] = json!(identity.domain());
        }
    }
    Reply::value(200, &body)
}

/// The older shape, with `id` and `verified_email`.
fn userinfo_v2(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let reply = userinfo(seen, visit);
    if reply.status != 200 {
        return reply;
    }
    let mut body: Json = serde_json::from_slice(&reply.into_bytes()).expect("it was JSON a moment ago");
    body["id"] = body["sub"].take();
    if let Some(map) = body.as_object_mut() {
        map.shift_remove("sub");
        if let Some(verified) = map.shift_remove("email_verified") {
            map.insert("verified_email".to_owned(), verified);
        }
    }
    Reply::value(200, &body)
}

fn any_scope(seen: &Seen<'_>, part: &str) -> bool {
    let prefix = format!("https://www.googleapis.com/auth/{part}");
    seen.personal
        || seen.scopes.iter().any(|scope| *scope == prefix || scope.starts_with(&format!("{prefix}.")))
        || part == "gmail" && seen.may("https://mail.google.com/")
}

/// Drive's `about.get`, which wants to be told its fields.
fn about(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if !any_scope(seen, "drive") {
        return insufficient(visit);
    }
    if visit.request.parameter("fields").is_none() {
        return api_error(400, "INVALID_ARGUMENT", "The 'fields' parameter is required for this method.");
    }
    let identity = seen.identity;
    Reply::value(
        200,
        &json!({"user": {
            "kind": "drive#user", "displayName": identity.name(), "me": true,
            "permissionId": identity.id("drive", DIGITS, 20), "emailAddress": identity.email,
        }}),
    )
}

fn gmail_profile(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if !any_scope(seen, "gmail") {
        return insufficient(visit);
    }
    let body = json!({"emailAddress": seen.identity.email, "messagesTotal": 3, "threadsTotal": 2, "historyId": "1001"});
    Reply::value(200, &body)
}

fn calendar(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if !any_scope(seen, "calendar") {
        return insufficient(visit);
    }
    let email = &seen.identity.email;
    Reply::value(200, &json!({"kind": "calendar#calendar", "id": email, "summary": email, "timeZone": "UTC"}))
}

/// `oauth2.googleapis.com/tokeninfo?access_token=…`; the token as bearer is what Google's own libraries do.
fn token_info(visit: &Visit<'_>, realm: &Realm) -> Reply {
    let token = visit.parameters.get("access_token").or(visit.parameters.bearer.as_deref()).unwrap_or_default();
    let Ok(opened) = realm.tokens.open(token, visit.now) else {
        let body = json!({"error": "invalid_token", "error_description": "Invalid Value"});
        return Reply::value(400, &body);
    };
    let consent = &opened.family.consent;
    let left = introspect::seconds_left(realm, token, visit.now);
    let mut body = json!({
        "azp": consent.client, "aud": consent.client, "sub": sub(&consent.identity),
        "scope": opened.scopes.join(" "), "access_type": if consent.offline { "offline" } else { "online" },
    });
    if let Some(left) = left {
        // Numbers as texts, as Google has them here.
        body["expires_in"] = json!(left.to_string());
        body["exp"] = json!((visit.now / 1000 + left).to_string());
    }
    if opened.scopes.iter().any(|scope| scope == "email" || scope.ends_with("userinfo.email")) {
        body["email"] = json!(consent.identity.email);
        body["email_verified"] = json!("true");
    }
    Reply::value(200, &body)
}

fn insufficient(_: &Visit<'_>) -> Reply {
    api_error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
}

fn shut(_: Shut, _: &Visit<'_>) -> Reply {
    api_error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
         authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )
}

/// `google.rpc.Status` as its APIs show it.
fn api_error(code: u16, status: &str, message: &str) -> Reply {
    let reply = Reply::value(code, &json!({"error": {"code": code, "message": message, "status": status}}));
    match code {
        401 => {
            reply.header("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
        }
        _ => reply,
    }
}
