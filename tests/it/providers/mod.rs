//! Who the vendors are: that their declarations hold together, say what their documentation says, and send credentials
//! nowhere else.

mod addresses;
mod custom;
mod declarations;
mod exchange;
mod grants;
mod hosts;
mod identity;
mod keys;
mod landing;
mod refusals;
mod salesforce;
mod sandbox;
mod scopes;
mod signing;

use std::collections::BTreeMap;

use appctl::providers::{ALL, Provider, Site};

/// The provider of this id.
fn provider(id: &str) -> &'static Provider {
    ALL.iter().copied().find(|provider| provider.id == id).unwrap()
}

/// Settings as `--set` gives them: `a=b`.
fn settings(pairs: &[&str]) -> BTreeMap<String, String> {
    pairs.iter().map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn site(pairs: &[&str]) -> Site {
    Site { settings: settings(pairs), ..Site::default() }
}

fn at(endpoint: &str, pairs: &[&str]) -> Site {
    Site { endpoint: Some(endpoint.parse().unwrap()), ..site(pairs) }
}
