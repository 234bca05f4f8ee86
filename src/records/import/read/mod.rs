//! Files of rows, whatever their form: a name for each column, and the rows one after the other as often as they are needed.
//! What a cell means for a field is `convert`'s business; here it stays what it is in the file.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::base::{Doing, Error, Result};

mod csv;
mod encoding;
mod json;
mod sheet;

use encoding::Text;

/// One cell as the file has it.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// The row does not speak of this column
    Absent,
    /// Nothing is in it
    Empty,
    /// Text without a type: CSV. `""` in quotes is an empty one
    Plain(&'a str),
    /// A text cell of a spreadsheet
    Text(&'a str),
    /// A number of a spreadsheet, as its shortest digits
    Number(&'a str),
    Boolean(bool),
    /// `2026-11-24`
    Date(&'a str),
    /// `2026-11-24T06:00:00Z`
    DateTime(&'a str),
    /// A JSON value, verbatim
    Json(&'a RawValue),
    /// An error that a spreadsheet's cell holds: `#REF!`
    Fault(&'a str),
}

impl Raw<'_> {
    pub fn is_nothing(self) -> bool {
        matches!(self, Raw::Absent | Raw::Empty)
    }

    /// The cell for a person.
    pub fn shown(self) -> String {
        match self {
            Raw::Absent | Raw::Empty => String::new(),
            Raw::Boolean(truth) => truth.to_string(),
            Raw::Json(json) => json.get().to_owned(),
            Raw::Plain(text) | Raw::Text(text) | Raw::Number(text) | Raw::Date(text) | Raw::DateTime(text) => {
                text.to_owned()
            }
            Raw::Fault(text) => text.to_owned(),
        }
    }
}

/// One row of the file.
#[derive(Debug)]
pub struct Row<'a> {
    /// Where it is, as whoever opens the file sees it: see `Source::unit`
    pub place: u64,
    /// One for each column
    pub cells: Vec<Raw<'a>>,
    /// Why the row as a whole cannot be used
    pub fault: Option<String>,
}

/// What takes the rows.
pub type Each<'e> = dyn FnMut(Row<'_>) -> Result<ControlFlow<()>> + 'e;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Ods,
    Json,
    Jsonl,
}

impl Format {
    pub const ALL: [(Format, &'static str); 5] = [
        (Format::Csv, "csv"),
        (Format::Xlsx, "xlsx"),
        (Format::Ods, "ods"),
        (Format::Json, "json"),
        (Format::Jsonl, "jsonl"),
    ];

    pub fn word(self) -> &'static str {
        Format::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, word)| word)
    }
}

/// Where the column names are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Header {
    /// In the first row that has anything
    #[default]
    First,
    /// In this row, counted from 1; what is above is left out
    Row(u64),
    /// Nowhere: the columns are called `1`, `2`, …
    None,
}

/// How to read a file. What is not given is found out by looking at it.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    pub format: Option<Format>,
    pub sheet: Option<String>,
    pub header: Header,
    pub delimiter: Option<u8>,
    pub encoding: Option<String>,
    /// A `'` before a formula is part of the text
    pub raw: bool,
}

/// A file of rows.
pub struct Source {
    /// What people call it
    pub name: String,
    pub format: Format,
    pub columns: Vec<String>,
    /// How it is read, for people: `csv, utf-8, columns between commas`
    pub described: String,
    body: Body,
}

enum Body {
    Csv(File, Text, csv::Dialect),
    Sheet(Box<sheet::Sheet>),
    Json(File, Text, json::Form),
}

impl Source {
    /// Opens a file and looks at it. What cannot be read again from its beginning (a pipe) is copied into `folder` first.
    ///
    /// `Kind::NotFound` when it is not there, `Kind::Usage` when it is no file of rows or the options do not fit it.
    pub fn open(path: &Path, folder: &Path, options: &ReadOptions) -> Result<Self> {
        let name = path.display().to_string();
        let reading = || format!("reading `{name}`");
        let file = File::open(path).doing(reading)?;
        let meta = file.metadata().doing(reading)?;
        if meta.is_dir() {
            return Err(Error::usage(format!("`{name}` is a folder")).hint("give a file, or `-` for stdin"));
        }
        let file = if meta.is_file() { file } else { spooled(file, folder).doing(reading)? };
        let known = path.extension().and_then(|end| end.to_str()).map(str::to_lowercase);
        Source::of(file, name, known.as_deref(), options)
    }

    /// Reads stdin to its end and looks at it.
    pub fn stdin(folder: &Path, options: &ReadOptions) -> Result<Self> {
        let file = spooled(std::io::stdin().lock(), folder).doing(|| "reading stdin")?;
        Source::of(file, "stdin".to_owned(), None, options)
    }

    fn of(mut file: File, name: String, extension: Option<&str>, options: &ReadOptions) -> Result<Self> {
        let mut start = Vec::new();
        file.by_ref().take(encoding::SAMPLE).read_to_end(&mut start).doing(|| format!("reading `{name}`"))?;
        if start.is_empty() {
            return Err(Error::usage(format!("`{name}` is empty")));
        }
        let format = format(&name, extension, &start, options.format)?;
        refuse_foreign_options(format, options)?;
        let body = Source::body(file, &start, format, extension, options);
        let (columns, described, body) = body.map_err(|error| error.while_doing(format!("`{name}`")))?;
        if columns.is_empty() {
            return Err(Error::usage(format!("`{name}` has no columns")));
        }
        Ok(Source { name, format, columns, described, body })
    }

    /// The columns, how they are read, and what reads the rows.
    fn body(
        file: File,
        start: &[u8],
        format: Format,
        extension: Option<&str>,
        options: &ReadOptions,
    ) -> Result<(Vec<String>, String, Body)> {
        Ok(match format {
            Format::Xlsx | Format::Ods => {
                let sheet = sheet::Sheet::open(file, format, options)?;
                (
                    sheet.columns().to_vec(),
                    format!("{}, sheet `{}`", format.word(), sheet.name()),
                    Body::Sheet(Box::new(sheet)),
                )
            }
            Format::Csv => {
                let text = Text::look(&file, start, options.encoding.as_deref())?;
                let tab = extension == Some("tsv");
                let dialect = csv::Dialect::look(&mut text.reader(&file)?, tab, options)?;
                let said = format!("csv, {}, columns between {}", text.word(), dialect.word());
                (dialect.columns.clone(), said, Body::Csv(file, text, dialect))
            }
            Format::Json | Format::Jsonl => {
                let text = Text::look(&file, start, options.encoding.as_deref())?;
                let (columns, form) = json::Form::look(text.reader(&file)?, format)?;
                (columns, format.word().to_owned(), Body::Json(file, text, form))
            }
        })
    }

    /// What `Row::place` counts: lines of a text file, rows of a sheet, records of a JSON list.
    pub fn unit(&self) -> &'static str {
        match self.format {
            Format::Csv | Format::Jsonl => "line",
            Format::Xlsx | Format::Ods => "row",
            Format::Json => "record",
        }
    }

    /// Gives all rows below the header, from the first.
    pub fn rows(&mut self, each: &mut Each<'_>) -> Result<()> {
        let width = self.columns.len();
        let read = match &mut self.body {
            Body::Csv(file, text, dialect) => csv::rows(text.reader(file)?, dialect, each),
            Body::Sheet(sheet) => sheet.rows(each),
            Body::Json(file, text, form) => json::rows(text.reader(file)?, form, width, each),
        };
        read.map_err(|error| error.while_doing(format!("`{}`", self.name)))
    }

    /// The first rows as texts, for a person to look at.
    pub fn preview(&mut self, most: usize) -> Result<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        self.rows(&mut |row| {
            rows.push(row.cells.iter().map(|cell| cell.shown()).collect());
            Ok(if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(rows)
    }
}

/// The sheets of a spreadsheet, when this is one and has several: which of them to read must be said.
pub fn sheets(path: &Path, format: Option<Format>) -> Result<Vec<String>> {
    let known = path.extension().and_then(|end| end.to_str()).map(str::to_lowercase);
    let by_name = Format::ALL.iter().find(|(_, word)| Some(*word) == known.as_deref()).map(|(format, _)| *format);
    match format.or(by_name) {
        Some(format @ (Format::Xlsx | Format::Ods)) => sheet::sheet_names(File::open(path)?, format),
        _ => Ok(Vec::new()),
    }
}

/// A copy that can be read from its beginning again; nobody else can open it, and it goes with the process.
fn spooled(mut from: impl Read, folder: &Path) -> Result<File> {
    let mut file = tempfile::tempfile_in(folder)?;
    std::io::copy(&mut from, &mut file)?;
    file.rewind()?;
    Ok(file)
}

const FORMATS: &str = "`--format csv`, `xlsx`, `ods`, `json` or `jsonl`";

fn format(name: &str, extension: Option<&str>, start: &[u8], given: Option<Format>) -> Result<Format> {
    let is_zip = start.starts_with(b"PK\x03\x04");
    let content = if is_zip {
        let ods = start.len() > 90 && start[30..90].windows(11).any(|part| part == b"spreadsheet");
        Some(if ods { Format::Ods } else { Format::Xlsx })
    } else {
        match start.iter().copied().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) {
            Some(b'[') => Some(Format::Json),
            Some(b'{') => Some(Format::Jsonl),
            _ => None,
        }
    };
    let format = match (given, extension) {
        (Some(format), _) => format,
        (None, Some("csv" | "tsv" | "txt")) => Format::Csv,
        (None, Some("xlsx" | "xlsm")) => Format::Xlsx,
        (None, Some("ods")) => Format::Ods,
        (None, Some("json")) => Format::Json,
        (None, Some("jsonl" | "ndjson")) => Format::Jsonl,
        (None, Some(other)) => {
            let error = Error::usage(format!("`{name}`: files of the kind `{other}` cannot be imported"));
            return Err(match other {
                "xls" | "xlsb" | "numbers" => error.hint("save it as xlsx or csv first"),
                _ => error.hint(format!("say what is in it: {FORMATS}")),
            });
        }
        (None, None) => content.unwrap_or(Format::Csv),
    };
    let is_sheet = matches!(format, Format::Xlsx | Format::Ods);
    match content {
        Some(content @ (Format::Xlsx | Format::Ods)) if !is_sheet => {
            Err(Error::usage(format!("`{name}` is a spreadsheet and not {}", format.word()))
                .hint(format!("read it with `--format {}`", content.word())))
        }
        _ if is_sheet && !is_zip => Err(Error::usage(format!("`{name}` is no {} file", format.word()))
            .hint(format!("say what is in it: {FORMATS}"))),
        Some(Format::Json) if format == Format::Jsonl => {
            Err(Error::usage(format!("`{name}` is one JSON list and not a line for each record"))
                .hint("read it with `--format json`"))
        }
        _ => Ok(format),
    }
}

fn refuse_foreign_options(format: Format, options: &ReadOptions) -> Result<()> {
    let sheet = matches!(format, Format::Xlsx | Format::Ods);
    let json = matches!(format, Format::Json | Format::Jsonl);
    let foreign = [
        ("--sheet", options.sheet.is_some() && !sheet),
        ("--delimiter", options.delimiter.is_some() && format != Format::Csv),
        ("--encoding", options.encoding.is_some() && sheet),
        ("--header-row", matches!(options.header, Header::Row(_)) && json),
        ("--no-header", options.header == Header::None && json),
    ];
    match foreign.iter().find(|(_, is)| *is) {
        Some((flag, _)) => Err(Error::usage(format!("`{flag}` means nothing for {}", format.word()))),
        None => Ok(()),
    }
}

/// Names for the columns that a header row gives: trimmed, without empty ones at the end.
fn names(cells: &[Raw<'_>], described: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = cells.iter().map(|cell| cell.shown().trim().to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    if names.is_empty() {
        return Err(Error::usage(format!("{described} names no column")).hint("name the row with `--header-row N`"));
    }
    if names.iter().any(|name| name.contains('\0')) {
        return Err(Error::usage(format!(
            "{described} has NUL characters in it: this is no text file, or another encoding"
        ))
        .hint("name its encoding with `--encoding`, for example `utf-16le`"));
    }
    Ok(names)
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

/// Brings a row to the width of the header: empty cells beyond it are nothing, others a fault.
fn fit(cells: &mut Vec<Raw<'_>>, width: usize, pad: bool) -> Option<String> {
    let found = cells.len();
    while cells.len() > width && cells.last().is_some_and(|cell| cell.is_nothing()) {
        cells.pop();
    }
    if cells.len() > width || (cells.len() < width && !pad) {
        cells.resize(width, Raw::Absent);
        let cell = if found == 1 { "cell" } else { "cells" };
        return Some(format!("has {found} {cell}, the header {width}"));
    }
    cells.resize(width, Raw::Empty);
    None
}

/// A file from its beginning, in blocks.
fn from_start(file: &File) -> Result<BufReader<File>> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(BufReader::with_capacity(1 << 17, file))
}

/// The path that a person gave, `-` being stdin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Stdin,
    File(PathBuf),
}
