//! `appctl records import`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Error, FieldName, FieldType, Kind, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Ui, words};
use crate::records::import::{self, Event, Format, Forms, Header, Input, ReadOptions, Request, Source};

pub mod errors;
mod shown;
mod wizard;

use errors::Errors;
use shown::Imported;

#[derive(clap::Args)]
#[command(after_help = "\
Columns go to the fields of the same names; case, spaces and dashes make no difference (`E-mail` goes to `email`). A column \
without a field is an error, unless it is mapped or ignored. Columns without a name are named by their numbers.

A new table's fields get types that keep every value as it is: `007`, `+1`, `NA`, long digits and dates in another form than \
2026-11-24 stay texts. A column `id` becomes the key; without one, and without `--key`, each record gets a number.

An empty cell is null; with `--empty text` it is an empty text in fields that take one. In CSV, `\"\"` in quotes is always an \
empty text there, as exports write it; a `'` that an export put before a formula goes (`--csv-raw` keeps it).

The import is one operation: all rows, or none when one is bad (`--skip-bad` brings the others, with exit status 7).

Examples:
  appctl records import people people.csv --create
  appctl records import people people.xlsx --map 'E-mail=email' --key email --dry-run
  appctl records import orders orders.csv --create --date-format '%d.%m.%Y' --decimal-comma --type customer:relation=people
  curl -s https://example.com/tasks.jsonl | appctl records import tasks - --format jsonl --report bad.csv --skip-bad")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The file, or `-` for stdin
    #[arg(value_hint = clap::ValueHint::FilePath)]
    file: Option<String>,
    /// Make the table, its fields' types taken from all values
    #[arg(long)]
    create: bool,
    /// Read the file as csv, xlsx, ods, json or jsonl
    #[arg(long, value_name = "FORM", value_parser = format)]
    format: Option<Format>,
    /// Read this sheet, named or by its number
    #[arg(long, value_name = "NAME|N")]
    sheet: Option<String>,
    /// Take the columns' names from this line or row, and leave out what is above
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    header_row: Option<u64>,
    /// Take the first row as a record; the columns are called 1, 2, …
    #[arg(long, conflicts_with = "header_row")]
    no_header: bool,
    /// Split a line's cells at this character (`tab` for a tab)
    #[arg(long, value_name = "C", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Decode the text from this encoding: utf-8, utf-16le, windows-1252, …
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Put a column into this field; repeat it for others
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, FieldName)>,
    /// Leave a column out; repeat it for others
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Change the records with the same values in these fields, and add the others
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    key: Vec<FieldName>,
    /// Give a new table's field this type; repeat it for others
    #[arg(long = "type", value_name = "FIELD:TYPE", value_parser = typed)]
    types: Vec<Typed>,
    /// Read dates in this form, in the words of strftime
    #[arg(long, value_name = "FORM")]
    date_format: Option<String>,
    /// Read numbers with a comma before their fraction: 1.234,50
    #[arg(long)]
    decimal_comma: bool,
    /// Keep an empty cell as null or as an empty text
    #[arg(
        long,
        value_name = "null|text",
        default_value = "null",
        hide_default_value = true,
        hide_possible_values = true
    )]
    empty: Empty,
    /// Bring the good rows when there are bad ones
    #[arg(long)]
    skip_bad: bool,
    /// Write all errors into this file, as CSV
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    report: Option<std::path::PathBuf>,
    /// Do everything but keep nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Empty {
    Null,
    Text,
}

fn format(text: &str) -> std::result::Result<Format, String> {
    let found = Format::ALL.iter().find(|(_, word)| *word == text).map(|(format, _)| *format);
    found.ok_or_else(|| "files are csv, xlsx, ods, json or jsonl".to_owned())
}

fn delimiter(text: &str) -> std::result::Result<u8, String> {
    let named = [("tab", b'\t'), ("\\t", b'\t'), ("comma", b','), ("semicolon", b';'), ("pipe", b'|'), ("space", b' ')];
    match (named.iter().find(|(name, _)| *name == text), text.as_bytes()) {
        (Some((_, byte)), _) => Ok(*byte),
        (None, [byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        (None, _) => Err("give one ASCII character, or `tab`".to_owned()),
    }
}

fn pair(text: &str) -> std::result::Result<(String, FieldName), String> {
    // A column's name may have a `=` in it, a field's seldom does.
    let (column, field) = text.rsplit_once('=').ok_or("write COLUMN=FIELD")?;
    Ok((column.to_owned(), FieldName::parse(field).map_err(|error| error.message)?))
}

/// A field's type, and how it was written.
#[derive(Clone, Debug)]
struct Typed {
    field: FieldName,
    field_type: FieldType,
    written: String,
}

fn typed(text: &str) -> std::result::Result<Typed, String> {
    let (field, kind) = text.split_once(':').ok_or("write FIELD:TYPE")?;
    let told = |error: Error| error.message;
    let (field, field_type) = (FieldName::parse(field).map_err(told)?, FieldType::parse(kind).map_err(told)?);
    Ok(Typed { field, field_type, written: text.to_owned() })
}

impl Args {
    fn options(&self, ui: &Ui) -> ReadOptions {
        ReadOptions {
            format: self.format,
            sheet: self.sheet.clone(),
            header: match (self.header_row, self.no_header) {
                (_, true) => Header::None,
                (Some(row), _) => Header::Row(row),
                (None, false) => Header::First,
            },
            delimiter: self.delimiter,
            encoding: self.encoding.clone(),
            raw: ui.is_csv_raw(),
        }
    }

    fn request(&self) -> Request {
        Request {
            table: self.table.clone(),
            create: self.create,
            map: self.map.clone(),
            ignore: self.ignore.clone(),
            key: self.key.clone(),
            types: self.types.iter().map(|one| (one.field.clone(), one.field_type.clone())).collect(),
            forms: Forms {
                date: self.date_format.clone(),
                decimal_comma: self.decimal_comma,
                empty_is_text: self.empty == Empty::Text,
            },
            skip_bad: self.skip_bad,
            dry_run: self.dry_run,
        }
    }

    fn input(&self) -> Result<Input> {
        match self.file.as_deref() {
            None => Err(Error::usage("no file is named")
                .hint(format!("name it: `appctl records import {} FILE`, or `-` for stdin", self.table.shell()))),
            Some("-") => Ok(Input::Stdin),
            Some(path) => Ok(Input::File(path.into())),
        }
    }

    fn open(&self, app: &App, ui: &Ui) -> Result<Source> {
        let (options, folder) = (self.options(ui), app.store.folder());
        match self.input()? {
            Input::Stdin => Source::stdin(folder, &options),
            Input::File(path) => Source::open(&path, folder, &options),
        }
    }
}

pub async fn run(app: &mut App, ui: &mut Ui, mut args: Args) -> Result<()> {
    let asked = ui.can_ask() && wizard::file(ui, &mut args)?;
    let mut source = args.open(app, ui)?;
    let asked = ui.can_ask() && wizard::complete(app, ui, &mut args, &mut source, asked)?;
    let (options, request) = (args.options(ui), args.request());
    let mut errors = Errors::open(args.report.as_deref(), ui.is_yes())?;
    let (interrupt, mut progress) = (ui.interrupted(), ui.progress());
    let mut known = None;
    let name = source.name.clone();
    let mut tell = |event: Event<'_>, total: Option<u64>| match event {
        Event::Bad(bad) => errors.add(bad),
        Event::Rows(rows) => {
            match rows {
                0 => progress.step(&format!("looking at all of `{name}`")),
                rows => progress.show(&name, rows, total, "rows"),
            }
            interrupt.check()
        }
    };
    let plan = import::plan(app, &mut source, &options, &request, &mut |event| tell(event, None))?;
    known = known.or(plan.rows);
    ui.say(shown::plan(&source, &plan))?;
    if asked {
        ui.confirmed(&format!("Import into `{}`?", plan.table.name))?;
    }
    let report = import::run(app, &mut source, &plan, &request, &mut |event| tell(event, known))?;
    drop(progress);
    errors.close()?;
    errors.first.sort_by_key(|bad| bad.place);
    let imported = Imported::of(&plan, &request, &report, &errors);
    if report.bad > 0 && !ui.speaks_json() {
        ui.warn(shown::errors(&source, &report, &errors))?;
    }
    ui.outcome(&imported)?;
    if asked {
        ui.say(format!("the same without questions: {}", wizard::command(&args)))?;
    }
    verdict(&report, &errors)
}

fn verdict(report: &import::Report, errors: &Errors) -> Result<()> {
    if report.bad == 0 {
        return Ok(());
    }
    let of = format!("{} of {}", words::count(report.bad), words::counted(report.rows, "row", "rows"));
    if report.done {
        return Err(Error::new(Kind::Partial, format!("{of} could not be imported and were skipped")));
    }
    let write = if errors.is_written() { "" } else { ", write all errors down with `--report FILE`" };
    Err(Error::failed(format!("{of} cannot be imported; nothing was changed"))
        .hint(format!("correct them{write}, or leave them out with `--skip-bad`")))
}
