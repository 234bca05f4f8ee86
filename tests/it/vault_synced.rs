//! A team vault in a folder that machines keep in step, and that knows no locks: of two who write at the same moment the
//! later file takes the other's place. Whoever wrote the other one is told so, and loses nothing.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use appctl::base::{Kind, Secret, Timestamp};
use appctl::vault::Vault;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use snapbox::{assert_data_eq, str};

use crate::support::dice;
use crate::support::home::Home;
use crate::support::postgres::is_deep;
use crate::vault_team::steady;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// A person at a machine of their own, on which the shared folder is a folder like any other.
struct Machine {
    name: &'static str,
    home: Home,
    folder: tempfile::TempDir,
}

impl Machine {
    fn new(name: &'static str) -> Machine {
        Machine { name, home: Home::with_vault(), folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("team.vault")
    }

    /// What happens when this machine's file reaches the other one.
    fn overwrites(&self, other: &Machine) {
        std::fs::copy(self.file(), other.file()).unwrap();
    }

    /// The vault as a new process of this person sees it.
    fn vault(&self) -> Vault {
        let command = self.home.command::<&str>(&[]);
        let key = command.get_envs().find(|(name, _)| *name == "APPCTL_VAULT_KEY_FILE").unwrap().1.unwrap();
        let own = Vault::file(self.home.path().join("vault.sealed"), key);
        Vault::team_with_copies(self.file(), self.name, own, self.home.path().join("team"))
    }

    fn set(&self, name: &str, secret: &str) {
        self.vault().set(name, &Secret::new(secret)).unwrap();
    }

    fn get(&self, name: &str) -> Option<String> {
        self.vault().get(name).unwrap().map(|secret| secret.expose().to_owned())
    }

    fn run(&self, arguments: &str) -> String {
        let file = self.file().display().to_string();
        let variables = [("APPCTL_TEAM_VAULT", file.as_str()), ("APPCTL_USER", self.name)];
        let ran = self.home.run_with(None, &variables, arguments).to_string();
        steady(&ran.replace(&self.folder.path().display().to_string(), "[FOLDER]"))
    }
}

/// Members whose machines are in step; the first began the vault.
fn team(names: &[&'static str]) -> Vec<Machine> {
    let machines: Vec<Machine> = names.iter().map(|name| Machine::new(name)).collect();
    let (first, others) = machines.split_first().unwrap();
    let vault = first.vault();
    let begun = vault.as_team().unwrap().begin(NOW, false).unwrap().vault.unwrap();
    for other in others {
        vault.as_team().unwrap().admit(&other.vault().as_team().unwrap().request().unwrap(), NOW).unwrap();
    }
    first.set("shop/google/1", "first");
    for other in others {
        first.overwrites(other);
        other.vault().as_team().unwrap().trust(&begun, false).unwrap();
    }
    machines
}

fn two() -> (Machine, Machine) {
    let mut machines = team(&["ana", "ben"]).into_iter();
    (machines.next().unwrap(), machines.next().unwrap())
}

#[test]
fn whoever_was_overwritten_is_told_and_puts_both_together() {
    let (ana, ben) = two();
    ana.set("shop/google/1", "ana's newer tokens");
    ben.set("shop/slack/2", "ben's");
    ben.overwrites(&ana);
    assert_data_eq!(
        ana.run("vault status"),
        str![[r#"

[status 1]
[stdout]
secrets  vault  state
private  file  ready
team  `[FOLDER]/team.vault` lacks what was seen here last: two people wrote at once, and one file took the other's place
[stderr]
error: `[FOLDER]/team.vault` lacks what was seen here last: two people wrote at once, and one file took the other's place
hint: put both together with `appctl vault merge`; nothing was lost yet

"#]]
    );
    assert_data_eq!(
        ana.run("vault rotate --json"),
        str![[r#"

[status 1]
[stderr]
{"error":{"kind":"conflict","message":"`[FOLDER]/team.vault` lacks what was seen here last: two people wrote at once, and one file took the other's place","hint":"put both together with `appctl vault merge`; nothing was lost yet"}}

"#]]
    );
    assert_data_eq!(
        ana.run("vault merge"),
        str![[r#"

[status 0]
[stderr]
put both copies together: the team vault holds 2 secrets

"#]]
    );
    assert_eq!(ana.get("shop/google/1").as_deref(), Some("ana's newer tokens"));
    assert_eq!(ana.get("shop/slack/2").as_deref(), Some("ben's"));
    ana.overwrites(&ben);
    assert_eq!(ben.get("shop/google/1").as_deref(), Some("ana's newer tokens"));
    assert_eq!(ben.get("shop/slack/2").as_deref(), Some("ben's"));
    assert_data_eq!(
        ben.run("vault merge --json"),
        str![[r#"

[status 0]
[stdout]
{"file":"[FOLDER]/team.vault","secrets":2,"changed_in_both":[]}

"#]]
    );
}

/// Whichever of the two files wins, and whoever puts them together, the outcome is the same.
#[test]
fn two_copies_put_together_in_either_order_are_the_same() {
    for anas_wins in [true, false] {
        let (ana, ben) = two();
        ben.set("shop/slack/2", "ben's");
        ben.overwrites(&ana);
        assert!(ana.vault().delete("shop/slack/2").unwrap());
        ana.set("shop/google/1", "ana's");
        ana.set("shop/hubspot/3", "ana's");
        ben.set("shop/notion/4", "ben's");
        ben.set("shop/google/1", "ben's, a moment later");
        let (winner, loser) = if anas_wins { (&ana, &ben) } else { (&ben, &ana) };
        winner.overwrites(loser);
        let lost = loser.vault().get("shop/google/1").unwrap_err();
        assert_eq!(lost.kind, Kind::Conflict, "{lost}");
        let merged = loser.vault().as_team().unwrap().merge(None).unwrap();
        assert_eq!(merged.both, ["shop/google/1"], "ana's wins: {anas_wins}");
        loser.overwrites(winner);
        for machine in [&ana, &ben] {
            assert_eq!(machine.get("shop/google/1").as_deref(), Some("ben's, a moment later"));
            assert_eq!(machine.get("shop/hubspot/3").as_deref(), Some("ana's"));
            assert_eq!(machine.get("shop/notion/4").as_deref(), Some("ben's"));
            assert_eq!(machine.get("shop/slack/2"), None, "what was taken out stays out");
        }
    }
}

#[test]
fn a_conflict_copy_beside_the_file_is_named_and_can_be_put_together_with_it() {
    let (ana, ben) = two();
    ana.set("shop/google/1", "ana's");
    ben.set("shop/slack/2", "ben's");
    let conflicted = "team (conflicted copy of ana).vault";
    for machine in [&ana, &ben] {
        std::fs::copy(ana.file(), machine.folder.path().join(conflicted)).unwrap();
    }
    std::fs::write(ana.folder.path().join("team notes.txt"), "nothing of it").unwrap();
    ben.overwrites(&ana);
    std::fs::remove_dir_all(ana.home.path().join("team")).unwrap();
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/team.vault` lacks what was seen here last: two people wrote at once, and one file took the other's place
hint: put both together with `appctl vault merge '[FOLDER]/team (conflicted copy of ana).vault'`; nothing was lost yet

"#]]
    );
    assert_data_eq!(
        ana.run("vault merge"),
        str![[r#"

[status 3]
[stderr]
error: there is no other copy of the team vault here
hint: give the file that lies beside it: `appctl vault merge FILE`

"#]]
    );
    // Ben, who misses nothing, may do it as well.
    let file = ben.folder.path().join(conflicted).display().to_string();
    assert_data_eq!(
        ben.run(&format!("vault merge '{file}'")),
        str![[r#"

[status 0]
[stderr]
put both copies together: the team vault holds 2 secrets

"#]]
    );
    ben.overwrites(&ana);
    assert_eq!(ana.get("shop/google/1").as_deref(), Some("ana's"));
    assert_eq!(ana.get("shop/slack/2").as_deref(), Some("ben's"));
}

#[test]
fn files_that_cannot_be_put_together_are_refused_with_what_helps() {
    let (ana, ben) = two();
    let file = |name: &str, bytes: &[u8]| {
        let path = ana.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    assert_data_eq!(
        ana.run("vault merge /nowhere/team.vault"),
        str![[r#"

[status 3]
[stderr]
error: there is no `/nowhere/team.vault`
hint: see `ls` in the vault's folder

"#]]
    );
    let wrong = file("wrong", b"hello");
    assert_data_eq!(
        ana.run(&format!("vault merge {wrong}")),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/wrong` cannot be trusted: it cannot be read as a team vault
hint: nothing was read or changed; put a good copy in its place, and ask who can write to its folder

"#]]
    );
    let (eve, _) = two();
    let others = file("others", &std::fs::read(eve.file()).unwrap());
    assert_data_eq!(
        ana.run(&format!("vault merge {others}")),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/others` is another team vault
hint: see what this one is called with `appctl vault status`

"#]]
    );
    assert_data_eq!(
        Machine::new("dora").run("vault merge"),
        str![[r#"

[status 5]
[stderr]
error: there is no team vault yet
hint: begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's

"#]]
    );
    // Both changed the data key: no file can hold both.
    ana.run("vault rotate");
    ben.run("vault rotate");
    let bens = file("bens", &std::fs::read(ben.file()).unwrap());
    assert_data_eq!(
        ana.run(&format!("vault merge {bens}")),
        str![[r#"

[status 1]
[stderr]
error: members or data key were changed in both files
hint: agree on one of them and put it there; whoever had the other one takes it with `appctl vault join VAULT --as-it-is`, and makes their change again

"#]]
    );
    ben.overwrites(&ana);
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/team.vault` lacks what was seen here last: its members or data key were changed by two people at once
hint: agree on one of the files and put it there; whoever had the other one can take it as it is, without what is missing, with `appctl vault join VAULT --as-it-is`, and then makes their change again

"#]]
    );
    let vault = ben.vault().as_team().unwrap().look().unwrap().vault.unwrap();
    assert_data_eq!(
        ana.run(&format!("vault join {vault}")),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/team.vault` lacks what was seen here last: its members or data key were changed by two people at once
hint: agree on one of the files and put it there; whoever had the other one can take it as it is, without what is missing, with `appctl vault join VAULT --as-it-is`, and then makes their change again

"#]]
    );
    assert_data_eq!(
        ana.run("vault join --as-it-is"),
        str![[r#"

[status 2]
[stderr]
error: `VAULT` is missing
hint: see `appctl vault join --help`

"#]]
    );
    assert_data_eq!(
        ana.run(&format!("vault join {vault} --as-it-is")),
        str![[r#"

[status 0]
[stderr]
`ana` joined the team vault `[ID]`

"#]]
    );
    assert_eq!(ana.get("shop/google/1").as_deref(), Some("first"));
}

#[test]
fn a_backup_is_taken_only_by_whoever_says_so() {
    let (ana, _) = two();
    let backup = std::fs::read(ana.file()).unwrap();
    ana.set("shop/google/1", "newer");
    std::fs::write(ana.file(), &backup).unwrap();
    assert_eq!(ana.vault().get("shop/google/1").unwrap_err().kind, Kind::Corrupt);
    assert_data_eq!(
        ana.run("vault members"),
        str![[r#"

[status 1]
[stderr]
error: `[FOLDER]/team.vault` cannot be trusted: it is older than what was seen last
hint: put it together with your own copy of what you saw: `appctl vault merge`; from a backup, take it as it is, without what is missing, with `appctl vault join VAULT --as-it-is`

"#]]
    );
    // The copy of what was written last is newer than the backup.
    assert!(ana.vault().as_team().unwrap().merge(None).unwrap().both.is_empty());
    assert_eq!(ana.get("shop/google/1").as_deref(), Some("newer"));
    let vault = ana.vault().as_team().unwrap().look().unwrap().vault.unwrap();
    std::fs::write(ana.file(), &backup).unwrap();
    assert_data_eq!(
        ana.run(&format!("vault join {vault} --as-it-is")),
        str![[r#"

[status 0]
[stderr]
`ana` joined the team vault `[ID]`

"#]]
    );
    assert_eq!(ana.get("shop/google/1").as_deref(), Some("first"));
}

/// Three machines write, and files reach each other in any order and take each other's place. Whoever is told puts together;
/// in the end, when all is put together, nothing that anybody wrote is missing.
#[test]
fn nothing_is_lost_however_files_overtake_each_other() {
    let first = dice::seed();
    let runs = if is_deep() { 300 } else { 6 };
    let mut parted = 0;
    for seed in first..first + runs {
        let mut dice = StdRng::seed_from_u64(seed);
        let machines = team(&["ana", "ben", "cleo"]);
        let mut kept = BTreeMap::new();
        let mut mend = |machine: &Machine| match machine.vault().get("shop/google/1") {
            Ok(_) => {}
            Err(error) if error.kind == Kind::Conflict || error.message.contains("older") => {
                machine.vault().as_team().unwrap().merge(None).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
                parted += 1;
            }
            Err(error) => panic!("seed {seed}: {error}"),
        };
        for step in 0..40 {
            let at = dice.random_range(0..3);
            if dice.random_bool(0.5) {
                mend(&machines[at]);
                let name = format!("shop/any/{}", dice.random_range(0..1000));
                machines[at].set(&name, &format!("{seed}-{step}"));
                kept.insert(name, format!("{seed}-{step}"));
            } else {
                machines[at].overwrites(&machines[(at + dice.random_range(1..3)) % 3]);
            }
        }
        for at in [0, 1, 2, 0, 1, 2] {
            mend(&machines[at]);
            machines[at].overwrites(&machines[(at + 1) % 3]);
        }
        for (name, secret) in &kept {
            for machine in &machines {
                let there = machine.get(name);
                assert_eq!(there.as_deref(), Some(secret.as_str()), "seed {seed}: {name} at {}", machine.name);
            }
        }
    }
    println!("parted {parted} times in {runs} runs");
    assert!(parted > 0);
}
