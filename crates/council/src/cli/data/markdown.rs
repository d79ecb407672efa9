//! Conversations for people: a Markdown file for each, with its active branch and the texts of its files.

use super::{private_file, unwritable};
use crate::exit::CommandError;
use council_core::{
    Branch, Conversation, ConversationFilter, ConversationStore as _, Page, StoreError, StoredMessage,
};
use council_store::Store;
use std::io::Write as _;
use std::path::Path;

/// Conversations that are listed at once.
const PAGE: u64 = 500;

/// Messages of a branch that are read; as many as there are.
const MESSAGES: u64 = 1_000_000;

/// Characters of a title in a file name.
const NAME_CHARS: usize = 40;

/// Writes them to a folder that is there; returns how many there are.
pub(super) async fn write(store: &Store, folder: &Path) -> Result<u64, CommandError> {
    let failed = |error: StoreError| CommandError::io(error.to_string());
    let mut written = 0;
    for archived in [false, true] {
        let mut offset = 0;
        loop {
            let filter = ConversationFilter {
                archived,
                ..ConversationFilter::default()
            };
            let page = Page { offset, limit: PAGE };
            let conversations = store.conversations(filter, page).await.map_err(failed)?;
            for conversation in &conversations {
                let read = store
                    .recent_messages(&conversation.id, Branch::Active, MESSAGES)
                    .await;
                let branch: Vec<StoredMessage> = read.map_err(failed)?;
                written += 1;
                let path = folder.join(file_name(conversation, written));
                let text = council_server::conversation_markdown(conversation, &branch);
                let made = private_file().open(&path);
                made.and_then(|mut file| file.write_all(text.as_bytes()))
                    .map_err(|error| unwritable(&path, &error))?;
            }
            offset += conversations.len() as u64;
            if (conversations.len() as u64) < PAGE {
                break;
            }
        }
    }
    Ok(written)
}

/// Its day, its title as far as file names take it, and a number, because titles can be the same.
fn file_name(conversation: &Conversation, number: u64) -> String {
    let seconds = conversation.created_at.as_secs() as i64;
    let day = jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "0000-00-00".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    );
    let mut name = String::new();
    for character in conversation.title.chars().take(NAME_CHARS) {
        if character.is_alphanumeric() {
            name.extend(character.to_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_matches('-');
    if name.is_empty() {
        format!("{day}-{number:05}.md")
    } else {
        format!("{day}-{number:05}-{name}.md")
    }
}
