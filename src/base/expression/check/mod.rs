//! A formula against the table it is meant for: the fields exist and the sorts of values fit. Texts in quotes become the
//! date, time or amount that their surroundings ask for, and numbers are widened where they meet.

use super::{Checked, Expression, Literal, Node, Sort, State, Typed, What};
use crate::base::names::closest;
use crate::base::syntax::{number, quoted, shortened};
use crate::base::{Error, Kind, Result, Table, Value, decimal};

mod arithmetic;
mod call;
mod together;

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
                error.hint(format!("see `appctl tables show {}`", self.table.name.shell()))
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

    fn misfit(&self, part: &Expression, sort: Sort, what: impl std::fmt::Display) -> Error {
        let field = match &part.what {
            What::Field(name) => self.table.field(name),
            _ => None,
        };
        match field {
            Some(field) => {
                let word = field.field_type.word();
                part.refuse(format!("field `{}` is of type {word}: {what}", field.name))
                    .hint(format!("see `appctl tables show {}`", self.table.name.shell()))
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

fn truth(node: Node) -> Typed {
    Typed { sort: Sort::Boolean, node }
}

fn negate(typed: Typed, negated: bool) -> Typed {
    if negated { truth(Node::Not(Box::new(typed))) } else { typed }
}
