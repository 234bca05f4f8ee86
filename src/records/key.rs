//! A record's id: its key as people see it. A single key field is its text; several are joined with `,`, and a part that has
//! a comma or a quote in it, or is empty, stands in double quotes: `EU,"Smith, John"`.

use super::value::parse_text;
use crate::base::{Error, Result, Table, Value, record_id};

pub use crate::base::record_id::print;

/// The key that this id stands for. `Kind::Usage` when it cannot be one of the table's.
pub fn parse(table: &Table, id: &str) -> Result<Vec<Value>> {
    let parts = match table.key.len() {
        1 => vec![id.to_owned()],
        _ => record_id::split(id).ok_or_else(|| misread(table, id))?,
    };
    if parts.len() != table.key.len() {
        return Err(misread(table, id));
    }
    let value = |(field, part): (_, &String)| parse_text(field, part);
    table.key_fields().zip(&parts).map(value).collect()
}

fn misread(table: &Table, id: &str) -> Error {
    let names: Vec<&str> = table.key.iter().map(AsRef::as_ref).collect();
    Error::usage(format!("`{id}` is no key of table `{}`", table.name)).hint(format!(
        "give {} separated by commas, with quotes around a part that has one: `a,\"b, c\"`",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, print};
    use crate::base::{Field, FieldName, FieldType, Table, TableName, Value};

    fn table(types: &[FieldType]) -> Table {
        let name = |place: usize| FieldName::parse(&format!("k{place}")).expect("a name");
        let field = |(place, kind): (usize, &FieldType)| Field::new(name(place), kind.clone());
        Table {
            name: TableName::parse("t").expect("a name"),
            fields: types.iter().enumerate().map(field).collect(),
            key: (0..types.len()).map(name).collect(),
            generated_key: false,
            connection: None,
            computed: Vec::new(),
        }
    }

    #[test]
    fn ids_read_as_people_write_them() {
        let pair = table(&[FieldType::Text, FieldType::Integer]);
        assert_eq!(parse(&pair, "EU,5"), Ok(vec!["EU".into(), Value::Integer(5)]));
        assert_eq!(parse(&pair, "\"a,\"\"b\",5"), Ok(vec!["a,\"b".into(), Value::Integer(5)]));
        for wrong in ["EU", "EU,5,6", "EU,x", "\"EU,5", "\"EU\"x,5", ""] {
            assert!(parse(&pair, wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse(&table(&[FieldType::Text]), "a,\"b"), Ok(vec!["a,\"b".into()]));
    }

    proptest! {
        #[test]
        fn every_key_survives_its_id(texts in prop::collection::vec("[a\",\\n é]{0,5}", 2..4), number in any::<i64>(), alone in ".*") {
            let mut types = vec![FieldType::Text; texts.len()];
            types.push(FieldType::Integer);
            let mut key: Vec<Value> = texts.into_iter().map(Value::Text).collect();
            key.push(Value::Integer(number));
            let cells: Vec<_> = key.iter().map(Value::cell).collect();
            prop_assert_eq!(parse(&table(&types), &print(&cells)), Ok(key.clone()));
            let alone = vec![Value::Text(alone)];
            prop_assert_eq!(parse(&table(&[FieldType::Text]), &print(&[alone[0].cell()])), Ok(alone));
        }
    }
}
