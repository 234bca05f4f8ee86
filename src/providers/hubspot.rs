//! HubSpot: private-app tokens as bearer tokens. Limits: developers.hubspot.com, "API usage guidelines and limits": the
//! smallest plan's burst limit to begin with (answers carry the account's real one), and five searches a second.

use super::{Limit, Method, Provider};

pub static HUBSPOT: Provider = Provider {
    id: "hubspot",
    title: "HubSpot",
    base: "https://api.hubapi.com",
    secret: "private app token",
    secret_optional: false,
    console: "https://app.hubspot.com/private-apps",
    limits: &[Limit { class: "", calls: 100, seconds: 10.0 }, Limit { class: "search", calls: 5, seconds: 1.0 }],
    methods: &[Method::Token],
};
