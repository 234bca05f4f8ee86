//! A formula that was checked against a table: every part knows what sort of value it gives, and what is left to do is
//! calls of registered functions, truth, choices and nulls. `evaluate` and the store's SQL both start here.

use super::Function;
use crate::base::filter::Class;
use crate::base::{FieldName, FieldType, Value};

/// A formula and the type of what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub field_type: FieldType,
    pub root: Typed,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    pub sort: Sort,
    pub node: Node,
}

/// What a formula is made of. Conditions give 0, 1 or null.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Field(FieldName),
    Literal(Value),
    /// The time of evaluation, as a stored datetime
    Now,
    Call {
        function: &'static Function,
        arguments: Vec<Typed>,
    },
    Not(Box<Typed>),
    All(Vec<Typed>),
    Any(Vec<Typed>),
    IsNull(Box<Typed>),
    /// Whether a condition is this truth; false for null
    Is(Box<Typed>, bool),
    Coalesce(Vec<Typed>),
    /// The first result whose condition is true
    Case {
        branches: Vec<(Typed, Typed)>,
        otherwise: Option<Box<Typed>>,
    },
    /// The result of this number, counted from 1
    Choose {
        which: Box<Typed>,
        results: Vec<Typed>,
        otherwise: Option<Box<Typed>>,
    },
}

/// What sort of value a part gives: the field types that formulas tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The word `null`, which fits everything
    Null,
    Integer,
    Decimal,
    Number,
    Currency,
    Boolean,
    Text,
    Date,
    DateTime,
    /// What can only be asked whether it is null: relations and binary
    Other,
}

impl Sort {
    pub fn of(field_type: &FieldType) -> Sort {
        match (field_type, Class::of(field_type)) {
            (FieldType::Integer, _) => Sort::Integer,
            (FieldType::Number, _) => Sort::Number,
            (FieldType::Decimal, _) => Sort::Decimal,
            (FieldType::Date, _) => Sort::Date,
            (FieldType::DateTime, _) => Sort::DateTime,
            (_, Class::Currency) => Sort::Currency,
            (_, Class::Boolean) => Sort::Boolean,
            (_, Class::Text) => Sort::Text,
            _ => Sort::Other,
        }
    }

    /// The type of a field that holds such values.
    pub fn field_type(self) -> Option<FieldType> {
        Some(match self {
            Sort::Integer => FieldType::Integer,
            Sort::Decimal => FieldType::Decimal,
            Sort::Number => FieldType::Number,
            Sort::Currency => FieldType::Currency,
            Sort::Boolean => FieldType::Boolean,
            Sort::Text => FieldType::Text,
            Sort::Date => FieldType::Date,
            Sort::DateTime => FieldType::DateTime,
            Sort::Null | Sort::Other => return None,
        })
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Sort::Integer | Sort::Decimal | Sort::Number)
    }

    pub(super) fn is_time(self) -> bool {
        matches!(self, Sort::Date | Sort::DateTime)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Sort::Null => "null",
            Sort::Integer => "an integer",
            Sort::Decimal => "a decimal",
            Sort::Number => "a number",
            Sort::Currency => "an amount with its currency",
            Sort::Boolean => "true or false",
            Sort::Text => "a text",
            Sort::Date => "a date",
            Sort::DateTime => "a datetime",
            Sort::Other => "a relation or binary",
        }
    }
}

impl Typed {
    pub(super) fn literal(sort: Sort, value: impl Into<Value>) -> Typed {
        Typed { sort, node: Node::Literal(value.into()) }
    }

    /// A call of the function with this name. Worked out at once when all its arguments are literals.
    pub(super) fn call(sort: Sort, name: &str, arguments: Vec<Typed>) -> Typed {
        let function = Function::named(name);
        let literals: Option<Vec<_>> = arguments
            .iter()
            .map(|argument| match &argument.node {
                Node::Literal(value) => Some(value.cell()),
                _ => None,
            })
            .collect();
        match literals {
            Some(cells) => Typed { sort, node: Node::Literal(function.call(&cells)) },
            None => Typed { sort, node: Node::Call { function, arguments } },
        }
    }
}
