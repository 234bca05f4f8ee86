//! The app's file on a disk that cannot be written: reading works as long as everything is in the file itself.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{functions, schema};
use crate::base::{Doing, Error, Kind, Result};

/// Whether this file is there and its disk is read-only. A file that only lacks rights is another story.
pub fn applies(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{StatVfsMountFlags, statvfs};
        path.exists() && statvfs(path).is_ok_and(|stat| stat.f_flag.contains(StatVfsMountFlags::RDONLY))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Opens the file for reading alone. `Kind::Denied` when changes still wait in the log beside it, which cannot be read
/// without writing; `Kind::Corrupt` as `schema::open`.
pub fn open(path: &Path) -> Result<Connection> {
    let shown = || format!("opening the store `{}`", path.display());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(&log).is_ok_and(|meta| meta.len() > 0) {
        return Err(Error::new(
            Kind::Denied,
            format!(
                "the disk of the store `{}` is read-only, and its last changes wait beside the file",
                path.display()
            ),
        )
        .hint("make the disk writable, or copy the whole folder to one that is and use `--home DIR`"));
    }
    let connection = connect(path).doing(shown)?;
    let version = schema::version(&connection, false).doing(shown)?;
    if version < schema::VERSION {
        let message = format!(
            "the store has version {version} and its disk is read-only, so it cannot be brought to {}",
            schema::VERSION
        );
        return Err(Error::new(Kind::Denied, message).hint("make the disk writable, or copy the folder to one that is"));
    }
    connection.execute_batch("PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")?;
    functions::register(&connection)?;
    Ok(connection)
}

/// Without locks and without a log (sqlite.org/uri.html#uriimmutable): nobody can write there while we look.
pub fn connect(path: &Path) -> Result<Connection> {
    let mut uri = url::Url::from_file_path(std::path::absolute(path)?)
        .map_err(|()| Error::failed(format!("`{}` is no path", path.display())))?;
    uri.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(uri.as_str(), flags)?)
}
