use std::path::PathBuf;

use super::*;
use crate::vault::aead;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// A folder that some people share, each with a vault of their own elsewhere.
struct Shared {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

struct Person {
    name: &'static str,
    own: Vault,
}

impl Person {
    fn new(name: &'static str) -> Person {
        Person { name, own: Vault::memory() }
    }

    /// What a new process of this person works with.
    fn at(&self, shared: &Shared) -> Team {
        Team::new(shared.file.clone(), self.name.to_owned(), self.own.clone(), None)
    }
}

fn shared() -> Shared {
    let folder = tempfile::tempdir().unwrap();
    Shared { file: folder.path().join("team.vault"), _folder: folder }
}

fn begun(by: &Person) -> Shared {
    let shared = shared();
    by.at(&shared).begin(NOW, false).unwrap();
    shared
}

fn let_in(shared: &Shared, by: &Person, who: &Person) {
    by.at(shared).admit(&who.at(shared).request().unwrap(), NOW).unwrap();
    let vault = by.at(shared).look().unwrap().vault.unwrap();
    who.at(shared).trust(&vault, false).unwrap();
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn read(person: &Person, shared: &Shared, name: &str) -> Result<Option<String>> {
    Ok(person.at(shared).get(name)?.map(|secret| secret.expose().to_owned()))
}

fn refused(result: Result<Option<String>>) -> Error {
    match result {
        Err(error) if error.hint.is_some() => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn before_there_is_a_vault_and_before_one_is_joined_the_error_says_what_to_run() {
    let (ana, ben) = (Person::new("ana"), Person::new("ben"));
    let shared = shared();
    let error = refused(read(&ana, &shared, "a"));
    assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, "there is no team vault yet"));
    assert!(error.hint.unwrap().contains("appctl vault init"));
    assert_eq!(ana.at(&shared).look().unwrap().standing, Standing::NoVault);
    ana.at(&shared).begin(NOW, false).unwrap();
    let error = refused(read(&ben, &shared, "a"));
    assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, "`ben` has not joined the team vault here"));
    assert_eq!(ben.at(&shared).look().unwrap().standing, Standing::Stranger);
    assert_eq!(ana.at(&shared).begin(NOW, false).unwrap_err().kind, Kind::Conflict);
}

#[test]
fn members_share_secrets_that_the_file_shows_to_nobody() {
    let (ana, ben) = (Person::new("ana"), Person::new("ben"));
    let shared = begun(&ana);
    ana.at(&shared).set("app/google/1", &secret("hidden-1")).unwrap();
    let_in(&shared, &ana, &ben);
    assert_eq!(read(&ben, &shared, "app/google/1").unwrap().as_deref(), Some("hidden-1"));
    ben.at(&shared).set("app/google/1", &secret("hidden-2")).unwrap();
    ben.at(&shared).set("app/slack/2", &secret(&"long".repeat(16_384))).unwrap();
    assert_eq!(read(&ana, &shared, "app/google/1").unwrap().as_deref(), Some("hidden-2"));
    assert!(ana.at(&shared).delete("app/google/1").unwrap());
    assert!(!ben.at(&shared).delete("app/google/1").unwrap());
    assert!(read(&ben, &shared, "app/google/1").unwrap().is_none());
    let text = std::fs::read_to_string(&shared.file).unwrap();
    assert!(!text.contains("hidden") && !text.contains("google") && !text.contains("longlong"), "{text}");
    let members = ben.at(&shared).members().unwrap();
    let names: Vec<_> = members.iter().map(|one| (one.name.as_str(), one.added_by.as_str(), one.you)).collect();
    assert_eq!(names, [("ana", "ana", false), ("ben", "ana", true)]);
}

#[test]
fn who_was_let_in_names_the_vault_before_anything_is_read_from_it() {
    let (ana, ben) = (Person::new("ana"), Person::new("ben"));
    let shared = begun(&ana);
    let request = ben.at(&shared).request().unwrap();
    assert_eq!(ben.at(&shared).look().unwrap().standing, Standing::Asked);
    let vault = ben.at(&shared).look().unwrap().vault.unwrap();
    assert_eq!(ben.at(&shared).trust(&vault, false).unwrap_err().message, "`ben` is no member of the team vault");
    ana.at(&shared).admit(&request, NOW).unwrap();
    assert_eq!(ben.at(&shared).look().unwrap().standing, Standing::Admitted);
    assert_eq!(refused(read(&ben, &shared, "a")).message, "`ben` has not joined the team vault here");
    assert_eq!(ben.at(&shared).trust("0000-0000-0000-0000", false).unwrap_err().kind, Kind::Denied);
    assert_eq!(ben.at(&shared).trust(&vault, false).unwrap().standing, Standing::Member);
    assert!(read(&ben, &shared, "a").unwrap().is_none());
}

#[test]
fn a_name_or_a_key_is_let_in_once() {
    let (ana, ben, other) = (Person::new("ana"), Person::new("ben"), Person::new("ben"));
    let shared = begun(&ana);
    let_in(&shared, &ana, &ben);
    let again = ana.at(&shared).admit(&ben.at(&shared).request().unwrap(), NOW).unwrap_err();
    assert_eq!((again.kind, again.message.as_str()), (Kind::Conflict, "`ben` is a member already"));
    let taken = ana.at(&shared).admit(&other.at(&shared).request().unwrap(), NOW).unwrap_err();
    assert_eq!((taken.kind, taken.message.as_str()), (Kind::Conflict, "another key is let in as `ben`"));
    assert_eq!(ana.at(&shared).admit("nonsense", NOW).unwrap_err().kind, Kind::Usage);
}

#[test]
fn who_was_removed_reads_nothing_more_and_what_they_knew_is_named() {
    let (ana, ben, cleo) = (Person::new("ana"), Person::new("ben"), Person::new("cleo"));
    let shared = begun(&ana);
    let_in(&shared, &ana, &ben);
    let_in(&shared, &ben, &cleo);
    ana.at(&shared).set("app/google/1", &secret("old")).unwrap();
    assert_eq!(ben.at(&shared).remove("ben", NOW).unwrap_err().kind, Kind::Usage);
    assert_eq!(ben.at(&shared).remove("dora", NOW).unwrap_err().kind, Kind::NotFound);
    let old = ben.at(&shared).open().unwrap();
    let removed = cleo.at(&shared).remove("ben", NOW).unwrap();
    assert_eq!((removed.knew, removed.epoch), (vec!["app/google/1".to_owned()], 2));
    let error = refused(read(&ben, &shared, "app/google/1"));
    assert_eq!((error.kind, error.message.as_str()), (Kind::Denied, "`cleo` removed `ben` from the team vault"));
    assert_eq!(ben.at(&shared).look().unwrap().standing, Standing::Removed);
    // Not even with the data key that they knew.
    let (_, document, state) = ana.at(&shared).load().unwrap().unwrap();
    assert!(document.open(&state, &old.key).is_none());
    assert!(document.data_key(&state, &old.identity).is_none());
    assert_eq!(read(&ana, &shared, "app/google/1").unwrap().as_deref(), Some("old"));
    // They may ask anew, with the same key.
    let_in(&shared, &ana, &ben);
    assert_eq!(read(&ben, &shared, "app/google/1").unwrap().as_deref(), Some("old"));
}

#[test]
fn a_new_data_key_makes_the_old_one_useless() {
    let ana = Person::new("ana");
    let shared = begun(&ana);
    ana.at(&shared).set("a", &secret("1")).unwrap();
    let old = ana.at(&shared).open().unwrap().key;
    assert_eq!(ana.at(&shared).rotate(NOW).unwrap(), 2);
    assert_eq!(ana.at(&shared).rotate(NOW).unwrap(), 3);
    let (_, document, state) = ana.at(&shared).load().unwrap().unwrap();
    assert!(document.open(&state, &old).is_none());
    assert_eq!(read(&ana, &shared, "a").unwrap().as_deref(), Some("1"));
}

/// What somebody can do who writes to the folder but is no member, and knows how all this works.
#[test]
fn nobody_but_a_member_can_put_anything_in_its_place() {
    let (ana, ben, eve) = (Person::new("ana"), Person::new("ben"), Person::new("eve"));
    let shared = begun(&ana);
    let_in(&shared, &ana, &ben);
    ana.at(&shared).set("a", &secret("1")).unwrap();
    let good = std::fs::read(&shared.file).unwrap();
    let distrusts = |bytes: &[u8], what: &str| {
        std::fs::write(&shared.file, bytes).unwrap();
        for person in [&ana, &ben] {
            let error = refused(read(person, &shared, "a"));
            assert!(matches!(error.kind, Kind::Corrupt), "{what}, {}: {error}", person.name);
            assert_eq!(person.at(&shared).set("a", &secret("2")).unwrap_err().kind, Kind::Corrupt, "{what}");
            assert_eq!(std::fs::read(&shared.file).unwrap(), bytes, "{what}: it is left as it is");
        }
        std::fs::write(&shared.file, &good).unwrap();
        assert_eq!(read(&ben, &shared, "a").unwrap().as_deref(), Some("1"));
    };
    let document = || Document::parse(&good).ok().unwrap();
    let eves = Identity::make(&eve.own, "eve").unwrap();

    // Another data key, sealed to everybody and with a box of its own.
    let (mut forged, state) = document();
    let key = DataKey::new();
    forged.share(&state, &key).unwrap();
    forged.close("ana", &state, &key, &Contents::default());
    distrusts(&forged.text(), "another data key");

    // The same with a change of the chain that only she signed, under her name, and under a member's.
    for by in ["eve", "ana"] {
        let (mut forged, state) = document();
        let mut link = chain::next(&state, &eves, NOW, Some(key.mark()), chain::Change::Rotate);
        let text = serde_json::to_string(&link).unwrap().replace("\"by\":\"eve\"", &format!("\"by\":\"{by}\""));
        link = serde_json::from_str(&text).unwrap();
        forged.chain.push(link);
        distrusts(&forged.text(), "a change by nobody");
    }

    // A member in the founder's place, or one more in the middle of the past.
    let text = String::from_utf8(good.clone()).unwrap();
    let ana_key = serde_json::to_value(Identity::find(&ana.own, "ana").unwrap().unwrap().member.sign).unwrap();
    let eve_key = serde_json::to_value(eves.member.sign).unwrap();
    distrusts(text.replace(ana_key.as_str().unwrap(), eve_key.as_str().unwrap()).as_bytes(), "another founder");
    let (mut forged, _) = document();
    forged.chain.remove(1);
    distrusts(&forged.text(), "a change is missing");
    let (mut forged, _) = document();
    forged.chain.push(forged.chain[1].clone());
    distrusts(&forged.text(), "a change twice");

    // A vault of her own that both are members of, in the place of theirs.
    let (evil, elsewhere) = (begun(&eve), begun(&ana));
    for person in [&ana, &ben] {
        eve.at(&evil).admit(&person.at(&evil).request().unwrap(), NOW).unwrap();
    }
    distrusts(&std::fs::read(&evil.file).unwrap(), "her own vault");
    // Another vault that Ana trusts, where it is.
    distrusts(&std::fs::read(&elsewhere.file).unwrap(), "a vault from elsewhere");

    // A box with the revision counted up, and the box of another state.
    let (mut forged, _) = document();
    forged.revision += 1;
    distrusts(&forged.text(), "a counted revision");
    let (mut forged, _) = document();
    forged.writes.insert("ben".to_owned(), 7);
    distrusts(&forged.text(), "a counted write");
    let (mut forged, _) = document();
    forged.writes.clear();
    distrusts(&forged.text(), "no write at all");
    std::fs::remove_file(&shared.file).unwrap();
    assert_eq!(refused(read(&ana, &shared, "a")).kind, Kind::Corrupt);
    assert_eq!(ana.at(&shared).begin(NOW, false).unwrap_err().kind, Kind::Corrupt);
}

#[test]
fn an_older_file_is_noticed_by_whoever_saw_a_newer_one() {
    let (ana, ben, cleo) = (Person::new("ana"), Person::new("ben"), Person::new("cleo"));
    let shared = begun(&ana);
    for who in [&ben, &cleo] {
        let_in(&shared, &ana, who);
    }
    ana.at(&shared).set("a", &secret("1")).unwrap();
    let before = std::fs::read(&shared.file).unwrap();
    ana.at(&shared).set("a", &secret("2")).unwrap();
    assert_eq!(read(&cleo, &shared, "a").unwrap().as_deref(), Some("2"));
    let newer = std::fs::read(&shared.file).unwrap();
    std::fs::write(&shared.file, &before).unwrap();
    for person in [&ana, &cleo] {
        let error = refused(read(person, &shared, "a"));
        assert!(error.message.ends_with("it is older than what was seen last"), "{error}");
    }
    std::fs::write(&shared.file, &newer).unwrap();
    ana.at(&shared).remove("ben", NOW).unwrap();
    // Ben, who was a member of that file, goes on with it as if he had not been removed.
    let after = std::fs::read(&shared.file).unwrap();
    std::fs::write(&shared.file, &newer).unwrap();
    ben.at(&shared).rotate(NOW).unwrap();
    ben.at(&shared).set("a", &secret("ben's")).unwrap();
    let error = refused(read(&ana, &shared, "a"));
    assert!(error.message.ends_with("its members or data key were changed by two people at once"), "{error}");
    std::fs::write(&shared.file, &after).unwrap();
    assert_eq!(read(&ana, &shared, "a").unwrap().as_deref(), Some("2"));
}

#[test]
fn a_file_that_was_cut_or_changed_anywhere_is_never_read_as_something_else() {
    let (ana, ben) = (Person::new("ana"), Person::new("ben"));
    let shared = begun(&ana);
    let_in(&shared, &ana, &ben);
    ana.at(&shared).set("a", &secret("1")).unwrap();
    let whole = std::fs::read(&shared.file).unwrap();
    let mut silent = 0;
    let first = (crate::base::dice::seed() % 20) as usize;
    // Bytes in which nothing but Ben's copy of the key is are no trouble of Ana's.
    for at in (first..whole.len()).step_by(20) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 7);
        for bytes in [&whole[..at], &changed] {
            std::fs::write(&shared.file, bytes).unwrap();
            match ana.at(&shared).get("a") {
                Ok(read) => {
                    assert_eq!(read.map(|secret| secret.expose().to_owned()).as_deref(), Some("1"), "{at}");
                    silent += 1;
                }
                Err(error) => assert!(matches!(error.kind, Kind::Corrupt | Kind::Failed), "{at}: {error}"),
            }
        }
    }
    assert!(silent < whole.len() / 100, "{silent} of {} changes made no difference", whole.len() / 10);
}

#[test]
fn a_moved_vault_is_named_again_before_it_is_used() {
    let ana = Person::new("ana");
    let shared = begun(&ana);
    ana.at(&shared).set("a", &secret("1")).unwrap();
    let moved = self::shared();
    std::fs::rename(&shared.file, &moved.file).unwrap();
    assert_eq!(refused(read(&ana, &moved, "a")).message, "`ana` has not joined the team vault here");
    let vault = ana.at(&moved).look().unwrap().vault.unwrap();
    ana.at(&moved).trust(&vault, false).unwrap();
    assert_eq!(read(&ana, &moved, "a").unwrap().as_deref(), Some("1"));
}

#[test]
fn many_writers_and_readers_of_two_members_lose_nothing() {
    let (ana, ben) = (Person::new("ana"), Person::new("ben"));
    let shared = begun(&ana);
    let_in(&shared, &ana, &ben);
    std::thread::scope(|scope| {
        for writer in 0..20 {
            let (shared, person) = (&shared, if writer % 2 == 0 { &ana } else { &ben });
            scope.spawn(move || {
                let team = person.at(shared);
                team.set(&format!("name/{writer}"), &secret(&writer.to_string())).unwrap();
                assert!(team.get(&format!("name/{writer}")).unwrap().is_some());
                if writer % 5 == 0 {
                    team.rotate(NOW).unwrap();
                }
            });
        }
    });
    let look = ana.at(&shared).look().unwrap();
    assert_eq!((look.secrets.unwrap().len(), look.epoch), (20, Some(5)));
}

#[test]
fn a_chain_is_of_one_vault_only() {
    let ana = Person::new("ana");
    let (one, other) = (begun(&ana), begun(&ana));
    let look = |shared: &Shared| ana.at(shared).look().unwrap().vault.unwrap();
    assert_ne!(look(&one), look(&other), "two vaults of the same founder at the same moment differ");
    assert_ne!(aead::random(), aead::random());
}
