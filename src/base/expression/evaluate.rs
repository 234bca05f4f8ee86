//! A checked formula's value for one record in memory. The store's SQL must agree with it.

use super::{Checked, Node, Typed};
use crate::base::{Cell, Timestamp, Value, datetime};

impl Checked {
    /// The formula's value in the stored form of its type; `row` gives the stored value of a field.
    pub fn evaluate<'r>(&self, row: &dyn Fn(&str) -> Cell<'r>, now: Timestamp) -> Value {
        self.root.value(row, now)
    }
}

impl Typed {
    fn value<'r>(&self, row: &dyn Fn(&str) -> Cell<'r>, now: Timestamp) -> Value {
        let choice = |chosen: Option<&Typed>| chosen.map_or(Value::Null, |chosen| chosen.value(row, now));
        match &self.node {
            Node::Field(name) => row(name.as_str()).to_value(),
            Node::Literal(value) => value.clone(),
            Node::Now => Value::Text(datetime::after(now, 0, 0, 0)),
            Node::Call { function, arguments } => {
                let values: Vec<Value> = arguments.iter().map(|argument| argument.value(row, now)).collect();
                function.call(&values.iter().map(Value::cell).collect::<Vec<_>>())
            }
            Node::Not(part) => part.truth(row, now).map(|truth| !truth).into(),
            Node::All(parts) => all(parts.iter().map(|part| part.truth(row, now))).into(),
            Node::Any(parts) => {
                all(parts.iter().map(|part| part.truth(row, now).map(|truth| !truth))).map(|none| !none).into()
            }
            Node::IsNull(part) => part.value(row, now).is_null().into(),
            Node::Is(part, truth) => (part.truth(row, now) == Some(*truth)).into(),
            Node::Coalesce(parts) => {
                let mut values = parts.iter().map(|part| part.value(row, now));
                values.find(|value| !value.is_null()).unwrap_or_default()
            }
            Node::Case { branches, otherwise } => {
                let chosen = branches.iter().find(|(when, _)| when.truth(row, now) == Some(true));
                choice(chosen.map(|(_, then)| then).or(otherwise.as_deref()))
            }
            Node::Choose { which, results, otherwise } => {
                let chosen = match which.value(row, now) {
                    Value::Integer(place) => usize::try_from(place - 1).ok().and_then(|place| results.get(place)),
                    _ => None,
                };
                choice(chosen.or(otherwise.as_deref()))
            }
        }
    }

    /// True, false or unknown.
    fn truth<'r>(&self, row: &dyn Fn(&str) -> Cell<'r>, now: Timestamp) -> Option<bool> {
        match self.value(row, now) {
            Value::Integer(number) => Some(number != 0),
            _ => None,
        }
    }
}

fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let so_far = parts.try_fold(Some(true), |so_far, part| match part {
        Some(false) => Err(()),
        Some(true) => Ok(so_far),
        None => Ok(None),
    });
    so_far.unwrap_or(Some(false))
}
