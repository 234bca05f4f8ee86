//! The questions of `records import`: asked only when something is missing and somebody can answer. What is missing
//! otherwise is refused by the engine, which names the flag.

use std::path::Path;

use crate::app::App;
use crate::base::{FieldName, Kind, Result, Table};
use crate::cli::ui::{Ui, words};
use crate::records::import::{Format, Source, Target, guess_field, sheets};
use crate::tables;

use super::{Args, Empty};

/// How many rows are shown.
const ROWS: usize = 5;

/// Asks for the file and the sheet; says whether it did.
pub fn file(ui: &mut Ui, args: &mut Args) -> Result<bool> {
    let mut asked = false;
    if args.file.is_none() {
        args.file = Some(ui.ask_valid("file", None, "FILE", |path| {
            std::fs::metadata(path).map_err(crate::base::Error::from).map(|_| path.to_owned())
        })?);
        asked = true;
    }
    if let (Some(path), None) = (args.file.as_deref().filter(|path| *path != "-"), &args.sheet) {
        let names = sheets(Path::new(path), args.format)?;
        if names.len() > 1 {
            args.sheet = Some(names[ui.choose("sheet", &names, "--sheet NAME")?].clone());
            asked = true;
        }
    }
    Ok(asked)
}

/// Asks for what else is missing; says whether anything was asked.
pub fn complete(app: &App, ui: &mut Ui, args: &mut Args, source: &mut Source, asked: bool) -> Result<bool> {
    let table = match tables::find(app, &args.table) {
        Ok(table) => Some(table),
        Err(error) if error.kind == Kind::NotFound => None,
        Err(error) => return Err(error),
    };
    let unknown = |source: &Source, args: &Args, table: &Table| nowhere(source, args, table).len();
    let missing = match &table {
        None => !args.create,
        Some(table) => !args.create && unknown(source, args, table) > 0,
    };
    if !asked && !missing {
        return Ok(false);
    }
    preview(ui, source)?;
    if matches!(source.format, Format::Csv | Format::Xlsx | Format::Ods) && !args.no_header && args.header_row.is_none()
    {
        let items = ["the names of the columns".to_owned(), "a record: the file has no names".to_owned()];
        let first = source.columns.join(", ");
        if ui.choose(&format!("the first row ({first}) is"), &items, "--no-header")? == 1 {
            args.no_header = true;
            *source = args.open(app, ui)?;
        }
    }
    match table {
        None if !args.create => {
            ui.confirmed(&format!("There is no table `{}`. Make it from the file?", args.table))?;
            args.create = true;
        }
        None => {}
        Some(table) => ask_columns(ui, args, source, &table)?,
    }
    ask_key(app, ui, args, source)?;
    Ok(true)
}

fn preview(ui: &mut Ui, source: &mut Source) -> Result<()> {
    ui.say(format!("`{}`: {}", source.name, source.described))?;
    let mut text = format!("  {}", source.columns.join(" | "));
    for row in source.preview(ROWS)? {
        let cells: Vec<String> = row.iter().map(|cell| cell.chars().take(24).collect()).collect();
        text.push_str(&format!("\n  {}", cells.join(" | ")));
    }
    ui.say(text)
}

/// Columns that nobody has said anything about and whose names fit no field.
fn nowhere(source: &Source, args: &Args, table: &Table) -> Vec<String> {
    let said =
        |column: &str| args.ignore.iter().any(|name| name == column) || args.map.iter().any(|(name, _)| name == column);
    let lost = |column: &&String| !said(column) && guess_field(table, column) == Target::Nowhere;
    source.columns.iter().filter(lost).cloned().collect()
}

fn ask_columns(ui: &mut Ui, args: &mut Args, source: &Source, table: &Table) -> Result<()> {
    for column in nowhere(source, args, table) {
        let mut items = vec!["leave it out".to_owned()];
        items.extend(table.fields.iter().map(|field| field.name.to_string()));
        let chosen = ui.choose(&format!("column `{column}` goes to"), &items, "--map COLUMN=FIELD")?;
        match chosen.checked_sub(1) {
            None => args.ignore.push(column),
            Some(place) => args.map.push((column, table.fields[place].name.clone())),
        }
    }
    Ok(())
}

fn ask_key(app: &App, ui: &mut Ui, args: &mut Args, source: &Source) -> Result<()> {
    if !args.key.is_empty() {
        return Ok(());
    }
    let fields: Vec<FieldName> = match tables::find(app, &args.table) {
        Ok(table) => {
            let place = |column: &String| match guess_field(&table, column) {
                Target::Field(place) => Some(table.fields[place].name.clone()),
                _ => None,
            };
            source.columns.iter().filter_map(place).collect()
        }
        Err(_) => source.columns.iter().filter_map(|column| FieldName::parse(column).ok()).collect(),
    };
    let mut items = vec!["none: every row is a new record".to_owned()];
    items.extend(fields.iter().map(FieldName::to_string));
    if let Some(place) = ui.choose("the field that tells records apart", &items, "--key FIELD")?.checked_sub(1) {
        args.key = vec![fields[place].clone()];
    }
    Ok(())
}

/// The command that does the same without questions.
pub fn command(args: &Args) -> String {
    let mut words = vec!["appctl records import".to_owned(), words::shell(args.table.as_str())];
    words.extend(args.file.as_deref().map(words::shell));
    let mut flag = |name: &str, value: Option<String>| {
        words.push(name.to_owned());
        words.extend(value.map(|value| words::shell(&value)));
    };
    let switches = [
        ("--create", args.create),
        ("--no-header", args.no_header),
        ("--decimal-comma", args.decimal_comma),
        ("--skip-bad", args.skip_bad),
        ("--dry-run", args.dry_run),
    ];
    switches.iter().filter(|(_, on)| *on).for_each(|(name, _)| flag(name, None));
    let values = [
        ("--format", args.format.map(|format| format.word().to_owned())),
        ("--sheet", args.sheet.clone()),
        ("--header-row", args.header_row.map(|row| row.to_string())),
        (
            "--delimiter",
            args.delimiter.map(|byte| if byte == b'\t' { "tab".into() } else { char::from(byte).to_string() }),
        ),
        ("--encoding", args.encoding.clone()),
        ("--date-format", args.date_format.clone()),
        ("--empty", (args.empty == Empty::Text).then(|| "text".to_owned())),
        ("--report", args.report.as_ref().map(|path| path.display().to_string())),
        ("--key", (!args.key.is_empty()).then(|| args.key.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(","))),
    ];
    values.into_iter().filter(|(_, value)| value.is_some()).for_each(|(name, value)| flag(name, value));
    args.map.iter().for_each(|(column, field)| flag("--map", Some(format!("{column}={field}"))));
    args.ignore.iter().for_each(|column| flag("--ignore", Some(column.clone())));
    args.types.iter().for_each(|one| flag("--type", Some(one.written.clone())));
    words.join(" ")
}
