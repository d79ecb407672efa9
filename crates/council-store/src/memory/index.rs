//! What is searched: the memories of one user in memory, in the order in which they were stored.
//!
//! A cache of the database. Rows are numbered from 0 without gaps; forgetting renumbers them.

use super::lexicon::Lexicon;
use super::vectors::Vectors;
use super::words::{date_terms, terms, terms_and_fingerprint};
use council_core::{Memory, MemoryFilter, MemoryKind, MemoryVectors, NewMemory, Timestamp, Trust};
use std::collections::HashMap;
use std::time::Duration;

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
    source: Option<u32>,
    kind: MemoryKind,
    trust: Trust,
    quarantined: bool,
    is_retired: bool,
    tags: Box<[u32]>,
    /// Of its words, to tell duplicates.
    pub(crate) fingerprint: u64,
    valid_to: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What every search asks of every row.
#[derive(Clone, Copy)]
pub(crate) struct Glance {
    speaker: Option<u32>,
    /// Whole seconds: what its age asks for.
    said_at_secs: u64,
    /// How much its text tells.
    pub(crate) told: f32,
    pub(crate) pinned: bool,
    /// Whether it is retired or kept apart: most searches pass it over.
    hidden: bool,
}

impl Glance {
    /// When it was said, to the second.
    pub(crate) fn said_at(self) -> Timestamp {
        Timestamp::from_duration(Duration::from_secs(self.said_at_secs))
    }
}

/// A session: the numbers of its project and its own.
type Place = (Option<u32>, u32);

/// The memories of a user.
pub(crate) struct Index {
    pub(crate) facts: Vec<Facts>,
    pub(crate) vectors: Vectors,
    pub(crate) lexicon: Lexicon,
    /// What every search asks of every row, apart from its facts.
    glances: Vec<Glance>,
    /// How many rows are hidden.
    hidden_rows: usize,
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
            glances: Vec::new(),
            hidden_rows: 0,
            names: Names::default(),
            turns: HashMap::new(),
        }
    }

    /// Adds a memory; its key is above all others.
    pub(crate) fn push(&mut self, key: i64, memory: &Memory, vectors: Option<&MemoryVectors>) {
        let words = Words::of(&memory.content);
        self.push_row(key, memory);
        self.vectors.push(vectors);
        let row = self.facts.len() - 1;
        self.facts[row].fingerprint = words.fingerprint;
        self.glances[row].told = words.told;
        self.lexicon.push(words.terms);
    }

    /// Takes over what was found in the texts of all rows.
    pub(crate) fn set_words(&mut self, lexicon: Lexicon, texts: &[(u64, f32)]) {
        self.lexicon = lexicon;
        let rows = self.facts.iter_mut().zip(&mut self.glances);
        for ((facts, glance), &(fingerprint, told)) in rows.zip(texts) {
            facts.fingerprint = fingerprint;
            glance.told = told;
        }
    }

    /// Adds what is not in the text or the vectors of a memory.
    pub(crate) fn push_row(&mut self, key: i64, memory: &Memory) {
        let names = &mut self.names;
        let content = &memory.content;
        let facts = Facts {
            key,
            said_at: content.said_at,
            project: names.optional(content.scope.project.as_deref()),
            session: names.optional(content.scope.session.as_deref()),
            area: names.number(&content.area),
            source: names.optional(content.source.as_deref()),
            kind: content.kind,
            trust: content.trust,
            quarantined: content.quarantined,
            is_retired: memory.retired_at.is_some(),
            tags: content.tags.iter().map(|tag| names.number(tag)).collect(),
            fingerprint: 0,
            valid_to: memory.content.valid_to,
            created_at: memory.created_at,
            updated_at: memory.updated_at,
        };
        self.glances.push(Glance {
            speaker: names.optional(content.speaker.as_deref()),
            said_at_secs: content.said_at.as_secs(),
            told: 0.0,
            pinned: memory.pinned,
            hidden: facts.is_hidden(),
        });
        self.hidden_rows += usize::from(facts.is_hidden());
        let row = self.facts.len() as u32;
        if let Some(place) = facts.place() {
            let turns = self.turns.entry(place).or_default();
            // Keys grow, so that it comes after all that were said at the same moment.
            let at = turns.partition_point(|&turn| self.facts[turn as usize].said_at <= facts.said_at);
            turns.insert(at, row);
        }
        self.facts.push(facts);
    }

    /// Takes a new text, and its vectors, over.
    pub(crate) fn set_text(&mut self, row: usize, content: &NewMemory, vectors: Option<&MemoryVectors>) {
        let words = Words::of(content);
        self.facts[row].fingerprint = words.fingerprint;
        self.glances[row].told = words.told;
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
        let glance = &mut self.glances[row];
        glance.pinned = memory.pinned;
        self.hidden_rows -= usize::from(glance.hidden);
        glance.hidden = facts.is_hidden();
        self.hidden_rows += usize::from(glance.hidden);
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
        self.glances.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.hidden_rows = self.glances.iter().filter(|glance| glance.hidden).count();
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

    /// The rows that pass a filter as they are now, in their order. Of those that have changed since `as_of` only their
    /// versions can tell.
    pub(crate) fn matching(&self, filter: &MemoryFilter) -> Vec<u32> {
        let rows = 0..self.facts.len() as u32;
        let of_user = MemoryFilter {
            user: filter.user.clone(),
            ..MemoryFilter::default()
        };
        if *filter == of_user {
            return if self.hidden_rows == 0 {
                rows.collect()
            } else {
                rows.filter(|&row| !self.glances[row as usize].hidden).collect()
            };
        }
        let Some(wanted) = Wanted::new(filter, &self.names) else {
            return Vec::new();
        };
        rows.filter(|&row| wanted.passes(&self.facts[row as usize]))
            .collect()
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
            if let Some(source) = facts.source {
                parts.entry(source).or_insert((row as u32, 0)).1 += 1;
            }
        }
        let named = parts
            .into_iter()
            .map(|(source, (first, count))| (&*self.names.names[source as usize], first, count));
        let mut sources: Vec<_> = named.collect();
        sources.sort_unstable();
        sources
    }

    /// The speakers of these rows, by name.
    pub(crate) fn speakers(&self, rows: &[u32]) -> Vec<String> {
        let mut speaks = vec![false; self.names.names.len()];
        for speaker in rows.iter().filter_map(|&row| self.glances[row as usize].speaker) {
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
        move |row| {
            self.glances[row]
                .speaker
                .is_some_and(|speaker| named[speaker as usize])
        }
    }

    /// What every search asks of a row.
    pub(crate) fn glance(&self, row: usize) -> Glance {
        self.glances[row]
    }

    /// The turns around a row in its session, up to `reach` away: how far, and which.
    pub(crate) fn beside(&self, row: usize, reach: usize) -> impl Iterator<Item = (usize, usize)> {
        let turns = self.facts[row].place().and_then(|place| self.turns.get(&place));
        let turns = turns.map_or(&[][..], Vec::as_slice);
        let order = |row: usize| (self.facts[row].said_at, row);
        let at = turns.partition_point(|&turn| order(turn as usize) < order(row));
        let from = at.saturating_sub(reach);
        let around = turns.iter().enumerate().take(at + reach + 1).skip(from);
        let others = around.filter(move |(other, _)| *other != at);
        others.map(move |(other, &turn)| (at.abs_diff(other), turn as usize))
    }

    /// The turns of every session, each in the order in which they were said.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &[u32]> {
        self.turns.values().map(Vec::as_slice)
    }

    /// The turns of one session.
    fn session(&self, project: Option<&str>, session: &str) -> &[u32] {
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

    /// The turn before a row in its session, of those that are neither retired nor kept apart.
    pub(crate) fn previous_turn(&self, row: usize) -> Option<usize> {
        let turns = self.turns.get(&self.facts[row].place()?)?;
        let at = turns.iter().position(|&turn| turn as usize == row)?;
        self.last_shown(&turns[..at])
    }

    /// The latest turn of a session that is neither retired nor kept apart.
    pub(crate) fn latest_turn(&self, project: Option<&str>, session: &str) -> Option<usize> {
        self.last_shown(self.session(project, session))
    }

    fn last_shown(&self, turns: &[u32]) -> Option<usize> {
        let mut latest_first = turns.iter().rev().map(|&row| row as usize);
        latest_first.find(|&row| !self.glances[row].hidden)
    }

    /// Memory that it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        let tags: usize = self.facts.iter().map(|facts| facts.tags.len() * 4).sum();
        let turns: usize = self.turns.values().map(|turns| turns.capacity() * 4 + 64).sum();
        let facts = self.facts.capacity() * size_of::<Facts>();
        let glances = self.glances.capacity() * size_of::<Glance>();
        facts
            + glances
            + tags
            + turns
            + self.vectors.size_bytes()
            + self.lexicon.size_bytes()
            + self.names.size_bytes()
    }
}

impl Facts {
    fn is_hidden(&self) -> bool {
        self.is_retired || self.quarantined
    }

    /// The session that it is a turn of.
    fn place(&self) -> Option<Place> {
        let session = self.session.filter(|_| self.kind == MemoryKind::Turn)?;
        Some((self.project, session))
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

/// A filter in numbers; passes what [`MemoryFilter::passes`] does.
struct Wanted<'a> {
    filter: &'a MemoryFilter,
    project: Option<u32>,
    session: Option<u32>,
    not_session: Option<u32>,
    source: Option<u32>,
    areas: Vec<u32>,
    tags: Vec<u32>,
}

impl<'a> Wanted<'a> {
    /// `None` when it names something that no memory has, so that none can pass.
    fn new(filter: &'a MemoryFilter, names: &Names) -> Option<Self> {
        let one = |name: &Option<String>| match name {
            Some(name) => names.known(name).map(Some),
            None => Some(None),
        };
        let areas: Vec<u32> = filter.areas.iter().filter_map(|area| names.known(area)).collect();
        if areas.is_empty() && !filter.areas.is_empty() {
            return None;
        }
        let tags = filter.tags.iter().map(|tag| names.known(tag));
        Some(Self {
            filter,
            project: one(&filter.project)?,
            session: one(&filter.session)?,
            // An unknown session excludes nothing.
            not_session: filter.not_session.as_deref().and_then(|name| names.known(name)),
            source: one(&filter.source)?,
            areas,
            tags: tags.collect::<Option<_>>()?,
        })
    }

    fn passes(&self, facts: &Facts) -> bool {
        let filter = self.filter;
        (self.project.is_none() || self.project == facts.project)
            && (self.session.is_none() || self.session == facts.session)
            && (self.not_session.is_none() || self.not_session != facts.session)
            && (self.source.is_none() || self.source == facts.source)
            && (filter.kinds.is_empty() || filter.kinds.contains(&facts.kind))
            && (self.areas.is_empty() || self.areas.contains(&facts.area))
            && self.tags.iter().all(|tag| facts.tags.contains(tag))
            && filter.since.is_none_or(|since| facts.said_at >= since)
            && filter.until.is_none_or(|until| facts.said_at < until)
            && filter.least_trust.is_none_or(|least| facts.trust >= least)
            && filter.quarantined == facts.quarantined
            && filter.as_of.is_none_or(|moment| facts.updated_at <= moment)
            && self.is_so(facts)
    }

    /// Whether it is known, and so at the moment that is asked for.
    fn is_so(&self, facts: &Facts) -> bool {
        let is_known = !facts.is_retired || self.filter.with_retired;
        match self.filter.valid_at {
            Some(moment) => {
                facts.said_at <= moment
                    && facts.valid_to.is_none_or(|end| moment < end)
                    && (is_known || facts.valid_to.is_some())
            }
            None => is_known,
        }
    }
}
