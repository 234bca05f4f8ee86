//! Values that stand together, because they are compared or one of them is chosen: what sort all of them are then. Texts in
//! quotes become what their neighbours are, and numbers are widened.

use super::Checker;
use crate::base::expression::{Expression, Node, Sort, Typed};
use crate::base::syntax::shortened;
use crate::base::{Result, Value, datetime, decimal};

impl Checker<'_> {
    /// The parts as one sort of value, for a choice between them.
    pub(super) fn alike(&self, parts: &[&Expression]) -> Result<(Sort, Vec<Typed>)> {
        let mut typed = parts.iter().map(|part| self.check(part)).collect::<Result<Vec<_>>>()?;
        let mut sort = Sort::Null;
        for (part, value) in parts.iter().zip(&typed) {
            let loose = is_text_literal(value);
            sort = match (sort, value.sort) {
                (_, Sort::Other) => return Err(self.only_null(part)),
                (so_far, Sort::Null) => so_far,
                (Sort::Null, _) if loose => Sort::Null,
                (Sort::Null, new) => new,
                (so_far, _) if loose && may_be_quoted(so_far) => so_far,
                (so_far, new) if so_far == new => so_far,
                (so_far, new) if so_far.is_number() && new.is_number() => {
                    if so_far == Sort::Number || new == Sort::Number { Sort::Number } else { Sort::Decimal }
                }
                (so_far, new) if so_far.is_time() && new.is_time() => Sort::DateTime,
                (so_far, new) => {
                    let what = format!("another result is {}, and all must be of one type", so_far.word());
                    return Err(self.misfit(part, new, what));
                }
            };
        }
        if sort == Sort::Null && typed.iter().any(is_text_literal) {
            sort = Sort::Text;
        }
        for (part, value) in parts.iter().zip(&mut typed) {
            let taken = std::mem::replace(value, Typed::literal(Sort::Null, Value::Null));
            *value = match is_text_literal(&taken) {
                true => self.adapted(part, taken, sort)?,
                false => widened(taken, sort),
            };
        }
        Ok((sort, typed))
    }

    /// The parts as they are compared with each other, and the class of the functions that compare them.
    pub(super) fn comparable(&self, parts: &[&Expression]) -> Result<(&'static str, Vec<Typed>)> {
        let mut typed = Vec::new();
        let mut class: Option<(&'static str, Sort)> = None;
        for part in parts {
            let value = self.check(part)?;
            let new = match (value.sort, class_of(value.sort)) {
                (_, Some(class)) => class,
                (Sort::Null, _) => {
                    return Err(part
                        .refuse("nothing is equal to null, so it cannot be compared with it")
                        .hint("write `… is null` or `… is not null`"));
                }
                _ => return Err(self.only_null(part)),
            };
            if !is_text_literal(&value) {
                class = match class {
                    None => Some((new, value.sort)),
                    Some((so_far, sort)) if so_far == new => Some((so_far, sort)),
                    Some(("currency", sort)) if new == "number" => Some(("currency", sort)),
                    Some(("number", _)) if new == "currency" => Some(("currency", value.sort)),
                    Some((_, sort)) => {
                        let what = format!("it is compared with {}", sort.word());
                        return Err(self.misfit(part, value.sort, what));
                    }
                };
            }
            typed.push(value);
        }
        let (class, sort) = class.unwrap_or(("text", Sort::Text));
        for (part, value) in parts.iter().zip(&mut typed) {
            if is_text_literal(value) {
                let taken = std::mem::replace(value, Typed::literal(Sort::Null, Value::Null));
                // A date is compared with a time of day too.
                let date_or_time = if sort == Sort::Date { Sort::DateTime } else { sort };
                *value = match self.adapted(part, taken.clone(), sort) {
                    Err(error) => self.adapted(part, taken, date_or_time).map_err(|_| error)?,
                    value => value?,
                };
            }
        }
        Ok((class, typed))
    }

    /// A text in quotes as the sort of value that is wanted in its place.
    pub(super) fn adapted(&self, part: &Expression, typed: Typed, wanted: Sort) -> Result<Typed> {
        let Node::Literal(Value::Text(text)) = &typed.node else { return Ok(typed) };
        if typed.sort != Sort::Text {
            return Ok(typed);
        }
        let (stored, form) = match wanted {
            Sort::Date => (datetime::stored_date(text), "date such as `'2026-11-24'`"),
            Sort::DateTime => (datetime::stored_datetime(text), "time such as `'2026-11-24T06:00:00Z'`"),
            Sort::Currency => (currency(text), "amount with its currency such as `'12.50 USD'`"),
            Sort::Text | Sort::Null => return Ok(typed),
            other => return Err(self.misfit(part, Sort::Text, format!("{} is wanted here", other.word()))),
        };
        match stored {
            Some(stored) => Ok(Typed::literal(wanted, stored)),
            None => Err(part.refuse(format!("`{}` is no {form}", shortened(part)))),
        }
    }
}

/// The value in the form of a wider sort.
pub(super) fn widened(typed: Typed, sort: Sort) -> Typed {
    match (typed.sort, sort) {
        (Sort::Integer, Sort::Decimal) => Typed::call(sort, "decimal_of", vec![typed]),
        (Sort::Integer | Sort::Decimal, Sort::Number) => Typed::call(sort, "number_of", vec![typed]),
        (Sort::Date, Sort::DateTime) => Typed::call(sort, "datetime_of", vec![typed]),
        _ => typed,
    }
}

fn is_text_literal(typed: &Typed) -> bool {
    typed.sort == Sort::Text && matches!(typed.node, Node::Literal(_))
}

/// Whether values of this sort are written in quotes.
fn may_be_quoted(sort: Sort) -> bool {
    matches!(sort, Sort::Currency | Sort::Date | Sort::DateTime)
}

fn currency(text: &str) -> Option<String> {
    let (amount, code) = text.split_once(' ')?;
    let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    decimal::stored(amount).filter(|_| is_code).map(|amount| format!("{amount} {code}"))
}

/// The class of the functions that compare values of this sort.
pub(super) fn class_of(sort: Sort) -> Option<&'static str> {
    Some(match sort {
        Sort::Integer | Sort::Decimal | Sort::Number => "number",
        Sort::Currency => "currency",
        Sort::Boolean => "boolean",
        Sort::Text => "text",
        Sort::Date | Sort::DateTime => "time",
        Sort::Null | Sort::Other => return None,
    })
}
