//! Counts: exactly two of them, at least one of A and B.

use super::clause::{Reader, element};
use super::cut::{after, without_suffix};
use super::vocabulary;
use crate::logic::language::Formula;
use crate::logic::words::{Word, number};

impl Reader {
    /// `exactly two of us are knights`, `at least one of A, B and C lies`.
    pub(super) fn counted(&mut self, words: &[Word]) -> Option<Formula> {
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
