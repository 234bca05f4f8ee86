//! F14: no transaction begins as a reader and becomes a writer halfway, which SQLite refuses at once when somebody else wrote
//! in between (SQLITE_BUSY_SNAPSHOT), whatever the patience. What the statements really are is traced in `src/store/sync/trace.rs`.

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Ways to begin a transaction that may only read at first.
const DEFERRED: &[&str] =
    &["unchecked_transaction", ".transaction()", "new_unchecked(", ".savepoint(", "TransactionBehavior::Deferred"];

#[test]
fn no_code_of_the_store_begins_a_transaction_that_could_be_upgraded() {
    let mut found = Vec::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")) {
        // `backup.rs` only reads the store that it copies. `trace.rs` looks for the same words. A search writes to its index first, so that it waits for its turn before it has
        // read anything; beginning as a writer would keep others from the main file too.
        if file.ends_with("trace.rs")
            || file.ends_with("backup.rs")
            || file.parent().is_some_and(|folder| folder.ends_with("search"))
        {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("source is text");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let begins = code.match_indices("BEGIN").any(|(at, _)| {
                let rest = &code[at + "BEGIN".len()..];
                let word = !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
                word && !rest.starts_with(" IMMEDIATE") && !rest.starts_with(" EXCLUSIVE") && !rest.starts_with("{")
            });
            if begins || DEFERRED.iter().any(|way| code.contains(way)) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "use `sql::immediately`, or `sql::at_one_moment` to read only:\n{}", found.join("\n"));
}
