//! Receipts in SQL: each as one JSON document, with columns for what lists are filtered by.

use crate::Store;
use crate::columns::{limit_and_offset, time_from_ns, time_to_ns};
use crate::conversations::select;
use crate::fault::Fault;
use crate::writer::Durability;
use async_trait::async_trait;
use council_core::{
    ConversationId, Feedback, Page, Rating, Receipt, ReceiptFilter, ReceiptStore, SkillKind, StoreError,
    Timestamp, Verdicts,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

#[async_trait]
impl ReceiptStore for Store {
    async fn keep_receipt(&self, receipt: Receipt) -> Result<(), StoreError> {
        self.writer
            .write_as(Durability::Process, move |connection| {
                insert(connection, &receipt)
            })
            .await
    }

    async fn receipt(&self, request_id: &str) -> Result<(Receipt, Vec<Feedback>), StoreError> {
        let id = request_id.to_owned();
        self.readers
            .read(move |connection| {
                let (key, receipt) = find(connection, &id)?;
                Ok((receipt, feedback(connection, key, &id)?))
            })
            .await
    }

    async fn receipts(&self, filter: ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), StoreError> {
        self.readers
            .read(move |connection| list(connection, &filter, page))
            .await
    }

    async fn note(&self, feedback: Feedback) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                // Nobody is to lose what others wrote in the same transaction.
                let found = match find(connection, &feedback.request_id) {
                    Err(Fault::Store(error)) => return Ok(Err(error)),
                    found => found,
                };
                let mut statement = connection.prepare_cached(
                    "INSERT INTO feedback (receipt_key, rating, at_ns, note) VALUES (?1, ?2, ?3, ?4)",
                )?;
                let (key, _) = found?;
                statement.execute(params![
                    key,
                    feedback.rating.as_str(),
                    time_to_ns(feedback.at)?,
                    feedback.note
                ])?;
                Ok(Ok(()))
            })
            .await?
    }

    async fn verdicts(&self) -> Result<Vec<Verdicts>, StoreError> {
        self.readers.read(verdicts).await
    }
}

/// The last verdict on each receipt, added up. `max` beside bare columns: SQLite takes those of the row that has it.
const VERDICTS: &str = "
    WITH last AS (
        SELECT receipt_key, rating, max(key) FROM feedback WHERE rating IN ('up', 'down', 'right', 'wrong')
         GROUP BY receipt_key
    )
    SELECT answered_by, coalesce(receipt ->> '$.decision.kind', skill) AS kind,
           sum(rating IN ('up', 'right')), sum(rating IN ('down', 'wrong'))
      FROM last JOIN receipts ON receipts.key = last.receipt_key
     GROUP BY answered_by, kind ORDER BY answered_by, kind";

fn verdicts(connection: &Connection) -> Result<Vec<Verdicts>, Fault> {
    select(connection, VERDICTS, [], |row| {
        let kind: String = row.get(1)?;
        Ok(Verdicts {
            answered_by: row.get(0)?,
            kind: SkillKind::from_name(&kind)
                .ok_or_else(|| Fault::Value(format!("`{kind}` is no kind of question")))?,
            right: row.get(2)?,
            wrong: row.get(3)?,
        })
    })
}

fn insert(connection: &Connection, receipt: &Receipt) -> Result<(), Fault> {
    // As conversations are kept, so that it goes with its own.
    let conversation = receipt.conversation.as_deref().and_then(ConversationId::parse);
    let conversation = conversation.map(|id| id.of(&receipt.user).kept().into_owned());
    let document = serde_json::to_string(receipt).map_err(|error| Fault::Value(error.to_string()))?;
    let mut statement = connection.prepare_cached(
        "INSERT INTO receipts
             (request_id, started_at_ns, conversation, answered_by, skill, outcome, escalated, receipt, owner)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (request_id) DO NOTHING",
    )?;
    statement.execute(params![
        receipt.request_id,
        time_to_ns(Timestamp::from_millis(receipt.started_at_ms))?,
        conversation,
        receipt.answered_by,
        receipt.skill.as_str(),
        receipt.outcome,
        receipt.escalated(),
        document,
        receipt.user,
    ])?;
    Ok(())
}

fn find(connection: &Connection, request_id: &str) -> Result<(i64, Receipt), Fault> {
    let mut statement =
        connection.prepare_cached("SELECT key, receipt FROM receipts WHERE request_id = ?1")?;
    let row = statement.query_row([request_id], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    let (key, document) = row.optional()?.ok_or_else(|| StoreError::NotFound {
        what: "receipt",
        id: request_id.to_owned(),
    })?;
    Ok((key, parse(&document)?))
}

fn feedback(connection: &Connection, key: i64, request_id: &str) -> Result<Vec<Feedback>, Fault> {
    let sql = "SELECT rating, at_ns, note FROM feedback WHERE receipt_key = ?1 ORDER BY key";
    select(connection, sql, [key], |row| {
        let rating: String = row.get(0)?;
        Ok(Feedback {
            request_id: request_id.to_owned(),
            rating: Rating::from_name(&rating)
                .ok_or_else(|| Fault::Value(format!("`{rating}` is no rating")))?,
            at: time_from_ns(row.get(1)?),
            note: row.get(2)?,
        })
    })
}

fn list(connection: &Connection, filter: &ReceiptFilter, page: Page) -> Result<(Vec<Receipt>, u64), Fault> {
    let (limit, offset) = limit_and_offset(page)?;
    let text = |value: &str| Value::from(value.to_owned());
    let time = |time: Timestamp| time_to_ns(time).map(Value::from);
    let conversation = filter.conversation.as_ref().map(ConversationId::kept);
    let wanted = [
        ("answered_by = ?", filter.answered_by.as_deref().map(text)),
        ("skill = ?", filter.skill.map(|skill| text(skill.as_str()))),
        ("conversation = ?", conversation.as_deref().map(text)),
        ("owner = ?", filter.user.as_deref().map(text)),
        ("outcome = ?", filter.outcome.as_deref().map(text)),
        ("escalated = ?", filter.escalated.map(Value::from)),
        ("started_at_ns >= ?", filter.since.map(time).transpose()?),
        ("started_at_ns < ?", filter.until.map(time).transpose()?),
    ];
    let wanted = wanted
        .into_iter()
        .filter_map(|(condition, value)| Some((condition, value?)));
    let (conditions, mut values): (Vec<&str>, Vec<Value>) = wanted.unzip();
    let conditions = if conditions.is_empty() {
        "1".to_owned()
    } else {
        conditions.join(" AND ")
    };
    let count = format!("SELECT count(*) FROM receipts WHERE {conditions}");
    let mut statement = connection.prepare_cached(&count)?;
    let total = statement.query_row(params_from_iter(&values), |row| row.get(0))?;
    let sql = format!(
        "SELECT receipt FROM receipts WHERE {conditions} ORDER BY started_at_ns DESC, key DESC LIMIT ? OFFSET ?"
    );
    values.extend([Value::from(limit), Value::from(offset)]);
    let from_row = |row: &Row<'_>| parse(&row.get::<_, String>(0)?);
    Ok((
        select(connection, &sql, params_from_iter(&values), from_row)?,
        total,
    ))
}

fn parse(document: &str) -> Result<Receipt, Fault> {
    serde_json::from_str(document).map_err(|error| Fault::Value(format!("a receipt cannot be read: {error}")))
}
