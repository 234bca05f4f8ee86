//! Salesforce: a person in a browser, the client itself, or a certificate (JWT bearer). There are no API keys. The device flow
//! is not offered: it is not RFC 8628's, and Salesforce closed it to apps that an administrator has not installed.
//!
//! Facts: help.salesforce.com, "OAuth 2.0 Web Server Flow", "OAuth 2.0 Client Credentials Flow" (the org's My Domain alone),
//! "OAuth 2.0 JWT Bearer Flow" (RS256; `iss` the consumer key, `sub` the user name, `aud` the login host; a few minutes),
//! "OAuth 2.0 Refresh Token Flow" (with rotation the previous token is invalid at once; answers bring no `expires_in`: the
//! session's time-out is the org's), "My Domain Hostnames"; developer.salesforce.com, "Secure Your Connected Apps and External
//! Client Apps" (PKCE and rotation), "Authorization Through External Client Apps or Connected Apps" (no new connected apps
//! since Spring '26); "Authorize an Org" of the CLI (`http://localhost:1717/OauthRedirect` as a callback URL); "Revoke OAuth
//! Tokens Programmatically" and the Mobile SDK's "Revoking OAuth Tokens" (a refresh token takes its access tokens with it; 400
//! `invalid_token` for one that is none); "Error Handling for Session Expiration" (`INVALID_SESSION_ID`).

use std::collections::BTreeMap;
use std::time::Duration;

use super::signing::{Signing, pem};
use super::{
    Ask, ClientSecret, From, Guide, Identify, Keep, Method, OAuth, Provider, REDIRECT_URL, Redirect, Refresh, Scope,
    Setting, Site,
};
use crate::base::{Error, Kind, Result, Secret};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy};

const LOGIN: &str = "login.salesforce.com";
const TEST: &str = "test.salesforce.com";

pub static SALESFORCE: Provider = Provider {
    id: "salesforce",
    title: "Salesforce",
    own_bases: &["{instance_url}", "https://{domain}"],
    hosts: &["*.salesforce.com", "*.salesforce.mil", "*.sfcrmproducts.cn"],
    secret: "private key",
    console: "https://login.salesforce.com",
    methods: &[Method::Code, Method::ClientCredentials, Method::ServiceAccount],
    guides: &[
        Guide {
            method: Method::Code,
            page: "https://{domain}/lightning/setup/ManageExternalClientApplication/home",
            text: "In Setup create an external client app with OAuth, the redirect URI as its callback URL, and the scopes `api`, `refresh_token` and `openid`. With `Require Secret` switched off no secret is needed",
        },
        Guide {
            method: Method::ClientCredentials,
            page: "https://{domain}/lightning/setup/ManageExternalClientApplication/home",
            text: "In Setup create an external client app, enable the client credentials flow, and choose the user that it runs as",
        },
        Guide {
            method: Method::ServiceAccount,
            page: "https://{domain}/lightning/setup/ManageExternalClientApplication/home",
            text: "In Setup create an external client app, enable the JWT bearer flow with your certificate, and let an administrator pre-authorise the user; give the consumer key as client id and the private key as secret",
        },
    ],
    oauth: Some(&OAUTH),
    scopes: &[
        scope("api", "Use the APIs as the user", true),
        scope("id", "Read who the user is", false),
        scope("full", "Everything the user may do", false),
        scope("chatter_api", "Use Chatter", false),
        scope("cdp_query_api", "Query Data 360", false),
        scope("sfap_api", "Use the Salesforce API Platform", false),
    ],
    settings: &[
        Setting {
            key: "domain",
            help: "the org's My Domain host (`acme.my.salesforce.com`), `login` or `test` (sandboxes)",
            default: LOGIN,
            required_for: &[],
            choices: &[],
        },
        Setting {
            key: "username",
            help: "the user for whom the certificate signs in",
            default: "",
            required_for: &[Method::ServiceAccount],
            choices: &[],
        },
        REDIRECT_URL,
    ],
    check,
    keeps: &[Keep { at: "/instance_url", setting: "instance_url", address: true }],
    identify: &[
        Identify {
            from: From::Ask(Ask::Get("/services/oauth2/userinfo")),
            id: &["{/organization_id}/{/user_id}"],
            name: &["{/preferred_username}", "{/email}"],
        },
        // Without the scope `openid` or `id`: `https://login.salesforce.com/id/ORGANISATION/USER`.
        Identify { from: From::TokenAnswer, id: &["{/id|ids}"], name: &["{/id|ids}"] },
    ],
    explain,
    sign: Some(sign),
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://{domain}/services/oauth2/authorize"),
    token: "https://{domain}/services/oauth2/token",
    revoke: Some(("https://{domain}/services/oauth2/revoke", RevokeBy::Token)),
    introspect: Some("https://{domain}/services/oauth2/introspect"),
    client_auth: ClientAuth::Body,
    client_secret: ClientSecret::Optional,
    // `consent` shows the page again, `login` lets a person choose another user.
    authorize_parameters: &[("prompt", "login consent")],
    redirect: Redirect::LOCALHOST,
    // Rotation is a setting of the app, and the rule for new ones; a second use of a token must not be risked.
    refresh: Refresh { rotates: true, grace: None, lapses_unused: None },
    always: &["refresh_token", "openid"],
    machine_scopes: false,
    words: &[
        ("invalid_client_id", "invalid_client"),
        ("inactive_user", "invalid_grant"),
        ("inactive_org", "invalid_grant"),
        ("rate_limit_exceeded", "temporarily_unavailable"),
    ],
    ..OAuth::PLAIN
};

const fn scope(name: &'static str, title: &'static str, usual: bool) -> Scope {
    Scope { name, title, product: "", usual }
}

/// Tidies the host, and says which one is meant where a person copied another of the org's many.
fn check(method: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    let given = settings.get("domain").map_or(LOGIN, String::as_str);
    let host = host(given)?;
    if method == Method::ClientCredentials && (host == LOGIN || host == TEST) {
        return Err(Error::usage("Salesforce's client credentials flow needs the org's own host")
            .hint("add `--set domain=acme.my.salesforce.com` (Setup → My Domain)"));
    }
    settings.insert("domain".to_owned(), host);
    Ok(())
}

fn host(given: &str) -> Result<String> {
    let lower = given.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("https://").unwrap_or(&lower);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    match bare {
        "login" | "production" => return Ok(LOGIN.to_owned()),
        "test" | "sandbox" => return Ok(TEST.to_owned()),
        _ => {}
    }
    let clean = !bare.is_empty()
        && bare.split('.').all(|label| {
            let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
        });
    let wrong = |what: &str, right: &str| {
        Err(Error::usage(format!("`domain` {what}")).hint(format!("set it like `--set domain={right}`")))
    };
    if !clean {
        return wrong("is no host", "acme.my.salesforce.com");
    }
    for (page, right) in [
        (".lightning.force.com", ".my.salesforce.com"),
        (".my.salesforce-setup.com", ".my.salesforce.com"),
        (".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn"),
        (".lightning.force.mil", ".my.salesforce.mil"),
    ] {
        if let Some(org) = bare.strip_suffix(page) {
            return wrong("is the host of pages, which takes no calls", &format!("{org}{right}"));
        }
    }
    if !bare.contains('.') {
        return wrong("is no whole host", &format!("{bare}.my.salesforce.com"));
    }
    let known = SALESFORCE.hosts.iter().filter_map(|host| host.strip_prefix('*'));
    if known.into_iter().any(|end| bare.len() > end.len() && bare.ends_with(end)) {
        return Ok(bare.to_owned());
    }
    wrong("is none of Salesforce's hosts", "acme.my.salesforce.com")
}

fn sign(site: &Site, secret: &Secret, client: Option<&str>) -> Result<Signing> {
    let client = client.ok_or_else(|| {
        Error::usage("Salesforce needs the consumer key of the app").hint("add `--client-id CONSUMER_KEY`")
    })?;
    let subject = site
        .settings
        .get("username")
        .cloned()
        .ok_or_else(|| Error::usage("Salesforce needs the user name").hint("add `--set username=ada@acme.com`"))?;
    let domain = site.settings.get("domain").map_or(LOGIN, String::as_str);
    let is_sandbox = domain == TEST || domain.contains(".sandbox.") || domain.contains("--");
    Ok(Signing {
        issuer: client.to_owned(),
        subject: Some(subject),
        audience: format!("https://{}", if is_sandbox { TEST } else { LOGIN }),
        lifetime: Duration::from_secs(120),
        scope_claim: false,
        key: pem(secret.expose())?,
        settings: BTreeMap::new(),
    })
}

/// developer.salesforce.com, REST API, "Status Codes and Error Responses": `[{"errorCode","message"}]`; the userinfo endpoint
/// refuses a token with 403 and the words `Bad_OAuth_Token`.
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 400 | 401 | 403 | 404) {
        return None;
    }
    let text = String::from_utf8_lossy(answer.body());
    if answer.status() == 403 && ["Bad_OAuth_Token", "Missing_OAuth_Token"].contains(&text.trim()) {
        return Some(Error::new(Kind::SignIn, "does not take the token any more"));
    }
    let refusals: Vec<serde_json::Value> = serde_json::from_slice(answer.body()).ok()?;
    let field = |name: &str| refusals.first()?.get(name)?.as_str();
    let code = field("errorCode")?;
    let said = crate::base::sanitize::line(field("message").unwrap_or_default()).to_string();
    match code {
        "REQUEST_LIMIT_EXCEEDED" => {
            Some(Error::remote("has no API calls left in these 24 hours").retry_after(Duration::from_secs(3600)))
        }
        "API_DISABLED_FOR_ORG" => Some(
            Error::new(Kind::Denied, "has the API switched off for this org's edition or user")
                .hint("let an administrator give the user the permission `API Enabled`"),
        ),
        "INVALID_SESSION_ID" => Some(Error::new(Kind::SignIn, "says that the session has ended")),
        "INSUFFICIENT_ACCESS" | "INSUFFICIENT_ACCESS_OR_READONLY" | "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" => {
            Some(Error::new(Kind::Denied, format!("does not let this user do that: {said}")))
        }
        _ if answer.status() == 404 => Some(Error::not_found(format!("answered {code}: {said}"))),
        _ if answer.status() == 403 => Some(Error::new(Kind::Denied, format!("answered {code}: {said}"))),
        _ if answer.status() == 400 => Some(Error::failed(format!("answered {code}: {said}"))),
        _ => None,
    }
}
