//! The books of what is spent, in SQL. All writes come from one thread, so that what a reservation checks cannot change
//! before it is noted.

use crate::Store;
use crate::columns::time_to_ns;
use crate::conversations::select;
use crate::fault::Fault;
use async_trait::async_trait;
use council_core::{
    Budget, BudgetError, CapKind, Caps, NanoUsd, Reservation, Spending, Spent, StoreError, Timestamp,
};
use rusqlite::{Connection, OptionalExtension as _, Params, params};

#[async_trait]
impl Budget for Store {
    async fn reserve(&self, reservation: Reservation, caps: Caps) -> Result<(), BudgetError> {
        // A refusal is no failure of the transaction, which others share.
        self.writer
            .write(move |connection| reserve(connection, &reservation, caps))
            .await?
    }

    async fn charge(&self, reservation: &str, amount: NanoUsd) -> Result<(), StoreError> {
        let id = reservation.to_owned();
        self.writer
            .write(move |connection| charge(connection, &id, amount))
            .await?
    }

    async fn expire(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                let mut statement = connection.prepare_cached(
                    "UPDATE charges SET state = 'expired' WHERE state = 'open' AND expires_at_ns <= ?1",
                )?;
                Ok(statement.execute([time_to_ns(now)?])? as u64)
            })
            .await
    }

    async fn spending(&self, now: Timestamp) -> Result<Spending, StoreError> {
        self.readers
            .read(move |connection| spending(connection, now))
            .await
    }

    async fn spent_since(&self, since: Timestamp) -> Result<Vec<Spent>, StoreError> {
        self.readers
            .read(move |connection| {
                let sql = "SELECT model, count(*), sum(counted_nano) AS amount FROM charges
                            WHERE at_ns >= ?1 AND counted_nano > 0 GROUP BY model ORDER BY amount DESC, model";
                select(connection, sql, [time_to_ns(since)?], |row| {
                    Ok(Spent {
                        model: row.get(0)?,
                        calls: row.get(1)?,
                        amount: from_column(row.get(2)?),
                    })
                })
            })
            .await
    }
}

/// Charges in full what an earlier process left open: nobody else can have the database open.
pub(crate) fn close_what_was_left_open(connection: &Connection) -> Result<usize, rusqlite::Error> {
    connection.execute("UPDATE charges SET state = 'expired' WHERE state = 'open'", [])
}

fn reserve(
    connection: &Connection,
    reservation: &Reservation,
    caps: Caps,
) -> Result<Result<(), BudgetError>, Fault> {
    let at = reservation.at;
    let of_request = "SELECT coalesce(sum(counted_nano), 0) FROM charges WHERE request_id = ?1";
    let of_key = "SELECT coalesce(sum(counted_nano), 0) FROM charges WHERE at_ns >= ?1 AND payer = ?2";
    let since = "SELECT coalesce(sum(counted_nano), 0) FROM charges WHERE at_ns >= ?1";
    let (day, month) = (time_to_ns(at.start_of_day())?, time_to_ns(at.start_of_month())?);
    // An owner's requests come without a key, and are bounded by the others.
    let per_key = caps.per_key.filter(|_| !reservation.key.is_empty());
    for (kind, cap) in [
        (CapKind::Request, caps.per_request),
        (CapKind::Key, per_key),
        (CapKind::Day, caps.daily),
        (CapKind::Month, caps.monthly),
    ] {
        let Some(cap) = cap else { continue };
        let used = match kind {
            CapKind::Request => sum(connection, of_request, [&reservation.request_id])?,
            CapKind::Key => sum(connection, of_key, params![day, reservation.key])?,
            CapKind::Day => sum(connection, since, [day])?,
            CapKind::Month => sum(connection, since, [month])?,
        };
        if used.plus(reservation.amount) > cap {
            return Ok(Err(BudgetError::Exceeded {
                kind,
                cap,
                used,
                asked: reservation.amount,
                model: reservation.model.clone(),
            }));
        }
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO charges (id, request_id, payer, model, at_ns, expires_at_ns, reserved_nano, counted_nano, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 'open')",
    )?;
    statement.execute(params![
        reservation.id,
        reservation.request_id,
        reservation.key,
        reservation.model,
        time_to_ns(at)?,
        time_to_ns(reservation.expires_at)?,
        to_column(reservation.amount)?,
    ])?;
    Ok(Ok(()))
}

fn charge(connection: &Connection, id: &str, amount: NanoUsd) -> Result<Result<(), StoreError>, Fault> {
    let mut statement = connection.prepare_cached("SELECT state FROM charges WHERE id = ?1")?;
    let state: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
    Ok(match state.as_deref() {
        None => Err(StoreError::NotFound {
            what: "reservation",
            id: id.to_owned(),
        }),
        Some("charged") => Err(StoreError::Invalid(format!(
            "the reservation `{id}` was charged before"
        ))),
        Some(_) => {
            let mut statement = connection
                .prepare_cached("UPDATE charges SET state = 'charged', counted_nano = ?2 WHERE id = ?1")?;
            statement.execute(params![id, to_column(amount)?])?;
            Ok(())
        }
    })
}

fn spending(connection: &Connection, now: Timestamp) -> Result<Spending, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(counted_nano) FILTER (WHERE at_ns >= ?1), 0),
                coalesce(sum(counted_nano), 0),
                coalesce(sum(counted_nano) FILTER (WHERE state = 'open'), 0)
           FROM charges WHERE at_ns >= ?2",
    )?;
    let (day, month) = (time_to_ns(now.start_of_day())?, time_to_ns(now.start_of_month())?);
    Ok(statement.query_row([day, month], |row| {
        Ok(Spending {
            today: from_column(row.get(0)?),
            month: from_column(row.get(1)?),
            reserved: from_column(row.get(2)?),
        })
    })?)
}

fn sum(connection: &Connection, sql: &str, params: impl Params) -> Result<NanoUsd, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(from_column(statement.query_row(params, |row| row.get(0))?))
}

fn to_column(amount: NanoUsd) -> Result<i64, Fault> {
    // A million dollars, so that sums stay far below i64::MAX.
    i64::try_from(amount.0)
        .ok()
        .filter(|nano| *nano <= 1_000_000_000_000_000)
        .ok_or_else(|| Fault::Value(format!("{amount} is more than one call can cost")))
}

fn from_column(nano: i64) -> NanoUsd {
    NanoUsd(u64::try_from(nano).unwrap_or(0))
}
