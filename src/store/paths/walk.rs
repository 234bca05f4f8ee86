//! Along the names of a path, from table to table.

use super::Paths;
use crate::base::names::closest;
use crate::base::{Compute, Computed, Error, Field, FieldType, Result, RollupFunction, Table, TableName, path};

/// The most relations of one path.
const DEEPEST: usize = 8;

/// Where a path leads.
#[derive(Clone, Debug)]
pub struct Walk<'p> {
    pub steps: Vec<Step<'p>>,
    /// The table at the end
    pub table: &'p Table,
    pub end: End<'p>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'p> {
    /// To the record that this relation points to
    One { field: &'p Field, to: &'p Table },
    /// To the records whose relation points here
    Many { field: &'p Field, from: &'p Table },
}

/// What is taken of the record at the end of a path.
#[derive(Clone, Copy, Debug)]
pub enum End<'p> {
    /// The record itself: its id
    Record,
    Stored(&'p Field),
    Formula(&'p str),
    Rollup(Rollup<'p>),
}

/// The records of `table` whose `relation` points here, taken together.
#[derive(Clone, Copy, Debug)]
pub struct Rollup<'p> {
    pub table: &'p Table,
    pub relation: &'p Field,
    pub function: RollupFunction,
    pub field: Option<&'p Field>,
}

impl Walk<'_> {
    /// The place of the last step to many records.
    pub fn last_many(&self) -> Option<usize> {
        self.steps.iter().rposition(|step| matches!(step, Step::Many { .. }))
    }
}

/// Something that a table has under a name.
enum Member<'p> {
    Stored(&'p Field),
    Computed(&'p Computed),
    Inverse { from: &'p Table, field: &'p Field },
}

impl Paths {
    /// `Kind::NotFound`, with the part that is unknown, when the path leads nowhere.
    pub fn walk<'p>(&'p self, table: &'p Table, path: &str) -> Result<Walk<'p>> {
        let mut walk = Walk { steps: Vec::new(), table, end: End::Record };
        self.follow(&mut walk, path, 0)?;
        Ok(walk)
    }

    /// Goes on from where a walk is.
    fn follow<'p>(&'p self, walk: &mut Walk<'p>, path: &str, lookups: usize) -> Result<()> {
        let mut rest = path;
        loop {
            let (member, behind) = self.next(walk.table, rest).ok_or_else(|| self.unknown(walk.table, path, rest))?;
            self.enter(walk, member, lookups)?;
            let Some(behind) = behind else { return Ok(()) };
            match walk.end {
                End::Record => {}
                End::Stored(Field { field_type: FieldType::Relation { table, .. }, .. }) => {
                    let End::Stored(field) = walk.end else { return Ok(()) };
                    let to = self.find(table).ok_or_else(|| gone(path, field, table))?;
                    step(walk, Step::One { field, to })?;
                }
                _ => return Err(dead_end(walk.table, path, rest, behind)),
            }
            rest = behind;
        }
    }

    fn enter<'p>(&'p self, walk: &mut Walk<'p>, member: Member<'p>, lookups: usize) -> Result<()> {
        match member {
            Member::Stored(field) => walk.end = End::Stored(field),
            Member::Inverse { from, field } => step(walk, Step::Many { field, from })?,
            Member::Computed(Computed { name, how }) => {
                let about = |error: Error| Error { message: format!("field `{name}`: {}", error.message), ..error };
                match how {
                    Compute::Formula { expression } => walk.end = End::Formula(expression),
                    Compute::Lookup { .. } if lookups == DEEPEST => {
                        return Err(about(Error::usage("it looks up more than 8 others, or itself")));
                    }
                    Compute::Lookup { path } => self.follow(walk, path, lookups + 1).map_err(about)?,
                    Compute::Rollup { table, relation, function, field } => {
                        let rollup =
                            self.rollup(table, relation.as_str(), *function, field.as_ref().map(AsRef::as_ref));
                        let rollup = rollup.map_err(about)?;
                        if rollup.function == RollupFunction::List {
                            step(walk, Step::Many { field: rollup.relation, from: rollup.table })?;
                            walk.end = rollup.field.map_or(End::Record, End::Stored);
                        } else {
                            walk.end = End::Rollup(rollup);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn rollup<'p>(
        &'p self,
        table: &TableName,
        relation: &str,
        function: RollupFunction,
        field: Option<&str>,
    ) -> Result<Rollup<'p>> {
        let gone = || Error::not_found(format!("no table is named `{table}`")).hint("see `appctl tables list`");
        let table = self.find(table).ok_or_else(gone)?;
        let field_of = |name: &str| table.field(name).ok_or_else(|| self.unknown(table, name, name));
        Ok(Rollup { table, relation: field_of(relation)?, function, field: field.map(field_of).transpose()? })
    }

    /// What a path begins with, and what is behind it. The longest name wins, because names may have dots in them.
    fn next<'p, 'n>(&'p self, table: &'p Table, path: &'n str) -> Option<(Member<'p>, Option<&'n str>)> {
        if let Some(member) = self.member(table, path) {
            return Some((member, None));
        }
        if path.starts_with('"')
            && let Some((name, behind)) = path::name(path, &['.'])
            && let Some(member) = self.member(table, &name)
        {
            return match behind.strip_prefix('.') {
                Some(behind) if !behind.is_empty() => Some((member, Some(behind))),
                _ => behind.is_empty().then_some((member, None)),
            };
        }
        let mut dots = path.rmatch_indices('.').map(|(at, _)| (&path[..at], &path[at + 1..]));
        dots.find_map(|(name, behind)| Some((self.member(table, name)?, Some(behind))))
            .filter(|(_, behind)| *behind != Some(""))
    }

    fn member<'p>(&'p self, table: &'p Table, name: &str) -> Option<Member<'p>> {
        if let Some(field) = table.field(name) {
            return Some(Member::Stored(field));
        }
        if let Some(computed) = table.computed(name) {
            return Some(Member::Computed(computed));
        }
        let by_field = self.pointing(table).find(|(from, field)| by_field(from, field) == name);
        let mut by_table = self.pointing(table).filter(|(from, _)| from.name.as_str() == name);
        let (from, field) = by_field.or_else(|| by_table.next().filter(|_| by_table.next().is_none()))?;
        Some(Member::Inverse { from, field })
    }

    /// The relations that point to a table, each with its own table.
    pub fn pointing<'p>(&'p self, table: &'p Table) -> impl Iterator<Item = (&'p Table, &'p Field)> {
        let points =
            |field: &&Field| matches!(&field.field_type, FieldType::Relation { table: to, .. } if *to == table.name);
        self.tables.iter().flat_map(move |from| from.fields.iter().filter(points).map(move |field| (from, field)))
    }

    fn find(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// Everything that a path may begin with at a table.
    fn names(&self, table: &Table) -> Vec<String> {
        let stored = table.fields.iter().map(|field| field.name.to_string());
        let mut names: Vec<String> = stored.chain(table.computed.iter().map(|field| field.name.to_string())).collect();
        for (from, field) in self.pointing(table) {
            let short = from.name.to_string();
            let inverse = if matches!(self.member(table, &short), Some(Member::Inverse { .. })) {
                short
            } else {
                by_field(from, field)
            };
            if !names.contains(&inverse) {
                names.push(inverse);
            }
        }
        names
    }

    /// `rest` is the end of `path` that begins with the unknown name.
    fn unknown(&self, table: &Table, whole: &str, rest: &str) -> Error {
        let (name, behind) = path::name(rest, &['.']).unwrap_or((rest.to_owned(), ""));
        if path::split(whole).is_none() && whole.contains('.') {
            return Error::usage(format!("`{whole}` is no path: a name is missing at one of its dots"))
                .hint("write a path through relations as `owner.name`");
        }
        let place = if rest == whole && behind.is_empty() { String::new() } else { format!("`{whole}`: ") };
        let ways: Vec<String> = self
            .pointing(table)
            .filter(|(from, _)| from.name.as_str() == name)
            .map(|(from, field)| by_field(from, field))
            .collect();
        if ways.len() > 1 {
            return Error::usage(format!("{place}`{name}` points to `{}` in {} ways", table.name, ways.len()))
                .hint(format!("write {}", ways.iter().map(|way| format!("`{way}`")).collect::<Vec<_>>().join(" or ")));
        }
        let error = Error::not_found(format!("{place}table `{}` has no field `{name}`", table.name));
        let names = self.names(table);
        let before = &whole[..whole.len() - rest.len()];
        match closest(&name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{before}{near}{behind}`?")),
            None if names.len() > 20 => error.hint(format!("see `appctl tables show {}`", table.name.shell())),
            None => {
                let of = if before.is_empty() { String::new() } else { format!(" of `{}`", table.name) };
                error.hint(format!("the fields{of} are {}", names.join(", ")))
            }
        }
    }
}

fn by_field(from: &Table, field: &Field) -> String {
    format!("{}_by_{}", from.name, field.name)
}

fn step<'p>(walk: &mut Walk<'p>, step: Step<'p>) -> Result<()> {
    if walk.steps.len() == DEEPEST {
        return Err(Error::usage(format!("a path may go through {DEEPEST} relations at most")));
    }
    walk.steps.push(step);
    walk.end = End::Record;
    walk.table = match step {
        Step::One { to, .. } => to,
        Step::Many { from, .. } => from,
    };
    Ok(())
}

fn gone(path: &str, field: &Field, table: &TableName) -> Error {
    Error::not_found(format!("`{path}`: field `{}` points to table `{table}`, which is not there", field.name))
        .hint("see `appctl tables list`")
}

fn dead_end(table: &Table, path: &str, rest: &str, behind: &str) -> Error {
    let name = &rest[..rest.len() - behind.len() - 1];
    let kind = match (table.field(name), table.computed(name)) {
        (Some(field), _) => field.field_type.word(),
        (None, Some(computed)) => computed.how.word(),
        (None, None) => "computed",
    };
    let relation = |field: &&Field| matches!(field.field_type, FieldType::Relation { .. });
    let relations: Vec<&str> = table.fields.iter().filter(relation).map(|field| field.name.as_str()).collect();
    let error =
        Error::usage(format!("`{path}`: field `{name}` of table `{}` is of type {kind} and leads nowhere", table.name));
    match relations.as_slice() {
        [] => error.hint(format!("see `appctl tables show {}`", table.name.shell())),
        relations => error.hint(format!("the relations of `{}` are {}", table.name, relations.join(", "))),
    }
}
