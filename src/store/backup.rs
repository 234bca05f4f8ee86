//! Verified copies of the main file. The pages are copied through SQLite's backup interface inside of one read
//! transaction: writers go on, memory stays flat, and the copy is one moment. It counts only after it was opened, checked
//! and compared row by row with that moment, and is renamed into place last. Which copies there are is noted beside the
//! main file, so that a damaged one can say what to restore.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::inspect::{self, Depth};
use super::sql::quote;
use super::{FILE, Store, files, schema};
use crate::base::{Clock, Doing, Error, Interrupt, Kind, Result, Timestamp, shell};

/// A copy that was verified when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    pub file: PathBuf,
    pub at: Timestamp,
    pub tables: u64,
    pub records: u64,
    pub bytes: u64,
    /// Of the whole file, as `sha256sum` prints it
    pub sha256: String,
    /// The newest operation in it
    pub operation: Option<i64>,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Copying { pages: u64, of: u64 },
    Checking { rows: u64 },
}

/// Pages between two looks at the interrupt: 2 MB.
const PAGES: i32 = 256;

/// How many copies are noted.
const KEPT: usize = 20;

impl Store {
    /// Copies this app into one file, which another appctl restores and any SQLite program opens. Writers are not kept
    /// waiting. `replace` allows a file of that name to go, in the moment in which the new one is whole.
    ///
    /// `Kind::Corrupt` when the store itself is damaged; then, and when it is interrupted, nothing is left behind.
    pub fn backup(
        &self,
        target: &Path,
        replace: bool,
        interrupt: &Interrupt,
        tell: &mut dyn FnMut(Step),
    ) -> Result<Copied> {
        check_target(target, &self.folder)?;
        let from = open_reader(&self.file())?;
        let mut copied = copy(&from, target, replace, interrupt, tell)?;
        copied.at = self.clock.now();
        Ok(copied)
    }

    /// Whether a backup may be put there, which `backup` asks too: for a door that asks a person before it replaces a file.
    pub fn check_backup_target(&self, target: &Path) -> Result<()> {
        check_target(target, &self.folder)
    }

    /// Notes a copy beside the main file.
    pub fn note_backup(&self, copied: &Copied) -> Result<()> {
        let mut known = backups(&self.folder);
        known.retain(|other| other.file != copied.file);
        known.push(copied.clone());
        let over = known.len().saturating_sub(KEPT);
        known.drain(..over);
        files::replace(&self.folder.join(NOTES), &serde_json::to_vec(&known).expect("notes are JSON"))
    }
}

/// The copies that were made of the app in this folder, oldest first. What cannot be read is no copy.
pub fn backups(folder: &Path) -> Vec<Copied> {
    let bytes = std::fs::read(folder.join(NOTES)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Where the copies are noted.
pub const NOTES: &str = "backups.json";

/// Copies the file at `path` beside itself, before a migration changes it. The copy opens in the program that wrote it.
pub fn before_migration(path: &Path, version: usize, clock: &Clock) -> Result<()> {
    let target = path.with_extension(format!("v{version}-{}.db", clock.now().millis()));
    let from = open_reader(path)?;
    copy(&from, &target, false, &Interrupt::default(), &mut |_| {}).doing(|| "keeping a copy of the older version")?;
    Ok(())
}

/// A place where a file can be put: in a folder that is there, not on what is no plain file, not on the store itself.
fn check_target(target: &Path, store: &Path) -> Result<()> {
    let shown = target.display();
    let folder = folder_of(target);
    if !folder.is_dir() {
        return Err(Error::not_found(format!("there is no folder `{}`", folder.display()))
            .hint(format!("make it with `mkdir -p {}`", shell::word(&folder.to_string_lossy()))));
    }
    if target.is_dir() {
        let example = target.join("app.db");
        return Err(Error::usage(format!("`{shown}` is a folder"))
            .hint(format!("name the file too: `appctl backup {}`", shell::word(&example.to_string_lossy()))));
    }
    if std::fs::metadata(target).is_ok_and(|meta| !meta.is_file()) {
        return Err(Error::usage(format!("`{shown}` is no plain file")).hint("name a file that may be made"));
    }
    let same = |one: &Path, other: &Path| one.canonicalize().ok().zip(other.canonicalize().ok());
    let inside = same(folder, store).is_some_and(|(one, other)| one == other);
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    if inside && (name.starts_with(FILE) || name == NOTES) {
        return Err(Error::usage(format!("`{shown}` is the store itself")).hint("choose another name or folder"));
    }
    Ok(())
}

/// Whether a file begins as every SQLite file does (sqlite.org/fileformat2.html).
pub fn is_sqlite(file: &Path) -> Result<bool> {
    let mut start = Vec::new();
    File::open(file)?.take(16).read_to_end(&mut start)?;
    Ok(start == b"SQLite format 3\0")
}

/// The folder that a path lies in; `.` for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A connection of its own for reading, beside the one that the store has.
fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")?;
    Ok(connection)
}

/// Makes the copy, verifies it, and puts it in place.
fn copy(
    from: &Connection,
    target: &Path,
    replace: bool,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(Step),
) -> Result<Copied> {
    let part = Part::beside(target)?;
    // Everything is read in this transaction: the pages that are copied and the rows that they are compared with.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?; // the first read begins it
    let result = (|| {
        copy_pages(from, &part, interrupt, tell)?;
        let before = rows_of(from, interrupt, tell)?;
        part.make_plain()?;
        part.verify(&before, interrupt, tell)
    })();
    let ended = from.execute_batch("ROLLBACK");
    interrupt.check()?;
    let seen = result?;
    ended?;
    let (sha256, bytes) = part.flush()?;
    part.put(target, replace)?;
    let file = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
    let Seen { tables, records, operation } = seen;
    Ok(Copied { file, at: Timestamp::default(), tables, records, bytes, sha256, operation })
}

fn copy_pages(from: &Connection, part: &Part, interrupt: &Interrupt, tell: &mut dyn FnMut(Step)) -> Result<()> {
    let mut to = part.connect()?;
    let backup = Backup::new(from, &mut to)?;
    loop {
        interrupt.check()?;
        let step = backup.step(PAGES)?;
        let progress = backup.progress();
        let (of, left) = (progress.pagecount.max(0).unsigned_abs(), progress.remaining.max(0).unsigned_abs());
        tell(Step::Copying { pages: u64::from(of.saturating_sub(left)), of: u64::from(of) });
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// What a verified copy holds.
struct Seen {
    tables: u64,
    records: u64,
    operation: Option<i64>,
}

/// A file beside its later place, which goes when it is not put there. Its lock tells that somebody works on it.
struct Part {
    file: tempfile::NamedTempFile,
}

impl Part {
    fn beside(target: &Path) -> Result<Self> {
        let folder = folder_of(target);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let begins = format!(".{name}.part-");
        files::sweep(folder, &begins);
        let doing = || format!("writing into `{}`", folder.display());
        let file = tempfile::Builder::new().prefix(&begins).tempfile_in(folder).doing(doing)?; // 0600
        file.as_file().try_lock().map_err(std::io::Error::from).doing(doing)?;
        Ok(Part { file })
    }

    /// A connection that keeps no journal beside the file: what is half-written is thrown away whole.
    fn connect(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let to = Connection::open_with_flags(self.file.path(), flags)?;
        to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")?;
        Ok(to)
    }

    /// Says in the header that the file has no log beside it (bytes 18 and 19, sqlite.org/fileformat2.html), so that it
    /// can be read where nothing can be written. The store sets its own mode again when it opens a restored file.
    fn make_plain(&self) -> Result<()> {
        let mut file = self.file.as_file();
        file.seek(SeekFrom::Start(18)).and_then(|_| file.write_all(&[1, 1])).doing(|| "writing the copy's header")
    }

    /// Opens the copy as a reader would, checks it, and compares every row.
    fn verify(&self, before: &Tables, interrupt: &Interrupt, tell: &mut dyn FnMut(Step)) -> Result<Seen> {
        let mut copy = schema::look(self.file.path()).doing(|| "opening the copy")?;
        inspect::heed(&mut copy, interrupt)?;
        let problems = inspect::problems(&copy, Depth::Deep)?;
        if let Some(first) = problems.first() {
            return Err(Error::new(Kind::Corrupt, format!("the store is damaged, so it was not copied: {first}"))
                .hint("see `appctl doctor`, which names the newest backup"));
        }
        let after = rows_of(&copy, interrupt, tell)?;
        if let Some((name, _)) = before.iter().find(|(name, rows)| after.get(*name) != Some(rows)) {
            return Err(Error::new(Kind::Corrupt, format!("the copy of table `{name}` is not what was read"))
                .hint("try again, on another disk if it happens twice"));
        }
        let names = inspect::table_names(&copy)?;
        let records = names.iter().filter_map(|name| after.get(name)).map(|rows| rows.count).sum();
        let operation = inspect::newest_operation(&copy)?.map(|(id, _)| id);
        Ok(Seen { tables: names.len() as u64, records, operation })
    }

    /// Waits for the disk, and gives the file's digest and size.
    fn flush(&self) -> Result<(String, u64)> {
        let doing = || "writing the copy";
        self.file.as_file().sync_all().doing(doing)?;
        let mut file = File::open(self.file.path()).doing(doing)?;
        digest(&mut file).doing(doing)
    }

    fn put(self, target: &Path, replace: bool) -> Result<()> {
        let result = if replace { self.file.persist(target) } else { self.file.persist_noclobber(target) };
        match result {
            Ok(_) => files::sync_folder(folder_of(target)),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(exists(target)),
            Err(error) => Err(error.error).doing(|| format!("writing `{}`", target.display())),
        }
    }
}

/// The error for a file that is in the way.
pub fn exists(target: &Path) -> Error {
    Error::new(Kind::Conflict, format!("`{}` exists already", target.display()))
        .hint("choose another name, or add `--yes` to replace it")
}

/// The SHA-256 of all that can be read, in hexadecimal digits, and its length.
pub fn digest(from: &mut dyn Read) -> Result<(String, u64)> {
    let (mut sha, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 18], 0);
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok((hex(&sha.finalize()), bytes)),
            read => {
                sha.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What each table holds, by its name.
pub type Tables = BTreeMap<String, Rows>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub count: u64,
    pub sha256: String,
}

/// Counts and digests of every table that is stored as one, ours and a search index's own included, read from the
/// tables themselves and not from an index.
pub fn rows_of(connection: &Connection, interrupt: &Interrupt, tell: &mut dyn FnMut(Step)) -> Result<Tables> {
    let text = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') ORDER BY name";
    let names: Vec<String> =
        connection.prepare(text)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut tables = Tables::new();
    let mut read = 0;
    for name in names {
        let rows = rows_in(connection, &name, &mut |rows| {
            read += rows;
            tell(Step::Checking { rows: read });
            interrupt.check()
        })?;
        tables.insert(name, rows);
    }
    Ok(tables)
}

/// Rows between two looks at the interrupt.
const LOOK: u64 = 4096;

fn rows_in(connection: &Connection, name: &str, look: &mut dyn FnMut(u64) -> Result<()>) -> Result<Rows> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {} NOT INDEXED", quote(name)))?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let (mut sha, mut count, mut bytes) = (Sha256::new(), 0, Vec::new());
    while let Some(row) = rows.next()? {
        bytes.clear();
        for column in 0..width {
            put(&mut bytes, row.get_ref(column)?);
        }
        sha.update(&bytes);
        count += 1;
        if count % LOOK == 0 {
            look(LOOK)?;
        }
    }
    look(count % LOOK)?;
    Ok(Rows { count, sha256: hex(&sha.finalize()) })
}

/// One value, so that no two rows are the same bytes: its class, its length, itself.
fn put(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    let (class, value): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => (1, &number.to_le_bytes()),
        ValueRef::Real(number) => (2, &number.to_bits().to_le_bytes()),
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    bytes.push(class);
    bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
    bytes.extend_from_slice(value);
}
