//! The finished runs of a connection, newest first.

use super::report::RunReport;
use super::{find, status};
use crate::app::App;
use crate::base::{ConnectionName, Result};

/// The last `limit` runs, those that changed nothing and those that failed included.
pub fn history(app: &App, name: &ConnectionName, limit: usize) -> Result<Vec<RunReport>> {
    find(app, name)?;
    status::reports_up_to(app, name, limit)
}
