//! How each fault is done: replies sent wrongly, and bodies with odd contents.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::fault::{Odd, Wait, Wire};
use super::wire::{Body, Connection, Reply};
use super::{calendar, gzip};
use crate::base::Timestamp;

/// Sends a reply wrongly. The connection is over afterwards.
pub(crate) async fn send(
    connection: &mut Connection,
    reply: Reply,
    wire: Wire,
    date: Timestamp,
) -> std::io::Result<()> {
    let mut head = reply.head(date);
    let body = reply.into_bytes();
    let half = body.len() / 2;
    match wire {
        Wire::Close => Ok(()),
        Wire::Garbage => connection.stream.write_all(b"220 this is no web server\r\n").await,
        Wire::HalfHead => connection.stream.write_all(&head[..head.len() / 2]).await,
        Wire::Silent => wait_for_the_client_to_leave(connection).await,
        Wire::Cut => {
            begin(connection, &mut head, body.len(), &body[..half]).await?;
            // The client gets to see the half before the reset throws the rest away.
            tokio::time::sleep(Duration::from_millis(5)).await;
            connection.stream.set_zero_linger()
        }
        Wire::Fin => begin(connection, &mut head, body.len(), &body[..half]).await,
        Wire::Stall => {
            begin(connection, &mut head, body.len(), &body[..half]).await?;
            wait_for_the_client_to_leave(connection).await
        }
        Wire::Short => begin(connection, &mut head, body.len() * 2 / 3, &body).await,
        Wire::Long => begin(connection, &mut head, body.len() + 100, &body).await,
        Wire::CutGzip => {
            let packed = gzip::wrap(&body);
            head.extend_from_slice(b"Content-Encoding: gzip\r\n");
            begin(connection, &mut head, packed.len() / 2, &packed[..packed.len() / 2]).await
        }
        Wire::Chunks => {
            write!(head, "Transfer-Encoding: chunked\r\n\r\n{half:x}\r\n")?;
            head.extend_from_slice(&body[..half]);
            write!(head, "\r\n{:x}\r\n", body.len() - half)?;
            head.extend_from_slice(&body[half..]);
            head.extend_from_slice(b"\r\n");
            connection.stream.write_all(&head).await
        }
        Wire::NoLength => {
            head.extend_from_slice(b"Connection: close\r\n\r\n");
            head.extend_from_slice(&body[..half]);
            connection.stream.write_all(&head).await
        }
        Wire::Slow(rate) => {
            begin(connection, &mut head, body.len(), b"").await?;
            drip(connection, &body, rate).await
        }
        Wire::SlowHead(rate) => {
            write!(head, "Content-Length: {}\r\n\r\n", body.len())?;
            drip(connection, &head, rate).await?;
            connection.stream.write_all(&body).await
        }
        Wire::Huge(size) => huge(connection, &mut head, size).await,
        Wire::Bomb(size) => {
            let packed = gzip::bomb(b"{\"results\":[", size);
            head.extend_from_slice(b"Content-Encoding: gzip\r\n");
            begin(connection, &mut head, packed.len(), &packed).await
        }
    }
}

async fn begin(connection: &mut Connection, head: &mut Vec<u8>, length: usize, body: &[u8]) -> std::io::Result<()> {
    write!(head, "Content-Length: {length}\r\n\r\n")?;
    head.extend_from_slice(body);
    connection.stream.write_all(head).await
}

async fn drip(connection: &mut Connection, bytes: &[u8], rate: u32) -> std::io::Result<()> {
    for part in bytes.chunks(rate as usize) {
        connection.stream.write_all(part).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn huge(connection: &mut Connection, head: &mut Vec<u8>, size: u64) -> std::io::Result<()> {
    const START: &[u8] = b"{\"results\":[],\"pad\":\"";
    const END: &[u8] = b"\"}";
    let length = size.max((START.len() + END.len()) as u64);
    write!(head, "Content-Length: {length}\r\n\r\n")?;
    head.extend_from_slice(START);
    connection.stream.write_all(head).await?;
    let mut left = length - (START.len() + END.len()) as u64;
    let pad = vec![b'x'; 64 * 1024];
    while left > 0 {
        let part = left.min(pad.len() as u64);
        connection.stream.write_all(&pad[..part as usize]).await?;
        left -= part;
    }
    connection.stream.write_all(END).await
}

async fn wait_for_the_client_to_leave(connection: &mut Connection) -> std::io::Result<()> {
    let mut unread = [0; 1024];
    while connection.stream.read(&mut unread).await? > 0 {}
    Ok(())
}

/// What a `Retry-After` header says at this time.
pub(crate) fn retry_after(wait: &Wait, now: Timestamp) -> Option<String> {
    match wait {
        Wait::Missing => None,
        Wait::Says(text) => Some(text.clone()),
        Wait::Date(seconds) => {
            let mut text = String::new();
            calendar::http_date(&mut text, now.millis() + seconds * 1000);
            Some(text)
        }
    }
}

/// Changes a correct reply into one with odd contents.
pub(crate) fn spoil(mut reply: Reply, odd: Odd) -> Reply {
    let content_type = reply.content_type;
    let headers = std::mem::take(&mut reply.headers);
    let body = reply.into_bytes();
    let mut content_type = content_type;
    let body = match odd {
        Odd::Html => {
            content_type = "text/html; charset=utf-8";
            b"<!doctype html><html><head><title>Please wait</title></head><body>Checking your browser</body></html>"
                .to_vec()
        }
        Odd::Empty => Vec::new(),
        Odd::Broken => body[..body.len().saturating_sub(body.len() / 10 + 1)].to_vec(),
        Odd::NotANumber => with_property(body, b"\"sandbox_number\":NaN,"),
        Odd::DuplicateKeys => with_property(body, b"\"hs_object_id\":\"0\",\"hs_object_id\":\"1\","),
        Odd::LoneSurrogate => in_a_text(body, b"\\ud800"),
        Odd::BigInteger => with_property(body, b"\"sandbox_number\":123456789012345678901234567890,"),
        Odd::BigExponent => with_property(body, b"\"sandbox_number\":1e400,"),
        Odd::Deep => {
            let nested = [b"\"sandbox_deep\":".to_vec(), vec![b'['; 100_000], vec![b']'; 100_000], b",".to_vec()];
            with_property(body, &nested.concat())
        }
        Odd::ByteOrderMark => [b"\xEF\xBB\xBF".as_slice(), &body].concat(),
        Odd::BadUtf8 => in_a_text(body, b"\xC3\x28\xFF"),
        Odd::Nul => in_a_text(body, b"\\u0000"),
        Odd::BigCell => in_a_text(body, &vec![b'x'; 10 << 20]),
        Odd::ManyFields => {
            let fields: String = (0..10_000).map(|at| format!("\"sandbox_field_{at:05}\":\"{at}\",")).collect();
            with_property(body, fields.as_bytes())
        }
    };
    Reply { status: 200, content_type, headers, body: Body::Bytes(body) }
}

/// Puts a property into the first record, or into the object itself when there is no record.
fn with_property(body: Vec<u8>, property: &[u8]) -> Vec<u8> {
    let at = place(&body, b"\"properties\":{").or_else(|| place(&body, b"{")).unwrap_or(0);
    // A record without properties must not get a comma before its closing brace.
    let alone = body.get(at) == Some(&b'}');
    let property = if alone { property.strip_suffix(b",").unwrap_or(property) } else { property };
    [&body[..at], property, &body[at..]].concat()
}

/// Puts bytes at the beginning of a text that people wrote.
fn in_a_text(body: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    const TEXTS: [&[u8]; 6] = [
        b"\"firstname\":\"",
        b"\"name\":\"",
        b"\"dealname\":\"",
        b"\"subject\":\"",
        b"\"hs_title\":\"",
        b"\"label\":\"",
    ];
    let at = TEXTS.iter().find_map(|text| place(&body, text)).or_else(|| place(&body, b":\"")).unwrap_or(0);
    [&body[..at], bytes, &body[at..]].concat()
}

/// Where the text that follows this one begins.
fn place(body: &[u8], what: &[u8]) -> Option<usize> {
    body.windows(what.len()).position(|window| window == what).map(|at| at + what.len())
}
