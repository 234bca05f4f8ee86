//! The store's file: who has it open, its log, whether it is whole, and the clock beside its newest operation.

use std::time::Duration;

use super::super::command;
use super::{Check, work};
use crate::app::{self, Depth, Inspection, Kin};
use crate::base::{Clock, Kind, Result, Timestamp};
use crate::config::Config;

/// A log beyond this slows every reader down (reliability.md).
const LONG_LOG: u64 = 64 << 20;

/// When this program was written: no clock that shows an earlier time is right.
const WRITTEN: &str = "2026-11-01T00:00:00Z";

/// Clocks of two machines differ a little.
const LEEWAY: Duration = Duration::from_secs(120);
const LONG_AGO: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Other programs that have the store open.
pub fn programs(config: &Config) -> Check {
    let open = app::holders(&config.app_file());
    if open.is_empty() {
        return Check::ok("programs", "no other program has the store open");
    }
    let names = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if open.iter().all(|one| one.name == "appctl") {
        return Check::ok("programs", format!("{names} has the store open"));
    }
    Check::warning("programs", format!("{names} has the store open"), "end what you do not know")
}

pub fn log(config: &Config) -> Check {
    let bytes = app::waiting_log(&config.app_file());
    if bytes <= LONG_LOG {
        return Check::ok("log", "the write-ahead log is short");
    }
    let open = app::holders(&config.app_file());
    let names = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let fix = if open.is_empty() {
        command(config, "tables list") // the last one that closes the store brings the log into the file
    } else {
        format!("end what reads for so long: {names}")
    };
    Check::warning("log", format!("the write-ahead log has {} MB", bytes >> 20), fix)
}

/// Whether the file is ours and whole; when not, which backup to restore.
pub fn store(config: &Config, found: &Result<Option<Inspection>>, depth: Depth) -> Check {
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Check::ok("store", "there is no store yet"),
        Err(error) if error.kind == Kind::Corrupt => return damaged(config, &error.message),
        Err(error) => return Check::failed("store", error),
    };
    if let Some(first) = found.problems.first() {
        let more = found.problems.len() - 1;
        let more = if more == 0 { String::new() } else { format!(", and {more} more") };
        return damaged(config, &format!("{first}{more}"));
    }
    let checked = match depth {
        Depth::Quick => "whole",
        Depth::Deep => "whole, its indexes too",
    };
    match &found.kin {
        Kin::Empty => Check::ok("store", "the store is empty"),
        Kin::Ours { version } if *version == app::STORE_VERSION => {
            Check::ok("store", format!("the store is {checked} (version {version})"))
        }
        Kin::Ours { version } => Check::ok(
            "store",
            format!(
                "the store is {checked}; the next command brings it from version {version} to {}",
                app::STORE_VERSION
            ),
        ),
        Kin::Newer { version } => Check::problem(
            "store",
            format!("the store has version {version}, this program knows {}", app::STORE_VERSION),
            "install a newer appctl",
        ),
        Kin::Foreign => Check::problem(
            "store",
            format!("`{}` belongs to another program", config.app_file().display()),
            "choose another folder with `--home DIR`, or another app with `--app NAME`",
        ),
    }
}

fn damaged(config: &Config, why: &str) -> Check {
    let why = why.trim_start_matches("the store says: ");
    Check::problem("store", format!("the store is damaged: {why}"), work::way_back(config))
}

pub fn clock(clock: &Clock, found: Option<&Inspection>) -> Check {
    clock_since(clock, found.and_then(|found| found.newest).map(|(_, at)| at))
}

/// The clock beside the newest operation.
pub fn clock_since(clock: &Clock, newest: Option<Timestamp>) -> Check {
    let now = clock.now();
    let written = Timestamp::parse(WRITTEN).unwrap_or_default();
    let fix = "set the clock: `timedatectl set-ntp true`";
    match newest {
        _ if now < written => {
            Check::problem("clock", format!("the clock shows {now}, before this program was written"), fix)
        }
        Some(at) if at > now.plus(LEEWAY) => {
            Check::problem("clock", format!("the clock shows {now}, and the newest operation is of {at}"), fix)
        }
        Some(at) if now.since(at) > LONG_AGO => {
            Check::warning("clock", format!("the clock shows {now}, ten years after the newest operation"), fix)
        }
        _ => Check::ok("clock", "the clock is not before the newest operation"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_is_judged_by_the_newest_operation_and_by_this_program() {
        let at = |text: &str| Timestamp::parse(text).expect("a time");
        let verdict = |now: &str, newest: Option<&str>| clock_since(&Clock::fixed(at(now)), newest.map(at)).status;
        assert_eq!(verdict("2026-11-24T06:00:00Z", None), Verdict::Ok);
        assert_eq!(verdict("2026-11-24T06:00:00Z", Some("2026-11-24T06:01:00Z")), Verdict::Ok);
        assert_eq!(verdict("2026-11-24T06:00:00Z", Some("2026-11-24T06:03:00Z")), Verdict::Problem);
        assert_eq!(verdict("1970-01-01T00:00:10Z", None), Verdict::Problem);
        assert_eq!(verdict("2036-11-25T06:00:00Z", Some("2026-11-24T06:00:00Z")), Verdict::Warning);
    }
}
