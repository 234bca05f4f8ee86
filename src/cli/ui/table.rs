//! Tables for people: aligned columns without borders. On a terminal a row is one line and long values are cut with `…`;
//! elsewhere nothing is cut. Every cell is free of control sequences, because even a pipe often ends on a terminal.

use comfy_table::{Attribute, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, Width};

use crate::base::search::Marked;
use crate::base::{Cell, FieldType, Value, sanitize};

use super::color::Paint;
use super::sheet::{Column, Part, Sheet, cell_text};

/// The columns of the terminal that stdout is.
pub fn terminal_width() -> Option<u16> {
    Table::new().width()
}

pub fn sheet(sheet: &Sheet, width: Option<u16>, paint: &Paint) -> String {
    let mut text = String::new();
    for part in &sheet.parts {
        let part = match part {
            Part::Text(line) => format!("{}\n", sanitize::lines(line)),
            Part::Thing(pairs) => thing(pairs, paint),
            Part::List { rows, .. } if rows.is_empty() => continue,
            Part::List { columns, rows } => {
                let mut grid = Grid::new(columns, width, paint);
                for row in rows {
                    grid.add(row.iter().map(Value::cell));
                }
                grid.take()
            }
            Part::Marked { rows, .. } if rows.is_empty() => continue,
            Part::Marked { columns, rows } => {
                let mut grid = Grid::new(columns, width, paint);
                rows.iter().for_each(|row| grid.add_marked(row));
                bold(&grid.take(), paint)
            }
        };
        if !text.is_empty() && !part.is_empty() {
            text.push('\n');
        }
        text.push_str(&part);
    }
    text
}

/// Names in front, values behind them; nothing is cut, because a person asked for this one thing.
fn thing(pairs: &[(Column, Value)], paint: &Paint) -> String {
    let longest = pairs.iter().map(|(column, _)| column.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (column, value) in pairs {
        let name = format!("{:<longest$}", column.name);
        let value = shown(value.cell(), &column.field_type);
        text.push_str(format!("{}  {value}", paint.bold(&name)).trim_end());
        text.push('\n');
    }
    text
}

/// Rows under way to the terminal. `take` may be called again and again: the widths of the first rows are kept, so a list
/// of a million rows is laid out in blocks.
pub struct Grid {
    columns: Vec<Column>,
    width: Option<u16>,
    paint: Paint,
    table: Table,
    /// What the first block needed
    widths: Option<Vec<u16>>,
    /// Texts that are longer than the layout can count, and stand in no column
    aside: Vec<String>,
}

/// The layout counts columns in 16 bits, so a longer text breaks its lines.
const LONGEST: usize = 60_000;

/// Around the number of a text that is put aside. It is invisible, so that no text that was made safe has it.
const ASIDE: char = '\u{2063}';

impl Grid {
    pub fn new(columns: &[Column], width: Option<u16>, paint: &Paint) -> Self {
        let mut grid = Grid {
            columns: columns.to_vec(),
            width,
            paint: *paint,
            table: Table::new(),
            widths: None,
            aside: Vec::new(),
        };
        grid.table = grid.empty();
        let header = columns.iter().map(|column| {
            let cell = comfy_table::Cell::new(sanitize::line(&column.name)).set_alignment(alignment(column));
            if grid.paint.is_on() { cell.add_attribute(Attribute::Bold) } else { cell }
        });
        grid.table.set_header(one_line(Row::from(header.collect::<Vec<_>>()), width));
        grid
    }

    pub fn add<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) {
        let texts = self.columns.iter().zip(cells).map(|(column, cell)| shown(cell, &column.field_type));
        let texts: Vec<String> = texts.collect();
        let texts: Vec<String> = texts.into_iter().map(|text| self.countable(text)).collect();
        let cells = self.columns.iter().zip(texts);
        let cells = cells.map(|(column, text)| comfy_table::Cell::new(text).set_alignment(alignment(column)));
        self.table.add_row(one_line(Row::from(cells.collect::<Vec<_>>()), self.width));
    }

    /// A text, or what takes the place of one that is too long: its beginning where it is cut anyway, else a number.
    fn countable(&mut self, text: String) -> String {
        if text.len() <= LONGEST {
            return text;
        }
        if self.width.is_some() {
            return text.chars().take(LONGEST / 4).collect();
        }
        self.aside.push(text);
        format!("{ASIDE}{}{ASIDE}", self.aside.len() - 1)
    }

    /// A line with its long texts in it.
    fn whole(&self, line: &str) -> String {
        let mut parts = line.split(ASIDE).enumerate().map(|(place, part)| match part.parse::<usize>() {
            Ok(number) if place % 2 == 1 => self.aside[number].as_str(),
            _ => part,
        });
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |line, part| line + part)
    }

    /// A row whose marks are between invisible characters, which take no room; `bold` makes them visible.
    fn add_marked(&mut self, cells: &[Marked]) {
        let cells = self.columns.iter().zip(cells).map(|(column, cell)| {
            comfy_table::Cell::new(between_marks(cell, self.paint.is_on())).set_alignment(alignment(column))
        });
        self.table.add_row(one_line(Row::from(cells.collect::<Vec<_>>()), self.width));
    }

    /// The rows since the last `take`.
    pub fn waiting(&self) -> usize {
        self.table.row_count()
    }

    /// The lines of the rows so far, with the header the first time.
    pub fn take(&mut self) -> String {
        for column in self.table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        match &self.widths {
            Some(widths) => {
                // At least as wide, with the padding that comfy-table counts in; a longer value makes its block wider.
                let least = widths.iter().map(|width| ColumnConstraint::LowerBoundary(Width::Fixed(width + 2)));
                self.table.set_constraints(least.collect::<Vec<_>>());
            }
            None => self.widths = Some(self.table.column_max_content_widths()),
        }
        let mut text = String::new();
        for line in self.table.lines() {
            let line = line.trim_end();
            text.push_str(&if self.aside.is_empty() { line.to_owned() } else { self.whole(line) });
            text.push('\n');
        }
        self.aside.clear();
        self.table = self.empty();
        text
    }

    fn empty(&self) -> Table {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::NOTHING).force_no_tty();
        if self.paint.is_on() {
            table.enforce_styling();
        }
        match self.width {
            Some(width) => table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table
    }
}

/// Around a mark on its way through the layout. They are invisible, so that no text that was made safe has them.
const OPEN: char = '\u{2061}';
const CLOSE: char = '\u{2062}';

fn between_marks(cell: &Marked, visible: bool) -> String {
    let mut text = String::new();
    let mut end = 0;
    for mark in cell.marks.iter().filter(|_| visible) {
        text.push_str(&sanitize::line(&cell.text[end..mark.start]));
        text.push(OPEN);
        text.push_str(&sanitize::line(&cell.text[mark.clone()]));
        text.push(CLOSE);
        end = mark.end;
    }
    text.push_str(&sanitize::line(&cell.text[end..]));
    text
}

/// Makes marks bold. One that was cut off with the rest of its cell ends at the `…`, or with the line.
fn bold(text: &str, paint: &Paint) -> String {
    if !paint.is_on() {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut open = false;
    for letter in text.chars() {
        if open && matches!(letter, CLOSE | '…' | '\n') {
            shown.push_str("\x1b[22m");
            open = false;
        }
        match letter {
            OPEN => {
                shown.push_str("\x1b[1m");
                open = true;
            }
            CLOSE => {}
            letter => shown.push(letter),
        }
    }
    shown
}

fn alignment(column: &Column) -> CellAlignment {
    if column.is_number() { CellAlignment::Right } else { CellAlignment::Left }
}

fn one_line(mut row: Row, width: Option<u16>) -> Row {
    if width.is_some() {
        row.max_height(1);
    }
    row
}

/// A cell as a person reads it.
fn shown(cell: Cell<'_>, field_type: &FieldType) -> String {
    match cell {
        Cell::Blob(bytes) => format!("<{} bytes>", bytes.len()),
        other => sanitize::line(&cell_text(other, field_type)).into_owned(),
    }
}
