//! The loop that accepts connections, answers requests and plays the faults. It knows the vendors only by their door:
//! which endpoint a request is for, and what the answer is.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::chance::Chance;
use super::clock::ServerClock;
use super::control;
use super::fault::{Fault, Twist};
use super::faults::{Aim, Faults};
use super::havoc;
use super::hubspot::{self, Hubspot};
use super::journal::Journal;
use super::oauth::{Oauth, Outcome, Place};
use super::stats::Stats;
use super::turn::Turn;
use super::wire::{Connection, NoRequest, Reply, Request};
use crate::base::Secret;

/// Everything one running sandbox consists of.
pub(crate) struct House {
    pub(crate) clock: ServerClock,
    pub(crate) hubspot: Arc<Hubspot>,
    pub(crate) oauth: Oauth,
    pub(crate) faults: Faults,
    pub(crate) stats: Stats,
    pub(crate) control_token: Secret,
    pub(crate) port: u16,
    /// `host:port` of the other host, which nobody should follow a redirect to with credentials
    pub(crate) canary: String,
    pub(crate) seed: u64,
    pub(crate) chance: Chance,
    /// What makes it outlive its process
    pub(crate) journal: Option<tokio::sync::Mutex<Journal>>,
}

/// What a vendor's fake needs to know about a call beside the request.
pub(crate) struct Call<'a> {
    pub(crate) twist: Option<Twist>,
    pub(crate) canary: &'a str,
    pub(crate) own: &'a str,
    /// Who issued the tokens that are no private app's
    pub(crate) oauth: &'a Oauth,
}

/// Accepts connections until the task is dropped, and ends them with it.
pub(crate) async fn serve(listener: TcpListener, house: Arc<House>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = open.spawn(converse(stream, house.clone())),
                // Too many open files, for example: the ones that are open may end meanwhile.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, house: Arc<House>) {
    _ = stream.set_nodelay(true);
    let mut connection = Connection::new(stream);
    loop {
        match connection.request().await {
            Ok(request) => {
                let goes_on = answer(&mut connection, &request, &house).await;
                if !goes_on || !request.keep_alive {
                    return;
                }
            }
            Err(NoRequest::Closed) => return,
            Err(NoRequest::Refused(status)) => {
                let reply = Reply::empty(status).header("Connection", "close");
                _ = connection.send(reply, house.clock.announced(), false).await;
                connection.linger().await;
                return;
            }
        }
    }
}

/// Answers one request; says whether the connection can go on.
async fn answer(connection: &mut Connection, request: &Request, house: &Arc<House>) -> bool {
    let date = house.clock.announced();
    let head_only = request.method == "HEAD";
    let mut turn = match Turn::take(house).await {
        Ok(turn) => turn,
        Err(error) => return connection.send(control::failure(503, &error), date, head_only).await.is_ok(),
    };
    if control::is_for(request) {
        let reply = control::answer(house, request);
        let kept = if reply.status == 200 && control::lasts(request) { turn.keep(request) } else { Ok(()) };
        drop(turn);
        let reply = kept.map_or_else(|error| control::failure(503, &error), |()| reply);
        return connection.send(reply, date, head_only).await.is_ok();
    }
    let door = Door::of(request, house);
    let name = door.name();
    house.stats.begin(name);
    let _end = InFlight(&house.stats);
    note_the_host(request, house);
    let fault = house.faults.strike(&door.aim());
    if let Some((word, _)) = &fault {
        house.stats.fault(word);
    }
    let fault = fault.map(|(_, fault)| fault);
    let carried_out = !matches!(fault, Some(Fault::Status(..) | Fault::Redirect));
    let lasts = carried_out && door.changes(request, house);
    let Outcome { reply, late } = door.answer(request, house, fault.as_ref());
    let kept = if lasts { turn.keep(request) } else { Ok(()) };
    drop(turn);
    if let Err(error) = kept {
        return connection.send(control::failure(503, &error), date, head_only).await.is_ok();
    }
    let Some(reply) = reply else {
        // Somebody closed the browser: nothing more comes, and the client may leave whenever it likes.
        connection.closed().await;
        return false;
    };
    house.stats.answered(reply.status);
    door.pass(house).await;
    tokio::time::sleep(late).await;
    match fault {
        Some(Fault::Wire(wire)) => {
            _ = havoc::send(connection, reply, wire, date).await;
            false
        }
        Some(Fault::Late(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            connection.send(reply, date, head_only).await.is_ok()
        }
        _ => connection.send(reply, date, head_only).await.is_ok(),
    }
}

/// Which of the fakes a call is for.
pub(crate) enum Door {
    Hubspot(hubspot::Endpoint),
    Oauth(Place),
}

impl Door {
    pub(crate) fn of(request: &Request, house: &House) -> Door {
        match Place::of(request) {
            Some(place) => {
                house.oauth.arrived(&place, request);
                Door::Oauth(place)
            }
            None => Door::Hubspot(house.hubspot.endpoint(request)),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Door::Hubspot(endpoint) => endpoint.name,
            Door::Oauth(place) => place.words().0,
        }
    }

    fn aim(&self) -> Aim<'_> {
        match self {
            Door::Hubspot(endpoint) => Aim {
                endpoint: endpoint.name,
                grant: "",
                object: &endpoint.object,
                pages: endpoint.pages,
                after: endpoint.after,
            },
            Door::Oauth(place) => {
                let (endpoint, grant) = place.words();
                Aim { endpoint, grant, object: place.dialect.id, pages: false, after: false }
            }
        }
    }

    /// The answer that this fault leaves of the right one.
    fn answer(&self, request: &Request, house: &House, fault: Option<&Fault>) -> Outcome {
        let now = house.clock.now();
        let reply = match fault {
            Some(Fault::Status(status, wait)) => self.broken(house, *status, havoc::retry_after(wait, now)),
            Some(Fault::Redirect) => {
                Reply::empty(302).header("Location", format!("http://{}{}", house.canary, request.target))
            }
            Some(Fault::Odd(odd)) => {
                let Outcome { reply, late } = self.handle(request, house, None);
                let spoil = |reply: Reply| if reply.status < 300 { havoc::spoil(reply, *odd) } else { reply };
                return Outcome { reply: reply.map(spoil), late };
            }
            Some(Fault::Twist(twist)) => return self.handle(request, house, Some(*twist)),
            _ => return self.handle(request, house, None),
        };
        reply.into()
    }

    /// Whether later calls could notice that this one was carried out.
    fn changes(&self, request: &Request, house: &House) -> bool {
        match self {
            Door::Hubspot(endpoint) => {
                let reads = request.method == "GET" || request.method == "HEAD";
                !reads && endpoint.name != "search" && !request.target.contains("/batch/read")
            }
            Door::Oauth(place) => house.oauth.changes(place),
        }
    }

    pub(crate) fn handle(&self, request: &Request, house: &House, twist: Option<Twist>) -> Outcome {
        match self {
            Door::Hubspot(_) => {
                let own = format!("http://127.0.0.1:{}", house.port);
                let call = Call { twist, canary: &house.canary, own: &own, oauth: &house.oauth };
                house.hubspot.handle(request, &call).into()
            }
            Door::Oauth(place) => house.oauth.handle(place, request, &|token| house.hubspot.opens(token)),
        }
    }

    fn broken(&self, house: &House, status: u16, wait: Option<String>) -> Reply {
        match self {
            Door::Hubspot(_) if status == 429 => house.hubspot.slow_down(wait),
            Door::Hubspot(_) => house.hubspot.broken(status, wait),
            Door::Oauth(place) => house.oauth.broken(place, status, wait),
        }
    }

    /// Waits where a test holds answers back.
    async fn pass(&self, house: &House) {
        if let Door::Oauth(place) = self {
            house.oauth.pass(place).await;
        }
    }
}

struct InFlight<'a>(&'a Stats);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn note_the_host(request: &Request, house: &House) {
    let host = request.header("host").unwrap_or_default();
    let name = host.strip_suffix(&format!(":{}", house.port)).unwrap_or_default();
    if name != "127.0.0.1" && name != "localhost" {
        house.stats.change(|counts| counts.wrong_host += 1);
    }
}

/// The other host: counts who comes and who brings credentials, and answers as if all were well.
pub(crate) async fn serve_canary(listener: TcpListener, house: Arc<House>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => _ = open.spawn(lure(stream, house.clone())),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn lure(stream: TcpStream, house: Arc<House>) {
    let mut connection = Connection::new(stream);
    while let Ok(request) = connection.request().await {
        let carried = request.header("authorization").is_some() || request.header("cookie").is_some();
        house.stats.change(|counts| {
            counts.canary += 1;
            counts.canary_with_credentials += u64::from(carried);
        });
        let reply = Reply::json(200, br#"{"results":[]}"#.to_vec());
        if connection.send(reply, house.clock.announced(), false).await.is_err() || !request.keep_alive {
            return;
        }
    }
}
