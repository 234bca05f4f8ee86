//! A plain OpenID provider, by the book: what `custom` signs in to. Its metadata is in both places where clients look
//! (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3).

use serde_json::{Value as Json, json};

use super::{Dialect, Ending, Endpoint, Grant, Issued, Prefixes, Scopes, Seen};
use crate::sandbox::oauth::clients::ClientAuth;
use crate::sandbox::oauth::rules::{Pkce, Rotation, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "oidc",
    title: "OpenID provider",
    paths: &[
        (".well-known/openid-configuration", Endpoint::Metadata),
        (".well-known/oauth-authorization-server", Endpoint::Metadata),
        ("authorize", Endpoint::Authorize),
        ("token", Endpoint::Token),
        ("device/code", Endpoint::Device),
        ("device", Endpoint::DevicePage),
        ("revoke", Endpoint::Revoke(Ending::Rfc7009)),
        ("introspect", Endpoint::Introspect),
        ("jwks", Endpoint::Keys),
        ("userinfo", Endpoint::Identity(userinfo)),
    ],
    grants: &Grant::ALL,
    usual_grant: None,
    client_auth: ClientAuth { basic: true, body: true, secret_alone: false },
    json: false,
    scopes: Scopes { asked: &[' '], required: false, app_here: true },
    needs_state: false,
    usual_response_type: false,
    any_port: true,
    only_localhost: false,
    prefixes: Prefixes { code: "code-", access: "at-", user_access: "at-", refresh: "rt-", length: 43 },
    rules: Rules { rotation: Rotation::Strict, pkce: Pkce::Required, sends_iss: true, ..Rules::PLAIN },
    words: &[],
    refuse: super::refuse_standard,
    answer,
    send: super::send_json,
    device_page: "device",
    device_uri: "verification_uri",
    introspected: super::introspected_standard,
    shut,
    audiences: &[],
    assertion_lifetime: 3600,
};

fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    super::standard(&issued[0], " ", "Bearer").into()
}

/// OpenID Connect Core 1.0 section 5.3.2, with the claims that the scopes ask for (section 5.4).
fn userinfo(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    let identity = seen.identity;
    let mut body = json!({"sub": identity.uuid("oidc")});
    if seen.may("profile") {
        body["name"] = json!(identity.name());
        body["given_name"] = json!(identity.given_name());
        body["family_name"] = json!(identity.family_name());
        body["preferred_username"] = json!(identity.login());
    }
    if seen.may("email") {
        body["email"] = json!(identity.email);
        body["email_verified"] = json!(true);
    }
    Reply::value(200, &body)
}

/// RFC 6750 section 3.
fn shut(why: Shut, _: &Visit<'_>) -> Reply {
    let text = match why {
        Shut::Missing => "Bearer realm=\"sandbox\"".to_owned(),
        Shut::Expired(_) => {
            "Bearer realm=\"sandbox\", error=\"invalid_token\", error_description=\"The access token expired\""
                .to_owned()
        }
        Shut::Unknown | Shut::Revoked => {
            "Bearer realm=\"sandbox\", error=\"invalid_token\", error_description=\"The access token is not valid\""
                .to_owned()
        }
    };
    let body = match why {
        Shut::Missing => json!({}),
        _ => json!({"error": "invalid_token"}),
    };
    Reply::value(401, &body).header("WWW-Authenticate", text)
}
