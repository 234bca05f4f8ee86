//! CSV by RFC 4180: a header line, lines ended by CR LF, quotes where they are needed. Null is nothing between two commas,
//! an empty text is `""`. A text that a spreadsheet would take for a formula gets a `'` in front (OWASP ASVS 5, 1.2.10).

use crate::base::sanitize::is_formula;
use crate::base::{Cell, FieldType, Value};

use super::sheet::{Column, Part, Sheet, cell_text};

/// The first list of a sheet, or else its first thing as one row.
pub fn sheet(sheet: &Sheet, guard: bool) -> String {
    let mut text = String::new();
    let list = sheet.parts.iter().find_map(|part| match part {
        Part::List { columns, rows } => Some((columns, rows)),
        _ => None,
    });
    if let Some((columns, rows)) = list {
        header(columns, guard, &mut text);
        for values in rows {
            row(columns, values.iter().map(Value::cell), guard, &mut text);
        }
        return text;
    }
    if let Some(Part::Thing(pairs)) = sheet.parts.iter().find(|part| matches!(part, Part::Thing(_))) {
        let columns: Vec<Column> = pairs.iter().map(|(column, _)| column.clone()).collect();
        header(&columns, guard, &mut text);
        row(&columns, pairs.iter().map(|(_, value)| value.cell()), guard, &mut text);
    }
    text
}

pub fn header(columns: &[Column], guard: bool, to: &mut String) {
    let text = FieldType::Text;
    for (place, column) in columns.iter().enumerate() {
        cell(place, Cell::Text(&column.name), &text, guard, to);
    }
    to.push_str("\r\n");
}

pub fn row<'a>(columns: &[Column], cells: impl IntoIterator<Item = Cell<'a>>, guard: bool, to: &mut String) {
    for (place, (column, value)) in columns.iter().zip(cells).enumerate() {
        cell(place, value, &column.field_type, guard, to);
    }
    to.push_str("\r\n");
}

fn cell(place: usize, cell: Cell<'_>, field_type: &FieldType, guard: bool, to: &mut String) {
    if place > 0 {
        to.push(',');
    }
    if cell == Cell::Null {
        return;
    }
    let text = cell_text(cell, field_type);
    // A text that begins with quotes already gets one more, so that whoever takes one away gets every text back.
    let guarded = guard && matches!(cell, Cell::Text(_)) && is_formula(text.trim_start_matches('\''));
    let quoted = text.is_empty()
        || text.starts_with([' ', '\t'])
        || text.ends_with([' ', '\t'])
        || text.contains([',', '"', '\r', '\n']);
    if quoted {
        to.push('"');
    }
    if guarded {
        to.push('\'');
    }
    if quoted {
        to.push_str(&text.replace('"', "\"\""));
        to.push('"');
    } else {
        to.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &[Value], guard: bool) -> String {
        let columns: Vec<Column> = values.iter().map(|_| Column::text("x")).collect();
        let mut text = String::new();
        row(&columns, values.iter().map(Value::cell), guard, &mut text);
        text
    }

    #[test]
    fn quotes_stand_where_rfc_4180_needs_them() {
        let row = ["plain", "a,b", "say \"hi\"", "two\r\nlines", ""].map(Value::from);
        assert_eq!(written(&row, true), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\"\"\r\n");
        assert_eq!(written(&[Value::Null, Value::text(""), Value::Null], true), ",\"\",\r\n");
    }

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        let risky = ["=1+1", "+4930123", "-cmd|' /C calc'!A0", "@SUM(A1)", "-1+2"].map(Value::from);
        assert_eq!(written(&risky, true), "'=1+1,'+4930123,'-cmd|' /C calc'!A0,'@SUM(A1),'-1+2\r\n");
        assert_eq!(
            written(&[Value::text("\t=1"), Value::text("\r=1"), Value::text("\0=1")], true),
            "\"'\t=1\",\"'\r=1\",'\0=1\r\n"
        );
        let numbers = [Value::Integer(-5), Value::text("-12.50"), Value::Real(-0.5), Value::text("-1e-7")];
        assert_eq!(written(&numbers, true), "-5,-12.50,-0.5,-1e-7\r\n");
        assert_eq!(written(&risky[..1], false), "=1+1\r\n");
    }

    #[test]
    fn another_reader_gets_the_same_values() {
        let cells = ["a,b", " spaced ", "line\nfeed", "\"", "=HYPERLINK(\"x\")"];
        let text = written(&cells.map(Value::from), false);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let read = reader.records().next().unwrap().unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), cells);
    }
}
