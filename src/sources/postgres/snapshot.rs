//! The one `REPEATABLE READ` transaction that a run reads everything in. Every statement gets a savepoint, so that one
//! object's failure costs neither the snapshot nor the other objects.

use super::Server;
use super::cursor::Start;
use super::link::{FORMATS, Link};
use super::settings::Settings;
use crate::base::{Result, Timestamp};

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub start: Start,
    /// The next transaction number, 32 bits, as `age()` sees it all through this transaction
    next_xid: u32,
    has_savepoint: bool,
}

/// How a statement reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Rows in the order of the table's pages: no index order, no parallel workers, no shared scans
    OnDisk,
    /// As the server thinks best
    Freely,
}

/// Transactions that have begun before us and may still commit. `statement_timestamp()` is before the list is looked at,
/// so whatever begins later is stamped later; and the snapshot is taken after it, so whatever is not in the list and
/// began earlier is seen. Rows of other users are hidden from roles without `pg_read_all_stats`.
const OPEN_TRANSACTIONS: &str = "
    SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::int8,
        (extract(epoch FROM min(a.xact_start)) * 1000000)::int8,
        coalesce(bool_or(a.query = '<insufficient privilege>'), false),
        (SELECT (extract(epoch FROM min(prepared)) * 1000000)::int8
         FROM pg_prepared_xacts WHERE database = current_database())
    FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
      AND coalesce(a.backend_type, '') NOT IN ('autovacuum worker', 'walsender', 'parallel worker')";

impl Snapshot {
    pub async fn open(link: &Link, settings: &Settings, server: &Server) -> Result<Self> {
        let open = link.one(OPEN_TRANSACTIONS, &[]).await?;
        let mut setup = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned();
        for (name, value) in FORMATS {
            setup.push_str(&format!("; SET LOCAL {name} = '{value}'"));
        }
        setup.push_str("; SET LOCAL synchronize_seqscans = off");
        link.batch_for_free(&setup).await?;
        // On a standby the text does not name the transactions that are open, so it is made unique.
        let (current, xmin) = if server.version >= 130_000 {
            ("pg_current_snapshot()", "pg_snapshot_xmin(pg_current_snapshot())::text::int8")
        } else {
            ("txid_current_snapshot()", "txid_snapshot_xmin(txid_current_snapshot())")
        };
        let sql = format!(
            "SELECT md5({current}::text || ' ' || pg_postmaster_start_time()
                || CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text || pg_backend_pid() ELSE '' END),
                {xmin}, age('3'::xid)"
        );
        let row = link.one(&sql, &[]).await?;
        let start = Start {
            snapshot: row.get(0),
            xid: row.get::<_, i64>(1).cast_unsigned(),
            time: safe_time(open.get(0), open.get(1), open.get(2), open.get(3), settings),
        };
        let next_xid = row.get::<_, i32>(2).cast_unsigned().wrapping_add(3);
        Ok(Snapshot { start, next_xid, has_savepoint: false })
    }

    /// Stands for no transaction at all, where only the time counts.
    pub fn unused(start: &Start) -> Self {
        Snapshot { start: start.clone(), next_xid: 0, has_savepoint: false }
    }

    /// Ends the statement before, well or not, and makes ready for the next one.
    pub async fn prepare(&mut self, link: &Link, reading: Reading, failed: bool) -> Result<()> {
        let mut sql = match (self.has_savepoint, failed) {
            (true, true) => "ROLLBACK TO SAVEPOINT appctl; RELEASE SAVEPOINT appctl; ".to_owned(),
            (true, false) => "RELEASE SAVEPOINT appctl; ".to_owned(),
            (false, _) => String::new(),
        };
        let (index, parallel) = match reading {
            Reading::OnDisk => ("off", "0"),
            Reading::Freely => ("on", "2"),
        };
        sql.push_str(&format!(
            "SAVEPOINT appctl; SET LOCAL enable_indexscan = {index}; SET LOCAL enable_indexonlyscan = {index}; \
             SET LOCAL max_parallel_workers_per_gather = {parallel}; SET LOCAL work_mem = '32MB'"
        ));
        link.batch_for_free(&sql).await?;
        self.has_savepoint = true;
        Ok(())
    }

    /// The most that `age(xmin)` may be of rows that changed since `xid`; `None` when so many transactions were made
    /// since that 32 bits cannot tell, or when `xid` is in the future: the server was set back.
    pub fn age_since(&self, xid: u64) -> Option<i32> {
        const HORIZON: u64 = (1 << 31) - (1 << 24);
        let distance = self.start.xid.checked_sub(xid)?;
        if distance > HORIZON {
            return None;
        }
        Some(self.next_xid.wrapping_sub((xid & 0xffff_ffff) as u32).cast_signed())
    }
}

fn safe_time(now: i64, oldest: Option<i64>, hidden: bool, prepared: Option<i64>, settings: &Settings) -> Timestamp {
    let mut time = Timestamp(now.min(oldest.unwrap_or(now)));
    if hidden {
        time = time.min(Timestamp(now).minus(settings.lag));
    }
    // When it began is not known, only when it was prepared.
    if let Some(prepared) = prepared {
        time = time.min(Timestamp(prepared).minus(settings.lag));
    }
    time
}
