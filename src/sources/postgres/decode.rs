//! `COPY … (FORMAT binary)` into `Rows`, straight from the received buffers: no allocation for a cell.
//! Layout: postgresql.org/docs/current/sql-copy.html, "Binary Format".

use bytes::{Buf, Bytes, BytesMut};

use super::cursor::Place;
use super::types::Decode;
use super::{numeric, times};
use crate::base::{Error, Result, Rows};
use crate::sources::Rejected;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// Reads one stream from its first byte to its last.
#[derive(Debug)]
pub struct Decoder {
    columns: Vec<Decode>,
    key_len: usize,
    lead: Lead,
    started: bool,
    ended: bool,
    /// The beginning of a row whose rest has not come yet
    unfinished: BytesMut,
    /// How far it has come on disk
    place: Option<Place>,
    /// The partition of the last row of this stream
    part: Option<u32>,
    /// Rows came in the order of the disk
    is_ordered: bool,
}

/// What each row begins with, before its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    Nothing,
    /// `ctid`
    Ctid,
    /// `tableoid`, `ctid`
    PartAndCtid,
}

impl Lead {
    fn columns(self) -> usize {
        match self {
            Lead::Nothing => 0,
            Lead::Ctid => 1,
            Lead::PartAndCtid => 2,
        }
    }
}

/// What one row became.
enum Row<'a> {
    Read(&'a [u8]),
    Rejected(&'a [u8], &'static str),
    End,
    /// More bytes are needed
    Unfinished,
}

impl Decoder {
    pub fn new(columns: Vec<Decode>, key_len: usize, lead: Lead) -> Self {
        Decoder {
            columns,
            key_len,
            lead,
            started: false,
            ended: false,
            unfinished: BytesMut::new(),
            place: None,
            part: None,
            is_ordered: true,
        }
    }

    /// Goes on behind this place.
    pub fn behind(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    /// Where the last row was on disk, if that says which rows came.
    pub fn place(&self) -> Option<Place> {
        self.place.clone().filter(|_| self.is_ordered)
    }

    /// Reads what came. The server sends one row a message, but nothing here relies on it.
    pub fn feed(&mut self, mut bytes: Bytes, rows: &mut Rows, rejected: &mut Vec<Rejected>) -> Result<()> {
        if !self.unfinished.is_empty() {
            self.unfinished.extend_from_slice(&bytes);
            bytes = self.unfinished.split().freeze();
        }
        if !self.started {
            let Some(header) = header(&bytes)? else {
                self.unfinished = BytesMut::from(&bytes[..]);
                return Ok(());
            };
            bytes.advance(header);
            self.started = true;
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() && !self.ended {
            match self.row(rest, rows)? {
                Row::Read(after) => rest = after,
                Row::Rejected(after, reason) => {
                    rejected.push(Rejected { key: String::new(), reason: reason.to_owned() });
                    rest = after;
                }
                Row::End => self.ended = true,
                Row::Unfinished => {
                    self.unfinished = BytesMut::from(rest);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Checks, once the server has no more, that the stream came to its proper end.
    pub fn finish(&self) -> Result<()> {
        if self.ended && self.unfinished.is_empty() {
            return Ok(());
        }
        Err(Error::remote("the server's copy ended in the middle"))
    }

    fn row<'a>(&mut self, bytes: &'a [u8], rows: &mut Rows) -> Result<Row<'a>> {
        let Some((count, mut rest)) = bytes.split_first_chunk::<2>() else { return Ok(Row::Unfinished) };
        let count = i16::from_be_bytes(*count);
        if count == -1 {
            return Ok(Row::End);
        }
        if usize::try_from(count) != Ok(self.columns.len() + self.lead.columns()) {
            return Err(malformed());
        }
        let mut bad = None;
        let mut found = (0, 0, 0);
        if self.lead == Lead::PartAndCtid {
            let Some((part, after)) = field(rest)? else { return Ok(Row::Unfinished) };
            rest = after;
            found.0 = part.and_then(|oid| oid.try_into().ok()).map(u32::from_be_bytes).ok_or_else(malformed)?;
        }
        if self.lead != Lead::Nothing {
            let Some((ctid, after)) = field(rest)? else { return Ok(Row::Unfinished) };
            rest = after;
            let ctid: [u8; 6] = ctid.and_then(|ctid| ctid.try_into().ok()).ok_or_else(malformed)?;
            found.1 = u32::from_be_bytes([ctid[0], ctid[1], ctid[2], ctid[3]]);
            found.2 = u16::from_be_bytes([ctid[4], ctid[5]]);
        }
        for (index, column) in self.columns.iter().enumerate() {
            let Some((value, after)) = field(rest)? else {
                rows.drop_unfinished_row();
                return Ok(Row::Unfinished);
            };
            rest = after;
            match value {
                _ if bad.is_some() => {}
                None if index < self.key_len => bad = Some("the key is null"),
                None => rows.push_null(),
                Some(value) => match push(*column, value, rows) {
                    Pushed::Yes => {}
                    Pushed::NotUtf8 => bad = Some("a text is not valid UTF-8"),
                    Pushed::Malformed => return Err(malformed()),
                },
            }
        }
        if self.lead != Lead::Nothing {
            self.pass_by(found);
        }
        if let Some(reason) = bad {
            rows.drop_unfinished_row();
            return Ok(Row::Rejected(rest, reason));
        }
        Ok(Row::Read(rest))
    }
}

impl Decoder {
    /// Remembers where the row is that is being read.
    fn pass_by(&mut self, (part, block, row): (u32, u32, u16)) {
        let place = self.place.get_or_insert_default();
        if self.part != Some(part) {
            self.is_ordered &= place.turn_to(part, self.part);
            self.part = Some(part);
        }
        let reached = place.reached.last_mut().expect("it was turned to");
        self.is_ordered &= (block, row) > (reached.block, reached.row);
        (reached.block, reached.row) = (block, row);
    }
}

/// The length of the header, once it has come whole.
fn header(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(fixed) = bytes.first_chunk::<19>() else { return Ok(None) };
    if !fixed.starts_with(SIGNATURE) {
        return Err(malformed());
    }
    let extension = u32::from_be_bytes([fixed[15], fixed[16], fixed[17], fixed[18]]) as usize;
    Ok((bytes.len() >= 19 + extension).then_some(19 + extension))
}

/// The next field (`None` inside: null) and what follows it; `None` outside when more bytes are needed.
#[expect(clippy::type_complexity, reason = "two meanings of nothing, named above")]
fn field(bytes: &[u8]) -> Result<Option<(Option<&[u8]>, &[u8])>> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = i32::from_be_bytes(*length);
    if length == -1 {
        return Ok(Some((None, rest)));
    }
    let length = usize::try_from(length).map_err(|_| malformed())?;
    Ok(rest.split_at_checked(length).map(|(value, rest)| (Some(value), rest)))
}

#[derive(PartialEq)]
enum Pushed {
    Yes,
    NotUtf8,
    Malformed,
}

/// Pushes one value. `Malformed` when it is too short or long for its type.
fn push(column: Decode, value: &[u8], rows: &mut Rows) -> Pushed {
    macro_rules! read {
        ($type:ty, |$number:ident| $push:expr) => {
            match <[u8; size_of::<$type>()]>::try_from(value).map(<$type>::from_be_bytes) {
                Ok($number) => {
                    $push;
                    Pushed::Yes
                }
                Err(_) => Pushed::Malformed,
            }
        };
    }
    match column {
        Decode::Bool => read!(u8, |truth| rows.push_integer(i64::from(truth != 0))),
        Decode::Int2 => read!(i16, |number| rows.push_integer(i64::from(number))),
        Decode::Int4 => read!(i32, |number| rows.push_integer(i64::from(number))),
        Decode::Int8 => read!(i64, |number| rows.push_integer(number)),
        Decode::Oid => read!(u32, |number| rows.push_integer(i64::from(number))),
        Decode::Float4 => push_float4(value, rows),
        Decode::Float8 => read!(f64, |number| rows.push_real(number)),
        Decode::Date => read!(i32, |days| rows.push_text_with(|text| times::write_date(days, text))),
        Decode::Timestamp => read!(i64, |time| rows.push_text_with(|text| times::write_time(time, "", text))),
        Decode::Timestamptz => read!(i64, |time| rows.push_text_with(|text| times::write_time(time, "Z", text))),
        Decode::Uuid => read!(u128, |number| rows.push_text_with(|text| write_uuid(number, text))),
        Decode::Numeric => {
            let mut read = None;
            rows.push_text_with(|text| read = numeric::write(value, text));
            if read.is_some() { Pushed::Yes } else { Pushed::Malformed }
        }
        Decode::Text => push_text(value, rows),
        Decode::Jsonb => match value.split_first() {
            Some((1, text)) => push_text(text, rows),
            _ => Pushed::Malformed,
        },
        Decode::Bytea => {
            rows.push_blob(value);
            Pushed::Yes
        }
    }
}

fn push_text(value: &[u8], rows: &mut Rows) -> Pushed {
    match std::str::from_utf8(value) {
        Ok(text) => {
            rows.push_text(text);
            Pushed::Yes
        }
        // A database in SQL_ASCII sends whatever it was given.
        Err(_) => Pushed::NotUtf8,
    }
}

/// A `real` comes as the server's text of it: the double of those digits, 0.1 and not 0.10000000149011612, is what `psql`
/// shows, and is the same float again. (Where two shortest texts exist, ours could be the other one.)
fn push_float4(value: &[u8], rows: &mut Rows) -> Pushed {
    match std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()) {
        Some(number) => {
            rows.push_real(number);
            Pushed::Yes
        }
        None => Pushed::Malformed,
    }
}

fn write_uuid(number: u128, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut buffer = [b'-'; 36];
    let mut left = number;
    for (index, place) in buffer.iter_mut().enumerate().rev() {
        if !matches!(index, 8 | 13 | 18 | 23) {
            *place = HEX[(left & 15) as usize];
            left >>= 4;
        }
    }
    text.push_str(std::str::from_utf8(&buffer).expect("hexadecimal digits are ASCII"));
}

fn malformed() -> Error {
    Error::remote("the server's copy is not in the form that it should have")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Cell;

    /// Two rows of (int4, text): (1, "é"), (null key), and the end.
    fn stream() -> Vec<u8> {
        let mut bytes = [SIGNATURE, &[0; 8]].concat();
        bytes.extend(b"\0\x02\0\0\0\x04\0\0\0\x01\0\0\0\x02\xc3\xa9");
        bytes.extend(b"\0\x02\xff\xff\xff\xff\0\0\0\x01x");
        bytes.extend(b"\xff\xff");
        bytes
    }

    #[test]
    fn rows_are_read_wherever_the_messages_are_cut() {
        let bytes = stream();
        for cut in 0..bytes.len() {
            let mut decoder = Decoder::new(vec![Decode::Int4, Decode::Text], 1, Lead::Nothing);
            let (mut rows, mut rejected) = (Rows::new(2), Vec::new());
            for part in [&bytes[..cut], &bytes[cut..]] {
                decoder.feed(Bytes::copy_from_slice(part), &mut rows, &mut rejected).unwrap();
            }
            decoder.finish().unwrap();
            assert_eq!(rows.len(), 1, "cut at {cut}");
            assert_eq!((rows.cell(0, 0), rows.cell(0, 1)), (Cell::Integer(1), Cell::Text("é")));
            assert_eq!(rejected.len(), 1);
        }
    }

    #[test]
    fn a_stream_that_is_cut_short_is_not_taken_for_whole() {
        let bytes = stream();
        let mut decoder = Decoder::new(vec![Decode::Int4, Decode::Text], 1, Lead::Nothing);
        let (mut rows, mut rejected) = (Rows::new(2), Vec::new());
        decoder.feed(Bytes::copy_from_slice(&bytes[..bytes.len() - 2]), &mut rows, &mut rejected).unwrap();
        assert_eq!(decoder.finish().unwrap_err().kind, crate::base::Kind::Remote);
    }

    #[test]
    fn bytes_of_any_kind_are_refused_and_never_a_panic() {
        use rand::{Rng as _, SeedableRng as _};
        let seed = 7;
        let mut random = rand::rngs::StdRng::seed_from_u64(seed);
        let all = [Decode::Numeric, Decode::Jsonb, Decode::Uuid, Decode::Date, Decode::Timestamptz, Decode::Float4];
        for _ in 0..20_000 {
            let mut value = vec![0; (random.next_u32() % 24) as usize];
            random.fill_bytes(&mut value);
            let mut rows = Rows::new(1);
            let _ = push(all[(random.next_u32() % 6) as usize], &value, &mut rows);
        }
    }
}
