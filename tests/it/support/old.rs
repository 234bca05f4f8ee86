//! The store's file as earlier versions of appctl wrote it, and what is in it.

use std::path::Path;

use rusqlite::Connection;

/// Version 1, as it was first used.
const VERSION_1: &str = "
    PRAGMA page_size = 8192;
    PRAGMA journal_mode = WAL;
    CREATE TABLE _appctl_tables (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_documents (kind TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, name))
        STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_operations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, author_kind TEXT NOT NULL, author TEXT NOT NULL,
        what TEXT NOT NULL, connection TEXT, inserted INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0, tables TEXT NOT NULL DEFAULT '[]', undoes INTEGER, undone_by INTEGER
    ) STRICT;
    CREATE TABLE _appctl_changes (
        operation INTEGER NOT NULL REFERENCES _appctl_operations ON DELETE CASCADE, sequence INTEGER NOT NULL,
        table_name TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, before TEXT,
        PRIMARY KEY (operation, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX _appctl_changes_by_key ON _appctl_changes (table_name, key, operation);
    CREATE TABLE _appctl_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, connection TEXT NOT NULL, operation INTEGER, record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX _appctl_runs_by_connection ON _appctl_runs (connection, id);
    CREATE TABLE _appctl_epochs (connection TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_loads (
        connection TEXT, object TEXT, table_name TEXT NOT NULL UNIQUE, progress TEXT NOT NULL,
        PRIMARY KEY (connection, object)
    ) STRICT, WITHOUT ROWID;
    PRAGMA application_id = 1634758755;
    PRAGMA user_version = 1;";

/// Two tables of version 1, one pointing to the other, as `tables create` and `records create` left them.
const PEOPLE_AND_TASKS: &str = r#"
    CREATE TABLE "people" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL) STRICT;
    CREATE TABLE "tasks" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "title" TEXT NOT NULL, "owner" ANY) STRICT;
    INSERT INTO _appctl_tables VALUES ('people', '{"name":"people","fields":[{"name":"id","type":{"kind":"integer"},"required":false,"unique":false,"source_id":null},{"name":"name","type":{"kind":"text"},"required":true,"unique":false,"source_id":null}],"key":["id"],"generated_key":true,"connection":null}');
    INSERT INTO _appctl_tables VALUES ('tasks', '{"name":"tasks","fields":[{"name":"id","type":{"kind":"integer"},"required":false,"unique":false,"source_id":null},{"name":"title","type":{"kind":"text"},"required":true,"unique":false,"source_id":null},{"name":"owner","type":{"kind":"relation","table":"people"},"required":false,"unique":false,"source_id":null}],"key":["id"],"generated_key":true,"connection":null}');
    INSERT INTO people (name) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40)
        SELECT 'person ' || n FROM n;
    INSERT INTO tasks (title, owner) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)
        SELECT 'task ' || n, n % 40 + 1 FROM n;
    INSERT INTO _appctl_operations (at, author_kind, author, what, inserted, tables)
        VALUES ('2026-11-20T08:00:00Z', 'person', 'ann', 'records import tasks', 340, '["people","tasks"]');
"#;

/// Writes a file of this version at `path`, with two tables in it; version 0 is a file that an interrupted first opening
/// left.
pub fn write(path: &Path, version: usize) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    let connection = Connection::open(path).expect("a new file");
    match version {
        0 => connection.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;").expect("nothing yet"),
        1 => {
            connection.execute_batch(VERSION_1).expect("version 1");
            connection.execute_batch(PEOPLE_AND_TASKS).expect("two tables");
        }
        other => panic!("version {other} is not an old one"),
    }
}

/// All versions before today's.
pub const VERSIONS: [usize; 2] = [0, 1];
