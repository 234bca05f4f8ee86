//! Calls of functions and choices between cases: what their arguments must be.

use super::Checker;
use super::together::class_of;
use crate::base::Result;
use crate::base::expression::{Expression, MOST_ITEMS, Name, Node, Sort, Typed};

impl Checker<'_> {
    pub(super) fn case(
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
        if let Some((extra, _)) = branches.get(MOST_ITEMS) {
            return Err(extra.refuse(format!("there are more than {} cases", MOST_ITEMS)));
        }
        let values: Vec<&Expression> = std::iter::once(operand).chain(branches.iter().map(|(when, _)| when)).collect();
        let (class, values) = self.comparable(&values)?;
        let which = Box::new(Typed::call(Sort::Integer, &format!("{class}_which"), values));
        Ok(Typed { sort, node: Node::Choose { which, results, otherwise } })
    }

    pub(super) fn call(&self, name: Name, arguments: &[Expression]) -> Result<Typed> {
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

    fn integer(&self, part: &Expression, shown: &str) -> Result<Typed> {
        let typed = self.check(part)?;
        match typed.sort {
            Sort::Integer => Ok(typed),
            sort => Err(self.misfit(part, sort, format!("{shown} takes a whole number here"))),
        }
    }

    pub(super) fn text(&self, part: &Expression, shown: &str) -> Result<Typed> {
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
    pub(super) fn texts(&self, function: &str, parts: &[Expression]) -> Result<Typed> {
        if let Some(extra) = parts.get(MOST_ITEMS) {
            return Err(extra.refuse(format!("more than {} texts are joined", MOST_ITEMS)));
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
}
