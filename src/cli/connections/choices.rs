//! The arguments that say what a connection brings: objects, fields, filters and settings, as `add` and `edit` take them.

use std::collections::BTreeMap;

use crate::base::{Error, FieldName, Result, TableName, Timestamp};
use crate::connections::ObjectRequest;

/// Reads `contacts` or `contacts=people`.
pub fn object(text: &str) -> Result<ObjectRequest> {
    let (object, table) = halves(text);
    if object.is_empty() {
        return Err(Error::usage(format!("`{text}` names no object")).hint("for example `--object contacts=people`"));
    }
    let table = table.map(TableName::parse).transpose()?;
    Ok(ObjectRequest { object: object.to_owned(), table, ..ObjectRequest::default() })
}

/// A column of an object and, after `=`, the field's name: `contacts.email=mail`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChoice {
    /// Object and column with the dot between them; an object's own name may have dots too (`public.orders.total`)
    path: String,
    pub field: Option<FieldName>,
}

impl FieldChoice {
    pub fn parse(text: &str) -> Result<Self> {
        let (path, field) = halves(text);
        if !path.trim_matches('.').contains('.') {
            return Err(Error::usage(format!("`{text}` names no object and column"))
                .hint("for example `contacts.email` or `contacts.email=mail`"));
        }
        Ok(FieldChoice { path: path.to_owned(), field: field.map(FieldName::parse).transpose()? })
    }

    /// Object and column. The longest known object that fits is meant; without one the last dot separates.
    pub fn split<'t>(&'t self, objects: impl IntoIterator<Item = &'t str>) -> (&'t str, &'t str) {
        let fits = |object: &&str| self.path.strip_prefix(*object).is_some_and(|rest| rest.starts_with('.'));
        match objects.into_iter().filter(fits).max_by_key(|object| object.len()) {
            Some(object) => (object, &self.path[object.len() + 1..]),
            None => self.path.rsplit_once('.').unwrap_or((&self.path, "")),
        }
    }
}

/// Reads `contacts=stage = 'won'` into object and text.
pub fn of_object(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((object, rest)) if !object.trim().is_empty() => Ok((object.trim().to_owned(), rest.trim().to_owned())),
        _ => Err(Error::usage(format!("`{text}` names no object"))
            .hint("write `OBJECT=…`, for example `contacts=\"stage = 'won'\"`")),
    }
}

/// Reads `key=value` of `--set`. A password does not belong there: every process of the machine can read arguments.
pub fn setting(text: &str) -> Result<(String, String)> {
    let (key, value) = of_pair(text)?;
    let has_password = url::Url::parse(value).is_ok_and(|url| url.password().is_some());
    if has_password {
        return Err(Error::usage(format!("`{key}` holds a password, which other processes could read")).hint(
            "leave it out of the address and give it with `--token-stdin`, `--token-file FILE` or in the environment",
        ));
    }
    Ok((key.to_owned(), value.to_owned()))
}

fn of_pair(text: &str) -> Result<(&str, &str)> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key, value)),
        _ => Err(Error::usage(format!("`{text}` is no setting")).hint("write `KEY=VALUE`")),
    }
}

/// Reads a date (`2026-01-31`, the day's start in UTC) or an RFC 3339 time.
pub fn moment(text: &str) -> Result<Timestamp> {
    let day = || Timestamp::parse(&format!("{text}T00:00:00Z"));
    Timestamp::parse(text).or_else(day).ok_or_else(|| {
        Error::usage(format!("`{text}` is no date or time")).hint("for example `2026-01-31` or `2026-01-31T08:00:00Z`")
    })
}

/// Everything that was said about objects, still in the words of the command line.
#[derive(Default)]
pub struct Choices<'a> {
    pub fields: &'a [FieldChoice],
    pub filters: &'a [(String, String)],
    pub keys: &'a [(String, String)],
    pub cursors: &'a [(String, String)],
    pub since: Option<Timestamp>,
    pub auto_fields: bool,
}

impl Choices<'_> {
    /// Puts fields, filters, keys and cursors to their objects. An object that is only named there is brought too.
    pub fn settle(&self, objects: Vec<ObjectRequest>) -> Vec<ObjectRequest> {
        let mut order: Vec<String> = objects.iter().map(|object| object.object.clone()).collect();
        let named = self.filters.iter().chain(self.keys).chain(self.cursors).map(|(object, _)| object.clone());
        let names: Vec<String> = order.iter().cloned().chain(named).collect();
        let mut known: BTreeMap<String, ObjectRequest> =
            objects.into_iter().map(|object| (object.object.clone(), object)).collect();
        let mut at = |object: &str, change: &mut dyn FnMut(&mut ObjectRequest)| {
            let request = known.entry(object.to_owned()).or_insert_with(|| {
                order.push(object.to_owned());
                ObjectRequest { object: object.to_owned(), ..ObjectRequest::default() }
            });
            change(request);
        };
        for choice in self.fields {
            let (object, column) = choice.split(names.iter().map(String::as_str));
            at(object, &mut |request| request.fields.push((column.to_owned(), choice.field.clone())));
        }
        for (object, text) in self.filters {
            at(object, &mut |request| request.filter = Some(text.clone()));
        }
        for (object, columns) in self.keys {
            at(object, &mut |request| {
                request.key = columns.split(',').map(|column| column.trim().to_owned()).collect()
            });
        }
        for (object, column) in self.cursors {
            at(object, &mut |request| request.cursor_column = Some(column.clone()));
        }
        for request in known.values_mut() {
            request.since = self.since;
            request.auto_fields = self.auto_fields;
        }
        order.iter().filter_map(|object| known.remove(object)).collect()
    }
}

fn halves(text: &str) -> (&str, Option<&str>) {
    text.split_once('=').map_or((text, None), |(left, right)| (left, Some(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(fields: &[&str], objects: &[&str]) -> Vec<ObjectRequest> {
        let fields: Vec<FieldChoice> = fields.iter().map(|text| FieldChoice::parse(text).unwrap()).collect();
        let objects = objects.iter().map(|text| object(text).unwrap()).collect();
        Choices { fields: &fields, ..Choices::default() }.settle(objects)
    }

    #[test]
    fn a_field_belongs_to_the_longest_object_that_fits() {
        let requests = choices(
            &["public.orders.total", "public.orders.a.b=ab", "contacts.email"],
            &["public", "public.orders=sales"],
        );
        let shown: Vec<_> = requests.iter().map(|request| (request.object.as_str(), request.fields.len())).collect();
        assert_eq!(shown, [("public", 0), ("public.orders", 2), ("contacts", 1)]);
        assert_eq!(requests[1].table.as_ref().map(TableName::as_str), Some("sales"));
        assert_eq!(requests[1].fields[1], ("a.b".to_owned(), Some(FieldName::parse("ab").unwrap())));
    }

    #[test]
    fn a_filter_goes_on_after_the_first_equals_sign() {
        assert_eq!(of_object("contacts=stage = 'won'").unwrap(), ("contacts".to_owned(), "stage = 'won'".to_owned()));
        assert!(of_object("stage").is_err() && of_object("= 1").is_err());
    }

    #[test]
    fn a_password_in_a_setting_is_refused_and_not_repeated() {
        let error = setting("url=postgresql://ada:hunter2@db/shop").unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"));
        assert_eq!(setting("url=postgresql://ada@db/shop").unwrap().1, "postgresql://ada@db/shop");
    }

    #[test]
    fn dates_and_times_are_moments() {
        assert_eq!(moment("2026-01-31").unwrap(), moment("2026-01-31T00:00:00Z").unwrap());
        assert!(moment("yesterday").is_err() && moment("2026-02-31").is_err());
    }
}
