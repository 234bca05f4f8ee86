//! What a run will cost: how many rows, how many queries, how long.

use std::time::Duration;

use super::PostgresSession;
use super::cursor::Cursor;
use super::relation::Relkind;
use super::snapshot::Snapshot;
use crate::base::Result;
use crate::sources::{Ask, Estimate, Mode};

/// Rows a second that one copy brings, cautiously.
const ROWS_A_SECOND: f64 = 200_000.0;
/// Rows a second that a condition on every row, or a hash of every key, takes.
const SCANNED_A_SECOND: f64 = 2_000_000.0;
/// The open transactions, the snapshot, the table, its columns, one copy, the count of the keys.
const CALLS: u64 = 6;

impl PostgresSession {
    pub(super) async fn estimate_of(&mut self, ask: &Ask<'_>) -> Result<Estimate> {
        let plan = self.plan_without_snapshot(ask).await?;
        let name = &plan.relation.id;
        let all = match (plan.relation.rows, plan.has_conditions()) {
            (Some(rows), false) => Some(rows),
            _ if plan.relation.kind == Relkind::Foreign => None,
            _ => self.planned(&plan.explain(None)).await?,
        };
        let cursor: Option<Cursor> = ask.cursor.and_then(|cursor| serde_json::from_value(cursor.clone()).ok());
        let changed = match (ask.mode, cursor) {
            (Mode::Incremental, Some(cursor)) if plan.can_follow() && !plan.is_small && !plan.moves_with_time => {
                Some(cursor)
            }
            _ => None,
        };
        let seconds = |rows: u64, speed: f64| Duration::from_secs_f64(rows as f64 / speed);
        let Some(cursor) = changed else {
            return Ok(Estimate {
                rows: all,
                calls: CALLS,
                time: seconds(all.unwrap_or(0), ROWS_A_SECOND),
                quota: None,
                steps: vec![format!("full copy of `{name}` in one snapshot")],
            });
        };
        let by_transaction = plan.follows_transactions(false);
        let (rows, step) = if by_transaction {
            (None, format!("scan of `{name}` for rows of later transactions"))
        } else {
            let snapshot = Snapshot::unused(&cursor.start);
            let condition = plan.changed_since(&cursor.start, &snapshot, false, &self.settings);
            let rows = self.planned(&plan.explain(condition.as_deref())).await?;
            let column = ask.cursor_column.unwrap_or("");
            (rows, format!("rows of `{name}` whose `{column}` is since {} or null", cursor.start.time))
        };
        Ok(Estimate {
            rows,
            calls: CALLS + 1,
            time: seconds(rows.unwrap_or(0), ROWS_A_SECOND) + seconds(all.unwrap_or(0), SCANNED_A_SECOND),
            quota: None,
            steps: vec![step, "count and hash of all keys; a listing of them when they changed".to_owned()],
        })
    }

    /// The planner's number of rows.
    async fn planned(&self, explain: &str) -> Result<Option<u64>> {
        let row = self.link.one(explain, &[]).await?;
        let json: serde_json::Value = row.get(0);
        Ok(json[0]["Plan"]["Plan Rows"].as_u64())
    }
}
