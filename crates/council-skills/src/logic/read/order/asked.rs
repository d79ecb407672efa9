//! What is asked about a row.

use super::relation::{self, PLACE, Relation};
use super::setup::only_setup;
use super::{PLACES, Rows, without_verbs};
use crate::logic::language::{Formula, Term};
use crate::logic::puzzle::{Ask, Question};
use crate::logic::words::{Word, plain};

impl Rows {
    pub(super) fn asks(&mut self, words: &[Word]) -> Option<Question> {
        let first = words.first()?;
        if let Some(question) = self.ranking(words) {
            return Some(question);
        }
        if let Some(question) = self.where_is(words) {
            return Some(question);
        }
        let who = words
            .iter()
            .take(3)
            .position(|word| word.is_any(&["who", "which", "what"]));
        if let Some(at) = who {
            return self.who(&words[at + 1..]);
        }
        if first.is_any(&["is", "are", "was", "does", "did", "do", "has", "must"]) {
            return self.whether(&words[1..], Ask::Truth);
        }
        let follows = [
            "does it follow that",
            "can we conclude that",
            "is it true that",
            "can it be concluded that",
            "does that mean that",
            "do we know that",
            "can we be sure that",
            "can we say that",
            "does this mean that",
        ];
        let rest = follows
            .iter()
            .find_map(|phrase| super::super::cut::after(words, phrase))?;
        let ask = if words[1].is("it") && words[2].is("true") {
            Ask::Truth
        } else {
            Ask::Follows
        };
        self.whether(rest, ask)
    }

    fn whether(&mut self, words: &[Word], ask: Ask) -> Option<Question> {
        if words.iter().any(|word| word.is_any(&["or", "and", "if"]))
            && !words.iter().any(|word| word.is("between"))
        {
            return None;
        }
        let follows = words
            .iter()
            .any(|word| word.is_any(&["necessarily", "definitely", "certainly"]));
        let mut tied: Vec<Word> = words
            .iter()
            .filter(|word| !word.is_any(&["necessarily", "definitely", "certainly"]))
            .cloned()
            .collect();
        if let Some(and) = tied.iter().position(|word| word.is("and")) {
            tied[and] = Word::new("&");
        }
        let (negated, subject, relation, objects) = self.piece(&tied)?;
        let formula = self.relation(subject, &relation, &objects)?;
        let statement = if negated { formula.not() } else { formula };
        let ask = if follows { Ask::Follows } else { ask };
        Some(Question::Whether { statement, ask })
    }

    /// `who is the tallest`, `which book is at the far right`, `who is taller, A or B`
    fn who(&mut self, words: &[Word]) -> Option<Question> {
        let words = strip_tail(words);
        let compared = words
            .iter()
            .position(|word| word.is(",") || word.is(":"))
            .filter(|_| words.iter().any(|word| word.is("or")));
        if let Some(comma) = compared {
            return self.either(&words[..comma], &words[comma + 1..]);
        }
        let (at, relation, length) = relation::find(words)?;
        // What comes before says only of which kind the answer is, or which verb is used.
        if at > 5
            || words[..at]
                .iter()
                .any(|word| word.is_any(&["not", "never", "than"]))
        {
            return None;
        }
        let mut objects = Vec::new();
        let rest = strip_tail(&words[at + length..]);
        let mut tied = rest.to_vec();
        if let Some(and) = tied.iter().position(|word| word.is("and")) {
            tied[and] = Word::new("&");
        }
        if relation.objects() > 0 {
            for object in tied.split(|word| word.is("&")) {
                objects.push(self.thing(object)?);
            }
        } else if !rest.is_empty() && !without_verbs(rest).is_empty() && !only_setup(rest) {
            return None;
        }
        if objects.len() != relation.objects() {
            return None;
        }
        let relation = self.fitted(relation)?;
        let mut candidates = Vec::new();
        for thing in (0..self.things.len()).filter(|thing| !objects.contains(thing)) {
            let name = self.problem.sorts[super::THINGS].elements[thing].clone();
            candidates.push((name, self.relation(thing, &relation, &objects)?));
        }
        let many = relation.objects() == 1
            && !matches!(
                relation,
                Relation::Before { direct: true, .. } | Relation::After { direct: true, .. }
            );
        Some(Question::Which { candidates, many })
    }

    /// The dimension of a question is one that something was said about; `short` is of height or of length.
    fn fitted(&self, relation: Relation) -> Option<Relation> {
        let known = |name: &str| self.dimensions.iter().any(|(other, _)| other == name);
        let place = PLACE.to_owned();
        Some(match relation {
            Relation::Extreme {
                dimension,
                first,
                nth,
            } if !known(&dimension) => {
                let [(only, _)] = &self.dimensions[..] else {
                    return None;
                };
                match (dimension.as_str(), only.as_str()) {
                    ("height", "length") => Relation::Extreme {
                        dimension: "length".to_owned(),
                        first,
                        nth,
                    },
                    ("length", "height") => Relation::Extreme {
                        dimension: "height".to_owned(),
                        first,
                        nth,
                    },
                    // The fastest wins.
                    ("speed", PLACE) => Relation::Extreme {
                        dimension: place,
                        first: !first,
                        nth,
                    },
                    _ => return None,
                }
            }
            // First of those who were only compared by speed.
            Relation::From { start, nth } if !known(PLACE) => {
                if !known("speed") || self.dimensions.len() != 1 {
                    return None;
                }
                Relation::Extreme {
                    dimension: "speed".to_owned(),
                    first: !start,
                    nth,
                }
            }
            Relation::Middle if !known(PLACE) => {
                let [(only, _)] = &self.dimensions[..] else {
                    return None;
                };
                let count = self.things.len();
                if count.is_multiple_of(2) {
                    return None;
                }
                Relation::Extreme {
                    dimension: only.clone(),
                    first: true,
                    nth: count.div_ceil(2),
                }
            }
            other => other,
        })
    }

    fn either(&mut self, asked: &[Word], alternatives: &[Word]) -> Option<Question> {
        let mut than = asked.to_vec();
        than.push(Word::new("than"));
        let (at, relation, length) = relation::find(&than).or_else(|| relation::find(asked))?;
        let _ = (at, length);
        let things: Vec<usize> = alternatives
            .split(|word| word.is("or") || word.is(","))
            .filter(|part| !part.is_empty())
            .map(|part| self.thing(part))
            .collect::<Option<_>>()?;
        let &[first, second] = &things[..] else {
            return None;
        };
        let (dimension, smaller) = match relation {
            Relation::Before { dimension, .. } => (dimension, true),
            Relation::After { dimension, .. } => (dimension, false),
            Relation::From { start, nth: 1 } => (PLACE.to_owned(), start),
            Relation::Extreme {
                dimension,
                first,
                nth: 1,
            } => (dimension, first),
            _ => return None,
        };
        if !self.dimensions.iter().any(|(known, _)| *known == dimension) {
            return None;
        }
        let mut candidates = Vec::new();
        for (one, other) in [(first, second), (second, first)] {
            let name = self.problem.sorts[super::THINGS].elements[one].clone();
            let (own, its) = (self.place(one, &dimension)?, self.place(other, &dimension)?);
            candidates.push((
                name,
                if smaller {
                    Formula::less(own, its)
                } else {
                    Formula::less(its, own)
                },
            ));
        }
        Some(Question::Which {
            candidates,
            many: false,
        })
    }

    /// `What is the order from left to right?`, `List them from tallest to shortest`
    fn ranking(&mut self, words: &[Word]) -> Option<Question> {
        let text = plain(words);
        let orders = ["order", "list", "rank", "arrange", "sort", "ranking", "sequence"];
        if !words.iter().any(|word| word.is_any(&orders)) {
            return None;
        }
        let from = words.iter().position(|word| word.is("from"))?;
        let to = words[from..].iter().position(|word| word.is("to"))? + from;
        let (start, end) = (plain(&words[from + 1..to]), plain(&words[to + 1..]));
        let (dimension, reversed) = match (start.trim_start_matches("the "), end.trim_start_matches("the ")) {
            ("left" | "front" | "first" | "leftmost", "right" | "back" | "last" | "rightmost") => {
                (PLACE.to_owned(), false)
            }
            ("right" | "back" | "last" | "rightmost", "left" | "front" | "first" | "leftmost") => {
                (PLACE.to_owned(), true)
            }
            _ => {
                let (_, relation, _) = relation::find(&words[from + 1..to])?;
                let Relation::Extreme { dimension, first, .. } = self.fitted(relation)? else {
                    return None;
                };
                (dimension, !first)
            }
        };
        if text.contains(" not ") || !self.dimensions.iter().any(|(known, _)| *known == dimension) {
            return None;
        }
        let mut items = Vec::new();
        for thing in 0..self.things.len() {
            let name = self.problem.sorts[super::THINGS].elements[thing].clone();
            items.push((name, self.place(thing, &dimension)?));
        }
        Some(Question::Ranking { items, reversed })
    }

    /// `In which house does A live?`, `In what position did A finish?`
    fn where_is(&mut self, words: &[Word]) -> Option<Question> {
        let kinds = ["house", "position", "place", "seat", "spot", "chair"];
        let kind = words.iter().take(4).position(|word| word.is_any(&kinds))?;
        let rest = &words[kind + 1..];
        if !words[..kind]
            .iter()
            .all(|word| word.is_any(&["in", "what", "which", "at", "on"]))
            || !rest.first()?.is_any(&["does", "did", "is", "was"])
        {
            return None;
        }
        let end = rest
            .iter()
            .position(|word| word.is_any(&["live", "finish", "sit", "stand", "in", "come", "end"]))
            .unwrap_or(rest.len());
        let thing = self.thing(&rest[1..end])?;
        let place: Term = self.place(thing, PLACE)?;
        Some(Question::Values {
            items: vec![(String::new(), place)],
            sort: PLACES,
        })
    }
}

fn strip_tail(words: &[Word]) -> &[Word] {
    const TAILS: &[&str] = &[
        "of", "all", "them", "the", "three", "four", "five", "six", "in", "race", "row", "queue", "two",
        "overall", "group", "friends", "shelf", "on", "bench", "people", "these", "among",
    ];
    let mut end = words.len();
    while end > 1 && words[end - 1].is_any(TAILS) && !words[end - 1].capital() {
        end -= 1;
    }
    &words[..end]
}
