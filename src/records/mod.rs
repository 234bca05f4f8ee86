//! The records of one table: listing, reading, writing. Values come in as text or JSON and leave as the store keeps them;
//! what a connection fills stays the connection's.

mod key;
mod list;
mod read;
mod stream;
mod value;
mod write;

pub use key::{parse as parse_key, print as print_key};
pub use list::{Listing, Shape, all_fields, columns, prepare};
pub use read::{Looked, count, get, look};
pub use stream::{Rest, stream};
pub use value::{Values, parse_json, parse_text};
pub use write::{Given, create, delete, given_json, given_texts, update};
