//! Google: Sheets, Docs, Drive, Gmail and Calendar behind one sign-in, by a person's consent, a device code (few scopes) or
//! a service account's key.
//!
//! Facts: developers.google.com/identity/protocols/oauth2, "OAuth 2.0 for Mobile & Desktop Apps" (loopback address with any
//! port, PKCE, a secret that is no secret), "OAuth 2.0 for TV and Limited-Input Device Applications" (allowed scopes),
//! "Using OAuth 2.0 for Server to Server Applications" (service accounts: RS256, one hour, `aud` the token endpoint,
//! `sub` the delegated user), "Using OAuth 2.0 to Access Google APIs" (refresh tokens lapse after six months without use,
//! after seven days while the consent screen is in testing, and the oldest of more than 100 for one account and client);
//! accounts.google.com/.well-known/openid-configuration (endpoints, issuer, userinfo, revocation); the same addresses are in
//! Google's own github.com/googleapis/oauth2client (`GOOGLE_DEVICE_URI`, `GOOGLE_REVOKE_URI`, `GOOGLE_TOKEN_URI`).

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::signing::{Signing, pem};
use super::{
    Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, REDIRECT_URL, Redirect,
    Refresh, Scope, Setting, Site,
};
use crate::base::{Error, Kind, Result, Secret};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy};

const TOKEN: &str = "https://oauth2.googleapis.com/token";

pub static GOOGLE: Provider = Provider {
    id: "google",
    title: "Google",
    base: "https://www.googleapis.com",
    hosts: &["*.googleapis.com"],
    secret: "access token",
    console: "https://console.cloud.google.com/auth/clients",
    // Sheets: 60 reads a minute and user ("Usage limits"), the lowest of the five; 300 a minute and project.
    limits: &[Limit { class: "", calls: 300, seconds: 60.0 }, Limit { class: "sheets", calls: 60, seconds: 60.0 }],
    methods: &[Method::Code, Method::Device, Method::ServiceAccount, Method::Token],
    guides: &[
        Guide {
            method: Method::Code,
            page: "https://console.cloud.google.com/auth/clients",
            text: "Enable the APIs, then create an OAuth client of type `Desktop app`. Publish the app: while it is in testing, sign-ins end after seven days",
        },
        Guide {
            method: Method::Device,
            page: "https://console.cloud.google.com/auth/clients",
            text: "Create an OAuth client of type `TVs and Limited Input devices`. It can reach the files that it made itself, and who you are, nothing else",
        },
        Guide {
            method: Method::ServiceAccount,
            page: "https://console.cloud.google.com/iam-admin/serviceaccounts",
            text: "Create a service account and a key of type JSON, then share the documents with its e-mail address, or set `subject` where an administrator delegated the domain to it",
        },
        Guide {
            method: Method::Token,
            page: "https://developers.google.com/oauthplayground",
            text: "An access token from elsewhere (`gcloud auth print-access-token`) works for about an hour",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm {
            prefix: "ya29.",
            what: "an access token",
            advice: "it ends within an hour; use `--method oauth` to have it renewed",
        },
        KeyForm { prefix: "AIza", what: "an API key", advice: "it opens public data alone; use `--method oauth`" },
        KeyForm { prefix: "1//", what: "a refresh token", advice: "it signs nobody in; use `--method oauth`" },
        KeyForm { prefix: "GOCSPX-", what: "a client secret", advice: "it signs nobody in; use `--method oauth`" },
        KeyForm { prefix: "{", what: "a key file", advice: "use `--method service-account`" },
    ],
    oauth: Some(&OAUTH),
    scopes: SCOPES,
    settings: &[
        Setting::optional("subject", "the user for whom a service account acts (domain-wide delegation)"),
        Setting::optional("login_hint", "the e-mail address that the sign-in page offers"),
        Setting::optional("client_email", "the service account; read from its key"),
        Setting::optional("quota_project", "the project whose quota is used"),
        REDIRECT_URL,
    ],
    headers: &[("x-goog-user-project", "{quota_project}")],
    identify: &[
        Identify {
            from: From::Settings,
            id: &["{/client_email}/{/subject}", "{/client_email}"],
            name: &["{/subject} (by {/client_email})", "{/client_email}"],
        },
        Identify { from: From::Ask(Ask::Get("/oauth2/v3/userinfo")), id: &["{/sub}"], name: &["{/email}", "{/name}"] },
    ],
    explain,
    sign: Some(sign),
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    issuer: Some("https://accounts.google.com"),
    authorize: Some("https://accounts.google.com/o/oauth2/v2/auth"),
    token: TOKEN,
    device: Some("https://oauth2.googleapis.com/device/code"),
    revoke: Some(("https://oauth2.googleapis.com/revoke", RevokeBy::Token)),
    client_auth: ClientAuth::Body,
    client_secret: ClientSecret::Needed,
    // `consent` brings a refresh token every time, `select_account` lets a person see which account it is.
    authorize_parameters: &[
        ("access_type", "offline"),
        ("prompt", "consent select_account"),
        ("login_hint", "{login_hint}"),
    ],
    redirect: Redirect::ANY_PORT,
    refresh: Refresh { rotates: false, grace: None, lapses_unused: Some(Duration::from_secs(180 * 24 * 3600)) },
    always: &["openid", "email"],
    device_scopes: Some(&[
        "openid",
        "email",
        "profile",
        "https://www.googleapis.com/auth/drive.appdata",
        "https://www.googleapis.com/auth/drive.file",
        "https://www.googleapis.com/auth/youtube",
        "https://www.googleapis.com/auth/youtube.readonly",
    ]),
    ..OAuth::PLAIN
};

/// developers.google.com/identity/protocols/oauth2/scopes.
static SCOPES: &[Scope] = &[
    scope("https://www.googleapis.com/auth/spreadsheets", "Read and write spreadsheets", "sheets", true),
    scope("https://www.googleapis.com/auth/spreadsheets.readonly", "Read spreadsheets", "sheets", false),
    scope("https://www.googleapis.com/auth/documents", "Read and write documents", "docs", true),
    scope("https://www.googleapis.com/auth/documents.readonly", "Read documents", "docs", false),
    scope("https://www.googleapis.com/auth/drive.file", "Use the files made or opened with this app", "drive", true),
    scope("https://www.googleapis.com/auth/drive.metadata.readonly", "List all files", "drive", true),
    scope("https://www.googleapis.com/auth/drive.readonly", "Read all files", "drive", false),
    scope("https://www.googleapis.com/auth/drive", "Read, write and delete all files", "drive", false),
    scope("https://www.googleapis.com/auth/gmail.send", "Send mail", "gmail", false),
    scope("https://www.googleapis.com/auth/gmail.readonly", "Read mail", "gmail", false),
    scope("https://www.googleapis.com/auth/gmail.compose", "Write drafts and send mail", "gmail", false),
    scope("https://www.googleapis.com/auth/gmail.labels", "Change labels", "gmail", false),
    scope("https://www.googleapis.com/auth/gmail.modify", "Read, write and send mail", "gmail", false),
    scope("https://www.googleapis.com/auth/calendar.events", "Read and write events", "calendar", false),
    scope("https://www.googleapis.com/auth/calendar.readonly", "Read calendars and events", "calendar", false),
    scope("https://www.googleapis.com/auth/calendar", "Read and write calendars and events", "calendar", false),
];

const fn scope(name: &'static str, title: &'static str, product: &'static str, usual: bool) -> Scope {
    Scope { name, title, product, usual }
}

/// A service account's key file, as far as it is looked at.
#[derive(Deserialize)]
struct KeyFile {
    r#type: String,
    #[serde(default)]
    client_email: String,
    #[serde(default)]
    private_key: String,
    #[serde(default)]
    token_uri: String,
}

/// The file's `token_uri` must be Google's, or the endpoint's: a file from a stranger could else have our assertion sent to them.
fn sign(site: &Site, secret: &Secret, _client: Option<&str>) -> Result<Signing> {
    let no_file = |why: &str| {
        Error::usage(format!("the key is no service account's key file: {why}"))
            .hint("download one of type JSON at https://console.cloud.google.com/iam-admin/serviceaccounts")
    };
    // What serde says of a wrong text may hold a part of it.
    let file: KeyFile = serde_json::from_str(secret.expose()).map_err(|_| no_file("it is no such JSON"))?;
    match file.r#type.as_str() {
        "service_account" => {}
        "authorized_user" => return Err(no_file("it holds a person's sign-in; use `--method oauth`")),
        "external_account" => return Err(no_file("workload identities are not known here")),
        _ => return Err(no_file("its `type` is not `service_account`")),
    }
    let is_mail = file.client_email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !is_mail || file.client_email.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Err(no_file("its `client_email` is missing"));
    }
    let own = [TOKEN, "https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token"];
    let uri = Url::parse(&file.token_uri).ok();
    let at_endpoint = site.endpoint.as_ref().is_some_and(|end| uri.is_some_and(|uri| uri.origin() == end.origin()));
    if !own.contains(&file.token_uri.as_str()) && !at_endpoint {
        return Err(Error::new(Kind::Denied, "the key file's `token_uri` is not Google's")
            .hint(format!("get the file from Google itself; it says `{TOKEN}` there")));
    }
    Ok(Signing {
        issuer: file.client_email.clone(),
        subject: site.settings.get("subject").cloned(),
        audience: TOKEN.to_owned(),
        lifetime: Duration::from_secs(3600),
        scope_claim: true,
        key: pem(&file.private_key)?,
        settings: [("client_email".to_owned(), file.client_email)].into(),
    })
}

/// cloud.google.com/apis/design/errors: `error.details[].reason`; the older `error.errors[].reason`.
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 403 | 429) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
    let listed = |at: &str| body.pointer(at).and_then(serde_json::Value::as_array).into_iter().flatten();
    let details: Vec<_> = listed("/error/details").chain(listed("/error/errors")).collect();
    let reason = details.iter().find_map(|detail| detail.get("reason")?.as_str()).unwrap_or_default();
    let denied = |message: &str| Error::new(Kind::Denied, message);
    match reason {
        "SERVICE_DISABLED" | "accessNotConfigured" => {
            let named = details.iter().find_map(|detail| detail.pointer("/metadata/service")?.as_str());
            let service = named.map(|service| format!(" (`{service}`)")).unwrap_or_default();
            Some(
                denied(&format!("has this API switched off in the client's project{service}"))
                    .hint("enable it at https://console.cloud.google.com/apis/library"),
            )
        }
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "insufficientPermissions" => Some(
            denied("was not allowed this by the person who signed in")
                .hint("sign in again with `--scope SCOPE`, and leave its box ticked"),
        ),
        "dailyLimitExceeded" | "quotaExceeded" => {
            Some(Error::remote("has no calls left today").retry_after(Duration::from_secs(3600)))
        }
        "userRateLimitExceeded" | "rateLimitExceeded" | "RATE_LIMIT_EXCEEDED" if answer.status() == 403 => {
            Some(Error::remote("is at its limit for this minute").retry_after(Duration::from_secs(60)))
        }
        _ => None,
    }
}
