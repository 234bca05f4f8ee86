//! Files that let the operating system wake the scheduler: a systemd user timer, a launchd agent, or a crontab line.

use std::path::{Path, PathBuf};

use crate::base::{AppName, Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerKind {
    Systemd,
    Launchd,
    Cron,
}

#[derive(Clone, Debug)]
pub struct TimerRequest {
    pub kind: TimerKind,
    /// The program to run
    pub program: PathBuf,
    pub home: PathBuf,
    pub app: AppName,
    /// The folder that the manager reads its files from; not needed for cron
    pub folder: Option<PathBuf>,
}

/// What to write and what to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    pub files: Vec<(PathBuf, String)>,
    /// Commands that a person runs afterwards, or the line to add to a crontab
    pub then: Vec<String>,
}

/// Makes the files; writes nothing. The timer looks every minute for what is due.
pub fn timer(request: &TimerRequest) -> Result<Timer> {
    let name = format!("appctl-{}", request.app);
    let folder = || request.folder.clone().ok_or_else(|| Error::usage("there is no home folder to write the timer to"));
    match request.kind {
        TimerKind::Systemd => systemd(request, &name, &folder()?),
        TimerKind::Launchd => launchd(request, &name, &folder()?),
        TimerKind::Cron => Ok(Timer { files: Vec::new(), then: vec![cron_line(request)?] }),
    }
}

fn words(request: &TimerRequest) -> Result<Vec<String>> {
    let text = |path: &Path| match path.to_str() {
        Some(text) if !text.contains(['\n', '\r']) => Ok(text.to_owned()),
        _ => Err(Error::usage(format!("`{}` cannot be written into a timer", path.display()))),
    };
    Ok(vec![
        text(&request.program)?,
        "--home".to_owned(),
        text(&request.home)?,
        "--app".to_owned(),
        request.app.to_string(),
        "--no-input".to_owned(),
        "connections".to_owned(),
        "run".to_owned(),
        "--once".to_owned(),
    ])
}

/// systemd.timer(5), systemd.service(5): `%` and `$` are doubled, words with spaces quoted.
fn systemd(request: &TimerRequest, name: &str, folder: &Path) -> Result<Timer> {
    let escape = |word: &String| {
        let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
        format!("\"{word}\"")
    };
    let command = words(request)?.iter().map(escape).collect::<Vec<_>>().join(" ");
    let service = format!(
        "[Unit]\nDescription=Sync what is due in app {0} of appctl\n\n[Service]\nType=oneshot\nExecStart={command}\n",
        request.app
    );
    let timer = format!(
        "[Unit]\nDescription=Look for what is due in app {0} of appctl\n\n[Timer]\nOnCalendar=minutely\n\
         RandomizedDelaySec=5\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
        request.app
    );
    Ok(Timer {
        files: vec![(folder.join(format!("{name}.service")), service), (folder.join(format!("{name}.timer")), timer)],
        then: vec!["systemctl --user daemon-reload".to_owned(), format!("systemctl --user enable --now {name}.timer")],
    })
}

/// launchd.plist(5).
fn launchd(request: &TimerRequest, name: &str, folder: &Path) -> Result<Timer> {
    let escape = |word: &String| word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words =
        words(request)?.iter().map(|word| format!("    <string>{}</string>\n", escape(word))).collect::<String>();
    let plist = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>{name}</string>\n  <key>ProgramArguments</key>\n\
         \x20 <array>\n{words}  </array>\n  <key>StartInterval</key>\n  <integer>60</integer>\n</dict>\n</plist>\n"
    );
    let file = folder.join(format!("{name}.plist"));
    let then = vec![format!("launchctl load -w '{}'", file.display())];
    Ok(Timer { files: vec![(file, plist)], then })
}

/// crontab(5): `%` ends the command unless it is escaped.
fn cron_line(request: &TimerRequest) -> Result<String> {
    let quote = |word: &String| format!("'{}'", word.replace('\'', "'\\''")).replace('%', "\\%");
    let command = words(request)?.iter().map(quote).collect::<Vec<_>>().join(" ");
    Ok(format!("* * * * * {command}"))
}
