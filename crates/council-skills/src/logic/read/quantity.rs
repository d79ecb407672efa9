//! Quantifiers: all, no, some, not all, only, and classes that stand for all of them.

use super::clause::{Reader, Split, THINGS, split};
use super::cut::after;
use super::vocabulary;
use crate::logic::language::{Formula, Term};
use crate::logic::words::Word;

/// How many of a class are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantity {
    All,
    /// Every single one, also before a negation: `anyone who lies is not trusted`.
    Any,
    No,
    Some,
    NotAll,
    Only,
}

const QUANTITIES: &[(&str, Quantity)] = &[
    ("not all of the", Quantity::NotAll),
    ("not all", Quantity::NotAll),
    ("not every", Quantity::NotAll),
    ("not any", Quantity::No),
    ("none of the", Quantity::No),
    ("no", Quantity::No),
    ("not a single", Quantity::No),
    ("all of the", Quantity::All),
    ("all the", Quantity::All),
    ("all", Quantity::All),
    ("every single", Quantity::All),
    ("every", Quantity::All),
    ("each", Quantity::All),
    ("any", Quantity::Any),
    ("some of the", Quantity::Some),
    ("some", Quantity::Some),
    ("at least one", Quantity::Some),
    ("at least some", Quantity::Some),
    ("a few", Quantity::Some),
    ("several", Quantity::Some),
    ("only", Quantity::Only),
];

const EVERYONE: &[(&str, Quantity)] = &[
    ("not everyone", Quantity::NotAll),
    ("not everybody", Quantity::NotAll),
    ("not everything", Quantity::NotAll),
    ("everyone", Quantity::All),
    ("everybody", Quantity::All),
    ("everything", Quantity::All),
    ("anyone", Quantity::Any),
    ("anybody", Quantity::Any),
    ("whoever", Quantity::Any),
    ("whatever", Quantity::Any),
    ("anything", Quantity::Any),
    ("those", Quantity::All),
    ("nobody", Quantity::No),
    ("no one", Quantity::No),
    ("nothing", Quantity::No),
    ("someone", Quantity::Some),
    ("somebody", Quantity::Some),
    ("something", Quantity::Some),
];

/// Whether a word after this one can be a verb in the third person: `who works here speaks French`.
fn third_person(before: &Word, word: &Word) -> bool {
    const BEFORE_NOUNS: &[&str] = &[
        "a", "an", "the", "of", "in", "at", "on", "with", "for", "to", "from", "my", "his", "her", "their",
        "its", "no", "some", "all", "any", "many", "and", "or", "not",
    ];
    word.lower.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| word.lower.ends_with(end))
        && !word.capital()
        && !before.is_any(BEFORE_NOUNS)
}

impl Reader {
    /// A statement without connectives: with a quantifier, about a class, or about one thing.
    pub(super) fn quantified(&mut self, words: &[Word]) -> Option<Formula> {
        for there in ["there is", "there are", "there exists", "there exist"] {
            if let Some(rest) = after(words, there) {
                return self.there_is(rest);
            }
        }
        if let Some(group) = self.whole_group(words) {
            return Some(group);
        }
        if self.condition
            && words[0].is_any(&[
                "someone",
                "somebody",
                "something",
                "anyone",
                "anybody",
                "anything",
            ])
        {
            return self.clause(words);
        }
        for (phrase, quantity) in EVERYONE {
            if let Some(rest) = after(words, phrase) {
                let itself = phrase.ends_with("ever");
                let rest = if itself { words } else { rest };
                let relative = itself || rest[0].is_any(&["who", "that", "which"]);
                // `nothing new is cheap`
                let adjective = !relative && split(rest).is_some_and(|split| !split.link.is_empty());
                if adjective {
                    let (class, rest) = self.class_and_rest(rest)?;
                    return self.about_class(*quantity, class, rest);
                }
                let (class, rest) = if relative {
                    self.relative(Vec::new(), rest)?
                } else {
                    (Vec::new(), rest)
                };
                return self.about_class(*quantity, class, rest);
            }
        }
        if let Some(rest) = after(words, "most").or_else(|| after(words, "many")) {
            self.most += 1;
            let rest = after(rest, "of the").unwrap_or(rest);
            let (class, rest) = self.class_and_rest(rest)?;
            return self.about_class(Quantity::Some, class, rest);
        }
        for (phrase, quantity) in QUANTITIES {
            if let Some(rest) = after(words, phrase) {
                // `if any of them …`: one is enough.
                let of_some = self.condition && *phrase == "any";
                let quantity = if of_some { &Quantity::Some } else { quantity };
                let (class, rest) = self.class_and_rest(rest)?;
                return self.about_class(*quantity, class, rest);
            }
        }
        if let Some(formula) = self.plural_verb(words) {
            return Some(formula);
        }
        // `Cats are mammals`, `A whale is a mammal`: of all of them.
        let Split {
            subject, predicate, ..
        } = split(words)?;
        let next = words.get(subject.len())?;
        let first = &words[0];
        let plural = !vocabulary::is_determiner(first)
            && (next.is_any(&["are", "do", "have"])
                || next.is("can")
                    && (!first.capital()
                        || self.known_class(subject).is_some()
                        || self.known_class(words).is_some()))
            && !first.is_any(&["we", "they", "you", "i", "both", "most", "many", "few"])
            && subject.last().is_some_and(is_plural);
        let kind = first.is_any(&["a", "an"])
            && subject.len() > 1
            && !self.condition
            && (predicate[0].is_any(&["a", "an"]) || next.is_any(&["can", "has"]));
        if plural || kind {
            let class = self.class(subject)?;
            return self.about_class(Quantity::Any, class, &words[subject.len()..]);
        }
        self.clause(words)
    }

    /// `Cats eat fish`, where it is known what it is to eat fish.
    fn plural_verb(&mut self, words: &[Word]) -> Option<Formula> {
        let (subject, rest) = words.split_first()?;
        let plural = subject.lower.ends_with('s')
            && !["ss", "us", "is"].iter().any(|end| subject.lower.ends_with(end));
        let next = rest.first()?;
        if next.is("can")
            || !plural
            || next.lower.ends_with('s')
            || next.lower.ends_with("ed")
            || vocabulary::is_determiner(subject)
        {
            return None;
        }
        let (_, key) = split_off(rest)?;
        if !self.vocabulary.knows_predicate(&key) {
            return None;
        }
        let class = self.class(std::slice::from_ref(subject))?;
        self.about_class(Quantity::Any, class, rest)
    }

    /// `all of us are knaves`, `we are knaves`, `none of them lies`.
    fn whole_group(&mut self, words: &[Word]) -> Option<Formula> {
        const GROUPS: &[(&str, bool)] = &[
            ("all of us", true),
            ("both of us", true),
            ("all of them", true),
            ("both of them", true),
            ("all three of us", true),
            ("none of us", false),
            ("none of them", false),
            ("neither of us", false),
            ("neither of them", false),
            ("we both", true),
            ("we all", true),
            ("we", true),
            ("they both", true),
            ("they are both", true),
            ("we are both", true),
            ("we are all", true),
            ("both statements", true),
            ("both labels", true),
            ("both signs", true),
            ("all statements", true),
            ("all three statements", true),
            ("all the statements", true),
            ("all labels", true),
            ("all three labels", true),
            ("all of the statements", true),
            ("none of the statements", false),
            ("none of the labels", false),
            ("all of the labels", true),
            ("neither statement", false),
            ("neither label", false),
        ];
        if self.people.len() < 2 {
            return None;
        }
        let (all, rest) = GROUPS
            .iter()
            .filter_map(|(phrase, all)| Some((*all, after(words, phrase)?)))
            .min_by_key(|(_, rest)| rest.len())?;
        let mut of = Vec::new();
        let rest = if rest[0].is_any(&["are", "is", "were", "do", "did", "have"]) && rest.len() > 1 {
            &rest[1..]
        } else {
            rest
        };
        if crate::logic::words::plain(rest).starts_with("the same") || rest[0].is_any(&["different", "alike"])
        {
            return self.alike(rest);
        }
        let rest: Vec<Word> = rest
            .iter()
            .filter(|word| !word.is_any(&["both", "all"]))
            .cloned()
            .collect();
        let (negated, key) = vocabulary::predicate(&rest)?;
        for person in self.people.clone() {
            let formula = self.holds(&key, super::clause::element(person))?;
            of.push(if negated == all { formula.not() } else { formula });
        }
        Some(Formula::All(of))
    }

    /// `we are of the same kind`, for two people.
    fn alike(&mut self, rest: &[Word]) -> Option<Formula> {
        let &[first, second] = &self.people[..] else {
            return None;
        };
        let same = !rest[0].is("different");
        let formula = self.truthful(first)?.same(self.truthful(second)?);
        Some(if same { formula } else { formula.not() })
    }

    fn there_is(&mut self, words: &[Word]) -> Option<Formula> {
        let words = [words, &[]].concat();
        let no = words[0].is("no");
        let from = usize::from(words[0].is_any(&["no", "some", "a", "an", "any"]));
        let rest = after(&words, "at least one")
            .or_else(|| after(&words, "not any"))
            .unwrap_or(&words[from..]);
        let relative = rest
            .iter()
            .position(|word| word.is_any(&["that", "who", "which"]))?;
        let mut class = self.class(&rest[..relative])?;
        let (negated, key) = split_off(&rest[relative + 1..])?;
        let formula = self.holds(&key, Term::Variable(0))?;
        class.push(if negated { formula.not() } else { formula });
        let exists = exists(class);
        Some(if no { exists.not() } else { exists })
    }

    /// The class that the words begin with, relative clause and all, and the verb phrase that follows.
    fn class_and_rest<'a>(&mut self, words: &'a [Word]) -> Option<(Vec<Formula>, &'a [Word])> {
        let relative = words
            .iter()
            .position(|word| word.is_any(&["who", "that", "which"]));
        if relative == Some(0) {
            return self.relative(Vec::new(), words);
        }
        if let Some(at) = relative.filter(|at| *at > 0 && *at < 4) {
            let head = self.class(&words[..at])?;
            return self.relative(head, &words[at..]);
        }
        // `all birds fly`: without an auxiliary, the class is what is known as one, or one word.
        let length = match split(words) {
            Some(split)
                if !split.link.is_empty() || words[split.subject.len()].is_any(&["has", "have", "had"]) =>
            {
                split.subject.len()
            }
            _ => self.known_class(words).unwrap_or(1),
        };
        Some((
            self.class(&words[..length])?,
            words.get(length..).filter(|rest| !rest.is_empty())?,
        ))
    }

    /// How many words at the beginning name a class that the text has named before.
    pub(super) fn known_class(&self, words: &[Word]) -> Option<usize> {
        (1..words.len()).rev().find(|&length| {
            vocabulary::noun_key(&words[..length]).is_some_and(|key| self.vocabulary.knows_predicate(&key))
        })
    }

    /// `who are lazy fail`: what the relative clause adds to the class, and the verb phrase behind it.
    fn relative<'a>(&mut self, head: Vec<Formula>, words: &'a [Word]) -> Option<(Vec<Formula>, &'a [Word])> {
        const VERBS: &[&str] = &[
            "is", "are", "was", "were", "can", "will", "must", "does", "do", "has", "have",
        ];
        const COMMON: &[&str] = &[
            "get", "gets", "receive", "receives", "pass", "passes", "earn", "earns", "win", "wins", "pay",
            "pays", "become", "becomes", "need", "needs", "love", "loves", "like", "likes", "live", "lives",
            "know", "knows", "fail", "fails",
        ];
        let rest = &words[1..];
        let own = usize::from(rest.first()?.is_any(VERBS));
        let main = (own + 1..rest.len())
            .find(|&at| rest[at].is_any(VERBS))
            .or_else(|| (rest.len() == 2 && own == 0).then_some(1))
            .or_else(|| {
                let mut common = (own + 1..rest.len()).filter(|&at| rest[at].is_any(COMMON));
                common.next().filter(|_| common.next().is_none())
            })
            .or_else(|| {
                let mut third = (own + 2..rest.len()).filter(|&at| third_person(&rest[at - 1], &rest[at]));
                third.next().filter(|_| third.next().is_none())
            })?;
        let mut class = head;
        for part in rest[..main].split(|word| word.is("and")) {
            let (negated, key) = split_off(part)?;
            let formula = self.holds(&key, Term::Variable(0))?;
            class.push(if negated { formula.not() } else { formula });
        }
        Some((class, &rest[main..]))
    }

    /// A noun phrase as a class; `people` and `things` are everything.
    fn class(&mut self, words: &[Word]) -> Option<Vec<Formula>> {
        if words.len() > 5 {
            return None;
        }
        let key = vocabulary::without_thing(&vocabulary::noun_key(words)?);
        if key == "person" || key == "thing" {
            return Some(Vec::new());
        }
        Some(vec![self.holds(&key, Term::Variable(0))?])
    }

    fn about_class(&mut self, quantity: Quantity, class: Vec<Formula>, rest: &[Word]) -> Option<Formula> {
        let plain: Vec<Word> = rest.iter().filter(|word| !word.is("also")).cloned().collect();
        let (negated, key) = split_off(&plain)?;
        let holds = self.holds(&key, Term::Variable(0))?;
        let said = if negated { holds.not() } else { holds };
        // `All A are not B` is said of none and of not all.
        if negated && !matches!(quantity, Quantity::Any | Quantity::Some) {
            return None;
        }
        if !class.is_empty() {
            self.imports.push(exists(class.clone()));
        }
        let subject = Formula::All(class.clone());
        Some(match quantity {
            Quantity::All | Quantity::Any => for_all(subject.implies(said)),
            Quantity::Only => for_all(said.implies(subject)),
            Quantity::NotAll => for_all(subject.implies(said)).not(),
            Quantity::No => {
                let both: Vec<Formula> = class.into_iter().chain([said]).collect();
                exists(both).not()
            }
            Quantity::Some => exists(class.into_iter().chain([said]).collect()),
        })
    }
}

/// Negation and key of a verb phrase.
fn split_off(words: &[Word]) -> Option<(bool, String)> {
    let subject = Word::new("they");
    let clause: Vec<Word> = std::iter::once(subject).chain(words.iter().cloned()).collect();
    let split = split(&clause)?;
    if split.subject.len() != 1 {
        return None;
    }
    let (negated, key) = split.said()?;
    Some((negated != split.negated, key))
}

fn is_plural(word: &Word) -> bool {
    let irregular = word.is_any(&[
        "men", "women", "people", "children", "mice", "geese", "fish", "sheep", "deer",
    ]);
    irregular || word.lower.ends_with('s') || word.lower.starts_with('#')
}

fn exists(of: Vec<Formula>) -> Formula {
    Formula::Exists {
        variable: 0,
        sort: THINGS,
        body: Box::new(Formula::All(of)),
    }
}

fn for_all(body: Formula) -> Formula {
    Formula::ForAll {
        variable: 0,
        sort: THINGS,
        body: Box::new(body),
    }
}
