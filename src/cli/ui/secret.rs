//! How a secret gets in: stdin, a file that only its owner can read, or a prompt without echo. Never an argument, because
//! every process of the machine can read those.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::base::{Doing as _, Error, Kind, Result, Secret};

use super::Ui;

/// Longest secret, in bytes: what the vault is promised to hold.
const LONGEST: u64 = 64 * 1024;

#[derive(clap::Args, Clone, Debug, Default)]
pub struct SecretArgs {
    /// Read the token or password from stdin
    #[arg(long, conflicts_with = "token_file")]
    pub token_stdin: bool,
    /// Read the token or password from a file that only you can read
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,
}

impl SecretArgs {
    /// The secret that an option gives; `None` when neither was used.
    pub fn given(&self) -> Result<Option<Secret>> {
        let text = if self.token_stdin {
            Some(read_all(&mut std::io::stdin().lock(), "stdin")?)
        } else if let Some(path) = &self.token_file {
            Some(read_file(path)?)
        } else {
            None
        };
        text.map(|text| clean(&text, "token")).transpose()
    }

    /// The same for a secret of many lines: the key of a service account.
    pub fn given_whole(&self) -> Result<Option<Secret>> {
        if let Some(path) = &self.token_file {
            return read_private(path).map(Some);
        }
        if !self.token_stdin {
            return Ok(None);
        }
        let text = read_all(&mut std::io::stdin().lock(), "stdin")?;
        if text.trim().is_empty() {
            return Err(Error::usage("the key is empty").hint("give its file with `--token-file FILE`"));
        }
        Ok(Some(Secret::new(text)))
    }

    /// The secret that an option gives, else a prompt for it. `Kind::Usage` naming the options when nobody can answer.
    pub fn or_ask(&self, ui: &mut Ui, prompt: &str) -> Result<Secret> {
        match self.given()? {
            Some(secret) => Ok(secret),
            None => ui.ask_secret(prompt, "--token-stdin` or `--token-file FILE"),
        }
    }
}

/// One secret that stdin holds; `what` names it in errors.
pub fn read_stdin(what: &str) -> Result<Secret> {
    clean(&read_all(&mut std::io::stdin().lock(), "stdin")?, what)
}

/// The secret in a file that only its owner can read, with all its lines.
pub fn read_private(path: &Path) -> Result<Secret> {
    let text = read_file(path)?;
    let text = text.trim_end_matches(['\n', '\r']);
    if text.trim().is_empty() {
        return Err(Error::usage(format!("`{}` is empty", path.display())));
    }
    Ok(Secret::new(text))
}

fn read_file(path: &Path) -> Result<String> {
    let reading = || format!("reading `{}`", path.display());
    let mut file = std::fs::File::open(path).doing(reading)?;
    let about = file.metadata().doing(reading)?;
    check_private(path, &about)?;
    read_all(&mut file, &path.display().to_string())
}

/// A file that others can read holds no secret, as ssh has it.
#[cfg(unix)]
fn check_private(path: &Path, about: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    if about.mode() & 0o077 != 0 {
        let shown = path.display();
        return Err(Error::new(
            Kind::Denied,
            format!("`{shown}` can be read by others ({:04o})", about.mode() & 0o7777),
        )
        .hint(format!(
            "run `chmod 600 {}` and make a new token if somebody may have read it",
            super::words::shell(&shown.to_string())
        )));
    }
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::new(Kind::Denied, format!("`{}` belongs to another user", path.display())));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &std::fs::Metadata) -> Result<()> {
    Ok(())
}

fn read_all(from: &mut dyn std::io::Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 3).read_to_end(&mut bytes).doing(|| format!("reading `{name}`"))?;
    String::from_utf8(bytes).map_err(|_| Error::usage(format!("`{name}` holds no text")))
}

/// Takes off the line end that editors and `echo` add, and refuses what can be no secret.
fn clean(text: &str, what: &str) -> Result<Secret> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Error::usage(format!("the {what} is empty"))
            .hint("check what is piped in: `printf %s \"$TOKEN\" | appctl …`"));
    }
    if text.len() as u64 > LONGEST {
        return Err(Error::usage(format!("the {what} is longer than 64 KiB")));
    }
    if text.contains(['\n', '\r', '\0']) {
        return Err(Error::usage(format!("the {what} has more than one line")).hint(format!("give the {what} alone")));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_does_not_belong_to_a_token() {
        for text in ["pat-1", "pat-1\n", "pat-1\r\n"] {
            assert_eq!(clean(text, "token").unwrap().expose(), "pat-1");
        }
        for text in ["", "\n", "two\nlines\n", "nul\0"] {
            assert_eq!(clean(text, "token").unwrap_err().kind, Kind::Usage, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_token_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "pat-1\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = read_file(&path).unwrap_err();
        assert_eq!(error.kind, Kind::Denied);
        assert!(error.message.ends_with("can be read by others (0644)"), "{}", error.message);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read_file(&path).unwrap(), "pat-1\n");
    }
}
