//! `+ - * / %` and functions of one number: which sorts of values they take, and what they give.

use super::Checker;
use super::together::widened;
use crate::base::expression::{Expression, Node, Sign, Sort, Typed, What};
use crate::base::syntax::{Interval, shortened};
use crate::base::{Error, Result};

impl Checker<'_> {
    pub(super) fn arithmetic(
        &self,
        this: &Expression,
        left: &Expression,
        sign: Sign,
        right: &Expression,
    ) -> Result<Typed> {
        match (&left.what, sign, &right.what) {
            (_, Sign::Plus | Sign::Minus, What::Interval(interval)) => {
                return self.moved(this, left, *interval, sign == Sign::Minus);
            }
            (What::Interval(interval), Sign::Plus, _) => return self.moved(this, right, *interval, false),
            _ => {}
        }
        let (mut one, mut two) = (self.check(left)?, self.check(right)?);
        if matches!(sign, Sign::Plus | Sign::Minus | Sign::Divide) {
            // A text in quotes is an amount beside an amount, and a date that is taken from a date.
            let adapts = |other: Sort| other == Sort::Currency || (other == Sort::Date && sign == Sign::Minus);
            if adapts(two.sort) {
                one = self.adapted(left, one, two.sort)?;
            } else if adapts(one.sort) {
                two = self.adapted(right, two, one.sort)?;
            }
        }
        for (part, typed) in [(left, &one), (right, &two)] {
            if typed.sort == Sort::Null {
                return Err(part.refuse(format!("null {} anything is always null", sign.text())));
            }
        }
        let both = |sort, name: &str, one, two| Ok(Typed::call(sort, name, vec![one, two]));
        let integer = |typed: &Typed| typed.sort == Sort::Integer;
        match (one.sort, sign, two.sort) {
            (Sort::Date, Sign::Plus, Sort::Integer) => both(Sort::Date, "date_add_days", one, two),
            (Sort::Integer, Sign::Plus, Sort::Date) => both(Sort::Date, "date_add_days", two, one),
            (Sort::Date, Sign::Minus, Sort::Integer) => both(Sort::Date, "date_subtract_days", one, two),
            (Sort::Date, Sign::Minus, Sort::Date) => both(Sort::Integer, "date_days_between", one, two),
            (Sort::Currency, Sign::Plus, Sort::Currency) => both(Sort::Currency, "currency_add", one, two),
            (Sort::Currency, Sign::Minus, Sort::Currency) => both(Sort::Currency, "currency_subtract", one, two),
            (Sort::Currency, Sign::Divide, Sort::Currency) => both(Sort::Decimal, "currency_ratio", one, two),
            (Sort::Currency, Sign::Times, number) if number.is_number() => {
                both(Sort::Currency, "currency_multiply", one, two)
            }
            (number, Sign::Times, Sort::Currency) if number.is_number() => {
                both(Sort::Currency, "currency_multiply", two, one)
            }
            (Sort::Currency, Sign::Divide, number) if number.is_number() => {
                both(Sort::Currency, "currency_divide", one, two)
            }
            (left, _, right) if left.is_number() && right.is_number() => {
                let sort = match () {
                    () if left == Sort::Number || right == Sort::Number => Sort::Number,
                    () if integer(&one) && integer(&two) && sign != Sign::Divide => Sort::Integer,
                    () => Sort::Decimal,
                };
                let name = format!("{}_{}", family(sort), verb(sign));
                both(sort, &name, widened(one, sort), widened(two, sort))
            }
            _ => Err(self.no_arithmetic(this, (left, one.sort), sign, (right, two.sort))),
        }
    }

    fn no_arithmetic(
        &self,
        this: &Expression,
        (left, one): (&Expression, Sort),
        sign: Sign,
        (right, two): (&Expression, Sort),
    ) -> Error {
        let sign_text = sign.text();
        for (part, sort) in [(left, one), (right, two)] {
            if !sort.is_number() && !sort.is_time() && sort != Sort::Currency {
                let error = self.misfit(part, sort, format!("`{sign_text}` takes numbers"));
                return match (sort, sign) {
                    (Sort::Text, Sign::Plus) => error.hint("texts are joined with `||`: `first || ' ' || last`"),
                    (Sort::Boolean, _) => error.hint(format!("write `case when {part} then 1 else 0 end`")),
                    (Sort::Other, _) => error.hint("a lookup reads fields of the record that a relation points to"),
                    _ => error.hint("change the field's type with `appctl tables change-field`"),
                };
            }
        }
        let error = this.refuse(format!(
            "`{} {sign_text} {}` is {} {sign_text} {}, which has no meaning",
            shortened(left),
            shortened(right),
            one.word(),
            two.word()
        ));
        match (one, two) {
            (Sort::DateTime, Sort::DateTime | Sort::Date) | (Sort::Date, Sort::DateTime) if sign == Sign::Minus => {
                error.hint(format!("for the days between them write `date({left}) - date({right})`"))
            }
            (one, two) if one.is_time() || two.is_time() => {
                error.hint("move a time by an interval: `due + interval '7 days'`, or a date by days: `due + 7`")
            }
            _ => error.hint("an amount is added to an amount, `price + '5.00 USD'`, and multiplied by a number"),
        }
    }

    /// A date or time with an interval added or taken away.
    fn moved(&self, this: &Expression, time: &Expression, interval: Interval, negative: bool) -> Result<Typed> {
        let typed = self.check(time)?;
        let typed = match (&typed.node, typed.sort) {
            (Node::Literal(_), Sort::Text) => self.adapted(time, typed, Sort::Date)?,
            _ => typed,
        };
        if !typed.sort.is_time() {
            let error = self.misfit(time, typed.sort, "an interval is added to a date or datetime");
            return Err(error.hint("`due + interval '7 days'`"));
        }
        let moved = Interval::default().plus(interval, negative);
        let Interval { months, days, micros } = moved.ok_or_else(|| this.refuse("this interval is too long"))?;
        // A date stays one as long as nothing less than a day is added to it.
        let (sort, name) = match typed.sort {
            Sort::Date if micros == 0 => (Sort::Date, "date_add"),
            _ => (Sort::DateTime, "datetime_add"),
        };
        let part = |number: i64| Typed::literal(Sort::Integer, number);
        Ok(Typed::call(sort, name, vec![typed, part(months.into()), part(days.into()), part(micros)]))
    }

    /// A function of one number that gives the same sort of number.
    pub(super) fn of_number(&self, part: &Expression, verb: &str, shown: &str, more: &[Typed]) -> Result<Typed> {
        let typed = self.check(part)?;
        if !typed.sort.is_number() && typed.sort != Sort::Currency {
            return Err(self
                .misfit(part, typed.sort, format!("{shown} takes a number"))
                .hint("give it a number field"));
        }
        let sort = typed.sort;
        let arguments = std::iter::once(typed).chain(more.iter().cloned()).collect();
        Ok(Typed::call(sort, &format!("{}_{verb}", family(sort)), arguments))
    }
}

fn family(sort: Sort) -> &'static str {
    match sort {
        Sort::Integer => "integer",
        Sort::Number => "number",
        Sort::Currency => "currency",
        _ => "decimal",
    }
}

fn verb(sign: Sign) -> &'static str {
    match sign {
        Sign::Plus => "add",
        Sign::Minus => "subtract",
        Sign::Times => "multiply",
        Sign::Divide => "divide",
        Sign::Remainder => "remainder",
    }
}
