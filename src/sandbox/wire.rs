//! HTTP/1.1 as far as a fake needs it: read a request from a connection, write a reply to it. It is written here, on the
//! bare socket, because the faults need to break every rule of it, and because a page must leave in one write.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::calendar;
use crate::base::Timestamp;

const HEAD_LIMIT: usize = 64 * 1024;
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// A request as it came.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query as they were sent
    pub(crate) target: String,
    /// The parts of the path, decoded
    pub(crate) segments: Vec<String>,
    /// Decoded, in their order
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) keep_alive: bool,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A list in the query, whether it was sent as `a,b` or as the parameter repeated.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        values.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|part| !part.is_empty()).collect()
    }

    /// As it could be sent again, with its body, without the headers of this connection and the key to the control API.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        const GONE: [&str; 6] =
            ["x-control-token", "content-length", "transfer-encoding", "connection", "expect", "user-agent"];
        for (name, value) in self.headers.iter().filter(|(name, _)| !GONE.contains(&name.as_str())) {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str("\r\n");
        [out.as_bytes(), &self.body].concat()
    }

    /// What `bytes` made.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Request> {
        let end = find(bytes, b"\r\n\r\n")? + 4;
        Some(Request { body: bytes[end..].to_vec(), ..parse_head(&bytes[..end])? })
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Why no request could be read.
pub(crate) enum NoRequest {
    /// The client went away, or the connection broke
    Closed,
    /// To be answered with this status, and then closed
    Refused(u16),
}

/// One connection with what was read too far.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Connection { stream, read: Vec::with_capacity(4096) }
    }

    pub(crate) async fn request(&mut self) -> Result<Request, NoRequest> {
        let head_end = loop {
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                break at + 4;
            }
            if self.read.len() > HEAD_LIMIT {
                return Err(NoRequest::Refused(431));
            }
            self.more().await?;
        };
        let mut request = parse_head(&self.read[..head_end]).ok_or(NoRequest::Refused(400))?;
        self.read.drain(..head_end);
        if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.map_err(|_| NoRequest::Closed)?;
        }
        request.body = self.body(&request).await?;
        Ok(request)
    }

    async fn more(&mut self) -> Result<(), NoRequest> {
        match self.stream.read_buf(&mut self.read).await {
            Ok(0) | Err(_) => Err(NoRequest::Closed),
            Ok(_) => Ok(()),
        }
    }

    async fn body(&mut self, request: &Request) -> Result<Vec<u8>, NoRequest> {
        if request.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked")) {
            return self.chunks().await;
        }
        let length = request.header("content-length").unwrap_or("0");
        // `parse` would take a sign too.
        let digits = length.bytes().all(|byte| byte.is_ascii_digit());
        let length = length.parse::<usize>().ok().filter(|_| digits).ok_or(NoRequest::Refused(400))?;
        if length > BODY_LIMIT {
            return Err(NoRequest::Refused(413));
        }
        self.take(length).await
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>, NoRequest> {
        while self.read.len() < length {
            self.more().await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, NoRequest> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let digits = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_hexdigit());
            let size = usize::from_str_radix(size, 16).ok().filter(|_| digits).ok_or(NoRequest::Refused(400))?;
            if size == 0 {
                while !self.line().await?.is_empty() {}
                return Ok(body);
            }
            if size > BODY_LIMIT - body.len() {
                return Err(NoRequest::Refused(413));
            }
            body.extend(self.take(size).await?);
            self.line().await?;
        }
    }

    async fn line(&mut self) -> Result<String, NoRequest> {
        loop {
            if let Some(at) = find(&self.read, b"\r\n") {
                let line = self.take(at + 2).await?;
                return Ok(String::from_utf8_lossy(&line[..at]).into_owned());
            }
            if self.read.len() > HEAD_LIMIT {
                return Err(NoRequest::Refused(431));
            }
            self.more().await?;
        }
    }

    /// Reads for a moment what is still on its way: closing before that would reset the connection and take the answer with
    /// it (RFC 9112 section 9.6).
    pub(crate) async fn linger(&mut self) {
        _ = self.stream.shutdown().await;
        _ = tokio::time::timeout(Duration::from_millis(500), self.closed()).await;
    }

    /// Waits until the client leaves.
    pub(crate) async fn closed(&mut self) {
        while self.more().await.is_ok() {
            self.read.clear();
        }
    }

    /// Sends a whole reply. The connection goes on when both sides want it to.
    pub(crate) async fn send(&mut self, reply: Reply, date: Timestamp, head_only: bool) -> std::io::Result<()> {
        match reply.body {
            Body::Bytes(ref bytes) => {
                let mut out = reply.head(date);
                // A reply without contents has no length either (RFC 9110, section 8.6).
                if reply.status == 204 {
                    out.extend_from_slice(b"\r\n");
                    return self.stream.write_all(&out).await;
                }
                write!(out, "Content-Length: {}\r\n\r\n", bytes.len())?;
                if !head_only {
                    out.extend_from_slice(bytes);
                }
                self.stream.write_all(&out).await
            }
            Body::Parts(mut next) => {
                let head = Reply { body: Body::Bytes(Vec::new()), ..reply };
                let mut out = head.head(date);
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                if head_only {
                    return self.stream.write_all(&out).await;
                }
                while let Some(part) = next() {
                    write!(out, "{:x}\r\n", part.len())?;
                    out.extend_from_slice(&part);
                    out.extend_from_slice(b"\r\n");
                    self.stream.write_all(&out).await?;
                    out.clear();
                }
                out.extend_from_slice(b"0\r\n\r\n");
                self.stream.write_all(&out).await
            }
        }
    }
}

/// What is sent back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// One part after the other, none of them empty, until there is none
    Parts(Box<dyn FnMut() -> Option<Vec<u8>> + Send>),
}

impl Reply {
    pub(crate) fn json(status: u16, body: Vec<u8>) -> Self {
        let content_type = "application/json;charset=utf-8";
        Reply { status, content_type, headers: Vec::new(), body: Body::Bytes(body) }
    }

    pub(crate) fn value(status: u16, value: &serde_json::Value) -> Self {
        Reply::json(status, value.to_string().into_bytes())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Reply::json(status, Vec::new())
    }

    pub(crate) fn html(status: u16, page: String) -> Self {
        Reply { content_type: "text/html; charset=utf-8", ..Reply::json(status, page.into_bytes()) }
    }

    pub(crate) fn parts(content_type: &'static str, next: Box<dyn FnMut() -> Option<Vec<u8>> + Send>) -> Self {
        Reply { status: 200, content_type, headers: Vec::new(), body: Body::Parts(next) }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The bytes of the body; a body in parts is put together.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self.body {
            Body::Bytes(bytes) => bytes,
            Body::Parts(next) => std::iter::from_fn(next).flatten().collect(),
        }
    }

    /// Status line and headers, each with its line end, but for the length and the empty line.
    pub(crate) fn head(&self, date: Timestamp) -> Vec<u8> {
        let mut out = String::with_capacity(512);
        out.push_str("HTTP/1.1 ");
        out.push_str(&self.status.to_string());
        out.push(' ');
        out.push_str(reason(self.status));
        out.push_str("\r\nDate: ");
        calendar::http_date(&mut out, date.millis());
        out.push_str("\r\n");
        if !self.content_type.is_empty() {
            out.push_str("Content-Type: ");
            out.push_str(self.content_type);
            out.push_str("\r\n");
        }
        for (name, value) in &self.headers {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
            out.push_str("\r\n");
        }
        out.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        207 => "Multi-Status",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn parse_head(head: &[u8]) -> Option<Request> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target, version) = (first.next()?, first.next()?, first.next()?);
    if !version.starts_with("HTTP/1.") {
        return None;
    }
    let mut request = Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() };
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        request.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let connection = request.header("connection").unwrap_or_default().to_ascii_lowercase();
    request.keep_alive = match version {
        "HTTP/1.0" => connection.contains("keep-alive"),
        _ => !connection.contains("close"),
    };
    // A proxy's form names the whole address; only its path matters here.
    let path = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => rest.find('/').map_or("/", |at| &rest[at..]),
        _ => target,
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    request.segments = path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, false)).collect();
    request.query = pairs(query);
    Some(request)
}

/// The names and values of a query or a form, decoded, in their order.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

pub(crate) fn decode(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        let hex = hex.filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if plus_is_blank && bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_its_query_are_taken_apart() {
        let head =
            b"GET /crm/v3/objects/p%2Fq?properties=a,b&properties=c&after=5%2C6&q=x+y HTTP/1.1\r\nHost: h\r\n\r\n";
        let request = parse_head(head).unwrap();
        assert_eq!(request.segments, ["crm", "v3", "objects", "p/q"]);
        assert_eq!(request.list("properties"), ["a", "b", "c"]);
        assert_eq!(request.parameter("after"), Some("5,6"));
        assert_eq!(request.parameter("q"), Some("x y"));
        assert!(request.keep_alive);
    }

    #[test]
    fn an_address_in_the_query_is_no_address_of_the_request() {
        let segments = |target: &str| parse_head(format!("GET {target} HTTP/1.1\r\n\r\n").as_bytes()).unwrap().segments;
        assert_eq!(segments("/a/b?back=http://localhost/c"), ["a", "b"]);
        assert_eq!(segments("http://localhost:80/c?d=e"), ["c"]);
        assert_eq!(decode("%+5%zz%41+", true), "% 5%zzA ");
    }
}
