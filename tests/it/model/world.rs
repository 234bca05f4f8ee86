//! The app and the model side by side, and the history of both.

use std::collections::BTreeSet;

use appctl::app::{App, OperationId};
use appctl::base::{Clock, Error, Kind as ErrorKind, Timestamp};
use appctl::operations;

use super::dice::Dice;
use super::engine::observe;
use super::state::{Key, Patch, State};

pub struct World {
    pub app: App,
    pub state: State,
    pub dice: Dice,
    pub told: Vec<String>,
    pub history: Vec<Past>,
    /// Operations done, refused, undone, undos refused
    pub outcomes: [u64; 4],
    pub names: usize,
}

/// An operation that was recorded.
pub struct Past {
    pub id: OperationId,
    /// What takes it back, in order
    back: Vec<Patch>,
    touched: BTreeSet<(String, Key)>,
    is_schema: bool,
    undoes: Option<OperationId>,
    undone_by: Option<OperationId>,
    after: State,
    before: State,
}

/// What a step says that it did: the patches that the model makes of it, or that it must be refused.
pub enum Expected {
    Done(Vec<Patch>),
    Refused,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let clock = Clock::fixed(Timestamp::from_millis(1_700_000_000_000));
        World {
            app: App::temporary(clock).unwrap(),
            state: State::default(),
            dice: Dice::new(seed),
            told: Vec::new(),
            history: Vec::new(),
            outcomes: [0; 4],
            names: 0,
        }
    }

    pub fn step(&mut self) -> Result<(), String> {
        match self.dice.below(100) {
            0..70 => self.records(),
            70..84 => self.tables(),
            _ => self.undo(),
        }
    }

    pub fn tell(&mut self, text: impl Into<String>) {
        let text = text.into();
        self.told.push(format!("{:>3}. {text}", self.told.len() + 1));
    }

    /// Compares what the engine did with what the model expects of it.
    pub fn compare(&mut self, done: Result<Option<OperationId>, Error>, expected: Expected) -> Result<(), String> {
        let before = self.state.clone();
        match (done, expected) {
            (Ok(id), Expected::Done(patches)) => {
                let back = self.state.apply_all(&patches).ok_or("the model's own patches do not fit")?;
                self.remember(id, &patches, back, before, None)?;
                self.outcomes[0] += 1;
            }
            (Err(error), Expected::Refused) => {
                self.tell(format!("    refused: {error}"));
                self.outcomes[1] += 1;
            }
            (Ok(_), Expected::Refused) => return Err("it was done, and the model refuses it".to_owned()),
            (Err(error), Expected::Done(_)) => return Err(format!("it was refused, and the model does it: {error}")),
        }
        self.same()
    }

    fn same(&self) -> Result<(), String> {
        let is = observe(&self.app);
        if is != self.state {
            return Err(format!("the store holds\n{is:#?}\nand the model\n{:#?}", self.state));
        }
        self.state.broken().map_or(Ok(()), Err)
    }

    fn remember(
        &mut self,
        id: Option<OperationId>,
        patches: &[Patch],
        back: Vec<Patch>,
        before: State,
        undoes: Option<OperationId>,
    ) -> Result<(), String> {
        let Some(id) = id else {
            return if patches.is_empty() { Ok(()) } else { Err("the store recorded no operation".to_owned()) };
        };
        if patches.is_empty() && undoes.is_none() {
            return Err(format!("the store recorded operation {id}, and nothing was to be done"));
        }
        self.history.push(Past {
            id,
            back,
            touched: patches.iter().filter_map(Patch::record).collect(),
            is_schema: patches.iter().any(|patch| patch.record().is_none()),
            undoes,
            undone_by: None,
            before,
            after: self.state.clone(),
        });
        Ok(())
    }

    fn undo(&mut self) -> Result<(), String> {
        if self.history.is_empty() {
            return Ok(());
        }
        // Mostly something young: the older an operation, the more was built upon it.
        let back = if self.dice.chance(60) { self.dice.below(3) } else { self.dice.below(self.history.len()) };
        let place = self.history.len() - 1 - back.min(self.history.len() - 1);
        let id = self.history[place].id;
        self.tell(format!("undo {id}"));
        let verdict = self.verdict(place);
        let before = self.state.clone();
        match operations::undo(&self.app, id) {
            Ok(undone) => {
                if let Verdict::Conflict(why) = verdict {
                    return Err(format!("it was undone, and the model sees a conflict: {why}"));
                }
                let patches = self.history[place].back.clone();
                let back = self.state.apply_all(&patches).ok_or("it was undone, and that fits nowhere")?;
                if self.history[place].after == before && self.state != self.history[place].before {
                    return Err("the model itself does not come back to where it was".to_owned());
                }
                self.remember(Some(undone.operation), &patches, back, before, Some(id))?;
                self.settle_undone();
                self.outcomes[2] += 1;
            }
            Err(error) => {
                self.tell(format!("    refused: {error}"));
                if let Verdict::Undone = verdict {
                    return Err(format!("it was not undone, and nothing stands in the way: {error}"));
                }
                if error.kind != ErrorKind::Conflict {
                    return Err(format!("it is no conflict: {error:?}"));
                }
                self.outcomes[3] += 1;
            }
        }
        self.same()
    }

    /// An operation is undone when an undo of it is not undone itself.
    fn settle_undone(&mut self) {
        for place in (0..self.history.len()).rev() {
            let (before, later) = self.history.split_at_mut(place + 1);
            let past = &mut before[place];
            let undo = later.iter().find(|undo| undo.undoes == Some(past.id) && undo.undone_by.is_none());
            past.undone_by = undo.map(|undo| undo.id);
        }
    }

    fn verdict(&self, place: usize) -> Verdict {
        let past = &self.history[place];
        if let Some(by) = past.undone_by {
            return Verdict::Conflict(format!("undone by {by}"));
        }
        let later = self.history[place + 1..].iter();
        let standing: Vec<&Past> = later
            .filter(|later| later.undone_by.is_none() && later.undoes.is_none_or(|undoes| undoes < past.id))
            .collect();
        if let Some(other) = standing.iter().find(|other| !other.touched.is_disjoint(&past.touched)) {
            return Verdict::Conflict(format!("operation {} touched the same record", other.id));
        }
        let mut then = self.state.clone();
        let fits = then.apply_all(&past.back).is_some();
        if let (true, Some(broken)) = (fits, then.broken()) {
            return Verdict::Conflict(broken);
        }
        // Which records need a field or table that was changed later is for the store to say.
        let schema = past.is_schema && !standing.is_empty() || standing.iter().any(|other| other.is_schema);
        match fits {
            true if !schema => Verdict::Undone,
            true => Verdict::Either,
            false => Verdict::Conflict("it fits nowhere".to_owned()),
        }
    }
}

enum Verdict {
    Undone,
    Conflict(String),
    Either,
}
