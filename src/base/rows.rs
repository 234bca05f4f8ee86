//! Many rows in two buffers, so that a page of ten thousand rows costs a handful of allocations and not a hundred thousand.
//! Sources fill it, the store binds from it.

use super::value::Value;

/// One borrowed value. See `Value` for what each variant means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

#[derive(Clone, Copy, Debug)]
enum Packed {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

/// How much a block of rows holds: cells, bytes of text, other bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    cells: usize,
    text: usize,
    bytes: usize,
}

/// A block of rows, all `width` cells wide. Push cells from left to right; a row is there when its last cell is.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    width: usize,
    cells: Vec<Packed>,
    text: String,
    bytes: Vec<u8>,
}

impl Rows {
    pub fn new(width: usize) -> Self {
        Rows { width, ..Rows::default() }
    }

    /// An empty block with room for a block of that size and a little more, so that a page like the one before does not
    /// grow step by step.
    pub fn with_room(width: usize, room: Room) -> Self {
        let more = |length: usize| length + length / 8;
        Rows {
            width,
            cells: Vec::with_capacity(more(room.cells)),
            text: String::with_capacity(more(room.text)),
            bytes: Vec::with_capacity(more(room.bytes)),
        }
    }

    /// What `with_room` takes.
    pub fn room(&self) -> Room {
        Room { cells: self.cells.len(), text: self.text.len(), bytes: self.bytes.len() }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of whole rows.
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
        self.bytes.clear();
    }

    /// The bytes that the texts and blobs take, and 24 for each cell.
    pub fn size(&self) -> usize {
        self.cells.len() * size_of::<Packed>() + self.text.len() + self.bytes.len()
    }

    pub fn push_null(&mut self) {
        self.cells.push(Packed::Null);
    }

    pub fn push_integer(&mut self, number: i64) {
        self.cells.push(Packed::Integer(number));
    }

    /// NaN and the infinities are pushed as the texts `NaN`, `Infinity` and `-Infinity`, because SQLite keeps NaN as NULL.
    pub fn push_real(&mut self, number: f64) {
        if number.is_finite() {
            self.cells.push(Packed::Real(number));
        } else if number.is_nan() {
            self.push_text("NaN");
        } else {
            self.push_text(if number > 0.0 { "Infinity" } else { "-Infinity" });
        }
    }

    pub fn push_text(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.cells.push(Packed::Text { start, end: self.text.len() });
    }

    /// Lets `write` append the text of one cell without a copy in between.
    pub fn push_text_with(&mut self, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.cells.push(Packed::Text { start, end: self.text.len() });
    }

    pub fn push_blob(&mut self, blob: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(blob);
        self.cells.push(Packed::Blob { start, end: self.bytes.len() });
    }

    pub fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.push_null(),
            Cell::Integer(number) => self.push_integer(number),
            Cell::Real(number) => self.push_real(number),
            Cell::Text(text) => self.push_text(text),
            Cell::Blob(bytes) => self.push_blob(bytes),
        }
    }

    pub fn push_value(&mut self, value: &Value) {
        self.push(value.cell());
    }

    /// Takes back the cells of a row that turned out to be unusable before its last cell was pushed.
    pub fn drop_unfinished_row(&mut self) {
        self.cells.truncate(self.len() * self.width);
    }

    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match self.cells[row * self.width + column] {
            Packed::Null => Cell::Null,
            Packed::Integer(number) => Cell::Integer(number),
            Packed::Real(number) => Cell::Real(number),
            Packed::Text { start, end } => Cell::Text(&self.text[start..end]),
            Packed::Blob { start, end } => Cell::Blob(&self.bytes[start..end]),
        }
    }

    /// The cells of one row, left to right.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = Cell<'_>> {
        (0..self.width).map(move |column| self.cell(row, column))
    }

    pub fn iter(&self) -> impl Iterator<Item = impl ExactSizeIterator<Item = Cell<'_>>> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// Appends one row given as values; it must be `width` long.
    pub fn push_row<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        for value in values {
            self.push_value(value);
        }
        debug_assert_eq!(self.cells.len() % self.width.max(1), 0, "a row is as wide as the block");
    }
}
