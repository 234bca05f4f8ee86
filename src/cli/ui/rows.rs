//! A list of rows on its way out: one row at a time, in whichever form was asked for, in constant memory.

use serde_json::Value as Json;

use crate::base::{Cell, Result};

use super::sheet::Column;
use super::table::Grid;
use super::{Format, Ui, json, separated};

/// Rows that are laid out together; the first block decides the widths of the columns.
const BLOCK: usize = 1_000;

/// Takes rows of as many cells as there are columns. `finish` ends the list; dropping it instead leaves it unended.
pub struct RowWriter<'ui> {
    ui: &'ui mut Ui,
    columns: Vec<Column>,
    form: Form,
    rows: u64,
    buffer: String,
}

enum Form {
    Table(Box<Grid>),
    Json,
    Jsonl,
    Csv {
        guard: bool,
    },
    /// The expression runs over each row (`jsonl`)
    JqEach,
    /// The expression runs over the whole list, which has to be held for it
    JqWhole(Vec<Json>),
}

impl<'ui> RowWriter<'ui> {
    pub(super) fn new(ui: &'ui mut Ui, columns: Vec<Column>) -> Result<Self> {
        let form = match ui.options.format {
            Format::Jsonl if ui.jq.is_some() => Form::JqEach,
            _ if ui.jq.is_some() => Form::JqWhole(Vec::new()),
            Format::Json => Form::Json,
            Format::Jsonl => Form::Jsonl,
            Format::Csv => Form::Csv { guard: !ui.options.csv_raw },
            Format::Table => Form::Table(Box::new(Grid::new(&columns, ui.width, &ui.out.paint))),
        };
        let mut writer = RowWriter { ui, columns, form, rows: 0, buffer: String::new() };
        if let Form::Csv { guard } = writer.form {
            separated::header(&writer.columns, guard, &mut writer.buffer);
            writer.put_buffer()?;
        }
        Ok(writer)
    }

    /// Writes one row, its cells in the order of the columns.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<()> {
        self.rows += 1;
        match &mut self.form {
            Form::Table(grid) => {
                grid.add(cells);
                if grid.waiting() >= BLOCK { self.put_block() } else { Ok(()) }
            }
            Form::Csv { guard } => {
                separated::row(&self.columns, cells, *guard, &mut self.buffer);
                self.put_buffer()
            }
            Form::JqEach | Form::JqWhole(_) => {
                let row = self.object(cells);
                self.json_row(row)
            }
            Form::Json if self.ui.is_terminal() => {
                let row = self.object(cells);
                self.json_row(row)
            }
            Form::Json | Form::Jsonl => {
                let whole = matches!(self.form, Form::Json);
                self.buffer.push_str(if !whole {
                    ""
                } else if self.rows == 1 {
                    "["
                } else {
                    ",\n"
                });
                json::object(&self.columns, cells, self.ui.is_terminal(), &mut self.buffer);
                if !whole {
                    self.buffer.push('\n');
                }
                let text = std::mem::take(&mut self.buffer);
                let result = self.ui.put(text.as_bytes());
                self.buffer = text;
                self.buffer.clear();
                result
            }
        }
    }

    /// Ends the list and says how many rows it had.
    pub fn finish(mut self) -> Result<u64> {
        match std::mem::replace(&mut self.form, Form::Jsonl) {
            Form::Table(grid) if self.rows > 0 => {
                self.form = Form::Table(grid);
                self.put_block()?;
            }
            Form::Json => self.ui.put(if self.rows == 0 { b"[]\n" } else { b"]\n" })?,
            Form::JqWhole(rows) => self.ui.put_jq(&Json::Array(rows))?,
            _ => {}
        }
        self.ui.flush()?;
        Ok(self.rows)
    }

    fn json_row(&mut self, row: Json) -> Result<()> {
        match &mut self.form {
            Form::JqWhole(rows) => {
                rows.push(row);
                Ok(())
            }
            Form::JqEach => self.ui.put_jq(&row),
            Form::Json => {
                let before = if self.rows == 1 { "[" } else { ",\n" };
                let text = if self.ui.is_terminal() { format!("{row:#}") } else { row.to_string() };
                self.ui.put(format!("{before}{}", json::escape(&text)).as_bytes())
            }
            _ => self.ui.put_line(&row),
        }
    }

    fn object<'a>(&self, cells: impl IntoIterator<Item = Cell<'a>>) -> Json {
        let pairs = self.columns.iter().zip(cells);
        Json::Object(pairs.map(|(column, cell)| (column.name.clone(), cell.to_json(&column.field_type))).collect())
    }

    fn put_block(&mut self) -> Result<()> {
        if let Form::Table(grid) = &mut self.form {
            let text = grid.take();
            self.ui.put(text.as_bytes())?;
        }
        Ok(())
    }

    fn put_buffer(&mut self) -> Result<()> {
        let text = std::mem::take(&mut self.buffer);
        let result = self.ui.put_data(&text);
        self.buffer = text;
        self.buffer.clear();
        result
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Options, sheet::Column};
    use super::*;
    use crate::base::{FieldType, Value};

    fn written(format: Format, jq: Option<&str>, width: Option<u16>, rows: &[[Value; 2]]) -> String {
        let options = Options { format, jq: jq.map(str::to_owned), ..Options::default() };
        let (mut ui, out, _) = Ui::for_test(options, width);
        let columns = vec![Column::text("name"), Column::new("sum", FieldType::Decimal)];
        let mut writer = ui.rows(columns).unwrap();
        for row in rows {
            writer.row(row.iter().map(Value::cell)).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), rows.len() as u64);
        out.take()
    }

    fn two() -> Vec<[Value; 2]> {
        vec![["Ada".into(), "12.50".into()], ["Bob\u{1b}[31m".into(), Value::Null]]
    }

    #[test]
    fn one_list_has_the_same_rows_in_every_form() {
        assert_eq!(written(Format::Table, None, None, &two()), "name    sum\nAda   12.50\nBob\n");
        assert_eq!(
            written(Format::Json, None, None, &two()),
            "[{\"name\":\"Ada\",\"sum\":\"12.50\"},\n{\"name\":\"Bob\\u001b[31m\",\"sum\":null}]\n"
        );
        assert_eq!(
            written(Format::Jsonl, None, None, &two()),
            "{\"name\":\"Ada\",\"sum\":\"12.50\"}\n{\"name\":\"Bob\\u001b[31m\",\"sum\":null}\n"
        );
        assert_eq!(written(Format::Csv, None, None, &two()), "name,sum\r\nAda,12.50\r\nBob\u{1b}[31m,\r\n");
    }

    #[test]
    fn an_empty_list_is_an_empty_array_or_a_header() {
        assert_eq!(written(Format::Json, None, None, &[]), "[]\n");
        assert_eq!(written(Format::Jsonl, None, None, &[]), "");
        assert_eq!(written(Format::Csv, None, None, &[]), "name,sum\r\n");
        assert_eq!(written(Format::Table, None, None, &[]), "");
    }

    #[test]
    fn jq_sees_the_list_or_with_jsonl_each_row() {
        assert_eq!(written(Format::Json, Some(".[0].name"), None, &two()), "Ada\n");
        assert_eq!(written(Format::Jsonl, Some(".sum"), None, &two()), "12.50\nnull\n");
    }

    #[test]
    fn a_terminal_gets_one_line_a_row_and_no_control_sequence() {
        let long = vec![["a very long name that does not fit".into(), "1".into()]];
        let shown = written(Format::Table, None, Some(20), &long);
        assert!(shown.contains('…') && shown.lines().count() == 2, "{shown}");
        assert!(!written(Format::Csv, None, Some(80), &two()).contains('\u{1b}'));
    }

    #[test]
    fn the_longest_text_is_one_line_of_a_pipe() {
        let long = "ü".repeat(100_000);
        let rows = vec![[long.as_str().into(), "1".into()], ["short".into(), "22".into()]];
        let shown = written(Format::Table, None, None, &rows);
        assert_eq!(shown, format!("name   sum\n{long}        1\nshort   22\n"));
        let shown = written(Format::Table, None, Some(80), &rows);
        let cut = shown.lines().nth(1).unwrap_or_default();
        assert!(shown.lines().count() == 3 && cut.contains('…') && cut.chars().count() <= 80, "{shown}");
    }

    #[test]
    fn ten_thousand_rows_keep_the_columns_of_the_first_thousand() {
        let rows: Vec<[Value; 2]> = (0..10_000_i64).map(|row| [format!("row {row:05}").into(), row.into()]).collect();
        let shown = written(Format::Table, None, None, &rows);
        assert_eq!(shown.lines().count(), 10_001);
        assert_eq!(shown.lines().nth(1), Some("row 00000    0"));
        assert_eq!(shown.lines().last(), Some("row 09999  9999"));
    }
}
