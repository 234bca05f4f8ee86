//! Wrong command lines, in our own words: what is wrong, what was probably meant, and where to read more.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::base::{Error, Interrupt};

use super::ui::color::{Paint, When};
use super::ui::{Format, Options, Ui, human_error, json_error};

/// Prints what clap made of the arguments: help and version on stdout, anything else as a usage error.
pub fn answer(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => print(&error.render()),
        // `appctl` and `appctl connections` alone: what could follow.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let path = command_path(arguments);
            let words: Vec<&str> = path.split(' ').skip(1).collect();
            match super::help::find(&words) {
                Ok(mut command) => print(&command.render_help()),
                Err(error) => fail(&error, options(arguments)),
            }
        }
        _ => fail(&explain(error, arguments), options(arguments)),
    }
}

/// Prints an error that came before there was a `Ui`.
pub fn fail(error: &Error, options: Options) -> ExitCode {
    let json = options.format.is_json() || options.jq.is_some();
    match Ui::new(Options { jq: None, ..options }, Interrupt::default()) {
        Ok(mut ui) if !json => ui.error(error),
        _ => {
            let text = if json { json_error(error) } else { human_error(error, &Paint::plain()) };
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }
    ExitCode::from(error.kind.exit_status())
}

fn print(text: &clap::builder::StyledStr) -> ExitCode {
    let paint = Paint::new(When::Auto.or_environment(), std::io::stdout().is_terminal());
    let text = if paint.is_on() { text.ansi().to_string() } else { text.to_string() };
    // A reader that went away has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// What clap found wrong, as an error of ours.
pub fn explain(error: &clap::Error, arguments: &[OsString]) -> Error {
    let path = command_path(arguments);
    let help = format!("see `{path} --help`");
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let argument = || text(ContextKind::InvalidArg).map(|text| spelled(&text)).unwrap_or_default();
    let value = || text(ContextKind::InvalidValue).unwrap_or_default();
    let meant = |kind| text(kind).map(|text| format!("did you mean `{}`? {help}", spelled(&text)));
    let (message, meant) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            // clap gives all that are near, the nearest last.
            let near = match error.get(ContextKind::SuggestedSubcommand) {
                Some(ContextValue::Strings(texts)) => {
                    crate::base::names::closest(&word, texts.iter().map(String::as_str))
                }
                _ => None,
            };
            let meant = near.map(|near| format!("did you mean `{near}`? {help}"));
            (format!("`{path}` has no command `{word}`"), meant)
        }
        ErrorKind::UnknownArgument if argument().starts_with('-') => {
            (format!("`{path}` has no option `{}`", argument()), meant(ContextKind::SuggestedArg))
        }
        ErrorKind::UnknownArgument => (format!("`{}` is one argument too many", argument()), None),
        ErrorKind::InvalidValue if value().is_empty() => (format!("`{}` needs a value", argument()), None),
        ErrorKind::InvalidValue => {
            let known = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(known)) if !known.is_empty() => format!(": use {}", known.join(", ")),
                _ => String::new(),
            };
            (format!("`{}` takes no `{}`{known}", argument(), value()), meant(ContextKind::SuggestedValue))
        }
        ErrorKind::ValueValidation => return invalid_value(error, &argument(), &value(), &help),
        ErrorKind::MissingRequiredArgument => (format!("{} missing", list(error, ContextKind::InvalidArg)), None),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg).map(|text| spelled(&text)).unwrap_or_default();
            if other == argument() || other.is_empty() {
                (format!("`{}` is given twice", argument()), None)
            } else {
                (format!("`{}` and `{other}` cannot be used together", argument()), None)
            }
        }
        ErrorKind::NoEquals => (format!("`{}` needs `=` before its value", argument()), None),
        ErrorKind::TooManyValues => (format!("`{}` is one value too many for `{}`", value(), argument()), None),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            (format!("`{}` needs more values", argument()), None)
        }
        ErrorKind::InvalidUtf8 => ("an argument is no valid Unicode".to_owned(), None),
        _ => ("the arguments are not understood".to_owned(), None),
    };
    let meant = super::integrations::accounts::in_order(arguments).or(meant);
    Error::usage(message).hint(meant.unwrap_or(help))
}

/// The parser of the value has said what is wrong; its own error carries the words and the hint.
fn invalid_value(error: &clap::Error, argument: &str, value: &str, help: &str) -> Error {
    use std::error::Error as _;
    let source = error.source();
    match source.and_then(|source| source.downcast_ref::<Error>()) {
        Some(own) => {
            let hint = own.hint.clone().unwrap_or_else(|| help.to_owned());
            Error::usage(format!("`{argument}`: {}", own.message)).hint(hint)
        }
        None => {
            let why = source.map(|source| format!(": {}", plain(&source.to_string()))).unwrap_or_default();
            Error::usage(format!("`{argument}` takes no `{value}`{why}")).hint(help)
        }
    }
}

/// What the standard library says of a number, in words for people.
fn plain(why: &str) -> &str {
    match why {
        "invalid digit found in string" | "cannot parse integer from empty string" => "it is no whole number",
        why => why,
    }
}

fn list(error: &clap::Error, kind: ContextKind) -> String {
    let names: Vec<String> = match error.get(kind) {
        Some(ContextValue::Strings(names)) => names.iter().map(|name| spelled(name)).collect(),
        Some(ContextValue::String(name)) => vec![spelled(name)],
        _ => Vec::new(),
    };
    let verb = if names.len() > 1 { "are" } else { "is" };
    format!("{} {verb}", super::ui::words::names(&names))
}

/// `--name <NAME>` and `<NAME>...` as a person types them: `--name`, `NAME`.
fn spelled(argument: &str) -> String {
    match argument.split_once([' ', '=']) {
        Some((option, _)) if option.starts_with('-') => option.to_owned(),
        _ => argument.trim_matches(['<', '>', '[', ']', '.']).to_owned(),
    }
}

/// The command that the arguments got to: `appctl connections sync`.
fn command_path(arguments: &[OsString]) -> String {
    let mut command = super::command();
    let mut path = command.get_name().to_owned();
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        let Some(next) = command.find_subcommand(word).cloned() else { continue };
        path.push(' ');
        path.push_str(word);
        command = next;
    }
    path
}

/// Whether a script reads the errors, judged without a parser, since the parser failed.
fn options(arguments: &[OsString]) -> Options {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let follows = |at: usize| words.get(at + 1).copied().unwrap_or_default();
    let json = words.iter().enumerate().any(|(at, word)| match *word {
        "--json" | "--jq" => true,
        "-o" | "--output" => follows(at).starts_with("json"),
        word => word.starts_with("--jq=") || word.starts_with("--output=json") || word.starts_with("-ojson"),
    });
    let color = if words.contains(&"--color=never") { When::Never } else { When::Auto.or_environment() };
    Options { format: if json { Format::Json } else { Format::Table }, color, ..Options::default() }
}
