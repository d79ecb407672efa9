//! Questions about a text's tokens that the signs ask.

use super::lists::has;
use super::tokens::{Token, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// A text's tokens, to be asked about.
pub(super) struct View<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl<'a> View<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self { text, tokens }
    }

    fn how_many(&self, is: impl Fn(&Token) -> bool) -> f32 {
        self.tokens.iter().filter(|token| is(token)).count() as f32
    }

    /// Tokens; at least 1, to divide by.
    pub(super) fn count(&self) -> f32 {
        self.tokens.len().max(1) as f32
    }

    pub(super) fn words(&self) -> f32 {
        self.how_many(Token::is_word)
    }

    pub(super) fn numbers(&self) -> f32 {
        self.how_many(Token::is_number)
    }

    pub(super) fn asks(&self) -> bool {
        self.tokens.last().is_some_and(|token| token.is_symbol("?"))
    }

    pub(super) fn lines(&self) -> f32 {
        self.text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(20)
            .count() as f32
    }

    /// Marks that end a sentence, with a word before them.
    pub(super) fn sentences(&self) -> f32 {
        let ends = |pair: &&[Token]| {
            pair[0].is_word() && [".", "?", "!", ";"].iter().any(|mark| pair[1].is_symbol(mark))
        };
        self.tokens.windows(2).filter(ends).count() as f32
    }

    /// Different words of a list.
    pub(super) fn of(&self, list: &[&str]) -> f32 {
        let found: BTreeSet<&str> = self
            .tokens
            .iter()
            .filter(|token| token.is_word() && has(list, token.word()))
            .map(Token::word)
            .collect();
        found.len() as f32
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.tokens
            .iter()
            .any(|token| token.is_word() && token.word() == word)
    }

    pub(super) fn symbols(&self, among: &[&str]) -> f32 {
        self.how_many(|token| among.iter().any(|symbol| token.is_symbol(symbol)))
    }

    pub(super) fn has_any_symbol(&self, among: &[&str]) -> bool {
        self.symbols(among) > 0.0
    }

    /// `3 + 4`, `(3+4)*5`, `12 x 12`.
    pub(super) fn calculates(&self) -> bool {
        self.tokens.windows(3).any(|three| {
            let operator = is_operator(&three[1]) || three[1].letter() == Some('x');
            let left = three[0].is_number() || three[0].is_symbol(")");
            let right = three[2].is_number() || three[2].is_symbol("(") || three[2].is_symbol("-");
            operator && left && right
        })
    }

    /// `=` with a number or a single letter on both sides.
    pub(super) fn equates(&self) -> bool {
        let operand = |token: &Token| {
            token.is_number() || token.letter().is_some() || token.is_symbol("?") || token.is_symbol("-")
        };
        self.tokens
            .windows(3)
            .any(|three| three[1].is_symbol("=") && operand(&three[0]) && operand(&three[2]))
    }

    /// `3x`, or a power: `x^2`.
    pub(super) fn has_coefficient(&self) -> bool {
        self.tokens.windows(2).any(|pair| {
            let product = pair[0].is_number() && pair[1].letter().is_some() && !pair[1].apart;
            let power = (pair[0].letter().is_some() || pair[0].is_number()) && pair[1].is_symbol("^");
            product || power
        })
    }

    pub(super) fn has_percentage(&self) -> bool {
        self.tokens.windows(2).any(|pair| {
            let sign = pair[1].is_symbol("%") && !pair[1].apart;
            pair[0].is_number() && (sign || pair[1].word() == "percent")
        })
    }

    /// Numbers right before a word of a list.
    pub(super) fn after_number(&self, list: &[&str]) -> f32 {
        let found = |pair: &&[Token]| pair[0].is_number() && has(list, pair[1].word());
        self.tokens.windows(2).filter(found).count() as f32
    }

    pub(super) fn identifiers(&self) -> f32 {
        self.how_many(|token| matches!(token.kind, TokenKind::Word { identifier: true, .. }))
    }

    /// A word with `(` right behind it, as in `print(`; not `f(x)`, which is mathematics.
    pub(super) fn calls(&self) -> f32 {
        let found = |pair: &&[Token]| {
            pair[0].is_word() && pair[0].letter().is_none() && pair[1].is_symbol("(") && !pair[1].apart
        };
        self.tokens.windows(2).filter(found).count() as f32
    }

    pub(super) fn code_symbols(&self) -> f32 {
        self.symbols(&[
            "{", "}", ";", "==", "===", "!=", "=>", "->", "::", "&&", "||", "//", "#", "<", ">", "_", "\\",
            "@",
        ])
    }

    /// `-rf`, `--all`, `src/main`, `*.txt`, `main.py`.
    pub(super) fn has_option_or_path(&self) -> bool {
        let starts = |token: &Token| token.apart && token.is_symbol("-");
        self.tokens.windows(2).any(|pair| {
            let option = starts(&pair[0]) && (pair[1].is_word() || pair[1].is_symbol("-")) && !pair[1].apart;
            let suffix = (pair[0].is_symbol(".") || pair[0].is_symbol("/"))
                && !pair[0].apart
                && pair[1].is_word()
                && !pair[1].apart;
            option || suffix
        })
    }

    /// `TypeError`, `NullPointerException`.
    pub(super) fn names_error(&self) -> bool {
        self.tokens.iter().any(|token| {
            let named = matches!(token.kind, TokenKind::Word { identifier: true, .. });
            named && (token.word().ends_with("error") || token.word().ends_with("exception"))
        })
    }

    /// Single letters but `a` and `i`, which are words.
    pub(super) fn letters(&self) -> f32 {
        self.how_many(|token| {
            let capital = matches!(token.kind, TokenKind::Word { capital: true, .. });
            token
                .letter()
                .is_some_and(|letter| letter != 'i' && (letter != 'a' || capital))
        })
    }

    /// `older than`, `more … than`.
    pub(super) fn comparisons(&self) -> f32 {
        let found = |pair: &&[Token]| pair[1].word() == "than" && pair[0].word().ends_with("er");
        self.tokens.windows(2).filter(found).count() as f32
    }

    /// Different words with a capital letter that do not begin a sentence.
    pub(super) fn names(&self) -> f32 {
        let inside = self.tokens.windows(2).filter(|pair| {
            let begins = [".", "?", "!", ":", "\""]
                .iter()
                .any(|mark| pair[0].is_symbol(mark));
            !begins && is_capital(&pair[1]) && pair[1].letter().is_none()
        });
        let names: BTreeSet<&str> = inside.map(|pair| pair[1].word()).collect();
        names.len() as f32
    }

    /// Different words of more than two letters that occur again, common ones apart.
    pub(super) fn repeated(&self) -> f32 {
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for token in self
            .tokens
            .iter()
            .filter(|token| token.is_word() && token.word().len() > 2)
        {
            if !has(super::lists::COMMON, token.word()) {
                // A plural is the same word here.
                *times.entry(token.word().trim_end_matches('s')).or_default() += 1;
            }
        }
        times.values().filter(|times| **times > 1).count() as f32
    }

    /// Whether a word of the second list stands at most three tokens from one of the first.
    pub(super) fn near(&self, first: &[&str], second: &[&str]) -> bool {
        self.tokens.iter().enumerate().any(|(index, token)| {
            let from = index.saturating_sub(3);
            let to = (index + 4).min(self.tokens.len());
            has(first, token.word()) && self.tokens[from..to].iter().any(|near| has(second, near.word()))
        })
    }

    /// The share of letters that English does not have.
    pub(super) fn foreign_letters(&self) -> f32 {
        let letters = || {
            self.tokens
                .iter()
                .filter(|token| token.is_word())
                .flat_map(|token| token.word().chars())
        };
        let foreign = letters().filter(|letter| !letter.is_ascii()).count();
        foreign as f32 / letters().count().max(1) as f32
    }

    /// The share of words of at least four letters that have no vowel, or five consonants in a row.
    pub(super) fn unspeakable(&self) -> f32 {
        let long = |token: &&Token| {
            let identifier = matches!(token.kind, TokenKind::Word { identifier: true, .. });
            token.is_word() && !identifier && token.word().chars().count() >= 4
        };
        let odd = self
            .tokens
            .iter()
            .filter(long)
            .filter(|token| consonants_in_a_row(token.word()) >= 5);
        odd.count() as f32 / self.words().max(1.0)
    }
}

fn is_operator(token: &Token) -> bool {
    ["+", "-", "−", "*", "/", "^", "**", "×", "÷", "·", "%"]
        .iter()
        .any(|symbol| token.is_symbol(symbol))
}

fn is_capital(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word { capital: true, .. })
}

fn consonants_in_a_row(word: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for letter in word.chars() {
        run = if letter.is_ascii_alphabetic() && !"aeiouy".contains(letter) {
            run + 1
        } else {
            0
        };
        longest = longest.max(run);
    }
    longest
}
