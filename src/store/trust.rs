//! Whether the store's folder and files are what they seem: ours alone, and no links to something else. A file is opened
//! by name, so what the name meant is looked at before and after (reliability.md, F53).

#[cfg(target_os = "linux")]
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::base::{Doing, Error, Kind, Result, shell};

/// What a name stands for, however it is renamed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
}

/// Refuses a folder that is a link, that somebody else owns, or that lies where others can put another one in its place.
/// Fine when it is not there yet.
pub fn folder(path: &Path) -> Result<()> {
    let Some(meta) = look(path)? else { return Ok(()) };
    if meta.is_symlink() {
        return Err(link(path));
    }
    if !meta.is_dir() {
        return Err(Error::failed(format!("`{}` is no folder", path.display()))
            .hint("choose another place with `--home DIR`, or another app with `--app NAME`"));
    }
    owned(path, &meta)?;
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => closed(parent),
        None => Ok(()),
    }
}

/// The main file's identity; `None` when it is not there. Refuses what is no plain file, has a second name, or is
/// somebody else's; so for the files that SQLite keeps beside it.
pub fn file(path: &Path) -> Result<Option<Identity>> {
    for end in ["-wal", "-shm", "-journal"] {
        one(&beside(path, end))?;
    }
    one(path)
}

/// `app.db` and `-wal` are `app.db-wal`.
pub fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(unix)]
fn one(path: &Path) -> Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt;
    let Some(meta) = look_inside(path)? else { return Ok(None) };
    if meta.is_symlink() {
        return Err(link(path));
    }
    if !meta.is_file() {
        return Err(Error::new(Kind::Denied, format!("`{}` is no plain file", path.display()))
            .hint("see what it is with `ls -l`, and move it away"));
    }
    // A file that is being removed has no name left.
    if meta.nlink() > 1 {
        return Err(Error::new(Kind::Denied, format!("`{}` has a second name somewhere", path.display()))
            .hint("find it with `find -samefile`; appctl only writes to a file that is its own"));
    }
    owned(path, &meta)?;
    Ok(Some(Identity { device: meta.dev(), inode: meta.ino() }))
}

#[cfg(not(unix))]
fn one(path: &Path) -> Result<Option<Identity>> {
    match look_inside(path)? {
        Some(meta) if meta.is_symlink() => Err(link(path)),
        Some(_) => Ok(Some(Identity { device: 0, inode: 0 })),
        None => Ok(None),
    }
}

/// Whether this process has that very file open. What was opened by name between two looks at the name may be another.
#[cfg(target_os = "linux")]
pub fn is_open(identity: Identity) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return true }; // without /proc the looks must do
    open.flatten()
        .filter_map(|entry| std::fs::metadata(entry.path()).ok())
        .any(|meta| (meta.dev(), meta.ino()) == (identity.device, identity.inode))
}

#[cfg(not(target_os = "linux"))]
pub fn is_open(_: Identity) -> bool {
    true
}

fn look(path: &Path) -> Result<Option<std::fs::Metadata>> {
    match std::fs::symlink_metadata(path) {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).doing(|| format!("looking at `{}`", path.display())),
    }
}

/// A name in a folder, for looking at it and for changing its mode. The folder itself is not followed when it is a link,
/// and closing the handle leaves the locks alone that SQLite has on the file in this process.
#[cfg(target_os = "linux")]
fn handle(path: &Path) -> Result<Option<File>> {
    use rustix::fs::{Mode, OFlags, openat};
    let Some(folder) = folder_handle(path)? else { return Ok(None) };
    let name = path.file_name().unwrap_or_default();
    match openat(&folder, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) {
        Ok(handle) => Ok(Some(File::from(handle))),
        Err(rustix::io::Errno::NOENT) => Ok(None),
        Err(error) => Err(std::io::Error::from(error)).doing(|| format!("looking at `{}`", path.display())),
    }
}

/// The folder that a path lies in; `None` when it is not there.
#[cfg(target_os = "linux")]
pub fn folder_handle(path: &Path) -> Result<Option<std::os::fd::OwnedFd>> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match open(folder, flags, Mode::empty()) {
        Ok(handle) => Ok(Some(handle)),
        Err(Errno::NOENT) => Ok(None),
        Err(Errno::LOOP | Errno::NOTDIR) => Err(link(folder)),
        Err(error) => Err(std::io::Error::from(error)).doing(|| format!("looking at `{}`", folder.display())),
    }
}

/// A handle of what a name stands for, and what it is. The name stood for it from the opening until after the looking, so
/// that a file with one name has this one: the file of a link that is replaced in between would have one name left too, but
/// elsewhere.
#[cfg(target_os = "linux")]
pub fn held(path: &Path) -> Result<Option<(File, std::fs::Metadata)>> {
    for _ in 0..20 {
        let Some(handle) = handle(path)? else { return Ok(None) };
        let meta = handle.metadata().doing(|| format!("looking at `{}`", path.display()))?;
        if still_named(&handle, path) {
            return Ok(Some((handle, meta)));
        }
    }
    Err(Error::new(Kind::Busy, format!("`{}` is replaced all the time", path.display())).hint("try again in a moment"))
}

/// Whether the name by which a handle was opened is still there. `/proc` tells it: it adds ` (deleted)` to the name of an
/// entry that was removed or replaced, which never comes back (proc_pid_fd(5)).
#[cfg(target_os = "linux")]
fn still_named(handle: &File, path: &Path) -> bool {
    use std::os::fd::AsRawFd;
    // The count of a file's names changes a moment before the name does. A folder is read when no renaming in it is half
    // done, so after this whatever was begun is to be seen.
    if let Some(mut entries) = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()) {
        entries.next();
    }
    match std::fs::read_link(format!("/proc/self/fd/{}", handle.as_raw_fd())) {
        Ok(named) => named.file_name() == path.file_name(),
        Err(_) => true, // without /proc the looks must do
    }
}

#[cfg(target_os = "linux")]
fn look_inside(path: &Path) -> Result<Option<std::fs::Metadata>> {
    Ok(held(path)?.map(|(_, meta)| meta))
}

#[cfg(not(target_os = "linux"))]
fn look_inside(path: &Path) -> Result<Option<std::fs::Metadata>> {
    look(path)
}

fn link(path: &Path) -> Error {
    Error::new(Kind::Denied, format!("`{}` is a symbolic link, which appctl does not follow", path.display()))
        .hint("put the file or folder itself there, or choose another place with `--home DIR`")
}

#[cfg(unix)]
fn owned(path: &Path, meta: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let us = rustix::process::geteuid().as_raw();
    if meta.uid() == us {
        return Ok(());
    }
    Err(Error::new(Kind::Denied, format!("`{}` belongs to user {}, and this is user {us}", path.display(), meta.uid()))
        .hint("run appctl as the user whose store it is, or choose your own place with `--home DIR`"))
}

#[cfg(not(unix))]
fn owned(_: &Path, _: &std::fs::Metadata) -> Result<()> {
    Ok(())
}

/// Others must not be able to put another folder in the place of ours; `/tmp` with its sticky bit is fine.
#[cfg(unix)]
fn closed(parent: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let Ok(meta) = std::fs::metadata(parent) else { return Ok(()) };
    let (writable, sticky) = (meta.mode() & 0o022 != 0, meta.mode() & 0o1000 != 0);
    if !writable || sticky {
        return Ok(());
    }
    Err(Error::new(Kind::Denied, format!("others can change what is in `{}`", parent.display()))
        .hint(format!("run `chmod go-w {}`", shell::word(&parent.to_string_lossy()))))
}

#[cfg(not(unix))]
fn closed(_: &Path) -> Result<()> {
    Ok(())
}
