//! Streaming a listing's records, and saying where to go on.

use std::ops::ControlFlow;

use crate::app::{App, Query};
use crate::base::{Cell, Result};

use super::key;

/// What there is beyond a listing's limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    Nothing,
    /// More records, after the one with this id
    After(String),
}

/// Gives the query's records to `each`, cell by cell in the order of its fields, until it breaks.
pub fn stream(
    app: &App,
    query: &Query<'_>,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<ControlFlow<()>>,
) -> Result<Rest> {
    let Some(limit) = query.limit else {
        app.store.read(query, each)?;
        return Ok(Rest::Nothing);
    };
    let shown = query.fields.len();
    let mut wider = query.clone();
    wider.limit = Some(limit.saturating_add(1));
    wider.fields.extend(query.table.key.iter().map(ToString::to_string));
    let (mut given, mut rest, mut last) = (0, Rest::Nothing, String::new());
    app.store.read(&wider, &mut |cells| {
        if given == limit {
            rest = Rest::After(std::mem::take(&mut last));
            return Ok(ControlFlow::Break(()));
        }
        given += 1;
        if given == limit {
            last = key::print(&cells[shown..]);
        }
        each(&cells[..shown])
    })?;
    Ok(rest)
}
