//! Finding records by the words in their text fields.

use crate::app::{App, Found, Indexing, Search};
use crate::base::search::Words;
use crate::base::{Result, Table};

use super::list::{Listing, prepare};

/// The records of a table that have these words, the best first. The listing says which of them (its filter), how many, and
/// what is given of each; it is not sorted.
pub fn search(app: &App, table: &Table, words: &str, listing: &Listing, tell: &mut Indexing<'_>) -> Result<Found> {
    let words = Words::parse(words)?;
    let query = prepare(app, table, listing)?;
    app.store.search(&Search { query: &query, words: &words }, tell)
}
