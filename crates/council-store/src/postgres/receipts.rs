//! Receipts in PostgreSQL: each as one JSON document, with columns for what lists are filtered by.

use super::{PostgresStore, count};
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::memory::postgres::server::PgFault;
use async_trait::async_trait;
use council_core::{
    ConversationId, Feedback, Page, Rating, Receipt, ReceiptFilter, ReceiptStore, SkillKind, StoreError,
    Timestamp, Verdicts,
};
use deadpool_postgres::Client;
use tokio_postgres::types::ToSql;

#[async_trait]
impl ReceiptStore for PostgresStore {
    async fn keep_receipt(&self, receipt: Receipt) -> Result<(), StoreError> {
        let client = self.client().await?;
        self.told(insert(&client, &receipt).await)
    }

    async fn receipt(&self, request_id: &str) -> Result<(Receipt, Vec<Feedback>), StoreError> {
        let client = self.client().await?;
        let found = async {
            let (key, receipt) = find(&client, request_id).await?;
            Ok((receipt, feedback(&client, key, request_id).await?))
        };
        self.told(found.await)
    }

    async fn receipts(&self, filter: ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), StoreError> {
        let client = self.client().await?;
        self.told(list(&client, &filter, page).await)
    }

    async fn note(&self, feedback: Feedback) -> Result<(), StoreError> {
        let client = self.client().await?;
        let noted = async {
            let (key, _) = find(&client, &feedback.request_id).await?;
            let sql = "INSERT INTO feedback (receipt_key, rating, at_ns, note) VALUES ($1, $2, $3, $4)";
            let at = time_to_ns(feedback.at)?;
            let rating = feedback.rating.as_str();
            client.execute(sql, &[&key, &rating, &at, &feedback.note]).await?;
            Ok(())
        };
        self.told(noted.await)
    }

    async fn verdicts(&self) -> Result<Vec<Verdicts>, StoreError> {
        let client = self.client().await?;
        self.told(verdicts(&client).await)
    }
}

/// The last verdict on each receipt, added up.
const VERDICTS: &str = "
    WITH last AS (
        SELECT DISTINCT ON (receipt_key) receipt_key, rating FROM feedback
         WHERE rating IN ('up', 'down', 'right', 'wrong') ORDER BY receipt_key, key DESC
    )
    SELECT answered_by, coalesce(receipt::json #>> '{decision,kind}', skill) AS kind,
           count(*) FILTER (WHERE rating IN ('up', 'right')), count(*) FILTER (WHERE rating IN ('down', 'wrong'))
      FROM last JOIN receipts ON receipts.key = last.receipt_key
     GROUP BY answered_by, kind";

async fn verdicts(client: &Client) -> Result<Vec<Verdicts>, PgFault> {
    let verdicts = |row: &tokio_postgres::Row| {
        let times = |column| u32::try_from(row.get::<_, i64>(column)).unwrap_or(u32::MAX);
        let kind: &str = row.get(1);
        Ok(Verdicts {
            answered_by: row.get(0),
            kind: SkillKind::from_name(kind)
                .ok_or_else(|| PgFault::Value(format!("`{kind}` is no kind of question")))?,
            right: times(2),
            wrong: times(3),
        })
    };
    let rows = client.query(VERDICTS, &[]).await?;
    let mut all: Vec<Verdicts> = rows.iter().map(verdicts).collect::<Result<_, PgFault>>()?;
    // Here, so that the order is not the one of the database's language.
    all.sort_by_key(|one| (one.answered_by.clone(), one.kind.as_str()));
    Ok(all)
}

async fn insert(client: &Client, receipt: &Receipt) -> Result<(), PgFault> {
    // As conversations are kept, so that it goes with its own.
    let conversation = receipt.conversation.as_deref().and_then(ConversationId::parse);
    let conversation = conversation.map(|id| id.of(&receipt.user).kept().into_owned());
    let document = serde_json::to_string(receipt).map_err(|error| PgFault::Value(error.to_string()))?;
    let sql = client
        .prepare_cached(
            "INSERT INTO receipts
                 (request_id, started_at_ns, conversation, answered_by, skill, outcome, escalated, receipt, owner)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (request_id) DO NOTHING",
        )
        .await?;
    client
        .execute(
            &sql,
            &[
                &receipt.request_id,
                &time_to_ns(Timestamp::from_millis(receipt.started_at_ms))?,
                &conversation,
                &receipt.answered_by,
                &receipt.skill.as_str(),
                &receipt.outcome,
                &receipt.escalated(),
                &document,
                &receipt.user,
            ],
        )
        .await?;
    Ok(())
}

async fn find(client: &Client, request_id: &str) -> Result<(i64, Receipt), PgFault> {
    let sql = "SELECT key, receipt FROM receipts WHERE request_id = $1";
    let found = client.query_opt(sql, &[&request_id]).await?;
    let row = found.ok_or_else(|| StoreError::NotFound {
        what: "receipt",
        id: request_id.to_owned(),
    })?;
    Ok((row.get(0), parse(row.get(1))?))
}

async fn feedback(client: &Client, key: i64, request_id: &str) -> Result<Vec<Feedback>, PgFault> {
    let sql = "SELECT rating, at_ns, note FROM feedback WHERE receipt_key = $1 ORDER BY key";
    let rows = client.query(sql, &[&key]).await?;
    let feedback = |row: &tokio_postgres::Row| {
        let rating: &str = row.get(0);
        Ok(Feedback {
            request_id: request_id.to_owned(),
            rating: Rating::from_name(rating)
                .ok_or_else(|| PgFault::Value(format!("`{rating}` is no rating")))?,
            at: time_from_ns(row.get(1)),
            note: row.get(2),
        })
    };
    rows.iter().map(feedback).collect()
}

async fn list(client: &Client, filter: &ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), PgFault> {
    let (limit, offset) = limit_and_offset(page)?;
    let time = |time: Option<Timestamp>| time.map(time_to_ns).transpose();
    let skill = filter.skill.map(council_core::SkillKind::as_str);
    let conversation = filter.conversation.as_ref().map(ConversationId::kept);
    let (since, until) = (time(filter.since)?, time(filter.until)?);
    let wanted = "($1::text IS NULL OR answered_by = $1) AND ($2::text IS NULL OR skill = $2)
        AND ($3::text IS NULL OR conversation = $3) AND ($4::text IS NULL OR outcome = $4)
        AND ($5::boolean IS NULL OR escalated = $5) AND ($6::bigint IS NULL OR started_at_ns >= $6)
        AND ($7::bigint IS NULL OR started_at_ns < $7) AND ($8::text IS NULL OR owner = $8)";
    let values: [&(dyn ToSql + Sync); 8] = [
        &filter.answered_by,
        &skill,
        &conversation,
        &filter.outcome,
        &filter.escalated,
        &since,
        &until,
        &filter.user,
    ];
    let sql = format!("SELECT count(*) FROM receipts WHERE {wanted}");
    let total = count(client.query_one(&sql, &values).await?.get(0));
    let sql = format!(
        "SELECT receipt FROM receipts WHERE {wanted} ORDER BY started_at_ns DESC, key DESC LIMIT $9 OFFSET $10"
    );
    let mut values = values.to_vec();
    values.extend([&limit as &(dyn ToSql + Sync), &offset]);
    let rows = client.query(&sql, &values).await?;
    let receipts: Result<Vec<Receipt>, PgFault> = rows.iter().map(|row| parse(row.get(0))).collect();
    Ok((receipts?, total))
}

fn parse(document: &str) -> Result<Receipt, PgFault> {
    serde_json::from_str(document)
        .map_err(|error| PgFault::Value(format!("a receipt cannot be read: {error}")))
}
