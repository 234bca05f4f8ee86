//! Accounts in a temporary store with a memory vault.

use super::*;
use crate::base::{AppName, Clock};
use crate::config::{Config, VaultKind};

/// An app in a folder of its own, whose environment gives these secrets.
fn app(tokens: &[(&str, &str)]) -> (App, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let config = Config {
        home: home.path().to_owned(),
        app: AppName::parse("default").unwrap(),
        vault: VaultKind::Memory,
        team_vault: None,
        tokens: tokens.iter().map(|(key, token)| ((*key).to_owned(), Secret::new(*token))).collect(),
        user: "tester".to_owned(),
    };
    let mut app = App::open(config).unwrap();
    app.clock = Clock::fixed(Timestamp(0));
    (app, home)
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn identity(id: &str) -> Identity {
    Identity { id: id.to_owned(), name: format!("Portal {id}") }
}

fn new(name: &str, provider: &str) -> NewAccount {
    NewAccount {
        label: label(name),
        provider: provider.to_owned(),
        identity: identity("1"),
        endpoint: None,
        settings: BTreeMap::new(),
    }
}

fn added(app: &App, name: &str, secret: Option<&str>) -> Account {
    let account = prepare(app, new(name, "hubspot")).unwrap();
    add(app, &account, secret.map(Secret::new).as_ref()).unwrap();
    account
}

fn known(app: &App, account: &Account) -> Option<String> {
    secret(app, account).unwrap().map(|secret| secret.expose().to_owned())
}

#[tokio::test]
async fn an_account_is_found_again_with_its_secret() {
    let (app, _home) = app(&[]);
    let account = added(&app, "crm", Some("pat-1"));
    assert_eq!(find(&app, &label("crm")).unwrap(), account);
    assert_eq!(list(&app).unwrap(), vec![account.clone()]);
    assert_eq!(of_product(&app, "postgres").unwrap(), []);
    assert_eq!(known(&app, &account).as_deref(), Some("pat-1"));
    remove(&app, &label("crm"), |_| Ok(())).await.unwrap();
    assert_eq!(find(&app, &label("crm")).unwrap_err().kind, Kind::NotFound);
    assert_eq!(app.vault.get(&place::key(&app, &account)).unwrap().map(|_| ()), None);
}

#[test]
fn a_label_is_given_once() {
    let (app, _home) = app(&[]);
    added(&app, "crm", Some("pat-1"));
    assert_eq!(prepare(&app, new("crm", "hubspot")).unwrap_err().kind, Kind::Conflict);
    assert_eq!(prepare(&app, new("other", "nobody")).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn the_secret_is_in_no_file() {
    let (app, home) = app(&[("CI", "canary-env-7f3a")]);
    added(&app, "crm", Some("canary-vault-7f3a"));
    added(&app, "ci", Some("canary-env-7f3a"));
    drop(app);
    let mut folders = vec![home.path().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files += 1;
                let bytes = std::fs::read(&path).unwrap();
                assert!(!bytes.windows(6).any(|part| part == b"canary"), "{}", path.display());
            }
        }
    }
    assert!(files > 0, "the store is there");
}

#[test]
fn the_environment_wins_and_is_never_written() {
    let (app, _home) = app(&[("SHOP_EU", "from-env")]);
    let account = added(&app, "shop-eu", Some("from-env"));
    assert_eq!(variable(&account.label), "APPCTL_TOKEN_SHOP_EU");
    assert_eq!(known(&app, &account).as_deref(), Some("from-env"));
    assert!(app.vault.get(&place::key(&app, &account)).unwrap().is_none());
}

#[test]
fn a_missing_secret_asks_for_a_sign_in_where_one_is_needed() {
    let (app, _home) = app(&[]);
    let error = secret(&app, &added(&app, "crm", None)).unwrap_err();
    assert_eq!(error.kind, Kind::SignIn);
    assert_eq!(error.message, "account `crm` has no service key here");
    assert!(error.hint.unwrap().contains("APPCTL_TOKEN_CRM"));
    let account = prepare(&app, new("shop", "postgres")).unwrap();
    add(&app, &account, None).unwrap();
    assert!(secret(&app, &account).unwrap().is_none(), "Postgres may need no password");
}

#[tokio::test]
async fn a_new_secret_of_somebody_else_is_refused_unless_asked_for() {
    let (app, _home) = app(&[]);
    let account = added(&app, "crm", Some("old"));
    let renewed = replace_secret(&app, &account, &Secret::new("new"), &identity("1"), Switch::Refuse).await.unwrap();
    assert_eq!(known(&app, &renewed).as_deref(), Some("new"));
    let error =
        replace_secret(&app, &account, &Secret::new("theirs"), &identity("2"), Switch::Refuse).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert_eq!(error.message, "the new secret belongs to `Portal 2`, account `crm` is `Portal 1`");
    assert_eq!(known(&app, &account).as_deref(), Some("new"));
    let switched = replace_secret(&app, &account, &Secret::new("theirs"), &identity("2"), Switch::Allow).await.unwrap();
    assert_eq!(find(&app, &label("crm")).unwrap(), switched);
    assert_eq!((switched.identity.id.as_str(), known(&app, &switched).as_deref()), ("2", Some("theirs")));
}
