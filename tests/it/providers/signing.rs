//! Service accounts and certificates: what is signed, and which files are none.

use std::time::Duration;

use appctl::base::{Kind, Result, Secret};
use appctl::providers::{Signing, Site};
use serde_json::json;

use super::{at, provider, site};

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5LWNhbmFyeQ==\n-----END PRIVATE KEY-----\n";

fn key_file(change: impl FnOnce(&mut serde_json::Value)) -> Secret {
    let mut file = json!({
        "type": "service_account",
        "project_id": "acme",
        "private_key_id": "canary-id",
        "private_key": PEM,
        "client_email": "robot@acme.iam.gserviceaccount.com",
        "client_id": "1",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "universe_domain": "googleapis.com",
    });
    change(&mut file);
    Secret::new(file.to_string())
}

fn google(secret: &Secret, site: &Site) -> Result<Signing> {
    provider("google").signing(site, secret, None)
}

#[test]
fn a_google_key_file_signs_for_its_own_address() {
    let signing = google(&key_file(|_| {}), &Site::default()).unwrap();
    assert_eq!(signing.issuer, "robot@acme.iam.gserviceaccount.com");
    assert_eq!((signing.subject, signing.scope_claim), (None, true));
    assert_eq!(signing.audience, "https://oauth2.googleapis.com/token");
    assert_eq!(signing.lifetime, Duration::from_secs(3600));
    assert_eq!(signing.key.expose(), PEM);
    assert_eq!(signing.settings["client_email"], "robot@acme.iam.gserviceaccount.com");
    assert_eq!(signing.settings.len(), 1, "nothing secret is kept with the account");
    let delegated = google(&key_file(|_| {}), &site(&["subject=ada@acme.com"])).unwrap();
    assert_eq!(delegated.subject.as_deref(), Some("ada@acme.com"));
    // Who is meant does not change with who is asked.
    let moved = google(&key_file(|_| {}), &at("http://127.0.0.1:9/google", &[])).unwrap();
    assert_eq!(moved.audience, "https://oauth2.googleapis.com/token");
}

#[test]
fn a_key_file_that_leads_elsewhere_is_refused() {
    for uri in [
        "https://evil.example/token",
        "https://oauth2.googleapis.com.evil.example/token",
        "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com:8443/token",
        "https://x@oauth2.googleapis.com/token",
        "http://127.0.0.1:9/token",
        "",
    ] {
        let error = google(&key_file(|file| file["token_uri"] = json!(uri)), &Site::default()).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, "the key file's `token_uri` is not Google's"));
    }
    google(&key_file(|file| file["token_uri"] = json!("https://accounts.google.com/o/oauth2/token")), &Site::default())
        .unwrap();
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let said = |secret: Secret| {
        let error = google(&secret, &Site::default()).unwrap_err();
        let all = format!("{error:?}");
        assert!(!all.contains("canary") && !all.contains("Y2FuYXJ5"), "{all}");
        error.message
    };
    let no_file = "the key is no service account's key file: ";
    assert_eq!(said(Secret::new("ya29.canary")), format!("{no_file}it is no such JSON"));
    assert_eq!(said(Secret::new("{\"type\": \"canary")), format!("{no_file}it is no such JSON"));
    assert_eq!(said(Secret::new("[]")), format!("{no_file}it is no such JSON"));
    let kind = |kind: &str| said(key_file(|file| file["type"] = json!(kind)));
    assert_eq!(kind("authorized_user"), format!("{no_file}it holds a person's sign-in; use `--method oauth`"));
    assert_eq!(kind("external_account"), format!("{no_file}workload identities are not known here"));
    assert_eq!(kind("canary"), format!("{no_file}its `type` is not `service_account`"));
    let without = said(key_file(|file| file["client_email"] = json!("")));
    assert_eq!(without, format!("{no_file}its `client_email` is missing"));
    assert_eq!(
        said(key_file(|file| file["private_key"] = json!("canary"))),
        "the secret is no private key in PKCS #8 form"
    );
}

#[test]
fn a_certificates_key_signs_for_a_salesforce_user() {
    let sign =
        |pairs: &[&str], client: Option<&str>| provider("salesforce").signing(&site(pairs), &Secret::new(PEM), client);
    let signing = sign(&["username=ada@acme.com"], Some("3MVG9")).unwrap();
    assert_eq!((signing.issuer.as_str(), signing.subject.as_deref()), ("3MVG9", Some("ada@acme.com")));
    assert_eq!((signing.audience.as_str(), signing.scope_claim), ("https://login.salesforce.com", false));
    // Salesforce takes minutes, not hours.
    assert!(signing.lifetime <= Duration::from_secs(180));
    for (domain, audience) in [
        ("acme.my.salesforce.com", "https://login.salesforce.com"),
        ("acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("test.salesforce.com", "https://test.salesforce.com"),
    ] {
        let domain = format!("domain={domain}");
        assert_eq!(sign(&["username=ada@acme.com", &domain], Some("3MVG9")).unwrap().audience, audience);
    }
    assert_eq!(
        sign(&["username=ada@acme.com"], None).unwrap_err().message,
        "Salesforce needs the consumer key of the app"
    );
    assert_eq!(sign(&[], Some("3MVG9")).unwrap_err().message, "Salesforce needs the user name");
}

#[test]
fn other_forms_of_private_keys_come_with_the_command_that_converts_them() {
    let hint = |text: &str| {
        let site = site(&["username=ada@acme.com"]);
        let error = provider("salesforce").signing(&site, &Secret::new(text), Some("3MVG9")).unwrap_err();
        assert_eq!(error.kind, Kind::Usage);
        error.hint.unwrap()
    };
    let rsa = "-----BEGIN RSA PRIVATE KEY-----\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----";
    assert_eq!(hint(rsa), "convert it: `openssl pkcs8 -topk8 -nocrypt -in old.pem -out key.pem`");
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nY2FuYXJ5\n-----END ENCRYPTED PRIVATE KEY-----";
    assert_eq!(hint(locked), "take its password off: `openssl pkcs8 -in old.pem -out key.pem`");
    let certificate = "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----";
    assert_eq!(hint(certificate), "give the file that begins with `-----BEGIN PRIVATE KEY-----`");
}

#[test]
fn a_vendor_without_service_accounts_says_so() {
    let error = provider("github").signing(&Site::default(), &Secret::new(PEM), None).unwrap_err();
    assert_eq!(error.message, "GitHub knows no service accounts");
}
