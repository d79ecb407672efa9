//! What is asked about an assignment.

use super::{PEOPLE, Part, Table};
use crate::logic::language::{Formula, Term};
use crate::logic::puzzle::{Ask, Question};
use crate::logic::words::{Word, plain, stem};

impl Table {
    pub(super) fn asks(&self, words: &[Word]) -> Option<Question> {
        let first = words.first()?;
        let text = plain(words);
        let everything = [
            "who has which",
            "who has what",
            "who owns which",
            "who owns what",
            "who is who",
            "what does each",
            "which does each",
            "match each",
            "match the",
            "who drinks what",
            "who plays what",
            "who lives where",
            "where does each",
            "who ordered what",
            "who wears what",
            "what is each",
            "what did each",
            "what job does each",
            "who does what",
            "who ate what",
            "who drives what",
        ];
        let each =
            text.contains(" each ") && first.is_any(&["what", "which", "determine", "find", "who", "where"]);
        let which = first.is("who") && words[1..].iter().any(|word| word.is_any(&["which", "what"]));
        if everything.iter().any(|phrase| text.starts_with(phrase)) || each || which {
            return self.all(words);
        }
        if words.iter().any(|word| word.is_any(&["if", "not", "never"]))
            && !first.is_any(&["is", "does", "did"])
        {
            return None;
        }
        if first.is("who")
            || first.is("whose")
            || text.starts_with("which person")
            || text.starts_with("which of them")
            || text.starts_with("which friend")
            || text.starts_with("which of the")
        {
            let parts = self.parts(&words[1..])?;
            let [Part::Value(category, value)] = parts[..] else {
                return None;
            };
            let candidates = (0..self.people.len())
                .map(|person| {
                    (
                        self.problem.sorts[PEOPLE].elements[person].clone(),
                        self.has(person, category, value),
                    )
                })
                .collect();
            return Some(Question::Which {
                candidates,
                many: false,
            });
        }
        if first.is_any(&["what", "which", "where"]) || first.is("in") && words[1].is_any(&["what", "which"])
        {
            return self.value_of(words);
        }
        if first.is_any(&["is", "does", "did", "has", "was"]) {
            let statement = self.simple(&words[1..], None)?;
            return Some(Question::Whether {
                statement,
                ask: Ask::Truth,
            });
        }
        None
    }

    /// `What drink does Mia have?`, `Which is the house of the baker?`
    fn value_of(&self, words: &[Word]) -> Option<Question> {
        let rest: Vec<Word> = words
            .iter()
            .filter(|word| !word.is_any(&["what", "which", "where"]))
            .cloned()
            .collect();
        let parts = self.parts(&rest)?;
        let category = self.category_of(words)?;
        match parts[..] {
            [Part::Person(person)] => Some(Question::Values {
                items: vec![(String::new(), self.term(person, category))],
                sort: self.categories[category].sort,
            }),
            // `Which car does the baker drive?`
            [Part::Value(other, value)] if other != category => {
                let one = self.categories.get(category)?;
                let candidates = (0..one.values.len()).map(|candidate| {
                    let shown = self.problem.sorts[one.sort].elements[candidate].clone();
                    let of = (0..self.people.len()).map(|person| {
                        Formula::All(vec![
                            self.has(person, category, candidate),
                            self.has(person, other, value),
                        ])
                    });
                    (shown, Formula::Any(of.collect()))
                });
                Some(Question::Which {
                    candidates: candidates.collect(),
                    many: false,
                })
            }
            _ => None,
        }
    }

    fn term(&self, person: usize, category: usize) -> Term {
        let person = Term::Element {
            sort: PEOPLE,
            index: person,
        };
        Term::Apply(self.categories[category].function, vec![person])
    }

    /// The category that a question names, or the only one.
    fn category_of(&self, words: &[Word]) -> Option<usize> {
        if self.categories.len() == 1 {
            return Some(0);
        }
        let common = [
            "a",
            "the",
            "have",
            "hav",
            "and",
            "each",
            "one",
            "is",
            "are",
            "differ",
            "different",
            "in",
            "of",
        ];
        let stems: Vec<String> = words
            .iter()
            .map(|word| stem(&word.lower))
            .filter(|stem| !common.contains(&stem.as_str()))
            .collect();
        let fits: Vec<usize> = (0..self.categories.len())
            .filter(|&index| {
                self.categories[index]
                    .words
                    .iter()
                    .any(|word| stems.contains(word))
            })
            .collect();
        match fits[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    fn all(&self, words: &[Word]) -> Option<Question> {
        let unknown = words
            .iter()
            .any(|word| self.people.contains(&word.lower) || word.is("not"));
        let category = self.category_of(words)?;
        let items = (0..self.people.len())
            .map(|person| {
                (
                    self.problem.sorts[PEOPLE].elements[person].clone(),
                    self.term(person, category),
                )
            })
            .collect();
        (!unknown).then_some(Question::Values {
            items,
            sort: self.categories[category].sort,
        })
    }
}
