//! Creating the records that are not there and changing those that are.

use super::given::{Given, Stream, field};
use super::relation::Relations;
use super::update::{refuse_fixed, set};
use super::value::Values;
use super::write::{How, Written, key_among, refuse_stale, refuse_synced, written};
use crate::app::{App, Change};
use crate::base::{Error, FieldName, Result, Table, Value, record_id};

/// Creates or changes records, each found by its key, or by the fields in `by`.
///
/// `Kind::Usage` when two records may hold the same values in `by` or a record does not give them; otherwise fails as
/// `create` and `update` do.
pub fn upsert(
    app: &App,
    values: &Values<'_>,
    by: &[FieldName],
    records: &mut Stream<'_, Given>,
    how: &How,
) -> Result<Written> {
    let table = values.table;
    let by = By::of(table, by)?;
    written(app, &format!("records upsert {}", table.name), how, |change| {
        refuse_stale(change, values)?;
        let mut relations = Relations::of(values);
        let mut written = Written::default();
        for (place, given) in records {
            let done = given.and_then(|mut given| {
                relations.settle(change, &mut given)?;
                put(change, table, &by, given, &mut written)
            });
            done.map_err(|error| place.name(error))?;
        }
        Ok(written)
    })
}

/// What tells records apart.
enum By<'t> {
    Key,
    /// The first of them is unique
    Fields(Vec<&'t FieldName>),
}

impl<'t> By<'t> {
    fn of(table: &'t Table, names: &[FieldName]) -> Result<Self> {
        let mut fields = names.iter().map(|name| field(table, name.as_str())).collect::<Result<Vec<_>>>()?;
        if fields.is_empty() || table.key.iter().all(|name| fields.iter().any(|field| field.name == *name)) {
            return Ok(By::Key);
        }
        let Some(first) = fields.iter().position(|field| field.unique) else {
            let unique: Vec<&str> =
                table.fields.iter().filter(|field| field.unique).map(|field| field.name.as_str()).collect();
            let error = Error::usage(format!("two records of `{}` may have the same `{}`", table.name, names[0]));
            return Err(match unique.as_slice() {
                [] => error.hint("leave `--key` away to find records by their key"),
                names => error.hint(format!("find records by their key, or by a unique field: {}", names.join(", "))),
            });
        };
        fields.swap(0, first);
        Ok(By::Fields(fields.into_iter().map(|field| &field.name).collect()))
    }

    /// The key of the record that is meant, whether it is there or not. `None`: it is not there and has no key yet.
    fn find(&self, change: &Change<'_>, table: &Table, given: &Given) -> Result<Option<Vec<Value>>> {
        let By::Fields(names) = self else {
            return key_among(table, given).map(Some).map_err(|error| or_unique(table, error));
        };
        let mut values = Vec::new();
        for name in names {
            let value = given.iter().find(|(given, value)| given == *name && !value.is_null());
            values.push(&value.ok_or_else(|| missing(table, name))?.1);
        }
        let unique = field(table, names[0].as_str())?;
        let Some(key) = change.holding(table, unique, values[0], 1)?.pop() else { return Ok(None) };
        let row = change.get(table, &key)?.unwrap_or_default();
        let holds = |(name, value): (&&FieldName, &&Value)| {
            table.fields.iter().zip(&row).any(|(field, held)| field.name == **name && held == *value)
        };
        Ok(names.iter().zip(&values).all(holds).then_some(key))
    }
}

/// Where the key is a number that is handed out, people have another field in mind.
fn or_unique(table: &Table, error: Error) -> Error {
    match table.fields.iter().find(|field| field.unique) {
        Some(field) => error.hint(format!("give the key, or find records by a unique field: `--key {}`", field.name)),
        None => error,
    }
}

fn missing(table: &Table, name: &FieldName) -> Error {
    Error::usage(format!("`{name}` is missing: records of `{}` are found by it", table.name))
        .hint("give it a value, or choose another `--key`")
}

fn put(change: &mut Change<'_>, table: &Table, by: &By<'_>, mut given: Given, written: &mut Written) -> Result<()> {
    let key = match by.find(change, table, &given)? {
        Some(key) if change.exists(table, &key)? => key,
        _ => {
            refuse_synced(table, "its records come and go there")?;
            let key = change.insert(table, &given)?;
            written.add(&key);
            written.created += 1;
            return Ok(());
        }
    };
    let own = |name: &FieldName| table.key.iter().position(|part| part == name).map(|place| &key[place]);
    if let Some((name, value)) = given.iter().find(|(name, value)| own(name).is_some_and(|own| own != value)) {
        let other = record_id::of(std::slice::from_ref(value));
        return Err(Error::usage(format!(
            "record `{}` of `{}` is the one meant, and its key cannot become `{name}` = `{other}`",
            record_id::of(&key),
            table.name
        ))
        .hint(format!("leave `{name}` away")));
    }
    given.retain(|(name, _)| !table.is_key(name));
    if table.connection.is_some() {
        // What the record was found by is given to find it, not to change it.
        let found_by = |name: &FieldName| matches!(by, By::Fields(names) if names.contains(&name));
        given.retain(|(name, _)| !found_by(name));
        given.iter().try_for_each(|(name, _)| refuse_fixed(table, name))?;
    }
    set(change, table, &key, &given, written)
}
