//! Salesforce has many hosts an org; a person is told which one is meant.

use appctl::base::{Kind, Result};
use appctl::providers::Method;

use super::{provider, settings};

fn domain(given: &str, method: Method) -> Result<String> {
    let more = ["username=ada@acme.com"];
    let pair = format!("domain={given}");
    let mut pairs = more.to_vec();
    pairs.push(&pair);
    provider("salesforce").settings(method, settings(&pairs)).map(|settled| settled["domain"].clone())
}

#[test]
fn a_host_is_tidied() {
    for (given, wanted) in [
        ("acme.my.salesforce.com", "acme.my.salesforce.com"),
        ("https://Acme.My.Salesforce.com/", "acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/lightning/page/home", "acme.my.salesforce.com"),
        ("  acme--uat.sandbox.my.salesforce.com ", "acme--uat.sandbox.my.salesforce.com"),
        ("login", "login.salesforce.com"),
        ("test", "test.salesforce.com"),
        ("sandbox", "test.salesforce.com"),
    ] {
        assert_eq!(domain(given, Method::Code).unwrap(), wanted);
    }
    let plain = provider("salesforce").settings(Method::Code, settings(&[])).unwrap();
    assert_eq!(plain["domain"], "login.salesforce.com");
}

#[test]
fn the_host_of_pages_is_refused_with_the_right_one() {
    for (given, right) in [
        ("acme.lightning.force.com", "acme.my.salesforce.com"),
        ("https://acme.lightning.force.com/lightning/o/Account/list", "acme.my.salesforce.com"),
        ("acme--uat.sandbox.lightning.force.com", "acme--uat.sandbox.my.salesforce.com"),
        ("acme-dev-ed.develop.lightning.force.com", "acme-dev-ed.develop.my.salesforce.com"),
        ("acme.my.salesforce-setup.com", "acme.my.salesforce.com"),
    ] {
        let error = domain(given, Method::Code).unwrap_err();
        assert_eq!(error.kind, Kind::Usage);
        assert_eq!(error.message, "`domain` is the host of pages, which takes no calls");
        assert_eq!(error.hint.unwrap(), format!("set it like `--set domain={right}`"));
    }
}

#[test]
fn anything_else_is_no_host_of_salesforces() {
    for (given, message) in [
        ("acme", "`domain` is no whole host"),
        ("evilsalesforce.com", "`domain` is none of Salesforce's hosts"),
        ("salesforce.com", "`domain` is none of Salesforce's hosts"),
        ("acme.my.salesforce.com.evil.example", "`domain` is none of Salesforce's hosts"),
        ("127.0.0.1", "`domain` is none of Salesforce's hosts"),
        ("acme.my.salesforce.com:8443", "`domain` is no host"),
        ("user@acme.my.salesforce.com", "`domain` is no host"),
        ("acme.my.salesforce.com.", "`domain` is no host"),
        ("acme..my.salesforce.com", "`domain` is no host"),
        ("http://acme.my.salesforce.com", "`domain` is no host"),
        ("acme.my.salesf\u{43e}rce.com", "`domain` is no host"),
    ] {
        assert_eq!(domain(given, Method::Code).unwrap_err().message, message, "{given}");
    }
}

#[test]
fn client_credentials_want_the_orgs_own_host() {
    for given in ["login", "test", "login.salesforce.com", "https://test.salesforce.com"] {
        let error = domain(given, Method::ClientCredentials).unwrap_err();
        assert_eq!(error.message, "Salesforce's client credentials flow needs the org's own host");
    }
    let error = provider("salesforce").settings(Method::ClientCredentials, settings(&[])).unwrap_err();
    assert_eq!(error.hint.unwrap(), "add `--set domain=acme.my.salesforce.com` (Setup → My Domain)");
    domain("acme.my.salesforce.com", Method::ClientCredentials).unwrap();
}

#[test]
fn a_certificate_signs_in_for_a_user_who_must_be_named() {
    let error = provider("salesforce").settings(Method::ServiceAccount, settings(&[])).unwrap_err();
    assert_eq!(error.message, "Salesforce needs the setting `username` (the user for whom the certificate signs in)");
    assert_eq!(error.hint.unwrap(), "add `--set username=…`");
    provider("salesforce").settings(Method::ServiceAccount, settings(&["username=ada@acme.com"])).unwrap();
}

#[test]
fn there_are_no_api_keys() {
    let error = provider("salesforce").settings(Method::Token, settings(&[])).unwrap_err();
    assert_eq!(error.message, "Salesforce cannot be signed in to with `--method token`");
    assert_eq!(
        error.hint.unwrap(),
        "use `--method oauth` or `--method client-credentials` or `--method service-account`"
    );
}
