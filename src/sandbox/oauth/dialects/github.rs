//! GitHub (docs.github.com/apps: authorizing OAuth apps, the device flow, troubleshooting access token requests, and the
//! REST reference of `applications`). Answers are forms unless JSON is asked for, refusals come with status 200, and
//! tokens of an OAuth app live until they are taken back; those of a GitHub App expire and rotate.

use serde_json::{Map, Value as Json, json};

use super::{
    Again, BY_THE_BOOK, Bodies, Device, Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes, Secrecy, Seen,
    applications, installations,
};
use crate::sandbox::oauth::errors::{self, Cause, Refusal};
use crate::sandbox::oauth::people::{DIGITS, Identity, LETTERS};
use crate::sandbox::oauth::quirks::form_text;
use crate::sandbox::oauth::rules::{Offline, Rotation, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "github",
    title: "GitHub",
    paths: &[
        ("login/oauth/authorize", Endpoint::Authorize),
        ("login/oauth/access_token", Endpoint::Token),
        ("login/device/code", Endpoint::Device),
        ("login/device", Endpoint::DevicePage),
        ("applications/*/token", Endpoint::Revoke(Ending::Own(&["POST", "PATCH", "DELETE"], applications::token))),
        ("applications/*/grant", Endpoint::Revoke(Ending::Own(&["DELETE"], applications::grant))),
        ("app/installations/*/access_tokens", Endpoint::Exchange(installations::exchange)),
        ("installation/token", Endpoint::Revoke(Ending::Own(&["DELETE"], installations::end))),
        ("installation/repositories", Endpoint::Identity(installations::repositories)),
        ("user", Endpoint::Identity(user)),
        ("user/emails", Endpoint::Identity(emails)),
        ("rate_limit", Endpoint::Identity(rate_limit)),
    ],
    grants: &[Grant::Code, Grant::Refresh, Grant::Device],
    usual_grant: Some(Grant::Code),
    // The Octokit sends JSON.
    bodies: Bodies::Either,
    // A blank is documented; a comma is taken as well, and is what answers have.
    scopes: Scopes { asked: &[' ', ','], required: false, app_here: true },
    usual_response_type: true,
    any_port: true,
    redirect_again: Again::Free,
    prefixes: Prefixes { code: "", access: "gho_", user_access: "gho_", refresh: "ghr_", length: 36 },
    // With `offline` set to `always` and a lifetime it is a GitHub App: 8 hours, and refresh tokens of six months.
    rules: &Rules {
        lifetime: None,
        says_lifetime: true,
        rotation: Rotation::Rotates,
        kills_access: true,
        refresh_lifetime: Some(15_897_600),
        offline: Offline::Never,
        ..Rules::PLAIN
    },
    words: &[
        (Cause::NoClient, 200, "incorrect_client_credentials", CREDENTIALS),
        (Cause::UnknownClient, 200, "incorrect_client_credentials", CREDENTIALS),
        (Cause::BadSecret, 200, "incorrect_client_credentials", CREDENTIALS),
        (Cause::UnknownCode, 200, "bad_verification_code", CODE),
        (Cause::SpentCode, 200, "bad_verification_code", CODE),
        (Cause::OldCode, 200, "bad_verification_code", CODE),
        (Cause::BadVerifier, 200, "bad_verification_code", CODE),
        (Cause::Missing(""), 200, "bad_verification_code", CODE),
        (Cause::OtherRedirect, 200, "redirect_uri_mismatch", REDIRECT),
        (Cause::BadRedirect, 400, "redirect_uri_mismatch", REDIRECT),
        (Cause::BadGrantType, 200, "unsupported_grant_type", "The grant type is not supported."),
        (Cause::UnknownRefresh, 200, "bad_refresh_token", REFRESH),
        (Cause::SpentRefresh, 200, "bad_refresh_token", REFRESH),
        (Cause::OldRefresh, 200, "bad_refresh_token", REFRESH),
        (Cause::Revoked, 200, "bad_refresh_token", REFRESH),
        (Cause::Pending, 200, "authorization_pending", "The authorization request is still pending."),
        (Cause::SlowDown, 200, "slow_down", "Too many requests have been made in the same timeframe."),
        (Cause::OldDevice, 200, "expired_token", "The `device_code` has expired."),
        (Cause::UnknownDevice, 200, "incorrect_device_code", "The device_code provided is not valid."),
        (Cause::Denied, 200, "access_denied", "The authorization request was denied."),
        (Cause::NotAllowed, 200, "device_flow_disabled", "Device Flow must be explicitly enabled for this App"),
    ],
    refuse,
    answer,
    send,
    device: Device { page: "login/device", says_interval: true, secret: Secrecy::Never, ..BY_THE_BOOK.device },
    shut,
    assertion_lifetime: 600,
    ..BY_THE_BOOK
};

const CREDENTIALS: &str = "The client_id and/or client_secret passed are incorrect.";
const CODE: &str = "The code passed is incorrect or expired.";
const REDIRECT: &str = "The redirect_uri MUST match the registered callback URL for this application.";
const REFRESH: &str = "The refresh token passed is incorrect or expired.";

fn refuse(refusal: &Refusal, visit: &Visit<'_>) -> Reply {
    let mut body = json!({"error": refusal.code, "error_description": refusal.description});
    body["error_uri"] = json!(format!(
        "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#{}",
        refusal.code.replace('_', "-")
    ));
    for (key, value) in &refusal.more {
        body[key] = value.clone();
    }
    // What is no refusal by the flow (a 5xx that a test ordered) keeps its status.
    let status = if refusal.status >= 500 { refusal.status } else { 200 };
    Reply { status, ..send(body, visit) }
}

fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    let mut body = super::standard(&issued[0], ",", "bearer");
    if let Some(seconds) = issued[0].refresh_expires_in {
        body.insert("refresh_token_expires_in".to_owned(), json!(seconds));
    }
    body.into()
}

fn send(body: Json, visit: &Visit<'_>) -> Reply {
    let accepts = visit.request.header("accept").unwrap_or_default();
    if accepts.contains("json") {
        return super::send_json(body, visit);
    }
    let form = form_text(body.as_object().expect("an answer is an object"));
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    errors::uncached(Reply { content_type, ..Reply::json(200, form.into_bytes()) })
}

/// What a person is called.
pub(super) fn login(identity: &Identity) -> String {
    identity.email.replace(['@', '.'], "-")
}

/// "Get the authenticated user": what everybody sees, and more for whoever may read the person's own.
fn user(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if installations::is_here(visit) {
        return problem(403, "Resource not accessible by integration", visit);
    }
    let identity = seen.identity;
    let mail = seen.may("user") || seen.may("user:email") || seen.may("read:user");
    let mut body = simple_user(identity, visit);
    let more = json!({
        "name": identity.name(), "company": identity.company(), "blog": "", "location": null,
        "email": mail.then_some(identity.email.as_str()), "hireable": null, "bio": null, "twitter_username": null,
        "public_repos": 1, "public_gists": 0, "followers": 0, "following": 0, "created_at": "2020-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:05Z",
    });
    body.extend(more.as_object().expect("it is an object").clone());
    if seen.may("user") || seen.may("read:user") {
        let own = json!({
            "private_gists": 0, "total_private_repos": 1, "owned_private_repos": 1, "disk_usage": 1, "collaborators": 0,
            "two_factor_authentication": true,
        });
        body.extend(own.as_object().expect("it is an object").clone());
    }
    with_scopes(Reply::value(200, &Json::Object(body)), seen)
}

/// A person as GitHub shows them wherever they come up.
pub(super) fn simple_user(identity: &Identity, visit: &Visit<'_>) -> Map<String, Json> {
    let login = login(identity);
    let id: u64 = identity.id("github", DIGITS, 8).parse().expect("digits are a number");
    let url = format!("{}/users/{login}", visit.own);
    let user = json!({
        "login": login, "id": id, "node_id": identity.id("node", LETTERS, 20),
        "avatar_url": format!("{}/avatars/{id}", visit.own), "gravatar_id": "", "url": url,
        "html_url": format!("{}/{login}", visit.own), "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"), "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"), "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"), "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"), "received_events_url": format!("{url}/received_events"),
        "type": "User", "site_admin": false,
    });
    user.as_object().expect("it is an object").clone()
}

fn emails(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if !(seen.may("user") || seen.may("user:email")) {
        return problem(404, "Not Found", visit);
    }
    let body = json!([{"email": seen.identity.email, "primary": true, "verified": true, "visibility": "private"}]);
    with_scopes(Reply::value(200, &body), seen)
}

fn rate_limit(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let core = json!({"limit": 5000, "remaining": 4999, "used": 1, "reset": visit.now / 1000 + 3600});
    with_scopes(Reply::value(200, &json!({"resources": {"core": core}, "rate": core})), seen)
}

fn with_scopes(reply: Reply, seen: &Seen<'_>) -> Reply {
    reply
        .header("X-OAuth-Scopes", seen.scopes.join(", "))
        .header("X-OAuth-Client-Id", seen.client)
        .header("X-GitHub-Media-Type", "github.v3; format=json")
}

fn shut(why: Shut, visit: &Visit<'_>) -> Reply {
    let message = if why == Shut::Missing { "Requires authentication" } else { "Bad credentials" };
    problem(401, message, visit)
}

/// An error of the REST API.
pub(crate) fn problem(status: u16, message: &str, _: &Visit<'_>) -> Reply {
    let url = "https://docs.github.com/rest";
    Reply::value(status, &json!({"message": message, "documentation_url": url, "status": status.to_string()}))
}
