//! An expression cut into words and signs.

use super::FilterError;
use serde_json::{Number, Value};

/// A word or sign and the byte at which it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word(String),
    /// A text or number.
    Literal(Value),
    /// One of [`SIGNS`].
    Sign(&'static str),
}

/// Signs that mean something, longest first.
const SIGNS: [&str; 14] = [
    "==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ",", ".", "-", ":",
];

/// Signs that mean something in Python or elsewhere, but not here, longest first, and what to write instead.
const REFUSED: [(&str, &str); 27] = [
    ("**", ARITHMETIC),
    ("//", ARITHMETIC),
    ("<<", ARITHMETIC),
    (">>", ARITHMETIC),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("<>", "write `!=`"),
    (":=", "nothing can be assigned"),
    ("+", ARITHMETIC),
    ("*", ARITHMETIC),
    ("/", ARITHMETIC),
    ("%", ARITHMETIC),
    ("@", ARITHMETIC),
    ("&", "write `and`"),
    ("|", "write `or`"),
    ("^", ARITHMETIC),
    ("~", ARITHMETIC),
    ("!", "write `not`"),
    ("=", "it assigns; compare with `==`"),
    ("{", "dicts and sets are not supported; write a list"),
    ("}", "dicts and sets are not supported; write a list"),
    (";", "there is one expression only"),
    ("`", "write texts in ' or \""),
    ("#", "comments are not supported"),
    ("$", "it means nothing in Python"),
    ("?", "it means nothing in Python"),
    ("\\", "it means nothing outside a text"),
];

const ARITHMETIC: &str = "arithmetic is not supported; compare names with values";

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

/// The error at this byte of a text.
pub(super) fn error(text: &str, at: usize, message: impl Into<String>) -> FilterError {
    FilterError {
        position: text[..at].chars().count() + 1,
        message: message.into(),
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, at: usize, message: impl Into<String>) -> FilterError {
        error(self.text, at, message)
    }

    fn token(&mut self) -> Result<Option<Token>, FilterError> {
        self.at = self.text.len() - self.rest().trim_start().len();
        let at = self.at;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let starts_number = |text: &str| text.starts_with(|next: char| next.is_ascii_digit());
        let kind = if first.is_alphabetic() || first == '_' {
            self.word()?
        } else if first == '"' || first == '\'' {
            Kind::Literal(Value::String(self.string(first)?))
        } else if first.is_ascii_digit() || first == '.' && starts_number(&self.rest()[1..]) {
            self.number()?
        } else {
            self.sign(first)?
        };
        Ok(Some(Token { at, kind }))
    }

    fn word(&mut self) -> Result<Kind, FilterError> {
        let at = self.at;
        let is_part = |next: char| next.is_alphanumeric() || next == '_';
        let length = self.rest().find(|next| !is_part(next));
        let length = length.unwrap_or(self.rest().len());
        let word = self.rest()[..length].to_owned();
        self.at += length;
        if matches!(self.peek(), Some('"' | '\'')) {
            let message = format!("prefixes of texts such as `{word}` are not supported; leave it out");
            return Err(self.error(at, message));
        }
        Ok(Kind::Word(word))
    }

    fn sign(&mut self, first: char) -> Result<Kind, FilterError> {
        let found = |sign: &str| self.rest().starts_with(sign);
        let refused = REFUSED.iter().find(|(sign, _)| found(sign));
        let known = SIGNS.into_iter().find(|sign| found(sign));
        match (known, refused) {
            // `<=` before `<`, but `<<` before both.
            (Some(sign), refused) if refused.is_none_or(|(other, _)| other.len() <= sign.len()) => {
                self.at += sign.len();
                Ok(Kind::Sign(sign))
            }
            (_, Some((sign, instead))) => Err(self.error(self.at, format!("`{sign}`: {instead}"))),
            (_, None) => {
                let shown = first.escape_debug();
                Err(self.error(self.at, format!("`{shown}` means nothing here")))
            }
        }
    }

    fn number(&mut self) -> Result<Kind, FilterError> {
        let at = self.at;
        let rest = self.rest();
        let mut length = 0;
        let mut before = ' ';
        for next in rest.chars() {
            let signs_exponent = matches!(next, '+' | '-') && matches!(before, 'e' | 'E');
            if !(next.is_alphanumeric() || next == '.' || next == '_' || signs_exponent) {
                break;
            }
            length += next.len_utf8();
            before = next;
        }
        let digits = &rest[..length];
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let decimal = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
        let number = if plain && (digits.len() == 1 || !digits.starts_with('0')) {
            digits.parse::<i64>().ok().map(Number::from)
        } else if decimal && !plain {
            digits.parse::<f64>().ok().and_then(Number::from_f64)
        } else {
            None
        };
        let Some(number) = number else {
            let message = format!(
                "`{digits}` is no number that is understood; write decimal digits, such as 42 or 1.5"
            );
            return Err(self.error(at, message));
        };
        self.at += length;
        Ok(Kind::Literal(Value::Number(number)))
    }

    fn string(&mut self, quote: char) -> Result<String, FilterError> {
        let begin = self.at;
        self.at += 1;
        if self.rest().starts_with(&format!("{quote}{quote}")) {
            return Err(self.error(begin, "texts in three quotes are not supported; write one quote"));
        }
        let mut string = String::new();
        loop {
            let at = self.at;
            let next = self.peek();
            let Some(next) = next.filter(|next| *next != '\n') else {
                return Err(self.error(begin, format!("this text does not end; write {quote} behind it")));
            };
            self.at += next.len_utf8();
            if next == quote {
                return Ok(string);
            }
            string.push(if next == '\\' { self.escaped(at)? } else { next });
        }
    }

    /// What a backslash at byte `at` stands for.
    fn escaped(&mut self, at: usize) -> Result<char, FilterError> {
        let kind = self.peek().unwrap_or_default();
        self.at += kind.len_utf8().min(self.rest().len());
        let digits = match kind {
            '\\' | '\'' | '"' => return Ok(kind),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'x' => 2,
            'u' => 4,
            _ => {
                let shown = kind.escape_debug();
                return Err(self.error(
                    at,
                    format!("`\\{shown}` is no escape; write `\\\\` for a backslash"),
                ));
            }
        };
        let hex = self.rest().get(..digits);
        let hex = hex.filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let Some(character) = code.and_then(char::from_u32) else {
            return Err(self.error(
                at,
                format!("`\\{kind}` needs {digits} hexadecimal digits of a character"),
            ));
        };
        self.at += digits;
        Ok(character)
    }
}
