//! Whether what a field refers to is there: the table that a relation points to, the fields along a lookup's path, the
//! relation and the field that a rollup takes together, the fields of a formula.

use super::no_field;
use crate::base::expression::Expression;
use crate::base::names::closest;
use crate::base::{
    Compute, Computed, Error, Field, FieldName, FieldType, Result, RollupFunction, Table, TableName, path,
};

/// All tables, the one that is being made or changed as it shall be.
pub struct Tables(pub Vec<Table>);

impl Tables {
    /// The stored tables, with `table` in the place of what is stored under its name.
    pub fn with(mut stored: Vec<Table>, table: &Table) -> Self {
        stored.retain(|other| other.name != table.name);
        stored.push(table.clone());
        Tables(stored)
    }

    fn find(&self, name: &TableName) -> Result<&Table> {
        let found = self.0.iter().find(|table| table.name == *name);
        found.ok_or_else(|| {
            let error = Error::not_found(format!("no table is named `{name}`"));
            match closest(name.as_str(), self.0.iter().map(|table| table.name.as_str())) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("see `appctl tables list`"),
            }
        })
    }

    /// A relation points to a table that exists.
    pub fn check_field(&self, field: &Field) -> Result<()> {
        match &field.field_type {
            FieldType::Relation { table, .. } => self.find(table).map(drop).map_err(|error| about(&field.name, error)),
            _ => Ok(()),
        }
    }

    /// A computed field of `table` refers only to what is there.
    pub fn check_computed(&self, table: &Table, computed: &Computed) -> Result<()> {
        let checked = match &computed.how {
            Compute::Lookup { path } => self.check_lookup(table, path, 0),
            Compute::Rollup { table: from, relation, function, field } => {
                self.check_rollup(table, from, relation, *function, field.as_ref())
            }
            Compute::Formula { expression } => check_formula(table, expression),
        };
        checked.map_err(|error| about(&computed.name, error))
    }

    /// The computed fields that cannot be worked out: `people.open_tasks`.
    pub fn broken(&self) -> Vec<String> {
        let all = self.0.iter().flat_map(|table| table.computed.iter().map(move |computed| (table, computed)));
        let broken = all.filter(|(table, computed)| self.check_computed(table, computed).is_err());
        broken.map(|(table, computed)| format!("{}.{}", table.name, computed.name)).collect()
    }

    /// A path through relations to a field, which may be computed too; `lookups` are those that led here.
    fn check_lookup(&self, table: &Table, path: &str, lookups: usize) -> Result<()> {
        let names = path::split(path).ok_or_else(|| Error::usage(format!("`{path}` is no path of fields")))?;
        let (last, relations) = names.split_last().expect("a path has a name");
        let mut here = table;
        for name in relations {
            let field = here.field(name).ok_or_else(|| no_field(here, name))?;
            let FieldType::Relation { table: target, .. } = &field.field_type else {
                return Err(Error::usage(format!(
                    "`{name}` of table `{}` is of type {} and leads to no other table",
                    here.name,
                    field.field_type.word()
                ))
                .hint(relations_of(here)));
            };
            here = self.find(target)?;
        }
        match here.computed(last).map(|computed| &computed.how) {
            Some(Compute::Lookup { .. }) if lookups == MOST_LOOKUPS => {
                Err(Error::usage(format!("it looks up itself, or more than {MOST_LOOKUPS} others in a row")))
            }
            Some(Compute::Lookup { path }) => self.check_lookup(here, path, lookups + 1),
            Some(_) => Ok(()),
            None => here.field(last).map(drop).ok_or_else(|| no_field(here, last)),
        }
    }

    fn check_rollup(
        &self,
        table: &Table,
        from: &TableName,
        relation: &FieldName,
        function: RollupFunction,
        field: Option<&FieldName>,
    ) -> Result<()> {
        let from = self.find(from)?;
        let link = from.field(relation.as_str()).ok_or_else(|| no_field(from, relation.as_str()))?;
        match &link.field_type {
            FieldType::Relation { table: target, .. } if *target == table.name => {}
            FieldType::Relation { table: target, .. } => {
                return Err(Error::usage(format!(
                    "`{}.{relation}` points to `{target}`, not to `{}`",
                    from.name, table.name
                ))
                .hint(relations_of(from)));
            }
            other => {
                return Err(Error::usage(format!(
                    "`{}.{relation}` is of type {}, not a relation",
                    from.name,
                    other.word()
                ))
                .hint(relations_of(from)));
            }
        }
        let Some(name) = field else { return Ok(()) };
        let taken = from.field(name.as_str()).ok_or_else(|| no_field(from, name.as_str()))?;
        match rollable(&taken.field_type, function) {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "`{}.{name}` is of type {}, which has no {}",
                from.name,
                taken.field_type.word(),
                function.word()
            ))
            .hint(format!("see `appctl tables show {}`", from.name.shell()))),
        }
    }
}

/// How many lookups may lead on to each other; more are taken for a circle.
const MOST_LOOKUPS: usize = 8;

fn rollable(field_type: &FieldType, function: RollupFunction) -> bool {
    let number =
        matches!(field_type, FieldType::Integer | FieldType::Number | FieldType::Decimal | FieldType::Currency);
    match function {
        RollupFunction::Count | RollupFunction::List => true,
        RollupFunction::Sum | RollupFunction::Avg => number,
        RollupFunction::Min | RollupFunction::Max => {
            !matches!(field_type, FieldType::Json | FieldType::Binary | FieldType::MultiSelect { .. })
        }
    }
}

fn check_formula(table: &Table, expression: &str) -> Result<()> {
    Expression::parse(expression)?.check(table).map(drop)
}

fn about(name: &FieldName, error: Error) -> Error {
    Error { message: format!("field `{name}`: {}", error.message), ..error }
}

/// A hint: the relations that a table has.
fn relations_of(table: &Table) -> String {
    let relation = |field: &Field| match &field.field_type {
        FieldType::Relation { table, .. } => Some(format!("`{}` to `{table}`", field.name)),
        _ => None,
    };
    let relations: Vec<String> = table.fields.iter().filter_map(relation).collect();
    match relations.as_slice() {
        [] => format!(
            "table `{}` has no relation; add one with `appctl tables add-field {} NAME:relation=TABLE`",
            table.name,
            table.name.shell()
        ),
        some => format!("the relations of `{}` are {}", table.name, some.join(", ")),
    }
}
