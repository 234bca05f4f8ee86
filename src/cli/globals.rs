//! The options that every command takes. Each can also be an environment variable, `APPCTL_` and its name.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;

use crate::base::AppName;

use super::ui::color::When;
use super::ui::{Format, Options};

const HEADING: &str = "Global options";

#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = HEADING)]
pub struct Globals {
    /// Work on this app
    #[arg(long, global = true, env = "APPCTL_APP", hide_env = true, value_name = "NAME", default_value = "default")]
    pub app: AppName,
    /// Keep everything in this folder
    #[arg(long, global = true, env = "APPCTL_HOME", hide_env = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub home: Option<PathBuf>,
    /// Print data as table, json, jsonl or csv
    #[arg(
        short,
        long,
        global = true,
        env = "APPCTL_OUTPUT",
        hide_env = true,
        value_name = "FORM",
        value_enum,
        hide_possible_values = true
    )]
    pub output: Option<Format>,
    /// Print JSON (short for `-o json`)
    #[arg(long, global = true)]
    pub json: bool,
    /// Print what a jq expression makes of the JSON
    #[arg(long, global = true, env = "APPCTL_JQ", hide_env = true, value_name = "EXPR")]
    pub jq: Option<String>,
    /// Write CSV cells as they are, without a guard before formulas
    #[arg(long, global = true, env = "APPCTL_CSV_RAW", hide_env = true, value_parser = FalseyValueParser::new())]
    pub csv_raw: bool,
    /// Print data and errors only
    #[arg(short, long, global = true, env = "APPCTL_QUIET", hide_env = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true, env = "APPCTL_VERBOSE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub verbose: bool,
    /// Ask nothing; fail where an answer is needed
    #[arg(long, global = true, env = "APPCTL_NO_INPUT", hide_env = true, value_parser = FalseyValueParser::new())]
    pub no_input: bool,
    /// Answer every confirmation with yes
    #[arg(short, long, global = true, env = "APPCTL_YES", hide_env = true, value_parser = FalseyValueParser::new())]
    pub yes: bool,
    /// Use colours: auto, always or never
    #[arg(
        long,
        global = true,
        env = "APPCTL_COLOR",
        hide_env = true,
        value_name = "WHEN",
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub color: When,
}

impl Globals {
    /// What the options ask of the output.
    pub fn output(&self) -> Options {
        let format = if self.json { Format::Json } else { self.output.unwrap_or_default() };
        Options {
            format,
            jq: self.jq.clone(),
            csv_raw: self.csv_raw,
            quiet: self.quiet,
            verbose: self.verbose,
            no_input: self.no_input,
            yes: self.yes,
            color: self.color.or_environment(),
        }
    }
}
