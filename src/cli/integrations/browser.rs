//! Opens a page in the person's browser: only http and https, never through a shell, with nothing of our environment but
//! what finds the screen, and apart from us, so that neither its output nor its end is ours.

use std::ffi::OsString;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use url::Url;

use crate::base::{Error, Result};
use crate::config::Desktop;

/// How long a command that cannot open anything may take to say so.
const PATIENCE: Duration = Duration::from_millis(250);

/// Whether something was started that shows the page. `false`: there is no screen, or nothing that could be started;
/// `Kind::Usage` for an address that no browser should be given.
pub fn open(url: &Url, desktop: &Desktop) -> Result<bool> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Error::usage(format!("`{}:` is no address for a browser", url.scheme())));
    }
    Ok(commands(url, desktop).into_iter().any(|words| starts(&words, desktop)))
}

/// The commands to try, the person's own alone where `BROWSER` names one. It may name several with colons between them,
/// and `%s` in one is where the address goes, otherwise at its end.
fn commands(url: &Url, desktop: &Desktop) -> Vec<Vec<OsString>> {
    let url = url.as_str();
    let system: &[&str] = if cfg!(windows) {
        &["rundll32", "url.dll,FileProtocolHandler"]
    } else if cfg!(target_os = "macos") {
        &["open"]
    } else {
        &["xdg-open"]
    };
    match &desktop.browser {
        Some(text) => alternatives(text).iter().map(|words| filled(words, url)).collect(),
        None if desktop.screen => vec![system.iter().copied().chain([url]).map(OsString::from).collect()],
        None => Vec::new(),
    }
}

/// Splits `BROWSER` at colons and blanks, as a shell would at blanks: quotes hold together, and that is all.
fn alternatives(text: &str) -> Vec<Vec<String>> {
    // A drive letter has a colon too.
    let separates = |letter: char| letter == ':' && !cfg!(windows);
    let mut all = Vec::new();
    let (mut words, mut word, mut quote): (Vec<String>, Option<String>, Option<char>) = (Vec::new(), None, None);
    for letter in text.chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            None if matches!(letter, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            None if letter.is_whitespace() => words.extend(word.take()),
            None if separates(letter) => {
                words.extend(word.take());
                all.push(std::mem::take(&mut words));
            }
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    all.push(words);
    all.retain(|words| !words.is_empty());
    all
}

fn filled(words: &[String], url: &str) -> Vec<OsString> {
    let has_place = words.iter().skip(1).any(|word| word.contains("%s"));
    let fill = |word: &String| OsString::from(word.replace("%s", url));
    let end = (!has_place).then(|| OsString::from(url));
    // The program itself is no place for an address.
    words.iter().take(1).map(OsString::from).chain(words.iter().skip(1).map(fill)).chain(end).collect()
}

/// Whether the command runs, or did what it should.
fn starts(words: &[OsString], desktop: &Desktop) -> bool {
    let Some((program, arguments)) = words.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(desktop.variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own: Ctrl-C at our terminal must not close the person's browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().is_ok_and(goes_on)
}

/// Whether it has not failed within a moment. `xdg-open` fails at once where there is no browser.
fn goes_on(mut child: Child) -> bool {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            Err(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://accounts.example/auth?state=a%20b&x='$(id)`;";

    fn desktop(browser: Option<&str>, screen: bool) -> Desktop {
        Desktop { browser: browser.map(str::to_owned), screen, variables: Vec::new() }
    }

    fn tried(browser: Option<&str>, screen: bool) -> Vec<Vec<String>> {
        let url = Url::parse("https://x.example/?a=b").unwrap();
        let commands = commands(&url, &desktop(browser, screen));
        commands.into_iter().map(|words| words.into_iter().map(|word| word.into_string().unwrap()).collect()).collect()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_persons_own_browser_comes_first_and_alone() {
        let url = "https://x.example/?a=b";
        assert_eq!(tried(None, true), [["xdg-open", url]]);
        assert_eq!(tried(None, false), Vec::<Vec<String>>::new());
        assert_eq!(tried(Some("firefox"), false), [["firefox", url]]);
        assert_eq!(tried(Some("fire fox --new %s"), true), [["fire", "fox", "--new", url]]);
        assert_eq!(
            tried(Some("'my browser' --url=%s:lynx"), true),
            [vec!["my browser".to_owned(), format!("--url={url}")], vec!["lynx".to_owned(), url.to_owned()]]
        );
        assert_eq!(tried(Some(" : "), true), Vec::<Vec<String>>::new());
    }

    #[test]
    fn only_web_pages_are_opened() {
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "mailto:a@b.example"] {
            assert!(open(&Url::parse(bad).unwrap(), &desktop(Some("true"), true)).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_address_is_one_argument_and_the_environment_stays_here() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (script, seen) = (folder.path().join("browser"), folder.path().join("seen"));
        let text =
            format!("#!/bin/sh\n{{ printf '%s\\n' \"$@\"; env; }} > '{0}.new'; mv '{0}.new' '{0}'\n", seen.display());
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut desktop = desktop(script.to_str(), false);
        desktop.variables = vec![("DISPLAY".into(), ":7".into())];
        assert!(open(&Url::parse(URL).unwrap(), &desktop).unwrap());
        let end = Instant::now() + Duration::from_secs(20);
        while !seen.exists() {
            assert!(Instant::now() < end, "it was not started");
            std::thread::sleep(Duration::from_millis(10));
        }
        let seen = std::fs::read_to_string(&seen).unwrap();
        let mut lines: Vec<&str> = seen.lines().collect();
        assert_eq!(lines.remove(0), Url::parse(URL).unwrap().as_str());
        // What a shell sets by itself: PWD, SHLVL, _.
        lines.retain(|line| !["PWD=", "SHLVL=", "_=", "OLDPWD"].iter().any(|own| line.starts_with(own)));
        assert_eq!(lines, ["DISPLAY=:7"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_fails_at_once_has_opened_nothing_and_the_next_is_tried() {
        let url = Url::parse(URL).unwrap();
        for nothing in ["false", "/nonexistent/browser", "/nonexistent:false"] {
            assert!(!open(&url, &desktop(Some(nothing), true)).unwrap(), "{nothing}");
        }
        for opened in ["true", "false:true"] {
            let mut desktop = desktop(Some(opened), true);
            desktop.variables = vec![("PATH".into(), "/usr/bin:/bin".into())];
            assert!(open(&url, &desktop).unwrap(), "{opened}");
        }
    }
}
