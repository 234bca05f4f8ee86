//! `appctl completions`: scripts for the shells, as they are also committed under `completions/`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::base::{Error, Result};

use super::Cli;
use super::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl completions bash > ~/.local/share/bash-completion/completions/appctl
  source <(appctl completions bash --names)
  appctl completions fish --names > ~/.config/fish/completions/appctl.fish")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
    /// Also complete the names of tables, connections and objects, by asking appctl at each tab
    #[arg(long)]
    names: bool,
}

pub fn run(ui: &mut Ui, args: &Args) -> Result<()> {
    let script = if args.names { asking(args.shell)? } else { script(args.shell) };
    ui.text(&script)
}

/// The script that knows every command and option and asks nobody.
pub fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "appctl", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The script that asks the program itself (`COMPLETE=bash appctl`).
fn asking(shell: Shell) -> Result<String> {
    let shells = clap_complete::env::Shells::builtins();
    let name = shell.to_string();
    let completer = shells.completer(&name).ok_or_else(|| Error::usage(format!("`{name}` cannot ask for names")))?;
    let mut bytes = Vec::new();
    completer.write_registration("COMPLETE", "appctl", "appctl", "appctl", &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
