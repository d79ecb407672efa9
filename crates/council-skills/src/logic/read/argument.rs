//! Whole texts: arguments of any number of statements with one question, and puzzles about who tells the truth.

use super::asking::{WholeQuestion, about_all};
use super::clause::{Reader, Reading};
use super::cut::{after, led};
use super::speech::{self, speeches};
use super::vocabulary::TELLS_THE_TRUTH;
use crate::logic::language::{Formula, Premise, Term};
use crate::logic::puzzle::{Ask, Puzzle, Question};
use crate::logic::words::{Sentence, Word, number, stem};

const CONCLUDES: &[&str] = &[
    "therefore",
    "thus",
    "hence",
    "consequently",
    "so",
    "conclusion",
    "it follows that",
    "we conclude that",
    "we can conclude that",
    "this means that",
    "in conclusion",
];

/// Reads a whole text in one reading; `None` where any sentence was not understood.
pub(super) fn read(sentences: &[Sentence], reading: Reading) -> Option<Puzzle> {
    let mut reader = Reader::new(reading);
    let cut: Vec<Sentence> = sentences
        .iter()
        .flat_map(
            |sentence| match speech::led_speech(sentence).filter(|_| !sentence.question) {
                Some((lead, said)) => vec![lead, said],
                None => vec![sentence.clone()],
            },
        )
        .collect();
    let sentences = &cut[..];
    let spoken = sentences
        .iter()
        .filter(|one| !one.question)
        .any(|one| speeches(&one.words).is_some());
    if spoken {
        reader.vocabulary.speak();
    }
    let mut questions: Vec<(Vec<Word>, Option<WholeQuestion>)> = Vec::new();
    let mut statements: Vec<(&str, Vec<Word>)> = Vec::new();
    let mut explained = false;
    let mut asked_people: Vec<Word> = Vec::new();
    for sentence in sentences {
        if sentence.question || imperative(&sentence.words) {
            let (given, asked) = given_in(sentence);
            if let Some(given) = given {
                statements.push((&sentence.text, given));
            }
            questions.push((asked, about_all(sentence)));
            if spoken {
                asked_people.extend(
                    sentence
                        .words
                        .iter()
                        .skip(1)
                        .filter(|word| word.capital() || word.lower.starts_with('#'))
                        .cloned(),
                );
            }
            continue;
        }
        if spoken && speeches(&sentence.words).is_some() {
            reader.speakers(sentence)?;
        } else if spoken && introduces(sentence) {
            let before = reader.clone();
            if reader.setup(sentence) {
                explained = true;
                continue;
            }
            reader = before;
            if reader.boxes(sentence).is_some() || sentence.plain().contains(" asked who ") {
                continue;
            }
        }
        if let Some(names) = listed(&sentence.words).filter(|_| !spoken) {
            for name in &names {
                reader.asked_about(name);
            }
            continue;
        }
        statements.push((&sentence.text, sentence.words.clone()));
    }
    if spoken {
        reader.usual_roles(sentences);
        for name in &asked_people {
            reader.asked_about(name);
        }
    }
    if spoken && reader.crowd.is_some_and(|count| count != reader.people.len()) {
        return None;
    }
    let mut rules = spoken;
    let mut concluded: Option<usize> = None;
    let mut speakers: Vec<usize> = Vec::new();
    for (text, words) in &statements {
        reader.subject = None;
        reader.generic = None;
        let formula = if spoken && speeches(words).is_some() {
            let (who, formula) = reader.told(words)?;
            speakers.extend(who);
            formula
        } else {
            reader.statement(words)?
        };
        if !spoken {
            reader.people = reader.vocabulary.names().to_vec();
        }
        rules |= !matches!(&formula, Formula::Holds(..))
            && !matches!(&formula, Formula::Not(inner) if matches!(**inner, Formula::Holds(..)));
        if CONCLUDES.iter().any(|word| after(words, word).is_some()) {
            concluded = Some(reader.problem.premises.len());
        }
        reader.problem.premise(text, formula);
    }
    let roles = explained
        || reader
            .vocabulary
            .predicates()
            .iter()
            .any(|key| key == TELLS_THE_TRUTH);
    let repeated = speakers
        .iter()
        .enumerate()
        .any(|(index, who)| speakers[..index].contains(who));
    if spoken && (!roles || repeated && !explained && !says_knight(sentences)) {
        return None;
    }
    let question = the_question(&mut reader, &questions, concluded)?;
    let told = reader
        .problem
        .premises
        .iter()
        .filter(|premise| !premise.words.is_empty())
        .count();
    if !rules || told == 0 {
        return None;
    }
    if reading.import {
        let imports = std::mem::take(&mut reader.imports);
        let imports = imports.into_iter().map(|formula| Premise {
            words: String::new(),
            formula,
        });
        reader.problem.premises.extend(imports);
    }
    if reader.most > 1 {
        return None;
    }
    let doubt = doubt(&reader, &question, spoken);
    Some(Puzzle {
        problem: reader.problem,
        question,
        doubt,
    })
}

/// The one question; the conclusion of an argument is no premise of it.
fn the_question(
    reader: &mut Reader,
    questions: &[(Vec<Word>, Option<WholeQuestion>)],
    concluded: Option<usize>,
) -> Option<Question> {
    reader.subject = None;
    match questions {
        [(_, Some(WholeQuestion::Valid))] => {
            let statement = reader.problem.premises.remove(concluded?).formula;
            Some(Question::Whether {
                statement,
                ask: Ask::Valid,
            })
        }
        [(_, Some(WholeQuestion::Consistent))] => Some(Question::Consistent),
        // `Therefore some A are C. True or false?` has no question of its own, and `So all A are C?` has no other.
        [(words, None)] if concluded.is_none() => {
            let most = reader.most;
            let before = reader.imports.len();
            let question = reader.question(words)?;
            // `Do whales lay eggs?` takes it for granted that there are whales.
            if matches!(
                &question,
                Question::Whether {
                    statement: Formula::ForAll { .. },
                    ..
                }
            ) {
                let presupposed = reader.imports.split_off(before);
                for formula in presupposed {
                    reader.problem.premise("", formula);
                }
            }
            (reader.most == most).then_some(question)
        }
        // Of the same question put twice, such as `Who did it? Which of them is the thief?`, one would do; but which?
        _ => None,
    }
}

/// `Determine who …`, `Find out whether …`
fn imperative(words: &[Word]) -> bool {
    let words = led(words);
    words.first().is_some_and(|word| {
        word.is_any(&[
            "determine",
            "find",
            "tell",
            "decide",
            "identify",
            "deduce",
            "work",
            "say",
            "name",
        ])
    }) && words
        .iter()
        .take(5)
        .any(|word| word.is_any(&["who", "what", "whether", "if", "which", "the"]))
}

/// `There are three suspects: Tom, Anna and Ben`: who there is, where the list is as long as it says.
fn listed(words: &[Word]) -> Option<Vec<Word>> {
    let words = ["there are", "we have", "the police have", "the"]
        .iter()
        .find_map(|open| after(words, open))
        .unwrap_or(words);
    let [count, kind, colon, list @ ..] = words else {
        return None;
    };
    const KINDS: &[&str] = &[
        "suspects",
        "people",
        "persons",
        "friends",
        "students",
        "children",
        "candidates",
        "men",
        "women",
    ];
    if !kind.is_any(KINDS) || !colon.is_any(&[":", ",", "are"]) {
        return None;
    }
    let names: Vec<Word> = list
        .iter()
        .filter(|word| !word.is_any(&[",", "and"]))
        .cloned()
        .collect();
    let all = names.iter().all(Word::capital) && names.len() == number(&count.lower)?;
    all.then_some(names)
}

/// A question with its premises in the same sentence: `If all A are B and all B are C, are all A C?`
fn given_in(sentence: &Sentence) -> (Option<Vec<Word>>, Vec<Word>) {
    let words = led(&sentence.words);
    if let Some(at) = words
        .iter()
        .position(|word| word.is("if"))
        .filter(|at| *at > 2 && *at + 2 < words.len())
        && words[0].is_any(&["is", "are", "does", "did", "do", "was", "will", "who"])
        && !words[at - 1].is_any(&["only", "and", "true"])
    {
        return (Some(words[at + 1..].to_vec()), words[..at].to_vec());
    }
    let opens = [
        "if",
        "given that",
        "given",
        "suppose that",
        "suppose",
        "assuming that",
        "assuming",
        "since",
        "knowing that",
        "when",
    ];
    let Some(rest) = opens
        .iter()
        .filter_map(|open| after(&sentence.words, open))
        .min_by_key(|rest| rest.len())
    else {
        return (None, words.to_vec());
    };
    const ASKS: &[&str] = &[
        "is", "are", "was", "were", "does", "do", "did", "must", "can", "could", "will", "who", "which",
        "what", "then", "has", "have",
    ];
    let cut = (1..rest.len().saturating_sub(1))
        .rev()
        .find(|&at| rest[at].is(",") && rest[at + 1].is_any(ASKS));
    match cut {
        Some(at) => {
            let asked = if rest[at + 1].is("then") { at + 2 } else { at + 1 };
            (Some(rest[..at].to_vec()), rest[asked..].to_vec())
        }
        None => (None, words.to_vec()),
    }
}

/// Whether a sentence can be one that introduces people and roles.
fn introduces(sentence: &Sentence) -> bool {
    let plain = sentence.plain();
    let words = [
        "always",
        "island",
        "meet",
        "inhabitant",
        "every",
        "there are",
        "each",
        "only",
        "named",
        "called",
        "met",
        "encounter",
        "never",
        "come across",
        "approach",
        "either a",
        "questioned",
        "suspects are",
        "are asked",
        "says nothing",
        "said nothing",
        "there is",
        "two people",
        "three people",
    ];
    let counts = [
        "exactly", "at least", "at most", "only one", "only two", "one of", "two of",
    ];
    words.iter().any(|word| plain.contains(word)) && !counts.iter().any(|count| plain.contains(count))
}

fn says_knight(sentences: &[Sentence]) -> bool {
    sentences.iter().any(|sentence| {
        let plain = sentence.plain();
        plain.contains("knight") || plain.contains("knave") || plain.contains("always")
    })
}

/// Why the text may say more to a person than to the engine; then only what is proved counts.
fn doubt(reader: &Reader, question: &Question, spoken: bool) -> Option<String> {
    let mut counts = vec![0_usize; reader.vocabulary.predicates().len()];
    let mut ruled = vec![false; counts.len()];
    let mut things = Vec::new();
    let mut asked_things = Vec::new();
    for premise in &reader.problem.premises {
        let lone = matches!(&premise.formula, Formula::Holds(..))
            || matches!(&premise.formula, Formula::Not(inner) if matches!(**inner, Formula::Holds(..)));
        visit(&premise.formula, &mut |symbol, term| {
            counts[symbol] += 1;
            ruled[symbol] |= !lone;
            note(term, &mut things);
        });
    }
    let mut missing = None;
    for formula in question.formulas() {
        visit(&formula, &mut |symbol, term| {
            if counts[symbol] == 0 {
                missing = Some(symbol);
            }
            note(term, &mut asked_things);
        });
    }
    let name = |symbol: usize| reader.vocabulary.predicates()[symbol].clone();
    if let Some(symbol) = missing {
        return Some(format!("nothing is said about `{}`", name(symbol)));
    }
    if let Some(symbol) = (0..counts.len()).find(|&symbol| {
        let kinds = reader
            .kinds
            .iter()
            .filter(|kind| **kind == reader.vocabulary.predicates()[symbol])
            .count();
        kinds > 0 && counts[symbol] == kinds
    }) {
        return Some(format!("whether something is a `{}` is not said", name(symbol)));
    }
    let both = reader
        .vocabulary
        .things()
        .iter()
        .find(|thing| reader.vocabulary.knows_predicate(thing));
    if let Some(both) = both {
        return Some(format!("`{both}` may be one thing or a kind"));
    }
    if let Some(thing) = asked_things.iter().find(|thing| !things.contains(*thing)) {
        return Some(format!("nothing is said about `{}`", reader.shown(*thing)));
    }
    if let Some(symbol) = (0..counts.len())
        .find(|&symbol| counts[symbol] > 0 && !ruled[symbol] && !spoken || spoken && counts[symbol] == 1)
    {
        return Some(format!(
            "`{}` stands alone, and may mean what another word means",
            name(symbol)
        ));
    }
    let keys = reader.vocabulary.predicates();
    let things = reader.vocabulary.things();
    let things = if spoken { &[][..] } else { things };
    alike(keys)
        .or_else(|| alike(things))
        .map(|(first, second)| format!("`{first}` and `{second}` may mean the same"))
}

/// Two keys that share a word, besides those that only connect.
fn alike(keys: &[String]) -> Option<(String, String)> {
    const CONNECTS: &[&str] = &[
        "of", "to", "in", "on", "at", "with", "for", "by", "from", "hav", "go",
    ];
    for (index, first) in keys.iter().enumerate() {
        for second in &keys[index + 1..] {
            let shares = first.split([' ', '-']).any(|part| {
                !CONNECTS.contains(&part)
                    && second
                        .split([' ', '-'])
                        .any(|other| other == part || stem(other) == stem(part))
            });
            if shares {
                return Some((first.clone(), second.clone()));
            }
        }
    }
    None
}

fn visit(formula: &Formula, seen: &mut impl FnMut(usize, &Term)) {
    if let Formula::Holds(symbol, terms) = formula {
        for term in terms {
            seen(*symbol, term);
        }
    }
    for part in formula.parts() {
        visit(part, seen);
    }
}

fn note(term: &Term, things: &mut Vec<usize>) {
    if let Term::Element { index, .. } = term
        && !things.contains(index)
    {
        things.push(*index);
    }
}
