//! From tokens to an expression, by precedence; words such as "times" and "squared" count as signs.
//!
//! - [`calls`](self::calls): functions and their arguments

mod calls;

use super::words::{FUNCTIONS, PHRASES, apart, letters, phrase};
use super::{Expr, Operator};
use crate::math::lex::{Kind, Token, written};
use crate::math::number::whole;
use crate::math::trouble::{Result, Trouble, foreign};

/// Parentheses and functions nest this deep at most.
const MAX_DEPTH: usize = 60;

/// Reads all the tokens as one expression.
///
/// # Errors
/// What is left over, or can be read in two ways.
pub(in crate::math) fn expression(tokens: &[Token]) -> Result<Expr> {
    let tokens = &apart(tokens);
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
    };
    let expr = parser.sum()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => foreign(format!("`{}` is left over", written(&tokens[parser.at..]))),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn word(&self, ahead: usize) -> &'a str {
        self.tokens
            .get(self.at + ahead)
            .filter(|token| token.is_word())
            .map_or("", |token| token.lower.as_str())
    }

    fn sign(&self, ahead: usize) -> Option<char> {
        match self.tokens.get(self.at + ahead)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn take(&mut self, sign: char) -> bool {
        let there = self.sign(0) == Some(sign);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, sign: char) -> Result<()> {
        if self.take(sign) {
            Ok(())
        } else {
            foreign(format!("`{sign}` is missing"))
        }
    }

    /// The operator that comes next, and its length in tokens.
    fn operator(&self) -> Option<(Operator, usize)> {
        let number_after = |ahead: usize| {
            self.tokens
                .get(self.at + ahead)
                .is_some_and(|next| next.number().is_some())
        };
        let sign = match self.sign(0) {
            Some('+') => Some(Operator::Add),
            Some('-') => Some(Operator::Subtract),
            Some('*') => Some(Operator::Times),
            Some('/') => Some(Operator::Divide),
            Some('%') if number_after(1) || self.sign(1) == Some('(') => Some(Operator::Modulo),
            _ => None,
        };
        if let Some(operator) = sign {
            return Some((operator, 1));
        }
        Some(match (self.word(0), self.word(1)) {
            ("plus", _) => (Operator::Add, 1),
            ("added", "to") => (Operator::Add, 2),
            ("minus", _) => (Operator::Subtract, 1),
            ("times", _) => (Operator::Times, 1),
            ("multiplied" | "multiply", "by") => (Operator::Times, 2),
            ("divided", "by") => (Operator::Divide, 2),
            ("over", _) if number_after(1) => (Operator::Divide, 1),
            ("mod" | "modulo", _) => (Operator::Modulo, 1),
            ("x", _) => {
                let gaps = self.peek()?.gap && self.tokens.get(self.at + 1).is_some_and(|next| next.gap);
                let before = self.at > 0 && self.tokens.get(self.at - 1)?.number().is_some();
                let signed = self.sign(1) == Some('(') && gaps;
                if !(before && (number_after(1) || signed)) {
                    return None;
                }
                (Operator::Times, 1)
            }
            _ => return None,
        })
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return foreign(format!("the expression nests more than {MAX_DEPTH} deep"));
        }
        Ok(())
    }

    fn sum(&mut self) -> Result<Expr> {
        self.enter()?;
        let mut left = self.product()?;
        while let Some((operator @ (Operator::Add | Operator::Subtract), length)) = self.operator() {
            self.at += length;
            let right = self.product()?;
            let ends = self.peek().is_none_or(|next| next.is(')') || next.is('='));
            if ends && matches!(right, Expr::Percent(_)) && !matches!(left, Expr::Percent(_)) {
                return Err(Trouble::Ambiguous(format!(
                    "`{left} {} {right}` may mean {right} of {left}, or the number {right}",
                    if operator == Operator::Add { '+' } else { '-' }
                )));
            }
            left = Expr::binary(operator, left, right);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Result<Expr> {
        let mut left = self.unary()?;
        // Whether the last operation was a division, after which an unwritten product can be read in two ways.
        let mut divided = false;
        let mut of = matches!(left, Expr::Percent(_)) || self.spelt_fraction();
        loop {
            if let Some((operator @ (Operator::Times | Operator::Divide | Operator::Modulo), length)) =
                self.operator()
            {
                self.at += length;
                let right = self.unary()?;
                divided = operator == Operator::Divide;
                of = divided && matches!((&left, &right), (Expr::Number(_), Expr::Number(_)));
                left = Expr::binary(operator, left, right);
            } else if of && self.word(0) == "of" {
                self.at += 1;
                if matches!(self.word(0), "a" | "an" | "the") {
                    self.at += 1;
                }
                let right = self.unary()?;
                of = matches!(right, Expr::Percent(_)) || self.spelt_fraction();
                left = Expr::binary(Operator::Times, left, right);
            } else if self.juxtaposed(&left) {
                // "4/3 pi r^3", where the fraction stands together and apart from what follows.
                let fraction = of && self.peek().is_some_and(|token| token.gap) && self.tight_fraction();
                if divided && !fraction {
                    return Err(Trouble::Ambiguous(
                        "a division before an unwritten multiplication can be read in two ways; write parentheses".to_owned(),
                    ));
                }
                let right = self.power()?;
                left = Expr::binary(Operator::Times, left, right);
                (of, divided) = (false, false);
            } else {
                return Ok(left);
            }
        }
    }

    /// Whether the tokens before are a fraction without spaces.
    fn tight_fraction(&self) -> bool {
        matches!(&self.tokens[..self.at], [.., above, slash, below]
            if above.number().is_some() && slash.is('/') && !slash.gap && !below.gap)
    }

    /// Whether the token before is a fraction in words.
    fn spelt_fraction(&self) -> bool {
        self.at > 0
            && self.tokens[self.at - 1].spelt
            && self.tokens[self.at - 1]
                .number()
                .is_some_and(|number| !number.is_integer())
    }

    /// Whether an unwritten multiplication follows: `2x`, `3(x + 1)`, `2 sqrt(3)`.
    fn juxtaposed(&self, left: &Expr) -> bool {
        let Some(token) = self.peek() else { return false };
        match &token.kind {
            Kind::Sign('(') => true,
            Kind::Word => {
                let word = token.lower.as_str();
                let function = FUNCTIONS.iter().any(|(name, _)| *name == word) && word != "mod";
                let close = !token.gap
                    || matches!(
                        left,
                        Expr::Call(..) | Expr::Name(_) | Expr::Number(_) | Expr::Binary(..)
                    );
                (letters(token).is_some() && close && !(token.gap && word == "a"))
                    || (function && self.applied(1))
                    || word == "pi"
            }
            // "3!2!" can mean nothing else.
            Kind::Number(_) => matches!(left, Expr::Factorial(_)) && !token.gap,
            Kind::Ordinal(_) | Kind::Date(_) | Kind::Sign(_) => false,
        }
    }

    /// Whether an argument follows.
    fn applied(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|next| {
            next.number().is_some()
                || matches!(next.kind, Kind::Sign('(' | '^' | '_' | '-'))
                || letters(next).is_some()
                || next.says("pi")
        })
    }

    fn unary(&mut self) -> Result<Expr> {
        let mut negative = false;
        loop {
            if self.take('-') || matches!(self.word(0), "minus") {
                self.at += usize::from(self.word(0) == "minus");
                negative = !negative;
            } else if !self.take('+') {
                break;
            }
        }
        let inner = self.power()?;
        Ok(if negative {
            Expr::Negate(Box::new(inner))
        } else {
            inner
        })
    }

    fn power(&mut self) -> Result<Expr> {
        let base = self.postfix()?;
        let length = match (
            self.word(0),
            self.word(1),
            self.word(2),
            self.word(3),
            self.word(4),
        ) {
            ("to", "the", "power", "of", _) => 4,
            ("to", "the", "power", _, _) | ("raised", "to", "power", _, _) => 3,
            ("raised", "to", "the", "power", "of") => 5,
            ("raised", "to", "the", "power", _) => 4,
            ("raised", "to", "the", _, _) if self.ordinal(3) => 3,
            ("raised", "to", _, _, _) => 2,
            ("to", "the", _, _, _) if self.ordinal(2) => 2,
            _ => usize::from(self.sign(0) == Some('^')),
        };
        if length == 0 {
            return Ok(base);
        }
        self.at += length;
        if let Some(token) = self.peek()
            && let Some(place) = crate::math::lex::place(token)
        {
            self.at += 1;
            self.at += usize::from(self.word(0) == "power");
            return Ok(Expr::binary(Operator::Power, base, Expr::Number(whole(place))));
        }
        self.enter()?;
        let exponent = self.unary()?;
        self.depth -= 1;
        Ok(Expr::binary(Operator::Power, base, exponent))
    }

    fn ordinal(&self, ahead: usize) -> bool {
        self.tokens
            .get(self.at + ahead)
            .is_some_and(|token| crate::math::lex::place(token).is_some())
    }

    fn postfix(&mut self) -> Result<Expr> {
        let mut inner = self.primary()?;
        loop {
            let percent = self.sign(0) == Some('%') && self.operator().is_none();
            inner = match (self.sign(0), self.word(0)) {
                (Some('!'), _) => Expr::Factorial(Box::new(inner)),
                (Some('%'), _) if percent => Expr::Percent(Box::new(inner)),
                (_, "percent" | "pct") => Expr::Percent(Box::new(inner)),
                (_, "per") if self.word(1) == "cent" => {
                    self.at += 1;
                    Expr::Percent(Box::new(inner))
                }
                (Some('°'), _) | (_, "degrees" | "degree" | "deg") => Expr::Degrees(Box::new(inner)),
                (_, "radians" | "radian" | "rad") => Expr::Radians(Box::new(inner)),
                (_, "squared") => Expr::binary(Operator::Power, inner, Expr::Number(whole(2))),
                (_, "cubed") => Expr::binary(Operator::Power, inner, Expr::Number(whole(3))),
                (_, "factorial") => Expr::Factorial(Box::new(inner)),
                _ => return Ok(inner),
            };
            self.at += 1;
        }
    }

    fn primary(&mut self) -> Result<Expr> {
        let Some(token) = self.peek() else {
            return foreign("something is missing at the end");
        };
        match &token.kind {
            Kind::Number(number) => {
                self.at += 1;
                Ok(Expr::Number(number.clone()))
            }
            Kind::Sign('(') => self.enclosed('(', ')'),
            Kind::Sign('[') => self.enclosed('[', ']'),
            Kind::Sign('|') => Ok(Expr::Call("abs", vec![self.enclosed('|', '|')?])),
            Kind::Ordinal(_) => self.nth_root(),
            Kind::Word => self.named(token),
            Kind::Date(_) => foreign("a date is no number"),
            Kind::Sign(sign) => foreign(format!("`{sign}` is not understood")),
        }
    }

    fn enclosed(&mut self, open: char, close: char) -> Result<Expr> {
        self.expect(open)?;
        let inner = self.sum()?;
        self.expect(close)?;
        Ok(inner)
    }

    fn nth_root(&mut self) -> Result<Expr> {
        let token = self.peek().and_then(crate::math::lex::place);
        if let (Some(index), "root", "of") = (token, self.word(1), self.word(2)) {
            self.at += 3;
            let operand = self.operand()?;
            return Ok(Expr::Call("root", vec![Expr::Number(whole(index)), operand]));
        }
        foreign(format!(
            "`{}` is not understood",
            written(&self.tokens[self.at..=self.at])
        ))
    }

    fn named(&mut self, token: &Token) -> Result<Expr> {
        if token.says("the") {
            let phrase = PHRASES.iter().any(|(words, _)| {
                words
                    .iter()
                    .enumerate()
                    .all(|(at, word)| self.word(at + 1) == *word)
            });
            if phrase || self.ordinal(1) || self.word(1) == "log" || self.word(1) == "logarithm" {
                self.at += 1;
                return self.primary();
            }
        }
        if crate::math::lex::place(token).is_some() && self.word(1) == "root" {
            return self.nth_root();
        }
        for (words, meaning) in PHRASES {
            let there = words.iter().enumerate().all(|(at, word)| self.word(at) == *word);
            let of = self.word(words.len()) == "of";
            let bare =
                matches!(meaning, "twice" | "triple" | "quadruple" | "half" | "negative") || words.len() > 1;
            if there && (of || bare) {
                self.at += words.len() + usize::from(of);
                // A sign, whatever follows; and "the reciprocal of 2/3" is that of the fraction.
                if meaning == "negative" {
                    return Ok(phrase(meaning, self.postfix()?));
                }
                if meaning == "reciprocal"
                    && let Some(fraction) = self.written_fraction()
                {
                    return Ok(phrase(meaning, fraction));
                }
                return Ok(phrase(meaning, self.operand()?));
            }
        }
        if token.says("log") || token.says("logarithm") {
            return self.logarithm();
        }
        if let Some((_, name)) = FUNCTIONS.iter().find(|(name, _)| token.says(name)) {
            self.at += 1;
            return self.function(name);
        }
        if (token.source == "C" || token.source == "P")
            && self.sign(1) == Some('(')
            && !self.tokens[self.at + 1].gap
        {
            self.at += 1;
            let name = if token.source == "C" {
                "binomial"
            } else {
                "permutations"
            };
            let arguments = self.arguments()?;
            return if arguments.len() == 2 {
                Ok(Expr::Call(name, arguments))
            } else {
                foreign("C and P take two numbers")
            };
        }
        if token.says("pi") || token.says("infinity") {
            self.at += 1;
            return Ok(Expr::Name(token.lower.clone()));
        }
        let Some(letters) = letters(token) else {
            return foreign(format!("`{}` is not understood", token.source));
        };
        self.at += 1;
        Ok(Expr::Name(letters.to_owned()))
    }

    /// `2/3` at the very end, without spaces.
    fn written_fraction(&mut self) -> Option<Expr> {
        let [above, slash, below] = self.tokens.get(self.at..)? else {
            return None;
        };
        let (above, below) = (
            above.number()?,
            below.number().filter(|_| slash.is('/') && !slash.gap)?,
        );
        self.at += 3;
        let (above, below) = (Expr::Number(above.clone()), Expr::Number(below.clone()));
        Some(Expr::binary(Operator::Divide, above, below))
    }

    /// What a phrase is about: one operand. After it no operation may follow that could belong to it too.
    fn operand(&mut self) -> Result<Expr> {
        self.enter()?;
        let enclosed = self.sign(0) == Some('(');
        let inner = self.unary()?;
        self.depth -= 1;
        let follows = self.operator().is_some() || (self.juxtaposed(&inner) && !enclosed);
        if follows && !enclosed {
            return Err(Trouble::Ambiguous(format!(
                "`{}` can be read in two ways; write parentheses",
                written(self.tokens)
            )));
        }
        Ok(inner)
    }
}
