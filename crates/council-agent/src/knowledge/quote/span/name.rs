//! Names: words with capital letters.

use super::Places;
use super::token::Token;
use crate::english::is_function_word;
use crate::knowledge::quote::asked::Asked;
use crate::knowledge::quote::weigh::has;

/// How soon behind a first word what it does must stand for it to be a name: "Agnes will ask", of which "ask" is asked.
const DOES: usize = 2;

/// Names that the question does not have.
pub(super) fn names(asked: &Asked, tokens: &[Token]) -> Places {
    let mut found: Places = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = end_of_name(tokens, at);
        if end == at {
            at += 1;
            continue;
        }
        let alone_first = at == 0 && end == 1 && !tokens[0].ends;
        let acts = || {
            tokens[1..]
                .iter()
                .take(DOES)
                .any(|token| has(&asked.stems, &token.stem))
        };
        let new = tokens[at..end]
            .iter()
            .any(|token| !has(&asked.stems, &token.stem));
        if new && (!alone_first || acts()) {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// Whether the sentence begins with what may be a name.
pub(super) fn may_begin(asked: &Asked, tokens: &[Token]) -> bool {
    tokens
        .first()
        .is_some_and(|first| end_of_name(tokens, 0) > 0 && !has(&asked.stems, &first.stem))
}

/// Where the name ends that begins here; `at` where none does.
fn end_of_name(tokens: &[Token], at: usize) -> usize {
    let is_part = |token: &Token| {
        let dated = token.is_month() || token.is_weekday();
        token.is_capital() && !dated && !is_function_word(&token.text.to_lowercase())
    };
    let mut end = at;
    while end < tokens.len()
        && is_part(&tokens[end])
        && (end == at || !tokens[end - 1].ends || is_title(&tokens[end - 1]))
    {
        end += 1;
    }
    end
}

/// "Mr.", whose point divides nothing.
fn is_title(token: &Token) -> bool {
    ["mr", "mrs", "ms", "dr", "prof"].contains(&token.stem.as_str())
}
