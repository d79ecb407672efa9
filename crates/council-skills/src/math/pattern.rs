//! Phrases with places for numbers and expressions, matched against a whole question.
//!
//! `[a|b]` may be there, `(a|b)` must be, `{x}` takes one or more tokens, `⟨` and `⟩` are parentheses; everything else is
//! itself.

use super::lex::Token;
use std::collections::BTreeMap;
use std::ops::Range;

/// Most steps of one match, and most ways that are kept.
const MAX_STEPS: usize = 6_000;
const MAX_WAYS: usize = 8;

#[derive(Clone, Debug)]
enum Part {
    Word(String),
    Slot(&'static str),
    Choice(Vec<Vec<Part>>),
}

/// A phrase.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Part>);

/// The tokens that stand in the places of a phrase.
pub(super) type Places = BTreeMap<&'static str, Range<usize>>;

impl Pattern {
    /// Reads a phrase.
    pub(super) fn new(text: &'static str) -> Self {
        let mut rest = text;
        Self(sequence(&mut rest))
    }

    /// The ways in which it matches all the tokens.
    pub(super) fn matches(&self, tokens: &[Token]) -> Vec<Places> {
        let mut search = Search {
            tokens,
            steps: 0,
            found: Vec::new(),
            places: Places::new(),
        };
        search.run(&[&self.0], 0);
        search.found
    }
}

fn sequence(rest: &mut &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    loop {
        *rest = rest.trim_start();
        let Some(sign) = rest.chars().next() else {
            return parts;
        };
        match sign {
            ']' | ')' | '|' => return parts,
            '[' | '(' => {
                let mut ways = if sign == '[' { vec![Vec::new()] } else { Vec::new() };
                loop {
                    *rest = &rest[1..];
                    ways.push(sequence(rest));
                    if !rest.starts_with('|') {
                        break;
                    }
                }
                *rest = rest.get(1..).unwrap_or("");
                // What may be missing is tried last, so that "the" belongs to the phrase.
                if sign == '[' {
                    ways.rotate_left(1);
                }
                parts.push(Part::Choice(ways));
            }
            '{' => {
                let end = rest.find('}').unwrap_or(rest.len() - 1);
                parts.push(Part::Slot(&rest[1..end]));
                *rest = &rest[end + 1..];
            }
            _ => {
                let end = rest
                    .find([' ', '[', ']', '(', ')', '|', '{'])
                    .unwrap_or(rest.len());
                let word = match &rest[..end] {
                    "⟨" => "(",
                    "⟩" => ")",
                    word => word,
                };
                parts.push(Part::Word(word.to_owned()));
                *rest = &rest[end..];
            }
        }
    }
}

struct Search<'a> {
    tokens: &'a [Token],
    steps: usize,
    found: Vec<Places>,
    places: Places,
}

impl Search<'_> {
    /// Matches the stacked sequences, the last first, from a token on.
    fn run(&mut self, stack: &[&[Part]], at: usize) {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.found.len() >= MAX_WAYS {
            return;
        }
        let Some((parts, below)) = stack.split_last() else {
            if at == self.tokens.len() && !self.found.contains(&self.places) {
                self.found.push(self.places.clone());
            }
            return;
        };
        let Some((part, rest)) = parts.split_first() else {
            self.run(below, at);
            return;
        };
        match part {
            Part::Word(word) => {
                if self.tokens.get(at).is_some_and(|token| token.says(word)) {
                    let mut next = below.to_vec();
                    next.push(rest);
                    self.run(&next, at + 1);
                }
            }
            Part::Choice(ways) => {
                for way in ways {
                    let mut next = below.to_vec();
                    next.push(rest);
                    next.push(way);
                    self.run(&next, at);
                }
            }
            Part::Slot(name) => {
                let mut next = below.to_vec();
                next.push(rest);
                for end in at + 1..=self.tokens.len() {
                    if self.tokens[end - 1].is('?') {
                        break;
                    }
                    let known = self.places.insert(name, at..end);
                    self.run(&next, end);
                    match known {
                        Some(known) => self.places.insert(name, known),
                        None => self.places.remove(name),
                    };
                }
            }
        }
    }
}
