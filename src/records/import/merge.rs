//! Bringing rows into a table that has records: each is added, or with a key changes the record that is there, with what was
//! there before. All rows are one transaction.

use std::ops::ControlFlow;

use super::convert::Converter;
use super::fill::{data_error, own};
use super::read::{Row, Source};
use super::{Bads, Plan, Report, Request, Tell, Way};
use crate::app::{App, Change, Match};
use crate::base::{Cell, Error, Field, FieldType, Kind, Result, Value, record_id};
use crate::records::{Given, Relations, Values, key};

pub fn run(app: &App, source: &mut Source, plan: &Plan, request: &Request, tell: &mut Tell<'_>) -> Result<Report> {
    let what = plan.what(source);
    let values = Values::of(app, &plan.table)?;
    let targets = plan.targets();
    let mut report = Report::default();
    let mut rolled_back = false;
    let changed = app.store.change(&app.person(), &what, |change| {
        if !plan.key.is_empty() {
            change.begin_matching(&plan.table, &plan.key)?;
        }
        let mut merging = Merging {
            change,
            plan,
            targets: &targets,
            converter: Converter { values: &values, forms: &request.forms },
            bads: Bads::new(tell),
            relations: Relations::of(&values),
            pending: Vec::new(),
            report: &mut report,
        };
        source.rows(&mut |row| merging.take(&row))?;
        merging.check_own_relations(request.skip_bad)?;
        let bad = merging.bads.rows;
        report.bad = bad;
        if !plan.key.is_empty() {
            change.end_matching()?;
        }
        report.done = bad == 0 || (request.skip_bad && bad < report.rows);
        rolled_back = !report.done || request.dry_run;
        if rolled_back { Err(Error::new(Kind::Interrupted, "rolled back")) } else { Ok(()) }
    });
    match changed {
        Ok(((), operation)) => report.operation = operation,
        Err(_) if rolled_back => {}
        Err(error) => return Err(error),
    }
    Ok(report)
}

struct Merging<'m, 'c, 't> {
    change: &'m mut Change<'c>,
    plan: &'m Plan,
    targets: &'m [(usize, usize)],
    converter: Converter<'m>,
    bads: Bads<'m, 't>,
    relations: Relations<'m>,
    /// Relations to the table itself, looked at when all rows are there
    pending: Vec<(u64, usize, Vec<Value>)>,
    report: &'m mut Report,
}

impl Merging<'_, '_, '_> {
    fn take(&mut self, row: &Row<'_>) -> Result<ControlFlow<()>> {
        self.report.rows += 1;
        self.bads.at(self.report.rows)?;
        let pending = self.pending.len();
        if let Some(fault) = &row.fault {
            self.bads.add(row.place, None, String::new(), fault.clone())?;
        } else if let Some(given) = self.convert(row)? {
            if let Err(error) = self.write(given) {
                let key = self.key_column();
                let shown = key.map(|column| row.cells[column].shown()).unwrap_or_default();
                let name = key.map(|column| self.plan.columns[column].column.as_str());
                self.pending.truncate(pending);
                self.bads.add(row.place, name, shown, data_error(error)?)?;
            }
        } else {
            self.pending.truncate(pending);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn key_column(&self) -> Option<usize> {
        let first = self.plan.key.first()?;
        let is = |(_, field): &&(usize, usize)| self.plan.table.fields[*field].name == *first;
        self.targets.iter().find(is).map(|(column, _)| *column)
    }

    /// The row's values, or nothing when one of them is bad; all that is wrong with it is told.
    fn convert(&mut self, row: &Row<'_>) -> Result<Option<Given>> {
        let mut given = Given::with_capacity(self.targets.len());
        let mut good = true;
        for (column, field) in self.targets {
            let field = &self.plan.table.fields[*field];
            let raw = row.cells[*column];
            let value = self.converter.value(field, raw).and_then(|value| match value {
                Some(value) if !value.is_null() => self.settle(row.place, *column, field, value).map(Some),
                _ if self.plan.key.contains(&field.name) => {
                    Err(Error::usage(format!("the key `{}` is empty", field.name)))
                }
                empty => Ok(empty),
            });
            match value {
                Ok(Some(value)) => given.push((field.name.clone(), value)),
                Ok(None) => {}
                Err(error) => {
                    let name = &self.plan.columns[*column].column;
                    self.bads.add(row.place, Some(name), raw.shown(), data_error(error)?)?;
                    good = false;
                }
            }
        }
        Ok(good.then_some(given))
    }

    /// The key that a relation holds; one to the table itself may point to a row that comes later.
    fn settle(&mut self, place: u64, column: usize, field: &Field, value: Value) -> Result<Value> {
        if !matches!(field.field_type, FieldType::Relation { .. }) {
            return Ok(value);
        }
        let written = if let Value::Text(text) = &value { Some(text.clone()) } else { None };
        let own = own(self.converter.values, field).zip(written);
        let mut given = vec![(field.name.clone(), value)];
        match (self.relations.settle(self.change, &mut given), own) {
            (Err(error), Some((own, written))) if error.kind == Kind::NotFound => {
                let key = key::parse(&own.plain, &written).map_err(|_| error)?;
                let held = record_id::reference(&key);
                self.pending.push((place, column, key));
                Ok(held)
            }
            (settled, _) => settled.map(|()| given.remove(0).1),
        }
    }

    fn write(&mut self, mut given: Given) -> Result<()> {
        let table = &self.plan.table;
        if self.plan.key.is_empty() {
            self.change.insert(table, &given)?;
            self.report.inserted += 1;
            return Ok(());
        }
        let value =
            |name| given.iter().find(|(other, _)| other == name).map_or(Value::Null, |(_, value)| value.clone());
        let wanted: Vec<Value> = self.plan.key.iter().map(value).collect();
        if !self.change.is_first(&wanted)? {
            return Err(Error::usage("a row above has this key already"));
        }
        let cells: Vec<Cell<'_>> = wanted.iter().map(Value::cell).collect();
        match self.change.find(table, &self.plan.key, &cells)? {
            Match::Several => Err(Error::usage(format!("several records of `{}` have this key", table.name))),
            Match::None if self.plan.way == Way::Update => Err(Error::usage(format!(
                "no record of `{}` has this key, and only its connection adds records",
                table.name
            ))),
            Match::None => {
                self.change.insert(table, &given)?;
                self.report.inserted += 1;
                Ok(())
            }
            Match::One(key) => {
                for (name, is) in table.key.iter().zip(&key) {
                    if let Some(place) = given.iter().position(|(other, _)| other == name) {
                        let (_, new) = given.remove(place);
                        if new != *is && !new.is_null() {
                            return Err(Error::usage(format!(
                                "record `{}` has another `{name}`, and a key cannot be changed",
                                record_id::of(&key)
                            )));
                        }
                    }
                }
                given.retain(|(name, _)| !self.plan.key.contains(name));
                if self.change.update(table, &key, &given)? {
                    self.report.updated += 1
                } else {
                    self.report.unchanged += 1
                }
                Ok(())
            }
        }
    }

    fn check_own_relations(&mut self, skip: bool) -> Result<()> {
        for (place, column, key) in std::mem::take(&mut self.pending) {
            if self.change.exists(&self.plan.table, &key)? {
                continue;
            }
            let id = record_id::of(&key);
            let reason = format!("table `{}` has no record `{id}`", self.plan.table.name);
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
