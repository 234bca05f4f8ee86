//! Slack (docs.slack.dev, "Installing with OAuth", "Using PKCE", "Using token rotation", `oauth.v2.access`, `auth.test`,
//! `auth.revoke`): scopes with commas in two lists, the person's token nested in `authed_user`, refusals as `ok: false`
//! with status 200, and no bot scopes for redirects to this machine.

use serde_json::{Map, Value as Json, json};

use super::{BY_THE_BOOK, Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes, Seen, TokenIn};
use crate::sandbox::oauth::errors::{Cause, Refusal, uncached};
use crate::sandbox::oauth::people::{CAPITALS, Identity};
use crate::sandbox::oauth::rules::{Rotation, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::oauth::{Realm, identity, revoke};
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "slack",
    title: "Slack",
    paths: &[
        ("oauth/v2/authorize", Endpoint::Authorize),
        ("api/oauth.v2.access", Endpoint::Token),
        ("api/auth.revoke", Endpoint::Revoke(Ending::Own(&["GET", "POST"], auth_revoke))),
        ("api/auth.test", Endpoint::Identity(auth_test)),
        ("api/users.identity", Endpoint::Identity(users_identity)),
    ],
    usual_grant: Some(Grant::Code),
    scopes: Scopes { asked: &[',', ' '], required: true, app_here: false },
    usual_response_type: true,
    prefixes: Prefixes {
        code: "",
        access: "xoxe.xoxb-1-",
        user_access: "xoxe.xoxp-1-",
        refresh: "xoxe-1-",
        length: 120,
    },
    // Apps with PKCE: tokens of twelve hours, refresh tokens of thirty days.
    rules: &Rules {
        lifetime: Some(43_200),
        rotation: Rotation::Rotates,
        refresh_lifetime: Some(30 * 86_400),
        ..Rules::PLAIN
    },
    words: &[
        (Cause::UnknownClient, 200, "invalid_client_id", ""),
        (Cause::BadSecret, 200, "bad_client_secret", ""),
        (Cause::NoClient, 200, "invalid_arguments", ""),
        (Cause::Missing(""), 200, "invalid_arguments", "{}"),
        (Cause::BadBody, 200, "invalid_post_type", ""),
        (Cause::WrongAuth, 200, "invalid_arguments", ""),
        (Cause::BadGrantType, 200, "invalid_grant_type", ""),
        (Cause::UnknownCode, 200, "invalid_code", ""),
        (Cause::OldCode, 200, "invalid_code", ""),
        (Cause::SpentCode, 200, "code_already_used", ""),
        (Cause::OtherRedirect, 200, "bad_redirect_uri", ""),
        (Cause::BadRedirect, 200, "bad_redirect_uri", ""),
        (Cause::BadVerifier, 200, "invalid_code_verifier", ""),
        (Cause::UnknownRefresh, 200, "invalid_refresh_token", ""),
        (Cause::SpentRefresh, 200, "invalid_refresh_token", ""),
        (Cause::OldRefresh, 200, "invalid_refresh_token", ""),
        (Cause::Revoked, 200, "invalid_refresh_token", ""),
        (Cause::BadScope, 400, "invalid_scope", "a redirect to this machine may not ask for bot scopes"),
    ],
    refuse,
    answer,
    token_in: TokenIn::Parameter,
    shut,
    ..BY_THE_BOOK
};

fn refuse(refusal: &Refusal, _: &Visit<'_>) -> Reply {
    let status = if refusal.status >= 500 { refusal.status } else { 200 };
    uncached(Reply::value(status, &json!({"ok": false, "error": refusal.code})))
}

/// The first answer has the app's token on top and the person's in `authed_user`; the answer to a refresh has its token
/// on top, whose ever it is.
fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    let identity = issued[0].identity;
    let mut body = Map::new();
    body.insert("ok".to_owned(), json!(true));
    let app = issued.iter().find(|issued| !issued.user || issued.grant == Grant::Refresh);
    if let Some(issued) = app {
        token(&mut body, issued);
        if !issued.user {
            body.insert("bot_user_id".to_owned(), json!(bot(identity)));
        }
    }
    body.insert("app_id".to_owned(), json!(format!("A{}", Identity::of(issued[0].client).id("app", CAPITALS, 10))));
    body.insert("team".to_owned(), json!({"id": team(identity), "name": identity.company()}));
    body.insert("enterprise".to_owned(), Json::Null);
    body.insert("is_enterprise_install".to_owned(), json!(false));
    if issued[0].grant != Grant::Refresh {
        let mut authed = Map::new();
        authed.insert("id".to_owned(), json!(user(identity)));
        if let Some(issued) = issued.iter().find(|issued| issued.user) {
            token(&mut authed, issued);
        }
        body.insert("authed_user".to_owned(), Json::Object(authed));
    }
    body.into()
}

fn token(body: &mut Map<String, Json>, issued: &Issued<'_>) {
    body.insert("access_token".to_owned(), json!(issued.access));
    body.insert("token_type".to_owned(), json!(if issued.user { "user" } else { "bot" }));
    body.insert("scope".to_owned(), json!(issued.scopes.join(",")));
    if let Some(refresh) = issued.refresh {
        body.insert("refresh_token".to_owned(), json!(refresh));
    }
    if let Some(seconds) = issued.expires_in {
        body.insert("expires_in".to_owned(), json!(seconds));
    }
}

fn team(identity: &Identity) -> String {
    format!("T{}", identity.company_id("slack", CAPITALS, 10))
}

fn user(identity: &Identity) -> String {
    format!("U{}", identity.id("slack", CAPITALS, 10))
}

fn bot(identity: &Identity) -> String {
    format!("U{}", identity.company_id("slack bot", CAPITALS, 10))
}

fn auth_test(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    let identity = seen.identity;
    let is_bot = !seen.user && !seen.personal;
    let domain = identity.domain().split('.').next().unwrap_or_default();
    let mut body = json!({
        "ok": true, "url": format!("https://{domain}.slack.com/"), "team": identity.company(),
        "user": if is_bot { "sandbox" } else { identity.login() }, "team_id": team(identity),
        "user_id": if is_bot { bot(identity) } else { user(identity) },
    });
    if is_bot {
        body["bot_id"] = json!(format!("B{}", identity.company_id("slack bot id", CAPITALS, 10)));
    }
    body["is_enterprise_install"] = json!(false);
    with_scopes(Reply::value(200, &body), seen)
}

/// `auth.revoke`: the token ends itself, unless it is only a rehearsal.
fn auth_revoke(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    if let Err(why) = identity::seen(realm, visit) {
        realm.counts.dead_tokens += 1;
        return Ok(shut(why, visit));
    }
    let rehearsal = visit.parameters.get("test").is_some_and(|test| test == "1" || test == "true");
    if !rehearsal {
        revoke::itself(realm, visit);
    }
    Ok(Reply::value(200, &json!({"ok": true, "revoked": !rehearsal})))
}

fn users_identity(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    if !seen.may("identity.basic") {
        let body = json!({"ok": false, "error": "missing_scope", "needed": "identity.basic", "provided": seen.scopes.join(",")});
        return with_scopes(Reply::value(200, &body), seen);
    }
    let identity = seen.identity;
    let body = json!({
        "ok": true, "user": {"name": identity.name(), "id": user(identity)}, "team": {"id": team(identity)},
    });
    with_scopes(Reply::value(200, &body), seen)
}

fn with_scopes(reply: Reply, seen: &Seen<'_>) -> Reply {
    reply.header("X-OAuth-Scopes", seen.scopes.join(","))
}

/// Every refusal has status 200.
fn shut(why: Shut, _: &Visit<'_>) -> Reply {
    let error = match why {
        Shut::Missing => "not_authed",
        Shut::Unknown => "invalid_auth",
        Shut::Expired(_) => "token_expired",
        Shut::Revoked => "token_revoked",
    };
    Reply::value(200, &json!({"ok": false, "error": error}))
}
