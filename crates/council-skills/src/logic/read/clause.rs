//! Simple clauses: who, and what is said of them.

use super::vocabulary::{self, Vocabulary};
use crate::logic::language::{Formula, Problem, Sort, Term};
use crate::logic::words::{Word, stem, written};

/// The one sort of arguments and puzzles about people: everything that there is.
pub(super) const THINGS: usize = 0;

/// Which of its two meanings a form is given, where English leaves it open. An answer counts where it is the same in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// `A or B`, `one of them`: not both.
    pub(super) exclusive: bool,
    /// `all A are B` says that there is an A.
    pub(super) import: bool,
}

impl Reading {
    pub(super) const ALL: [Self; 4] = [
        Self {
            exclusive: false,
            import: false,
        },
        Self {
            exclusive: true,
            import: false,
        },
        Self {
            exclusive: false,
            import: true,
        },
        Self {
            exclusive: true,
            import: true,
        },
    ];
}

/// Makes formulas of clauses, and remembers what they speak of.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) problem: Problem,
    pub(super) vocabulary: Vocabulary,
    pub(super) reading: Reading,
    /// Who says what is being read, as an index of the things.
    pub(super) speaker: Option<usize>,
    /// Whom `us` and `them` mean.
    pub(super) people: Vec<usize>,
    /// The last subject in this sentence.
    pub(super) subject: Option<Term>,
    /// `someone` of the condition that is being read, and what they are called there.
    pub(super) generic: Option<String>,
    /// Whether `someone` may begin such a condition here.
    pub(super) condition: bool,
    /// What `all A are B` presupposes.
    pub(super) imports: Vec<Formula>,
    /// How many people the text says there are.
    pub(super) crowd: Option<usize>,
    /// What `a shape` of a condition is; that a sign is a shape may go without saying.
    pub(super) kinds: Vec<String>,
    /// How many sentences say `most`.
    pub(super) most: usize,
}

/// A clause in its parts.
#[derive(Clone, Debug)]
pub(super) struct Split<'a> {
    pub(super) subject: &'a [Word],
    /// The verb between them, where it is one that only carries the tense; to be put before another predicate.
    pub(super) link: &'a [Word],
    pub(super) negated: bool,
    pub(super) predicate: &'a [Word],
}

impl Split<'_> {
    /// Whether the predicate is denied, apart from `negated`, and its key: what one can is not what one does.
    pub(super) fn said(&self) -> Option<(bool, String)> {
        let (negated, key) = vocabulary::predicate(self.predicate)?;
        let can = self.link.first().is_some_and(|word| word.is("can"));
        Some((negated, if can { format!("can {key}") } else { key }))
    }
}

impl Reader {
    pub(super) fn new(reading: Reading) -> Self {
        let mut problem = Problem::default();
        problem.sorts.push(Sort {
            name: "thing".to_owned(),
            elements: Vec::new(),
            open: true,
        });
        Self {
            problem,
            vocabulary: Vocabulary::default(),
            reading,
            speaker: None,
            people: Vec::new(),
            subject: None,
            generic: None,
            condition: false,
            imports: Vec::new(),
            crowd: None,
            kinds: Vec::new(),
            most: 0,
        }
    }

    /// A clause without connectives and without a quantifier.
    pub(super) fn clause(&mut self, words: &[Word]) -> Option<Formula> {
        let split = split(words)?;
        if let Some(formula) = self.inside(&split) {
            return Some(formula);
        }
        let (negated, predicate) = split.said()?;
        let term = self.noun(split.subject, &predicate)?;
        let formula = self.holds(&predicate, term)?;
        Some(if negated == split.negated {
            formula
        } else {
            formula.not()
        })
    }

    /// `predicate(term)`, where roles such as knight and opposites such as dry are what they stand for.
    pub(super) fn holds(&mut self, key: &str, term: Term) -> Option<Formula> {
        let (key, positive) = self.vocabulary.canonical(key);
        let symbol = self.vocabulary.predicate_symbol(&mut self.problem, &key)?;
        let formula = Formula::Holds(symbol, vec![term]);
        Some(if positive { formula } else { formula.not() })
    }

    /// Whom a noun phrase or a pronoun means; `predicate` is what is said of them.
    pub(super) fn noun(&mut self, words: &[Word], predicate: &str) -> Option<Term> {
        let first = words.first()?;
        if words.len() == 1 {
            match first.lower.as_str() {
                "i" if self.speaker.is_none() && !self.vocabulary.speaks() => {
                    return self.vocabulary.thing(&mut self.problem, "i", "I").map(element);
                }
                "i" | "me" | "myself" => return self.speaker.map(element),
                "it" if self.generic.is_some() => return Some(Term::Variable(0)),
                "it" if vocabulary::is_weather(predicate) => {
                    return self.vocabulary.thing(&mut self.problem, "it", "it").map(element);
                }
                "it" => return self.subject.clone().or_else(|| self.only_object()),
                "he" | "she" | "they" | "him" | "her" | "them" => {
                    if self.generic.is_some() {
                        return Some(Term::Variable(0));
                    }
                    let speaker = self.speaker.map(element);
                    return self.subject.clone().or(speaker).or_else(|| self.only_person());
                }
                "someone" | "somebody" | "something" | "anyone" | "anybody" | "anything" | "one"
                    if self.condition =>
                {
                    self.generic = Some(String::new());
                    return Some(Term::Variable(0));
                }
                _ => {}
            }
        }
        if let Some(speaker) = self.speaker.filter(|_| first.is("this") && words.len() == 2) {
            return Some(element(speaker));
        }
        let key = vocabulary::noun_key(words)?;
        if first.is_any(&["a", "an"]) {
            // `If a number is even, ...` speaks of all of them.
            if !self.condition || self.generic.as_ref().is_some_and(|noun| *noun != key) {
                return None;
            }
            self.generic = Some(key);
            return Some(Term::Variable(0));
        }
        if first.is_any(&["that", "the", "this"]) && self.generic.as_ref() == Some(&key) {
            return Some(Term::Variable(0));
        }
        let shown: &[Word] = if vocabulary::is_determiner(first) {
            &words[1..]
        } else {
            words
        };
        let index = self.vocabulary.thing(&mut self.problem, &key, &written(shown))?;
        if first.capital() && !vocabulary::is_determiner(first) {
            self.vocabulary.name(index);
        }
        self.subject = Some(element(index));
        self.subject.clone()
    }

    /// `The gold is in this box`, where boxes speak, says that the box contains the gold.
    fn inside(&mut self, split: &Split<'_>) -> Option<Formula> {
        let place = split.predicate;
        let at = usize::from(place.first()?.is_any(&["in", "inside", "behind", "here"]));
        if self.people.is_empty() || at == 0 || !self.vocabulary.speaks() {
            return None;
        }
        let holder = match &place[at..] {
            [] => self.speaker?,
            [this, _] if this.is("this") => self.speaker?,
            other => self.vocabulary.thing_index(&vocabulary::noun_key(other)?)?,
        };
        if !self.people.contains(&holder) {
            return None;
        }
        let formula = self.holds(
            &format!("contain {}", vocabulary::noun_key(split.subject)?),
            element(holder),
        )?;
        Some(if split.negated { formula.not() } else { formula })
    }

    fn only_object(&self) -> Option<Term> {
        let named = self.vocabulary.names();
        let mut objects = (0..self.vocabulary.things().len()).filter(|index| !named.contains(index));
        let only = objects.next()?;
        (objects.next().is_none() && self.vocabulary.things()[only] != "it").then(|| element(only))
    }

    fn only_person(&self) -> Option<Term> {
        match self.vocabulary.names()[..] {
            [only] => Some(element(only)),
            _ => None,
        }
    }
}

/// The thing with this index.
pub(super) fn element(index: usize) -> Term {
    Term::Element { sort: THINGS, index }
}

const BE: &[&str] = &["is", "are", "was", "were", "am"];
const CARRIES_TENSE: &[&str] = &["can", "does", "do", "did", "will", "shall", "must"];

/// The parts of a clause: by its auxiliary verb, or else by where a verb can stand.
pub(super) fn split(words: &[Word]) -> Option<Split<'_>> {
    let auxiliary = (1..words.len()).find(|&index| {
        words[index].is_any(BE)
            || words[index].is_any(CARRIES_TENSE)
            || words[index].is_any(&["has", "have", "had"])
    });
    let at = match auxiliary {
        Some(at) => at,
        None => verb(words)?,
    };
    let end = words[..at]
        .iter()
        .rposition(|word| !word.is_any(vocabulary::ADVERBS))?
        + 1;
    let subject = &words[..end];
    let mut rest = at;
    if auxiliary.is_some() {
        let perfect = words[at].is_any(&["has", "have", "had"]) && perfect(&words[at + 1..]);
        if words[at].is_any(BE) || words[at].is_any(CARRIES_TENSE) || perfect {
            rest = at + 1;
        }
    }
    let link = &words[at..rest];
    let mut negated = false;
    let mut skipped = rest;
    while let Some(word) = words.get(skipped) {
        if word.is_any(&["not", "never"]) {
            negated = !negated;
        } else if !(word.is_any(vocabulary::ADVERBS) || word.is("be")) {
            break;
        }
        skipped += 1;
    }
    let predicate = &words[skipped..];
    (!predicate.is_empty()).then_some(Split {
        subject,
        link,
        negated,
        predicate,
    })
}

/// Whether `has` before these words only carries the tense.
pub(super) fn perfect(rest: &[Word]) -> bool {
    let next = rest
        .iter()
        .find(|word| !word.is("not") && !word.is_any(vocabulary::ADVERBS));
    let denied = rest.first().is_some_and(|word| word.is("not"));
    const PARTICIPLES: &[&str] = &[
        "been", "won", "gone", "done", "left", "lost", "run", "come", "made", "found", "met", "kept",
        "slept", "paid", "sold", "bought", "caught", "begun", "rung",
    ];
    const NO_PARTICIPLES: &[&str] = &[
        "red",
        "bed",
        "seed",
        "shed",
        "sled",
        "weed",
        "need",
        "ten",
        "seven",
        "eleven",
        "men",
        "women",
        "children",
        "green",
        "golden",
        "wooden",
        "garden",
        "kitten",
        "chicken",
        "pen",
        "oven",
        "linen",
        "open",
        "seventeen",
        "fifteen",
        "sixteen",
        "thirteen",
        "fourteen",
        "eighteen",
        "nineteen",
    ];
    let next = next.filter(|word| !word.is_any(NO_PARTICIPLES));
    denied
        || next.is_some_and(|word| {
            word.lower.ends_with("ed") || word.lower.ends_with("en") || word.is_any(PARTICIPLES)
        })
}

/// Where the verb stands in a clause without an auxiliary.
fn verb(words: &[Word]) -> Option<usize> {
    let first = words.first()?;
    if first.is_any(&[
        "i",
        "he",
        "she",
        "it",
        "they",
        "someone",
        "somebody",
        "something",
        "anyone",
        "everyone",
        "nobody",
    ]) {
        return (words.len() > 1).then_some(1);
    }
    let begins = |index: usize| {
        let word = &words[index];
        word.is_any(&["never", "did-it"])
            || stem(&word.lower) != word.lower
                && !word.capital()
                && (word.lower.ends_with('s') || word.lower.ends_with("ed") || !word.lower.ends_with("ing"))
    };
    let start = if vocabulary::is_determiner(first) || first.is_any(&["a", "an"]) {
        2
    } else {
        let names = words
            .iter()
            .take_while(|word| word.capital() || word.lower.starts_with('#'));
        let names = names.count().max(1);
        if first.capital() && names < words.len() && begins(names) {
            return Some(names);
        }
        names
    };
    (start..words.len()).find(|&index| begins(index))
}
