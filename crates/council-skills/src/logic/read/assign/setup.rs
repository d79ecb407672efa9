//! Sentences that list people and what they have.

use super::{Category, PEOPLE, Table};
use crate::logic::words::{Word, number, plain, stem, written};

impl Table {
    /// A sentence that lists people, or things, or both. `None` where it is none, or where the lists do not fit.
    pub(super) fn introduced(&mut self, words: &[Word]) -> Option<()> {
        let words = self.without_tail(words);
        if words.iter().any(|word| {
            word.is_any(&[
                "not",
                "if",
                "neither",
                "never",
                "nor",
                "respectively",
                "either",
                "than",
            ])
        }) {
            return None;
        }
        let (lead, names, rest) = listed_names(words);
        if names.len() > 1 && self.people.is_empty() {
            if lead.len() > 8 || rest.is_empty() && lead.is_empty() {
                return None;
            }
            for name in &names {
                self.people.push(name.lower.clone());
                self.problem.sorts[PEOPLE].elements.push(name.text.clone());
            }
            self.knows(lead);
            if rest.is_empty() {
                return Some(());
            }
            return self.things(rest);
        }
        // `The cars are a Ford and a Fiat`, `There are three colours: red, green and blue`, `Each has a different pet: …`
        let begins = words
            .first()?
            .is_any(&["the", "there", "each", "they", "their", "everyone", "every"]);
        (begins && !self.people.is_empty() && self.things(words).is_some()).then_some(())
    }

    /// Sentences which only say that everybody has one of their own.
    pub(super) fn each_has_one(&mut self, words: &[Word]) -> bool {
        let text = plain(words);
        let begins = [
            "each",
            "no two",
            "everyone",
            "every person",
            "they all",
            "all of them",
            "nobody shares",
            "none of them share",
            "all the",
            "all three",
            "all four",
        ];
        let says = [
            "exactly one",
            "a different",
            "different",
            "the same",
            "just one",
            "only one",
            "one of",
            "shares",
            "share",
            "has one",
            "own one",
            "owns one",
        ];
        let mentions = words
            .iter()
            .any(|word| self.people.contains(&word.lower) || self.is_value(word));
        let one = begins.iter().any(|begin| text.starts_with(begin))
            && says.iter().any(|say| text.contains(say))
            && !mentions;
        let denied = text.contains(" not ") || text.contains("at least") || text.contains("two of");
        if one && !denied {
            let distinct = [
                "different",
                "no two",
                "share",
                "exactly one",
                "owns one",
                "has one",
                "just one",
            ]
            .iter()
            .any(|word| text.contains(word));
            self.distinct |= distinct;
            self.knows(words);
        }
        one && !denied
    }

    fn is_value(&self, word: &Word) -> bool {
        let stem = stem(&word.lower);
        self.categories
            .iter()
            .any(|category| category.values.iter().any(|value| value.contains(&stem)))
    }

    fn knows(&mut self, words: &[Word]) {
        let stems = words.iter().map(|word| stem(&word.lower));
        self.known
            .extend(stems.filter(|stem| stem.chars().all(char::is_alphanumeric)));
    }

    /// Without `not necessarily in that order` and the like, which say that the lists are to be matched.
    fn without_tail<'a>(&mut self, words: &'a [Word]) -> &'a [Word] {
        let cut = (1..words.len()).find(|&at| {
            let text = plain(&words[at..]);
            let text = text.trim_start_matches([',', '(', ' ']);
            [
                "not necessarily in",
                "but not necessarily",
                "in some order",
                "though not necessarily",
                "not in that order",
                "not in this order",
                "each in a different",
                "each with a different",
                "each a different",
                "one each",
                "each has a different",
            ]
            .iter()
            .any(|tail| text.starts_with(tail))
                && text.split(' ').count() < 9
        });
        match cut {
            Some(at) => {
                self.distinct = true;
                self.knows(
                    &words[at..]
                        .iter()
                        .filter(|word| !word.is("not"))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
                &words[..at]
            }
            None => words,
        }
    }

    /// A list of things at the end of the words, one for each person.
    fn things(&mut self, words: &[Word]) -> Option<()> {
        let count = self.people.len();
        let (lead, items) = listed_things(words, count)?;
        if items.is_empty() {
            // `each own one car`: which, is told later.
            self.knows(lead);
            self.distinct |= lead.iter().any(|word| word.is("different"));
            return lead
                .iter()
                .any(|word| word.is_any(&["each", "all", "different", "one"]))
                .then_some(());
        }
        // `a red, a blue and a green hat`: the noun is shared.
        let (last, others) = items.split_last()?;
        let shares = others
            .iter()
            .all(|item| item.len() == 2 && item.len() + 1 == last.len())
            && last[0].is_any(&["a", "an", "the"]);
        let mut items = items.clone();
        if shares {
            self.knows(&last[last.len() - 1..]);
            let place = items.len() - 1;
            items[place] = &last[..last.len() - 1];
        }
        let mut values = Vec::new();
        let mut shown = Vec::new();
        for item in items {
            let from = usize::from(item.first()?.is_any(&["a", "an", "the", "one", "in"]));
            let item = &item[from..];
            if item.is_empty()
                || item.len() > 3
                || item.iter().any(|word| {
                    self.people.contains(&word.lower) || !word.lower.chars().any(char::is_alphanumeric)
                })
            {
                return None;
            }
            values.push(item.iter().map(|word| stem(&word.lower)).collect::<Vec<_>>());
            shown.push(written(item));
        }
        let repeats = values
            .iter()
            .enumerate()
            .any(|(index, value)| values[..index].contains(value));
        if repeats || values.len() != count || self.categories.len() > 4 {
            return None;
        }
        // `are a baker, a doctor and a teacher`: each is one of them.
        let definite = lead[0].is("the")
            && lead
                .last()
                .is_some_and(|word| word.is_any(&["are", "were", "cars", "pets"]));
        let are = lead.len() == 1 && lead[0].is_any(&["are", "were"]) || definite;
        self.distinct |= are || lead.iter().any(|word| word.is("different"));
        self.knows(lead);
        let name = lead
            .iter()
            .rev()
            .map(|word| word.lower.clone())
            .find(|word| word.chars().all(char::is_alphabetic))?;
        let sort = self.problem.sort(&name, shown);
        let function = self.problem.function(&format!("{name}_of"), vec![PEOPLE], sort);
        self.categories.push(Category {
            words: lead.iter().map(|word| stem(&word.lower)).collect(),
            sort,
            function,
            values,
        });
        Some(())
    }
}

/// The first list of names, what comes before it and what comes after.
fn listed_names(words: &[Word]) -> (&[Word], Vec<Word>, &[Word]) {
    let is_name = |at: usize| {
        let listed = words.get(at + 1).is_some_and(|next| next.is_any(&[",", "and"]));
        (words[at].capital() && (at > 0 || listed) || words[at].lower.starts_with('#'))
            && number(&words[at].lower).is_none()
    };
    let Some(start) = (0..words.len()).find(|&at| is_name(at)) else {
        return (words, Vec::new(), &[]);
    };
    let mut names = Vec::new();
    let mut at = start;
    while at < words.len() {
        if words[at].is_any(&[",", "and"])
            && words
                .get(at + 1)
                .is_some_and(|next| next.capital() || next.is("and") || next.lower.starts_with('#'))
        {
            at += 1;
        } else if (words[at].capital() || words[at].lower.starts_with('#'))
            && (at == start || words[at - 1].is_any(&[",", "and"]))
        {
            names.push(words[at].clone());
            at += 1;
        } else {
            break;
        }
    }
    let rest = &words[at..];
    let rest = if rest.first().is_some_and(|word| word.is_any(&[",", ")"])) {
        &rest[1..]
    } else {
        rest
    };
    (&words[..start], names, rest)
}

/// What leads to a list of `count` things at the end, and the list; an empty list where there is none.
fn listed_things(words: &[Word], count: usize) -> Option<(&[Word], Vec<&[Word]>)> {
    let cut = |words: &'_ [Word]| -> usize {
        words
            .iter()
            .filter(|word| word.is_any(&[",", "and", "or"]))
            .count()
    };
    if let Some(colon) = words.iter().position(|word| word.is_any(&[":", "("])) {
        let rest = &words[colon + 1..];
        let rest = if rest.last().is_some_and(|last| last.is(")")) {
            &rest[..rest.len() - 1]
        } else {
            rest
        };
        let items: Vec<&[Word]> = rest
            .split(|word| word.is_any(&[",", "and", "or"]))
            .filter(|item| !item.is_empty())
            .collect();
        return (items.len() == count).then_some((&words[..colon], items));
    }
    if cut(words) == 0 {
        return Some((words, Vec::new()));
    }
    let items: Vec<&[Word]> = words
        .split(|word| word.is_any(&[",", "and", "or"]))
        .filter(|item| !item.is_empty())
        .collect();
    if items.len() != count {
        return None;
    }
    // Where the first thing begins: at its article, or one word before the comma.
    let first = items[0];
    let begin = match first.iter().rposition(|word| word.is_any(&["a", "an", "the"])) {
        Some(article) if items[1].first()?.is_any(&["a", "an", "the"]) => article,
        _ => first.len().checked_sub(1)?,
    };
    let lead = &words[..begin];
    let mut things = vec![&first[begin..]];
    things.extend(&items[1..]);
    (!lead.is_empty()).then_some((lead, things))
}
