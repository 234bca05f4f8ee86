//! Accounts whose sign-in comes back to an https page of the person's own: every vendor, a Slack bot, Stripe's live keys.

use appctl::accounts::{self, Client, ConnectRequest, Event, Method};
use appctl::base::{Kind, Secret};
use appctl::sandbox::{Decision, Registration};

use crate::support::accounts::{Ada, Desk, label};

const PAGE: &str = "https://acme.example/callback";

/// A client at this vendor that may come back to the page and nowhere else.
fn client(desk: &Desk, provider: &str, secret: &str) -> Client {
    let registration = Registration {
        id: "own-page".to_owned(),
        secret: Some(secret.to_owned()),
        redirects: vec![PAGE.to_owned()],
        ..Registration::default()
    };
    let realm = if provider == "custom" { "oidc" } else { provider };
    desk.sandbox.oauth().register(realm, registration).unwrap();
    Client { id: "own-page".to_owned(), secret: Some(Secret::new(secret)) }
}

fn request(desk: &Desk, provider: &str, settings: &[(&str, &str)]) -> ConnectRequest {
    let client = Some(client(desk, provider, "hush"));
    let limit = std::time::Duration::from_secs(20);
    let mut request = ConnectRequest { client, limit, ..desk.request(provider) };
    request.settings.insert("redirect_url".to_owned(), PAGE.to_owned());
    request.settings.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    request
}

fn parameter(ada: &Ada, name: &str) -> Option<String> {
    let url = ada.browsed.last().unwrap();
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_comes_back_to_the_page_and_so_does_the_next_sign_in() {
    for provider in ["airtable", "custom", "github", "google", "hubspot", "notion", "salesforce", "slack", "stripe"] {
        for elsewhere in [false, true] {
            let desk = Desk::new().await;
            let mut ada = Ada { elsewhere, ..Ada::default() };
            ada.pastes = [
                "what?".to_owned(),
                "http://127.0.0.1:1/callback?code=a&state=b".to_owned(),
                format!("{PAGE}?code=a&state=b"),
            ]
            .into();
            let connected = accounts::connect(&desk.app, request(&desk, provider, &[]), &mut ada).await;
            let connected = connected.unwrap_or_else(|error| panic!("{provider}: {error:?} {:?}", ada.events));
            let wrong = ada.events.iter().filter(|event| matches!(event, Event::NotIt { .. })).count();
            assert_eq!((connected.account.method, wrong), (Method::Code, 3), "{provider}: {:?}", ada.events);
            assert_eq!(parameter(&ada, "redirect_uri").as_deref(), Some(PAGE), "{provider}");
            assert!(ada.codes.is_empty(), "{provider}: who has a page wants no device code");
            assert!(!ada.events.iter().any(|event| matches!(event, Event::Waiting { .. })), "{provider}");
            assert!(ada.events.contains(&Event::Landing { at: PAGE.to_owned() }), "{provider}");
            let label = connected.account.label;
            accounts::test(&desk.app, &label).await.unwrap();

            let mut ada = Ada::default();
            let again = ConnectRequest { port: Some(0), ..ConnectRequest::of(provider) };
            let again = accounts::reauth(&desk.app, &label, again, &mut ada).await;
            assert!(again.unwrap_or_else(|error| panic!("{provider}: {error:?}")).updated, "{provider}");
            assert_eq!(parameter(&ada, "redirect_uri").as_deref(), Some(PAGE), "{provider}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slack_bot_signs_in_and_is_renewed() {
    let desk = Desk::new().await;
    let mut ada = Ada::default();
    let bot = ConnectRequest { label: Some(label("bot")), ..request(&desk, "slack", &[("as", "bot")]) };
    let connected = accounts::connect(&desk.app, bot, &mut ada).await.unwrap();
    assert_eq!(parameter(&ada, "scope").as_deref(), Some("channels:read,channels:history,users:read,chat:write"));
    assert_eq!((parameter(&ada, "user_scope"), parameter(&ada, "code_challenge")), (None, None));
    assert_eq!(connected.missing_scopes, Vec::<String>::new());
    assert!(connected.account.identity.name.starts_with("sandbox in "), "{:?}", connected.account.identity);
    // Its tokens end after twelve hours like a person's, and the answer to a refresh has them in the same place.
    desk.sandbox.oauth().expire_access("slack").unwrap();
    accounts::test(&desk.app, &label("bot")).await.unwrap();
    assert_eq!(desk.posts("slack", "refresh"), 1);

    // The person who installed it is somebody else, whose scopes are not asked for the bot.
    let person = ConnectRequest {
        label: Some(label("ada")),
        scopes: vec!["search:read".to_owned()],
        ..request(&desk, "slack", &[])
    };
    let mut ada = Ada::default();
    let person = accounts::connect(&desk.app, person, &mut ada).await.unwrap();
    assert_ne!(person.account.identity.id, connected.account.identity.id);
    assert!(parameter(&ada, "user_scope").unwrap().ends_with(",search:read"));
    let mut ada = Ada::default();
    let other = ConnectRequest { label: None, ..request(&desk, "slack", &[("as", "bot")]) };
    accounts::set_default(&desk.app, &label("ada")).unwrap();
    assert!(accounts::connect(&desk.app, other, &mut ada).await.unwrap().updated);
    assert!(!parameter(&ada, "scope").unwrap().contains("search:read"));
    accounts::remove(&desk.app, &label("bot"), |_| Ok(())).await.unwrap();
    accounts::test(&desk.app, &label("ada")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_anywhere_who_could_not_come_back() {
    let desk = Desk::new().await;
    let without = |request: ConnectRequest| {
        let mut request = request;
        request.settings.remove("redirect_url");
        request
    };
    let live = |request| ConnectRequest { client: Some(client(&desk, "stripe", "sk_live_hush")), ..request };
    let port = |request| ConnectRequest { port: Some(4000), ..request };
    for (request, told) in [
        (without(request(&desk, "slack", &[("as", "bot")])), "Slack sends nobody back to this machine for a bot"),
        (without(live(request(&desk, "stripe", &[]))), "Stripe sends nobody back to this machine for live keys"),
        (port(request(&desk, "google", &[])), "`--port` and `redirect_url` exclude each other"),
        (request(&desk, "slack", &[("as", "robot")]), "`as` cannot be `robot`"),
    ] {
        let mut ada = Ada::default();
        let error = accounts::connect(&desk.app, request, &mut ada).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, told));
        assert!(error.hint.is_some() && ada.browsed.is_empty(), "{told}");
    }
    let mut nobody = Ada { cannot_paste: true, ..Ada::default() };
    let error = accounts::connect(&desk.app, request(&desk, "google", &[]), &mut nobody).await.unwrap_err();
    assert!(error.kind == Kind::Usage && nobody.browsed.is_empty(), "{error:?}");
    assert!(accounts::list(&desk.app).unwrap().is_empty());
    let live = live(request(&desk, "stripe", &[]));
    accounts::connect(&desk.app, live, &mut Ada::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_and_a_wait_that_is_too_long_keep_nothing() {
    let desk = Desk::new().await;
    desk.decides("notion", Decision::Deny);
    let error = accounts::connect(&desk.app, request(&desk, "notion", &[]), &mut Ada::default()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Denied, "{error:?}");
    desk.decides("notion", Decision::Approve);
    let hurried = ConnectRequest { limit: std::time::Duration::from_millis(200), ..request(&desk, "notion", &[]) };
    let mut silent = Ada { never_pastes: true, ..Ada::default() };
    let error = accounts::connect(&desk.app, hurried, &mut silent).await.unwrap_err();
    assert!(error.message.starts_with("nobody signed in within"), "{error:?}");
    assert!(accounts::list(&desk.app).unwrap().is_empty());
}
