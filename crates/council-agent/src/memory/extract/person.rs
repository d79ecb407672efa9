//! Of whom a clause speaks.

use crate::english::{Clause, is_function_word, words};

/// Of whom a clause speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Person {
    /// Of whoever says it.
    Speaker,
    /// Of somebody of theirs, in lower case: "brother".
    Relation(String),
    /// Of somebody by name.
    Named(String),
    /// Of "he", "they", or "you".
    Pronoun,
    /// Of nobody.
    Nobody,
}

/// Relatives, friends, animals.
const RELATIONS: &[&str] = &[
    "aunt",
    "baby",
    "bird",
    "boss",
    "boyfriend",
    "brother",
    "brothers",
    "buddy",
    "cat",
    "cats",
    "child",
    "children",
    "colleague",
    "cousin",
    "cousins",
    "coworker",
    "dad",
    "daughter",
    "daughters",
    "dog",
    "dogs",
    "ex",
    "family",
    "father",
    "fiance",
    "fiancee",
    "fiancé",
    "fiancée",
    "flatmate",
    "friend",
    "friends",
    "girlfriend",
    "grandchildren",
    "granddad",
    "granddaughter",
    "grandfather",
    "grandma",
    "grandmother",
    "grandpa",
    "grandparents",
    "grandson",
    "hamster",
    "horse",
    "husband",
    "kid",
    "kids",
    "kitten",
    "landlord",
    "manager",
    "mom",
    "mother",
    "mum",
    "neighbor",
    "neighbour",
    "nephew",
    "niece",
    "parents",
    "partner",
    "puppy",
    "rabbit",
    "roommate",
    "sister",
    "sisters",
    "son",
    "sons",
    "spouse",
    "uncle",
    "wife",
];

/// "I" and its contractions, also as they are typed.
const FIRST: &[&str] = &[
    "i", "i'm", "i've", "i'd", "i'll", "im", "ive", "we", "we're", "we've", "myself", "mine", "we'll",
];

const OTHERS: &[&str] = &[
    "he", "she", "they", "you", "he's", "she's", "they're", "you're", "his", "her", "their", "your", "who",
    "someone", "somebody", "everyone", "people",
];

/// What follows one of these is a place or a time: "in Paris I was happy".
const PREPOSITIONS: &[&str] = &[
    "in", "at", "on", "from", "to", "near", "of", "for", "since", "until", "by",
];

pub(super) fn is_relation(word: &str) -> bool {
    RELATIONS.contains(&word.strip_suffix("'s").unwrap_or(word))
}

/// "I", "my", and their contractions.
pub(super) fn is_first_person(word: &str) -> bool {
    FIRST.contains(&word) || word == "my" || word == "our"
}

/// Of whom a clause speaks: the first word in it that says so.
pub(super) fn person(text: &str, clause: &Clause) -> Person {
    let lower = &clause.words;
    let as_written = words(&text[clause.range.clone()]);
    for (at, word) in lower.iter().enumerate() {
        let word = word.as_str();
        if FIRST.contains(&word) {
            return Person::Speaker;
        }
        if word == "my" || word == "our" {
            // An adjective may stand between: "my older brother".
            let relation = lower.iter().skip(at + 1).take(3).find(|word| is_relation(word));
            return relation.map_or(Person::Speaker, |relation| {
                Person::Relation(relation.strip_suffix("'s").unwrap_or(relation).to_owned())
            });
        }
        if (word == "me" || word == "us")
            && (at == 0 || ["call", "for", "to", "makes", "make"].contains(&lower[at - 1].as_str()))
        {
            return Person::Speaker;
        }
        if OTHERS.contains(&word) {
            return Person::Pronoun;
        }
        let capital = as_written
            .get(at)
            .is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase));
        let is_place = at > 0 && PREPOSITIONS.contains(&lower[at - 1].as_str());
        if capital && !is_function_word(word) && !is_place && (at > 0 || speaks_of_nobody_else(lower)) {
            return Person::Named(word.strip_suffix("'s").unwrap_or(word).to_owned());
        }
    }
    Person::Nobody
}

/// The first word of a sentence has a capital anyway: it is a name when no other person follows.
fn speaks_of_nobody_else(words: &[String]) -> bool {
    !words
        .iter()
        .any(|word| FIRST.contains(&word.as_str()) || ["my", "our", "me", "us"].contains(&word.as_str()))
}
