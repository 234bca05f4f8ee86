//! An OpenID provider that somebody else wrote (npm `oidc-provider`, tests/oidc/), signed in to as a `custom` product by
//! the real program: code with PKCE, device, rotation with re-use detection, revocation, and a no. What happened is
//! compared with what the provider says happened.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value as Json;
use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran};
use crate::support::terminal::calm;

/// The provider, which ends when its stdin does.
struct Issuer {
    process: Child,
    stdin: Option<ChildStdin>,
    url: String,
}

impl Issuer {
    /// Access tokens live so many seconds.
    fn start(access_seconds: u32) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc");
        let mut process = Command::new(tests_folder().join("serve"))
            .arg(folder)
            .args(["--access-seconds", &access_seconds.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Json = serde_json::from_str(&line).unwrap_or_else(|_| panic!("tests/oidc/serve says {line:?}"));
        let stdin = process.stdin.take();
        Issuer { process, stdin, url: said["issuer"].as_str().unwrap().to_owned() }
    }

    /// What happened so far: `granted authorization_code`, `refused refresh_token: invalid_grant`.
    fn events(&self) -> Vec<String> {
        let output = Command::new("curl").args(["-sf", &format!("{}/control/events", self.url)]).output().unwrap();
        let events: Json = serde_json::from_slice(&output.stdout).unwrap();
        let line = |event: &Json| match event["error"].as_str() {
            Some(error) => format!("{}: {error}", event["what"].as_str().unwrap()),
            None => event["what"].as_str().unwrap().to_owned(),
        };
        events.as_array().unwrap().iter().map(line).collect()
    }

    fn count(&self, what: &str) -> usize {
        self.events().iter().filter(|event| event.as_str() == what).count()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc")
}

/// Where node is, wherever that is.
fn path() -> String {
    let folders = std::env::join_paths(appctl::config::program_folders()).unwrap();
    folders.into_string().unwrap()
}

/// A browser with somebody of this name at it, who does what `options` say.
fn browser(options: &str) -> String {
    format!("node {} {options} %s", tests_folder().join("person.mjs").display())
}

fn run(home: &Home, browser: &str, stdin: Option<&str>, arguments: &str) -> Ran {
    let path = path();
    let ran = home.run_with(stdin, &[("BROWSER", browser), ("PATH", &path)], arguments);
    assert!(!ran.stderr.contains("of/acme"), "a secret is shown: {ran}");
    ran
}

fn connect(home: &Home, issuer: &Issuer, browser: &str, options: &str) -> Ran {
    let arguments = format!("integrations connect custom --name acme --issuer {} --wait 30 {options}", issuer.url);
    run(home, browser, None, &arguments)
}

#[test]
fn a_public_client_signs_in_with_pkce_and_is_tested_and_removed() {
    let (home, issuer) = (Home::with_vault(), Issuer::start(3600));
    let person = browser("--login ada");
    let ran = connect(&home, &issuer, &person, "--label acme --client-id acme-public --private");
    assert_data_eq!(
        calm(&ran.to_string()),
        str![[r#"

[status 0]
[stderr]
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/auth?[QUERY]
waiting for the browser, 30s at the most; Ctrl-C ends it
signed in as ada@acme.example
connected `acme`: ada@acme.example at acme, private
"#]]
    );
    assert_data_eq!(
        run(&home, &person, None, "integrations accounts").to_string(),
        str![[r#"

[status 0]
[stdout]
provider  label  identity          owner   sharing  scopes                       health  default  endpoint
acme      acme   ada@acme.example  tester  private  openid email offline_access  good    true

"#]]
    );
    assert_data_eq!(
        run(&home, &person, None, "integrations accounts custom test acme").to_string(),
        str![[r#"

[status 0]
[stderr]
account `acme` works: ada@acme.example at acme

"#]]
    );
    assert_data_eq!(
        run(&home, &person, None, "integrations accounts custom remove acme --yes").to_string(),
        str![[r#"

[status 0]
[stderr]
removed account `acme`; acme took its access back

"#]]
    );
    assert_eq!(issuer.events(), ["authorized", "granted authorization_code", "grant revoked"]);
    assert_eq!(run(&home, &person, None, "integrations accounts --json").stdout, "[]\n");
}

#[test]
fn confidential_clients_sign_in_both_ways() {
    let issuer = Issuer::start(3600);
    for (client, auth, secret) in
        [("acme-basic", "basic", "a secret: of/acme+basic%"), ("acme-body", "body", "the secret of acme-body")]
    {
        let home = Home::with_vault();
        let options = format!(
            "integrations connect custom --name acme --issuer {} --label acme --private --client-id {client} --client-secret-stdin --set client_auth={auth}",
            issuer.url
        );
        let ran = run(&home, &browser("--login ada"), Some(secret), &options);
        assert_eq!(ran.status, 0, "{client}: {ran}");
        let wrong =
            run(&home, &browser("--login bob"), Some("wrong"), &options.replace("--label acme", "--label other"));
        assert_eq!(wrong.status, 1, "{client}: {wrong}");
        assert!(wrong.stderr.contains("invalid_client"), "{wrong}");
    }
}

#[test]
fn every_call_finds_a_living_token_though_each_refresh_ends_the_one_before() {
    let (home, issuer) = (Home::with_vault(), Issuer::start(1));
    let person = browser("--login ada");
    assert_eq!(connect(&home, &issuer, &person, "--label acme --client-id acme-public --private").status, 0);
    let lapse = || std::thread::sleep(std::time::Duration::from_millis(1100));
    for _ in 0..3 {
        lapse();
        let ran = run(&home, &person, None, "integrations accounts custom test acme");
        assert_eq!(ran.status, 0, "{ran}: {:?}", issuer.events());
    }
    // Several at once: they take turns, and none uses a token that another one has spent.
    lapse();
    std::thread::scope(|scope| {
        let test = || run(&home, &person, None, "integrations accounts custom test acme");
        let running: Vec<_> = (0..6).map(|_| scope.spawn(test)).collect();
        for one in running {
            let ran = one.join().unwrap();
            assert_eq!(ran.status, 0, "{ran}: {:?}", issuer.events());
        }
    });
    let events = issuer.events();
    assert!(issuer.count("granted refresh_token") >= 4, "{events:?}");
    assert!(!events.iter().any(|event| event.contains("revoked") || event.contains("refused refresh")), "{events:?}");
}

#[test]
fn a_device_code_is_entered_in_another_browser() {
    let (home, issuer) = (Home::with_vault(), Issuer::start(3600));
    let path = path();
    let arguments = format!(
        "integrations connect custom --name acme --issuer {} --label tv --client-id acme-public --private --method device",
        issuer.url
    );
    let mut command = home.command(&crate::support::home::words(&arguments));
    let mut child = command.env("PATH", &path).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let url = loop {
        let mut line = String::new();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ends with {said}");
        said.push_str(&line);
        if let Some(at) = line.find("http").filter(|_| line.contains("user_code=")) {
            break line[at..].trim().to_owned();
        }
    };
    let person = tests_folder().join("person.mjs");
    assert!(Command::new("node").arg(person).args(["--login", "bob", &url]).output().unwrap().status.success());
    std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert_eq!(issuer.count("granted device_code"), 1);
    let accounts: Json = serde_json::from_str(&run(&home, "", None, "integrations accounts --json").stdout).unwrap();
    assert_eq!((&accounts[0]["label"], &accounts[0]["method"]), (&"tv".into(), &"device".into()));
    assert!(accounts[0]["identity"].as_str().unwrap().contains("bob"), "{accounts}");
}

#[test]
fn a_no_leaves_nothing() {
    let (home, issuer) = (Home::with_vault(), Issuer::start(3600));
    let ran = connect(&home, &issuer, &browser("--deny"), "--label acme --client-id acme-public --private");
    assert_data_eq!(
        calm(&ran.to_string()),
        str![[r#"

[status 5]
[stderr]
opened the browser; should it show nothing, go to
  http://127.0.0.1:[PORT]/auth?[QUERY]
waiting for the browser, 30s at the most; Ctrl-C ends it
error: this API refused: access_denied: End-User aborted interaction
hint: nothing was kept; run the command again, and allow what it asks for
"#]]
    );
    assert_eq!(issuer.events(), ["authorization refused: access_denied"]);
    assert_eq!(run(&home, "", None, "integrations accounts --json").stdout, "[]\n");
}

#[test]
fn who_spends_the_refresh_token_elsewhere_ends_the_sign_in_with_that_reason_and_reauth_brings_it_back() {
    let (home, issuer) = (Home::with_vault(), Issuer::start(1));
    let person = browser("--login ada");
    assert_eq!(connect(&home, &issuer, &person, "--label acme --client-id acme-public --private").status, 0);
    let lapse = || std::thread::sleep(std::time::Duration::from_millis(1100));
    // A copy of the home as it was: what it renews ends the original's tokens.
    lapse();
    let old = std::fs::read(home.path().join("vault.sealed")).unwrap();
    assert_eq!(run(&home, &person, None, "integrations accounts custom test acme").status, 0);
    std::fs::write(home.path().join("vault.sealed"), old).unwrap();
    lapse();
    let ran = run(&home, &person, None, "integrations accounts custom test acme");
    assert_eq!(ran.status, 4, "{ran}: {:?}", issuer.events());
    let accounts: Json = serde_json::from_str(&run(&home, "", None, "integrations accounts --json").stdout).unwrap();
    assert_eq!(accounts[0]["health"], "needs re-auth");
    let posts = issuer.events().len();
    // It does not knock again and again.
    assert_eq!(run(&home, &person, None, "integrations accounts custom test acme").status, 4);
    assert_eq!(issuer.events().len(), posts);
    let again = run(&home, &person, None, "integrations accounts custom reauth acme");
    assert_eq!(again.status, 0, "{again}");
    assert_eq!(run(&home, &person, None, "integrations accounts custom test acme").status, 0);
}
