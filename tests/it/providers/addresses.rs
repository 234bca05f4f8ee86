//! The resolved addresses are those of the vendors' documentation, letter by letter, and move to an endpoint as a whole.

use appctl::oauth::{Body, ClientAuth, RevokeBy};
use appctl::providers::Site;

use super::{at, provider, site};

/// One row as the documentation has it: base; authorize; token; device; revoke; introspect.
struct Documented {
    id: &'static str,
    settings: &'static [&'static str],
    base: &'static str,
    authorize: &'static str,
    token: &'static str,
    device: &'static str,
    revoke: &'static str,
    introspect: &'static str,
    redirect: &'static str,
}

const DOCUMENTED: &[Documented] = &[
    Documented {
        id: "airtable",
        settings: &[],
        base: "https://api.airtable.com/",
        authorize: "https://airtable.com/oauth2/v1/authorize",
        token: "https://airtable.com/oauth2/v1/token",
        device: "",
        revoke: "",
        introspect: "",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "github",
        settings: &[],
        base: "https://api.github.com/",
        authorize: "https://github.com/login/oauth/authorize",
        token: "https://github.com/login/oauth/access_token",
        device: "https://github.com/login/device/code",
        revoke: "https://api.github.com/applications/Iv1.8a61f9b3a7aba766/token",
        introspect: "",
        redirect: "http://127.0.0.1/callback",
    },
    Documented {
        id: "google",
        settings: &[],
        base: "https://www.googleapis.com/",
        authorize: "https://accounts.google.com/o/oauth2/v2/auth",
        token: "https://oauth2.googleapis.com/token",
        device: "https://oauth2.googleapis.com/device/code",
        revoke: "https://oauth2.googleapis.com/revoke",
        introspect: "",
        redirect: "http://127.0.0.1/callback",
    },
    Documented {
        id: "hubspot",
        settings: &[],
        base: "https://api.hubapi.com/",
        authorize: "https://app.hubspot.com/oauth/authorize",
        token: "https://api.hubapi.com/oauth/2026-03/token",
        device: "",
        revoke: "https://api.hubapi.com/oauth/2026-03/token/revoke",
        introspect: "https://api.hubapi.com/oauth/2026-03/token/introspect",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "notion",
        settings: &[],
        base: "https://api.notion.com/",
        authorize: "https://api.notion.com/v1/oauth/authorize",
        token: "https://api.notion.com/v1/oauth/token",
        device: "",
        revoke: "https://api.notion.com/v1/oauth/revoke",
        introspect: "https://api.notion.com/v1/oauth/introspect",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "salesforce",
        settings: &[],
        base: "https://login.salesforce.com/",
        authorize: "https://login.salesforce.com/services/oauth2/authorize",
        token: "https://login.salesforce.com/services/oauth2/token",
        device: "",
        revoke: "https://login.salesforce.com/services/oauth2/revoke",
        introspect: "https://login.salesforce.com/services/oauth2/introspect",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "salesforce",
        settings: &["domain=acme.my.salesforce.com", "instance_url=https://acme.my.salesforce.com"],
        base: "https://acme.my.salesforce.com/",
        authorize: "https://acme.my.salesforce.com/services/oauth2/authorize",
        token: "https://acme.my.salesforce.com/services/oauth2/token",
        device: "",
        revoke: "https://acme.my.salesforce.com/services/oauth2/revoke",
        introspect: "https://acme.my.salesforce.com/services/oauth2/introspect",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "slack",
        settings: &[],
        base: "https://slack.com/api",
        authorize: "https://slack.com/oauth/v2/authorize",
        token: "https://slack.com/api/oauth.v2.access",
        device: "",
        revoke: "https://slack.com/api/auth.revoke",
        introspect: "",
        redirect: "http://localhost:17871/callback",
    },
    Documented {
        id: "stripe",
        settings: &[],
        base: "https://api.stripe.com/",
        authorize: "https://connect.stripe.com/oauth/authorize",
        token: "https://connect.stripe.com/oauth/token",
        device: "",
        revoke: "https://connect.stripe.com/oauth/deauthorize",
        introspect: "",
        redirect: "http://localhost:17871/callback",
    },
];

fn with_client(mut site: Site) -> Site {
    site.client = Some("Iv1.8a61f9b3a7aba766".to_owned());
    site
}

/// Every address of a row as it is resolved for this site.
fn resolved(id: &str, site: &Site) -> [String; 6] {
    let server = provider(id).server(site).unwrap();
    let text = |url: Option<url::Url>| url.map(String::from).unwrap_or_default();
    [
        provider(id).base(site).unwrap().into(),
        text(server.authorize),
        server.token.into(),
        text(server.device),
        text(server.revoke.map(|revoke| revoke.url)),
        text(server.introspect),
    ]
}

#[test]
fn addresses_are_those_of_the_documentation() {
    for row in DOCUMENTED {
        let site = with_client(site(row.settings));
        let wanted = [row.base, row.authorize, row.token, row.device, row.revoke, row.introspect];
        assert_eq!(resolved(row.id, &site), wanted, "{}", row.id);
        assert_eq!(provider(row.id).redirect_uri(&site, None).unwrap(), row.redirect, "{}", row.id);
    }
}

#[test]
fn with_an_endpoint_everything_moves_there_and_keeps_its_path() {
    for row in DOCUMENTED {
        for endpoint in ["http://127.0.0.1:9999/play", "http://127.0.0.1:9999/play/"] {
            let site = with_client(at(endpoint, row.settings));
            let moved = |text: &str| match text.strip_prefix("https://").map(|rest| rest.split_once('/')) {
                None => String::new(),
                Some(path) => {
                    let path = path.map(|(_, path)| path).filter(|path| !path.is_empty());
                    path.map_or("http://127.0.0.1:9999/play".to_owned(), |path| {
                        format!("http://127.0.0.1:9999/play/{path}")
                    })
                }
            };
            let wanted = [row.base, row.authorize, row.token, row.device, row.revoke, row.introspect].map(moved);
            assert_eq!(resolved(row.id, &site), wanted, "{} at {endpoint}", row.id);
        }
    }
    let google = provider("google").server(&at("http://127.0.0.1:9999/google", &[])).unwrap();
    assert_eq!(google.issuer.as_deref(), Some("http://127.0.0.1:9999/google"));
    let google = provider("google").server(&Site::default()).unwrap();
    assert_eq!(google.issuer.as_deref(), Some("https://accounts.google.com"));
}

#[test]
fn without_the_clients_id_there_is_no_address_that_has_it() {
    let server = provider("github").server(&Site::default()).unwrap();
    assert_eq!(server.revoke, None);
    let mut odd = Site { client: Some("a/../b?c".to_owned()), ..Site::default() };
    let revoke = provider("github").server(&odd).unwrap().revoke.unwrap();
    assert_eq!(revoke.url.as_str(), "https://api.github.com/applications/a%2F..%2Fb%3Fc/token");
    odd.client = Some("{domain}".to_owned());
    assert!(provider("github").server(&odd).unwrap().revoke.unwrap().url.as_str().contains("%7Bdomain%7D"));
}

#[test]
fn each_vendors_own_ways() {
    let server = |id: &str| provider(id).server(&with_client(Site::default())).unwrap();
    let auth = |id: &str| server(id).client_auth;
    assert_eq!(
        (auth("airtable"), auth("notion"), auth("slack")),
        (ClientAuth::Basic, ClientAuth::Basic, ClientAuth::Basic)
    );
    assert_eq!(
        (auth("google"), auth("hubspot"), auth("github")),
        (ClientAuth::Body, ClientAuth::Body, ClientAuth::Body)
    );
    assert_eq!((server("notion").body, server("airtable").body), (Body::Json, Body::Form));
    let with_challenge: Vec<_> = ["airtable", "github", "google", "hubspot", "notion", "salesforce", "slack", "stripe"]
        .into_iter()
        .filter(|id| server(id).pkce)
        .collect();
    assert_eq!(with_challenge, ["airtable", "github", "google", "hubspot", "salesforce", "slack"]);
    let slack = server("slack");
    assert_eq!((slack.scope_parameter.as_str(), slack.scope_separator), ("user_scope", ','));
    assert_eq!((slack.token_path.as_str(), slack.error_in_200), ("/authed_user", true));
    assert!(
        server("github").error_in_200 && server("github").headers.contains(&("accept", "application/json".to_owned()))
    );
    assert!(server("notion").headers.contains(&("notion-version", "2026-03-11".to_owned())));
    let asks = |id: &str| server(id).authorize_parameters;
    let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(asks("google"), [pair("access_type", "offline"), pair("prompt", "consent select_account")]);
    assert_eq!(asks("notion"), [pair("owner", "user")]);
    assert_eq!(asks("salesforce"), [pair("prompt", "login consent")]);
    let hinted = provider("google").server(&site(&["login_hint=ada@acme.com"])).unwrap();
    assert!(hinted.authorize_parameters.contains(&pair("login_hint", "ada@acme.com")));
    let how = |id: &str| server(id).revoke.map(|revoke| revoke.how);
    assert_eq!(how("hubspot"), Some(RevokeBy::Rfc7009));
    assert_eq!(how("github"), Some(RevokeBy::DeleteJson));
    assert_eq!(how("stripe"), Some(RevokeBy::Deauthorize));
    assert_eq!((how("google"), how("salesforce")), (Some(RevokeBy::Token), Some(RevokeBy::Token)));
    assert_eq!((how("slack"), how("airtable")), (Some(RevokeBy::Bearer), None));
}

#[test]
fn a_provider_without_one_address_says_so() {
    assert!(provider("postgres").base(&Site::default()).is_err());
    let error = provider("postgres").server(&Site::default()).unwrap_err();
    assert_eq!(error.message, "PostgreSQL has no OAuth here");
    assert_eq!(error.hint.as_deref(), Some("use `--method token`"));
}
