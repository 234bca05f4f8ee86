//! Files of the vaults: closed to others, replaced whole or not at all, and never taken for what a link stands for.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::base::{Doing as _, Error, Kind, Result};

/// Longest file of a vault, in bytes: hundreds of accounts with 64 KiB each.
const LONGEST: u64 = 64 << 20;

/// The bytes of a vault's file; `None` when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let reading = || format!("reading `{}`", path.display());
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).doing(reading),
    };
    // A pipe would wait for a writer for ever, and a link is not what somebody meant to keep secrets in.
    if !about.is_file() {
        return Err(Error::new(Kind::Denied, format!("`{}` is no plain file", path.display()))
            .hint("see what it is with `ls -l`, and move it away"));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).doing(reading)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Error::new(Kind::Corrupt, format!("`{}` is too long to be a vault", path.display())));
    }
    Ok(Some(bytes))
}

/// Puts these bytes in the file's place, in one step that a power cut does not undo.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let doing = || format!("writing `{}`", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".vault-").tempfile_in(folder).doing(doing)?; // 0600
    file.write_all(bytes).doing(doing)?;
    share_as_before(path, file.as_file());
    file.as_file().sync_all().doing(doing)?;
    file.persist(path).map_err(|error| error.error).doing(doing)?;
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).doing(doing)?;
    Ok(())
}

/// A file that its owner opened to a group, as a shared team vault is, stays open to it.
#[cfg(unix)]
fn share_as_before(path: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(before) = std::fs::symlink_metadata(path)
        && before.is_file()
        && before.permissions().mode() & 0o060 != 0
    {
        // Best effort: whoever may not keep the group's rights still has written the file.
        let _ = file.set_permissions(std::fs::Permissions::from_mode(before.permissions().mode() & 0o660));
    }
}

#[cfg(not(unix))]
fn share_as_before(_: &Path, _: &File) {}
