//! What a server says of itself (RFC 8414, OpenID Connect Discovery 1.0).

use serde_json::{Value as Json, json};

use super::Realm;
use super::dialects::Endpoint;
use super::rules::Pkce;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// Which endpoint is meant.
type Wanted = fn(&Endpoint) -> bool;

pub(crate) fn metadata(realm: &Realm, visit: &Visit<'_>) -> Reply {
    let dialect = visit.dialect();
    let place = |wanted: Wanted| -> Option<String> {
        let (path, _) = dialect.paths.iter().find(|(_, endpoint)| wanted(endpoint))?;
        Some(format!("{}/{path}", visit.own))
    };
    let mut ways = Vec::new();
    if dialect.client_auth.basic {
        ways.push("client_secret_basic");
    }
    if dialect.client_auth.body {
        ways.push("client_secret_post");
    }
    ways.push("none");
    let mut body = json!({
        "issuer": visit.own,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": realm.rules.scopes.clone().unwrap_or_else(|| {
            ["openid", "profile", "email", "offline_access"].map(str::to_owned).to_vec()
        }),
        "grant_types_supported": dialect.grants.iter().map(|grant| grant.urn()).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": ways,
        "authorization_response_iss_parameter_supported": realm.rules.sends_iss,
    });
    if realm.rules.pkce != Pkce::Absent {
        body["code_challenge_methods_supported"] = json!(["S256"]);
    }
    if !dialect.response_modes.is_empty() {
        body["response_modes_supported"] = json!(dialect.response_modes);
    }
    let places: [(&str, Wanted); 7] = [
        ("authorization_endpoint", |endpoint| matches!(endpoint, Endpoint::Authorize)),
        ("token_endpoint", |endpoint| matches!(endpoint, Endpoint::Token)),
        ("device_authorization_endpoint", |endpoint| matches!(endpoint, Endpoint::Device)),
        ("revocation_endpoint", |endpoint| matches!(endpoint, Endpoint::Revoke(_))),
        ("introspection_endpoint", |endpoint| matches!(endpoint, Endpoint::Introspect)),
        ("jwks_uri", |endpoint| matches!(endpoint, Endpoint::Keys)),
        ("userinfo_endpoint", |endpoint| matches!(endpoint, Endpoint::Identity(_))),
    ];
    for (name, wanted) in places {
        if let Some(place) = place(wanted) {
            body[name] = Json::String(place);
        }
    }
    Reply::value(200, &body)
}
