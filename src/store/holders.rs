//! Which programs have a file open: for messages, and before a file is replaced. Looks into /proc on Linux and asks for the
//! locks elsewhere; what cannot be seen (another user's process) is not reported.

use std::path::Path;

/// A program that has the file open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBy {
    pub pid: u32,
    /// The program's name; empty where it cannot be told
    pub name: String,
}

impl std::fmt::Display for OpenBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.name.is_empty() {
            write!(f, "process {}", self.pid)
        } else {
            write!(f, "{} (process {})", self.name, self.pid)
        }
    }
}

/// Other processes that have this file open, by their number.
#[cfg(target_os = "linux")]
pub fn holders(path: &Path) -> Vec<OpenBy> {
    use std::os::unix::fs::MetadataExt;
    let Ok(wanted) = std::fs::metadata(path).map(|meta| (meta.dev(), meta.ino())) else { return Vec::new() };
    let is_it =
        |fd: std::fs::DirEntry| std::fs::metadata(fd.path()).is_ok_and(|meta| (meta.dev(), meta.ino()) == wanted);
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if pid == std::process::id() {
            continue;
        }
        if std::fs::read_dir(entry.path().join("fd")).into_iter().flatten().flatten().any(is_it) {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            found.push(OpenBy { pid, name: name.trim_end().to_owned() });
        }
    }
    found.sort_by_key(|one| one.pid);
    found
}

/// Another process that has a lock on this file. Not for a file that this process has open in SQLite, whose locks would be
/// freed.
#[cfg(all(unix, not(target_os = "linux")))]
pub fn holders(path: &Path) -> Vec<OpenBy> {
    use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};
    let Ok(file) = std::fs::File::open(path) else { return Vec::new() };
    let everything =
        Flock { start: 0, length: 0, pid: None, typ: FlockType::WriteLock, offset_type: FlockOffsetType::Set };
    let held = fcntl_getlk(&file, &everything).ok().flatten().and_then(|lock| lock.pid);
    held.map(|pid| OpenBy { pid: pid.as_raw_nonzero().get().unsigned_abs(), name: String::new() }).into_iter().collect()
}

#[cfg(not(unix))]
pub fn holders(_: &Path) -> Vec<OpenBy> {
    Vec::new()
}
