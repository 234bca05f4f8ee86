//! `appctl records export`

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::app::App;
use crate::base::{Doing, Error, Kind, Result};
use crate::cli::ui::{self, Ui, words};
use crate::records::export::Spreadsheet;
use crate::records::{self, Listing};
use crate::tables;

use super::import::errors::folder_of;
use super::list::{Which, show};

#[derive(clap::Args)]
#[command(after_help = "\
CSV follows RFC 4180: nothing between two commas is null, `\"\"` is an empty text; a text that a spreadsheet would run as a \
formula gets a `'` in front (`--csv-raw` leaves it as it is). A spreadsheet has integers beyond 2^53, decimals and times as \
texts, because it would round them. `records import` reads each of these files back as it was; that is why only stored \
fields are written, and what is worked out or lies behind a relation only where `--fields` asks for it.

Examples:
  appctl records export contacts > contacts.csv
  appctl records export deals --where \"stage = 'won'\" -o jsonl > won.jsonl
  appctl records export deals --to deals.xlsx
  appctl records export tasks --fields title,owner.name > tasks.csv")]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Write csv, json, jsonl or xlsx
    #[arg(long, value_name = "FORM", value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// Write into this file instead of stdout; its ending says the form
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    to: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
    Jsonl,
    Xlsx,
}

impl Args {
    /// What was said, what the file's name says, or what `-o` says.
    fn format(&self, ui: &Ui) -> Result<Format> {
        let ending = self.to.as_deref().and_then(Path::extension).and_then(|end| end.to_str()).map(str::to_lowercase);
        let said = match ui.format() {
            ui::Format::Table => None,
            ui::Format::Csv => Some(Format::Csv),
            ui::Format::Json => Some(Format::Json),
            ui::Format::Jsonl => Some(Format::Jsonl),
        };
        let named = match ending.as_deref() {
            Some("csv") => Some(Format::Csv),
            Some("json") => Some(Format::Json),
            Some("jsonl" | "ndjson") => Some(Format::Jsonl),
            Some("xlsx") => Some(Format::Xlsx),
            _ => None,
        };
        match (self.format.or(named).or(said), ending) {
            (Some(format), _) => Ok(format),
            (None, None) => Ok(Format::Csv),
            (None, Some(ending)) => Err(Error::usage(format!("files of the kind `{ending}` cannot be written"))
                .hint("say what to write: `--format csv`, `json`, `jsonl` or `xlsx`")),
        }
    }
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let format = args.format(ui)?;
    let mut target = args.to.map(|path| Target::begin(path, ui.is_yes())).transpose()?;
    let rows = match (format, &mut target) {
        (Format::Xlsx, None) if ui.is_terminal() => {
            return Err(Error::usage("a spreadsheet cannot be shown on a terminal")
                .hint("write it into a file: `--to FILE.xlsx`"));
        }
        (Format::Xlsx, target) => {
            let sheet = spreadsheet(app, ui, args.which)?;
            match target {
                Some(target) => Some(sheet.finish(target.file.as_file_mut())?),
                None => {
                    let mut bytes = NamedTempFile::new_in(app.store.folder())?;
                    sheet.finish(bytes.as_file_mut())?;
                    ui.copy(bytes.reopen()?)?;
                    None
                }
            }
        }
        (text, target) => {
            ui.set_format(match text {
                Format::Json => ui::Format::Json,
                Format::Jsonl => ui::Format::Jsonl,
                _ => ui::Format::Csv,
            });
            if let Some(target) = target {
                ui.write_into(Box::new(target.file.reopen()?));
            }
            show(app, ui, args.which)?;
            None
        }
    };
    let Some(target) = target else { return Ok(()) };
    let path = target.finish()?;
    let rows = rows.map(|rows| format!("{} ", words::counted(rows, "record", "records"))).unwrap_or_default();
    ui.say(format!("wrote {rows}into `{}`", path.display()))
}

fn spreadsheet(app: &App, ui: &Ui, which: Which) -> Result<Spreadsheet> {
    let Which { table, filter, sort, fields, limit, after } = which;
    let table = tables::find(app, &table)?;
    let query = records::prepare(app, &table, &Listing { filter, sort, fields, limit, after })?;
    let columns = records::columns(app, &query)?;
    let columns = columns.into_iter().map(|shape| (shape.name, shape.field_type)).collect();
    let mut sheet = Spreadsheet::begin(table.name.as_str(), columns, app.store.folder())?;
    let (interrupt, mut progress) = (ui.interrupted(), ui.progress());
    let mut rows = 0;
    records::stream(app, &query, &mut |cells| {
        interrupt.check()?;
        rows += 1;
        if rows % 4096 == 0 {
            progress.show(table.name.as_str(), rows, None, "records");
        }
        sheet.row(cells.iter().copied())?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(sheet)
}

/// The file that is written: beside its place, and put there when it is whole.
struct Target {
    file: NamedTempFile,
    path: PathBuf,
    over: bool,
}

impl Target {
    /// `Kind::Conflict` when there is a file already and it may not be replaced.
    fn begin(path: PathBuf, over: bool) -> Result<Self> {
        if !over && path.exists() {
            return Err(Error::new(Kind::Conflict, format!("`{}` is there already", path.display()))
                .hint("add `--yes` to write over it, or choose another name"));
        }
        let folder = folder_of(&path)?;
        let mut builder = tempfile::Builder::new();
        // A file of the person's own, as any other program would make it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).doing(|| format!("writing `{}`", path.display()))?;
        Ok(Target { file, path, over })
    }

    fn finish(mut self) -> Result<PathBuf> {
        let doing = || format!("writing `{}`", self.path.display());
        self.file.flush().doing(doing)?;
        let placed = if self.over { self.file.persist(&self.path) } else { self.file.persist_noclobber(&self.path) };
        placed.map_err(|error| error.error).doing(doing)?;
        Ok(self.path)
    }
}
