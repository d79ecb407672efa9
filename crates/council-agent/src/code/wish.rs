//! What the words of a request ask for: to run what is there, or to write a program and run it.
//!
//! A wish is an imperative (`run this`) or a request (`could you run this`) to the assistant. Questions (`how do I run
//! this`), reports (`when I run this`) and conditions are none, and neither is what is negated.

use super::words::{
    ABOUT, COMPUTE, MORE_THAN_OUTPUT, NEGATIONS, NO_WISH, OBJECTS, OPENERS, OUTPUT, PLAIN, REQUESTS,
    REQUESTS_FOR_OUTPUT,
};
use council_core::sandbox::Language;

/// What stands before the colon of `run: …`.
pub(super) enum Label {
    /// An order to run, in this language where it names one.
    Run(Option<Language>),
    /// Only a language.
    Language(Language),
}

/// A wish, with the language that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) language: Option<Language>,
}

impl Wish {
    fn of(language: Option<Language>) -> Self {
        Self { language }
    }
}

/// Whether the words ask to run the code that stands between them.
pub(super) fn to_run(words: &str) -> Option<Wish> {
    let sentences = sentences(words);
    if sentences
        .iter()
        .any(|sentence| is_negated(sentence, &["run", "running", "execute", "executing"]))
    {
        return None;
    }
    let asks = sentences.iter().any(|sentence| {
        let about_text = sentence.first().is_some_and(|word| word == "translate");
        !about_text && clauses(sentence).any(runs_code)
    });
    let named = sentences.iter().flatten().find_map(|word| named_language(word));
    asks.then_some(Wish::of(named))
}

/// Whether the words ask what the code between them prints, and nothing else about it.
pub(super) fn asks_for_output(words: &str) -> bool {
    const MOST_WORDS: usize = 40;
    let sentences = sentences(words);
    let all: Vec<&str> = sentences.iter().flatten().map(String::as_str).collect();
    if all.len() > MOST_WORDS || all.iter().any(|word| MORE_THAN_OUTPUT.contains(word)) {
        return false;
    }
    sentences.iter().any(|sentence| {
        let has = |words: &[&str]| sentence.iter().any(|word| words.contains(&word.as_str()));
        let mut rest = sentence.as_slice();
        while let Some(first) = rest.first()
            && (OPENERS.contains(&first.as_str())
                || REQUESTS_FOR_OUTPUT.contains(&first.as_str())
                || first == ",")
        {
            rest = &rest[1..];
        }
        let asks = rest.first().is_some_and(|word| {
            ["what", "what's", "whats", "which", "the", "output"].contains(&word.as_str())
        });
        asks && has(&OUTPUT) && has(&["this", "the", "it", "following", "below", "…"])
    })
}

/// Whether the words ask to have a program written and run.
pub(super) fn to_write(words: &str) -> Option<Wish> {
    let sentences = sentences(words);
    let named = |sentence: &[String]| sentence.iter().find_map(|word| named_language(word));
    let tools = [
        "use",
        "using",
        "run",
        "running",
        "python",
        "bash",
        "javascript",
        "code",
        "program",
        "script",
    ];
    if sentences.iter().any(|sentence| is_negated(sentence, &tools)) {
        return None;
    }
    if sentences
        .first()
        .and_then(|sentence| sentence.first())
        .is_some_and(|word| ABOUT.contains(&&**word))
    {
        return None;
    }
    for sentence in &sentences {
        let found = clauses(sentence).find_map(|clause| match clause.first().map(String::as_str) {
            Some("write" | "make" | "create") => writes_and_runs(sentence).then(|| Wish::of(named(sentence))),
            Some("run" | "execute") => runs_a_program(clause).then(|| Wish::of(named(clause))),
            Some("use") => uses_a_language(clause, &sentences).map(|language| Wish::of(Some(language))),
            Some("using" | "with" | "in") => leads_with_a_language(sentence),
            Some(verb) if COMPUTE.contains(&verb) => computes_by(clause),
            _ => None,
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

/// What a label is, where it is one.
pub(super) fn label(label: &str) -> Option<Label> {
    let words = words(label);
    if let [name] = words.as_slice()
        && let Some(language) = Language::from_name(name)
    {
        return Some(Label::Language(language));
    }
    let clause = clauses(&words).next()?;
    if !matches!(
        clause.first().map(String::as_str),
        Some("run" | "execute" | "exec" | "eval")
    ) {
        return None;
    }
    let filler = [
        "the",
        "my",
        "for",
        "me",
        "in",
        "with",
        "using",
        "please",
        "now",
        "as",
        "a",
        "an",
        "one-liner",
    ];
    let rest = &clause[1..];
    let fits = rest.iter().all(|word| {
        OBJECTS.contains(&word.as_str()) || filler.contains(&word.as_str()) || named_language(word).is_some()
    });
    let language = rest.iter().find_map(|word| Language::from_name(word));
    fits.then_some(Label::Run(language))
}

/// The sentences of a text, in lower-case words. A comma and a colon stay as words of their own.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let mut sentences = vec![String::new()];
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let ends = match c {
            '?' | ';' | '\n' => true,
            // `17!` is a factorial.
            '!' => !before.is_ascii_digit(),
            '.' => chars.peek().is_none_or(|next| next.is_whitespace()),
            _ => false,
        };
        before = c;
        if ends {
            sentences.push(String::new());
        } else if let Some(last) = sentences.last_mut() {
            last.push(c);
        }
    }
    sentences
        .iter()
        .map(|sentence| words(sentence))
        .filter(|words| !words.is_empty())
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for piece in text.split_whitespace() {
        let ends_clause = piece.ends_with([',', ':']);
        let word = piece.replace('’', "'").to_lowercase();
        let word = word
            .trim_matches(|c: char| !c.is_alphanumeric() && !"…'+#".contains(c))
            .to_owned();
        if !word.is_empty() {
            all.push(word);
        }
        if ends_clause {
            all.push(",".to_owned());
        }
    }
    all
}

/// The clauses of a sentence that ask for something, from their verb on. In a question or a report there are none but
/// those after `please`.
fn clauses(sentence: &[String]) -> impl Iterator<Item = &[String]> {
    let main = wished(sentence);
    let starts = sentence
        .iter()
        .enumerate()
        .filter_map(|(at, word)| match word.as_str() {
            "," | "and" | "then" => Some((at + 1, false)),
            "please" => Some((at + 1, true)),
            _ => None,
        });
    let others = starts.filter_map(move |(at, polite)| {
        let rest = &sentence[at..];
        if polite {
            Some(rest).filter(|rest| !rest.is_empty())
        } else {
            main.and_then(|_| wished(rest))
        }
    });
    main.into_iter().chain(others)
}

/// The clause from its verb on, where it asks for something.
fn wished(clause: &[String]) -> Option<&[String]> {
    let mut rest = clause;
    let mut asked = false;
    loop {
        let first = rest.first()?.as_str();
        if let Some(request) = REQUESTS.iter().rev().find(|request| begins(rest, request)) {
            rest = &rest[request.len()..];
            asked = true;
        } else if OPENERS.contains(&first) || first == "," {
            rest = &rest[1..];
        } else {
            break;
        }
    }
    let first = rest.first()?.as_str();
    (asked || !NO_WISH.contains(&first)).then_some(rest)
}

fn begins(words: &[String], with: &[&str]) -> bool {
    words.len() >= with.len() && words.iter().zip(with).all(|(word, with)| word == with)
}

/// `run this`, `execute the code below`, `run …`; not `run me through this` or `run a comparison`.
fn runs_code(clause: &[String]) -> bool {
    let [verb, rest @ ..] = clause else { return false };
    if !matches!(verb.as_str(), "run" | "execute") {
        return false;
    }
    let until = rest
        .iter()
        .position(|word| [",", "and", "then", "to"].contains(&word.as_str()));
    let object = &rest[..until.unwrap_or(rest.len())];
    // `run it by me`, `run this through a linter`.
    if object
        .iter()
        .any(|word| ["by", "through", "past", "against", "up", "down"].contains(&word.as_str()))
    {
        return false;
    }
    let Some(first) = object.first() else { return true };
    match first.as_str() {
        "the" | "my" => object
            .iter()
            .skip(1)
            .take(3)
            .any(|word| OBJECTS.contains(&word.as_str())),
        word => OBJECTS.contains(&word),
    }
}

/// `write a script that … and run it`.
fn writes_and_runs(sentence: &[String]) -> bool {
    let is_program = |word: &String| ["program", "script", "code", "snippet"].contains(&word.as_str());
    sentence.iter().any(is_program)
        && sentence.windows(2).any(|pair| {
            matches!(pair[0].as_str(), "run" | "execute")
                && ["it", "this", "that", "a", "an", "some", "the"].contains(&pair[1].as_str())
                || (pair[0] == "and" && matches!(pair[1].as_str(), "run" | "execute"))
        })
}

/// `run a Python program that prints …`.
fn runs_a_program(clause: &[String]) -> bool {
    let some = clause
        .get(1)
        .is_some_and(|word| ["a", "an", "some"].contains(&word.as_str()));
    let program = clause
        .iter()
        .take(6)
        .position(|word| ["program", "script", "code"].contains(&word.as_str()));
    let purpose = |at: usize| {
        let next = clause.get(at + 1).map(String::as_str);
        matches!(
            next,
            Some("that" | "which" | "to" | "for" | "printing" | "computing" | "calculating")
        )
    };
    some && program.is_some_and(purpose)
}

/// `use Python to …`, `… Use Python.` after a question.
fn uses_a_language(clause: &[String], sentences: &[Vec<String>]) -> Option<Language> {
    let language = clause.get(1).and_then(|word| named_language(word))?;
    let purpose = clause
        .get(2)
        .is_some_and(|word| ["to", "and", "for"].contains(&word.as_str()));
    (purpose || (clause.len() == 2 && sentences.len() > 1)).then_some(language)
}

/// `using Python, calculate …`.
fn leads_with_a_language(sentence: &[String]) -> Option<Wish> {
    let language = named_language(sentence.get(1)?)?;
    let comma = sentence.iter().position(|word| word == ",")?;
    let verb = wished(&sentence[comma + 1..])?.first()?;
    (comma == 2 && COMPUTE.contains(&verb.as_str())).then_some(Wish::of(Some(language)))
}

/// `calculate … with Python`, `plot … in a Python script`, `compute … by running code`.
fn computes_by(clause: &[String]) -> Option<Wish> {
    let verb = clause.first()?;
    for (at, word) in clause.iter().enumerate().skip(1) {
        let after = &clause[at + 1..];
        let article = usize::from(
            after
                .first()
                .is_some_and(|word| ["a", "an", "some"].contains(&word.as_str())),
        );
        let by = after.get(article).map(String::as_str).unwrap_or_default();
        let then = after.get(article + 1).map(String::as_str);
        let is_program = |word: Option<&str>| matches!(word, Some("program" | "script" | "code" | "snippet"));
        let ends = matches!(then, None | Some("," | "and" | "please" | "for" | "then"));
        let found = match word.as_str() {
            "with" | "using" | "via" | "by" => {
                let library = (article == 0).then(|| library(by)).flatten();
                let running = matches!(by, "running" | "writing")
                    && clause[at..].iter().any(|word| is_program(Some(word)));
                match named_language(by).or(library) {
                    Some(language) if library.is_some() || is_program(then) || (article == 0 && ends) => {
                        Some(Wish::of(Some(language)))
                    }
                    None if is_program(Some(by)) || running => {
                        Some(Wish::of(clause.iter().find_map(|word| named_language(word))))
                    }
                    _ => None,
                }
            }
            "in" if PLAIN.contains(&verb.as_str()) => {
                let language = named_language(by);
                language
                    .filter(|_| (article == 0 && ends) || (article == 1 && is_program(then)))
                    .map(|language| Wish::of(Some(language)))
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The language that a word of prose means. `node` and `shell` are too many other things.
fn named_language(word: &str) -> Option<Language> {
    match word {
        "python" | "python3" => Some(Language::Python),
        "bash" => Some(Language::Bash),
        "javascript" | "js" | "node.js" | "nodejs" => Some(Language::JavaScript),
        _ => None,
    }
}

/// The language of a library that people name instead.
fn library(word: &str) -> Option<Language> {
    ["numpy", "pandas", "matplotlib", "pyplot"]
        .contains(&word)
        .then_some(Language::Python)
}

/// Whether a sentence takes back one of `verbs`: `don't run`, `without using Python`.
fn is_negated(sentence: &[String], verbs: &[&str]) -> bool {
    sentence.iter().enumerate().any(|(at, word)| {
        NEGATIONS.contains(&word.as_str())
            && sentence[at + 1..]
                .iter()
                .take(4)
                .any(|word| verbs.contains(&word.as_str()))
    })
}
