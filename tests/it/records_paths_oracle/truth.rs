//! What paths mean, worked out record by record, as the words say it.

use std::cmp::Ordering;

use appctl::base::filter::{self, Class, Op};
use appctl::base::{Compute, FieldType, RollupFunction, Value, path, record_id};

use super::world::{Dice, World, pointing, samples};

pub struct Truth<'w> {
    pub world: &'w World,
}

/// A path as text, and the way that it goes.
#[derive(Clone, Debug)]
pub struct Path {
    pub text: String,
    from: usize,
    legs: Vec<Leg>,
    end: End,
    /// The table at the end
    to: usize,
    /// How its values are compared
    compared: FieldType,
    shown: FieldType,
    /// The names before the last one, when that is a stored field
    before: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Leg {
    One { place: usize, to: usize },
    Many { from: usize, place: usize },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Record,
    Stored(usize),
    Rollup { from: usize, relation: usize, function: RollupFunction, field: Option<usize> },
}

impl Path {
    fn is_many(&self) -> bool {
        self.legs.iter().any(|leg| matches!(leg, Leg::Many { .. }))
    }

    pub fn holds(&self, left: &Value, op: Op, right: &Value) -> Option<bool> {
        filter::holds(Class::of(&self.compared), op, left.cell(), right.cell())
    }
}

impl<'w> Truth<'w> {
    pub fn of(world: &'w World) -> Self {
        Truth { world }
    }

    pub fn any_path(&self, from: usize, dice: &mut Dice) -> Path {
        loop {
            let path = self.random_path(from, dice);
            // More than eight relations are refused.
            if path.legs.len() <= 8 {
                return path;
            }
        }
    }

    fn random_path(&self, from: usize, dice: &mut Dice) -> Path {
        let (mut at, mut legs, mut names) = (from, Vec::new(), Vec::new());
        for _ in 0..dice.below(4) {
            let ways = self.ways(at);
            if ways.is_empty() || legs.len() > 4 {
                break;
            }
            let (name, more, to) = dice.pick(&ways);
            names.push(name);
            legs.extend(more);
            at = to;
        }
        let table = &self.world.tables[at];
        let ends_here = matches!(legs.last(), Some(Leg::Many { .. })) && dice.below(4) == 0;
        let mut end = End::Record;
        let mut before = None;
        if !ends_here {
            let place = dice.below(table.fields.len() + table.computed.len());
            match place.checked_sub(table.fields.len()) {
                None => {
                    before = Some(names.clone());
                    names.push(table.fields[place].name.to_string());
                    end = End::Stored(place);
                }
                Some(computed) => {
                    names.push(table.computed[computed].name.to_string());
                    let (more, last, to) = self.computed(at, computed);
                    legs.extend(more);
                    (end, at) = (last, to);
                }
            }
        }
        let text = match names.as_slice() {
            // A field with a dot in its name may be written as it is, too.
            [only] if dice.below(2) == 0 => only.clone(),
            names => path::join(names.iter().map(String::as_str)),
        };
        Path { before, ..self.path(text, from, legs, end, at) }
    }

    fn path(&self, text: String, from: usize, legs: Vec<Leg>, end: End, to: usize) -> Path {
        let shown = match end {
            End::Record => {
                FieldType::Relation { table: self.world.tables[to].name.clone(), on_delete: Default::default() }
            }
            End::Stored(place) => self.world.tables[to].fields[place].field_type.clone(),
            End::Rollup { field: None, .. } => FieldType::Integer,
            End::Rollup { from, field: Some(field), function, .. } => {
                match (function, &self.world.tables[from].fields[field].field_type) {
                    (RollupFunction::Avg, FieldType::Integer) => FieldType::Decimal,
                    (_, kind) => kind.clone(),
                }
            }
        };
        let mut compared = shown.clone();
        while let FieldType::Relation { table, .. } = &compared {
            let target = &self.world.tables[self.world.find(table)];
            compared = match target.key_fields().collect::<Vec<_>>().as_slice() {
                [only] => only.field_type.clone(),
                _ => FieldType::Text,
            };
        }
        Path { text, from, legs, end, to, compared, shown, before: None }
    }

    pub fn sortable_path(&self, from: usize, dice: &mut Dice) -> Option<Path> {
        (0..10).map(|_| self.any_path(from, dice)).find(|path| !path.is_many())
    }

    /// Another field at the end of the same way, which can be compared with this one.
    pub fn peer(&self, path: &Path, dice: &mut Dice) -> Option<Path> {
        let mut names = path.before.clone()?;
        let fields = &self.world.tables[path.to].fields;
        let place = dice.below(fields.len());
        names.push(fields[place].name.to_string());
        let text = path::join(names.iter().map(String::as_str));
        let peer = self.path(text, path.from, path.legs.clone(), End::Stored(place), path.to);
        let same = Class::of(&peer.compared) == Class::of(&path.compared) && Class::of(&peer.compared) != Class::Text;
        same.then_some(peer)
    }

    /// The ways on from a table: through a relation, against one, and through a lookup of one.
    fn ways(&self, at: usize) -> Vec<(String, Vec<Leg>, usize)> {
        let table = &self.world.tables[at];
        let mut ways = Vec::new();
        for (place, field) in table.fields.iter().enumerate() {
            if let FieldType::Relation { table, .. } = &field.field_type {
                let to = self.world.find(table);
                ways.push((field.name.to_string(), vec![Leg::One { place, to }], to));
            }
        }
        let pointing = pointing(&self.world.tables, &table.name);
        for (from, place) in &pointing {
            let other = &self.world.tables[*from];
            let leg = vec![Leg::Many { from: *from, place: *place }];
            ways.push((format!("{}_by_{}", other.name, other.fields[*place].name), leg.clone(), *from));
            let only = pointing.iter().filter(|(at, _)| at == from).count() == 1;
            if only && table.field(other.name.as_str()).is_none() {
                ways.push((other.name.to_string(), leg, *from));
            }
        }
        for (place, computed) in table.computed.iter().enumerate() {
            if let (mut legs, End::Stored(field), last) = self.computed(at, place)
                && let FieldType::Relation { table, .. } = &self.world.tables[last].fields[field].field_type
            {
                let to = self.world.find(table);
                legs.push(Leg::One { place: field, to });
                ways.push((computed.name.to_string(), legs, to));
            }
        }
        ways
    }

    fn computed(&self, at: usize, place: usize) -> (Vec<Leg>, End, usize) {
        let place_of = |at: usize, name: &str| {
            self.world.tables[at].fields.iter().position(|field| field.name.as_str() == name).unwrap()
        };
        match &self.world.tables[at].computed[place].how {
            Compute::Lookup { path } => {
                let (mut here, mut legs) = (at, Vec::new());
                let names = path::split(path).unwrap();
                for name in &names[..names.len() - 1] {
                    let place = place_of(here, name);
                    let FieldType::Relation { table, .. } = &self.world.tables[here].fields[place].field_type else {
                        panic!("a lookup goes through relations");
                    };
                    here = self.world.find(table);
                    legs.push(Leg::One { place, to: here });
                }
                (legs, End::Stored(place_of(here, names.last().unwrap())), here)
            }
            Compute::Rollup { table, relation, function, field } => {
                let from = self.world.find(table);
                let relation = place_of(from, relation.as_str());
                let field = field.as_ref().map(|field| place_of(from, field.as_str()));
                match (function, field) {
                    (RollupFunction::List, Some(field)) => {
                        (vec![Leg::Many { from, place: relation }], End::Stored(field), from)
                    }
                    _ => (Vec::new(), End::Rollup { from, relation, function: *function, field }, at),
                }
            }
            Compute::Formula { .. } => panic!("no formula is made here"),
        }
    }

    /// The record that a relation points to.
    fn target(&self, at: usize, row: usize, place: usize, to: usize) -> Option<usize> {
        let value = &self.world.rows[at][row][place];
        (0..self.world.rows[to].len()).find(|other| record_id::reference(&self.world.key(to, *other)) == *value)
    }

    fn sources(&self, at: usize, row: usize, from: usize, place: usize) -> Vec<usize> {
        let me = record_id::reference(&self.world.key(at, row));
        (0..self.world.rows[from].len()).filter(|other| self.world.rows[from][*other][place] == me).collect()
    }

    /// The records at the end; nothing where one is missing and no other way branches off there.
    fn ends(&self, at: usize, row: usize, legs: &[Leg]) -> Vec<Option<usize>> {
        match legs {
            [] => vec![Some(row)],
            [Leg::One { place, to }, rest @ ..] => match self.target(at, row, *place, *to) {
                Some(found) => self.ends(*to, found, rest),
                None if rest.iter().any(|leg| matches!(leg, Leg::Many { .. })) => Vec::new(),
                None => vec![None],
            },
            [Leg::Many { from, place }, rest @ ..] => {
                let sources = self.sources(at, row, *from, *place);
                sources.into_iter().flat_map(|source| self.ends(*from, source, rest)).collect()
            }
        }
    }

    fn value(&self, path: &Path, row: Option<usize>) -> Value {
        let Some(row) = row else { return Value::Null };
        match path.end {
            End::Record => record_id::reference(&self.world.key(path.to, row)),
            End::Stored(place) => self.world.rows[path.to][row][place].clone(),
            End::Rollup { from, relation, function, field } => {
                let sources = self.sources(path.to, row, from, relation);
                let Some(field) = field else { return Value::Integer(i64::try_from(sources.len()).unwrap()) };
                let values = sources.iter().map(|source| &self.world.rows[from][*source][field]);
                let values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
                together(function, &self.world.tables[from].fields[field].field_type, &path.compared, &values)
            }
        }
    }

    /// What a listing shows for a record.
    pub fn shown(&self, path: &Path, row: usize) -> Value {
        let values = self.ends(path.from, row, &path.legs).into_iter().map(|end| self.value(path, end));
        if !path.is_many() {
            return values.into_iter().next().unwrap();
        }
        let first = path.legs.iter().position(|leg| matches!(leg, Leg::Many { .. })).unwrap();
        if self.ends(path.from, row, &path.legs[..first]) == [None] {
            return Value::Null;
        }
        let list = values.map(|value| value.to_json(&path.shown)).collect();
        Value::Text(serde_json::Value::Array(list).to_string())
    }

    /// `is null`, or `is not null`: of a path that ends with records, whether there is none or any.
    pub fn asks_null(&self, path: &Path, row: usize, negated: bool) -> bool {
        let ends = self.ends(path.from, row, &path.legs);
        if path.end == End::Record {
            return ends.is_empty() != negated;
        }
        ends.into_iter().any(|end| self.value(path, end).is_null() != negated)
    }

    /// A comparison for a record: for at least one value where there may be many.
    pub fn at_least_one(&self, path: &Path, row: usize, holds: &dyn Fn(&Value) -> Option<bool>) -> Option<bool> {
        let ends = self.ends(path.from, row, &path.legs);
        let mut held = ends.into_iter().map(|end| holds(&self.value(path, end)));
        if path.is_many() { Some(held.any(|held| held == Some(true))) } else { held.next().unwrap() }
    }

    pub fn compares(&self, path: &Path, op: Op, peer: &Path, row: usize) -> Option<bool> {
        let ends = self.ends(path.from, row, &path.legs);
        let mut held = ends.into_iter().map(|end| path.holds(&self.value(path, end), op, &self.value(peer, end)));
        if path.is_many() { Some(held.any(|held| held == Some(true))) } else { held.next().unwrap() }
    }

    /// Values that a path may be compared with; none for what is only compared with null.
    pub fn samples(&self, path: &Path) -> Vec<Value> {
        let mut values = match &path.shown {
            FieldType::Json => return Vec::new(),
            FieldType::Relation { table, .. } => {
                let at = self.world.find(table);
                (0..self.world.rows[at].len()).map(|row| record_id::reference(&self.world.key(at, row))).collect()
            }
            kind => samples(kind),
        };
        let rows = 0..self.world.rows[path.from].len();
        let held = rows.flat_map(|row| self.ends(path.from, row, &path.legs)).map(|end| self.value(path, end));
        values.extend(held.filter(|value| !value.is_null()).take(3));
        values
    }

    /// How two records stand in a listing sorted by these paths, the key deciding among equals.
    pub fn order(&self, paths: &[(Path, bool)], one: usize, other: usize) -> Ordering {
        for (path, descending) in paths {
            let (left, right) = (self.shown(path, one), self.shown(path, other));
            let order = match (left.is_null(), right.is_null()) {
                (false, false) => {
                    filter::order(Class::of(&path.compared), left.cell(), right.cell()).expect("values of one class")
                }
                (left, right) => right.cmp(&left),
            };
            let order = if *descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        one.cmp(&other)
    }
}

/// Values taken together, none of them null. Sums in ten-thousandths, which every sample is a whole number of.
fn together(function: RollupFunction, kind: &FieldType, compared: &FieldType, values: &[&Value]) -> Value {
    let Some(first) = values.first() else { return Value::Null };
    let code = |value: &Value| match value {
        Value::Text(text) => text.split_once(' ').map(|(_, code)| code.to_owned()),
        _ => None,
    };
    if *kind == FieldType::Currency && values.iter().any(|value| code(value) != code(first)) {
        return Value::Null;
    }
    if matches!(function, RollupFunction::Min | RollupFunction::Max) {
        let better = if function == RollupFunction::Min { Ordering::Less } else { Ordering::Greater };
        let mut best = *first;
        for value in values {
            if filter::order(Class::of(compared), value.cell(), best.cell()) == Some(better) {
                best = value;
            }
        }
        return best.clone();
    }
    let text = |value: &Value| match value {
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.split(' ').next().unwrap().to_owned(),
        other => panic!("{other:?} is no number"),
    };
    let texts: Vec<String> = values.iter().map(|value| text(value)).collect();
    let special = ["NaN", "Infinity"].into_iter().find(|special| texts.iter().any(|text| text == special));
    if let Some(special) = special {
        return Value::text(special);
    }
    let scale = texts.iter().map(|text| text.split_once('.').map_or(0, |(_, digits)| digits.len())).max().unwrap();
    let sum: i128 = texts.iter().map(|text| scaled(text)).sum();
    let number = if function == RollupFunction::Avg {
        // Sixteen digits behind the point, half away from zero, and no zeros at the end that no value has.
        let count = i128::try_from(texts.len()).unwrap();
        let wide = sum.abs() * 10_i128.pow(12);
        let rounded = (wide * 2 + count) / (count * 2) * sum.signum();
        let mut digits = written(rounded, 16, 16);
        while digits.ends_with('0') && digits.split_once('.').is_some_and(|(_, behind)| behind.len() > scale) {
            digits.pop();
        }
        digits.trim_end_matches('.').to_owned()
    } else {
        written(sum, 4, scale)
    };
    match (kind, code(first)) {
        (FieldType::Currency, Some(code)) => Value::Text(format!("{number} {code}")),
        (FieldType::Number, _) => Value::Real(number.parse().unwrap()),
        (FieldType::Integer, _) if function == RollupFunction::Sum => {
            number.parse().map_or(Value::Text(number), Value::Integer)
        }
        _ => Value::Text(number),
    }
}

fn scaled(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap()
}

/// A number of ten-to-the-minus-`places` with `scale` digits behind the point.
fn written(number: i128, places: usize, scale: usize) -> String {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if number < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{}", &fraction[..scale]) }
}
