//! Where a browser comes back to.

use appctl::base::{Kind, Secret};
use appctl::oauth::Server;
use appctl::providers::{ALL, Method, REDIRECT_URL, describe};

use super::{at, provider, settings, site};

const PAGE: &str = "redirect_url=https://acme.example/callback";

#[test]
fn every_provider_with_a_browser_takes_a_page_of_the_persons_own() {
    for provider in ALL {
        let known = provider.settings.iter().any(|setting| setting.key == REDIRECT_URL.key);
        assert_eq!(known, provider.methods.contains(&Method::Code), "{}", provider.id);
        if !known {
            continue;
        }
        let mut site = site(&[PAGE, "base_url=https://a.example", "authorize_url=https://a.example/a"]);
        site.settings.insert("token_url".to_owned(), "https://a.example/t".to_owned());
        let redirect = provider.server(&site).unwrap().redirect;
        assert_eq!(redirect.own.as_deref(), Some("https://acme.example/callback"), "{}", provider.id);
        // It is what is to be registered, whatever port was chosen for this machine.
        for port in [None, Some(4000)] {
            let text = provider.redirect_uri(&site, port);
            assert_eq!(text.as_deref(), Some("https://acme.example/callback"), "{}", provider.id);
        }
        let way = describe(provider, &site).methods.into_iter().find(|way| way.method == "oauth").unwrap();
        assert_eq!(way.redirect_uri.as_deref(), Some("https://acme.example/callback"), "{}", provider.id);
    }
}

#[test]
fn a_page_is_kept_as_it_was_written_and_wrong_ones_are_refused() {
    let google = provider("google");
    for right in ["https://acme.example", "https://ACME.example:443/A%2fb/", "https://acme.example:8443/x"] {
        let kept = google.settings(Method::Code, settings(&[&format!("redirect_url={right}")])).unwrap();
        assert_eq!(kept["redirect_url"], right);
    }
    for wrong in [
        "http://acme.example/",
        "http://localhost/callback",
        "http://127.0.0.1:17871/callback",
        "https://",
        "https://u@acme.example/",
        "https://u:p@acme.example/",
        "https://acme.example/#x",
        "https://acme.example/?x",
        "myapp://callback",
        "urn:ietf:wg:oauth:2.0:oob",
        "/callback",
        "acme.example/callback",
    ] {
        let error = google.settings(Method::Code, settings(&[&format!("redirect_url={wrong}")])).unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{wrong}");
        assert!(error.hint.is_some() && error.message.contains("`redirect_url`"), "{wrong}: {error}");
        assert!(!error.message.contains("u:p"), "{wrong}: {error}");
    }
}

#[test]
fn who_is_sent_nowhere_near_this_machine_needs_a_page() {
    let secret = |text: &str| Some(Secret::new(text));
    for (id, set, secret, abroad) in [
        ("slack", "as=bot", None, true),
        ("slack", "as=user", None, false),
        ("slack", "team=T1", secret("sk_live_1"), false),
        ("stripe", "", secret("sk_live_1"), true),
        ("stripe", "", secret("rk_live_1"), true),
        ("stripe", "", secret("sk_test_1"), false),
        ("stripe", "", None, false),
        ("google", "", secret("sk_live_1"), false),
        ("postgres", "", None, false),
    ] {
        let provider = provider(id);
        let set: Vec<&str> = [set].into_iter().filter(|set| !set.is_empty()).collect();
        let outcome = provider.check_landing(&settings(&set), secret.as_ref());
        assert_eq!(outcome.is_err(), abroad, "{id} {set:?}");
        if let Err(error) = outcome {
            assert!(error.kind == Kind::Usage && error.hint.unwrap().contains("--set redirect_url="), "{id}");
        }
        let with = settings(&[&set[..], &[PAGE]].concat());
        provider.check_landing(&with, secret.as_ref()).unwrap();
    }
    let needs = |set: &[&str]| {
        let ways = describe(provider("slack"), &site(set)).methods;
        ways.into_iter().find(|way| way.method == "oauth").unwrap().needs
    };
    assert_eq!((needs(&["as=bot"]), needs(&["as=bot", PAGE]), needs(&[])), (vec!["redirect_url"], vec![], vec![]));
}

#[test]
fn a_slack_bot_is_asked_for_and_found_where_slack_has_bots() {
    let server = |set: &[&str]| provider("slack").server(&at("https://slack.example", set)).unwrap();
    let place = |server: &Server| (server.scope_parameter.clone(), server.token_path.clone());
    assert_eq!(place(&server(&[])), ("user_scope".to_owned(), "/authed_user".to_owned()));
    assert_eq!(place(&server(&["as=user", PAGE])), ("user_scope".to_owned(), "/authed_user".to_owned()));
    assert_eq!(place(&server(&["as=bot", PAGE])), ("scope".to_owned(), String::new()));
    // To this machine an app comes back with a challenge alone; to a web page one that is no public client has none.
    assert!(server(&[]).challenge_beside_secret && !server(&[PAGE]).challenge_beside_secret);
    let bot = settings(&["as=bot"]);
    let slack = provider("slack");
    assert!(slack.is_same_kind(&settings(&[]), &settings(&["as=user", "team=T1"])));
    assert!(!slack.is_same_kind(&bot, &settings(&[])));
}
