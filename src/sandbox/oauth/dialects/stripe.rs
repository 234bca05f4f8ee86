//! Stripe Connect (docs.stripe.com, "OAuth reference" and the API reference of accounts and errors): the platform's
//! secret key is the client's secret, the answer names the account, nothing expires, and `deauthorize` ends it.

use serde_json::{Value as Json, json};

use super::{Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes, Seen};
use crate::sandbox::oauth::clients::ClientAuth;
use crate::sandbox::oauth::errors::Cause;
use crate::sandbox::oauth::people::LETTERS;
use crate::sandbox::oauth::rules::{Pkce, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "stripe",
    title: "Stripe",
    paths: &[
        ("oauth/authorize", Endpoint::Authorize),
        ("oauth/v2/authorize", Endpoint::Authorize),
        ("oauth/token", Endpoint::Token),
        ("v1/oauth/token", Endpoint::Token),
        ("oauth/deauthorize", Endpoint::Revoke(Ending::Deauthorize)),
        ("v1/account", Endpoint::Identity(account)),
        ("v1/accounts/*", Endpoint::Identity(account)),
        ("v1/balance", Endpoint::Identity(balance)),
    ],
    grants: &[Grant::Code, Grant::Refresh],
    usual_grant: None,
    client_auth: ClientAuth { basic: true, body: true, secret_alone: true },
    json: false,
    scopes: Scopes { asked: &[' '], required: false, app_here: true },
    needs_state: false,
    usual_response_type: true,
    any_port: false,
    only_localhost: false,
    prefixes: Prefixes { code: "ac_", access: "sk_test_", user_access: "sk_test_", refresh: "rt_", length: 32 },
    rules: Rules {
        lifetime: None,
        says_lifetime: false,
        echoes_refresh: true,
        pkce: Pkce::Absent,
        code_lifetime: 300,
        ..Rules::PLAIN
    },
    words: &[
        (Cause::UnknownClient, 401, "invalid_client", "No such application: the client id is not known"),
        (Cause::BadSecret, 401, "invalid_client", "Invalid API Key provided"),
        (Cause::Missing(""), 400, "invalid_request", "Missing required parameter: {}"),
        (Cause::BadGrantType, 400, "unsupported_grant_type", "Unsupported grant_type"),
        (Cause::UnknownCode, 400, "invalid_grant", "Authorization code does not exist"),
        (
            Cause::SpentCode,
            400,
            "invalid_grant",
            "This authorization code has already been used. All tokens issued with this code have been revoked.",
        ),
        (Cause::OldCode, 400, "invalid_grant", "Authorization code expired"),
        (Cause::UnknownRefresh, 400, "invalid_grant", "Refresh token does not exist"),
        (Cause::Revoked, 400, "invalid_grant", "Refresh token does not exist"),
        (Cause::Denied, 400, "access_denied", "The user denied your request"),
        (
            Cause::UnknownToken,
            401,
            "invalid_client",
            "This application is not connected to the account, or it does not exist.",
        ),
    ],
    refuse: super::refuse_standard,
    answer,
    send: super::send_json,
    device_page: "",
    device_uri: "",
    introspected: super::introspected_standard,
    shut,
    audiences: &[],
    assertion_lifetime: 0,
};

fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    let issued = &issued[0];
    let scope = issued.scopes.first().map_or("read_only", String::as_str);
    json!({
        "access_token": issued.access, "livemode": false, "refresh_token": issued.refresh, "token_type": "bearer",
        "stripe_publishable_key": format!("pk_test_{}", issued.identity.id("publishable", LETTERS, 24)),
        "stripe_user_id": issued.identity.stripe_account(), "scope": scope,
    })
}

/// The account of the key; with `Stripe-Account`, or an id in the path, the one that is named if it is the same.
fn account(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    let own = seen.identity.stripe_account();
    let named = visit.request.header("stripe-account").or(visit.place.parts.first().map(String::as_str));
    if let Some(other) = named.filter(|named| *named != own) {
        let message = format!(
            "The provided key 'sk_test_********' does not have access to account '{other}' (or that account does not \
             exist). Application access may have been revoked."
        );
        let error = json!({"code": "account_invalid", "message": message, "type": "invalid_request_error"});
        return Reply::value(403, &json!({"error": error}));
    }
    let identity = seen.identity;
    let body = json!({
        "id": own, "object": "account", "business_profile": {"name": identity.company(), "url": null},
        "business_type": "company", "charges_enabled": true, "country": "US", "default_currency": "usd",
        "details_submitted": true, "email": identity.email, "payouts_enabled": true,
        "settings": {"dashboard": {"display_name": identity.company(), "timezone": "Etc/UTC"}}, "type": "standard",
    });
    Reply::value(200, &body)
}

fn balance(_: &Seen<'_>, _: &Visit<'_>) -> Reply {
    let amount = json!([{"amount": 0, "currency": "usd"}]);
    Reply::value(200, &json!({"object": "balance", "available": amount, "livemode": false, "pending": amount}))
}

fn shut(why: Shut, _: &Visit<'_>) -> Reply {
    let message = match why {
        Shut::Missing => {
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        }
        Shut::Expired(_) => "Expired API Key provided: sk_test_********",
        _ => "Invalid API Key provided: sk_test_********",
    };
    let mut error = json!({"message": message, "type": "invalid_request_error"});
    if matches!(why, Shut::Expired(_)) {
        error["code"] = json!("api_key_expired");
    }
    Reply::value(401, &json!({"error": error})).header("WWW-Authenticate", "Bearer realm=\"Stripe\"")
}
