//! The house's rules: which module may import which (`src/lib.rs` shows the same table), and which module each outside
//! package lives in. A line of code that breaks one is named with its file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module, and the modules it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("http", &["base"]),
    ("vault", &["base"]),
    ("store", &["base"]),
    ("oauth", &["base", "http"]),
    ("providers", &["base", "http", "oauth"]),
    ("sources", &["base", "http", "providers"]),
    ("sandbox", &["base"]),
    ("config", &["base"]),
    ("app", &["base", "config", "http", "vault", "store"]),
    ("operations", &["base", "app"]),
    ("accounts", &["base", "app", "config", "oauth", "providers"]),
    ("tables", &["base", "app", "operations"]),
    ("records", &["base", "app", "operations", "tables"]),
    ("connections", &["base", "app", "config", "sources", "accounts", "tables", "records", "operations"]),
    ("scheduler", &["base", "app", "connections"]),
    ("upkeep", &["base", "app", "config", "operations", "accounts", "tables", "records", "connections"]),
    (
        "cli",
        &[
            "base",
            "app",
            "config",
            "operations",
            "accounts",
            "tables",
            "records",
            "connections",
            "scheduler",
            "upkeep",
            "sandbox",
        ],
    ),
];

/// An outside package, and the only modules that may speak to it. A package that is not listed is open to all.
const DOORS: &[(&str, &[&str])] = &[
    ("reqwest", &["http"]),
    ("rusqlite", &["store"]),
    ("keyring", &["vault"]),
    ("keyring_core", &["vault"]),
    ("ring", &["vault", "oauth", "sandbox", "sources"]),
    ("crypto_box", &["vault"]),
    ("secrecy", &["base"]),
    ("whoami", &["config"]),
    ("zeroize", &["base", "vault"]),
    ("sqlparser", &["base"]),
    ("calamine", &["records"]),
    ("rust_xlsxwriter", &["records"]),
    ("encoding_rs", &["records"]),
    ("chardetng", &["records"]),
    ("num_bigint", &["base"]),
    ("tokio_postgres", &["sources"]),
    ("tokio_postgres_rustls", &["sources"]),
    ("rustls_native_certs", &["http", "sources"]),
    ("axum", &["sandbox"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("comfy_table", &["cli"]),
    ("dialoguer", &["cli"]),
    ("indicatif", &["cli"]),
    ("jaq_core", &["cli"]),
    ("jaq_json", &["cli"]),
    ("jaq_std", &["cli"]),
];

#[test]
fn every_module_imports_only_what_its_row_lists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in rust_files(&root) {
        let file = path.strip_prefix(&root).expect("it lies below").to_str().expect("UTF-8").replace('\\', "/");
        let module = file.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        wrong.extend(check(&module, &file, &std::fs::read_to_string(&path).unwrap()));
        seen.insert(module);
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let listed: BTreeSet<String> = LAYERS.iter().map(|(module, _)| (*module).to_owned()).collect();
    assert_eq!(listed, seen, "every module has a row, and every row a module");
}

#[test]
fn a_row_names_only_rows_above_it() {
    let mut above = BTreeSet::new();
    for (module, may) in LAYERS {
        for other in *may {
            assert!(above.contains(other), "`{module}` may import `{other}`, which is not below it");
        }
        above.insert(module);
    }
}

#[test]
fn a_wrong_import_is_named_with_its_file_and_line() {
    let found = |module, text| check(module, "it.rs", text);
    assert_eq!(
        found("store", "use crate::base::Error;\nuse crate::app::App;"),
        ["it.rs:2: `store` imports `crate::app`"]
    );
    assert_eq!(found("base", "fn f() { crate::http::Http::new(); }"), ["it.rs:1: `base` imports `crate::http`"]);
    assert_eq!(found("http", "use crate::{\n    base::Error,\n    store::{Store, sql},\n};").len(), 1);
    assert_eq!(
        found("http", "pub(crate) fn f() {} // crate::cli\n/// [`crate::cli`]\nlet s = \"crate::cli\";").len(),
        0
    );
    assert_eq!(found("records", "use rusqlite::Row;"), ["it.rs:1: `records` uses the package `rusqlite`"]);
    assert_eq!(found("cli", "::reqwest::get(url)"), ["it.rs:1: `cli` uses the package `reqwest`"]);
    assert_eq!(found("vault", "mod keyring;\nkeyring::Keyring::open();").len(), 0);
    assert_eq!(found("new", "fn f() {}"), ["it.rs:1: the module `new` has no row"]);
    assert_eq!(found("sandbox", "#[cfg(test)]\nmod tests { use crate::http::Http; }").len(), 1);
}

#[test]
fn the_code_map_has_a_row_for_every_module() {
    let map = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for (module, _) in LAYERS {
        assert!(
            map.lines().any(|line| line.starts_with("//! |") && line.contains(&format!("[`{module}`]"))),
            "{module}"
        );
        assert!(map.contains(&format!("pub mod {module};")), "{module}");
    }
}

/// What this text of this module imports against the rules.
fn check(module: &str, file: &str, text: &str) -> Vec<String> {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let Some(may) = layers.get(module) else { return vec![format!("{file}:1: the module `{module}` has no row")] };
    let mut wrong = BTreeSet::new();
    let code = code_of(text);
    for (start, path) in paths(&code, "crate") {
        if path != module && layers.contains_key(path) && !may.contains(&path) {
            wrong.insert((line_of(&code, start), format!("`{module}` imports `crate::{path}`")));
        }
    }
    for (package, doors) in DOORS {
        if doors.contains(&module) {
            continue;
        }
        for (start, _) in paths(&code, package) {
            wrong.insert((line_of(&code, start), format!("`{module}` uses the package `{package}`")));
        }
    }
    wrong.into_iter().map(|(line, what)| format!("{file}:{line}: {what}")).collect()
}

/// Where `root::` stands as a path's first word, with the words that follow: one, or each of a `{…}` group.
fn paths<'a>(code: &'a str, root: &str) -> Vec<(usize, &'a str)> {
    let needle = format!("{root}::");
    let mut found = Vec::new();
    for (start, _) in code.match_indices(&needle) {
        let before = code[..start].chars().next_back();
        let absolute = code[..start].ends_with("::") && !code[..start - 2].ends_with(is_word);
        if !absolute && before.is_some_and(|before| is_word(before) || before == ':') {
            continue;
        }
        let after = start + needle.len();
        match code[after..].strip_prefix('{') {
            None => found.push((start, word_at(code, after))),
            Some(group) => found.extend(group_words(code, after + 1, group)),
        }
    }
    found
}

/// The first word of each entry of a `use` group, nested groups skipped.
fn group_words<'a>(code: &'a str, from: usize, group: &str) -> Vec<(usize, &'a str)> {
    let (mut depth, mut fresh, mut found) = (0, true, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && is_word(letter) => {
                found.push((from + at, word_at(code, from + at)));
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

/// The text with comments and the insides of string literals blanked, so that positions stay.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            3 + raw.find("\"#").map_or(raw.len(), |end| end + 2)
        } else if letter == '"' {
            string_length(rest)
        } else {
            let char_literal = ["'\"'", "'\\\"'"].iter().find(|literal| rest.starts_with(**literal));
            let length = char_literal.map_or(letter.len_utf8(), |literal| literal.len());
            code.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        code.extend(rest[..length].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    code
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn word_at(code: &str, at: usize) -> &str {
    let end = code[at..].find(|letter| !is_word(letter)).map_or(code.len(), |end| at + end);
    &code[at..end]
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
