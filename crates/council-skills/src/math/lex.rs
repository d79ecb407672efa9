//! Numbers, words and signs.
//!
//! - [`spelt`](self::spelt): numbers in words

mod spelt;

pub(super) use spelt::place;

use super::number::{Rational, whole};
use super::trouble::{Result, Trouble, foreign};
use num_bigint::BigInt;
use num_traits::{Num, Pow};

/// Longest question that is read, in bytes.
pub(super) const MAX_BYTES: usize = 4_000;

/// Most tokens of a question.
const MAX_TOKENS: usize = 700;

/// Most digits of a number, and the largest power of ten in one.
const MAX_DIGITS: usize = 2_000;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A number that is not negative.
    Number(Rational),
    /// `1st`, `20th`.
    Ordinal(i64),
    /// `2024-01-15`.
    Date(jiff::civil::Date),
    /// Letters; lower case.
    Word,
    /// Anything else.
    Sign(char),
}

/// A part of a question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) source: String,
    /// The same in lower case.
    pub(super) lower: String,
    /// Whether a space stands before it.
    pub(super) gap: bool,
    /// The sign of the currency that stands with a number.
    pub(super) money: Option<char>,
    /// The groups of `1,234`, which may be two numbers in a list.
    pub(super) groups: Vec<Rational>,
    /// Whether a number was written in words.
    pub(super) spelt: bool,
}

impl Token {
    fn new(kind: Kind, source: &str, gap: bool) -> Self {
        Self {
            kind,
            source: source.to_owned(),
            lower: source.to_lowercase(),
            gap,
            money: None,
            groups: Vec::new(),
            spelt: false,
        }
    }

    /// A word that nobody wrote.
    pub(super) fn word(text: &str) -> Self {
        Self::new(Kind::Word, text, true)
    }

    /// Whether it is this sign.
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// Whether it is this word, or a number that was written so.
    pub(super) fn says(&self, word: &str) -> bool {
        self.lower == word
    }

    /// The number that it is.
    pub(super) fn number(&self) -> Option<&Rational> {
        match &self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it is a word.
    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// The tokens in the words of the question.
pub(super) fn written(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        if token.gap && !text.is_empty() {
            text.push(' ');
        }
        if let Some(sign) = token.money {
            text.push(sign);
        }
        text.push_str(&token.source);
    }
    text
}

/// Takes a text apart; numbers in words become numbers.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    if text.len() > MAX_BYTES {
        return foreign(format!("the question is longer than {MAX_BYTES} bytes"));
    }
    let signs: Vec<char> = text.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let (mut at, mut gap) = (0, false);
    while at < signs.len() {
        if out.len() > MAX_TOKENS {
            return foreign("the question is too long");
        }
        let sign = signs[at];
        if sign.is_whitespace() {
            gap = true;
            at += 1;
            continue;
        }
        let follows = signs.get(at + 1).is_some_and(char::is_ascii_digit);
        // The point of "Nr.5" ends a word; that of " .5" begins a number.
        let begins =
            sign == '.' && follows && !out.last().is_some_and(|last| last.number().is_some() && !gap);
        if sign.is_ascii_digit() || begins {
            at = number(&signs, at, gap, &mut out)?;
        } else if sign.is_alphabetic() && sign != 'μ' {
            let letter = |at: usize| {
                let apostrophe =
                    signs[at] == '\'' && signs.get(at + 1).is_some_and(|next| next.is_alphabetic());
                signs[at].is_alphabetic() || apostrophe
            };
            let mut end = at;
            while end < signs.len() && letter(end) {
                end += 1;
            }
            let word: String = signs[at..end].iter().collect();
            out.push(Token::new(Kind::Word, &word, gap));
            at = end;
        } else {
            let hyphen = sign == '-' && joins(&signs, at);
            if !hyphen {
                out.push(Token::new(Kind::Sign(sign), &sign.to_string(), gap));
            }
            gap = hyphen;
            at += 1;
            if hyphen {
                continue;
            }
        }
        gap = false;
    }
    Ok(spelt::numbers(&currency(out)))
}

/// Whether a `-` joins two words, as in "right-angled" or "5-year-old", and is no minus.
fn joins(signs: &[char], at: usize) -> bool {
    let word = |sign: &char| sign.is_alphabetic();
    let before = signs[..at].iter().rev().take_while(|sign| word(sign)).count();
    let after = signs[at + 1..].iter().take_while(|sign| word(sign)).count();
    let digit = at > 0 && signs[at - 1].is_ascii_digit();
    (before > 1 && after > 1) || (digit && after > 2) || (before > 1 && after == 1 && signs[at + 1] == 'a')
}

/// `$5`, `5 €` and `5 dollars`: one token.
fn currency(tokens: Vec<Token>) -> Vec<Token> {
    let money = |token: &Token| match token.kind {
        Kind::Sign(sign @ ('$' | '€' | '£' | '¥')) => Some(sign),
        _ => None,
    };
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut before: Option<Token> = None;
    for mut token in tokens {
        if let Some(sign) = before.take() {
            if token.number().is_some() {
                token.money = money(&sign);
                token.gap = sign.gap;
            } else {
                out.push(sign);
            }
        }
        if let Some(sign) = money(&token) {
            match out.last_mut() {
                Some(last) if last.number().is_some() && last.money.is_none() && !token.gap => {
                    last.money = Some(sign);
                }
                _ => before = Some(token),
            }
            continue;
        }
        // "5 dollars" is $5.
        let named = match token.lower.as_str() {
            "dollar" | "dollars" => Some('$'),
            "euro" | "euros" => Some('€'),
            _ => None,
        };
        if let (Some(sign), Some(last)) = (named, out.last_mut())
            && last.number().is_some()
            && last.money.is_none_or(|known| known == sign)
        {
            last.money = Some(sign);
            continue;
        }
        out.push(token);
    }
    out.extend(before);
    out
}

/// Reads the number that begins here; where it ends.
fn number(signs: &[char], from: usize, gap: bool, out: &mut Vec<Token>) -> Result<usize> {
    let digits = |from: usize| {
        signs[from..]
            .iter()
            .take_while(|sign| sign.is_ascii_digit())
            .count()
    };
    let text = |from: usize, to: usize| signs[from..to].iter().collect::<String>();
    if signs[from] == '0' {
        let radix = match signs.get(from + 1) {
            Some('x' | 'X') => 16,
            Some('b' | 'B') => 2,
            Some('o' | 'O') => 8,
            _ => 0,
        };
        if radix > 0 {
            let length = signs[from + 2..]
                .iter()
                .take_while(|sign| sign.is_ascii_alphanumeric())
                .count();
            let end = from + 2 + length;
            if (1..=500).contains(&length)
                && let Ok(value) = BigInt::from_str_radix(&text(from + 2, end), radix)
            {
                out.push(Token::new(Kind::Number(whole(value)), &text(from, end), gap));
                return Ok(end);
            }
        }
    }
    if let Some(date) = date(&text(from, (from + 10).min(signs.len()))).filter(|_| digits(from) == 4)
        && !signs
            .get(from + 10)
            .is_some_and(|sign| sign.is_alphanumeric() || *sign == '-')
    {
        out.push(Token::new(Kind::Date(date), &text(from, from + 10), gap));
        return Ok(from + 10);
    }
    let mut at = from + digits(from);
    let mut groups = Vec::new();
    if (1..=3).contains(&(at - from)) {
        let group = |at: usize| signs.get(at) == Some(&',') && digits(at + 1) == 3;
        if group(at) {
            groups.push(parse(&text(from, at))?);
        }
        while group(at) {
            groups.push(parse(&text(at + 1, at + 4))?);
            at += 4;
        }
    }
    let mut plain: String = text(from, at).replace(',', "");
    // The hour or the minutes of a time of day.
    let clock = plain.len() == 2 && (signs.get(at) == Some(&':') || from > 0 && signs[from - 1] == ':');
    if plain.len() > 1 && plain.starts_with('0') && !clock {
        return foreign(format!(
            "`{plain}` begins with 0, as numbers to be computed with do not"
        ));
    }
    if signs.get(at) == Some(&'.') && digits(at + 1) > 0 {
        let end = at + 1 + digits(at + 1);
        if signs.get(end) == Some(&'.') && digits(end + 1) > 0 {
            return foreign(format!("`{}…` has two points", text(from, end)));
        }
        plain.push_str(&text(at, end));
        at = end;
    }
    if plain.contains('.') && signs.get(at) == Some(&'.') && signs.get(at + 1) == Some(&'.') {
        return foreign(format!("`{plain}...` goes on without end"));
    }
    let mut value = parse(&plain)?;
    // 1e6, 2.5E-3: only with a digit after it, and never `2e^x`.
    if matches!(signs.get(at), Some('e' | 'E')) {
        let signed = usize::from(matches!(signs.get(at + 1), Some('+' | '-')));
        let length = digits((at + 1 + signed).min(signs.len()));
        let letter = signs
            .get(at + 1 + signed + length)
            .is_some_and(|sign| sign.is_alphabetic());
        if length > 0 && !letter {
            let power = text(at + 1 + signed, at + 1 + signed + length);
            let power = power.parse::<usize>().ok().filter(|power| *power <= MAX_DIGITS);
            let Some(power) = power else {
                return Err(Trouble::TooBig(format!(
                    "the exponent of `{plain}e…` is too large"
                )));
            };
            let scale = whole(Pow::pow(BigInt::from(10), power));
            value = if signs[at + 1] == '-' {
                value / scale
            } else {
                value * scale
            };
            at += 1 + signed + length;
        }
    }
    let suffix: String = signs[at..]
        .iter()
        .take_while(|sign| sign.is_alphabetic())
        .collect();
    if matches!(suffix.as_str(), "st" | "nd" | "rd" | "th") && value.is_integer() {
        let Ok(place) = plain.parse() else {
            return foreign(format!("`{plain}{suffix}` is no place in a sequence"));
        };
        out.push(Token::new(Kind::Ordinal(place), &text(from, at + 2), gap));
        return Ok(at + 2);
    }
    let mut token = Token::new(Kind::Number(value), &text(from, at), gap);
    token.groups = groups;
    out.push(token);
    Ok(at)
}

/// `2024-01-15`, which is no subtraction.
fn date(text: &str) -> Option<jiff::civil::Date> {
    let written = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (text.len() == 10 && written).then(|| text.parse().ok()).flatten()
}

/// A decimal without sign or exponent.
fn parse(text: &str) -> Result<Rational> {
    if text.len() > MAX_DIGITS {
        return Err(Trouble::TooBig(format!("a number has {} digits", text.len())));
    }
    let (before, after) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{before}{after}");
    let Ok(value) = BigInt::from_str_radix(&digits, 10) else {
        return foreign(format!("`{text}` is not a number"));
    };
    Ok(Rational::new(value, Pow::pow(BigInt::from(10), after.len())))
}
