//! A sign-in on machines that have one family of addresses only (reliability.md, F44), in a network of their own: from one
//! the loopback address of the other family is taken away, and the real program signs in at a server on the one that is left.
#![cfg(target_os = "linux")]

use std::net::TcpListener;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::support::authority::{form, says};
use crate::support::desk::script;
use crate::support::home::{Home, words};
use crate::support::postgres::variable;
use crate::support::wire::{Heard, Say, Wire, reply};

/// Says to this test that it runs inside of a network of its own, and which family is left there.
const INSIDE: &str = "APPCTL_TEST_FAMILY";

/// Runs one test of this file again in a network of its own, without this address of the loopback.
fn inside(test: &str, family: &str, without: &str) {
    let is_root = rustix::process::geteuid().is_root();
    let mut command = Command::new("unshare");
    command.args(if is_root { &[] as &[&str] } else { &["--map-root-user"] }).args(["--net", "--", "sh", "-c"]);
    command.arg(format!(
        "ip link set lo up && ip addr del {without} dev lo && exec \"$0\" --exact one_family::{test} --nocapture"
    ));
    command.arg(std::env::current_exe().unwrap()).env(INSIDE, family);
    let output = command.output().expect("util-linux has unshare");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success() && text.contains("1 passed"),
        "this needs a network namespace (root, or user namespaces that are not forbidden by \
         kernel.unprivileged_userns_clone or kernel.apparmor_restrict_unprivileged_userns) and iproute2:\n{text}"
    );
}

#[test]
fn a_machine_with_ipv6_only_signs_in() {
    if variable(INSIDE).is_none() {
        return inside("a_machine_with_ipv6_only_signs_in", "6", "127.0.0.1/8");
    }
    assert!(TcpListener::bind("127.0.0.1:0").is_err(), "this machine has no IPv4");
    signs_in("[::1]", "http%3A%2F%2F%5B%3A%3A1%5D");
}

#[test]
fn a_machine_with_ipv4_only_signs_in() {
    if variable(INSIDE).is_none() {
        return inside("a_machine_with_ipv4_only_signs_in", "4", "::1/128");
    }
    assert!(TcpListener::bind("[::1]:0").is_err(), "this machine has no IPv6");
    signs_in("127.0.0.1", "http%3A%2F%2F127.0.0.1");
}

/// The program signs in at an authorization server on this host; the browser comes back to its listener, whose address is
/// in the page's own address.
fn signs_in(host: &str, back: &str) {
    let server = authority(host);
    let home = Home::with_vault();
    let browser =
        script(&home, "browser", "printf %s \"$1\" > browsed; exec curl -sgL --max-time 30 -o /dev/null \"$1\"");
    let at = &format!("http://{}", server.address);
    let connect = format!(
        "integrations connect custom --label own --private --method oauth --set base_url={at} --set \
         authorize_url={at}/authorize --set token_url={at}/token --set identity_url={at}/me --client-id mine \
         --client-secret-stdin"
    );
    let mut command = home.command(&words(&connect));
    command.env("BROWSER", &browser);
    let ran = home.finish(command, Some("a secret"));
    let browsed = std::fs::read_to_string(home.path().join("browsed")).unwrap_or_default();
    assert_eq!(ran.status, 0, "{ran} {browsed}");
    assert!(browsed.contains(&format!("redirect_uri={back}")), "{browsed}");
    let ran = home.run("integrations accounts test own");
    assert!(ran.contains("[status 0]"), "{ran}");
}

/// An authorization server on this host, at which everybody consents at once, and which wants the verifier of the challenge.
fn authority(host: &str) -> Wire {
    let mut challenge = String::new();
    Wire::answering_at(host, move |heard: &Heard| {
        let path = heard.head.split(' ').nth(1).unwrap_or_default();
        let url = url::Url::parse("http://any.example").unwrap().join(path).unwrap();
        let asked =
            |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        match url.path() {
            "/authorize" => {
                challenge = asked("code_challenge").unwrap();
                let mut back = url::Url::parse(&asked("redirect_uri").unwrap()).unwrap();
                back.query_pairs_mut().append_pair("code", "a-code").append_pair("state", &asked("state").unwrap());
                Say::Bytes(reply(302, &[("location", back.as_str())], ""))
            }
            "/token" => {
                let verifier = form(heard).remove("code_verifier").unwrap_or_default();
                if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge {
                    return says(400, r#"{"error":"invalid_grant"}"#);
                }
                says(200, r#"{"access_token":"a-token","token_type":"Bearer","expires_in":3600}"#)
            }
            "/me" if heard.head.contains("a-token") => says(200, r#"{"sub":"7","email":"ada@acme.example"}"#),
            _ => says(404, "{}"),
        }
    })
}
