//! XLSX and ODS. Cells keep the type that they have in the sheet: a text stays a text, leading zeros included. XLSX is read
//! cell by cell; ODS is held, as its library has no other way.

use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader as _, Xlsx};

use super::{Each, Format, Header, Raw, ReadOptions, Row, fit, names, numbered};
use crate::base::{Error, Kind, Result};

/// Takes a cell, or a row of cells, with its place counted from 0.
type EachCell<'e> = dyn FnMut(u32, u32, Cell) -> Result<ControlFlow<()>> + 'e;
type EachLine<'e> = dyn FnMut(u32, &[Cell]) -> Result<ControlFlow<()>> + 'e;

enum Book {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Ods(Box<Ods<BufReader<File>>>),
}

pub struct Sheet {
    book: Book,
    name: String,
    columns: Vec<String>,
    /// The first row below the header, counted from 0
    first: u32,
}

/// The names of the sheets.
pub fn sheet_names(file: File, format: Format) -> Result<Vec<String>> {
    Ok(Book::open(file, format)?.names())
}

impl Book {
    fn open(file: File, format: Format) -> Result<Self> {
        let file = super::from_start(&file)?;
        match format {
            Format::Ods => Ods::new(file).map(|book| Book::Ods(Box::new(book))).map_err(|error| damaged(&error)),
            _ => Xlsx::new(file).map(|book| Book::Xlsx(Box::new(book))).map_err(|error| damaged(&error)),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Book::Xlsx(book) => book.sheet_names(),
            Book::Ods(book) => book.sheet_names(),
        }
    }

    /// Gives every cell with its place, row by row.
    fn cells(&mut self, sheet: &str, each: &mut EachCell<'_>) -> Result<()> {
        match self {
            Book::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
                    let (row, column) = cell.get_position();
                    if each(row, column, Cell::of(cell.get_value()))?.is_break() {
                        break;
                    }
                }
            }
            Book::Ods(book) => {
                let range = book.worksheet_range(sheet).map_err(|error| damaged(&error))?;
                let (top, left) = range.start().unwrap_or((0, 0));
                for (row, column, data) in range.used_cells() {
                    let (row, column) = (top + small(row), left + small(column));
                    if each(row, column, Cell::of_ods(data))?.is_break() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn damaged(error: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Failed, format!("the spreadsheet cannot be read: {error}"))
        .hint("open it and save it again, or save the sheet as csv")
}

impl Sheet {
    /// Opens the sheet that is named, by its name or its number; the only one when none is.
    pub fn open(file: File, format: Format, options: &ReadOptions) -> Result<Self> {
        let book = Book::open(file, format)?;
        let name = choose(&book.names(), options.sheet.as_deref())?;
        let mut sheet = Sheet { book, name, columns: Vec::new(), first: 0 };
        sheet.find_header(options.header)?;
        Ok(sheet)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    fn find_header(&mut self, header: Header) -> Result<()> {
        let mut found = None;
        let wanted = match header {
            Header::Row(row) => small(usize::try_from(row).unwrap_or(usize::MAX)).saturating_sub(1),
            _ => 0,
        };
        self.lines(&mut |row, cells| {
            if row < wanted {
                return Ok(ControlFlow::Continue(()));
            }
            let raws: Vec<Raw<'_>> = cells.iter().map(Cell::raw).collect();
            found = Some((row, raws.len(), names(&raws, &format!("row {}", row + 1))));
            Ok(ControlFlow::Break(()))
        })?;
        let missing = || {
            Error::usage(format!(
                "sheet `{}` has nothing in it{}",
                self.name,
                if wanted > 0 { " from there on" } else { "" }
            ))
        };
        let (row, width, named) = found.ok_or_else(missing)?;
        (self.columns, self.first) = if header == Header::None { (numbered(width), row) } else { (named?, row + 1) };
        Ok(())
    }

    /// Gives the rows below the header that have anything in them.
    pub fn rows(&mut self, each: &mut Each<'_>) -> Result<()> {
        let (width, first) = (self.columns.len(), self.first);
        self.lines(&mut |row, cells| {
            if row < first {
                return Ok(ControlFlow::Continue(()));
            }
            let mut cells: Vec<Raw<'_>> = cells.iter().map(Cell::raw).collect();
            let fault = fit(&mut cells, width, true);
            each(Row { place: u64::from(row) + 1, cells, fault })
        })
    }

    /// Puts the cells together to rows.
    fn lines(&mut self, each: &mut EachLine<'_>) -> Result<()> {
        let mut line: Vec<Cell> = Vec::new();
        let (mut at, mut stopped) = (0, false);
        self.book.cells(&self.name, &mut |row, column, cell| {
            if cell == Cell::Empty {
                return Ok(ControlFlow::Continue(()));
            }
            if row != at && !line.is_empty() {
                let flow = each(at, &line)?;
                line.clear();
                stopped = flow.is_break();
                if stopped {
                    return Ok(flow);
                }
            }
            at = row;
            let column = column as usize;
            if line.len() <= column {
                line.resize(column + 1, Cell::Empty);
            }
            line[column] = cell;
            Ok(ControlFlow::Continue(()))
        })?;
        if !stopped && !line.is_empty() {
            let _ = each(at, &line)?;
        }
        Ok(())
    }
}

fn choose(names: &[String], wanted: Option<&str>) -> Result<String> {
    let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (wanted, names) {
        (_, []) => Err(Error::usage("there is no sheet in it")),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Error::usage(format!("there are {} sheets: {}", names.len(), listed()))
            .hint("choose one with `--sheet NAME`, or its number")),
        (Some(wanted), _) => {
            let by_name = names.iter().find(|name| *name == wanted);
            let by_number = || wanted.parse::<usize>().ok().and_then(|number| names.get(number.checked_sub(1)?));
            by_name.or_else(by_number).cloned().ok_or_else(|| {
                Error::not_found(format!("there is no sheet `{wanted}`")).hint(format!("the sheets are {}", listed()))
            })
        }
    }
}

/// A cell that outlives the library's own.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Empty,
    Text(String),
    Number(String),
    Boolean(bool),
    Date(String),
    DateTime(String),
    Fault(String),
}

impl Cell {
    fn raw(&self) -> Raw<'_> {
        match self {
            Cell::Empty => Raw::Empty,
            Cell::Text(text) => Raw::Text(text),
            Cell::Number(digits) => Raw::Number(digits),
            Cell::Boolean(truth) => Raw::Boolean(*truth),
            Cell::Date(text) => Raw::Date(text),
            Cell::DateTime(text) => Raw::DateTime(text),
            Cell::Fault(text) => Raw::Fault(text),
        }
    }

    fn of(data: &DataRef<'_>) -> Self {
        match data {
            DataRef::Empty => Cell::Empty,
            DataRef::Int(number) => Cell::Number(number.to_string()),
            DataRef::Float(number) => Cell::Number(digits(*number)),
            DataRef::String(text) => Cell::Text(text.clone()),
            DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
            DataRef::Bool(truth) => Cell::Boolean(*truth),
            DataRef::DateTime(time) => moment(time),
            DataRef::DateTimeIso(text) => iso(text),
            DataRef::DurationIso(text) => Cell::Text(text.clone()),
            DataRef::Error(error) => Cell::Fault(error.to_string()),
        }
    }

    fn of_ods(data: &Data) -> Self {
        match data {
            // ODS keeps an error as the text that is shown for it.
            Data::String(text) if is_error(text) => Cell::Fault(text.clone()),
            Data::Empty => Cell::Empty,
            Data::Int(number) => Cell::Number(number.to_string()),
            Data::Float(number) => Cell::Number(digits(*number)),
            Data::String(text) => Cell::Text(text.clone()),
            Data::Bool(truth) => Cell::Boolean(*truth),
            Data::DateTime(time) => moment(time),
            Data::DateTimeIso(text) => iso(text),
            Data::DurationIso(text) => Cell::Text(text.clone()),
            Data::Error(error) => Cell::Fault(error.to_string()),
        }
    }
}

fn is_error(text: &str) -> bool {
    matches!(text, "#DIV/0!" | "#N/A" | "#NAME?" | "#NULL!" | "#NUM!" | "#REF!" | "#VALUE!")
        || text
            .strip_prefix("Err:")
            .is_some_and(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The shortest digits that are this number: `5` and not `5.0`; with an exponent where it would be all zeros.
fn digits(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-7..1e21).contains(&size) { format!("{number:e}") } else { number.to_string() }
}

fn iso(text: &str) -> Cell {
    if text.contains('T') { Cell::DateTime(text.to_owned()) } else { Cell::Date(text.to_owned()) }
}

/// A serial number that is shown as a date. A day without a time is a date; a time alone and a duration stay texts.
fn moment(time: &ExcelDateTime) -> Cell {
    let serial = time.as_f64();
    let seconds = (serial.fract() * 86_400.0).round();
    if time.is_duration() {
        let all = (serial * 86_400.0).round();
        let (hours, rest) = ((all / 3_600.0).floor(), all.rem_euclid(3_600.0));
        return Cell::Text(format!("{hours:02}:{:02}:{:02}", (rest / 60.0).floor(), rest % 60.0));
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}").trim_end_matches('0').to_owned() };
    let clock = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    match serial {
        _ if !(0.0..2_958_466.0).contains(&serial) => Cell::Fault(format!("date {serial}")),
        _ if serial < 1.0 && seconds > 0.0 => Cell::Text(clock),
        _ if (year, month, day) == (1900, 2, 29) => Cell::Fault("1900-02-29".to_owned()),
        _ if clock == "00:00:00" => Cell::Date(format!("{year:04}-{month:02}-{day:02}")),
        _ => Cell::DateTime(format!("{year:04}-{month:02}-{day:02}T{clock}Z")),
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_have_no_tail_and_no_rows_of_zeros() {
        let shown = [5.0, -0.0, 0.1, 1e300, 9_007_199_254_740_993.0, 1e-10, 12.5].map(digits);
        assert_eq!(shown, ["5", "-0", "0.1", "1e300", "9007199254740992", "1e-10", "12.5"]);
    }

    #[test]
    fn a_day_is_a_date_and_a_moment_is_a_time() {
        let at = |serial| moment(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false));
        assert_eq!(at(45_943.0), Cell::Date("2025-10-13".into()));
        assert_eq!(at(45_943.541), Cell::DateTime("2025-10-13T12:59:02.4Z".into()));
        assert_eq!(at(0.5), Cell::Text("12:00:00".into()));
        assert_eq!(at(60.0), Cell::Fault("1900-02-29".into()));
        let long = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(moment(&long), Cell::Text("36:00:00".into()));
    }
}
