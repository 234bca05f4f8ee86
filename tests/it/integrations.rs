//! `appctl integrations` without a terminal: what a script is told, every wrong use, and the JSON that scripts depend on.
#![cfg(unix)]

use snapbox::{assert_data_eq, str};

use crate::support::desk::Desk;
use crate::support::home::Home;

/// Runs this in an empty home, with a vault.
fn run(arguments: &str) -> String {
    Home::with_vault().run(arguments)
}

#[test]
fn no_account_yet() {
    assert_data_eq!(run("integrations accounts"), str![]);
    assert_data_eq!(run("integrations accounts slack --json"), str![]);
}

#[test]
fn every_flag_that_is_missing_is_named() {
    assert_data_eq!(run("integrations connect"), str![]);
    assert_data_eq!(run("integrations connect google"), str![]);
    assert_data_eq!(run("integrations connect google --client-id mine"), str![]);
    assert_data_eq!(run("integrations connect slack --method token --label bot"), str![]);
    assert_data_eq!(run("integrations connect google --method service-account"), str![]);
    assert_data_eq!(run("integrations connect salesforce --method client-credentials"), str![]);
    assert_data_eq!(run("integrations connect custom --name acme --method oauth"), str![]);
    assert_data_eq!(run("integrations connect google --json"), str![]);
}

#[test]
fn what_cannot_be_meant() {
    assert_data_eq!(run("integrations connect gogle"), str![]);
    assert_data_eq!(run("integrations connect notion --method device"), str![]);
    assert_data_eq!(run("integrations connect slack --method browser"), str![]);
    assert_data_eq!(run("integrations connect slack --team --private"), str![]);
    assert_data_eq!(run("integrations connect slack --token-stdin --client-id x --client-secret-stdin"), str![]);
    assert_data_eq!(run("integrations connect slack --client-secret-stdin"), str![]);
    assert_data_eq!(run("integrations connect slack --only-scopes"), str![]);
    assert_data_eq!(run("integrations connect slack --name acme --token-stdin"), str![]);
    assert_data_eq!(run("integrations connect slack --token xoxb-1"), str![]);
    assert_data_eq!(run("integrations connect slack --set url=https://ada:hunter2@x.example"), str![]);
    assert_data_eq!(
        run("integrations connect google --issuer https://x.example --client-id a --client-secret-file /dev/null"),
        str![]
    );
}

#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    let home = Home::with_vault();
    std::fs::write(home.path().join("secret"), "hunter2").unwrap();
    std::process::Command::new("chmod").arg("644").arg(home.path().join("secret")).status().unwrap();
    let ran = home.run("integrations connect google --client-id x --client-secret-file secret");
    assert!(!ran.contains("hunter2"));
    assert_data_eq!(ran, str![]);
}

#[test]
fn words_in_another_order_are_put_right() {
    assert_data_eq!(run("integrations accounts default google ops"), str![]);
    assert_data_eq!(run("integrations accounts ops google default"), str![]);
    assert_data_eq!(run("integrations accounts google ops default"), str![]);
    assert_data_eq!(run("integrations accounts rename google old new"), str![]);
    assert_data_eq!(run("integrations accounts gogle"), str![]);
    assert_data_eq!(run("integrations accounts google defualt ops"), str![]);
}

#[test]
fn nobody_at_a_terminal_and_no_browser() {
    let desk = Desk::new();
    let arguments = format!(
        "integrations connect notion --endpoint {} --client-id sandbox-client --client-secret-stdin",
        desk.endpoint("notion")
    );
    let ran = desk.home.run_with(Some(&desk.client_secret()), &[], &arguments);
    assert_data_eq!(ran.to_string(), str![]);
    assert!(desk.labels().is_empty());
}

#[test]
fn the_verbs_of_an_account() {
    let desk = Desk::new();
    assert_data_eq!(desk.connect("google", "ada@acme.example", "--label ops --json").to_string(), str![]);
    assert_data_eq!(desk.connect("google", "bob@acme.example", "--label bob").to_string(), str![]);
    let run = |arguments: &str| desk.run(None, arguments).to_string();
    assert_data_eq!(run("integrations accounts"), str![]);
    assert_data_eq!(run("integrations accounts google default ops"), str![]);
    assert_data_eq!(run("integrations accounts google rename bob second"), str![]);
    assert_data_eq!(run("integrations accounts google rename second ops"), str![]);
    assert_data_eq!(run("integrations accounts slack default ops"), str![]);
    assert_data_eq!(run("integrations accounts ops"), str![]);
    assert_data_eq!(run("integrations accounts test nobody"), str![]);
    assert_data_eq!(run("integrations accounts google test second --json"), str![]);
    assert_data_eq!(run("integrations accounts remove second"), str![]);
    assert_data_eq!(run("integrations accounts remove second --yes"), str![]);
    assert_data_eq!(run("integrations accounts remove ops --yes --json"), str![]);
    assert_data_eq!(run("integrations accounts"), str![]);
}

#[test]
fn a_removal_that_the_vendor_does_not_hear_of_says_so() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    let quirk = appctl::sandbox::Quirk::error("revoke", "server_error", 100);
    desk.sandbox.oauth().order("google", &quirk).unwrap();
    assert_data_eq!(desk.run(None, "integrations accounts remove ops --yes").to_string(), str![]);
    assert!(desk.labels().is_empty());
}

#[test]
fn an_account_that_a_connection_uses_is_not_removed_by_accident() {
    let desk = Desk::new();
    let token = desk.sandbox.token().expose().to_owned();
    let hubspot = desk.sandbox.endpoint("hubspot").unwrap();
    let add = format!("connections add hubspot --object contacts --no-sync --token-stdin --endpoint {hubspot}");
    assert_eq!(desk.run(Some(&token), &add).status, 0);
    assert_data_eq!(desk.run(None, "integrations accounts remove hubspot --yes").to_string(), str![]);
    assert_data_eq!(desk.run(None, "integrations accounts remove hubspot --yes --pause").to_string(), str![]);
}

#[test]
fn sharing_needs_a_team_vault_and_a_yes() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    assert_data_eq!(desk.run(None, "integrations accounts share ops").to_string(), str![]);
    assert_data_eq!(desk.run(None, "integrations accounts share ops --yes").to_string(), str![]);
    assert_eq!(desk.run(None, "vault init").status, 0);
    assert_data_eq!(desk.run(None, "integrations accounts share ops --yes").to_string(), str![]);
    assert_eq!(desk.accounts()[0]["sharing"], "team");
    assert_eq!(desk.run(None, "integrations accounts test ops").status, 0);
}
