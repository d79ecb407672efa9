//! Chains of comparisons, and people and things in a row: who is tallest, who sits where.

mod asked;
mod relation;

use super::clause::Reading;
use super::statement::led;
use super::vocabulary;
use crate::logic::language::{Formula, Problem, Term};
use crate::logic::puzzle::{Puzzle, Question};
use crate::logic::words::{Sentence, Word, number, ordinal, stem, written};
use relation::{PLACE, Relation};

/// Most things that are ordered.
const MOST: usize = 12;

/// Words of sentences that introduce who is ordered. Any other word is a name, or was not understood.
const SETUP: &[&str] = &[
    "there",
    "is",
    "are",
    "wer",
    "was",
    "were",
    "sit",
    "stand",
    "seat",
    "row",
    "line",
    "in",
    "a",
    "an",
    "the",
    "on",
    "bench",
    "shelf",
    "queu",
    "race",
    "run",
    "runner",
    "finish",
    "person",
    "friend",
    "child",
    "student",
    "boy",
    "girl",
    "book",
    "hous",
    "car",
    "numb",
    "number",
    "from",
    "left",
    "to",
    "right",
    "and",
    "of",
    "at",
    "park",
    "compar",
    "their",
    "height",
    "ag",
    "weight",
    "hav",
    "took",
    "tak",
    "part",
    "liv",
    "box",
    "differ",
    "different",
    "all",
    "each",
    "with",
    "no",
    "ti",
    "plac",
    "position",
    "next",
    "other",
    "athlet",
    "team",
    "competition",
    "contest",
    "swimm",
    "swimmer",
    "player",
    "sibling",
    "brother",
    "sister",
    "colleagu",
    "worker",
    "man",
    "woman",
    "animal",
    "block",
    "building",
    "tower",
    "tre",
    "vehicl",
    "chair",
    "along",
    "street",
    "road",
    "wait",
    "facing",
    "you",
    "fac",
    "camera",
    "we",
    "consider",
    "compet",
    "certain",
    "group",
    "cyclist",
    "marathon",
    "one",
    "behind",
    "onto",
    "up",
    "theatr",
    "cinema",
    "classmat",
    "cousin",
    "lin",
    "put",
    "set",
    "exactly",
    "that",
    "who",
    "which",
    "tall",
    "old",
    "measur",
    "weigh",
    "ord",
    "order",
    "some",
    "sport",
    "test",
    "exam",
    "result",
    "bottl",
    "cup",
    "flag",
    "hang",
    "pictur",
    "dog",
    "cat",
    "hors",
    "train",
    "bus",
    "stop",
    "hold",
    "single",
    "singl",
    "long",
    "side",
    "by",
    "two",
    "met",
    "event",
    "picnic",
    "were",
    "had",
    "ran",
    "com",
    "last",
    "and",
    "arriv",
];

/// Verbs between a subject and where it is.
const VERBS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "sits",
    "sit",
    "stands",
    "stand",
    "finished",
    "finishes",
    "finish",
    "came",
    "comes",
    "come",
    "arrived",
    "arrives",
    "arrive",
    "ranks",
    "ranked",
    "lives",
    "live",
    "lived",
    "ran",
    "runs",
    "run",
    "sitting",
    "standing",
    "seated",
    "placed",
    "parked",
    "located",
    "ended",
    "ends",
    "sat",
    "stood",
    "crossed",
    "does",
    "did",
    "do",
    "has",
    "have",
    "be",
    "found",
    "in",
    "waits",
    "waiting",
    "hangs",
    "the",
    "race",
    "line",
    "must",
    "somewhere",
    "also",
    "will",
    "lined",
    "up",
    "positioned",
    "got",
    "immediately",
    "directly",
    "in",
    "a",
    "bit",
    "much",
    "slightly",
    "even",
    "far",
    "arrived",
    "born",
    "scored",
    "jumped",
    "jumps",
    "weighs",
    "costs",
    "earns",
    "lies",
    "comes",
    "walks",
    "swims",
    "drives",
    "cycled",
    "swam",
    "works",
    "little",
    "both",
    "exactly",
];

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
            .find_map(|open| super::statement::after(&sentence.words, open));
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
        // `In the race, who was first?`
        Some(words.to_vec())
    }

    fn sentence(&mut self, sentence: &Sentence) -> Option<()> {
        let words = led(&sentence.words);
        let words = [
            "in a race ,",
            "in the race ,",
            "in a row ,",
            "on a shelf ,",
            "in a line ,",
            "in the queue ,",
            "in a queue ,",
            "in this race ,",
            "in a competition ,",
            "in a contest ,",
        ]
        .iter()
        .find_map(|lead| super::statement::after(words, lead))
        .unwrap_or(words);
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

    /// A sentence that lists who is ordered: `Three people sit in a row: Ann, Bill and Cleo.`
    fn introduced(&mut self, sentence: &Sentence) -> Option<()> {
        let words: Vec<Word> = sentence.words.clone();
        // A list behind a colon, with the noun at its end: `a red, a blue and a green book`.
        if let Some(colon) = words.iter().position(|word| word.is(":")) {
            let lead = &words[..colon];
            let items = words[colon + 1..]
                .split(|word| word.is_any(&[",", "and"]))
                .filter(|item| !item.is_empty())
                .count();
            // `A stand sells five fruits: …`: whatever it is, it lists five.
            let counted =
                lead.iter().any(|word| number(&word.lower) == Some(items)) && relation::find(lead).is_none();
            if !counted && !self.only_setup(lead) {
                return None;
            }
            return self.list(&words[colon + 1..]);
        }
        let mut index = 0;
        while index < words.len() {
            let word = &words[index];
            let name = (word.capital() && index > 0
                || word.lower.starts_with('#')
                || index == 0 && words.get(1).is_some_and(|next| next.is_any(&[",", "and"])))
                && !SETUP.contains(&stem(&word.lower).as_str());
            if name {
                self.thing(std::slice::from_ref(word))?;
            } else if !self.only_setup(std::slice::from_ref(word)) {
                return None;
            }
            index += 1;
        }
        Some(())
    }

    fn only_setup(&self, words: &[Word]) -> bool {
        words.iter().all(|word| {
            SETUP.contains(&stem(&word.lower).as_str())
                || SETUP.contains(&word.lower.as_str())
                || number(&word.lower).is_some()
                || ordinal(&word.lower).is_some()
                || word.is_any(&[",", "(", ")", "as", "follows"])
        })
    }

    fn list(&mut self, words: &[Word]) -> Option<()> {
        let items: Vec<&[Word]> = words
            .split(|word| word.is_any(&[",", "and"]))
            .filter(|item| !item.is_empty())
            .collect();
        let noun = items
            .last()
            .filter(|last| last.len() == 3 && last[0].is_any(&["a", "an", "the", "one"]))
            .map(|last| last[2].clone());
        for item in &items {
            let shared = noun
                .as_ref()
                .filter(|_| item.len() == 2 && item[0].is_any(&["a", "an", "the", "one"]));
            let full: Vec<Word> = item.iter().cloned().chain(shared.cloned()).collect();
            let article = full[0].is("one");
            self.thing(&full[usize::from(article)..])?;
        }
        (items.len() > 1).then_some(())
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

    fn formula(&mut self, said: &Said) -> Option<Formula> {
        let mut all = Vec::new();
        for (negated, subject, relation, objects) in &said.parts {
            let formula = self.relation(*subject, relation, objects)?;
            all.push(if *negated { formula.not() } else { formula });
        }
        Some(if all.len() == 1 {
            all.remove(0)
        } else {
            Formula::All(all)
        })
    }

    fn relation(&mut self, subject: usize, relation: &Relation, objects: &[usize]) -> Option<Formula> {
        let dimension = relation.dimension();
        let own = self.place(subject, &dimension)?;
        let mut others = Vec::new();
        for &object in objects {
            others.push(self.place(object, &dimension)?);
        }
        let count = self.things.len();
        let at = |place: usize| {
            (1..=count).contains(&place).then(|| {
                Formula::equal(
                    own.clone(),
                    Term::Element {
                        sort: PLACES,
                        index: place - 1,
                    },
                )
            })
        };
        Some(match relation {
            Relation::Before { direct, .. } => {
                let other = others.pop()?;
                if *direct {
                    Formula::before_by(own, 1, other)
                } else {
                    Formula::less(own, other)
                }
            }
            Relation::After { direct, .. } => {
                let other = others.pop()?;
                if *direct {
                    Formula::before_by(other, 1, own)
                } else {
                    Formula::less(other, own)
                }
            }
            Relation::Level { .. } => Formula::equal(own, others.pop()?),
            Relation::NextTo => {
                let other = others.pop()?;
                Formula::Any(vec![
                    Formula::before_by(own.clone(), 1, other.clone()),
                    Formula::before_by(other, 1, own),
                ])
            }
            Relation::Between { direct } => {
                let (second, first) = (others.pop()?, others.pop()?);
                let direct = *direct || self.reading.exclusive;
                let rises = |low: Term, high: Term| {
                    if direct {
                        Formula::All(vec![
                            Formula::before_by(low, 1, own.clone()),
                            Formula::before_by(own.clone(), 1, high),
                        ])
                    } else {
                        Formula::All(vec![
                            Formula::less(low, own.clone()),
                            Formula::less(own.clone(), high),
                        ])
                    }
                };
                Formula::Any(vec![rises(first.clone(), second.clone()), rises(second, first)])
            }
            Relation::From { start: true, nth } => at(*nth)?,
            Relation::From { start: false, nth } => at((count + 1).checked_sub(*nth)?)?,
            Relation::AnEnd => Formula::Any(vec![at(1)?, at(count)?]),
            Relation::Middle => {
                if count.is_multiple_of(2) {
                    return None;
                }
                at(count.div_ceil(2))?
            }
            // The nth of all: so many have a place before it, and the others behind it.
            Relation::Extreme {
                dimension,
                first,
                nth,
            } => {
                let mut before = Vec::new();
                let mut level = Vec::new();
                for other in (0..count).filter(|&other| other != subject) {
                    let other = self.place(other, dimension)?;
                    level.push(Formula::equal(own.clone(), other.clone()).not());
                    before.push(if *first {
                        Formula::less(other, own.clone())
                    } else {
                        Formula::less(own.clone(), other)
                    });
                }
                level.push(Formula::exactly(nth.checked_sub(1)?, before));
                Formula::All(level)
            }
        })
    }

    /// No two share a place in a row; two may be equally tall.
    fn apart(&mut self) {
        let Some((_, symbol)) = self.dimensions.iter().find(|(name, _)| name == PLACE).cloned() else {
            return;
        };
        let of = |index: usize| Term::Apply(symbol, vec![Term::Element { sort: THINGS, index }]);
        for first in 0..self.things.len() {
            for second in first + 1..self.things.len() {
                self.problem
                    .premise("", Formula::equal(of(first), of(second)).not());
            }
        }
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
        let other_verb = end > 1 && !word.capital() && named && words.len() - end < 2;
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
        "does", "is", "did", "of", "all", "them", "the", "three", "four", "five", "in", "row", "line",
        "race", "queue", "too", "two", "others", "everyone", "group", "was",
    ];
    let mut end = words.len();
    while end > 0 && words[end - 1].is_any(TAILS) {
        end -= 1;
    }
    &words[..end]
}
