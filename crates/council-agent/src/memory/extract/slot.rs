//! Which attribute a clause really speaks of, and the value that it gives it.

mod phrases;

use super::person::is_relation;
use crate::english::{has_any, has_phrase, is_function_word, phrase_at, stem, words};
use crate::memory::attribute::Attribute;
use phrases::{
    ANIMALS, BEFORE_LIKE, BEING, DIETS, DISLIKING, ENDED, FUTURE, LIKING, MONTHS, NEGATIONS, NO_OCCUPATIONS,
    OCCUPATIONS, PARTNERS, PAST, TIMES,
};
use std::collections::BTreeSet;

/// How somebody feels about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stance {
    For,
    Against,
}

/// How the words feel about what they speak of.
pub(super) fn stance(words: &[String]) -> Option<Stance> {
    if has_any(words, DISLIKING) {
        // "I don't hate it" is no liking.
        let phrase = has_any(
            words,
            &["can't stand", "cannot stand", "can't bear", "cannot bear"],
        );
        return (phrase || !negated(words)).then_some(Stance::Against);
    }
    let likes = LIKING.iter().any(|word| {
        phrase_at(words, word).is_some_and(|at| {
            let before = at.checked_sub(1).map(|before| words[before].as_str());
            *word != "like" || before.is_some_and(|before| BEFORE_LIKE.contains(&before))
        })
    });
    // "I prefer tea without milk" is for tea.
    let words: Vec<String> = words.iter().filter(|word| *word != "without").cloned().collect();
    likes.then(|| {
        if negated(&words) {
            Stance::Against
        } else {
            Stance::For
        }
    })
}

/// Whether the words say that something is not so.
pub(super) fn negated(words: &[String]) -> bool {
    words.iter().any(|word| NEGATIONS.contains(&word.as_str())) || has_phrase(words, "used to")
}

/// Whether a word carries no content of its own. Pronouns do where they are what is spoken of.
pub(super) fn is_grammar(word: &str, attribute: Attribute) -> bool {
    let is_value =
        attribute == Attribute::Pronouns && ["he", "him", "she", "her", "they", "them", "it"].contains(&word);
    !is_value && (is_function_word(word) || NEGATIONS.contains(&word))
}

/// Whether the words say that something is over.
pub(super) fn ended(words: &[String]) -> bool {
    has_any(words, ENDED)
}

/// The attribute that a clause speaks of by its own words.
pub(super) fn by_cue(words: &[String], as_written: &str) -> Option<Attribute> {
    let found = Attribute::ALL
        .into_iter()
        .filter(|attribute| is_cued(*attribute, words, as_written));
    // An allergy to cats is no pet, and what somebody likes about their dog is a liking.
    let singles: Vec<Attribute> = found.collect();
    let first = |wanted: &dyn Fn(Attribute) -> bool| singles.iter().copied().find(|one| wanted(*one));
    first(&|one| one == Attribute::Allergy)
        .or_else(|| first(&|one| one == Attribute::Diet))
        .or_else(|| first(&|one| one.is_single()))
        .or_else(|| stance(words).map(of_stance))
        .or_else(|| first(&|_| true))
}

fn of_stance(stance: Stance) -> Attribute {
    match stance {
        Stance::For => Attribute::Likes,
        Stance::Against => Attribute::Dislikes,
    }
}

/// Whether a clause speaks of this attribute, and gives it a value of the right form.
fn is_cued(attribute: Attribute, words: &[String], as_written: &str) -> bool {
    let cue = attribute.cues().iter().find(|cue| has_phrase(words, cue));
    let has_number = || {
        words
            .iter()
            .any(|word| stem(word).starts_with(|first: char| first.is_ascii_digit()))
    };
    match attribute {
        Attribute::Name => cue.is_some() || is_introduction(words, as_written),
        Attribute::Home => (cue.is_some() || moved_on(words)) && has_capital(words, as_written),
        Attribute::Nickname | Attribute::Employer | Attribute::Partner => {
            cue.is_some() && has_capital(words, as_written)
        }
        Attribute::Diet => cue.is_some_and(|cue| !DIETS.contains(cue) || is_on_diet(words)),
        Attribute::Age => cue.is_some() && has_number(),
        Attribute::Birthday => {
            cue.is_some() && (has_number() || words.iter().any(|word| MONTHS.contains(&word.as_str())))
        }
        Attribute::Job => cue.is_some_and(|cue| {
            !["i'm a", "i'm an", "i am a", "i am an", "is a", "is an"].contains(cue)
                || words.iter().any(|word| is_occupation(word))
        }),
        Attribute::Pet => {
            words
                .iter()
                .any(|word| ANIMALS.contains(&word.as_str()) || word == "pet")
                && has_any(words, &["have", "has", "my", "own", "adopted", "got"])
        }
        _ => cue.is_some(),
    }
}

/// "moved from Berlin to Lisbon".
fn moved_on(words: &[String]) -> bool {
    phrase_at(words, "moved from").is_some_and(|at| words[at..].iter().any(|word| word == "to"))
}

/// "I'm vegan", but not "I made vegan ice cream".
fn is_on_diet(words: &[String]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let being = at > 0 && BEING.contains(&words[at - 1].as_str());
        DIETS.contains(&word.as_str()) && being && words.get(at + 1).is_none_or(|next| is_function_word(next))
    })
}

/// "I'm Ada", "I am Ada Lovelace": nothing but names follows, and they are not written in capitals.
fn is_introduction(words: &[String], as_written: &str) -> bool {
    let written = crate::english::words(as_written);
    let begin = ["i'm", "i am", "this is"]
        .iter()
        .find(|begin| has_any(&words[..words.len().min(2)], &[begin]));
    let names = begin.map_or(&[][..], |begin| {
        &written[begin.split(' ').count().min(written.len())..]
    });
    let is_name = |name: &&str| {
        let lower = name.to_lowercase();
        let origin = ["an", "ish", "ese", "ic", "nch", "tch", "eek", "iss"]
            .iter()
            .any(|end| lower.ends_with(end));
        let mut letters = name.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase) && !origin
    };
    (1..=2).contains(&names.len()) && names.iter().all(is_name) && !is_function_word(&names[0].to_lowercase())
}

/// A word with a capital, apart from the first and "I".
fn has_capital(lower: &[String], as_written: &str) -> bool {
    let written = words(as_written);
    written.iter().zip(lower).skip(1).any(|(written, lower)| {
        written.starts_with(char::is_uppercase)
            && !is_function_word(lower)
            && !lower.starts_with("i'")
            && !TIMES.contains(&lower.as_str())
    })
}

fn is_occupation(word: &str) -> bool {
    OCCUPATIONS.contains(&word)
        || (!NO_OCCUPATIONS.contains(&word)
            && word.len() > 5
            && ["er", "or", "ist", "eer", "ant"]
                .iter()
                .any(|end| word.ends_with(end)))
}

/// The attribute under which a proposal is kept: the claimed one where the clause bears it out, otherwise the one that
/// it speaks of. Of what was or will be, no attribute with one value is made. The second value tells whether the
/// clause's own words speak of it.
pub(super) fn fit(claimed: Attribute, words: &[String], as_written: &str) -> (Attribute, bool) {
    let cued = by_cue(words, as_written);
    let attribute = match claimed {
        Attribute::Likes | Attribute::Dislikes => stance(words).map(of_stance).or(cued),
        single if single.is_single() => Some(single)
            .filter(|single| is_cued(*single, words, as_written))
            .or(cued),
        many => Some(many),
    };
    let is_known =
        attribute.is_some_and(|attribute| cued == Some(attribute) || is_cued(attribute, words, as_written));
    let attribute = attribute.unwrap_or(Attribute::Other);
    if !attribute.is_single() || attribute == Attribute::Birthday {
        return (attribute, is_known);
    }
    if has_any(words, FUTURE) {
        return (Attribute::Plan, is_known);
    }
    if has_any(words, PAST) || ended(words) {
        return (Attribute::Event, is_known);
    }
    if negated(words) {
        return (Attribute::Other, is_known);
    }
    (attribute, is_known)
}

/// The attribute of somebody that says who is theirs: partner, animal, relative.
pub(super) fn of_relation(relation: &str, words: &[String], as_written: &str) -> Attribute {
    let named =
        has_capital(words, as_written) && has_any(words, &["is", "name", "name's", "named", "called"]);
    if ANIMALS.contains(&relation) {
        Attribute::Pet
    } else if PARTNERS.contains(&relation) && named && !has_any(words, PAST) {
        Attribute::Partner
    } else {
        Attribute::Family
    }
}

/// What a statement says of its subject's attribute: stems, without those of subject and attribute, and without times.
/// Two values of one attribute are compared by it.
pub(in crate::memory) fn value(text: &str, subject: &str, attribute: Attribute) -> BTreeSet<String> {
    let known: Vec<String> = words(subject)
        .into_iter()
        .map(|word| stem(&word.to_lowercase()))
        .collect();
    let vocabulary: Vec<String> = attribute.vocabulary().iter().map(|word| stem(word)).collect();
    let keeps_times = !attribute.is_single() || matches!(attribute, Attribute::Birthday | Attribute::Age);
    let all = words(text);
    let all = if attribute == Attribute::Home {
        without_origin(&all)
    } else {
        all
    };
    let content = |capitals: bool| -> BTreeSet<String> {
        all.iter()
            .copied()
            .filter(|word| {
                !capitals || word.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit())
            })
            .map(str::to_lowercase)
            .filter(|word| !is_grammar(word, attribute) && (keeps_times || !TIMES.contains(&word.as_str())))
            .filter(|word| attribute != Attribute::Partner || !is_relation(word))
            .map(|word| stem(&word))
            .filter(|stem| !known.contains(stem) && !vocabulary.contains(stem))
            .collect()
    };
    let names = matches!(
        attribute,
        Attribute::Home | Attribute::Employer | Attribute::Name | Attribute::Nickname | Attribute::Partner
    );
    Some(content(true))
        .filter(|value| names && !value.is_empty())
        .unwrap_or_else(|| content(false))
}

/// "from Berlin to Lisbon" is "to Lisbon".
fn without_origin<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::with_capacity(words.len());
    let mut origin = false;
    for word in words {
        origin = match *word {
            "from" => true,
            "to" | "in" => false,
            _ => origin,
        };
        if !origin {
            kept.push(*word);
        }
    }
    kept
}

/// Whether two values say the same, one perhaps more exactly: "Lisbon" and "Lisbon, Portugal".
pub(in crate::memory) fn values_agree(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_empty() && !other.is_empty() && (one.is_subset(other) || other.is_subset(one))
}
