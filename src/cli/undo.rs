//! `appctl undo`

use serde::Serialize;

use super::ui::{Column, Outcome, Sheet, Ui, words};
use crate::app::{App, Operation, OperationId, Rehearsed, Undone};
use crate::base::{Error, Result, Value};
use crate::operations;

#[derive(clap::Args)]
#[command(after_help = "\
An undo is an operation too, so it can be undone. When something later touched the same records they are listed, and \
nothing is changed. Several operations are taken back the newest first: all of them, or none.

Examples:
  appctl undo 41
  appctl undo --last 3 --dry-run")]
pub struct Args {
    /// The operations' numbers, as `appctl log` shows them
    #[arg(value_name = "OPERATION", required_unless_present = "last")]
    operations: Vec<OperationId>,
    /// Undo the newest N operations that stand: not undone, and no undo themselves
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1", conflicts_with = "operations",
          value_parser = count)]
    last: Option<u64>,
    /// Say what would change and what is in the way, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn count(text: &str) -> std::result::Result<u64, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| "it is no whole number above 0".to_owned())
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let ids = match args.last {
        Some(count) => operations::last_standing(app, count)?,
        None => args.operations.clone(),
    };
    if ids.is_empty() {
        return Err(Error::not_found("there is no operation to undo").hint("see `appctl log`"));
    }
    if args.dry_run {
        return rehearse(app, ui, &ids);
    }
    let targets = ids.iter().map(|id| operations::find(app, *id)).collect::<Result<Vec<_>>>()?;
    // Nothing is lost without an answer: an undo can be undone.
    if ui.can_ask() {
        let what = match targets.as_slice() {
            [only] => format!("operation {}, {}", only.id, described(only)),
            many => format!("{} operations, {}", many.len(), many.iter().map(described).collect::<Vec<_>>().join("; ")),
        };
        ui.confirmed(&format!("Undo {what}?"))?;
    }
    let undone = operations::undo_all(app, &ids)?;
    match (undone.as_slice(), args.operations.as_slice()) {
        ([only], [_]) => ui.outcome(&Report { undone: only, what: targets[0].what.clone() }),
        _ => ui.outcome(&Reports { undone, what: targets[0].what.clone() }),
    }
}

fn rehearse(app: &App, ui: &mut Ui, ids: &[OperationId]) -> Result<()> {
    let rehearsed = operations::rehearse_undo(app, ids)?;
    let refused = rehearsed.iter().find_map(|one| one.refused.clone());
    ui.outcome(&Rehearsal(rehearsed))?;
    match refused {
        None => ui.say("nothing was changed: this was a dry run"),
        Some(error) => Err(error),
    }
}

/// `records delete tasks by ann: 2 deleted`
fn described(operation: &Operation) -> String {
    format!(
        "`{}` by {}{}",
        operation.what,
        operation.author,
        counts(operation.inserted, operation.updated, operation.deleted)
    )
}

fn counts(inserted: u64, updated: u64, deleted: u64) -> String {
    let parts = [(inserted, "new"), (updated, "changed"), (deleted, "deleted")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{} {word}", words::count(*count))).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

/// What was taken back, for `connections undo` too.
pub struct Report<'u> {
    pub undone: &'u Undone,
    pub what: String,
}

impl Serialize for Report<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.undone.serialize(serializer)
    }
}

impl Outcome for Report<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let Undone { operation, undid, inserted, updated, deleted } = self.undone;
        let counts = counts(*inserted, *updated, *deleted);
        Some(format!("undid operation {undid} (`{}`){counts}; `appctl undo {operation}` brings it back", self.what))
    }
}

/// Several operations that were taken back.
#[derive(Serialize)]
#[serde(transparent)]
struct Reports {
    undone: Vec<Undone>,
    /// What the first of them had done
    #[serde(skip)]
    what: String,
}

impl Outcome for Reports {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        if let [undone] = self.undone.as_slice() {
            return Report { undone, what: self.what.clone() }.said();
        }
        let sum = |of: fn(&Undone) -> u64| self.undone.iter().map(of).sum();
        let counts = counts(sum(|one| one.inserted), sum(|one| one.updated), sum(|one| one.deleted));
        let ids = |of: fn(&Undone) -> i64| self.undone.iter().map(|one| of(one).to_string()).collect::<Vec<_>>();
        let undid = ids(|one| one.undid).join(", ");
        let mut back = ids(|one| one.operation);
        back.reverse();
        Some(format!(
            "undid {} ({undid}){counts}; `appctl undo {}` brings them back",
            words::counted(self.undone.len() as u64, "operation", "operations"),
            back.join(" ")
        ))
    }
}

/// What undoing would do, operation by operation.
struct Rehearsal(Vec<Rehearsed>);

impl Serialize for Rehearsal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|one| {
            serde_json::json!({
                "operation": one.target.id,
                "what": one.target.what,
                "inserted": one.inserted,
                "updated": one.updated,
                "deleted": one.deleted,
                "conflicts": one.conflicts,
                "possible": one.refused.is_none(),
            })
        }))
    }
}

impl Outcome for Rehearsal {
    fn sheet(&self) -> Sheet {
        let columns = [
            Column::count("operation"),
            Column::text("what"),
            Column::count("new"),
            Column::count("changed"),
            Column::count("deleted"),
            Column::text("in the way"),
        ];
        let rows = self.0.iter().map(|one| {
            let way = one.conflicts.iter().map(|conflict| format!("{} ({})", conflict.thing, conflict.operation));
            let mut way = way.collect::<Vec<_>>().join(", ");
            if let (true, Some(error)) = (way.is_empty(), &one.refused) {
                way.clone_from(&error.message);
            }
            vec![
                Value::Integer(one.target.id),
                Value::text(&one.target.what),
                one.inserted.into(),
                one.updated.into(),
                one.deleted.into(),
                if way.is_empty() { Value::Null } else { Value::Text(way) },
            ]
        });
        Sheet::list(columns, rows)
    }
}
