//! Tokens that are renewed while they are used: once, whoever asks, and never at the price of the sign-in (F40, F42).

use std::time::Duration;

use appctl::accounts::{self, Account, ConnectRequest, Health, granted, health, lapsed};
use appctl::app::App;
use appctl::base::Kind;
use appctl::sandbox::{Offline, Quirk, Sandbox};
use serde_json::json;

use crate::support::accounts::{Ada, Desk, app_of, label, quick, request};
use crate::support::home::Home;
use crate::support::postgres::is_deep;
use crate::support::sandbox::Control;

async fn test(desk: &Desk) -> Result<accounts::Tested, appctl::base::Error> {
    accounts::test(&desk.app, &label("one")).await
}

fn expire(desk: &Desk) {
    desk.sandbox.oauth().expire_access("").unwrap();
}

fn refreshes(desk: &Desk) -> u64 {
    desk.posts("", "refresh")
}

async fn faults(desk: &Desk, plan: &str) {
    Control::of(&desk.sandbox).post("/control/faults", json!({ "plan": plan })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_before_its_end_and_after_a_refusal() {
    let desk = Desk::new().await;
    desk.connected("custom", "one").await;
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 0, "it is fresh");
    desk.app.clock.advance(Duration::from_secs(3600 - 100));
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 1, "it is about to end");
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 1);
    expire(&desk);
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 2, "it was refused");
    let counts = desk.sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((counts.most_posts_per_refresh_token(), counts.families_revoked), (1, 0));
    assert_eq!(counts.dead_tokens, 1, "the one that was refused; what is about to end is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_with_refresh_tokens_renews_three_times() {
    for provider in ["airtable", "custom", "google", "hubspot", "notion", "salesforce", "slack", "stripe", "github"] {
        let desk = Desk::new().await;
        desk.sandbox
            .oauth()
            .change_rules(if provider == "custom" { "oidc" } else { provider }, |rules| {
                // Where it is a choice of the app's, it is made.
                if matches!(provider, "github" | "slack") {
                    (rules.offline, rules.lifetime) = (Offline::Always, Some(3600));
                }
            })
            .unwrap();
        desk.connected(provider, "one").await;
        for round in 1..=3 {
            expire(&desk);
            let tested = test(&desk).await;
            tested.unwrap_or_else(|error| panic!("{provider}, round {round}: {error:?}"));
            assert_eq!(refreshes(&desk), round, "{provider}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_refused_grant_signs_anybody_out_and_is_asked_once() {
    let desk = Desk::new().await;
    let account = desk.connected("custom", "one").await;
    desk.sandbox.oauth().revoke("oidc", "").unwrap();
    let error = test(&desk).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn, "{error:?}");
    assert!(error.hint.unwrap().contains("reauth one"));
    let Some(Health::NeedsReauth { since, reason }) = lapsed(&desk.app, &account).unwrap() else { panic!("no lapse") };
    assert_eq!(since, desk.app.clock.now());
    assert!(reason.contains("no longer"), "{reason}");
    let posts = refreshes(&desk);
    for _ in 0..3 {
        assert_eq!(test(&desk).await.unwrap_err().kind, Kind::SignIn);
    }
    assert_eq!(refreshes(&desk), posts, "nobody asks again");
    let again = accounts::reauth(&desk.app, &label("one"), again(&desk), &mut Ada::default()).await.unwrap();
    assert!(again.updated);
    assert_eq!(health(&desk.app, &again.account).unwrap(), Health::Good);
    test(&desk).await.unwrap();
}

fn again(desk: &Desk) -> ConnectRequest {
    ConnectRequest { settings: std::collections::BTreeMap::new(), method: None, ..desk.request("custom") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_trouble_signs_nobody_out() {
    let plans = ["503@refresh", "500@refresh", "429@refresh", "html@refresh", "cut@refresh"];
    for plan in plans {
        let desk = Desk::new().await;
        let account = desk.connected("google", "one").await;
        faults(&desk, plan).await;
        // What is only about to end still does.
        desk.app.clock.advance(Duration::from_secs(3600 - 100));
        test(&desk).await.unwrap_or_else(|error| panic!("{plan}: {error:?}"));
        desk.app.clock.advance(Duration::from_secs(200));
        let error = test(&desk).await.unwrap_err();
        assert_eq!(error.kind, Kind::Remote, "{plan}: {error:?}");
        assert_eq!(lapsed(&desk.app, &account).unwrap(), None, "{plan}");
        assert_eq!(health(&desk.app, &account).unwrap(), Health::Good, "{plan}");
        faults(&desk, "").await;
        test(&desk).await.unwrap_or_else(|error| panic!("{plan}: {error:?}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_is_named_when_the_token_was_used_up_by_it() {
    let desk = Desk::new().await;
    let account = desk.connected("custom", "one").await;
    faults(&desk, "cut@refresh").await;
    desk.app.clock.advance(Duration::from_secs(3600));
    assert_eq!(test(&desk).await.unwrap_err().kind, Kind::Remote);
    assert_eq!(lapsed(&desk.app, &account).unwrap(), None, "nobody knows yet");
    faults(&desk, "").await;
    let error = test(&desk).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn);
    assert!(error.message.contains("got lost on the way"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_is_a_mistake_to_mend_and_no_sign_out() {
    for code in ["invalid_client", "unauthorized_client", "invalid_request", "unsupported_grant_type", "invalid_scope"]
    {
        let desk = Desk::new().await;
        let account = desk.connected("custom", "one").await;
        desk.sandbox.oauth().order("oidc", &Quirk::error("refresh", code, 1)).unwrap();
        expire(&desk);
        let error = test(&desk).await.unwrap_err();
        assert_eq!(error.kind, Kind::Failed, "{code}: {error:?}");
        assert!(error.message.contains(code), "{error:?}");
        assert_eq!(lapsed(&desk.app, &account).unwrap(), None, "{code}");
        test(&desk).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_answer_leaves_out_stays_as_it_was() {
    let desk = Desk::new().await;
    let account = desk.connected("google", "one").await;
    let scopes = account.scopes.clone();
    let order = |fields: &[&str]| desk.sandbox.oauth().order("google", &Quirk::omit("refresh", fields, 1)).unwrap();
    order(&["refresh_token", "scope"]);
    expire(&desk);
    test(&desk).await.unwrap();
    assert_eq!(granted(&desk.app, &account).unwrap(), scopes);
    order(&["expires_in"]);
    expire(&desk);
    test(&desk).await.unwrap();
    // Google's tokens live an hour, whether or not it says so; others live until a 401.
    expire(&desk);
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 3);
    // Fewer scopes than before are written down and shown.
    let fewer =
        Quirk { set: json!({"scope": "openid"}).as_object().unwrap().clone(), ..Quirk::omit("refresh", &[], 1) };
    desk.sandbox.oauth().order("google", &fewer).unwrap();
    expire(&desk);
    test(&desk).await.unwrap();
    assert_eq!(granted(&desk.app, &account).unwrap(), ["openid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_refresh_token_lives_until_it_is_refused() {
    let desk = Desk::new().await;
    let account = desk.connected("github", "one").await;
    desk.app.clock.advance(Duration::from_secs(400 * 86_400));
    test(&desk).await.unwrap();
    desk.sandbox.oauth().revoke("github", "").unwrap();
    let error = test(&desk).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn);
    assert!(matches!(health(&desk.app, &account).unwrap(), Health::NeedsReauth { .. }));
    assert_eq!(refreshes(&desk), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_everything_is_asked_for_tokens_once() {
    let desk = Desk::new().await;
    desk.connected("custom", "one").await;
    faults(&desk, "401@identity").await;
    let error = test(&desk).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn);
    assert_eq!(refreshes(&desk), 1);
}

/// Puts word of a process that died into the account's file.
pub fn leave(desk: &Desk, account: &Account, state: serde_json::Value) {
    let file = desk.app.store.folder().join(format!("accounts/{}.json", account.id));
    std::fs::write(file, state.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_death_in_the_middle_a_token_that_works_once_is_not_sent_again() {
    for (provider, recovers) in [("airtable", false), ("custom", false), ("google", true), ("hubspot", true)] {
        let desk = Desk::new().await;
        let account = desk.connected(provider, "one").await;
        let died = desk.app.clock.now();
        leave(&desk, &account, json!({"generation": 1, "intent": {"generation": 1, "at": died}}));
        test(&desk).await.unwrap_or_else(|error| panic!("{provider}: the old one is good: {error:?}"));
        expire(&desk);
        let tested = test(&desk).await;
        assert_eq!(tested.is_ok(), recovers, "{provider}: {tested:?}");
        if let Err(error) = tested {
            assert_eq!(error.kind, Kind::SignIn);
            assert!(error.message.contains(&format!("a process died at {died}")), "{error:?}");
            assert_eq!(refreshes(&desk), 0, "{provider}");
            assert_eq!(desk.sandbox.oauth().counts("").unwrap().families_revoked, 0);
        }
        // Word of older tokens means nothing.
        let again = ConnectRequest { label: Some(label("one")), ..desk.request(provider) };
        desk.connect(again).await.unwrap();
        let state = json!({"generation": 2, "intent": {"generation": 1, "at": died}});
        leave(&desk, &account, state);
        expire(&desk);
        test(&desk).await.unwrap_or_else(|error| panic!("{provider}: {error:?}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_rest_are_kept_signed_in() {
    let desk = Desk::new().await;
    let account = desk.connected("airtable", "one").await;
    desk.connected("github", "two").await;
    let kept = || appctl::connections::keep_signed_in(&desk.app);
    assert!(kept().await.unwrap().is_empty());
    desk.app.clock.advance(Duration::from_secs(29 * 86_400));
    assert!(kept().await.unwrap().is_empty());
    desk.app.clock.advance(Duration::from_secs(2 * 86_400));
    let once = kept().await.unwrap();
    assert_eq!(once.len(), 1);
    assert!(once[0].account == account.label && once[0].error.is_none(), "{once:?}");
    assert!(kept().await.unwrap().is_empty(), "it was just used");
    assert_eq!(refreshes(&desk), 1);
    desk.app.clock.advance(Duration::from_secs(31 * 86_400));
    desk.sandbox.oauth().revoke("airtable", "").unwrap();
    let ended = kept().await.unwrap();
    assert_eq!(ended[0].error.as_ref().unwrap().kind, Kind::SignIn);
    assert!(kept().await.unwrap().is_empty(), "and not asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_moves_is_followed_only_to_an_address_of_the_vendor() {
    let desk = Desk::new().await;
    let account = desk.connected("salesforce", "one").await;
    let moves = |to: &str| Quirk {
        set: json!({ "instance_url": to }).as_object().unwrap().clone(),
        ..Quirk::omit("refresh", &[], 1)
    };
    for (to, followed) in [("https://acme.my.salesforce.com", true), ("https://evil.example", false)] {
        desk.sandbox.oauth().order("salesforce", &moves(to)).unwrap();
        expire(&desk);
        test(&desk).await.unwrap();
        let now = accounts::site(&desk.app, &account).unwrap().settings.get("instance_url").cloned();
        assert_eq!(now.as_deref() == Some(to), followed, "{to}: {now:?}");
    }
}

/// The account of a home, in custody of a server that takes each refresh token once and ends everything when one comes twice.
pub async fn home_with_account(sandbox: &Sandbox) -> (Home, Account) {
    let home = Home::with_vault();
    let app = app_of(&home, "tester");
    let request = ConnectRequest { label: Some(label("one")), ..request(sandbox, "custom") };
    let connected = accounts::connect(&app, request, &mut Ada::default()).await.unwrap();
    (home, connected.account)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_find_a_token_ended_renew_it_once() {
    let sandbox = Sandbox::start(appctl::sandbox::Options { records: 1, ..Default::default() }).await.unwrap();
    let (home, account) = home_with_account(&sandbox).await;
    let (many, rounds) = if is_deep() { (64, 50) } else { (12, 4) };
    let apps: Vec<App> = (0..many)
        .map(|_| {
            let mut app = app_of(&home, "tester");
            app.http = quick();
            app
        })
        .collect();
    let apps = std::sync::Arc::new(apps);
    for round in 1..=rounds {
        sandbox.oauth().expire_access("oidc").unwrap();
        let tasks = (0..many).map(|number| {
            let (apps, label) = (apps.clone(), account.label.clone());
            tokio::spawn(async move { accounts::test(&apps[number], &label).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        }
        let counts = sandbox.oauth().counts("oidc").unwrap();
        assert_eq!(counts.refreshes, round, "exactly one for each end");
        assert_eq!((counts.most_posts_per_refresh_token(), counts.families_revoked), (1, 0));
    }
}
