//! Every vendor's dialect in the sandbox, held against the vendor's own page: the whole way from the authorization page
//! to whose account it is, what refusals look like, and how it is taken back.

use appctl::sandbox::{Offline, PUBLIC_CLIENT, Person, Sandbox};
use serde_json::{Value as Json, json};

use crate::support::sandbox::{Answer, sandbox};
use crate::support::signin::{BACK, LEFT_OUT, Signin, VERIFIER, assertion, basic, bearer, text};

const LOCALHOST: &str = "http://localhost:4000/airtable-oauth";

fn keys(json: &Json) -> Vec<&str> {
    json.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What a sandbox, and a client at it, answers at one vendor.
async fn house() -> (Sandbox, Signin) {
    let (sandbox, _) = sandbox(0, "").await;
    let signin = Signin::of(&sandbox);
    (sandbox, signin)
}

/// airtable.com/developers/web/api/oauth-reference.
#[tokio::test]
async fn airtable_wants_pkce_state_a_scope_basic_and_localhost() {
    let (_sandbox, mut signin) = house().await;
    let page = "/airtable/oauth2/v1/authorize";
    let scope = ("scope", "data.records:read user.email:read");
    let at = ("redirect_uri", LOCALHOST);
    for (more, error) in [
        (vec![at, scope, ("code_challenge", LEFT_OUT)], "invalid_request"),
        (vec![at, scope, ("state", LEFT_OUT)], "invalid_request"),
        (vec![at], "invalid_request"),
        (vec![at, scope, ("response_type", "token")], "unsupported_response_type"),
    ] {
        let back = signin.authorize(page, &more).await;
        assert_eq!(back.get("error").as_deref(), Some(error), "{more:?}");
    }
    assert_eq!(signin.authorize(page, &[scope]).await.status, 400, "an address by its number is not taken");
    let code = signin.authorize(page, &[at, scope]).await.code();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", LOCALHOST),
        ("code_verifier", VERIFIER),
    ];
    let in_body = signin.token("/airtable/oauth2/v1/token", &fields).await.expect(400);
    assert_eq!(in_body["error"], "invalid_request", "the secret belongs into the header");
    let head = signin.basic();
    let first = signin.post("/airtable/oauth2/v1/token", &head, &fields).await.expect(200);
    assert_eq!(
        keys(&first),
        ["access_token", "expires_in", "refresh_token", "scope", "token_type", "refresh_expires_in"]
    );
    assert_eq!((&first["expires_in"], &first["refresh_expires_in"]), (&json!(3600), &json!(5_184_000)));
    let (old, spent) = (text(&first, "access_token"), text(&first, "refresh_token"));
    let who = signin.ask("/airtable/v0/meta/whoami", &old).await.expect(200);
    assert!(text(&who, "id").starts_with("usr"));
    assert_eq!((&who["email"], who["scopes"].as_array().unwrap().len()), (&json!("ada@example.com"), 2));
    let again = [("grant_type", "refresh_token"), ("refresh_token", spent.as_str())];
    let second = signin.post("/airtable/oauth2/v1/token", &head, &again).await.expect(200);
    let dead = signin.ask("/airtable/v0/meta/whoami", &old).await.expect(401);
    assert_eq!(dead["error"]["type"], "UNAUTHORIZED", "a refresh ends the access token before it");
    let reused = signin.post("/airtable/oauth2/v1/token", &head, &again).await.expect(400);
    assert_eq!(reused["error"], "invalid_grant");
    assert_eq!(signin.ask("/airtable/v0/meta/whoami", &text(&second, "access_token")).await.status, 401);
    let personal = signin.http.token.clone();
    assert_eq!(keys(&signin.ask("/airtable/v0/meta/whoami", &personal).await.expect(200)), ["id", "email"]);
}

/// developers.notion.com/reference/create-a-token, refresh-a-token, revoke-token, introspect-token.
#[tokio::test]
async fn notion_takes_json_and_basic_and_names_the_workspace() {
    let (_sandbox, mut signin) = house().await;
    let code = signin.authorize("/notion/v1/oauth/authorize", &[("owner", "user")]).await.code();
    let head = signin.basic();
    let exchange = json!({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK});
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK)];
    assert_eq!(signin.post("/notion/v1/oauth/token", &head, &form).await.status, 400, "a form is not taken");
    let answer = signin.http.call_with("POST", "/notion/v1/oauth/token", &head, Some(exchange)).await.expect(200);
    let named = [
        "access_token",
        "token_type",
        "refresh_token",
        "bot_id",
        "workspace_icon",
        "workspace_name",
        "workspace_id",
        "owner",
        "duplicated_template_id",
        "request_id",
    ];
    assert_eq!(keys(&answer), named);
    assert_eq!(answer["owner"]["user"]["person"]["email"], "ada@example.com");
    let token = text(&answer, "access_token");
    let versioned = format!("{}Notion-Version: 2026-03-11\r\n", bearer(&token));
    let me = signin.http.call_with("GET", "/notion/v1/users/me", &versioned, None).await.expect(200);
    assert_eq!((&me["type"], &me["bot"]["workspace_name"]), (&json!("bot"), &json!("Example")));
    assert_eq!(signin.ask("/notion/v1/users/me", &token).await.expect(400)["code"], "missing_version");
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]});
    let next = signin.http.call_with("POST", "/notion/v1/oauth/token", &head, Some(refresh)).await.expect(200);
    assert_ne!(next["refresh_token"], answer["refresh_token"]);
    let asked = Some(json!({"token": next["access_token"]}));
    let said = signin.http.call_with("POST", "/notion/v1/oauth/introspect", &head, asked.clone()).await.expect(200);
    assert_eq!(said["active"], true);
    let done = signin.http.call_with("POST", "/notion/v1/oauth/revoke", &head, asked.clone()).await.expect(200);
    assert_eq!(keys(&done), ["request_id"]);
    let said = signin.http.call_with("POST", "/notion/v1/oauth/introspect", &head, asked).await.expect(200);
    assert_eq!(said["active"], false);
    let gone = signin.ask("/notion/v1/users/me", &text(&next, "access_token")).await.expect(401);
    assert_eq!((&gone["object"], &gone["code"]), (&json!("error"), &json!("unauthorized")));
}

/// docs.slack.dev: "Installing with OAuth", "Using PKCE", "Using token rotation", auth.test, auth.revoke.
#[tokio::test]
async fn slack_nests_the_persons_token_and_refuses_with_status_200() {
    let (sandbox, mut signin) = house().await;
    let page = "/slack/oauth/v2/authorize";
    let bot = signin.authorize(page, &[("scope", "chat:write")]).await;
    assert_eq!(bot.get("error").as_deref(), Some("invalid_scope"), "no bot scopes for this machine");
    signin.id = PUBLIC_CLIENT.to_owned();
    let code = signin.authorize(page, &[("user_scope", "search:read,users:read")]).await.code();
    let fields = [("client_id", PUBLIC_CLIENT), ("code", &code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let first = signin.post("/slack/api/oauth.v2.access", "", &fields).await.expect(200);
    assert_eq!(keys(&first), ["ok", "app_id", "team", "enterprise", "is_enterprise_install", "authed_user"]);
    let user = &first["authed_user"];
    assert_eq!(keys(user), ["id", "access_token", "token_type", "scope", "refresh_token", "expires_in"]);
    assert_eq!((&user["scope"], &user["expires_in"]), (&json!("search:read,users:read"), &json!(43_200)));
    assert!(text(user, "access_token").starts_with("xoxe.xoxp-1-"));
    let test = signin.ask("/slack/api/auth.test", &text(user, "access_token")).await.expect(200);
    assert_eq!((&test["ok"], &test["user"], &test["team"]), (&json!(true), &json!("ada"), &json!("Example")));
    assert_eq!((&test["user_id"], &test["team_id"]), (&user["id"], &first["team"]["id"]));
    let refresh = text(user, "refresh_token");
    let fields = [("client_id", PUBLIC_CLIENT), ("grant_type", "refresh_token"), ("refresh_token", &refresh)];
    let next = signin.post("/slack/api/oauth.v2.access", "", &fields).await.expect(200);
    assert_eq!((&next["token_type"], &next["scope"]), (&json!("user"), &json!("search:read,users:read")));
    let refused = signin.post("/slack/api/oauth.v2.access", "", &fields).await.expect(200);
    assert_eq!(refused, json!({"ok": false, "error": "invalid_refresh_token"}));
    let token = text(&next, "access_token");
    let revoked = signin.ask("/slack/api/auth.revoke", &token).await.expect(200);
    assert_eq!(revoked, json!({"ok": true, "revoked": true}));
    let test = signin.ask("/slack/api/auth.test", &token).await.expect(200);
    assert_eq!(test, json!({"ok": false, "error": "token_revoked"}));
    assert_eq!(signin.ask("/slack/api/auth.test", "xoxb-no").await.expect(200)["error"], "invalid_auth");
    // An app with a web server may have both.
    let web = json!({"id": "web", "secret": "s", "redirects": ["https://app.test/slack"]});
    sandbox.oauth().register("slack", serde_json::from_value(web).unwrap()).unwrap();
    let more = [
        ("client_id", "web"),
        ("redirect_uri", "https://app.test/slack"),
        ("scope", "chat:write"),
        ("user_scope", "users:read"),
    ];
    let code = signin.authorize(page, &more).await.code();
    let fields = [("code", code.as_str()), ("redirect_uri", "https://app.test/slack"), ("code_verifier", VERIFIER)];
    let both = signin.post("/slack/api/oauth.v2.access", &basic("web", "s"), &fields).await.expect(200);
    assert_eq!((&both["token_type"], &both["scope"]), (&json!("bot"), &json!("chat:write")));
    assert_eq!(both["authed_user"]["token_type"], "user");
    let test = signin.ask("/slack/api/auth.test", &text(&both, "access_token")).await.expect(200);
    assert_eq!(test["user_id"], both["bot_user_id"]);
}

/// help.salesforce.com, "OAuth 2.0 Web Server Flow"; developer.salesforce.com, "Revoking OAuth Tokens".
#[tokio::test]
async fn salesforce_says_its_instance_and_no_time() {
    let (sandbox, mut signin) = house().await;
    let page = "/salesforce/services/oauth2/authorize";
    let code = signin.authorize(page, &[("scope", "api")]).await.code();
    let answer = signin.exchange("/salesforce/services/oauth2/token", &code).await.expect(200);
    assert!(answer["refresh_token"].is_null(), "only with the scope");
    let code = signin.authorize(page, &[("scope", "api refresh_token")]).await.code();
    let answer = signin.exchange("/salesforce/services/oauth2/token", &code).await.expect(200);
    let named =
        ["access_token", "refresh_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"];
    assert_eq!(keys(&answer), named);
    assert_eq!(answer["instance_url"], format!("http://127.0.0.1:{}/salesforce", sandbox.port()));
    let token = text(&answer, "access_token");
    let who = signin.ask("/salesforce/services/oauth2/userinfo", &token).await.expect(200);
    assert_eq!((&who["preferred_username"], &who["sub"]), (&json!("ada@example.com"), &answer["id"]));
    let path = text(&answer, "id").split_once("/salesforce").unwrap().1.to_owned();
    assert_eq!(signin.ask(&format!("/salesforce{path}"), &token).await.expect(200)["username"], "ada@example.com");
    sandbox.oauth().expire_access("salesforce").unwrap();
    let over = signin.ask("/salesforce/services/data/v65.0", &token).await.expect(401);
    assert_eq!(over, json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]));
    let refresh = text(&answer, "refresh_token");
    let next = signin.refresh("/salesforce/services/oauth2/token", &refresh).await.expect(200);
    assert!(next["refresh_token"].is_null(), "it stays");
    let fields = [("token", refresh.as_str())];
    assert_eq!(signin.post("/salesforce/services/oauth2/revoke", "", &fields).await.status, 200);
    let again = signin.post("/salesforce/services/oauth2/revoke", "", &fields).await;
    assert_eq!(again.status, 400);
    assert_eq!(again.body, b"error=invalid_token&error_description=invalid+token", "a form, as jsforce reads it");
    let gone = signin.refresh("/salesforce/services/oauth2/token", &refresh).await.expect(400);
    assert_eq!(gone["error_description"], "expired access/refresh token");
    let cc = signin.token("/salesforce/services/oauth2/token", &[("grant_type", "client_credentials")]).await;
    assert!(cc.expect(200)["refresh_token"].is_null());
}

/// docs.stripe.com/connect/oauth-reference.
#[tokio::test]
async fn stripe_knows_a_client_by_its_key_and_deauthorizes_an_account() {
    let (_sandbox, mut signin) = house().await;
    let page = "/stripe/oauth/authorize";
    let code = signin.authorize(page, &[("scope", "read_only")]).await.code();
    let secret = signin.secret.clone();
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("client_secret", secret.as_str())];
    // Stripe's token endpoint has no such parameter as the redirect.
    let answer = signin.post("/stripe/oauth/token", "", &fields).await.expect(200);
    let named = [
        "access_token",
        "livemode",
        "refresh_token",
        "token_type",
        "stripe_publishable_key",
        "stripe_user_id",
        "scope",
    ];
    assert_eq!(keys(&answer), named);
    let account = signin.ask("/stripe/v1/account", &text(&answer, "access_token")).await.expect(200);
    assert_eq!((&account["id"], &account["object"]), (&answer["stripe_user_id"], &json!("account")));
    // The person's own key, as the user of HTTP Basic.
    let own = basic(&signin.http.token.clone(), "");
    assert_eq!(signin.http.call_with("GET", "/stripe/v1/account", &own, None).await.expect(200)["object"], "account");
    let (id, user) = (signin.id.clone(), text(&answer, "stripe_user_id"));
    let fields = [("client_id", id.as_str()), ("stripe_user_id", user.as_str())];
    let key = bearer(&secret);
    let done = signin.post("/stripe/oauth/deauthorize", &key, &fields).await.expect(200);
    assert_eq!(done, json!({"stripe_user_id": user}));
    assert_eq!(signin.post("/stripe/oauth/deauthorize", &key, &fields).await.expect(401)["error"], "invalid_client");
    let gone = signin.ask("/stripe/v1/account", &text(&answer, "access_token")).await.expect(401);
    assert_eq!(gone["error"]["type"], "invalid_request_error");
}

/// developers.hubspot.com, `auth-oauth-v3` and the legacy v1 reference.
#[tokio::test]
async fn hubspot_tokens_open_its_api_as_far_as_their_scopes_go() {
    let (sandbox, _) = sandbox(10, "").await;
    let mut signin = Signin::of(&sandbox);
    let at = ("redirect_uri", "http://localhost:8000/oauth");
    let scope = ("scope", "oauth crm.objects.contacts.read");
    let code = signin.authorize("/oauth/authorize", &[at, scope]).await.code();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://localhost:8000/oauth"),
        ("code_verifier", VERIFIER),
    ];
    let answer = signin.token("/oauth/v3/token", &fields).await.expect(200);
    assert_eq!((&answer["expires_in"], &answer["hub_id"]), (&json!(1800), &json!(4_200_001)));
    let (token, refresh) = (text(&answer, "access_token"), text(&answer, "refresh_token"));
    assert_eq!(signin.ask("/crm/v3/objects/contacts?limit=1", &token).await.status, 200);
    let refused = signin.ask("/crm/v3/objects/companies?limit=1", &token).await.expect(403);
    assert_eq!(refused["category"], "MISSING_SCOPES");
    let info = signin.open(&format!("/oauth/v1/access-tokens/{token}")).await.expect(200);
    assert_eq!((&info["user"], &info["hub_id"]), (&json!("ada@example.com"), &json!(4_200_001)));
    let said = signin.token("/oauth/2026-03/token/introspect", &[("token", &token)]).await.expect(200);
    assert_eq!((&said["active"], &said["hub_id"]), (&json!(true), &json!(4_200_001)));
    sandbox.oauth().expire_access("hubspot").unwrap();
    let old = signin.ask("/crm/v3/objects/contacts?limit=1", &token).await.expect(401);
    assert_eq!(old["category"], "EXPIRED_AUTHENTICATION");
    let next = signin.refresh("/oauth/v1/token", &refresh).await.expect(200);
    assert_eq!(next["refresh_token"], refresh, "it stays, and is told again");
    let info = signin.open(&format!("/oauth/v1/refresh-tokens/{refresh}")).await.expect(200);
    assert_eq!(info["token_type"], "refresh");
    let path = format!("/oauth/v1/refresh-tokens/{refresh}");
    assert_eq!(signin.http.call_with("DELETE", &path, "", None).await.status, 204);
    let gone = signin.refresh("/oauth/v1/token", &refresh).await.expect(400);
    assert_eq!((&gone["status"], &gone["error"]), (&json!("BAD_REFRESH_TOKEN"), &json!(null)));
    let gone = signin.refresh("/oauth/v3/token", &refresh).await.expect(400);
    assert_eq!((&gone["status"], &gone["error"]), (&json!("BAD_REFRESH_TOKEN"), &json!("invalid_grant")));
    assert_eq!(signin.ask("/crm/v3/objects/contacts?limit=1", &text(&next, "access_token")).await.status, 401);
    let private = signin.http.token.clone();
    assert_eq!(signin.ask("/crm/v3/objects/companies?limit=1", &private).await.status, 200, "the private app stays");
}

/// `TokenInfoResponseBaseIF` and `AccessTokenResponse` of HubSpot's description of its `2026-03` OAuth calls: what they
/// always have.
#[tokio::test]
async fn hubspot_says_of_a_token_what_its_description_requires() {
    let (_sandbox, mut signin) = house().await;
    let at = ("redirect_uri", LOCALHOST);
    let code = signin.authorize("/oauth/authorize", &[at, ("scope", "oauth")]).await.code();
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), at, ("code_verifier", VERIFIER)];
    let tokens = signin.token("/oauth/2026-03/token", &fields).await.expect(200);
    let has = |json: &Json, names: &str| {
        let missing: Vec<&str> = names.split(' ').filter(|name| json[*name].is_null()).collect();
        assert!(missing.is_empty(), "{missing:?}: {json}");
    };
    has(&tokens, "access_token expires_in refresh_token token_type token_use hub_id user_id scopes");
    let access = text(&tokens, "access_token");
    let said = signin.token("/oauth/2026-03/token/introspect", &[("token", &access)]).await.expect(200);
    has(&said, "active app_id client_id expires_in hub_id is_private_distribution scopes signed_access_token token");
    has(&said, "token_type token_use user_id");
    assert_eq!((&said["token"], &said["token_use"]), (&json!(access), &json!("access_token")));
    let refresh = text(&tokens, "refresh_token");
    let said = signin.token("/oauth/2026-03/token/introspect", &[("token", &refresh)]).await.expect(200);
    has(&said, "active app_id client_id hub_id scopes token token_type token_use user_id");
    assert_eq!((&said["token_use"], &said["expires_in"]), (&json!("refresh_token"), &Json::Null));
    let revoked = signin.token("/oauth/2026-03/token/revoke", &[("token", &refresh)]).await;
    assert_eq!(revoked.status, 200);
    let said = signin.token("/oauth/2026-03/token/introspect", &[("token", &access)]).await.expect(200);
    assert_eq!(said, json!({"active": false}));
}

/// docs.github.com/rest/apps/oauth-applications, and "Refreshing user access tokens" for a GitHub App.
#[tokio::test]
async fn github_deletes_one_token_or_the_whole_grant() {
    let (sandbox, mut signin) = house().await;
    let (id, head) = (signin.id.clone(), signin.basic());
    let token = async |signin: &mut Signin| {
        let code = signin.authorize("/github/login/oauth/authorize", &[("scope", "repo")]).await.code();
        text(&signin.exchange("/github/login/oauth/access_token", &code).await.expect(200), "access_token")
    };
    let (first, second) = (token(&mut signin).await, token(&mut signin).await);
    let mut call = async |method: &str, what: &str, head: &str, token: &str| -> Answer {
        let path = format!("/github/applications/{id}/{what}");
        signin.http.call_with(method, &path, head, Some(json!({"access_token": token}))).await
    };
    assert_eq!(call("POST", "token", &head, &first).await.expect(200)["scopes"], json!(["repo"]));
    assert_eq!(call("DELETE", "token", "", &first).await.status, 401);
    assert_eq!(call("DELETE", "token", &head, &first).await.status, 204);
    assert_eq!(call("DELETE", "token", &head, &first).await.status, 404);
    assert_eq!(call("DELETE", "token", &head, "gho_unknown").await.status, 422);
    assert_eq!(signin_ask(&sandbox, "/github/user", &second).await, 200);
    assert_eq!(call("DELETE", "grant", &head, &second).await.status, 204);
    assert_eq!(signin_ask(&sandbox, "/github/user", &second).await, 401);
    sandbox
        .oauth()
        .change_rules("github", |rules| (rules.lifetime, rules.offline) = (Some(28_800), Offline::Always))
        .unwrap();
    let code = signin.authorize("/github/login/oauth/authorize", &[("scope", "")]).await.code();
    let app = signin.exchange("/github/login/oauth/access_token", &code).await.expect(200);
    assert_eq!((&app["expires_in"], &app["refresh_token_expires_in"]), (&json!(28_800), &json!(15_897_600)));
    let refresh = text(&app, "refresh_token");
    signin.refresh("/github/login/oauth/access_token", &refresh).await.expect(200);
    let spent = signin.refresh("/github/login/oauth/access_token", &refresh).await.expect(200);
    assert_eq!(spent["error"], "bad_refresh_token");
}

/// docs.github.com, "Generating an installation access token for a GitHub App", and the REST reference of `apps`.
#[tokio::test]
async fn a_github_app_exchanges_what_it_signed_for_the_token_of_an_installation() {
    let (sandbox, mut signin) = house().await;
    let now = sandbox.clock().now().millis() / 1000;
    let claims = json!({"iss": signin.id, "iat": now - 60, "exp": now + 540});
    let mut ask = async |path: &str, token: &str| {
        let answer = signin.http.call_with("POST", &format!("/github/{path}"), &bearer(token), None).await;
        (answer.status, answer.json())
    };
    let place = "app/installations/42/access_tokens";
    let (status, given) = ask(place, &assertion(&sandbox, &claims)).await;
    assert_eq!(status, 201, "{given}");
    assert_eq!(keys(&given), ["token", "expires_at", "permissions", "repository_selection"]);
    let token = text(&given, "token");
    assert!(token.starts_with("ghs_") && text(&given, "expires_at").starts_with("20"), "{given}");
    for (changed, value, status, words) in [
        ("iss", json!("nobody"), 404, "Integration not found"),
        ("iss", json!(null), 401, "Missing 'issuer' claim ('iss') in assertion"),
        ("exp", json!(now - 1), 401, "'Expiration time' claim ('exp') must be a numeric value"),
        ("exp", json!(now + 700), 401, "'Expiration time' claim ('exp') is too far in the future"),
        ("iat", json!(now + 100), 401, "'Issued at' claim ('iat') must be an Integer"),
    ] {
        let mut claims = claims.clone();
        claims[changed] = value;
        let (said, refused) = ask(place, &assertion(&sandbox, &claims)).await;
        assert_eq!(said, status, "{changed}: {refused}");
        assert!(text(&refused, "message").starts_with(words), "{refused}");
    }
    let good = assertion(&sandbox, &claims);
    assert_eq!(ask("app/installations/acme/access_tokens", &good).await.0, 404);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let (status, refused) = ask(place, &format!("{signed}.AAAA")).await;
    assert_eq!((status, &refused["message"]), (401, &json!("A JSON web token could not be decoded")));
    let mut signin = Signin::of(&sandbox);
    let mine = signin.ask("/github/installation/repositories", &token).await.expect(200);
    assert_eq!(mine["repositories"][0]["owner"]["login"], "ada-example-com");
    assert_eq!(
        signin.ask("/github/user", &token).await.expect(403)["message"],
        "Resource not accessible by integration"
    );
    let personal = signin.http.token.clone();
    assert_eq!(signin.ask("/github/installation/repositories", &personal).await.status, 403);
    let end = signin.http.call_with("DELETE", "/github/installation/token", &bearer(&token), None).await;
    assert_eq!((end.status, signin.ask("/github/installation/repositories", &token).await.status), (204, 401));
    let (_, given) = {
        let answer = signin.http.call_with("POST", &format!("/github/{place}"), &bearer(&good), None).await;
        (answer.status, answer.json())
    };
    sandbox.clock().advance(std::time::Duration::from_secs(3600));
    assert_eq!(signin.ask("/github/installation/repositories", &text(&given, "token")).await.status, 401);
}

async fn signin_ask(sandbox: &Sandbox, path: &str, token: &str) -> u16 {
    Signin::of(sandbox).ask(path, token).await.status
}

/// The sandbox's personal token is everybody's key: every vendor takes it where an account is asked for.
#[tokio::test]
async fn the_personal_token_says_whose_it_is_everywhere() {
    let (_sandbox, mut signin) = house().await;
    let token = signin.http.token.clone();
    for path in [
        "/airtable/v0/meta/whoami",
        "/github/user",
        "/google/v1/userinfo",
        "/google/gmail/v1/users/me/profile",
        "/google/calendar/v3/calendars/primary",
        "/oidc/userinfo",
        "/salesforce/services/oauth2/userinfo",
        "/salesforce/services/data/v65.0/limits",
        "/slack/api/auth.test",
        "/stripe/v1/account",
        "/account-info/v3/details",
    ] {
        let answer = signin.ask(path, &token).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_ne!(answer.json()["ok"], false, "{path}");
        let dead = signin.ask(path, "no-such-token").await;
        let refused = dead.status == 401 || dead.status == 403 || dead.json()["ok"] == false;
        assert!(refused, "{path}: {}", dead.status);
    }
}

/// The same person has other tokens but the same ids, another person has other ids, and another company another
/// workspace.
#[tokio::test]
async fn identities_are_the_same_wherever_they_come_from() {
    let (sandbox, mut signin) = house().await;
    let mut who = async |email: &str| {
        sandbox.oauth().person("", &Person { identity: email.to_owned(), ..Person::default() }).unwrap();
        let code = signin.authorize("/notion/v1/oauth/authorize", &[]).await.code();
        let body = json!({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK});
        let head = signin.basic();
        let answer = signin.http.call_with("POST", "/notion/v1/oauth/token", &head, Some(body)).await.expect(200);
        (answer["owner"]["user"]["id"].clone(), answer["workspace_id"].clone())
    };
    let (ada, example) = who("ada@example.com").await;
    assert_eq!(who("ada@example.com").await, (ada.clone(), example.clone()));
    let (bob, same) = who("bob@example.com").await;
    assert!(bob != ada && same == example);
    let (_, other) = who("ada@acme.test").await;
    assert_ne!(other, example);
}
