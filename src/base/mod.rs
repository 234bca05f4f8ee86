//! Words that every other module speaks: errors, secrets, values, fields, names, filters and the clock.
//! Nothing here reads a file, a socket or the environment.

pub mod budget;
pub mod clock;
mod compute;
pub mod datetime;
pub mod decimal;
#[cfg(test)]
pub mod dice;
pub mod error;
pub mod expression;
pub mod field;
pub mod filter;
pub mod interrupt;
pub mod names;
pub mod path;
pub mod record_id;
pub mod references;
pub mod rows;
pub mod sanitize;
pub mod search;
pub mod secret;
pub mod shell;
pub mod syntax;
pub mod unfinished;
pub mod value;

pub use budget::Budget;
pub use clock::{Clock, Timestamp};
pub use error::{Doing, Error, Kind, Result};
pub use field::{Compute, Computed, Field, FieldType, OnDelete, RollupFunction, Table};
pub use interrupt::Interrupt;
pub use names::{AppName, ConnectionName, FieldName, Label, TableName};
pub use rows::{Cell, Room, Rows};
pub use secret::Secret;
pub use unfinished::Unfinished;
pub use value::Value;
