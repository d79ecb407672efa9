//! The books of what is spent, in PostgreSQL. A lock of the database, held by one transaction at a time, makes what a
//! reservation checks and what it notes one, whichever Council asks.

use super::{BUDGET_LOCK, PostgresStore, count};
use crate::columns::time_to_ns;
use crate::memory::postgres::server::PgFault;
use async_trait::async_trait;
use council_core::{
    Budget, BudgetError, CapKind, Caps, NanoUsd, Reservation, Spending, Spent, StoreError, Timestamp,
};
use deadpool_postgres::{Client, Transaction};

#[async_trait]
impl Budget for PostgresStore {
    async fn reserve(&self, reservation: Reservation, caps: Caps) -> Result<(), BudgetError> {
        let mut client = self.client().await?;
        self.told(reserve(&mut client, &reservation, caps).await)?
    }

    async fn charge(&self, reservation: &str, amount: NanoUsd) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        self.told(charge(&mut client, reservation, amount).await)
    }

    async fn expire(&self, now: Timestamp) -> Result<u64, StoreError> {
        let client = self.client().await?;
        let expired = async {
            let sql = "UPDATE charges SET state = 'expired' WHERE state = 'open' AND expires_at_ns <= $1";
            Ok(client.execute(sql, &[&time_to_ns(now)?]).await?)
        };
        self.told(expired.await)
    }

    async fn spending(&self, now: Timestamp) -> Result<Spending, StoreError> {
        let client = self.client().await?;
        self.told(spending(&client, now).await)
    }

    async fn spent_since(&self, since: Timestamp) -> Result<Vec<Spent>, StoreError> {
        let client = self.client().await?;
        let spent = async {
            let sql = "SELECT model, count(*), sum(counted_nano)::bigint AS amount FROM charges
                       WHERE at_ns >= $1 AND counted_nano > 0 GROUP BY model ORDER BY amount DESC, model";
            let rows = client.query(sql, &[&time_to_ns(since)?]).await?;
            let spent = |row: &tokio_postgres::Row| Spent {
                model: row.get(0),
                calls: count(row.get(1)),
                amount: NanoUsd(count(row.get(2))),
            };
            Ok(rows.iter().map(spent).collect())
        };
        self.told(spent.await)
    }
}

async fn reserve(
    client: &mut Client,
    reservation: &Reservation,
    caps: Caps,
) -> Result<Result<(), BudgetError>, PgFault> {
    let amount = to_column(reservation.amount)?;
    let transaction = client.transaction().await?;
    // The sums are asked for after the lock is ours: they see what those before us have noted.
    let lock = transaction
        .prepare_cached("SELECT pg_advisory_xact_lock($1)")
        .await?;
    transaction.execute(&lock, &[&BUDGET_LOCK]).await?;
    // An owner's requests come without a key, and are bounded by the others.
    let per_key = caps.per_key.filter(|_| !reservation.key.is_empty());
    let used = used(&transaction, reservation).await?;
    for ((kind, cap), used) in [
        (CapKind::Request, caps.per_request),
        (CapKind::Key, per_key),
        (CapKind::Day, caps.daily),
        (CapKind::Month, caps.monthly),
    ]
    .into_iter()
    .zip(used)
    {
        let Some(cap) = cap else { continue };
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
    let note = transaction
        .prepare_cached(
            "INSERT INTO charges
                 (id, request_id, payer, model, at_ns, expires_at_ns, reserved_nano, counted_nano, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 'open')",
        )
        .await?;
    transaction
        .execute(
            &note,
            &[
                &reservation.id,
                &reservation.request_id,
                &reservation.key,
                &reservation.model,
                &time_to_ns(reservation.at)?,
                &time_to_ns(reservation.expires_at)?,
                &amount,
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// What counts for the request, the key's day, the day and the month.
async fn used(transaction: &Transaction<'_>, reservation: &Reservation) -> Result<[NanoUsd; 4], PgFault> {
    let (day, month) = (
        time_to_ns(reservation.at.start_of_day())?,
        time_to_ns(reservation.at.start_of_month())?,
    );
    let sql = transaction
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(counted_nano), 0)::bigint FROM charges WHERE request_id = $1),
                    coalesce(sum(counted_nano) FILTER (WHERE at_ns >= $2 AND payer = $3), 0)::bigint,
                    coalesce(sum(counted_nano) FILTER (WHERE at_ns >= $2), 0)::bigint,
                    coalesce(sum(counted_nano), 0)::bigint
             FROM charges WHERE at_ns >= $4",
        )
        .await?;
    let row = transaction
        .query_one(&sql, &[&reservation.request_id, &day, &reservation.key, &month])
        .await?;
    Ok([0, 1, 2, 3].map(|column| NanoUsd(count(row.get(column)))))
}

async fn charge(client: &mut Client, id: &str, amount: NanoUsd) -> Result<(), PgFault> {
    let amount = to_column(amount)?;
    let transaction = client.transaction().await?;
    let sql = "SELECT state FROM charges WHERE id = $1 FOR UPDATE";
    let known = transaction.query_opt(sql, &[&id]).await?;
    let state = known.ok_or_else(|| StoreError::NotFound {
        what: "reservation",
        id: id.to_owned(),
    })?;
    if state.get::<_, &str>(0) == "charged" {
        let message = format!("the reservation `{id}` was charged before");
        return Err(PgFault::Store(StoreError::Invalid(message)));
    }
    let sql = "UPDATE charges SET state = 'charged', counted_nano = $2 WHERE id = $1";
    transaction.execute(sql, &[&id, &amount]).await?;
    transaction.commit().await?;
    Ok(())
}

async fn spending(client: &Client, now: Timestamp) -> Result<Spending, PgFault> {
    let (day, month) = (time_to_ns(now.start_of_day())?, time_to_ns(now.start_of_month())?);
    let sql = "SELECT coalesce(sum(counted_nano) FILTER (WHERE at_ns >= $1), 0)::bigint,
                      coalesce(sum(counted_nano), 0)::bigint,
                      coalesce(sum(counted_nano) FILTER (WHERE state = 'open'), 0)::bigint
               FROM charges WHERE at_ns >= $2";
    let row = client.query_one(sql, &[&day, &month]).await?;
    let amount = |column: usize| NanoUsd(count(row.get(column)));
    Ok(Spending {
        today: amount(0),
        month: amount(1),
        reserved: amount(2),
    })
}

fn to_column(amount: NanoUsd) -> Result<i64, PgFault> {
    // A million dollars, so that sums stay far below i64::MAX.
    i64::try_from(amount.0)
        .ok()
        .filter(|nano| *nano <= 1_000_000_000_000_000)
        .ok_or_else(|| PgFault::Value(format!("{amount} is more than one call can cost")))
}
