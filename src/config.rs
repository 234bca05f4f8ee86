//! What the environment says. The only reader of environment variables besides clap, which reads the options' own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::base::{AppName, Error, Label, Result, Secret};

/// Where things are and how secrets are kept, settled once at the start.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of everything appctl keeps (`--home`)
    pub home: PathBuf,
    pub app: AppName,
    pub vault: VaultKind,
    /// Where the team vault is when it is not in the app's folder: `APPCTL_TEAM_VAULT`, a file in a folder that members share
    pub team_vault: Option<PathBuf>,
    /// Secrets from `APPCTL_TOKEN_<LABEL>`, by label
    pub tokens: BTreeMap<String, Secret>,
    /// Who makes the changes: `APPCTL_USER`, else the user's name as the environment or the system has it
    pub user: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultKind {
    Keyring,
    /// A sealed file in the home, whose key is in this file (`APPCTL_VAULT_KEY_FILE`)
    File {
        key: PathBuf,
    },
    /// Forgotten when the process ends: tests and `demo`
    Memory,
}

impl Config {
    /// Reads the environment. `home` and `app` come from the command line, which has asked the environment already.
    pub fn from_env(home: Option<PathBuf>, app: AppName) -> Result<Self> {
        let home = match home {
            Some(home) => home,
            None => default_home()?,
        };
        let vault = match env("APPCTL_VAULT").as_deref() {
            None | Some("" | "keyring") => VaultKind::Keyring,
            Some("memory") => VaultKind::Memory,
            Some("file") => VaultKind::File { key: key_file()? },
            Some(other) => {
                return Err(Error::usage(format!("`APPCTL_VAULT={other}` is no vault")).hint(
                    "leave it unset for the keyring, or set it to `file` with a key in `APPCTL_VAULT_KEY_FILE`",
                ));
            }
        };
        let team_vault = env("APPCTL_TEAM_VAULT").map(PathBuf::from);
        if let Some(path) = team_vault.as_ref().filter(|path| !path.is_absolute()) {
            return Err(Error::usage(format!("`APPCTL_TEAM_VAULT={}` is no whole path", path.display()))
                .hint("write it from the root, so that it means the same file wherever a command runs"));
        }
        Ok(Config { home, app, vault, team_vault, tokens: tokens(), user: user() })
    }

    /// The folder of this app's files.
    pub fn app_folder(&self) -> PathBuf {
        self.home.join("apps").join(self.app.as_str())
    }

    /// The main file of this app.
    pub fn app_file(&self) -> PathBuf {
        self.app_folder().join("app.db")
    }

    /// The file of this app's team vault.
    pub fn team_file(&self) -> PathBuf {
        self.team_vault.clone().unwrap_or_else(|| self.app_folder().join("team.vault"))
    }

    /// The secret that the environment gives for this label: `shop-eu` is `APPCTL_TOKEN_SHOP_EU`.
    pub fn token(&self, label: &Label) -> Option<&Secret> {
        self.tokens.get(&token_key(label))
    }
}

/// The message of a panic that a test wants to see handled as a release handles it; never in a release.
pub fn rehearsed_panic() -> Option<String> {
    if cfg!(debug_assertions) { env("APPCTL_REHEARSE_PANIC") } else { None }
}

/// Whether the environment wants no colours: `NO_COLOR` with any text in it (https://no-color.org).
pub fn no_color() -> bool {
    env("NO_COLOR").is_some()
}

/// The part of the variable's name after `APPCTL_TOKEN_`.
pub fn token_key(label: &Label) -> String {
    label.as_str().to_ascii_uppercase().replace('-', "_")
}

/// Where no variable says it (a container, a service), the system knows whose process this is.
fn user() -> String {
    let named = ["APPCTL_USER", "USER", "LOGNAME", "USERNAME"].into_iter().find_map(env);
    named.or_else(|| whoami::username().ok()).unwrap_or_else(|| "somebody".to_owned())
}

/// Where programs keep their settings: `XDG_CONFIG_HOME`, else `.config` in the user's folder.
pub fn config_folder() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME").or_else(|| user_folder().map(|home| home.join(".config")))
}

/// The user's own folder.
pub fn user_folder() -> Option<PathBuf> {
    folder("HOME")
}

/// The folders in which a shell looks for programs.
pub fn program_folders() -> Vec<PathBuf> {
    env("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

fn key_file() -> Result<PathBuf> {
    env("APPCTL_VAULT_KEY_FILE").map(PathBuf::from).ok_or_else(|| {
        Error::usage("`APPCTL_VAULT=file` needs the file with its key in `APPCTL_VAULT_KEY_FILE`").hint(
            "make one with `(umask 077; head -c 32 /dev/urandom > vault.key)`, and keep it elsewhere than the vault",
        )
    })
}

/// What the environment says of browsers and of a screen to show them on.
#[derive(Clone, Debug, Default)]
pub struct Desktop {
    /// `BROWSER`: the command that shows a page
    pub browser: Option<String>,
    /// Whether there is a screen that a browser could open on
    pub screen: bool,
    /// What a browser needs of the environment, and nothing else of it
    pub variables: Vec<(OsString, OsString)>,
}

/// Variables that find a screen, a session, programs and a language. None of them is a secret.
const OF_THE_DESKTOP: &[&str] = &[
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "HOME",
    "USER",
    "LOGNAME",
    "PATH",
    "LANG",
    "LANGUAGE",
    "TMPDIR",
    "TZ",
    "SYSTEMROOT",
    "WINDIR",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMFILES",
    "PROGRAMDATA",
    "TEMP",
    "TMP",
];

/// Reads what opening a browser needs.
pub fn desktop() -> Desktop {
    let is_set = |name: &str| env(name).is_some();
    let remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    let screen =
        if cfg!(any(windows, target_os = "macos")) { !remote } else { is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") };
    let wanted = |name: &str| {
        let name = name.to_ascii_uppercase();
        OF_THE_DESKTOP.contains(&name.as_str()) || name.starts_with("XDG_") || name.starts_with("LC_")
    };
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    let all = std::env::vars_os();
    let variables = all.filter(|(name, _)| name.to_str().is_some_and(wanted)).collect();
    Desktop { browser: env("BROWSER"), screen, variables }
}

fn folder(name: &str) -> Option<PathBuf> {
    env(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

fn tokens() -> BTreeMap<String, Secret> {
    let mut tokens = BTreeMap::new();
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    for (name, value) in std::env::vars_os() {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else { continue };
        if let Some(label) = name.strip_prefix("APPCTL_TOKEN_").filter(|_| !value.is_empty()) {
            tokens.insert(label.to_owned(), Secret::new(value));
        }
    }
    tokens
}

/// The platform's data folder, as the XDG base directory specification and Apple's and Microsoft's guides say.
fn default_home() -> Result<PathBuf> {
    let home = user_folder();
    let data = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home.map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_DATA_HOME").or_else(|| home.map(|home| home.join(".local/share")))
    };
    data.map(|folder| folder.join("appctl")).ok_or_else(|| {
        Error::usage("there is no home folder to keep the data in").hint("give one with `--home DIR` or `APPCTL_HOME`")
    })
}

fn env(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the only reader of the environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
