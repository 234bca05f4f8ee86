//! The sandbox's sign-ins as others see them: strict OAuth clients and the vendors' own libraries (npm, tests/clients/), each
//! with nothing changed but the address it calls, and the vendors' own types for the answers.
#![cfg(unix)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use appctl::sandbox::{Options, Sandbox};
use snapbox::{assert_data_eq, str};

/// What a script of tests/clients/ says about a sandbox of its own.
fn run(script: &str) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let options = Options { records: 20, ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).expect("a sandbox starts");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/run");
    let mut child = Command::new(tests)
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(sandbox.announcement().to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}.mjs:\n{said}\n{wrong}");
    let statuses = sandbox.stats().by_status;
    assert!(statuses.keys().all(|status| *status < 500), "{script}.mjs: {statuses:?}");
    said.into_owned()
}

#[test]
fn a_strict_client_reads_every_answer_of_the_openid_provider() {
    assert_data_eq!(
        run("oidc"),
        str![[r#"
metadata: authorization_endpoint authorization_response_iss_parameter_supported code_challenge_methods_supported device_authorization_endpoint grant_types_supported id_token_signing_alg_values_supported introspection_endpoint issuer jwks_uri response_modes_supported response_types_supported revocation_endpoint scopes_supported subject_types_supported token_endpoint token_endpoint_auth_methods_supported userinfo_endpoint
signed in by basic: {"expires_in":3600,"scope":"openid profile email","token_type":"bearer"}
the answer may be kept: no-store
signed in by post: {"expires_in":3600,"scope":"openid profile email","token_type":"bearer"}
the answer may be kept: no-store
signed in by none: {"expires_in":3600,"scope":"openid profile email","token_type":"bearer"}
the answer may be kept: no-store
identity token: {"iss":"http://127.0.0.1:PORT/oidc","azp":"sandbox-client","aud":"sandbox-client","sub":"12974685-cdae-435a-a955-fbcab60c3cac","exp":3600,"email":"ada@example.com","email_verified":true}
userinfo: {"sub":"12974685-cdae-435a-a955-fbcab60c3cac","name":"Ada Harbour","given_name":"Ada","family_name":"Harbour","preferred_username":"ada","email":"ada@example.com","email_verified":true}
refreshed: {"scope":"openid profile email","type":"bearer","seconds":3600,"identity":"string"}
refreshed for less: openid email
refreshed for all again: openid profile email
refreshed for more: 400 invalid_scope
a spent refresh token: 400 invalid_grant
its living child: 400 invalid_grant
the access token of the family: 401 bearer {"realm":"sandbox","error":"invalid_token","error_description":"The access token is not valid"}
a code twice: 400 invalid_grant
the tokens of that code: 400 invalid_grant
a wrong secret by basic: 401 basic {"realm":"sandbox"}
a wrong secret in the body: 401 basic {"realm":"sandbox"}
an odd client by basic: email
client credentials: {"expires_in":3600,"scope":"things:read","token_type":"bearer"}
device: {"user_code":"XXXX-XXXX","verification_uri":"http://127.0.0.1:PORT/oidc/device","verification_uri_complete":"http://127.0.0.1:PORT/oidc/device?user_code=CODE","expires_in":900,"interval":5}
the first poll: 400 authorization_pending
a poll at once: 400 slow_down
decided: {"scope":"openid","identity":"string"}
a poll after that: 400 invalid_grant
introspected: {"active":true,"scope":"openid","client_id":"sandbox-client","username":"bob@example.com","sub":"string","iss":"http://127.0.0.1:PORT/oidc","token_type":"Bearer","exp":3600}
a refresh token: true
nonsense: {"active":false}
revoked: {"active":false}
revoked by a stranger: 401 basic {"realm":"sandbox"}
denied: access_denied

"#]]
    );
}

#[test]
fn the_usual_client_for_node_signs_in() {
    assert_data_eq!(
        run("openid"),
        str![[r#"
signed in: ada@example.com
userinfo: ada@example.com
refreshed: openid email
introspected: true
revoked: false
as itself: things:read
the device signed in: openid

"#]]
    );
}

#[test]
fn a_client_by_the_book_signs_in_at_the_vendors() {
    assert_data_eq!(
        run("plain"),
        str![[r#"
airtable: access_token expires_in refresh_token scope token_type refresh_expires_in
  access token: oaa… bearer 3600 data.records:read user.email:read
  refreshed: another refresh token
github: access_token scope token_type
  access token: gho_… bearer for ever repo
google: access_token expires_in refresh_token scope token_type id_token
  access token: ya29.… bearer 3599 openid email
  refreshed: no refresh token
hubspot: token_type refresh_token access_token expires_in token_use hub_id user_id scopes
  access token: C… bearer 1800 no scope
  refreshed: the same refresh token
  revoked: 400 invalid_grant
salesforce: access_token refresh_token signature scope instance_url id token_type issued_at
  access token: 00D… bearer for ever api refresh_token
  refreshed: no refresh token
  revoked: 400 invalid_grant
stripe: access_token livemode refresh_token token_type stripe_publishable_key stripe_user_id scope
  access token: sk_test_… bearer for ever read_write
  refreshed: the same refresh token

"#]]
    );
}

#[test]
fn google_auth_library_signs_in() {
    assert_data_eq!(
        run("google"),
        str![[r#"
tokens: access_token expiry_date id_token refresh_token scope token_type
access token: ya29.a…, refresh token 1//…, Bearer, openid email https://www.googleapis.com/auth/drive.readonly
identity token: {"iss":"http://127.0.0.1:PORT/google","aud":"sandbox-client","azp":"sandbox-client","email":"ada@example.com","email_verified":true}
token info: {"aud":"sandbox-client","azp":"sandbox-client","scopes":["openid","email","https://www.googleapis.com/auth/drive.readonly"],"email":"ada@example.com","access_type":"offline"}
userinfo: {"email":"ada@example.com","same":true}
refreshed: access_token expiry_date id_token refresh_token scope token_type
renewed by itself: ada@example.com
revoked: 200 {}
after that: 400 {"error":"invalid_grant","error_description":"Token has been expired or revoked."}
a wrong code: 400 {"error":"invalid_grant","error_description":"Malformed auth code."}
revoking nonsense: 400 {"error":"invalid_token","error_description":"Token expired or revoked"}
service account: ya29.a… Bearer, access_token expiry_date id_token refresh_token token_type
acts for: ada@example.com
a stranger: invalid_grant: Invalid grant: account not found

"#]]
    );
}

#[test]
fn slack_web_api_signs_in() {
    assert_data_eq!(
        run("slack"),
        str![[r#"
installed: {"ok":true,"access_token":"xoxe.xoxb-1-…","token_type":"bot","scope":"chat:write,channels:read","refresh_token":"xoxe-1-…","expires_in":43200,"bot_user_id":"U","app_id":"A","team":{"id":"T","name":"Example"},"enterprise":null,"is_enterprise_install":false}
the person: {"id":"U","access_token":"xoxe.xoxp-1-…","token_type":"user","scope":"users:read","refresh_token":"xoxe-1-…","expires_in":43200}
auth.test as the app: {"team":"Example","user":"sandbox","url":"https://example.slack.com/","bot":"B","same":true}
auth.test as the person: {"user":"ada","bot":null,"scopes":["users:read"]}
on this machine: {"id":"U","access_token":"xoxe.xoxp-1-…","token_type":"user","scope":"search:read","refresh_token":"xoxe-1-…","expires_in":43200,"bot":null}
refreshed: {"access_token":"xoxe.xoxp-1-…","refresh_token":"xoxe-1-…","token_type":"user","scope":"search:read","expires_in":43200}
a rehearsal: {"ok":true,"revoked":false}
revoked: {"ok":true,"revoked":true}
auth.test after that: slack_webapi_platform_error: token_revoked
auth.test with nonsense: slack_webapi_platform_error: invalid_auth
auth.test with nothing: slack_webapi_platform_error: not_authed
a spent refresh token: slack_webapi_platform_error: invalid_refresh_token
a wrong code: slack_webapi_platform_error: invalid_code
a wrong secret: slack_webapi_platform_error: bad_client_secret
a stranger: slack_webapi_platform_error: invalid_client_id

"#]]
    );
}

#[test]
fn the_octokit_signs_in() {
    assert_data_eq!(
        run("github"),
        str![[r#"
web flow: {"scopes":["repo,user:email"],"token":"gho_…"}
user: {"login":"ada-example-com","type":"User","email":"ada@example.com"}
checked: {"scopes":["repo","user:email"],"same":true}
checked with a wrong secret: 401 Requires authentication
reset: {"scopes":["repo","user:email"],"token":"gho_…"}
the token before: 401 Bad credentials
deleted: 204
a deleted token: 401 Bad credentials
checked after that: 404 Not Found
a wrong code: 400 bad_verification_code
a wrong secret: 400 incorrect_client_credentials
device: {"device_code":40,"user_code":"XXXX-XXXX","verification_uri":"http://127.0.0.1:PORT/github/login/device","expires_in":900,"interval":5}
the first poll: 400 authorization_pending
a poll at once: 400 slow_down
device flow: {"scopes":["gist"],"login":"bob-example-com"}
the grant is deleted: 204
its token: 401 Bad credentials
GitHub App: {"access_token":"gho_…","expires_in":28800,"refresh_token":"ghr_…","scope":"","token_type":"bearer","refresh_token_expires_in":15897600}
refreshed: gho_… ghr_…
a spent refresh token: 400 bad_refresh_token
installation: {"token":"ghs_…","type":"installation","permissions":{"contents":"read","issues":"write","metadata":"read"},"selection":"all"}
repositories: 1
revoked: 204
after that: 401 Bad credentials
an app that nobody knows: 404 Integration not found

"#]]
    );
}

#[test]
fn hubspots_own_client_signs_in() {
    assert_data_eq!(
        run("hubspot"),
        str![[r#"
tokens: {"accessToken":"C…","refreshToken":"na1-…","tokenType":"bearer","expiresIn":1800}
access token: {"hubId":4200001,"userId":"number","scopes":["oauth","crm.objects.contacts.read"],"tokenType":"access","user":"ada@example.com","hubDomain":"example.com","appId":1000001,"expiresIn":true}
refresh token: {"hubId":4200001,"userId":"number","scopes":["oauth","crm.objects.contacts.read"],"tokenType":"refresh","user":"ada@example.com","hubDomain":"example.com","clientId":"sandbox-client"}
contacts: 2
objects out of its scopes: 403 {"status":"error","message":"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.","correlationId":"string","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.deals.read"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}
refreshed after its end: 400 {"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token","correlationId":"string"}
the access token: 404 {"status":"error","message":"access token not found or expired","correlationId":"string"}
a wrong code: 400 {"status":"BAD_AUTH_CODE","message":"missing or unknown auth code","correlationId":"string"}
a wrong secret: 400 {"status":"BAD_CLIENT_SECRET","message":"missing or invalid client secret","correlationId":"string"}
a private app: 1

"#]]
    );
}

#[test]
fn notions_own_client_signs_in() {
    assert_data_eq!(
        run("notion"),
        str![[r#"
tokens: access_token token_type refresh_token bot_id workspace_icon workspace_name workspace_id owner duplicated_template_id request_id
access token: ntn_… nrt_… bearer Example ada@example.com
users.me: {"object":"user","type":"bot","name":"Sandbox","workspace":"Example"}
introspected: {"active":true,"scope":"read_content insert_content update_content","iat":"number","request_id":"string"}
revoked: request_id
introspected after that: false
users.me after that: APIResponseError 401 unauthorized: API token is invalid.
a spent refresh token: UnknownHTTPResponseError 400 notionhq_client_response_error: Request to Notion API failed with status: 400
a wrong secret: UnknownHTTPResponseError 401 notionhq_client_response_error: Request to Notion API failed with status: 401
an internal integration: {"type":"workspace","workspace":true}

"#]]
    );
}

#[test]
fn stripes_own_client_connects_an_account() {
    assert_data_eq!(
        run("stripe"),
        str![[r#"
tokens: access_token livemode refresh_token scope stripe_publishable_key stripe_user_id token_type
access token: sk_test_… rt_… pk_test_… acct_… read_write false
account: {"object":"account","type":"standard","email":"ada@example.com","country":"US","charges":true}
by its id: true
refreshed: {"scope":"read_write","same":true}
another account: StripePermissionError 403 invalid_request_error account_invalid The provided key 'sk_test_********' does not have access to account 'acct_somebody' (or that account does not exist). Application access may have been revoked.
the code again: StripeInvalidGrantError 400 invalid_grant  This authorization code has already been used. All tokens issued with this code have been revoked.
a wrong code: StripeInvalidGrantError 400 invalid_grant  Authorization code does not exist
a wrong key: StripeInvalidClientError 401 invalid_client  Invalid API Key provided
deauthorized: stripe_user_id
the account after that: StripeAuthenticationError 401 invalid_request_error  Invalid API Key provided: sk_test_********
deauthorized twice: StripeInvalidClientError 401 invalid_client  This application is not connected to the account, or it does not exist.
a key of the platform: account

"#]]
    );
}

#[test]
fn jsforce_signs_in() {
    assert_data_eq!(
        run("salesforce"),
        str![[r#"
authorized: 005… 00D… at http://127.0.0.1:PORT/salesforce
tokens: 00D… 5Aep861…
identity: {"username":"ada@example.com","email":"ada@example.com","active":true,"rest":"http://127.0.0.1:PORT/salesforce/services/data/v{version}/"}
renewed by itself: 1 time, 15000 calls a day
refreshed: access_token id instance_url issued_at scope signature token_type
a wrong code: invalid_grant: invalid authorization code
a wrong secret: invalid_client: invalid client credentials
refreshed after revocation: invalid_grant: expired access/refresh token
revoked twice: invalid_token: invalid token
as itself: 00D… no refresh token http://127.0.0.1:PORT/salesforce

"#]]
    );
}

#[test]
fn every_answer_has_the_vendors_own_type() {
    assert_data_eq!(
        run("types"),
        str![[r#"
github_public_user: GitHub['public-user']
github_private_user: GitHub['private-user']
github_emails: GitHub['email'][]
github_checked: GitHub['authorization']
github_reset: GitHub['authorization']
github_refused: GitHub['basic-error']
github_installation: GitHub['installation-token']
stripe_tokens: Stripe.OAuthToken
stripe_account: Stripe.Account
stripe_balance: Stripe.Balance
stripe_deauthorized: Stripe.OAuthDeauthorization
notion_tokens: OauthTokenResponse
notion_refreshed: OauthTokenResponse
notion_me: GetSelfResponse & { request_id?: string }
notion_introspected: OauthIntrospectResponse
notion_revoked: OauthRevokeResponse
slack_tokens: Known<OauthV2AccessResponse>
slack_test: Known<AuthTestResponse>
slack_revoked: Known<AuthRevokeResponse>
slack_refused: Known<AuthTestResponse>
salesforce_tokens: TokenResponse
salesforce_identity: IdentityInfo & Record<string, unknown>
the compiler: 0

"#]]
    );
}
