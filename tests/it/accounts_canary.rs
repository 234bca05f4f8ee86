//! No secret of a sign-in is anywhere but in the vault (F50): keys, client secrets, codes and tokens are looked for, in every
//! spelling, in everything that the program prints, keeps, shows of itself and says when something fails.
#![cfg(target_os = "linux")]

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use appctl::accounts::{self, Account, ConnectRequest, Method};
use appctl::base::Secret;
use appctl::sandbox::{Options, Sandbox};
use serde_json::{Value as Json, json};

use crate::accounts_refresh::home_with_account;
use crate::canary::Canary;
use crate::support::accounts::{Ada, app_of, label, request, seed};
use crate::support::home::{Home, words};
use crate::support::sandbox::Control;

struct Watch {
    sandbox: Sandbox,
    home: Home,
    canaries: Vec<Canary>,
}

impl Watch {
    /// Every token that the vault holds for this account now is a canary from now on.
    fn learn(&mut self, account: &Account) {
        let app = app_of(&self.home, "tester");
        let key = format!("default/{}/{}", account.provider, account.id);
        let kept = app.vault.get(&key).unwrap().expect("it is kept");
        let bundle: Json = serde_json::from_str(kept.expose()).unwrap();
        for part in ["access", "refresh"] {
            self.canaries.extend(bundle[part].as_str().map(Canary::new));
        }
    }

    fn run(&self, arguments: &str, stdin: Option<&str>) -> i32 {
        let ran = self.home.finish(self.home.command(&words(arguments)), stdin);
        for canary in &self.canaries {
            canary.is_absent_from_output(&ran);
            assert!(canary.is_absent_from_folder(self.home.path()) > 2);
        }
        ran.status
    }

    async fn faults(&self, plan: &str) {
        Control::of(&self.sandbox).post("/control/faults", json!({ "plan": plan })).await;
    }
}

/// The arguments of a running process, as its neighbours see them.
fn arguments(child: &Child) -> Vec<u8> {
    std::fs::read(format!("/proc/{}/cmdline", child.id())).expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_sign_in_is_in_any_sink() {
    let sandbox = Sandbox::start(Options { seed: seed(), records: 5, ..Options::default() }).await.unwrap();
    let (home, one) = home_with_account(&sandbox).await;
    let client = sandbox.oauth().client();
    let mut watch = Watch { canaries: vec![Canary::new(client.1.expose())], sandbox, home };
    watch.learn(&one);
    // A service account's key, and a key from stdin.
    let mut file = watch.sandbox.oauth().service_account();
    file["token_uri"] = json!("https://oauth2.googleapis.com/token");
    let line = file["private_key"].as_str().unwrap().lines().nth(3).unwrap().to_owned();
    watch.canaries.push(Canary::new(&line));
    let robot = ConnectRequest {
        method: Some(Method::ServiceAccount),
        secret: Some(Secret::new(file.to_string())),
        client: None,
        label: Some(label("robot")),
        ..request(&watch.sandbox, "google")
    };
    accounts::connect(&app_of(&watch.home, "tester"), robot, &mut Ada::default()).await.unwrap();
    let token = watch.sandbox.token().expose().to_owned();
    watch.canaries.push(Canary::new(&token));
    let hubspot = watch.sandbox.endpoint("hubspot").unwrap();
    let connect = format!("integrations connect hubspot --method token --token-stdin --private --endpoint {hubspot}");
    assert_eq!(watch.run(&format!("{connect} --label key"), Some(&token)), 0);
    // One that is wrong is not repeated either.
    watch.canaries.push(Canary::new("pat-na1-wrong-0123456789"));
    assert_ne!(watch.run(&format!("{connect} --label key2"), Some("pat-na1-wrong-0123456789")), 0);
    // The client's secret from stdin, right and wrong.
    let oidc = watch.sandbox.endpoint("oidc").unwrap();
    let oidc = oidc.as_str().trim_end_matches('/');
    let machine = format!(
        "integrations connect custom --method client-credentials --set base_url={oidc} --set token_url={oidc}/token \
         --private --label machine --client-id {} --client-secret-stdin",
        client.0
    );
    watch.canaries.push(Canary::new("wrong-secret-0123456789abcdef"));
    assert_ne!(watch.run(&machine, Some("wrong-secret-0123456789abcdef")), 0);
    watch.run(&machine, Some(client.1.expose()));
    for arguments in [
        "integrations accounts",
        "integrations accounts --json",
        "integrations accounts test one -v",
        "integrations accounts test robot --json",
        "integrations accounts test key",
        "status",
        "status --json",
        "doctor",
        "log --json",
        "tables query \"select * from _appctl_documents\" --json",
    ] {
        watch.run(arguments, None);
    }
    // Renewals that go well, and every kind that does not.
    for plan in ["", "503@refresh", "400@refresh", "html@refresh", "cut@refresh", "401@identity", "500@identity"] {
        watch.faults("").await;
        let again = ConnectRequest { label: Some(label("one")), ..request(&watch.sandbox, "custom") };
        accounts::connect(&app_of(&watch.home, "tester"), again, &mut Ada::default()).await.unwrap();
        watch.learn(&one);
        watch.sandbox.oauth().expire_access("oidc").unwrap();
        watch.faults(plan).await;
        watch.run("integrations accounts test one -v", None);
        watch.learn(&one);
        watch.run("integrations accounts test one -v --json", None);
    }
    watch.faults("").await;
    // While it runs.
    let again = ConnectRequest { label: Some(label("one")), ..request(&watch.sandbox, "custom") };
    accounts::connect(&app_of(&watch.home, "tester"), again, &mut Ada::default()).await.unwrap();
    watch.learn(&one);
    watch.sandbox.oauth().expire_access("oidc").unwrap();
    watch.sandbox.oauth().hold();
    let mut command = watch.home.command(&words("integrations accounts test one"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while watch.sandbox.oauth().waiting() == 0 {
        assert!(Instant::now() < end, "it takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
    for canary in &watch.canaries {
        canary.is_absent("/proc/PID/cmdline", &arguments(&child));
        canary.is_absent_from_folder(watch.home.path());
    }
    watch.sandbox.oauth().release();
    child.wait().unwrap();
    watch.learn(&one);
    for arguments in [
        "integrations accounts share one --yes",
        "integrations accounts rename one two",
        "integrations accounts remove two --yes",
        "integrations accounts remove robot --yes",
        "integrations accounts remove key --yes",
        "log --json",
    ] {
        watch.run(arguments, None);
    }
}
