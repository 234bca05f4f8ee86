//! The whole way of a sign-in against the sandbox's authorization servers, at every vendor that has one: page, browser,
//! listener, exchange, refresh, introspection, revocation. The servers share no code with what is tried here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::time::Duration;

use appctl::base::{Secret, Timestamp};
use appctl::oauth::code::Flow;
use appctl::oauth::discover::discover;
use appctl::oauth::grant::{self, Claims};
use appctl::oauth::introspect::introspect;
use appctl::oauth::loopback::Loopback;
use appctl::oauth::revoke::{Revoked, Subject, revoke};
use appctl::oauth::{Client, Failure, Redirect, Server, Tokens, device};
use appctl::providers::{ALL, Method, Provider, Site};
use appctl::sandbox::{Decision, Person, Quirk, Rotation, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use crate::support::authority::http;
use crate::support::sandbox::sandbox;
use crate::support::signin::Signin;

/// One vendor's server at the sandbox, and the client that it knows.
struct House {
    sandbox: Sandbox,
    provider: &'static str,
    server: Server,
    client: Client,
    scopes: Vec<String>,
}

async fn house(provider: &'static Provider) -> House {
    let (sandbox, _) = sandbox(0, "").await;
    let endpoint = sandbox.oauth().endpoint(provider.id).unwrap();
    let site = Site { endpoint: Some(endpoint), ..Site::default() };
    let server = provider.server(&site).unwrap();
    let scopes = provider.scopes_to_ask(Method::Code, &[], false, &site).unwrap();
    House::new(sandbox, provider.id, server, scopes)
}

/// The plain OpenID provider, which describes itself.
async fn described() -> House {
    let (sandbox, _) = sandbox(0, "").await;
    let found = discover(&http(), &sandbox.oauth().endpoint("oidc").unwrap()).await.unwrap();
    let scopes = vec!["openid".to_owned(), "email".to_owned(), "offline_access".to_owned()];
    House::new(sandbox, "oidc", found.server, scopes)
}

impl House {
    fn new(sandbox: Sandbox, provider: &'static str, server: Server, scopes: Vec<String>) -> House {
        let (id, secret) = sandbox.oauth().client();
        House { sandbox, provider, server, client: Client { id, secret: Some(secret) }, scopes }
    }

    /// A sign-in with the scripted person as the browser.
    async fn sign_in(&self) -> Result<(Flow, Tokens), Failure> {
        // Any free port: tests run beside each other, and the sandbox's client may use them all.
        let loopback = Loopback::open(&Redirect { port: None, ..self.server.redirect.clone() }).unwrap();
        let mut flow = Flow::begin(&self.server, &self.client, &self.scopes, loopback.redirect_uri()).unwrap();
        let page = flow.url().clone();
        let mut browser = Signin::of(&self.sandbox);
        let visit = async move {
            let answer = browser.open(&page[url::Position::BeforePath..]).await;
            let back = answer.header("location").unwrap_or_else(|| panic!("no way back: {}", answer.status));
            get(&back.parse().unwrap()).await
        };
        let (code, shown) = tokio::join!(loopback.wait(&mut flow, Duration::from_secs(20)), visit);
        assert!(shown.starts_with("HTTP/1.1 200 OK"), "{}: {shown}", self.provider);
        let tokens = flow.exchange(&http(), &self.server, &self.client, code?).await?;
        Ok((flow, tokens))
    }

    async fn refresh(&self, token: &Secret) -> Result<Tokens, Failure> {
        grant::refresh(&http(), &self.server, &self.client, token).await
    }
}

/// What a browser is shown at this address.
async fn get(url: &Url) -> String {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = tokio::net::TcpStream::connect((host.trim_matches(['[', ']']), port)).await.unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Mode: navigate\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn all_houses() -> Vec<House> {
    let mut houses = vec![described().await];
    for provider in ALL {
        if provider.id != "custom" && provider.oauth.is_some_and(|facts| facts.authorize.is_some()) {
            houses.push(house(provider).await);
        }
    }
    assert!(houses.len() >= 9, "{}", houses.len());
    houses
}

#[tokio::test]
async fn every_vendor_is_signed_in_to_refreshed_and_taken_back() {
    for house in all_houses().await {
        let name = house.provider;
        let (_, first) = house.sign_in().await.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        assert!(!first.said.to_string().contains(first.access.expose()), "{name}");
        let mut now = first.clone();
        if let Some(token) = &first.refresh {
            now = house.refresh(token).await.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            assert!(!now.access.is_empty(), "{name}");
        }
        let refresh = now.refresh.clone().or(first.refresh.clone());
        if house.server.introspect.is_some() {
            let worth = introspect(&http(), &house.server, &house.client, &now.access).await.unwrap();
            assert!(worth.active, "{name}: {worth:?}");
        }
        let id = now.said.get("stripe_user_id").or(first.said.get("stripe_user_id"));
        let id = id.and_then(|id| id.as_str()).map(str::to_owned);
        let subject = Subject { access: Some(now.access.clone()), refresh: refresh.clone(), id };
        let outcome = revoke(&http(), &house.server, &house.client, &subject).await;
        match (&house.server.revoke, &outcome) {
            (Some(_), Revoked::Done) | (None, Revoked::Unsupported) => {}
            other => panic!("{name}: {other:?}"),
        }
        let seen = house.sandbox.oauth().counts(name).unwrap();
        assert_eq!((seen.authorizations, seen.codes_exchanged), (1, 1), "{name}");
        assert_eq!(seen.refreshes, u64::from(first.refresh.is_some()), "{name}");
        if let (Revoked::Done, Some(token)) = (&outcome, &refresh) {
            let failure = house.refresh(token).await.expect_err(name);
            assert!(failure.is("invalid_grant"), "{name}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn every_vendors_words_mean_what_the_standard_calls_them() {
    for house in all_houses().await {
        let name = house.provider;
        let (mut flow, tokens) = house.sign_in().await.unwrap();
        let wrong = Client { secret: Some(Secret::new("not the secret")), ..house.client.clone() };
        if let Some(token) = &tokens.refresh {
            let failure = grant::refresh(&http(), &house.server, &wrong, token).await.expect_err(name);
            assert!(failure.is("invalid_client"), "{name}: {failure:?}");
            let failure = house.refresh(&Secret::new("never given")).await.expect_err(name);
            assert!(failure.is("invalid_grant"), "{name}: {failure:?}");
        }
        // A code that was never given, by another flow of the same client.
        flow = Flow::begin(&house.server, &house.client, flow.scopes(), flow.redirect_uri().clone()).unwrap();
        let mut callback = flow.redirect_uri().clone();
        for (parameter, value) in flow.url().query_pairs().filter(|(parameter, _)| parameter == "state") {
            callback.query_pairs_mut().append_pair(&parameter, &value).append_pair("code", "never-given");
        }
        if let Some(issuer) = &house.server.issuer {
            callback.query_pairs_mut().append_pair("iss", issuer);
        }
        let code = flow.accept(&callback).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let failure = flow.exchange(&http(), &house.server, &house.client, code).await.expect_err(name);
        assert!(failure.is("invalid_grant"), "{name}: {failure:?}");
    }
}

#[tokio::test]
async fn a_person_who_says_no_ends_every_sign_in() {
    for house in all_houses().await {
        let no = Person { decision: Decision::Deny, ..Person::default() };
        house.sandbox.oauth().person(house.provider, &no).unwrap();
        let failure = house.sign_in().await.expect_err(house.provider);
        assert!(failure.is("access_denied"), "{}: {failure:?}", house.provider);
        assert_eq!(house.sandbox.oauth().counts(house.provider).unwrap().codes_exchanged, 0, "{}", house.provider);
    }
}

#[tokio::test]
async fn a_code_typed_elsewhere_is_polled_for_no_faster_than_the_server_wants() {
    let mut tried = 0;
    for house in all_houses().await {
        if house.server.device.is_none() {
            continue;
        }
        tried += 1;
        let name = house.provider;
        let scopes =
            if name == "google" { vec!["openid".to_owned(), "email".to_owned()] } else { house.scopes.clone() };
        house.sandbox.oauth().order(name, &Quirk::error("poll", "slow_down", 1)).unwrap();
        let mut device = device::begin(&http(), &house.server, &house.client, &scopes).await.unwrap();
        let clock = house.sandbox.clock();
        let mut waits = Vec::new();
        let outcome = device::poll(&http(), &house.server, &house.client, &mut device, &mut |wait: Duration| {
            waits.push(wait.as_secs());
            clock.advance(wait);
            Box::pin(async {})
        })
        .await;
        outcome.unwrap_or_else(|failure| panic!("{name}: {failure:?} after {waits:?}"));
        assert!(waits.len() >= 2 && waits[0] == 5 && waits[1] >= 10, "{name}: {waits:?}");
        let polls = house.sandbox.oauth().counts(name).unwrap().device_polls;
        assert_eq!(polls.iter().filter(|poll| poll.answer == "slow_down").count(), 1, "{name}: {polls:?}");
    }
    assert!(tried >= 3, "{tried}");
}

#[tokio::test]
async fn a_spent_refresh_token_ends_its_family_and_is_told_as_such() {
    let house = described().await;
    house.sandbox.oauth().change_rules("oidc", |rules| rules.rotation = Rotation::Strict).unwrap();
    let (_, first) = house.sign_in().await.unwrap();
    let spent = first.refresh.unwrap();
    let second = house.refresh(&spent).await.unwrap().refresh.unwrap();
    assert!(house.refresh(&spent).await.unwrap_err().is("invalid_grant"));
    assert!(house.refresh(&second).await.unwrap_err().is("invalid_grant"));
    assert_eq!(house.sandbox.oauth().counts("oidc").unwrap().families_revoked, 1);
}

#[tokio::test]
async fn a_robot_signs_in_with_its_key() {
    let google = ALL.iter().find(|provider| provider.id == "google").unwrap();
    let house = house(google).await;
    let file = house.sandbox.oauth().service_account();
    let claims = Claims {
        issuer: file["client_email"].as_str().unwrap().to_owned(),
        subject: None,
        audience: "https://oauth2.googleapis.com/token".to_owned(),
        scope: Some("https://www.googleapis.com/auth/drive.readonly".to_owned()),
        lifetime: Duration::from_secs(3600),
        key_id: file["private_key_id"].as_str().map(str::to_owned),
    };
    let key = Secret::new(file["private_key"].as_str().unwrap());
    let now: Timestamp = house.sandbox.clock().now();
    let assertion = grant::assertion(&claims, &key, now).unwrap();
    let tokens = grant::jwt_bearer(&http(), &house.server, &assertion, &[]).await.unwrap();
    assert!(tokens.refresh.is_none() && tokens.expires_in.is_some(), "{tokens:?}");
    let late = grant::assertion(&claims, &key, now.minus(Duration::from_secs(7200))).unwrap();
    assert!(grant::jwt_bearer(&http(), &house.server, &late, &[]).await.unwrap_err().is("invalid_grant"));
}
