//! Questions about the days of the week, by counting.

use super::cut::{after, around};
use crate::logic::language::{Formula, Problem, Term};
use crate::logic::puzzle::{Puzzle, Question};
use crate::logic::words::{Sentence, Word, number};

pub(super) const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Reads a whole text; `None` where any of it was not understood.
pub(super) fn read(sentences: &[Sentence]) -> Option<Puzzle> {
    let (given, asked) = match sentences {
        [told, asked] if !told.question => (told.words.clone(), asked.words.clone()),
        [one] if relative(&one.words).is_some() => relative(&one.words)?,
        [one] => {
            let rest = ["if", "given that", "suppose", "assuming", "when"]
                .iter()
                .find_map(|open| after(&one.words, open))?;
            let comma = rest.iter().rposition(|word| word.is(","))?;
            (rest[..comma].to_vec(), rest[comma + 1..].to_vec())
        }
        _ => return None,
    };
    let given = ["suppose", "suppose that", "assume that", "assume", "if"]
        .iter()
        .find_map(|open| after(&given, open))
        .unwrap_or(&given);
    let (offset, day) = placed(given)?;
    let today = (day + 7 - offset.rem_euclid(7)) % 7;
    let shift = asked_about(&asked)?;
    let answer = (today + shift).rem_euclid(7);
    // Counting leaves nothing to decide, but the reading and the result are shown as of any other puzzle.
    let mut problem = Problem::default();
    let sort = problem.sort("day", DAYS.map(str::to_owned).to_vec());
    let today_is = problem.function("today", Vec::new(), sort);
    let asked_is = problem.function("asked", Vec::new(), sort);
    let constant = |symbol: usize| Term::Apply(symbol, Vec::new());
    let element = |index: i64| Term::Element {
        sort,
        index: index as usize,
    };
    let text: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    problem.premise(
        &text.join(" "),
        Formula::equal(constant(today_is), element(today)),
    );
    problem.premise(
        &format!(
            "Counting {shift} days from {} leads to {}.",
            DAYS[today as usize], DAYS[answer as usize]
        ),
        Formula::equal(constant(asked_is), element(answer)),
    );
    Some(Puzzle {
        problem,
        question: Question::Values {
            items: vec![(String::new(), constant(asked_is))],
            sort,
        },
        doubt: None,
    })
}

fn day(word: &Word) -> Option<i64> {
    let index = DAYS
        .iter()
        .position(|day| day.eq_ignore_ascii_case(&word.lower))?;
    Some(index as i64)
}

/// `Which day is two days after Monday?`, `Monday is two days before which day?`: as if the day that is named were today.
fn relative(words: &[Word]) -> Option<(Vec<Word>, Vec<Word>)> {
    let at = words.iter().position(|word| day(word).is_some())?;
    if words[at + 1..].iter().any(|word| day(word).is_some()) {
        return None;
    }
    let named = [Word::new("today"), Word::new("is"), words[at].clone()].to_vec();
    let today = || [Word::new("today")];
    if at > 0 {
        let asked = [&words[..at], &today(), &words[at + 1..]].concat();
        asked_about(&asked)?;
        return Some((named, asked));
    }
    // Turned round: which day is two days after Monday?
    let rest = ["is", "comes", "falls", "was"]
        .iter()
        .find_map(|verb| after(&words[1..], verb))?;
    let (count, asked) = [
        "before which day",
        "after which day",
        "before what day",
        "after what day",
    ]
    .iter()
    .find_map(|phrase| {
        super::cut::without_suffix(rest, &[phrase])
            .1
            .then(|| (&rest[..rest.len() - 3], *phrase))
    })?;
    let turned = if asked.starts_with("before") {
        "after"
    } else {
        "before"
    };
    let asked = [
        &["which", "day", "is"].map(Word::new),
        count,
        &[turned, "today"].map(Word::new),
    ]
    .concat();
    Some((named, asked))
}

/// `yesterday was Thursday`: how far from today, and the day.
fn placed(words: &[Word]) -> Option<(i64, i64)> {
    if let [it, is, named, today] = words
        && it.is("it")
        && is.is("is")
        && today.is("today")
    {
        return Some((0, day(named)?));
    }
    // "two days ago it was Monday"
    if let Some((left, right)) = ["it was", "it is", "it will be"]
        .iter()
        .find_map(|verb| around(words, verb))
    {
        let [only] = right else { return None };
        return Some((from_today(left)?, day(only)?));
    }
    if let Some((left, right)) = ["was", "is", "will be"]
        .iter()
        .find_map(|verb| around(words, verb))
    {
        let right = match right {
            [only] => only,
            [a, only] if a.is("a") => only,
            _ => return None,
        };
        return Some((from_today(left)?, day(right)?));
    }
    None
}

/// Days from today to what the words name.
fn from_today(words: &[Word]) -> Option<i64> {
    let words = if words
        .first()
        .is_some_and(|word| word.is_any(&["the", "in", "on"]))
    {
        &words[1..]
    } else {
        words
    };
    let text = crate::logic::words::plain(words);
    match text.as_str() {
        "today" => return Some(0),
        "tomorrow" => return Some(1),
        "yesterday" => return Some(-1),
        "day after tomorrow" => return Some(2),
        "day before yesterday" => return Some(-2),
        _ => {}
    }
    if let Some(rest) = after(words, "day after") {
        return Some(from_today(rest)? + 1);
    }
    if let Some(rest) = after(words, "day before") {
        return Some(from_today(rest)? - 1);
    }
    let count = i64::try_from(number(&words.first()?.lower)?)
        .ok()
        .filter(|count| *count < 1_000_000)?;
    let unit = match words.get(1)?.lower.as_str() {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        _ => return None,
    };
    let rest = crate::logic::words::plain(&words[2..]);
    match rest.as_str() {
        "" | "from now" | "from today" | "later" | "after today" => Some(count * unit),
        "ago" | "before today" | "earlier" => Some(-count * unit),
        _ => match words.get(2)?.lower.as_str() {
            "from" | "after" => Some(count * unit + from_today(&words[3..])?),
            "before" => Some(-count * unit + from_today(&words[3..])?),
            _ => None,
        },
    }
}

/// `what day of the week will it be in 100 days`: days from today.
fn asked_about(words: &[Word]) -> Option<i64> {
    let words = if words.first()?.is("then") {
        &words[1..]
    } else {
        words
    };
    let rest = [
        "what day of the week",
        "which day of the week",
        "what weekday",
        "which weekday",
        "what day",
        "which day",
    ]
    .iter()
    .find_map(|phrase| after(words, phrase))?;
    let rest = [
        "will it be",
        "was it",
        "is it",
        "would it be",
        "will be",
        "was",
        "is",
        "it will be",
        "it was",
        "it is",
        "comes",
        "falls",
    ]
    .iter()
    .find_map(|phrase| after(rest, phrase))?;
    from_today(rest)
}
