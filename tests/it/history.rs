//! The history of a record, read backwards from what it is now, must pass through everything that it was.

use std::collections::{BTreeMap, HashMap};

use appctl::app::{History, StepKind};
use appctl::base::Value;

use crate::support::changing::{Changing, Records, seeds};

/// What a table was after an operation: its fields' names, and its records.
struct Moment {
    operation: i64,
    fields: Vec<String>,
    records: Records,
}

fn moment(world: &Changing) -> Moment {
    let fields = world.described().fields.iter().map(|field| field.name.to_string()).collect();
    Moment { operation: world.newest(), fields, records: world.records() }
}

/// What each field is called now, or was called last, by every name it ever had. A field keeps its identity through
/// renames, which never give a name twice: it is the one at the same place that has another name.
fn last_names(moments: &[Moment], renames: &[(String, String)]) -> HashMap<String, String> {
    let mut identity: HashMap<String, String> = HashMap::new();
    for (from, to) in renames {
        let first = identity.get(from).cloned().unwrap_or_else(|| from.clone());
        identity.insert(to.clone(), first);
    }
    let of = |name: &String| identity.get(name).unwrap_or(name).clone();
    let mut last: HashMap<String, String> = HashMap::new();
    for moment in moments {
        for name in &moment.fields {
            last.insert(of(name), name.clone());
        }
    }
    let names = moments.iter().flat_map(|moment| &moment.fields);
    names.map(|name| (name.clone(), last[&of(name)].clone())).collect()
}

/// Takes the steps after this operation back, and checks that each found what it says it left.
fn back_to(
    history: &History,
    operation: i64,
    now: Option<&BTreeMap<String, Value>>,
    what: &str,
) -> BTreeMap<String, Value> {
    let mut record = now.cloned().unwrap_or_default();
    for step in history.steps.iter().filter(|step| step.operation.id > operation) {
        for change in &step.fields {
            let there = record.get(&change.field).cloned().unwrap_or_default();
            assert_eq!(there, change.after, "{what}: `{}` after operation {}", change.field, step.operation.id);
            record.insert(change.field.clone(), change.before.clone());
            if change.before.is_null() {
                record.remove(&change.field);
            }
        }
        if matches!(step.kind, StepKind::Created | StepKind::Loaded | StepKind::Restored) {
            assert!(record.is_empty(), "{what}: {record:?} was there before operation {}", step.operation.id);
        }
    }
    record
}

#[test]
fn history_read_backwards_gives_each_earlier_state() {
    for seed in seeds(12, 600) {
        let mut world = Changing::new(seed);
        let mut moments = vec![moment(&world)];
        let mut renames = Vec::new();
        for _ in 0..50 {
            let before = world.described();
            if world.step() == "rename a field" {
                let after = world.described();
                let pairs = before.fields.iter().zip(&after.fields).filter(|(old, new)| old.name != new.name);
                renames.extend(pairs.map(|(old, new)| (old.name.to_string(), new.name.to_string())));
            }
            moments.push(moment(&world));
        }
        let names = last_names(&moments, &renames);
        let keys: BTreeMap<String, Vec<Value>> = moments
            .iter()
            .flat_map(|moment| {
                let width = world.described().key.len();
                moment.records.iter().map(move |(key, record)| {
                    let values = moment.fields[..width].iter().map(|name| record[name].clone()).collect();
                    (key.clone(), values)
                })
            })
            .collect();
        let table = world.described();
        for (shown, key) in &keys {
            let history = world.app.store.history(&table, key).unwrap();
            assert!(history.complete, "seed {seed}: {shown}");
            let now = moments.last().unwrap().records.get(shown);
            for moment in &moments {
                let what = format!("seed {seed}: {shown} at operation {}", moment.operation);
                let was = moment.records.get(shown).into_iter().flatten();
                let was: BTreeMap<String, Value> =
                    was.map(|(name, value)| (names[name].clone(), value.clone())).collect();
                assert_eq!(back_to(&history, moment.operation, now, &what), was, "{what}");
            }
        }
    }
}
