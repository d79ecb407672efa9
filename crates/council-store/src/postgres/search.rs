//! Words in conversations and their titles.

use super::conversations::{COLUMNS, from_row, key};
use super::count;
use super::snippet::snippet;
use crate::columns::{content_from_json, time_from_ns};
use crate::memory::postgres::server::PgFault;
use crate::memory::words::each_word;
use council_core::{
    Content, Conversation, ConversationHit, ConversationId, ConversationQuery, FoundMessage, MessageId, Role,
    Snippet,
};
use deadpool_postgres::Client;
use std::collections::HashMap;
use tokio_postgres::Row;

/// Most words of a query that are looked for.
const WORDS: usize = 16;

/// Messages that are looked at, the best first: several can be of one conversation.
const MESSAGES: i64 = 300;

/// Most matches that are weighed against one another; of more, the latest come first.
const WEIGHED: i64 = 1_000;

/// Words of a text that are found, in bytes: what PostgreSQL keeps of a text's words is bounded (1 MiB with their places).
const FOUND_BYTES: usize = 256 << 10;

/// Characters of a message that is found by its text.
const HEAD_CHARS: usize = 200;

/// What was said in a message.
pub(super) fn said(content: &[Content]) -> String {
    let texts = content.iter().filter_map(|part| match part {
        Content::Text(text) => Some(text.as_str()),
        Content::ImageUrl(_) | Content::Image(_) | Content::File(_) => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// The words of a text as they are kept, with a space between them.
pub(super) fn words_to_keep(text: &str) -> String {
    let mut words = String::new();
    each_word(text, &mut String::new(), |word| {
        if words.len() + word.len() < FOUND_BYTES {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    });
    words
}

/// Conversations that have all words of a query, or else any.
pub(super) async fn search(
    client: &Client,
    query: &ConversationQuery,
) -> Result<Vec<ConversationHit>, PgFault> {
    let mut words = Vec::new();
    each_word(&query.text, &mut String::new(), |word| {
        words.push(word.to_owned());
    });
    words.truncate(WORDS);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let hits = matching(client, query, &words, " & ").await?;
    if hits.is_empty() && words.len() > 1 {
        return matching(client, query, &words, " | ").await;
    }
    Ok(hits)
}

/// The words in the language of `to_tsquery`. They are letters and digits only; the last may be the beginning of one.
fn expression(words: &[String], between: &str) -> String {
    words.join(between) + ":*"
}

async fn matching(
    client: &Client,
    query: &ConversationQuery,
    words: &[String],
    between: &str,
) -> Result<Vec<ConversationHit>, PgFault> {
    let expression = expression(words, between);
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
    let wanted = "to_tsvector('simple', w.words) @@ to_tsquery('simple', $1)
        AND c.owner = $5 AND c.archived = $2 AND ($3::text IS NULL OR c.folder = $3)";
    let rank = "ts_rank_cd(to_tsvector('simple', w.words), to_tsquery('simple', $1), 1)::float8";
    let titles = format!(
        "SELECT w.key, {rank} AS rank FROM conversations w JOIN conversations c ON c.key = w.key
         WHERE {wanted} ORDER BY rank DESC, w.key DESC LIMIT $4"
    );
    let sql = client.prepare_cached(&titles).await?;
    let titles = client
        .query(
            &sql,
            &[&expression, &query.archived, &query.folder, &limit, &query.user],
        )
        .await?;
    let titles: Vec<(i64, f64)> = titles.iter().map(|row| (row.get(0), row.get(1))).collect();
    let (weight, order) = order(client, &expression, rank).await?;
    let messages = format!(
        "SELECT c.key, w.id, {weight} AS rank FROM messages w JOIN conversations c ON c.key = w.conversation_key
         WHERE {wanted} ORDER BY {order} LIMIT $4"
    );
    let sql = client.prepare_cached(&messages).await?;
    let messages = client
        .query(
            &sql,
            &[
                &expression,
                &query.archived,
                &query.folder,
                &MESSAGES,
                &query.user,
            ],
        )
        .await?;
    // The best of each conversation.
    let mut best: HashMap<i64, (i64, f64)> = HashMap::new();
    let mut keys: Vec<i64> = titles.iter().map(|(key, _)| *key).collect();
    for row in &messages {
        let (key, message, score) = (row.get(0), row.get(1), row.get(2));
        best.entry(key).or_insert((message, score));
        if !keys.contains(&key) && keys.len() < query.limit {
            keys.push(key);
        }
    }
    let titles: HashMap<i64, f64> = titles.into_iter().collect();
    let conversations = conversations(client, &keys).await?;
    let ids: Vec<i64> = keys.iter().filter_map(|key| Some(best.get(key)?.0)).collect();
    let mut found = found(client, &ids, words).await?;
    let hit = |key: &i64| {
        let message = best.get(key);
        // One that was removed meanwhile is left out.
        let conversation = conversations.get(key)?.clone();
        Some(ConversationHit {
            conversation,
            message: message.and_then(|(message, _)| found.remove(message)),
            in_title: titles.contains_key(key),
            score: message.map_or(0.0, |(_, score)| *score) + titles.get(key).copied().unwrap_or(0.0),
        })
    };
    Ok(keys.iter().filter_map(hit).collect())
}

/// What messages that match weigh, and the order of that: how well they fit or, where very many match, their age.
async fn order<'a>(
    client: &Client,
    expression: &str,
    rank: &'a str,
) -> Result<(&'a str, &'static str), PgFault> {
    let sql = "SELECT count(*) FROM (
                   SELECT 1 FROM messages
                   WHERE to_tsvector('simple', words) @@ to_tsquery('simple', $1) LIMIT $2) AS matches";
    let sql = client.prepare_cached(sql).await?;
    let matches: i64 = client
        .query_one(&sql, &[&expression, &(WEIGHED + 1)])
        .await?
        .get(0);
    Ok(if matches > WEIGHED {
        ("w.id::float8", "w.id DESC")
    } else {
        (rank, "rank DESC, w.id DESC")
    })
}

async fn conversations(client: &Client, keys: &[i64]) -> Result<HashMap<i64, Conversation>, PgFault> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE key = ANY ($1)");
    let sql = client.prepare_cached(&sql).await?;
    let rows = client.query(&sql, &[&keys]).await?;
    rows.iter().map(|row| Ok((row.get(10), from_row(row)?))).collect()
}

const FOUND: &str = "m.id, m.role, m.depth, m.created_at_ns, m.content";

/// Messages with the words marked.
async fn found(
    client: &Client,
    ids: &[i64],
    words: &[String],
) -> Result<HashMap<i64, FoundMessage>, PgFault> {
    let sql = format!("SELECT {FOUND} FROM messages m WHERE m.id = ANY ($1)");
    let sql = client.prepare_cached(&sql).await?;
    let rows = client.query(&sql, &[&ids]).await?;
    let message = |row: &Row| {
        let said = said(&content_from_json(row.get(4))?);
        let snippet = snippet(&said, words).unwrap_or_else(|| head(&said));
        Ok((row.get(0), found_from_row(row, snippet)?))
    };
    rows.iter().map(message).collect()
}

/// The latest message of a conversation that has a text in it.
pub(super) async fn saying(
    client: &Client,
    id: &ConversationId,
    text: &str,
) -> Result<Option<FoundMessage>, PgFault> {
    let Some(key) = key(client, id).await? else {
        return Ok(None);
    };
    let sql = format!("SELECT {FOUND} FROM messages m WHERE m.conversation_key = $1 ORDER BY m.id DESC");
    let rows = client.query(&sql, &[&key]).await?;
    for row in &rows {
        let said = said(&content_from_json(row.get(4))?);
        if said.contains(text) {
            return Ok(Some(found_from_row(row, head(text))?));
        }
    }
    Ok(None)
}

/// The beginning of a text.
fn head(text: &str) -> Snippet {
    let mut text = text.to_owned();
    if let Some((end, _)) = text.char_indices().nth(HEAD_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    Snippet {
        text,
        marks: Vec::new(),
    }
}

fn found_from_row(row: &Row, snippet: Snippet) -> Result<FoundMessage, PgFault> {
    let role: &str = row.get(1);
    let unknown = || PgFault::Value(format!("a message has an unknown role: `{role}`"));
    Ok(FoundMessage {
        id: MessageId(row.get(0)),
        role: Role::parse(role).ok_or_else(unknown)?,
        depth: count(row.get(2)),
        created_at: time_from_ns(row.get(3)),
        snippet,
    })
}
