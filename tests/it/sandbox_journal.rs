//! A sandbox that was started again, or is open twice, answers as one that never was: the same random requests to both,
//! every answer compared. `APPCTL_TEST_DEEP` plays more; a failure names its seed.

use std::path::Path;

use appctl::base::{Clock, Kind, Timestamp};
use appctl::sandbox::{Options, Sandbox};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value as Json, json};

use crate::support::postgres::{is_deep, variable};
use crate::support::sandbox::{Answer, Client, Control};
use crate::support::signin::{BACK, CHALLENGE, Signin, VERIFIER, form, text};

fn options() -> Options {
    let clock = Clock::fixed(Timestamp::parse("2026-11-24T06:00:00Z").unwrap());
    Options { records: 12, clock, ..Options::default() }
}

async fn open(path: &Path) -> Sandbox {
    Sandbox::open(path, options()).await.expect("the journal opens")
}

/// One request: method, path, header lines, body.
type Sent = (&'static str, String, String, String);

/// What has been handed out so far, to be used again.
#[derive(Default)]
struct Known {
    codes: Vec<String>,
    access: Vec<String>,
    refresh: Vec<String>,
    devices: Vec<String>,
    contacts: Vec<String>,
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

fn pick(dice: &mut StdRng, all: &[String]) -> String {
    if all.is_empty() { "none".to_owned() } else { all[dice.random_range(0..all.len())].clone() }
}

fn draw(dice: &mut StdRng, known: &Known, sandbox: &Sandbox) -> Sent {
    let (id, secret) = sandbox.client();
    let me = [("client_id", id.as_str()), ("client_secret", secret.expose())];
    let post = |path: &str, fields: &[(&str, &str)]| -> Sent {
        ("POST", path.to_owned(), FORM.to_owned(), form(&[&me[..], fields].concat()))
    };
    let control = format!("X-Control-Token: {}\r\n{JSON}", sandbox.control_token().expose());
    let token = format!("Authorization: Bearer {}\r\n{JSON}", sandbox.token().expose());
    let order = |path: &str, body: Json| -> Sent { ("POST", path.to_owned(), control.clone(), body.to_string()) };
    match dice.random_range(0..14) {
        0 | 1 => {
            let query = form(&[
                me[0],
                ("redirect_uri", BACK),
                ("response_type", "code"),
                ("scope", "openid email"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ]);
            ("GET", format!("/oidc/authorize?{query}"), String::new(), String::new())
        }
        2 | 3 => post(
            "/oidc/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", &pick(dice, &known.codes)),
                ("redirect_uri", BACK),
                ("code_verifier", VERIFIER),
            ],
        ),
        4 | 5 => {
            post("/oidc/token", &[("grant_type", "refresh_token"), ("refresh_token", &pick(dice, &known.refresh))])
        }
        6 => {
            let token = format!("Authorization: Bearer {}\r\n", pick(dice, &known.access));
            ("GET", "/oidc/userinfo".to_owned(), token, String::new())
        }
        7 if dice.random_bool(0.4) => post("/oidc/revoke", &[("token", &pick(dice, &known.access))]),
        7 => post("/oidc/device/code", &[("scope", "openid")]),
        8 => post(
            "/oidc/token",
            &[
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", &pick(dice, &known.devices)),
            ],
        ),
        9 => order("/control/clock", json!({"advance_seconds": dice.random_range(0..1200)})),
        10 if dice.random_bool(0.5) => order("/control/oauth/mint", json!({"provider": "oidc", "scopes": ["openid"]})),
        10 => order(
            "/control/oauth/answers",
            json!({"provider": "oidc", "endpoint": "identity", "error": "server_error", "status": 418}),
        ),
        11 => {
            let contact = json!({"properties": {"email": format!("n{}@example.com", dice.random_range(0..40)), "firstname": "N"}});
            ("POST", "/crm/v3/objects/contacts".to_owned(), token, contact.to_string())
        }
        12 => {
            let path = format!("/crm/v3/objects/contacts/{}", pick(dice, &known.contacts));
            let body = json!({"properties": {"firstname": format!("M{}", dice.random_range(0..9))}}).to_string();
            if dice.random_bool(0.3) { ("DELETE", path, token, String::new()) } else { ("PATCH", path, token, body) }
        }
        _ => ("GET", "/crm/v3/objects/contacts?limit=100&properties=email,firstname".to_owned(), token, String::new()),
    }
}

fn learn(known: &mut Known, answer: &Answer) {
    if let Some(to) = answer.header("location") {
        let to = url::Url::parse(to).unwrap();
        known.codes.extend(to.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned()));
    }
    let Ok(body) = serde_json::from_slice::<Json>(&answer.body) else { return };
    let all = [
        ("access_token", &mut known.access),
        ("refresh_token", &mut known.refresh),
        ("device_code", &mut known.devices),
        ("id", &mut known.contacts),
    ];
    for (name, list) in all {
        list.extend(body[name].as_str().map(str::to_owned));
    }
}

/// What of an answer must be the same: not the port, and not the number of a call.
fn same(answer: &Answer, sandbox: &Sandbox) -> String {
    let body = String::from_utf8_lossy(&answer.body).replace(&sandbox.port().to_string(), "PORT");
    let body = match serde_json::from_str::<Json>(&body) {
        Ok(mut json) => {
            json.as_object_mut().map(|object| object.shift_remove("correlationId"));
            // Its issuer is the address, so its signature is another one.
            json.as_object_mut().map(|object| object.shift_remove("id_token"));
            json.to_string()
        }
        Err(_) => body,
    };
    let to = answer.header("location").unwrap_or_default().replace(&sandbox.port().to_string(), "PORT");
    format!("{} {to} {body}", answer.status)
}

#[tokio::test]
async fn a_restart_answers_as_no_restart() {
    let lives = if is_deep() { 60 } else { 4 };
    for _ in 0..lives {
        let seed = variable("APPCTL_TEST_SEED").map_or_else(rand::random, |seed| seed.parse().unwrap());
        println!("seed {seed}");
        live(seed).await;
    }
}

async fn live(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let still = open(&one).await;
    std::fs::copy(&one, &two).unwrap();
    // Two processes have the other one open, and now and then one of them begins anew.
    let mut pair = [open(&two).await, open(&two).await];
    let mut dice = StdRng::seed_from_u64(seed);
    let mut known = Known::default();
    let mut changed = 0;
    for step in 0..120 {
        let at = dice.random_range(0..2);
        if dice.random_bool(0.1) {
            if dice.random_bool(0.5) {
                // Somebody died in the middle of a line.
                use std::io::Write as _;
                let mut file = std::fs::OpenOptions::new().append(true).open(&two).unwrap();
                file.write_all(&b"0123456789abcdef 17639640 R0VUIC9v\n"[..dice.random_range(1..=35)]).unwrap();
            }
            pair[at] = open(&two).await;
        }
        let sent = draw(&mut dice, &known, &still);
        let (method, path, headers, body) = &sent;
        let first = Client::of(&still).send(method, path, headers, body).await;
        let other = &pair[at];
        let headers = headers.replace(still.control_token().expose(), other.control_token().expose());
        let second = Client::of(other).send(method, path, &headers, body).await;
        let said = format!("seed {seed}, step {step}: {sent:?}");
        assert_eq!(same(&first, &still), same(&second, other), "{said}");
        changed += usize::from(method != &"GET" && first.status < 300);
        learn(&mut known, &first);
    }
    assert!(changed > 10, "seed {seed}: {changed} changes are not enough to tell");
    let lines = |path: &Path| std::fs::read_to_string(path).unwrap().lines().count();
    assert_eq!(lines(&one), lines(&two), "seed {seed}");
}

#[tokio::test]
async fn what_one_command_did_the_next_one_finds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let first = open(&path).await;
    let (port, client) = (first.port(), first.client().1);
    let mut signin = Signin::of(&first);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    first.shutdown().await;
    let second = Sandbox::open(&path, Options { seed: 99, records: 99, ..options() }).await.unwrap();
    assert_eq!(second.client().1.expose(), client.expose(), "the seed is that of the first");
    assert_eq!(second.port(), port, "and so is the port, which was free");
    let mut signin = Signin::of(&second);
    let tokens = signin.exchange("/oidc/token", &code).await.expect(200);
    let third = open(&path).await;
    assert_ne!(third.port(), port, "two at once have two ports");
    assert_eq!(Signin::of(&third).ask("/oidc/userinfo", &text(&tokens, "access_token")).await.status, 200);
    // What is spent at one is spent at the other.
    Signin::of(&third).refresh("/oidc/token", &text(&tokens, "refresh_token")).await.expect(200);
    signin.refresh("/oidc/token", &text(&tokens, "refresh_token")).await.expect(400);
    assert_eq!(Signin::of(&third).ask("/oidc/userinfo", &text(&tokens, "access_token")).await.status, 401);
}

/// RFC 6749 section 4.1.2 and rotation, however many ask at once and wherever.
#[tokio::test]
async fn a_crowd_at_two_processes_spends_a_refresh_token_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (one, two) = (open(&path).await, open(&path).await);
    let mut control = Control::of(&one);
    let minted = control.post("/control/oauth/mint", json!({"provider": "oidc", "scopes": ["openid"]})).await;
    let refresh = text(&minted, "refresh_token");
    let mut crowd = Vec::new();
    for at in 0..12 {
        let (mut signin, refresh) = (Signin::of(if at % 2 == 0 { &one } else { &two }), refresh.clone());
        crowd.push(tokio::spawn(async move { signin.refresh("/oidc/token", &refresh).await.status }));
    }
    let mut good = 0;
    for one in crowd {
        good += u32::from(one.await.unwrap() == 200);
    }
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_damaged_journal_is_an_error_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let sandbox = open(&path).await;
    let mut control = Control::of(&sandbox);
    for _ in 0..3 {
        control.post("/control/oauth/mint", json!({"provider": "oidc"})).await;
    }
    sandbox.shutdown().await;
    let whole = std::fs::read(&path).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for at in [0, first - 1, first + 30] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        let error = Sandbox::open(&path, options()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Corrupt, "{error:?}");
        assert_eq!(std::fs::read(&path).unwrap(), damaged, "nothing is lost of what may be mended");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let secret = sandbox_secret(&whole);
    assert!(secret.is_none(), "the key to the control API is kept by nobody: {secret:?}");
}

fn sandbox_secret(journal: &[u8]) -> Option<String> {
    use base64::Engine as _;
    let text = String::from_utf8_lossy(journal).into_owned();
    let requests = text.lines().skip(1).filter_map(|line| line.rsplit(' ').next());
    let plain = requests.filter_map(|line| base64::engine::general_purpose::STANDARD_NO_PAD.decode(line).ok());
    plain.map(|bytes| String::from_utf8_lossy(&bytes).to_lowercase()).find(|text| text.contains("x-control-token"))
}
