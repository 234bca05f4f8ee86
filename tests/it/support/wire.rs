//! A server that says exactly the bytes it is told to, for what goes wrong on the wire: answers in order, then the last
//! one again and again.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What happens on a connection once a request was read.
#[derive(Clone, Debug)]
pub enum Say {
    /// These bytes, and the connection stays open
    Bytes(Vec<u8>),
    /// These bytes, and the connection is closed in order
    ThenClose(Vec<u8>),
    /// These bytes, and the connection is reset
    ThenReset(Vec<u8>),
    /// These bytes one by one with this pause after each
    Slowly(Vec<u8>, Duration),
    /// These bytes, and silence
    ThenSilence(Vec<u8>),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub head: String,
    pub body: Vec<u8>,
    pub at: Instant,
}

pub struct Wire {
    pub address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Wire {
    pub fn new(script: Vec<Say>) -> Self {
        let mut script = script.into_iter();
        let mut last = script.next().expect("a script has a line");
        let mut first = true;
        Wire::answering(move |_| {
            if !std::mem::take(&mut first)
                && let Some(next) = script.next()
            {
                last = next;
            }
            last.clone()
        })
    }

    /// Asks `answer` what to say to each request.
    pub fn answering(answer: impl FnMut(&Heard) -> Say + Send + 'static) -> Self {
        Wire::answering_at("127.0.0.1", answer)
    }

    /// The same on this address of this machine.
    pub fn answering_at(host: &str, answer: impl FnMut(&Heard) -> Say + Send + 'static) -> Self {
        let listener = TcpListener::bind(format!("{host}:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (told, answer) = (heard.clone(), Arc::new(Mutex::new(answer)));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (told, answer) = (told.clone(), answer.clone());
                std::thread::spawn(move || {
                    converse(stream, &told, |heard| (answer.lock().unwrap())(heard));
                });
            }
        });
        Wire { address, heard }
    }

    pub fn url(&self) -> url::Url {
        format!("http://{}", self.address).parse().unwrap()
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

fn converse(mut stream: TcpStream, told: &Mutex<Vec<Heard>>, mut answer: impl FnMut(&Heard) -> Say) {
    while let Some(heard) = read_request(&mut stream) {
        told.lock().unwrap().push(heard.clone());
        match answer(&heard) {
            Say::Bytes(bytes) => {
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
            Say::ThenClose(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Say::ThenReset(bytes) => {
                let _ = stream.write_all(&bytes);
                std::thread::sleep(Duration::from_millis(20));
                let _ = rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
                return;
            }
            Say::Slowly(bytes, pause) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                    std::thread::sleep(pause);
                }
            }
            Say::ThenSilence(bytes) => {
                let _ = stream.write_all(&bytes);
                let _ = stream.read(&mut [0; 1]);
                return;
            }
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Heard { head, body, at: Instant::now() })
}

/// The value of a header in a head as it came.
pub fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// A whole answer with a correct length.
pub fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A whole JSON answer.
pub fn json(body: &str) -> Say {
    Say::Bytes(reply(200, &[("content-type", "application/json")], body))
}
