//! Whether the source bears a proposal out, word by word.

use super::compound::{Part, parts};
use super::person::{Person, person};
use super::{Attribute, Proposal, Refusal, signs, slot};
use crate::english::{Clause, Sentence, has_any, lower_words, normal, sentences, stem, words};
use std::ops::Range;

mod subject;

use subject::Subject;

/// Longest quote and longest statement, in bytes.
const LONGEST: usize = 300;

/// Words of a statement.
const STATEMENT_WORDS: std::ops::RangeInclusive<usize> = 3..=40;

/// A fact that is less sure than this is kept apart until a person confirms it.
const LEAST_CONFIDENCE: f32 = 0.5;

/// What a statement cannot end with.
const LOOSE_ENDS: &[&str] = &[
    "in", "at", "to", "with", "and", "the", "a", "an", "of", "for", "is", "has", "or", "from",
];

const HEDGES: &[&str] = &[
    "i think",
    "i guess",
    "i believe",
    "probably",
    "maybe",
    "i suppose",
    "kind of",
    "sort of",
    "possibly",
    "i feel like",
    "seems",
    "apparently",
    "more or less",
    "i'd say",
    "supposedly",
    "not entirely",
    "to some extent",
];

/// Prepositions that turn a statement around.
const EXCLUSIVE: &[&str] = &["from", "over", "than", "against", "without", "except", "not"];

/// What is said, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The text.
    pub text: &'a str,
    /// The name of whoever says it.
    pub speaker: Option<&'a str>,
}

/// A fact that its source bears out.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Whom it is about; `user` where the speaker's name is not known.
    pub subject: String,
    /// What about them.
    pub attribute: Attribute,
    /// The statement, in the third person.
    pub text: String,
    /// The words of the source that say so.
    pub quote: String,
    /// Whether it says that something is so no more.
    pub ended: bool,
    /// How sure it is, 0 to 1: see [`judge`].
    pub confidence: f32,
}

impl Fact {
    /// Whether a person should confirm it first.
    pub fn is_unsure(&self) -> bool {
        self.confidence < LEAST_CONFIDENCE
    }
}

/// Keeps a proposal if its source bears it out.
///
/// The confidence is computed, not asked for: two fifths how likely the model thought its own words (0.7 where it does
/// not say), two fifths the share of the statement's words that stand in the quote, one fifth whether the clause itself
/// speaks of the attribute; less three fifths when the speaker hedges ("I think", "probably").
///
/// # Errors
/// The first reason against it.
pub fn judge(proposal: &Proposal, source: Source<'_>) -> Result<Fact, Refusal> {
    let text = normal(source.text);
    let quote = normal(&proposal.quote).replace('\n', " ");
    let quote = quote.trim_matches(|character: char| " .,;:!\"'".contains(character));
    if quote.is_empty() || quote.len() > LONGEST {
        return Err(Refusal::Quote);
    }
    // Line breaks count as spaces; both are one byte.
    let flat = text.replace('\n', " ");
    let places = flat.match_indices(quote).map(|(at, _)| at..at + quote.len());
    let places: Vec<Range<usize>> = places.filter(|place| is_whole(&flat, place)).collect();
    if places.is_empty() {
        return Err(Refusal::Quote);
    }
    if let Some(refusal) = signs::of_message(&text) {
        return Err(refusal);
    }
    let sentences = sentences(&text);
    let mut refusal = Refusal::Quote;
    for place in places {
        match judge_at(proposal, source, &text, &sentences, &place) {
            Ok(fact) => return Ok(fact),
            Err(reason) => refusal = reason,
        }
    }
    Err(refusal)
}

/// Whether a quote begins and ends with whole words.
fn is_whole(text: &str, place: &Range<usize>) -> bool {
    let outside = |character: Option<char>| {
        !character.is_some_and(|character| character.is_alphanumeric() || character == '\'')
    };
    outside(text[..place.start].chars().next_back()) && outside(text[place.end..].chars().next())
}

/// What a clause says, once, and of whom it speaks.
#[derive(Clone)]
struct Bearing {
    clause: Clause,
    as_written: String,
    person: Person,
    /// Whether the clause hedges, in this part or another.
    hedged: bool,
    /// Where a clause begins that says several things, of which this is one.
    one_of: Option<usize>,
}

fn judge_at(
    proposal: &Proposal,
    source: Source<'_>,
    text: &str,
    sentences: &[Sentence],
    place: &Range<usize>,
) -> Result<Fact, Refusal> {
    let quoted = quoted(text, sentences, place)?;
    let subject = Subject::read(&proposal.subject, source.speaker, &quoted)?;
    let statement = subject.statement(&normal(&proposal.statement).replace('\n', " "), source.speaker)?;
    let said = lower_words(&statement);
    let loose = said
        .last()
        .is_some_and(|last| LOOSE_ENDS.contains(&last.as_str()));
    if !STATEMENT_WORDS.contains(&said.len()) || statement.len() > LONGEST || statement.contains('?') || loose
    {
        return Err(Refusal::Form);
    }
    let content = content(&statement, &subject, proposal.attribute);
    let share = grounded(&content, proposal.attribute, &quoted)?;
    let bearing = bearing(&content, proposal.attribute, &quoted);
    // "Lives in Oslo and works as a nurse" are two facts.
    let parts = bearing.iter().filter_map(|one| one.one_of);
    if parts.collect::<Vec<_>>().windows(2).any(|two| two[0] == two[1]) {
        return Err(Refusal::Form);
    }
    let attribute = subject.check(&bearing, &said)?;
    let heard: Vec<String> = bearing
        .iter()
        .flat_map(|one| one.clause.words.iter().cloned())
        .collect();
    if signs::is_vague(&said) || signs::is_vague(&heard) {
        return Err(Refusal::Vague);
    }
    same_direction(&said, &heard, &content)?;
    let as_written: Vec<&str> = bearing.iter().map(|one| one.as_written.as_str()).collect();
    let as_written = as_written.join(" ");
    let (fitting, known) = slot::fit(proposal.attribute, &heard, &as_written);
    let attribute = attribute.unwrap_or(fitting);
    let ended = slot::ended(&heard) || (slot::negated(&heard) && slot::stance(&heard).is_none());
    let name = subject.name(source.speaker);
    let attribute = if ended && attribute.is_single() {
        Attribute::Other
    } else {
        attribute
    };
    // "The user moved from Berlin" says of no home where it is; "the user loves" says nothing.
    let attribute = match attribute {
        valued if !slot::value(&statement, &name, valued).is_empty() => valued,
        single if single.is_single() => Attribute::Event,
        _ => return Err(Refusal::Ungrounded),
    };
    // Words of an attribute that it does not speak of are not its own: "I went to Paris" is not "lives in Paris".
    if attribute != proposal.attribute {
        grounded(&content, attribute, &quoted)?;
    }
    let hedged = quoted.iter().any(|one| one.hedged);
    let probability = proposal.probability.unwrap_or(0.7).clamp(0.0, 1.0);
    let confidence =
        0.4 * probability + 0.4 * share + if known { 0.2 } else { 0.0 } - if hedged { 0.6 } else { 0.0 };
    Ok(Fact {
        subject: name,
        attribute,
        text: finished(&statement),
        quote: text[place.clone()].replace('\n', " "),
        ended,
        confidence: confidence.clamp(0.0, 1.0),
    })
}

/// The clauses that a quote touches, all of which must be statements.
fn quoted(text: &str, sentences: &[Sentence], place: &Range<usize>) -> Result<Vec<Bearing>, Refusal> {
    let touches = |range: &Range<usize>| range.start < place.end && place.start < range.end;
    let mut quoted = Vec::new();
    for sentence in sentences.iter().filter(|sentence| touches(&sentence.range)) {
        let clauses = &sentence.clauses;
        let Some(first) = clauses.iter().position(|clause| touches(&clause.range)) else {
            continue;
        };
        let count = clauses[first..]
            .iter()
            .take_while(|clause| touches(&clause.range))
            .count();
        if let Some(refusal) = signs::of_clauses(text, sentence, first..first + count) {
            return Err(refusal);
        }
        let mut before = Person::Nobody;
        for (at, clause) in clauses.iter().enumerate().take(first + count) {
            let previous = at.checked_sub(1).map(|previous| &clauses[previous]);
            let person = subject::resolved(person(text, clause), before, previous);
            before = person.clone();
            if at < first {
                continue;
            }
            let parts = parts(text, clause);
            let one_of = (parts.len() > 1).then_some(clause.range.start);
            let touched = parts.into_iter().filter(|part| touches(&part.clause.range));
            quoted.extend(touched.map(
                |Part {
                     clause: part,
                     as_written,
                 }| Bearing {
                    clause: part,
                    as_written,
                    person: person.clone(),
                    hedged: has_any(&clause.words, HEDGES),
                    one_of,
                },
            ));
        }
    }
    if quoted.is_empty() || quoted.len() > 8 {
        return Err(Refusal::Quote);
    }
    Ok(quoted)
}

/// The stems of a statement's content: without grammar and without its subject.
fn content(statement: &str, subject: &Subject, attribute: Attribute) -> Vec<String> {
    let own = subject.stems();
    words(statement)
        .into_iter()
        .map(str::to_lowercase)
        .filter(|word| !slot::is_grammar(word, attribute))
        .map(|word| stem(&word))
        .filter(|stem| !own.contains(stem))
        .collect()
}

/// The share of the content that stands in the quoted clauses. The rest must be vocabulary of the attribute.
fn grounded(content: &[String], attribute: Attribute, quoted: &[Bearing]) -> Result<f32, Refusal> {
    let heard: Vec<String> = quoted
        .iter()
        .flat_map(|one| one.clause.words.iter().map(|word| stem(word)))
        .collect();
    let vocabulary = vocabulary(attribute);
    let (found, missing): (Vec<&String>, Vec<&String>) =
        content.iter().partition(|stem| heard.contains(stem));
    let telling = found.iter().any(|stem| !vocabulary.contains(stem));
    if !telling || missing.iter().any(|stem| !vocabulary.contains(stem)) {
        return Err(Refusal::Ungrounded);
    }
    Ok(found.len() as f32 / content.len() as f32)
}

fn vocabulary(attribute: Attribute) -> Vec<String> {
    attribute.vocabulary().iter().map(|word| stem(word)).collect()
}

/// The quoted clauses that hold the telling words of a statement.
fn bearing(content: &[String], attribute: Attribute, quoted: &[Bearing]) -> Vec<Bearing> {
    let vocabulary = vocabulary(attribute);
    let holds = |clause: &Clause| {
        clause.words.iter().any(|word| {
            let stem = stem(word);
            content.contains(&stem) && !vocabulary.contains(&stem)
        })
    };
    quoted.iter().filter(|one| holds(&one.clause)).cloned().collect()
}

/// A statement must say of its things what the clause says of them: like or dislike, so or not so, to or from.
fn same_direction(said: &[String], heard: &[String], content: &[String]) -> Result<(), Refusal> {
    match (slot::stance(said), slot::stance(heard)) {
        (Some(_), None) => return Err(Refusal::Ungrounded),
        (Some(said), Some(heard)) if said == heard => {}
        (None, _) if slot::negated(said) == slot::negated(heard) => {}
        (_, _) => return Err(Refusal::Polarity),
    }
    let preferring = heard.iter().any(|word| word.starts_with("prefer"));
    let is_exclusive = |word: &str| EXCLUSIVE.contains(&word) || (preferring && word == "to");
    for stem in content {
        if let (Some(said), Some(heard)) = (before(said, stem), before(heard, stem))
            && said != heard
            && (is_exclusive(said) || is_exclusive(heard))
        {
            return Err(Refusal::Polarity);
        }
    }
    Ok(())
}

/// The word before the first one with this stem, articles apart.
fn before<'a>(words: &'a [String], wanted: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| stem(word) == wanted)?;
    let mut before = words[..at].iter().rev().map(String::as_str);
    before.find(|word| !["a", "an", "the", "my", "their", "our"].contains(word))
}

/// A capital at the beginning, a point at the end.
fn finished(statement: &str) -> String {
    let trimmed = statement.trim_end_matches(|character: char| " .,;:!".contains(character));
    let mut characters = trimmed.chars();
    let first: String = characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", characters.as_str())
}
