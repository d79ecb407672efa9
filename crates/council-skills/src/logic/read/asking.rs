//! Questions: what is asked, and sentences that neither say nor ask anything.

use super::clause::{Reader, element, perfect};
use super::cut::{after, led, without_suffix};
use super::phrases::{ACCORDING, CONSISTENT, FOLLOWS, HEADINGS, NOISE, POSSIBLE, TRUTH, VALID};
use super::vocabulary;
use crate::logic::puzzle::{Ask, Question};
use crate::logic::words::{Sentence, Word, written};

/// A sentence without what only introduces it; `None` where nothing is left.
pub(super) fn bare(sentence: Sentence) -> Option<Sentence> {
    let plain = sentence.plain();
    let noisy = NOISE
        .iter()
        .any(|noise| after(&sentence.words, noise).is_some() || plain == *noise);
    if let Some(at) = sentence.words.iter().position(|word| word.is(":")) {
        let heading = crate::logic::words::plain(&sentence.words[..at]);
        if noisy || HEADINGS.contains(&heading.as_str()) {
            let words = sentence.words[at + 1..].to_vec();
            return (!words.is_empty()).then_some(Sentence { words, ..sentence });
        }
    }
    let says_how = noisy && sentence.words.len() < 16 && !plain.contains(" if ");
    let heads = HEADINGS.contains(&plain.trim_end_matches(" ,"));
    (!says_how && !heads).then_some(sentence)
}

/// A question whose subject is the argument as a whole.
pub(super) fn about_all(sentence: &Sentence) -> Option<WholeQuestion> {
    let plain = sentence.plain();
    let plain = plain
        .trim_start_matches("so ")
        .trim_start_matches(", ")
        .trim_end_matches(" ,");
    if VALID.contains(&plain) {
        return Some(WholeQuestion::Valid);
    }
    if CONSISTENT.contains(&plain) {
        return Some(WholeQuestion::Consistent);
    }
    None
}

/// What is asked of a text as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WholeQuestion {
    Valid,
    Consistent,
}

impl Reader {
    /// What a question asks; `None` where it was not understood.
    pub(super) fn question(&mut self, words: &[Word]) -> Option<Question> {
        let (words, _) = without_suffix(led(words), ACCORDING);
        let words = led(words);
        for (phrases, ask) in [
            (FOLLOWS, Ask::Follows),
            (TRUTH, Ask::Truth),
            (POSSIBLE, Ask::Possible),
        ] {
            let rest = phrases
                .iter()
                .filter_map(|phrase| after(words, phrase))
                .min_by_key(|rest| rest.len());
            if let Some(rest) = rest {
                let statement = self.statement(rest)?;
                return Some(Question::Whether { statement, ask });
            }
        }
        if let Some(question) = self.who(words) {
            return Some(question);
        }
        if let Some(question) = self.what_roles(words) {
            return Some(question);
        }
        let first = words.first()?;
        let rest = &words[1..];
        let certain = ["necessarily", "definitely", "certainly", "have", "logically"];
        let mut ask = match first.lower.as_str() {
            "is" | "are" | "was" | "were" | "am" | "does" | "do" | "did" | "has" | "have" | "will" => {
                Ask::Truth
            }
            "must" => Ask::Follows,
            "could" => Ask::Possible,
            "can" if words.iter().any(|word| word.is("be")) => Ask::Possible,
            "can" => Ask::Truth,
            // `All A are C?`
            _ => {
                let statement = self.statement(words)?;
                return Some(Question::Whether {
                    statement,
                    ask: Ask::Truth,
                });
            }
        };
        if words.iter().any(|word| word.is_any(&certain[..3])) && ask == Ask::Truth {
            ask = Ask::Follows;
        }
        let mut rest: Vec<Word> = rest
            .iter()
            .filter(|word| !word.is_any(&["necessarily", "definitely", "certainly", "therefore", "then"]))
            .cloned()
            .collect();
        // `Does a robin have feathers?` is asked of every robin; `Is A guilty?` of somebody.
        if rest.first()?.is_any(&["a", "an"])
            && !rest[0].capital()
            && first.is_any(&["is", "does", "can", "has"])
            && self.known_class(&rest[1..]).is_some()
        {
            rest[0] = Word::new("every");
        }
        let length = self.subject_length(&rest)?;
        let (subject, predicate) = rest.split_at(length);
        let some: Vec<Word>;
        let subject = if subject[0].is("any") {
            some = [&[Word::new("some")], &subject[1..]].concat();
            &some[..]
        } else {
            subject
        };
        if predicate.is_empty() {
            return None;
        }
        let link = match first.lower.as_str() {
            "can" if ask == Ask::Truth => "can",
            "am" => "am",
            "must" | "could" | "can" if predicate[0].is("be") => "is",
            "must" | "could" => "will",
            other => other,
        };
        let predicate: Vec<Word> = predicate.iter().filter(|word| !word.is("be")).cloned().collect();
        if let Some(question) = self.alternatives(subject, link, &predicate, ask) {
            return Some(question);
        }
        let statement = [subject, &[Word::new(link)], &predicate].concat();
        let statement = self.statement(&statement)?;
        Some(Question::Whether { statement, ask })
    }

    /// `Is A a knight or a knave?`
    fn alternatives(
        &mut self,
        subject: &[Word],
        link: &str,
        predicate: &[Word],
        ask: Ask,
    ) -> Option<Question> {
        if ask != Ask::Truth
            || !predicate.iter().any(|word| word.is("or"))
            || subject[0].is_any(&["either", "all", "some", "no", "any", "every"])
        {
            return None;
        }
        let mut candidates = Vec::new();
        for part in predicate
            .split(|word| word.is("or") || word.is(","))
            .filter(|part| !part.is_empty())
        {
            let statement = [subject, &[Word::new(link)], part].concat();
            let formula = self.statement(&statement)?;
            let from = usize::from(part[0].is_any(&["a", "an", "the"]));
            candidates.push((written(&part[from..]), formula));
        }
        (candidates.len() > 1).then_some(Question::Which {
            candidates,
            many: false,
        })
    }

    /// How many words the subject of a question has that begins with its verb.
    fn subject_length(&mut self, words: &[Word]) -> Option<usize> {
        let first = words.first()?;
        if first.is_any(&[
            "it",
            "he",
            "she",
            "they",
            "i",
            "everyone",
            "everybody",
            "someone",
            "somebody",
            "anyone",
            "nobody",
            "everything",
            "something",
            "anything",
        ]) {
            return Some(1);
        }
        let quantifiers = [
            "all of the",
            "all the",
            "all",
            "every",
            "each",
            "some of the",
            "some",
            "any",
            "no",
            "only",
            "at least one",
            "at least some",
            "not all",
        ];
        let quantifier = quantifiers
            .iter()
            .filter(|phrase| after(words, phrase).is_some())
            .map(|phrase| phrase.split(' ').count())
            .max();
        if let Some(count) = quantifier {
            if let Some(length) = self.known_class(&words[count..]) {
                return Some(count + length);
            }
            return (words.len() > count + 1).then_some(count + 1);
        }
        let known = (1..words.len()).rev().find(|&length| {
            vocabulary::noun_key(&words[..length])
                .is_some_and(|key| self.vocabulary.thing_index(&key).is_some())
        });
        if let Some(length) = known {
            // `Are Tom and Ben guilty?`
            if words.get(length).is_some_and(|word| word.is("and")) {
                let more = self.subject_length(&words[length + 1..])?;
                return Some(length + 1 + more);
            }
            return Some(length);
        }
        if let Some(length) = self.known_class(words) {
            return Some(length);
        }
        if first.capital() || first.lower.starts_with('#') {
            return Some(1);
        }
        vocabulary::is_determiner(first)
            .then_some(2)
            .filter(|_| words.len() > 2)
    }

    /// `Who is guilty?`, `Which of them lies?`
    fn who(&mut self, words: &[Word]) -> Option<Question> {
        let (rest, many) = [
            "who",
            "which of them",
            "which one of them",
            "which one",
            "which of the three",
            "which person",
            "which of the two",
            "which suspect",
            "which of these",
            "which box",
            "which door",
            "which chest",
            "which casket",
            "which room",
            "which child",
            "which friend",
            "which envelope",
            "which trunk",
        ]
        .iter()
        .filter_map(|phrase| after(words, phrase))
        .min_by_key(|rest| rest.len())
        .map(|rest| (rest, rest[0].is_any(&["are", "were"])))?;
        if rest.iter().any(|word| word.is_any(&["who", "what"])) {
            return None;
        }
        let people = if !self.people.is_empty() {
            self.people.clone()
        } else if self.vocabulary.names().is_empty() {
            // "the butler or the maid"
            let things = self.vocabulary.things().iter().enumerate();
            things
                .filter(|(_, key)| *key != "it")
                .map(|(index, _)| index)
                .collect()
        } else {
            self.vocabulary.names().to_vec()
        };
        let predicate: Vec<Word> = rest
            .iter()
            .filter(|word| !word.is_any(&["must", "have"]) || rest.len() < 3)
            .cloned()
            .collect();
        let mut candidates = Vec::new();
        for person in people {
            let name = self.problem.sorts[super::clause::THINGS].elements[person].clone();
            let negation_free = match predicate.first()?.lower.as_str() {
                "is" | "are" | "was" | "were" | "did" | "does" => &predicate[1..],
                "has" if perfect(&predicate[1..]) => &predicate[1..],
                _ => &predicate[..],
            };
            let (negated, key) = vocabulary::predicate(negation_free)?;
            let formula = self.holds(&key, element(person))?;
            candidates.push((name, if negated { formula.not() } else { formula }));
        }
        (candidates.len() > 1).then_some(Question::Which { candidates, many })
    }

    /// `What are A and B?`, `Who is a knight and who is a knave?`
    fn what_roles(&mut self, words: &[Word]) -> Option<Question> {
        let (yes, no) = self.vocabulary.role_names.clone()?;
        let plain = crate::logic::words::plain(words);
        let names: Vec<usize> = words
            .iter()
            .filter(|word| word.capital() || word.lower.starts_with('#'))
            .filter_map(|word| {
                self.vocabulary
                    .thing_index(&vocabulary::noun_key(std::slice::from_ref(word))?)
            })
            .collect();
        let asks = [
            "what are",
            "what is",
            "what type",
            "what kind",
            "who is what",
            "what can you",
            "which of them is what",
            "who are",
            "which is which",
            "who is which",
        ]
        .iter()
        .any(|phrase| plain.starts_with(phrase));
        let twice = plain.matches("who is").count() + plain.matches("who are").count() > 1
            || plain.contains("who is")
                && (plain.starts_with("determine") || plain.starts_with("find out"))
                && plain.matches(" who ").count() > 1
            || (plain.contains("identity of each")
                || plain.contains("type of each")
                || plain.contains("each person a")
                || plain.contains("what each"));
        if !asks && !twice {
            return None;
        }
        let asked = if names.is_empty() {
            self.people.clone()
        } else {
            names
        };
        let mut members = Vec::new();
        for &person in &asked {
            let name = self.problem.sorts[super::clause::THINGS].elements[person].clone();
            members.push((name, self.truthful(person)?));
        }
        if members.is_empty() {
            return None;
        }
        if let [(_, formula)] = &members[..] {
            let candidates = vec![(yes, formula.clone()), (no, formula.clone().not())];
            return Some(Question::Which {
                candidates,
                many: false,
            });
        }
        Some(Question::Roles { members, yes, no })
    }
}
