//! What becomes of tokens over time in the sandbox: expiry, rotation, re-use, grace, lapse, caps, revocation, by the
//! server's clock; and the counts that tests of the program rely on.

use std::time::Duration;

use appctl::sandbox::{Options, Person, Quirk, Rotation, Sandbox};
use serde_json::{Value as Json, json};

use crate::support::sandbox::{Control, sandbox};
use crate::support::signin::{Signin, bearer, text};

const HOUR: Duration = Duration::from_secs(3600);

/// Tokens of the plain OpenID provider for `openid`.
async fn tokens(signin: &mut Signin) -> Json {
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    signin.exchange("/oidc/token", &code).await.expect(200)
}

async fn house() -> (Sandbox, Signin) {
    let (sandbox, _) = sandbox(0, "").await;
    let signin = Signin::of(&sandbox);
    (sandbox, signin)
}

#[tokio::test]
async fn an_access_token_expires_by_the_servers_clock() {
    let (sandbox, mut signin) = house().await;
    let token = text(&tokens(&mut signin).await, "access_token");
    sandbox.clock().advance(HOUR - Duration::from_secs(5));
    assert_eq!(signin.ask("/oidc/userinfo", &token).await.status, 200);
    sandbox.clock().advance(Duration::from_secs(5));
    let dead = signin.ask("/oidc/userinfo", &token).await;
    assert!(dead.header("www-authenticate").unwrap().contains("error=\"invalid_token\""), "RFC 6750 section 3");
    assert_eq!(dead.status, 401);
}

/// RFC 9700 section 4.14.2: a spent refresh token ends everything that came of the consent.
#[tokio::test]
async fn a_spent_refresh_token_ends_its_family() {
    let (sandbox, mut signin) = house().await;
    let first = tokens(&mut signin).await;
    let other = tokens(&mut signin).await;
    let second = signin.refresh("/oidc/token", &text(&first, "refresh_token")).await.expect(200);
    assert_eq!(
        signin.refresh("/oidc/token", &text(&first, "refresh_token")).await.expect(400)["error"],
        "invalid_grant"
    );
    let next = signin.refresh("/oidc/token", &text(&second, "refresh_token")).await.expect(400);
    assert_eq!(next["error"], "invalid_grant", "the one that was good is dead too");
    assert_eq!(signin.ask("/oidc/userinfo", &text(&second, "access_token")).await.status, 401);
    assert_eq!(signin.ask("/oidc/userinfo", &text(&other, "access_token")).await.status, 200, "other consents live");
    let seen = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((seen.families_revoked, seen.families, seen.refreshes), (1, 1, 1));
    assert_eq!((seen.most_posts_per_refresh_token(), seen.grants["refresh"]), (2, 3));
}

#[tokio::test]
async fn a_spent_refresh_token_is_taken_again_within_the_grace() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().change_rules("oidc", |rules| rules.grace = 30).unwrap();
    let first = tokens(&mut signin).await;
    let spent = text(&first, "refresh_token");
    signin.refresh("/oidc/token", &spent).await.expect(200);
    sandbox.clock().advance(Duration::from_secs(29));
    let again = signin.refresh("/oidc/token", &spent).await.expect(200);
    signin.refresh("/oidc/token", &text(&again, "refresh_token")).await.expect(200);
    sandbox.clock().advance(Duration::from_secs(2));
    signin.refresh("/oidc/token", &spent).await.expect(400);
    assert_eq!(sandbox.oauth().counts("oidc").unwrap().families_revoked, 1);
}

#[tokio::test]
async fn rotation_without_family_revocation_refuses_only_the_spent_one() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().change_rules("oidc", |rules| rules.rotation = Rotation::Rotates).unwrap();
    let first = tokens(&mut signin).await;
    let second = signin.refresh("/oidc/token", &text(&first, "refresh_token")).await.expect(200);
    signin.refresh("/oidc/token", &text(&first, "refresh_token")).await.expect(400);
    signin.refresh("/oidc/token", &text(&second, "refresh_token")).await.expect(200);
}

#[tokio::test]
async fn refresh_tokens_lapse_unused_or_by_age() {
    let (sandbox, mut signin) = house().await;
    let stable = |rules: &mut appctl::sandbox::Rules| {
        rules.rotation = Rotation::Stable;
        rules.idle = Some(10 * 3600);
        rules.refresh_lifetime = Some(24 * 3600);
    };
    sandbox.oauth().change_rules("oidc", stable).unwrap();
    let (used, idle) = (tokens(&mut signin).await, tokens(&mut signin).await);
    let (used, idle) = (text(&used, "refresh_token"), text(&idle, "refresh_token"));
    for _ in 0..2 {
        sandbox.clock().advance(9 * HOUR);
        signin.refresh("/oidc/token", &used).await.expect(200);
    }
    assert_eq!(signin.refresh("/oidc/token", &idle).await.expect(400)["error"], "invalid_grant");
    sandbox.clock().advance(7 * HOUR);
    assert_eq!(signin.refresh("/oidc/token", &used).await.expect(400)["error"], "invalid_grant");
}

/// developers.google.com/identity/protocols/oauth2: the oldest of more than 100 ends without a word.
#[tokio::test]
async fn googles_hundred_and_first_refresh_token_ends_the_first() {
    let (sandbox, mut signin) = house().await;
    let mut all = Vec::new();
    for _ in 0..101 {
        let minted = sandbox.oauth().mint("google", "ada@example.com", &["openid"]).unwrap();
        all.push(minted.refresh.expect("Google gives one").expose().to_owned());
        sandbox.clock().advance(Duration::from_secs(1));
    }
    let other = sandbox.oauth().mint("google", "bob@example.com", &["openid"]).unwrap().refresh.unwrap();
    let gone = signin.refresh("/google/token", &all[0]).await.expect(400);
    assert_eq!(gone["error_description"], "Token has been expired or revoked.");
    for alive in [all[1].as_str(), &all[100], other.expose()] {
        signin.refresh("/google/token", alive).await.expect(200);
    }
}

/// RFC 6749 section 4.1.2: a code that comes twice takes its tokens with it; RFC 6749 section 4.1.3 for the rest.
#[tokio::test]
async fn a_code_is_good_once_for_its_client_its_redirect_and_ten_minutes() {
    let (sandbox, mut signin) = house().await;
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    let first = signin.exchange("/oidc/token", &code).await.expect(200);
    assert_eq!(signin.exchange("/oidc/token", &code).await.expect(400)["error"], "invalid_grant");
    assert_eq!(signin.ask("/oidc/userinfo", &text(&first, "access_token")).await.status, 401);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    sandbox.clock().advance(Duration::from_secs(601));
    assert_eq!(signin.exchange("/oidc/token", &code).await.expect(400)["error"], "invalid_grant");
    let other = ("redirect_uri", "http://127.0.0.1:9999/callback");
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid"), other]).await.code();
    assert_eq!(signin.exchange("/oidc/token", &code).await.expect(400)["error"], "invalid_grant");
    let registration = json!({"id": "other", "secret": "s"});
    sandbox.oauth().register("oidc", serde_json::from_value(registration).unwrap()).unwrap();
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid"), ("client_id", "other")]).await.code();
    assert_eq!(signin.exchange("/oidc/token", &code).await.expect(400)["error"], "invalid_grant");
}

/// RFC 7009 and RFC 7662.
#[tokio::test]
async fn revocation_and_introspection_are_by_the_book() {
    let (sandbox, mut signin) = house().await;
    let first = tokens(&mut signin).await;
    let (access, refresh) = (text(&first, "access_token"), text(&first, "refresh_token"));
    let said = signin.token("/oidc/introspect", &[("token", &access)]).await.expect(200);
    assert_eq!(
        (&said["active"], &said["scope"], &said["client_id"]),
        (&json!(true), &json!("openid"), &json!(signin.id))
    );
    assert!(said["exp"].as_i64().unwrap() > 0);
    assert_eq!(signin.post("/oidc/introspect", "", &[("token", &access)]).await.status, 401, "clients only");
    let unknown = signin.token("/oidc/revoke", &[("token", "never-issued")]).await;
    assert_eq!(unknown.status, 200, "an unknown token is fine (section 2.2)");
    let wrong = [("token", access.as_str()), ("client_id", "nobody")];
    assert_eq!(signin.post("/oidc/revoke", "", &wrong).await.expect(401)["error"], "invalid_client");
    signin.token("/oidc/revoke", &[("token", &access)]).await;
    assert_eq!(signin.ask("/oidc/userinfo", &access).await.status, 401);
    let second = signin.refresh("/oidc/token", &refresh).await.expect(200);
    let fields = [("token", second["refresh_token"].as_str().unwrap()), ("token_type_hint", "refresh_token")];
    assert_eq!(signin.token("/oidc/revoke", &fields).await.status, 200);
    assert_eq!(signin.ask("/oidc/userinfo", &text(&second, "access_token")).await.status, 401);
    let said = signin.token("/oidc/introspect", &[("token", fields[0].1)]).await.expect(200);
    assert_eq!(said, json!({"active": false}));
    let seen = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((seen.revoke_calls, seen.revocations), (4, 2));
}

/// The ground truth of F40: however many ask at once, the server says how often each token came.
#[tokio::test]
async fn a_crowd_with_one_refresh_token_is_counted() {
    let (sandbox, mut signin) = house().await;
    let refresh = text(&tokens(&mut signin).await, "refresh_token");
    let mut crowd = Vec::new();
    for _ in 0..8 {
        let (mut signin, refresh) = (Signin::of(&sandbox), refresh.clone());
        crowd.push(tokio::spawn(async move { signin.refresh("/oidc/token", &refresh).await.status }));
    }
    let mut good = 0;
    for one in crowd {
        good += u32::from(one.await.unwrap() == 200);
    }
    let seen = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!(good, 1);
    assert_eq!((seen.refreshes, seen.most_posts_per_refresh_token(), seen.families_revoked), (1, 8, 1));
}

/// The ground truth of F41: the work is done, and the answer waits.
#[tokio::test]
async fn an_answer_can_be_held_after_the_work_is_done() {
    let (sandbox, mut signin) = house().await;
    let refresh = text(&tokens(&mut signin).await, "refresh_token");
    sandbox.oauth().hold();
    let held = tokio::spawn(async move { signin.refresh("/oidc/token", &refresh).await.status });
    while sandbox.oauth().waiting() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(sandbox.oauth().counts("oidc").unwrap().refreshes, 1);
    assert!(!held.is_finished());
    sandbox.oauth().release();
    assert_eq!(held.await.unwrap(), 200);
    assert_eq!(sandbox.oauth().waiting(), 0);
}

#[tokio::test]
async fn faults_strike_a_grant_of_a_vendor_before_or_after_the_work() {
    let (sandbox, _) = sandbox(0, "503@refresh/oidc#1,html@refresh/oidc#2,cut@refresh/oidc#3").await;
    let mut signin = Signin::of(&sandbox);
    sandbox.oauth().change_rules("oidc", |rules| rules.rotation = Rotation::Stable).unwrap();
    let refresh = text(&tokens(&mut signin).await, "refresh_token");
    let broken = signin.refresh("/oidc/token", &refresh).await;
    assert_eq!((broken.status, sandbox.oauth().counts("oidc").unwrap().refreshes), (503, 0), "nothing was done");
    let page = signin.refresh("/oidc/token", &refresh).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(sandbox.oauth().counts("oidc").unwrap().refreshes, 1, "it was done");
    let mut signin = Signin::of(&sandbox);
    signin.refresh("/oidc/token", &refresh).await;
    let seen = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((seen.refreshes, seen.most_posts_per_refresh_token()), (2, 3));
    assert_eq!(sandbox.stats().by_endpoint["token"], 4);
}

#[tokio::test]
async fn orders_put_errors_and_holes_into_answers() {
    let (sandbox, mut signin) = house().await;
    let oauth = sandbox.oauth();
    oauth.order("oidc", &Quirk::error("refresh", "invalid_client", 1)).unwrap();
    oauth.order("oidc", &Quirk::error("token", "temporarily_unavailable", 1)).unwrap();
    oauth.order("oidc", &Quirk::omit("refresh", &["expires_in", "refresh_token", "scope"], 1)).unwrap();
    oauth.change_rules("oidc", |rules| rules.rotation = Rotation::Stable).unwrap();
    let refresh = oauth.mint("oidc", "ada@example.com", &["openid"]).unwrap().refresh.unwrap();
    let refresh = refresh.expose();
    assert_eq!(signin.refresh("/oidc/token", refresh).await.expect(401)["error"], "invalid_client");
    assert_eq!(signin.refresh("/oidc/token", refresh).await.expect(503)["error"], "temporarily_unavailable");
    let bare = signin.refresh("/oidc/token", refresh).await.expect(200);
    assert_eq!((bare["expires_in"].clone(), bare["scope"].clone()), (json!(null), json!(null)));
    assert_eq!(signin.refresh("/oidc/token", refresh).await.expect(200)["expires_in"], 3600);
}

/// Everything over HTTP, as tests of the binary have it.
#[tokio::test]
async fn the_control_api_does_the_same() {
    let (sandbox, mut signin) = house().await;
    let mut control = Control::of(&sandbox);
    let person = json!({"provider": "oidc", "identity": "bob@example.com", "decision": {"drop": ["email"]}});
    let shown = control.post("/control/oauth/person", person).await;
    assert_eq!(shown["oidc"]["identity"], "bob@example.com");
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid email")]).await.code();
    assert_eq!(signin.exchange("/oidc/token", &code).await.expect(200)["scope"], "openid");
    control.post("/control/oauth/person", json!({"decision": "deny"})).await;
    let denied = signin.authorize("/google/o/oauth2/v2/auth", &[("scope", "openid")]).await;
    assert_eq!(denied.get("error").as_deref(), Some("access_denied"));
    let rules = json!({"provider": "oidc", "lifetime": 60, "rotation": "stable", "idle": 0});
    assert_eq!(control.post("/control/oauth/rules", rules).await["oidc"]["lifetime"], 60);
    let minted = control.post("/control/oauth/mint", json!({"provider": "oidc", "scopes": ["openid"]})).await;
    let (access, refresh) = (text(&minted, "access_token"), text(&minted, "refresh_token"));
    assert_eq!(signin.refresh("/oidc/token", &refresh).await.expect(200)["expires_in"], 60);
    control.post("/control/oauth/expire", json!({"provider": "oidc"})).await;
    assert_eq!(signin.ask("/oidc/userinfo", &access).await.status, 401);
    control.post("/control/oauth/answers", json!({"endpoint": "token", "error": "invalid_grant", "times": 1})).await;
    assert_eq!(signin.refresh("/oidc/token", &refresh).await.expect(400)["error"], "invalid_grant");
    assert_eq!(control.post("/control/oauth/revoke", json!({"provider": "oidc"})).await["revoked"], 2);
    assert_eq!(signin.refresh("/oidc/token", &refresh).await.expect(400)["error"], "invalid_grant");
    let seen = control.get("/control/oauth/stats?provider=oidc").await;
    assert_eq!((&seen["refreshes"], &seen["codes_exchanged"], &seen["families"]), (&json!(1), &json!(1), &json!(0)));
    control.post("/control/oauth/stats/reset", json!({})).await;
    assert_eq!(control.get("/control/oauth/stats").await["authorizations"], 0);
    assert_eq!(control.get("/control/oauth/service-account").await["type"], "service_account");
    let help = control.get("/control").await;
    assert!(help.as_object().unwrap().keys().any(|what| what.contains("/control/oauth/person")));
    let mut wrong = async |path: &str, body: Json| {
        let head = format!("X-Control-Token: {}\r\n", sandbox.control_token().expose());
        signin.http.call_with("POST", path, &head, Some(body)).await
    };
    assert_eq!(wrong("/control/oauth/person", json!({"decision": "dance"})).await.status, 400);
    assert_eq!(wrong("/control/oauth/person", json!({"provider": "myspace"})).await.status, 404);
    assert_eq!(wrong("/control/oauth/rules", json!({"lifespan": 1})).await.status, 400);
    assert_eq!(wrong("/control/oauth/nothing", json!({})).await.status, 404);
}

/// The browser that is closed gets nothing, and does not keep the sandbox from ending; a slow person is slow.
#[tokio::test]
async fn a_person_who_never_answers_and_one_who_thinks() {
    let sandbox = Sandbox::start(Options { records: 0, ..Options::default() }).await.unwrap();
    let mut signin = Signin::of(&sandbox);
    let person = Person { late: Duration::from_millis(80), ..Person::default() };
    sandbox.oauth().person("oidc", &person).unwrap();
    let began = std::time::Instant::now();
    signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    assert!(began.elapsed() >= Duration::from_millis(80));
    let person = Person { decision: appctl::sandbox::Decision::Close, ..Person::default() };
    sandbox.oauth().person("oidc", &person).unwrap();
    let mut other = Signin::of(&sandbox);
    let never =
        tokio::time::timeout(Duration::from_millis(100), other.authorize("/oidc/authorize", &[("scope", "openid")]));
    assert!(never.await.is_err());
    assert_eq!(signin.http.call_with("GET", "/oidc/userinfo", &bearer("x"), None).await.status, 401);
    tokio::time::timeout(Duration::from_secs(2), sandbox.shutdown()).await.unwrap();
}
