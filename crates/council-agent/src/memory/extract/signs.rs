//! Signs that a sentence states nothing that may be remembered.
//!
//! They err on the side of refusal: a fact that is missed is said again one day, and the turn itself is found in any
//! case; a wrong fact stays.

mod phrases;

use super::Refusal;
use super::language::is_foreign;
use super::person::is_first_person;
use crate::english::{Clause, Sentence, begins_with_any, has_any, has_phrase, lower_words, sentences};
use phrases::{
    CALLS, CODE, FICTION, HYPOTHETICAL, IMPLAUSIBLE, INJECTION, JEST, JEST_MARKS, LASTING, MORE_REQUESTS,
    PLEASANTRIES, QUESTION_WORDS, REPORTING, REQUESTS, SAYING, SECRETS, STATES, TEXT_WORK, TRANSIENT, WISHES,
};
use std::ops::Range;

/// Why nothing of a whole message may be remembered.
pub(super) fn of_message(text: &str) -> Option<Refusal> {
    let words = lower_words(text);
    if JEST_MARKS.iter().any(|mark| has_mark(text, mark)) || has_any(&words, JEST) {
        return Some(Refusal::Jest);
    }
    if has_secret(text, &words) {
        return Some(Refusal::Secret);
    }
    if CODE.iter().any(|mark| text.contains(mark)) || text.lines().any(|line| line.starts_with('>')) {
        return Some(Refusal::Code);
    }
    if has_any(&words, INJECTION) || has_any(&words, TEXT_WORK) {
        return Some(Refusal::Instruction);
    }
    if sentences(text)
        .iter()
        .any(|sentence| is_material_ahead(text, sentence))
    {
        return Some(Refusal::Instruction);
    }
    has_any(&words, FICTION).then_some(Refusal::Hypothetical)
}

/// "Say that I am rich", "Improve: I am rich": what such a sentence is about may stand anywhere in the message.
fn is_material_ahead(text: &str, sentence: &Sentence) -> bool {
    let asks = |clause: &Clause| is_request(&clause.words);
    let says = |clause: &Clause| {
        clause
            .words
            .first()
            .is_some_and(|word| SAYING.contains(&word.as_str()))
    };
    sentence.clauses.iter().any(says)
        || (text[sentence.range.clone()].contains(':') && sentence.clauses.iter().any(asks))
}

/// Why the clauses `chosen` of a sentence may not be remembered.
pub(super) fn of_clauses(text: &str, sentence: &Sentence, chosen: Range<usize>) -> Option<Refusal> {
    if is_foreign(text, sentence) {
        return Some(Refusal::Language);
    }
    let clauses = &sentence.clauses;
    let of_whole = || clauses.iter().map(|clause| &clause.words);
    if is_asked(sentence, &chosen) {
        return Some(Refusal::Question);
    }
    // "If I lived in Paris, I would": a condition before it binds what follows; one behind it seldom does.
    let upto = clauses[..chosen.end].iter().map(|clause| &clause.words);
    if upto.clone().any(|words| is_hypothetical(words))
        || of_whole().any(|words| has_any(words, &["if only", "in my dreams", "in theory", "or so i wish"]))
    {
        return Some(Refusal::Hypothetical);
    }
    // Whoever asks goes on asking, "write about how I cook and my cat sleeps", until "I" begins anew: "recommend a
    // restaurant, I'm vegetarian".
    let begins_anew = clauses[chosen.start]
        .words
        .first()
        .is_some_and(|word| is_first_person(word));
    let bound = if begins_anew {
        chosen.clone()
    } else {
        0..chosen.end
    };
    if clauses[bound].iter().any(|clause| is_request(&clause.words)) {
        return Some(Refusal::Instruction);
    }
    if upto.clone().any(|words| is_reported(words)) {
        return Some(Refusal::Reported);
    }
    if text[..clauses[chosen.start].range.start].matches('"').count() % 2 == 1
        || text[clauses[chosen.start].range.clone()].starts_with('"')
    {
        return Some(Refusal::Reported);
    }
    clauses[chosen].iter().find_map(of_clause)
}

fn of_clause(clause: &Clause) -> Option<Refusal> {
    let words = &clause.words;
    if begins_with_any(words, PLEASANTRIES) {
        return Some(Refusal::Pleasantry);
    }
    if is_transient(words) {
        return Some(Refusal::Transient);
    }
    let age = words.windows(2).any(|pair| {
        ["years", "year"].contains(&pair[1].as_str()) && pair[0].parse::<u32>().is_ok_and(|years| years > 120)
    });
    // "I met the queen of the choir" is none of these: only what somebody claims to be.
    let claims = has_any(
        words,
        &[
            "i'm",
            "i am",
            "im",
            "i live",
            "my name is",
            "call me",
            "i'm from",
            "i come",
        ],
    );
    if age || (claims && has_any(words, IMPLAUSIBLE)) {
        return Some(Refusal::Implausible);
    }
    None
}

/// A sentence with a question mark, or one that begins like a question. A statement before the question is none.
fn is_asked(sentence: &Sentence, chosen: &Range<usize>) -> bool {
    let clauses = &sentence.clauses;
    let begins = |clause: &Clause| {
        clause
            .words
            .first()
            .is_some_and(|word| QUESTION_WORDS.contains(&word.as_str()))
    };
    // "I have a sister who lives in Rome" asks nothing.
    let relative = |at: usize, clause: &Clause| at > 0 && !sentence.asks && clause.words[0] == "who";
    if chosen
        .clone()
        .any(|at| begins(&clauses[at]) && !relative(at, &clauses[at]))
    {
        return true;
    }
    if !sentence.asks {
        return false;
    }
    let Some((last, _)) = clauses[chosen.end..].split_last() else {
        return true;
    };
    // "…, don't I?", "…, right?" ask about what was said before them.
    let is_tag = last.words.len() <= 3
        && !last
            .words
            .first()
            .is_some_and(|word| ["what", "where", "how", "why", "who", "any"].contains(&word.as_str()));
    is_tag
        || !clauses[chosen.end..].iter().any(|clause| {
            begins(clause)
                || is_request(&clause.words)
                || begins_with_any(
                    &clause.words,
                    &[
                        "so what", "so how", "so can", "so which", "so where", "and what", "and how",
                        "so do", "but what", "but how", "and can", "but can",
                    ],
                )
        })
}

/// Whether a clause speaks of what is not so.
fn is_hypothetical(words: &[String]) -> bool {
    // The month and the name of a month: "in May", "May 3".
    let words: Vec<String> = words
        .iter()
        .enumerate()
        .filter(|(at, word)| {
            let next = words
                .get(at + 1)
                .is_some_and(|next| next.starts_with(|first: char| first.is_ascii_digit()));
            let before = at.checked_sub(1).is_some_and(|before| {
                ["in", "of", "last", "this", "since", "until", "on"].contains(&words[before].as_str())
                    || words[before].starts_with(|first: char| first.is_ascii_digit())
            });
            word.as_str() != "may" || !(next || before)
        })
        .map(|(_, word)| word.clone())
        .collect();
    has_any(&words, HYPOTHETICAL)
}

/// Whether a clause asks for something. "Remember that I …" tells, too.
pub(super) fn is_request(words: &[String]) -> bool {
    if begins_with_any(
        words,
        &[
            "remember that",
            "please remember that",
            "note that",
            "keep in mind that",
            "don't forget that",
            "please note that",
            "remember",
            "please remember",
            "call me",
            "please call me",
        ],
    ) && !begins_with_any(words, &["remember to", "please remember to", "remember when"])
        && !has_any(words, CALLS)
    {
        return false;
    }
    let first = words.first().map(String::as_str).unwrap_or_default();
    // "Going", "and", "so", "then" may come before the verb.
    let second = if ["and", "so", "then", "now", "also", "but", "ok", "okay", "just"].contains(&first) {
        words.get(1).map(String::as_str).unwrap_or_default()
    } else {
        first
    };
    REQUESTS.contains(&second)
        || MORE_REQUESTS.contains(&second)
        || second == "remember"
        || has_any(words, WISHES)
        || has_any(
            words,
            &[
                "can you",
                "could you",
                "would you",
                "will you",
                "help me",
                "tell me",
                "show me",
                "give me",
                "remind me",
                "i'm trying to",
                "i am trying to",
                "i'm asking",
            ],
        )
}

/// Whether a statement points at something outside of it. "This year" is known by when it was said.
pub(super) fn is_vague(said: &[String]) -> bool {
    said.iter().enumerate().any(|(at, word)| {
        let points = ["this", "these", "those"].contains(&word.as_str());
        let next = said.get(at + 1).map(String::as_str).unwrap_or_default();
        let is_time = [
            "year", "month", "week", "morning", "summer", "winter", "spring", "autumn", "fall", "weekend",
        ]
        .contains(&next);
        ["you", "your", "yours", "you're"].contains(&word.as_str()) || (points && !is_time)
    })
}

/// Whether somebody else's words are passed on.
fn is_reported(words: &[String]) -> bool {
    let Some(at) = words.iter().position(|word| REPORTING.contains(&word.as_str())) else {
        return has_phrase(words, "according to");
    };
    let by_speaker = words[..at]
        .iter()
        .rev()
        .take(3)
        .any(|word| ["i", "i've", "i'd"].contains(&word.as_str()));
    !by_speaker || ["heard", "thought", "read"].contains(&words[at].as_str())
}

/// "I'm tired", "I'm getting a coffee".
fn is_transient(words: &[String]) -> bool {
    let Some(state) = STATES
        .iter()
        .filter(|state| begins_with_any(words, &[state]))
        .max_by_key(|state| state.len())
    else {
        return false;
    };
    let rest = &words[state.split(' ').count()..];
    let rest: Vec<String> = rest
        .iter()
        .skip_while(|word| {
            [
                "so",
                "very",
                "really",
                "just",
                "still",
                "a",
                "bit",
                "too",
                "quite",
                "not",
                "pretty",
                "all",
                "currently",
                "now",
                "also",
                "feeling",
            ]
            .contains(&word.as_str())
        })
        .cloned()
        .collect();
    if begins_with_any(&rest, LASTING) {
        return false;
    }
    let progressive = rest
        .first()
        .is_some_and(|word| word.len() > 4 && word.ends_with("ing"));
    progressive || begins_with_any(&rest, TRANSIENT)
}

fn has_mark(text: &str, mark: &str) -> bool {
    // "/s" and ":p" only where a word ends: not in a path or a time.
    text.match_indices(mark).any(|(at, _)| {
        let alone = |character: Option<char>| {
            character.is_none_or(|character| !character.is_alphanumeric() && character != '/')
        };
        !mark.is_ascii()
            || (alone(text[..at].chars().next_back()) && alone(text[at + mark.len()..].chars().next()))
    })
}

/// Words that secrets come with, and what looks like one: long tokens of mixed characters, card numbers.
fn has_secret(text: &str, words: &[String]) -> bool {
    if has_any(words, SECRETS) || text.contains("-----BEGIN") {
        return true;
    }
    let token = text.split(|character: char| character.is_whitespace() || ",;\"'()".contains(character));
    let is_token = |token: &str| {
        token.len() >= 20
            && token.is_ascii()
            && token.bytes().any(|byte| byte.is_ascii_digit())
            && token.bytes().any(|byte| byte.is_ascii_alphabetic())
            && !token.contains(['@', '/'])
    };
    token.into_iter().any(is_token) || has_card_number(text)
}

/// Thirteen to nineteen digits, with blanks or hyphens, whose check digit is right (ISO/IEC 7812-1, annex B).
fn has_card_number(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    for character in text.chars().chain(['.']) {
        match character.to_digit(10) {
            Some(digit) => digits.push(digit),
            None if character == ' ' || character == '-' => {}
            None => {
                if (13..=19).contains(&digits.len()) && is_checked(&digits) {
                    return true;
                }
                digits.clear();
            }
        }
    }
    false
}

fn is_checked(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits
        .iter()
        .rev()
        .enumerate()
        .map(doubled)
        .sum::<u32>()
        .is_multiple_of(10)
}
