//! The functions that formulas become: of one record's cells, without state, the same in memory and in the store, which
//! registers every one of them under its name.

use crate::base::filter::Class;
use crate::base::{Cell, Value};

mod arithmetic;
mod compare;
mod text;
mod time;

/// A function of cells.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    /// The fewest and the most arguments
    pub arguments: (usize, usize),
    /// Whether a null makes the result null without a call
    strict: bool,
    how: How,
}

#[derive(Debug)]
enum How {
    Plain(fn(&[Cell<'_>]) -> Option<Value>),
    /// The same for several classes of values
    Class(Class, fn(Class, &[Cell<'_>]) -> Option<Value>),
}

/// Two functions are the same when their names are, which are unique.
impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

const MANY: usize = super::MOST_ITEMS + 1;

/// Every function, for the store to register.
pub static FUNCTIONS: [&[Function]; 4] = [arithmetic::FUNCTIONS, compare::FUNCTIONS, text::FUNCTIONS, time::FUNCTIONS];

impl Function {
    /// The function of this name, which is one of ours.
    pub(super) fn named(name: &str) -> &'static Function {
        let all = || FUNCTIONS.iter().copied().flatten();
        all().find(|function| function.name == name).expect("the checker only names functions that there are")
    }

    const fn plain(name: &'static str, arguments: usize, call: fn(&[Cell<'_>]) -> Option<Value>) -> Function {
        Function { name, arguments: (arguments, arguments), strict: true, how: How::Plain(call) }
    }

    const fn of_class(
        name: &'static str,
        arguments: (usize, usize),
        class: Class,
        call: fn(Class, &[Cell<'_>]) -> Option<Value>,
    ) -> Function {
        Function { name, arguments, strict: false, how: How::Class(class, call) }
    }

    /// The function's value; null for what it cannot compute, and for cells of a form that its arguments never have.
    pub fn call(&self, cells: &[Cell<'_>]) -> Value {
        if self.strict && cells.contains(&Cell::Null) {
            return Value::Null;
        }
        let value = match self.how {
            How::Plain(call) => call(cells),
            How::Class(class, call) => call(class, cells),
        };
        value.unwrap_or_default()
    }
}
