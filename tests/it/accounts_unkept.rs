//! A vault that fails just when new tokens are to be kept: what is running goes on, nothing spent is sent again, and what
//! is lost is told.

use std::path::{Path, PathBuf};
use std::time::Duration;

use appctl::accounts::{self, ConnectRequest, Health};
use appctl::app::Vault;
use appctl::base::{Error, Kind};
use appctl::providers::Auth;
use appctl::sandbox::{Options, Rotation, Sandbox};
use snapbox::{assert_data_eq, str};

#[cfg(target_os = "linux")]
use crate::store_faults::support::Disk;
use crate::support::accounts::{Ada, Desk, app_of, label, request};
use crate::support::home::{Home, Ran, make_key, words};

/// A desk whose private secrets are in a file that can be made to fail.
struct Frail {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Frail {
    async fn new(provider: &str) -> (Frail, accounts::Account) {
        let mut desk = Desk::new().await;
        let folder = tempfile::tempdir().unwrap();
        make_key(&folder.path().join("key"));
        desk.app.vault = Vault::file(folder.path().join("vault"), folder.path().join("key"));
        let account = desk.connected(provider, "one").await;
        (Frail { desk, folder }, account)
    }

    /// The vault works until the question is on its way.
    async fn fail_at_the_answer(&self, rounds: u32) -> Result<accounts::Tested, Error> {
        let oauth = self.desk.sandbox.oauth();
        oauth.expire_access("").unwrap();
        oauth.hold();
        let asking = self.test();
        let failing = async {
            while oauth.waiting() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            break_vault(self.folder.path());
            oauth.release();
            if rounds > 0 {
                tokio::time::sleep(Duration::from_millis(400) * rounds).await;
                mend_vault(self.folder.path());
            }
        };
        tokio::join!(asking, failing).0
    }

    async fn test(&self) -> Result<accounts::Tested, Error> {
        accounts::test(&self.desk.app, &label("one")).await
    }

    fn posts(&self) -> (u64, u64, u64) {
        let counts = self.desk.sandbox.oauth().counts("").unwrap();
        let refreshes = counts.grants.get("refresh").copied().unwrap_or(0);
        (refreshes, counts.most_posts_per_refresh_token(), counts.families_revoked)
    }
}

/// Without its key nothing in the file can be read or written.
fn break_vault(folder: &Path) {
    std::fs::rename(folder.join("key"), folder.join("key.away")).unwrap();
}

fn mend_vault(folder: &Path) {
    std::fs::rename(folder.join("key.away"), folder.join("key")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tokens_that_cannot_be_kept_are_used_by_this_run_and_it_says_so() {
    let (frail, account) = Frail::new("custom").await;
    let error = frail.fail_at_the_answer(0).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn, "{error:?}");
    assert!(error.message.starts_with("the new tokens of account `one` could not be kept: reading the vault's key"));
    assert!(error.hint.as_ref().unwrap().ends_with("then run `appctl integrations accounts reauth one`"), "{error:?}");
    let Some(Health::NeedsReauth { reason, .. }) = accounts::lapsed(&frail.desk.app, &account).unwrap() else {
        panic!("nobody after this run can use them")
    };
    assert!(reason.starts_with("its new tokens could not be kept: "), "{reason}");
    frail.test().await.unwrap();
    assert_eq!(frail.posts(), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_goes_on_past_the_end_of_tokens_that_are_nowhere_else() {
    let (frail, account) = Frail::new("custom").await;
    let Auth::Live(bearer) = accounts::auth(&frail.desk.app, &account).unwrap() else { panic!("it has tokens") };
    let mut token = bearer.token().await.unwrap();
    for round in 1..=3 {
        frail.desk.sandbox.oauth().expire_access("").unwrap();
        frail.desk.sandbox.oauth().hold();
        let asking = bearer.after_refusal(&token);
        let failing = async {
            while frail.desk.sandbox.oauth().waiting() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            if round == 1 {
                break_vault(frail.folder.path());
            }
            frail.desk.sandbox.oauth().release();
        };
        token = tokio::join!(asking, failing).0.unwrap();
        assert_eq!(frail.posts(), (round, 1, 0));
    }
    frail.test().await.unwrap_err();
    frail.test().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_comes_back_before_the_end_gets_the_tokens() {
    let (frail, account) = Frail::new("custom").await;
    frail.fail_at_the_answer(0).await.unwrap_err();
    mend_vault(frail.folder.path());
    let key = format!("default/custom/{}", account.id);
    for _ in 0..100 {
        if accounts::lapsed(&frail.desk.app, &account).unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(frail.desk.app.vault.get(&key).unwrap().unwrap().expose().contains("\"generation\":2"));
    assert_eq!(accounts::health(&frail.desk.app, &account).unwrap(), Health::Good);
    frail.desk.sandbox.oauth().expire_access("").unwrap();
    frail.test().await.unwrap();
    assert_eq!(frail.posts(), (2, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_fails_for_a_moment_costs_nothing() {
    let (frail, account) = Frail::new("custom").await;
    frail.fail_at_the_answer(1).await.unwrap();
    assert_eq!(accounts::lapsed(&frail.desk.app, &account).unwrap(), None);
    assert_eq!(frail.posts(), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_meanwhile_is_not_overwritten_by_older_tokens() {
    let (frail, account) = Frail::new("custom").await;
    frail.fail_at_the_answer(0).await.unwrap_err();
    mend_vault(frail.folder.path());
    let again = ConnectRequest { label: Some(label("one")), ..frail.desk.request("custom") };
    frail.desk.connect(again).await.unwrap();
    let kept = || frail.desk.app.vault.get(&format!("default/custom/{}", account.id)).unwrap().unwrap();
    let signed_in = kept();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(kept().expose(), signed_in.expose());
    assert_eq!(accounts::lapsed(&frail.desk.app, &account).unwrap(), None);
    frail.test().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_removed_meanwhile_does_not_come_back() {
    let (frail, account) = Frail::new("custom").await;
    frail.fail_at_the_answer(0).await.unwrap_err();
    mend_vault(frail.folder.path());
    assert!(accounts::remove(&frail.desk.app, &label("one"), |_| Ok(())).await.unwrap().local);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(frail.desk.app.vault.get(&format!("default/custom/{}", account.id)).unwrap().is_none());
    assert!(frail.desk.app.store.all_turns().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_refresh_tokens_stay_nothing_is_lost() {
    let (frail, account) = Frail::new("google").await;
    frail.fail_at_the_answer(0).await.unwrap();
    assert_eq!(accounts::lapsed(&frail.desk.app, &account).unwrap(), None);
    mend_vault(frail.folder.path());
    frail.test().await.unwrap();
}

/// A home with an account whose access token has ended.
async fn home(sandbox: &Sandbox) -> Home {
    let home = Home::with_vault();
    let request = ConnectRequest { label: Some(label("one")), ..request(sandbox, "custom") };
    accounts::connect(&app_of(&home, "tester"), request, &mut Ada::default()).await.unwrap();
    sandbox.oauth().expire_access("oidc").unwrap();
    home
}

/// Runs a command whose vault breaks while the answer is on its way, and mends it when it has run for so long.
async fn run_broken(sandbox: &Sandbox, home: &Home, command: &str, mended: Option<Duration>) -> Ran {
    let folder: PathBuf = home.key_file().unwrap().parent().unwrap().to_owned();
    std::fs::rename(folder.join("vault.key"), folder.join("key")).unwrap();
    std::os::unix::fs::symlink(folder.join("key"), folder.join("vault.key")).unwrap();
    sandbox.oauth().hold();
    let prepared = home.command(&words(command));
    let ran = std::thread::scope(|scope| {
        let running = scope.spawn(|| home.finish(prepared, None));
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while sandbox.oauth().waiting() == 0 {
            assert!(std::time::Instant::now() < end, "it does not ask");
            std::thread::sleep(Duration::from_millis(5));
        }
        break_vault(&folder);
        sandbox.oauth().release();
        if let Some(after) = mended {
            std::thread::sleep(after);
            mend_vault(&folder);
        }
        running.join().unwrap()
    });
    if mended.is_none() {
        mend_vault(&folder);
    }
    ran
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_program_tells_what_is_lost_and_the_next_one_sends_nothing_spent() {
    let sandbox = Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap();
    let home = home(&sandbox).await;
    let ran = run_broken(&sandbox, &home, "integrations accounts test one", None).await;
    assert_eq!(ran.status, 4, "{ran}");
    assert_eq!(ran.stderr.matches("could not be kept").count(), 1, "it is told once: {ran}");
    let posts = sandbox.oauth().counts("oidc").unwrap().grants["refresh"];
    let next = home.run_with(None, &[], "integrations accounts test one");
    assert_eq!(next.status, 4, "{next}");
    assert!(next.stderr.contains("needs a new sign-in: its new tokens could not be kept"), "{next}");
    let counts = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((counts.grants["refresh"], counts.families_revoked), (posts, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_program_keeps_them_when_the_vault_comes_back_in_time() {
    let sandbox = Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap();
    let home = home(&sandbox).await;
    // After the first tries, before the last one: the vendor is slow to say whose account it is.
    let ran = run_broken(&sandbox, &home, "integrations accounts test one", Some(Duration::from_millis(300))).await;
    assert_eq!(ran.status, 0, "{ran}");
    let next = home.run_with(None, &[], "integrations accounts test one");
    assert_eq!(next.status, 0, "{next}");
    assert_eq!(sandbox.oauth().counts("oidc").unwrap().most_posts_per_refresh_token(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_done_but_loses_the_sign_in_is_done_in_part() {
    let sandbox = Sandbox::start(Options { records: 3, ..Options::default() }).await.unwrap();
    sandbox.oauth().change_rules("hubspot", |rules| rules.rotation = Rotation::Rotates).unwrap();
    let home = Home::with_vault();
    let request = ConnectRequest { label: Some(label("one")), ..request(&sandbox, "hubspot") };
    accounts::connect(&app_of(&home, "tester"), request, &mut Ada::default()).await.unwrap();
    let added =
        home.run_with(None, &[], "connections add hubspot --name crm --account one --object contacts --no-sync");
    assert_eq!(added.status, 0, "{added}");
    sandbox.oauth().expire_access("hubspot").unwrap();
    let ran = run_broken(&sandbox, &home, "connections sync crm -q", None).await;
    let key = home.key_file().unwrap().display().to_string();
    assert_data_eq!(
        ran.to_string().replace(&key, "[KEY]"),
        str![[r#"

[status 7]
[stderr]
error: the new tokens of account `one` could not be kept: reading the vault's key file `[KEY]`: No such file or directory (os error 2)
hint: make one with `(umask 077; head -c 32 /dev/urandom > '[KEY]')`; then run `appctl integrations accounts reauth one`

"#]]
    );
    let count = home.run_with(None, &[], "records count contacts --json --jq .records").stdout;
    assert_eq!(count.trim(), "3", "what was done is done");
    let next = home.run_with(None, &[], "connections sync crm");
    assert_eq!(next.status, 4, "{next}");
}

/// Tests an account on a disk that is full from the answer on, and has room again when it has run for so long.
#[cfg(target_os = "linux")]
fn run_full(sandbox: &Sandbox, home: &Home, disk: &Disk, free: Option<Duration>) -> Ran {
    let prepared = disk.inside(&home.command(&words("integrations accounts test one")));
    sandbox.oauth().expire_access("oidc").unwrap();
    sandbox.oauth().hold();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| home.finish(prepared, None));
        let end = std::time::Instant::now() + Duration::from_secs(60);
        while sandbox.oauth().waiting() == 0 {
            assert!(std::time::Instant::now() < end, "it does not ask");
            std::thread::sleep(Duration::from_millis(5));
        }
        disk.leave(0);
        sandbox.oauth().release();
        if let Some(after) = free {
            std::thread::sleep(after);
            disk.free_all();
        }
        running.join().unwrap()
    })
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_the_answer_ends_in_what_was_told_and_no_second_question_is_asked() {
    let sandbox = Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap();
    let home = home(&sandbox).await;
    let disk = Disk::new();
    disk.fill(home.path());
    let ran = run_full(&sandbox, &home, &disk, None);
    assert_eq!(ran.status, 4, "{ran}");
    assert!(ran.stderr.contains("the new tokens of account `one` could not be kept"), "{ran}");
    // The end of a command makes a little room: the log of the store goes.
    let after_all = ran.stderr.contains("the new tokens of account `one` were kept after all");
    disk.free_all();
    let next = home.finish(disk.inside(&home.command(&words("integrations accounts test one"))), None);
    assert_eq!(next.status, if after_all { 0 } else { 4 }, "{ran}{next}");
    let counts = sandbox.oauth().counts("oidc").unwrap();
    assert_eq!((counts.refreshes, counts.most_posts_per_refresh_token(), counts.families_revoked), (1, 1, 0), "{next}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_has_room_again_in_time_gets_the_tokens() {
    let sandbox = Sandbox::start(Options { records: 1, ..Options::default() }).await.unwrap();
    let home = home(&sandbox).await;
    let disk = Disk::new();
    disk.fill(home.path());
    let ran = run_full(&sandbox, &home, &disk, Some(Duration::from_millis(100)));
    assert_eq!(ran.status, 0, "{ran}");
    let next = home.finish(disk.inside(&home.command(&words("integrations accounts test one"))), None);
    assert_eq!(next.status, 0, "{next}");
}
