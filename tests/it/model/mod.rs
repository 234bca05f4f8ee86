//! The model-based random test: table and record operations and undos, against plain maps. After every step the store holds
//! exactly what the model says, what was refused changed nothing, and an undo that is refused has a reason.

use std::hash::{BuildHasher as _, Hasher as _};

use crate::support::postgres::is_deep;

mod dice;
mod engine;
mod state;
mod steps;
mod world;

use world::World;

const STEPS: usize = 40;

#[test]
fn tables_and_records_are_what_a_plain_model_says() {
    let given = crate::support::postgres::variable("APPCTL_TEST_SEED").map(|seed| seed.parse().unwrap());
    let seeds = match (given, is_deep()) {
        (Some(_), _) => 1,
        (None, true) => 2_000,
        (None, false) => 30,
    };
    let threads = 2;
    let run = |thread: u64| {
        let mut outcomes = [0_u64; 4];
        for place in 0..seeds / threads.min(seeds) {
            let fresh =
                || std::collections::hash_map::RandomState::new().build_hasher().finish() ^ (place << 1 | thread);
            let seed: u64 = given.unwrap_or_else(fresh);
            let mut world = World::new(seed);
            for _ in 0..STEPS {
                if let Err(wrong) = world.step() {
                    panic!("seed {seed} (APPCTL_TEST_SEED={seed}): {wrong}\nthe steps:\n{}", world.told.join("\n"));
                }
            }
            outcomes.iter_mut().zip(world.outcomes).for_each(|(all, one)| *all += one);
        }
        outcomes
    };
    let outcomes = std::thread::scope(|scope| {
        let run = &run;
        let others: Vec<_> = (1..threads.min(seeds)).map(|thread| scope.spawn(move || run(thread))).collect();
        let mut all = run(0);
        for other in others {
            let one = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.iter_mut().zip(one).for_each(|(all, one)| *all += one);
        }
        all
    });
    let [done, refused, undone, conflicts] = outcomes;
    println!("{done} operations done, {refused} refused, {undone} undone, {conflicts} undos refused");
    assert!(given.is_some() || outcomes.iter().all(|count| *count > 0), "{outcomes:?}");
}
