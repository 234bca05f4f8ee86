//! `appctl connections sync`

use std::time::Duration;

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::watch::Watch;
use super::{plan, watch};
use crate::app::App;
use crate::base::{ConnectionName, Error, Kind, Result};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, RunReport, RunStatus, SyncRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections sync crm
  appctl connections sync crm --object contacts --full
  appctl connections sync --all --json --jq '.runs[] | {connection, inserted, updated, deleted}'")]
pub struct Args {
    /// The connections
    #[arg(value_name = "NAME", required_unless_present = "all", add = ArgValueCompleter::new(complete::connections))]
    names: Vec<ConnectionName>,
    /// Sync every connection
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Bring only this object (or table); can be given more than once
    #[arg(long = "object", value_name = "OBJECT", add = ArgValueCompleter::new(complete::objects))]
    objects: Vec<String>,
    /// Read everything again instead of only what changed
    #[arg(long)]
    full: bool,
    /// Say what the run will cost, without running
    #[arg(long, conflicts_with_all = ["dry_run", "max_calls", "max_time", "allow_deletes", "steal", "objects"])]
    plan: bool,
    /// Do everything, count, and take it back
    #[arg(long)]
    dry_run: bool,
    /// Stop at a checkpoint after this many calls; the next run goes on
    #[arg(long, value_name = "N")]
    max_calls: Option<u64>,
    /// Stop at a checkpoint after this time, for example `90s`, `30m` or `2h`; the next run goes on
    #[arg(long, value_name = "SPAN", value_parser = connections::max_time)]
    max_time: Option<Duration>,
    /// Remove even more than a tenth of a table's rows
    #[arg(long)]
    allow_deletes: bool,
    /// Take over from a run that is stopped and still holds the connection
    #[arg(long)]
    steal: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    let names = if args.all { all(app)? } else { args.names.clone() };
    if names.is_empty() {
        ui.say("there are no connections yet; add one with `appctl connections add`")?;
    }
    if args.plan {
        return plan::show(app, ui, &names, args.full).await;
    }
    for name in &names {
        connections::find(app, name)?;
    }
    let mut report = Report { runs: Vec::new() };
    let mut failures = Vec::new();
    for name in names {
        let request = SyncRequest {
            objects: args.objects.clone(),
            full: args.full,
            dry_run: args.dry_run,
            max_calls: args.max_calls,
            max_time: args.max_time,
            allow_deletes: args.allow_deletes,
            steal: args.steal,
            interrupt: ui.interrupted(),
            ..SyncRequest::of(name)
        };
        match one(app, ui, &request).await {
            Ok(run) => {
                details(ui, &run)?;
                failures.extend(run.failure());
                report.runs.push(run);
            }
            Err(error) => failures.push(error),
        }
        // The connections after this one were not asked for any more.
        if ui.interrupted().is_set() {
            break;
        }
    }
    ui.outcome(&report)?;
    finish(report.runs.len(), failures)
}

/// Syncs one connection with a bar.
pub async fn one(app: &App, ui: &mut Ui, request: &SyncRequest) -> Result<RunReport> {
    let mut watch = watch::Watch::new(ui, request.connection.as_str());
    connections::sync(app, request, &mut |event| Watch::hear(&mut watch, event)).await
}

/// With `-v`, each object's counts.
pub fn details(ui: &mut Ui, run: &RunReport) -> Result<()> {
    for object in &run.objects {
        ui.detail(format!(
            "{}: {} ({}): {} fetched on {}: {} new, {} changed, {} removed, {} unchanged, {} rejected",
            run.connection,
            object.object,
            object.mode,
            words::counted(object.fetched, "row", "rows"),
            words::counted(object.pages, "page", "pages"),
            words::count(object.inserted),
            words::count(object.updated),
            words::count(object.deleted),
            words::count(object.unchanged),
            words::count(object.rejected),
        ))?;
        for (key, reason) in &object.rejects {
            ui.detail(format!("{}: rejected `{key}`: {reason}", object.object))?;
        }
    }
    Ok(())
}

fn all(app: &App) -> Result<Vec<ConnectionName>> {
    Ok(connections::list(app)?.into_iter().map(|connection| connection.name).collect())
}

/// One failure is told as it is; of several, all are named. When others went well, the whole is partly done.
pub fn finish(runs: usize, mut failures: Vec<Error>) -> Result<()> {
    let interrupted = failures.iter().any(|error| error.kind == Kind::Interrupted);
    if failures.len() <= 1 && (runs <= 1 || interrupted) {
        return failures.pop().map_or(Ok(()), Err);
    }
    if failures.is_empty() {
        return Ok(());
    }
    let kind = match failures.as_slice() {
        _ if interrupted => Kind::Interrupted,
        [first, rest @ ..] if failures.len() >= runs && rest.iter().all(|error| error.kind == first.kind) => first.kind,
        _ => Kind::Partial,
    };
    let messages: Vec<&str> = failures.iter().map(|error| error.message.as_str()).collect();
    let error = Error::new(kind, messages.join("; "));
    Err(match failures.iter().find_map(|error| error.hint.clone()) {
        Some(hint) => error.hint(hint),
        None => error.hint("see `appctl connections status`"),
    })
}

/// What `sync` prints for scripts; pinned by a snapshot.
#[derive(Serialize)]
pub struct Report {
    pub runs: Vec<RunReport>,
}

impl Outcome for Report {
    fn sheet(&self) -> Sheet {
        let columns =
            ["connection", "object", "table", "status", "inserted", "updated", "deleted", "unchanged", "rejected"].map(
                |name| match name {
                    "connection" | "object" | "table" | "status" => Column::text(name),
                    name => Column::count(name),
                },
            );
        let rows = self.runs.iter().flat_map(|run| run.objects.iter().map(move |object| (run, object)));
        let rows = rows.map(|(run, object)| {
            vec![
                run.connection.as_str().into(),
                object.object.as_str().into(),
                object.table.as_str().into(),
                word(object.status).into(),
                object.inserted.into(),
                object.updated.into(),
                object.deleted.into(),
                object.unchanged.into(),
                object.rejected.into(),
            ]
        });
        Sheet::list(columns, rows)
    }

    /// A person reads the sentence.
    fn shown(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let lines: Vec<String> = self.runs.iter().filter_map(sentence).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

pub fn word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Done => "done",
        RunStatus::Partial => "partial",
        RunStatus::Stopped => "stopped",
        RunStatus::Failed => "failed",
        RunStatus::Interrupted => "interrupted",
    }
}

/// `synced `crm`: 1,204 new, 31 changed, 2 removed in 4 tables`; nothing for a run that brought nothing because it failed.
pub fn sentence(run: &RunReport) -> Option<String> {
    if !matches!(run.status, RunStatus::Done | RunStatus::Partial) {
        return None;
    }
    let done: Vec<_> = run.objects.iter().filter(|object| object.error.is_none()).collect();
    let mut parts: Vec<String> = [(run.inserted, "new"), (run.updated, "changed"), (run.deleted, "removed")]
        .into_iter()
        .filter(|(rows, _)| *rows > 0)
        .map(|(rows, word)| format!("{} {word}", words::count(rows)))
        .collect();
    if parts.is_empty() {
        parts.push("nothing changed".to_owned());
    }
    let mut text = format!("{} in {}", parts.join(", "), words::counted(done.len() as u64, "table", "tables"));
    if run.rejected > 0 {
        text.push_str(&format!("; {} rejected", words::counted(run.rejected, "record", "records")));
    }
    let mut lines = if run.dry_run {
        vec![format!("dry run of `{}`: {text}; nothing was stored", run.connection)]
    } else {
        vec![format!("synced `{}`: {text}", run.connection)]
    };
    for object in &done {
        lines.extend(drift(&run.connection, &object.object, &object.drift));
    }
    Some(lines.join("\n"))
}

/// What changed in the shape of an object, with what a person can do about it.
fn drift(connection: &str, object: &str, drift: &connections::Drift) -> Vec<String> {
    let mut lines = Vec::new();
    if let [first, ..] = drift.new.as_slice() {
        let names = words::names(&drift.new);
        lines.push(format!(
            "`{object}` has new fields at the source: {names}; bring one with `appctl connections edit {connection} --add-field {object}.{first}`"
        ));
    }
    if !drift.gone.is_empty() {
        lines.push(format!(
            "`{object}` no longer has {} at the source; what is stored stays",
            words::names(&drift.gone)
        ));
    }
    if !drift.retyped.is_empty() {
        lines.push(format!("`{object}` has changed types: {}", drift.retyped.join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_failures_are_told_together() {
        let remote = || Error::remote("HubSpot does not answer");
        let signed_out =
            || Error::new(Kind::SignIn, "`crm` needs a new sign-in").hint("run `appctl connections reauth crm`");
        assert_eq!(finish(1, vec![remote()]).unwrap_err(), remote());
        assert_eq!(finish(3, vec![]), Ok(()));
        assert_eq!(finish(2, vec![remote()]).unwrap_err().kind, Kind::Partial);
        assert_eq!(finish(2, vec![remote(), remote()]).unwrap_err().kind, Kind::Remote);
        let both = finish(2, vec![remote(), signed_out()]).unwrap_err();
        assert_eq!(both.kind, Kind::Partial);
        assert_eq!(both.message, "HubSpot does not answer; `crm` needs a new sign-in");
        assert_eq!(both.hint.as_deref(), Some("run `appctl connections reauth crm`"));
    }
}
