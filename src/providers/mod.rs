//! Who a vendor is: its name, where its API lives, how it is signed in to and how fast it may be asked.
//! Facts only: no state, no tokens. One file a vendor and one line in the list.

mod hubspot;
mod postgres;

pub use crate::http::Limit;
pub use hubspot::HUBSPOT;
pub use postgres::POSTGRES;

/// Every provider, in alphabetical order.
pub static ALL: &[&Provider] = &[&HUBSPOT, &POSTGRES];

#[derive(Debug)]
pub struct Provider {
    pub id: &'static str,
    pub title: &'static str,
    /// Where its API lives, without a slash at the end; empty where every account has its own address
    pub base: &'static str,
    /// What the secret is called by its vendor, for prompts: `private app token`, `password`
    pub secret: &'static str,
    /// Whether an account can do without a secret
    pub secret_optional: bool,
    /// Where a person makes one
    pub console: &'static str,
    pub limits: &'static [Limit],
}
