//! What a token endpoint refuses with, in the bodies that vendors' pages show: only a grant that is over may ever sign
//! somebody out.

use std::time::Duration;

use appctl::base::{Kind, Secret};
use appctl::http::{Http, Options};
use appctl::oauth::{Client, grant};

use super::{at, provider};
use crate::support::wire::{Say, Wire, reply};

/// The code that a renewal is refused with, `unclear` where nothing is said about the tokens, and the kind for a person.
async fn refused(id: &str, status: u16, body: &str) -> (String, Kind) {
    let wire = Wire::new(vec![Say::Bytes(reply(status, &[("content-type", "application/json")], body))]);
    let quick = Options { attempts: 1, deadline: Duration::from_secs(5), ..Options::default() };
    let server = provider(id).server(&at(wire.url().as_str(), &[])).unwrap();
    let client = Client { id: "id".to_owned(), secret: Some(Secret::new("hush")) };
    let failure =
        grant::refresh(&Http::new(quick).unwrap(), &server, &client, &Secret::new("spent")).await.unwrap_err();
    let known = ["invalid_grant", "invalid_client", "unauthorized_client", "VALIDATION_ERROR", "redirect_uri_mismatch"];
    let code = known.iter().find(|code| failure.is(code)).map_or("unclear", |code| code).to_owned();
    (code, failure.into_error("it").kind)
}

#[tokio::test]
async fn each_vendor_says_in_its_own_way_that_a_grant_is_over() {
    for (id, status, body, code, kind) in [
        // docs.github.com, "Troubleshooting OAuth app access token request errors", "Refreshing user access tokens"
        (
            "github",
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        (
            "github",
            200,
            r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        ("github", 200, r#"{"error":"incorrect_client_credentials"}"#, "invalid_client", Kind::Failed),
        ("github", 200, r#"{"error":"device_flow_disabled"}"#, "unauthorized_client", Kind::Failed),
        ("github", 200, r#"{"error":"redirect_uri_mismatch"}"#, "redirect_uri_mismatch", Kind::Failed),
        // v1's body, what the newer endpoints have been seen to say, and HubSpot's usual error
        (
            "hubspot",
            400,
            r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        (
            "hubspot",
            400,
            r#"{"error":"invalid_grant","error_description":"refresh token is invalid, expired or revoked"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        ("hubspot", 400, r#"{"status":"BAD_CLIENT_SECRET","message":"x"}"#, "invalid_client", Kind::Failed),
        (
            "hubspot",
            400,
            r#"{"status":"error","category":"VALIDATION_ERROR","message":"x","correlationId":"1"}"#,
            "VALIDATION_ERROR",
            Kind::Failed,
        ),
        (
            "hubspot",
            400,
            r#"{"category":"VALIDATION_ERROR","message":"x","correlationId":"1"}"#,
            "VALIDATION_ERROR",
            Kind::Failed,
        ),
        ("hubspot", 400, r#"{"status":"error","message":"x","correlationId":"1"}"#, "unclear", Kind::Remote),
        ("hubspot", 502, r#"{"category":"VALIDATION_ERROR"}"#, "unclear", Kind::Remote),
        // github.com/airbytehq/airbyte pull 31119
        (
            "airtable",
            400,
            r#"{"error":"invalid_grant","error_description":"Invalid token"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        ("airtable", 401, r#"{"error":"invalid_client"}"#, "invalid_client", Kind::Failed),
        // developers.notion.com, "Status codes"
        ("notion", 400, r#"{"error":"invalid_grant","request_id":"1"}"#, "invalid_grant", Kind::SignIn),
        ("notion", 401, r#"{"error":"invalid_client","request_id":"1"}"#, "invalid_client", Kind::Failed),
        ("notion", 429, r#"{"object":"error","status":429,"code":"rate_limited"}"#, "unclear", Kind::Remote),
        // docs.slack.dev, "oauth.v2.access"
        ("slack", 200, r#"{"ok":false,"error":"invalid_refresh_token"}"#, "invalid_grant", Kind::SignIn),
        ("slack", 200, r#"{"ok":false,"error":"token_revoked"}"#, "invalid_grant", Kind::SignIn),
        ("slack", 200, r#"{"ok":false,"error":"bad_client_secret"}"#, "invalid_client", Kind::Failed),
        ("slack", 200, r#"{"ok":false,"error":"internal_error"}"#, "unclear", Kind::Remote),
        ("slack", 200, r#"{"ok":false,"error":"ratelimited"}"#, "unclear", Kind::Remote),
        // docs.stripe.com, "Connect OAuth reference"
        (
            "stripe",
            400,
            r#"{"error":"invalid_grant","error_description":"Refresh token does not exist: rt_1"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        (
            "stripe",
            401,
            r#"{"error":{"message":"Invalid API Key provided","type":"invalid_request_error"}}"#,
            "unclear",
            Kind::Failed,
        ),
        // help.salesforce.com, "OAuth 2.0 Error Codes"
        (
            "salesforce",
            400,
            r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        (
            "salesforce",
            400,
            r#"{"error":"inactive_user","error_description":"user is inactive"}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        ("salesforce", 400, r#"{"error":"invalid_client_id","error_description":"x"}"#, "invalid_client", Kind::Failed),
        ("salesforce", 400, r#"{"error":"rate_limit_exceeded"}"#, "unclear", Kind::Remote),
        (
            "google",
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            "invalid_grant",
            Kind::SignIn,
        ),
        (
            "google",
            401,
            r#"{"error":"deleted_client","error_description":"The OAuth client was deleted."}"#,
            "unclear",
            Kind::Failed,
        ),
    ] {
        let (said, told) = refused(id, status, body).await;
        assert_eq!((said.as_str(), told), (code, kind), "{id} {status} {body}");
    }
}
