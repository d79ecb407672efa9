//! Words and signs read as an expression, with Python's precedence.

use super::lexer::{Kind, Token, error};
use super::{Comparison, Expression, FilterError, MAX_DEPTH, Method};
use serde_json::{Number, Value};

/// Words of Python that cannot be names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// The expression that these are; all of them.
pub(super) fn parse(tokens: Vec<Token>, text: &str) -> Result<Expression, FilterError> {
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        text,
        depth: 0,
    };
    let root = parser.either()?;
    match parser.tokens.next() {
        None => Ok(root),
        Some(token) => Err(parser.unexpected(&token, "`and`, `or`, a comparison or the end")),
    }
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    text: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn unexpected(&self, token: &Token, expected: &str) -> FilterError {
        let message = match &token.kind {
            Kind::Word(word) if word == "if" || word == "else" => {
                "`if` is not supported; use `and` and `or`".to_owned()
            }
            Kind::Word(word) if word == "for" => "`for` is not supported; write a list of values".to_owned(),
            Kind::Word(word) => format!("`{word}` is not expected here; {expected} could follow"),
            Kind::Literal(value) => format!("{value} is not expected here; {expected} could follow"),
            Kind::Sign("-") => "`-`: arithmetic is not supported; compare names with values".to_owned(),
            Kind::Sign(sign) => format!("`{sign}` is not expected here; {expected} could follow"),
        };
        error(self.text, token.at, message)
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let is_it = |token: &Token| matches!(token.kind, Kind::Sign(found) if found == sign);
        self.tokens.next_if(is_it).is_some()
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = |token: &Token| matches!(&token.kind, Kind::Word(found) if found == word);
        self.tokens.next_if(is_it).is_some()
    }

    fn next(&mut self, expected: &str) -> Result<Token, FilterError> {
        let end = self.text.len();
        self.tokens.next().ok_or_else(|| {
            error(
                self.text,
                end,
                format!("it ends too early; {expected} must follow"),
            )
        })
    }

    fn needs_sign(&mut self, sign: &'static str) -> Result<(), FilterError> {
        let expected = format!("`{sign}`");
        let token = self.next(&expected)?;
        if token.kind == Kind::Sign(sign) {
            Ok(())
        } else {
            Err(self.unexpected(&token, &expected))
        }
    }

    /// One level deeper.
    fn nested<T>(
        &mut self,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<T, FilterError>,
    ) -> Result<T, FilterError> {
        if self.depth >= MAX_DEPTH {
            let message = format!("it is nested more than {MAX_DEPTH} levels deep");
            return Err(error(self.text, at, message));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn either(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.both()?];
        while self.takes_word("or") {
            parts.push(self.both()?);
        }
        Ok(single(parts, Expression::Or))
    }

    fn both(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.negation()?];
        while self.takes_word("and") {
            parts.push(self.negation()?);
        }
        Ok(single(parts, Expression::And))
    }

    fn negation(&mut self) -> Result<Expression, FilterError> {
        let at = self.tokens.peek().map_or(self.text.len(), |token| token.at);
        if self.takes_word("not") {
            let inner = self.nested(at, Self::negation)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, FilterError> {
        let first = self.operand()?;
        let mut rest = Vec::new();
        while let Some(comparison) = self.comparator()? {
            let at = self.tokens.peek().map_or(self.text.len(), |token| token.at);
            let operand = self.operand()?;
            let is_constant = matches!(operand, Expression::Literal(Value::Null | Value::Bool(_)));
            if matches!(comparison, Comparison::Is | Comparison::IsNot) && !is_constant {
                let message = "`is` is supported with None, True and False; compare other values with `==`";
                return Err(error(self.text, at, message));
            }
            rest.push((comparison, operand));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            Expression::Compare(Box::new(first), rest)
        })
    }

    fn comparator(&mut self) -> Result<Option<Comparison>, FilterError> {
        for (sign, comparison) in [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            ("<=", Comparison::LessOrEqual),
            (">", Comparison::Greater),
            (">=", Comparison::GreaterOrEqual),
        ] {
            if self.takes_sign(sign) {
                return Ok(Some(comparison));
            }
        }
        if self.takes_word("in") {
            return Ok(Some(Comparison::In));
        }
        if self.takes_word("is") {
            let negated = self.takes_word("not");
            return Ok(Some(if negated {
                Comparison::IsNot
            } else {
                Comparison::Is
            }));
        }
        if self.takes_word("not") {
            let token = self.next("`in`")?;
            return if token.kind == Kind::Word("in".to_owned()) {
                Ok(Some(Comparison::NotIn))
            } else {
                Err(self.unexpected(&token, "`in`"))
            };
        }
        Ok(None)
    }

    /// A value and what is taken of it.
    fn operand(&mut self) -> Result<Expression, FilterError> {
        let mut value = self.atom()?;
        // Each adds a level to the expression, though none to this stack.
        let mut taken = 0;
        loop {
            let at = self.tokens.peek().map_or(self.text.len(), |token| token.at);
            value = if self.takes_sign("[") {
                self.index(value)?
            } else if self.takes_sign(".") {
                self.call(value, at)?
            } else {
                return Ok(value);
            };
            taken += 1;
            if self.depth + taken > MAX_DEPTH {
                let message = format!("it is nested more than {MAX_DEPTH} levels deep");
                return Err(error(self.text, at, message));
            }
        }
    }

    fn index(&mut self, of: Expression) -> Result<Expression, FilterError> {
        let expected = "a key in quotes, or a position";
        let token = self.next(expected)?;
        let negative = token.kind == Kind::Sign("-");
        let token = if negative { self.next(expected)? } else { token };
        let key = match token.kind {
            Kind::Literal(key @ Value::String(_)) if !negative => key,
            Kind::Literal(Value::Number(number)) => match number.as_i64() {
                Some(position) => Value::from(if negative { -position } else { position }),
                None => return Err(error(self.text, token.at, "a position is a whole number")),
            },
            Kind::Sign(":") => return Err(error(self.text, token.at, "slices are not supported")),
            Kind::Literal(_) | Kind::Word(_) | Kind::Sign(_) => return Err(self.unexpected(&token, expected)),
        };
        if let Some(token) = self.tokens.next_if(|token| token.kind == Kind::Sign(":")) {
            return Err(error(self.text, token.at, "slices are not supported"));
        }
        self.needs_sign("]")?;
        Ok(Expression::Index(Box::new(of), key))
    }

    fn call(&mut self, of: Expression, at: usize) -> Result<Expression, FilterError> {
        let token = self.next("the name of a method")?;
        let Kind::Word(name) = &token.kind else {
            return Err(self.unexpected(&token, "the name of a method"));
        };
        let Some((_, method, least, most)) = Method::ALL.into_iter().find(|(known, ..)| known == name) else {
            let known = Method::ALL.map(|(known, ..)| known).join(", ");
            let message = format!("`.{name}` is not supported; what is: {known}");
            return Err(error(self.text, token.at, message));
        };
        if !self.takes_sign("(") {
            let message =
                format!("attributes are not supported; `{name}` is a method, so call it: `.{name}(…)`");
            return Err(error(self.text, token.at, message));
        }
        let (arguments, _) = self.nested(at, |parser| parser.list(")"))?;
        if (least..=most).contains(&arguments.len()) {
            return Ok(Expression::Call(Box::new(of), method, arguments));
        }
        let wanted = if least == most {
            least.to_string()
        } else {
            format!("{least} or {most}")
        };
        let message = format!("`{name}` takes {wanted} arguments, not {}", arguments.len());
        Err(error(self.text, token.at, message))
    }

    fn atom(&mut self) -> Result<Expression, FilterError> {
        let expected = "a name, a text, a number or `(`";
        let token = self.next(expected)?;
        match token.kind {
            Kind::Literal(value) => Ok(Expression::Literal(value)),
            Kind::Sign("-") => self.negative(),
            Kind::Sign("[") => {
                let (items, _) = self.nested(token.at, |parser| parser.list("]"))?;
                Ok(Expression::List(items))
            }
            Kind::Sign("(") => {
                let (mut items, comma) = self.nested(token.at, |parser| parser.list(")"))?;
                Ok(if items.len() == 1 && !comma {
                    items.remove(0)
                } else {
                    Expression::List(items)
                })
            }
            Kind::Word(word) => self.word(word, token.at),
            Kind::Sign(_) => Err(self.unexpected(&token, expected)),
        }
    }

    fn word(&mut self, word: String, at: usize) -> Result<Expression, FilterError> {
        match word.as_str() {
            "None" => return Ok(Expression::Literal(Value::Null)),
            "True" => return Ok(Expression::Literal(Value::Bool(true))),
            "False" => return Ok(Expression::Literal(Value::Bool(false))),
            _ => {}
        }
        if KEYWORDS.contains(&word.as_str()) {
            let message = if matches!(word.as_str(), "and" | "or" | "in" | "is" | "not") {
                format!("`{word}` needs a value before it")
            } else {
                format!("`{word}` is not supported")
            };
            return Err(error(self.text, at, message));
        }
        if word.starts_with("__") {
            return Err(error(self.text, at, format!("`{word}` is not supported")));
        }
        if self.takes_sign("(") {
            let message = format!("calling `{word}` is not supported; compare names with values");
            return Err(error(self.text, at, message));
        }
        Ok(Expression::Name(word))
    }

    fn negative(&mut self) -> Result<Expression, FilterError> {
        let token = self.next("a number")?;
        let Kind::Literal(Value::Number(number)) = &token.kind else {
            return Err(self.unexpected(&token, "a number"));
        };
        let whole = number.as_i64().map(|value| Number::from(-value));
        let negative = whole.or_else(|| number.as_f64().and_then(|value| Number::from_f64(-value)));
        let negative = negative.ok_or_else(|| error(self.text, token.at, "this number is too large"))?;
        Ok(Expression::Literal(Value::Number(negative)))
    }

    /// Expressions up to `end`, and whether there was a comma.
    fn list(&mut self, end: &'static str) -> Result<(Vec<Expression>, bool), FilterError> {
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            if self.takes_sign(end) {
                return Ok((items, comma));
            }
            items.push(self.either()?);
            if !self.takes_sign(",") {
                self.needs_sign(end)?;
                return Ok((items, comma));
            }
            comma = true;
        }
    }
}

/// One part is itself.
fn single(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        many(parts)
    }
}
