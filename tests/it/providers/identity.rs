//! Whom a vendor says an account is, from answers as its documentation has them.

use std::time::Duration;

use appctl::base::{Kind, Result, Secret};
use appctl::http::{Auth, Http, Options};
use appctl::providers::{Identity, Site};
use serde_json::{Value as Json, json};

use super::{at, provider};
use crate::support::wire::{Say, Wire, header, reply};

fn http() -> Http {
    let quick = Options { attempts: 1, deadline: Duration::from_secs(5), seed: Some(1), ..Options::default() };
    Http::new(quick).unwrap()
}

fn says(status: u16, body: &Json) -> Say {
    Say::Bytes(reply(status, &[("content-type", "application/json")], body.to_string()))
}

/// The site of a vendor that is played by this wire.
fn here(id: &str, wire: &Wire, pairs: &[&str]) -> Site {
    at(&format!("{}{id}", wire.url()), pairs)
}

async fn with_key(id: &str, key: &str, wire: &Wire, pairs: &[&str]) -> Result<Identity> {
    let site = here(id, wire, pairs);
    let door = provider(id).door(&site, "test", provider(id).auth(Secret::new(key), &site)?)?;
    provider(id).identity(&http(), &door, &Json::Null, &site).await
}

/// Plays one answer, and gives the identity with the request's first line.
async fn identify(id: &str, key: &str, answer: Json) -> (String, String, String) {
    let wire = Wire::new(vec![says(200, &answer)]);
    let identity = with_key(id, key, &wire, &[]).await.unwrap();
    let heard = wire.heard();
    (identity.id, identity.name, heard[0].head.lines().next().unwrap().to_owned())
}

fn three(id: &str, name: &str, line: &str) -> (String, String, String) {
    (id.to_owned(), name.to_owned(), format!("{line} HTTP/1.1"))
}

#[tokio::test]
async fn every_vendor_is_asked_in_its_own_way() {
    let got = identify("airtable", "pat1", json!({"id": "usrL2PNC5o3H4lBEi", "email": "ada@acme.com"})).await;
    assert_eq!(got, three("usrL2PNC5o3H4lBEi", "ada@acme.com", "GET /airtable/v0/meta/whoami"));
    let got = identify("airtable", "pat1", json!({"id": "usrL2PNC5o3H4lBEi"})).await;
    assert_eq!(got.1, "usrL2PNC5o3H4lBEi");

    let got = identify("github", "ghp_1", json!({"login": "octocat", "id": 583231, "name": "The Octocat"})).await;
    assert_eq!(got, three("583231", "octocat", "GET /github/user"));

    let user = json!({"sub": "110169484474386276334", "email": "ada@acme.com", "email_verified": true});
    let got = identify("google", "ya29.1", user).await;
    assert_eq!(got, three("110169484474386276334", "ada@acme.com", "GET /google/oauth2/v3/userinfo"));

    let details = json!({"portalId": 62515, "accountType": "DEVELOPER_TEST", "uiDomain": "app.hubspot.com"});
    let got = identify("hubspot", "pat-eu1-1", details).await;
    assert_eq!(got, three("62515", "app.hubspot.com developer test 62515", "GET /hubspot/account-info/v3/details"));

    let bot = json!({
        "object": "user", "id": "16d84278-ab0e-484c-9bdd-b35da3bd8905", "name": "pied piper", "type": "bot",
        "bot": {"owner": {"type": "user", "user": {"object": "user", "id": "5389", "person": {"email": "ada@acme.com"}}},
            "workspace_name": "Acme"},
    });
    let got = identify("notion", "ntn_1", bot).await;
    let id = "16d84278-ab0e-484c-9bdd-b35da3bd8905";
    assert_eq!(got, three(id, "ada@acme.com in Acme", "GET /notion/v1/users/me"));
    let internal =
        json!({"id": id, "name": "pied piper", "bot": {"owner": {"type": "workspace"}, "workspace_name": "Acme"}});
    assert_eq!(identify("notion", "ntn_1", internal).await.1, "pied piper in Acme");

    let test = json!({"ok": true, "url": "https://acme.slack.com/", "team": "Acme", "user": "ada", "team_id": "T123",
        "user_id": "W123"});
    assert_eq!(identify("slack", "xoxb-1", test).await, three("T123/W123", "ada in Acme", "POST /slack/api/auth.test"));

    let account = json!({"id": "acct_1Nv0FGQ9RKHgCVdK", "object": "account", "email": "ada@acme.com",
        "settings": {"dashboard": {"display_name": "Acme Ltd"}}});
    let got = identify("stripe", "rk_live_1", account).await;
    assert_eq!(got, three("acct_1Nv0FGQ9RKHgCVdK", "Acme Ltd", "GET /stripe/v1/account"));
}

#[tokio::test]
async fn headers_go_along_that_the_vendor_wants_or_the_account_has() {
    let account = json!({"id": "acct_1Nv0FGQ9RKHgCVdK"});
    let wire = Wire::new(vec![says(200, &account)]);
    with_key("stripe", "rk_live_1", &wire, &["stripe_account=acct_2"]).await.unwrap();
    let head = &wire.heard()[0].head;
    assert_eq!(header(head, "stripe-account").as_deref(), Some("acct_2"));
    assert_eq!(header(head, "stripe-context"), None);
    assert_eq!(header(head, "authorization").as_deref(), Some("Basic cmtfbGl2ZV8xOg=="));
    let wire = Wire::new(vec![says(200, &json!({"id": "1"}))]);
    with_key("notion", "ntn_1", &wire, &[]).await.unwrap();
    assert_eq!(header(&wire.heard()[0].head, "notion-version").as_deref(), Some("2026-03-11"));
    let wire = Wire::new(vec![says(200, &json!({"id": 1, "login": "a"}))]);
    with_key("github", "ghp_1", &wire, &[]).await.unwrap();
    let head = &wire.heard()[0].head;
    assert_eq!(header(head, "accept").as_deref(), Some("application/vnd.github+json"));
    assert_eq!(header(head, "x-github-api-version").as_deref(), Some("2022-11-28"));
}

#[tokio::test]
async fn stripes_test_mode_is_another_account_though_its_id_is_the_same() {
    let account = json!({"id": "acct_1Nv0FGQ9RKHgCVdK", "email": "ada@acme.com"});
    for key in ["sk_test_1", "rk_test_1"] {
        let got = identify("stripe", key, account.clone()).await;
        assert_eq!((got.0.as_str(), got.1.as_str()), ("acct_1Nv0FGQ9RKHgCVdK test", "ada@acme.com (test)"));
    }
    let wire = Wire::new(vec![says(200, &account)]);
    let site = here("stripe", &wire, &[]);
    let door = provider("stripe").door(&site, "test", Auth::Bearer(Secret::new("token"))).unwrap();
    let said = json!({"stripe_user_id": "acct_1Nv0FGQ9RKHgCVdK", "livemode": false});
    let identity = provider("stripe").identity(&http(), &door, &said, &site).await.unwrap();
    assert_eq!(identity.id, "acct_1Nv0FGQ9RKHgCVdK test");
}

#[tokio::test]
async fn a_restricted_key_that_may_not_say_whose_it_is_is_told_from_the_refusal() {
    let message = "The provided key 'rk_live_*********j4va7j' does not have the required permissions for this endpoint on account 'acct_1Nv0FGQ9RKHgCVdK'. Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue.";
    let refusal = json!({"error": {"type": "invalid_request_error", "message": message}});
    let wire = Wire::new(vec![says(403, &refusal)]);
    let identity = with_key("stripe", "rk_live_1", &wire, &[]).await.unwrap();
    let id = "acct_1Nv0FGQ9RKHgCVdK".to_owned();
    assert_eq!(identity, Identity { name: id.clone(), id });
    let wire = Wire::new(vec![says(403, &json!({"error": {"message": "no account is named here"}}))]);
    assert_eq!(with_key("stripe", "rk_live_1", &wire, &[]).await.unwrap_err().kind, Kind::Denied);
}

#[tokio::test]
async fn salesforce_says_who_it_is_in_the_answer_with_the_tokens_when_it_may_say_nothing_else() {
    let said = json!({
        "instance_url": "https://acme.my.salesforce.com",
        "id": "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU",
    });
    let userinfo = json!({"organization_id": "00Dx0000000BV7zEAG", "user_id": "005x00000012Q9PAAU",
        "preferred_username": "ada@acme.com"});
    let ask = async |answer: Say, said: &Json| {
        let wire = Wire::new(vec![answer]);
        let site = here("salesforce", &wire, &[]);
        let door = provider("salesforce").door(&site, "test", Auth::Bearer(Secret::new("00D!token"))).unwrap();
        let got = provider("salesforce").identity(&http(), &door, said, &site).await;
        assert!(wire.heard()[0].head.starts_with("GET /salesforce/services/oauth2/userinfo "));
        got
    };
    let id = "00Dx0000000BV7zEAG/005x00000012Q9PAAU".to_owned();
    let whole = ask(says(200, &userinfo), &said).await.unwrap();
    assert_eq!(whole, Identity { id: id.clone(), name: "ada@acme.com".to_owned() });
    let missing = json!([{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]);
    let from_answer = Identity { name: id.clone(), id };
    assert_eq!(ask(says(403, &missing), &said).await.unwrap(), from_answer);
    // A token that came just now lacks a right; an older one is void, and says nothing about anybody.
    let bad = || Say::Bytes(reply(403, &[], "Bad_OAuth_Token"));
    assert_eq!(ask(bad(), &said).await.unwrap(), from_answer);
    assert_eq!(ask(bad(), &Json::Null).await.unwrap_err().kind, Kind::SignIn);
    assert_eq!(ask(says(503, &json!({})), &said).await.unwrap_err().kind, Kind::Remote);
    assert_eq!(ask(says(403, &missing), &Json::Null).await.unwrap_err().kind, Kind::Denied);
}

#[tokio::test]
async fn a_service_account_is_whom_its_key_says_and_nobody_is_asked() {
    let wire = Wire::new(vec![says(500, &json!({}))]);
    let ask = async |pairs: &[&str]| {
        let site = here("google", &wire, pairs);
        let door = provider("google").door(&site, "test", Auth::Bearer(Secret::new("ya29.1"))).unwrap();
        provider("google").identity(&http(), &door, &Json::Null, &site).await.unwrap()
    };
    let robot = "robot@acme.iam.gserviceaccount.com";
    let alone = ask(&[&format!("client_email={robot}")]).await;
    assert_eq!(alone, Identity { id: robot.to_owned(), name: robot.to_owned() });
    let delegated = ask(&[&format!("client_email={robot}"), "subject=ada@acme.com"]).await;
    assert_eq!(delegated.id, format!("{robot}/ada@acme.com"));
    assert_eq!(delegated.name, format!("ada@acme.com (by {robot})"));
    assert_eq!(wire.heard().len(), 0);
}

#[tokio::test]
async fn an_api_of_ones_own_is_asked_where_its_settings_say() {
    let ask = async |answer: Json, pairs: &[&str]| {
        let wire = Wire::new(vec![says(200, &answer)]);
        let mut all = vec![format!("base_url={}v2", wire.url()), format!("token_url={}token", wire.url())];
        all.extend(pairs.iter().map(|pair| pair.replace("HERE/", wire.url().as_str())));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let site = super::site(&all);
        let door = provider("custom").door(&site, "test", Auth::Bearer(Secret::new("canary"))).unwrap();
        let identity = provider("custom").identity(&http(), &door, &Json::Null, &site).await;
        (identity, wire.heard().first().map(|heard| heard.head.lines().next().unwrap_or_default().to_owned()))
    };
    let (identity, line) = ask(json!({"sub": "7", "email": "ada@acme.com"}), &["identity_url=/me"]).await;
    assert_eq!(identity.unwrap(), Identity { id: "7".to_owned(), name: "ada@acme.com".to_owned() });
    assert_eq!(line.unwrap(), "GET /v2/me HTTP/1.1");
    let (identity, line) = ask(json!({"sub": "7"}), &["identity_url=HERE/userinfo"]).await;
    assert_eq!(identity.unwrap(), Identity { id: "7".to_owned(), name: "7".to_owned() });
    assert_eq!(line.unwrap(), "GET /userinfo HTTP/1.1");
    let deep = json!({"data": {"account": 12, "title": "Acme"}});
    let own = ["identity_url=/me", "identity_id=/data/account", "identity_name=/data/title"];
    assert_eq!(ask(deep, &own).await.0.unwrap(), Identity { id: "12".to_owned(), name: "Acme".to_owned() });
    // Elsewhere nobody is asked: the token stays here.
    let (refused, line) = ask(json!({"sub": "7"}), &["identity_url=http://127.0.0.1:1/me"]).await;
    assert_eq!((refused.unwrap_err().kind, line), (Kind::Usage, None));
    // Without an address nobody knows who it is, and that is no failure.
    let (unknown, line) = ask(json!({}), &[]).await;
    assert_eq!((unknown.unwrap(), line), (Identity { id: String::new(), name: "127.0.0.1".to_owned() }, None));
}

#[tokio::test]
async fn an_answer_without_an_id_is_no_identity() {
    for answer in [json!({}), json!([]), json!({"id": null}), json!({"id": {"a": 1}}), json!({"id": ""})] {
        let wire = Wire::new(vec![says(200, &answer)]);
        let error = with_key("github", "ghp_1", &wire, &[]).await.unwrap_err();
        assert_eq!(error.message, "GitHub does not say whose account it is", "{answer}");
    }
    let wire = Wire::new(vec![Say::Bytes(reply(200, &[("content-type", "text/html")], "<html>Sign in</html>"))]);
    assert_eq!(with_key("github", "ghp_1", &wire, &[]).await.unwrap_err().kind, Kind::Remote);
}

#[tokio::test]
async fn a_name_from_elsewhere_is_safe_to_show() {
    let wire = Wire::new(vec![says(200, &json!({"id": 1, "login": "oc\u{1b}[31mto\u{202e}cat\n"}))]);
    let name = with_key("github", "ghp_1", &wire, &[]).await.unwrap().name;
    assert!(!name.chars().any(appctl::base::sanitize::is_unsafe), "{name:?}");
}

#[tokio::test]
async fn the_verification_call_tells_a_void_key_from_a_vendor_that_is_away() {
    let ask = async |id: &str, key: &str, answer: Say| {
        let wire = Wire::new(vec![answer]);
        let site = here(id, &wire, &[]);
        let auth = provider(id).auth(Secret::new(key), &site).unwrap();
        let door = provider(id).door(&site, "test", auth).unwrap();
        provider(id).test(&http(), &door, &site).await.map_err(|error| error.kind)
    };
    assert_eq!(ask("github", "ghp_1", says(200, &json!({"id": 1, "login": "a"}))).await, Ok(()));
    assert_eq!(ask("github", "ghp_1", says(401, &json!({"message": "Bad credentials"}))).await, Err(Kind::SignIn));
    assert_eq!(ask("github", "ghp_1", says(502, &json!({}))).await, Err(Kind::Remote));
    assert_eq!(
        ask("slack", "xoxb-1", says(200, &json!({"ok": false, "error": "token_revoked"}))).await,
        Err(Kind::SignIn)
    );
    assert_eq!(
        ask("slack", "xoxb-1", says(200, &json!({"ok": false, "error": "internal_error"}))).await,
        Err(Kind::Remote)
    );
}
