//! The index of every user from the rows of the database.
//!
//! Two threads share the work: one reads rows and vectors, the other finds the words of the texts, which takes about as
//! long.

use super::index::{Index, Words};
use super::lexicon::Lexicon;
use super::rows;
use crate::fault::Fault;
use council_core::NewMemory;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Texts that are handed over at once, and how often that may be ahead.
const BATCH: usize = 256;
const AHEAD: usize = 16;

/// How often the log hears how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// A text: the number of its user, and what it is in.
type Text = (usize, NewMemory);

/// What was found in the texts of one user, in the order of rows.
#[derive(Default)]
struct Found {
    lexicon: Lexicon,
    /// Fingerprint, and how much it tells.
    texts: Vec<(u64, f32)>,
}

/// Reads all memories, with their vectors by this embedder.
pub(super) fn load(
    connection: &Connection,
    embedder: i64,
    dimensions: usize,
) -> Result<HashMap<String, Index>, Fault> {
    let counts = rows::counts(connection)?;
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut indexes = Vec::with_capacity(counts.len());
    for (number, (user, memories)) in counts.iter().enumerate() {
        let mut index = Index::new(dimensions);
        index.vectors.reserve(*memories);
        numbers.insert(user.clone(), number);
        indexes.push(index);
    }
    let total: usize = counts.iter().map(|(_, memories)| memories).sum();
    let users = counts.len();
    let found = std::thread::scope(|scope| {
        let (sender, texts) = sync_channel(AHEAD);
        let finder = scope.spawn(move || find_words(&texts, users));
        let read = read(connection, embedder, total, &numbers, &mut indexes, &sender);
        // The finder ends when nothing more can come.
        drop(sender);
        // A panic of the finder ends the channel, so that reading has failed too.
        let found = finder
            .join()
            .map_err(|_| Fault::Value("the words of the memories could not be read".to_owned()));
        read.and(found)
    })?;
    for (index, found) in indexes.iter_mut().zip(found) {
        index.set_words(found.lexicon, &found.texts);
    }
    Ok(counts.into_iter().map(|(user, _)| user).zip(indexes).collect())
}

fn read(
    connection: &Connection,
    embedder: i64,
    total: usize,
    numbers: &HashMap<String, usize>,
    indexes: &mut [Index],
    sender: &SyncSender<Vec<Text>>,
) -> Result<(), Fault> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut progress = Progress::new(total);
    let stopped = |_| Fault::Value("the words of the memories could not be read".to_owned());
    rows::each(connection, embedder, |key, memory, vectors| {
        let Some(&number) = numbers.get(&memory.content.scope.user) else {
            return Ok(());
        };
        let index = &mut indexes[number];
        index.push_row(key, &memory);
        if !index.vectors.push_bytes(vectors) {
            // It waits for new ones, as if it had none.
            let id = &memory.id.0;
            tracing::warn!(memory = %id, "the vectors of memory `{id}` are damaged, and are made anew");
        }
        batch.push((number, memory.content));
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            progress.tell(full.len());
            sender.send(full).map_err(stopped)?;
        }
        Ok(())
    })?;
    sender.send(batch).map_err(stopped)
}

fn find_words(texts: &Receiver<Vec<Text>>, users: usize) -> Vec<Found> {
    let mut found: Vec<Found> = std::iter::repeat_with(Found::default).take(users).collect();
    for (number, content) in texts.iter().flatten() {
        let words = Words::of(&content);
        let found = &mut found[number];
        found.lexicon.push(words.terms);
        found.texts.push((words.fingerprint, words.told));
    }
    found
}

/// Tells the log how far it is.
struct Progress {
    total: usize,
    done: usize,
    told: Instant,
}

impl Progress {
    fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            told: Instant::now(),
        }
    }

    fn tell(&mut self, more: usize) {
        self.done += more;
        if self.told.elapsed() >= TOLD_EVERY {
            self.told = Instant::now();
            let (memories, total) = (self.done, self.total);
            tracing::info!(memories, total, "loading memories: {memories} of {total}");
        }
    }
}
