//! F25: huge cells and very many columns: stored whole or refused with a reason, in bounded memory.

use std::process::Stdio;

use super::support::{civil, done, kind};
use crate::support::home::{Home, words};
use crate::support::postgres::is_deep;

/// The most memory that a command held, in megabytes, and how it ended.
#[cfg(target_os = "linux")]
fn memory(home: &Home, arguments: &str) -> (u64, bool) {
    let mut command = home.command(&words(arguments));
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut most = 0;
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        most = most.max(peak >> 10);
        if let Some(status) = child.try_wait().expect("our own child") {
            return (most, status.success());
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn a_cell_of_ten_megabytes_is_stored_shown_and_taken_back_whole() {
    let home = Home::new();
    done(&home, None, "tables create t a:long_text");
    let cells = if is_deep() { 30 } else { 5 };
    let text = "å".repeat(5 << 20);
    let lines: String = (0..cells).map(|_| format!("{{\"a\":\"{text}\"}}\n")).collect();
    std::fs::write(home.path().join("huge.jsonl"), lines).expect("the home can be written");
    done(&home, None, "records create t --data @huge.jsonl");
    let got = home.run_with(None, &[], "records get t 1 --json --jq '.a | length'");
    assert_eq!(got.stdout.trim(), text.chars().count().to_string(), "{}", got.stderr);
    let out = home.path().join("out.csv").display().to_string();
    let (most, ended) = memory(&home, "records export t -o csv");
    println!("exporting {cells} cells of 10 MB took {most} MB");
    assert!(ended && most < 256, "{most} MB for {out}");
    done(&home, None, "records update t 1 a=short");
    done(&home, None, "undo 3 --yes");
    let got = home.run_with(None, &[], "records get t 1 --json --jq '.a | length'");
    assert_eq!(got.stdout.trim(), text.chars().count().to_string());
}

/// SQLite takes 2,000 columns.
#[test]
fn a_table_with_more_fields_than_sqlite_takes_is_refused_and_one_with_as_many_works() {
    let home = Home::new();
    for (fields, fits) in [(1_900, true), (2_500, false), (10_000, false)] {
        let specs: Vec<String> = (0..fields).map(|at| format!("f{at}:text")).collect();
        let arguments = format!("tables create wide{fields} {} --json", specs.join(" "));
        let ran = home.run_with(None, &[], &arguments);
        civil(&ran, &format!("{fields} fields"));
        if !fits {
            assert!(matches!(ran.status, 1 | 2), "{fields} fields: {}", ran.stderr);
            assert!(!kind(&ran).is_empty() && ran.stderr.contains("field"), "{fields} fields: {}", ran.stderr);
            assert!(!done(&home, None, "tables list --json").stdout.contains(&format!("wide{fields}")));
            continue;
        }
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        done(&home, None, &format!("records create wide{fields} f0=a f{}=z", fields - 1));
        let shown = done(&home, None, &format!("records get wide{fields} 1 --json --jq '.f{}'", fields - 1));
        assert_eq!(shown.stdout.trim(), "z");
        done(&home, None, &format!("records update wide{fields} 1 f5=b"));
        done(&home, None, &format!("records delete wide{fields} 1 --yes"));
    }
}
