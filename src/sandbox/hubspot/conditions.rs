//! The filters of a search: groups joined by or, conditions within a group joined by and.

use std::sync::Arc;

use serde_json::Value as Json;

use super::catalog::{Origin, Property};
use super::errors::Trouble;
use super::state::{Shelf, State, View};
use super::types::ObjectType;
use crate::sandbox::calendar;
use crate::sandbox::json::loose_text;

/// HubSpot's documented bounds ("Search the CRM", limits): groups, conditions in a group, conditions in all.
const GROUPS: usize = 5;
const IN_A_GROUP: usize = 6;
const IN_ALL: usize = 18;

pub(crate) struct Group(pub(crate) Vec<Condition>);

#[derive(Debug)]
pub(crate) struct Condition {
    subject: Subject,
    operator: Operator,
    values: Vec<Operand>,
}

#[derive(Debug)]
enum Subject {
    Property(Arc<Property>),
    /// The pseudo-property `associations.{type}`
    Associated(ObjectType),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    Has,
    HasNot,
    Contains,
    ContainsNot,
}

/// A value to compare with, as the property's type compares.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) enum Operand {
    Number(f64),
    Text(String),
}

/// Reads `filterGroups` (and the short form `filters`).
pub(crate) fn groups(body: &Json, shelf: &Shelf) -> Result<Vec<Group>, Trouble> {
    let mut lists: Vec<&Vec<Json>> = Vec::new();
    if let Some(filters) = body["filters"].as_array() {
        lists.push(filters);
    }
    for group in body["filterGroups"].as_array().into_iter().flatten() {
        lists.push(group["filters"].as_array().ok_or_else(|| Trouble::invalid("a filter group needs `filters`"))?);
    }
    if lists.len() > GROUPS {
        return Err(Trouble::invalid(format!(
            "Invalid request: at most {GROUPS} filterGroups are allowed, got {}",
            lists.len()
        )));
    }
    if let Some(long) = lists.iter().find(|list| list.len() > IN_A_GROUP) {
        let message =
            format!("Invalid request: at most {IN_A_GROUP} filters are allowed in a group, got {}", long.len());
        return Err(Trouble::invalid(message));
    }
    let all: usize = lists.iter().map(|list| list.len()).sum();
    if all > IN_ALL {
        return Err(Trouble::invalid(format!(
            "Invalid request: at most {IN_ALL} filters are allowed in all, got {all}"
        )));
    }
    let group = |list: &&Vec<Json>| {
        list.iter().map(|filter| Condition::read(filter, shelf)).collect::<Result<_, _>>().map(Group)
    };
    lists.iter().filter(|list| !list.is_empty()).map(group).collect()
}

impl Condition {
    fn read(filter: &Json, shelf: &Shelf) -> Result<Condition, Trouble> {
        let name =
            filter["propertyName"].as_str().ok_or_else(|| Trouble::invalid("a filter needs a `propertyName`"))?;
        let subject = match name.strip_prefix("associations.") {
            Some(other) => Subject::Associated(ObjectType::find(other).ok_or_else(|| Trouble::no_such_type(other))?),
            None => {
                let found = shelf.properties.get(name).filter(|property| property.archived.is_none());
                let message = || format!("There was a problem with the request: property `{name}` does not exist");
                Subject::Property(found.ok_or_else(|| Trouble::invalid(message()))?.clone())
            }
        };
        let word = filter["operator"].as_str().unwrap_or_default();
        let operator = operator(word).ok_or_else(|| Trouble::invalid(format!("Invalid filter operator `{word}`")))?;
        let values = match operator {
            Operator::Has | Operator::HasNot => Vec::new(),
            Operator::In | Operator::NotIn => {
                let list = filter["values"].as_array().filter(|list| !list.is_empty());
                list.ok_or_else(|| Trouble::invalid(format!("operator {word} requires `values`")))?.iter().collect()
            }
            Operator::Between => vec![&filter["value"], &filter["highValue"]],
            _ => vec![&filter["value"]],
        };
        if let Some(Json::Null) = values.first().copied().filter(|value| value.is_null()) {
            return Err(Trouble::invalid(format!("operator {word} requires a value for `{name}`")));
        }
        let operand = |value: &Json| subject.operand(&loose_text(value), operator);
        let values = values.into_iter().map(operand).collect::<Result<_, _>>()?;
        Ok(Condition { subject, operator, values })
    }

    pub(crate) fn holds(&self, state: &State, object: ObjectType, view: &View<'_>, scratch: &mut String) -> bool {
        match &self.subject {
            Subject::Associated(other) => {
                let linked = state.linked(object, view.id, *other);
                let has = |value: &Operand| linked.iter().any(|link| Operand::Number(link.to as f64) == *value);
                match self.operator {
                    Operator::Has => !linked.is_empty(),
                    Operator::HasNot => linked.is_empty(),
                    Operator::Neq | Operator::NotIn => !self.values.iter().any(has),
                    _ => self.values.iter().any(has),
                }
            }
            Subject::Property(property) => match property.from {
                Origin::Id => self.compare(&Operand::Number(view.id as f64)),
                Origin::Created => self.compare(&Operand::Number(view.created as f64)),
                Origin::Modified => self.compare(&Operand::Number(view.updated as f64)),
                _ => {
                    scratch.clear();
                    let there = state.write(object, view, property, scratch) && !scratch.is_empty();
                    self.holds_for(property, there.then_some(scratch.as_str()))
                }
            },
        }
    }

    fn holds_for(&self, property: &Property, text: Option<&str>) -> bool {
        let Some(text) = text else { return self.operator == Operator::HasNot };
        match self.operator {
            Operator::Has => true,
            Operator::HasNot => false,
            Operator::Contains => self.values.iter().any(|value| contains(text, value)),
            Operator::ContainsNot => !self.values.iter().any(|value| contains(text, value)),
            _ if property.holds_numbers() => {
                let number = match property.kind.as_str() {
                    "number" => text.parse().ok(),
                    _ => calendar::read(text).map(|millis| millis as f64),
                };
                number.is_some_and(|number| self.compare(&Operand::Number(number)))
            }
            // A choice among several counts like the whole value.
            Operator::Eq | Operator::In if property.is_multiple() => {
                let parts = text.split(';').map(|part| Operand::Text(part.to_owned()));
                parts.chain([Operand::Text(text.to_owned())]).any(|part| self.values.contains(&part))
            }
            _ if is_folded(property) => self.compare(&Operand::Text(text.to_lowercase())),
            _ => self.compare(&Operand::Text(text.to_owned())),
        }
    }

    fn compare(&self, value: &Operand) -> bool {
        let first = &self.values.first();
        match self.operator {
            Operator::Eq => *first == Some(value),
            Operator::Neq => *first != Some(value),
            Operator::Lt => first.is_some_and(|first| value < first),
            Operator::Lte => first.is_some_and(|first| value <= first),
            Operator::Gt => first.is_some_and(|first| value > first),
            Operator::Gte => first.is_some_and(|first| value >= first),
            Operator::Between => self.values.len() == 2 && *value >= self.values[0] && *value <= self.values[1],
            Operator::In => self.values.contains(value),
            Operator::NotIn => !self.values.contains(value),
            Operator::Has => true,
            Operator::HasNot | Operator::Contains | Operator::ContainsNot => false,
        }
    }

    /// The range of ids that this condition leaves, when it is about nothing else.
    pub(crate) fn id_range(&self) -> Option<(u64, u64)> {
        match &self.subject {
            Subject::Property(property) if matches!(property.from, Origin::Id) => self.range(),
            _ => None,
        }
    }

    /// Whether only records changed after this moment can fulfil it.
    pub(crate) fn only_after(&self, millis: i64) -> bool {
        match &self.subject {
            Subject::Property(property) if matches!(property.from, Origin::Modified) => {
                self.range().is_some_and(|(low, _)| low > millis.max(0) as u64)
            }
            _ => false,
        }
    }

    /// Whether the answer follows from the record alone.
    pub(crate) fn is_lasting(&self) -> bool {
        match &self.subject {
            Subject::Property(property) => !property.is_calculated(),
            Subject::Associated(_) => false,
        }
    }

    /// The same text for the same condition.
    pub(crate) fn text(&self) -> String {
        let subject = match &self.subject {
            Subject::Property(property) => property.name.as_str(),
            Subject::Associated(other) => other.name(),
        };
        format!("{subject} {:?} {:?}", self.operator, self.values)
    }

    fn range(&self) -> Option<(u64, u64)> {
        let whole = |at: usize| match self.values.get(at) {
            Some(Operand::Number(number)) if *number >= 0.0 && number.fract() == 0.0 => Some(*number as u64),
            _ => None,
        };
        Some(match self.operator {
            Operator::Eq => (whole(0)?, whole(0)?),
            Operator::Gt => (whole(0)?.saturating_add(1), u64::MAX),
            Operator::Gte => (whole(0)?, u64::MAX),
            Operator::Lt => (0, whole(0)?.checked_sub(1)?),
            Operator::Lte => (0, whole(0)?),
            Operator::Between => (whole(0)?, whole(1)?),
            _ => return None,
        })
    }
}

impl Subject {
    fn operand(&self, text: &str, operator: Operator) -> Result<Operand, Trouble> {
        if matches!(operator, Operator::Contains | Operator::ContainsNot) {
            return Ok(Operand::Text(text.to_lowercase()));
        }
        let number = match self {
            Subject::Associated(_) => text.parse().ok(),
            Subject::Property(property) if property.kind == "number" => text.trim().parse().ok(),
            Subject::Property(property) if property.holds_numbers() => calendar::read(text).map(|millis| millis as f64),
            // With IN and NOT_IN the searched values must already be in lower case; anything else finds nothing.
            Subject::Property(property)
                if is_folded(property) && !matches!(operator, Operator::In | Operator::NotIn) =>
            {
                return Ok(Operand::Text(text.to_lowercase()));
            }
            Subject::Property(_) => return Ok(Operand::Text(text.to_owned())),
        };
        let number = number.filter(|number: &f64| number.is_finite());
        number.map(Operand::Number).ok_or_else(|| {
            Trouble::invalid(format!(
                "There was a problem with the request: `{text}` cannot be compared with this property"
            ))
        })
    }
}

/// Case does not matter, except in enumerations.
fn is_folded(property: &Property) -> bool {
    property.kind != "enumeration"
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "EQ" => Operator::Eq,
        "NEQ" => Operator::Neq,
        "LT" => Operator::Lt,
        "LTE" => Operator::Lte,
        "GT" => Operator::Gt,
        "GTE" => Operator::Gte,
        "BETWEEN" => Operator::Between,
        "IN" => Operator::In,
        "NOT_IN" => Operator::NotIn,
        "HAS_PROPERTY" => Operator::Has,
        "NOT_HAS_PROPERTY" => Operator::HasNot,
        "CONTAINS_TOKEN" => Operator::Contains,
        "NOT_CONTAINS_TOKEN" => Operator::ContainsNot,
        _ => return None,
    })
}

/// Whether the words of the text contain the searched ones in a row; `*` stands for any letters.
fn contains(text: &str, searched: &Operand) -> bool {
    let Operand::Text(searched) = searched else { return false };
    let text = text.to_lowercase();
    if searched.contains('*') {
        return matches_wildcard(&text, searched)
            || text.split_whitespace().any(|word| matches_wildcard(word, searched));
    }
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (text, searched) = (words(&text), words(searched));
    !searched.is_empty() && text.windows(searched.len()).any(|window| window == searched)
}

fn matches_wildcard(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_whole_words_and_stars_are_any_letters() {
        let has = |text: &str, searched: &str| contains(text, &Operand::Text(searched.to_lowercase()));
        assert!(has("ada.lovelace@mail.example", "*@mail.example"));
        assert!(has("ada.lovelace@mail.example", "lovelace"));
        assert!(has("Blue Heron Coffee", "heron coffee"));
        assert!(has("Blue Heron Coffee", "her*"));
        assert!(!has("Blue Heron Coffee", "her"));
        assert!(!has("Blue Heron Coffee", "coffee heron"));
    }
}
