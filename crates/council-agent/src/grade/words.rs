//! Words in answers.

use super::number::{equal, values};

/// Words that add nothing.
const ARTICLES: [&str; 3] = ["a", "an", "the"];
/// Words that turn what a sentence says into its opposite, or leave it open.
const DOUBTS: [&str; 9] = [
    "not", "isn't", "or", "if", "either", "neither", "nor", "maybe", "cannot",
];
/// Answers that exclude one another; each with the words that mean it.
const CHOICES: [&[(&str, &[&str])]; 4] = [
    &[
        ("yes", &["yes"]),
        ("no", &["no"]),
        (
            "unknown",
            &[
                "unknown",
                "cannot be determined",
                "can't be determined",
                "cannot be concluded",
                "not enough information",
                "undetermined",
            ],
        ),
    ],
    &[("true", &["true"]), ("false", &["false"])],
    &[("valid", &["valid"]), ("invalid", &["invalid", "not valid"])],
    &[
        ("consistent", &["consistent"]),
        (
            "inconsistent",
            &["inconsistent", "not consistent", "contradictory"],
        ),
    ],
];

/// Whether an answer chooses one of `right`, which mean the same: by its first word where that is a choice, else by the
/// last one that it names.
pub(super) fn chooses(answer: &str, right: &[&str]) -> bool {
    let words = sentences(answer).concat();
    let right: Vec<String> = right.iter().map(|choice| choice.to_lowercase()).collect();
    // Expected is a choice by its name, or by one of its forms.
    let meant = |(name, forms): &(&str, &[&str])| {
        let is = |choice: &String| choice == name || forms.contains(&choice.as_str());
        right.iter().any(is)
    };
    let group = CHOICES.into_iter().find(|group| group.iter().any(&meant));
    let Some(group) = group else {
        return says(answer, &right.iter().map(String::as_str).collect::<Vec<_>>());
    };
    // (where, how long, which); a longer form hides the shorter one in it.
    let mut named: Vec<(usize, usize, &str)> = Vec::new();
    for (name, forms) in group {
        for form in *forms {
            let form = self::words(form);
            named.extend(places(&words, &form).map(|at| (at, form.len(), *name)));
        }
    }
    let hidden = |one: &(usize, usize, &str)| {
        named
            .iter()
            .any(|other| other.1 > one.1 && other.0 <= one.0 && one.0 < other.0 + other.1)
    };
    let mut open: Vec<_> = named.iter().filter(|one| !hidden(one)).collect();
    open.sort_unstable_by_key(|one| one.0);
    let first = open.first().filter(|one| one.0 == 0);
    let chosen = first.or(open.last());
    chosen.is_some_and(|chosen| group.iter().any(|one| one.0 == chosen.2 && meant(one)))
}

/// Whether an answer says one of `right` where results stand: in its first sentence, if that does not merely weigh things
/// up, or in its last one.
pub(super) fn says(answer: &str, right: &[&str]) -> bool {
    let sentences = sentences(answer);
    let weighs = |sentence: &[String]| sentence.iter().any(|word| DOUBTS.contains(&word.as_str()));
    let ends = [sentences.first(), sentences.last()];
    let plain = |sentence: &&Vec<String>| !weighs(sentence);
    let mut results = ends.into_iter().flatten().filter(plain);
    let right: Vec<Vec<String>> = right.iter().map(|text| words(text)).collect();
    results.any(|sentence| right.iter().any(|right| places(sentence, right).next().is_some()))
        || right.iter().any(|right| *right == words(answer))
}

/// Whether an answer has exactly these members: numbers as the numbers of its last line, words each in a clause without a
/// doubt.
pub(super) fn lists(answer: &str, members: &[String]) -> bool {
    let numbers: Vec<Vec<f64>> = members.iter().map(|member| values(member)).collect();
    if numbers.iter().all(|values| values.len() == 1) {
        let last = answer.lines().rev().map(values).find(|values| !values.is_empty());
        let expected = numbers.concat();
        return last.is_some_and(|found| {
            let has = |all: &[f64], one: f64| all.iter().any(|other| equal(*other, one));
            expected.iter().all(|one| has(&found, *one)) && found.iter().all(|one| has(&expected, *one))
        });
    }
    let clauses: Vec<Vec<String>> = answer
        .split(['.', ';', ',', '\n'])
        .flat_map(|part| part.split(" and "))
        .map(words)
        .collect();
    members.iter().all(|member| {
        let member = words(member);
        clauses.iter().any(|clause| {
            let doubted = clause.iter().any(|word| DOUBTS.contains(&word.as_str()));
            !doubted && member.iter().all(|word| clause.contains(word))
        })
    })
}

/// Where `part` stands in `words`.
fn places<'a>(words: &'a [String], part: &'a [String]) -> impl Iterator<Item = usize> + 'a {
    let windows = words.windows(part.len().max(1)).enumerate();
    windows
        .filter(move |(_, window)| !part.is_empty() && *window == part)
        .map(|(at, _)| at)
}

fn sentences(text: &str) -> Vec<Vec<String>> {
    // A point within a number ends no sentence; a question answers nothing.
    let ended = text
        .replace(". ", ".\n")
        .replace("? ", "?\n")
        .replace("! ", "!\n");
    let said = ended.lines().filter(|line| !line.trim_end().ends_with('?'));
    said.map(words).filter(|words| !words.is_empty()).collect()
}

/// Words in lower case without articles; symbols that mean something are words of their own.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let mut characters = lower.chars().peekable();
    while let Some(character) = characters.next() {
        let point = matches!(character, '.' | ',')
            && word.ends_with(|last: char| last.is_ascii_digit())
            && characters.peek().is_some_and(char::is_ascii_digit);
        if character.is_alphanumeric() || character == '\'' || point {
            word.push(character);
            continue;
        }
        take(&mut words, &mut word);
        if "=<>+-/^√≤≥≠→¬∧∨".contains(character) {
            words.push(character.to_string());
        }
    }
    take(&mut words, &mut word);
    words
}

fn take(words: &mut Vec<String>, word: &mut String) {
    let taken = std::mem::take(word);
    if !taken.is_empty() && !ARTICLES.contains(&taken.as_str()) {
        words.push(taken);
    }
}
