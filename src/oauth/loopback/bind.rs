//! Which addresses to listen at. Never all of them, and never one of another machine.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use crate::base::{Error, Kind, Result};
use crate::oauth::Redirect;

/// How often another free port is tried when only one family has the one before.
const TRIES: usize = 20;

/// How a listener is made; a test plays machines that have only one family.
pub(super) type Listen = fn(SocketAddr) -> std::io::Result<TcpListener>;

pub(super) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// The listeners, the host for the redirect URI, and the port.
pub(super) fn open(redirect: &Redirect, listen: Listen) -> Result<(Vec<TcpListener>, &'static str, u16)> {
    match redirect.host {
        "localhost" => both(redirect.port, listen),
        "127.0.0.1" => match one(V4, redirect.port, listen) {
            // An address that a vendor knows by heart cannot become another one.
            Err(error) if redirect.port.is_none() && is_absent(&error) => opened(V6, redirect, listen),
            other => other
                .map_err(|error| explained(&error, redirect.port))
                .map(|(found, port)| (vec![found], "127.0.0.1", port)),
        },
        "::1" | "[::1]" => opened(V6, redirect, listen),
        other => Err(Error::usage(format!("`{other}` is not this machine"))
            .hint("a sign-in comes back to 127.0.0.1, [::1] or localhost")),
    }
}

fn opened(family: IpAddr, redirect: &Redirect, listen: Listen) -> Result<(Vec<TcpListener>, &'static str, u16)> {
    let (listener, port) = one(family, redirect.port, listen).map_err(|error| explained(&error, redirect.port))?;
    Ok((vec![listener], "[::1]", port))
}

/// Both families, because nobody knows which of them a browser takes `localhost` for: another program on the one that was
/// left out would be handed the code.
fn both(port: Option<u16>, listen: Listen) -> Result<(Vec<TcpListener>, &'static str, u16)> {
    let mut last = None;
    for _ in 0..TRIES {
        let (first, free) = match one(V4, port, listen) {
            Ok((listener, free)) => (listener, free),
            Err(error) if is_absent(&error) => {
                let (listener, free) = one(V6, port, listen).map_err(|error| explained(&error, port))?;
                return Ok((vec![listener], "localhost", free));
            }
            Err(error) => return Err(explained(&error, port)),
        };
        match one(V6, Some(free), listen) {
            Ok((second, _)) => return Ok((vec![first, second], "localhost", free)),
            Err(error) if is_absent(&error) => return Ok((vec![first], "localhost", free)),
            Err(error) if port.is_none() && error.kind() == ErrorKind::AddrInUse => last = Some(error),
            Err(error) => return Err(explained(&error, port)),
        }
    }
    Err(last.map_or_else(|| Error::failed("no port is free"), |error| explained(&error, port)))
}

fn one(family: IpAddr, port: Option<u16>, listen: Listen) -> std::io::Result<(TcpListener, u16)> {
    let listener = listen(SocketAddr::new(family, port.unwrap_or(0)))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// The machine does not speak this family.
fn is_absent(error: &std::io::Error) -> bool {
    const FAMILY: &[i32] = &[
        97,    // EAFNOSUPPORT on Linux
        47,    // and on macOS
        10047, // and WSAEAFNOSUPPORT on Windows
    ];
    error.kind() == ErrorKind::AddrNotAvailable
        || error.kind() == ErrorKind::Unsupported
        || error.raw_os_error().is_some_and(|number| FAMILY.contains(&number))
}

fn explained(error: &std::io::Error, port: Option<u16>) -> Error {
    let Some(port) = port else {
        return Error::failed(format!("no port of this machine can be opened for the sign-in: {error}"));
    };
    match error.kind() {
        ErrorKind::AddrInUse => Error::new(Kind::Busy, format!("another program listens at port {port}"))
            .hint("end that program, or register a redirect URI with another port and give it by `--port`"),
        ErrorKind::PermissionDenied => Error::new(Kind::Denied, format!("port {port} may not be opened: {error}"))
            .hint("ports from 1024 on are free for everybody: choose one by `--port`"),
        _ => Error::failed(format!("port {port} cannot be opened for the sign-in: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(host: &'static str, port: Option<u16>) -> Redirect {
        Redirect { port, host, path: "/callback".to_owned(), own: None }
    }

    fn only_v6(address: SocketAddr) -> std::io::Result<TcpListener> {
        if address.is_ipv4() { Err(ErrorKind::AddrNotAvailable.into()) } else { listen(address) }
    }

    fn only_v4(address: SocketAddr) -> std::io::Result<TcpListener> {
        if address.is_ipv6() { Err(std::io::Error::from_raw_os_error(97)) } else { listen(address) }
    }

    #[test]
    fn a_machine_without_ipv4_listens_at_ipv6() {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let (listeners, shown, port) = open(&asks(host, None), only_v6).unwrap();
            assert_eq!(listeners.len(), 1);
            assert_eq!(listeners[0].local_addr().unwrap(), SocketAddr::new(V6, port));
            assert_eq!(shown, if host == "localhost" { host } else { "[::1]" });
        }
        let error = open(&asks("127.0.0.1", Some(40_123)), only_v6).unwrap_err();
        assert!(error.message.starts_with("port 40123 cannot be opened"), "{error}");
    }

    #[test]
    fn a_machine_without_ipv6_listens_at_ipv4() {
        let (listeners, shown, port) = open(&asks("localhost", None), only_v4).unwrap();
        assert_eq!((listeners.len(), shown), (1, "localhost"));
        assert_eq!(listeners[0].local_addr().unwrap(), SocketAddr::new(V4, port));
        assert!(open(&asks("::1", None), only_v4).is_err());
    }

    #[test]
    fn localhost_is_both_families_at_one_port() {
        let (listeners, _, port) = open(&asks("localhost", None), listen).unwrap();
        let addresses = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect::<Vec<_>>();
        assert_eq!(addresses, [SocketAddr::new(V4, port), SocketAddr::new(V6, port)]);
    }

    #[test]
    fn a_squatter_on_the_other_family_is_noticed() {
        let squatter = TcpListener::bind(SocketAddr::new(V6, 0)).unwrap();
        let port = squatter.local_addr().unwrap().port();
        let error = open(&asks("localhost", Some(port)), listen).unwrap_err();
        assert_eq!((error.kind, error.message), (Kind::Busy, format!("another program listens at port {port}")));
    }

    #[test]
    fn only_this_machine_is_listened_at() {
        for host in ["0.0.0.0", "::", "example.com", "", "127.0.0.2"] {
            assert_eq!(open(&asks(host, None), listen).unwrap_err().kind, Kind::Usage, "{host}");
        }
    }
}
