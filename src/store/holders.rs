//! Which programs have a file open: for messages, and before a file is replaced. Looks into /proc on Linux and asks for the
//! locks elsewhere; what cannot be seen (another user's process without a lock) is not reported.

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

/// Other processes that have this file open, by their number. An appctl that another one looks for lets nobody see what it
/// has open (`cli::process::harden`), but the system tells which files it has locked, and SQLite has a lock on the shared
/// memory beside the file as long as it has that open.
#[cfg(target_os = "linux")]
pub fn holders(path: &Path) -> Vec<OpenBy> {
    let Some(wanted) = place_of(path) else { return Vec::new() };
    let beside = place_of(&super::trust::beside(path, "-shm"));
    let locked = lockers(&[Some(wanted), beside].into_iter().flatten().collect::<Vec<_>>());
    let is_it = |fd: std::fs::DirEntry| place_of(&fd.path()) == Some(wanted);
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if pid == std::process::id() {
            continue;
        }
        let mut open = std::fs::read_dir(entry.path().join("fd")).into_iter().flatten().flatten();
        if locked.contains(&pid) || open.any(is_it) {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            found.push(OpenBy { pid, name: name.trim_end().to_owned() });
        }
    }
    found.sort_by_key(|one| one.pid);
    found
}

#[cfg(target_os = "linux")]
fn place_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok()
}

/// The processes that have locked one of these files: `3: POSIX ADVISORY READ 17967 fe:00:10698776 128 128` (proc_locks(5)).
#[cfg(target_os = "linux")]
fn lockers(files: &[(u64, u64)]) -> Vec<u32> {
    let name = |(device, inode): &(u64, u64)| {
        format!("{:02x}:{:02x}:{inode}", rustix::fs::major(*device), rustix::fs::minor(*device))
    };
    let names: Vec<String> = files.iter().map(name).collect();
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let held = locks.lines().filter(|line| line.split_whitespace().any(|word| names.iter().any(|name| word == name)));
    held.filter_map(|line| line.split_whitespace().find_map(|word| word.parse().ok())).collect()
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
