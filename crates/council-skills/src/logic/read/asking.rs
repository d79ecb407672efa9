//! Questions: what is asked, and sentences that neither say nor ask anything.

use super::clause::{Reader, element};
use super::statement::{after, led};
use super::vocabulary;
use crate::logic::puzzle::{Ask, Question};
use crate::logic::words::{Sentence, Word, written};

/// Beginnings of sentences that only say how to answer.
const NOISE: &[&str] = &[
    "answer",
    "explain",
    "show your",
    "think",
    "solve",
    "please",
    "use logic",
    "use only",
    "consider the following",
    "here is",
    "here are",
    "justify",
    "give your",
    "give a",
    "reason step",
    "respond",
    "read the following",
    "based on",
    "logic puzzle",
    "a puzzle",
    "premises",
    "premise",
    "facts",
    "clues",
    "rules",
    "statements",
    "question",
    "puzzle",
    "riddle",
    "hello",
    "hi",
    "thanks",
    "thank you",
    "note that only",
    "you may assume",
    "consider these",
    "consider this",
    "given these",
    "given the following",
    "i have a",
    "let us",
    "work through",
    "you can assume",
    "what follows",
    "it is known",
    "known",
    "known facts",
    "given",
    "the facts are",
    "we have the following",
    "no further",
    "treat",
    "nothing else is known",
    "take the following as true",
    "assume the following",
    "suppose the following",
    "help me",
    "the following is known",
    "we know the following",
    "assume these",
    "try this",
    "can you solve",
    "can you help",
    "what is your reasoning",
    "why",
];

/// A sentence without what only introduces it; `None` where nothing is left.
pub(super) fn bare(sentence: Sentence) -> Option<Sentence> {
    let plain = sentence.plain();
    let colon = sentence.words.iter().position(|word| word.is(":"));
    let noisy = NOISE
        .iter()
        .any(|noise| after(&sentence.words, noise).is_some() || plain == *noise);
    if let Some(at) = colon.filter(|_| noisy) {
        let words = sentence.words[at + 1..].to_vec();
        return (!words.is_empty()).then_some(Sentence { words, ..sentence });
    }
    let says_how = noisy && sentence.words.len() < 16 && !plain.contains(" if ");
    (!says_how).then_some(sentence)
}

const FOLLOWS: &[&str] = &[
    "does it follow that",
    "does it logically follow that",
    "does it necessarily follow that",
    "can we conclude that",
    "can it be concluded that",
    "can you conclude that",
    "can one conclude that",
    "can we logically conclude that",
    "can we infer that",
    "can we deduce that",
    "can we say that",
    "can it be inferred that",
    "can it be deduced that",
    "is it certain that",
    "must it be true that",
    "is it necessarily true that",
    "is it necessarily the case that",
    "does this mean that",
    "does that mean that",
    "does this mean",
    "does that mean",
    "do we know that",
    "do we know for sure that",
    "can we be sure that",
    "can we be certain that",
    "is it guaranteed that",
    "must it be the case that",
    "does it mean that",
    "may we conclude that",
    "can we know that",
    "is it valid to conclude that",
    "can i conclude that",
    "does it have to be true that",
    "do the premises imply that",
    "can we therefore conclude that",
    "can we say for certain that",
    "can we conclude for certain that",
    "does this imply that",
    "do these statements imply that",
    "does it follow logically that",
    "is it correct to conclude that",
    "can we conclude",
    "does it follow",
];

const TRUTH: &[&str] = &[
    "is it true that",
    "is it the case that",
    "is it correct that",
    "tell me whether",
    "tell me if",
    "decide whether",
    "determine whether",
    "determine if",
    "is the following true :",
    "true or false :",
    "is this true :",
    "is it so that",
    "find out whether",
    "say whether",
];

const POSSIBLE: &[&str] = &[
    "is it possible that",
    "can it be that",
    "could it be that",
    "is it possible for it to be that",
    "might it be that",
    "could it be the case that",
];

const VALID: &[&str] = &[
    "is this argument valid",
    "is the argument valid",
    "is this valid",
    "is this reasoning valid",
    "is this inference valid",
    "is the reasoning valid",
    "is the conclusion valid",
    "is this conclusion valid",
    "does the conclusion follow",
    "does this follow",
    "is this a valid argument",
    "is the inference valid",
    "valid or invalid",
    "is this argument logically valid",
    "is that argument valid",
    "does the conclusion follow logically",
    "is this logically valid",
    "is the argument logically valid",
    "is this syllogism valid",
    "is the syllogism valid",
    "is this deduction valid",
    "is the conclusion correct",
    "does the conclusion follow from the premises",
    "does the conclusion follow from these premises",
    "is it a valid argument",
    "is that valid",
    "is this a valid inference",
    "is this a valid deduction",
    "is this a valid syllogism",
    "is that a valid conclusion",
    "is this a valid conclusion",
    "does this conclusion follow",
    "is this a logically valid argument",
    "is my reasoning valid",
    "is this correct reasoning",
    "is the conclusion logically valid",
    "does the conclusion necessarily follow",
    "does that follow",
    "does it follow",
    "is the conclusion justified",
];

const CONSISTENT: &[&str] = &[
    "are these statements consistent",
    "are the statements consistent",
    "is this consistent",
    "are these consistent",
    "can all of these statements be true",
    "can all these statements be true",
    "can all of them be true",
    "can these all be true",
    "can they all be true",
    "are these claims consistent",
    "is it possible for all of these to be true",
    "can these statements all be true at the same time",
    "can all three statements be true",
    "can all of these be true at once",
    "can all these statements be true at the same time",
    "can these statements all be true",
    "can all three statements be true at the same time",
    "are these premises consistent",
    "can all of these be true",
    "is there a contradiction",
    "are these statements contradictory",
    "do these statements contradict each other",
    "can all of these statements be true at the same time",
    "can all of these statements be true together",
    "can these all be true at once",
    "are these statements logically consistent",
    "can these statements be true together",
];

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
        let contradicts = plain.contains("contradict");
        return Some(if contradicts {
            WholeQuestion::Contradictory
        } else {
            WholeQuestion::Consistent
        });
    }
    None
}

/// What is asked of a text as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WholeQuestion {
    Valid,
    Consistent,
    Contradictory,
}

impl Reader {
    /// What a question asks; `None` where it was not understood.
    pub(super) fn question(&mut self, words: &[Word]) -> Option<Question> {
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
        let rest: Vec<Word> = rest
            .iter()
            .filter(|word| !word.is_any(&["necessarily", "definitely", "certainly", "therefore", "then"]))
            .cloned()
            .collect();
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
        let people = if self.people.is_empty() {
            self.vocabulary.names().to_vec()
        } else {
            self.people.clone()
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
                "is" | "are" | "was" | "were" | "did" | "does" | "has" => &predicate[1..],
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
