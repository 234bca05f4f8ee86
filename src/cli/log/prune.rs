//! `appctl log prune`

use serde::Serialize;

use crate::app::{App, Prune, Pruned};
use crate::base::Result;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::operations;

#[derive(clap::Args)]
#[command(after_help = "\
Without `--older-than` and `--keep` it goes by `appctl log retention`, 30 days unless set otherwise. What is pruned cannot \
be undone any more; the records themselves stay as they are.

Examples:
  appctl log prune --dry-run
  appctl log prune --older-than 90d --keep 1000
  appctl log prune --keep 0 --compact --yes")]
pub struct Args {
    /// Let go of operations from before then: `90d`, `2026-01-01`
    #[arg(long, value_name = "TIME")]
    older_than: Option<String>,
    /// Keep the newest so many, however old they are
    #[arg(long, value_name = "N")]
    keep: Option<u64>,
    /// Say what would go, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Give the room back to the disk, by writing the file anew
    #[arg(long, conflicts_with = "dry_run")]
    compact: bool,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let now = app.clock.now();
    let before = args.older_than.as_ref().map(|text| operations::since(text, now)).transpose()?;
    let which = Prune { before, keep: args.keep, dry_run: true };
    let would = operations::prune(app, &which, &mut |_| Ok(()))?;
    if args.dry_run {
        return ui.outcome(&Report { pruned: would, dry_run: true, compacted: false });
    }
    if would.operations > 0 {
        let operations = words::counted(would.operations, "operation", "operations");
        ui.confirmed(&format!("Prune {operations}, which then cannot be undone?"))?;
    }
    let (interrupt, mut bar) = (ui.interrupted(), ui.progress());
    let mut pruned = operations::prune(app, &Prune { dry_run: false, ..which }, &mut |gone| {
        bar.show("pruning", gone, Some(would.changes), "changes");
        interrupt.check()
    })?;
    if args.compact {
        bar.step("writing the file anew");
        operations::compact(app)?;
        pruned.free_bytes = 0;
    }
    drop(bar);
    ui.outcome(&Report { pruned, dry_run: false, compacted: args.compact })
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    pruned: Pruned,
    dry_run: bool,
    compacted: bool,
}

impl Outcome for Report {
    fn sheet(&self) -> Sheet {
        let Pruned { operations, changes, tables, free_bytes } = self.pruned;
        let columns = ["operations", "changes", "tables", "free_bytes"].map(Column::count);
        Sheet::list(columns, [vec![operations.into(), changes.into(), tables.into(), free_bytes.into()]])
    }

    fn shown(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let Pruned { operations, changes, free_bytes, .. } = self.pruned;
        let what = format!(
            "{} with {}",
            words::counted(operations, "operation", "operations"),
            words::counted(changes, "change", "changes")
        );
        Some(match (operations, self.dry_run) {
            (0, _) => "no operation is old enough".to_owned(),
            (_, true) => format!("would prune {what}"),
            _ if self.compacted => format!("pruned {what}; the file is as small as it can be"),
            _ => {
                let free = words::bytes(free_bytes);
                format!("pruned {what}; {free} in the file are free for new records (`--compact` gives them back)")
            }
        })
    }
}
