//! Files of the vaults: closed to others, replaced whole or not at all, and never taken for what a link stands for.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::base::{Doing as _, Error, Kind, Result};

/// Longest file of a vault, in bytes: hundreds of accounts with 64 KiB each.
const LONGEST: u64 = 64 << 20;

/// Nobody writes a vault for so long, on whatever machine.
const ABANDONED: Duration = Duration::from_secs(600);

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
    let prefix = format!(".{}-", path.file_name().unwrap_or_default().to_string_lossy());
    let mut file = tempfile::Builder::new().prefix(&prefix).tempfile_in(folder).doing(doing)?; // 0600
    file.write_all(bytes).doing(doing)?;
    share(path, folder, file.as_file());
    file.as_file().sync_all().doing(doing)?;
    sweep(folder, &prefix, file.as_file());
    file.persist(path).map_err(|error| error.error).doing(doing)?;
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).doing(doing)?;
    Ok(())
}

/// Removes what writers that died left half-made: sealed, but in the way. Best effort.
fn sweep(folder: &Path, prefix: &str, ours: &File) {
    let Ok(now) = ours.metadata().and_then(|about| about.modified()) else { return };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let written = entry.metadata().and_then(|about| about.modified());
        let is_old = written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > ABANDONED));
        if is_old && entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// A file that its owner opened to a group, as a shared team vault is, stays open to it; a new one is in a folder that
/// belongs to a group (`chmod 2770`).
#[cfg(unix)]
fn share(path: &Path, folder: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |about: std::fs::Metadata| about.permissions().mode();
    let mode = match std::fs::symlink_metadata(path) {
        Ok(before) if before.is_file() => mode(before) & 0o660,
        _ if std::fs::metadata(folder).is_ok_and(|about| mode(about) & 0o2020 == 0o2020) => 0o660,
        _ => 0o600,
    };
    if mode & 0o060 != 0 {
        // Best effort: whoever may not keep the group's rights still has written the file.
        let _ = file.set_permissions(std::fs::Permissions::from_mode(mode | 0o600));
    }
}

#[cfg(not(unix))]
fn share(_: &Path, _: &Path, _: &File) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_writers_left_long_ago_goes_with_the_next_write() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let age = |name: &str, age: u64| {
            let file = File::create(at(name)).unwrap();
            let written = file.metadata().unwrap().modified().unwrap() - Duration::from_secs(age);
            file.set_modified(written).unwrap();
        };
        age(".team.vault-old", 700);
        age(".team.vault-new", 5);
        age(".other.vault-old", 700);
        age("mine", 700);
        replace(&at("team.vault"), b"text").unwrap();
        assert_eq!(read(&at("team.vault")).unwrap().unwrap(), b"text");
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [".other.vault-old", ".team.vault-new", "mine", "team.vault"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_a_group_shares_stays_theirs_and_a_link_or_a_folder_is_none() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("team.vault");
        let mode = || std::fs::metadata(&path).unwrap().mode() & 0o777;
        replace(&path, b"1").unwrap();
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        replace(&path, b"2").unwrap();
        assert_eq!(mode(), 0o660);
        std::fs::remove_file(&path).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o2770)).unwrap();
        replace(&path, b"3").unwrap();
        assert_eq!(mode(), 0o660);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read(&link).unwrap_err().kind, Kind::Denied);
        assert_eq!(read(folder.path()).unwrap_err().kind, Kind::Denied);
        assert!(read(&folder.path().join("none")).unwrap().is_none());
    }
}
