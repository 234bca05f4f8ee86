//! Two accounts at one vendor, one of them the team's: each command uses the one that is meant or stops with the labels,
//! and another user of the same home sees the team's alone.
#![cfg(unix)]

use appctl::sandbox::Decision;
use snapbox::{assert_data_eq, str};

use crate::support::desk::Desk;
use crate::support::home::Ran;

/// Ada's own account and the team's; the client is known after the first.
fn desk(provider: &str) -> Desk {
    let desk = Desk::new();
    assert_eq!(desk.run(None, "vault init").status, 0);
    for (email, options) in [("ada@example.com", "--label home --private"), ("ops@example.org", "--label ops --team")] {
        let ran = desk.connect(provider, email, &format!("{options} --method oauth"));
        assert_eq!(ran.status, 0, "{ran}");
    }
    desk
}

fn bob(desk: &Desk, arguments: &str) -> Ran {
    desk.home.run_with(None, &[("APPCTL_USER", "bob"), ("BROWSER", &desk.browser)], arguments)
}

/// Bob is let into the team vault.
fn bob_joins(desk: &Desk) {
    let request = bob(desk, "vault join");
    assert_eq!(request.status, 0, "{request}");
    let added = desk.run(None, &format!("vault members add {} --yes", request.stdout.trim()));
    assert_eq!(added.status, 0, "{added}");
    let vault = desk.run(None, "vault status --json --jq .team.vault").stdout;
    let joined = bob(desk, &format!("vault join {}", vault.trim()));
    assert_eq!(joined.status, 0, "{joined}");
}

#[test]
fn two_google_accounts_and_each_is_the_one_that_is_named() {
    let desk = desk("google");
    for (label, identity) in [("home", "ada@example.com"), ("ops", "ops@example.org")] {
        for word in ["", "google "] {
            let ran = desk.run(None, &format!("integrations accounts {word}test {label} --json --jq .identity"));
            assert_eq!((ran.status, ran.stdout.trim()), (0, identity), "{ran}");
        }
    }
    // After both tokens have ended each is renewed where it is kept.
    desk.sandbox.oauth().expire_access("google").unwrap();
    for label in ["home", "ops"] {
        assert_eq!(desk.run(None, &format!("integrations accounts test {label}")).status, 0);
    }
    let listed =
        desk.run(None, "integrations accounts google --json --jq '.[] | [.label, .sharing, .owner, .default]'");
    assert_data_eq!(
        listed.to_string(),
        str![[r#"

[status 0]
[stdout]
["home","private","tester",false]
["ops","team","tester",false]

"#]]
    );
}

#[test]
fn another_user_sees_the_teams_alone() {
    let desk = desk("google");
    let seen = |arguments: &str| bob(&desk, arguments);
    assert_eq!(seen("integrations accounts --json --jq .[].label").stdout, "ops\n");
    assert_data_eq!(
        seen("integrations accounts test home").to_string(),
        str![[r#"

[status 3]
[stderr]
error: no account is labelled `home`
hint: see `appctl integrations accounts`, or make one with `appctl integrations connect`

"#]]
    );
    for verb in ["default home", "rename home mine", "remove home --yes", "reauth home", "share home --yes"] {
        let ran = seen(&format!("integrations accounts {verb}"));
        assert_eq!(ran.status, 3, "{verb}: {ran}");
        assert!(!ran.stderr.contains("ada@example.com"), "{verb}: {ran}");
    }
    for arguments in ["status --json", "doctor --json", "integrations accounts --json", "log --json"] {
        let ran = seen(arguments);
        assert!(!ran.to_string().contains("ada@example.com"), "{arguments}: {ran}");
    }
    // He sees it, and reads its secret once he is let in.
    assert_data_eq!(
        seen("integrations accounts test ops").to_string(),
        str![[r#"

[status 5]
[stderr]
error: `bob` has not joined the team vault here
hint: run `appctl vault join`

"#]]
    );
    bob_joins(&desk);
    let ran = seen("integrations accounts google test ops --json --jq .identity");
    assert_eq!((ran.status, ran.stdout.trim()), (0, "ops@example.org"), "{ran}");
    desk.sandbox.oauth().expire_access("google").unwrap();
    assert_eq!(seen("integrations accounts test ops").status, 0, "and renews it for everybody");
    assert_eq!(desk.run(None, "integrations accounts test ops").status, 0);
    // His own choice of a label that hers has.
    desk.person("google", "bob@example.net", Decision::Approve);
    let taken = format!(
        "integrations connect google --endpoint {} --label home --private --method oauth",
        desk.endpoint("google")
    );
    assert_data_eq!(
        seen(&taken).to_string(),
        str![[r#"

[status 1]
[stderr]
error: the label `home` is taken
hint: choose another one with `--label LABEL`

"#]]
    );
}

#[test]
fn a_connection_takes_the_account_that_is_named_or_stops_with_the_labels() {
    let desk = Desk::new();
    assert_eq!(desk.run(None, "vault init").status, 0);
    let token = desk.sandbox.token();
    let at = desk.endpoint("hubspot");
    let private = format!("integrations connect hubspot --endpoint {at} --label mine --private --token-stdin");
    assert_eq!(desk.run(Some(token.expose()), &private).status, 0);
    // Another HubSpot, so that it is another portal.
    let other = Desk::new();
    let at = other.endpoint("hubspot");
    let team = format!("integrations connect hubspot --endpoint {at} --label ours --team --token-stdin");
    assert_eq!(desk.run(Some(other.sandbox.token().expose()), &team).status, 0);
    assert_data_eq!(
        desk.run(None, "connections add hubspot --name crm --object contacts --no-sync").to_string(),
        str![[r#"

[status 2]
[stderr]
error: HubSpot has several accounts: `mine`, `ours`
hint: name one with `--account LABEL`, or make one the default: `appctl integrations accounts hubspot default LABEL`

"#]]
    );
    for (name, account) in [("crm", "mine"), ("crm2", "ours")] {
        let add =
            format!("connections add hubspot --name {name} --account {account} --object contacts={name} --no-sync");
        let ran = desk.run(None, &add);
        assert_eq!(ran.status, 0, "{ran}");
    }
    // Bob runs the team's, and not ada's.
    bob_joins(&desk);
    assert_data_eq!(
        bob(&desk, "connections sync crm").to_string(),
        str![[r#"

[status 5]
[stderr]
error: connection `crm` was not synced: connection `crm` uses a private account of somebody else
hint: ask who made it to share it with `appctl integrations accounts share`, or to run it

"#]]
    );
    assert_eq!(bob(&desk, "connections sync crm2").status, 0);
    assert_eq!(desk.run(None, "connections sync crm").status, 0);
    let count =
        |who: &dyn Fn(&str) -> Ran, table: &str| who(&format!("records count {table} --json --jq .records")).stdout;
    assert_eq!(count(&|arguments| bob(&desk, arguments), "crm2"), count(&|arguments| desk.run(None, arguments), "crm"));
    let listed = bob(&desk, "connections list --json").stdout;
    assert!(listed.contains("(private, somebody else's)") && !listed.contains("\"mine\""), "{listed}");
}
