//! Stripe Connect (docs.stripe.com, "OAuth reference" and the API reference of accounts and errors): the platform's
//! secret key is the client's secret, the answer names the account, nothing expires, and `deauthorize` ends it.

use serde_json::{Value as Json, json};

use super::{Again, BY_THE_BOOK, Dialect, Ending, Endpoint, Issued, Prefixes, Seen, TokenIn};
use crate::sandbox::oauth::Realm;
use crate::sandbox::oauth::clients::{ClientAuth, authenticate};
use crate::sandbox::oauth::codes::Consent;
use crate::sandbox::oauth::errors::Cause;
use crate::sandbox::oauth::people::{Identity, LETTERS};
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
        ("oauth/deauthorize", Endpoint::Revoke(Ending::Own(&["POST"], deauthorize))),
        ("v1/account", Endpoint::Identity(account)),
        ("v1/accounts/*", Endpoint::Identity(account)),
        ("v1/balance", Endpoint::Identity(balance)),
    ],
    client_auth: ClientAuth { basic: true, body: true, secret_alone: true },
    usual_response_type: true,
    redirect_again: Again::Ignored,
    prefixes: Prefixes { code: "ac_", access: "sk_test_", user_access: "sk_test_", refresh: "rt_", length: 32 },
    rules: &Rules {
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
    answer,
    token_in: TokenIn::Basic,
    shut,
    ..BY_THE_BOOK
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

/// Everything between the platform and one account ends, with the platform's secret key.
fn deauthorize(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    visit.parameters.check(DIALECT.bodies)?;
    let client = authenticate(&realm.clients, &visit.parameters, DIALECT.client_auth)?.id.clone();
    if visit.parameters.need("client_id")? != client {
        return Err(Cause::UnknownClient);
    }
    let account = visit.parameters.need("stripe_user_id")?.to_owned();
    let same = |consent: &Consent| consent.client == client && consent.identity.stripe_account() == account;
    if realm.tokens.revoke_where(same) == 0 {
        return Err(Cause::UnknownToken);
    }
    realm.counts.revocations += 1;
    Ok(Reply::value(200, &json!({"stripe_user_id": account})))
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
    let profile = json!({
        "mcc": null, "minority_owned_business_designation": null, "name": identity.company(),
        "specified_commercial_transactions_act_url": null, "support_address": null, "support_email": null,
        "support_phone": null, "support_url": null, "url": null,
    });
    let body = json!({
        "id": own, "object": "account", "business_profile": profile, "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"}, "charges_enabled": true, "country": "US",
        "created": 1_577_934_245, "default_currency": "usd", "details_submitted": true, "email": identity.email,
        "metadata": {}, "payouts_enabled": true, "settings": settings(identity), "type": "standard",
    });
    Reply::value(200, &body)
}

fn settings(identity: &Identity) -> Json {
    json!({
        "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
        "card_payments": {
            "statement_descriptor_prefix": null, "statement_descriptor_prefix_kana": null,
            "statement_descriptor_prefix_kanji": null,
        },
        "dashboard": {"display_name": identity.company(), "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": null, "statement_descriptor_kana": null, "statement_descriptor_kanji": null,
            "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
        },
    })
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
