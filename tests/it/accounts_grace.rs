//! Servers that take a spent refresh token for a while: what the settings of a `custom` account say of it, and what is
//! asked again because of it.

use std::collections::BTreeMap;
use std::time::Duration;

use appctl::accounts::{self, ConnectRequest, Method};
use appctl::base::{Error, Kind};
use appctl::sandbox::Rotation;
use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::accounts_refresh::leave;
use crate::support::accounts::{Desk, label};
use crate::support::home::Home;
use crate::support::sandbox::Control;

/// A desk whose account `one` has these settings besides, at a server that has this grace.
async fn desk(grace: u64, settings: &[(&str, &str)]) -> (Desk, accounts::Account) {
    let desk = Desk::new().await;
    desk.sandbox.oauth().change_rules("oidc", |rules| rules.grace = grace).unwrap();
    let mut request = ConnectRequest { label: Some(label("one")), ..desk.request("custom") };
    request.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    let account = desk.connect(request).await.unwrap().account;
    (desk, account)
}

async fn test(desk: &Desk) -> Result<accounts::Tested, Error> {
    accounts::test(&desk.app, &label("one")).await
}

fn refreshes(desk: &Desk) -> u64 {
    desk.posts("oidc", "refresh")
}

async fn faults(desk: &Desk, plan: &str) {
    Control::of(&desk.sandbox).post("/control/faults", json!({ "plan": plan })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_process_asked_is_asked_again_while_the_grace_lasts() {
    // Seconds since the question; a clock that was set back knows nothing.
    for (since, recovers) in [(0, true), (59, true), (60, false), (3600, false), (-1, false)] {
        let (desk, account) = desk(60, &[("refresh_grace", "60")]).await;
        let now = desk.app.clock.now();
        let at =
            if since < 0 { now.plus(Duration::from_secs(1)) } else { now.minus(Duration::from_secs(since as u64)) };
        leave(&desk, &account, json!({"generation": 1, "intent": {"generation": 1, "at": at}}));
        desk.sandbox.oauth().expire_access("oidc").unwrap();
        let tested = test(&desk).await;
        assert_eq!(tested.is_ok(), recovers, "{since} s: {tested:?}");
        assert_eq!(refreshes(&desk), u64::from(recovers), "{since} s");
        if let Err(error) = tested {
            assert_eq!(error.kind, Kind::SignIn);
            assert!(error.message.contains("longer than 60 s ago"), "{error:?}");
            test(&desk).await.unwrap_err();
            assert_eq!(refreshes(&desk), 0, "and nobody asks again");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_gets_lost_is_asked_for_again_at_once() {
    let (desk, _) = desk(60, &[("refresh_grace", "60")]).await;
    faults(&desk, "cut@refresh/oidc#1").await;
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    test(&desk).await.unwrap();
    let counts = desk.sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((counts.most_posts_per_refresh_token(), counts.families_revoked), (2, 0));
    assert_eq!(counts.refreshes, 2, "the first was carried out, too");
    // The next renewal is an ordinary one.
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loses_every_answer_is_asked_three_times_and_signs_nobody_out() {
    let (desk, account) = desk(60, &[("refresh_grace", "60")]).await;
    faults(&desk, "cut@refresh/oidc").await;
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    assert_eq!(test(&desk).await.unwrap_err().kind, Kind::Remote);
    assert_eq!(refreshes(&desk), 3);
    assert_eq!(accounts::lapsed(&desk.app, &account).unwrap(), None);
    faults(&desk, "").await;
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 4, "the grace still lasts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_said_to_stay_is_sent_again_after_a_death() {
    let (desk, account) = desk(0, &[("refresh_tokens", "kept")]).await;
    desk.sandbox.oauth().change_rules("oidc", |rules| rules.rotation = Rotation::Stable).unwrap();
    let at = desk.app.clock.now().minus(Duration::from_secs(86_400));
    leave(&desk, &account, json!({"generation": 1, "intent": {"generation": 1, "at": at}}));
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    test(&desk).await.unwrap();
    assert_eq!(refreshes(&desk), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_rotates_though_it_was_said_to_stay_is_believed_to_work_once() {
    let (desk, account) = desk(0, &[("refresh_tokens", "kept")]).await;
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    test(&desk).await.unwrap();
    let at = desk.app.clock.now();
    leave(&desk, &account, json!({"generation": 2, "intent": {"generation": 2, "at": at}}));
    desk.sandbox.oauth().expire_access("oidc").unwrap();
    assert_eq!(test(&desk).await.unwrap_err().kind, Kind::SignIn);
    assert_eq!(desk.sandbox.oauth().counts("oidc").unwrap().most_posts_per_refresh_token(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_tokens_lapse_in_ten_days_is_used_before() {
    let (desk, account) = desk(0, &[("refresh_lapses", "10")]).await;
    let kept = || appctl::connections::keep_signed_in(&desk.app);
    desk.app.clock.advance(Duration::from_secs(4 * 86_400));
    assert!(kept().await.unwrap().is_empty());
    desk.app.clock.advance(Duration::from_secs(2 * 86_400));
    let once = kept().await.unwrap();
    assert!(once.len() == 1 && once[0].account == account.label && once[0].error.is_none(), "{once:?}");
    assert!(kept().await.unwrap().is_empty());
    assert_eq!(refreshes(&desk), 1);
}

#[test]
fn settings_that_cannot_be_right_are_told() {
    let base = [
        ("base_url", "https://a.example"),
        ("authorize_url", "https://a.example/a"),
        ("token_url", "https://a.example/t"),
    ];
    let check = |more: &[(&str, &str)]| {
        let all = base.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        accounts::provider("custom").unwrap().settings(Method::Code, all.collect::<BTreeMap<_, _>>())
    };
    let wrong: &[(&[(&str, &str)], &str)] = &[
        (&[("refresh_tokens", "never")], "`refresh_tokens` is none of `once`, `kept`"),
        (&[("refresh_grace", "0")], "`refresh_grace` is no number of seconds from 1 to 2592000"),
        (&[("refresh_grace", "-5")], "`refresh_grace` is no number of seconds from 1 to 2592000"),
        (&[("refresh_grace", "30s")], "`refresh_grace` is no number of seconds from 1 to 2592000"),
        (&[("refresh_grace", "2592001")], "`refresh_grace` is no number of seconds from 1 to 2592000"),
        (&[("refresh_lapses", "1.5")], "`refresh_lapses` is no number of days from 1 to 3650"),
        (&[("refresh_lapses", "99999999999999999999")], "`refresh_lapses` is no number of days from 1 to 3650"),
        (
            &[("refresh_grace", "30"), ("refresh_tokens", "kept")],
            "`refresh_grace` is for refresh tokens that work once, and `refresh_tokens` is `kept`",
        ),
    ];
    for (settings, message) in wrong {
        let error = check(settings).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, *message));
        assert!(error.hint.is_some());
    }
    assert_eq!(check(&[("refresh_grace", "30")]).unwrap()["refresh_tokens"], "once", "it goes without saying");
    check(&[("refresh_tokens", "once"), ("refresh_grace", "2592000"), ("refresh_lapses", "3650")]).unwrap();
    check(&[("refresh_tokens", "kept"), ("refresh_lapses", "1")]).unwrap();
}

#[test]
fn a_wrong_grace_by_command() {
    let command = "integrations connect custom --name acme --client-id x --set base_url=https://a.example \
                   --set authorize_url=https://a.example/a --set token_url=https://a.example/t --set refresh_grace=soon";
    assert_data_eq!(
        Home::with_vault().run(command),
        str![[r#"

[status 2]
[stderr]
error: `refresh_grace` is no number of seconds from 1 to 2592000
hint: set it like `--set refresh_grace=30`

"#]]
    );
}
