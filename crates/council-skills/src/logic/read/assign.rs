//! Assignment puzzles: as many people as things of each kind, each with one, and clues.

mod asked;
mod setup;

use super::cut::{after, led};
use crate::logic::language::{Formula, Problem, Term};
use crate::logic::puzzle::Puzzle;
use crate::logic::words::{Sentence, Word, stem};

/// Words of clues that carry no more than that somebody has something.
const FILLERS: &[&str] = &[
    "hav", "own", "is", "are", "was", "were", "the", "a", "an", "do", "does", "did", "will", "liv", "in",
    "play", "wear", "drink", "eat", "driv", "rid", "belong", "to", "by", "of", "who", "that", "which", "one",
    "person", "'", "'s", "choos", "chos", "chosen", "pick", "order", "work", "as", "keep", "study", "stud",
    "on", "buy", "tak", "get", "owner", "man", "woman", "pet", "her", "his", "their", "paint", "colour",
    "color", "hous", "car", "also", "be", "bak", "collect",
];

/// Forms of these say that something is not so.
const NEGATIONS: &[&str] = &["not", "never", "neither", "nor", "no"];

const PEOPLE: usize = 0;

/// One kind of thing that people have.
#[derive(Clone, Debug)]
struct Category {
    /// Stems of the words that introduced it.
    words: Vec<String>,
    /// The sort of its values.
    sort: usize,
    /// Which of them a person has.
    function: usize,
    /// Stems of each value's words.
    values: Vec<Vec<String>>,
}

/// What a text assigns to whom.
#[derive(Clone, Debug)]
pub(super) struct Table {
    problem: Problem,
    people: Vec<String>,
    categories: Vec<Category>,
    /// Stems of all words of the introduction.
    known: Vec<String>,
    /// It was said that each has one of their own.
    distinct: bool,
}

/// What a word of a clue is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Person(usize),
    Value(usize, usize),
    Not,
    Or,
    And,
}

/// Reads a whole text; `None` where any sentence was not understood.
pub(super) fn read(sentences: &[Sentence]) -> Option<Puzzle> {
    let mut problem = Problem::default();
    problem.sort("person", Vec::new());
    let mut table = Table {
        problem,
        people: Vec::new(),
        categories: Vec::new(),
        known: Vec::new(),
        distinct: false,
    };
    let (last, told) = sentences.split_last()?;
    let mut clues: Vec<&Sentence> = Vec::new();
    for sentence in told {
        if sentence.question {
            return None;
        }
        let before = table.clone();
        if clues.is_empty() && table.introduced(&sentence.words).is_some() {
            continue;
        }
        table = before;
        if !table.each_has_one(&sentence.words) {
            clues.push(sentence);
        }
    }
    if !table.distinct || table.people.len() < 2 || table.categories.is_empty() || clues.is_empty() {
        return None;
    }
    table.one_each();
    for clue in clues {
        let formula = table.clue(led(&clue.words))?;
        table.problem.premise(&clue.text, formula);
    }
    let question = table.asks(led(&last.words))?;
    Some(Puzzle {
        problem: table.problem,
        question,
        doubt: None,
    })
}

impl Table {
    fn has(&self, person: usize, category: usize, value: usize) -> Formula {
        let Category { sort, function, .. } = self.categories[category];
        let person = Term::Element {
            sort: PEOPLE,
            index: person,
        };
        Formula::equal(
            Term::Apply(function, vec![person]),
            Term::Element { sort, index: value },
        )
    }

    fn one_each(&mut self) {
        for category in 0..self.categories.len() {
            for value in 0..self.people.len() {
                let of = (0..self.people.len())
                    .map(|person| self.has(person, category, value))
                    .collect();
                self.problem.premise("", Formula::exactly(1, of));
            }
        }
    }

    /// A clue with its connectives.
    fn clue(&self, words: &[Word]) -> Option<Formula> {
        if let Some(rest) = after(words, "if") {
            let (condition, consequence) = super::cut::around(rest, "then").or_else(|| {
                let comma = rest.iter().position(|word| word.is(","))?;
                Some((&rest[..comma], &rest[comma + 1..]))
            })?;
            return Some(
                self.clue(trimmed(condition))?
                    .implies(self.clue(trimmed(consequence))?),
            );
        }
        if let Some((consequence, condition)) = super::cut::around(words, "if") {
            return Some(
                self.clue(trimmed(condition))?
                    .implies(self.clue(trimmed(consequence))?),
            );
        }
        self.simple(words, None).or_else(|| self.joined(words))
    }

    /// Clues joined by `and`, `but` or a comma; a part without a person goes on with the one before.
    fn joined(&self, words: &[Word]) -> Option<Formula> {
        let mut found = Vec::new();
        let mut begin = 0;
        let mut person = None;
        let cuts: Vec<usize> = (1..words.len())
            .filter(|&at| words[at].is_any(&["and", "but", ",", "while", "whereas"]))
            .chain([words.len()])
            .collect();
        for &cut in &cuts {
            let piece = trimmed(&words[begin..cut]);
            if piece.is_empty() {
                begin = cut + 1;
                continue;
            }
            if let Some(formula) = self.simple(piece, person) {
                person = self
                    .parts(piece)?
                    .iter()
                    .find_map(|part| match part {
                        Part::Person(index) => Some(*index),
                        _ => None,
                    })
                    .or(person);
                found.push(formula);
                begin = cut + 1;
            } else if cut == words.len() {
                return None;
            }
        }
        (found.len() > 1).then_some(Formula::All(found))
    }

    /// What each word stands for; `None` where one is neither known nor a filler.
    fn parts(&self, words: &[Word]) -> Option<Vec<Part>> {
        let stems: Vec<String> = words.iter().map(|word| stem(&word.lower)).collect();
        let mut parts = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let word = &words[at];
            if let Some(person) = self.people.iter().position(|name| *name == word.lower) {
                parts.push(Part::Person(person));
                at += 1;
                continue;
            }
            let value = self
                .categories
                .iter()
                .enumerate()
                .flat_map(|(category, one)| {
                    one.values
                        .iter()
                        .enumerate()
                        .map(move |(value, stems)| (category, value, stems))
                })
                .filter(|(_, _, value)| stems[at..].starts_with(value))
                .max_by_key(|(_, _, value)| value.len());
            if let Some((category, value, length)) = value {
                parts.push(Part::Value(category, value));
                at += length.len();
                continue;
            }
            match word.lower.as_str() {
                "or" => parts.push(Part::Or),
                "and" | "but" | "," => parts.push(Part::And),
                "either" => {}
                lower if NEGATIONS.contains(&lower) => parts.push(Part::Not),
                _ if FILLERS.contains(&stems[at].as_str()) || self.known.contains(&stems[at]) => {}
                _ => return None,
            }
            at += 1;
        }
        Some(parts)
    }

    /// A clue about one person, or one thing, or two things that one person has.
    fn simple(&self, words: &[Word], before: Option<usize>) -> Option<Formula> {
        let parts = self.parts(words)?;
        let mut people: Vec<usize> = Vec::new();
        let mut values: Vec<(usize, usize)> = Vec::new();
        for part in &parts {
            match part {
                Part::Person(index) => people.push(*index),
                Part::Value(category, value) => values.push((*category, *value)),
                Part::Not | Part::Or | Part::And => {}
            }
        }
        let nor = words.iter().any(|word| word.is("nor"));
        let neither = words.iter().any(|word| word.is("neither"));
        let negations = words
            .iter()
            .filter(|word| word.is_any(&["not", "never", "no"]))
            .count();
        let or = parts.contains(&Part::Or);
        let and = words.iter().any(|word| word.is_any(&["and", "but"]));
        if negations > 1 || (neither || nor) && negations > 0 || neither != nor || or && and {
            return None;
        }
        let negated = negations == 1 || neither;
        if people.is_empty() {
            people.extend(before);
        }
        let joined_by_or = or || nor;
        match (&people[..], &values[..]) {
            (&[person], &[(category, value)]) if !or && !and => {
                let formula = self.has(person, category, value);
                Some(if negated { formula.not() } else { formula })
            }
            (&[person], several) if several.len() > 1 && joined_by_or && !and && same_category(several) => {
                let any = Formula::Any(
                    several
                        .iter()
                        .map(|&(category, value)| self.has(person, category, value))
                        .collect(),
                );
                Some(if negated { any.not() } else { any })
            }
            (several, &[(category, value)]) if several.len() > 1 && (joined_by_or || and && negated) => {
                let any = Formula::Any(
                    several
                        .iter()
                        .map(|&person| self.has(person, category, value))
                        .collect(),
                );
                Some(if negated { any.not() } else { any })
            }
            (&[], &[(first, one), (second, other)]) if first != second && !or && !and => {
                let of = (0..self.people.len()).map(|person| {
                    Formula::All(vec![
                        self.has(person, first, one),
                        self.has(person, second, other),
                    ])
                });
                let together = Formula::Any(of.collect());
                Some(if negated { together.not() } else { together })
            }
            _ => None,
        }
    }
}

fn same_category(values: &[(usize, usize)]) -> bool {
    values.iter().all(|(category, _)| *category == values[0].0)
}

fn trimmed(words: &[Word]) -> &[Word] {
    let mut words = led(words);
    while words
        .first()
        .is_some_and(|word| word.is_any(&["and", "but", ","]))
    {
        words = &words[1..];
    }
    words
}
