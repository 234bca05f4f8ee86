//! The records of one table: listing, reading, writing. Values come in as text or JSON and leave as the store keeps them;
//! what a connection fills stays the connection's.

mod convert;
mod create;
mod delete;
pub mod export;
mod given;
mod history;
pub mod import;
mod key;
mod list;
mod read;
mod relation;
mod search;
mod stream;
mod update;
mod upsert;
mod value;
mod which;
mod write;

pub use convert::converter;
pub use create::create;
pub use delete::delete;
pub use given::{Given, Named, Place, Stream, given_json, given_texts, named_json};
pub use history::history;
pub use key::{find as find_key, parse as parse_key, print as print_key};
pub use list::{Listing, Shape, all_fields, columns, prepare};
pub use read::{Looked, count, get, look};
pub use relation::Relations;
pub use search::search;
pub use stream::{Rest, stream};
pub use update::{update, update_each};
pub use upsert::upsert;
pub use value::{Values, parse_json, parse_text};
pub use which::Which;
pub use write::{How, Written};
