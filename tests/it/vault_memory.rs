//! What a vault gave and what was done with it are gone from memory once they were dropped (the idea of keyring-rs's leak
//! test). A process of its own reads a secret that it only knows in disguise, drops it, and looks for it in all memory that
//! it can write to. What HTTP, TLS and D-Bus libraries had in their buffers is not ours to clear, so that vaults in files
//! are looked at alone.
#![cfg(target_os = "linux")]

use std::io::{Read as _, Seek as _, SeekFrom};
use std::process::Command;

use appctl::base::{Secret, Timestamp};
use appctl::vault::Vault;

use crate::support::home::make_key;
use crate::support::postgres::variable;

/// Says to `one_process` in which folder its vault is.
const INSIDE: &str = "APPCTL_TEST_MEMORY";
/// The secret, each byte turned over, in hex.
const DISGUISED: &str = "APPCTL_TEST_MEMORY_SECRET";

fn vaults(folder: &str) -> [Vault; 2] {
    let own = Vault::file(format!("{folder}/vault.sealed"), format!("{folder}/key"));
    let team = Vault::team(format!("{folder}/team.vault"), "ana", own.clone());
    [own, team]
}

#[test]
fn one_process() {
    let Some(folder) = variable(INSIDE) else { return };
    let hex = variable(DISGUISED).unwrap();
    let disguised: Vec<u8> =
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    let [own, team] = vaults(&folder);
    for vault in [&own, &team] {
        let secret = vault.get("shop/google/1").unwrap().unwrap();
        assert!(found(&disguised) > 0, "it is looked for in the right way");
        vault.set("shop/google/2", &secret).unwrap();
        vault.probe().unwrap();
        let copy = secret.clone();
        drop((secret, copy));
        assert!(vault.delete("shop/google/2").unwrap());
        println!("found {} in {}", found(&disguised), vault.word());
    }
}

/// How often the secret is in memory that this process can write to.
fn found(disguised: &[u8]) -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut times = 0;
    let mut part = vec![0; 1 << 20];
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let address = |text: &str| u64::from_str_radix(text, 16).unwrap();
        let (from, to) = (address(from), address(to));
        if memory.seek(SeekFrom::Start(from)).is_err() {
            continue;
        }
        // A secret across two parts is missed with a chance of one in ten thousand.
        let mut left = usize::try_from(to - from).unwrap();
        while left > 0 {
            let length = left.min(part.len());
            let Ok(read @ 1..) = memory.read(&mut part[..length]) else { break };
            times += part[..read]
                .windows(disguised.len())
                .filter(|window| window.iter().zip(disguised).all(|(byte, other)| *byte == !*other))
                .count();
            left -= read;
        }
        part.fill(0);
    }
    times
}

#[test]
fn a_secret_is_gone_from_memory_once_it_was_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    make_key(&folder.path().join("key"));
    let secret = format!("canary-{:032x}", rand::random::<u128>());
    let [own, team] = vaults(path);
    team.as_team().unwrap().begin(Timestamp(1_800_000_000_000_000), false).unwrap();
    for vault in [own, team] {
        vault.set("shop/google/1", &Secret::new(secret.as_str())).unwrap();
    }
    let disguised: String = secret.bytes().map(|byte| format!("{:02x}", !byte)).collect();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "vault_memory::one_process", "--nocapture"]);
    let output = command.env(INSIDE, path).env(DISGUISED, disguised).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert!(text.contains("found 0 in file") && text.contains("found 0 in team vault"), "{text}");
}
