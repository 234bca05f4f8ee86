//! Writing records as a spreadsheet. What a spreadsheet would round or turn into something else is written as text: integers
//! beyond 2^53, decimals, times. A day is a true date where a sheet's calendar has it. Rows go to the disk as they come.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use crate::base::{Cell, Doing, Error, FieldType, Kind, Result};

/// What a sheet has room for: rows below the header, columns, UTF-16 units in a cell.
const MOST_ROWS: u64 = 1_048_575;
const MOST_COLUMNS: usize = 16_384;
const MOST_UNITS: usize = 32_767;

/// Integers that a double holds exactly.
const EXACT: i64 = 1 << 53;

/// A spreadsheet of one sheet, on its way.
pub struct Spreadsheet {
    book: Workbook,
    columns: Vec<(String, FieldType)>,
    day: Format,
    rows: u64,
}

impl Spreadsheet {
    /// `name` is what the sheet is called as far as a sheet can be; what is written waits in `folder`.
    pub fn begin(name: &str, columns: Vec<(String, FieldType)>, folder: &Path) -> Result<Self> {
        if columns.len() > MOST_COLUMNS {
            return Err(full(format!("{} fields are more than a sheet's {MOST_COLUMNS} columns", columns.len())));
        }
        let mut book = Workbook::new();
        book.set_tempdir(folder).map_err(failed)?;
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(sheet_name(name)).map_err(failed)?;
        sheet.set_formula_result_default("").set_freeze_panes(1, 0).map_err(failed)?;
        for (place, (name, _)) in columns.iter().enumerate() {
            sheet.write_string(0, column(place), name).map_err(failed)?;
        }
        Ok(Spreadsheet { book, columns, day: Format::new().set_num_format("yyyy-mm-dd"), rows: 0 })
    }

    /// Writes one record, its cells in the order of the columns.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<()> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(full(format!("a sheet has room for {MOST_ROWS} records")));
        }
        let row = u32::try_from(self.rows).expect("a sheet has fewer rows");
        let sheet = self.book.worksheet_from_index(0).map_err(failed)?;
        for (place, (cell, (name, field_type))) in cells.into_iter().zip(&self.columns).enumerate() {
            write(sheet, (row, column(place)), cell, field_type, &self.day)
                .doing(|| format!("record {}, field `{name}`", self.rows))?;
        }
        Ok(())
    }

    /// Puts the file together; gives how many records are in it.
    pub fn finish(mut self, to: impl Write + Send) -> Result<u64> {
        self.book.save_to_writer(to).map_err(failed)?;
        Ok(self.rows)
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell<'_>,
    field_type: &FieldType,
    day: &Format,
) -> Result<()> {
    let written = match (cell, field_type) {
        (Cell::Null, _) => return Ok(()),
        (Cell::Integer(number), FieldType::Boolean) => sheet.write_boolean(row, column, number != 0),
        (Cell::Integer(number), FieldType::Integer | FieldType::Relation { .. })
            if (-EXACT..=EXACT).contains(&number) =>
        {
            #[expect(clippy::cast_precision_loss, reason = "it is exact up to 2^53")]
            let number = number as f64;
            sheet.write_number(row, column, number)
        }
        (Cell::Integer(number), _) => sheet.write_string(row, column, number.to_string()),
        (Cell::Real(number), _) => sheet.write_number(row, column, number),
        // A sheet has no empty text but as what a formula gives.
        (Cell::Text(""), _) => sheet.write_formula(row, column, Formula::new("=\"\"").set_result("")),
        (Cell::Text(text), _) if text.encode_utf16().count() > MOST_UNITS => return Err(long()),
        (Cell::Text(text), FieldType::Date) => match calendar(text) {
            Some(date) => sheet.write_datetime_with_format(row, column, date, day),
            None => sheet.write_string(row, column, text),
        },
        (Cell::Text(text), _) => sheet.write_string(row, column, text),
        (Cell::Blob([]), _) => sheet.write_formula(row, column, Formula::new("=\"\"").set_result("")),
        (blob @ Cell::Blob(_), _) => match blob.to_json(field_type) {
            serde_json::Value::String(text) if text.len() > MOST_UNITS => return Err(long()),
            serde_json::Value::String(text) => sheet.write_string(row, column, text),
            other => sheet.write_string(row, column, other.to_string()),
        },
    };
    written.map(drop).map_err(failed)
}

/// The day as a sheet has it, from when its calendar is right: it takes 1900 for a leap year.
fn calendar(text: &str) -> Option<ExcelDateTime> {
    let fits = text.len() == 10 && ("1900-03-01"..="9999-12-31").contains(&text);
    let part = |range: std::ops::Range<usize>| text.get(range);
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    fits.then(|| ExcelDateTime::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok())?
}

/// At most 31 characters, none of which a sheet's name cannot have.
fn sheet_name(name: &str) -> String {
    let mut kept = String::new();
    let mut units = 0;
    for letter in name.chars().filter(|letter| !"[]:*?/\\".contains(*letter)) {
        units += letter.len_utf16();
        if units > 31 {
            break;
        }
        kept.push(letter);
    }
    let kept = kept.trim_matches('\'').trim();
    if kept.is_empty() || kept.eq_ignore_ascii_case("history") { "records".to_owned() } else { kept.to_owned() }
}

fn column(place: usize) -> u16 {
    u16::try_from(place).expect("a sheet's columns were counted")
}

fn long() -> Error {
    full(format!("the value is longer than the {MOST_UNITS} characters that a sheet's cell has room for"))
}

fn full(message: String) -> Error {
    Error::new(Kind::Failed, message).hint("export it as csv or jsonl, or choose less with `--where` and `--fields`")
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => error.into(),
        other => Error::failed(format!("the spreadsheet cannot be written: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::sheet_name;

    #[test]
    fn a_sheet_is_called_what_the_table_is_where_it_can_be() {
        assert_eq!(sheet_name("people"), "people");
        assert_eq!(sheet_name("a/b: [c]"), "ab c");
        assert_eq!(sheet_name("'history'"), "records");
        assert_eq!(sheet_name(&"ü".repeat(40)).chars().count(), 31);
    }
}
