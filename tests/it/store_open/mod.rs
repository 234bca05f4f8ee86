//! Opening the store where things are not as they should be: rights and links, other versions, damage.

mod damage;
mod links;
mod migration;
mod versions;

pub use versions::digests;
