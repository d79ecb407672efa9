//! Lists of conversations, and their folders.

use super::conversations::{COLUMNS, from_row};
use super::count;
use crate::columns::{limit_and_offset, time_to_ns};
use crate::memory::postgres::server::PgFault;
use council_core::{Conversation, ConversationFilter, Folder, Page};
use deadpool_postgres::Client;

/// Conversations, the last used first.
pub(super) async fn conversations(
    client: &Client,
    filter: &ConversationFilter,
    page: Page,
) -> Result<Vec<Conversation>, PgFault> {
    let (limit, offset) = limit_and_offset(page)?;
    // Conditions that are not asked for are left out, so that each list has its index.
    let mut conditions = vec!["owner = $7", "archived = $3"];
    match filter.pinned {
        Some(true) => conditions.push("pinned"),
        Some(false) => conditions.push("NOT pinned"),
        None => {}
    }
    match filter.folder.as_deref() {
        Some("") => conditions.push("folder = ''"),
        Some(_) => conditions.push("folder = $4 AND folder <> ''"),
        None => {}
    }
    if filter.after.is_some() {
        // One that is gone had its place before all others of its time.
        conditions.push(
            "(updated_at_ns, key)
             < ($5, coalesce((SELECT key FROM conversations WHERE id = $6), 9223372036854775807))",
        );
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM conversations
         WHERE {} AND ($4::text IS NULL OR true) AND ($5::bigint IS NULL OR $6::text IS NOT NULL)
         ORDER BY updated_at_ns DESC, key DESC LIMIT $1 OFFSET $2",
        conditions.join(" AND ")
    );
    let after = filter.after.as_ref();
    let (at, id) = (
        after.map(|after| time_to_ns(after.updated_at)).transpose()?,
        after.map(|after| after.id.kept()),
    );
    let sql = client.prepare_cached(&sql).await?;
    let rows = client
        .query(
            &sql,
            &[
                &limit,
                &offset,
                &filter.archived,
                &filter.folder,
                &at,
                &id,
                &filter.user,
            ],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// A user's folders, by name.
pub(super) async fn folders(client: &Client, user: &str) -> Result<Vec<Folder>, PgFault> {
    let sql = "SELECT folder, count(*) FROM conversations WHERE folder <> '' AND NOT archived AND owner = $1
               GROUP BY folder ORDER BY folder";
    let rows = client.query(sql, &[&user]).await?;
    let folder = |row: &tokio_postgres::Row| Folder {
        name: row.get(0),
        conversations: count(row.get(1)),
    };
    Ok(rows.iter().map(folder).collect())
}
