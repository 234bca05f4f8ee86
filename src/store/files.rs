//! Files and folders that only their owner can read, from the moment they exist.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use crate::base::{Doing, Error, Kind, Result};

/// Makes a folder (and its parents) with mode 0700, and tightens it when it exists and is ours.
pub fn make_folder(folder: &Path) -> Result<()> {
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
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => tighten(path),
        Err(error) => Err(error).doing(|| format!("making `{}`", path.display())),
    }
}

/// Takes other people's rights away from a file that is there already.
fn tighten(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).doing(|| format!("looking at `{}`", path.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            let tight = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, tight).doing(|| format!("closing `{}` to others", path.display()))?;
        }
    }
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
