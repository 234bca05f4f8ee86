//! Where the store is: rights, links, the file system, room.

use std::path::{Path, PathBuf};

use super::super::quoted;
use super::Check;
use crate::app;
use crate::config::Config;

/// Less room than this, and the next run may not end.
const TIGHT: u64 = 64 << 20;

pub fn checks(config: &Config) -> Vec<Check> {
    vec![rights(config), file_system(config), room(config)]
}

/// What is wrong with one path.
struct Wrong {
    message: String,
    fix: String,
}

/// Home, the app's folder, and the files in it: ours, closed to others, no links.
fn rights(config: &Config) -> Check {
    let folder = config.app_folder();
    let mut wrong: Vec<Wrong> = Vec::new();
    wrong.extend(home(&config.home));
    wrong.extend(entry(&folder, true));
    for end in ["", "-wal", "-shm"] {
        let mut name = config.app_file().into_os_string();
        name.push(end);
        wrong.extend(entry(&PathBuf::from(name), false));
    }
    if wrong.is_empty() {
        return Check::ok("rights", "only you can read the store");
    }
    let join = |part: fn(&Wrong) -> &str| wrong.iter().map(part).collect::<Vec<_>>();
    Check::problem("rights", join(|one| &one.message).join("; "), join(|one| &one.fix).join(" && "))
}

/// Others may look into the home, but not change what is in it.
#[cfg(unix)]
fn home(path: &Path) -> Option<Wrong> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::metadata(path).ok()?;
    let open = meta.mode() & 0o022 != 0 && meta.mode() & 0o1000 == 0;
    open.then(|| Wrong {
        message: format!("others can change what is in `{}`", path.display()),
        fix: format!("chmod go-w {}", quoted(path)),
    })
}

#[cfg(unix)]
fn entry(path: &Path, folder: bool) -> Option<Wrong> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::symlink_metadata(path).ok()?;
    let (shown, us) = (path.display(), rustix::process::geteuid().as_raw());
    if meta.is_symlink() {
        let target = std::fs::read_link(path).unwrap_or_default();
        return Some(Wrong {
            message: format!("`{shown}` is a symbolic link to `{}`", target.display()),
            fix: format!("put the {} itself there", if folder { "folder" } else { "file" }),
        });
    }
    if meta.uid() != us {
        return Some(Wrong {
            message: format!("`{shown}` belongs to user {}, and this is user {us}", meta.uid()),
            fix: format!("chown {us} {}", quoted(path)),
        });
    }
    if !folder && meta.nlink() > 1 {
        return Some(Wrong {
            message: format!("`{shown}` has a second name somewhere"),
            fix: format!("find / -xdev -samefile {}", quoted(path)),
        });
    }
    let mode = if folder { "700" } else { "600" };
    (meta.mode() & 0o077 != 0)
        .then(|| Wrong { message: format!("others can open `{shown}`"), fix: format!("chmod {mode} {}", quoted(path)) })
}

#[cfg(not(unix))]
fn home(_: &Path) -> Option<Wrong> {
    None
}

#[cfg(not(unix))]
fn entry(_: &Path, _: bool) -> Option<Wrong> {
    None
}

fn file_system(config: &Config) -> Check {
    match app::network_of(&config.app_folder()) {
        Ok(None) => Check::ok("file system", "the store is on a disk of this machine"),
        Ok(Some(name)) => Check::problem(
            "file system",
            format!("the store is on a network file system ({name}), where two machines damage it"),
            "move the home to a disk of this machine, and name it with `--home DIR` or `APPCTL_HOME`",
        ),
        Err(error) => Check::failed("file system", &error),
    }
}

/// Room for the log of a large run and for a copy of the file.
fn room(config: &Config) -> Check {
    let Some(free) = app::free_space(&config.home) else {
        return Check::ok("room", "the system does not say how much room there is");
    };
    let store = std::fs::metadata(config.app_file()).map_or(0, |meta| meta.len());
    let message = format!("{} MB are free", free >> 20);
    let fix = "free some space, or move the home with `--home DIR`";
    if free < TIGHT {
        Check::problem("room", message, fix)
    } else if free < store.saturating_add(TIGHT) {
        Check::warning("room", format!("{message}, less than a copy of the store takes"), fix)
    } else {
        Check::ok("room", "there is room for a copy of the store")
    }
}
