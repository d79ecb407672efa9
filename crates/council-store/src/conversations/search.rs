//! Words in conversations and their titles.

use super::{COLUMNS, conversation_from_row, select};
use crate::columns::time_from_ns;
use crate::fault::Fault;
use council_core::{
    Conversation, ConversationHit, ConversationQuery, FoundMessage, MessageId, Role, Snippet,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;

/// Most words of a query that are looked for.
const WORDS: usize = 16;

/// Messages that are looked at, the best first: several can be of one conversation.
const MESSAGES: usize = 300;

/// Most matches that are weighed against one another; of more, the latest come first.
const WEIGHED: usize = 1_000;

/// Words of a snippet.
const SNIPPET_WORDS: usize = 24;

/// Around the marked words of a snippet: control characters, which texts rarely have. Where one does, a mark is off.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// Characters of a message that is found by its text.
const HEAD_CHARS: usize = 200;

/// Conversations that have all words of a query, or else any.
pub(super) fn search(
    connection: &Connection,
    query: &ConversationQuery,
) -> Result<Vec<ConversationHit>, Fault> {
    let words = words(&query.text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let hits = matching(connection, query, &words.join(" "))?;
    if hits.is_empty() && words.len() > 1 {
        return matching(connection, query, &words.join(" OR "));
    }
    Ok(hits)
}

/// The words in the language of FTS5, each quoted; the last may be the beginning of one.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control() || c == '"');
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
    let mut words: Vec<String> = words.take(WORDS).map(|word| format!("\"{word}\"")).collect();
    if let Some(last) = words.last_mut() {
        last.push('*');
    }
    words
}

fn matching(
    connection: &Connection,
    query: &ConversationQuery,
    expression: &str,
) -> Result<Vec<ConversationHit>, Fault> {
    let (weight, order) = order(connection, expression)?;
    let found = |sql: &str, most: usize| -> Result<Vec<(i64, i64, f64)>, Fault> {
        let parameters = params![expression, query.archived, query.folder, most as i64, query.user];
        select(connection, sql, parameters, |row| {
            // The less SQLite's bm25, the better.
            Ok((row.get(0)?, row.get(1)?, -row.get::<_, f64>(2)?))
        })
    };
    let titles = found(
        "SELECT c.key, c.key, w.rank FROM title_words w JOIN conversations c ON c.key = w.rowid
         WHERE title_words MATCH ?1 AND c.owner = ?5 AND c.archived = ?2 AND (?3 IS NULL OR c.folder = ?3)
         ORDER BY w.rank LIMIT ?4",
        query.limit,
    )?;
    let messages = found(
        &format!(
            "SELECT c.key, m.id, {weight} FROM message_words w
             JOIN messages m ON m.id = w.rowid JOIN conversations c ON c.key = m.conversation_key
             WHERE message_words MATCH ?1 AND c.owner = ?5 AND c.archived = ?2 AND (?3 IS NULL OR c.folder = ?3)
             ORDER BY {order} LIMIT ?4"
        ),
        MESSAGES,
    )?;
    // The best of each conversation.
    let mut best: HashMap<i64, (i64, f64)> = HashMap::new();
    for (key, message, score) in &messages {
        best.entry(*key).or_insert((*message, *score));
    }
    let mut keys: Vec<(i64, bool)> = titles.iter().map(|(key, _, _)| (*key, true)).collect();
    for (key, _, _) in &messages {
        if keys.iter().all(|(known, _)| known != key) && keys.len() < query.limit {
            keys.push((*key, false));
        }
    }
    let scores: HashMap<i64, f64> = titles.iter().map(|(key, _, score)| (*key, *score)).collect();
    let hit = |(key, in_title): (i64, bool)| {
        let message = best.get(&key);
        Ok(ConversationHit {
            conversation: conversation(connection, key)?,
            message: match message {
                Some((message, _)) => marked(connection, expression, *message)?,
                None => None,
            },
            in_title,
            score: message.map_or(0.0, |(_, score)| *score) + scores.get(&key).copied().unwrap_or(0.0),
        })
    };
    keys.into_iter().map(hit).collect()
}

/// What messages that match weigh, the less the better, and the order of that: how well they fit or, where very many match,
/// their age, because SQLite looks at all of them to weigh one.
fn order(connection: &Connection, expression: &str) -> Result<(&'static str, &'static str), Fault> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM message_words WHERE message_words MATCH ?1 LIMIT ?2)";
    let mut statement = connection.prepare_cached(sql)?;
    let weighed = WEIGHED as i64;
    let matches: i64 = statement.query_row(params![expression, weighed + 1], |row| row.get(0))?;
    Ok(if matches > weighed {
        ("-w.rowid", "w.rowid DESC")
    } else {
        ("w.rank", "w.rank")
    })
}

fn conversation(connection: &Connection, key: i64) -> Result<Conversation, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM conversations WHERE key = ?1");
    let found = select(connection, &sql, [key], conversation_from_row)?.pop();
    found.ok_or_else(|| {
        Fault::Value(format!(
            "the index of words names conversation {key}, which is gone"
        ))
    })
}

/// A message with the words of an expression marked.
fn marked(connection: &Connection, expression: &str, message: i64) -> Result<Option<FoundMessage>, Fault> {
    let sql = "SELECT m.id, m.role, m.depth, m.created_at_ns, snippet(message_words, 0, ?3, ?4, '…', ?5)
               FROM message_words w JOIN messages m ON m.id = w.rowid
               WHERE message_words MATCH ?1 AND w.rowid = ?2";
    let [open, close] = MARKS.map(String::from);
    let parameters = params![expression, message, open, close, SNIPPET_WORDS as i64];
    Ok(select(connection, sql, parameters, found_from_row)?.pop())
}

/// The latest message that has a text in it.
pub(super) fn saying(connection: &Connection, key: i64, text: &str) -> Result<Option<FoundMessage>, Fault> {
    let sql = "SELECT m.id, m.role, m.depth, m.created_at_ns, ?2
               FROM messages m JOIN message_texts t ON t.id = m.id
               WHERE m.conversation_key = ?1 AND instr(t.text, ?2) ORDER BY m.id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement
        .query_row(params![key, text], |row| Ok(found_from_row(row)))
        .optional()?;
    let mut found = found.transpose()?;
    if let Some(FoundMessage { snippet, .. }) = &mut found
        && let Some((end, _)) = snippet.text.char_indices().nth(HEAD_CHARS)
    {
        snippet.text.truncate(end);
        snippet.text.push('…');
    }
    Ok(found)
}

fn found_from_row(row: &Row<'_>) -> Result<FoundMessage, Fault> {
    let role: String = row.get(1)?;
    let role =
        Role::parse(&role).ok_or_else(|| Fault::Value(format!("a message has an unknown role: `{role}`")))?;
    Ok(FoundMessage {
        id: MessageId(row.get(0)?),
        role,
        depth: row.get(2)?,
        created_at: time_from_ns(row.get(3)?),
        snippet: without_marks(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?),
    })
}

/// Takes the marks out of a text.
fn without_marks(marked: &str) -> Snippet {
    let mut snippet = Snippet::default();
    let mut begun = None;
    for c in marked.chars() {
        if c == MARKS[0] {
            begun = Some(snippet.text.len());
        } else if c == MARKS[1] {
            snippet
                .marks
                .extend(begun.take().map(|begun| begun..snippet.text.len()));
        } else {
            snippet.text.push(c);
        }
    }
    snippet
}
