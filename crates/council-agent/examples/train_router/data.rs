//! The training queries: read, multiplied from templates, and put into groups that belong together.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// The outputs of the classifier: the kinds of `SkillKind::ALL`, and what is none of them.
pub(crate) const LABELS: [&str; 6] = ["chat", "math", "code", "logic", "knowledge", "unknown"];
/// Queries made of one template.
const PER_TEMPLATE: u64 = 6;
/// Queries that share this part of their words belong to one group.
const SAME_GROUP: f64 = 0.6;
/// A query for training that shares this part of its words with one that is held out is refused.
const SAME_QUERY: f64 = 0.75;

/// A labelled query.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Query {
    /// What is asked.
    pub(crate) text: String,
    /// One of [`LABELS`].
    pub(crate) kind: String,
    /// Queries of the same template or of nearly the same words have the same number; 0 for those held out.
    #[serde(default)]
    pub(crate) group: usize,
}

impl Query {
    /// The label's place in [`LABELS`].
    pub(crate) fn label(&self) -> Result<usize, String> {
        let place = LABELS.iter().position(|label| *label == self.kind);
        place.ok_or_else(|| format!("`{}` is no kind: {}", self.kind, LABELS.join(", ")))
    }
}

/// Queries of a file with one JSON object a line.
pub(crate) fn read_lines(path: &Path) -> Result<Vec<Query>, Box<dyn Error>> {
    let text = read(path)?;
    let parsed = text.lines().map(serde_json::from_str::<Query>);
    parsed
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

/// All queries for training of `data/router`: what was written, with the templates filled.
pub(crate) fn expand(folder: &Path, held_out: &[Query]) -> Result<Vec<Query>, Box<dyn Error>> {
    let slots = read(&folder.join("slots.txt"))?;
    let slots = self::slots(&slots)?;
    let mut queries: Vec<Query> = Vec::new();
    let mut seen = BTreeSet::new();
    for kind in LABELS {
        for line in read(&folder.join("queries").join(format!("{kind}.txt")))?.lines() {
            let group = queries.len();
            for number in 0..if line.contains("[[") { PER_TEMPLATE } else { 1 } {
                let text = fill(line, number, &slots)?.replace("\\n", "\n");
                let hasty = hasty(&text).filter(|_| kind != "unknown");
                for text in std::iter::once(text).chain(hasty) {
                    if seen.insert(text.clone()) {
                        let kind = kind.to_owned();
                        queries.push(Query { text, kind, group });
                    }
                }
            }
        }
    }
    join_groups(&mut queries);
    refuse_held_out(&queries, held_out)?;
    Ok(queries)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn slots(text: &str) -> Result<BTreeMap<&str, Vec<&str>>, String> {
    let slot = |line| {
        let (name, values): (&str, &str) = str::split_once(line, ": ")
            .ok_or_else(|| format!("slots.txt: `{line}` is no line of the form NAME: VALUE | VALUE"))?;
        Ok((name, values.split(" | ").collect()))
    };
    text.lines().map(slot).collect()
}

/// A line with its slots filled, differently for each number.
fn fill(template: &str, number: u64, slots: &BTreeMap<&str, Vec<&str>>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = template;
    let mut random = Random(template.bytes().fold(number, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }));
    let mut chosen: BTreeMap<&str, &str> = BTreeMap::new();
    while let Some((before, after)) = rest.split_once("[[") {
        let (name, after) = after
            .split_once("]]")
            .ok_or_else(|| format!("`{template}` has `[[` without `]]`"))?;
        // A matrix is written with the same brackets.
        let value = match slots.get(name) {
            Some(values) => {
                let pick = values[(random.next() % values.len() as u64) as usize];
                (*chosen.entry(name).or_insert(pick)).to_owned()
            }
            None if name.contains(|character: char| character.is_ascii_digit()) && name.contains(',') => {
                format!("[[{name}]]")
            }
            None => return Err(format!("`{template}`: slots.txt has no `{name}`")),
        };
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    Ok(filled + rest)
}

/// A query as it is typed in a hurry: no capitals, no mark at the end. Not for code and formulas, which it would change.
fn hasty(text: &str) -> Option<String> {
    let plain = |character: char| character.is_alphanumeric() || " ,.;:!?'\"-%$".contains(character);
    let hasty = text.trim_end_matches(['.', '?', '!']).to_lowercase();
    (text.chars().all(plain) && hasty.contains(' ')).then_some(hasty)
}

/// Numbers that are the same in every run (splitmix64, <https://doi.org/10.1145/2714064.2660195>).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let parts = lower.split(|character: char| !character.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Words in common over all words of both, [0, 1] (Jaccard).
fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let common = one.intersection(other).count();
    common as f64 / (one.len() + other.len() - common).max(1) as f64
}

/// Makes one group of groups that have nearly equal queries.
fn join_groups(queries: &mut [Query]) {
    let words: Vec<_> = queries.iter().map(|query| words(&query.text)).collect();
    let mut joined: Vec<usize> = (0..=queries.len()).collect();
    let root = |joined: &[usize], mut group: usize| {
        while joined[group] != group {
            group = joined[group];
        }
        group
    };
    for later in 0..queries.len() {
        for earlier in 0..later {
            let (one, other) = (queries[earlier].group, queries[later].group);
            if one != other && likeness(&words[earlier], &words[later]) >= SAME_GROUP {
                let (one, other) = (root(&joined, one), root(&joined, other));
                joined[one.max(other)] = one.min(other);
            }
        }
    }
    for query in queries {
        query.group = root(&joined, query.group) + 1;
    }
}

/// What is held out must not be learnt from.
fn refuse_held_out(queries: &[Query], held_out: &[Query]) -> Result<(), String> {
    let held: Vec<_> = held_out.iter().map(|query| words(&query.text)).collect();
    let mut problems = Vec::new();
    for query in queries {
        let own = words(&query.text);
        for (other, held) in held_out.iter().zip(&held) {
            // Of a few words or numbers alone no two differ much.
            let same = own.len() > 4 && likeness(&own, held) >= SAME_QUERY;
            if same || query.text.to_lowercase() == other.text.to_lowercase() {
                problems.push(format!(
                    "`{}` is nearly `{}`, which is held out",
                    query.text, other.text
                ));
            }
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}
