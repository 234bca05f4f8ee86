//! Looking after the whole app: copies of it, what is wrong with it, and how everything is. `doctor` and `status` change
//! nothing of what they look at.

use std::path::Path;

use crate::app::Present;
use crate::base::{Error, Result};
use crate::config::Config;

mod backup;
mod doctor;
mod restore;
mod status;

pub use backup::{Backup, backup};
pub use doctor::{Check, Report, Verdict, doctor};
pub use restore::{Restored, check as check_backup, put, replaces};
pub use status::{AccountHealth, Health, status};

/// `Kind::NotFound` when nothing was ever kept under this app's name: copying what is not there helps nobody.
pub fn must_exist(config: &Config) -> Result<()> {
    match crate::app::present(&config.app_folder()) {
        Present::Nothing => {
            Err(Error::not_found(format!("there is no app `{}` in `{}`", config.app, config.home.display()))
                .hint("name another with `--app NAME`, or another folder with `--home DIR`"))
        }
        _ => Ok(()),
    }
}

/// A command for this app, as it can be pasted.
fn command(config: &Config, words: &str) -> String {
    match config.app.as_str() {
        "default" => format!("appctl {words}"),
        app => format!("appctl {words} --app {app}"),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
