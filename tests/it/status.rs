//! What `appctl status` says of sign-ins: where the secrets are, and who has to sign in again, by which command.
#![cfg(unix)]

use appctl::accounts::{self, ConnectRequest};
use appctl::sandbox::{Options, Sandbox};
use snapbox::{assert_data_eq, str};

use crate::support::accounts::{Ada, app_of, label, request};
use crate::support::home::Home;

const OF_ACCOUNTS: &str = "status --json --jq '{healthy, vault, accounts}'";

/// A home with two accounts, of which one was signed out at the vendor and has heard of it.
async fn home() -> Home {
    let sandbox = Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap();
    let home = Home::with_vault();
    let app = app_of(&home, "tester");
    for (provider, name) in [("google", "home"), ("custom", "ops")] {
        let request = ConnectRequest { label: Some(label(name)), ..request(&sandbox, provider) };
        accounts::connect(&app, request, &mut Ada::default()).await.unwrap();
    }
    sandbox.oauth().revoke("oidc", "").unwrap();
    accounts::test(&app, &label("ops")).await.unwrap_err();
    home
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_need_a_sign_in_come_with_their_command() {
    let home = home().await;
    assert_data_eq!(
        home.run("status"),
        str![[r#"

[status 0]
[stdout]
app      default
healthy  no: account `ops`: needs a sign-in
file     [HOME]/apps/default/app.db
size     98.3 kB
records  0
vault    file, works

account  identity         health         reason                                                                 fix
ops      ada@example.com  needs re-auth  this API takes its tokens no longer: the authorization was taken back  appctl integrations accounts reauth ops

operation  at                           by      what
        2  [TIME]  tester  connected account `ops`
        1  [TIME]  tester  connected account `home`
[stderr]
nothing is in it yet; make a table with `appctl tables create`, or bring one with `appctl connections add`

"#]]
    );
    assert_data_eq!(
        home.run(OF_ACCOUNTS),
        str![[r#"

[status 0]
[stdout]
{"healthy":false,"vault":{"kind":"file","works":true,"problem":null,"fix":null,"team":null},"accounts":[{"account":"home","provider":"google","identity":"ada@example.com","health":"good","reason":null,"needs_sign_in":false,"fix":null},{"account":"ops","provider":"custom","identity":"ada@example.com","health":"needs re-auth","reason":"this API takes its tokens no longer: the authorization was taken back","needs_sign_in":true,"fix":"appctl integrations accounts reauth ops"}]}

"#]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_does_not_work_is_named_with_what_is_wrong() {
    let home = home().await;
    let key = home.key_file().unwrap();
    std::fs::rename(&key, key.with_extension("away")).unwrap();
    let calm = |text: String| text.replace(&key.display().to_string(), "[KEY]");
    assert_data_eq!(
        calm(home.run(OF_ACCOUNTS)),
        str![[r#"

[status 0]
[stdout]
{"healthy":false,"vault":{"kind":"file","works":false,"problem":"reading the vault's key file `[KEY]`: No such file or directory (os error 2)","fix":"appctl vault status","team":null},"accounts":[{"account":"home","provider":"google","identity":"ada@example.com","health":"unknown","reason":"reading the vault's key file `[KEY]`: No such file or directory (os error 2)","needs_sign_in":false,"fix":null},{"account":"ops","provider":"custom","identity":"ada@example.com","health":"needs re-auth","reason":"this API takes its tokens no longer: the authorization was taken back","needs_sign_in":true,"fix":"appctl integrations accounts reauth ops"}]}

"#]]
    );
    assert_data_eq!(
        calm(home.run("status --check -q")),
        str![[r#"

[status 1]
[stdout]
app      default
healthy  no: the file: reading the vault's key file `[KEY]`: No such file or directory (os error 2)
file     [HOME]/apps/default/app.db
size     98.3 kB
records  0
vault    file, does not work: reading the vault's key file `[KEY]`: No such file or directory (os error 2)

account  identity         health         reason                                                                 fix
ops      ada@example.com  needs re-auth  this API takes its tokens no longer: the authorization was taken back  appctl integrations accounts reauth ops

operation  at                           by      what
        2  [TIME]  tester  connected account `ops`
        1  [TIME]  tester  connected account `home`
[stderr]
error: the file: reading the vault's key file `[KEY]`: No such file or directory (os error 2), account `ops`: needs a sign-in
hint: run `appctl vault status`

"#]]
    );
}

#[test]
fn without_accounts_a_vault_that_does_not_work_is_nobodys_trouble() {
    let home = Home::with_vault();
    let key = home.key_file().unwrap();
    std::fs::remove_file(&key).unwrap();
    assert_eq!(home.run_with(None, &[], "status --check").status, 0);
    assert_data_eq!(
        home.run(OF_ACCOUNTS).replace(&key.display().to_string(), "[KEY]"),
        str![[r#"

[status 0]
[stdout]
{"healthy":true,"vault":{"kind":"file","works":false,"problem":"reading the vault's key file `[KEY]`: No such file or directory (os error 2)","fix":"appctl vault status","team":null},"accounts":[]}

"#]]
    );
}

#[test]
fn somebody_in_a_team_vault_sees_that_they_are() {
    let home = Home::with_vault();
    assert_eq!(home.run_with(None, &[], "vault init").status, 0);
    assert_data_eq!(
        home.run("status --json --jq .vault"),
        str![[r#"

[status 0]
[stdout]
{"kind":"file","works":true,"problem":null,"fix":null,"team":"member"}

"#]]
    );
}
