//! A text as words, numbers and symbols.

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// In lower case; `0` for a number.
    word: String,
    pub(super) kind: TokenKind,
    /// Whether white space, or nothing, stands before it.
    pub(super) apart: bool,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, with apostrophes and hyphens inside.
    Word {
        /// It begins with a capital letter.
        capital: bool,
        /// It is written as names in programs are: with `_`, with digits, or with a capital letter inside.
        identifier: bool,
    },
    /// Digits, with points and commas inside.
    Number,
    /// One character that is none of these, or one of the signs that have more than one.
    Symbol,
}

/// Signs of more than one character, longest first.
const LONG_SYMBOLS: [&str; 17] = [
    "```", "===", "<->", "<=>", "...", "->", "=>", "==", "!=", "<=", ">=", "::", "&&", "||", "**", "//", "++",
];

impl Token {
    /// As it counts among the words.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    pub(super) fn is_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word { .. })
    }

    pub(super) fn is_number(&self) -> bool {
        self.kind == TokenKind::Number
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.word == symbol
    }

    pub(super) fn says_something(&self) -> bool {
        self.kind != TokenKind::Symbol
    }

    /// Its letter, where it is a word of one letter.
    pub(super) fn letter(&self) -> Option<char> {
        let mut letters = self.word.chars();
        match (self.is_word(), letters.next(), letters.next()) {
            (true, Some(letter), None) => Some(letter),
            _ => None,
        }
    }
}

/// The pieces of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut apart = true;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            apart = true;
            continue;
        }
        let (length, token) = if first.is_alphabetic() || first == '_' {
            word(rest, apart)
        } else if first.is_ascii_digit() {
            number(rest, apart)
        } else {
            symbol(rest, first, apart)
        };
        tokens.push(token);
        rest = &rest[length..];
        apart = false;
    }
    tokens
}

fn word(rest: &str, apart: bool) -> (usize, Token) {
    let mut length = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let inner = matches!(character, '\'' | '\u{2019}' | '-')
            && characters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(character.is_alphanumeric() || character == '_' || inner) {
            break;
        }
        length = index + character.len_utf8();
    }
    let written = &rest[..length];
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let mixed = written.chars().skip(1).any(char::is_uppercase) && written.chars().any(char::is_lowercase);
    let identifier = written.contains('_')
        || mixed && !written.contains(['-', '\'', '\u{2019}'])
        || written.len() > 1 && written.chars().any(|character| character.is_ascii_digit());
    let token = Token {
        word: written.to_lowercase().replace('\u{2019}', "'"),
        kind: TokenKind::Word { capital, identifier },
        apart,
    };
    (length, token)
}

fn number(rest: &str, apart: bool) -> (usize, Token) {
    let mut length = 0;
    let mut characters = rest.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        let inner = matches!(character, '.' | ',')
            && characters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !(character.is_ascii_digit() || inner) {
            break;
        }
        length = index + 1;
    }
    let token = Token {
        word: "0".to_owned(),
        kind: TokenKind::Number,
        apart,
    };
    (length, token)
}

fn symbol(rest: &str, first: char, apart: bool) -> (usize, Token) {
    let long = LONG_SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
    let word = long.map_or_else(|| first.to_string(), |symbol| (*symbol).to_owned());
    let token = Token {
        word,
        kind: TokenKind::Symbol,
        apart,
    };
    (token.word.len(), token)
}
