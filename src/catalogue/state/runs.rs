//! Runs of the crawler: one that was killed is taken up again.

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use crate::catalogue::state::State;
use crate::catalogue::values::{column, moment};
use crate::model::Moment;

/// A run of the crawler from its start to its proper end, however often the process died in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// When it began: pages kept since then are done.
    pub started: Moment,
    /// Whether it is an earlier run that goes on.
    pub resumed: bool,
}

impl State {
    /// Begins a run, or takes up the unfinished one of the same kind; unfinished runs of the other kind are dropped.
    pub fn begin_run(&self, now: Moment, all_due: bool) -> anyhow::Result<Run> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let open = "SELECT id, started FROM runs WHERE finished = 0 AND all_due = ?1 ORDER BY id DESC LIMIT 1";
        let found: Option<(i64, i64)> = transaction
            .query_row(open, [all_due], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let run = if let Some((id, started)) = found {
            Run { id, started: moment(started)?, resumed: true }
        } else {
            transaction.execute(
                "INSERT INTO runs (started, all_due) VALUES (?1, ?2)",
                params![column(now), all_due],
            )?;
            Run { id: transaction.last_insert_rowid(), started: now, resumed: false }
        };
        let others = "UPDATE runs SET finished = 1 WHERE finished = 0 AND id <> ?1";
        transaction.execute(others, [run.id])?;
        transaction.commit()?;
        Ok(run)
    }

    /// Ends a run that has done all it could.
    pub fn finish_run(&self, run: &Run) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        connection.execute("UPDATE runs SET finished = 1 WHERE id = ?1", [run.id])?;
        Ok(())
    }
}
