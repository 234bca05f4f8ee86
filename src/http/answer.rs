//! What came back: a whole answer, never a part of one.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::base::Timestamp;

#[derive(Clone, Debug)]
pub struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The first header of this name, where it is readable text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, decompressed and without a byte order mark.
    pub fn body(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }

    /// The server's time when it answered (`Date`, RFC 9110 section 6.6.1): whole seconds, rounded down.
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?)
    }

    /// What the vendor said about a refusal: the first of `message`, `error.message`, `error_description`, `error`.
    pub(super) fn vendor_message(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Said {
            message: Option<String>,
            error: Option<serde_json::Value>,
            error_description: Option<String>,
        }
        let said: Said = serde_json::from_slice(self.body()).ok()?;
        let nested = said.error.as_ref().and_then(|error| error.get("message")?.as_str().map(str::to_owned));
        let bare = said.error.as_ref().and_then(|error| error.as_str().map(str::to_owned));
        said.message.or(nested).or(said.error_description).or(bare).filter(|text| !text.trim().is_empty())
    }
}

/// Reads an HTTP date in its preferred form (RFC 9110 section 5.6.7).
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let date = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Timestamp(date.timestamp_micros()))
}
