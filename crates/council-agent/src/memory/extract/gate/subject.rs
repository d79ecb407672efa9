//! Of whom a proposal speaks, held against of whom its source speaks.

use super::{Bearing, Person, Refusal};
use crate::english::{Clause, has_any, lower_words, stem, third_person};
use crate::memory::extract::person::is_relation;
use crate::memory::extract::{Attribute, slot};

/// How models and clients call whoever speaks.
const SPEAKER: &[&str] = &[
    "user",
    "the user",
    "i",
    "me",
    "speaker",
    "the speaker",
    "myself",
    "self",
    "my",
    "we",
    "person",
    "the person",
];

/// Third-person verbs with which a statement without subject begins.
const VERBS: &[&str] = &[
    "is", "has", "lives", "works", "likes", "loves", "hates", "dislikes", "prefers", "enjoys", "owns",
    "plays", "speaks", "studies", "was", "moved", "wants", "plans", "uses", "drives", "can", "does",
    "doesn't", "goes",
];

/// Whom a proposal is about.
pub(super) enum Subject {
    /// Whoever speaks.
    Speaker { stems: Vec<String> },
    /// Somebody else, in these words.
    Other { words: Vec<String> },
}

/// Of whom a clause speaks when it does not say so itself: a list goes on, and "she" or "who" is whoever came before.
pub(super) fn resolved(person: Person, before: Person, previous: Option<&Clause>) -> Person {
    let relation = || {
        let words = previous?.words.iter().rev();
        let mut relations = words.filter(|word| is_relation(word));
        relations.next().cloned()
    };
    match (person, before) {
        (Person::Nobody, before) | (Person::Pronoun, before @ (Person::Relation(_) | Person::Named(_))) => {
            before
        }
        (Person::Pronoun, _) => relation().map_or(Person::Pronoun, Person::Relation),
        (known, _) => known,
    }
}

impl Subject {
    /// The subject as the model names it. One who is not the speaker must be a person or an animal in the quote.
    pub(super) fn read(name: &str, speaker: Option<&str>, quoted: &[Bearing]) -> Result<Self, Refusal> {
        let speakers: Vec<String> = speaker.map(lower_words).unwrap_or_default();
        let mut named = lower_words(name);
        let is_speaker = SPEAKER.contains(&named.join(" ").as_str())
            || (!named.is_empty() && named.iter().all(|word| speakers.contains(word)));
        if is_speaker {
            let own = ["user", "speaker"].map(str::to_owned);
            let stems = speakers.iter().chain(&own).map(|word| stem(word)).collect();
            return Ok(Self::Speaker { stems });
        }
        let owners: Vec<String> = speakers.iter().map(|word| format!("{word}'s")).collect();
        named.retain(|word| {
            ![
                "the",
                "my",
                "our",
                "user's",
                "users",
                "speaker's",
                "their",
                "his",
                "her",
                "a",
            ]
            .contains(&word.as_str())
                && !owners.contains(word)
        });
        let bare = |word: &String| word.strip_suffix("'s").unwrap_or(word).to_owned();
        let words: Vec<String> = named.iter().map(bare).collect();
        let heard: Vec<String> = quoted
            .iter()
            .flat_map(|one| one.clause.words.iter().map(bare))
            .collect();
        let is_somebody = words.iter().any(|word| {
            is_relation(word) || quoted.iter().any(|one| one.person == Person::Named(word.clone()))
        });
        if words.is_empty() || !is_somebody || !words.iter().all(|word| heard.contains(word)) {
            return Err(Refusal::Subject);
        }
        Ok(Self::Other { words })
    }

    /// The statement in the third person, beginning with its subject.
    pub(super) fn statement(&self, statement: &str, speaker: Option<&str>) -> Result<String, Refusal> {
        let name = speaker.unwrap_or("The user");
        let plain = renamed(&third_person(statement.trim(), name), name);
        let first = lower_words(&plain).into_iter().next().unwrap_or_default();
        let own = lower_words(name).into_iter().next().unwrap_or_default();
        let owner = format!("{own}'s");
        match self {
            Self::Speaker { .. } if first == own || first == owner || is_user(&plain, name) => Ok(plain),
            Self::Speaker { .. } if VERBS.contains(&first.as_str()) => {
                let mut rest = plain.chars();
                let begin: String = rest.next().into_iter().flat_map(char::to_lowercase).collect();
                Ok(format!("{name} {begin}{}", rest.as_str()))
            }
            Self::Speaker { .. } => Err(Refusal::Subject),
            Self::Other { words } => {
                let begin: Vec<String> = lower_words(&plain).into_iter().take(words.len() + 4).collect();
                let begins = words.iter().all(|word| {
                    begin
                        .iter()
                        .any(|said| said.strip_suffix("'s").unwrap_or(said) == word)
                });
                if begins { Ok(plain) } else { Err(Refusal::Subject) }
            }
        }
    }

    /// Whether the bearing clauses speak of this subject. Returns the attribute where it follows from whom they speak of.
    pub(super) fn check(&self, bearing: &[Bearing], said: &[String]) -> Result<Option<Attribute>, Refusal> {
        let mut attribute = None;
        for Bearing {
            clause,
            as_written,
            person,
            ..
        } in bearing
        {
            let has = || has_any(&clause.words, &["have", "has", "got", "called", "named"]);
            match (self, person) {
                (Self::Speaker { .. }, Person::Speaker) => {
                    // "The user's brother …" is not what "I … my brother" says.
                    let head = said.iter().take(4);
                    let owned = said.iter().take(2).any(|word| word.ends_with("'s"));
                    if owned && head.clone().any(|word| is_relation(word)) {
                        return Err(Refusal::Subject);
                    }
                }
                (Self::Speaker { .. }, Person::Relation(relation)) if says(said, relation) => {
                    attribute = Some(slot::of_relation(relation, &clause.words, as_written));
                }
                (Self::Other { words }, Person::Relation(who) | Person::Named(who))
                    if words.contains(who) =>
                {
                    let their_own = slot::by_cue(&clause.words, as_written);
                    if matches!(
                        their_own,
                        Some(Attribute::Partner | Attribute::Family | Attribute::Pet)
                    ) {
                        attribute = Some(slot::of_relation(who, &clause.words, as_written));
                    }
                }
                (Self::Other { words }, Person::Speaker) if has() => {
                    let relation = words.iter().find(|word| is_relation(word));
                    attribute = Some(relation.map_or(Attribute::Other, |relation| {
                        slot::of_relation(relation, &clause.words, as_written)
                    }));
                }
                (Self::Speaker { .. } | Self::Other { .. }, _) => return Err(Refusal::Subject),
            }
        }
        if bearing.is_empty() {
            Err(Refusal::Ungrounded)
        } else {
            Ok(attribute)
        }
    }

    /// Stems that belong to the subject and are no content.
    pub(super) fn stems(&self) -> Vec<String> {
        match self {
            Self::Speaker { stems } => stems.clone(),
            Self::Other { words } => words.iter().map(|word| stem(word)).collect(),
        }
    }

    /// The subject's name in a claim.
    pub(super) fn name(&self, speaker: Option<&str>) -> String {
        let speaker = speaker.unwrap_or("user");
        match self {
            Self::Speaker { .. } => speaker.to_owned(),
            Self::Other { words } if words.iter().any(|word| is_relation(word)) => {
                format!("{speaker}'s {}", words.join(" "))
            }
            Self::Other { words } => words
                .iter()
                .map(|word| capitalised(word))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

fn says(said: &[String], who: &str) -> bool {
    said.iter()
        .any(|word| word.strip_suffix("'s").unwrap_or(word) == who)
}

fn is_user(statement: &str, name: &str) -> bool {
    statement.to_lowercase().starts_with(&name.to_lowercase())
}

/// "The user" by name.
fn renamed(statement: &str, name: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    for token in statement.split_whitespace() {
        let lower = token.to_lowercase();
        let rest = lower
            .strip_prefix("user")
            .or_else(|| lower.strip_prefix("speaker"));
        match rest {
            Some(rest) if rest.is_empty() || rest.starts_with(['\'', '.', ',']) => {
                if out.last().is_some_and(|last| last.eq_ignore_ascii_case("the")) {
                    out.pop();
                }
                out.push(format!("{name}{rest}"));
            }
            _ => out.push(token.to_owned()),
        }
    }
    let joined = out.join(" ");
    // "The user" has a capital only where a sentence begins.
    match joined.strip_prefix("The user") {
        Some(rest) if name == "The user" => format!("The user{}", rest.replace("The user", "the user")),
        _ => joined,
    }
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + characters.as_str()
}
