//! Secrets of nobody: whatever process dies while an account is made, moved or taken away, what it leaves is there and
//! works, or is gone once another command has run.

use appctl::accounts::{self, ConnectRequest, Method, Sharing};
use appctl::app::App;
use appctl::base::{Label, Secret};
use appctl::sandbox::{Options, Sandbox};
use serde_json::{Value as Json, json};

use crate::support::accounts::{Ada, Desk, app_of, label, request};
use crate::support::home::{Home, Ran, words};
#[cfg(target_os = "linux")]
use crate::support::killing::{kill_at, points, some};
#[cfg(target_os = "linux")]
use crate::support::postgres::is_deep;

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap()
}

fn run(home: &Home, arguments: &str) -> Ran {
    home.run_with(None, &[], arguments)
}

/// The labels that the next command shows.
fn labels(home: &Home) -> Vec<String> {
    let ran = run(home, "integrations accounts --json");
    assert_eq!(ran.status, 0, "{ran}");
    let accounts: Json = serde_json::from_str(&ran.stdout).unwrap();
    accounts.as_array().unwrap().iter().map(|account| account["label"].as_str().unwrap().to_owned()).collect()
}

/// How many bytes of secrets the home's vault holds: it grows with each.
fn kept(home: &Home) -> u64 {
    std::fs::metadata(home.path().join("vault.sealed")).map_or(0, |about| about.len())
}

/// A look whether the vault works that was killed leaves a made-up text under a made-up name.
const PROBE: std::ops::RangeInclusive<u64> = 43..=44;

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_new_account_is_there_and_works_or_left_nothing() {
    let sandbox = sandbox().await;
    let at = sandbox.endpoint("oidc").unwrap();
    let at = at.as_str().trim_end_matches('/');
    let (id, secret) = sandbox.oauth().client();
    let connect = |home: &Home| {
        std::fs::write(home.path().join("client"), secret.expose()).unwrap();
        let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(home.path().join("client"), own).unwrap();
        let arguments = format!(
            "integrations connect custom --method client-credentials --set base_url={at} --set token_url={at}/token \
             --private --label one --client-id {id} --client-secret-file client"
        );
        home.command(&words(&arguments))
    };
    let whole = Home::with_vault();
    let points = points(&whole, &connect(&whole));
    assert_eq!(run(&whole, "integrations accounts remove one --yes").status, 0);
    // The client's secret stays for the next account.
    let (with_client, empty) = (kept(&whole), empty_vault());
    let (mut there, mut gone) = (0, 0);
    for point in some(&points, 25, is_deep()) {
        let home = Home::with_vault();
        kill_at(&connect(&home), &point);
        let base = match labels(&home).as_slice() {
            [] => {
                gone += 1;
                empty
            }
            _ => {
                there += 1;
                let test = run(&home, "integrations accounts test one");
                assert_eq!(test.status, 0, "{point}: {test}");
                assert_eq!(run(&home, "integrations accounts remove one --yes").status, 0, "{point}");
                with_client
            }
        };
        let more = kept(&home).saturating_sub(base);
        assert!(more == 0 || PROBE.contains(&more), "{point}: {more} bytes are nobody's");
        assert!(words_left(&home).is_empty(), "{point}: {:?}", words_left(&home));
    }
    assert!(there > 0 && gone > 0, "{there} {gone}");
}

/// What an empty vault takes.
fn empty_vault() -> u64 {
    let home = Home::with_vault();
    assert_eq!(run(&home, "vault status").status, 0);
    kept(&home)
}

/// The files in which processes leave word of accounts.
fn words_left(home: &Home) -> Vec<String> {
    let entries = std::fs::read_dir(home.path().join("apps/default/accounts")).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".json")).collect()
}

async fn sign_in(sandbox: &Sandbox, home: &Home) -> accounts::Account {
    let request = ConnectRequest { label: Some(label("one")), ..request(sandbox, "custom") };
    accounts::connect(&app_of(home, "tester"), request, &mut Ada::default()).await.unwrap().account
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_removal_did_nothing_or_is_ended_by_the_next_command() {
    let sandbox = sandbox().await;
    let remove = |home: &Home| home.command(&words("integrations accounts remove one --yes"));
    let whole = Home::with_vault();
    sign_in(&sandbox, &whole).await;
    let points = points(&whole, &remove(&whole));
    let without = kept(&whole);
    let (mut there, mut gone) = (0, 0);
    for point in some(&points, 25, is_deep()) {
        let home = Home::with_vault();
        sandbox.oauth().revoke("oidc", "").unwrap();
        sign_in(&sandbox, &home).await;
        kill_at(&remove(&home), &point);
        let is_there = !labels(&home).is_empty();
        let families = sandbox.oauth().counts("oidc").unwrap().families;
        if is_there {
            there += 1;
            let test = run(&home, "integrations accounts test one");
            assert_eq!(test.status, 0, "{point}: {test}");
        } else {
            gone += 1;
            assert_eq!(families, 0, "{point}: its access lives on at the vendor");
            let more = kept(&home).saturating_sub(without);
            assert!(more == 0 || PROBE.contains(&more), "{point}: {more} bytes are nobody's");
            assert!(words_left(&home).is_empty(), "{point}: {:?}", words_left(&home));
        }
    }
    assert!(there > 0 && gone > 0, "{there} {gone}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_shared_account_works_and_has_its_secret_once() {
    let sandbox = sandbox().await;
    let share = |home: &Home| home.command(&words("integrations accounts share one --yes"));
    let whole = Home::with_vault();
    sign_in(&sandbox, &whole).await;
    assert_eq!(run(&whole, "vault init").status, 0);
    let points = points(&whole, &share(&whole));
    let (mut private, mut team) = (0, 0);
    for point in some(&points, 12, is_deep()) {
        let home = Home::with_vault();
        let account = sign_in(&sandbox, &home).await;
        assert_eq!(run(&home, "vault init").status, 0);
        kill_at(&share(&home), &point);
        assert_eq!(labels(&home), ["one"], "{point}");
        let test = run(&home, "integrations accounts test one");
        assert_eq!(test.status, 0, "{point}: {test}");
        let app = app_of(&home, "tester");
        let is_team = accounts::find(&app, &label("one")).unwrap().sharing == Sharing::Team;
        let key = format!("default/custom/{}", account.id);
        let has = (app.vault.get(&key).unwrap().is_some(), app.team.get(&key).unwrap().is_some());
        assert_eq!(has, (!is_team, is_team), "{point}");
        if is_team { team += 1 } else { private += 1 }
    }
    assert!(private > 0 && team > 0, "{private} {team}");
}

/// Puts a secret into the vault of a home, and word of it, as a process would that died before its account was there.
fn leave(app: &App, id: &str, owner: &str) -> String {
    let key = format!("default/custom/{id}");
    app.vault.set(&key, &Secret::new("nobody's")).unwrap();
    let folder = app.store.folder().join("accounts");
    std::fs::create_dir_all(&folder).unwrap();
    let word = json!({"leftovers": [{"key": key, "sharing": "private", "owner": owner}]});
    std::fs::write(folder.join(format!("{id}.json")), word.to_string()).unwrap();
    key
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_is_nobodys_and_the_command_it_names_takes_it_away() {
    let home = Home::with_vault();
    let app = app_of(&home, "tester");
    let key = leave(&app, "0123456789abcdef", "tester");
    let check = |home: &Home| {
        let told: Json = serde_json::from_str(&run(home, "doctor --json").stdout).unwrap();
        let checks = told["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["message"].as_str().unwrap().contains("no account has any more"))
    };
    let found = check(&home).expect("it is named");
    assert_eq!((&found["status"], &found["fix"]), (&json!("warning"), &json!("appctl integrations accounts")));
    assert!(app.vault.get(&key).unwrap().is_some(), "looking changes nothing");
    assert!(labels(&home).is_empty());
    assert!(app.vault.get(&key).unwrap().is_none());
    assert!(check(&home).is_none() && words_left(&home).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_somebody_elses_vault_waits_for_them() {
    let home = Home::with_vault();
    let key = leave(&app_of(&home, "tester"), "0123456789abcdef", "bob");
    assert!(labels(&home).is_empty());
    assert_eq!(words_left(&home).len(), 1, "only bob knows what is in his vault");
    let ran = home.run_with(None, &[("APPCTL_USER", "bob")], "integrations accounts");
    assert_eq!(ran.status, 0, "{ran}");
    assert!(words_left(&home).is_empty());
    assert!(app_of(&home, "bob").vault.get(&key).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_the_middle_of_it_is_left_alone() {
    let home = Home::with_vault();
    let app = app_of(&home, "tester");
    let key = leave(&app, "0123456789abcdef", "tester");
    let turn = app.store.turns("0123456789abcdef").try_take().unwrap().unwrap();
    assert!(labels(&home).is_empty());
    assert!(app.vault.get(&key).unwrap().is_some());
    drop(turn);
    assert!(labels(&home).is_empty());
    assert!(app.vault.get(&key).unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_place_of_tokens_or_tokens_in_place_of_a_key_leave_neither() {
    let desk = Desk::new().await;
    let key = |method, secret| ConnectRequest {
        label: Some(Label::parse("portal").unwrap()),
        method: Some(method),
        secret,
        switch: accounts::Switch::Allow,
        ..desk.request("hubspot")
    };
    let mut places: Vec<String> = Vec::new();
    let secrets = [(Method::Code, None), (Method::Token, Some(desk.sandbox.token())), (Method::Code, None)];
    for (method, secret) in secrets {
        let account = desk.connect(key(method, secret)).await.unwrap().account;
        assert_eq!(account.method, method);
        accounts::test(&desk.app, &account.label).await.unwrap();
        let place = format!("default/hubspot/{}", account.id);
        assert!(desk.app.vault.get(&place).unwrap().is_some());
        for old in places.iter().filter(|old| **old != place) {
            assert!(desk.app.vault.get(old).unwrap().is_none(), "{old} is nobody's");
        }
        places.push(place);
    }
    assert_eq!(accounts::list(&desk.app).unwrap().len(), 1);
}
