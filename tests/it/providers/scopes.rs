//! What is asked for.

use appctl::base::Result;
use appctl::providers::Method;

use super::{provider, site};

fn asked(id: &str, method: Method, more: &[&str], only: bool) -> Result<Vec<String>> {
    let more: Vec<_> = more.iter().map(|scope| (*scope).to_owned()).collect();
    provider(id).scopes_to_ask(method, &more, only, &site(&[]))
}

#[test]
fn what_a_sign_in_needs_comes_first_then_what_is_usual_then_what_is_wanted() {
    let scopes = asked("github", Method::Code, &["gist", "repo"], false).unwrap();
    assert_eq!(scopes, ["read:user", "repo", "read:org", "gist"]);
    let scopes = asked("hubspot", Method::Code, &["tickets"], true).unwrap();
    assert_eq!(scopes, ["oauth", "tickets"]);
    let scopes = asked("salesforce", Method::Code, &[], false).unwrap();
    assert_eq!(scopes, ["refresh_token", "openid", "api"]);
    assert_eq!(asked("airtable", Method::Code, &[], true).unwrap(), ["user.email:read"]);
    assert_eq!(asked("notion", Method::Code, &[], false).unwrap(), [""; 0]);
    assert_eq!(asked("stripe", Method::Code, &["read_only"], true).unwrap(), ["read_only"]);
}

#[test]
fn a_scope_that_is_an_address_has_a_short_name() {
    let scopes = asked("google", Method::Code, &["gmail.send", "drive.readonly"], true).unwrap();
    assert_eq!(
        scopes,
        [
            "openid",
            "email",
            "https://www.googleapis.com/auth/gmail.send",
            "https://www.googleapis.com/auth/drive.readonly"
        ]
    );
    // One that nobody here knows goes as it is.
    let scopes = asked("google", Method::Code, &["https://www.googleapis.com/auth/tasks"], true).unwrap();
    assert_eq!(scopes.last().unwrap(), "https://www.googleapis.com/auth/tasks");
    assert_eq!(provider("google").scope_title("https://www.googleapis.com/auth/gmail.send"), "Send mail");
    assert_eq!(provider("google").scope_title("unheard-of"), "unheard-of");
}

#[test]
fn googles_device_flow_is_asked_for_what_it_grants() {
    let scopes = asked("google", Method::Device, &[], false).unwrap();
    assert_eq!(scopes, ["openid", "email", "https://www.googleapis.com/auth/drive.file"]);
    let error = asked("google", Method::Device, &["gmail.send"], false).unwrap_err();
    assert_eq!(error.message, "Google's device flow cannot grant `gmail.send`");
    assert_eq!(error.hint.unwrap(), "sign in with `--method oauth`; add `--no-browser` where there is no browser");
    assert_eq!(asked("github", Method::Device, &["gist"], true).unwrap(), ["gist"]);
}

#[test]
fn a_machine_is_not_asked_who_it_is_and_a_key_not_at_all() {
    let scopes = asked("google", Method::ServiceAccount, &["spreadsheets"], true).unwrap();
    assert_eq!(scopes, ["https://www.googleapis.com/auth/spreadsheets"]);
    assert_eq!(asked("salesforce", Method::ServiceAccount, &["api"], false).unwrap(), [""; 0]);
    assert_eq!(asked("salesforce", Method::ClientCredentials, &["api"], false).unwrap(), [""; 0]);
    assert_eq!(asked("github", Method::Token, &["repo"], false).unwrap(), [""; 0]);
    assert_eq!(asked("postgres", Method::Token, &[], false).unwrap(), [""; 0]);
}

#[test]
fn an_api_of_ones_own_has_its_scopes_in_its_settings() {
    let custom = provider("custom");
    let site = site(&["scopes=read  write read"]);
    assert_eq!(
        custom.scopes_to_ask(Method::Code, &["admin".to_owned()], false, &site).unwrap(),
        ["read", "write", "admin"]
    );
    assert_eq!(custom.scopes_to_ask(Method::ClientCredentials, &[], false, &site).unwrap(), ["read", "write"]);
    assert_eq!(custom.scopes_to_ask(Method::Code, &["admin".to_owned()], true, &site).unwrap(), ["admin"]);
}
