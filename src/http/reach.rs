//! Which addresses a name may stand for. The addresses that are looked at here are the ones that are connected to, so a name
//! that stands for another address a moment later (DNS rebinding) leads nowhere. An address in a URL is looked at when its
//! door is made; what a proxy is called is the user's own business.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks for the addresses of a name.
#[async_trait]
pub trait Lookup: Send + Sync + std::fmt::Debug {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The operating system's.
#[derive(Debug)]
pub(super) struct System;

#[async_trait]
impl Lookup for System {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// How far a name may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Into the user's own network as well, as somebody's own server may be there
    Network,
    /// To what the whole world can reach
    World,
}

/// Resolves the names that are asked for, and refuses addresses that they have no business with.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    lookup: Arc<dyn Lookup>,
    /// The hosts of requests. Other names are those of proxies.
    asked: Arc<Mutex<HashMap<String, Reach>>>,
}

/// What a name may not stand for.
#[derive(Debug)]
pub(super) struct Refused(pub IpAddr);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "stands for {}, where no such server can be", self.0)
    }
}

impl std::error::Error for Refused {}

impl Guard {
    pub fn new(lookup: Option<Arc<dyn Lookup>>) -> Self {
        Guard { lookup: lookup.unwrap_or_else(|| Arc::new(System)), asked: Arc::default() }
    }

    /// From here on this name is one that requests go to. Of two reaches the shorter one counts.
    pub fn expect(&self, host: &str, reach: Reach) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asked.entry(host.to_owned()).or_insert(reach);
        *known = (*known).max(reach);
    }

    fn reach(&self, host: &str) -> Option<Reach> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied()
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let reach = guard.reach(name.as_str());
            let found = guard.lookup.addresses(name.as_str()).await?;
            let is_good = |address: &IpAddr| reach.is_none_or(|reach| may_be(*address, reach));
            let good: Vec<SocketAddr> =
                found.iter().filter(|address| is_good(address)).map(|address| SocketAddr::new(*address, 0)).collect();
            match (good.is_empty(), found.first()) {
                (true, Some(bad)) => Err(Refused(*bad).into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

/// `localhost` is this machine, whatever a name server says: what is sent there is not encrypted.
#[derive(Debug)]
pub(super) struct Localhost;

impl Resolve for Localhost {
    fn resolve(&self, _: Name) -> Resolving {
        let both = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let both = both.map(|address| SocketAddr::new(address, 0));
        Box::pin(std::future::ready(Ok(Box::new(both.into_iter()) as Addrs)))
    }
}

fn may_be(address: IpAddr, reach: Reach) -> bool {
    !is_nowhere(address) && (reach == Reach::Network || !is_private(address))
}

/// An address that no server with a name has: this machine's, a cloud's own (169.254.169.254), everybody's, nobody's.
pub(super) fn is_nowhere(address: IpAddr) -> bool {
    match inner(address) {
        IpAddr::V4(address) => {
            address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
                || address.octets()[0] == 0
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unicast_link_local()
                || address.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] // the metadata of a cloud's machines
        }
    }
}

/// An address that means something else on every network (RFC 6890). Not those that a tunnel on this machine gives to every
/// name (198.18.0.0/15 and 100.64.0.0/10, as Clash and Cloudflare WARP do): behind them the vendor is reached all the same,
/// and its certificate says so.
fn is_private(address: IpAddr) -> bool {
    match inner(address) {
        IpAddr::V4(address) => address.is_private() || address.is_documentation() || address.octets()[0] >= 240,
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// The IPv4 address that an IPv6 one reaches: mapped, compatible, or through a translator (RFC 6052).
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let segments = six.segments();
    let is_translated = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let is_compatible = segments[..6] == [0; 6] && !six.is_loopback() && !six.is_unspecified();
    match six.to_ipv4_mapped() {
        Some(four) => IpAddr::V4(four),
        None if is_translated || is_compatible => {
            let [.., high, low] = segments;
            IpAddr::V4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        None => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_of_clouds_and_of_nobody_are_no_servers() {
        let nowhere = [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
        ];
        for text in nowhere {
            assert!(is_nowhere(text.parse().unwrap()), "{text}");
        }
        for text in ["10.0.0.1", "172.16.0.1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"] {
            let address = text.parse().unwrap();
            assert!(may_be(address, Reach::Network) && !may_be(address, Reach::World), "{text}");
        }
        let world = [
            "1.1.1.1",
            "93.184.216.34",
            "2606:2800:220:1::1",
            "64:ff9b::101:101",
            "172.32.0.1",
            "100.64.0.1",
            "198.18.0.1",
        ];
        for text in world {
            assert!(may_be(text.parse().unwrap(), Reach::World), "{text}");
        }
    }
}
