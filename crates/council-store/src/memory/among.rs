//! The memories that a search is among: those that pass its filter, as they are or as they were.

use super::index::Index;
use super::rows;
use crate::fault::Fault;
use council_core::{Memory, MemoryFilter};
use rusqlite::Connection;
use std::collections::HashMap;

/// The rows of an index that pass a filter.
#[derive(Default)]
pub(crate) struct Among {
    /// In their order.
    pub(crate) rows: Vec<u32>,
    /// Those that were something else then.
    past: HashMap<u32, Past>,
}

struct Past {
    memory: Memory,
    has_other_words: bool,
}

impl Among {
    /// Those of an index. Costs a read of the database for each memory that has changed since `as_of`, and nothing
    /// without that.
    pub(crate) fn new(connection: &Connection, index: &Index, filter: &MemoryFilter) -> Result<Self, Fault> {
        let mut among = Self {
            rows: index.matching(filter),
            past: HashMap::new(),
        };
        let Some(moment) = filter.as_of else {
            return Ok(among);
        };
        for row in index.changed_since(moment) {
            let key = index.facts[row as usize].key;
            let then = rows::history::at(connection, key, moment)?;
            let Some(memory) = then.filter(|memory| filter.passes(memory)) else {
                continue;
            };
            let now = rows::by_key(connection, key)?;
            let has_other_words = now.is_none_or(|now| now.content.text != memory.content.text);
            among.rows.push(row);
            among.past.insert(
                row,
                Past {
                    memory,
                    has_other_words,
                },
            );
        }
        among.rows.sort_unstable();
        Ok(among)
    }

    /// These rows as they are.
    #[cfg(test)]
    pub(crate) fn of_rows(rows: Vec<u32>) -> Self {
        Self {
            rows,
            past: HashMap::new(),
        }
    }

    /// Whether all are what they are now.
    pub(crate) fn is_of_now(&self) -> bool {
        self.past.is_empty()
    }

    /// The memory as it was, where it is another now.
    pub(crate) fn then(&self, row: u32) -> Option<&Memory> {
        self.past.get(&row).map(|past| &past.memory)
    }

    /// Whether its words were others: then its vectors say nothing.
    pub(crate) fn has_other_words(&self, row: u32) -> bool {
        self.past.get(&row).is_some_and(|past| past.has_other_words)
    }

    /// The rows whose words were others.
    pub(crate) fn rows_of_other_words(&self) -> impl Iterator<Item = (u32, &Memory)> {
        let past = self.past.iter().filter(|(_, past)| past.has_other_words);
        past.map(|(row, past)| (*row, &past.memory))
    }
}
