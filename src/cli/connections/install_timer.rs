//! `appctl connections install-timer`

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::{AppName, Doing as _, Error, Result};
use crate::cli::globals::Globals;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::config::{self, Config};

#[derive(clap::Args)]
#[command(after_help = "\
The timer runs `appctl connections run --once` every minute. Examples:
  appctl connections install-timer
  appctl connections install-timer --with cron --print")]
pub struct Args {
    /// What starts it: systemd, launchd or cron; what this system usually has when left out
    #[arg(long, value_name = "SYSTEM", value_enum, hide_possible_values = true)]
    with: Option<System>,
    /// Print the files and write nothing
    #[arg(long)]
    print: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum System {
    Systemd,
    Launchd,
    Cron,
}

pub fn run(globals: &Globals, ui: &mut Ui, args: &Args) -> Result<()> {
    let config = Config::from_env(globals.home.clone(), globals.app.clone())?;
    let usual = if cfg!(target_os = "macos") {
        System::Launchd
    } else if cfg!(target_os = "linux") {
        System::Systemd
    } else {
        System::Cron
    };
    let system = args.with.unwrap_or(usual);
    let program = std::env::current_exe().doing(|| "finding the program")?;
    let home = std::path::absolute(&config.home).doing(|| "finding the home")?;
    let command = [
        text(&program)?,
        "--app".to_owned(),
        config.app.to_string(),
        "--home".to_owned(),
        text(&home)?,
        "connections".to_owned(),
        "run".to_owned(),
        "--once".to_owned(),
    ];
    let timer = timer(system, &config.app, &command)?;
    if args.print {
        return ui.text(&timer.printed());
    }
    if timer.files.is_empty() {
        ui.say("add this line with `crontab -e`:")?;
        return ui.text(&timer.next);
    }
    let paths: Vec<String> = timer.files.iter().map(|file| file.path.display().to_string()).collect();
    ui.confirmed(&format!("Write {}?", words::names(&paths)))?;
    for file in &timer.files {
        write(file)?;
    }
    ui.outcome(&timer)
}

/// What makes a system run the command every minute.
#[derive(Serialize)]
struct Timer {
    files: Vec<File>,
    /// The command that starts it, or cron's line
    next: String,
}

#[derive(Serialize)]
struct File {
    path: PathBuf,
    text: String,
}

impl Timer {
    fn printed(&self) -> String {
        let files = self.files.iter().map(|file| format!("# {}\n{}\n", file.path.display(), file.text));
        let next = if self.files.is_empty() { self.next.clone() } else { format!("# then: {}\n", self.next) };
        files.chain([next]).collect()
    }
}

impl Outcome for Timer {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let paths: Vec<String> = self.files.iter().map(|file| file.path.display().to_string()).collect();
        Some(format!("wrote {}; start it with `{}`", words::names(&paths), self.next))
    }
}

fn timer(system: System, app: &AppName, command: &[String]) -> Result<Timer> {
    let nowhere = || Error::usage("there is no home folder to write the timer to").hint("use `--print` and write it yourself");
    match system {
        System::Systemd => {
            let folder = config::config_folder().ok_or_else(nowhere)?.join("systemd/user");
            let unit = format!("appctl-{app}");
            Ok(Timer {
                files: vec![
                    File { path: folder.join(format!("{unit}.service")), text: systemd_service(app, command) },
                    File { path: folder.join(format!("{unit}.timer")), text: systemd_timer(app) },
                ],
                next: format!("systemctl --user enable --now {unit}.timer"),
            })
        }
        System::Launchd => {
            let path = config::user_folder().ok_or_else(nowhere)?.join(format!("Library/LaunchAgents/appctl.{app}.plist"));
            let next = format!("launchctl bootstrap gui/$(id -u) {}", words::shell(&path.display().to_string()));
            Ok(Timer { files: vec![File { path, text: launchd(app, command) }], next })
        }
        System::Cron => {
            // In a crontab a percent sign ends the command unless it is escaped.
            let line = command.iter().map(|word| words::shell(word)).collect::<Vec<_>>().join(" ").replace('%', "\\%");
            Ok(Timer { files: Vec::new(), next: format!("* * * * * {line}\n") })
        }
    }
}

/// systemd.service(5): words in double quotes, `%` doubled.
fn systemd_service(app: &AppName, command: &[String]) -> String {
    let quoted = command.iter().map(|word| {
        let word = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
        format!("\"{word}\"")
    });
    let command = quoted.collect::<Vec<_>>().join(" ");
    format!("[Unit]\nDescription=appctl: run the connections of {app} that are due\n\n[Service]\nType=oneshot\nExecStart={command}\n")
}

fn systemd_timer(app: &AppName) -> String {
    format!(
        "[Unit]\nDescription=appctl: run the connections of {app} that are due\n\n\
        [Timer]\nOnStartupSec=1min\nOnUnitInactiveSec=1min\nRandomizedDelaySec=5\n\n[Install]\nWantedBy=timers.target\n"
    )
}

fn launchd(app: &AppName, command: &[String]) -> String {
    let escape = |word: &String| word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let words: String = command.iter().map(|word| format!("    <string>{}</string>\n", escape(word))).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
        <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>appctl.{app}</string>\n  <key>ProgramArguments</key>\n  \
        <array>\n{words}  </array>\n  <key>StartInterval</key>\n  <integer>60</integer>\n</dict>\n</plist>\n"
    )
}

fn write(file: &File) -> Result<()> {
    let writing = || format!("writing `{}`", file.path.display());
    if let Some(folder) = file.path.parent() {
        std::fs::create_dir_all(folder).doing(writing)?;
    }
    std::fs::write(&file.path, &file.text).doing(writing)
}

fn text(path: &Path) -> Result<String> {
    let text = path.to_str().filter(|text| !text.contains(char::is_control));
    text.map(str::to_owned).ok_or_else(|| Error::usage(format!("`{}` cannot be written into a timer", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_quoted_for_each_system() {
        let app = AppName::parse("shop").unwrap();
        let command = ["/opt/my tools/100%/appctl".to_owned(), "--once".to_owned()];
        assert!(systemd_service(&app, &command).contains("ExecStart=\"/opt/my tools/100%%/appctl\" \"--once\"\n"));
        assert!(launchd(&app, &["a&b".to_owned()]).contains("<string>a&amp;b</string>"));
        let cron = timer(System::Cron, &app, &command).unwrap();
        assert_eq!(cron.next, "* * * * * '/opt/my tools/100\\%/appctl' --once\n");
    }
}
