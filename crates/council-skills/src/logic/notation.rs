//! The written form of formulas: `all x (cat(x) -> animal(x))`, `(p -> q) & ~q`.

use super::language::{Formula, Problem, Term};

/// A piece of a written formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Name(String),
    Not,
    And,
    Or,
    Xor,
    Implies,
    Same,
    Open,
    Close,
    Turnstile,
    Comma,
}

/// Signs, the longest first; the last six may stand in any text.
pub(crate) const SIGNS: &[(&str, Token)] = &[
    ("<->", Token::Same),
    ("<=>", Token::Same),
    ("↔", Token::Same),
    ("⇔", Token::Same),
    ("≡", Token::Same),
    ("->", Token::Implies),
    ("=>", Token::Implies),
    ("→", Token::Implies),
    ("⇒", Token::Implies),
    ("⊃", Token::Implies),
    ("|-", Token::Turnstile),
    ("|=", Token::Turnstile),
    ("⊢", Token::Turnstile),
    ("⊨", Token::Turnstile),
    ("∴", Token::Turnstile),
    ("&&", Token::And),
    ("/\\", Token::And),
    ("||", Token::Or),
    ("\\/", Token::Or),
    ("&", Token::And),
    ("∧", Token::And),
    ("∨", Token::Or),
    ("|", Token::Or),
    ("⊕", Token::Xor),
    ("~", Token::Not),
    ("¬", Token::Not),
    ("!", Token::Not),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::Open),
    ("]", Token::Close),
    (",", Token::Comma),
];

/// Which names a formula may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Single letters, with a number perhaps, each a statement.
    Letters,
    /// Words: predicates of things, all of one open sort, which is the problem's first.
    Words,
}

/// The pieces of a written formula; `None` where something else is in it.
pub(crate) fn tokens(text: &str, names: Names) -> Option<Vec<Token>> {
    let mut rest = text.trim();
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            tokens.push(token.clone());
            rest = rest[sign.len()..].trim_start();
            continue;
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let word = rest[..end].to_lowercase();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        tokens.push(match word.as_str() {
            "not" => Token::Not,
            "and" => Token::And,
            "or" => Token::Or,
            "v" if names == Names::Letters => Token::Or,
            "xor" => Token::Xor,
            "implies" => Token::Implies,
            "iff" => Token::Same,
            _ if names == Names::Words || letters == 1 => Token::Name(word),
            _ => return None,
        });
        rest = rest[end..].trim_start();
    }
    Some(tokens)
}

/// The formula that the tokens are, all of them; its names are added to the problem.
pub(crate) fn formula(problem: &mut Problem, tokens: &[Token], names: Names) -> Option<Formula> {
    let mut parser = Parser {
        tokens,
        at: 0,
        problem,
        names,
        bound: Vec::new(),
        depth: 0,
    };
    let formula = parser.same()?;
    (parser.at == tokens.len()).then_some(formula)
}

/// Deepest nesting of a formula.
const DEEPEST: usize = 100;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    problem: &'a mut Problem,
    names: Names,
    bound: Vec<String>,
    depth: usize,
}

impl Parser<'_> {
    fn takes(&mut self, token: &Token) -> bool {
        let fits = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(fits);
        fits
    }

    fn name(&mut self) -> Option<String> {
        let Some(Token::Name(name)) = self.tokens.get(self.at) else {
            return None;
        };
        self.at += 1;
        Some(name.clone())
    }

    fn same(&mut self) -> Option<Formula> {
        let mut left = self.implies()?;
        while self.takes(&Token::Same) {
            left = left.same(self.implies()?);
        }
        Some(left)
    }

    /// To the right: `p -> q -> r` is `p -> (q -> r)`.
    fn implies(&mut self) -> Option<Formula> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let left = self.or()?;
        let formula = if self.takes(&Token::Implies) {
            left.implies(self.implies()?)
        } else {
            left
        };
        self.depth -= 1;
        Some(formula)
    }

    fn or(&mut self) -> Option<Formula> {
        let mut of = vec![self.and()?];
        loop {
            if self.takes(&Token::Or) {
                of.push(self.and()?);
            } else if self.takes(&Token::Xor) {
                let left = single(of, Formula::Any);
                of = vec![left.same(self.and()?).not()];
            } else {
                return Some(single(of, Formula::Any));
            }
        }
    }

    fn and(&mut self) -> Option<Formula> {
        let mut of = vec![self.unary()?];
        while self.takes(&Token::And) {
            of.push(self.unary()?);
        }
        Some(single(of, Formula::All))
    }

    fn unary(&mut self) -> Option<Formula> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let formula = if self.takes(&Token::Not) {
            self.unary()?.not()
        } else if self.takes(&Token::Open) {
            let inner = self.same()?;
            self.takes(&Token::Close).then_some(inner)?
        } else {
            self.named()?
        };
        self.depth -= 1;
        Some(formula)
    }

    fn named(&mut self) -> Option<Formula> {
        let name = self.name()?;
        if self.names == Names::Letters {
            let symbol = self.symbol(&name, 0)?;
            return Some(Formula::Holds(symbol, Vec::new()));
        }
        let all = matches!(name.as_str(), "all" | "every" | "forall");
        if all || matches!(name.as_str(), "some" | "exists") {
            let variable = self.name()?;
            let index = u32::try_from(self.bound.len()).ok()?;
            self.bound.push(variable);
            let body = Box::new(self.unary()?);
            self.bound.pop();
            return Some(if all {
                Formula::ForAll {
                    variable: index,
                    sort: 0,
                    body,
                }
            } else {
                Formula::Exists {
                    variable: index,
                    sort: 0,
                    body,
                }
            });
        }
        let mut terms = Vec::new();
        if self.takes(&Token::Open) {
            loop {
                let name = self.name()?;
                terms.push(self.term(name));
                if !self.takes(&Token::Comma) {
                    break;
                }
            }
            self.takes(&Token::Close).then_some(())?;
        }
        Some(Formula::Holds(self.symbol(&name, terms.len())?, terms))
    }

    fn term(&mut self, name: String) -> Term {
        if let Some(index) = self.bound.iter().rposition(|bound| *bound == name) {
            return Term::Variable(index as u32);
        }
        let elements = &mut self.problem.sorts[0].elements;
        let known = elements.iter().position(|element| *element == name);
        let index = known.unwrap_or_else(|| {
            elements.push(name);
            elements.len() - 1
        });
        Term::Element { sort: 0, index }
    }

    /// One name has one number of arguments.
    fn symbol(&mut self, name: &str, arguments: usize) -> Option<usize> {
        let known = self.problem.symbols.iter().position(|symbol| symbol.name == name);
        match known {
            Some(index) => (self.problem.symbols[index].arguments.len() == arguments).then_some(index),
            None => Some(self.problem.predicate(name, vec![0; arguments])),
        }
    }
}

fn single(mut of: Vec<Formula>, several: fn(Vec<Formula>) -> Formula) -> Formula {
    if of.len() == 1 { of.remove(0) } else { several(of) }
}
