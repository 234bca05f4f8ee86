//! The real program at an account's end: many at once (F40), killed at every step (F41), stopped by Ctrl-C. The judge is the
//! server's own count of what came with each refresh token.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use appctl::accounts::{self, ConnectRequest};
use appctl::base::Timestamp;
use appctl::sandbox::{Options, Sandbox};
use rustix::process::{Pid, Signal, kill_process};

use crate::accounts_refresh::home_with_account;
use crate::support::accounts::{Ada, app_of, label, request, seed};
use crate::support::home::{Home, Ran, words};
use crate::support::killing::{kill_at, points, some};
use crate::support::postgres::is_deep;

/// What each process does with the account.
const TEST: &str = "integrations accounts custom test one";

async fn sandbox() -> Sandbox {
    Sandbox::start(Options { seed: seed(), records: 1, ..Options::default() }).await.unwrap()
}

fn command(home: &Home) -> Command {
    home.command(&words(TEST))
}

fn run(home: &Home) -> Ran {
    home.finish(command(home), None)
}

fn start(home: &Home) -> Child {
    let mut command = command(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_renew_a_token_once_for_each_end() {
    let sandbox = sandbox().await;
    let (home, _) = home_with_account(&sandbox).await;
    let (processes, ends) = if is_deep() { (64, 200) } else { (8, 5) };
    let authorizations = sandbox.oauth().counts("oidc").unwrap().authorizations;
    for end in 1..=ends {
        sandbox.oauth().expire_access("oidc").unwrap();
        let children: Vec<Child> = (0..processes).map(|_| start(&home)).collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "end {end}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let counts = sandbox.oauth().counts("oidc").unwrap();
        assert_eq!(counts.grants["refresh"], end, "exactly one question for each end");
        assert_eq!((counts.refreshes, counts.families_revoked), (end, 0));
        assert_eq!(counts.most_posts_per_refresh_token(), 1);
    }
    assert_eq!(sandbox.oauth().counts("oidc").unwrap().authorizations, authorizations, "nobody was sent to a browser");
}

/// Signs in again, so that the next kill finds an account that is well.
async fn sign_in(sandbox: &Sandbox, home: &Home, provider: &str) {
    let app = app_of(home, "tester");
    let request = ConnectRequest { label: Some(label("one")), ..request(sandbox, provider) };
    accounts::connect(&app, request, &mut Ada::default()).await.unwrap();
}

/// What must be true whatever was killed: no token came twice, and the account is well or says what is wrong, for good.
fn look(sandbox: &Sandbox, home: &Home, what: &str) -> bool {
    let ran = run(home);
    let counts = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!(counts.most_posts_per_refresh_token().max(1), 1, "{what}: {ran}");
    assert_eq!(counts.families_revoked, 0, "{what}");
    if ran.status == 0 {
        return true;
    }
    assert_eq!(ran.status, 4, "{what}: {ran}");
    assert!(ran.stderr.contains("needs a new sign-in") && ran.stderr.contains("died at"), "{what}: {ran}");
    let again = run(home);
    assert_eq!(again.status, 4, "{what}: {again}");
    let after = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!(after.grants.get("refresh"), counts.grants.get("refresh"), "{what}: and nobody asks again");
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_renewal_is_whole_or_says_that_it_is_not() {
    let sandbox = sandbox().await;
    let (home, _) = home_with_account(&sandbox).await;
    sandbox.oauth().expire_access("oidc").unwrap();
    let points = points(&home, &command(&home));
    let (mut killed, mut recovered) = (0, 0);
    for point in some(&points, 14, is_deep()) {
        sign_in(&sandbox, &home, "custom").await;
        sandbox.oauth().expire_access("oidc").unwrap();
        killed += u32::from(kill_at(&command(&home), &point));
        recovered += u32::from(look(&sandbox, &home, &point.to_string()));
    }
    assert!(killed > 5, "{killed} of {} points were reached", points.len());
    assert!(recovered > 0, "most deaths cost nothing");
}

/// What the server and the account's settings say of a spent refresh token, in seconds.
const GRACE: u64 = 600;

/// A home whose account is at a server with a grace, and the file in which its processes leave word.
async fn home_with_grace(sandbox: &Sandbox) -> (Home, std::path::PathBuf) {
    sandbox.oauth().change_rules("oidc", |rules| rules.grace = GRACE).unwrap();
    let home = Home::with_vault();
    sign_in_with_grace(sandbox, &home).await;
    let app = app_of(&home, "tester");
    let account = accounts::find(&app, &label("one")).unwrap();
    (home, app.store.folder().join(format!("accounts/{}.json", account.id)))
}

async fn sign_in_with_grace(sandbox: &Sandbox, home: &Home) {
    let mut request = ConnectRequest { label: Some(label("one")), ..request(sandbox, "custom") };
    request.settings.insert("refresh_grace".to_owned(), GRACE.to_string());
    accounts::connect(&app_of(home, "tester"), request, &mut Ada::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_renewal_is_recovered_within_the_server_s_grace() {
    let sandbox = sandbox().await;
    let (home, _) = home_with_grace(&sandbox).await;
    sandbox.oauth().expire_access("oidc").unwrap();
    let points = points(&home, &command(&home));
    let mut twice = 0;
    for point in some(&points, 14, is_deep()) {
        sandbox.oauth().expire_access("oidc").unwrap();
        sandbox.oauth().reset_counts("oidc").unwrap();
        kill_at(&command(&home), &point);
        let ran = run(&home);
        let counts = sandbox.oauth().counts("oidc").unwrap();
        assert_eq!(ran.status, 0, "{point}: {ran}");
        assert!(counts.most_posts_per_refresh_token() <= 2, "{point}: {counts:?}");
        assert_eq!(counts.families_revoked, 0, "{point}");
        twice += u32::from(counts.most_posts_per_refresh_token() == 2);
        assert_eq!(run(&home).status, 0, "{point}");
    }
    assert!(twice > 0, "some died between the answer and the kept tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_a_renewal_is_given_up_once_the_server_s_grace_is_over() {
    let sandbox = sandbox().await;
    let (home, word) = home_with_grace(&sandbox).await;
    sandbox.oauth().expire_access("oidc").unwrap();
    let points = points(&home, &command(&home));
    let mut lost = 0;
    for point in some(&points, 14, is_deep()) {
        sign_in_with_grace(&sandbox, &home).await;
        sandbox.oauth().expire_access("oidc").unwrap();
        sandbox.oauth().reset_counts("oidc").unwrap();
        kill_at(&command(&home), &point);
        let intended = later(&word, GRACE);
        let ran = run(&home);
        let counts = sandbox.oauth().counts("oidc").unwrap();
        assert!(counts.most_posts_per_refresh_token() <= 1, "{point}: {counts:?}");
        assert_eq!(counts.families_revoked, 0, "{point}");
        if ran.status == 0 {
            continue; // nothing was asked yet, or the new tokens were kept already
        }
        lost += 1;
        assert!(intended, "{point}: {ran}");
        assert_eq!(ran.status, 4, "{point}: {ran}");
        assert!(ran.stderr.contains("longer than 600 s ago") && ran.stderr.contains("work only once"), "{ran}");
        assert_eq!(run(&home).status, 4, "{point}");
        let after = sandbox.oauth().counts("oidc").unwrap();
        assert_eq!(after.grants.get("refresh"), counts.grants.get("refresh"), "{point}: nobody asks again");
    }
    assert!(lost > 0, "some died between the answer and the kept tokens");
}

/// Makes the word that a dead process left older; whether there was any of a renewal on its way.
fn later(word: &std::path::Path, seconds: u64) -> bool {
    let mut state: serde_json::Value = serde_json::from_slice(&std::fs::read(word).unwrap()).unwrap();
    let Some(at) = state["intent"]["at"].as_str().and_then(Timestamp::parse) else { return false };
    state["intent"]["at"] = at.minus(Duration::from_secs(seconds)).rfc3339().into();
    std::fs::write(word, state.to_string()).unwrap();
    true
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "it takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process has an id");
    kill_process(pid, signal).expect("it is ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_answer_is_on_its_way_it_recovers_where_the_vendor_allows_it() {
    for provider in ["custom", "google"] {
        let sandbox = sandbox().await;
        let home = Home::with_vault();
        sign_in(&sandbox, &home, provider).await;
        let test = format!("integrations accounts {provider} test one");
        sandbox.oauth().expire_access("").unwrap();
        sandbox.oauth().hold();
        let mut command = home.command(&words(&test));
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        wait_until(|| sandbox.oauth().waiting() == 1);
        child.kill().unwrap();
        child.wait().unwrap();
        sandbox.oauth().release();
        let ran = home.finish(home.command(&words(&test)), None);
        let counts = sandbox.oauth().counts("").unwrap();
        if provider == "google" {
            assert_eq!(ran.status, 0, "its refresh tokens stay: {ran}");
        } else {
            assert_eq!(ran.status, 4, "{ran}");
            assert!(ran.stderr.contains("died at") && ran.stderr.contains("work only once"), "{ran}");
            assert_eq!((counts.most_posts_per_refresh_token(), counts.families_revoked), (1, 0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_while_the_answer_is_on_its_way_loses_nothing() {
    for wish in [Signal::INT, Signal::TERM] {
        let sandbox = sandbox().await;
        let (home, _) = home_with_account(&sandbox).await;
        sandbox.oauth().expire_access("oidc").unwrap();
        sandbox.oauth().hold();
        let child = start(&home);
        wait_until(|| sandbox.oauth().waiting() == 1);
        signal(&child, wish);
        // Longer than a command may take to end by itself.
        std::thread::sleep(Duration::from_secs(4));
        signal(&child, wish); // and once more, in a hurry
        std::thread::sleep(Duration::from_millis(300));
        sandbox.oauth().release();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
        let ran = run(&home);
        assert_eq!(ran.status, 0, "{ran}");
        let counts = sandbox.oauth().counts("oidc").unwrap();
        assert_eq!((counts.refreshes, counts.most_posts_per_refresh_token()), (1, 1));
    }
}
