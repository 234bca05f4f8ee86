//! Bodies: read in pieces, unpacked as they come, cut off when they grow too large, and checked before anybody trusts them.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::answer::Answer;
use super::failure::{Again, Failure};
use super::options::Options;
use crate::base::Error;

/// Deepest nesting of a JSON document; serde_json's own limit for what it builds.
const DEEPEST: usize = 128;
/// Below this size a body may be compressed as well as it likes.
const RATIO_FROM: usize = 1 << 20;

/// Reads the whole body. That it is as long as its `Content-Length` says is checked by hyper for short bodies; bytes
/// beyond the length are never seen, and what is cut by them no longer parses.
pub(super) async fn read(response: &mut Response, options: &Options, most: Option<usize>) -> Result<Bytes, Failure> {
    let most = most.unwrap_or(usize::MAX).min(options.largest_body);
    let packed = response.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip");
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let room = Vec::with_capacity(announced.min(most).min(RATIO_FROM));
    let capped = Capped { kept: room, arrived: 0, most, ratio: options.largest_ratio };
    let mut sink = if packed { Sink::Packed(Box::new(MultiGzDecoder::new(capped))) } else { Sink::Plain(capped) };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => sink.take(&chunk)?,
            Ok(None) => return sink.finish(),
            Err(error) => return Err(Failure::of_transport(&error)),
        }
    }
}

enum Sink {
    Plain(Capped),
    Packed(Box<MultiGzDecoder<Capped>>),
}

impl Sink {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        match self {
            Sink::Plain(capped) => capped.write_all(chunk),
            Sink::Packed(decoder) => {
                decoder.get_mut().arrived += chunk.len();
                decoder.write_all(chunk)
            }
        }
        .map_err(|error| unpacking(&error))
    }

    fn finish(self) -> Result<Bytes, Failure> {
        match self {
            Sink::Plain(capped) => Ok(Bytes::from(capped.kept)),
            Sink::Packed(decoder) => match decoder.finish() {
                Ok(capped) => Ok(Bytes::from(capped.kept)),
                Err(error) => Err(unpacking(&error)),
            },
        }
    }
}

/// Keeps bytes up to a limit; refuses what is too large, or too large for what arrived.
struct Capped {
    kept: Vec<u8>,
    /// Compressed bytes so far; 0 when nothing is compressed
    arrived: usize,
    most: usize,
    ratio: usize,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let size = self.kept.len() + bytes.len();
        if size > self.most {
            return Err(too_large(format!("it is over {} bytes", self.most)));
        }
        if self.arrived > 0 && size > RATIO_FROM && size / self.arrived > self.ratio {
            return Err(too_large(format!("it unpacks to more than {} times its size", self.ratio)));
        }
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn too_large(why: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::FileTooLarge, why)
}

fn unpacking(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::FileTooLarge {
        return Failure::new(Error::failed(format!("the answer is refused: {error}")), Again::Never);
    }
    Failure::new(Error::remote(format!("the answer cannot be unpacked: {error}")), Again::IfRepeatable)
}

/// Checks that a success carries what looks like a JSON document of bearable depth.
pub(super) fn check_document(answer: &Answer) -> Result<(), Failure> {
    let html = answer.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let body = answer.body();
    let start = body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let wrong = match start {
        None => "it is empty",
        Some(b'<') => "it is a web page",
        _ if html => "it is a web page",
        _ => return check_depth(body),
    };
    Err(Failure::new(Error::remote(format!("the answer is no data: {wrong}")), Again::IfRepeatable))
}

/// Reading on would be safe (serde_json stops at the same depth, and skips without recursion), but a value that deep
/// cannot be read again from where it would be kept.
fn check_depth(body: &[u8]) -> Result<(), Failure> {
    let (mut depth, mut in_text, mut at) = (0_usize, false, 0);
    while at < body.len() {
        match body[at] {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > DEEPEST {
                    let deep = format!("the answer is refused: it is nested deeper than {DEEPEST} levels");
                    return Err(Failure::new(Error::failed(deep), Again::Never));
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}
