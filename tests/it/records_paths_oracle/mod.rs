//! Random tables that hang together, and every kind of path over them, against a plain evaluation in memory: what is shown,
//! what filters keep, how listings are sorted and go on, also after changes and after these were taken back.

use std::ops::ControlFlow;

use appctl::app::App;
use appctl::base::filter::{Filter, Op, Operand};
use appctl::base::{Table, Value};
use appctl::records::{self, Listing};
use rand::Rng as _;

use self::truth::{Path, Truth};
use self::world::{Dice, World};
use crate::support::postgres::is_deep;

mod truth;
mod world;

#[test]
fn paths_give_what_a_plain_evaluation_gives() {
    let first: u64 = if is_deep() { 1 } else { rand::rng().next_u64() >> 16 };
    for seed in first..first + if is_deep() { 400 } else { 12 } {
        println!("seed {seed}");
        let mut dice = Dice::new(seed);
        let mut world = World::random(&mut dice);
        check(&world, &mut dice, 14);
        for _ in 0..3 {
            let changed = world.change_something(&mut dice);
            check(&world, &mut dice, 3);
            if let Some(operation) = changed.filter(|_| dice.below(2) == 0) {
                world.undo(operation);
                check(&world, &mut dice, 3);
            }
        }
    }
}

fn check(world: &World, dice: &mut Dice, times: usize) {
    let truth = Truth::of(world);
    for _ in 0..times {
        let at = dice.below(world.tables.len());
        check_values(&truth, at, dice);
        check_filter(&truth, at, dice);
        check_order(&truth, at, dice);
    }
}

/// The values of a few paths, in a listing and of one record.
fn check_values(truth: &Truth<'_>, at: usize, dice: &mut Dice) {
    let table = &truth.world.tables[at];
    let paths: Vec<Path> = (0..=dice.below(3)).map(|_| truth.any_path(at, dice)).collect();
    let fields: Vec<String> = paths.iter().map(|path| path.text.clone()).collect();
    let given = listed(&truth.world.app, table, &Listing { fields: fields.clone(), ..Listing::default() });
    let rows = 0..truth.world.rows[at].len();
    let expected: Vec<Vec<Value>> =
        rows.clone().map(|row| paths.iter().map(|path| truth.shown(path, row)).collect()).collect();
    assert_eq!(given, expected, "{fields:?} of {}", table.name);
    if let Some(row) = rows.last() {
        let looked = records::look(&truth.world.app, table, &truth.world.id(at, row), &fields).unwrap();
        assert_eq!(looked.values, expected[row], "{fields:?} of one record of {}", table.name);
    }
}

fn check_filter(truth: &Truth<'_>, at: usize, dice: &mut Dice) {
    let table = &truth.world.tables[at];
    let filter = condition(truth, at, dice, 2);
    let text = filter.parsed.to_string();
    let rows = 0..truth.world.rows[at].len();
    let kept = rows.filter(|row| (filter.holds)(*row) == Some(true));
    let expected: Vec<Vec<Value>> = kept.map(|row| truth.world.key(at, row)).collect();
    let fields = table.key.iter().map(ToString::to_string).collect();
    let listing = Listing { filter: Some(text.clone()), fields, ..Listing::default() };
    assert_eq!(listed(&truth.world.app, table, &listing), expected, "{text} on {}", table.name);
    let count = records::count(&truth.world.app, table, Some(&text)).unwrap();
    assert_eq!(count, expected.len() as u64, "{text} on {}", table.name);
}

struct Condition<'w> {
    parsed: Filter,
    holds: Box<dyn Fn(usize) -> Option<bool> + 'w>,
}

fn condition<'w>(truth: &'w Truth<'w>, at: usize, dice: &mut Dice, depth: usize) -> Condition<'w> {
    let both = |one: Option<bool>, other: Option<bool>, decides: bool| match (one, other) {
        (Some(one), _) if one == decides => Some(decides),
        (_, Some(other)) if other == decides => Some(decides),
        (Some(_), Some(_)) => Some(!decides),
        _ => None,
    };
    match dice.below(6) {
        0 if depth > 0 => {
            let inner = condition(truth, at, dice, depth - 1);
            let holds = inner.holds;
            Condition {
                parsed: Filter::Not(Box::new(inner.parsed)),
                holds: Box::new(move |row| holds(row).map(|truth| !truth)),
            }
        }
        kind @ (1 | 2) if depth > 0 => {
            let (left, right) = (condition(truth, at, dice, depth - 1), condition(truth, at, dice, depth - 1));
            let parts = vec![left.parsed, right.parsed];
            let (left, right) = (left.holds, right.holds);
            Condition {
                parsed: if kind == 1 { Filter::All(parts) } else { Filter::Any(parts) },
                holds: Box::new(move |row| both(left(row), right(row), kind == 2)),
            }
        }
        _ => comparison(truth, at, dice),
    }
}

fn comparison<'w>(truth: &'w Truth<'w>, at: usize, dice: &mut Dice) -> Condition<'w> {
    let path = truth.any_path(at, dice);
    let operand = Operand::Field(path.text.clone());
    let negated = dice.below(2) == 0;
    let samples = truth.samples(&path);
    if samples.is_empty() || dice.below(5) == 0 {
        let parsed = Filter::Null { operand, negated };
        return Condition { parsed, holds: Box::new(move |row| Some(truth.asks_null(&path, row, negated))) };
    }
    if dice.below(4) == 0
        && let Some(peer) = truth.peer(&path, dice)
    {
        let op = dice.pick(&Op::ALL);
        let parsed = Filter::Compare { left: operand, op, right: Operand::Field(peer.text.clone()) };
        return Condition { parsed, holds: Box::new(move |row| truth.compares(&path, op, &peer, row)) };
    }
    let (one, two) = (dice.pick(&samples), dice.pick(&samples));
    let literal = |value: &Value| Operand::Literal(value.clone());
    match dice.below(4) {
        0 => {
            let parsed = Filter::In { operand, list: vec![literal(&one), literal(&two)], negated };
            let again = path.clone();
            let holds = move |value: &Value| {
                let (one, two) = (path.holds(value, Op::Equal, &one), path.holds(value, Op::Equal, &two));
                let found = if one == Some(true) || two == Some(true) { Some(true) } else { one.and(two) };
                found.map(|found| found != negated)
            };
            Condition { parsed, holds: Box::new(move |row| truth.at_least_one(&again, row, &holds)) }
        }
        1 => {
            let parsed = Filter::Between { operand, low: literal(&one), high: literal(&two), negated };
            let again = path.clone();
            let holds = move |value: &Value| {
                let low = path.holds(value, Op::GreaterOrEqual, &one);
                let high = path.holds(value, Op::LessOrEqual, &two);
                let inside = if low == Some(false) || high == Some(false) { Some(false) } else { low.and(high) };
                inside.map(|inside| inside != negated)
            };
            Condition { parsed, holds: Box::new(move |row| truth.at_least_one(&again, row, &holds)) }
        }
        _ => {
            let op = dice.pick(&Op::ALL);
            let parsed = Filter::Compare { left: operand, op, right: literal(&one) };
            let again = path.clone();
            let holds = move |value: &Value| path.holds(value, op, &one);
            Condition { parsed, holds: Box::new(move |row| truth.at_least_one(&again, row, &holds)) }
        }
    }
}

/// The order of a sorted listing, read whole and in pages.
fn check_order(truth: &Truth<'_>, at: usize, dice: &mut Dice) {
    let table = &truth.world.tables[at];
    let paths: Vec<(Path, bool)> =
        (0..=dice.below(2)).filter_map(|_| Some((truth.sortable_path(at, dice)?, dice.below(2) == 0))).collect();
    let mut rows: Vec<usize> = (0..truth.world.rows[at].len()).collect();
    rows.sort_by(|one, other| truth.order(&paths, *one, *other));
    let expected: Vec<Vec<Value>> = rows.iter().map(|row| truth.world.key(at, *row)).collect();
    let sort: Vec<String> =
        paths.iter().map(|(path, down)| format!("{}{}", if *down { "-" } else { "" }, path.text)).collect();
    let fields: Vec<String> = table.key.iter().map(ToString::to_string).collect();
    let whole = Listing { sort: sort.clone(), fields, ..Listing::default() };
    assert_eq!(listed(&truth.world.app, table, &whole), expected, "{sort:?} on {}", table.name);

    let limit = Some(1 + dice.below(4) as u64);
    let (mut after, mut paged) = (None, Vec::new());
    loop {
        let query = records::prepare(&truth.world.app, table, &Listing { limit, after, ..whole.clone() }).unwrap();
        let rest = records::stream(&truth.world.app, &query, &mut |cells| {
            paged.push(cells.iter().map(|cell| cell.to_value()).collect::<Vec<_>>());
            Ok(ControlFlow::Continue(()))
        });
        match rest.unwrap() {
            records::Rest::After(id) => after = Some(id),
            records::Rest::Nothing => break,
        }
    }
    assert_eq!(paged, expected, "pages of {sort:?} on {}", table.name);
}

fn listed(app: &App, table: &Table, listing: &Listing) -> Vec<Vec<Value>> {
    let query = records::prepare(app, table, listing).unwrap_or_else(|error| panic!("{listing:?}: {error}"));
    let mut rows = Vec::new();
    let read = records::stream(app, &query, &mut |cells| {
        rows.push(cells.iter().map(|cell| cell.to_value()).collect());
        Ok(ControlFlow::Continue(()))
    });
    read.unwrap_or_else(|error| panic!("{listing:?}: {error}"));
    rows
}
