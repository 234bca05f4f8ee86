//! How one account's requests leave: to which base, with which headers, signed in how, at which pace.

use super::address::filled;
use super::{KeyUse, Provider, Site, custom};
use crate::base::{Error, Result, Secret};
use crate::http::{Auth, Door};

impl Provider {
    /// The door to this account's API. `label` with the host names the limits that processes share.
    pub fn door(&self, site: &Site, label: &str, auth: Auth) -> Result<Door> {
        let settled = self.with_defaults(site);
        let mut door =
            Door::new(self.base(site)?, label)?.auth(auth).limits(self.limits, self.announced).explain(self.explain);
        // A vendor is where the world finds it; somebody's own server may be on their own network.
        if site.endpoint.is_none() && !self.hosts.is_empty() {
            door = door.of_the_world();
        }
        if self.refuses_in_200 {
            door = door.error_in_200();
        }
        for (name, text) in filled(self.headers, &settled) {
            door = door.header(name, text);
        }
        Ok(door)
    }

    /// How a key (`Method::Token`) is sent.
    pub fn auth(&self, secret: Secret, site: &Site) -> Result<Auth> {
        match self.api_key {
            Some(KeyUse::Bearer) => Ok(Auth::Bearer(secret)),
            Some(KeyUse::BasicUser) => Ok(Auth::Basic { user: secret.expose().to_owned(), password: Secret::new("") }),
            Some(KeyUse::Header(name)) => Ok(Auth::Header { name: name.into(), value: secret }),
            Some(KeyUse::Settings) => custom::auth(secret, &self.with_defaults(site)),
            None => {
                Err(Error::usage(format!("{} takes no key", self.title))
                    .hint(format!("use {}", self.words_of_methods())))
            }
        }
    }
}
