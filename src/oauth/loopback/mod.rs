//! Where the browser comes back to: a listener on this machine's own address, open for one sign-in and closed by its
//! first valid answer (RFC 8252 section 7.3). Whoever else knocks is answered plainly and changes nothing.

mod bind;
mod guest;
mod page;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use url::Url;

use super::Redirect;
use super::code::{Callback, Code, Flow};
use super::failure::Failure;
use crate::base::{Doing as _, Error, Kind, Result};
use guest::{Guest, Head};
use page::Page;

/// Visitors at one time; the one who came first makes room for the next.
const MOST_GUESTS: usize = 32;
/// How long a visitor may take to say what they want, and to take in the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open listener. It closes when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    listeners: Vec<std::net::TcpListener>,
    address: Url,
}

impl Loopback {
    /// Opens the port that the vendor wants to hear of, or any free one, on loopback addresses only. `Kind::Busy` when that
    /// very port is taken.
    pub fn open(redirect: &Redirect) -> Result<Loopback> {
        Loopback::open_by(redirect, bind::listen)
    }

    fn open_by(redirect: &Redirect, listen: bind::Listen) -> Result<Loopback> {
        let (listeners, host, port) = bind::open(redirect, listen)?;
        let address = format!("http://{host}:{port}{}", redirect.path);
        let address = address.parse().map_err(|_| Error::usage(format!("`{}` is no path", redirect.path)))?;
        Ok(Loopback { listeners, address })
    }

    /// What the vendor is told, letter by letter.
    pub fn redirect_uri(&self) -> Url {
        self.address.clone()
    }

    /// The addresses it listens at.
    pub fn listens_at(&self) -> Vec<SocketAddr> {
        self.listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// Waits for this flow's answer, for so long at most. A refusal of the server ends the waiting too; nothing else does.
    pub async fn wait(self, flow: &mut Flow, limit: Duration) -> Result<Code, Failure> {
        let end = Instant::now() + limit;
        let listeners = self.listeners.into_iter().map(TcpListener::from_std).collect::<std::io::Result<Vec<_>>>();
        let listeners = listeners.doing(|| "waiting for the browser").map_err(Failure::Other)?;
        let mut guests = Guests::default();
        let (outcome, guest) = loop {
            tokio::select! {
                stream = accept(&listeners) => guests.welcome(stream, &self.address),
                (guest, head) = guests.next() => match judge(flow, &self.address, &head) {
                    Verdict::Reply(page) => guests.dismiss(guest, page),
                    Verdict::Ends(outcome, page) => break (outcome, (guest, page)),
                },
                () = sleep_until(end) => return Err(Failure::Other(nobody_came(limit))),
            }
        };
        // Closed before the answer is shown: nobody can come after the one who was right.
        drop(listeners);
        drop(guests);
        let (guest, page) = guest;
        let _ = timeout(PATIENCE, guest.say(page)).await;
        outcome
    }
}

fn nobody_came(limit: Duration) -> Error {
    Error::new(Kind::SignIn, format!("nobody came back from the browser within {} s", limit.as_secs()))
        .hint("run the command again, and finish the sign-in in the browser")
}

/// The next visitor at any of the listeners.
async fn accept(listeners: &[TcpListener]) -> TcpStream {
    loop {
        let next = std::future::poll_fn(|context| {
            let mut failed = None;
            for listener in listeners {
                match listener.poll_accept(context) {
                    Poll::Ready(Ok((stream, _))) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => failed = Some(error),
                    Poll::Pending => {}
                }
            }
            failed.map_or(Poll::Pending, |error| Poll::Ready(Err(error)))
        });
        match next.await {
            Ok(stream) => return stream,
            // A visitor who left at the door, or no file to talk to them with: the next one may have more luck.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// The visitors who are talking, each in a task of their own, so that a slow one keeps nobody waiting.
#[derive(Default)]
struct Guests {
    rooms: JoinSet<Option<(Guest, Head)>>,
    order: VecDeque<AbortHandle>,
}

impl Guests {
    fn welcome(&mut self, stream: TcpStream, address: &Url) {
        let guest = Guest::new(stream);
        let authority = authority(address);
        self.host(async move { guest.listen(&authority).await });
    }

    /// The next who has said what they want.
    async fn next(&mut self) -> (Guest, Head) {
        loop {
            match self.rooms.join_next().await {
                Some(Ok(Some(asked))) => return asked,
                // They left, or were sent away.
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn dismiss(&mut self, guest: Guest, page: Page) {
        self.host(async move {
            let _ = timeout(PATIENCE, guest.say(page)).await;
            None
        });
    }

    fn host(&mut self, talk: impl Future<Output = Option<(Guest, Head)>> + Send + 'static) {
        self.order.retain(|room| !room.is_finished());
        if self.order.len() >= MOST_GUESTS
            && let Some(oldest) = self.order.pop_front()
        {
            oldest.abort();
        }
        self.order.push_back(self.rooms.spawn(talk));
    }
}

/// What a browser says as `Host` when it was sent to this address.
fn authority(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

enum Verdict {
    Reply(Page),
    Ends(Result<Code, Failure>, Page),
}

fn judge(flow: &mut Flow, address: &Url, head: &Head) -> Verdict {
    let path = head.target.split('?').next().unwrap_or_default();
    if path != address.path() {
        return Verdict::Reply(Page::refusing(404, "There is nothing here."));
    }
    let Ok(callback) = Url::parse(&format!("http://{}{}", authority(address), head.target)) else {
        return Verdict::Reply(Page::refusing(400, "This request cannot be read."));
    };
    match flow.accept(&callback) {
        Ok(code) => Verdict::Ends(Ok(code), Page::received()),
        Err(Callback::Foreign(why)) => Verdict::Reply(Page::refusing(
            400,
            &format!("This does not answer the sign-in that appctl waits for: {why}."),
        )),
        Err(Callback::Denied(failure)) => {
            let page = Page::denied(&failure);
            Verdict::Ends(Err(failure), page)
        }
    }
}
