//! What `--set key=value` says about one connection: the address, which is refused with a password in it, and limits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::super::Setting;
use crate::base::{Error, Result};

pub static KEYS: &[Setting] = &[
    Setting {
        key: "url",
        help: "postgresql://user@host:port/database?sslmode=verify-full, without the password (sslmode as in libpq: \
               disable, allow, prefer, require, verify-ca, verify-full; sslrootcert=FILE)",
        required: true,
    },
    Setting {
        key: "schemas",
        help: "schemas to look for tables in, separated by commas; default all",
        required: false,
    },
    Setting {
        key: "statement_timeout",
        help: "longest that one query may take: 30s, 10min, 6h; default 6h, 0 for no limit",
        required: false,
    },
    Setting {
        key: "overlap",
        help: "how far before the last run's time changes are read again, for clocks that differ; default 60s",
        required: false,
    },
    Setting {
        key: "lag",
        help: "how long a transaction may stay open unseen, where our role may not see others' transactions; default 1h",
        required: false,
    },
    Setting {
        key: "time_zone",
        help: "the zone of cursor columns without one: UTC, Europe/Berlin; default unknown, so 12 h are read again",
        required: false,
    },
    Setting { key: "page_rows", help: "most rows of one page; default 20000", required: false },
    Setting {
        key: "full_below",
        help: "tables of fewer rows are read whole each time; default 10000, 0 for never",
        required: false,
    },
];

/// How the wire is protected, as libpq's `sslmode` (postgresql.org/docs/current/libpq-ssl.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

#[derive(Clone, Debug)]
pub struct Settings {
    /// Without a password
    pub config: Config,
    pub ssl_mode: SslMode,
    /// A PEM file; `None` for the system's roots
    pub ssl_root: Option<PathBuf>,
    pub user: String,
    /// `host:port`, as it was given
    pub server: String,
    pub schemas: Vec<String>,
    pub statement_timeout: Duration,
    pub overlap: Duration,
    pub lag: Duration,
    pub time_zone: Option<String>,
    pub page_rows: usize,
    pub full_below: u64,
}

impl Settings {
    pub fn read(settings: &BTreeMap<String, String>) -> Result<Self> {
        let get = |key: &str| settings.get(key).map(|text| text.trim()).filter(|text| !text.is_empty());
        let url = get("url").ok_or_else(|| wrong_url("`url` is missing"))?;
        let (config, ssl_mode, ssl_root) = address(url)?;
        let user = config.get_user().ok_or_else(|| wrong_url("`url` names no user"))?.to_owned();
        let duration = |key: &str, default: u64| match get(key) {
            Some(text) => duration(key, text),
            None => Ok(Duration::from_secs(default)),
        };
        let number = |key: &str, default: u64| match get(key) {
            Some(text) => text.parse().map_err(|_| Error::usage(format!("`{key}={text}` is no whole number"))),
            None => Ok(default),
        };
        let schemas = get("schemas").unwrap_or("").split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(Settings {
            server: server(&config),
            config,
            ssl_mode,
            ssl_root,
            user,
            schemas: schemas.map(str::to_owned).collect(),
            statement_timeout: duration("statement_timeout", 6 * 3600)?,
            overlap: duration("overlap", 60)?,
            lag: duration("lag", 3600)?,
            time_zone: get("time_zone").map(str::to_owned),
            page_rows: usize::try_from(number("page_rows", 20_000)?.max(1)).unwrap_or(usize::MAX),
            full_below: number("full_below", 10_000)?,
        })
    }
}

fn wrong_url(message: &str) -> Error {
    Error::usage(message).hint("give `--set url=postgresql://user@host:5432/database`; the password is asked for")
}

/// The address, with what the library does not know (`sslmode=verify-full`) taken out of it first.
fn address(url: &str) -> Result<(Config, SslMode, Option<PathBuf>)> {
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return Err(wrong_url("`url` does not begin with `postgresql://`"));
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut root, mut kept) = (SslMode::Prefer, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "sslmode" => mode = ssl_mode(value)?,
            "sslrootcert" => root = Some(decoded(value)).filter(|value| value != "system").map(PathBuf::from),
            "application_name" => {}
            "password" => return Err(with_password()),
            "host"
            | "hostaddr"
            | "port"
            | "user"
            | "dbname"
            | "connect_timeout"
            | "target_session_attrs"
            | "channel_binding"
            | "keepalives"
            | "keepalives_idle"
            | "load_balance_hosts" => kept.push(pair),
            other => return Err(wrong_url(&format!("`url` has a parameter that is not known here: `{other}`"))),
        }
    }
    let text = if kept.is_empty() { base.to_owned() } else { format!("{base}?{}", kept.join("&")) };
    // The library's own message may quote the address, so it is not shown.
    let mut config: Config = text.parse().map_err(|_| wrong_url("`url` cannot be read as an address of PostgreSQL"))?;
    if config.get_password().is_some() {
        return Err(with_password());
    }
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host("localhost");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    config.application_name("appctl").keepalives(true).keepalives_idle(Duration::from_secs(30));
    config.keepalives_interval(Duration::from_secs(10)).keepalives_retries(3);
    Ok((config, mode, root))
}

fn with_password() -> Error {
    Error::usage("`url` has a password in it, which would be stored in the clear").hint(
        "leave it out of the URL; give it at the prompt, with `--token-stdin`, or as `APPCTL_TOKEN_<ACCOUNT LABEL>`",
    )
}

fn ssl_mode(word: &str) -> Result<SslMode> {
    Ok(match word {
        "disable" => SslMode::Disable,
        "allow" => SslMode::Allow,
        "prefer" => SslMode::Prefer,
        "require" => SslMode::Require,
        "verify-ca" => SslMode::VerifyCa,
        "verify-full" => SslMode::VerifyFull,
        other => {
            return Err(Error::usage(format!("`sslmode={other}` is not known"))
                .hint("use disable, allow, prefer, require, verify-ca or verify-full"));
        }
    })
}

fn decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

fn server(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate().map(|(index, host)| {
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{}:{port}", folder.display()),
        }
    });
    let hosts: Vec<String> = hosts.collect();
    if hosts.is_empty() {
        return config.get_hostaddrs().iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    }
    hosts.join(",")
}

/// Reads `250ms`, `30s`, `10min`, `6h` or a bare number of seconds.
fn duration(key: &str, text: &str) -> Result<Duration> {
    let at = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let millis = match &text[at..] {
        "ms" => 1,
        "" | "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    match text[..at].parse::<u64>().ok().and_then(|number| number.checked_mul(millis)) {
        Some(total) if millis > 0 => Ok(Duration::from_millis(total)),
        _ => Err(Error::usage(format!("`{key}={text}` is no length of time")).hint("write it as 30s, 10min or 6h")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Settings> {
        Settings::read(&BTreeMap::from([("url".to_owned(), url.to_owned())]))
    }

    #[test]
    fn an_address_says_where_and_how() {
        let settings =
            read("postgresql://reader@db.example:6543/shop?sslmode=verify-full&sslrootcert=/a%20b.pem").unwrap();
        assert_eq!((settings.server.as_str(), settings.user.as_str()), ("db.example:6543", "reader"));
        assert_eq!(settings.config.get_dbname(), Some("shop"));
        assert_eq!(settings.ssl_mode, SslMode::VerifyFull);
        assert_eq!(settings.ssl_root, Some(PathBuf::from("/a b.pem")));
        assert_eq!(read("postgres://me@/x?host=/var/run/pg").unwrap().server, "/var/run/pg:5432");
        assert_eq!(read("postgres://me@localhost").unwrap().ssl_mode, SslMode::Prefer);
    }

    #[test]
    fn a_password_in_the_address_is_refused_and_not_repeated() {
        for url in
            ["postgresql://me:hunter2@h/d", "postgresql://me@h/d?password=hunter2", "postgres://me:hunter2@h:x/d"]
        {
            let error = read(url).unwrap_err();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn lengths_of_time_have_units() {
        assert_eq!(duration("k", "250ms").unwrap(), Duration::from_millis(250));
        assert_eq!(duration("k", "6h").unwrap(), Duration::from_secs(21_600));
        assert_eq!(duration("k", "5").unwrap(), Duration::from_secs(5));
        for wrong in ["", "h", "1y", "-1s", "99999999999999999999s"] {
            assert!(duration("k", wrong).is_err(), "{wrong}");
        }
    }
}
