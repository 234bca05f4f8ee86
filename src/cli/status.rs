//! `appctl status`

use std::time::Duration;

use serde::Serialize;

use super::connections::status as connection_status;
use super::ui::{Column, Outcome, Sheet, Ui, words};
use crate::app::App;
use crate::base::{Error, FieldType, Result, Timestamp, Value};
use crate::upkeep::{self, Health};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl status
  appctl status --check || echo 'look at it'
  appctl status --json --jq '.connections[].next_run'")]
pub struct Args {
    /// Fail with status 1 when something is not healthy
    #[arg(long)]
    check: bool,
    /// Show it again and again until Ctrl-C
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    /// With `--watch`, the seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    interval: u64,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    loop {
        let picture = Picture { health: upkeep::status(app)?, app, now: app.clock.now() };
        if args.watch {
            ui.next_picture()?;
        }
        ui.outcome(&picture)?;
        if !args.watch {
            return if args.check { picture.check() } else { Ok(()) };
        }
        if connection_status::wait(ui, Duration::from_secs(args.interval)).await {
            return ui.interrupted().check();
        }
    }
}

struct Picture<'a> {
    health: Health,
    app: &'a App,
    now: Timestamp,
}

impl Picture<'_> {
    fn check(&self) -> Result<()> {
        let troubles = self.health.troubles();
        let Some((_, fix)) = troubles.first() else { return Ok(()) };
        let all: Vec<&str> = troubles.iter().map(|(what, _)| what.as_str()).collect();
        let error = Error::failed(all.join(", "));
        Err(match fix {
            Some(fix) => error.hint(format!("run `{fix}`")),
            None => error,
        })
    }
}

impl Serialize for Picture<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let Health { bytes, tables, connections, operations, accounts, vault, checks } = &self.health;
        let tables = tables.iter().map(|one| {
            serde_json::json!({ "table": one.table.name, "records": one.records, "connection": one.table.connection })
        });
        let accounts = accounts.iter().map(|one| {
            serde_json::json!({
                "account": one.account, "provider": one.provider, "identity": one.identity,
                "health": one.health, "reason": one.reason, "needs_sign_in": one.needs_sign_in, "fix": one.fix,
            })
        });
        let operations = operations.iter().map(|one| {
            serde_json::json!({
                "operation": one.id, "at": one.at, "by": one.author, "kind": one.by.word(), "what": one.what,
                "inserted": one.inserted, "updated": one.updated, "deleted": one.deleted,
            })
        });
        serde_json::json!({
            "app": self.app.config.app,
            "healthy": self.health.troubles().is_empty(),
            "file": self.app.store.file(),
            "bytes": bytes,
            "records": self.health.records(),
            "tables": tables.collect::<Vec<_>>(),
            "connections": connections,
            "vault": {
                "kind": vault.kind, "works": vault.problem.is_none(), "problem": vault.problem, "fix": vault.fix,
                "team": vault.team,
            },
            "accounts": accounts.collect::<Vec<_>>(),
            "operations": operations.collect::<Vec<_>>(),
            "checks": checks,
        })
        .serialize(to)
    }
}

impl Outcome for Picture<'_> {
    fn sheet(&self) -> Sheet {
        let health = &self.health;
        let troubles = health.troubles();
        let healthy = if troubles.is_empty() { "yes".to_owned() } else { format!("no: {}", troubles[0].0) };
        let sheet = Sheet::thing([
            (Column::text("app"), self.app.config.app.as_str().into()),
            (Column::text("healthy"), healthy.into()),
            (Column::text("file"), self.app.store.file().display().to_string().into()),
            (Column::text("size"), words::bytes(health.bytes).into()),
            (Column::text("records"), words::count(health.records()).into()),
            (Column::text("vault"), self.vault().into()),
        ]);
        let parts = [self.tables(), self.connections(), self.accounts(), self.operations(), self.checks()];
        parts.into_iter().fold(sheet, |sheet, Part { columns, rows }| match rows.is_empty() {
            true => sheet,
            false => sheet.and_list(columns, rows),
        })
    }

    fn said(&self) -> Option<String> {
        self.health.tables.is_empty().then(|| {
            "nothing is in it yet; make a table with `appctl tables create`, or bring one with `appctl connections add`"
                .to_owned()
        })
    }
}

/// One list of the picture.
struct Part {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

impl Part {
    fn of(columns: impl IntoIterator<Item = impl Into<Column>>, rows: impl Iterator<Item = Vec<Value>>) -> Part {
        Part { columns: columns.into_iter().map(Into::into).collect(), rows: rows.collect() }
    }
}

impl Picture<'_> {
    /// `keyring, works; team vault: member`
    fn vault(&self) -> String {
        let vault = &self.health.vault;
        let own = match &vault.problem {
            None => format!("{}, works", vault.kind),
            Some(problem) => format!("{}, does not work: {problem}", vault.kind),
        };
        vault.team.map_or(own.clone(), |team| format!("{own}; team vault: {team}"))
    }

    fn tables(&self) -> Part {
        let columns = [Column::text("table"), Column::count("records"), Column::text("connection")];
        let rows = self.health.tables.iter().map(|one| {
            let connection = one.table.connection.as_ref().map(ToString::to_string);
            vec![one.table.name.as_str().into(), one.records.into(), connection.into()]
        });
        Part::of(columns, rows)
    }

    fn connections(&self) -> Part {
        let rows = self.health.connections.iter().map(|one| {
            vec![
                one.connection.as_str().into(),
                one.source.as_str().into(),
                one.status.word().into(),
                one.freshness.map(|time| words::ago(self.now.since(time))).into(),
                one.next_run.map(|time| self.ahead(time)).into(),
                one.fix.clone().into(),
            ]
        });
        Part::of(["connection", "source", "status", "fresh", "next run", "fix"], rows)
    }

    /// Those that somebody has to sign in to.
    fn accounts(&self) -> Part {
        let waiting = self.health.accounts.iter().filter(|account| account.needs_sign_in);
        let rows = waiting.map(|one| {
            vec![
                one.account.as_str().into(),
                one.identity.as_str().into(),
                one.health.into(),
                one.reason.clone().into(),
                one.fix.clone().into(),
            ]
        });
        Part::of(["account", "identity", "health", "reason", "fix"], rows)
    }

    fn operations(&self) -> Part {
        let at = Column::new("at", FieldType::DateTime);
        let columns = [Column::count("operation"), at, Column::text("by"), Column::text("what")];
        let rows = self.health.operations.iter().map(|one| {
            let at = Value::Text(one.at.rfc3339());
            vec![Value::Integer(one.id), at, one.author.as_str().into(), one.what.as_str().into()]
        });
        Part::of(columns, rows)
    }

    fn checks(&self) -> Part {
        let rows = self.health.checks.iter().map(|one| {
            vec![one.check.into(), one.status.word().into(), one.message.as_str().into(), one.fix.clone().into()]
        });
        Part::of(["check", "status", "found", "fix"], rows)
    }

    fn ahead(&self, time: Timestamp) -> String {
        if time <= self.now { "now".to_owned() } else { format!("in {}", words::rough(time.since(self.now))) }
    }
}
