//! A formula against the table it is meant for: the fields exist and the sorts of values fit. Texts in quotes become the
//! date, time or amount that their surroundings ask for, and numbers are widened where they meet.

use super::{Checked, Expression, Literal, Name, Node, Sign, Sort, State, Typed, What};
use crate::base::names::closest;
use crate::base::syntax::{Interval, number, quoted, shortened};
use crate::base::{Error, Kind, Result, Table, Value, datetime, decimal};

impl Expression {
    /// Checks the formula against a table's own stored fields.
    ///
    /// `Kind::NotFound` for an unknown field, `Kind::Usage` for what cannot mean anything; both name the place.
    pub fn check(&self, table: &Table) -> Result<Checked> {
        let checker = Checker { table };
        let root = checker.check(self)?;
        match root.sort.field_type() {
            Some(field_type) => Ok(Checked { field_type, root }),
            None if root.sort == Sort::Null => {
                Err(self.refuse("it is always null").hint("give it a field: `price * quantity`"))
            }
            None => Err(checker.only_null(self)),
        }
    }
}

struct Checker<'t> {
    table: &'t Table,
}

impl Checker<'_> {
    fn check(&self, this: &Expression) -> Result<Typed> {
        match &this.what {
            What::Field(name) => self.field(this, name),
            What::Literal(literal) => Ok(self::literal(literal)),
            What::Interval(interval) => Err(this
                .refuse("an interval is no value of its own")
                .hint(format!("add it to a date or datetime: `now() + interval '{interval}'`"))),
            What::Not(part) => Ok(truth(Node::Not(Box::new(self.condition(part)?)))),
            What::Negate(part) => self.of_number(part, "negate", "`-`", &[]),
            What::Arithmetic { left, sign, right } => self.arithmetic(this, left, *sign, right),
            What::Join(parts) => self.texts("text_join", parts),
            What::All(parts) => Ok(truth(Node::All(self.conditions(parts)?))),
            What::Any(parts) => Ok(truth(Node::Any(self.conditions(parts)?))),
            What::Compare { left, op, right } => {
                let (class, mut values) = self.comparable(&[left, right])?;
                values.insert(0, Typed::literal(Sort::Text, op.sign()));
                Ok(Typed::call(Sort::Boolean, &format!("{class}_compare"), values))
            }
            What::In { operand, list, negated } => {
                let parts: Vec<&Expression> = std::iter::once(&**operand).chain(list).collect();
                let (class, values) = self.comparable(&parts)?;
                Ok(negate(Typed::call(Sort::Boolean, &format!("{class}_in"), values), *negated))
            }
            What::Between { operand, low, high, negated } => {
                let (class, values) = self.comparable(&[operand, low, high])?;
                Ok(negate(Typed::call(Sort::Boolean, &format!("{class}_between"), values), *negated))
            }
            What::Like { operand, pattern, negated } => {
                let values = vec![self.text(operand, "`like`")?, Typed::literal(Sort::Text, pattern.as_str())];
                Ok(negate(Typed::call(Sort::Boolean, "text_like", values), *negated))
            }
            What::Is { operand, state, negated } => {
                let node = match state {
                    State::Null => Node::IsNull(Box::new(self.check(operand)?)),
                    State::True => Node::Is(Box::new(self.condition(operand)?), true),
                    State::False => Node::Is(Box::new(self.condition(operand)?), false),
                };
                Ok(negate(truth(node), *negated))
            }
            What::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            What::Call { name, arguments } => self.call(*name, arguments),
        }
    }

    fn field(&self, this: &Expression, name: &str) -> Result<Typed> {
        if let Some(field) = self.table.field(name) {
            return Ok(Typed { sort: Sort::of(&field.field_type), node: Node::Field(field.name.clone()) });
        }
        if self.table.computed(name).is_some() {
            return Err(this
                .refuse(format!("field `{name}` is computed itself, and a formula uses stored fields"))
                .hint("write out what it computes"));
        }
        let error = this.refuse(format!("table `{}` has no field `{name}`", self.table.name));
        let error = Error { kind: Kind::NotFound, ..error };
        let names = || self.table.fields.iter().map(|field| field.name.as_str());
        Err(match closest(name, names()) {
            Some(near) => error.hint(format!("did you mean `{}`?", quoted(near))),
            None if self.table.fields.len() > 20 => {
                error.hint(format!("see `appctl tables show '{}'`", self.table.name))
            }
            None => error.hint(format!("the fields are {}", names().map(quoted).collect::<Vec<_>>().join(", "))),
        })
    }

    fn condition(&self, part: &Expression) -> Result<Typed> {
        let typed = self.check(part)?;
        match typed.sort {
            Sort::Boolean => Ok(typed),
            _ => Err(self
                .misfit(part, typed.sort, "a condition is true or false")
                .hint("compare it: `quantity > 0`, `title = 'x'`, `due is not null`")),
        }
    }

    fn conditions(&self, parts: &[Expression]) -> Result<Vec<Typed>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn arithmetic(&self, this: &Expression, left: &Expression, sign: Sign, right: &Expression) -> Result<Typed> {
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

    fn case(
        &self,
        operand: Option<&Expression>,
        branches: &[(Expression, Expression)],
        otherwise: Option<&Expression>,
    ) -> Result<Typed> {
        let results: Vec<&Expression> = branches.iter().map(|(_, then)| then).chain(otherwise).collect();
        let (sort, mut results) = self.alike(&results)?;
        let otherwise = otherwise.and_then(|_| results.pop()).map(Box::new);
        let Some(operand) = operand else {
            let conditions = branches.iter().map(|(when, _)| self.condition(when)).collect::<Result<Vec<_>>>()?;
            let branches = conditions.into_iter().zip(results).collect();
            return Ok(Typed { sort, node: Node::Case { branches, otherwise } });
        };
        if let Some((extra, _)) = branches.get(super::MOST_ITEMS) {
            return Err(extra.refuse(format!("there are more than {} cases", super::MOST_ITEMS)));
        }
        let values: Vec<&Expression> = std::iter::once(operand).chain(branches.iter().map(|(when, _)| when)).collect();
        let (class, values) = self.comparable(&values)?;
        let which = Box::new(Typed::call(Sort::Integer, &format!("{class}_which"), values));
        Ok(Typed { sort, node: Node::Choose { which, results, otherwise } })
    }

    fn call(&self, name: Name, arguments: &[Expression]) -> Result<Typed> {
        let word = format!("`{}`", name.word());
        match (name, arguments) {
            (Name::Now, _) => Ok(Typed { sort: Sort::DateTime, node: Node::Now }),
            (Name::Abs, [part]) => self.of_number(part, "absolute", &word, &[]),
            (Name::Round, [part]) => self.of_number(part, "round", &word, &[Typed::literal(Sort::Integer, 0i64)]),
            (Name::Round, [part, digits]) => {
                let digits = self.integer(digits, &word)?;
                self.of_number(part, "round", &word, &[digits])
            }
            (Name::Coalesce, parts) => {
                let (sort, values) = self.alike(&parts.iter().collect::<Vec<_>>())?;
                Ok(Typed { sort, node: Node::Coalesce(values) })
            }
            (Name::Min | Name::Max, parts) => {
                let (sort, values) = self.alike(&parts.iter().collect::<Vec<_>>())?;
                let Some(class) = class_of(sort) else {
                    return Err(parts[0].refuse("nothing is less or more than null"));
                };
                let which = if name == Name::Min { "least" } else { "greatest" };
                Ok(Typed::call(sort, &format!("{class}_{which}"), values))
            }
            (Name::NullIf, parts) => {
                let (class, values) = self.comparable(&parts.iter().collect::<Vec<_>>())?;
                let sort = values.first().map_or(Sort::Null, |value| value.sort);
                Ok(Typed::call(sort, &format!("{class}_nullif"), values))
            }
            (Name::Concat, parts) => self.texts("text_concat", parts),
            (Name::Date, [time]) => Ok(Typed::call(Sort::Date, "date_of", vec![self.time(time, &word)?])),
            (Name::Year | Name::Month | Name::Day, [time]) => {
                let function = format!("time_{}", name.word());
                Ok(Typed::call(Sort::Integer, &function, vec![self.time(time, &word)?]))
            }
            (Name::Length, [text]) => Ok(Typed::call(Sort::Integer, "text_length", vec![self.text(text, &word)?])),
            (Name::Substr, [text, numbers @ ..]) => {
                let mut values = vec![self.text(text, &word)?];
                for number in numbers {
                    values.push(self.integer(number, &word)?);
                }
                Ok(Typed::call(Sort::Text, "text_substr", values))
            }
            (_, texts) => {
                let values = texts.iter().map(|text| self.text(text, &word)).collect::<Result<Vec<_>>>()?;
                Ok(Typed::call(Sort::Text, &format!("text_{}", name.word()), values))
            }
        }
    }

    /// A function of one number that gives the same sort of number.
    fn of_number(&self, part: &Expression, verb: &str, shown: &str, more: &[Typed]) -> Result<Typed> {
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

    fn integer(&self, part: &Expression, shown: &str) -> Result<Typed> {
        let typed = self.check(part)?;
        match typed.sort {
            Sort::Integer => Ok(typed),
            sort => Err(self.misfit(part, sort, format!("{shown} takes a whole number here"))),
        }
    }

    fn text(&self, part: &Expression, shown: &str) -> Result<Typed> {
        let typed = self.check(part)?;
        match typed.sort {
            Sort::Text => Ok(typed),
            sort => Err(self
                .misfit(part, sort, format!("{shown} takes a text"))
                .hint(format!("`{part} || ''` is its text"))),
        }
    }

    fn time(&self, part: &Expression, shown: &str) -> Result<Typed> {
        let typed = self.check(part)?;
        match (&typed.node, typed.sort) {
            (_, Sort::Date | Sort::DateTime) => Ok(typed),
            (Node::Literal(_), Sort::Text) => self.adapted(part, typed, Sort::DateTime),
            (_, sort) => Err(self.misfit(part, sort, format!("{shown} takes a date or datetime"))),
        }
    }

    /// Values of any sort as texts, for a function of many.
    fn texts(&self, function: &str, parts: &[Expression]) -> Result<Typed> {
        if let Some(extra) = parts.get(super::MOST_ITEMS) {
            return Err(extra.refuse(format!("more than {} texts are joined", super::MOST_ITEMS)));
        }
        let mut texts = Vec::new();
        for part in parts {
            let typed = self.check(part)?;
            texts.push(match typed.sort {
                Sort::Other => return Err(self.only_null(part)),
                Sort::Null => return Err(part.refuse("null has no text")),
                Sort::Boolean => Typed::call(Sort::Text, "text_of_boolean", vec![typed]),
                Sort::Integer | Sort::Number => Typed::call(Sort::Text, "text_of_number", vec![typed]),
                _ => typed,
            });
        }
        Ok(Typed::call(Sort::Text, function, texts))
    }

    /// The parts as one sort of value, for a choice between them.
    fn alike(&self, parts: &[&Expression]) -> Result<(Sort, Vec<Typed>)> {
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
    fn comparable(&self, parts: &[&Expression]) -> Result<(&'static str, Vec<Typed>)> {
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
    fn adapted(&self, part: &Expression, typed: Typed, wanted: Sort) -> Result<Typed> {
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

    fn misfit(&self, part: &Expression, sort: Sort, what: impl std::fmt::Display) -> Error {
        let field = match &part.what {
            What::Field(name) => self.table.field(name),
            _ => None,
        };
        match field {
            Some(field) => {
                let word = field.field_type.word();
                part.refuse(format!("field `{}` is of type {word}: {what}", field.name))
                    .hint(format!("see `appctl tables show '{}'`", self.table.name))
            }
            None => part.refuse(format!("`{}` is {}: {what}", shortened(part), sort.word())),
        }
    }

    fn only_null(&self, part: &Expression) -> Error {
        self.misfit(part, Sort::Other, "a formula can only ask whether it is null")
            .hint("a lookup reads fields of the record that a relation points to: `NAME:lookup=owner.name`")
    }
}

fn literal(literal: &Literal) -> Typed {
    match literal {
        Literal::Null => Typed::literal(Sort::Null, Value::Null),
        Literal::Boolean(yes) => Typed::literal(Sort::Boolean, *yes),
        Literal::Text(text) => Typed::literal(Sort::Text, text.as_str()),
        Literal::Number(digits) if digits.contains(['.', 'e', 'E']) => {
            Typed::literal(Sort::Decimal, decimal::stored(digits).map_or(Value::Null, Value::Text))
        }
        Literal::Number(digits) => {
            let whole = decimal::stored(digits).unwrap_or_else(|| digits.clone());
            Typed::literal(Sort::Integer, number(&whole))
        }
    }
}

/// The value in the form of a wider sort.
fn widened(typed: Typed, sort: Sort) -> Typed {
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

fn truth(node: Node) -> Typed {
    Typed { sort: Sort::Boolean, node }
}

fn negate(typed: Typed, negated: bool) -> Typed {
    if negated { truth(Node::Not(Box::new(typed))) } else { typed }
}

/// The class of the functions that compare values of this sort.
fn class_of(sort: Sort) -> Option<&'static str> {
    Some(match sort {
        Sort::Integer | Sort::Decimal | Sort::Number => "number",
        Sort::Currency => "currency",
        Sort::Boolean => "boolean",
        Sort::Text => "text",
        Sort::Date | Sort::DateTime => "time",
        Sort::Null | Sort::Other => return None,
    })
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
