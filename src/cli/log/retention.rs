//! `appctl log retention`

use serde::Serialize;

use crate::app::{App, Retention};
use crate::base::{Error, Result, Value};
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::operations;

#[derive(clap::Args)]
#[command(after_help = "\
Older operations go a few at a time whenever something is written, or all at once with `appctl log prune`. A long silence \
counts for a tenth of that time at most, so that a clock that was set ahead by mistake makes nothing go by itself.

Examples:
  appctl log retention
  appctl log retention 90d
  appctl log retention forever")]
pub struct Args {
    /// Keep operations for so long: `90d`, `12w`, or `forever`
    time: Option<String>,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let Some(text) = &args.time else {
        let days = operations::retention(app)?.days;
        return ui.outcome(&Kept { days, said: None });
    };
    let retention = Retention { days: days(text)? };
    operations::keep_for(app, retention)?;
    let said = match retention.days {
        Some(days) => format!("operations are kept for {}", words::counted(days.into(), "day", "days")),
        None => "operations are kept for ever".to_owned(),
    };
    ui.outcome(&Kept { days: retention.days, said: Some(said) })
}

fn days(text: &str) -> Result<Option<u32>> {
    if text == "forever" {
        return Ok(None);
    }
    let (digits, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let many = match unit {
        "d" => Some(1),
        "w" => Some(7),
        _ => None,
    };
    let days = many.and_then(|many| digits.parse::<u32>().ok()?.checked_mul(many)).filter(|days| *days > 0);
    days.map(Some).ok_or_else(|| {
        Error::usage(format!("`{text}` is no time to keep operations for")).hint("write `30d`, `12w` or `forever`")
    })
}

#[derive(Serialize)]
struct Kept {
    /// `null`: for ever
    days: Option<u32>,
    #[serde(skip)]
    said: Option<String>,
}

impl Outcome for Kept {
    fn sheet(&self) -> Sheet {
        let days = self.days.map_or(Value::text("forever"), |days| Value::Integer(days.into()));
        Sheet::thing([(Column::text("days"), days)])
    }

    fn shown(&self) -> Sheet {
        if self.said.is_some() { Sheet::nothing() } else { self.sheet() }
    }

    fn said(&self) -> Option<String> {
        self.said.clone()
    }
}
