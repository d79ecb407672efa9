//! What is searched: the memories of one user in memory, in the order in which they were stored.
//!
//! A cache of the database. Rows are numbered from 0 without gaps; forgetting renumbers them.

use super::lexicon::Lexicon;
use super::vectors::Vectors;
use super::words::{date_terms, fingerprint, terms};
use council_core::{MemoryFilter, MemoryKind, MemoryVectors, NewMemory, Timestamp, Trust};
use std::collections::HashMap;

/// Names as numbers: projects, sessions, speakers, areas and tags repeat.
#[derive(Default)]
struct Names {
    numbers: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }

    fn optional(&mut self, name: Option<&str>) -> Option<u32> {
        name.map(|name| self.number(name))
    }

    fn known(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    fn size_bytes(&self) -> usize {
        let text: usize = self.names.iter().map(|name| 2 * name.len()).sum();
        text + self.names.len() * size_of::<(Box<str>, u32, Box<str>)>()
    }
}

/// What a row is, as far as searches ask.
pub(crate) struct Facts {
    /// Its key in the database.
    pub(crate) key: i64,
    pub(crate) said_at: Timestamp,
    project: Option<u32>,
    session: Option<u32>,
    area: u32,
    kind: MemoryKind,
    trust: Trust,
    tags: Box<[u32]>,
    /// Of its words, to tell duplicates.
    pub(crate) fingerprint: u64,
}

/// A session: the numbers of its project and its own.
type Place = (Option<u32>, u32);

/// The memories of a user.
pub(crate) struct Index {
    pub(crate) facts: Vec<Facts>,
    pub(crate) vectors: Vectors,
    pub(crate) lexicon: Lexicon,
    /// The speaker of each row, apart from its facts: every search asks for all of them.
    speakers: Vec<Option<u32>>,
    names: Names,
    /// The turns of each session in the order in which they were said.
    turns: HashMap<Place, Vec<u32>>,
}

impl Index {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            facts: Vec::new(),
            vectors: Vectors::new(dimensions),
            lexicon: Lexicon::default(),
            speakers: Vec::new(),
            names: Names::default(),
            turns: HashMap::new(),
        }
    }

    /// Adds a memory; its key is above all others.
    pub(crate) fn push(&mut self, key: i64, memory: &NewMemory, vectors: Option<&MemoryVectors>) {
        let names = &mut self.names;
        let facts = Facts {
            key,
            said_at: memory.said_at,
            project: names.optional(memory.scope.project.as_deref()),
            session: names.optional(memory.scope.session.as_deref()),
            area: names.number(&memory.area),
            kind: memory.kind,
            trust: memory.trust,
            tags: memory.tags.iter().map(|tag| names.number(tag)).collect(),
            fingerprint: fingerprint(&memory.text),
        };
        self.speakers.push(names.optional(memory.speaker.as_deref()));
        let row = self.facts.len() as u32;
        if let Some(place) = facts.place() {
            let turns = self.turns.entry(place).or_default();
            // Keys grow, so that it comes after all that were said at the same moment.
            let at = turns.partition_point(|&turn| self.facts[turn as usize].said_at <= facts.said_at);
            turns.insert(at, row);
        }
        self.facts.push(facts);
        self.vectors.push(vectors);
        self.lexicon.push(searched_terms(memory));
    }

    /// Takes a new text, and its vectors, over.
    pub(crate) fn set_text(&mut self, row: usize, memory: &NewMemory, vectors: &MemoryVectors) {
        self.facts[row].fingerprint = fingerprint(&memory.text);
        self.vectors.set(row, Some(vectors));
        self.lexicon.set(row, searched_terms(memory));
    }

    /// Takes new labels over.
    pub(crate) fn set_tags(&mut self, row: usize, tags: &[String]) {
        self.facts[row].tags = tags.iter().map(|tag| self.names.number(tag)).collect();
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
        self.speakers.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.vectors.retain(&keep);
        self.lexicon.retain(&keep);
        self.turns.clear();
        let mut order: Vec<u32> = (0..self.facts.len() as u32).collect();
        order.sort_by_key(|&row| (self.facts[row as usize].said_at, row));
        for row in order {
            if let Some(place) = self.facts[row as usize].place() {
                self.turns.entry(place).or_default().push(row);
            }
        }
    }

    /// The rows that pass a filter, in their order.
    pub(crate) fn matching(&self, filter: &MemoryFilter) -> Vec<u32> {
        let of_user = MemoryFilter {
            user: filter.user.clone(),
            ..MemoryFilter::default()
        };
        if *filter == of_user {
            return (0..self.facts.len() as u32).collect();
        }
        let Some(wanted) = Wanted::new(filter, &self.names) else {
            return Vec::new();
        };
        (0..self.facts.len() as u32)
            .filter(|&row| wanted.passes(&self.facts[row as usize]))
            .collect()
    }

    /// The speakers of these rows, by name.
    pub(crate) fn speakers(&self, rows: &[u32]) -> Vec<String> {
        let mut speaks = vec![false; self.names.names.len()];
        for speaker in rows.iter().filter_map(|&row| self.speakers[row as usize]) {
            speaks[speaker as usize] = true;
        }
        let names = self.names.names.iter().zip(speaks).filter(|(_, speaks)| *speaks);
        let mut names: Vec<String> = names.map(|(name, _)| name.to_string()).collect();
        names.sort_unstable();
        names
    }

    /// Which rows were said by somebody of these names, in any case of letters.
    pub(crate) fn is_named(&self, speakers: &[String]) -> impl Fn(usize) -> bool {
        let wanted: Vec<String> = speakers.iter().map(|speaker| speaker.to_lowercase()).collect();
        // Without a lower-case copy of each: sessions are among the names, and there can be thousands.
        let is_wanted = |name: &str| {
            let lower = || name.chars().flat_map(char::to_lowercase);
            wanted.iter().any(|wanted| lower().eq(wanted.chars()))
        };
        let named: Vec<bool> = self.names.names.iter().map(|name| is_wanted(name)).collect();
        move |row| self.speakers[row].is_some_and(|speaker| named[speaker as usize])
    }

    /// The turns of every session, each in the order in which they were said.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &[u32]> {
        self.turns.values().map(Vec::as_slice)
    }

    /// The turns of one session.
    pub(crate) fn session(&self, project: Option<&str>, session: &str) -> &[u32] {
        let project = match project {
            Some(project) => match self.names.known(project) {
                Some(number) => Some(number),
                None => return &[],
            },
            None => None,
        };
        let turns = self
            .names
            .known(session)
            .and_then(|session| self.turns.get(&(project, session)));
        turns.map_or(&[], Vec::as_slice)
    }

    /// The turn before a row in its session.
    pub(crate) fn previous_turn(&self, row: usize) -> Option<usize> {
        let turns = self.turns.get(&self.facts[row].place()?)?;
        let at = turns.iter().position(|&turn| turn as usize == row)?;
        Some(turns[at.checked_sub(1)?] as usize)
    }

    /// Memory that it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        let tags: usize = self.facts.iter().map(|facts| facts.tags.len() * 4).sum();
        let turns: usize = self.turns.values().map(|turns| turns.capacity() * 4 + 64).sum();
        let facts = self.facts.capacity() * size_of::<Facts>();
        let speakers = self.speakers.capacity() * size_of::<Option<u32>>();
        facts
            + speakers
            + tags
            + turns
            + self.vectors.size_bytes()
            + self.lexicon.size_bytes()
            + self.names.size_bytes()
    }
}

impl Facts {
    /// The session that it is a turn of.
    fn place(&self) -> Option<Place> {
        let session = self.session.filter(|_| self.kind == MemoryKind::Turn)?;
        Some((self.project, session))
    }
}

/// The name of the speaker and the day are looked for among the words too.
fn searched_terms(memory: &NewMemory) -> Vec<String> {
    let mut words = terms(&memory.text);
    words.extend(memory.speaker.as_deref().map(terms).unwrap_or_default());
    words.extend(date_terms(memory.said_at));
    words
}

/// A filter in numbers.
struct Wanted {
    project: Option<u32>,
    session: Option<u32>,
    kinds: Vec<MemoryKind>,
    areas: Vec<u32>,
    tags: Vec<u32>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    least_trust: Option<Trust>,
}

impl Wanted {
    /// `None` when it names something that no memory has, so that none can pass.
    fn new(filter: &MemoryFilter, names: &Names) -> Option<Self> {
        let one = |name: &Option<String>| match name {
            Some(name) => names.known(name).map(Some),
            None => Some(None),
        };
        let areas: Vec<u32> = filter.areas.iter().filter_map(|area| names.known(area)).collect();
        if areas.is_empty() && !filter.areas.is_empty() {
            return None;
        }
        Some(Self {
            project: one(&filter.project)?,
            session: one(&filter.session)?,
            kinds: filter.kinds.clone(),
            areas,
            tags: filter
                .tags
                .iter()
                .map(|tag| names.known(tag))
                .collect::<Option<_>>()?,
            since: filter.since,
            until: filter.until,
            least_trust: filter.least_trust,
        })
    }

    fn passes(&self, facts: &Facts) -> bool {
        (self.project.is_none() || self.project == facts.project)
            && (self.session.is_none() || self.session == facts.session)
            && (self.kinds.is_empty() || self.kinds.contains(&facts.kind))
            && (self.areas.is_empty() || self.areas.contains(&facts.area))
            && self.tags.iter().all(|tag| facts.tags.contains(tag))
            && self.since.is_none_or(|since| facts.said_at >= since)
            && self.until.is_none_or(|until| facts.said_at < until)
            && self.least_trust.is_none_or(|least| facts.trust >= least)
    }
}
