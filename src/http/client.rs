//! The clients, made when the first request needs them: building one reads certificates and costs 15 to 66 ms.

use std::sync::OnceLock;

use reqwest::Client;
use reqwest::redirect::Policy;
use url::Url;

use super::Options;
use super::reach::{Guard, Localhost, Reach};
use crate::base::{Error, Result};

/// One client for the world, and one for this machine that no proxy sees.
#[derive(Debug)]
pub(super) struct Clients {
    options: Options,
    guard: Guard,
    world: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

impl Clients {
    pub fn new(options: &Options) -> Self {
        let guard = Guard::new(options.lookup.clone());
        Clients { options: options.clone(), guard, world: OnceLock::new(), loopback: OnceLock::new() }
    }

    pub fn for_url(&self, url: &Url, reach: Reach) -> Result<&Client> {
        if let Some(url::Host::Domain(name)) = url.host() {
            self.guard.expect(name, reach);
        }
        let (cell, local) = if is_loopback(url) { (&self.loopback, true) } else { (&self.world, false) };
        match cell.get() {
            Some(client) => Ok(client),
            None => {
                let client = self.build(local)?;
                Ok(cell.get_or_init(|| client))
            }
        }
    }

    fn build(&self, local: bool) -> Result<Client> {
        // Another part of the process may have installed it already, and that is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .user_agent(concat!("appctl/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.options.connect_timeout)
            .read_timeout(self.options.read_timeout)
            .tcp_nodelay(true);
        let builder = if local {
            builder.no_proxy().dns_resolver(std::sync::Arc::new(Localhost))
        } else {
            builder.dns_resolver(std::sync::Arc::new(self.guard.clone()))
        };
        builder.build().map_err(|error| Error::failed(format!("the HTTP client cannot be made: {error}")))
    }
}

/// Whether the URL's host is this machine, by address or by the name `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
