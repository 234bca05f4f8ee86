//! A team vault through the real program: begun, joined, shared by two homes with keys of their own, and left.
#![cfg(unix)]

use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran};

/// A folder that two people share, each with a home and a key of their own.
struct Team {
    folder: tempfile::TempDir,
}

struct Person<'a> {
    team: &'a Team,
    name: &'static str,
    home: Home,
}

impl Team {
    fn new() -> Self {
        Team { folder: tempfile::tempdir().unwrap() }
    }

    fn person(&self, name: &'static str) -> Person<'_> {
        Person { team: self, name, home: Home::with_vault() }
    }

    fn file(&self) -> String {
        self.folder.path().join("team.vault").display().to_string()
    }
}

impl Person<'_> {
    fn ran(&self, arguments: &str) -> Ran {
        let file = self.team.file();
        let variables = [("APPCTL_TEAM_VAULT", file.as_str()), ("APPCTL_USER", self.name)];
        self.home.run_with(None, &variables, arguments)
    }

    /// The snapshot of a command, with what differs from run to run taken out.
    fn run(&self, arguments: &str) -> String {
        let text = self.ran(arguments).to_string().replace(&self.team.file(), "[FILE]");
        steady(&text)
    }

    fn good(&self, arguments: &str) -> String {
        let ran = self.ran(arguments);
        assert_eq!(ran.status, 0, "{arguments}: {ran}");
        ran.stdout
    }

    fn vault(&self) -> String {
        self.good("vault status --json --jq .team.vault").trim().to_owned()
    }

    fn lets_in(&self, other: &Person<'_>) {
        let request = other.good("vault join");
        self.good(&format!("vault members add {} --yes", request.trim()));
        other.good(&format!("vault join {}", self.vault()));
    }
}

/// `3f1c-90ab-77e2-05d4` becomes `[ID]`, a request's keys become `[KEYS]`, and columns stand two spaces apart.
pub fn steady(text: &str) -> String {
    let is_id = |text: &str| {
        let fits = |(at, letter): (usize, u8)| if at % 5 == 4 { letter == b'-' } else { letter.is_ascii_hexdigit() };
        text.bytes().enumerate().all(fits)
    };
    let mut steady = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if rest.get(..19).is_some_and(is_id) {
            steady.push_str("[ID]");
            rest = &rest[19..];
        } else if steady.ends_with("appctl-member-1:ben:") {
            steady.push_str("[KEYS]");
            rest = rest
                .trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
        } else {
            steady.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    let cells =
        |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ");
    steady.lines().map(|line| cells(line) + "\n").collect()
}

#[test]
fn a_team_vault_is_begun_joined_and_shared() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    assert_data_eq!(
        ana.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  no vault
[stderr]
begin a team vault with `appctl vault init`

"#]]
    );
    assert_data_eq!(
        ana.run("vault init"),
        str![[r#"

[status 0]
[stderr]
began the team vault `[ID]` with `ana` as its only member; others ask with `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ana.run("vault init"),
        str![[r#"

[status 1]
[stderr]
error: `ana` is a member of the team vault at `[FILE]` already
hint: see it with `appctl vault status`; another vault needs another file in `APPCTL_TEAM_VAULT`

"#]]
    );
    assert_data_eq!(
        ana.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  [ID]  member

file  [FILE]
user  ana
standing  member
vault  [ID]
data_key  1
members  1
secrets  0
fingerprint  [ID]

"#]]
    );
    assert_data_eq!(
        ben.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  [ID]  stranger

file  [FILE]
user  ben
standing  stranger
vault  [ID]
data_key  1
members  1
secrets
fingerprint
[stderr]
ask to be let in with `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ben.run("vault members"),
        str![[r#"

[status 5]
[stderr]
error: `ben` has not joined the team vault here
hint: run `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ben.run("vault join"),
        str![[r#"

[status 0]
[stdout]
appctl-member-1:ben:[KEYS]
[stderr]
give this line to a member for `appctl vault members add`; the key that they are asked about is `[ID]`

"#]]
    );
    assert_data_eq!(
        ben.run("vault members"),
        str![[r#"

[status 5]
[stderr]
error: `ben` has not joined the team vault here
hint: run `appctl vault join`

"#]]
    );
    let request = ben.good("vault join");
    let add = format!("vault members add {}", request.trim());
    assert_data_eq!(
        ana.run(&add),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Let in `ben` with the key `[ID]`, to read every secret of the team?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        ana.run(&format!("{add} --yes")),
        str![[r#"

[status 0]
[stderr]
let in `ben`; they enter with `appctl vault join [ID]`

"#]]
    );
    assert_data_eq!(
        ana.run(&format!("{add} --yes")),
        str![[r#"

[status 1]
[stderr]
error: `ben` is a member already

"#]]
    );
    assert_data_eq!(
        ben.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  [ID]  admitted

file  [FILE]
user  ben
standing  admitted
vault  [ID]
data_key  1
members  2
secrets
fingerprint  [ID]
[stderr]
you were let in: run `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ben.run("vault rotate"),
        str![[r#"

[status 5]
[stderr]
error: `ben` has not joined the team vault here
hint: run `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ben.run("vault join"),
        str![[r#"

[status 2]
[stderr]
error: the vault's name is missing
hint: ask a member what `appctl vault status` shows, and run `appctl vault join VAULT` with that name

"#]]
    );
    assert_data_eq!(
        ben.run("vault join 0000-1111-2222-3333"),
        str![[r#"

[status 5]
[stderr]
error: the vault at `[FILE]` is `[ID]`, not `[ID]`
hint: ask a member what `appctl vault status` shows; somebody may have put another file there

"#]]
    );
    assert_data_eq!(
        ben.run(&format!("vault join {}", ana.vault())),
        str![[r#"

[status 0]
[stderr]
`ben` joined the team vault `[ID]`

"#]]
    );
    assert_data_eq!(
        ben.run("vault join"),
        str![[r#"

[status 0]
[stderr]
`ben` is a member of the team vault `[ID]` already

"#]]
    );
    assert_data_eq!(
        ben.run("vault join 0000-1111-2222-3333"),
        str![[r#"

[status 2]
[stderr]
error: this is the team vault `[ID]`, not `[ID]`
hint: set `APPCTL_TEAM_VAULT` to the file of the other

"#]]
    );
    assert_data_eq!(
        ben.run("vault members"),
        str![[r#"

[status 0]
[stdout]
name  fingerprint  added_by  added_at  you
ana  [ID]  ana  [TIME]  false
ben  [ID]  ana  [TIME]  true

"#]]
    );
    assert_data_eq!(
        ben.run("vault members list --json"),
        str![[r#"

[status 0]
[stdout]
[{"name":"ana","fingerprint":"[ID]","added_by":"ana","added_at":"[TIME]","you":false},
{"name":"ben","fingerprint":"[ID]","added_by":"ana","added_at":"[TIME]","you":true}]

"#]]
    );
    assert_data_eq!(
        ben.run("vault rotate"),
        str![[r#"

[status 0]
[stderr]
the team's secrets are sealed with data key 2 now

"#]]
    );
    assert_data_eq!(
        ana.run("vault status --json"),
        str![[r#"

[status 0]
[stdout]
{"private":{"vault":"file","problem":null},"team":{"file":"[FILE]","user":"ana","standing":"member","vault":"[ID]","data_key":2,"members":[{"name":"ana","fingerprint":"[ID]","added_by":"ana","added_at":"[TIME]","you":true},{"name":"ben","fingerprint":"[ID]","added_by":"ana","added_at":"[TIME]","you":false}],"secrets":[],"fingerprint":"[ID]"},"problem":null}

"#]]
    );
}

#[test]
fn a_member_is_removed_and_hears_so() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    ana.good("vault init");
    assert_data_eq!(
        ana.run("vault members remove"),
        str![[r#"

[status 2]
[stderr]
error: there is no other member to remove

"#]]
    );
    ana.lets_in(&ben);
    assert_data_eq!(
        ana.run("vault members remove"),
        str![[r#"

[status 2]
[stderr]
error: the member is missing
hint: give it with `appctl vault members remove NAME`

"#]]
    );
    assert_data_eq!(
        ana.run("vault members remove dora --yes"),
        str![[r#"

[status 3]
[stderr]
error: no member of the team vault is called `dora`
hint: see `appctl vault members list`

"#]]
    );
    assert_data_eq!(
        ben.run("vault members remove ben --yes"),
        str![[r#"

[status 2]
[stderr]
error: nobody can remove themselves: somebody must be left who knows the new key
hint: ask another member to run `appctl vault members remove`

"#]]
    );
    assert_data_eq!(
        ana.run("vault members remove ben"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Remove `ben` from the team vault?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        ana.run("vault members remove ben --yes"),
        str![[r#"

[status 0]
[stderr]
removed `ben`; the secrets are sealed with data key 2 now; they knew no secret

"#]]
    );
    assert_data_eq!(
        ben.run("vault members"),
        str![[r#"

[status 5]
[stderr]
error: `ana` removed `ben` from the team vault
hint: ask a member to let you in: `appctl vault join` prints what they need

"#]]
    );
    assert_data_eq!(
        ben.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  [ID]  removed

file  [FILE]
user  ben
standing  removed
vault  [ID]
data_key  2
members  1
secrets
fingerprint  [ID]
[stderr]
ask to be let in with `appctl vault join`

"#]]
    );
}

#[test]
fn wrong_requests_and_places_are_refused_with_what_helps() {
    let team = Team::new();
    let ana = team.person("ana");
    assert_data_eq!(
        ana.run("vault members add"),
        str![[r#"

[status 5]
[stderr]
error: there is no team vault yet
hint: begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's

"#]]
    );
    assert_data_eq!(
        ana.run("vault members add hello --yes"),
        str![[r#"

[status 5]
[stderr]
error: there is no team vault yet
hint: begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's

"#]]
    );
    assert_data_eq!(
        ana.run("vault rotate"),
        str![[r#"

[status 5]
[stderr]
error: there is no team vault yet
hint: begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's

"#]]
    );
    ana.good("vault init");
    assert_data_eq!(
        ana.run("vault members add"),
        str![[r#"

[status 2]
[stderr]
error: the request is missing
hint: give it with `appctl vault members add REQUEST`

"#]]
    );
    assert_data_eq!(
        ana.run("vault members add hello --yes"),
        str![[r#"

[status 2]
[stderr]
error: the request is none of appctl's
hint: give the whole line that `appctl vault join` printed for the new member

"#]]
    );
    let relative = ana.home.run_with(None, &[("APPCTL_TEAM_VAULT", "team.vault")], "vault status");
    assert_data_eq!(
        relative.to_string(),
        str![[r#"

[status 2]
[stderr]
error: `APPCTL_TEAM_VAULT=team.vault` is no whole path
hint: write it from the root, so that it means the same file wherever a command runs

"#]]
    );
    let nameless = ana.home.run_with(None, &[("APPCTL_USER", "ana of the\nshop")], "vault init");
    assert_data_eq!(
        nameless.to_string(),
        str![[r#"

[status 2]
[stderr]
error: `ana of the/nshop` cannot be a member's name
hint: set `APPCTL_USER` to letters, digits, `-`, `_`, `.`, `@` and `+`, at most 64

"#]]
    );
    assert_data_eq!(
        Home::new().run("vault init"),
        str![[r#"

[status 2]
[stderr]
error: with `APPCTL_VAULT=memory` there is no team vault
hint: leave `APPCTL_VAULT` unset for the keyring, or set it to `file`

"#]]
    );
    assert_data_eq!(
        Home::new().run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault   state
private  memory  ready
team             not with secrets in memory

"#]]
    );
}

#[test]
fn a_file_that_somebody_put_there_is_not_used() {
    let team = Team::new();
    let (ana, ben, eve) = (team.person("ana"), team.person("ben"), Team::new());
    ana.good("vault init");
    ana.lets_in(&ben);
    let good = std::fs::read(team.file()).unwrap();
    let hers = eve.person("ana");
    hers.good("vault init");
    std::fs::copy(eve.file(), team.file()).unwrap();
    assert_data_eq!(
        ana.run("vault status"),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file  ready
team  [ID]  asked

file  [FILE]
user  ana
standing  asked
vault  [ID]
data_key  1
members  1
secrets
fingerprint  [ID]
[stderr]
ask to be let in with `appctl vault join`

"#]]
    );
    assert_data_eq!(
        ana.run("vault rotate"),
        str![[r#"

[status 1]
[stderr]
error: `[FILE]` cannot be trusted: it is another vault than the one that was joined (if your team began anew: `appctl vault join VAULT`)
hint: nothing was read or changed; put a good copy in its place, and ask who can write to its folder

"#]]
    );
    std::fs::write(team.file(), &good).unwrap();
    ana.good("vault rotate");
    std::fs::write(team.file(), &good).unwrap();
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: `[FILE]` cannot be trusted: it is older than what was seen last
hint: put it together with your own copy of what you saw: `appctl vault merge`; from a backup, take it as it is, without what is missing, with `appctl vault join VAULT --as-it-is`

"#]]
    );
    std::fs::write(team.file(), &good[..good.len() / 2]).unwrap();
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: `[FILE]` cannot be trusted: it cannot be read as a team vault
hint: nothing was read or changed; put a good copy in its place, and ask who can write to its folder

"#]]
    );
    std::fs::remove_file(team.file()).unwrap();
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: the team vault `[FILE]` is gone
hint: put a copy of it in its place, or begin anew without its secrets: `appctl vault init --again`

"#]]
    );
    assert_data_eq!(
        ana.run("vault init"),
        str![[r#"

[status 1]
[stderr]
error: the team vault `[FILE]` is gone
hint: put a copy of it in its place, or begin anew without its secrets: `appctl vault init --again`

"#]]
    );
    ana.good("vault init --again");
    ana.good("vault members");
    // Who was a member of the lost one enters the new one by its name alone.
    let request = ben.good("vault join");
    ana.good(&format!("vault members add {} --yes", request.trim()));
    assert_eq!(ben.ran("vault members").status, 1);
    assert_eq!(ben.ran("vault join --yes").status, 1, "nobody named it");
    assert_eq!(ben.ran("vault join 0000-1111-2222-3333").status, 5);
    ben.good(&format!("vault join {}", ana.vault()));
    ben.good("vault members");
}

/// What somebody who is removed knew is told by what people call it.
#[test]
fn the_secrets_that_a_removed_member_knew_are_named_by_their_accounts() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    crate::support::seed::crm(&ana.home);
    ana.good("vault init");
    ana.lets_in(&ben);
    let key = ana.home.command::<&str>(&[]);
    let key = key.get_envs().find(|(name, _)| *name == "APPCTL_VAULT_KEY_FILE").unwrap().1.unwrap().to_owned();
    let own = appctl::vault::Vault::file(ana.home.path().join("vault.sealed"), key);
    let config = appctl::config::Config {
        home: ana.home.path().to_owned(),
        app: appctl::base::AppName::parse("default").unwrap(),
        vault: appctl::config::VaultKind::Memory,
        team_vault: None,
        tokens: std::collections::BTreeMap::new(),
        user: "tester".to_owned(),
    };
    let app = appctl::app::App::open(config).unwrap();
    let mut account = appctl::accounts::list(&app).unwrap().remove(0);
    account.sharing = appctl::accounts::Sharing::Team;
    let shared = |change: &mut appctl::app::Change<'_>| appctl::accounts::put(change, &account);
    app.store.change(&app.person(), "shared it", shared).unwrap();
    drop(app);
    let shared = appctl::vault::Vault::team(team.file(), "ana", own);
    for name in [format!("default/hubspot/{}", account.id), "default/client/hubspot".to_owned()] {
        shared.set(&name, &appctl::base::Secret::new("pat-canary")).unwrap();
    }
    let removed = ana.run("vault members remove ben --yes").replace(&account.id, "[ACCOUNT]");
    assert_data_eq!(
        removed,
        str![[r#"

[status 0]
[stdout]
account  provider  identity  secret
hubspot  default/client/hubspot
crm  hubspot  portal 1234  default/hubspot/[ACCOUNT]
[stderr]
removed `ben`; the secrets are sealed with data key 2 now; they knew 2 secrets: replace what is listed at its provider

"#]]
    );
    assert!(!std::fs::read_to_string(team.file()).unwrap().contains("canary"));
}

#[test]
fn the_doctor_names_the_team_vault_and_what_one_has_to_do() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    let doctor = |person: &Person<'_>| {
        person.good("tables list");
        let text = steady(&person.ran("doctor").to_string());
        text.lines().filter(|line| line.starts_with("team")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(doctor(&ana), "");
    ana.good("vault init");
    assert_eq!(doctor(&ana), "team  ok  `ana` is a member of `[ID]` (members: 1)");
    assert_eq!(doctor(&ben), "team  warning  `ben` is no member of the team vault  appctl vault join");
    let request = ben.good("vault join");
    ana.good(&format!("vault members add {} --yes", request.trim()));
    let let_in = "team  warning  `ben` was let into the team vault and has not joined it  appctl vault join";
    assert_eq!(doctor(&ben), let_in);
    std::fs::write(team.file(), "{}").unwrap();
    assert!(
        doctor(&ana).contains("team.vault` cannot be trusted: it cannot be read as a team vault"),
        "{}",
        doctor(&ana)
    );
}

/// A command at a terminal of its own.
fn at_terminal(person: &Person<'_>, arguments: &[&str]) -> expectrl::session::OsSession {
    let mut command = person.home.command(arguments);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    command.env("APPCTL_TEAM_VAULT", person.team.file()).env("APPCTL_USER", person.name);
    let mut session = expectrl::Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(std::time::Duration::from_secs(90)));
    session
}

fn ended(mut session: expectrl::session::OsSession) -> i32 {
    use expectrl::Expect as _;
    session.expect(expectrl::Eof).unwrap();
    match session.get_process().wait().unwrap() {
        expectrl::process::unix::WaitStatus::Exited(_, status) => status,
        other => panic!("it did not end by itself: {other:?}"),
    }
}

/// Answers once the question is whole and its terminal listens to single keys.
fn answered(session: &mut expectrl::session::OsSession, answer: &str) {
    use expectrl::Expect as _;
    session.expect("[y/N]").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    session.send(answer).unwrap();
}

#[test]
fn at_a_terminal_what_is_missing_is_asked_and_a_no_changes_nothing() {
    use expectrl::Expect as _;
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    ana.good("vault init");
    let request = ben.good("vault join").trim().to_owned();

    let mut session = at_terminal(&ana, &["vault", "members", "add"]);
    session.expect("The request").unwrap();
    session.send("nonsense\r").unwrap();
    session.expect("the request is none of appctl's").unwrap();
    session.expect("The request").unwrap();
    session.send(format!("{request}\r")).unwrap();
    session.expect("Let in `ben` with the key").unwrap();
    session.send("n").unwrap();
    assert_eq!(ended(session), 130);
    assert_eq!(ana.good("vault status --json --jq '.team.members | length'").trim(), "1");

    let mut session = at_terminal(&ana, &["vault", "members", "add", &request]);
    session.expect("Let in `ben` with the key").unwrap();
    session.send("y").unwrap();
    session.expect("they enter with").unwrap();
    assert_eq!(ended(session), 0);

    for (answer, status) in [("\u{3}", 130), ("n", 130), ("y", 0)] {
        let mut session = at_terminal(&ben, &["vault", "join"]);
        session.expect("Does a member see `").unwrap();
        answered(&mut session, answer);
        assert_eq!(ended(session), status);
        assert_eq!(ben.ran("vault members").status, if status == 0 { 0 } else { 5 });
    }

    for (answer, status, left) in [("\u{3}", 130, "2"), ("n", 130, "2"), ("y", 0, "1")] {
        let mut session = at_terminal(&ana, &["vault", "members", "remove"]);
        session.expect("The member").unwrap();
        session.expect("ben").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        session.send("\r").unwrap();
        session.expect("Remove `ben` from the team vault?").unwrap();
        answered(&mut session, answer);
        if status == 0 {
            session.expect("the same without questions: appctl vault members remove ben --yes").unwrap();
        }
        assert_eq!(ended(session), status);
        assert_eq!(ana.good("vault status --json --jq '.team.members | length'").trim(), left);
    }
}

/// SIGKILL at every system call that changes a file: the members and the secrets are the old ones or the new ones.
#[cfg(target_os = "linux")]
#[test]
fn dying_at_any_write_leaves_the_old_vault_or_the_new_one() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    ana.good("vault init");
    ana.lets_in(&ben);
    let epoch = || ana.good("vault status --json --jq .team.data_key").trim().parse::<u64>().unwrap();
    let calls = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,ftruncate";
    let mut died = 0;
    for at in 1.. {
        let before = epoch();
        let mut command = std::process::Command::new("strace");
        let inject = format!("inject={calls}:signal=KILL:when={at}");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &inject]);
        command.arg(crate::support::home::APPCTL).args(["vault", "rotate"]);
        let plain = ana.home.command::<&str>(&[]);
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("APPCTL_TEAM_VAULT", team.file()).env("APPCTL_USER", "ana");
        let output = command.output().expect("strace: run `tests/run`");
        let after = epoch();
        assert!(after == before || after == before + 1, "call {at}: data key {before} became {after}");
        ben.good("vault members");
        if output.status.success() {
            assert!(after == before + 1);
            break;
        }
        died += 1;
    }
    println!("died at {died} system calls");
    assert!(died > 5, "only {died} calls");
    ben.good("vault rotate");
    let left: Vec<_> =
        std::fs::read_dir(team.folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    println!("left: {left:?}");
}

#[test]
fn two_members_at_once_lose_nothing() {
    let team = Team::new();
    let (ana, ben) = (team.person("ana"), team.person("ben"));
    ana.good("vault init");
    ana.lets_in(&ben);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            for person in [&ana, &ben] {
                scope.spawn(move || {
                    for _ in 0..3 {
                        person.good("vault rotate");
                    }
                });
            }
        }
    });
    assert_eq!(ana.good("vault status --json --jq .team.data_key").trim(), "19");
}
