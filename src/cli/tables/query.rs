//! `appctl tables query`

use std::collections::BTreeSet;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::app::{App, Cut, SelectLimits};
use crate::base::{Doing as _, Error, Result};
use crate::cli::ui::{Column, Ui, words};
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = "\
Only reading is possible. `decimal_key(x)` and `datetime_key(x)` compare exact numbers and times, `decimal_sum(x)` adds without rounding.

Examples:
  appctl tables query 'select stage, count(*) from deals group by stage'
  appctl tables query @report.sql -o csv > report.csv")]
pub struct Args {
    /// The SQL, `@FILE` or `-` for stdin
    sql: String,
    /// Stop after this many rows
    #[arg(long, value_name = "ROWS", default_value_t = SelectLimits::default().rows)]
    limit: u64,
    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = SelectLimits::default().time.as_secs())]
    timeout: u64,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let sql = sql(&args.sql)?;
    let limits = SelectLimits { rows: args.limit, time: Duration::from_secs(args.timeout) };
    let interrupt = ui.interrupted();
    let (log, wish) = (app.store.log_watch(), interrupt.clone());
    ui.while_paused(move || wish.check().and_then(|()| log.check()));
    let mut waiting = Some(&mut *ui);
    let mut writer = None;
    let selected = tables::query(app, &sql, &limits, &mut |names, cells| {
        interrupt.check()?;
        if let Some(ui) = waiting.take() {
            writer = Some(ui.rows(columns(names))?);
        }
        writer.as_mut().expect("made at the first row").row(cells.iter().copied())?;
        Ok(ControlFlow::Continue(()))
    })?;
    match (writer, waiting) {
        (Some(writer), _) => writer.finish()?,
        (None, Some(ui)) => ui.rows(columns(&selected.columns))?.finish()?,
        (None, None) => 0,
    };
    match selected.cut {
        None => Ok(()),
        Some(Cut::Rows) => ui.warn(format!(
            "the query has more than {}; this is not all (`--limit ROWS`)",
            words::counted(args.limit, "row", "rows")
        )),
        Some(Cut::Time) => ui.warn(format!(
            "the query was stopped after {}; this is not all (`--timeout SECONDS`)",
            words::counted(args.timeout, "second", "seconds")
        )),
    }
}

fn sql(text: &str) -> Result<String> {
    match text.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).doing(|| format!("reading `{path}`")),
        None if text == "-" => {
            let mut sql = String::new();
            std::io::stdin().read_to_string(&mut sql).map_err(Error::from).doing(|| "reading stdin")?;
            Ok(sql)
        }
        None => Ok(text.to_owned()),
    }
}

/// Columns with names of their own, because in JSON the second `count` would take the place of the first.
fn columns(names: &[String]) -> Vec<Column> {
    let mut taken = BTreeSet::new();
    let unique = |name: &String| {
        let free = (2..).map(|number| format!("{name}_{number}"));
        let name = std::iter::once(name.clone()).chain(free).find(|name| taken.insert(name.clone()));
        Column::text(name.expect("numbers do not end"))
    };
    names.iter().map(unique).collect()
}
