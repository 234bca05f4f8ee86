//! Custom APIs: each is a product of its own, by the name that it was given.

use appctl::accounts::{self, ConnectRequest, Sharing};
use appctl::base::Kind;
use snapbox::{assert_data_eq, str};

use crate::support::accounts::{Ada, Desk, app_of, label, request};
use crate::support::home::Home;
use crate::support::sandbox::sandbox;

/// What connecting a custom API of this name takes.
fn named(sandbox: &appctl::sandbox::Sandbox, name: &str, account: &str) -> ConnectRequest {
    let mut request = ConnectRequest { label: Some(label(account)), ..request(sandbox, "custom") };
    request.settings.insert("name".to_owned(), name.to_owned());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn two_custom_apis_have_nothing_in_common() {
    let (desk, other) = (Desk::new().await, Desk::new().await);
    let mut acme = named(&desk.sandbox, "acme", "one");
    acme.settings.insert("scopes".to_owned(), "openid email offline_access profile".to_owned());
    desk.connect(acme).await.unwrap();
    let mut ada = Ada::default();
    let beta = named(&other.sandbox, "beta", "two");
    accounts::connect(&desk.app, beta, &mut ada).await.unwrap();
    let asked = ada.browsed[0].query_pairs().find(|(name, _)| name == "scope").unwrap().1.into_owned();
    assert_eq!(asked, "openid email offline_access", "what one API grants is not asked of another");
    // Each is the only one of its product, and `custom` alone could be either.
    for (product, account) in [("acme", "one"), ("beta", "two")] {
        let picked = accounts::pick(&desk.app, product, None).unwrap();
        assert_eq!(picked.label, label(account));
        assert!(accounts::is_picked(&desk.app, &picked).unwrap());
    }
    assert_eq!(accounts::pick(&desk.app, "custom", None).unwrap_err().kind, Kind::Usage);
    let error = accounts::pick(&desk.app, "acme", Some(&label("two"))).unwrap_err();
    assert_eq!(error.message, "account `two` is one of `beta`, not of acme");
    // A default of one leaves the other's alone.
    accounts::set_default(&desk.app, &label("two")).unwrap();
    accounts::set_default(&desk.app, &label("one")).unwrap();
    assert!(accounts::find(&desk.app, &label("two")).unwrap().default);
    assert_eq!(accounts::pick(&desk.app, "gamma", None).unwrap_err().kind, Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_of_an_api_needs_its_name_alone() {
    let desk = Desk::new().await;
    let first = desk.connect(named(&desk.sandbox, "acme", "one")).await.unwrap().account;
    desk.browser_of("oidc", "ops@example.org");
    let request = ConnectRequest {
        label: Some(label("two")),
        sharing: Some(Sharing::Private),
        method: Some(accounts::Method::Code),
        ..ConnectRequest::of("acme")
    };
    let second = desk.connect(request).await.unwrap();
    assert!(!second.updated);
    assert_eq!(second.account.settings, first.settings);
    assert_eq!(second.account.identity.name, "ops@example.org");
    assert_eq!(accounts::pick(&desk.app, "acme", None).unwrap_err().kind, Kind::Usage, "it could be either");
    // One who is not given a label gets one that tells the product.
    let third = ConnectRequest { method: Some(accounts::Method::Code), ..ConnectRequest::of("acme") };
    desk.browser_of("oidc", "one@example.org");
    assert_eq!(desk.connect(third).await.unwrap().account.label, label("one-acme"));
    // Another API cannot be called the same.
    let other = Desk::new().await;
    let error = desk.connect(named(&other.sandbox, "acme", "three")).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.message.starts_with("`acme` is the API at http://127.0.0.1:"), "{error:?}");
    assert_eq!(error.hint.as_deref(), Some("call this one something else: `--name NAME`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_private_api_has_no_name_here() {
    let mut desk = Desk::new().await;
    desk.connect(named(&desk.sandbox, "acme", "one")).await.unwrap();
    desk.app.config.user = "bob".to_owned();
    let error = accounts::connect(&desk.app, ConnectRequest::of("acme"), &mut Ada::default()).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::NotFound, "no provider is called `acme`"));
    let mut own = named(&Desk::new().await.sandbox, "acme", "two");
    own.method = Some(accounts::Method::Token);
    own.secret = Some(appctl::base::Secret::new("key"));
    own.settings.remove("identity_url");
    let mine = accounts::connect(&desk.app, own, &mut Ada::default()).await.unwrap().account;
    assert_eq!(accounts::pick(&desk.app, "acme", None).unwrap(), mine);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_is_named_on_the_command_line_as_a_provider_is() {
    let (home, (sandbox, _)) = (Home::with_vault(), sandbox(0, "").await);
    let app = app_of(&home, "tester");
    accounts::connect(&app, named(&sandbox, "acme", "one"), &mut Ada::default()).await.unwrap();
    drop(app);
    let run = |arguments: &str| home.run(arguments).to_string();
    let listed = run("integrations accounts acme");
    assert!(listed.contains("acme      one    ada@example.com"), "{listed}");
    assert!(run("integrations accounts custom --json").contains(r#""provider":"acme","label":"one""#));
    assert_data_eq!(
        run("integrations accounts acme test one"),
        str![[r#"

[status 0]
[stderr]
account `one` works: ada@example.com at acme

"#]]
    );
    assert_data_eq!(
        run("integrations accounts acme default one"),
        str![[r#"

[status 0]
[stderr]
`one` is the default account of `acme` now

"#]]
    );
    assert_data_eq!(
        run("integrations accounts google test one"),
        str![[r#"

[status 3]
[stderr]
error: account `one` is one of `acme`, not of `google`
hint: see `appctl integrations accounts google`

"#]]
    );
    assert_data_eq!(
        run("integrations connect acmee"),
        str![[r#"

[status 3]
[stderr]
error: no provider is called `acmee`
hint: use one of airtable, github, google, hubspot, notion, postgres, salesforce, slack, stripe, custom

"#]]
    );
    let set = "--set base_url=https://acme.example --token-stdin";
    assert_data_eq!(
        home.run_with(Some("key"), &[], &format!("integrations connect custom --name Acme {set}")).to_string(),
        str![[r#"

[status 2]
[stderr]
error: an API cannot be called `Acme`
hint: name it with small letters, digits and hyphens, like `--name acme`

"#]]
    );
    assert_data_eq!(
        home.run_with(Some("key"), &[], &format!("integrations connect custom --name google {set}")).to_string(),
        str![[r#"

[status 2]
[stderr]
error: `google` is a provider of its own
hint: sign in with `appctl integrations connect google`, or give another `--name`

"#]]
    );
}

/// An API that nobody can ask anything, reached with a key.
async fn unchecked(desk: &Desk) -> ConnectRequest {
    let mut request = named(&desk.sandbox, "zeta", "key");
    request.settings.retain(|key, _| matches!(key.as_str(), "name" | "base_url"));
    request.method = Some(accounts::Method::Token);
    let token = desk.sandbox.oauth().mint("oidc", "ada@example.com", &["openid", "email"]).unwrap().access;
    ConnectRequest { client: None, secret: Some(token), ..request }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_was_asked_about_is_not_called_working() {
    let desk = Desk::new().await;
    let request = unchecked(&desk).await;
    let mut unnamed = request.clone();
    unnamed.label = None;
    assert_eq!(desk.connect(unnamed).await.unwrap().account.label, label("zeta"), "a host is no name of an account");
    let account = desk.connect(request.clone()).await.unwrap().account;
    assert_eq!(account.identity.id, "");
    let error = accounts::test(&desk.app, &account.label).await.unwrap_err();
    assert_eq!(error.message, "`zeta` has no address that shows whether account `key` works");
    // The key is replaced by another one though nobody says whose either is, and then by one that is known.
    desk.connect(request.clone()).await.unwrap();
    accounts::reauth(&desk.app, &label("key"), request.clone(), &mut Ada::default()).await.unwrap();
    let mut telling = request.clone();
    telling.settings.insert("identity_url".to_owned(), "/userinfo".to_owned());
    let told = desk.connect(telling.clone()).await.unwrap();
    assert!(told.updated);
    assert_eq!(accounts::test(&desk.app, &account.label).await.unwrap().identity, "ada@example.com");
    // From now on it is somebody, and nobody else takes the label.
    let other = desk.sandbox.oauth().mint("oidc", "eve@example.com", &["openid", "email"]).unwrap().access;
    let error = desk.connect(ConnectRequest { secret: Some(other), ..telling }).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
}
