//! `appctl integrations` without a terminal: what a script is told, every wrong use, and the JSON that scripts depend on.
#![cfg(unix)]

use snapbox::{assert_data_eq, str};

use crate::support::desk::Desk;
use crate::support::home::Home;
use crate::support::terminal::calm;

/// Runs this in an empty home, with a vault.
fn run(arguments: &str) -> String {
    Home::with_vault().run(arguments)
}

#[test]
fn no_account_yet() {
    assert_data_eq!(
        run("integrations accounts"),
        str![[r#"

[status 0]
[stderr]
there are no accounts yet; make one with `appctl integrations connect PROVIDER`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts slack --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
}

#[test]
fn every_flag_that_is_missing_is_named() {
    assert_data_eq!(
        run("integrations connect"),
        str![[r#"

[status 2]
[stderr]
error: provider is missing
hint: give it with `appctl integrations connect PROVIDER`

"#]]
    );
    assert_data_eq!(
        run("integrations connect google"),
        str![[r#"

[status 2]
[stderr]
error: `--client-id ID` and `--client-secret-stdin` are missing for Google
hint: what they ask for is made at https://console.cloud.google.com/auth/clients; its redirect URI is http://127.0.0.1/callback

"#]]
    );
    assert_data_eq!(
        run("integrations connect google --client-id mine"),
        str![[r#"

[status 2]
[stderr]
error: `--client-secret-stdin` is missing for Google
hint: what they ask for is made at https://console.cloud.google.com/auth/clients; its redirect URI is http://127.0.0.1/callback

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --method token --label bot"),
        str![[r#"

[status 2]
[stderr]
error: `--token-stdin` is missing for Slack
hint: what they ask for is made at https://api.slack.com/apps; or set `APPCTL_TOKEN_BOT`

"#]]
    );
    assert_data_eq!(
        run("integrations connect google --method service-account"),
        str![[r#"

[status 2]
[stderr]
error: `--token-file FILE` is missing for Google
hint: what they ask for is made at https://console.cloud.google.com/iam-admin/serviceaccounts

"#]]
    );
    assert_data_eq!(
        run("integrations connect github --method two-step"),
        str![[r#"

[status 2]
[stderr]
error: `--set app=VALUE`, `--set installation=VALUE` and `--token-file FILE` are missing for GitHub
hint: what they ask for is made at https://github.com/settings/apps

"#]]
    );
    assert_data_eq!(
        run("integrations connect salesforce --method client-credentials"),
        str![[r#"

[status 2]
[stderr]
error: `--client-id ID` and `--client-secret-stdin` are missing for Salesforce
hint: what they ask for is made at https://login.salesforce.com/lightning/setup/ManageExternalClientApplication/home

"#]]
    );
    assert_data_eq!(
        run("integrations connect custom --name acme --method oauth"),
        str![[r#"

[status 2]
[stderr]
error: `--set base_url=VALUE`, `--set authorize_url=VALUE`, `--set token_url=VALUE` and `--client-id ID` are missing for this API
hint: its redirect URI is http://127.0.0.1/callback

"#]]
    );
    assert_data_eq!(
        run("integrations connect google --json"),
        str![[r#"

[status 2]
[stderr]
{"error":{"kind":"usage","message":"`--client-id ID` and `--client-secret-stdin` are missing for Google","hint":"what they ask for is made at https://console.cloud.google.com/auth/clients; its redirect URI is http://127.0.0.1/callback"}}

"#]]
    );
}

#[test]
fn nobody_is_told_to_register_a_page_that_cannot_be_used() {
    assert_data_eq!(
        run("integrations connect google --set redirect_url=nonsense --client-id a"),
        str![[r#"

[status 2]
[stderr]
error: `redirect_url` is no https address
hint: set it as it is registered, like `--set redirect_url=https://acme.example/callback`

"#]]
    );
}

#[test]
fn what_cannot_be_meant() {
    assert_data_eq!(
        run("integrations connect gogle"),
        str![[r#"

[status 3]
[stderr]
error: no provider is called `gogle`
hint: did you mean `google`? the providers are airtable, github, google, hubspot, notion, postgres, salesforce, slack, stripe, custom

"#]]
    );
    assert_data_eq!(
        run("integrations connect notion --method device"),
        str![[r#"

[status 2]
[stderr]
error: Notion has no sign-in with `--method device`
hint: use `--method token` or `--method oauth`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --method browser"),
        str![[r#"

[status 2]
[stderr]
error: `--method`: there is no method `browser`
hint: use `token` or `oauth` or `device` or `client-credentials` or `service-account` or `two-step`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --team --private"),
        str![[r#"

[status 2]
[stderr]
error: `--team` and `--private` cannot be used together
hint: see `appctl integrations connect --help`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --token-stdin --client-id x --client-secret-stdin"),
        str![[r#"

[status 2]
[stderr]
error: `--token-stdin` and `--client-secret-stdin` cannot be used together
hint: see `appctl integrations connect --help`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --client-secret-stdin"),
        str![[r#"

[status 2]
[stderr]
error: `--client-id` is missing
hint: see `appctl integrations connect --help`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --only-scopes"),
        str![[r#"

[status 2]
[stderr]
error: `--scope` is missing
hint: see `appctl integrations connect --help`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --name acme --token-stdin"),
        str![[r#"

[status 2]
[stderr]
error: `--name` names a `custom` product
hint: label the account with `--label LABEL`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --token xoxb-1"),
        str![[r#"

[status 2]
[stderr]
error: `appctl integrations connect` has no option `--token`
hint: did you mean `--token-file`? see `appctl integrations connect --help`

"#]]
    );
    assert_data_eq!(
        run("integrations connect slack --set url=https://ada:hunter2@x.example"),
        str![[r#"

[status 2]
[stderr]
error: `--set`: `url` holds a password, which other processes could read
hint: leave it out of the address and give it with `--token-stdin`, `--token-file FILE` or in the environment

"#]]
    );
    assert_data_eq!(
        run("integrations connect google --issuer https://x.example --client-id a --client-secret-file /dev/null"),
        str![[r#"

[status 5]
[stderr]
error: `/dev/null` can be read by others (0666)
hint: run `chmod 600 /dev/null` and make a new token if somebody may have read it

"#]]
    );
}

#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    let home = Home::with_vault();
    std::fs::write(home.path().join("secret"), "hunter2").unwrap();
    std::process::Command::new("chmod").arg("644").arg(home.path().join("secret")).status().unwrap();
    let ran = home.run("integrations connect google --client-id x --client-secret-file secret");
    assert!(!ran.contains("hunter2"));
    assert_data_eq!(
        ran,
        str![[r#"

[status 5]
[stderr]
error: `secret` can be read by others (0644)
hint: run `chmod 600 secret` and make a new token if somebody may have read it

"#]]
    );
}

#[test]
fn words_in_another_order_are_put_right() {
    assert_data_eq!(
        run("integrations accounts default google ops"),
        str![[r#"

[status 2]
[stderr]
error: `ops` is one argument too many
hint: write `appctl integrations accounts google default ops`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts ops google default"),
        str![[r#"

[status 2]
[stderr]
error: `google` is one argument too many
hint: write `appctl integrations accounts google default ops`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google ops default"),
        str![[r#"

[status 2]
[stderr]
error: `ops` is one argument too many
hint: write `appctl integrations accounts google default ops`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts rename google old new"),
        str![[r#"

[status 2]
[stderr]
error: `new` is one argument too many
hint: write `appctl integrations accounts google rename old new`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts gogle"),
        str![[r#"

[status 3]
[stderr]
error: no provider is called `gogle`
hint: did you mean `google`? the providers are airtable, github, google, hubspot, notion, postgres, salesforce, slack, stripe, custom

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google defualt ops"),
        str![[r#"

[status 2]
[stderr]
error: `appctl integrations accounts` has no command `defualt`
hint: did you mean `default`? see `appctl integrations accounts --help`

"#]]
    );
}

#[test]
fn the_installation_of_a_github_app_is_connected_with_the_file_of_its_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let file = desk.home.path().join("app.pem");
    std::fs::write(&file, desk.sandbox.oauth().service_account()["private_key"].as_str().unwrap()).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let connect = format!(
        "integrations connect github --endpoint {} --method two-step --label bot --private --set installation=42",
        desk.endpoint("github")
    );
    let ran = desk.run(None, &format!("{connect} --set app=sandbox-client --token-file app.pem"));
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(desk.labels(), ["bot: ada-example-com (app sandbox-client)"]);
    assert_eq!(desk.accounts()[0]["method"], "two-step");
    let ran = desk.run(None, "integrations accounts reauth bot --token-file app.pem");
    assert_eq!(ran.status, 0, "{ran}");
}

#[test]
fn nobody_at_a_terminal_and_no_browser() {
    let desk = Desk::new();
    let arguments = format!(
        "integrations connect notion --endpoint {} --client-id sandbox-client --client-secret-stdin",
        desk.endpoint("notion")
    );
    let ran = desk.home.run_with(Some(&desk.client_secret()), &[], &arguments);
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to sign in in a browser
hint: run it at a terminal, set `BROWSER` to a command that opens pages, or give a key with `--method token --token-stdin`

"#]]
    );
    assert!(desk.labels().is_empty());
}

#[test]
fn the_verbs_of_an_account() {
    let desk = Desk::new();
    assert_data_eq!(
        desk.connect("google", "ada@acme.example", "--label ops --json").to_string(),
        str![[r#"

[status 0]
[stdout]
{"provider":"google","label":"ops","identity":"ada@acme.example","identity_id":"143899108886714191691","owner":"tester","sharing":"private","method":"oauth","scopes":["openid","email","https://www.googleapis.com/auth/spreadsheets","https://www.googleapis.com/auth/documents","https://www.googleapis.com/auth/drive.file","https://www.googleapis.com/auth/drive.metadata.readonly"],"health":"good","reason":null,"default":true,"endpoint":"http://127.0.0.1:[PORT]/google","created":"[TIME]","authorised":"[TIME]","missing_scopes":[],"updated":false}

"#]]
    );
    assert_data_eq!(
        calm(&desk.connect("google", "bob@acme.example", "--label bob").to_string()),
        str![[r#"

[status 0]
[stderr]
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/google/o/oauth2/v2/auth?[QUERY]
waiting for the browser, 5m at the most; Ctrl-C ends it
signed in as bob@acme.example
connected `bob`: bob@acme.example at Google (http://127.0.0.1:[PORT]/google), private
"#]]
    );
    let run = |arguments: &str| desk.run(None, arguments).to_string();
    assert_data_eq!(
        run("integrations accounts"),
        str![[r#"

[status 0]
[stdout]
provider  label  identity          owner   sharing  scopes                                                                  health  default  endpoint
google    bob    bob@acme.example  tester  private  openid email spreadsheets documents drive.file drive.metadata.readonly  good    false    http://127.0.0.1:[PORT]/google
google    ops    ada@acme.example  tester  private  openid email spreadsheets documents drive.file drive.metadata.readonly  good    false    http://127.0.0.1:[PORT]/google

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google default ops"),
        str![[r#"

[status 0]
[stderr]
`ops` is the default account of `google` now

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google rename bob second"),
        str![[r#"

[status 0]
[stderr]
renamed account `bob` to `second`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google rename second ops"),
        str![[r#"

[status 1]
[stderr]
error: the label `ops` is taken
hint: choose another one with `--label LABEL`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts slack default ops"),
        str![[r#"

[status 3]
[stderr]
error: account `ops` is one of `google`, not of `slack`
hint: see `appctl integrations accounts slack`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts ops"),
        str![[r#"

[status 3]
[stderr]
error: no provider is called `ops`
hint: `ops` is an account's label; it comes last: `appctl integrations accounts VERB ops`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts test nobody"),
        str![[r#"

[status 3]
[stderr]
error: no account is labelled `nobody`
hint: see `appctl integrations accounts`, or make one with `appctl integrations connect`

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google test second --json"),
        str![[r#"

[status 0]
[stdout]
{"account":"second","provider":"google","identity":"bob@acme.example","scopes":["openid","email","https://www.googleapis.com/auth/spreadsheets","https://www.googleapis.com/auth/documents","https://www.googleapis.com/auth/drive.file","https://www.googleapis.com/auth/drive.metadata.readonly"],"expires_at":"[TIME]"}

"#]]
    );
    assert_data_eq!(
        run("integrations accounts remove second"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Remove account `second` (bob@acme.example) and take its access back at Google?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        run("integrations accounts remove second --yes"),
        str![[r#"

[status 0]
[stderr]
removed account `second`; Google took its access back

"#]]
    );
    assert_data_eq!(
        run("integrations accounts remove ops --yes --json"),
        str![[r#"

[status 0]
[stdout]
{"label":"ops","local":true,"remote":"revoked","reason":null,"paused":[]}

"#]]
    );
    assert_data_eq!(
        run("integrations accounts"),
        str![[r#"

[status 0]
[stderr]
there are no accounts yet; make one with `appctl integrations connect PROVIDER`

"#]]
    );
}

#[test]
fn a_removal_that_the_vendor_does_not_hear_of_says_so() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    let quirk = appctl::sandbox::Quirk::error("revoke", "server_error", 100);
    desk.sandbox.oauth().order("google", &quirk).unwrap();
    assert_data_eq!(
        desk.run(None, "integrations accounts remove ops --yes").to_string(),
        str![[r#"

[status 7]
[stderr]
removed account `ops` here
error: Google was not told, so the access of `ops` may live on there: `127.0.0.1` answered 500: server_error, 6 times
hint: take it back by hand at https://console.cloud.google.com/auth/clients

"#]]
    );
    assert!(desk.labels().is_empty());
}

#[test]
fn an_account_that_a_connection_uses_is_not_removed_by_accident() {
    let desk = Desk::new();
    let token = desk.sandbox.token().expose().to_owned();
    let hubspot = desk.sandbox.endpoint("hubspot").unwrap();
    let add = format!("connections add hubspot --object contacts --no-sync --token-stdin --endpoint {hubspot}");
    assert_eq!(desk.run(Some(&token), &add).status, 0);
    assert_data_eq!(
        desk.run(None, "integrations accounts remove hubspot --yes").to_string(),
        str![[r#"

[status 1]
[stderr]
error: account `hubspot` is used by connection `hubspot`
hint: remove it first with `appctl connections remove`, or add `--pause` to keep it, paused

"#]]
    );
    assert_data_eq!(
        desk.run(None, "integrations accounts remove hubspot --yes --pause").to_string(),
        str![[r#"

[status 0]
[stderr]
removed account `hubspot` here; it can be ended at https://app.hubspot.com only
paused `hubspot`

"#]]
    );
}

#[test]
fn sharing_needs_a_team_vault_and_a_yes() {
    let desk = Desk::new();
    assert_eq!(desk.connect("google", "ada@acme.example", "--label ops").status, 0);
    assert_data_eq!(
        desk.run(None, "integrations accounts share ops").to_string(),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Share it? Then everybody in the team vault will act as `ada@acme.example` at Google through account `ops`, agents with a grant on it included; its secret moves from your vault to the team's, and whoever has read it there knows it until it is revoked
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        desk.run(None, "integrations accounts share ops --yes").to_string(),
        str![[r#"

[status 5]
[stderr]
error: there is no team vault yet
hint: begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's

"#]]
    );
    assert_eq!(desk.run(None, "vault init").status, 0);
    assert_data_eq!(
        desk.run(None, "integrations accounts share ops --yes").to_string(),
        str![[r#"

[status 0]
[stderr]
account `ops` belongs to the team now

"#]]
    );
    assert_eq!(desk.accounts()[0]["sharing"], "team");
    assert_eq!(desk.run(None, "integrations accounts test ops").status, 0);
}
