//! Words of the other side, made fit for a line of ours. A server may repeat what it was sent, so secrets are looked for
//! by value, in the spellings that servers use.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::base::{Secret, sanitize};

/// Longest piece of a vendor's own words in our message, in characters.
const LONGEST: usize = 300;

/// The text without this secret: as it is, form- and percent-encoded, as base64 in both alphabets, and in hexadecimal.
pub(super) fn secret(text: &str, secret: &Secret) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    let plain = secret.expose();
    // Padding stays behind; it says nothing that the stars do not.
    let base64 = [STANDARD_NO_PAD.encode(plain), URL_SAFE_NO_PAD.encode(plain)];
    let mut text = text.replace(plain, "***");
    for form in percent_encoded(plain).iter().chain(&base64) {
        text = text.replace(form.as_str(), "***");
    }
    let hex = plain.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    text.replace(&hex, "***").replace(&hex.to_ascii_uppercase(), "***").replace("***==", "***").replace("***=", "***")
}

/// As a form has it, as such a form in a path, and with all of RFC 3986's unreserved characters left alone.
fn percent_encoded(text: &str) -> [String; 3] {
    let form = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let path = form.replace('+', "%20");
    let strict = path.replace('*', "%2A").replace("%7E", "~");
    [form, path, strict]
}

/// One line with single blanks and no control characters.
pub(super) fn one_line(text: &str) -> String {
    let line: Cow<'_, str> = sanitize::line(text);
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As much of a line as a message of ours has room for.
pub(super) fn short(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let hidden = Secret::new("s3cr=t/+ ü~*");
        for said in [
            "s3cr=t/+ ü~*",
            "s3cr%3Dt%2F%2B+%C3%BC%7E*",
            "s3cr%3Dt%2F%2B%20%C3%BC%7E*",
            "s3cr%3Dt%2F%2B%20%C3%BC~%2A",
            "czNjcj10Lysgw7x+Kg==",
            "czNjcj10Lysgw7x-Kg",
            "733363723d742f2b20c3bc7e2a",
            "733363723D742F2B20C3BC7E2A",
        ] {
            assert_eq!(secret(&format!("<{said}>"), &hidden), "<***>", "{said}");
        }
        assert_eq!(secret("nothing", &Secret::new("")), "nothing");
    }
}
