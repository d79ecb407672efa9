//! Words that mean something to a logician, and the keys under which nouns and predicates meet.

use crate::logic::language::Problem;
use crate::logic::words::{Word, stem};

/// Most things and predicates in one text; what has more is no puzzle.
const MOST: usize = 40;

/// Words that say how sure or when, and change nothing in a puzzle.
pub(super) const ADVERBS: &[&str] = &[
    "today",
    "definitely",
    "certainly",
    "surely",
    "indeed",
    "also",
    "now",
    "then",
    "therefore",
    "already",
    "really",
    "currently",
    "actually",
    "too",
    "necessarily",
    "always",
    "still",
    "thus",
    "either",
];

/// Words that a name or a predicate cannot contain: a sentence with them was not understood.
const BANNED: &[&str] = &[
    "hardly",
    "barely",
    "may",
    "might",
    "could",
    "would",
    "should",
    "ought",
    "probably",
    "perhaps",
    "maybe",
    "possibly",
    "likely",
    "usually",
    "often",
    "sometimes",
    "rarely",
    "seldom",
    "generally",
    "typically",
    "mostly",
    "almost",
    "nearly",
    "most",
    "many",
    "few",
    "half",
    "some",
    "all",
    "every",
    "each",
    "any",
    "no",
    "none",
    "only",
    "both",
    "neither",
    "either",
    "nor",
    "or",
    "and",
    "but",
    "if",
    "then",
    "unless",
    "because",
    "since",
    "before",
    "after",
    "until",
    "while",
    "when",
    "whenever",
    "where",
    "who",
    "whom",
    "whose",
    "which",
    "that",
    "than",
    "as",
    "not",
    "never",
    "you",
    "your",
    "we",
    "our",
    "us",
    "i",
    "me",
    "my",
    "mine",
    "more",
    "less",
    "least",
    "exactly",
    "other",
    "another",
    "same",
    "different",
    "together",
    "everyone",
    "everybody",
    "nothing",
    "something",
    "everything",
    "anything",
    "everywhere",
    "nowhere",
    "nobody",
    "someone",
    "somebody",
    "anyone",
    "what",
    "why",
    "how",
    "is",
    "are",
    "was",
    "were",
    "does",
    "do",
    "did",
    "will",
    "must",
    "say",
    "says",
    "said",
    "claims",
    "there",
    "between",
    "except",
    "whether",
    "implies",
    "\"",
    ",",
    ":",
    "(",
    ")",
    "/",
    "%",
    "=",
    "+",
    "<",
    ">",
    "he",
    "she",
    "they",
    "him",
    "them",
    "it",
    "himself",
    "being",
    "having",
    "herself",
    "themselves",
    "itself",
    "believes",
    "thinks",
    "knows",
    "wants",
    "hopes",
    "doubts",
    "seems",
    "let",
    "please",
];

const DETERMINERS: &[&str] = &[
    "the", "this", "that", "these", "those", "his", "her", "their", "its", "my",
];

/// Opposites: whatever is the first is not the second, and what is not the first is the second.
const OPPOSITES: &[(&str, &str)] = &[
    ("dry", "wet"),
    ("clos", "open"),
    ("off", "on"),
    ("turn off", "on"),
    ("switch off", "on"),
    ("dead", "aliv"),
    ("innocent", "guilty"),
    ("awak", "asleep"),
    ("fals", "tru"),
    ("absent", "present"),
    ("unlock", "lock"),
    ("unhappy", "happy"),
    ("incorrect", "correct"),
    ("invalid", "valid"),
    ("odd", "even"),
];

const SAME: &[(&str, &str)] = &[("turn on", "on"), ("switch on", "on")];

/// What it is called to tell the truth always, and to lie always.
const TRUTHFUL: &[&str] = &[
    "knight",
    "truth-teller",
    "truthteller",
    "truth teller",
    "tell truth",
    "honest",
    "truthful",
    "speak truth",
    "say truth",
    "honest person",
    "truthful person",
    "tru",
];
const LYING: &[&str] = &["knav", "liar", "li", "dishonest", "tell li", "fals"];

/// The predicate that the speakers of a puzzle have or lack.
pub(super) const TELLS_THE_TRUTH: &str = "truthful";

/// What a text speaks of.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    things: Vec<String>,
    named: Vec<usize>,
    predicates: Vec<String>,
    /// Words for those who tell the truth and for those who lie; empty where nobody speaks.
    roles: Vec<(String, bool)>,
    /// What is shown for truth-tellers and liars.
    pub(super) role_names: Option<(String, String)>,
}

impl Vocabulary {
    /// From now on, `knight` and the like speak of who tells the truth.
    pub(super) fn speak(&mut self) {
        if self.roles.is_empty() {
            let truthful = TRUTHFUL.iter().map(|word| ((*word).to_owned(), true));
            self.roles = truthful
                .chain(LYING.iter().map(|word| ((*word).to_owned(), false)))
                .collect();
        }
    }

    /// A word of this text for those who tell the truth, or lie. False where it contradicts what is known.
    pub(super) fn role(&mut self, key: &str, truthful: bool) -> bool {
        if let Some((_, known)) = self.roles.iter().find(|(word, _)| word == key) {
            return *known == truthful;
        }
        self.roles.push((key.to_owned(), truthful));
        true
    }

    /// Whether those with this name tell the truth.
    pub(super) fn role_of(&self, key: &str) -> Option<bool> {
        self.roles
            .iter()
            .find(|(word, _)| word == key)
            .map(|(_, truthful)| *truthful)
    }

    /// Whether somebody speaks in this text.
    pub(super) fn speaks(&self) -> bool {
        !self.roles.is_empty()
    }

    pub(super) fn is_role(&self, key: &str) -> bool {
        self.roles.iter().any(|(word, _)| word == key)
    }

    /// The predicate that a key stands for, and whether it says it or denies it.
    pub(super) fn canonical(&self, key: &str) -> (String, bool) {
        if let Some((_, truthful)) = self.roles.iter().find(|(word, _)| word == key) {
            return (TELLS_THE_TRUTH.to_owned(), *truthful);
        }
        if let Some((_, positive)) = OPPOSITES.iter().find(|(negative, _)| *negative == key) {
            return ((*positive).to_owned(), false);
        }
        let same = SAME.iter().find(|(other, _)| *other == key);
        (same.map_or(key, |(_, key)| key).to_owned(), true)
    }

    pub(super) fn predicate_symbol(&mut self, problem: &mut Problem, key: &str) -> Option<usize> {
        if let Some(index) = self.predicates.iter().position(|known| known == key) {
            return Some(index);
        }
        if self.predicates.len() >= MOST {
            return None;
        }
        self.predicates.push(key.to_owned());
        Some(problem.predicate(&key.replace(' ', "_"), vec![super::clause::THINGS]))
    }

    pub(super) fn thing(&mut self, problem: &mut Problem, key: &str, shown: &str) -> Option<usize> {
        if let Some(index) = self.things.iter().position(|known| known == key) {
            return Some(index);
        }
        if self.things.len() >= MOST {
            return None;
        }
        self.things.push(key.to_owned());
        problem.sorts[super::clause::THINGS]
            .elements
            .push(shown.to_owned());
        Some(self.things.len() - 1)
    }

    pub(super) fn thing_index(&self, key: &str) -> Option<usize> {
        self.things.iter().position(|known| known == key)
    }

    pub(super) fn knows_predicate(&self, key: &str) -> bool {
        self.predicates.contains(&self.canonical(key).0)
    }

    pub(super) fn things(&self) -> &[String] {
        &self.things
    }

    pub(super) fn predicates(&self) -> &[String] {
        &self.predicates
    }

    /// The thing with this index has a proper name.
    pub(super) fn name(&mut self, index: usize) {
        if !self.named.contains(&index) {
            self.named.push(index);
        }
    }

    pub(super) fn names(&self) -> &[usize] {
        &self.named
    }
}

pub(super) fn is_determiner(word: &Word) -> bool {
    word.is_any(DETERMINERS)
}

/// `it` before these means no thing.
pub(super) fn is_weather(predicate: &str) -> bool {
    const WEATHER: &[&str] = &[
        "rain", "snow", "cold", "hot", "warm", "sunny", "cloudy", "windy", "dark", "night", "day", "weekend",
        "hail", "storm", "freez", "foggy", "rainy", "snowy", "winter", "summer", "spring", "autumn", "noon",
        "midnight", "holiday", "late", "early", "stormy", "thunder", "bright", "humid",
    ];
    const DAYS: &[&str] = &[
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    WEATHER.contains(&predicate) || DAYS.contains(&predicate)
}

/// The key of a noun phrase: the stems of its words without the determiner.
pub(super) fn noun_key(words: &[Word]) -> Option<String> {
    let words = match words.first() {
        Some(first) if is_determiner(first) || first.is_any(&["a", "an"]) => &words[1..],
        _ => words,
    };
    let inner: Vec<Word> = words
        .iter()
        .filter(|word| !word.is_any(&["a", "an", "the"]))
        .cloned()
        .collect();
    let words = &inner[..];
    // `box A` is A.
    let numbered = [
        "box", "door", "chest", "casket", "room", "suspect", "prisoner", "trunk", "envelope",
    ];
    match words {
        [kind, name] if kind.is_any(&numbered) && (name.capital() || name.lower.starts_with('#')) => {
            key(&words[1..])
        }
        _ => key(words),
    }
}

/// Whether what is said is denied, and the key of what is said: the stems of its words without articles.
pub(super) fn predicate(words: &[Word]) -> Option<(bool, String)> {
    let mut negated = false;
    let mut words = words;
    while let Some(first) = words.first() {
        if first.is_any(&["not", "never"]) {
            negated = !negated;
        } else if !first.is_any(ADVERBS) && !first.is("be") {
            break;
        }
        words = &words[1..];
    }
    while let Some(last) = words.last() {
        if !last.is_any(ADVERBS) && !last.is(",") {
            break;
        }
        words = &words[..words.len() - 1];
    }
    let mut kept: Vec<Word> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match word.lower.as_str() {
            "a" | "an" | "the" => {}
            "no" if index <= 1 => negated = !negated,
            "kind" | "type" | "sort" | "form" if words.get(index + 1).is_some_and(|next| next.is("of")) => {}
            "of" if index > 0 && words[index - 1].is_any(&["kind", "type", "sort", "form"]) => {}
            // `gets wet` is what is wet then; `gets a dog` is not.
            "get" | "gets" | "got" | "become" | "becomes" | "became" | "becoming" | "getting"
                if index == 0 && words.get(1).is_some_and(|next| !next.is_any(&["a", "an", "the"])) => {}
            _ => kept.push(word.clone()),
        }
    }
    Some((negated, without_thing(&key(&kept)?)))
}

/// A green thing is green.
pub(super) fn without_thing(key: &str) -> String {
    let short = [" thing", " person", " object", " one"]
        .iter()
        .find_map(|tail| key.strip_suffix(tail));
    short.unwrap_or(key).to_owned()
}

fn key(words: &[Word]) -> Option<String> {
    let unfit = |word: &Word| {
        word.is_any(BANNED) && !matches!(word.text.as_str(), "Will" | "May")
            || word
                .lower
                .chars()
                .any(|c| !c.is_alphanumeric() && !"'-#.".contains(c))
    };
    if words.is_empty() || words.len() > 7 || words.iter().any(unfit) {
        return None;
    }
    let stems: Vec<String> = words.iter().map(|word| stem(&word.lower)).collect();
    let key = stems.join(" ");
    (key != "one").then_some(key)
}
