//! CSV as it is found: any delimiter, quotes as RFC 4180 has them, CR LF, LF or CR. Unlike most readers this one tells a bare
//! empty cell from an empty text in quotes, because that is how null and `""` stay apart.

use std::io::Read;
use std::ops::ControlFlow;

use super::encoding::{Utf8, unreadable};
use super::{Each, Header, Raw, ReadOptions, Row, fit, names, numbered};
use crate::base::{Error, Kind, Result};

/// The longest record: SQLite takes no longer value than a little less.
const LONGEST: usize = 1 << 28;
const BLOCK: usize = 1 << 17;

/// How this file is written.
#[derive(Clone, Debug)]
pub struct Dialect {
    delimiter: u8,
    pub columns: Vec<String>,
    /// The first line below the header
    first: u64,
    /// `'` before a formula goes
    unguard: bool,
}

impl Dialect {
    /// Finds the delimiter and the header.
    pub fn look(from: &mut Utf8, tab: bool, options: &ReadOptions) -> Result<Self> {
        let mut start = Vec::new();
        from.take(super::encoding::SAMPLE * 4).read_to_end(&mut start).map_err(unreadable)?;
        let declared = start.strip_prefix(b"sep=").filter(|rest| matches!(rest.get(1), Some(b'\r' | b'\n')));
        let declared = declared.map(|rest| rest[0]);
        let delimiter =
            options.delimiter.or(declared).unwrap_or_else(|| if tab { b'\t' } else { guess(&start, options.header) });
        let mut dialect = Dialect { delimiter, columns: Vec::new(), first: 1, unguard: !options.raw };
        let mut records = Records::new(start.as_slice().chain(from), delimiter);
        loop {
            let Some(record) = records.next()? else {
                return Err(Error::usage(match options.header {
                    Header::Row(row) => format!("there is no line {row}"),
                    _ => "there is nothing but empty lines".to_owned(),
                }));
            };
            let skipped = match options.header {
                Header::Row(row) => record.line < row,
                _ => record.is_blank() || (record.line == 1 && declared.is_some()),
            };
            if skipped {
                continue;
            }
            let cells = record.cells(dialect.unguard);
            if options.header == Header::None {
                dialect.columns = numbered(cells.len());
                dialect.first = record.line;
            } else {
                if let Some(fault) = record.fault {
                    return Err(Error::usage(format!("the header, line {}: {fault}", record.line)));
                }
                dialect.columns = names(&cells, &format!("line {}", record.line))?;
                dialect.first = record.line + 1;
            }
            return Ok(dialect);
        }
    }

    pub fn word(&self) -> String {
        match self.delimiter {
            b',' => "commas".to_owned(),
            b';' => "semicolons".to_owned(),
            b'\t' => "tabs".to_owned(),
            b'|' => "pipes".to_owned(),
            other => format!("`{}`", char::from(other)),
        }
    }
}

/// The delimiter that gives the most rows of the same width above one.
fn guess(start: &[u8], header: Header) -> u8 {
    let first = if let Header::Row(row) = header { row } else { 1 };
    let score = |delimiter: u8| {
        let mut records = Records::new(start, delimiter);
        let mut widths: Vec<usize> = Vec::new();
        while widths.len() < 100 {
            match records.next() {
                Ok(Some(record)) if !record.is_blank() && record.line >= first => widths.push(record.spans.len()),
                Ok(Some(_)) => {}
                _ => break,
            }
        }
        if widths.len() > 2 {
            widths.pop(); // the sample may have cut it off
        }
        let width = widths.first().copied().unwrap_or(0);
        let same = widths.iter().filter(|other| **other == width).count();
        if width < 2 { (0, 0) } else { (same * 1000 / widths.len(), width) }
    };
    let scored = b",;\t|".iter().rev().map(|delimiter| (score(*delimiter), *delimiter));
    scored.max_by_key(|(score, _)| *score).filter(|(score, _)| score.0 > 0).map_or(b',', |(_, delimiter)| delimiter)
}

/// Gives the rows below the header.
pub fn rows(from: Utf8, dialect: &Dialect, each: &mut Each<'_>) -> Result<()> {
    let mut records = Records::new(from, dialect.delimiter);
    let width = dialect.columns.len();
    while let Some(record) = records.next()? {
        if record.line < dialect.first || (record.is_blank() && width > 1) {
            continue;
        }
        let mut cells = record.cells(dialect.unguard);
        let ragged = fit(&mut cells, width, false);
        let fault = record.fault.map(str::to_owned).or(ragged);
        if each(Row { place: record.line, cells, fault })? == ControlFlow::Break(()) {
            break;
        }
    }
    Ok(())
}

/// One cell in the buffer, or among the texts that had doubled quotes.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Bare,
    Quoted,
    Doubled,
}

struct Record<'r> {
    line: u64,
    text: &'r str,
    doubled: &'r str,
    spans: &'r [Span],
    fault: Option<&'static str>,
}

impl<'r> Record<'r> {
    fn is_blank(&self) -> bool {
        matches!(self.spans, [Span { start, end, form: Form::Bare }] if start == end)
    }

    fn cells(&self, unguard: bool) -> Vec<Raw<'r>> {
        let cell = |span: &Span| {
            let text = match span.form {
                Form::Bare if span.start == span.end => return Raw::Empty,
                Form::Doubled => &self.doubled[span.start..span.end],
                Form::Bare | Form::Quoted => &self.text[span.start..span.end],
            };
            Raw::Plain(if unguard { unguarded(text) } else { text })
        };
        self.spans.iter().map(cell).collect()
    }
}

/// Without the `'` that exports put before a text that a spreadsheet would run.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if crate::base::sanitize::is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

struct Records<R> {
    from: R,
    delimiter: u8,
    buffer: Vec<u8>,
    /// Where the next record begins, and where what was read ends
    at: usize,
    filled: usize,
    ended: bool,
    line: u64,
    spans: Vec<Span>,
    doubled: Vec<u8>,
}

enum Scan {
    /// The record ends here, after this many line ends
    Whole { end: usize, next: usize, lines: u64, fault: Option<&'static str> },
    /// The buffer ends first
    Cut,
    /// A quote is never closed
    Open,
}

impl<R: Read> Records<R> {
    fn new(from: R, delimiter: u8) -> Self {
        let (buffer, spans, doubled) = (vec![0; 2 * BLOCK], Vec::new(), Vec::new());
        Records { from, delimiter, buffer, at: 0, filled: 0, ended: false, line: 1, spans, doubled }
    }

    fn next(&mut self) -> Result<Option<Record<'_>>> {
        loop {
            if self.at == self.filled && self.ended {
                return Ok(None);
            }
            let (start, line) = (self.at, self.line);
            match self.scan() {
                Scan::Whole { end, next, lines, fault } => {
                    self.at = next;
                    self.line += lines;
                    let text = std::str::from_utf8(&self.buffer[start..end])
                        .map_err(|error| undecodable(line, &self.buffer[start..end], error.valid_up_to()))?;
                    // Parts of a text that is UTF-8, cut at quotes.
                    let doubled =
                        std::str::from_utf8(&self.doubled).map_err(|_| undecodable(line, &self.doubled, 0))?;
                    return Ok(Some(Record { line, text, doubled, spans: &self.spans, fault }));
                }
                Scan::Cut => self.refill()?,
                Scan::Open => {
                    return Err(Error::new(Kind::Failed, format!("line {line}: a quote is opened and never closed"))
                        .hint("close it, or double it where it is part of a text"));
                }
            }
        }
    }

    fn refill(&mut self) -> Result<()> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.filled -= self.at;
        self.at = 0;
        if self.filled >= LONGEST {
            return Err(Error::new(
                Kind::Failed,
                format!("line {}: a record longer than {} MB begins here", self.line, LONGEST >> 20),
            )
            .hint("is a quote not closed?"));
        }
        if self.buffer.len() - self.filled < BLOCK {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.from.read(&mut self.buffer[self.filled..]).map_err(unreadable)?;
        self.filled += read;
        self.ended = read == 0;
        Ok(())
    }

    /// Finds the next record's cells.
    fn scan(&mut self) -> Scan {
        self.spans.clear();
        self.doubled.clear();
        let base = self.at;
        let bytes = &self.buffer[base..self.filled];
        let (delimiter, ended) = (self.delimiter, self.ended);
        let (mut at, mut lines, mut fault) = (0, 0, None);
        loop {
            let span;
            if bytes.get(at) == Some(&b'"') {
                let (start, mut doubled) = (at + 1, None);
                let mut from = start;
                let close = loop {
                    let Some(quote) = find(&bytes[from..], b'"') else {
                        return if ended { Scan::Open } else { Scan::Cut };
                    };
                    let quote = from + quote;
                    lines += count_lines(&bytes[from..quote]);
                    match bytes.get(quote + 1) {
                        None if !ended => return Scan::Cut,
                        Some(b'"') => {
                            let begun = *doubled.get_or_insert(self.doubled.len());
                            if begun == self.doubled.len() && from == start {
                                self.doubled.extend_from_slice(&bytes[start..=quote]);
                            } else {
                                self.doubled.extend_from_slice(&bytes[from..=quote]);
                            }
                            from = quote + 2;
                        }
                        _ => {
                            if doubled.is_some() {
                                self.doubled.extend_from_slice(&bytes[from..quote]);
                            }
                            break quote;
                        }
                    }
                };
                span = match doubled {
                    Some(begun) => Span { start: begun, end: self.doubled.len(), form: Form::Doubled },
                    None => Span { start, end: close, form: Form::Quoted },
                };
                at = close + 1;
                let behind = until(&bytes[at..], delimiter);
                if behind > 0 {
                    fault = Some("text stands behind a closing quote");
                    at += behind;
                }
            } else {
                let end = at + until(&bytes[at..], delimiter);
                span = Span { start: at, end, form: Form::Bare };
                at = end;
            }
            self.spans.push(span);
            match bytes.get(at) {
                Some(byte) if *byte == delimiter => at += 1,
                Some(b'\n') => return Scan::Whole { end: base + at, next: base + at + 1, lines: lines + 1, fault },
                Some(_) => match bytes.get(at + 1) {
                    None if !ended => return Scan::Cut,
                    Some(b'\n') => return Scan::Whole { end: base + at, next: base + at + 2, lines: lines + 1, fault },
                    _ => return Scan::Whole { end: base + at, next: base + at + 1, lines: lines + 1, fault },
                },
                None if ended => return Scan::Whole { end: base + at, next: base + at, lines, fault },
                None => return Scan::Cut,
            }
        }
    }
}

fn find(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|byte| *byte == wanted)
}

/// Bytes before the next delimiter or line end.
fn until(bytes: &[u8], delimiter: u8) -> usize {
    let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn undecodable(line: u64, bytes: &[u8], good: usize) -> Error {
    let line = line + count_lines(&bytes[..good]);
    let start = bytes[..good].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let message = format!("line {line}, byte {}: what stands there is no utf-8", good - start + 1);
    Error::new(Kind::Failed, message).hint("name the file's encoding with `--encoding`, for example `windows-1252`")
}
