//! The file system under the store: whether SQLite can work on it, and how much room it has. SQLite's write-ahead log is
//! shared memory (sqlite.org/wal.html), so on a file system that several machines mount, two of them damage the file.

use std::path::{Path, PathBuf};

use crate::base::{Doing, Error, Kind, Result};

/// File systems that are somewhere else, by `f_type` (statfs(2), linux/magic.h) and the name that people know.
const NETWORK: &[(u64, &str)] = &[
    (0x0000_6969, "NFS"),
    (0x0000_517B, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0x0102_1997, "9P"),
    (0x0000_564C, "NCP"),
    (0x7375_7245, "Coda"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7461_636F, "OCFS2"),
    (0x0116_1970, "GFS2"),
    (0x786F_4256, "a VirtualBox shared folder"),
];

/// What every FUSE file system has as `f_type`; the mount table tells which one it is.
const FUSE: u64 = 0x6573_5546;

/// FUSE file systems that are somewhere else, as the mount table names them after `fuse.`.
const REMOTE_FUSE: &[&str] = &[
    "sshfs",
    "rclone",
    "s3fs",
    "gcsfuse",
    "blobfuse",
    "blobfuse2",
    "goofys",
    "mount-s3",
    "geesefs",
    "juicefs",
    "glusterfs",
    "cephfs",
    "ceph-fuse",
    "davfs",
    "davfs2",
    "curlftpfs",
    "gvfsd-fuse",
    "smbnetfs",
    "fuse-nfs",
    "seaweedfs",
    "moosefs",
    "lizardfs",
    "beegfs",
    "google-drive-ocamlfuse",
    "onedriver",
    "dropbox",
    "grpcfuse",
    "vmhgfs-fuse",
    "afp",
];

/// The name of the network file system that this is; `None` for a local one. `mounted` is what the mount table says of a
/// FUSE file system: `fuse.sshfs`.
pub fn network(f_type: u64, mounted: Option<&str>) -> Option<String> {
    let f_type = f_type & 0xFFFF_FFFF; // the field is signed and of 32 bits on some machines
    if let Some((_, name)) = NETWORK.iter().find(|(known, _)| *known == f_type) {
        return Some((*name).to_owned());
    }
    let fuse = mounted.filter(|_| f_type == FUSE)?;
    let name = fuse.strip_prefix("fuse.").unwrap_or(fuse);
    REMOTE_FUSE.contains(&name).then(|| name.to_owned())
}

/// The error for a folder on a network file system.
pub fn refusal(folder: &Path, name: &str) -> Error {
    Error::new(
        Kind::Failed,
        format!("`{}` is on a network file system ({name}), where two machines damage the store", folder.display()),
    )
    .hint("keep it on a disk of this machine with `--home DIR` or `APPCTL_HOME`; `appctl backup FILE` may write there")
}

/// Refuses a folder on a network file system, before anything is made in it.
pub fn refuse_network(folder: &Path) -> Result<()> {
    match network_of(folder)? {
        Some(name) => Err(refusal(folder, &name)),
        None => Ok(()),
    }
}

/// The network file system that this folder is on, or will be on once it is made.
pub fn network_of(folder: &Path) -> Result<Option<String>> {
    let folder = existing(folder);
    #[cfg(target_os = "linux")]
    {
        let stat = rustix::fs::statfs(&folder)
            .map_err(std::io::Error::from)
            .doing(|| format!("looking at the file system of `{}`", folder.display()))?;
        let f_type = stat.f_type as u64;
        let mounted = if f_type & 0xFFFF_FFFF == FUSE { mounted_as(&folder) } else { None };
        Ok(network(f_type, mounted.as_deref()))
    }
    #[cfg(target_os = "macos")]
    {
        let stat = rustix::fs::statfs(&folder)
            .map_err(std::io::Error::from)
            .doing(|| format!("looking at the file system of `{}`", folder.display()))?;
        let name: String =
            stat.f_fstypename.iter().take_while(|letter| **letter != 0).map(|letter| *letter as u8 as char).collect();
        Ok(["nfs", "smbfs", "afpfs", "webdav", "ftp", "cifs"].contains(&name.as_str()).then_some(name))
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = folder;
        Ok(None)
    }
}

/// What the mount table calls the file system that this folder is on (proc_pid_mountinfo(5)).
#[cfg(target_os = "linux")]
fn mounted_as(folder: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let device = std::fs::metadata(folder).ok()?.dev();
    let wanted = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    table.lines().rev().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        (place.split(' ').nth(2)? == wanted).then(|| kind.split(' ').next().unwrap_or_default().to_owned())
    })
}

/// How many bytes this user can still write there; `None` where the system does not say.
pub fn free(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let stat = rustix::fs::statvfs(existing(folder)).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// The folder itself, or the nearest one above it that is there.
fn existing(folder: &Path) -> PathBuf {
    let there = folder.ancestors().find(|one| !one.as_os_str().is_empty() && one.exists());
    there.unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_other_machines_are_known_by_their_numbers() {
        for (f_type, name) in [
            (0x6969, "NFS"),
            (0x517B, "SMB"),
            (0xFE53_4D42, "SMB"),
            (0xFFFF_FFFF_FE53_4D42, "SMB"),
            (0xFFFF_FFFF_FF53_4D42, "CIFS"),
            (0xFF53_4D42, "CIFS"),
            (0x0102_1997, "9P"),
            (0x00C3_6400, "Ceph"),
            (0x0BD0_0BD0, "Lustre"),
        ] {
            assert_eq!(network(f_type, None).as_deref(), Some(name), "{f_type:x}");
        }
    }

    #[test]
    fn a_fuse_file_system_is_judged_by_what_the_mount_table_calls_it() {
        for name in ["fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs"] {
            assert!(network(FUSE, Some(name)).is_some(), "{name}");
        }
        for name in [Some("fuseblk"), Some("fuse.gocryptfs"), Some("fuse.mergerfs"), Some("virtiofs"), None] {
            assert_eq!(network(FUSE, name), None, "{name:?}");
        }
        assert_eq!(network(0xEF53, Some("fuse.sshfs")), None, "ext4 is ext4");
    }

    #[test]
    fn local_file_systems_are_taken() {
        // ext4, tmpfs, xfs, btrfs, zfs, overlayfs, f2fs, ecryptfs
        for f_type in [0xEF53, 0x0102_1994, 0x5846_5342, 0x9123_683E, 0x2FC1_2FC1, 0x794C_7630, 0xF2F5_2010, 0xF15F] {
            assert_eq!(network(f_type, None), None, "{f_type:x}");
        }
        assert_eq!(network_of(&std::env::temp_dir().join("not/there/yet")).expect("it can be asked"), None);
    }

    #[test]
    fn the_refusal_says_where_to_go() {
        let error = refusal(Path::new("/net/team"), "NFS");
        assert_eq!(error.message, "`/net/team` is on a network file system (NFS), where two machines damage the store");
        assert!(error.hint.expect("a way out").contains("--home"));
    }
}
