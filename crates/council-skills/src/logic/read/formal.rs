//! Formulas of propositional logic that are written out, and what is asked about them.

use crate::logic::language::{Formula, Problem};
use crate::logic::notation::{self, Names, SIGNS, Token};
use crate::logic::puzzle::{Ask, Puzzle, Question};

/// Reads a question about written formulas, whole or not at all.
pub(super) fn read(text: &str) -> Option<Puzzle> {
    let text = text
        .trim()
        .trim_end_matches(['?', '.', '!', ' '])
        .replace(['`', '$', '"'], " ");
    let lower = text.to_lowercase();
    let has_sign = SIGNS[..SIGNS.len() - 5]
        .iter()
        .any(|(sign, _)| text.contains(sign))
        || lower.contains('!');
    let written_out = [" and ", " or ", "not ", " implies ", " iff "]
        .iter()
        .any(|word| lower.contains(word));
    if text.len() > 600 || !(has_sign || written_out) {
        return None;
    }
    sequent(&text)
        .or_else(|| property(&text, &lower))
        .or_else(|| pair(&text, &lower))
        .or_else(|| from_premises(&text, &lower))
        .or_else(|| rows(&text, &lower))
}

/// `(p -> q) & ~q |- ~p`, with or without a question around it.
fn sequent(text: &str) -> Option<Puzzle> {
    let lower = text.to_lowercase();
    let leads = [
        "is the following valid:",
        "is the following sequent valid:",
        "is this valid:",
        "is it valid:",
        "does this hold:",
        "is the sequent",
        "valid or not:",
        "does",
        "is",
    ];
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
    for part in tokens[..at]
        .split(|token| *token == Token::Comma)
        .filter(|part| !part.is_empty())
    {
        premise(&mut problem, part)?;
    }
    let statement = whole(&mut problem, &tokens[at + 1..])?;
    puzzle(
        problem,
        Question::Whether {
            statement,
            ask: Ask::Valid,
        },
    )
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
    let body = without(
        body,
        &[
            "the propositional formula",
            "the formula",
            "the proposition",
            "the statement",
            "the expression",
            "the sentence",
            "formula",
        ],
    );
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
        (
            text.get(offset..offset + at)?,
            text.get(offset + at + tie.len()..)?,
        )
    } else {
        let body = text.get(lower.strip_prefix("are ").map(|_| 4)?..)?;
        let body = [" logically equivalent", " equivalent"].iter().find_map(|tail| {
            let cut = body.len().checked_sub(tail.len())?;
            body.get(cut..)?.eq_ignore_ascii_case(tail).then(|| &body[..cut])
        })?;
        let body = without(
            body,
            &[
                "the formulas",
                "the propositions",
                "formulas",
                "the statements",
                "the expressions",
            ],
        );
        // `and` may be a sign itself; where only one cut leaves two formulas, it is the right one.
        let cuts: Vec<usize> = body.match_indices(" and ").map(|(at, _)| at).collect();
        let fitting: Vec<usize> = cuts
            .into_iter()
            .filter(|&at| {
                let mut problem = Problem::default();
                let mut reads = |part: &str| {
                    tokens(part)
                        .and_then(|tokens| whole(&mut problem, &tokens))
                        .is_some()
                };
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
    puzzle(
        problem,
        Question::Whether {
            statement: left.same(right),
            ask: Ask::Follows,
        },
    )
}

/// `From p -> q and p, does q follow?`, `Does q follow from p -> q, p?`
fn from_premises(text: &str, lower: &str) -> Option<Puzzle> {
    let (given, asked) = if lower.starts_with("does ") && lower.contains(" follow from ") {
        let at = lower.find(" follow from ")?;
        (text.get(at + 13..)?, text.get(5..at)?)
    } else {
        let opens = ["from ", "given ", "if "];
        let open = opens.iter().find(|open| lower.starts_with(*open))?;
        let ends = [
            ", does ",
            ", can we conclude ",
            ", can we infer ",
            ", can we derive ",
            ", is ",
        ];
        let (at, end) = ends.iter().find_map(|end| Some((lower.find(end)?, end)))?;
        let asked = text.get(at + end.len()..)?;
        let asked = [" follow", " true", " necessarily true", " implied", " entailed"]
            .iter()
            .find_map(|tail| asked.strip_suffix(tail))
            .unwrap_or(asked);
        (text.get(open.len()..at)?, asked)
    };
    let mut problem = Problem::default();
    let given = without(given, &["the premises", "premises"]);
    let given = given.replace(" is true", "").replace(" is false", " is_false");
    // Premises may be joined by `and` as well as by commas; inside parentheses it is a connective.
    for part in given
        .replace(" and ", ", ")
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let part = part.strip_prefix("and ").unwrap_or(part);
        premise(&mut problem, &tokens(part)?)?;
    }
    let statement = whole(&mut problem, &tokens(asked)?)?;
    puzzle(
        problem,
        Question::Whether {
            statement,
            ask: Ask::Follows,
        },
    )
}

/// `In how many rows of the truth table of p -> q is it true?`
fn rows(text: &str, lower: &str) -> Option<Puzzle> {
    const FORMS: &[(&str, &str, bool)] = &[
        ("how many rows of the truth table of ", " are true", true),
        ("how many rows of the truth table of ", " are false", false),
        ("how many rows of the truth table for ", " are true", true),
        ("how many rows of the truth table for ", " are false", false),
        ("in how many rows of the truth table is ", " true", true),
        ("in how many rows of its truth table is ", " true", true),
        ("in how many rows of the truth table is ", " false", false),
        ("how many models does ", " have", true),
        ("how many satisfying assignments does ", " have", true),
        ("how many truth assignments satisfy ", "", true),
        ("how many assignments satisfy ", "", true),
    ];
    let (body, held) = FORMS.iter().find_map(|(lead, tail, held)| {
        let ends = lower.strip_prefix(lead)?.strip_suffix(tail)?;
        Some((text.get(lead.len()..lead.len() + ends.len())?, *held))
    })?;
    let body = without(body, &["the formula", "the proposition", "formula"]);
    let mut problem = Problem::default();
    let formula = whole(&mut problem, &tokens(body)?)?;
    let of: Vec<Formula> = (0..problem.symbols.len())
        .map(|symbol| Formula::Holds(symbol, Vec::new()))
        .collect();
    let formula = if held { formula } else { formula.not() };
    let words = problem.show(&formula);
    problem.premise(&words, formula);
    (of.len() < 13).then_some(())?;
    puzzle(problem, Question::HowMany { of })
}

pub(super) fn puzzle(problem: Problem, question: Question) -> Option<Puzzle> {
    // One letter alone is no formula, and a word is no letter.
    let connected = question
        .formulas()
        .iter()
        .any(|formula| !formula.parts().is_empty())
        || !problem.premises.is_empty();
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
        if text.len() > lead.len()
            && text.is_char_boundary(lead.len())
            && text[..lead.len()].eq_ignore_ascii_case(lead)
        {
            return text[lead.len()..].trim_start_matches([':', ' ']);
        }
    }
    text.trim_start_matches([':', ' '])
}

pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let tokens = notation::tokens(text, Names::Letters)?;
    (!ambiguous(text, &tokens)).then_some(tokens)
}

/// `p implies q and q implies r`: the words bind otherwise than the signs.
fn ambiguous(text: &str, tokens: &[Token]) -> bool {
    let lower = text.to_lowercase();
    let words = [" and ", " or "].iter().any(|word| lower.contains(word));
    let mut depth = 0_usize;
    let mut found = [false; 2];
    for token in tokens {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            Token::And | Token::Or => found[0] |= depth == 0,
            Token::Implies | Token::Same => found[1] |= depth == 0,
            Token::Name(_) | Token::Not | Token::Xor | Token::Turnstile | Token::Comma => {}
        }
    }
    words && found == [true, true]
}

fn whole(problem: &mut Problem, tokens: &[Token]) -> Option<Formula> {
    notation::formula(problem, tokens, Names::Letters)
}
