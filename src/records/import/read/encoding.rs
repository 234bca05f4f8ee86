//! From a file's bytes to UTF-8. What cannot be decoded is an error that names the place; nothing becomes U+FFFD.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::base::{Error, Kind, Result};

/// How much of a file is looked at before it is read.
pub const SAMPLE: u64 = 1 << 16;

/// How a file's text is written down.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    encoding: &'static Encoding,
    /// Bytes of the byte order mark
    mark: usize,
    guessed: bool,
}

impl Text {
    /// The encoding that was named, or the one that the bytes show: a byte order mark, UTF-8 wherever the whole file is,
    /// UTF-16 by its zeros, and else the most likely one.
    pub fn look(file: &File, start: &[u8], named: Option<&str>) -> Result<Self> {
        let marked = Encoding::for_bom(start);
        if let Some(label) = named {
            let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Error::usage(format!("no encoding is called `{label}`"))
                    .hint("use utf-8, utf-16le, utf-16be, windows-1252, iso-8859-2, shift_jis or another one of the web's names")
            })?;
            // `utf-16` means little-endian on the web; the mark knows better.
            let encoding = match marked {
                Some((marked, _)) if label.eq_ignore_ascii_case("utf-16") => marked,
                _ => encoding,
            };
            let mark = marked.filter(|(marked, _)| *marked == encoding).map_or(0, |(_, length)| length);
            return Ok(Text { encoding, mark, guessed: false });
        }
        if let Some((encoding, mark)) = marked {
            return Ok(Text { encoding, mark, guessed: false });
        }
        if let Some(encoding) = wide(start) {
            return Ok(Text { encoding, mark: 0, guessed: true });
        }
        let text = guess(file)?;
        if text.guessed && start.contains(&0) {
            return Err(Error::usage("this is no text file: it has zeros in it")
                .hint("name its encoding with `--encoding`, or what it is with `--format`"));
        }
        Ok(text)
    }

    /// The file's text in UTF-8, from its beginning.
    pub fn reader(&self, file: &File) -> Result<Utf8> {
        let mut from = super::from_start(file)?;
        from.consume_exactly(self.mark)?;
        if self.encoding == UTF_8 {
            return Ok(Utf8::Plain(from));
        }
        let decoder = self.encoding.new_decoder_without_bom_handling();
        Ok(Utf8::Decoded(Box::new(Decoded {
            from,
            decoder,
            text: Vec::new(),
            at: 0,
            line: 1,
            byte: self.mark,
            ended: false,
            encoding: self.encoding,
        })))
    }

    pub fn word(&self) -> String {
        let name = self.encoding.name().to_lowercase();
        if self.guessed { format!("{name} (guessed, change it with `--encoding`)") } else { name }
    }
}

trait ConsumeExactly {
    fn consume_exactly(&mut self, count: usize) -> io::Result<()>;
}

impl ConsumeExactly for BufReader<File> {
    fn consume_exactly(&mut self, count: usize) -> io::Result<()> {
        io::copy(&mut self.take(count as u64), &mut io::sink()).map(drop)
    }
}

/// UTF-16 without a mark: Latin text has a zero in every other byte.
fn wide(start: &[u8]) -> Option<&'static Encoding> {
    let pairs = start.len() / 2;
    let zeros = |odd: usize| start.chunks_exact(2).filter(|pair| pair[odd] == 0 && pair[1 - odd] != 0).count();
    match (zeros(0), zeros(1)) {
        (_, low) if pairs >= 2 && low * 10 > pairs * 7 => Some(UTF_16LE),
        (high, _) if pairs >= 2 && high * 10 > pairs * 7 => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8 when all of the file is; else what is most likely.
fn guess(file: &File) -> Result<Text> {
    let mut from = super::from_start(file)?;
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut detector: Option<EncodingDetector> = None;
    let mut scratch = vec![0; 1 << 18];
    loop {
        let block = from.fill_buf()?;
        let (read, ended) = (block.len(), block.is_empty());
        if let Some(detector) = &mut detector {
            detector.feed(block, ended);
        } else if !is_utf8(&mut decoder, block, &mut scratch, ended) {
            // The detector sees the file from its beginning: what came before is ASCII or UTF-8 and tells it something.
            detector = Some(EncodingDetector::new(Iso2022JpDetection::Deny));
            from.rewind()?;
            continue;
        }
        if ended {
            break;
        }
        from.consume(read);
    }
    Ok(match detector {
        None => Text { encoding: UTF_8, mark: 0, guessed: false },
        Some(detector) => Text { encoding: detector.guess(None, Utf8Detection::Deny), mark: 0, guessed: true },
    })
}

fn is_utf8(decoder: &mut Decoder, block: &[u8], scratch: &mut [u8], last: bool) -> bool {
    if block.is_ascii() && !last {
        // A sequence that was cut off by the block before ends here.
        let (result, _, _) = decoder.decode_to_utf8_without_replacement(&block[..block.len().min(1)], scratch, false);
        return !matches!(result, DecoderResult::Malformed(..));
    }
    let (result, _, _) = decoder.decode_to_utf8_without_replacement(block, scratch, last);
    !matches!(result, DecoderResult::Malformed(..))
}

/// UTF-8 to read: as it is (checked by whoever reads it), or made from another encoding.
pub enum Utf8 {
    Plain(BufReader<File>),
    Decoded(Box<Decoded>),
}

impl Read for Utf8 {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Utf8::Plain(from) => from.read(into),
            Utf8::Decoded(from) => from.read(into),
        }
    }
}

pub struct Decoded {
    from: BufReader<File>,
    decoder: Decoder,
    text: Vec<u8>,
    at: usize,
    line: u64,
    byte: usize,
    ended: bool,
    encoding: &'static Encoding,
}

impl Read for Decoded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = into.len().min(self.text.len() - self.at);
        into[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

impl Decoded {
    fn refill(&mut self) -> io::Result<()> {
        let block = self.from.fill_buf()?;
        let last = block.is_empty();
        let room = self.decoder.max_utf8_buffer_length_without_replacement(block.len()).unwrap_or(1 << 20);
        self.text.resize(room, 0);
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(block, &mut self.text, last);
        self.text.truncate(written);
        self.at = 0;
        self.line += self.text.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.from.consume(read);
        self.byte += read;
        if let DecoderResult::Malformed(bad, after) = result {
            let place = self.byte.saturating_sub(usize::from(bad) + usize::from(after));
            let name = self.encoding.name().to_lowercase();
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("line {}, byte {place} of the file: what stands there is no {name}", self.line),
            ));
        }
        self.ended = last && matches!(result, DecoderResult::InputEmpty);
        Ok(())
    }
}

/// A failure to read, told apart from a failure to decode.
pub fn unreadable(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData => {
            Error::new(Kind::Failed, error.to_string()).hint("name the file's encoding with `--encoding`")
        }
        _ => error.into(),
    }
}
