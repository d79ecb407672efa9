//! What stands around a question: "could you please tell me what … is?"

use super::lex::Token;

/// What is said before a question; longer ones first where one begins another.
const BEFORE: [&str; 87] = [
    "what do you get when you",
    "what do you get if you",
    "what do i get if i",
    "what do i get when i",
    "what would you get if you",
    "what is the result if you",
    "what is the result when you",
    "what is the value of",
    "what is the result of",
    "what is the answer to",
    "what is the solution to",
    "what is the solution of",
    "what are the solutions to",
    "what are the solutions of",
    "the value of",
    "the result of",
    "the answer to",
    "how much do i get when i",
    "how much do i get if i",
    "how much do you get when you",
    "how much do you get if you",
    "how big is",
    "how large is",
    "how long is",
    "how much does",
    "how much would",
    "how much will",
    "how much is",
    "how much are",
    "what will be",
    "what would be",
    "what would",
    "what does",
    "what do",
    "what is",
    "what are",
    "what's",
    "whats",
    "what",
    "calculate",
    "compute",
    "evaluate",
    "determine",
    "work out",
    "figure out",
    "find out",
    "find me",
    "find",
    "tell me",
    "give me",
    "show me",
    "help me to",
    "help me",
    "help",
    "give",
    "state",
    "do you know",
    "can you",
    "could you",
    "would you",
    "will you",
    "i want to know",
    "i need to know",
    "i would like to know",
    "i'd like to know",
    "i want you to",
    "i want to",
    "i need to",
    "i need you to",
    "i need",
    "i want",
    "i'm trying to",
    "and what is",
    "and what's",
    "do",
    "quickly",
    "quick question",
    "question",
    "please",
    "kindly",
    "hey",
    "hi",
    "hello",
    "okay",
    "ok",
    "so",
    "now",
];

/// What is said after one.
const AFTER: [&str; 39] = [
    "equal to what",
    "equals what",
    "equal to",
    "equal",
    "equals",
    "give me",
    "come to",
    "make",
    "is equal to",
    "is what",
    "is",
    "are",
    "for me please",
    "for me",
    "please",
    "thanks in advance",
    "thanks a lot",
    "thanks",
    "thank you very much",
    "thank you so much",
    "thank you",
    "thx",
    "pls",
    "be",
    "step by step",
    "exactly",
    "show your work",
    "show the steps",
    "and show your work",
    "and explain",
    "and show the steps",
    "as a number",
    "in total",
    "altogether",
    "by hand",
    "simplified",
    "in simplest form",
    "in lowest terms",
    "quickly",
];

/// A question without what stands around it.
pub(super) struct Framed<'a> {
    /// What is asked.
    pub(super) core: &'a [Token],
    /// Whether a computation was asked for: "calculate", "evaluate".
    pub(super) commanded: bool,
    /// Whether something was asked at all: "what is", "?", "=".
    pub(super) asked: bool,
}

/// Takes off what stands around a question.
pub(super) fn framed(tokens: &[Token]) -> Framed<'_> {
    let mut core = tokens;
    let (mut commanded, mut asked) = (false, false);
    loop {
        let length = core.len();
        while let Some(first) = core
            .first()
            .filter(|first| first.is(',') || first.is(':') || first.is('"'))
        {
            let _ = first;
            core = &core[1..];
        }
        if let Some(phrase) = BEFORE.iter().find(|phrase| starts(core, phrase)) {
            let count = phrase.split(' ').count();
            // "what" alone asks nothing that stands for itself, as in "what comes next".
            commanded |= matches!(
                *phrase,
                "calculate" | "compute" | "evaluate" | "work out" | "figure out"
            );
            asked |= phrase.starts_with("what")
                || phrase.starts_with("how")
                || *phrase == "find"
                || *phrase == "determine";
            core = &core[count..];
        }
        while let Some((last, rest)) = core.split_last()
            && (matches!(last.lower.as_str(), "?" | "." | "=" | "," | ":" | ";" | "\"")
                || (last.is('!') && bang(rest, last)))
        {
            asked |= last.is('?') || last.is('=');
            core = rest;
        }
        if let Some(phrase) = AFTER.iter().find(|phrase| ends(core, phrase)) {
            core = &core[..core.len() - phrase.split(' ').count()];
        }
        if core.len() == length {
            return Framed {
                core,
                commanded,
                asked,
            };
        }
    }
}

/// Whether a `!` ends a sentence: after a word, or a space.
fn bang(rest: &[Token], last: &Token) -> bool {
    last.gap
        || rest
            .last()
            .is_some_and(|before| before.is_word() && before.lower.len() > 1)
}

fn starts(tokens: &[Token], phrase: &str) -> bool {
    let mut tokens = tokens.iter();
    phrase
        .split(' ')
        .all(|word| tokens.next().is_some_and(|token| token.says(word)))
        && tokens.next().is_some()
}

fn ends(tokens: &[Token], phrase: &str) -> bool {
    let mut tokens = tokens.iter().rev();
    phrase
        .rsplit(' ')
        .all(|word| tokens.next().is_some_and(|token| token.says(word)))
        && tokens.next().is_some()
}
