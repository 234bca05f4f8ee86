//! A plain OpenID provider, by the book: what `custom` signs in to. Its metadata is in both places where clients look
//! (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3).

use serde_json::json;

use super::{BY_THE_BOOK, Device, Dialect, Ending, Endpoint, Grant, Seen};
use crate::sandbox::oauth::rules::{Pkce, Rotation, Rules};
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
    any_port: true,
    response_modes: &["query"],
    rules: &Rules { rotation: Rotation::Strict, pkce: Pkce::Required, sends_iss: true, ..Rules::PLAIN },
    device: Device { page: "device", complete: true, ..BY_THE_BOOK.device },
    access_ends_alone: true,
    ..BY_THE_BOOK
};

/// OpenID Connect Core 1.0 section 5.3.2, with the claims that the scopes ask for (section 5.4). A token of another kind of
/// sign-in is not enough (RFC 6750 section 3.1).
fn userinfo(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    if !seen.may("openid") {
        let challenge = "Bearer realm=\"sandbox\", error=\"insufficient_scope\", scope=\"openid\"";
        return Reply::value(403, &json!({"error": "insufficient_scope"})).header("WWW-Authenticate", challenge);
    }
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
