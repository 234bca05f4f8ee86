//! HubSpot: service keys (and the tokens of private apps, which they took the place of) as bearer tokens, and OAuth for apps.
//!
//! Facts: developers.hubspot.com, "API usage guidelines and limits" (the smallest plan's burst limit to begin with: answers
//! carry the account's real one; five searches a second), "Working with OAuth" (redirect URIs: https, or http at
//! `localhost`; no IP addresses), "Migrate from the OAuth v1 API" (v1 ends on 2027-02-16; the latest is 2026-03), "OAuth v3"
//! guide (everything in the body, access tokens of 30 minutes, `refresh_token` stays); github.com/HubSpot/
//! HubSpot-public-api-spec-collection, Auth/Oauth 2026-03 (token, introspect, revoke; `code_verifier`; answers with `hub_id`,
//! `user_id` and `scopes`; v3 is the same under another name, and so is 2026-09, of which no date of an end is known);
//! "Error handling"; changelog 2018-03-05 (redirect URIs may be http at `localhost`), "Legacy Private App Creation Being
//! Disabled" (no new private apps since 2026-10-26; those that are there go on), "Make API requests using a service key" (a
//! bearer token like theirs; how it begins is written nowhere, and nothing here looks at that).
//!
//! How the newer endpoints refuse a token is not written anywhere: the collection has HubSpot's usual error (`category`,
//! `message`, `correlationId`), v1 answers 400 with `{"status":"BAD_REFRESH_TOKEN","message"}` (nango.dev, "HubSpot OAuth
//! BAD_REFRESH_TOKEN", which also saw `invalid_grant`; github.com/airbytehq/airbyte issue 79592). All three are understood; a
//! `category` alone is told as a refusal and signs nobody out.

use std::time::Duration;

use serde::Deserialize;

use super::{
    Announced, Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, REDIRECT_URL,
    Redirect, Refresh, Scope,
};
use crate::base::{Error, Kind};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy};

const CONSOLE: &str = "https://app.hubspot.com";
const SERVICE_KEYS: &str =
    "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/account-service-keys";

pub static HUBSPOT: Provider = Provider {
    id: "hubspot",
    title: "HubSpot",
    base: "https://api.hubapi.com",
    hosts: &["api.hubapi.com"],
    secret: "service key",
    console: CONSOLE,
    limits: &[Limit { class: "", calls: 100, seconds: 10.0 }, Limit { class: "search", calls: 5, seconds: 1.0 }],
    // The burst limit's headers; searches come without.
    announced: Some(Announced {
        class: "",
        most: "x-hubspot-ratelimit-max",
        remaining: "x-hubspot-ratelimit-remaining",
        interval_millis: "x-hubspot-ratelimit-interval-milliseconds",
    }),
    methods: &[Method::Token, Method::Code],
    guides: &[
        Guide {
            method: Method::Token,
            page: SERVICE_KEYS,
            text: "In HubSpot, under `Development`, `Keys`, `Service keys`, create a key with the scopes that are wanted, and copy it. The token of a private app from before October 2026 does as well",
        },
        Guide {
            method: Method::Code,
            page: "https://app.hubspot.com/developer-projects",
            text: "Create an app with OAuth, enter the redirect URI letter by letter, and tick the scopes: HubSpot wants to be asked for every one that is ticked as required",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm { prefix: "pat-", what: "the token of an app", advice: "" },
        KeyForm {
            prefix: "CJ",
            what: "an OAuth access token",
            advice: "it ends after 30 minutes; use `--method oauth` to have it renewed",
        },
    ],
    oauth: Some(&OAUTH),
    scopes: &[
        scope("crm.objects.contacts.read", "Read contacts", true),
        scope("crm.objects.contacts.write", "Write contacts", false),
        scope("crm.objects.companies.read", "Read companies", true),
        scope("crm.objects.companies.write", "Write companies", false),
        scope("crm.objects.deals.read", "Read deals and their pipelines", true),
        scope("crm.objects.deals.write", "Write deals", false),
        scope("crm.objects.owners.read", "Read owners", true),
        scope("crm.schemas.contacts.read", "Read the properties of contacts", true),
        scope("crm.schemas.companies.read", "Read the properties of companies", true),
        scope("crm.schemas.deals.read", "Read the properties of deals", true),
        scope("crm.objects.line_items.read", "Read line items", false),
        scope("crm.objects.quotes.read", "Read quotes", false),
        scope("crm.objects.custom.read", "Read custom objects", false),
        scope("crm.objects.custom.write", "Write custom objects", false),
        scope("crm.schemas.custom.read", "Read the schemas of custom objects", false),
        scope("crm.lists.read", "Read lists", false),
        scope("tickets", "Read and write tickets", false),
        scope("e-commerce", "Read and write products and line items", false),
        scope("sales-email-read", "Read the text of logged e-mails", false),
        scope("automation", "Use workflows", false),
        scope("files", "Read and write files", false),
        scope("forms", "Read and write forms", false),
    ],
    // "hubspot.com standard 1234": what the source says, too.
    settings: &[REDIRECT_URL],
    identify: &[Identify {
        from: From::Ask(Ask::Get("/account-info/v3/details")),
        id: &["{/portalId}"],
        name: &["{/uiDomain} {/accountType|words} {/portalId}", "{/uiDomain} {/portalId}", "{/portalId}"],
    }],
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://app.hubspot.com/oauth/authorize"),
    token: "https://api.hubapi.com/oauth/2026-03/token",
    revoke: Some(("https://api.hubapi.com/oauth/2026-03/token/revoke", RevokeBy::Rfc7009)),
    introspect: Some("https://api.hubapi.com/oauth/2026-03/token/introspect"),
    client_auth: ClientAuth::Body,
    client_secret: ClientSecret::Needed,
    // What v1 said, and the newer names may still say.
    words: &[
        ("BAD_AUTH_CODE", "invalid_grant"),
        ("BAD_REFRESH_TOKEN", "invalid_grant"),
        ("BAD_CLIENT_ID", "invalid_client"),
        ("BAD_CLIENT_SECRET", "invalid_client"),
        ("BAD_GRANT_TYPE", "unsupported_grant_type"),
    ],
    redirect: Redirect::LOCALHOST,
    refresh: Refresh::STABLE,
    lifetime: Some(Duration::from_secs(30 * 60)),
    always: &["oauth"],
    ..OAuth::PLAIN
};

const fn scope(name: &'static str, title: &'static str, usual: bool) -> Scope {
    Scope { name, title, product: "", usual }
}

/// developers.hubspot.com, "Error handling".
fn explain(answer: &Answer) -> Option<Error> {
    let refusal: Refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
    match answer.status() {
        403 => {
            let scopes = refusal.scopes();
            (!scopes.is_empty()).then(|| {
                let named = scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ");
                Error::new(Kind::Denied, format!("needs the scope {named}"))
                    .hint(format!("add it to the service key, or to the app, at {CONSOLE}"))
            })
        }
        429 if refusal.policy_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("daily")) => {
            Some(Error::remote("has no calls left today").retry_after(Duration::from_secs(3600)))
        }
        530 => Some(Error::failed("cannot read the token: it is no key of HubSpot's form")),
        _ => None,
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Refusal {
    policy_name: Option<String>,
    context: serde_json::Value,
    errors: Vec<RefusalDetail>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusalDetail {
    context: serde_json::Value,
}

impl Refusal {
    /// The scopes that are missing, under whichever of HubSpot's names they come.
    fn scopes(&self) -> Vec<String> {
        let contexts = self.errors.iter().map(|detail| &detail.context).chain([&self.context]);
        let mut scopes = Vec::new();
        for context in contexts {
            for name in ["requiredGranularScopes", "missingScopes", "requiredScopes"] {
                let listed = context.get(name).and_then(|list| list.as_array()).into_iter().flatten();
                scopes.extend(listed.filter_map(|scope| scope.as_str().map(str::to_owned)));
            }
        }
        scopes.sort();
        scopes.dedup();
        scopes
    }
}
