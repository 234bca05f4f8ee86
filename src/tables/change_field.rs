//! Another type and other rules for a field. Every value is converted without loss, or nothing is changed and the values
//! that cannot be converted are named.

use super::references::Tables;
use super::spec::check_options;
use super::{find, lock, no_field};
use crate::app::{App, Conversion, Convert, OperationId};
use crate::base::{
    Compute, Computed, Error, Field, FieldName, FieldType, Interrupt, Kind, OnDelete, Result, Table, TableName, shell,
};

/// What to change; `None` stays as it is.
#[derive(Clone, Debug)]
pub struct ChangeFieldRequest {
    pub table: TableName,
    pub field: FieldName,
    pub becomes: Option<Becomes>,
    pub required: Option<bool>,
    pub unique: Option<bool>,
    pub on_delete: Option<OnDelete>,
    /// Do everything, and take it back
    pub dry_run: bool,
    pub interrupt: Interrupt,
}

/// A new type, or another way to work the field out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Becomes {
    Stored(FieldType),
    Computed(Compute),
}

/// Makes what converts the values of a field (of this table, as it was and as it shall be). How values of a type are read is
/// not this module's business.
pub type Converter<'a> = dyn Fn(&App, &Table, &Field, &Field) -> Result<Box<Convert<'static>>> + 'a;

/// What was done, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    pub table: Table,
    pub conversion: Conversion,
    pub operation: Option<OperationId>,
}

/// Changes a field. When values cannot be converted nothing is changed, and the conversion says which and why.
///
/// `Kind::Denied` for a field that a connection fills, `Kind::Conflict` when a computed field could not be worked out any
/// more, `Kind::Usage` for the key and for what makes no sense.
pub fn change_field(app: &App, request: &ChangeFieldRequest, converter: &Converter<'_>) -> Result<FieldChange> {
    let table = find(app, &request.table)?;
    let name = &request.field;
    if let Some(computed) = table.computed(name.as_str()) {
        return change_computed(app, request, &table, computed);
    }
    let before = table.field(name.as_str()).ok_or_else(|| no_field(&table, name.as_str()))?;
    lock::refuse_field(&table, before, "changed")?;
    let after = after(&table, before, request)?;
    if after == *before {
        return Err(Error::usage(format!("field `{name}` of table `{}` is like this already", table.name)));
    }
    let mut changed = table.clone();
    changed.fields.iter_mut().filter(|field| field.name == *name).for_each(|field| field.clone_from(&after));
    refuse_broken(app, &changed, &after)?;
    let mut convert = if is_retyped(&before.field_type, &after.field_type) {
        Some(converter(app, &table, before, &after)?)
    } else {
        None
    };
    let what = format!("tables change-field {} {name}", table.name);
    apply(app, request, &what, changed, |change| {
        let mut step = 0_u32;
        let interrupt = &request.interrupt;
        let mut each = |change: &crate::app::Change<'_>, cell: crate::base::Cell<'_>| {
            step = step.wrapping_add(1);
            if step.is_multiple_of(1024) {
                interrupt.check()?;
            }
            convert.as_mut().expect("it is called for a retyped field only")(change, cell)
        };
        let retyped = is_retyped(&before.field_type, &after.field_type);
        change.change_field(&table, &after, retyped.then_some(&mut each))
    })
}

/// Whether values have to be looked at: anything but what becomes of a relation.
fn is_retyped(before: &FieldType, after: &FieldType) -> bool {
    match (before, after) {
        (FieldType::Relation { table: before, .. }, FieldType::Relation { table: after, .. }) => before != after,
        (before, after) => before != after,
    }
}

fn after(table: &Table, before: &Field, request: &ChangeFieldRequest) -> Result<Field> {
    let mut after = before.clone();
    match &request.becomes {
        Some(Becomes::Stored(field_type)) => after.field_type.clone_from(field_type),
        Some(Becomes::Computed(_)) => {
            return Err(Error::usage(format!(
                "field `{}` is stored; it cannot become one that is worked out",
                before.name
            ))
            .hint(format!(
                "add the computed field under another name with `appctl tables add-field {}`",
                table.name.shell()
            )));
        }
        None => {}
    }
    check_options(&after.name, &after.field_type)?;
    if let (FieldType::Relation { on_delete, .. }, FieldType::Relation { on_delete: old, .. }, None) =
        (&mut after.field_type, &before.field_type, request.on_delete)
        && *on_delete == OnDelete::default()
    {
        *on_delete = *old;
    }
    if let Some(chosen) = request.on_delete {
        let FieldType::Relation { on_delete, .. } = &mut after.field_type else {
            return Err(Error::usage(format!(
                "`--on-delete` is for relations, and `{}` is of type {}",
                after.name,
                after.field_type.word()
            )));
        };
        *on_delete = chosen;
    }
    after.required = request.required.unwrap_or(after.required);
    after.unique = request.unique.unwrap_or(after.unique);
    if table.is_key(&before.name) && after != *before {
        return Err(Error::usage(format!("field `{}` is the key of table `{}` and stays as it is", before.name, table.name))
            .hint("make a new table with the key that you want, and bring the records over with `appctl records export` and `import`"));
    }
    if let Some(connection) = table.connection.as_ref().filter(|_| after.required && !before.required) {
        return Err(Error::usage(format!(
            "field `{}` cannot be required: the records of `{}` come from connection `{connection}` without it",
            before.name, table.name
        )));
    }
    Ok(after)
}

/// A field keeps the type that relations, lookups and rollups need.
fn refuse_broken(app: &App, changed: &Table, after: &Field) -> Result<()> {
    let stored = app.store.tables()?;
    let now = Tables(stored.clone());
    let then = Tables::with(stored, changed);
    then.check_field(after)?;
    let broken: Vec<String> = then.broken().into_iter().filter(|name| !now.broken().contains(name)).collect();
    if broken.is_empty() {
        return Ok(());
    }
    let shown = broken.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let needs = if broken.len() == 1 { "needs" } else { "need" };
    let error = Error::new(
        Kind::Conflict,
        format!(
            "field `{}` of table `{}` cannot become {}: {shown} {needs} it as it is",
            after.name,
            changed.name,
            after.field_type.word()
        ),
    );
    let (table, field) = broken[0].rsplit_once('.').unwrap_or((&broken[0], ""));
    Err(error.hint(format!("`appctl tables drop-field {} {}` first", shell::word(table), shell::word(field))))
}

fn change_computed(app: &App, request: &ChangeFieldRequest, table: &Table, before: &Computed) -> Result<FieldChange> {
    let name = &before.name;
    if request.required.is_some() || request.unique.is_some() || request.on_delete.is_some() {
        return Err(Error::usage(format!("field `{name}` is worked out; it has no rules of its own")));
    }
    let how = match &request.becomes {
        Some(Becomes::Computed(how)) => how.clone(),
        Some(Becomes::Stored(_)) => {
            return Err(Error::usage(format!("field `{name}` is worked out; it cannot become a stored one")).hint(
                format!(
                    "drop it with `appctl tables drop-field {} {}` and add the new one",
                    table.name.shell(),
                    name.shell()
                ),
            ));
        }
        None => before.how.clone(),
    };
    if how == before.how {
        return Err(Error::usage(format!("field `{name}` of table `{}` is like this already", table.name)));
    }
    let after = Computed { name: name.clone(), how };
    let mut changed = table.clone();
    changed.computed.iter_mut().filter(|field| field.name == *name).for_each(|field| field.clone_from(&after));
    Tables::with(app.store.tables()?, &changed).check_computed(&changed, &after)?;
    let what = format!("tables change-field {} {name}", table.name);
    apply(app, request, &what, changed, |change| change.change_computed(table, after).map(|()| Conversion::default()))
}

/// Makes the change, unless it refuses values or is a dry run: then everything is taken back.
fn apply(
    app: &App,
    request: &ChangeFieldRequest,
    what: &str,
    table: Table,
    work: impl FnOnce(&mut crate::app::Change<'_>) -> Result<Conversion>,
) -> Result<FieldChange> {
    let mut done = None;
    let changed = app.store.change(&app.person(), what, |change| {
        let conversion = work(change)?;
        let stop = request.dry_run || conversion.refused > 0;
        done = Some(conversion);
        if stop { Err(Interrupt::error()) } else { Ok(()) }
    });
    match (changed, done) {
        (Ok((_, operation)), Some(conversion)) => Ok(FieldChange { table, conversion, operation }),
        (Err(error), Some(conversion)) if error == Interrupt::error() => {
            Ok(FieldChange { table, conversion, operation: None })
        }
        (Err(error), _) => Err(error),
        (Ok(_), None) => unreachable!("work was done"),
    }
}
