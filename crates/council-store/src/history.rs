//! Summaries of measurements in SQL: each as one JSON document.

use crate::Store;
use crate::conversations::select;
use crate::fault::Fault;
use crate::writer::Durability;
use async_trait::async_trait;
use council_core::{MetricsHistory, Resolution, Rollup, StoreError, Timestamp};
use rusqlite::{Connection, params};

#[async_trait]
impl MetricsHistory for Store {
    async fn keep_rollup(&self, resolution: Resolution, rollup: Rollup) -> Result<(), StoreError> {
        self.writer
            .write_as(Durability::Process, move |connection| {
                keep(connection, resolution, &rollup)
            })
            .await
    }

    async fn rollups(
        &self,
        resolution: Resolution,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Rollup>, StoreError> {
        let sql = "SELECT start_s, covered_s, data FROM metric_rollups
                   WHERE resolution_s = ?1 AND start_s >= ?2 AND start_s < ?3 ORDER BY start_s";
        self.readers
            .read(move |connection| {
                let bounds = [column(resolution), seconds(from), seconds(until)];
                select(connection, sql, bounds, |row| {
                    let (start, data): (u64, String) = (row.get(0)?, row.get(2)?);
                    Ok(Rollup {
                        start: Timestamp::from_millis(start * 1_000),
                        covered_s: row.get(1)?,
                        values: serde_json::from_str(&data)
                            .map_err(|error| Fault::Value(format!("a summary of measurements: {error}")))?,
                    })
                })
            })
            .await
    }
}

fn keep(connection: &Connection, resolution: Resolution, rollup: &Rollup) -> Result<(), Fault> {
    let data = serde_json::to_string(&rollup.values).map_err(|error| Fault::Value(error.to_string()))?;
    connection
        .prepare_cached(
            "INSERT INTO metric_rollups (resolution_s, start_s, covered_s, data) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET covered_s = excluded.covered_s, data = excluded.data
             WHERE excluded.covered_s >= covered_s",
        )?
        .execute(params![
            column(resolution),
            seconds(rollup.start),
            rollup.covered_s,
            data
        ])?;
    // Too old, and beyond as many as there are in the time that they are kept: a clock that is wrong for a minute would
    // otherwise make weeks of them old.
    let oldest = seconds(rollup.start).saturating_sub(resolution.kept().as_secs() as i64);
    let most = resolution.kept().as_secs() as i64 / column(resolution);
    connection
        .prepare_cached(
            "DELETE FROM metric_rollups WHERE resolution_s = ?1 AND start_s <= ?2 AND +start_s < (
                 SELECT start_s FROM metric_rollups WHERE resolution_s = ?1 ORDER BY start_s DESC LIMIT 1 OFFSET ?3)",
        )?
        .execute([column(resolution), oldest, most - 1])?;
    Ok(())
}

fn column(resolution: Resolution) -> i64 {
    resolution.length().as_secs() as i64
}

fn seconds(time: Timestamp) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
