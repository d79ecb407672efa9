//! What is searched: the memories of one user in memory, in the order in which they were stored.
//!
//! A cache of the database. Rows are numbered from 0 without gaps; forgetting renumbers them.

mod names;
mod sessions;
mod speakers;
mod wanted;

use super::lexicon::Lexicon;
use super::vectors::Vectors;
use super::words::{date_terms, terms, terms_and_fingerprint};
use council_core::{Memory, MemoryFilter, MemoryKind, MemoryVectors, NewMemory, Timestamp, Trust};
use names::{NONE, Names};
use sessions::Sessions;
use speakers::Speakers;
use std::borrow::Cow;
use std::collections::HashMap;
use wanted::Wanted;

/// What a row is made from, apart from its text and its vectors.
pub(crate) struct Entry<'a> {
    pub(crate) key: i64,
    pub(crate) project: Option<&'a str>,
    pub(crate) session: Option<&'a str>,
    pub(crate) kind: MemoryKind,
    pub(crate) speaker: Option<&'a str>,
    pub(crate) said_at: Timestamp,
    pub(crate) area: &'a str,
    pub(crate) tags: Cow<'a, [String]>,
    pub(crate) trust: Trust,
    pub(crate) pinned: bool,
    pub(crate) source: Option<&'a str>,
    pub(crate) quarantined: bool,
    pub(crate) is_retired: bool,
    pub(crate) valid_to: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl<'a> Entry<'a> {
    fn of(key: i64, memory: &'a Memory) -> Self {
        let content = &memory.content;
        Self {
            key,
            project: content.scope.project.as_deref(),
            session: content.scope.session.as_deref(),
            kind: content.kind,
            speaker: content.speaker.as_deref(),
            said_at: content.said_at,
            area: &content.area,
            tags: Cow::Borrowed(&content.tags),
            trust: content.trust,
            pinned: memory.pinned,
            source: content.source.as_deref(),
            quarantined: content.quarantined,
            is_retired: memory.retired_at.is_some(),
            valid_to: memory.content.valid_to,
            created_at: memory.created_at,
            updated_at: memory.updated_at,
        }
    }
}

/// What a row is, as far as searches ask.
pub(crate) struct Facts {
    /// Its key in the database.
    pub(crate) key: i64,
    pub(crate) said_at: Timestamp,
    area: u32,
    source: u32,
    kind: MemoryKind,
    trust: Trust,
    quarantined: bool,
    is_retired: bool,
    pub(crate) pinned: bool,
    tags: Box<[u32]>,
    /// Of its words, to tell duplicates.
    pub(crate) fingerprint: u64,
    valid_to: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// The numbers of a project and of one of its sessions, or of none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    project: u32,
    session: u32,
}

/// The memories of a user.
pub(crate) struct Index {
    pub(crate) facts: Vec<Facts>,
    pub(crate) vectors: Vectors,
    pub(crate) lexicon: Lexicon,
    /// Where each row belongs. Apart from the facts, like whatever most searches ask of every row.
    places: Vec<Place>,
    /// How much the text of each row tells.
    told: Vec<f32>,
    /// Whether each row is retired or kept apart: most searches pass it over.
    hidden: Vec<bool>,
    /// How many of them are.
    hidden_rows: usize,
    /// How many rows are pinned.
    pinned_rows: usize,
    speakers: Speakers,
    sessions: Sessions,
    names: Names,
}

impl Index {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            facts: Vec::new(),
            vectors: Vectors::new(dimensions),
            lexicon: Lexicon::default(),
            places: Vec::new(),
            told: Vec::new(),
            hidden: Vec::new(),
            hidden_rows: 0,
            pinned_rows: 0,
            speakers: Speakers::default(),
            sessions: Sessions::default(),
            names: Names::default(),
        }
    }

    /// Adds a memory; its key is above all others.
    pub(crate) fn push(&mut self, key: i64, memory: &Memory, vectors: Option<&MemoryVectors>) {
        let words = Words::of(&memory.content);
        self.push_row(&Entry::of(key, memory));
        self.vectors.push(vectors);
        let row = self.facts.len() - 1;
        self.facts[row].fingerprint = words.fingerprint;
        self.told[row] = words.told;
        self.lexicon.push(words.terms);
    }

    /// Makes room for exactly this many more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.facts.reserve_exact(rows);
        self.places.reserve_exact(rows);
        self.told.reserve_exact(rows);
        self.hidden.reserve_exact(rows);
    }

    /// Adds a memory without its words and its vectors, which come for all rows at once.
    pub(crate) fn push_entry(&mut self, entry: &Entry, fingerprint: u64, told: f32) {
        self.push_row(entry);
        if let (Some(facts), Some(of_row)) = (self.facts.last_mut(), self.told.last_mut()) {
            facts.fingerprint = fingerprint;
            *of_row = told;
        }
    }

    /// Gives back room that adding rows has left. After many of them.
    pub(crate) fn compact(&mut self) {
        self.sessions.compact();
    }

    /// Adds what is not in the text or the vectors of a memory.
    fn push_row(&mut self, entry: &Entry) {
        let names = &mut self.names;
        let facts = Facts {
            key: entry.key,
            said_at: entry.said_at,
            area: names.number(entry.area),
            source: names.optional(entry.source),
            kind: entry.kind,
            trust: entry.trust,
            quarantined: entry.quarantined,
            is_retired: entry.is_retired,
            pinned: entry.pinned,
            tags: entry.tags.iter().map(|tag| names.number(tag)).collect(),
            fingerprint: 0,
            valid_to: entry.valid_to,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        };
        let place = Place {
            project: names.optional(entry.project),
            session: names.optional(entry.session),
        };
        let is_hidden = facts.is_hidden();
        self.places.push(place);
        self.told.push(0.0);
        self.hidden.push(is_hidden);
        self.hidden_rows += usize::from(is_hidden);
        self.pinned_rows += usize::from(entry.pinned);
        self.speakers.push(entry.speaker, is_hidden);
        // Keys grow, so that it comes after all that were said at the same moment.
        let is_before = |turn: u32| self.facts[turn as usize].said_at <= facts.said_at;
        self.sessions.push(session_of(facts.kind, place), is_before);
        self.facts.push(facts);
    }

    /// Takes a new text, and its vectors, over.
    pub(crate) fn set_text(&mut self, row: usize, content: &NewMemory, vectors: Option<&MemoryVectors>) {
        let words = Words::of(content);
        self.facts[row].fingerprint = words.fingerprint;
        self.told[row] = words.told;
        self.vectors.set(row, vectors);
        self.lexicon.set(row, words.terms);
    }

    /// Takes over what else can change.
    pub(crate) fn set_state(&mut self, row: usize, memory: &Memory) {
        let names = &mut self.names;
        let facts = &mut self.facts[row];
        facts.tags = memory.content.tags.iter().map(|tag| names.number(tag)).collect();
        facts.trust = memory.content.trust;
        facts.quarantined = memory.content.quarantined;
        facts.is_retired = memory.retired_at.is_some();
        facts.valid_to = memory.content.valid_to;
        facts.updated_at = memory.updated_at;
        self.pinned_rows = self.pinned_rows + usize::from(memory.pinned) - usize::from(facts.pinned);
        facts.pinned = memory.pinned;
        let is_hidden = facts.is_hidden();
        if self.hidden[row] != is_hidden {
            self.hidden[row] = is_hidden;
            self.hidden_rows = if is_hidden {
                self.hidden_rows + 1
            } else {
                self.hidden_rows - 1
            };
            self.speakers.hide(row, is_hidden);
        }
    }

    /// A memory waits for vectors from now on.
    pub(crate) fn wait(&mut self, key: i64) {
        if let Some(row) = self.row(key) {
            self.vectors.set(row, None);
        }
    }

    /// The row of a key.
    pub(crate) fn row(&self, key: i64) -> Option<usize> {
        self.facts.binary_search_by_key(&key, |facts| facts.key).ok()
    }

    /// Forgets memories.
    pub(crate) fn remove(&mut self, keys: &[i64]) {
        let mut keep = vec![true; self.facts.len()];
        for row in keys.iter().filter_map(|&key| self.row(key)) {
            keep[row] = false;
        }
        if keep.iter().all(|keep| *keep) {
            return;
        }
        let mut rows = keep.iter();
        self.facts.retain(|_| rows.next().is_some_and(|keep| *keep));
        let mut rows = keep.iter();
        self.places.retain(|_| rows.next().is_some_and(|keep| *keep));
        let mut rows = keep.iter();
        self.told.retain(|_| rows.next().is_some_and(|keep| *keep));
        let mut rows = keep.iter();
        self.hidden.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.hidden_rows = self.hidden.iter().filter(|hidden| **hidden).count();
        self.pinned_rows = self.facts.iter().filter(|facts| facts.pinned).count();
        self.speakers.retain(&keep, &self.hidden);
        self.vectors.retain(&keep);
        self.lexicon.retain(&keep);
        self.sessions = Sessions::default();
        for (facts, &place) in self.facts.iter().zip(&self.places) {
            let is_before = |turn: u32| self.facts[turn as usize].said_at <= facts.said_at;
            self.sessions.push(session_of(facts.kind, place), is_before);
        }
        self.sessions.compact();
    }

    /// The rows that pass a filter as they are now, in their order. Of those that have changed since `as_of` only their
    /// versions can tell.
    pub(crate) fn matching(&self, filter: &MemoryFilter) -> Vec<u32> {
        let rows = 0..self.facts.len() as u32;
        if is_of_user_alone(filter) {
            return if self.hidden_rows == 0 {
                rows.collect()
            } else {
                rows.filter(|&row| !self.hidden[row as usize]).collect()
            };
        }
        let Some(wanted) = Wanted::new(filter, &self.names) else {
            return Vec::new();
        };
        // Most filters name a project or a session and nothing else, for which no facts are read.
        if is_of_user_alone(&MemoryFilter {
            project: None,
            session: None,
            not_session: None,
            ..filter.clone()
        }) {
            let is_shown = |row: usize| !self.hidden[row] && wanted.has_place(self.places[row]);
            return rows.filter(|&row| is_shown(row as usize)).collect();
        }
        let passes = |row: usize| wanted.has_place(self.places[row]) && wanted.passes(&self.facts[row]);
        rows.filter(|&row| passes(row as usize)).collect()
    }

    /// The rows that were there at a moment and have changed since.
    pub(crate) fn changed_since(&self, moment: Timestamp) -> Vec<u32> {
        let rows = self.facts.iter().enumerate();
        rows.filter(|(_, facts)| facts.created_at <= moment && facts.updated_at > moment)
            .map(|(row, _)| row as u32)
            .collect()
    }

    /// Rows in the order in which they are listed.
    pub(crate) fn latest_first(&self, mut rows: Vec<u32>) -> Vec<u32> {
        rows.sort_unstable_by_key(|&row| std::cmp::Reverse((self.facts[row as usize].said_at, row)));
        rows
    }

    /// The first row of every document that is not retired, by name, and how many there are of it.
    pub(crate) fn sources(&self) -> Vec<(&str, u32, u64)> {
        let mut parts: HashMap<u32, (u32, u64)> = HashMap::new();
        for (row, facts) in self
            .facts
            .iter()
            .enumerate()
            .filter(|(_, facts)| !facts.is_retired)
        {
            if facts.source != NONE {
                parts.entry(facts.source).or_insert((row as u32, 0)).1 += 1;
            }
        }
        let named = parts
            .into_iter()
            .map(|(source, (first, count))| (self.names.name(source), first, count));
        let mut sources: Vec<_> = named.collect();
        sources.sort_unstable();
        sources
    }

    /// The speakers of the rows that pass a filter as they are now, by name.
    pub(crate) fn speakers(&self, filter: &MemoryFilter) -> Vec<String> {
        if is_of_user_alone(filter) {
            return self.speakers.heard();
        }
        self.speakers.of(&self.matching(filter))
    }

    /// The speakers of these rows, by name.
    pub(crate) fn speakers_of(&self, rows: &[u32]) -> Vec<String> {
        self.speakers.of(rows)
    }

    /// What each row counts: `weight` if somebody of these names, in any case of letters, said it, and otherwise 0.
    pub(crate) fn speaker_weights(&self, speakers: &[String], weight: f32) -> impl Fn(usize) -> f32 + Sync {
        self.speakers.weights(speakers, weight)
    }

    /// Whether any row is pinned.
    pub(crate) fn has_pins(&self) -> bool {
        self.pinned_rows > 0
    }

    /// How much the text of a row tells.
    pub(crate) fn told(&self, row: usize) -> f32 {
        self.told[row]
    }

    /// The turns around a row in its session, up to `reach` away: how far, and which.
    pub(crate) fn beside(&self, row: usize, reach: usize) -> impl Iterator<Item = (usize, usize)> {
        let turns = self.sessions.around(row);
        let order = |row: usize| (self.facts[row].said_at, row);
        // Turns nearly always come in the order in which they were said; the facts of each would have to be fetched.
        let at = match turns.binary_search(&(row as u32)) {
            Ok(at) => at,
            Err(_) => turns.partition_point(|&turn| order(turn as usize) < order(row)),
        };
        let from = at.saturating_sub(reach);
        let around = turns.iter().enumerate().take(at + reach + 1).skip(from);
        let others = around.filter(move |(other, _)| *other != at);
        others.map(move |(other, &turn)| (at.abs_diff(other), turn as usize))
    }

    /// The sessions that any of these rows is a turn of, each in the order in which its turns were said, and the rows
    /// that are turns of none.
    pub(crate) fn sessions_of(&self, rows: &[u32]) -> (Vec<&[u32]>, Vec<u32>) {
        self.sessions.of(rows)
    }

    /// The turns of one session.
    fn session(&self, project: Option<&str>, session: &str) -> &[u32] {
        let project = project.map_or(Some(NONE), |project| self.names.known(project));
        let place = project.zip(self.names.known(session));
        place.map_or(&[], |(project, session)| {
            self.sessions.turns(Place { project, session })
        })
    }

    /// The turn before a row in its session, of those that are neither retired nor kept apart.
    pub(crate) fn previous_turn(&self, row: usize) -> Option<usize> {
        let turns = self.sessions.around(row);
        let at = turns.iter().position(|&turn| turn as usize == row)?;
        self.last_shown(&turns[..at])
    }

    /// The latest turn of a session that is neither retired nor kept apart.
    pub(crate) fn latest_turn(&self, project: Option<&str>, session: &str) -> Option<usize> {
        self.last_shown(self.session(project, session))
    }

    fn last_shown(&self, turns: &[u32]) -> Option<usize> {
        let mut latest_first = turns.iter().rev().map(|&row| row as usize);
        latest_first.find(|&row| !self.hidden[row])
    }

    /// Memory that it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        let tags: usize = self.facts.iter().map(|facts| facts.tags.len() * 4).sum();
        self.facts.capacity() * size_of::<Facts>()
            + self.places.capacity() * size_of::<Place>()
            + self.told.capacity() * size_of::<f32>()
            + self.hidden.capacity()
            + tags
            + self.speakers.size_bytes()
            + self.sessions.size_bytes()
            + self.vectors.size_bytes()
            + self.lexicon.size_bytes()
            + self.names.size_bytes()
    }
}

/// The session that a memory is a turn of.
fn session_of(kind: MemoryKind, place: Place) -> Option<Place> {
    (kind == MemoryKind::Turn && place.session != NONE).then_some(place)
}

/// Whether a filter asks for all that a user has and that is not hidden.
fn is_of_user_alone(filter: &MemoryFilter) -> bool {
    let of_user = MemoryFilter {
        user: filter.user.clone(),
        ..MemoryFilter::default()
    };
    *filter == of_user
}

impl Facts {
    fn is_hidden(&self) -> bool {
        self.is_retired || self.quarantined
    }
}

/// What searches ask of a text.
pub(crate) struct Words {
    pub(crate) terms: Vec<String>,
    pub(crate) fingerprint: u64,
    pub(crate) told: f32,
}

impl Words {
    /// The name of the speaker and the day are looked for among the words too.
    pub(crate) fn of(memory: &NewMemory) -> Self {
        let (mut all, fingerprint) = terms_and_fingerprint(&memory.text);
        all.extend(memory.speaker.as_deref().map(terms).unwrap_or_default());
        all.extend(date_terms(memory.said_at));
        Self {
            terms: all,
            fingerprint,
            told: memory.told(),
        }
    }
}

/// The terms by which a memory is found.
pub(crate) fn searched_terms(memory: &NewMemory) -> Vec<String> {
    Words::of(memory).terms
}
