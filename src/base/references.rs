//! What refers to a table or a field: relations, lookups along their paths, rollups, formulas. Renaming carries them along,
//! and nothing is dropped while something still refers to it. Pure: it looks at descriptions and gives new ones.

use std::collections::BTreeSet;

use super::field::{Compute, Computed, Field, FieldType, Table};
use super::filter::quoted;
use super::names::{FieldName, TableName};
use super::path;

/// A new name for a table or a field.
#[derive(Clone, Copy, Debug)]
pub enum Renamed<'n> {
    Table { from: &'n TableName, to: &'n TableName },
    Field { table: &'n TableName, from: &'n FieldName, to: &'n FieldName },
}

/// A field that refers to something else: a relation, or a computed field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Referrer {
    Field(Field),
    Computed(Computed),
}

impl Referrer {
    pub fn name(&self) -> &FieldName {
        match self {
            Referrer::Field(field) => &field.name,
            Referrer::Computed(computed) => &computed.name,
        }
    }
}

/// A referrer of this table, before and after what it refers to got a new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub table: TableName,
    pub before: Referrer,
    pub after: Referrer,
}

/// The fields that would be left without their table: `tasks.owner`. `tables` are those that stay.
pub fn of_table(tables: &[Table], name: &TableName) -> Vec<String> {
    let refers = |referrer: &Referrer| match referrer {
        Referrer::Field(Field { field_type: FieldType::Relation { table, .. }, .. })
        | Referrer::Computed(Computed { how: Compute::Rollup { table, .. }, .. }) => table == name,
        _ => false,
    };
    let all = tables.iter().filter(|table| table.name != *name).flat_map(referrers);
    all.filter(|(_, referrer)| refers(referrer)).map(|(table, referrer)| shown(table, referrer.name())).collect()
}

/// The fields that would be left without this field, the field itself apart.
pub fn of_field(tables: &[Table], table: &TableName, field: &FieldName) -> Vec<String> {
    let all = tables.iter().flat_map(referrers);
    let others = all.filter(|(at, referrer)| at.name != *table || referrer.name() != field);
    let uses = others.filter(|(at, referrer)| {
        uses(tables, at, referrer).iter().any(|(of, name)| of == table && name == field.as_str())
    });
    uses.map(|(at, referrer)| shown(at, referrer.name())).collect()
}

/// What refers to nothing: `tasks.owner points to people, which is gone`.
pub fn dangling(tables: &[Table]) -> BTreeSet<String> {
    let mut broken = BTreeSet::new();
    for (table, referrer) in tables.iter().flat_map(referrers) {
        let from = shown(table, referrer.name());
        if let Referrer::Field(Field { field_type: FieldType::Relation { table: target, .. }, .. }) = &referrer
            && find(tables, target).is_none()
        {
            broken.insert(format!("`{from}` points to `{target}`, which is gone"));
        }
        for (of, name) in uses(tables, table, &referrer) {
            match find(tables, &of) {
                Some(found) if found.field(&name).is_some() || found.computed(&name).is_some() => {}
                _ => drop(broken.insert(format!("`{from}` uses `{of}.{name}`, which is gone"))),
            }
        }
    }
    broken
}

/// All referrers that change with a new name, each with its table's name as it is afterwards.
pub fn carried(tables: &[Table], renamed: Renamed<'_>) -> Vec<Carried> {
    let mut carried = Vec::new();
    for (table, before) in tables.iter().flat_map(referrers) {
        let after = match &before {
            Referrer::Field(field) => Referrer::Field(carry_field(field, renamed)),
            Referrer::Computed(computed) => Referrer::Computed(carry_computed(tables, table, computed, renamed)),
        };
        if after != before {
            let name = match renamed {
                Renamed::Table { from, to } if table.name == *from => to,
                _ => &table.name,
            };
            carried.push(Carried { table: name.clone(), before, after });
        }
    }
    carried
}

/// The own fields that a formula names.
pub fn formula_fields(expression: &str) -> Vec<String> {
    identifiers(expression).into_iter().map(|(_, name)| name).collect()
}

fn find<'t>(tables: &'t [Table], name: &TableName) -> Option<&'t Table> {
    tables.iter().find(|table| table.name == *name)
}

fn referrers(table: &Table) -> impl Iterator<Item = (&Table, Referrer)> {
    let relations = table.fields.iter().filter(|field| matches!(field.field_type, FieldType::Relation { .. }));
    let relations = relations.map(move |field| (table, Referrer::Field(field.clone())));
    relations.chain(table.computed.iter().map(move |computed| (table, Referrer::Computed(computed.clone()))))
}

fn shown(table: &Table, field: &FieldName) -> String {
    format!("{}.{field}", table.name)
}

/// The fields that a computed field reads, each with its table.
fn uses(tables: &[Table], table: &Table, referrer: &Referrer) -> Vec<(TableName, String)> {
    let Referrer::Computed(computed) = referrer else { return Vec::new() };
    match &computed.how {
        Compute::Lookup { path } => steps(tables, table, path),
        Compute::Rollup { table, relation, field, .. } => {
            std::iter::once(relation).chain(field).map(|name| (table.clone(), name.to_string())).collect()
        }
        Compute::Formula { expression } => {
            let own = |name: String| table.field(&name).map(|_| (table.name.clone(), name));
            formula_fields(expression).into_iter().filter_map(own).collect()
        }
    }
}

/// The fields along a path, each with the table that it belongs to; it ends where the path leads nowhere.
fn steps(tables: &[Table], table: &Table, path: &str) -> Vec<(TableName, String)> {
    let mut steps = Vec::new();
    let mut here = Some(table);
    for name in path::split(path).unwrap_or_default() {
        let Some(table) = here else { break };
        here = match table.field(&name).map(|field| &field.field_type) {
            Some(FieldType::Relation { table, .. }) => find(tables, table),
            _ => None,
        };
        steps.push((table.name.clone(), name));
    }
    steps
}

fn carry_field(field: &Field, renamed: Renamed<'_>) -> Field {
    let mut field = field.clone();
    if let (FieldType::Relation { table, .. }, Renamed::Table { from, to }) = (&mut field.field_type, renamed)
        && table == from
    {
        table.clone_from(to);
    }
    field
}

fn carry_computed(tables: &[Table], own: &Table, computed: &Computed, renamed: Renamed<'_>) -> Computed {
    let mut after = computed.clone();
    match (&mut after.how, renamed) {
        (Compute::Rollup { table, .. }, Renamed::Table { from, to }) if table == from => table.clone_from(to),
        (Compute::Rollup { table, relation, field, .. }, Renamed::Field { table: of, from, to }) if table == of => {
            for name in std::iter::once(relation).chain(field) {
                if name == from {
                    name.clone_from(to);
                }
            }
        }
        (Compute::Lookup { path }, Renamed::Field { table: of, from, to }) => {
            let names =
                steps(tables, own, path).into_iter().map(|(table, name)| match table == *of && name == from.as_str() {
                    true => to.to_string(),
                    false => name,
                });
            let names: Vec<String> = names.collect();
            // A path that leads nowhere is left as it is, so that nothing of it is lost.
            if Some(names.len()) == path::split(path).map(|names| names.len()) {
                *path = path::join(names.iter().map(String::as_str));
            }
        }
        (Compute::Formula { expression }, Renamed::Field { table: of, from, to }) if own.name == *of => {
            *expression = rename_in_formula(expression, from.as_str(), to.as_str());
        }
        _ => {}
    }
    after
}

fn rename_in_formula(expression: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(expression.len());
    let mut done = 0;
    for (place, name) in identifiers(expression) {
        if name == from {
            renamed.push_str(&expression[done..place.start]);
            renamed.push_str(&quoted(to));
            done = place.end;
        }
    }
    renamed.push_str(&expression[done..]);
    renamed
}

/// The names in an expression that may be fields, with their places: no strings, numbers, functions and nothing behind a dot.
fn identifiers(expression: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    let mut letters = expression.char_indices().peekable();
    let mut behind_dot = false;
    while let Some((start, letter)) = letters.next() {
        let was_behind_dot = std::mem::replace(&mut behind_dot, letter == '.');
        let end_of = |wanted: &dyn Fn(char) -> bool| {
            let rest = &expression[start + letter.len_utf8()..];
            start + letter.len_utf8() + rest.find(|next| !wanted(next)).unwrap_or(rest.len())
        };
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
        let end = match letter {
            '\'' | '"' => end_of_quoted(expression, start, letter),
            digit if digit.is_ascii_digit() => end_of(&|next| is_word(next) || next == '.'),
            first if first.is_alphabetic() || first == '_' => end_of(&is_word),
            _ => continue,
        };
        while letters.next_if(|(at, _)| *at < end).is_some() {}
        let text = &expression[start..end];
        let name = match letter {
            '\'' => continue,
            '"' => text.trim_matches('"').replace("\"\"", "\""),
            digit if digit.is_ascii_digit() => continue,
            _ if expression[end..].trim_start().starts_with('(') => continue,
            _ => text.to_owned(),
        };
        if !was_behind_dot {
            found.push((start..end, name));
        }
    }
    found
}

/// Where a quoted text that begins at `start` ends; a doubled quote is one of its letters.
fn end_of_quoted(text: &str, start: usize, quote: char) -> usize {
    let mut end = start + 1;
    loop {
        match text[end..].find(quote) {
            None => return text.len(),
            Some(at) if text[end + at + 1..].starts_with(quote) => end += at + 2,
            Some(at) => return end + at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{formula_fields, rename_in_formula};

    #[test]
    fn a_formula_names_its_fields() {
        let fields = formula_fields("round(price, 2) * \"my qty\" + coalesce(tax1, 1e5) || 'price ''x''' || größe");
        assert_eq!(fields, ["price", "my qty", "tax1", "größe"]);
    }

    #[test]
    fn a_formula_follows_a_field_that_is_renamed() {
        for (before, from, to, after) in [
            ("price * qty", "price", "cost", "cost * qty"),
            ("price*price", "price", "unit price", "\"unit price\"*\"unit price\""),
            ("'price' || price || prices", "price", "cost", "'price' || cost || prices"),
            ("\"unit price\" + 1", "unit price", "price", "price + 1"),
            ("price(price)", "price", "cost", "price(cost)"),
        ] {
            assert_eq!(rename_in_formula(before, from, to), after);
        }
    }
}
