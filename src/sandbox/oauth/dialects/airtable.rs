//! Airtable (airtable.com/developers/web/api, "OAuth reference" and "Get user ID & scopes"): PKCE and `state` always, at
//! least one scope, redirects letter by letter, and refresh tokens that are good once: a spent one ends the whole
//! consent, and every refresh ends the access token before it.

use serde_json::{Value as Json, json};

use super::{BY_THE_BOOK, Dialect, Endpoint, Issued, Prefixes, Scopes, Seen};
use crate::sandbox::oauth::clients::ClientAuth;
use crate::sandbox::oauth::errors::Cause;
use crate::sandbox::oauth::people::LETTERS;
use crate::sandbox::oauth::rules::{Pkce, Rotation, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "airtable",
    title: "Airtable",
    paths: &[
        ("oauth2/v1/authorize", Endpoint::Authorize),
        ("oauth2/v1/token", Endpoint::Token),
        ("v0/meta/whoami", Endpoint::Identity(whoami)),
        ("v0/meta/bases", Endpoint::Identity(bases)),
    ],
    // A client with a secret must use HTTP Basic, one without names its id in the body.
    client_auth: ClientAuth { basic: true, body: false, secret_alone: false },
    scopes: Scopes { asked: &[' '], required: true, app_here: true },
    needs_state: true,
    only_localhost: true,
    prefixes: Prefixes { code: "", access: "oaa", user_access: "oaa", refresh: "oar", length: 60 },
    rules: &Rules {
        rotation: Rotation::Strict,
        kills_access: true,
        pkce: Pkce::Required,
        refresh_lifetime: Some(60 * 86_400),
        code_lifetime: 300,
        ..Rules::PLAIN
    },
    words: &[
        (Cause::UnknownClient, 401, "invalid_client", "Invalid client"),
        (Cause::BadSecret, 401, "invalid_client", "Invalid client credentials"),
        (Cause::WrongAuth, 400, "invalid_request", "Clients with a secret must use the Authorization header"),
        (Cause::Missing(""), 400, "invalid_request", "{} is required"),
    ],
    answer,
    shut,
    ..BY_THE_BOOK
};

fn answer(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    let mut body = super::standard(&issued[0], " ", "Bearer");
    if let Some(seconds) = issued[0].refresh_expires_in {
        body.insert("refresh_expires_in".to_owned(), json!(seconds));
    }
    body.into()
}

/// The scopes are told for OAuth tokens only, the address only to those who may read it.
fn whoami(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    let mut body = json!({"id": format!("usr{}", seen.identity.id("airtable", LETTERS, 14))});
    if !seen.personal {
        body["scopes"] = json!(seen.scopes);
    }
    if seen.may("user.email:read") {
        body["email"] = json!(seen.identity.email);
    }
    Reply::value(200, &body)
}

fn bases(seen: &Seen<'_>, _: &Visit<'_>) -> Reply {
    if !seen.may("schema.bases:read") {
        let error = json!({"type": "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "message": "Invalid permissions, or the \
                           requested model was not found. Check that both your user and your token have the required \
                           permissions, and that the model names and/or ids are correct."});
        return Reply::value(403, &json!({"error": error}));
    }
    let id = format!("app{}", seen.identity.id("base", LETTERS, 14));
    let base = json!({"id": id, "name": seen.identity.company(), "permissionLevel": "create"});
    Reply::value(200, &json!({"bases": [base]}))
}

/// "Errors" of the web API.
fn shut(why: Shut, _: &Visit<'_>) -> Reply {
    let (kind, message) = match why {
        Shut::Missing => ("AUTHENTICATION_REQUIRED", "Authentication required"),
        _ => ("UNAUTHORIZED", "Invalid authentication token"),
    };
    Reply::value(401, &json!({"error": {"type": kind, "message": message}}))
}
