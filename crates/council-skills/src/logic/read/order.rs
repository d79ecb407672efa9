//! Chains of comparisons, and people and things in a row: who is tallest, who sits where.

mod asked;
mod formula;
mod lexicon;
mod relation;
mod setup;

use super::clause::Reading;
use super::cut::led;
use super::vocabulary;
use crate::logic::language::{Formula, Problem, Term};
use crate::logic::puzzle::{Puzzle, Question};
use crate::logic::words::{Sentence, Word, number, written};
use lexicon::VERBS;
use relation::Relation;

/// Most things that are ordered.
const MOST: usize = 12;

/// A row, or several, one for each thing that is compared.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    problem: Problem,
    reading: Reading,
    /// Keys of what is ordered; their labels are the elements of the first sort.
    things: Vec<String>,
    /// Names of what is compared, and the function that tells the place.
    dimensions: Vec<(String, usize)>,
    /// Verb and subject of the clause before.
    subject: Option<usize>,
    /// How many the text says there are.
    crowd: Option<usize>,
    /// No more things are added.
    closed: bool,
    statements: Vec<(String, Said)>,
}

/// A relation between things, before the number of places is known.
#[derive(Clone, Debug)]
struct Said {
    parts: Vec<(bool, usize, Relation, Vec<usize>)>,
}

const THINGS: usize = 0;
const PLACES: usize = 1;

/// Reads a whole text in one reading; `None` where any sentence was not understood.
pub(super) fn read(sentences: &[Sentence], reading: Reading) -> Option<Puzzle> {
    let mut problem = Problem::default();
    problem.sort("thing", Vec::new());
    problem.sort("place", Vec::new());
    let mut rows = Rows {
        problem,
        reading,
        things: Vec::new(),
        dimensions: Vec::new(),
        subject: None,
        crowd: None,
        closed: false,
        statements: Vec::new(),
    };
    let plain: Vec<String> = sentences.iter().map(Sentence::plain).collect();
    if plain.iter().any(|one| {
        one.contains("round table")
            || one.contains("circle")
            || one.contains("circular")
            || one.contains("around a")
    }) {
        return None;
    }
    let last = sentences.last()?;
    let mut asked = None;
    for sentence in sentences {
        if sentence.question || std::ptr::eq(sentence, last) {
            if asked.is_some() {
                return None;
            }
            let words = rows.given_with_question(sentence)?;
            asked = Some(words);
            continue;
        }
        let before = rows.clone();
        if rows.sentence(sentence).is_none() {
            rows = before;
            rows.introduced(sentence)?;
        }
    }
    rows.closed = true;
    if rows.crowd.is_some_and(|count| count != rows.things.len()) {
        return None;
    }
    if rows.statements.is_empty() || rows.things.len() < 2 {
        return None;
    }
    let asked = asked?;
    rows.places();
    let question = rows.asks(&asked)?;
    let statements = std::mem::take(&mut rows.statements);
    for (words, said) in &statements {
        let formula = rows.formula(said)?;
        rows.problem.premise(words, formula);
    }
    rows.apart();
    let doubt = rows.doubtful(&question);
    Some(Puzzle {
        problem: rows.problem,
        question,
        doubt,
    })
}

impl Rows {
    /// `If A is taller than B and B is taller than C, who is tallest?` has its premises with it.
    fn given_with_question(&mut self, sentence: &Sentence) -> Option<Vec<Word>> {
        let words = led(&sentence.words);
        let opens = ["if", "given that", "suppose", "since", "when"];
        let opened = opens
            .iter()
            .find_map(|open| super::cut::after(&sentence.words, open));
        if let Some(rest) = opened {
            let cut = (1..rest.len().saturating_sub(1)).rev().find(|&at| {
                rest[at].is(",")
                    && rest[at + 1].is_any(&["who", "which", "is", "then", "what", "does", "did", "where"])
            });
            let at = cut?;
            self.say(&sentence.text, &rest[..at])?;
            let from = at + 1 + usize::from(rest[at + 1].is("then"));
            return Some(rest[from..].to_vec());
        }
        // `Who is tallest if A is taller than B?`
        if let Some(at) = words.iter().position(|word| word.is("if")).filter(|at| *at > 2) {
            self.say(&sentence.text, &words[at + 1..])?;
            return Some(words[..at].to_vec());
        }
        Some(words.to_vec())
    }

    fn sentence(&mut self, sentence: &Sentence) -> Option<()> {
        let words = led(&sentence.words);
        // `In a race of five, …`, `Among these friends, …`
        let lead = words.iter().position(|word| word.is(",")).filter(|&comma| {
            let lead = &words[..comma];
            words[0].is_any(&["in", "on", "among", "of", "at", "during"])
                && comma < 8
                && relation::find(lead).is_none()
                && !lead[1..].iter().any(Word::capital)
        });
        let words = lead.map_or(words, |comma| &words[comma + 1..]);
        self.say(&sentence.text, words)
    }

    /// Relations joined by commas and connectives; a part without a subject goes on with the one before.
    fn say(&mut self, text: &str, words: &[Word]) -> Option<()> {
        if words.iter().any(|word| {
            word.is_any(&[
                "or", "if", "either", "neither", "unless", "some", "all", "every", "each", "may", "might",
            ])
        }) {
            return None;
        }
        let mut tied = words.to_vec();
        // `between A and B` is no connective.
        for at in 0..tied.len() {
            if tied[at].is("between")
                && let Some(and) = (at + 1..tied.len().min(at + 6)).find(|&and| tied[and].is("and"))
            {
                tied[and] = Word::new("&");
            }
        }
        self.subject = None;
        let mut parts = Vec::new();
        let pieces = tied.split(|word| word.is_any(&["and", "but", ",", "while", "whereas", "who"]));
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            parts.push(self.piece(piece)?);
        }
        if parts.is_empty() {
            return None;
        }
        self.statements.push((text.to_owned(), Said { parts }));
        Some(())
    }

    fn piece(&mut self, words: &[Word]) -> Option<(bool, usize, Relation, Vec<usize>)> {
        let (at, relation, length) = relation::find(words)?;
        let (subject, objects) = (&words[..at], &words[at + length..]);
        // `Two places ahead of`, `almost as tall as`: more is said than which of them comes first.
        const MEASURES: &[&str] = &[
            "almost",
            "nearly",
            "hardly",
            "barely",
            "probably",
            "perhaps",
            "maybe",
            "may",
            "might",
            "could",
            "would",
            "should",
            "can",
            "twice",
            "half",
            "least",
            "most",
            "usually",
            "often",
            "sometimes",
            "times",
            "places",
            "years",
            "both",
            "none",
            "only",
            "same",
            "to",
        ];
        if subject
            .iter()
            .any(|word| word.is_any(MEASURES) || number(&word.lower).is_some())
        {
            return None;
        }
        let mut relation = relation;
        let mut negated = subject.iter().any(|word| word.is_any(&["not", "never"]));
        let kept: Vec<Word> = subject
            .iter()
            .filter(|word| !word.is_any(&["not", "never"]))
            .cloned()
            .collect();
        let kept = without_verbs(&kept);
        let subject = if kept.is_empty() || kept.len() == 1 && kept[0].is_any(&["he", "she", "it"]) {
            self.subject?
        } else {
            self.thing(kept)?
        };
        self.subject = Some(subject);
        // `Not as tall as` is smaller, not merely different.
        if let (
            true,
            Relation::Level {
                dimension,
                more: Some(more),
            },
        ) = (negated, &relation)
        {
            let (dimension, direct) = (dimension.clone(), false);
            relation = if *more {
                Relation::Before { dimension, direct }
            } else {
                Relation::After { dimension, direct }
            };
            negated = false;
        }
        let mut found = Vec::new();
        if relation.objects() > 0 {
            let trimmed = trailing(objects);
            for object in trimmed.split(|word| word.is("&")) {
                found.push(self.thing(object)?);
            }
        } else if !trailing(objects).is_empty() {
            return None;
        }
        let dimension = relation.dimension();
        self.dimension(&dimension)?;
        (found.len() == relation.objects() && !found.contains(&subject))
            .then_some((negated, subject, relation, found))
    }

    /// The index of a thing, which is added unless all are known.
    fn thing(&mut self, words: &[Word]) -> Option<usize> {
        if words.is_empty() || words.len() > 4 || number(&words[0].lower).is_some() {
            return None;
        }
        let article = vocabulary::is_determiner(&words[0]) || words[0].is_any(&["a", "an"]);
        // `Ben arrived` is no name.
        if words[0].capital()
            && !article
            && words
                .iter()
                .any(|word| !word.capital() && !word.lower.starts_with('#'))
        {
            return None;
        }
        let noun =
            words.len() == 1 && words[0].lower.chars().all(char::is_alphabetic) && !words[0].is_any(VERBS);
        let proper = noun
            || words[0].capital()
            || words[0].lower.starts_with('#')
            || vocabulary::is_determiner(&words[0])
            || words[0].is_any(&["a", "an"]);
        let key = vocabulary::noun_key(words)?;
        if let Some(index) = self.things.iter().position(|known| *known == key) {
            return Some(index);
        }
        // `the taxi` where `taxi` is known, `Ben` where `Ben Miller` is not.
        let ends: Vec<usize> = (0..self.things.len())
            .filter(|&index| {
                self.things[index].starts_with(&format!("{key} "))
                    || self.things[index].ends_with(&format!(" {key}"))
            })
            .collect();
        if let [only] = ends[..] {
            return Some(only);
        }
        if self.closed || !ends.is_empty() || !proper || self.things.len() >= MOST {
            return None;
        }
        let shown = if vocabulary::is_determiner(&words[0]) || words[0].is_any(&["a", "an"]) {
            &words[1..]
        } else {
            words
        };
        self.things.push(key);
        self.problem.sorts[THINGS].elements.push(written(shown));
        Some(self.things.len() - 1)
    }

    fn dimension(&mut self, name: &str) -> Option<usize> {
        if let Some((_, symbol)) = self.dimensions.iter().find(|(known, _)| known == name) {
            return Some(*symbol);
        }
        if self.dimensions.len() > 3 {
            return None;
        }
        let symbol = self.problem.function(name, vec![THINGS], PLACES);
        self.dimensions.push((name.to_owned(), symbol));
        Some(symbol)
    }

    /// As many places as things; a thing's label is its number.
    fn places(&mut self) {
        self.problem.sorts[PLACES].elements =
            (1..=self.things.len()).map(|place| place.to_string()).collect();
    }

    fn place(&mut self, thing: usize, dimension: &str) -> Option<Term> {
        let symbol = self.dimension(dimension)?;
        let element = Term::Element {
            sort: THINGS,
            index: thing,
        };
        Some(Term::Apply(symbol, vec![element]))
    }

    fn doubtful(&self, question: &Question) -> Option<String> {
        let used: Vec<usize> = self
            .problem
            .premises
            .iter()
            .flat_map(|premise| symbols(&premise.formula))
            .collect();
        let asked: Vec<usize> = question.formulas().iter().flat_map(symbols).collect();
        let unsaid = asked.iter().any(|symbol| !used.contains(symbol));
        (unsaid || self.dimensions.len() > 1).then(|| "more is compared than is asked about".to_owned())
    }
}

fn symbols(formula: &Formula) -> Vec<usize> {
    let mut found = Vec::new();
    if let Formula::Compare { left, right, .. } = formula {
        for term in [left, right] {
            if let Term::Apply(symbol, _) = term {
                found.push(*symbol);
            }
        }
    }
    found.extend(formula.parts().into_iter().flat_map(symbols));
    found
}

/// Without the verbs and fillers at the end.
fn without_verbs(words: &[Word]) -> &[Word] {
    let mut end = words.len();
    let named = words.first().is_some_and(|first| {
        first.capital() && !vocabulary::is_determiner(first) && !first.is_any(&["a", "an"])
    });
    while end > 0 {
        let word = &words[end - 1];
        let verb = word.is_any(VERBS) && !(end == 1 && word.capital());
        let other_verb = end > 1 && !word.capital() && named && words[..end - 1].iter().all(Word::capital);
        if !verb && !other_verb {
            break;
        }
        end -= 1;
    }
    &words[..end]
}

/// Without words behind an object that add nothing.
fn trailing(words: &[Word]) -> &[Word] {
    const TAILS: &[&str] = &[
        "house", "seat", "chair", "position", "place", "each", "other", "spot", "does", "is", "did", "of",
        "all", "them", "the", "three", "four", "five", "in", "row", "line", "race", "queue", "too", "two",
        "others", "everyone", "group", "was",
    ];
    let mut end = words.len();
    while end > 0 && words[end - 1].is_any(TAILS) && !words[end - 1].capital() {
        end -= 1;
    }
    &words[..end]
}
