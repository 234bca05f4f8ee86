//! JSON written straight into a buffer: the pages of a listing are made without a tree in between.

use std::io::Write;

use serde_json::Value as Json;

/// Writes a text with its quotes.
pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => write!(out, "\\u{byte:04x}").expect("a vector takes every write"),
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Writes a whole number.
pub(crate) fn number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Writes any value.
pub(crate) fn value(out: &mut Vec<u8>, value: &Json) {
    serde_json::to_writer(&mut *out, value).expect("a vector takes every write");
}

/// What a JSON value is as a vendor's string: a string as it is, numbers and truths as they are written, null as empty.
pub(crate) fn loose_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_reads_back_as_it_was() {
        for plain in ["", "Ada", "O\"Brien\\", "a\nb\tc\r\u{1}\u{7f}", "né ☃ 🦀"] {
            let mut out = Vec::new();
            text(&mut out, plain);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), plain);
        }
    }
}
