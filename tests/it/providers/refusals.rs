//! What a refusal means at each vendor, in the vendors' own words.

use std::time::Duration;

use appctl::base::{Error, Kind, Secret};
use appctl::http::{Auth, Http, Options, Request};
use serde_json::{Value as Json, json};

use super::{at, provider};
use crate::support::wire::{Say, Wire, reply};

/// What a call to this vendor ends with when it answers this.
async fn refused(id: &str, status: u16, headers: &[(&str, &str)], body: Json) -> Error {
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    let wire = Wire::new(vec![Say::Bytes(reply(status, &all, body.to_string()))]);
    let quick = Options { attempts: 1, seed: Some(1), deadline: Duration::from_secs(5), ..Options::default() };
    let site = at(&format!("{}{id}", wire.url()), &[]);
    let door = provider(id).door(&site, "test", Auth::Bearer(Secret::new("canary-token"))).unwrap();
    let sent = Http::new(quick).unwrap().send(&door, &Request::get("/things")).await;
    let mut error = sent.err().unwrap_or_else(|| panic!("{id} {status} was taken for a success"));
    error.message = error.message.replace("`127.0.0.1` ", "");
    error
}

fn check(error: &Error, kind: Kind, message: &str, hint: &str) {
    assert_eq!((error.kind, error.message.as_str()), (kind, message));
    assert_eq!(error.hint.as_deref().unwrap_or_default(), hint);
}

#[tokio::test]
async fn hubspot_names_the_scope_that_is_missing() {
    let body = json!({"status": "error", "category": "MISSING_SCOPES", "message": "m",
        "errors": [{"message": "m", "context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}]});
    let error = refused("hubspot", 403, &[], body).await;
    let hint = "add it to the service key, or to the app, at https://app.hubspot.com";
    check(&error, Kind::Denied, "needs the scope `crm.objects.deals.read`", hint);
    let error = refused("hubspot", 429, &[], json!({"policyName": "DAILY"})).await;
    check(&error, Kind::Remote, "has no calls left today", "");
}

#[tokio::test]
async fn github_tells_its_limit_from_a_missing_right() {
    let spent = [
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1700000600"),
        ("date", "Tue, 14 Nov 2023 22:13:20 GMT"),
    ];
    let error = refused("github", 403, &spent, json!({"message": "API rate limit exceeded"})).await;
    check(&error, Kind::Remote, "has no calls left in this hour", "");
    assert_eq!(error.retry_after, Some(Duration::from_secs(600)));
    let scopes = [("x-accepted-oauth-scopes", "admin:org, read:org"), ("x-oauth-scopes", "repo, gist")];
    let error = refused("github", 404, &scopes, json!({"message": "Not Found"})).await;
    let hint = "sign in again with `--scope SCOPE`, or make a token that has it";
    check(&error, Kind::Denied, "needs one of the scopes `admin:org, read:org`", hint);
    let enough = [("x-accepted-oauth-scopes", "repo"), ("x-oauth-scopes", "repo, gist")];
    assert_eq!(refused("github", 404, &enough, json!({"message": "Not Found"})).await.kind, Kind::NotFound);
    let error =
        refused("github", 403, &[("x-github-sso", "required; url=https://github.com/orgs/acme/sso")], json!({})).await;
    assert_eq!(error.message, "wants the token authorised for the organisation's single sign-on");
    assert_eq!(refused("github", 401, &[], json!({"message": "Bad credentials"})).await.kind, Kind::SignIn);
}

#[tokio::test]
async fn google_says_whether_the_project_or_the_person_did_not_allow_it() {
    let reason = |reason: &str| {
        json!({"error": {"code": 403, "message": "m", "status": "PERMISSION_DENIED",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason,
            "metadata": {"service": "sheets.googleapis.com"}}]}})
    };
    let error = refused("google", 403, &[], reason("SERVICE_DISABLED")).await;
    let message = "has this API switched off in the client's project (`sheets.googleapis.com`)";
    check(&error, Kind::Denied, message, "enable it at https://console.cloud.google.com/apis/library");
    let error = refused("google", 403, &[], reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT")).await;
    assert_eq!(error.message, "was not allowed this by the person who signed in");
    let old = |reason: &str| json!({"error": {"code": 403, "message": "m", "errors": [{"reason": reason}]}});
    let error = refused("google", 403, &[], old("insufficientPermissions")).await;
    assert_eq!(error.kind, Kind::Denied);
    let error = refused("google", 403, &[], old("userRateLimitExceeded")).await;
    assert_eq!((error.kind, error.retry_after), (Kind::Remote, Some(Duration::from_secs(60))));
    let error = refused("google", 403, &[], old("forbidden")).await;
    assert_eq!(error.message, "answered 403: m");
}

#[tokio::test]
async fn slack_refuses_with_status_200() {
    let say = |error: &str| json!({"ok": false, "error": error, "needed": "channels:read", "provided": "chat:write"});
    let error = refused("slack", 200, &[], say("missing_scope")).await;
    let hint = "add it to the app at https://api.slack.com/apps, install the app again, and sign in again";
    check(&error, Kind::Denied, "needs the scope `channels:read`", hint);
    for (word, kind) in [
        ("invalid_auth", Kind::SignIn),
        ("token_revoked", Kind::SignIn),
        ("token_expired", Kind::SignIn),
        ("account_inactive", Kind::SignIn),
        ("not_allowed_token_type", Kind::Denied),
        ("not_in_channel", Kind::Denied),
        ("channel_not_found", Kind::NotFound),
        ("ratelimited", Kind::Remote),
        ("internal_error", Kind::Remote),
        ("something_new", Kind::Failed),
    ] {
        assert_eq!(refused("slack", 200, &[], say(word)).await.kind, kind, "{word}");
    }
    let error = refused("slack", 200, &[], say("some\u{1b}[31mthing\nnew")).await;
    assert!(!error.message.chars().any(char::is_control), "{:?}", error.message);
}

#[tokio::test]
async fn airtable_says_that_a_base_or_a_scope_is_missing_and_that_the_month_is_over() {
    let say = |kind: &str| json!({"error": {"type": kind, "message": "m"}});
    let error = refused("airtable", 403, &[], say("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND")).await;
    let message = "does not show this to the token: a scope or the base itself is missing from it";
    let hint = "add both to the token at https://airtable.com/create/tokens, or sign in again and choose the base";
    check(&error, Kind::Denied, message, hint);
    let error = refused("airtable", 429, &[], say("PUBLIC_API_BILLING_LIMIT_EXCEEDED")).await;
    check(&error, Kind::Remote, "has no calls left this month on the workspace's plan", "");
    assert_eq!(refused("airtable", 404, &[], json!({"error": "NOT_FOUND"})).await.kind, Kind::NotFound);
}

#[tokio::test]
async fn notion_says_that_a_page_is_not_shared() {
    let say = |code: &str| json!({"object": "error", "code": code, "message": "m"});
    let error = refused("notion", 404, &[], say("object_not_found")).await;
    let hint = "open it in Notion and add the connection under `Connections`";
    check(&error, Kind::NotFound, "has no such page or database, or it is not shared with the connection", hint);
    let error = refused("notion", 403, &[], say("restricted_resource")).await;
    assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, "did not give the connection this capability"));
    assert_eq!(refused("notion", 401, &[], say("unauthorized")).await.kind, Kind::SignIn);
}

#[tokio::test]
async fn salesforce_tells_an_ended_session_from_a_spent_day() {
    let say = |code: &str| json!([{"message": "Words\u{1b}[31m", "errorCode": code}]);
    let error = refused("salesforce", 401, &[], say("INVALID_SESSION_ID")).await;
    check(&error, Kind::SignIn, "says that the session has ended", "");
    let error = refused("salesforce", 403, &[], say("REQUEST_LIMIT_EXCEEDED")).await;
    check(&error, Kind::Remote, "has no API calls left in these 24 hours", "");
    let error = refused("salesforce", 403, &[], say("API_DISABLED_FOR_ORG")).await;
    assert_eq!(error.kind, Kind::Denied);
    let error = refused("salesforce", 400, &[], say("MALFORMED_QUERY")).await;
    assert_eq!(error.kind, Kind::Failed);
    assert!(error.message.starts_with("answered MALFORMED_QUERY: Words"), "{}", error.message);
    assert!(!error.message.chars().any(char::is_control));
    assert_eq!(refused("salesforce", 404, &[], say("NOT_FOUND")).await.kind, Kind::NotFound);
}

#[tokio::test]
async fn stripe_says_which_permission_a_key_lacks_without_the_key() {
    let say = |code: &str, message: &str| json!({"error": {"code": code, "message": message}});
    let message = "The provided key 'rk_live_*********j4va7j' does not have the required permissions for this endpoint on account 'acct_1'. Having the 'rak_charge_read' permission would allow this request to continue.";
    let error = refused("stripe", 403, &[], say("", message)).await;
    assert_eq!(error.kind, Kind::Denied);
    assert!(error.message.contains("rak_charge_read") && !error.message.contains("j4va7j"), "{}", error.message);
    assert_eq!(error.hint.unwrap(), "give the key the permission at https://dashboard.stripe.com/apikeys");
    let error = refused("stripe", 401, &[], say("api_key_expired", "Expired API Key provided: rk_live_1")).await;
    check(
        &error,
        Kind::SignIn,
        "says that the key has expired",
        "make another one at https://dashboard.stripe.com/apikeys",
    );
    let error = refused("stripe", 403, &[], say("account_invalid", "m")).await;
    assert_eq!(error.kind, Kind::Denied);
    assert_eq!(refused("stripe", 402, &[], say("card_declined", "Your card was declined.")).await.kind, Kind::Failed);
}

#[tokio::test]
async fn nobody_repeats_the_token() {
    for id in ["airtable", "github", "google", "hubspot", "notion", "salesforce", "slack", "stripe"] {
        for status in [400, 401, 403, 404, 429, 500] {
            let echo =
                json!({"ok": false, "error": "canary-token", "message": "Bearer canary-token", "code": "canary-token"});
            let error = refused(id, status, &[], echo).await;
            assert!(!format!("{error:?}").contains("canary-token"), "{id} {status}: {error:?}");
        }
    }
}
