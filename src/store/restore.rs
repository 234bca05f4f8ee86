//! Putting a copy in an app's place. The copy becomes a whole app folder of its own, checked and brought to this version,
//! and then the two folders change places in one step: whoever looks sees the old app or the new one. What runs kept beside
//! the old file (stages, journals) goes aside with it, so that nothing of another time is trusted.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sha2::{Digest, Sha256};

use super::inspect::{self, Depth, Kin};
use super::{FILE, backup, disk, files, holders, schema, sql, sync, trust};
use crate::base::{Clock, Doing, Error, Interrupt, Kind, Result, Timestamp};

/// What belongs to the app whichever state its store is in: the list of its backups, and the secrets of its team, of which
/// no backup has a copy.
const KEPT: [&str; 2] = [backup::NOTES, "team.vault"];

/// A checked copy that waits for its place. Dropping it leaves everything as it was.
pub struct Ready {
    /// The app folder to be, hidden among the apps
    folder: tempfile::TempDir,
    /// Held as long as somebody works on it
    _busy: File,
    /// Where the app is
    place: PathBuf,
    pub holds: Holds,
}

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holds {
    pub tables: u64,
    pub records: u64,
    pub bytes: u64,
    pub sha256: String,
    /// The version of the file that was given, when it was an older one
    pub migrated_from: Option<usize>,
    /// The newest operation in it
    pub newest: Option<(i64, Timestamp)>,
}

/// What is there where the copy shall go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Present {
    Nothing,
    /// A store without tables, operations and connections
    Empty,
    Data {
        tables: u64,
    },
    /// It cannot be read, which may be why somebody restores
    Unreadable(String),
}

/// What is in this app folder now.
pub fn present(folder: &Path) -> Present {
    let path = folder.join(FILE);
    if std::fs::symlink_metadata(&path).is_err() {
        return Present::Nothing;
    }
    let look = || -> Result<Present> {
        let connection = schema::look(&path)?;
        if !inspect::has_data(&connection)? {
            return Ok(Present::Empty);
        }
        let tables =
            if matches!(inspect::kin(&connection)?, Kin::Ours { .. }) { schema::tables(&connection)?.len() } else { 0 };
        Ok(Present::Data { tables: tables as u64 })
    };
    look().unwrap_or_else(|error| Present::Unreadable(error.message))
}

/// Copies `file` beside the apps and checks the copy. The file itself is only read.
///
/// `Kind::NotFound` when it is not there, `Kind::Corrupt` when it is no store, a newer one, or damaged.
pub fn prepare(place: &Path, file: &Path, clock: &Clock, interrupt: &Interrupt) -> Result<Ready> {
    let source = check_source(place, file)?;
    disk::refuse_network(place)?;
    trust::folder(place)?;
    let apps = backup::folder_of(place);
    files::make_folder(apps)?;
    let begins = format!(".{}.restore-", place.file_name().unwrap_or_default().to_string_lossy());
    files::sweep(apps, &begins);
    let folder = files::temporary_folder(apps, &begins)?;
    let doing = || format!("locking `{}`", folder.path().display());
    let busy = File::open(folder.path()).doing(doing)?;
    busy.try_lock().map_err(std::io::Error::from).doing(doing)?;
    let copy = folder.path().join(FILE);
    let (sha256, bytes) = copy_file(source, &copy, interrupt).doing(|| format!("copying `{}`", file.display()))?;
    copy_log(file, &copy, interrupt)?;
    let holds = check(file, &copy, clock, interrupt)?;
    Ok(Ready { folder, _busy: busy, place: place.to_owned(), holds: Holds { sha256, bytes, ..holds } })
}

/// The file, opened: a plain one that nobody writes to and that is not the store itself.
fn check_source(place: &Path, file: &Path) -> Result<File> {
    let shown = file.display();
    let meta = match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::not_found(format!("there is no file `{shown}`"))
                .hint("see `appctl doctor`, which names the newest backup"));
        }
        other => other.doing(|| format!("looking at `{shown}`"))?,
    };
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder" } else { "no plain file" };
        return Err(Error::usage(format!("`{shown}` is {what}")).hint("name the file that `appctl backup` wrote"));
    }
    let same = file.canonicalize().ok().zip(place.join(FILE).canonicalize().ok());
    if same.is_some_and(|(one, other)| one == other) {
        return Err(Error::usage(format!("`{shown}` is the store itself")).hint("name a backup of it"));
    }
    if let Some(holder) = holders::holders(file).first() {
        return Err(Error::new(Kind::Busy, format!("{holder} has `{shown}` open"))
            .hint("wait until it is done; a store in use is copied with `appctl backup FILE`"));
    }
    File::open(file).doing(|| format!("opening `{shown}`"))
}

fn copy_file(mut from: File, to: &Path, interrupt: &Interrupt) -> Result<(String, u64)> {
    let mut to = files::open_private(to)?;
    let (mut sha, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 20], 0);
    loop {
        interrupt.check()?;
        let read = from.read(&mut buffer)?;
        if read == 0 {
            to.sync_all()?;
            return Ok((backup::hex(&sha.finalize()), bytes));
        }
        sha.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}

/// A store that was copied by hand may have a log beside it, which belongs to it.
fn copy_log(file: &Path, copy: &Path, interrupt: &Interrupt) -> Result<()> {
    for end in ["-wal", "-journal"] {
        let log = trust::beside(file, end);
        if std::fs::metadata(&log).is_ok_and(|meta| meta.is_file() && meta.len() > 0) {
            let from = File::open(&log).doing(|| format!("opening `{}`", log.display()))?;
            copy_file(from, &trust::beside(copy, end), interrupt).doing(|| format!("copying `{}`", log.display()))?;
        }
    }
    Ok(())
}

fn check(file: &Path, copy: &Path, clock: &Clock, interrupt: &Interrupt) -> Result<Holds> {
    let shown = file.display();
    if !backup::is_sqlite(copy)? {
        return Err(no_backup(file));
    }
    let found = inspect::inspect_file(copy, Depth::Deep, interrupt).doing(|| format!("reading `{shown}`"))?;
    if let Some(first) = found.problems.first() {
        let why = format!("`{shown}` is damaged, so nothing was changed: {first}");
        return Err(Error::new(Kind::Corrupt, why).hint("take an older backup"));
    }
    let version = match found.kin {
        Kin::Ours { version } => version,
        Kin::Newer { version } => {
            let why = format!("`{shown}` has version {version}, this program knows {}", schema::VERSION);
            return Err(Error::new(Kind::Corrupt, why).hint("install a newer appctl; nothing was changed"));
        }
        Kin::Empty | Kin::Foreign => return Err(no_backup(file)),
    };
    let connection = schema::open(copy, clock)?;
    remove_older_copies(copy)?;
    forget_runs(&connection)?;
    let tables = schema::tables(&connection)?;
    let mut records = 0;
    for table in &tables {
        records += inspect::count(&connection, table.name.as_str())?;
    }
    interrupt.check()?;
    connection.close().map_err(|(_, error)| error)?; // brings the log into the file
    Ok(Holds {
        tables: tables.len() as u64,
        records,
        bytes: 0,
        sha256: String::new(),
        migrated_from: (version < schema::VERSION).then_some(version),
        newest: found.newest,
    })
}

fn no_backup(file: &Path) -> Error {
    Error::new(Kind::Corrupt, format!("`{}` is no backup of an app", file.display()))
        .hint("name the file that `appctl backup` wrote")
}

/// The file that was given is the older version; no second copy of it is needed.
fn remove_older_copies(copy: &Path) -> Result<()> {
    for entry in std::fs::read_dir(backup::folder_of(copy))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("app.v") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Runs that were on their way when the copy was made will not go on: their pages are of another time. The epochs rise, so
/// that nothing beside the file counts, whoever put it there.
fn forget_runs(connection: &Connection) -> Result<()> {
    let names = "SELECT connection FROM _appctl_loads UNION SELECT connection FROM _appctl_epochs
                 UNION SELECT name FROM _appctl_documents WHERE kind = 'connection'";
    let names: Vec<String> =
        connection.prepare(names)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in &names {
        sync::forget_loads(connection, name)?;
    }
    sql::immediately(connection, || names.iter().try_for_each(|name| sync::raise_epoch(connection, name)))
}

impl Ready {
    /// Puts the copy in the app's place, in one step. Gives where the old app is now, when there was one with data.
    ///
    /// `Kind::Busy` when another program has the old one open; then nothing is changed.
    pub fn put(self, at: Timestamp) -> Result<Option<PathBuf>> {
        let Ready { folder, place, .. } = self;
        let apps = backup::folder_of(&place).to_owned();
        if std::fs::symlink_metadata(&place).is_err() {
            let made = folder.keep();
            std::fs::rename(&made, &place).doing(|| format!("making `{}`", place.display())).inspect_err(|_| {
                let _ = std::fs::remove_dir_all(&made);
            })?;
            files::sync_folder(&apps)?;
            return Ok(None);
        }
        let shut = Shut::the(&place)?;
        let empty = matches!(present(&place), Present::Nothing | Present::Empty);
        for name in KEPT {
            let kept = place.join(name);
            if kept.is_file() {
                std::fs::copy(&kept, folder.path().join(name)).doing(|| format!("keeping `{}`", kept.display()))?;
            }
        }
        files::sync_folder(folder.path())?;
        let aside = exchange(folder.keep(), &place, at)?;
        drop(shut);
        files::sync_folder(&apps)?;
        if empty {
            std::fs::remove_dir_all(&aside).doing(|| format!("removing `{}`", aside.display()))?;
            return Ok(None);
        }
        Ok(Some(aside))
    }
}

/// The name that the old app gets: `default.replaced-20261124T103407Z`, which is no app's name.
fn aside(place: &Path, at: Timestamp) -> PathBuf {
    let time: String = at.rfc3339().chars().filter(|letter| letter.is_ascii_alphanumeric()).take(15).collect();
    let mut name = trust::beside(place, &format!(".replaced-{time}Z"));
    let mut number = 1;
    while std::fs::symlink_metadata(&name).is_ok() {
        number += 1;
        name = trust::beside(place, &format!(".replaced-{time}Z-{number}"));
    }
    name
}

/// `new` becomes `place`; gives where what was there is now.
///
/// The new folder gets the old one's later name first, so that whenever this process dies, the old app is in its place or
/// under that name, and never where `sweep` would take it for something half-made.
fn exchange(new: PathBuf, place: &Path, at: Timestamp) -> Result<PathBuf> {
    let doing = || format!("putting the copy in the place of `{}`", place.display());
    let old = aside(place, at);
    std::fs::rename(&new, &old).doing(doing).inspect_err(|_| {
        let _ = std::fs::remove_dir_all(&new);
    })?;
    let new = old;
    let swapped = swap(&new, place).doing(doing).inspect_err(|_| {
        let _ = std::fs::remove_dir_all(&new);
    });
    if swapped? {
        return Ok(new);
    }
    let old = aside(place, at);
    std::fs::rename(place, &old).doing(doing)?;
    std::fs::rename(&new, place).doing(doing).inspect_err(|_| {
        let _ = std::fs::rename(&old, place);
    })?;
    Ok(old)
}

/// Lets two folders change places in one step. False where the file system cannot.
fn swap(one: &Path, other: &Path) -> std::io::Result<bool> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(true),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    {
        let _ = (one, other);
        Ok(false)
    }
}

/// An old store that nobody else can open. Its log is in its file by then, so that closing it touches nothing by name.
struct Shut {
    _connection: Option<Connection>,
}

impl Shut {
    fn the(place: &Path) -> Result<Self> {
        let path = place.join(FILE);
        let busy = || {
            let holders = holders::holders(&path);
            let who = holders.first().map_or("another program".to_owned(), ToString::to_string);
            Error::new(Kind::Busy, format!("{who} has the app open, so nothing was changed"))
                .hint("end it and try again, or restore beside it with `--app NAME`")
        };
        match lock(&path) {
            Ok(connection) => Ok(Shut { _connection: connection }),
            Err(error) if error.kind == Kind::Busy => Err(busy()),
            // Damaged: SQLite cannot lock it, but whoever has it open can be seen.
            Err(_) if holders::holders(&path).is_empty() => Ok(Shut { _connection: None }),
            Err(_) => Err(busy()),
        }
    }
}

fn lock(path: &Path) -> Result<Option<Connection>> {
    if trust::file(path)?.is_none() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    let mode: Option<String> = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).optional()?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    match mode.as_deref() {
        Some("delete") => {
            // Without this the journal of the change of mode would stay beside the file.
            let _: Option<String> =
                connection.query_row("PRAGMA journal_mode = OFF", [], |row| row.get(0)).optional()?;
            let _ = std::fs::remove_file(trust::beside(path, "-journal"));
            Ok(Some(connection))
        }
        _ => Err(Error::new(Kind::Busy, "the log is in use")),
    }
}
