//! Signs that a sentence states nothing that may be remembered.
//!
//! They err on the side of refusal: a fact that is missed is said again one day, and the turn itself is found in any
//! case; a wrong fact stays.

use super::Refusal;
use super::person::is_first_person;
use crate::memory::english::{
    Clause, Sentence, begins_with_any, has_any, has_phrase, lower_words, sentences,
};
use std::ops::Range;

/// Verbs that ask for something to be done.
const REQUESTS: &[&str] = &[
    "add",
    "analyse",
    "analyze",
    "answer",
    "apply",
    "arrange",
    "book",
    "build",
    "calculate",
    "change",
    "check",
    "compare",
    "complete",
    "compose",
    "compute",
    "consider",
    "continue",
    "convert",
    "correct",
    "count",
    "create",
    "debug",
    "define",
    "delete",
    "describe",
    "design",
    "do",
    "draft",
    "draw",
    "edit",
    "evaluate",
    "explain",
    "extract",
    "fill",
    "find",
    "finish",
    "fix",
    "forget",
    "format",
    "generate",
    "give",
    "go",
    "guess",
    "help",
    "identify",
    "implement",
    "improve",
    "keep",
    "let",
    "let's",
    "list",
    "look",
    "make",
    "name",
    "open",
    "order",
    "organise",
    "organize",
    "paraphrase",
    "plan",
    "please",
    "print",
    "proofread",
    "provide",
    "put",
    "read",
    "recommend",
    "refactor",
    "remind",
    "repeat",
    "rephrase",
    "replace",
    "reply",
    "respond",
    "rewrite",
    "say",
    "search",
    "send",
    "show",
    "solve",
    "sort",
    "spell",
    "suggest",
    "summarise",
];
const MORE_REQUESTS: &[&str] = &[
    "summarize",
    "take",
    "tell",
    "test",
    "think",
    "translate",
    "try",
    "turn",
    "update",
    "use",
    "verify",
    "wait",
    "walk",
    "watch",
    "write",
    "don't",
    "never",
    "always",
    "stop",
    "start",
];

/// Beginnings of what is asked for in the form of a statement.
const WISHES: &[&str] = &[
    "i need you",
    "i want you",
    "i'd like you",
    "i would like you",
    "i need help",
    "i need a",
    "i need an",
    "i need the",
    "i need some",
    "i need to know",
    "i need to find",
    "i need to write",
    "i need to make",
    "i need to fix",
    "i need this",
    "i want a",
    "i want an",
    "i want the",
    "i want some",
    "i want to know",
    "i want to see",
    "i want to write a function",
    "i want to ask",
    "i want this",
    "i'd like a",
    "i'd like an",
    "i'd like to know",
    "i'd like to ask",
    "i'd like some",
    "i would like a",
    "i would like to know",
    "i would like to ask",
    "i'm looking for",
    "i am looking for",
    "i have a question",
    "i've got a question",
    "i have a problem",
    "i have an error",
    "i have the following",
    "i have this",
    "i have a function",
    "i have a bug",
    "i have a list",
    "i have an issue",
    "i get an error",
    "i'm getting",
];

/// First words of questions; a mark is often left out.
const QUESTION_WORDS: &[&str] = &[
    "what", "what's", "where", "where's", "when", "who", "who's", "whom", "whose", "which", "why", "how",
    "how's", "can", "could", "would", "should", "will", "shall", "do", "does", "did", "is", "are", "am",
    "was", "were", "have", "has", "any", "isn't", "aren't", "don't", "doesn't",
];

const HYPOTHETICAL: &[&str] = &[
    "if",
    "unless",
    "would",
    "wouldn't",
    "i'd",
    "could",
    "couldn't",
    "might",
    "may",
    "should",
    "maybe not",
    "perhaps",
    "suppose",
    "supposing",
    "imagine",
    "imagining",
    "pretend",
    "pretending",
    "what if",
    "as if",
    "as though",
    "wish",
    "wishes",
    "wished",
    "hypothetically",
    "hypothetical",
    "let's say",
    "say i",
    "in theory",
    "assume",
    "assuming",
    "in case",
    "were to",
    "dreamed",
    "dreamt",
    "dreaming",
    "my dream",
    "in a dream",
    "fantasy",
    "could be",
    "whether",
    "had i",
    "almost",
    "nearly",
    "about to",
    "wonder",
    "wondering",
    "doubt",
    "not sure",
    "unsure",
    "don't know",
    "don't think",
];

/// What asks for nothing but is no statement of the speaker either.
const FICTION: &[&str] = &[
    "act as",
    "you are now",
    "you are a",
    "you're a",
    "roleplay",
    "role play",
    "play the role",
    "in character",
    "pretend",
    "my character",
    "the character",
    "main character",
    "fictional",
    "fiction",
    "in the story",
    "a story",
    "short story",
    "the plot",
    "a poem",
    "lyrics",
    "a song",
    "in the novel",
    "in the movie",
    "in the film",
    "in the game",
    "in my dream",
    "last night i dreamed",
    "scenario",
    "for example",
    "for instance",
    "e g",
    "example sentence",
    "let's say",
    "hypothetically",
];

/// Work on a text that comes with it.
const TEXT_WORK: &[&str] = &[
    "translate",
    "translation",
    "proofread",
    "paraphrase",
    "rephrase",
    "rewrite",
    "summarise",
    "summarize",
    "how do you say",
    "how do i say",
    "fix the grammar",
    "correct the grammar",
    "check my grammar",
    "correct this",
    "grammatically",
    "this sentence",
    "the sentence",
    "the following",
    "this text",
    "this email",
    "this paragraph",
    "this letter",
    "this message",
    "cover letter",
    "tweet",
    "caption",
    "in french",
    "in german",
    "in spanish",
    "classify",
    "first person",
    "after me",
    "sentence",
    "dictation",
    "sentences",
    "essay",
];

/// Verbs whose objects are words: what follows them is nobody's statement.
const SAYING: &[&str] = &[
    "say",
    "repeat",
    "spell",
    "type",
    "print",
    "complete",
    "continue",
    "finish",
    "echo",
    "output",
    "quote",
    "pronounce",
    "read",
];

const INJECTION: &[&str] = &[
    "ignore previous",
    "ignore all",
    "ignore the",
    "ignore your",
    "ignore my",
    "disregard",
    "previous instructions",
    "system prompt",
    "your instructions",
    "instructions",
    "developer mode",
    "jailbreak",
    "as an ai",
    "language model",
    "the user is",
    "the user has",
    "the user's",
    "user is",
    "from now on",
    "you must",
    "you should",
    "you have to",
    "you will",
    "your task",
    "override",
    "admin",
    "root access",
    "new rule",
    "new rules",
    "always respond",
    "always answer",
    "memory",
    "begin prompt",
];

const JEST: &[&str] = &[
    "jk",
    "kidding",
    "just joking",
    "joking",
    "a joke",
    "lol",
    "lmao",
    "rofl",
    "haha",
    "hahaha",
    "hehe",
    "sarcasm",
    "sarcastic",
    "yeah right",
    "yeah sure",
    "sure sure",
    "april fools",
    "not really",
    "prank",
    "obviously i'm",
    "clearly i'm",
    "of course i'm",
];

const JEST_MARKS: &[&str] = &[
    "😂", "🤣", "😜", "😝", "🙃", "😏", "🤪", "😉", ";)", ":P", ":p", "xD", "XD", "/s",
];

/// What nobody is, and nobody's home.
const IMPLAUSIBLE: &[&str] = &[
    "the king",
    "the queen",
    "king of",
    "queen of",
    "emperor",
    "the pope",
    "the president",
    "batman",
    "superman",
    "spiderman",
    "god",
    "a god",
    "a wizard",
    "a vampire",
    "an alien",
    "a robot",
    "a ghost",
    "a unicorn",
    "a dragon",
    "a potato",
    "a teapot",
    "the moon",
    "on mars",
    "hogwarts",
    "narnia",
    "atlantis",
    "mordor",
    "middle earth",
    "cloud nine",
    "under a rock",
    "a zombie",
    "immortal",
    "a time traveler",
    "a time traveller",
    "a spy",
    "a billionaire",
    "the best",
    "a genius",
    "an idiot",
    "a horse",
];

/// Calls that give nobody a name.
const CALLS: &[&str] = &[
    "call me back",
    "call me tomorrow",
    "call me later",
    "call me when",
    "call me at",
    "call me if",
    "call me on",
    "call me today",
    "call me a",
    "call me an",
    "call me crazy",
    "call me maybe",
    "call me again",
    "call me soon",
];

/// What is over tomorrow.
const TRANSIENT: &[&str] = &[
    "tired",
    "hungry",
    "bored",
    "busy",
    "sorry",
    "fine",
    "ok",
    "okay",
    "good",
    "great",
    "well",
    "here",
    "there",
    "back",
    "confused",
    "stuck",
    "sure",
    "certain",
    "happy",
    "sad",
    "excited",
    "glad",
    "curious",
    "ready",
    "done",
    "lost",
    "afraid",
    "thirsty",
    "sleepy",
    "exhausted",
    "dying",
    "dead",
    "starving",
    "bad",
    "angry",
    "mad",
    "late",
    "early",
    "sick of",
    "all ears",
    "in a hurry",
    "at work",
    "at home",
    "outside",
    "on my way",
    "aware",
    "impressed",
    "surprised",
    "new to this",
    "having",
    "freezing",
    "hot",
    "cold",
    "drunk",
    "annoyed",
    "frustrated",
];

/// Beginnings that say how one is doing.
const STATES: &[&str] = &[
    "i'm",
    "i am",
    "im",
    "i feel",
    "i'm feeling",
    "we're",
    "i was",
    "i'm so",
    "i'm just",
    "i'm really",
];

/// Progressive forms that tell of more than the moment: "I'm learning Welsh".
const LASTING: &[&str] = &[
    "allergic",
    "building",
    "dating",
    "expecting",
    "finishing",
    "getting married",
    "getting divorced",
    "going to",
    "learning",
    "living",
    "moving",
    "planning",
    "practicing",
    "practising",
    "raising",
    "reading",
    "renting",
    "saving",
    "studying",
    "training",
    "working",
    "volunteering",
];

const REPORTING: &[&str] = &[
    "said",
    "says",
    "say",
    "told",
    "tells",
    "asked",
    "asks",
    "claims",
    "claimed",
    "thinks",
    "thought",
    "believes",
    "wrote",
    "writes",
    "texted",
    "replied",
    "answered",
    "shouted",
    "yelled",
    "whispered",
    "mentioned",
    "according to",
    "quote",
    "quoted",
    "states",
    "stated",
    "posted",
    "tweeted",
    "reads",
    "heard",
    "joked",
    "insists",
    "swears",
    "rumor",
];

const PLEASANTRIES: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "thanks",
    "thank you",
    "thx",
    "good morning",
    "good evening",
    "good night",
    "good afternoon",
    "bye",
    "goodbye",
    "see you",
    "cheers",
    "welcome",
    "you're welcome",
    "nice to meet you",
    "have a nice",
    "happy birthday",
    "congratulations",
    "i appreciate",
    "i'm glad",
];

const SECRETS: &[&str] = &[
    "password",
    "passwords",
    "passcode",
    "passphrase",
    "pin",
    "cvv",
    "cvc",
    "ssn",
    "social security",
    "api key",
    "secret key",
    "private key",
    "access token",
    "auth token",
    "credit card",
    "debit card",
    "card number",
    "iban",
    "account number",
    "routing number",
    "seed phrase",
    "recovery phrase",
    "recovery code",
    "wifi key",
    "security code",
    "passport number",
];

/// Marks of programs, tables and addresses.
const CODE: &[&str] = &[
    "```", "`", "{", "}", "();", "==", "=>", "->", "::", "</", "/>", "&&", "||", "#include", "import ",
    " = ", "print(", "http",
];

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
        .is_some_and(|word| word.len() > 5 && word.ends_with("ing"));
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
