//! Bringing a file's rows into a table: which column goes to which field, what a new table is made of, and the work itself.
//! It is one operation, all or nothing: a new or empty table is filled unseen and shown at the end, a table that has records
//! takes each row with what was there before.

use serde::Serialize;

use crate::app::OperationId;
use crate::base::{FieldName, FieldType, Result, Table, TableName};

mod convert;
mod fill;
mod infer;
mod mapping;
mod merge;
mod plan;
mod read;

pub use convert::Forms;
pub use mapping::{Mapped, Target, guess as guess_field};
pub use plan::plan;
pub use read::{Format, Header, Input, ReadOptions, Source, sheets};

use crate::app::App;

/// What to bring where.
#[derive(Clone, Debug)]
pub struct Request {
    pub table: TableName,
    /// Make the table
    pub create: bool,
    /// Columns and the fields that they go to
    pub map: Vec<(String, FieldName)>,
    /// Columns that are left out
    pub ignore: Vec<String>,
    /// Fields that tell which record a row is: records that are there are changed
    pub key: Vec<FieldName>,
    /// Types of a new table's fields, where they are not taken from the values
    pub types: Vec<(FieldName, FieldType)>,
    pub forms: Forms,
    /// Bring the good rows when there are bad ones
    pub skip_bad: bool,
    pub dry_run: bool,
}

/// What will be done, once the file and the table have been looked at.
#[derive(Clone, Debug)]
pub struct Plan {
    /// As it is, or as it will be made
    pub table: Table,
    pub is_new: bool,
    /// One for each column of the file
    pub columns: Vec<Mapped>,
    pub key: Vec<FieldName>,
    /// How many rows there are, when they were counted already
    pub rows: Option<u64>,
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Into a hidden table that is shown at the end
    Fill,
    /// Record by record
    Merge,
    /// Record by record, and none is added, because a connection does that
    Update,
}

/// A row that cannot be brought, or one of its cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bad {
    /// The line, row or record; see `Source::unit`
    #[serde(rename = "row")]
    pub place: u64,
    /// The column; null for the row as a whole
    pub column: Option<String>,
    pub value: String,
    pub reason: String,
}

/// What happens on the way.
pub enum Event<'e> {
    /// So many rows were read
    Rows(u64),
    Bad(&'e Bad),
}

/// Told now and then; an error from it ends the import, and nothing is changed.
pub type Tell<'t> = dyn FnMut(Event<'_>) -> Result<()> + 't;

/// What an import did, or with bad rows would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Rows that cannot be brought
    pub bad: u64,
    /// Whether the rows were brought: false when some are bad and they were not to be skipped
    pub done: bool,
    pub operation: Option<OperationId>,
}

/// Brings the rows. Nothing is changed when it fails, when it is a dry run, or when a row is bad and not to be skipped.
///
/// `Kind::Conflict` when the table changed since the plan was made, `Kind::Busy` while another import fills a table.
pub fn run(app: &App, source: &mut Source, plan: &Plan, request: &Request, tell: &mut Tell<'_>) -> Result<Report> {
    match plan.way {
        Way::Fill => fill::run(app, source, plan, request, tell),
        Way::Merge | Way::Update => merge::run(app, source, plan, request, tell),
    }
}

impl Plan {
    /// The columns that go to a field, with the field.
    fn targets(&self) -> Vec<(usize, usize)> {
        let target = |(column, mapped): (usize, &Mapped)| match mapped.target {
            Target::Field(field) => Some((column, field)),
            _ => None,
        };
        self.columns.iter().enumerate().filter_map(target).collect()
    }

    /// What the log says.
    fn what(&self, source: &Source) -> String {
        let name = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        format!("records import {} from {name}", self.table.name)
    }
}

/// Counts bad rows and passes them on.
struct Bads<'b, 't> {
    tell: &'b mut Tell<'t>,
    rows: u64,
    last: u64,
}

impl<'b, 't> Bads<'b, 't> {
    fn new(tell: &'b mut Tell<'t>) -> Self {
        Bads { tell, rows: 0, last: 0 }
    }

    fn add(&mut self, place: u64, column: Option<&str>, value: String, reason: String) -> Result<()> {
        if self.last != place {
            self.rows += 1;
            self.last = place;
        }
        (self.tell)(Event::Bad(&Bad { place, column: column.map(str::to_owned), value, reason }))
    }

    fn at(&mut self, rows: u64) -> Result<()> {
        if rows.is_multiple_of(4096) { (self.tell)(Event::Rows(rows)) } else { Ok(()) }
    }
}
