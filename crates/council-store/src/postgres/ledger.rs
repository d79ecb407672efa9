//! The ledger in PostgreSQL.

use super::conversations::append;
use super::{PostgresStore, count};
use crate::columns::{
    cost_from_nano_usd, cost_to_nano_usd, duration_from_ns, duration_to_ns, limit_and_offset,
    locality_from_name, locality_name, outcome_from_name, time_from_ns, time_to_ns,
};
use crate::memory::postgres::server::PgFault;
use async_trait::async_trait;
use council_core::{
    Ledger, LedgerEntry, LedgerSummary, MessageId, ModelSpend, NewMessage, Page, StoreError, Timestamp, Usage,
};
use deadpool_postgres::{Client, Transaction};
use tokio_postgres::Row;

#[async_trait]
impl Ledger for PostgresStore {
    async fn settle(
        &self,
        entry: LedgerEntry,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<MessageId>, StoreError> {
        let mut client = self.client().await?;
        self.told(settle(&mut client, &entry, &messages).await)
    }

    async fn summary(&self, user: Option<&str>, since: Timestamp) -> Result<LedgerSummary, StoreError> {
        let mut client = self.client().await?;
        self.told(summary(&mut client, user, since).await)
    }

    async fn entries(&self, user: &str, page: Page) -> Result<Vec<LedgerEntry>, StoreError> {
        let client = self.client().await?;
        self.told(entries(&client, user, page).await)
    }
}

async fn settle(
    client: &mut Client,
    entry: &LedgerEntry,
    messages: &[NewMessage],
) -> Result<Vec<MessageId>, PgFault> {
    let transaction = client.transaction().await?;
    insert(&transaction, entry).await?;
    let mut ids = Vec::with_capacity(messages.len());
    for message in messages {
        ids.push(append(&transaction, message).await?);
    }
    transaction.commit().await?;
    Ok(ids)
}

async fn insert(transaction: &Transaction<'_>, entry: &LedgerEntry) -> Result<(), PgFault> {
    let sql = transaction
        .prepare_cached(
            "INSERT INTO ledger
                 (request_id, started_at_ns, route, model, locality, input_tokens, cached_tokens, output_tokens,
                  cost_nano_usd, latency_ns, first_token_ns, outcome, owner)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (request_id) DO NOTHING",
        )
        .await?;
    let rows = transaction
        .execute(
            &sql,
            &[
                &entry.request_id,
                &time_to_ns(entry.started_at)?,
                &entry.route,
                &entry.model,
                &locality_name(entry.locality),
                &i64::from(entry.usage.input_tokens),
                &i64::from(entry.usage.cached_tokens),
                &i64::from(entry.usage.output_tokens),
                &cost_to_nano_usd(entry.cost_usd)?,
                &duration_to_ns(entry.latency)?,
                &entry.first_token.map(duration_to_ns).transpose()?,
                &entry.outcome.as_str(),
                &entry.user,
            ],
        )
        .await?;
    if rows == 0 {
        return Err(PgFault::Value(format!(
            "request `{}` is settled already",
            entry.request_id
        )));
    }
    Ok(())
}

/// Both queries see the same moment.
async fn summary(
    client: &mut Client,
    user: Option<&str>,
    since: Timestamp,
) -> Result<LedgerSummary, PgFault> {
    let since = time_to_ns(since)?;
    let transaction = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let totals = "SELECT count(*),
                         count(*) FILTER (WHERE outcome = 'failed'),
                         count(*) FILTER (WHERE locality = 'remote' AND model <> ''),
                         coalesce(sum(input_tokens), 0)::bigint,
                         coalesce(sum(cached_tokens), 0)::bigint,
                         coalesce(sum(output_tokens), 0)::bigint,
                         coalesce(sum(cost_nano_usd), 0)::bigint
                  FROM ledger WHERE started_at_ns >= $1 AND ($2::text IS NULL OR owner = $2)";
    let by_model = "SELECT model, count(*) AS requests, sum(cost_nano_usd)::bigint
                    FROM ledger WHERE started_at_ns >= $1 AND ($2::text IS NULL OR owner = $2) AND model <> ''
                    GROUP BY model ORDER BY requests DESC, model";
    let totals = transaction.query_one(totals, &[&since, &user]).await?;
    let models = transaction.query(by_model, &[&since, &user]).await?;
    let spend = |row: &Row| ModelSpend {
        model: row.get(0),
        requests: count(row.get(1)),
        cost_usd: cost_from_nano_usd(row.get(2)),
    };
    let total = |column: usize| count(totals.get(column));
    Ok(LedgerSummary {
        requests: total(0),
        failed: total(1),
        remote: total(2),
        input_tokens: total(3),
        cached_tokens: total(4),
        output_tokens: total(5),
        cost_usd: cost_from_nano_usd(totals.get(6)),
        by_model: models.iter().map(spend).collect(),
    })
}

async fn entries(client: &Client, user: &str, page: Page) -> Result<Vec<LedgerEntry>, PgFault> {
    let (limit, offset) = limit_and_offset(page)?;
    let sql = "SELECT request_id, started_at_ns, route, model, locality, input_tokens, cached_tokens,
                      output_tokens, cost_nano_usd, latency_ns, first_token_ns, outcome, owner
               FROM ledger WHERE owner = $3 ORDER BY started_at_ns DESC, key DESC LIMIT $1 OFFSET $2";
    let rows = client.query(sql, &[&limit, &offset, &user]).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<LedgerEntry, PgFault> {
    let tokens = |column: usize| u32::try_from(row.get::<_, i64>(column)).unwrap_or(u32::MAX);
    Ok(LedgerEntry {
        request_id: row.get(0),
        started_at: time_from_ns(row.get(1)),
        route: row.get(2),
        model: row.get(3),
        locality: locality_from_name(row.get(4))?,
        usage: Usage {
            input_tokens: tokens(5),
            cached_tokens: tokens(6),
            output_tokens: tokens(7),
        },
        cost_usd: cost_from_nano_usd(row.get(8)),
        latency: duration_from_ns(row.get(9)),
        first_token: row.get::<_, Option<i64>>(10).map(duration_from_ns),
        outcome: outcome_from_name(row.get(11))?,
        user: row.get(12),
    })
}
