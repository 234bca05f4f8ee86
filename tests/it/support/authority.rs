//! Authorization servers as a test needs them: at a wire that says what it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use appctl::base::Secret;
use appctl::http::{Http, Options};
use appctl::oauth::{Client, Revoke, RevokeBy, Server};

use super::wire::{Heard, Say, Wire, reply};

pub const CLIENT_SECRET: &str = "client+secret/canary=Q7";
pub const REFRESH: &str = "1//refresh-canary_~x9";

/// Small limits, so that what takes long ends soon. One for all tests, because making its client takes longest.
pub fn http() -> Http {
    static HTTP: LazyLock<Http> = LazyLock::new(quick);
    HTTP.clone()
}

fn quick() -> Http {
    let options = Options {
        connect_timeout: Duration::from_millis(500),
        read_timeout: Duration::from_millis(300),
        attempt_timeout: Duration::from_millis(900),
        deadline: Duration::from_secs(5),
        patience: Duration::from_secs(2),
        attempts: 3,
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(20),
        seed: Some(1),
        ..Options::default()
    };
    Http::new(options).unwrap()
}

/// A server with everything at one wire.
pub fn server(wire: &Wire) -> Server {
    let at = |path: &str| wire.url().join(path).unwrap();
    Server {
        authorize: Some(at("/authorize")),
        device: Some(at("/device")),
        revoke: Some(Revoke { url: at("/revoke"), how: RevokeBy::Rfc7009 }),
        introspect: Some(at("/introspect")),
        ..Server::new(at("/token"))
    }
}

pub fn client() -> Client {
    Client { id: "the client".to_owned(), secret: Some(Secret::new(CLIENT_SECRET)) }
}

pub fn public_client() -> Client {
    Client { id: "the client".to_owned(), secret: None }
}

/// A JSON answer with this status.
pub fn says(status: u16, body: &str) -> Say {
    Say::Bytes(reply(status, &[("content-type", "application/json")], body))
}

/// The parameters of a form that was sent.
pub fn form(heard: &Heard) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&heard.body).into_owned().collect()
}
