//! Statements: conditionals, connectives and quantifiers around simple clauses.

use super::clause::{Reader, Split, THINGS, element, split};
use super::cut::{after, around, led, without_suffix};
use super::phrases::DENIALS;
use super::vocabulary::{self, ADVERBS, TELLS_THE_TRUTH};
use crate::logic::language::{Formula, Term};
use crate::logic::words::Word;

impl Reader {
    /// What a statement says; `None` where any of it was not understood.
    pub(super) fn statement(&mut self, words: &[Word]) -> Option<Formula> {
        let words = led(words);
        if words.is_empty() || words.len() > 60 {
            return None;
        }
        // `Even if` denies the condition.
        if words
            .windows(2)
            .any(|pair| pair[0].is("even") && pair[1].is_any(&["if", "when", "though"]))
        {
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
        // `Everyone but Tom` leaves Tom out.
        let excepts = bare.windows(2).any(|pair| {
            let all = [
                "everyone",
                "everybody",
                "everything",
                "nobody",
                "one",
                "nothing",
                "none",
                "all",
                "anyone",
                "anybody",
                "no",
                "every",
                "anything",
            ];
            pair[0].is_any(&all) && pair[1].is_any(&["but", "except"])
        });
        if excepts {
            return None;
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
        if pieces[0].len() < 4
            && pieces[0][0].is_any(&["all", "every", "each", "no", "some", "any", "not", "only", "most"])
            && !is_whole(pieces[0])
        {
            return self.all_of_each(&pieces, connectives);
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

    /// `All cats and dogs bark` is said of all cats and of all dogs.
    fn all_of_each(&mut self, pieces: &[&[Word]], connectives: &[&str]) -> Option<Vec<Formula>> {
        let (last, earlier) = pieces.split_last()?;
        let quantifier = &pieces[0][..1];
        let rest = &last[split(last)?.subject.len()..];
        if !connectives.contains(&"and") || !quantifier[0].is_any(&["all", "every", "each"]) {
            return None;
        }
        let mut found = Vec::new();
        for (index, piece) in earlier.iter().enumerate() {
            let class = if index == 0 { &piece[1..] } else { piece };
            found.push(self.quantified(&[quantifier, class, rest].concat())?);
        }
        found.push(self.quantified(&[quantifier, last].concat())?);
        Some(found)
    }

    fn single(&mut self, words: &[Word]) -> Option<Formula> {
        self.counted(words).or_else(|| self.quantified(words))
    }

    fn neither(&mut self, words: &[Word]) -> Option<Formula> {
        let without: Vec<Word> = words.iter().filter(|word| !word.is("neither")).cloned().collect();
        let parts = self.parts(&without, &["nor", "or"])?;
        Some(Formula::All(parts.into_iter().map(Formula::not).collect()))
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
