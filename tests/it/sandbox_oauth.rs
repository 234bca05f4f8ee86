//! The sandbox's authorization servers by the book, each answer held against the sentence of the RFC that asks for it,
//! with a client that shares nothing with them.

use appctl::sandbox::{Decision, Person};
use serde_json::json;

use crate::support::sandbox::sandbox;
use crate::support::signin::{BACK, CHALLENGE, LEFT_OUT, Signin, VERIFIER, bearer, challenge, text};

/// RFC 6749 sections 4.1 and 6, RFC 7636, RFC 9207: the whole way of a plain OpenID provider.
#[tokio::test]
async fn a_code_becomes_tokens_and_a_refresh_token_becomes_more() {
    let (sandbox, _) = sandbox(0, "").await;
    let mut signin = Signin::of(&sandbox);
    let back = signin.authorize("/oidc/authorize", &[("scope", "openid email profile")]).await;
    assert_eq!(back.status, 302);
    assert_eq!(back.get("state").as_deref(), Some("st-1"));
    assert_eq!(back.get("iss"), Some(format!("http://127.0.0.1:{}/oidc", sandbox.port())));
    assert!(back.to.as_ref().unwrap().as_str().starts_with(BACK));
    let answer = signin.exchange("/oidc/token", &back.code()).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let first = answer.expect(200);
    assert_eq!((&first["token_type"], &first["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert_eq!(first["scope"], "openid email profile");
    let who = signin.ask("/oidc/userinfo", &text(&first, "access_token")).await.expect(200);
    assert_eq!((&who["email"], &who["given_name"]), (&json!("ada@example.com"), &json!("Ada")));
    let second = signin.refresh("/oidc/token", &text(&first, "refresh_token")).await.expect(200);
    assert_ne!(second["access_token"], first["access_token"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let seen = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((seen.authorizations, seen.codes_exchanged, seen.refreshes), (1, 1, 1));
    assert_eq!(seen.most_posts_per_refresh_token(), 1);
}

/// developers.google.com/identity/protocols/oauth2/native-app.
#[tokio::test]
async fn google_gives_a_refresh_token_for_offline_access_and_a_first_consent() {
    let (sandbox, _) = sandbox(0, "").await;
    let mut signin = Signin::of(&sandbox);
    let scope = ("scope", "openid email https://www.googleapis.com/auth/drive.readonly");
    let tokens = async |signin: &mut Signin, more: &[(&str, &str)]| {
        let back = signin.authorize("/google/o/oauth2/v2/auth", &[&[scope], more].concat()).await;
        signin.exchange("/google/token", &back.code()).await.expect(200)
    };
    let offline = ("access_type", "offline");
    let first = tokens(&mut signin, &[offline]).await;
    assert_eq!(first["expires_in"], 3599);
    assert!(text(&first, "refresh_token").starts_with("1//"));
    assert!(tokens(&mut signin, &[offline]).await["refresh_token"].is_null(), "the second consent brings none");
    assert!(!tokens(&mut signin, &[offline, ("prompt", "consent")]).await["refresh_token"].is_null());
    assert!(tokens(&mut signin, &[("prompt", "consent")]).await["refresh_token"].is_null());
    let again = signin.refresh("/google/token", &text(&first, "refresh_token")).await.expect(200);
    assert!(again["refresh_token"].is_null(), "Google's refresh token stays");
    let who = signin.ask("/google/v1/userinfo", &text(&again, "access_token")).await.expect(200);
    assert_eq!(
        (&who["email"], &who["hd"], &who["name"]),
        (&json!("ada@example.com"), &json!("example.com"), &json!(null))
    );
    let drive = signin.ask("/google/drive/v3/about?fields=user", &text(&again, "access_token")).await.expect(200);
    assert_eq!(drive["user"]["emailAddress"], "ada@example.com");
}

/// docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps.
#[tokio::test]
async fn github_answers_with_a_form_unless_json_is_asked_for() {
    let (sandbox, _) = sandbox(0, "").await;
    let mut signin = Signin::of(&sandbox);
    let back = signin.authorize("/github/login/oauth/authorize", &[("scope", "repo,user:email")]).await;
    assert_eq!(back.get("iss"), None);
    let (id, secret) = (signin.id.clone(), signin.secret.clone());
    let code = back.code();
    let fields = [
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    let answer = signin.post("/github/login/oauth/access_token", "", &fields).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/x-www-form-urlencoded"));
    let body = String::from_utf8(answer.body).unwrap();
    assert!(
        body.starts_with("access_token=gho_") && body.ends_with("&scope=repo%2Cuser%3Aemail&token_type=bearer"),
        "{body}"
    );
    let again = signin.token("/github/login/oauth/access_token", &[("code", &code), ("code_verifier", VERIFIER)]).await;
    let refused = again.expect(200);
    assert_eq!(refused["error"], "bad_verification_code");
    assert!(text(&refused, "error_uri").ends_with("#bad-verification-code"));
    let back = signin.authorize("/github/login/oauth/authorize", &[("scope", "user:email")]).await;
    let answer = signin.exchange("/github/login/oauth/access_token", &back.code()).await.expect(200);
    let user = signin.ask("/github/user", &text(&answer, "access_token")).await;
    assert_eq!(user.header("x-oauth-scopes"), Some("user:email"));
    assert_eq!(user.expect(200)["email"], "ada@example.com");
    let bad = signin.ask("/github/user", "gho_nonsense").await.expect(401);
    assert_eq!((&bad["message"], &bad["status"]), (&json!("Bad credentials"), &json!("401")));
}

/// RFC 7636: the vector of appendix B, S256 alone, and nothing that fits by chance.
#[tokio::test]
async fn only_the_right_verifier_opens_a_code() {
    let (sandbox, _) = sandbox(0, "").await;
    let mut signin = Signin::of(&sandbox);
    assert_eq!(challenge(VERIFIER), CHALLENGE);
    for (verifier, status) in [
        (VERIFIER.to_owned(), 200),
        (VERIFIER.to_ascii_lowercase(), 400),
        (CHALLENGE.to_owned(), 400),
        (VERIFIER[..42].to_owned(), 400),
        (format!("{VERIFIER}="), 400),
        (String::new(), 400),
    ] {
        let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", verifier.as_str()),
        ];
        let answer = signin.token("/oidc/token", &fields).await;
        assert_eq!(answer.status, status, "{verifier}");
        if status == 400 {
            assert_eq!(answer.json()["error"], "invalid_grant");
        }
    }
    for more in [
        [("code_challenge_method", "plain"), ("scope", "openid")],
        [("code_challenge_method", LEFT_OUT), ("scope", "openid")],
        [("code_challenge", "short"), ("scope", "openid")],
        [("code_challenge", LEFT_OUT), ("scope", "openid")],
    ] {
        let back = signin.authorize("/oidc/authorize", &more).await;
        assert_eq!(back.get("error").as_deref(), Some("invalid_request"), "{more:?}");
        assert_eq!(back.get("state").as_deref(), Some("st-1"));
    }
}

/// What the scripted person does instead of consenting.
#[tokio::test]
async fn the_person_does_as_told() {
    let (sandbox, _) = sandbox(0, "").await;
    let mut signin = Signin::of(&sandbox);
    let scope = [("scope", "openid email")];
    let mut told = async |decision: Decision| {
        let person = Person { identity: "bob@example.com".to_owned(), decision, ..Person::default() };
        sandbox.oauth().person("oidc", &person).unwrap();
        signin.authorize("/oidc/authorize", &scope).await
    };
    assert_eq!(told(Decision::Deny).await.get("error").as_deref(), Some("access_denied"));
    assert_ne!(told(Decision::WrongState).await.get("state").as_deref(), Some("st-1"));
    assert_eq!(told(Decision::NoState).await.get("state"), None);
    assert_eq!(told(Decision::NoIss).await.get("iss"), None);
    assert_eq!(told(Decision::WrongIss).await.get("iss").as_deref(), Some("https://elsewhere.example"));
    let failed = told(Decision::Fail("temporarily_unavailable".to_owned())).await;
    assert_eq!(failed.get("error").as_deref(), Some("temporarily_unavailable"));
    let code = told(Decision::Drop(vec!["email".to_owned()])).await.code();
    let tokens = signin.exchange("/oidc/token", &code).await.expect(200);
    assert_eq!(tokens["scope"], "openid");
    let who = signin.http.call_with("GET", "/oidc/userinfo", &bearer(&text(&tokens, "access_token")), None).await;
    assert_eq!(who.expect(200)["email"], json!(null), "a scope that was dropped opens nothing");
}
