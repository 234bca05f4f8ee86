//! Signing in: every way, every vendor of the sandbox, and what becomes of the account.

use std::time::Duration;

use appctl::accounts::{
    self, Client, ConnectRequest, Event, Health, Method, Settled, Sharing, Switch, clients, health, pick,
};
use appctl::base::{Kind, Secret};
use appctl::sandbox::{Decision, Person as Scripted, Quirk};

use crate::support::accounts::{Ada, Desk, label};

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_is_signed_in_to_in_a_browser_and_tested() {
    for provider in ["airtable", "custom", "github", "google", "hubspot", "notion", "salesforce", "slack", "stripe"] {
        let desk = Desk::new().await;
        let mut ada = Ada::default();
        let request = desk.request(provider);
        let connected = accounts::connect(&desk.app, request, &mut ada).await;
        let connected = connected.unwrap_or_else(|error| panic!("{provider}: {error:?} {:?}", ada.events));
        let account = &connected.account;
        assert!(!account.identity.id.is_empty() && !account.identity.name.is_empty(), "{provider}: {account:?}");
        assert_eq!(account.method, Method::Code, "{provider}");
        assert!(connected.default && !connected.updated, "{provider}");
        assert_eq!(connected.missing_scopes, Vec::<String>::new(), "{provider}");
        assert!(matches!(ada.events[0], Event::VaultReady { .. }), "{provider}: the vault comes first");
        let tested = accounts::test(&desk.app, &account.label).await;
        let tested = tested.unwrap_or_else(|error| panic!("{provider}: {error:?}"));
        assert_eq!(tested.identity, account.identity.name, "{provider}");
        assert_eq!(health(&desk.app, account).unwrap(), Health::Good, "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_checked_with_the_provider_before_it_is_kept() {
    let desk = Desk::new().await;
    let request =
        |key: Secret| ConnectRequest { secret: Some(key), client: None, method: None, ..desk.request("hubspot") };
    let error = desk.connect(request(Secret::new("pat-wrong"))).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn, "{error:?}");
    assert!(accounts::list(&desk.app).unwrap().is_empty());
    let connected = desk.connect(request(desk.sandbox.token())).await.unwrap();
    assert_eq!(connected.account.method, Method::Token);
    assert!(accounts::secret(&desk.app, &connected.account).unwrap().is_some());
    accounts::test(&desk.app, &connected.account.label).await.unwrap();
    let nothing = ConnectRequest { secret: None, method: Some(Method::Token), ..desk.request("github") };
    let error = desk.connect(nothing).await.unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.hint.unwrap().contains("--token-stdin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_address_is_pasted_and_wrong_ones_do_no_harm() {
    let desk = Desk::new().await;
    let mut ada = Ada { elsewhere: true, ..Ada::default() };
    ada.pastes = ["what?".to_owned(), "http://127.0.0.1:1/callback?code=a&state=b".to_owned()].into();
    let connected = accounts::connect(&desk.app, desk.request("notion"), &mut ada).await.unwrap();
    assert_eq!(connected.account.method, Method::Code);
    let wrong = ada.events.iter().filter(|event| matches!(event, Event::NotIt { .. })).count();
    assert_eq!(wrong, 2, "{:?}", ada.events);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_a_device_code_is_used_where_the_vendor_has_them() {
    let desk = Desk::new().await;
    desk.sandbox.oauth().change_rules("github", |rules| rules.interval = 1).unwrap();
    let mut ada = Ada { elsewhere: true, ..Ada::default() };
    let connected = accounts::connect(&desk.app, desk.request("github"), &mut ada).await.unwrap();
    assert_eq!((connected.account.method, ada.codes.len()), (Method::Device, 1));
    let again = ConnectRequest { method: Some(Method::Device), label: None, ..desk.request("github") };
    assert!(accounts::connect(&desk.app, again, &mut Ada::default()).await.unwrap().updated);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_sign_in_without_a_person() {
    let desk = Desk::new().await;
    let mut account = desk.sandbox.oauth().service_account();
    // In Google's own files it is Google's address, endpoint or not.
    account["token_uri"] = serde_json::json!("https://oauth2.googleapis.com/token");
    let request = ConnectRequest {
        method: Some(Method::ServiceAccount),
        secret: Some(Secret::new(account.to_string())),
        client: None,
        scopes: vec!["https://www.googleapis.com/auth/drive.readonly".to_owned()],
        ..desk.request("google")
    };
    let mut nobody = Ada::default();
    let connected = accounts::connect(&desk.app, request, &mut nobody).await.unwrap();
    assert!(nobody.browsed.is_empty() && nobody.codes.is_empty());
    // Its token ends and another one is asked for with the same key.
    desk.sandbox.oauth().expire_access("google").unwrap();
    accounts::test(&desk.app, &connected.account.label).await.unwrap();
    assert_eq!(desk.posts("google", "jwt_bearer"), 2);
    assert_eq!(desk.sandbox.oauth().counts("google").unwrap().authorizations, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_cannot_keep_a_secret_stops_before_anybody_is_asked() {
    let mut desk = Desk::new().await;
    let folder = tempfile::tempdir().unwrap();
    desk.app.vault = appctl::app::Vault::file(folder.path().join("vault"), folder.path().join("no-key"));
    let mut ada = Ada::default();
    let error = accounts::connect(&desk.app, desk.request("google"), &mut ada).await.unwrap_err();
    assert!(ada.browsed.is_empty(), "{error:?}");
    assert_eq!(desk.sandbox.oauth().counts("").unwrap().authorizations, 0);
    assert!(accounts::list(&desk.app).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_asked_for_once_and_kept() {
    let desk = Desk::new().await;
    let without = ConnectRequest { client: None, ..desk.request("google") };
    let error = desk.connect(without.clone()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.hint.unwrap().contains("--client-id"));
    let wrong = Client { id: desk.sandbox.oauth().client().0, secret: Some(Secret::new("wrong")) };
    let error = desk.connect(ConnectRequest { client: Some(wrong), ..desk.request("google") }).await.unwrap_err();
    assert_eq!(error.kind, Kind::Failed, "{error:?}");
    let provider = accounts::provider("google").unwrap();
    let site = accounts::Site { endpoint: without.endpoint.clone(), ..accounts::Site::default() };
    assert!(clients::find(&desk.app, provider, &site, Sharing::Private).unwrap().is_none(), "a wrong one is not kept");
    let account = desk.connected("google", "home").await;
    let kept = clients::find(&desk.app, provider, &site, Sharing::Private).unwrap().unwrap();
    assert_eq!(Some(&kept.id), account.client.as_ref());
    desk.browser_of("google", "bob@example.org");
    let second = desk.connect(ConnectRequest { label: Some(label("work")), ..without.clone() }).await.unwrap();
    assert!(!second.updated);
    // The team gets a copy of one's own.
    desk.browser_of("google", "carol@example.net");
    let team = ConnectRequest { sharing: Some(Sharing::Team), label: Some(label("ops")), ..without };
    let team = desk.connect(team).await.unwrap().account;
    accounts::test(&desk.app, &team.label).await.unwrap();
    desk.sandbox.oauth().expire_access("google").unwrap();
    accounts::test(&desk.app, &team.label).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_identity_twice_is_one_account() {
    let desk = Desk::new().await;
    let first = desk.connect(desk.request("slack")).await.unwrap().account;
    let again = desk.connect(ConnectRequest { label: Some(label("other")), ..desk.request("slack") }).await.unwrap();
    assert!(again.updated);
    assert_eq!((again.account.id.as_str(), &again.account.label), (first.id.as_str(), &first.label));
    assert_eq!(accounts::list(&desk.app).unwrap().len(), 1);
    let team = ConnectRequest { sharing: Some(Sharing::Team), ..desk.request("slack") };
    let error = desk.connect(team).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.hint.unwrap().contains("share"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_identity_under_a_label_is_refused_unless_asked_for() {
    let desk = Desk::new().await;
    let first = desk.connected("google", "home").await;
    desk.browser_of("google", "bob@example.org");
    let request = ConnectRequest { label: Some(label("home")), ..desk.request("google") };
    let error = desk.connect(request.clone()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.message.contains("bob@example.org") && error.message.contains("ada@example.com"), "{error:?}");
    assert_eq!(accounts::find(&desk.app, &label("home")).unwrap(), first);
    accounts::test(&desk.app, &label("home")).await.unwrap();
    let again = accounts::reauth(&desk.app, &label("home"), ConnectRequest::of("google"), &mut Ada::default()).await;
    assert_eq!(again.unwrap_err().kind, Kind::Conflict);
    let switched = desk.connect(ConnectRequest { switch: Switch::Allow, ..request }).await.unwrap();
    assert_eq!(switched.account.identity.name, "bob@example.org");
    assert_ne!(switched.account.id, first.id, "its tokens have a place of their own");
    let taken = ConnectRequest { label: Some(label("home")), ..desk.request("github") };
    assert_eq!(desk.connect(taken).await.unwrap_err().kind, Kind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_scope_is_one_consent_for_the_union_and_a_refused_one_is_no_loop() {
    let desk = Desk::new().await;
    let drive = "https://www.googleapis.com/auth/drive.readonly".to_owned();
    let mail = "https://www.googleapis.com/auth/gmail.readonly".to_owned();
    let with = |scopes: &[&String]| ConnectRequest {
        label: Some(label("home")),
        scopes: scopes.iter().map(|scope| (*scope).clone()).collect(),
        only_scopes: true,
        ..desk.request("google")
    };
    let first = desk.connect(with(&[&drive])).await.unwrap();
    assert!(first.account.scopes.contains(&drive) && first.missing_scopes.is_empty());
    let consents = || desk.sandbox.oauth().counts("google").unwrap().authorizations;
    assert_eq!(consents(), 1);
    let second = desk.connect(with(&[&mail])).await.unwrap();
    assert!(second.updated && second.account.scopes.contains(&drive) && second.account.scopes.contains(&mail));
    assert_eq!(consents(), 2);
    // The person unticks one: it is shown, and not asked for again by itself.
    desk.decides("google", Decision::Drop(vec![mail.clone()]));
    let mut ada = Ada::default();
    let third = accounts::connect(&desk.app, with(&[]), &mut ada).await.unwrap();
    assert_eq!(third.missing_scopes, std::slice::from_ref(&mail));
    assert_eq!(third.account.refused, std::slice::from_ref(&mail));
    assert!(ada.events.iter().any(|event| matches!(event, Event::Scopes { granted, .. } if !granted.contains(&mail))));
    desk.decides("google", Decision::Approve);
    let fourth = desk.connect(with(&[])).await.unwrap();
    assert!(!fourth.account.scopes.contains(&mail), "nobody named it");
    let fifth = desk.connect(with(&[&mail])).await.unwrap();
    assert!(fifth.account.scopes.contains(&mail) && fifth.account.refused.is_empty());
    assert_eq!(consents(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_no_or_leaves_keeps_nothing() {
    let desk = Desk::new().await;
    for (decision, kind) in [
        (Decision::Deny, Kind::Denied),
        (Decision::Fail("temporarily_unavailable".to_owned()), Kind::Remote),
        (Decision::Fail("invalid_scope".to_owned()), Kind::Failed),
    ] {
        desk.decides("google", decision.clone());
        let error = desk.connect(desk.request("google")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{decision:?}: {error:?}");
    }
    desk.decides("google", Decision::Close);
    let request = ConnectRequest { limit: Duration::from_millis(300), ..desk.request("google") };
    let error = desk.connect(request).await.unwrap_err();
    assert!(error.message.contains("nobody"), "{error:?}");
    // Ctrl-C while the browser is open.
    let request = desk.request("google");
    let interrupt = request.interrupt.clone();
    let wish = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        interrupt.set();
        std::future::pending::<()>().await
    };
    let begun = std::time::Instant::now();
    let error = tokio::select! {
        ended = desk.connect(request) => ended.unwrap_err(),
        () = wish => unreachable!("it waits for ever"),
    };
    assert_eq!(error.kind, Kind::Interrupted);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(accounts::list(&desk.app).unwrap().is_empty());
    assert!(desk.app.store.all_turns().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_at_the_last_question_gives_the_fresh_tokens_back() {
    let desk = Desk::new().await;
    let mut ada = Ada { refuses_to_settle: true, ..Ada::default() };
    let request = ConnectRequest { sharing: None, ..desk.request("google") };
    let error = accounts::connect(&desk.app, request, &mut ada).await.unwrap_err();
    assert_eq!(error.kind, Kind::Interrupted);
    assert!(accounts::list(&desk.app).unwrap().is_empty());
    let counts = desk.sandbox.oauth().counts("google").unwrap();
    assert_eq!((counts.approvals, counts.families), (1, 0), "the consent is over: {counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_nobody_tells_keeps_nothing() {
    let desk = Desk::new().await;
    desk.sandbox.oauth().order("google", &Quirk::error("identity", "server_error", 20)).unwrap();
    let error = desk.connect(desk.request("google")).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Remote | Kind::Failed | Kind::Denied | Kind::SignIn), "{error:?}");
    assert!(accounts::list(&desk.app).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_google_accounts_one_of_them_the_teams() {
    let mut desk = Desk::new().await;
    let home = desk.connected("google", "home").await;
    desk.browser_of("google", "ops@example.org");
    let mut ada = Ada { settles: Some(Settled { label: label("ops"), sharing: Sharing::Team }), ..Ada::default() };
    let request = ConnectRequest { sharing: None, ..desk.request("google") };
    let ops = accounts::connect(&desk.app, request, &mut ada).await.unwrap();
    assert!(!ops.updated && !ops.default);
    assert_eq!(ops.account.sharing, Sharing::Team);
    // Nobody guesses.
    let error = pick(&desk.app, "google", None).unwrap_err();
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.message.contains("`home`") && error.message.contains("`ops`"), "{error:?}");
    for (name, email) in [("home", "ada@example.com"), ("ops", "ops@example.org")] {
        let account = pick(&desk.app, "google", Some(&label(name))).unwrap();
        let tested = accounts::test(&desk.app, &account.label).await.unwrap();
        assert_eq!(tested.identity, email);
    }
    accounts::set_default(&desk.app, &label("home")).unwrap();
    assert_eq!(pick(&desk.app, "google", None).unwrap().label, label("home"));
    // Somebody else sees the team's alone, whatever ada made her default.
    desk.app.config.user = "bob".to_owned();
    assert_eq!(pick(&desk.app, "google", None).unwrap().label, label("ops"));
    let labels: Vec<_> = accounts::list(&desk.app).unwrap().into_iter().map(|account| account.label).collect();
    assert_eq!(labels, [label("ops")]);
    let error = accounts::find(&desk.app, &label("home")).unwrap_err();
    assert_eq!(error.message, "no account is labelled `home`");
    assert_eq!(accounts::auth(&desk.app, &home).unwrap_err().kind, Kind::Denied);
    assert_eq!(accounts::secret(&desk.app, &home).unwrap_err().kind, Kind::Denied);
    assert_eq!(
        accounts::rename(&desk.app, &label("home"), &label("mine"), |_| Ok(())).unwrap_err().kind,
        Kind::NotFound
    );
    assert_eq!(accounts::share(&desk.app, &label("home")).await.unwrap_err().kind, Kind::NotFound);
    let removed = accounts::remove(&desk.app, &label("home"), |_| Ok(())).await;
    assert_eq!(removed.unwrap_err().kind, Kind::NotFound);
    // What ada shares, bob sees.
    desk.app.config.user = "somebody".to_owned();
    accounts::share(&desk.app, &label("home")).await.unwrap();
    desk.app.config.user = "bob".to_owned();
    accounts::test(&desk.app, &label("home")).await.unwrap();
    desk.sandbox.oauth().expire_access("google").unwrap();
    accounts::test(&desk.app, &label("home")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_goes_before_the_vault_and_is_not_written() {
    let mut desk = Desk::new().await;
    let account = desk.connected("google", "home").await;
    let token = desk.sandbox.oauth().mint("google", "ada@example.com", &["openid", "email"]).unwrap().access;
    desk.app.config.tokens.insert("HOME".to_owned(), token.clone());
    desk.sandbox.oauth().reset_counts("google").unwrap();
    accounts::test(&desk.app, &account.label).await.unwrap();
    desk.sandbox.oauth().expire_access("google").unwrap();
    let error = accounts::test(&desk.app, &account.label).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn);
    assert_eq!(desk.posts("google", "refresh"), 0, "the environment's token is not ours to renew");
    let key = format!("default/google/{}", account.id);
    assert!(!desk.app.vault.get(&key).unwrap().unwrap().expose().contains(token.expose()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_nobody_decides_about_can_be_left() {
    let desk = Desk::new().await;
    desk.script("github", Scripted { device_after: None, ..Scripted::default() });
    let request = ConnectRequest { method: Some(Method::Device), ..desk.request("github") };
    let interrupt = request.interrupt.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        interrupt.set();
    });
    assert_eq!(desk.connect(request).await.unwrap_err().kind, Kind::Interrupted);
    assert!(accounts::list(&desk.app).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_that_nobody_chose_is_short_enough_to_type() {
    let desk = Desk::new().await;
    for (provider, expected) in [("hubspot", "hubspot"), ("google", "ada"), ("airtable", "ada-airtable")] {
        let connected = desk.connect(desk.request(provider)).await.unwrap();
        assert_eq!(connected.account.label, label(expected));
    }
}
