//! Every vendor's declaration holds together.

use std::collections::BTreeSet;

use appctl::oauth::Server;
use appctl::providers::{ALL, Ask, ClientSecret, From, Method, Provider, Site, describe};
use url::Url;

use super::site;

/// A site with everything set that some vendor needs.
fn furnished() -> Site {
    let mut site = site(&[
        "domain=acme.my.salesforce.com",
        "username=ada@acme.com",
        "base_url=https://api.acme.example",
        "authorize_url=https://acme.example/authorize",
        "token_url=https://acme.example/token",
        "device_url=https://acme.example/device",
    ]);
    site.client = Some("client-1".to_owned());
    site
}

fn each_server() -> Vec<(&'static Provider, Server)> {
    let with = ALL.iter().copied().filter(|provider| provider.oauth.is_some());
    with.map(|provider| (provider, provider.server(&furnished()).unwrap())).collect()
}

#[test]
fn ids_are_unique_and_in_alphabetical_order_with_custom_last() {
    let ids: Vec<_> = ALL.iter().map(|provider| provider.id).collect();
    let (last, rest) = ids.split_last().unwrap();
    assert_eq!(*last, "custom");
    assert!(rest.is_sorted() && rest.iter().collect::<BTreeSet<_>>().len() == rest.len(), "{ids:?}");
    let wanted = ["airtable", "github", "google", "hubspot", "notion", "postgres", "salesforce", "slack", "stripe"];
    assert_eq!(rest, wanted);
}

#[test]
fn every_way_to_sign_in_has_what_it_needs() {
    for provider in ALL {
        assert!(!provider.methods.is_empty(), "{}", provider.id);
        for method in provider.methods {
            let guide = provider.guides.iter().filter(|guide| guide.method == *method).count();
            assert_eq!(guide, 1, "{} {}", provider.id, method.word());
        }
        assert_eq!(provider.guides.len(), provider.methods.len(), "{}: no guide without its method", provider.id);
        let has = |method| provider.methods.contains(&method);
        if has(Method::Token) && provider.id != "postgres" {
            assert!(provider.api_key.is_some(), "{}", provider.id);
        }
        if has(Method::ServiceAccount) {
            assert!(provider.sign.is_some(), "{}", provider.id);
        }
        assert_eq!(has(Method::TwoStep), provider.exchange.is_some(), "{}", provider.id);
        if [Method::Code, Method::Device, Method::ClientCredentials].into_iter().any(has) {
            assert!(provider.oauth.is_some(), "{}", provider.id);
        }
        if provider.id != "postgres" {
            assert!(!provider.identify.is_empty(), "{}", provider.id);
        }
    }
    for (provider, server) in each_server() {
        assert_eq!(server.authorize.is_some(), provider.methods.contains(&Method::Code), "{}", provider.id);
        assert_eq!(server.device.is_some(), provider.methods.contains(&Method::Device), "{}", provider.id);
    }
}

#[test]
fn every_address_is_https_and_the_vendors_hosts_cover_its_base() {
    for provider in ALL.iter().filter(|provider| provider.id != "postgres") {
        let base = provider.base(&furnished()).unwrap();
        assert_eq!(base.scheme(), "https", "{}", provider.id);
        assert!(!base.as_str().ends_with("//") && base.query().is_none(), "{base}");
        if provider.id != "custom" {
            provider.follow(&base, &Site::default()).unwrap();
        }
        for host in provider.hosts {
            let plain = host.strip_prefix("*.").unwrap_or(host);
            assert!(plain.contains('.') && !plain.contains(['*', '/', ':']) && !plain.starts_with('.'), "{host}");
            assert_eq!(plain, plain.to_lowercase());
        }
    }
    for (provider, server) in each_server() {
        let revoke = server.revoke.as_ref().map(|revoke| revoke.url.clone());
        let all = [server.authorize, Some(server.token), server.device, revoke, server.introspect];
        for url in all.into_iter().flatten() {
            assert_eq!(url.scheme(), "https", "{} {url}", provider.id);
            assert!(url.username().is_empty() && url.fragment().is_none() && url.query().is_none(), "{url}");
            assert!(!url.as_str().contains("%7B"), "a hole is open in {url}");
        }
    }
}

#[test]
fn redirect_uris_are_on_this_machine_and_can_be_listened_to() {
    for (provider, server) in each_server() {
        let redirect = &server.redirect;
        assert!(matches!(redirect.host, "127.0.0.1" | "localhost"), "{}", provider.id);
        assert!(redirect.path.starts_with('/'), "{}", provider.id);
        // Systems give away ports from 32768 on by themselves.
        assert!(redirect.port.is_none_or(|port| (1024..32768).contains(&port)), "{}", provider.id);
        // A name goes with a fixed port: RFC 8252 section 7.3 lets servers ignore the port of an address alone.
        assert_eq!(redirect.host == "localhost", redirect.port.is_some(), "{}", provider.id);
        let text = provider.redirect_uri(&furnished(), None).unwrap();
        let parsed = Url::parse(&text).unwrap();
        assert_eq!((parsed.scheme(), parsed.path()), ("http", redirect.path.as_str()), "{text}");
        let chosen = provider.redirect_uri(&furnished(), Some(4321)).unwrap();
        assert_eq!(Url::parse(&chosen).unwrap().port(), Some(4321));
    }
}

#[test]
fn pages_for_people_are_https_and_texts_are_sentences() {
    for provider in ALL {
        let described = describe(provider, &furnished());
        for way in &described.methods {
            if let Some(page) = &way.page {
                assert_eq!(Url::parse(page).unwrap().scheme(), "https", "{page}");
            }
            assert!(way.make.len() > 20 && !way.make.ends_with('.'), "{} {}: {}", provider.id, way.method, way.make);
            assert_eq!(way.redirect_uri.is_some(), way.method == "oauth", "{} {}", provider.id, way.method);
        }
        let has_page = described.methods.iter().any(|way| way.page.is_some());
        assert_eq!(has_page, !matches!(provider.id, "postgres" | "custom"), "{}", provider.id);
        assert!(provider.console.is_empty() || provider.console.starts_with("https://"), "{}", provider.id);
    }
}

#[test]
fn scopes_have_names_for_people_and_none_is_there_twice() {
    for provider in ALL {
        let names: BTreeSet<_> = provider.scopes.iter().map(|scope| scope.name).collect();
        assert_eq!(names.len(), provider.scopes.len(), "{}", provider.id);
        for scope in provider.scopes {
            assert!(scope.title.len() > 5 && scope.title != scope.name, "{}", scope.name);
            assert!(!scope.name.contains(char::is_whitespace) && !scope.name.contains(','), "{}", scope.name);
        }
        let takes_scopes = provider.oauth.is_some() && !matches!(provider.id, "notion" | "custom");
        assert_eq!(provider.scopes.iter().any(|scope| scope.usual), takes_scopes, "{}", provider.id);
        // Products matter where there are several, and then every scope has one.
        let products = provider.scopes.iter().filter(|scope| !scope.product.is_empty()).count();
        assert!(products == 0 || products == provider.scopes.len(), "{}", provider.id);
        if let Some(facts) = provider.oauth {
            assert!(
                facts.always.iter().all(|name| !names.contains(name)),
                "{}: asked for always, so not offered",
                provider.id
            );
        }
    }
}

#[test]
fn settings_and_headers_fit_together() {
    for provider in ALL {
        let keys: BTreeSet<_> = provider.settings.iter().map(|setting| setting.key).collect();
        assert_eq!(keys.len(), provider.settings.len(), "{}", provider.id);
        let kept: Vec<_> = provider.keeps.iter().map(|keep| keep.setting).collect();
        let mut texts: Vec<&str> = provider.headers.iter().map(|(_, text)| *text).collect();
        texts.extend(provider.own_bases);
        if let Some(facts) = provider.oauth {
            texts.extend(facts.authorize_parameters.iter().map(|(_, text)| *text));
            texts.extend([facts.token].into_iter().chain(facts.authorize).chain(facts.device).chain(facts.introspect));
            texts.extend(facts.revoke.map(|(text, _)| text));
        }
        if let Some(facts) = provider.exchange {
            texts.push(facts.at);
            texts.extend(facts.token.iter().chain(facts.end).filter(|text| text.starts_with('{')));
        }
        for text in texts {
            for hole in text.split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0) {
                assert!(keys.contains(hole) || kept.contains(&hole) || hole == "client_id", "{}: {text}", provider.id);
            }
        }
        for (name, _) in provider.headers {
            assert_eq!(*name, name.to_lowercase());
        }
        for keep in provider.keeps {
            assert!(keep.at.starts_with('/'), "{}", keep.at);
            assert!(!keep.address || !provider.hosts.is_empty(), "{}: an address needs hosts", provider.id);
        }
    }
}

#[test]
fn identity_asks_for_things_that_change_nothing() {
    for provider in ALL {
        for way in provider.identify {
            assert!(!way.id.is_empty() && way.id.iter().all(|text| text.contains('{')), "{}", provider.id);
            match way.from {
                From::Ask(Ask::Get(path) | Ask::Post(path)) => assert!(path.starts_with('/'), "{path}"),
                From::Ask(Ask::Setting(key)) => assert!(provider.settings.iter().any(|setting| setting.key == key)),
                From::Settings | From::TokenAnswer => {}
            }
        }
    }
}

#[test]
fn refresh_tokens_that_are_good_once_are_marked_as_such() {
    let rotating: Vec<_> = ALL.iter().filter(|p| p.oauth.is_some_and(|facts| facts.refresh.rotates)).collect();
    let ids: Vec<_> = rotating.iter().map(|provider| provider.id).collect();
    assert_eq!(ids, ["airtable", "github", "notion", "salesforce", "slack"]);
    // Nobody documents a grace, so nobody is believed to have one.
    assert!(rotating.iter().all(|provider| provider.oauth.unwrap().refresh.grace.is_none()));
}

#[test]
fn who_needs_a_client_secret() {
    let asks = |id: &str, method: &str| {
        let described = describe(super::provider(id), &furnished());
        let way = described.methods.into_iter().find(|way| way.method == method).unwrap();
        (way.client, way.client_secret)
    };
    assert_eq!(asks("google", "oauth"), (true, Some(true)));
    assert_eq!(asks("google", "service-account"), (false, Some(false)));
    assert_eq!(asks("salesforce", "oauth"), (true, None));
    assert_eq!(asks("salesforce", "service-account"), (true, Some(false)));
    assert_eq!(asks("salesforce", "client-credentials"), (true, Some(true)));
    assert_eq!(asks("airtable", "oauth"), (true, None));
    assert_eq!(asks("github", "oauth"), (true, Some(true)));
    assert_eq!(asks("github", "device"), (true, Some(false)));
    assert_eq!(asks("github", "two-step"), (false, Some(false)));
    assert_eq!(asks("stripe", "token"), (false, Some(false)));
    let with_basic = ALL.iter().filter_map(|p| p.oauth).filter(|facts| facts.client_secret == ClientSecret::None);
    assert_eq!(with_basic.count(), 0);
}
