//! The whole way with every vendor that the sandbox plays, by nothing but its declaration: page, code, tokens, who it is,
//! refresh, a token that is void. The sandbox shares no code with any of it.

use std::time::Duration;

use appctl::base::{Clock, Kind, Secret};
use appctl::http::{Auth, Door, Http, Options};
use appctl::oauth::grant::{self, Claims};
use appctl::oauth::revoke::{self, Revoked, Subject};
use appctl::oauth::{Client, Tokens, code};
use appctl::providers::{Method, Provider, Site};
use appctl::sandbox::Sandbox;
use url::Url;

use super::{provider, settings};
use crate::support::sandbox::sandbox;
use crate::support::signin::Signin;

fn http() -> Http {
    let quick = Options { attempts: 2, deadline: Duration::from_secs(20), seed: Some(1), ..Options::default() };
    Http::new(quick).unwrap()
}

/// The vendor's part of a sandbox, and the client that is known there.
fn played(id: &str, sandbox: &Sandbox) -> (&'static Provider, Site, Client) {
    let (client, secret) = sandbox.oauth().client();
    let site = Site {
        endpoint: Some(sandbox.endpoint(id).unwrap()),
        client: Some(client.clone()),
        settings: provider(id).settings(Method::Code, settings(&[])).unwrap(),
    };
    (provider(id), site, Client { id: client, secret: Some(secret) })
}

/// A person consents in a browser.
async fn sign_in(id: &str, sandbox: &Sandbox) -> Tokens {
    let (provider, site, client) = played(id, sandbox);
    let server = provider.server(&site).unwrap();
    let scopes = provider.scopes_to_ask(Method::Code, &[], false, &site).unwrap();
    let back = Url::parse(&provider.redirect_uri(&site, Some(17871)).unwrap()).unwrap();
    let mut flow = code::Flow::begin(&server, &client, &scopes, back.clone()).unwrap();
    let url = flow.url().clone();
    let page = format!("{}?{}", url.path(), url.query().unwrap());
    let answer = Signin::of(sandbox).open(&page).await;
    let told = String::from_utf8_lossy(&answer.body).into_owned();
    let to = answer.header("location").unwrap_or_else(|| panic!("{id}: {} {told}", answer.status));
    assert!(to.starts_with(back.as_str()), "{id}: {to}");
    let code = flow.accept(&Url::parse(to).unwrap()).unwrap();
    let tokens = flow.exchange(&http(), &server, &client, code).await;
    tokens.unwrap_or_else(|failure| panic!("{id}: {:?}", failure.into_error(id)))
}

fn door(provider: &Provider, site: &Site, access: &Secret) -> Door {
    provider.door(site, "test", Auth::Bearer(access.clone())).unwrap()
}

const ALL: &[&str] = &["airtable", "github", "google", "hubspot", "notion", "salesforce", "slack", "stripe"];

#[tokio::test]
async fn every_vendor_can_be_signed_in_to_and_says_who_it_is() {
    let (sandbox, _) = sandbox(0, "").await;
    for id in ALL {
        let tokens = sign_in(id, &sandbox).await;
        let (provider, mut site, client) = played(id, &sandbox);
        site.settings.extend(provider.keep(&tokens.said, &site).unwrap());
        let door = door(provider, &site, &tokens.access);
        let first =
            provider.identity(&http(), &door, &tokens.said, &site).await.unwrap_or_else(|e| panic!("{id}: {e:?}"));
        assert!(!first.id.is_empty() && !first.name.is_empty(), "{id}: {first:?}");
        provider.test(&http(), &door, &site).await.unwrap_or_else(|error| panic!("{id}: {error:?}"));

        // The same person again is the same identity.
        let again = sign_in(id, &sandbox).await;
        let other = self::door(provider, &site, &again.access);
        assert_eq!(provider.identity(&http(), &other, &again.said, &site).await.unwrap(), first, "{id}");

        // A refresh goes on where the sign-in ended, with the same identity.
        if let Some(refresh) = &again.refresh {
            let server = provider.server(&site).unwrap();
            let renewed = grant::refresh(&http(), &server, &client, refresh).await;
            let renewed = renewed.unwrap_or_else(|failure| panic!("{id}: {:?}", failure.into_error(id)));
            let is_new = renewed.refresh.is_some_and(|new| new.expose() != refresh.expose());
            // Whether Salesforce rotates is a setting of the app there.
            assert!(is_new == rotates(id) || *id == "salesforce", "{id}");
            let other = self::door(provider, &site, &renewed.access);
            assert_eq!(provider.identity(&http(), &other, &again.said, &site).await.unwrap(), first, "{id}");
        }

        // A token that nobody gave says nothing about anybody.
        let void = self::door(provider, &site, &Secret::new("nobody-gave-this"));
        let error = provider.test(&http(), &void, &site).await.unwrap_err();
        assert_eq!(error.kind, Kind::SignIn, "{id}: {error:?}");
    }
}

fn rotates(id: &str) -> bool {
    provider(id).oauth.unwrap().refresh.rotates
}

#[tokio::test]
async fn every_vendor_takes_back_what_it_gave_or_says_that_it_cannot() {
    let (sandbox, _) = sandbox(0, "").await;
    for id in ALL {
        let tokens = sign_in(id, &sandbox).await;
        let (provider, mut site, client) = played(id, &sandbox);
        site.settings.extend(provider.keep(&tokens.said, &site).unwrap());
        let server = provider.server(&site).unwrap();
        let account = site.settings.get("stripe_user_id").cloned();
        let subject = Subject { access: Some(tokens.access.clone()), refresh: tokens.refresh.clone(), id: account };
        match revoke::revoke(&http(), &server, &client, &subject).await {
            Revoked::Done => {
                let door = door(provider, &site, tokens.refresh.as_ref().map_or(&tokens.access, |_| &tokens.access));
                if let Some(refresh) = &tokens.refresh {
                    let failure = grant::refresh(&http(), &server, &client, refresh).await.unwrap_err();
                    assert_eq!(failure.into_error(id).kind, Kind::SignIn, "{id}");
                } else {
                    assert_eq!(provider.test(&http(), &door, &site).await.unwrap_err().kind, Kind::SignIn, "{id}");
                }
            }
            Revoked::Unsupported => assert_eq!(*id, "airtable"),
            Revoked::Failed(error) => panic!("{id}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn a_void_refresh_token_means_a_new_sign_in_and_a_wrong_secret_does_not() {
    let (sandbox, _) = sandbox(0, "").await;
    for id in ALL {
        let (provider, site, client) = played(id, &sandbox);
        let server = provider.server(&site).unwrap();
        let void = Secret::new("nobody-gave-this");
        let failure = grant::refresh(&http(), &server, &client, &void).await.unwrap_err();
        assert!(failure.is("invalid_grant"), "{id}: {failure:?}");
        let wrong = Client { secret: Some(Secret::new("wrong")), ..client };
        let failure = grant::refresh(&http(), &server, &wrong, &void).await.unwrap_err();
        assert!(failure.is("invalid_client"), "{id}: {failure:?}");
    }
}

#[tokio::test]
async fn a_service_account_and_a_certificate_sign_in_without_a_person() {
    let (sandbox, _) = sandbox(0, "").await;
    let file = sandbox.oauth().service_account();
    let pem = Secret::new(file["private_key"].as_str().unwrap());
    for (id, secret) in [("google", Secret::new(file.to_string())), ("salesforce", pem)] {
        let (provider, mut site, client) = played(id, &sandbox);
        site.settings.insert("username".to_owned(), "ada@example.com".to_owned());
        let signing = provider.signing(&site, &secret, Some(&client.id)).unwrap();
        site.settings.extend(signing.settings.clone());
        let scopes = provider.scopes_to_ask(Method::ServiceAccount, &[], false, &site).unwrap();
        let claims = Claims {
            issuer: signing.issuer,
            subject: signing.subject,
            audience: signing.audience,
            scope: signing.scope_claim.then(|| scopes.join(" ")),
            lifetime: signing.lifetime,
            key_id: None,
        };
        let assertion = grant::assertion(&claims, &signing.key, Clock::system().now()).unwrap();
        let server = provider.server(&site).unwrap();
        let rest = if signing.scope_claim { Vec::new() } else { scopes };
        let tokens = grant::jwt_bearer(&http(), &server, &assertion, &rest).await;
        let tokens = tokens.unwrap_or_else(|failure| panic!("{id}: {:?}", failure.into_error(id)));
        let door = door(provider, &site, &tokens.access);
        let identity = provider.identity(&http(), &door, &tokens.said, &site).await.unwrap();
        assert!(!identity.id.is_empty(), "{id}: {identity:?}");
    }
}
