//! Where credentials may go (F48): an address that a provider supplies must be the provider's own.

use std::collections::BTreeMap;

use appctl::base::Kind;
use appctl::providers::Site;
use serde_json::json;
use url::Url;

use super::{at, provider, site};

fn follows(id: &str, url: &str, site: &Site) -> bool {
    provider(id).follow(&Url::parse(url).unwrap(), site).is_ok()
}

const FOREIGN: &[&str] = &[
    // Another host, however it looks
    "https://evil.example",
    "https://evilsalesforce.com",
    "https://salesforce.com.evil.example",
    "https://acme.my.salesforce.com.evil.example/",
    "https://evil.example/acme.my.salesforce.com",
    "https://evil.example?acme.my.salesforce.com",
    "https://evil.example#acme.my.salesforce.com",
    "https://acme-salesforce.com",
    "https://my.salesforce.co",
    "https://salesforce.com",
    "https://.salesforce.com",
    "https://a..salesforce.com",
    // A user name in front of the real host
    "https://acme.my.salesforce.com@evil.example",
    "https://token@acme.my.salesforce.com",
    "https://user:secret@acme.my.salesforce.com",
    "https://acme.my.salesforce.com:443@evil.example/",
    // Another way to it
    "http://acme.my.salesforce.com",
    "ftp://acme.my.salesforce.com",
    "wss://acme.my.salesforce.com",
    "file:///acme.my.salesforce.com",
    "data:text/plain,acme.my.salesforce.com",
    "javascript:alert('acme.my.salesforce.com')",
    // Another port
    "https://acme.my.salesforce.com:8443",
    "https://acme.my.salesforce.com:80",
    // Trailing dots
    "https://acme.my.salesforce.com.",
    "https://acme.my.salesforce.com./",
    // Addresses, whatever their notation
    "https://127.0.0.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://017700000001",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:169.254.169.254]",
    "https://[fe80::1]",
    "https://localhost",
    "http://localhost",
    "http://127.0.0.1:9999",
    // Letters that only look like it
    "https://acme.my.salesf\u{43e}rce.com",
    "https://acme.my.salesforce\u{3002}com.evil.example",
    // The pages' host is no API
    "https://acme.lightning.force.com",
    "https://acme.my.site.com",
];

#[test]
fn an_address_elsewhere_is_refused_however_it_is_written() {
    for url in FOREIGN {
        let Ok(parsed) = Url::parse(url) else { continue };
        let verdict = provider("salesforce").follow(&parsed, &Site::default());
        assert_eq!(verdict.unwrap_err().kind, Kind::Denied, "{url}");
        let said = json!({ "instance_url": url });
        assert_eq!(provider("salesforce").keep(&said, &Site::default()).unwrap_err().kind, Kind::Denied, "{url}");
        // Even when it got into the settings somehow.
        assert!(provider("salesforce").base(&site(&[&format!("instance_url={url}")])).is_err(), "{url}");
    }
}

#[test]
fn the_vendors_own_addresses_are_followed() {
    for url in [
        "https://acme.my.salesforce.com",
        "https://ACME.MY.SALESFORCE.COM/services/data/v60.0/query/01g-2000",
        "https://acme--dev.sandbox.my.salesforce.com",
        "https://na139.salesforce.com:443",
        "https://acme.my.salesforce.mil",
        "https://acme.my.sfcrmproducts.cn",
    ] {
        assert!(follows("salesforce", url, &Site::default()), "{url}");
    }
    assert!(follows("google", "https://sheets.googleapis.com/v4/spreadsheets", &Site::default()));
    assert!(!follows("google", "https://googleapis.com", &Site::default()));
    assert!(!follows("google", "https://evilgoogleapis.com", &Site::default()));
    assert!(follows("github", "https://api.github.com/repositories/1/issues?page=2", &Site::default()));
    assert!(!follows("github", "https://gist.github.com", &Site::default()));
    assert!(!follows("github", "https://api.github.com.evil.example", &Site::default()));
    assert!(!follows("airtable", "https://api.airtable.com.", &Site::default()));
    assert!(!follows("custom", "https://api.acme.example/next", &site(&["base_url=https://api.acme.example"])));
}

#[test]
fn an_endpoint_may_send_on_to_itself_alone() {
    let here = at("http://127.0.0.1:9999/salesforce", &[]);
    assert!(follows("salesforce", "http://127.0.0.1:9999/salesforce/services", &here));
    assert!(follows("salesforce", "http://127.0.0.1:9999/elsewhere", &here));
    for url in [
        "http://127.0.0.1:9998/salesforce",
        "https://127.0.0.1:9999/salesforce",
        "http://127.0.0.2:9999/salesforce",
        "http://localhost:9999/salesforce",
        "http://[::1]:9999/salesforce",
        "http://[::ffff:127.0.0.1]:9999/salesforce",
        "http://user@127.0.0.1:9999/salesforce",
        "http://127.0.0.1:9999@evil.example/salesforce",
        "http://127.0.0.1.:9999/",
    ] {
        match Url::parse(url) {
            // RFC-odd notations of the very same address are the same origin once they are read.
            Ok(parsed)
                if parsed.origin() == here.endpoint.as_ref().unwrap().origin() && parsed.username().is_empty() => {}
            Ok(_) => assert!(!follows("salesforce", url, &here), "{url}"),
            Err(_) => {}
        }
    }
}

#[test]
fn what_is_refused_is_told_without_what_it_may_hold() {
    let url = Url::parse("https://user:hunter2@evil.example:8443/path?token=hunter2#hunter2").unwrap();
    let error = provider("salesforce").follow(&url, &Site::default()).unwrap_err();
    assert_eq!(error.message, "Salesforce gave the address `https://evil.example:8443`, which is refused");
    assert_eq!(
        error.hint.as_deref(),
        Some(
            "only `*.salesforce.com`, `*.salesforce.mil`, `*.sfcrmproducts.cn` are Salesforce's; tell who runs the account if this lasts"
        )
    );
}

#[test]
fn what_a_sign_in_tells_is_kept_when_it_is_the_vendors() {
    let said = json!({
        "instance_url": "https://acme.my.salesforce.com",
        "id": "https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P",
        "stripe_user_id": "acct_1",
    });
    let kept = provider("salesforce").keep(&said, &Site::default()).unwrap();
    assert_eq!(kept, BTreeMap::from([("instance_url".to_owned(), "https://acme.my.salesforce.com".to_owned())]));
    let site = Site { settings: kept, ..Site::default() };
    assert_eq!(provider("salesforce").base(&site).unwrap().as_str(), "https://acme.my.salesforce.com/");
    assert_eq!(provider("salesforce").keep(&json!({}), &Site::default()).unwrap(), BTreeMap::new());
    assert_eq!(provider("salesforce").keep(&json!({"instance_url": 7}), &Site::default()).unwrap(), BTreeMap::new());
    assert!(provider("salesforce").keep(&json!({"instance_url": "no address"}), &Site::default()).is_err());
    let kept = provider("stripe").keep(&said, &Site::default()).unwrap();
    assert_eq!(kept["stripe_user_id"], "acct_1");
    assert!(provider("stripe").keep(&json!({"stripe_user_id": "a\nb"}), &Site::default()).is_err());
}
