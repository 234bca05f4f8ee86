//! One visitor: what they ask for is read within limits, and judged before anybody looks at a code.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;
use super::page::Page;

/// The most bytes of a request, line and headers together.
const LONGEST: usize = 32 << 10;
/// How much of what a visitor still sends is taken in before the door is shut, so that they can read the answer.
const DRAIN: usize = 4 << 20;

pub(super) struct Guest {
    stream: TcpStream,
}

/// A request for a page of ours, by a browser that a person steers.
#[derive(Debug)]
pub(super) struct Head {
    /// Path and query as they came
    pub target: String,
}

impl Guest {
    pub fn new(stream: TcpStream) -> Self {
        Guest { stream }
    }

    /// Reads the request. Whoever is too slow, too long or asks for something else is answered here and forgotten.
    pub async fn listen(mut self, authority: &str) -> Option<(Guest, Head)> {
        let refused = match timeout(PATIENCE, self.read()).await {
            Ok(Ok(bytes)) => match head(&bytes, authority) {
                Ok(head) => return Some((self, head)),
                Err(page) => page,
            },
            Ok(Err(page)) => page?,
            Err(_) => Page::refusing(408, "This request took too long."),
        };
        let _ = timeout(PATIENCE, self.say(refused)).await;
        None
    }

    /// The request up to its empty line. `None`: they left.
    async fn read(&mut self) -> Result<Vec<u8>, Option<Page>> {
        let mut bytes = Vec::new();
        let mut piece = [0; 4096];
        loop {
            let count = self.stream.read(&mut piece).await.map_err(|_| None)?;
            if count == 0 {
                return Err(None);
            }
            let from = bytes.len().saturating_sub(3);
            bytes.extend_from_slice(&piece[..count]);
            if let Some(end) = bytes[from..].windows(4).position(|four| four == b"\r\n\r\n") {
                bytes.truncate(from + end);
                return Ok(bytes);
            }
            if bytes.len() > LONGEST {
                return Err(Some(Page::refusing(431, "This request is too long.")));
            }
        }
    }

    /// Answers, and shuts the door.
    pub async fn say(mut self, page: Page) {
        if self.stream.write_all(&page.bytes()).await.is_err() || self.stream.shutdown().await.is_err() {
            return;
        }
        // Closing while something is unread would tear the answer out of the visitor's hands.
        let (mut piece, mut taken) = ([0; 4096], 0);
        while taken < DRAIN {
            match self.stream.read(&mut piece).await {
                Ok(count) if count > 0 => taken += count,
                _ => return,
            }
        }
    }
}

/// Reads a head (RFC 9112), and refuses what no browser sends that follows a redirect.
fn head(bytes: &[u8], authority: &str) -> Result<Head, Page> {
    let unreadable = || Page::refusing(400, "This request cannot be read.");
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) = (method, target, version, words.next())
    else {
        return Err(unreadable());
    };
    let headers = lines.map(|line| line.split_once(':').filter(|(name, _)| !name.contains([' ', '\t'])));
    let headers = headers.collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
    let all = |name: &str| {
        let values = headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value.trim()).collect::<Vec<_>>()
    };
    if method != "GET" {
        return Err(Page::refusing(405, "Only GET is answered here."));
    }
    if !target.starts_with('/') || !target.bytes().all(|letter| letter.is_ascii_graphic()) || target.contains('#') {
        return Err(unreadable());
    }
    // A page elsewhere whose name was made to point at this machine (DNS rebinding) has another host.
    if all("host") != [authority] {
        return Err(Page::refusing(403, "This request was meant for another host."));
    }
    let home = format!("http://{authority}");
    if !all("origin").iter().all(|origin| *origin == home) {
        return Err(Page::refusing(403, "This request was made by another page."));
    }
    // Browsers say whether a person goes to a page, or a page fetches something (an image, a frame) behind their back.
    let navigates = all("sec-fetch-mode").iter().all(|mode| *mode == "navigate")
        && all("sec-fetch-dest").iter().all(|what| *what == "document");
    let early = all("sec-purpose").iter().chain(&all("purpose")).any(|purpose| purpose.contains("prefetch"));
    if !navigates || early {
        return Err(Page::refusing(403, "This request was not made by a person."));
    }
    Ok(Head { target: target.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: &str) -> u16 {
        head(request.as_bytes(), "127.0.0.1:7").map_or_else(|page| page.status(), |_| 200)
    }

    #[test]
    fn only_a_browser_that_was_sent_here_is_listened_to() {
        let with = |line: &str, headers: &str| status(&format!("{line}\r\nHost: 127.0.0.1:7{headers}"));
        assert_eq!(with("GET /callback?state=1 HTTP/1.1", ""), 200);
        assert_eq!(with("GET / HTTP/1.1", "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"), 200);
        assert_eq!(with("GET / HTTP/1.1", "\r\norigin: http://127.0.0.1:7"), 200);
        for (line, headers, wanted) in [
            ("HEAD / HTTP/1.1", "", 405),
            ("POST / HTTP/1.1", "", 405),
            ("OPTIONS * HTTP/1.1", "", 405),
            ("GET http://127.0.0.1:7/ HTTP/1.1", "", 400),
            ("GET callback HTTP/1.1", "", 400),
            ("GET /a#b HTTP/1.1", "", 400),
            ("GET /\u{fc} HTTP/1.1", "", 400),
            ("GET / HTTP/2", "", 400),
            ("GET /", "", 400),
            ("GET  / HTTP/1.1", "", 400),
            ("", "", 400),
            ("GET / HTTP/1.1", "\r\nno colon", 400),
            ("GET / HTTP/1.1", "\r\n folded: x", 400),
            ("GET / HTTP/1.1", "\r\nHost: 127.0.0.1:7", 403),
            ("GET / HTTP/1.1", "\r\nHost: evil.example", 403),
            ("GET / HTTP/1.1", "\r\nOrigin: https://evil.example", 403),
            ("GET / HTTP/1.1", "\r\nOrigin: null", 403),
            ("GET / HTTP/1.1", "\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image", 403),
            ("GET / HTTP/1.1", "\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe", 403),
            ("GET / HTTP/1.1", "\r\nSec-Purpose: prefetch;prerender", 403),
            ("GET / HTTP/1.1", "\r\nPurpose: prefetch", 403),
        ] {
            assert_eq!(with(line, headers), wanted, "{line} {headers}");
        }
        for host in ["evil.example", "127.0.0.1", "127.0.0.1:8", "localhost:7", "127.0.0.1:7.evil.example", ""] {
            assert_eq!(status(&format!("GET / HTTP/1.1\r\nHost: {host}")), 403, "{host}");
        }
        assert_eq!(status("GET / HTTP/1.0"), 403);
        assert_eq!(head(b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1:7", "127.0.0.1:7").unwrap_err().status(), 400);
    }
}
