//! The records of one table: listing, reading, writing. Values come in as text or JSON and leave as the store keeps them;
//! what a connection fills stays the connection's.

mod convert;
mod history;
mod key;
mod list;
mod read;
mod search;
mod stream;
mod value;
mod write;

pub use convert::converter;
pub use history::history;
pub use key::{parse as parse_key, print as print_key};
pub use list::{Listing, prepare};
pub use read::{count, get};
pub use search::search;
pub use stream::{Rest, stream};
pub use value::{Values, parse_json, parse_text};
pub use write::{Given, create, delete, given_json, given_texts, update};
