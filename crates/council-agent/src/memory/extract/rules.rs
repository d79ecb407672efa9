//! What needs no model: clauses whose own words say what they are about, such as "I live in Oslo".
//!
//! The statement is the clause in the third person. It goes through the same gate as a model's.

use super::compound::{Part, parts};
use super::person::{Person, is_first_person, person};
use super::{Attribute, Proposal, signs, slot};
use crate::english::{Clause, Sentence, has_any, normal, sentences, third_person};

/// What may stand before a statement without changing it.
const LEADS: &[&str] = &[
    "and ",
    "but ",
    "so ",
    "also ",
    "well ",
    "actually ",
    "by the way ",
    "btw ",
    "fyi ",
    "because ",
    "please remember that ",
    "remember that ",
    "remember ",
    "note that ",
    "keep in mind that ",
    "don't forget that ",
    "please note that ",
    "please ",
    "though ",
    "although ",
    "i think ",
    "i guess ",
    "i believe ",
    "as i said ",
    "like i said ",
];

/// The facts that a message states in so many words.
pub fn by_rules(text: &str) -> Vec<Proposal> {
    let text = normal(text);
    if signs::of_message(&text).is_some() {
        return Vec::new();
    }
    sentences(&text)
        .iter()
        .flat_map(|sentence| of_sentence(&text, sentence))
        .collect()
}

fn of_sentence(text: &str, sentence: &Sentence) -> Vec<Proposal> {
    let clauses = &sentence.clauses;
    let mut proposals = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let whose = person(text, clause);
        // A list or an apposition goes on: "I'm allergic to nuts, shellfish and soy".
        let more = clauses[at + 1..]
            .iter()
            .take_while(|next| goes_on(text, next))
            .count();
        let taken = (0..=more)
            .rev()
            .find(|count| signs::of_clauses(text, sentence, at..at + count + 1).is_none());
        let Some(count) = taken else {
            continue;
        };
        let parts = parts(text, clause);
        let last = parts.len() - 1;
        for (at_part, part) in parts.iter().enumerate() {
            let end = if at_part == last {
                clauses[at + count].range.end
            } else {
                part.clause.range.end
            };
            let quote = without_lead(&text[part.clause.range.start..end]);
            // What follows an "and" has the subject of what was before it.
            let own = part.as_written.len() - part.clause.range.len();
            let said = format!("{}{quote}", &part.as_written[..own]);
            proposals.extend(of_part(&whose, part, quote, &said));
        }
    }
    proposals
}

/// The fact in a part of a clause: `said` is the quote with its subject.
fn of_part(whose: &Person, part: &Part, quote: String, said: &str) -> Option<Proposal> {
    let words = &part.clause.words;
    let named = has_any(words, &["is called", "is named", "name is", "name's"]);
    let subject = match whose {
        // "My wife is called Eve" says whom somebody is with.
        Person::Relation(_) if named => "user".to_owned(),
        Person::Speaker => "user".to_owned(),
        Person::Relation(relation) => relation.clone(),
        Person::Named(_) | Person::Pronoun | Person::Nobody => return None,
    };
    let begins = said.split(' ').next().map(str::to_lowercase).unwrap_or_default();
    let names = begins == "call";
    if !(is_first_person(&begins) || names) {
        return None;
    }
    let attribute = match whose {
        Person::Relation(relation) if named => Some(slot::of_relation(relation, words, &part.as_written)),
        _ => slot::by_cue(words, &part.as_written),
    };
    // Nobody knows later what "it" was; and "we" do much that says little of one of us.
    let points = has_any(words, &["it", "it's", "them", "one", "ones", "there", "here"]);
    let ours = begins == "we" && !has_any(words, &["we live", "we moved", "we have", "we own"]);
    if points || ours {
        return None;
    }
    // "My cousin sold it" says little about a family.
    let says_little = attribute == Some(Attribute::Family) && !has_any(words, &["have", "has", "is", "are"]);
    let attribute = attribute.filter(|_| !says_little)?;
    let statement = match attribute {
        Attribute::Nickname if names => format!("The user wants to be called {}", called(&quote)),
        _ => third_person(said, "the user"),
    };
    Some(Proposal {
        quote,
        subject,
        attribute,
        statement,
        probability: Some(1.0),
    })
}

/// "Call me Bob" without "call me".
fn called(quote: &str) -> String {
    quote.split(' ').skip(2).collect::<Vec<_>>().join(" ")
}

/// Whether a clause is part of the one before: no person of its own, and few words.
fn goes_on(text: &str, clause: &Clause) -> bool {
    person(text, clause) == Person::Nobody && clause.words.len() <= 5
}

fn without_lead(quote: &str) -> String {
    let mut rest = quote;
    loop {
        let lower = rest.to_lowercase();
        let Some(lead) = LEADS.iter().find(|lead| lower.starts_with(**lead)) else {
            break;
        };
        // Lower case may have other lengths only outside ASCII, where no lead begins.
        let Some(after) = rest.get(lead.len()..) else {
            break;
        };
        rest = after.trim_start_matches([',', ':', ' ']);
    }
    rest.trim_end_matches(|character: char| " .,;:!".contains(character))
        .to_owned()
}
