//! F24: texts and numbers that are broken, huge or strange, from a source and from a file of a person's: each is kept as it
//! is or refused with a reason, and nothing is lost on the way.

use super::support::{civil, done, kind};
use crate::support::home::Home;

fn home() -> Home {
    let home = Home::new();
    done(&home, None, "tables create t a:text n:number i:integer d:decimal j:json");
    home
}

/// Runs `records create` with these bytes as its file.
fn create(home: &Home, bytes: &[u8]) -> crate::support::home::Ran {
    std::fs::write(home.path().join("data.jsonl"), bytes).expect("the home can be written");
    home.run_with(None, &[], "records create t --data @data.jsonl --json")
}

fn count(home: &Home) -> u64 {
    done(home, None, "records count t --json --jq .records").stdout.trim().parse().expect("a number")
}

fn newest(home: &Home, field: &str) -> String {
    done(home, None, &format!("records list t --sort -id --limit 1 --json --jq '.[0].{field} | tojson'"))
        .stdout
        .trim()
        .to_owned()
}

#[test]
fn what_is_no_json_is_refused_whole_with_its_place() {
    let home = home();
    let broken: &[(&str, &[u8])] = &[
        ("cut off", b"{\"a\":\"x\"}\n{\"a\":"),
        ("NaN", b"{\"n\":NaN}"),
        ("Infinity", b"{\"n\":Infinity}"),
        ("bad UTF-8", b"{\"a\":\"\xff\xfe\"}"),
        ("overlong UTF-8", b"{\"a\":\"\xc0\xaf\"}"),
        ("a lone surrogate", b"{\"a\":\"\\ud800\"}"),
        ("half a pair", b"{\"a\":\"\\udc00\\ud800\"}"),
        ("a raw NUL", b"{\"a\":\"x\0y\"}"),
        ("no object", b"[1,2]"),
        ("a comment", b"{\"a\":\"x\"} // why"),
        ("a number too large for number", b"{\"n\":1e400}"),
        ("a text for a number", b"{\"n\":\"twelve\"}"),
        ("half an integer", b"{\"i\":1.5}"),
    ];
    for (what, bytes) in broken {
        let ran = create(&home, bytes);
        civil(&ran, what);
        assert_ne!(ran.status, 0, "{what}: {ran}");
        assert!(!kind(&ran).is_empty(), "{what}: {ran}");
        assert_eq!(count(&home), 0, "{what}: a part was stored");
    }
}

#[test]
fn the_same_field_twice_is_refused_because_nobody_knows_which_one_counts() {
    let home = home();
    let ran = create(&home, b"{\"a\":\"first\",\"a\":\"second\"}");
    civil(&ran, "twice");
    assert_ne!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("twice") || ran.stderr.contains("duplicate"), "{ran}");
    assert_eq!(count(&home), 0);
}

#[test]
fn odd_values_that_are_legal_are_kept_exactly() {
    let home = home();
    let digits = "9".repeat(300);
    let kept: &[(&str, String, &str, String)] = &[
        ("NUL", r#"{"a":"x\u0000y"}"#.to_owned(), "a", r#""x\u0000y""#.to_owned()),
        ("a pair", r#"{"a":"\ud83d\ude00"}"#.to_owned(), "a", "\"😀\"".to_owned()),
        ("controls", r#"{"a":"\u001b[31m\u202e"}"#.to_owned(), "a", r#""\u001b[31m"#.to_owned()),
        ("empty", r#"{"a":""}"#.to_owned(), "a", r#""""#.to_owned()),
        ("largest", format!("{{\"i\":{}}}", i64::MAX), "i", format!("\"{}\"", i64::MAX)),
        ("smallest", format!("{{\"i\":{}}}", i64::MIN), "i", format!("\"{}\"", i64::MIN)),
        ("beyond 64 bits", "{\"i\":18446744073709551616}".to_owned(), "i", "\"18446744073709551616\"".to_owned()),
        ("300 digits", format!("{{\"i\":{digits}}}"), "i", format!("\"{digits}\"")),
        (
            "exact decimal",
            r#"{"d":0.1000000000000000000000000000001}"#.to_owned(),
            "d",
            "\"0.1000000000000000000000000000001\"".to_owned(),
        ),
        ("tiny", r#"{"n":5e-324}"#.to_owned(), "n", "5e-324".to_owned()),
        (
            "digits in JSON",
            r#"{"j":{"n":123456789012345678901234567890.10}}"#.to_owned(),
            "j",
            r#""{\"n\":123456789012345678901234567890.10}"#.to_owned(),
        ),
        (
            "a double in JSON",
            r#"{"j":[0.30000000000000004,1e100,-2]}"#.to_owned(),
            "j",
            "[0.30000000000000004,1e+100,-2]".to_owned(),
        ),
        ("beyond a double in JSON", r#"{"j":1e400}"#.to_owned(), "j", r#""1e400"#.to_owned()),
        ("negative zero", r#"{"n":-0.0}"#.to_owned(), "n", "-0.0".to_owned()),
    ];
    for (at, (what, line, field, expected)) in kept.iter().enumerate() {
        let ran = create(&home, line.as_bytes());
        civil(&ran, what);
        assert_eq!(ran.status, 0, "{what}: {ran}");
        assert_eq!(count(&home), at as u64 + 1, "{what}");
        let found = newest(&home, field);
        assert!(found.starts_with(expected.trim_end_matches('"')), "{what}: {found} is not {expected}");
    }
    // A byte order mark is skipped or named, never stored.
    let ran = create(&home, b"\xef\xbb\xbf{\"a\":\"behind a byte order mark\"}\n");
    civil(&ran, "a byte order mark");
    assert!(ran.status == 0 || ran.stderr.contains("no JSON"), "{ran}");
    assert!(ran.status != 0 || newest(&home, "a") == "\"behind a byte order mark\"", "{ran}");
}

#[test]
fn json_of_a_hundred_thousand_levels_is_kept_or_refused_and_shown_without_a_fall() {
    let home = home();
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let ran = create(&home, format!("{{\"j\":{nested}}}").as_bytes());
    civil(&ran, "deep");
    if ran.status != 0 {
        assert_eq!(count(&home), 0, "{ran}");
        return;
    }
    for form in ["json", "jsonl", "csv", "table"] {
        let shown = home.run_with(None, &[], &format!("records list t --fields j -o {form}"));
        civil(&shown, form);
        assert_eq!(shown.status, 0, "{form}");
        // A table breaks what is wider than 65,535 letters.
        let whole: String = shown.stdout.split_whitespace().collect();
        assert!(whole.contains(&nested), "{form}: it is not all there");
    }
}
