//! The index of every user from the rows of the database.
//!
//! Two threads share the work, each with a connection of its own: one reads the memories and finds the words of their
//! texts, the other reads the vectors, which takes about as long.

use super::index::Index;
use super::lexicon::Builder;
use super::rows::scan;
use super::vectors::Vectors;
use crate::fault::Fault;
use crate::key::Unlock;
use crate::open;
use rusqlite::Connection;
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often the log hears how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Where a memory belongs.
struct Place {
    key: i64,
    user: u32,
    row: u32,
}

/// Where every memory belongs, in the order of keys.
#[derive(Default)]
struct Places {
    all: Vec<Place>,
    users: Vec<String>,
    /// How many memories each has.
    counts: Vec<u32>,
}

impl Places {
    fn read(connection: &Connection) -> Result<Self, Fault> {
        let mut places = Self::default();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        scan::each_key(connection, |key, name| {
            let user = numbers.get(name).copied().unwrap_or_else(|| {
                let number = places.users.len() as u32;
                numbers.insert(name.to_owned(), number);
                places.users.push(name.to_owned());
                places.counts.push(0);
                number
            });
            let count = &mut places.counts[user as usize];
            let row = *count;
            *count += 1;
            places.all.push(Place { key, user, row });
        })?;
        Ok(places)
    }
}

/// Reads all memories, with their vectors by this embedder, with the database's key where it has one.
pub(super) fn load(
    connection: &Connection,
    unlock: Option<&Unlock>,
    embedder: i64,
    dimensions: usize,
) -> Result<HashMap<String, Index>, Fault> {
    let places = Places::read(connection)?;
    let database = connection.path().unwrap_or_default().to_owned();
    let (indexes, vectors) = std::thread::scope(|scope| {
        let places = &places;
        let vectors = scope.spawn(move || {
            let connection = open::reader(Path::new(&database), unlock)?;
            read_vectors(&connection, places, embedder, dimensions)
        });
        let indexes = read_memories(connection, places, dimensions);
        let panicked = |_| Fault::Value("the vectors of the memories could not be read".to_owned());
        (indexes, vectors.join().map_err(panicked).flatten())
    });
    let mut indexes = indexes?;
    for (index, vectors) in indexes.iter_mut().zip(vectors?) {
        index.vectors = vectors;
    }
    Ok(places.users.into_iter().zip(indexes).collect())
}

fn read_memories(connection: &Connection, places: &Places, dimensions: usize) -> Result<Vec<Index>, Fault> {
    let mut indexes: Vec<Index> = Vec::with_capacity(places.users.len());
    for &count in &places.counts {
        let mut index = Index::new(dimensions);
        index.reserve(count as usize);
        indexes.push(index);
    }
    let mut lexicons: Vec<Builder> = indexes.iter().map(|_| Builder::default()).collect();
    let mut progress = Progress::new(places.all.len());
    // Of the same moment as the places, so that they come one after the other.
    let mut next = places.all.iter();
    scan::each_entry(connection, |entry, text| {
        let Some(place) = next.next() else { return };
        let user = place.user as usize;
        let fingerprint = lexicons[user].push(text, entry.speaker, entry.said_at);
        indexes[user].push_entry(entry, fingerprint, entry.kind.told(text));
        progress.tell();
    })?;
    for (index, lexicon) in indexes.iter_mut().zip(lexicons) {
        index.lexicon = lexicon.finish();
        index.compact();
    }
    Ok(indexes)
}

/// Of another moment than the places, should somebody write meanwhile: what is not among them is left out, and what has
/// no vectors waits for them.
fn read_vectors(
    connection: &Connection,
    places: &Places,
    embedder: i64,
    dimensions: usize,
) -> Result<Vec<Vectors>, Fault> {
    let of_user = |&count: &u32| {
        let mut vectors = Vectors::new(dimensions);
        vectors.push_missing(count as usize);
        vectors
    };
    let mut all: Vec<Vectors> = places.counts.iter().map(of_user).collect();
    let mut next = places.all.iter().peekable();
    scan::each_vector(connection, embedder, |key, own, context| {
        while next.next_if(|place| place.key < key).is_some() {}
        let Some(place) = next.next_if(|place| place.key == key) else {
            return;
        };
        if !all[place.user as usize].set_bytes(place.row as usize, own, context) {
            // It waits for new ones, as if it had none.
            tracing::warn!(
                key,
                "the vectors of the memory of key {key} are damaged, and are made anew"
            );
        }
    })?;
    for vectors in &mut all {
        vectors.keep_signs();
    }
    Ok(all)
}

/// Tells the log how far it is.
struct Progress {
    total: usize,
    done: usize,
    told: Instant,
}

impl Progress {
    /// Rows after which the clock is looked at.
    const STEP: usize = 256;

    fn new(total: usize) -> Self {
        Self {
            total,
            done: 0,
            told: Instant::now(),
        }
    }

    fn tell(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(Self::STEP) && self.told.elapsed() >= TOLD_EVERY {
            self.told = Instant::now();
            let (memories, total) = (self.done, self.total);
            tracing::info!(memories, total, "loading memories: {memories} of {total}");
        }
    }
}
