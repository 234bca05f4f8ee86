//! Requests that the sandbox's authorization servers have never seen: real ones, spoilt at random, on bare sockets. Whatever
//! comes, there is an answer that HTTP can read, never a 5xx, never a secret in an address; and afterwards somebody signs in
//! as ever. `APPCTL_TEST_DEEP` sends more; a failure names its seed and the request.

use std::time::Duration;

use appctl::sandbox::Sandbox;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::postgres::{is_deep, variable};
use crate::support::sandbox::sandbox;
use crate::support::signin::{BACK, CHALLENGE, Signin, VERIFIER, basic, bearer, text};

/// A request before it is spoilt.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<String>,
    fields: Vec<(String, String)>,
    json: bool,
}

/// What somebody has who is in the middle of everything.
struct Things {
    id: String,
    secret: String,
    access: String,
    refresh: String,
    code: String,
    assertion: String,
}

const VENDORS: [(&str, &str, &str); 9] = [
    ("/airtable", "/oauth2/v1/authorize", "/oauth2/v1/token"),
    ("/github", "/login/oauth/authorize", "/login/oauth/access_token"),
    ("/google", "/o/oauth2/v2/auth", "/token"),
    ("", "/oauth/authorize", "/oauth/v3/token"),
    ("/notion", "/v1/oauth/authorize", "/v1/oauth/token"),
    ("/oidc", "/authorize", "/token"),
    ("/salesforce", "/services/oauth2/authorize", "/services/oauth2/token"),
    ("/slack", "/oauth/v2/authorize", "/api/oauth.v2.access"),
    ("/stripe", "/oauth/authorize", "/oauth/token"),
];

/// Places beside those two, with the method they want.
const PLACES: [(&str, &str); 34] = [
    ("POST", "/oidc/device/code"),
    ("GET", "/oidc/device"),
    ("POST", "/oidc/device"),
    ("POST", "/oidc/revoke"),
    ("POST", "/oidc/introspect"),
    ("GET", "/oidc/userinfo"),
    ("GET", "/oidc/jwks"),
    ("GET", "/oidc/.well-known/openid-configuration"),
    ("GET", "/.well-known/oauth-authorization-server/oidc"),
    ("POST", "/google/device/code"),
    ("POST", "/google/revoke"),
    ("GET", "/google/tokeninfo"),
    ("GET", "/google/oauth2/v3/userinfo"),
    ("GET", "/google/drive/v3/about"),
    ("POST", "/github/login/device/code"),
    ("POST", "/github/applications/sandbox-client/token"),
    ("PATCH", "/github/applications/sandbox-client/token"),
    ("DELETE", "/github/applications/sandbox-client/grant"),
    ("POST", "/github/app/installations/42/access_tokens"),
    ("DELETE", "/github/installation/token"),
    ("GET", "/github/user"),
    ("GET", "/slack/api/auth.test"),
    ("POST", "/slack/api/auth.revoke"),
    ("POST", "/oauth/v3/token/introspect"),
    ("POST", "/oauth/2026-03/token/revoke"),
    ("GET", "/oauth/v1/access-tokens/x"),
    ("DELETE", "/oauth/v1/refresh-tokens/x"),
    ("POST", "/notion/v1/oauth/introspect"),
    ("POST", "/notion/v1/oauth/revoke"),
    ("GET", "/notion/v1/users/me"),
    ("POST", "/stripe/oauth/deauthorize"),
    ("GET", "/stripe/v1/account"),
    ("POST", "/salesforce/services/oauth2/revoke"),
    ("GET", "/salesforce/services/data/v65.0/limits"),
];

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn draw(dice: &mut StdRng, things: &Things) -> Sent {
    let Things { id, secret, access, refresh, code, assertion } = things;
    let me = [("client_id", id.as_str()), ("client_secret", secret.as_str())];
    let (vendor, page, token) = VENDORS[dice.random_range(0..VENDORS.len())];
    let mut sent = Sent {
        method: "POST".to_owned(),
        path: format!("{vendor}{token}"),
        query: Vec::new(),
        headers: Vec::new(),
        fields: pairs(&me),
        json: vendor == "/notion",
    };
    match dice.random_range(0..8) {
        0 | 1 => {
            sent.method = "GET".to_owned();
            sent.path = format!("{vendor}{page}");
            sent.fields.clear();
            sent.query = pairs(&[
                me[0],
                (
                    "redirect_uri",
                    if vendor.is_empty() || vendor == "/airtable" { "http://localhost:1/cb" } else { BACK },
                ),
                ("response_type", "code"),
                ("scope", "openid email"),
                ("user_scope", "users:read"),
                ("state", "st"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ]);
        }
        2 => sent.fields.extend(pairs(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ])),
        3 => sent.fields.extend(pairs(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("scope", "openid"),
        ])),
        4 => {
            let grants = ["client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "password"];
            sent.fields.extend(pairs(&[("grant_type", grants[dice.random_range(0..3)]), ("device_code", code)]));
        }
        5 => sent
            .fields
            .extend(pairs(&[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)])),
        _ => {
            let (method, path) = PLACES[dice.random_range(0..PLACES.len())];
            (sent.method, sent.path) = (method.to_owned(), path.to_owned());
            let text = [access, refresh, assertion][dice.random_range(0..3)];
            sent.fields.extend(pairs(&[
                ("token", text),
                ("access_token", text),
                ("scope", "openid"),
                ("user_code", code),
            ]));
            sent.headers.push(bearer(text));
            sent.json = path.contains("applications") || path.starts_with("/notion");
        }
    }
    if dice.random_bool(0.3) {
        sent.headers = vec![basic(id, secret)];
        sent.fields.retain(|(name, _)| !name.starts_with("client_"));
    }
    sent
}

/// Text that nobody sends on purpose.
fn odd(dice: &mut StdRng) -> String {
    let long = dice.random_range(1..70_000);
    match dice.random_range(0..12) {
        0 => String::new(),
        1 => "é漢🦀\u{202e}\u{0}".to_owned(),
        2 => "a".repeat(long),
        3 => "%".repeat(long % 100),
        4 => "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        5 => "\r\nSet-Cookie: a=b\r\n\r\n".to_owned(),
        6 => "<script>\"'&".to_owned(),
        7 => "-9223372036854775808".to_owned(),
        8 => "http://[::1".to_owned(),
        9 => ".".repeat(long % 50),
        10 => "javascript:alert(1)".to_owned(),
        _ => (0..long % 40).map(|_| char::from(dice.random_range(0x20..0x7F_u8))).collect(),
    }
}

fn spoil(dice: &mut StdRng, sent: &mut Sent) {
    let list = if dice.random_bool(0.5) && !sent.query.is_empty() { &mut sent.query } else { &mut sent.fields };
    let at = if list.is_empty() { None } else { Some(dice.random_range(0..list.len())) };
    match (dice.random_range(0..12), at) {
        (0, Some(at)) => _ = list.remove(at),
        (1, Some(at)) => list.push(list[at].clone()),
        (2 | 3, Some(at)) => list[at].1 = odd(dice),
        (4, Some(at)) => list[at].0 = odd(dice),
        (5, Some(at)) => {
            // One letter of it is another one, which is what a signature and a lookup must notice.
            let mut letters: Vec<char> = list[at].1.chars().collect();
            if let Some(letter) = letters.len().checked_sub(1).map(|last| dice.random_range(0..=last)) {
                letters[letter] = char::from(dice.random_range(0x21..0x7F_u8));
            }
            list[at].1 = letters.into_iter().collect();
        }
        (6, _) => {
            let methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "FROB"];
            sent.method = methods[dice.random_range(0..methods.len())].to_owned();
        }
        (7, _) => {
            let heads =
                ["Authorization: Bearer\r\n", "Authorization: Basic e30=\r\n", "Authorization:\r\n", "Accept: */*\r\n"];
            sent.headers.push(heads[dice.random_range(0..heads.len())].to_owned());
        }
        (8, _) => sent.json = !sent.json,
        (9, _) => sent.path.push_str(["/", "//x", "/..", "%2f", "%", "/%ff", "?a=b?c"][dice.random_range(0..7)]),
        (10, _) => std::mem::swap(&mut sent.query, &mut sent.fields),
        _ => sent.headers.push(format!("X-Odd: {}\r\n", odd(dice).replace(['\r', '\n', '\0'], ""))),
    }
}

/// As bytes; some of them not quite HTTP.
fn bytes(dice: &mut StdRng, sent: &Sent) -> Vec<u8> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent.query).finish();
    let mut body = if sent.json {
        let object: serde_json::Map<_, _> =
            sent.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        serde_json::Value::Object(object).to_string().into_bytes()
    } else {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent.fields).finish().into_bytes()
    };
    if dice.random_bool(0.1) && !body.is_empty() {
        let at = dice.random_range(0..body.len());
        body[at] = dice.random();
    }
    let kind = match dice.random_range(0..20) {
        0 => "text/xml",
        1 => "multipart/form-data",
        _ if sent.json => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    let mark = if query.is_empty() { "" } else { "?" };
    let mut head = format!("{} {}{mark}{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", sent.method, sent.path);
    head.push_str(&sent.headers.concat());
    head.push_str(&format!("Content-Type: {kind}\r\n"));
    let mut whole = Vec::new();
    match dice.random_range(0..20) {
        0 => {
            head.push_str("Transfer-Encoding: chunked\r\n\r\n");
            whole.extend(head.into_bytes());
            for part in body.chunks(7) {
                whole.extend(format!("{:x}\r\n", part.len()).bytes());
                whole.extend(part);
                whole.extend(b"\r\n");
            }
            whole.extend(b"0\r\n\r\n");
        }
        1 => {
            let sizes = ["ffffffffffffffff", "+5", "zz", "7fffffff", ""];
            let size = sizes[dice.random_range(0..sizes.len())];
            whole.extend(format!("{head}Transfer-Encoding: chunked\r\n\r\n{size}\r\n").bytes());
        }
        2 => {
            let lengths = ["-1", "+3", "99999999999999999999", "x", "40000000"];
            let length = lengths[dice.random_range(0..lengths.len())];
            whole.extend(format!("{head}Content-Length: {length}\r\n\r\n").bytes());
        }
        _ => {
            whole.extend(format!("{head}Content-Length: {}\r\n\r\n", body.len()).bytes());
            whole.extend(body);
        }
    }
    whole
}

#[tokio::test]
async fn nothing_that_comes_upsets_the_servers() {
    let requests = if is_deep() { 60_000 } else { 1500 };
    let seed = variable("APPCTL_TEST_SEED").map_or_else(rand::random, |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (sandbox, _) = sandbox(3, "").await;
    let mut things = things(&sandbox).await;
    for at in 0..requests {
        if at % 200 == 199 {
            things = self::things(&sandbox).await;
        }
        let mut sent = draw(&mut dice, &things);
        for _ in 0..dice.random_range(0..4) {
            spoil(&mut dice, &mut sent);
        }
        let whole = bytes(&mut dice, &sent);
        let shown = || format!("seed {seed}, request {at}: {:.1500}", String::from_utf8_lossy(&whole));
        let answer = ask(&sandbox, &whole).await;
        let Ok(answer) = answer else { panic!("no answer: {}", shown()) };
        check(&answer, &sent, &things).unwrap_or_else(|what| panic!("{what}: {answer:.2000}\n{}", shown()));
    }
    let mut signin = Signin::of(&sandbox);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    signin.exchange("/oidc/token", &code).await.expect(200);
    let shown = format!("{sandbox:?} {:?} {:?}", sandbox.oauth(), sandbox.oauth().client());
    assert!(!shown.contains(&things.secret), "{shown}");
}

async fn things(sandbox: &Sandbox) -> Things {
    let mut signin = Signin::of(sandbox);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid email")]).await.code();
    let tokens = signin.exchange("/oidc/token", &code).await.expect(200);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid email")]).await.code();
    let now = sandbox.clock().now().millis() / 1000;
    let claims = json!({"iss": signin.id, "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + 500});
    let assertion = crate::support::signin::assertion(sandbox, &claims);
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    Things { id: signin.id, secret: signin.secret, access, refresh, code, assertion }
}

/// All that comes back before the connection ends.
async fn ask(sandbox: &Sandbox, whole: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port())).await?;
    // A request that is refused early is not read to its end, so the write may fail while there is an answer.
    _ = stream.write_all(whole).await;
    _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    match read.expect("it answers in time") {
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

fn check(answer: &str, sent: &Sent, things: &Things) -> Result<(), String> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no head")?;
    let status: u16 = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
    if !head.starts_with("HTTP/1.1 ") || !(200..500).contains(&status) {
        return Err(format!("status {status}"));
    }
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    if let Some(location) = header("location") {
        let own = [&things.secret, &things.access, &things.refresh, &things.assertion];
        let came = format!("{:?}", sent);
        if own
            .iter()
            .any(|secret| location.contains(secret.as_str()) && !came.contains(&format!("state\", \"{secret}")))
        {
            return Err("a secret in an address".to_owned());
        }
    }
    if head.to_ascii_lowercase().contains("\nset-cookie") {
        return Err("a header from a parameter".to_owned());
    }
    if status == 405 && header("allow").is_none() {
        return Err("no `Allow`".to_owned());
    }
    let json = header("content-type").is_some_and(|kind| kind.contains("json"));
    if json && !body.is_empty() && serde_json::from_str::<serde_json::Value>(body).is_err() {
        return Err("no JSON".to_owned());
    }
    let tokens = ["\"access_token\":", "\"refresh_token\":"].iter().any(|key| body.contains(key));
    if tokens && status == 200 && header("cache-control").as_deref() != Some("no-store") {
        return Err("tokens that a cache may keep".to_owned());
    }
    Ok(())
}
