//! `appctl man`: the manual, made from the same words as the help.

use std::path::PathBuf;

use crate::base::{Doing as _, Result};

use super::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl man connections sync | man -l -")]
pub struct Args {
    /// The command (`connections sync`); the whole program when left out
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "words")]
    dir: Option<PathBuf>,
}

pub fn run(ui: &mut Ui, args: &Args) -> Result<()> {
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).doing(|| format!("creating `{}`", dir.display()))?;
        clap_mangen::generate_to(super::command(), dir).doing(|| format!("writing to `{}`", dir.display()))?;
        return ui.say(format!("wrote the manual to `{}`", dir.display()));
    }
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let mut page = Vec::new();
    clap_mangen::Man::new(super::help::find(&words)?).render(&mut page)?;
    ui.text(&String::from_utf8_lossy(&page))
}
