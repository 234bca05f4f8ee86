//! An empty home in which the real program runs, as a person's shell would run it.

use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program under test.
pub const APPCTL: &str = env!("CARGO_BIN_EXE_appctl");

/// A temporary `APPCTL_HOME`, removed when dropped. Nothing of the caller's environment gets in.
pub struct Home {
    folder: tempfile::TempDir,
    /// Holds the key file where secrets outlive a command
    key: Option<tempfile::TempDir>,
}

/// What a command did. `to_string` is what snapshots compare: status, stdout and stderr, with everything that differs
/// between two machines or two moments replaced.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    home: PathBuf,
}

impl Home {
    pub fn new() -> Self {
        Home { folder: tempfile::tempdir().expect("the temporary folder can be written"), key: None }
    }

    /// A home whose secrets are still there for the next command: in a sealed file (`APPCTL_VAULT=file`).
    pub fn with_vault() -> Self {
        let key = tempfile::tempdir().expect("the temporary folder can be written");
        make_key(&key.path().join("vault.key"));
        Home { key: Some(key), ..Home::new() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file that opens the sealed one, where there is one.
    pub fn key_file(&self) -> Option<PathBuf> {
        self.key.as_ref().map(|key| key.path().join("vault.key"))
    }

    /// Runs `appctl` with these arguments, split as a shell splits them (quotes, no variables), and gives the snapshot.
    pub fn run(&self, arguments: &str) -> String {
        self.run_with(None, &[], arguments).to_string()
    }

    /// The same with text on stdin (`None`: stdin is closed) and environment variables.
    pub fn run_with(&self, stdin: Option<&str>, variables: &[(&str, &str)], arguments: &str) -> Ran {
        let mut command = self.command(&words(arguments));
        command.envs(variables.iter().copied());
        self.finish(command, stdin)
    }

    /// The program in this home, for tests that need more than a whole run: kill it, pipe it, time it.
    pub fn command<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(APPCTL);
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("APPCTL_HOME", self.path()).env("APPCTL_VAULT", "memory").env("APPCTL_USER", "tester");
        if let Some(key) = &self.key {
            command.env("APPCTL_VAULT", "file").env("APPCTL_VAULT_KEY_FILE", key.path().join("vault.key"));
        }
        command.env("HOME", self.path()).env("PATH", "/usr/bin:/bin").env("RUST_BACKTRACE", "0");
        command
    }

    /// Runs a prepared command to its end: status, and what a terminal would show of stdout and stderr together.
    pub fn transcript(&self, mut command: Command) -> (i32, String) {
        let mut screen = tempfile::tempfile().expect("the temporary folder can be written");
        let end = |screen: &std::fs::File| screen.try_clone().expect("a file can be opened twice");
        command.stdin(Stdio::null()).stdout(end(&screen)).stderr(end(&screen));
        let status = command.status().expect("the program starts");
        let mut text = String::new();
        screen.rewind().and_then(|()| screen.read_to_string(&mut text)).expect("the program writes UTF-8");
        (status.code().unwrap_or(-1), text)
    }

    /// Runs a prepared command to its end.
    pub fn finish(&self, mut command: Command, stdin: Option<&str>) -> Ran {
        command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        if let (Some(text), Some(mut pipe)) = (stdin, child.stdin.take()) {
            // A command may end without reading what it does not need.
            let _ = pipe.write_all(text.as_bytes());
        }
        let output = child.wait_with_output().expect("the program ends");
        Ran {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            home: self.path().to_owned(),
        }
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\n[status {}]\n", self.status)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                write!(f, "[{name}]\n{}{end}", normal(text, &self.home))?;
            }
        }
        Ok(())
    }
}

/// Makes a key file for `APPCTL_VAULT=file` that only its owner can read.
pub fn make_key(path: &Path) {
    let key: [u8; 32] = rand::random();
    std::fs::write(path, key).expect("the folder can be written");
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("it is ours");
}

/// Splits arguments as a shell does: spaces separate, single and double quotes hold together.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, letter) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    assert!(quote.is_none(), "a quote is not closed in {text}");
    words.extend(word);
    words
}

/// Replaces the home's path by `[HOME]`, times by `[TIME]`, how long something took by `[N]`, and free ports by `[PORT]`.
pub fn normal(text: &str, home: &Path) -> String {
    let text = text.replace(&home.display().to_string(), "[HOME]");
    let text = replace_shape(&text, "####-##-##T##:##:##", "[TIME]", "0123456789.Z");
    let text = replace_shape(&text, "127.0.0.1:##", "127.0.0.1:[PORT]", "0123456789");
    replace_shape(&text, "seconds\":#", "seconds\":[N]", "0123456789.e-")
}

/// What is the same on every run: without the lines of a slow machine's progress, times as `[AGO]`, made-up tokens as
/// `[TOKEN]`, and columns two spaces apart whatever is in them.
pub fn steady(text: &str) -> String {
    let lines = text.lines().filter(|line| !is_progress(line));
    lines
        .map(|line| {
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(steady_cell).collect::<Vec<_>>()
        })
        .map(|cells| cells.join("  ") + "\n")
        .collect()
}

/// `crm: contacts: 500 of 1,000 rows, 120/s`, `crm: contacts`
fn is_progress(line: &str) -> bool {
    let parts: Vec<&str> = line.split(": ").collect();
    match parts.as_slice() {
        [name, what] => !name.contains(' ') && !what.contains(' ') && *name != "error" && *name != "hint",
        [name, _, count] => !name.contains(' ') && count.starts_with(|first: char| first.is_ascii_digit()),
        _ => false,
    }
}

fn steady_cell(cell: &str) -> &str {
    let is_count = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
    match cell.strip_suffix(" ago") {
        Some(time) if is_count(time.trim_end_matches(['s', 'm', 'h'])) => "[AGO]",
        None if cell.len() == 32 && cell.chars().all(|letter| letter.is_ascii_hexdigit()) => "[TOKEN]",
        _ => cell,
    }
}

/// Replaces whatever looks like `shape` (`#` is a digit) together with the `tail` letters that follow it.
fn replace_shape(text: &str, shape: &str, with: &str, tail: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let fits = rest.len() >= shape.len()
            && rest
                .bytes()
                .zip(shape.bytes())
                .all(|(is, want)| if want == b'#' { is.is_ascii_digit() } else { is == want });
        if fits {
            result.push_str(with);
            rest = rest[shape.len()..].trim_start_matches(|letter| tail.contains(letter));
        } else {
            let letter = rest.chars().next().expect("the rest is not empty");
            result.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    result
}
