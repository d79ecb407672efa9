//! Calibrations in SQL.

use crate::Store;
use crate::columns::{time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{Calibration, CalibrationStore, SkillKind, StoreError};
use rusqlite::{Connection, Row, params};

#[async_trait]
impl CalibrationStore for Store {
    async fn keep_calibrations(&self, model: &str, calibrations: Vec<Calibration>) -> Result<(), StoreError> {
        let model = model.to_owned();
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached("DELETE FROM calibrations WHERE model = ?1")?
                    .execute([&model])?;
                calibrations
                    .iter()
                    .try_for_each(|calibration| insert(connection, &model, calibration))
            })
            .await
    }

    async fn calibrations(&self) -> Result<Vec<Calibration>, StoreError> {
        let sql = "SELECT model, kind, fit, asked, correct, auroc, ece, brier, reliability, at_ns,
                          questions_sha256
                   FROM calibrations ORDER BY model, kind";
        self.readers
            .read(move |connection| select(connection, sql, [], from_row))
            .await
    }
}

fn insert(connection: &Connection, model: &str, calibration: &Calibration) -> Result<(), Fault> {
    if calibration.model != model {
        return Err(Fault::Value(format!(
            "a calibration of `{}` cannot be kept as one of `{model}`",
            calibration.model
        )));
    }
    let table = serde_json::to_string(&calibration.table).map_err(|error| Fault::Value(error.to_string()))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO calibrations
             (model, kind, fit, asked, correct, auroc, ece, brier, reliability, at_ns, questions_sha256)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    statement.execute(params![
        calibration.model,
        calibration.kind.map_or("", SkillKind::as_str),
        calibration.fit,
        calibration.asked,
        calibration.right,
        calibration.auroc,
        calibration.ece,
        calibration.brier,
        table,
        time_to_ns(calibration.at)?,
        calibration.questions_sha256,
    ])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Calibration, Fault> {
    let (kind, table): (String, String) = (row.get(1)?, row.get(8)?);
    let kind = match kind.as_str() {
        "" => None,
        name => Some(
            SkillKind::from_name(name)
                .ok_or_else(|| Fault::Value(format!("`{name}` is no kind of question")))?,
        ),
    };
    Ok(Calibration {
        model: row.get(0)?,
        kind,
        fit: row.get(2)?,
        asked: row.get(3)?,
        right: row.get(4)?,
        auroc: row.get(5)?,
        ece: row.get(6)?,
        brier: row.get(7)?,
        table: serde_json::from_str(&table)
            .map_err(|error| Fault::Value(format!("a reliability table: {error}")))?,
        at: time_from_ns(row.get(9)?),
        questions_sha256: row.get(10)?,
    })
}
