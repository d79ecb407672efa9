//! Verbs of having, getting and giving, and what may stand around them.

use crate::math::lex::Token;
use crate::math::trouble::{Result, foreign};

/// What a verb does to what its subject has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Has,
    Gains,
    Loses,
}

/// Forms of verbs, the lemma first.
pub(super) const VERBS: [(Effect, &[&str]); 26] = [
    (Effect::Has, &["have", "has", "had", "owns", "own", "owned"]),
    (Effect::Gains, &["buy", "buys", "bought"]),
    (Effect::Gains, &["get", "gets", "got"]),
    (Effect::Gains, &["receive", "receives", "received"]),
    (Effect::Gains, &["find", "finds", "found"]),
    (Effect::Gains, &["pick", "picks", "picked"]),
    (Effect::Gains, &["collect", "collects", "collected"]),
    (Effect::Gains, &["gather", "gathers", "gathered"]),
    (Effect::Gains, &["earn", "earns", "earned"]),
    (Effect::Gains, &["win", "wins", "won"]),
    (Effect::Gains, &["catch", "catches", "caught"]),
    (Effect::Gains, &["make", "makes", "made"]),
    (Effect::Gains, &["bake", "bakes", "baked"]),
    (Effect::Gains, &["plant", "plants", "planted"]),
    (Effect::Loses, &["give", "gives", "gave"]),
    (Effect::Loses, &["lose", "loses", "lost"]),
    (Effect::Loses, &["sell", "sells", "sold"]),
    (Effect::Loses, &["eat", "eats", "ate"]),
    (Effect::Loses, &["use", "uses", "used"]),
    (Effect::Loses, &["spend", "spends", "spent"]),
    (Effect::Loses, &["donate", "donates", "donated"]),
    (Effect::Loses, &["drink", "drinks", "drank"]),
    (Effect::Loses, &["throw", "throws", "threw"]),
    (Effect::Loses, &["pay", "pays", "paid"]),
    (Effect::Loses, &["break", "breaks", "broke"]),
    (Effect::Loses, &["drop", "drops", "dropped"]),
];

/// What happens to the counted themselves.
pub(super) const HAPPENS: [(Effect, &[&str]); 22] = [
    (Effect::Loses, &["flew", "away"]),
    (Effect::Loses, &["fly", "away"]),
    (Effect::Loses, &["left"]),
    (Effect::Loses, &["leave"]),
    (Effect::Loses, &["ran", "away"]),
    (Effect::Loses, &["went", "away"]),
    (Effect::Loses, &["went", "home"]),
    (Effect::Loses, &["go", "home"]),
    (Effect::Loses, &["swam", "away"]),
    (Effect::Loses, &["got", "off"]),
    (Effect::Loses, &["get", "off"]),
    (Effect::Loses, &["are", "removed"]),
    (Effect::Loses, &["were", "removed"]),
    (Effect::Loses, &["melted"]),
    (Effect::Gains, &["came", "back"]),
    (Effect::Gains, &["came"]),
    (Effect::Gains, &["joined"]),
    (Effect::Gains, &["arrived"]),
    (Effect::Gains, &["got", "on"]),
    (Effect::Gains, &["get", "on"]),
    (Effect::Gains, &["are", "added"]),
    (Effect::Gains, &["were", "added"]),
];

/// "in the tree", "to her brother", "on Monday": a few words after a preposition, without numbers.
pub(super) fn adverbial(tokens: &[Token]) -> bool {
    const NEVER: [&str; 20] = [
        "each", "every", "per", "times", "half", "twice", "more", "less", "fewer", "than", "as", "day",
        "week", "hour", "month", "year", "both", "all", "other", "rest",
    ];
    match tokens {
        [] => true,
        [word] if ["away", "back", "again"].contains(&word.lower.as_str()) => true,
        [first, rest @ ..] if first.says("away") => adverbial(rest),
        [preposition, rest @ ..] => {
            let prepositions = [
                "in", "on", "to", "at", "from", "for", "into", "by", "with", "during",
            ];
            let plain = |token: &Token| token.is_word() && !NEVER.contains(&token.lower.as_str());
            prepositions.contains(&preposition.lower.as_str())
                && (1..=4).contains(&rest.len())
                && rest.iter().all(plain)
        }
    }
}

pub(super) fn verb(word: &str) -> Option<(Effect, &'static str)> {
    let (effect, forms) = VERBS.iter().find(|(_, forms)| forms.contains(&word))?;
    Some((*effect, forms[0]))
}

pub(super) fn starts_adverbial(token: &Token) -> bool {
    [
        "in", "on", "to", "at", "from", "for", "into", "by", "with", "during", "away", "back", "each",
        "every", "per", "than", "of", "as",
    ]
    .contains(&token.lower.as_str())
}

/// Without any of these words or phrases at the end or the beginning.
pub(super) fn without<'a>(tokens: &'a [Token], phrases: &[&str]) -> &'a [Token] {
    let mut rest = tokens;
    loop {
        let before = rest.len();
        for phrase in phrases {
            let words: Vec<&str> = phrase.split(' ').collect();
            let matches = |part: &[Token]| part.iter().zip(&words).all(|(token, word)| token.says(word));
            if rest.len() >= words.len() {
                if matches(&rest[rest.len() - words.len()..]) {
                    rest = &rest[..rest.len() - words.len()];
                } else if matches(&rest[..words.len()]) {
                    rest = &rest[words.len()..];
                }
            }
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// A name, or an article and a noun.
pub(super) fn name_of(tokens: &[Token]) -> Result<String> {
    const NEVER: [&str; 22] = [
        "if", "when", "after", "before", "not", "never", "who", "which", "that", "each", "every", "all",
        "both", "nobody", "some", "would", "will", "could", "should", "because", "while", "than",
    ];
    let plain = tokens
        .iter()
        .all(|token| token.is_word() && !NEVER.contains(&token.lower.as_str()));
    if tokens.is_empty() || tokens.len() > 3 || !plain {
        return foreign("a subject of another form");
    }
    let words: Vec<&str> = tokens
        .iter()
        .map(|token| token.lower.as_str())
        .filter(|word| !["a", "an", "the"].contains(word))
        .collect();
    Ok(words.join(" "))
}
