//! Files and folders that only their owner can read, from the moment they exist.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use super::trust;
use crate::base::{Doing, Error, Kind, Result};

/// Makes a folder (and its parents) with mode 0700, and tightens it when it exists and is ours. A folder that is a link
/// or somebody else's is refused.
pub fn make_folder(folder: &Path) -> Result<()> {
    trust::folder(folder)?;
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700);
        builder.create(folder).map_err(|error| no_folder(folder, &error))?;
        let mode =
            std::fs::metadata(folder).doing(|| format!("looking at `{}`", folder.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            let tight = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(folder, tight).doing(|| format!("closing `{}` to others", folder.display()))?;
        }
    }
    #[cfg(not(unix))]
    builder.create(folder).map_err(|error| no_folder(folder, &error))?;
    Ok(())
}

/// Not `Kind::NotFound`, whatever the system says: nothing that was named is missing.
fn no_folder(folder: &Path, error: &std::io::Error) -> Error {
    let kind = match error.kind() {
        std::io::ErrorKind::StorageFull => Kind::DiskFull,
        std::io::ErrorKind::PermissionDenied => Kind::Denied,
        _ => Kind::Failed,
    };
    Error::new(kind, format!("the folder `{}` cannot be made: {error}", folder.display()))
        .hint("choose another place with `--home DIR`")
}

/// Opens a file for reading and writing; made with mode 0600 when it is not there.
pub fn open_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).doing(|| format!("opening `{}`", path.display()))
}

/// Makes an empty file with mode 0600 unless there is one. SQLite then opens it and gives its companions the same mode.
pub fn make_private(path: &Path) -> Result<()> {
    match make_new(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            ["", "-wal", "-shm"].iter().try_for_each(|end| tighten(&trust::beside(path, end)))
        }
        Err(error) => Err(error).doing(|| format!("making `{}`", path.display())),
    }
}

#[cfg(target_os = "linux")]
fn make_new(path: &Path) -> std::io::Result<()> {
    use rustix::fs::{Mode, OFlags, openat};
    let folder = trust::folder_handle(path).map_err(|error| std::io::Error::other(error.message))?;
    let folder = folder.ok_or(std::io::ErrorKind::NotFound)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(folder, path.file_name().unwrap_or_default(), flags, Mode::RUSR | Mode::WUSR)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn make_new(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Takes other people's rights away from a file that is there already, never from what a link in its place points to.
#[cfg(target_os = "linux")]
fn tighten(path: &Path) -> Result<()> {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let Some((handle, meta)) = trust::held(path)? else { return Ok(()) };
    // A file with a second name is not ours alone; `trust` refuses it.
    if meta.is_file() && meta.nlink() == 1 && meta.mode() & 0o077 != 0 {
        let named = format!("/proc/self/fd/{}", handle.as_raw_fd());
        std::fs::set_permissions(named, std::fs::Permissions::from_mode(0o600))
            .doing(|| format!("closing `{}` to others", path.display()))?;
    }
    Ok(())
}

#[cfg(all(unix, not(target_os = "linux")))]
fn tighten(path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{AtFlags, CWD, Mode, chmodat};
    let doing = || format!("closing `{}` to others", path.display());
    let meta = std::fs::symlink_metadata(path).doing(doing)?;
    if meta.is_file() && meta.nlink() == 1 && meta.mode() & 0o077 != 0 {
        let owner = Mode::RUSR | Mode::WUSR;
        chmodat(CWD, path, owner, AtFlags::SYMLINK_NOFOLLOW).map_err(std::io::Error::from).doing(doing)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn tighten(_: &Path) -> Result<()> {
    Ok(())
}

/// Replaces a small file in one step: written beside it, flushed, renamed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let folder = path.parent().expect("a file of ours is in a folder");
    let doing = || format!("writing `{}`", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder).doing(doing)?; // 0600
    file.write_all(bytes).doing(doing)?;
    file.as_file().sync_data().doing(doing)?;
    file.persist(path).map_err(|error| error.error).doing(doing)?;
    Ok(())
}

/// Removes a SQLite file and its companions; fine when they are not there.
pub fn remove_database(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).doing(|| format!("removing `{}`", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A folder with a name of its own that begins so, closed to others whatever the umask; it goes when it is dropped.
pub fn temporary_folder(folder: &Path, begins: &str) -> Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.prefix(begins).tempdir_in(folder).doing(|| format!("making a folder in `{}`", folder.display()))
}

/// Makes sure that the names in a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> Result<()> {
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).doing(|| format!("flushing `{}`", folder.display()))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Removes what a killed process left half-made in this folder under names that begin so. Whoever still works on one holds
/// its lock. Best effort: what stays is listed by `doctor`.
pub fn sweep(folder: &Path, begins: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with(begins) {
            continue;
        }
        let path = entry.path();
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        let abandoned = !meta.is_symlink() && File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if abandoned {
            let _ = if meta.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        }
    }
}

/// Whether the path still names the file that we have open.
pub fn is_still(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let ours = file.metadata().map(|meta| (meta.dev(), meta.ino()));
        let theirs = std::fs::metadata(path).map(|meta| (meta.dev(), meta.ino()));
        matches!((ours, theirs), (Ok(ours), Ok(theirs)) if ours == theirs)
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}
