//! Salesforce (help.salesforce.com, "OAuth 2.0 Web Server Flow", "Client Credentials Flow", "JWT Bearer Flow", "OAuth
//! Authorization Flows"; developer.salesforce.com, "Revoking OAuth Tokens"): the address of the org and the person's
//! identity URL in the answer, no `expires_in`, and an API that says `INVALID_SESSION_ID` when a session is over. The
//! org is the sandbox's own endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::{BY_THE_BOOK, Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Seen};
use crate::sandbox::oauth::errors::{self, Cause, Refusal};
use crate::sandbox::oauth::people::{Identity, LETTERS};
use crate::sandbox::oauth::quirks::form_text;
use crate::sandbox::oauth::rules::{Offline, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "salesforce",
    title: "Salesforce",
    paths: &[
        ("services/oauth2/authorize", Endpoint::Authorize),
        ("services/oauth2/token", Endpoint::Token),
        ("services/oauth2/revoke", Endpoint::Revoke(Ending::Token)),
        ("services/oauth2/introspect", Endpoint::Introspect),
        ("services/oauth2/userinfo", Endpoint::Identity(userinfo)),
        ("id/*/*", Endpoint::Identity(identity)),
        ("services/data", Endpoint::Identity(versions)),
        ("services/data/*", Endpoint::Identity(resources)),
        ("services/data/*/limits", Endpoint::Identity(limits)),
    ],
    grants: &[Grant::Code, Grant::Refresh, Grant::ClientCredentials, Grant::JwtBearer],
    // Its own jsforce names no method, and its verifiers have 171 letters.
    loose_pkce: true,
    prefixes: Prefixes { code: "aPrx", access: "00D", user_access: "00D", refresh: "5Aep861", length: 90 },
    // A session of two hours, which is not said. With rotation switched on the rules are others.
    rules: &Rules {
        lifetime: Some(7200),
        says_lifetime: false,
        offline: Offline::Scope,
        code_lifetime: 900,
        ..Rules::PLAIN
    },
    words: &[
        (Cause::NoClient, 400, "invalid_client_id", "client identifier invalid"),
        (Cause::UnknownClient, 400, "invalid_client_id", "client identifier invalid"),
        (Cause::BadSecret, 400, "invalid_client", "invalid client credentials"),
        (Cause::Missing(""), 400, "invalid_request", "missing required parameter: {}"),
        (Cause::BadGrantType, 400, "unsupported_grant_type", "grant type not supported"),
        (Cause::UnknownCode, 400, "invalid_grant", "invalid authorization code"),
        (Cause::SpentCode, 400, "invalid_grant", "invalid authorization code"),
        (Cause::OldCode, 400, "invalid_grant", "expired authorization code"),
        (Cause::OtherRedirect, 400, "redirect_uri_mismatch", "redirect_uri must match configuration"),
        (Cause::BadRedirect, 400, "redirect_uri_mismatch", "redirect_uri must match configuration"),
        (Cause::BadVerifier, 400, "invalid_grant", "invalid code verifier"),
        (Cause::UnknownRefresh, 400, "invalid_grant", "expired access/refresh token"),
        (Cause::SpentRefresh, 400, "invalid_grant", "expired access/refresh token"),
        (Cause::OldRefresh, 400, "invalid_grant", "expired access/refresh token"),
        (Cause::Revoked, 400, "invalid_grant", "expired access/refresh token"),
        (Cause::Denied, 400, "access_denied", "end-user denied authorization"),
        (Cause::BadAssertion(""), 400, "invalid_grant", "invalid assertion"),
        (Cause::BadSignature, 400, "invalid_grant", "invalid assertion"),
        (Cause::UnknownIssuer, 400, "invalid_client_id", "client identifier invalid"),
        (Cause::NotAllowed, 400, "invalid_grant", "no client credentials user enabled"),
        (Cause::UnknownToken, 400, "invalid_token", "invalid token"),
    ],
    refuse,
    answer,
    sub: identity_url,
    access_ends_alone: true,
    shut,
    audiences: &["https://login.salesforce.com", "https://test.salesforce.com"],
    assertion_lifetime: 600,
    ..BY_THE_BOOK
};

/// A revocation is refused with a form, as its own jsforce reads it; everything else with JSON.
fn refuse(refusal: &Refusal, visit: &Visit<'_>) -> Reply {
    if visit.place.endpoint.word() != "revoke" {
        return errors::standard(refusal);
    }
    let fields = json!({"error": refusal.code, "error_description": refusal.description});
    let form = form_text(fields.as_object().expect("it is an object"));
    let content_type = "application/x-www-form-urlencoded;charset=UTF-8";
    errors::uncached(Reply { content_type, ..Reply::json(refusal.status, form.into_bytes()) })
}

fn answer(issued: &[Issued<'_>], visit: &Visit<'_>) -> Json {
    let issued = &issued[0];
    let id = identity_url(issued.identity, visit);
    let signature = STANDARD.encode(issued.identity.id("signature", LETTERS, 32));
    let mut body = json!({"access_token": issued.access});
    if let Some(refresh) = issued.refresh {
        body["refresh_token"] = json!(refresh);
    }
    body["signature"] = json!(signature);
    body["scope"] = json!(issued.scopes.join(" "));
    if let Some(token) = &issued.id_token {
        body["id_token"] = json!(token);
    }
    if let Some(seconds) = issued.expires_in {
        body["expires_in"] = json!(seconds);
    }
    body["instance_url"] = json!(visit.own);
    body["id"] = json!(id);
    body["token_type"] = json!("Bearer");
    body["issued_at"] = json!(visit.now.to_string());
    body
}

fn organization(identity: &Identity) -> String {
    format!("00D{}", identity.company_id("salesforce", LETTERS, 15))
}

fn user(identity: &Identity) -> String {
    format!("005{}", identity.id("salesforce", LETTERS, 15))
}

fn identity_url(identity: &Identity, visit: &Visit<'_>) -> String {
    format!("{}/id/{}/{}", visit.own, organization(identity), user(identity))
}

/// OpenID Connect's claims with Salesforce's own.
fn userinfo(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let identity = seen.identity;
    let may = ["openid", "id", "profile", "email", "api", "full"].iter().any(|scope| seen.may(scope));
    if !may {
        return text(403, "Missing_OAuth_Token");
    }
    let body = json!({
        "sub": identity_url(identity, visit), "user_id": user(identity), "organization_id": organization(identity),
        "preferred_username": identity.email, "nickname": identity.login(), "name": identity.name(),
        "email": identity.email, "email_verified": true, "given_name": identity.given_name(),
        "family_name": identity.family_name(), "zoneinfo": "UTC", "active": true, "user_type": "STANDARD",
        "urls": urls(identity, visit),
    });
    Reply::value(200, &body)
}

/// Where the org's APIs are; a client puts the version in.
fn urls(identity: &Identity, visit: &Visit<'_>) -> Json {
    let rest = format!("{}/services/data/v{{version}}/", visit.own);
    let (soap, org) = (format!("{}/services/Soap", visit.own), organization(identity));
    json!({
        "rest": rest, "sobjects": format!("{rest}sobjects/"), "query": format!("{rest}query/"),
        "search": format!("{rest}search/"), "profile": format!("{}/{}", visit.own, user(identity)),
        "enterprise": format!("{soap}/c/{{version}}/{org}"), "partner": format!("{soap}/u/{{version}}/{org}"),
        "metadata": format!("{soap}/m/{{version}}/{org}"),
    })
}

/// What is behind the identity URL; only the person's own.
fn identity(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let identity = seen.identity;
    if visit.place.parts != [organization(identity), user(identity)] {
        return text(404, "Bad_Id");
    }
    let body = json!({
        "id": identity_url(identity, visit), "user_id": user(identity), "organization_id": organization(identity),
        "username": identity.email, "nick_name": identity.login(), "display_name": identity.name(),
        "email": identity.email, "email_verified": true, "first_name": identity.given_name(),
        "last_name": identity.family_name(), "timezone": "UTC", "asserted_user": true, "active": true,
        "user_type": "STANDARD", "language": "en_US", "locale": "en_US", "utcOffset": 0,
        "photos": {"picture": format!("{}/profilephoto/005/F", visit.own), "thumbnail": format!("{}/profilephoto/005/T", visit.own)},
        "status": {"created_date": null, "body": null}, "is_app_installed": true, "urls": urls(identity, visit),
    });
    Reply::value(200, &body)
}

fn versions(_: &Seen<'_>, _: &Visit<'_>) -> Reply {
    Reply::value(200, &json!([{"label": "Winter '27", "url": "/services/data/v65.0", "version": "65.0"}]))
}

fn resources(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let version = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    let body = json!({
        "identity": identity_url(seen.identity, visit), "sobjects": format!("/services/data/{version}/sobjects"),
        "query": format!("/services/data/{version}/query"), "limits": format!("/services/data/{version}/limits"),
    });
    Reply::value(200, &body)
}

fn limits(_: &Seen<'_>, _: &Visit<'_>) -> Reply {
    Reply::value(200, &json!({"DailyApiRequests": {"Max": 15_000, "Remaining": 14_998}}))
}

/// The REST API answers in JSON, the identity service in a word.
fn shut(why: Shut, visit: &Visit<'_>) -> Reply {
    if visit.request.segments.iter().any(|part| part == "data") {
        let body = json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]);
        return Reply::value(401, &body);
    }
    text(403, if why == Shut::Missing { "Missing_OAuth_Token" } else { "Bad_OAuth_Token" })
}

fn text(status: u16, word: &str) -> Reply {
    Reply { content_type: "text/plain; charset=UTF-8", ..Reply::json(status, word.as_bytes().to_vec()) }
}
