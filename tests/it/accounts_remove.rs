//! Taking accounts away: at the provider, here, and what is said about both (F47); renaming and sharing.

use std::time::Duration;

use appctl::accounts::{self, ConnectRequest, Health, Method, Remote, Sharing};
use appctl::base::{Clock, ConnectionName, Kind, Secret};
use appctl::connections::{self, Connection, Uses};

use crate::support::accounts::{Desk, label};

async fn faulty(desk: &Desk, faults: &str) {
    let mut control = crate::support::sandbox::Control::of(&desk.sandbox);
    control.post("/control/faults", serde_json::json!({ "plan": faults })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_revokes_at_every_vendor_that_can_be_told() {
    for provider in ["custom", "github", "google", "hubspot", "notion", "salesforce", "slack", "airtable"] {
        let desk = Desk::new().await;
        let account = desk.connected(provider, "one").await;
        let removed = connections::remove_account(&desk.app, &label("one"), Uses::Refuse).await.unwrap();
        assert!(removed.local && removed.problem.is_none(), "{provider}");
        let families = desk.sandbox.oauth().counts(server(provider)).unwrap().families;
        match removed.remote {
            Remote::Revoked => assert_eq!(families, 0, "{provider}: it says that the tokens are dead"),
            Remote::Unsupported => {
                assert_eq!(families, 1, "{provider}");
                assert_eq!(provider, "airtable", "{provider} has a way to be told");
            }
            Remote::Failed(error) => panic!("{provider}: {error:?}"),
        }
        assert!(desk.app.vault.get(&format!("default/{provider}/{}", account.id)).unwrap().is_none(), "{provider}");
        assert!(accounts::list(&desk.app).unwrap().is_empty() && desk.app.store.all_turns().unwrap().is_empty());
    }
}

fn server(provider: &str) -> &str {
    if provider == "custom" { "oidc" } else { provider }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_provider_answers_the_account_is_gone_here_and_the_truth_is_told() {
    for (fault, revoked) in
        [("", true), ("503@revoke", false), ("400@revoke", false), ("cut@revoke", true), ("html@revoke", true)]
    {
        let desk = Desk::new().await;
        desk.connected("custom", "one").await;
        if !fault.is_empty() {
            faulty(&desk, fault).await;
        }
        let removed = accounts::remove(&desk.app, &label("one"), |_| Ok(())).await.unwrap();
        assert!(removed.local, "{fault}");
        assert_eq!(matches!(removed.remote, Remote::Revoked), revoked, "{fault}: {:?}", removed.remote);
        let lives = desk.sandbox.oauth().counts("oidc").unwrap().families == 1;
        assert!(!revoked || !lives, "{fault}: what is said to be revoked is");
        if let Remote::Failed(error) = &removed.remote {
            assert!(!error.message.is_empty());
        }
        assert!(accounts::list(&desk.app).unwrap().is_empty(), "{fault}");
    }
    // A token that the provider never heard of is as good as revoked (RFC 7009 section 2.2).
    let desk = Desk::new().await;
    desk.connected("custom", "one").await;
    desk.sandbox.oauth().revoke("oidc", "").unwrap();
    let removed = accounts::remove(&desk.app, &label("one"), |_| Ok(())).await.unwrap();
    assert!(matches!(removed.remote, Remote::Revoked), "{:?}", removed.remote);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_forgotten_here_and_only_its_maker_can_take_it_back() {
    let desk = Desk::new().await;
    let request =
        ConnectRequest { secret: Some(desk.sandbox.token()), method: None, client: None, ..desk.request("hubspot") };
    let account = desk.connect(request).await.unwrap().account;
    let removed = accounts::remove(&desk.app, &account.label, |_| Ok(())).await.unwrap();
    assert!(removed.local && matches!(removed.remote, Remote::Unsupported));
    assert!(removed.console.starts_with("https://"));
}

fn connection(name: &str, account: &str) -> Connection {
    Connection {
        name: ConnectionName::parse(name).unwrap(),
        source: "hubspot".to_owned(),
        account: label(account),
        settings: std::collections::BTreeMap::new(),
        objects: Vec::new(),
        schedule: None,
        paused: false,
        created: Clock::system().now(),
    }
}

fn put(desk: &Desk, connection: &Connection) {
    let body = serde_json::to_value(connection).unwrap();
    let name = connection.name.as_str();
    desk.app.store.change(&desk.app.person(), "x", |change| change.put_document("connection", name, &body)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_in_use_is_not_removed_unless_its_connections_are_paused() {
    let desk = Desk::new().await;
    desk.connected("hubspot", "portal").await;
    put(&desk, &connection("crm", "portal"));
    put(&desk, &connection("crm2", "portal"));
    let error = connections::remove_account(&desk.app, &label("portal"), Uses::Refuse).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert_eq!(error.message, "account `portal` is used by connections `crm`, `crm2`");
    accounts::test(&desk.app, &label("portal")).await.unwrap();
    assert_eq!(connections::uses(&desk.app, &label("portal")).unwrap().len(), 2);
    connections::remove_account(&desk.app, &label("portal"), Uses::AlsoPause).await.unwrap();
    for status in connections::status(&desk.app).unwrap() {
        assert_eq!(status.status, connections::Health::NeedsReauth);
        assert!(status.last_error.unwrap().message.contains("`portal` is not there"));
        assert_eq!(status.fix.unwrap(), "appctl integrations connect hubspot --label portal");
    }
    let found = connections::list(&desk.app).unwrap();
    assert!(found.iter().all(|connection| connection.paused));
    // Somebody signs in again under that label, and it goes on.
    desk.connected("hubspot", "portal").await;
    assert!(
        connections::status(&desk.app).unwrap().iter().all(|status| status.status != connections::Health::NeedsReauth)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_uses_somebody_elses_private_account_says_so_and_no_more() {
    let mut desk = Desk::new().await;
    desk.connected("hubspot", "secretlabel").await;
    put(&desk, &connection("crm", "secretlabel"));
    desk.app.config.user = "bob".to_owned();
    let status = connections::status(&desk.app).unwrap().remove(0);
    assert_eq!(status.status, connections::Health::NeedsReauth);
    let shown = serde_json::to_string(&status).unwrap();
    assert!(!shown.contains("secretlabel") && shown.contains("private account of somebody else"), "{shown}");
    let error = connections::test(&desk.app, &ConnectionName::parse("crm").unwrap()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Denied);
    assert!(!error.message.contains("secretlabel"));
    let request = connections::ReauthRequest {
        connection: ConnectionName::parse("crm").unwrap(),
        secret: Some(Secret::new("x")),
        switch: accounts::Switch::Refuse,
    };
    assert_eq!(connections::reauth(&desk.app, &request).await.unwrap_err().kind, Kind::Denied);
    let every = connections::list(&desk.app).unwrap().remove(0);
    assert!(!connections::is_due(&desk.app, &every, Duration::ZERO).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_account_goes_on_with_its_connections_and_tokens() {
    let desk = Desk::new().await;
    desk.connected("hubspot", "portal").await;
    desk.connected("google", "home").await;
    put(&desk, &connection("crm", "portal"));
    let error = connections::rename_account(&desk.app, &label("portal"), &label("home")).unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    connections::rename_account(&desk.app, &label("portal"), &label("sales")).unwrap();
    assert_eq!(connections::list(&desk.app).unwrap()[0].account, label("sales"));
    assert_eq!(accounts::find(&desk.app, &label("portal")).unwrap_err().kind, Kind::NotFound);
    desk.sandbox.oauth().expire_access("hubspot").unwrap();
    accounts::test(&desk.app, &label("sales")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sharing_moves_the_secret_and_a_team_vault_that_fails_moves_nothing() {
    let mut desk = Desk::new().await;
    let account = desk.connected("google", "home").await;
    let (id, key) = (account.id.clone(), format!("default/google/{}", account.id));
    let folder = tempfile::tempdir().unwrap();
    let team = desk.app.team.clone();
    desk.app.team = appctl::app::Vault::file(folder.path().join("v"), folder.path().join("none"));
    accounts::share(&desk.app, &label("home")).await.unwrap_err();
    assert_eq!(accounts::find(&desk.app, &label("home")).unwrap().sharing, Sharing::Private);
    accounts::test(&desk.app, &label("home")).await.unwrap();
    desk.app.team = team;
    assert!(accounts::what_sharing_means(&account).contains("ada@example.com"));
    let shared = accounts::share(&desk.app, &label("home")).await.unwrap();
    assert_eq!((shared.sharing, &shared.id), (Sharing::Team, &id));
    assert!(desk.app.vault.get(&key).unwrap().is_none() && desk.app.team.get(&key).unwrap().is_some());
    assert_eq!(accounts::share(&desk.app, &label("home")).await.unwrap_err().kind, Kind::Conflict);
    desk.sandbox.oauth().expire_access("google").unwrap();
    accounts::test(&desk.app, &label("home")).await.unwrap();
    assert_eq!(accounts::health(&desk.app, &shared).unwrap(), Health::Good);
    assert_eq!(shared.method, Method::Code);
}
