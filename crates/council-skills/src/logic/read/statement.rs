//! Statements: conditionals, connectives and quantifiers around simple clauses.

use super::clause::{Reader, Split, THINGS, element, split};
use super::vocabulary::{self, ADVERBS, TELLS_THE_TRUTH};
use crate::logic::language::{Formula, Term};
use crate::logic::words::{Word, number};

/// Words of a puzzle that only lead to what is said.
const LEADS: &[&str] = &[
    "also",
    "and",
    "but",
    "however",
    "moreover",
    "furthermore",
    "additionally",
    "now",
    "yet",
    "so",
    "therefore",
    "thus",
    "hence",
    "consequently",
    "then",
    "finally",
    "actually",
    "suppose",
    "assume",
    "given",
    "today",
];

const PHRASES: &[&str] = &[
    "it is known that",
    "we know that",
    "it is true that",
    "it is the case that",
    "it is a fact that",
    "you know that",
    "we also know that",
    "it follows that",
    "suppose that",
    "assume that",
    "given that",
    "in addition ,",
    "as a result ,",
    "we are told that",
    "you are told that",
    "you see that",
    "we observe that",
    "it turns out that",
    "it is certain that",
    "in conclusion ,",
    "we can conclude that",
    "this means that",
    "imagine that",
    "we find that",
    "you learn that",
    "you notice that",
    "let us assume that",
    "let us suppose that",
    "we have that",
    "the rule is that",
    "for this reason ,",
];

const DENIALS: &[&str] = &[
    "it is not the case that",
    "it is not true that",
    "it is false that",
    "it is untrue that",
    "it is impossible that",
    "it is not a fact that",
];

impl Reader {
    /// What a statement says; `None` where any of it was not understood.
    pub(super) fn statement(&mut self, words: &[Word]) -> Option<Formula> {
        let words = led(words);
        if words.is_empty() || words.len() > 60 {
            return None;
        }
        for denial in DENIALS {
            if let Some(rest) = after(words, denial) {
                return Some(self.statement(rest)?.not());
            }
        }
        if let Some(formula) = self.same_kind(words).or_else(|| self.would_say(words)) {
            return Some(formula);
        }
        if words[0].is_any(&["if", "whenever", "when", "provided", "assuming"]) {
            let from = 1 + usize::from(words.get(1).is_some_and(|word| word.is("that")));
            return self.conditional(&words[from..]);
        }
        if words[0].is("unless") {
            return self.conditional_parts(&words[1..], true);
        }
        for between in [
            "if and only if",
            "just in case",
            "exactly when",
            "exactly if",
            "precisely when",
            "iff",
        ] {
            if let Some((left, right)) = around(words, between) {
                let left = self.statement(left)?;
                return Some(left.same(self.statement(right)?));
            }
        }
        for between in ["only if", "only when"] {
            if let Some((left, right)) = around(words, between) {
                return self.implication(left, right);
            }
        }
        if let Some((left, right)) = around(words, "implies").or_else(|| around(words, "means"))
            && left[0].is("being")
            && right[0].is("being")
        {
            return self.being(left, right);
        }
        for between in ["implies that", "implies", "means that"] {
            if let Some((left, right)) = around(words, between) {
                return self.implication(left, right);
            }
        }
        for between in ["provided that", "as long as", "whenever", "if", "when"] {
            if let Some((left, right)) = around(words, between) {
                return self.implication(right, left);
            }
        }
        if let Some((left, right)) = around(words, "unless") {
            let right = self.statement(right)?;
            let left = self.statement(left)?;
            return Some(right.not().implies(left));
        }
        self.joined(words)
    }

    /// `Being a square implies being a rectangle.`
    fn being(&mut self, left: &[Word], right: &[Word]) -> Option<Formula> {
        let of = |reader: &mut Self, words: &[Word]| {
            let (negated, key) = vocabulary::predicate(&words[1..])?;
            let formula = reader.holds(&key, Term::Variable(0))?;
            Some(if negated { formula.not() } else { formula })
        };
        let body = of(self, left)?.implies(of(self, right)?);
        Some(Formula::ForAll {
            variable: 0,
            sort: THINGS,
            body: Box::new(body),
        })
    }

    /// What follows `if`: condition and consequence, at `then`, at a comma, or where only one cut makes sense.
    fn conditional(&mut self, words: &[Word]) -> Option<Formula> {
        if let Some((left, right)) = around(words, "then") {
            return self.implication(left, right);
        }
        self.conditional_parts(words, false)
    }

    fn conditional_parts(&mut self, words: &[Word], unless: bool) -> Option<Formula> {
        let commas: Vec<usize> = (1..words.len()).filter(|&index| words[index].is(",")).collect();
        let cuts: Vec<(usize, usize)> = if commas.is_empty() {
            (1..words.len()).map(|cut| (cut, cut)).collect()
        } else {
            commas.iter().map(|&comma| (comma, comma + 1)).collect()
        };
        let mut found = None;
        for (end, begin) in cuts {
            let before = self.checkpoint();
            let read = if unless {
                let condition = self.statement(&words[..end]);
                condition
                    .and_then(|condition| Some(condition.not().implies(self.statement(&words[begin..])?)))
            } else {
                self.implication(&words[..end], &words[begin..])
            };
            if let Some(formula) = read {
                if !commas.is_empty() {
                    return Some(formula);
                }
                if found.is_some() {
                    return None;
                }
                found = Some(formula);
            } else {
                self.back_to(before);
            }
        }
        found
    }

    fn implication(&mut self, condition: &[Word], consequence: &[Word]) -> Option<Formula> {
        let outer = self.generic.take();
        self.condition = true;
        let condition = self.statement(condition);
        self.condition = false;
        let formula = condition.and_then(|condition| {
            let consequence = self.statement(consequence)?;
            let Some(noun) = self.generic.clone() else {
                return Some(condition.implies(consequence));
            };
            let mut given = vec![condition];
            if !["", "person", "thing", "number", "object"].contains(&noun.as_str()) {
                given.insert(0, self.holds(&noun, Term::Variable(0))?);
                self.kinds.push(noun);
            }
            let body = Formula::All(given).implies(consequence);
            Some(Formula::ForAll {
                variable: 0,
                sort: THINGS,
                body: Box::new(body),
            })
        });
        self.generic = outer;
        formula
    }

    /// `A and B`, `A or B`, `neither A nor B`, and what has none of these.
    fn joined(&mut self, words: &[Word]) -> Option<Formula> {
        if let Some(formula) = self.counted(words) {
            return Some(formula);
        }
        let either = words[0].is("either");
        let bare = if either { &words[1..] } else { words };
        let (bare, not_both) = without_suffix(
            bare,
            &[", but not both", "but not both", ", not both", "and not both"],
        );
        let (bare, or_both) = without_suffix(bare, &[", or both", "or both"]);
        let of_group = ["neither of", "none of", "neither statement", "neither label"];
        if of_group.iter().any(|phrase| after(bare, phrase).is_some()) {
            return self.quantified(bare);
        }
        let has = |word: &str| bare.iter().any(|other| other.is(word));
        if has("neither") || has("nor") {
            return self.neither(bare);
        }
        if has("or") && (has("and") || has("but")) {
            return None;
        }
        if has("or") {
            let without: Vec<Word> = bare.iter().filter(|word| !word.is("either")).cloned().collect();
            if let Some(formula) = self.not_any(&without) {
                return Some(formula);
            }
            let parts = self.parts(&without, &["or"])?;
            let exclusive = not_both || (either && self.reading.exclusive && !or_both && !self.condition);
            return Some(if exclusive {
                Formula::exactly(1, parts)
            } else {
                Formula::Any(parts)
            });
        }
        if either || not_both || or_both {
            return None;
        }
        let joint = bare.iter().position(|word| word.is_any(&["and", "but"]));
        if joint.is_some() {
            let not_both = bare[0].is("not") && bare.get(1).is_some_and(|word| word.is("both"));
            let negated_both = bare
                .windows(2)
                .any(|pair| pair[0].is("not") && pair[1].is("both"));
            let dropped: Vec<Word> = if not_both {
                bare[2..].to_vec()
            } else if negated_both {
                let at = bare
                    .windows(2)
                    .position(|pair| pair[0].is("not") && pair[1].is("both"))?;
                [&bare[..at], &bare[at + 2..]].concat()
            } else {
                bare.iter().filter(|word| !word.is("both")).cloned().collect()
            };
            let parts = self.parts(&dropped, &["and", "but"])?;
            let all = Formula::All(parts);
            return Some(if not_both || negated_both { all.not() } else { all });
        }
        self.quantified(bare)
    }

    /// The parts around a connective, each as a whole statement: `A is x or y` has two.
    fn parts(&mut self, words: &[Word], connectives: &[&str]) -> Option<Vec<Formula>> {
        let pieces: Vec<&[Word]> = words
            .split(|word| word.is_any(connectives) || word.is(","))
            .filter(|piece| !piece.is_empty())
            .collect();
        if pieces.len() < 2 || pieces.len() > 8 {
            return None;
        }
        let before = self.checkpoint();
        let whole: Option<Vec<Formula>> = pieces
            .iter()
            .map(|piece| if is_whole(piece) { self.single(piece) } else { None })
            .collect();
        if whole.is_some() {
            return whole;
        }
        self.back_to(before.clone());
        let shared: Option<Vec<Formula>> = shared_predicate(&pieces)
            .and_then(|statements| statements.iter().map(|one| self.quantified(one)).collect());
        if shared.is_some() {
            return shared;
        }
        self.back_to(before);
        let statements = shared_subject(&pieces)?;
        statements.iter().map(|one| self.quantified(one)).collect()
    }

    /// `A does not sing or dance` denies both.
    fn not_any(&mut self, words: &[Word]) -> Option<Formula> {
        let mut pieces = words
            .split(|word| word.is_any(&["or", ","]))
            .filter(|piece| !piece.is_empty());
        let first = split(pieces.next()?)?;
        let shared = first.negated && !pieces.clone().any(|piece| is_whole(piece) || piece[0].is("not"));
        if !shared || pieces.count() == 0 {
            return None;
        }
        let at = words.iter().position(|word| word.is_any(&["not", "never"]))?;
        let positive = [&words[..at], &words[at + 1..]].concat();
        let before = self.checkpoint();
        let parts = self.parts(&positive, &["or"]);
        if parts.is_none() {
            self.back_to(before);
        }
        Some(Formula::Any(parts?).not())
    }

    fn single(&mut self, words: &[Word]) -> Option<Formula> {
        self.counted(words).or_else(|| self.quantified(words))
    }

    fn neither(&mut self, words: &[Word]) -> Option<Formula> {
        let without: Vec<Word> = words.iter().filter(|word| !word.is("neither")).cloned().collect();
        let parts = self.parts(&without, &["nor", "or"])?;
        Some(Formula::All(parts.into_iter().map(Formula::not).collect()))
    }

    /// `exactly two of us are knights`, `at least one of A, B and C lies`.
    fn counted(&mut self, words: &[Word]) -> Option<Formula> {
        let words = after(words, "there is")
            .or_else(|| after(words, "there are"))
            .unwrap_or(words);
        let (least, most, rest) = how_many(words)?;
        let (members, predicate) = self.members(rest)?;
        let exact = most == Some(least);
        let mut of = Vec::new();
        let linked = split_predicate(predicate)?;
        let (negated, key) = vocabulary::predicate(linked.1)?;
        for &member in &members {
            let formula = self.holds(&key, element(member))?;
            of.push(if negated == linked.0 {
                formula
            } else {
                formula.not()
            });
        }
        if of.is_empty() || least > of.len() {
            return None;
        }
        let is_role = self.vocabulary.is_role(&key);
        // `One of them is a knave` may or may not leave room for another; `one of them stole it` does not.
        let bare = exact && !words[0].is_any(&["exactly", "only", "just", "precisely"]);
        let most = if bare && is_role && !self.reading.exclusive {
            of.len()
        } else {
            most.unwrap_or(of.len())
        };
        Some(Formula::Count { least, most, of })
    }

    /// Of whom a count speaks, and what follows.
    fn members<'a>(&mut self, words: &'a [Word]) -> Option<(Vec<usize>, &'a [Word])> {
        let rest = if words.first().is_some_and(|word| word.is("of")) {
            &words[1..]
        } else {
            words
        };
        let groups = [
            "us three",
            "us two",
            "us",
            "them",
            "the three of us",
            "the two of us",
            "the three",
            "the two",
            "the four",
            "these three",
            "these two",
            "the people",
            "the three people",
            "the two people",
            "these people",
            "the suspects",
            "the three suspects",
            "the four suspects",
            "these statements",
            "the statements",
            "the three statements",
            "these three statements",
            "the two statements",
            "the four statements",
            "the labels",
            "the three labels",
            "the signs",
            "the islanders",
            "the inhabitants",
            "the three inhabitants",
            "the two inhabitants",
            "the three islanders",
            "the boxes",
            "the three boxes",
            "the two boxes",
            "the students",
            "the children",
            "the boys",
            "the girls",
            "the friends",
            "the three friends",
            "the four people",
            "the four friends",
            "these",
            "the three children",
            "these people",
            "the speakers",
            "these suspects",
            "the three labels",
            "the two labels",
            "the inscriptions",
            "the three inscriptions",
        ];
        let group = groups
            .iter()
            .filter_map(|group| after(rest, group))
            .min_by_key(|rest| rest.len());
        if let Some(rest) = group {
            return (!self.people.is_empty()).then(|| (self.people.clone(), rest));
        }
        if words.first().is_some_and(|word| word.is("of")) {
            // A list of names up to the verb.
            let end = rest.iter().position(|word| {
                !word.capital() && !word.is_any(&[",", "and", "or"]) && !word.lower.starts_with('#')
            })?;
            let mut members = Vec::new();
            for name in rest[..end]
                .iter()
                .filter(|word| !word.is_any(&[",", "and", "or"]))
            {
                let key = vocabulary::noun_key(std::slice::from_ref(name))?;
                let index = self.vocabulary.thing(&mut self.problem, &key, &name.text)?;
                self.vocabulary.name(index);
                members.push(index);
            }
            return (members.len() > 1).then_some((members, &rest[end..]));
        }
        // `exactly one knave`, `two liars among us`.
        let (class, _) = without_suffix(
            rest,
            &[
                "among us",
                "among them",
                "among the three",
                "here",
                "in the group",
                "among these",
            ],
        );
        let key = vocabulary::noun_key(class)?;
        (self.vocabulary.is_role(&key) && !self.people.is_empty()).then(|| (self.people.clone(), class))
    }

    pub(super) fn truthful(&mut self, person: usize) -> Option<Formula> {
        self.holds(TELLS_THE_TRUTH, element(person))
    }

    pub(super) fn checkpoint(&self) -> (Option<Term>, Option<String>, bool) {
        (self.subject.clone(), self.generic.clone(), self.condition)
    }

    pub(super) fn back_to(&mut self, (subject, generic, condition): (Option<Term>, Option<String>, bool)) {
        self.subject = subject;
        self.generic = generic;
        self.condition = condition;
    }
}

/// Negation and predicate of a verb phrase without its subject.
fn split_predicate(words: &[Word]) -> Option<(bool, &[Word])> {
    let links = [
        "is", "are", "was", "were", "did", "does", "do", "will", "must", "has", "have",
    ];
    let mut rest = words;
    if rest.first()?.is_any(&links) && rest.len() > 1 {
        rest = &rest[1..];
    }
    let negated = rest.first()?.is("not");
    Some((negated, if negated { &rest[1..] } else { rest }))
}

/// Least and most, and what is counted.
fn how_many(words: &[Word]) -> Option<(usize, Option<usize>, &[Word])> {
    let two = |index: usize| words.get(index).map(|word| word.lower.as_str());
    let (from, kind) = match (two(0)?, two(1)?) {
        ("at", "least") => (2, 0),
        ("at", "most") => (2, 1),
        ("exactly" | "only" | "just" | "precisely", _) => (1, 2),
        _ => (0, 2),
    };
    let count = number(two(from)?)?;
    let rest = &words[from + 1..];
    Some(match kind {
        0 => (count, None, rest),
        1 => (0, Some(count), rest),
        _ => (count, Some(count), rest),
    })
}

/// Without words that only lead to what is said, and without marks at both ends.
pub(super) fn led(words: &[Word]) -> &[Word] {
    let mut words = words;
    loop {
        let before = words.len();
        for phrase in PHRASES {
            if let Some(rest) = after(words, phrase) {
                words = rest;
            }
        }
        while words
            .first()
            .is_some_and(|word| word.is_any(&[",", ":", "\""]) || word.is_any(LEADS))
        {
            words = &words[1..];
        }
        while words
            .last()
            .is_some_and(|word| word.is_any(&[",", ":", "\"", "then"]))
        {
            words = &words[..words.len() - 1];
        }
        if words.len() == before {
            return words;
        }
    }
}

/// What stands behind a phrase that the words begin with.
pub(super) fn after<'a>(words: &'a [Word], phrase: &str) -> Option<&'a [Word]> {
    let mut count = 0;
    for part in phrase.split(' ') {
        if !words.get(count)?.is(part) {
            return None;
        }
        count += 1;
    }
    (count < words.len()).then(|| &words[count..])
}

/// What stands before and behind the first place of a phrase, neither empty.
pub(super) fn around<'a>(words: &'a [Word], phrase: &str) -> Option<(&'a [Word], &'a [Word])> {
    let length = phrase.split(' ').count();
    (1..words.len())
        .find(|&at| after(&words[at..], phrase).is_some())
        .map(|at| (&words[..at], &words[at + length..]))
}

pub(super) fn without_suffix<'a>(words: &'a [Word], suffixes: &[&str]) -> (&'a [Word], bool) {
    for suffix in suffixes {
        let length = suffix.split(' ').count();
        if words.len() > length {
            let (rest, end) = words.split_at(words.len() - length);
            if crate::logic::words::plain(end) == *suffix {
                return (rest, true);
            }
        }
    }
    (words, false)
}

/// Whether a piece between connectives has subject and predicate of its own.
fn is_whole(piece: &[Word]) -> bool {
    match split(piece) {
        None => false,
        Some(Split { subject, link, .. }) => {
            let begins_with_verb = piece[0].is_any(&[
                "is", "are", "was", "were", "not", "does", "did", "has", "have", "in", "at",
            ]) || piece[0].is_any(ADVERBS);
            !subject.is_empty() && !begins_with_verb && (!link.is_empty() || !piece[0].is_any(&["a", "an"]))
        }
    }
}

/// `A`, `B`, `C are here` to `A are here`, `B are here`, `C are here`.
fn shared_predicate(pieces: &[&[Word]]) -> Option<Vec<Vec<Word>>> {
    let (last, earlier) = pieces.split_last()?;
    let Split { subject, .. } = split(last)?;
    let singular = |word: &Word| match word.lower.as_str() {
        "are" => Word::new("is"),
        "were" => Word::new("was"),
        "do" => Word::new("does"),
        "have" => Word::new("has"),
        _ => word.clone(),
    };
    let rest: Vec<Word> = last[subject.len()..].iter().map(singular).collect();
    let last = [subject, &rest].concat();
    if earlier
        .iter()
        .any(|piece| piece.len() > 4 || split(piece).is_some_and(|split| !split.link.is_empty()))
    {
        return None;
    }
    let mut statements: Vec<Vec<Word>> = earlier.iter().map(|piece| [piece, &rest[..]].concat()).collect();
    statements.push(last);
    Some(statements)
}

/// `A is x`, `y`, `not z` to `A is x`, `A is y`, `A is not z`.
fn shared_subject(pieces: &[&[Word]]) -> Option<Vec<Vec<Word>>> {
    let (first, later) = pieces.split_first()?;
    let Split {
        subject,
        link,
        predicate,
        ..
    } = split(first)?;
    let mut statements = vec![first.to_vec()];
    for piece in later {
        let has_link = piece[0].is_any(&["is", "are", "was", "were", "does", "did", "will", "has", "have"]);
        // Without a linking verb, each part brings its own: `A sings or dances`.
        let link = if has_link { &[][..] } else { link };
        // `A eats an apple or a pear` shares the verb, and so does `A eats apples or pears`.
        let verbless = piece[0].is_any(&["a", "an", "the"]) || piece.len() == 1 && predicate.len() == 2;
        let with_be = link
            .first()
            .is_some_and(|word| word.is_any(&["is", "are", "was", "were", "am"]));
        let shares = !has_link && !with_be && verbless && predicate.len() > 1;
        let verb = if shares { &predicate[..1] } else { &[][..] };
        statements.push([subject, link, verb, piece].concat());
    }
    Some(statements)
}
