//! Filling a new or empty table: in blocks, unseen, shown at the end.

use std::ops::ControlFlow;

use super::convert::Converter;
use super::read::{Raw, Row, Source};
use super::{Bads, Plan, Report, Request, Tell};
use crate::app::{App, Load};
use crate::base::{Cell, Error, Field, FieldName, FieldType, Kind, Result, Rows, Table, Value, record_id};
use crate::records::value::Related;
use crate::records::{Relations, Values, key};

/// How much is kept before it is written: enough that a transaction's own cost does not count.
const BLOCK_ROWS: usize = 20_000;
const BLOCK_BYTES: usize = 4 << 20;

pub fn run(app: &App, source: &mut Source, plan: &Plan, request: &Request, tell: &mut Tell<'_>) -> Result<Report> {
    let what = plan.what(source);
    let mut values = Values::of(app, &plan.table)?;
    if plan.is_new {
        // A relation to the table itself, which is not there yet.
        let own = Related { table: plan.table.clone(), plain: values.plain.clone() };
        values.related.insert(plan.table.name.clone(), own);
    }
    let targets = plan.targets();
    let columns: Vec<FieldName> = targets.iter().map(|(_, field)| plan.table.fields[*field].name.clone()).collect();
    let once = once(&plan.table, &plan.key);
    let load = if request.dry_run {
        app.store.rehearse_load(&plan.table, columns, once)?
    } else {
        app.store.load(&plan.table, columns, once)?
    };
    let mut filling = Filling {
        plan,
        targets: &targets,
        pointing: Pointing { app, values: &values, relations: Relations::of(&values), pending: Vec::new() },
        converter: Converter { values: &values, forms: &request.forms },
        rows: Rows::new(targets.len()),
        places: Vec::new(),
        load,
        bads: Bads::new(tell),
        read: 0,
    };
    source.rows(&mut |row| filling.take(&row))?;
    filling.flush()?;
    filling.check_own_relations(request.skip_bad)?;
    let Filling { load, bads, read, .. } = filling;
    let mut report = Report { rows: read, inserted: load.rows(), bad: bads.rows, ..Report::default() };
    report.done = report.bad == 0 || (request.skip_bad && report.inserted > 0);
    if report.done && !request.dry_run {
        let empty = (!plan.is_new).then_some(&plan.table);
        report.operation = load.show(&app.person(), &what, empty)?;
    }
    Ok(report)
}

/// The fields that tell rows apart, unless the table sees to that itself.
fn once<'p>(table: &Table, key: &'p [FieldName]) -> &'p [FieldName] {
    let unique = matches!(key, [only] if table.field(only.as_str()).is_some_and(|field| field.unique));
    if unique || *key == *table.key { &[] } else { key }
}

struct Filling<'f, 't> {
    plan: &'f Plan,
    /// Columns of the file and the fields that they go to
    targets: &'f [(usize, usize)],
    pointing: Pointing<'f>,
    converter: Converter<'f>,
    rows: Rows,
    /// Where the rows of the block stand in the file
    places: Vec<u64>,
    load: Load<'f>,
    bads: Bads<'f, 't>,
    read: u64,
}

impl Filling<'_, '_> {
    fn take(&mut self, row: &Row<'_>) -> Result<ControlFlow<()>> {
        self.read += 1;
        self.bads.at(self.read)?;
        if let Some(fault) = &row.fault {
            self.bads.add(row.place, None, String::new(), fault.clone())?;
            return Ok(ControlFlow::Continue(()));
        }
        let pending = self.pointing.pending.len();
        if self.convert(row)? {
            self.places.push(row.place);
            if self.places.len() >= BLOCK_ROWS || self.rows.size() >= BLOCK_BYTES {
                self.flush()?;
            }
        } else {
            self.rows.drop_unfinished_row();
            self.pointing.pending.truncate(pending);
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether the row is good, and then it is in the block; all that is wrong with it is told.
    fn convert(&mut self, row: &Row<'_>) -> Result<bool> {
        let mut good = true;
        for (column, field) in self.targets {
            let field = &self.plan.table.fields[*field];
            let raw = row.cells[*column];
            if let Err(error) = self.cell(row.place, *column, field, raw, good) {
                let name = &self.plan.columns[*column].column;
                self.bads.add(row.place, Some(name), raw.shown(), data_error(error)?)?;
                good = false;
            }
        }
        Ok(good)
    }

    /// Puts one cell into the block, or only looks at it when the row is bad already.
    fn cell(&mut self, place: u64, column: usize, field: &Field, raw: Raw<'_>, keep: bool) -> Result<()> {
        let needed = field.required || (self.plan.key.contains(&field.name) && !self.plan.table.is_key(&field.name));
        let relation = matches!(field.field_type, FieldType::Relation { .. });
        if keep && !needed && !relation {
            return self.converter.push(field, raw, &mut self.rows);
        }
        let mut value = self.converter.value(field, raw)?.unwrap_or(Value::Null);
        if needed && value.is_null() {
            return Err(Error::usage(format!("field `{}` is required", field.name)));
        }
        if relation && !value.is_null() {
            value = self.pointing.settle(place, column, field, value)?;
        }
        if keep {
            self.rows.push_value(&value);
        }
        Ok(())
    }

    /// Writes the block.
    fn flush(&mut self) -> Result<()> {
        let mut refused = Vec::new();
        self.load.put(&self.rows, &mut |row| refused.push(row))?;
        for one in refused {
            let target = one.twice.first().and_then(|name| {
                let is = |(_, field): &&(usize, usize)| self.plan.table.fields[*field].name == *name;
                self.targets.iter().position(|target| is(&target))
            });
            let (column, value) = match target {
                Some(index) => {
                    let column = self.targets[index].0;
                    (Some(self.plan.columns[column].column.as_str()), text(self.rows.cell(one.row, index)))
                }
                None => (None, String::new()),
            };
            self.bads.add(self.places[one.row], column, value, one.reason)?;
        }
        self.rows.clear();
        self.places.clear();
        Ok(())
    }

    /// Relations to the table that is being filled: a row may point to one that comes after it.
    fn check_own_relations(&mut self, skip: bool) -> Result<()> {
        for (place, column, key) in std::mem::take(&mut self.pointing.pending) {
            if self.load.has(&key)? {
                continue;
            }
            let id = record_id::of(&key);
            let reason = format!("no row has the key `{id}` that it points to");
            self.bads.add(place, Some(&self.plan.columns[column].column), id, reason)?;
            if skip {
                return Err(Error::new(
                    Kind::Failed,
                    format!("line or row {place} points to a record of the same file that is not there"),
                )
                .hint("such rows cannot be skipped, because others may point to them; correct the file"));
            }
        }
        Ok(())
    }
}

/// Finds the records that relations point to.
struct Pointing<'r> {
    app: &'r App,
    values: &'r Values<'r>,
    relations: Relations<'r>,
    /// Relations to the table itself, looked at when all rows are there
    pending: Vec<(u64, usize, Vec<Value>)>,
}

impl Pointing<'_> {
    /// The key that the relation holds.
    fn settle(&mut self, place: u64, column: usize, field: &Field, value: Value) -> Result<Value> {
        if let (Some(own), Value::Text(written)) = (own(self.values, field), &value) {
            let key = key::parse(&own.plain, written)?;
            let held = record_id::reference(&key);
            self.pending.push((place, column, key));
            return Ok(held);
        }
        let mut given = vec![(field.name.clone(), value)];
        self.app.store.peek(|change| self.relations.settle(change, &mut given))?;
        Ok(given.remove(0).1)
    }
}

/// The table itself, when the field points to it.
pub fn own<'v>(values: &'v Values<'_>, field: &Field) -> Option<&'v Related> {
    match &field.field_type {
        FieldType::Relation { table, .. } if *table == values.table.name => values.related.get(table),
        _ => None,
    }
}

fn text(cell: Cell<'_>) -> String {
    key::print(&[cell])
}

/// What is wrong with the data; an error of the store or the disk is the import's own.
pub fn data_error(error: Error) -> Result<String> {
    match error.kind {
        Kind::Usage | Kind::Conflict | Kind::NotFound => Ok(error.message),
        _ => Err(error),
    }
}
