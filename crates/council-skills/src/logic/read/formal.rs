//! Formulas of propositional logic that are written out, and what is asked about them.

use crate::logic::language::{Formula, Problem};
use crate::logic::puzzle::{Ask, Puzzle, Question};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
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

/// Signs, the longest first.
const SIGNS: &[(&str, Token)] = &[
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

/// Reads a question about written formulas, whole or not at all.
pub(super) fn read(text: &str) -> Option<Puzzle> {
    let text = text.trim().trim_end_matches(['?', '.', '!', ' ']).replace(['`', '$', '"'], " ");
    let lower = text.to_lowercase();
    let has_sign = SIGNS[..SIGNS.len() - 5].iter().any(|(sign, _)| text.contains(sign)) || lower.contains('!');
    let written_out = [" and ", " or ", "not ", " implies ", " iff "].iter().any(|word| lower.contains(word));
    if text.len() > 600 || !(has_sign || written_out) {
        return None;
    }
    sequent(&text)
        .or_else(|| property(&text, &lower))
        .or_else(|| pair(&text, &lower))
        .or_else(|| from_premises(&text, &lower))
}

/// `(p -> q) & ~q |- ~p`, with or without a question around it.
fn sequent(text: &str) -> Option<Puzzle> {
    let lower = text.to_lowercase();
    let leads = ["is the following valid:", "is the following sequent valid:", "is this valid:", "is it valid:", "does this hold:", "is the sequent", "valid or not:", "does", "is"];
    let mut body = text;
    if let Some(lead) = leads.iter().find(|lead| lower.starts_with(*lead)) {
        body = text.get(lead.len()..)?;
    }
    let trimmed = body.trim();
    let body = [" valid", " hold", " correct", ": valid"]
        .iter()
        .find_map(|tail| trimmed.strip_suffix(tail))
        .unwrap_or(trimmed);
    let tokens = tokens(body.trim_end_matches(','))?;
    let at = tokens.iter().position(|token| *token == Token::Turnstile)?;
    let mut problem = Problem::default();
    for part in tokens[..at].split(|token| *token == Token::Comma).filter(|part| !part.is_empty()) {
        premise(&mut problem, part)?;
    }
    let statement = whole(&mut problem, &tokens[at + 1..])?;
    puzzle(problem, Question::Whether { statement, ask: Ask::Valid })
}

/// `Is p | ~p a tautology?`
fn property(text: &str, lower: &str) -> Option<Puzzle> {
    const PROPERTIES: &[(&str, Ask, bool)] = &[
        ("a tautology", Ask::Follows, false),
        ("tautology", Ask::Follows, false),
        ("tautological", Ask::Follows, false),
        ("logically valid", Ask::Follows, false),
        ("valid", Ask::Follows, false),
        ("always true", Ask::Follows, false),
        ("satisfiable", Ask::Possible, false),
        ("consistent", Ask::Possible, false),
        ("a contradiction", Ask::Follows, true),
        ("contradictory", Ask::Follows, true),
        ("unsatisfiable", Ask::Follows, true),
        ("always false", Ask::Follows, true),
        ("inconsistent", Ask::Follows, true),
    ];
    let mut body = text;
    let mut property = None;
    for (words, ask, negated) in PROPERTIES {
        let leads = [
            format!("is the following {words}:"),
            format!("is the following formula {words}:"),
            format!("is this {words}:"),
            format!("is this formula {words}:"),
        ];
        if let Some(lead) = leads.iter().find(|lead| lower.starts_with(lead.as_str())) {
            body = text.get(lead.len()..)?;
            property = Some((*ask, *negated));
            break;
        }
        let tail = format!(" {words}");
        if lower.starts_with("is ") && lower.ends_with(&tail) {
            body = text.get(3..text.len() - tail.len())?;
            property = Some((*ask, *negated));
            // `unsatisfiable` ends with no space before `satisfiable`; the longest ending is tried last.
            if !matches!(*words, "valid" | "tautology") {
                break;
            }
        }
    }
    let (ask, negated) = property?;
    let body = without(body, &["the propositional formula", "the formula", "the proposition", "the statement", "the expression", "the sentence", "formula"]);
    let tokens = tokens(body)?;
    let mut problem = Problem::default();
    let formula = whole(&mut problem, &tokens)?;
    let statement = if negated { formula.not() } else { formula };
    puzzle(problem, Question::Whether { statement, ask })
}

/// `Are p -> q and ~p | q equivalent?`, `Is p -> q equivalent to ~q -> ~p?`
fn pair(text: &str, lower: &str) -> Option<Puzzle> {
    let (left, right) = if let Some(rest) = lower.strip_prefix("is ") {
        let offset = text.len() - rest.len();
        let ties = [" logically equivalent to ", " equivalent to ", " the same as "];
        let (at, tie) = ties.iter().find_map(|tie| Some((rest.find(tie)?, tie)))?;
        (text.get(offset..offset + at)?, text.get(offset + at + tie.len()..)?)
    } else {
        let body = text.get(lower.strip_prefix("are ").map(|_| 4)?..)?;
        let body = [" logically equivalent", " equivalent"].iter().find_map(|tail| {
            let cut = body.len().checked_sub(tail.len())?;
            body.get(cut..)?.eq_ignore_ascii_case(tail).then(|| &body[..cut])
        })?;
        let body = without(body, &["the formulas", "the propositions", "formulas", "the statements", "the expressions"]);
        // `and` may be a sign itself; where only one cut leaves two formulas, it is the right one.
        let cuts: Vec<usize> = body.match_indices(" and ").map(|(at, _)| at).collect();
        let fitting: Vec<usize> = cuts
            .into_iter()
            .filter(|&at| {
                let mut problem = Problem::default();
                let mut reads = |part: &str| tokens(part).and_then(|tokens| whole(&mut problem, &tokens)).is_some();
                reads(&body[..at]) && reads(&body[at + 5..])
            })
            .collect();
        let &[at] = &fitting[..] else { return None };
        (&body[..at], &body[at + 5..])
    };
    let mut problem = Problem::default();
    let left = without(left, &["the formula", "the proposition", "the statement"]);
    let right = without(right, &["the formula", "the proposition", "the statement"]);
    let left = whole(&mut problem, &tokens(left)?)?;
    let right = whole(&mut problem, &tokens(right)?)?;
    puzzle(problem, Question::Whether { statement: left.same(right), ask: Ask::Follows })
}

/// `From p -> q and p, does q follow?`, `Does q follow from p -> q, p?`
fn from_premises(text: &str, lower: &str) -> Option<Puzzle> {
    let (given, asked) = if lower.starts_with("does ") && lower.contains(" follow from ") {
        let at = lower.find(" follow from ")?;
        (text.get(at + 13..)?, text.get(5..at)?)
    } else {
        let opens = ["from ", "given ", "if "];
        let open = opens.iter().find(|open| lower.starts_with(*open))?;
        let ends = [", does ", ", can we conclude ", ", can we infer ", ", can we derive ", ", is "];
        let (at, end) = ends.iter().find_map(|end| Some((lower.find(end)?, end)))?;
        let asked = text.get(at + end.len()..)?;
        let asked = [" follow", " true", " necessarily true", " implied", " entailed"].iter().find_map(|tail| asked.strip_suffix(tail)).unwrap_or(asked);
        (text.get(open.len()..at)?, asked)
    };
    let mut problem = Problem::default();
    let given = without(given, &["the premises", "premises"]);
    let tokens_given = tokens(given)?;
    for part in tokens_given.split(|token| *token == Token::Comma).filter(|part| !part.is_empty()) {
        premise(&mut problem, part)?;
    }
    let statement = whole(&mut problem, &tokens(asked)?)?;
    puzzle(problem, Question::Whether { statement, ask: Ask::Follows })
}

fn puzzle(problem: Problem, question: Question) -> Option<Puzzle> {
    // One letter alone is no formula, and a word is no letter.
    let connected = question.formulas().iter().any(|formula| !formula.parts().is_empty()) || !problem.premises.is_empty();
    connected.then_some(Puzzle {
        problem,
        question,
        doubt: None,
    })
}

fn premise(problem: &mut Problem, tokens: &[Token]) -> Option<()> {
    let formula = whole(problem, tokens)?;
    let words = problem.show(&formula);
    problem.premise(&words, formula);
    Some(())
}

fn without<'a>(text: &'a str, leads: &[&str]) -> &'a str {
    let text = text.trim();
    for lead in leads {
        if text.len() > lead.len() && text.is_char_boundary(lead.len()) && text[..lead.len()].eq_ignore_ascii_case(lead) {
            return text[lead.len()..].trim_start_matches([':', ' ']);
        }
    }
    text.trim_start_matches([':', ' '])
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut rest = text.trim();
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            tokens.push(token.clone());
            rest = rest[sign.len()..].trim_start();
            continue;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let word = &rest[..end];
        tokens.push(match word.to_lowercase().as_str() {
            "not" => Token::Not,
            "and" => Token::And,
            "or" | "v" => Token::Or,
            "xor" => Token::Xor,
            "implies" => Token::Implies,
            "iff" => Token::Same,
            // Letters with a number perhaps; anything longer is a word of a language.
            name if name.chars().filter(|c| c.is_alphabetic()).count() == 1 => Token::Name(name.to_owned()),
            _ => return None,
        });
        rest = rest[end..].trim_start();
    }
    Some(tokens)
}

fn whole(problem: &mut Problem, tokens: &[Token]) -> Option<Formula> {
    let mut parser = Parser { tokens, at: 0, problem, depth: 0 };
    let formula = parser.same()?;
    (parser.at == tokens.len()).then_some(formula)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    problem: &'a mut Problem,
    depth: usize,
}

impl Parser<'_> {
    fn takes(&mut self, token: &Token) -> bool {
        let fits = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(fits);
        fits
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
        let left = self.or()?;
        if self.takes(&Token::Implies) {
            return Some(left.implies(self.implies()?));
        }
        Some(left)
    }

    fn or(&mut self) -> Option<Formula> {
        let mut of = vec![self.and()?];
        loop {
            if self.takes(&Token::Or) {
                of.push(self.and()?);
            } else if self.takes(&Token::Xor) {
                let left = if of.len() == 1 { of.remove(0) } else { Formula::Any(std::mem::take(&mut of)) };
                of = vec![left.same(self.and()?).not()];
            } else {
                return Some(if of.len() == 1 { of.remove(0) } else { Formula::Any(of) });
            }
        }
    }

    fn and(&mut self) -> Option<Formula> {
        let mut of = vec![self.unary()?];
        while self.takes(&Token::And) {
            of.push(self.unary()?);
        }
        Some(if of.len() == 1 { of.remove(0) } else { Formula::All(of) })
    }

    fn unary(&mut self) -> Option<Formula> {
        self.depth += 1;
        if self.depth > 200 {
            return None;
        }
        let formula = if self.takes(&Token::Not) {
            self.unary()?.not()
        } else if self.takes(&Token::Open) {
            let inner = self.same()?;
            if !self.takes(&Token::Close) {
                return None;
            }
            inner
        } else {
            let Some(Token::Name(name)) = self.tokens.get(self.at).cloned() else {
                return None;
            };
            self.at += 1;
            let known = self.problem.symbols.iter().position(|symbol| symbol.name == name);
            let symbol = known.unwrap_or_else(|| self.problem.predicate(&name, Vec::new()));
            Formula::Holds(symbol, Vec::new())
        };
        self.depth -= 1;
        Some(formula)
    }
}
