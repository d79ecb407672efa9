//! The ledger in SQL.

use crate::Store;
use crate::columns::{
    cost_from_nano_usd, cost_to_nano_usd, duration_from_ns, duration_to_ns, limit_and_offset,
    locality_from_name, locality_name, outcome_from_name, time_from_ns, time_to_ns,
};
use crate::conversations::{append, select};
use crate::fault::Fault;
use crate::writer::Durability;
use async_trait::async_trait;
use council_core::{
    Ledger, LedgerEntry, LedgerSummary, MessageId, ModelSpend, NewMessage, Page, StoreError, Timestamp, Usage,
};
use rusqlite::{Connection, Row, params};

#[async_trait]
impl Ledger for Store {
    async fn settle(
        &self,
        entry: LedgerEntry,
        messages: Vec<NewMessage>,
    ) -> Result<Vec<MessageId>, StoreError> {
        // Money and words are worth an fsync; the line of an answer that cost nothing and is kept nowhere is not.
        let durability = if messages.is_empty() && entry.cost_usd == 0.0 {
            Durability::Process
        } else {
            Durability::Disk
        };
        self.writer
            .write_as(durability, move |connection| {
                insert(connection, &entry)?;
                messages
                    .iter()
                    .map(|message| append(connection, message))
                    .collect()
            })
            .await
    }

    async fn summary(&self, user: Option<&str>, since: Timestamp) -> Result<LedgerSummary, StoreError> {
        let user = user.map(str::to_owned);
        self.readers
            .read(move |connection| summary(connection, user.as_deref(), since))
            .await
    }

    async fn entries(&self, user: &str, page: Page) -> Result<Vec<LedgerEntry>, StoreError> {
        let user = user.to_owned();
        self.readers
            .read(move |connection| entries(connection, &user, page))
            .await
    }
}

fn insert(connection: &Connection, entry: &LedgerEntry) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO ledger
             (request_id, started_at_ns, route, model, locality, input_tokens, cached_tokens, output_tokens,
              cost_nano_usd, latency_ns, first_token_ns, outcome, owner)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (request_id) DO NOTHING",
    )?;
    let rows = statement.execute(params![
        entry.request_id,
        time_to_ns(entry.started_at)?,
        entry.route,
        entry.model,
        locality_name(entry.locality),
        entry.usage.input_tokens,
        entry.usage.cached_tokens,
        entry.usage.output_tokens,
        cost_to_nano_usd(entry.cost_usd)?,
        duration_to_ns(entry.latency)?,
        entry.first_token.map(duration_to_ns).transpose()?,
        entry.outcome.as_str(),
        entry.user,
    ])?;
    if rows == 0 {
        return Err(Fault::Value(format!(
            "request `{}` is settled already",
            entry.request_id
        )));
    }
    Ok(())
}

fn summary(connection: &Connection, user: Option<&str>, since: Timestamp) -> Result<LedgerSummary, Fault> {
    let since = time_to_ns(since)?;
    let mut totals = connection.prepare_cached(
        "SELECT count(*),
                count(*) FILTER (WHERE outcome = 'failed'),
                count(*) FILTER (WHERE locality = 'remote' AND model <> ''),
                coalesce(sum(input_tokens), 0),
                coalesce(sum(cached_tokens), 0),
                coalesce(sum(output_tokens), 0),
                coalesce(sum(cost_nano_usd), 0)
         FROM ledger WHERE started_at_ns >= ?1 AND (?2 IS NULL OR owner = ?2)",
    )?;
    let by_model = "SELECT model, count(*) AS requests, sum(cost_nano_usd)
                    FROM ledger WHERE started_at_ns >= ?1 AND (?2 IS NULL OR owner = ?2) AND model <> ''
                    GROUP BY model ORDER BY requests DESC, model";
    let spend = |row: &Row<'_>| {
        let (model, requests) = (row.get(0)?, row.get(1)?);
        Ok(ModelSpend {
            model,
            requests,
            cost_usd: cost_from_nano_usd(row.get(2)?),
        })
    };
    let totals = totals.query_row(params![since, user], |row| {
        Ok(LedgerSummary {
            requests: row.get(0)?,
            failed: row.get(1)?,
            remote: row.get(2)?,
            input_tokens: row.get(3)?,
            cached_tokens: row.get(4)?,
            output_tokens: row.get(5)?,
            cost_usd: cost_from_nano_usd(row.get(6)?),
            by_model: Vec::new(),
        })
    })?;
    Ok(LedgerSummary {
        by_model: select(connection, by_model, params![since, user], spend)?,
        ..totals
    })
}

fn entries(connection: &Connection, user: &str, page: Page) -> Result<Vec<LedgerEntry>, Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let sql = "SELECT request_id, started_at_ns, route, model, locality, input_tokens, cached_tokens,
                      output_tokens, cost_nano_usd, latency_ns, first_token_ns, outcome, owner
               FROM ledger WHERE owner = ?3 ORDER BY started_at_ns DESC, key DESC LIMIT ?1 OFFSET ?2";
    select(connection, sql, params![limit, offset, user], entry_from_row)
}

fn entry_from_row(row: &Row<'_>) -> Result<LedgerEntry, Fault> {
    let (locality, outcome): (String, String) = (row.get(4)?, row.get(11)?);
    Ok(LedgerEntry {
        request_id: row.get(0)?,
        user: row.get(12)?,
        started_at: time_from_ns(row.get(1)?),
        route: row.get(2)?,
        model: row.get(3)?,
        locality: locality_from_name(&locality)?,
        usage: Usage {
            input_tokens: row.get(5)?,
            cached_tokens: row.get(6)?,
            output_tokens: row.get(7)?,
        },
        cost_usd: cost_from_nano_usd(row.get(8)?),
        latency: duration_from_ns(row.get(9)?),
        first_token: row.get::<_, Option<i64>>(10)?.map(duration_from_ns),
        outcome: outcome_from_name(&outcome)?,
    })
}
