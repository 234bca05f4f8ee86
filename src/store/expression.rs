//! Formulas in SQLite's language: registered functions, `CASE`, `COALESCE` and conditions over the columns of one table.
//! Literals are always parameters; names are quoted. None of it is ever written into the file.

use super::sql::quote;
use crate::base::expression::{Expression, Node, Typed};
use crate::base::{FieldType, Result, Table, Timestamp, Value, datetime};

/// A formula as an SQL expression over the table's columns as `alias`, the values of its parameters in order, and the type
/// of what it gives, in that type's stored form.
///
/// `Kind::NotFound` or `Kind::Usage` when the formula does not fit the table (`Expression::check`).
pub fn formula_sql(
    table: &Table,
    alias: &str,
    expression: &Expression,
    now: Timestamp,
) -> Result<(String, Vec<Value>, FieldType)> {
    let checked = expression.check(table)?;
    let mut writer = Writer { alias: quote(alias), now, sql: String::new(), values: Vec::new() };
    writer.write(&checked.root);
    Ok((writer.sql, writer.values, checked.field_type))
}

struct Writer {
    alias: String,
    now: Timestamp,
    sql: String,
    values: Vec<Value>,
}

impl Writer {
    fn write(&mut self, typed: &Typed) {
        match &typed.node {
            Node::Field(name) => self.push(&format!("{}.{}", self.alias, quote(name.as_str()))),
            Node::Literal(value) => self.value(value.clone()),
            Node::Now => self.value(Value::Text(datetime::after(self.now, 0, 0, 0))),
            Node::Call { function, arguments } => self.list(function.name, arguments),
            Node::Coalesce(parts) => self.list("coalesce", parts),
            Node::Not(part) => self.around("(NOT ", part, ")"),
            Node::IsNull(part) => self.around("(", part, " IS NULL)"),
            Node::Is(part, truth) => self.around("(", part, if *truth { " IS 1)" } else { " IS 0)" }),
            Node::All(parts) => self.tree(parts, " AND "),
            Node::Any(parts) => self.tree(parts, " OR "),
            Node::Case { branches, otherwise } => {
                self.push("CASE");
                for (when, then) in branches {
                    self.around(" WHEN ", when, " THEN ");
                    self.write(then);
                }
                self.end(otherwise.as_deref());
            }
            Node::Choose { which, results, otherwise } => {
                self.around("CASE ", which, "");
                for (place, result) in results.iter().enumerate() {
                    self.push(&format!(" WHEN {} THEN ", place + 1));
                    self.write(result);
                }
                self.end(otherwise.as_deref());
            }
        }
    }

    fn end(&mut self, otherwise: Option<&Typed>) {
        if let Some(otherwise) = otherwise {
            self.around(" ELSE ", otherwise, "");
        }
        self.push(" END");
    }

    fn around(&mut self, before: &str, part: &Typed, behind: &str) {
        self.push(before);
        self.write(part);
        self.push(behind);
    }

    fn list(&mut self, function: &str, parts: &[Typed]) {
        self.push(function);
        for (place, part) in parts.iter().enumerate() {
            self.push(if place == 0 { "(" } else { ", " });
            self.write(part);
        }
        self.push(")");
    }

    /// A balanced tree: SQLite's parser counts the depth of a chain.
    fn tree(&mut self, parts: &[Typed], between: &str) {
        match parts {
            [] => {}
            [only] => self.write(only),
            many => {
                let (left, right) = many.split_at(many.len() / 2);
                self.push("(");
                self.tree(left, between);
                self.push(between);
                self.tree(right, between);
                self.push(")");
            }
        }
    }

    fn value(&mut self, value: Value) {
        self.push("?");
        self.values.push(value);
    }

    fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }
}
