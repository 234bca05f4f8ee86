//! `appctl connections install-timer`

use std::path::PathBuf;

use serde::Serialize;

use crate::base::{Doing as _, Result};
use crate::cli::globals::Globals;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::config::{self, Config};
use crate::scheduler::{self, TimerKind, TimerRequest};

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

impl System {
    fn usual() -> Self {
        if cfg!(target_os = "macos") {
            System::Launchd
        } else if cfg!(target_os = "linux") {
            System::Systemd
        } else {
            System::Cron
        }
    }

    fn kind(self) -> TimerKind {
        match self {
            System::Systemd => TimerKind::Systemd,
            System::Launchd => TimerKind::Launchd,
            System::Cron => TimerKind::Cron,
        }
    }

    /// Where it looks for its files.
    fn folder(self) -> Option<PathBuf> {
        match self {
            System::Systemd => config::config_folder().map(|folder| folder.join("systemd/user")),
            System::Launchd => config::user_folder().map(|folder| folder.join("Library/LaunchAgents")),
            System::Cron => None,
        }
    }
}

pub fn run(globals: &Globals, ui: &mut Ui, args: &Args) -> Result<()> {
    let config = Config::from_env(globals.home.clone(), globals.app.clone())?;
    let system = args.with.unwrap_or_else(System::usual);
    let timer = scheduler::timer(&TimerRequest {
        kind: system.kind(),
        program: std::env::current_exe().doing(|| "finding the program")?,
        home: std::path::absolute(&config.home).doing(|| "finding the home")?,
        app: config.app,
        folder: system.folder(),
    })?;
    let timer = Timer {
        files: timer.files.into_iter().map(|(path, text)| File { path, text }).collect(),
        then: timer.then,
        written: !args.print && system != System::Cron,
    };
    if timer.written {
        let paths: Vec<_> = timer.files.iter().map(|file| file.path.display()).collect();
        ui.confirmed(&format!("Write {}?", words::names(&paths)))?;
        timer.files.iter().try_for_each(write)?;
    }
    ui.outcome(&timer)
}

/// What makes the system run the command every minute.
#[derive(Serialize)]
struct Timer {
    files: Vec<File>,
    /// Commands that start it, or the line for the crontab
    then: Vec<String>,
    written: bool,
}

#[derive(Serialize)]
struct File {
    path: PathBuf,
    text: String,
}

fn write(file: &File) -> Result<()> {
    let writing = || format!("writing `{}`", file.path.display());
    if let Some(folder) = file.path.parent() {
        std::fs::create_dir_all(folder).doing(writing)?;
    }
    std::fs::write(&file.path, &file.text).doing(writing)
}

impl Outcome for Timer {
    fn sheet(&self) -> Sheet {
        if self.written {
            return Sheet::nothing();
        }
        let mut sheet = Sheet::nothing();
        for file in &self.files {
            sheet = sheet.and_text(format!("# {}\n{}", file.path.display(), file.text.trim_end()));
        }
        sheet.and_text(self.then.join("\n"))
    }

    fn said(&self) -> Option<String> {
        let commands = || self.then.iter().map(|command| format!("\n  {command}")).collect::<String>();
        if self.written {
            let paths: Vec<_> = self.files.iter().map(|file| file.path.display()).collect();
            Some(format!("wrote {}; start it with{}", words::names(&paths), commands()))
        } else if self.files.is_empty() {
            Some("add this line with `crontab -e`".to_owned())
        } else {
            None
        }
    }
}
