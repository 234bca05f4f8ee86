//! What a filter means: its value for one row in memory. The store's SQL and every vendor's own filter must agree with it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{Filter, Op, Operand};
use crate::base::{Cell, FieldType, Timestamp, datetime, decimal};

/// How the values of a field's type are compared. Fields of one class can be compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// By its bytes
    Text,
    /// Exactly by value, whether stored as an integer, a real or digits; NaN above everything
    Number,
    /// The amounts, when both have the same code or one has none; unknown otherwise, except that they are not equal
    Currency,
    Boolean,
    /// As instants, a date being its midnight in UTC
    Time,
    /// Numbers before texts, as the key of the other table is stored
    Key,
    /// By its bytes
    Binary,
}

impl Class {
    pub fn of(field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Integer | FieldType::Number | FieldType::Decimal => Class::Number,
            FieldType::Currency => Class::Currency,
            FieldType::Boolean => Class::Boolean,
            FieldType::Date | FieldType::DateTime => Class::Time,
            FieldType::Relation { .. } => Class::Key,
            FieldType::Binary => Class::Binary,
            FieldType::Text
            | FieldType::LongText
            | FieldType::Select { .. }
            | FieldType::MultiSelect { .. }
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::Json
            | FieldType::File => Class::Text,
        }
    }
}

impl Filter {
    /// Whether a row is kept. The filter has been through `check`; `row` gives the stored value of a field and `class` how
    /// it is compared. For many rows, fix the time first with `at`.
    pub fn matches<'r>(&self, row: &dyn Fn(&str) -> Cell<'r>, class: &dyn Fn(&str) -> Class, now: Timestamp) -> bool {
        Row { row, class, now }.truth(self) == Some(true)
    }
}

struct Row<'m, 'r> {
    row: &'m dyn Fn(&str) -> Cell<'r>,
    class: &'m dyn Fn(&str) -> Class,
    now: Timestamp,
}

impl Row<'_, '_> {
    /// True, false or unknown.
    fn truth(&self, filter: &Filter) -> Option<bool> {
        match filter {
            Filter::All(parts) => all(parts.iter().map(|part| self.truth(part))),
            Filter::Any(parts) => any(parts.iter().map(|part| self.truth(part))),
            Filter::Not(part) => self.truth(part).map(|truth| !truth),
            Filter::Compare { left, op, right } => self.holds(self.class(filter), *op, left, right),
            Filter::In { operand, list, negated } => {
                let class = self.class(filter);
                let found = any(list.iter().map(|item| self.holds(class, Op::Equal, operand, item)));
                found.map(|found| found != *negated)
            }
            Filter::Between { operand, low, high, negated } => {
                let class = self.class(filter);
                let above = self.holds(class, Op::GreaterOrEqual, operand, low);
                let inside = all([above, self.holds(class, Op::LessOrEqual, operand, high)].into_iter());
                inside.map(|inside| inside != *negated)
            }
            Filter::Like { operand, pattern, negated } => self.with(operand, |cell| match cell {
                Cell::Text(text) => Some(like(pattern, text) != *negated),
                Cell::Integer(number) => Some(like(pattern, &number.to_string()) != *negated),
                Cell::Real(number) => Some(like(pattern, &number.to_string()) != *negated),
                Cell::Null | Cell::Blob(_) => None,
            }),
            Filter::Null { operand, negated } => self.with(operand, |cell| Some((cell == Cell::Null) != *negated)),
        }
    }

    fn class(&self, comparison: &Filter) -> Class {
        let field = comparison.operands().into_iter().find_map(|operand| match operand {
            Operand::Field(name) => Some(name),
            _ => None,
        });
        field.map_or(Class::Text, |name| (self.class)(name))
    }

    fn holds(&self, class: Class, op: Op, left: &Operand, right: &Operand) -> Option<bool> {
        self.with(left, |left| self.with(right, |right| holds(class, op, left, right)))
    }

    fn with<T>(&self, operand: &Operand, work: impl FnOnce(Cell<'_>) -> T) -> T {
        match operand {
            Operand::Field(name) => work((self.row)(name)),
            Operand::Literal(value) => work(value.cell()),
            Operand::Now { months, days, micros } => {
                work(Cell::Text(&datetime::after(self.now, *months, *days, *micros)))
            }
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

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|truth| !truth))).map(|none| !none)
}

/// Whether a comparison is true; `None` when that is unknown, as it always is with null.
pub fn holds(class: Class, op: Op, left: Cell<'_>, right: Cell<'_>) -> Option<bool> {
    if class == Class::Currency
        && let (Some((_, Some(mine))), Some((_, Some(theirs)))) = (amount(left), amount(right))
        && mine != theirs
    {
        return match op {
            Op::Equal => Some(false),
            Op::NotEqual => Some(true),
            _ => None,
        };
    }
    let order = order(class, left, right)?;
    Some(match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
    })
}

/// The order of two values: what sorting goes by. `None` with null, and for what is no value of its class.
pub fn order(class: Class, left: Cell<'_>, right: Cell<'_>) -> Option<Ordering> {
    if left == Cell::Null || right == Cell::Null {
        return None;
    }
    match class {
        Class::Number => decimal::compare_cells(left, right),
        Class::Time => times(left, right),
        Class::Currency => amounts(left, right),
        Class::Text | Class::Boolean | Class::Key | Class::Binary => Some(plain(left, right)),
    }
}

fn times(left: Cell<'_>, right: Cell<'_>) -> Option<Ordering> {
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => datetime::compare(left, right),
        _ => None,
    }
}

/// By amount; amounts of different codes by code, so that sorting keeps currencies together.
fn amounts(left: Cell<'_>, right: Cell<'_>) -> Option<Ordering> {
    let ((mine, code), (theirs, other)) = (amount(left)?, amount(right)?);
    match (code, other) {
        (Some(code), Some(other)) if code != other => Some(code.cmp(&other)),
        _ => decimal::compare(&mine, &theirs),
    }
}

/// A key whose bytes sort as `order` does for currencies. `None` for what is no amount.
pub fn currency_key(cell: Cell<'_>) -> Option<Vec<u8>> {
    let (number, code) = amount(cell)?;
    let mut key = code.unwrap_or_default().as_bytes().to_vec();
    key.push(0);
    key.extend(decimal::sort_key(&number)?);
    Some(key)
}

/// The number and the code of `12.50 USD`.
fn amount(cell: Cell<'_>) -> Option<(Cow<'_, str>, Option<Cow<'_, str>>)> {
    let (number, code) = match cell {
        Cell::Text(text) => match text.split_once(' ') {
            Some((number, code)) => (Cow::Borrowed(number), Some(Cow::Borrowed(code))),
            None => (Cow::Borrowed(text), None),
        },
        Cell::Integer(number) => (Cow::Owned(number.to_string()), None),
        Cell::Real(number) => (Cow::Owned(number.to_string()), None),
        Cell::Null | Cell::Blob(_) => return None,
    };
    decimal::Decimal::parse(&number)?;
    Some((number, code))
}

/// SQLite's own order (<https://www.sqlite.org/datatype3.html#comparisons>): numbers, then texts, then blobs.
fn plain(left: Cell<'_>, right: Cell<'_>) -> Ordering {
    let rank = |cell: &Cell<'_>| match cell {
        Cell::Null => 0,
        Cell::Integer(_) | Cell::Real(_) => 1,
        Cell::Text(_) => 2,
        Cell::Blob(_) => 3,
    };
    match (left, right) {
        (Cell::Text(left), Cell::Text(right)) => left.cmp(right),
        (Cell::Blob(left), Cell::Blob(right)) => left.cmp(right),
        (left, right) if rank(&left) == 1 && rank(&right) == 1 => {
            decimal::compare_cells(left, right).unwrap_or(Ordering::Equal)
        }
        (left, right) => rank(&left).cmp(&rank(&right)),
    }
}

/// SQLite's `LIKE` (<https://www.sqlite.org/lang_expr.html#like>): `%` is any text, `_` one character, ASCII letters match in
/// either case. As in SQLite, text ends at a NUL character.
pub fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = until_nul(pattern).chars().collect();
    let text: Vec<char> = until_nul(text).chars().collect();
    let (mut at, mut place) = (0, 0);
    // Where the last `%` was, and the text behind what it has swallowed so far. Going back to the last one is enough.
    let mut resume: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some('%') => {
                resume = Some((place + 1, at));
                place += 1;
            }
            Some(letter) if *letter == '_' || letter.eq_ignore_ascii_case(&text[at]) => {
                at += 1;
                place += 1;
            }
            _ => match &mut resume {
                Some((after, swallowed)) => {
                    *swallowed += 1;
                    (place, at) = (*after, *swallowed);
                }
                None => return false,
            },
        }
    }
    pattern[place..].iter().all(|letter| *letter == '%')
}

fn until_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or("")
}
