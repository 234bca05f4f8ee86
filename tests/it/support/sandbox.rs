//! A small HTTP/1.1 client on a bare socket, so that the sandbox is judged by something that shares no code with it nor
//! with the program's own client.

use appctl::sandbox::{Options, Plan, Sandbox};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How a connection ended while an answer was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The answer came whole, as its head announced it
    Whole,
    /// The other side closed before that
    Closed,
    /// The other side reset the connection
    Reset,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    pub ending: Ending,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The JSON of an answer that must have this status.
    pub fn expect(&self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Json::Null } else { self.json() }
    }
}

/// One client with one connection that is kept open.
pub struct Client {
    port: u16,
    pub token: String,
    stream: Option<TcpStream>,
}

impl Client {
    pub fn of(sandbox: &Sandbox) -> Client {
        Client { port: sandbox.port(), token: sandbox.token().expose().to_owned(), stream: None }
    }

    /// Another client of the same sandbox, with a connection of its own.
    pub fn again(&self) -> Client {
        Client { port: self.port, token: self.token.clone(), stream: None }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Json) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    /// One call with the token.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<Json>) -> Answer {
        let token = format!("Authorization: Bearer {}\r\n", self.token);
        self.call_with(method, path, &token, body).await
    }

    /// One call with these header lines.
    pub async fn call_with(&mut self, method: &str, path: &str, headers: &str, body: Option<Json>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        self.send(method, path, &format!("{headers}{kind}"), &body).await
    }

    /// POSTs a form with these header lines.
    pub async fn form(&mut self, path: &str, headers: &str, body: &str) -> Answer {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send("POST", path, &format!("{headers}{kind}"), body).await
    }

    /// One call with these header lines and this body, whatever they are.
    pub async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port)).await.expect("the sandbox listens"),
        };
        stream.write_all(request.as_bytes()).await.expect("the request is taken");
        let (answer, goes_on) = read_answer(&mut stream).await;
        self.stream = goes_on.then_some(stream);
        answer
    }
}

async fn read_answer(stream: &mut TcpStream) -> (Answer, bool) {
    let mut read = Vec::new();
    let mut ending = Ending::Whole;
    let head_end = loop {
        if let Some(at) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if let Some(end) = more(stream, &mut read).await {
            return (
                Answer { status: 0, head: String::from_utf8_lossy(&read).into(), body: Vec::new(), ending: end },
                false,
            );
        }
    };
    let head = String::from_utf8(read[..head_end].to_vec()).expect("a head is text");
    let mut body = read[head_end..].to_vec();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut answer = Answer { status, head, body: Vec::new(), ending };
    let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let chunked = answer.header("transfer-encoding") == Some("chunked");
    let mut goes_on = true;
    loop {
        let whole = match (length, chunked) {
            _ if status == 204 => true,
            (Some(length), _) => body.len() >= length,
            (None, true) => body.ends_with(b"\r\n0\r\n\r\n") || body == b"0\r\n\r\n",
            (None, false) => false,
        };
        if whole {
            break;
        }
        if let Some(end) = more(stream, &mut body).await {
            ending = end;
            goes_on = false;
            break;
        }
    }
    if let Some(length) = length {
        body.truncate(length);
    }
    answer.body = if chunked { unchunk(&body) } else { body };
    answer.ending = ending;
    (answer, goes_on)
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Ending> {
    match stream.read_buf(read).await {
        Ok(0) => Some(Ending::Closed),
        Ok(_) => None,
        Err(_) => Some(Ending::Reset),
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(&String::from_utf8_lossy(&bytes[..at]), 16).expect("a chunk has a size");
        if size == 0 || bytes.len() < at + 2 + size {
            break;
        }
        body.extend_from_slice(&bytes[at + 2..at + 2 + size]);
        bytes = &bytes[(at + 4 + size).min(bytes.len())..];
    }
    body
}

/// A sandbox with so many contacts and this plan of faults.
pub async fn sandbox(records: usize, faults: &str) -> (Sandbox, Client) {
    let options = Options { records, faults: Plan::parse(faults).expect("a plan"), ..Options::default() };
    let sandbox = Sandbox::start(options).await.expect("a sandbox starts");
    let client = Client::of(&sandbox);
    (sandbox, client)
}

/// The control API of a sandbox.
pub struct Control {
    client: Client,
    headers: String,
}

impl Control {
    pub fn of(sandbox: &Sandbox) -> Control {
        let headers = format!("X-Control-Token: {}\r\n", sandbox.control_token().expose());
        Control { client: Client::of(sandbox), headers }
    }

    pub async fn get(&mut self, path: &str) -> Json {
        self.client.call_with("GET", path, &self.headers, None).await.expect(200)
    }

    pub async fn post(&mut self, path: &str, body: Json) -> Json {
        self.client.call_with("POST", path, &self.headers, Some(body)).await.expect(200)
    }

    pub async fn lines(&mut self, path: &str) -> Vec<Json> {
        let answer = self.client.call_with("GET", path, &self.headers, None).await;
        assert_eq!((answer.status, answer.ending), (200, Ending::Whole));
        let lines = answer.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).expect("a line is JSON")).collect()
    }
}

/// Every record of a listing, page by page.
pub async fn list_all(client: &mut Client, path: &str) -> Vec<Json> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = client.get(&format!("{path}&after={after}")).await.expect(200);
        all.extend(page["results"].as_array().expect("a page has results").clone());
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return all,
        }
    }
}

pub fn ids(records: &[Json]) -> Vec<u64> {
    let id = |record: &Json| record["id"].as_str().and_then(|id| id.parse().ok()).expect("a record has a numeric id");
    records.iter().map(id).collect()
}

/// A search body with one filter group.
pub fn filtered(filters: Json) -> Json {
    json!({"filterGroups": [{"filters": filters}], "limit": 200})
}
