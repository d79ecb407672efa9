//! What a question asks for.

use crate::english::{
    begins_with_any, has_any, has_phrase, is_function_word, lower_words, normal, stem, words,
};

/// Words that say how is asked and not about what, beside those of grammar.
const FRAME: &[&str] = &[
    "according",
    "another",
    "between",
    "big",
    "called",
    "down",
    "ever",
    "far",
    "give",
    "given",
    "gives",
    "here",
    "large",
    "long",
    "many",
    "might",
    "name",
    "no",
    "nor",
    "not",
    "never",
    "often",
    "old",
    "ones",
    "only",
    "onto",
    "other",
    "per",
    "please",
    "said",
    "same",
    "say",
    "says",
    "take",
    "takes",
    "tell",
    "till",
    "took",
    "within",
    "without",
];

/// What deny; `n't` is found by itself.
const DENIALS: &[&str] = &[
    "no", "not", "never", "nor", "neither", "cannot", "without", "none",
];

/// Beginnings of requests that a sentence of a document does not fulfil.
const REQUESTS: &[&str] = &[
    "how do i",
    "how do you",
    "how can i",
    "how can you",
    "how can we",
    "how do we",
    "how to",
    "how would",
    "how does",
    "how did",
    "how are",
    "how is",
    "how should",
    "what if",
    "what is the difference",
    "what are the differences",
    "what do you",
    "what would you",
    "can you",
    "could you",
    "would you",
    "will you",
    "do you",
    "are you",
    "have you",
    "did you",
    "who are you",
    "what are you",
    "what can you",
];

/// First words of what asks for more than a sentence.
const ORDERS: &[&str] = &[
    "compare",
    "create",
    "describe",
    "discuss",
    "draft",
    "explain",
    "imagine",
    "list",
    "make",
    "outline",
    "rewrite",
    "summarise",
    "summarize",
    "translate",
    "write",
];

/// Most words before the one that asks.
const MOST_BEFORE: usize = 3;

/// Kinds of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A number; of what, where the question says it: the stem of "days" in "how many days".
    Number(Option<String>),
    /// How long, in a unit of time.
    Duration,
    /// A day or a time of day.
    Time,
    /// A person, or somebody who acts like one.
    Name,
    /// A reason.
    Reason,
    /// Yes or no.
    Verdict,
    /// Anything else.
    Thing,
}

/// A question that a sentence can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) wanted: Wanted,
    /// Stems of the words that say what it is about, each once, in order.
    pub(super) stems: Vec<String>,
    /// Those of them that are names.
    pub(super) names: Vec<String>,
    /// Whether it asks for what is not.
    pub(super) denies: bool,
}

impl Asked {
    /// `None` for what is no such question: a request, a definition, several questions.
    pub(super) fn of(question: &str) -> Option<Self> {
        let text = normal(question);
        let text = text.trim();
        if text.len() > 300 || text.contains('\n') || text.matches('?').count() > 1 {
            return None;
        }
        let mut words = lower_words(text);
        // "According to the handbook, when …": the question is behind the comma.
        if let Some((_, behind)) = text.split_once(", ")
            && begins_with_any(&words, &["according to", "in", "at", "on"])
            && wanted(&lower_words(behind)).is_some()
        {
            words = lower_words(behind);
        }
        if begins_with_any(&words, REQUESTS) {
            return None;
        }
        let wanted = wanted(&words)?;
        let mut stems: Vec<String> = Vec::new();
        for word in lower_words(text) {
            let stem = stem(&word);
            if tells(&word) && !stems.contains(&stem) {
                stems.push(stem);
            }
        }
        // "What is blood pressure?" asks what everybody knows, and is answered by no sentence that has the words.
        let defines = begins_with_any(
            &words,
            &["what is", "what are", "what's", "where is", "where are"],
        ) && !words
            .iter()
            .any(|word| ["the", "our", "my", "your", "his", "her", "their"].contains(&word.as_str()))
            && stems.len() <= 2
            && !words
                .iter()
                .any(|word| ["of", "for", "in", "on", "at"].contains(&word.as_str()));
        let unclear = stems.len() <= 2 && refers_back(text);
        if stems.is_empty() || defines || unclear {
            return None;
        }
        Some(Self {
            wanted,
            names: names(text, &stems),
            denies: denies(&words),
            stems,
        })
    }
}

/// Whether a question has words that stand for what was said before it.
pub(crate) fn refers_back(question: &str) -> bool {
    const BACK: [&str; 12] = [
        "it", "its", "he", "him", "his", "she", "her", "they", "them", "their", "this", "that",
    ];
    let words = lower_words(question);
    words.first().is_some_and(|first| first == "and")
        || words.iter().any(|word| BACK.contains(&word.as_str()))
}

/// The stems of words with a capital letter behind the first word.
fn names(text: &str, stems: &[String]) -> Vec<String> {
    let behind = words(text).into_iter().skip(1);
    let capital = behind.filter(|word| word.starts_with(char::is_uppercase));
    let named = capital.map(|word| stem(&word.to_lowercase()));
    named.filter(|name| stems.contains(name)).collect()
}

/// Whether a word in lower case says what a question is about.
pub(super) fn tells(word: &str) -> bool {
    !is_function_word(word) && !FRAME.contains(&word) && !word.ends_with("n't")
}

/// Whether words deny something.
pub(super) fn denies(words: &[String]) -> bool {
    words
        .iter()
        .any(|word| DENIALS.contains(&word.as_str()) || word.ends_with("n't"))
}

fn wanted(words: &[String]) -> Option<Wanted> {
    const ASKS: [&str; 10] = [
        "why", "who", "whom", "whose", "what", "which", "when", "where", "how", "what's",
    ];
    const AUXILIARIES: &[&str] = &[
        "is", "are", "was", "were", "do", "does", "did", "can", "may", "must", "will", "has", "have",
        "should", "could", "am",
    ];
    if begins_with_any(words, AUXILIARIES) {
        return Some(Wanted::Verdict);
    }
    // "Within how many days", "tell me who": others may stand first, but for what asks for more than a sentence.
    let asks = words.iter().position(|word| ASKS.contains(&word.as_str()))?;
    if asks > MOST_BEFORE
        || words
            .first()
            .is_some_and(|first| ORDERS.contains(&first.as_str()))
    {
        return None;
    }
    if has_phrase(words, "why") {
        return Some(Wanted::Reason);
    }
    if let Some(at) = words
        .windows(2)
        .position(|pair| pair[0] == "how" && pair[1] == "many")
    {
        return Some(Wanted::Number(counted(&words[at + 2..])));
    }
    if has_phrase(words, "how long") {
        return Some(Wanted::Duration);
    }
    let amounts = [
        "how much",
        "how far",
        "how old",
        "how tall",
        "how high",
        "how large",
        "how big",
        "how heavy",
        "how fast",
        "how deep",
        "how wide",
        "how often",
        "what number",
        "which number",
        "what amount",
        "which amount",
        "what price",
        "what value",
        "which value",
        "what percentage",
        "what temperature",
        "which temperature",
        "what size",
        "the number of",
        "the amount of",
        "the price of",
        "the cost of",
        "the fee",
        "the percentage of",
        "how hot",
        "how cold",
        "what share",
    ];
    let costs =
        has_any(words, &["what does", "what do", "what did"]) && words.iter().any(|word| word == "cost");
    if has_any(words, &amounts) || costs {
        return Some(Wanted::Number(None));
    }
    let times = [
        "when",
        "what time",
        "which time",
        "what date",
        "which date",
        "the date",
        "what day",
        "which day",
        "what weekday",
        "which weekday",
        "what month",
        "which month",
        "what year",
        "which year",
        "which hour",
        "what hour",
    ];
    if has_any(words, &times) {
        return Some(Wanted::Time);
    }
    if has_any(words, &["who", "whom", "whose", "who's"]) {
        return Some(Wanted::Name);
    }
    Some(Wanted::Thing)
}

/// The stem of what is counted, behind "how many": the last word before a verb or a preposition.
fn counted(words: &[String]) -> Option<String> {
    let ends =
        |word: &str| is_function_word(word) || ["ahead", "does", "per", "long", "within"].contains(&word);
    let noun = words.iter().take_while(|word| !ends(word)).last()?;
    Some(stem(noun.split('\'').next().unwrap_or(noun)))
}
