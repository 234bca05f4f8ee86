//! Notion (developers.notion.com, "Authorization", "Create a token", "Refresh a token", "Revoke token", "Introspect
//! token", "Status codes"): HTTP Basic and JSON bodies, no scopes, a new refresh token with every refresh, and the
//! workspace in the answer.

use serde_json::{Value as Json, json};

use super::{BY_THE_BOOK, Bodies, Dialect, Ending, Endpoint, Issued, Prefixes, Seen};
use crate::sandbox::oauth::clients::ClientAuth;
use crate::sandbox::oauth::codes::Consent;
use crate::sandbox::oauth::errors::{Refusal, uncached};
use crate::sandbox::oauth::people::Identity;
use crate::sandbox::oauth::rules::{Pkce, Rotation, Rules};
use crate::sandbox::oauth::tokens::Shut;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) static DIALECT: Dialect = Dialect {
    id: "notion",
    title: "Notion",
    paths: &[
        ("v1/oauth/authorize", Endpoint::Authorize),
        ("v1/oauth/token", Endpoint::Token),
        ("v1/oauth/revoke", Endpoint::Revoke(Ending::Rfc7009)),
        ("v1/oauth/introspect", Endpoint::Introspect),
        ("v1/users/me", Endpoint::Identity(me)),
    ],
    client_auth: ClientAuth { basic: true, body: false, secret_alone: false },
    bodies: Bodies::Json,
    prefixes: Prefixes { code: "03", access: "ntn_", user_access: "ntn_", refresh: "nrt_", length: 46 },
    // How long a token lives is not said anywhere; the answer names no time.
    rules: &Rules {
        lifetime: None,
        says_lifetime: false,
        rotation: Rotation::Rotates,
        pkce: Pkce::Absent,
        ..Rules::PLAIN
    },
    refuse,
    answer,
    revoked: |visit| uncached(Reply::value(200, &json!({"request_id": visit.request_id()}))),
    introspected,
    shut,
    ..BY_THE_BOOK
};

fn refuse(refusal: &Refusal, visit: &Visit<'_>) -> Reply {
    let body = json!({
        "error": refusal.code, "error_description": refusal.description, "request_id": visit.request_id(),
    });
    uncached(Reply::value(refusal.status, &body))
}

fn answer(issued: &[Issued<'_>], visit: &Visit<'_>) -> Json {
    let issued = &issued[0];
    let identity = issued.identity;
    json!({
        "access_token": issued.access, "token_type": "bearer", "refresh_token": issued.refresh,
        "bot_id": identity.uuid("notion bot"), "workspace_icon": null, "workspace_name": identity.company(),
        "workspace_id": identity.company_uuid("notion"), "owner": {"type": "user", "user": person(identity)},
        "duplicated_template_id": null, "request_id": visit.request_id(),
    })
}

fn person(identity: &Identity) -> Json {
    json!({
        "object": "user", "id": identity.uuid("notion user"), "name": identity.name(), "avatar_url": null,
        "type": "person", "person": {"email": identity.email},
    })
}

fn introspected(mut said: Json, consent: Option<&Consent>, visit: &Visit<'_>) -> Json {
    let active = said["active"] == true && consent.is_some();
    let mut body = json!({"active": active});
    if active {
        body["scope"] = json!("read_content insert_content update_content");
        body["iat"] = said["iat"].take();
    }
    body["request_id"] = json!(visit.request_id());
    body
}

/// "Retrieve your token's bot user"; the version must be named.
fn me(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if visit.request.header("notion-version").is_none() {
        let message = "Notion-Version header should be defined, instead was `undefined`.";
        return error(400, "missing_version", message, visit);
    }
    let identity = seen.identity;
    // An internal integration's token belongs to the workspace.
    let owner = match seen.personal {
        true => json!({"type": "workspace", "workspace": true}),
        false => json!({"type": "user", "user": person(identity)}),
    };
    let body = json!({
        "object": "user", "id": identity.uuid("notion bot"), "name": "Sandbox", "avatar_url": null, "type": "bot",
        "bot": {
            "owner": owner, "workspace_id": identity.company_uuid("notion"), "workspace_name": identity.company(),
            "workspace_limits": {"max_file_upload_size_in_bytes": 5_242_880},
        },
        "request_id": visit.request_id(),
    });
    Reply::value(200, &body)
}

fn shut(_: Shut, visit: &Visit<'_>) -> Reply {
    error(401, "unauthorized", "API token is invalid.", visit)
}

fn error(status: u16, code: &str, message: &str, visit: &Visit<'_>) -> Reply {
    let body = json!({
        "object": "error", "status": status, "code": code, "message": message, "request_id": visit.request_id(),
    });
    Reply::value(status, &body)
}
