//! Which rules read a question: an expression, an equation, a phrase. What they leave over is left unanswered.
//!
//! - [`bare`](self::bare): texts that look like expressions and are none
//! - [`shape`](self::shape): shapes that are described before they are asked about

mod bare;
mod shape;

use super::answer::{Answer, PURE, READING, WORDED};
use super::expr::{self, Expr, Scope};
use super::frame::{Framed, framed};
use super::lex::{Token, tokens, written};
use super::phrases;
use super::story;
use super::trouble::{Result, Trouble, foreign};
use super::unknown;

/// Reads the tokens as a whole.
type Reader = fn(&[Token]) -> Result<Answer>;

/// Answers a question, or says why not.
pub(super) fn answer(question: &str) -> Result<Answer> {
    if question.len() > super::lex::MAX_BYTES {
        return foreign(format!(
            "the question is longer than {} bytes",
            super::lex::MAX_BYTES
        ));
    }
    let tokens = tokens(&super::text::plain(question))?;
    let framed = framed(&tokens);
    if framed.core.is_empty() {
        return foreign("nothing is asked");
    }
    let direct = expression(&framed);
    match &direct {
        Ok(_) => return direct,
        // A power that is too long by itself may be one modulo a number.
        Err(Trouble::TooBig(_)) => {}
        Err(trouble) if trouble.weight() > 1 => return direct,
        Err(_) => {}
    }
    let equation = relation(&framed);
    match &equation {
        Ok(_) => return equation,
        Err(trouble) if trouble.weight() > 1 => return equation,
        Err(_) => {}
    }
    let mut trouble = match (direct, equation) {
        (_, Err(second)) if second.weight() > 0 => second,
        (Err(first), _) => first,
        (_, Err(second)) => second,
        (Ok(answer), Ok(_)) => return Ok(answer),
    };
    // With and without what stands around: "find the value of x" and "which is larger, …" both begin with such words.
    let whole = without_end(&tokens);
    // The phrases say best what was not understood.
    let mut said = false;
    let readers: [Reader; 3] = [phrases::answer, unknown::answer, story::answer];
    for (core, read) in [framed.core, whole]
        .into_iter()
        .flat_map(|core| readers.map(|read| (core, read)))
    {
        match read(core) {
            Ok(answer) => return Ok(answer),
            Err(found)
                if found.weight() > trouble.weight() || matches!(trouble, Trouble::Foreign(_)) && !said =>
            {
                said = true;
                trouble = found;
            }
            Err(_) => {}
        }
    }
    match shape::phrase(whole) {
        Some(phrase) => phrases::answer(&phrase),
        None => Err(trouble),
    }
}

/// The question without what stands around it, and with it; `None` where it cannot be taken apart.
pub(super) fn parts(question: &str) -> Option<(Vec<Token>, Vec<Token>)> {
    if question.len() > super::lex::MAX_BYTES {
        return None;
    }
    let tokens = tokens(&super::text::plain(question)).ok()?;
    Some((framed(&tokens).core.to_vec(), without_end(&tokens).to_vec()))
}

fn without_end(tokens: &[Token]) -> &[Token] {
    let end = tokens
        .iter()
        .rposition(|token| !matches!(token.lower.as_str(), "?" | "." | "!"))
        .map_or(0, |at| at + 1);
    &tokens[..end]
}

/// An expression that stands alone.
fn expression(framed: &Framed<'_>) -> Result<Answer> {
    let expr = expr::expression(framed.core)?;
    bare::check(framed, &expr)?;
    let value = expr::constant(&expr, &Scope::default());
    let value = match value {
        Err(Trouble::Undefined(reason)) => {
            return Ok(Answer::text("undefined", expr.to_string())
                .lead(format!("Undefined: {reason}"))
                .sure(PURE));
        }
        value => value?,
    };
    let words = framed
        .core
        .iter()
        .any(|token| token.is_word() && token.lower.len() > 1);
    let mut answer = Answer::number(&value, expr.to_string())?.sure(if words { WORDED } else { PURE });
    if answer.read.contains("log(") {
        answer = answer
            .step("`log` is read as the logarithm to base 10")
            .sure(READING);
    }
    // A fraction stays one where it was written so.
    let fractions = framed
        .core
        .windows(3)
        .any(|three| three[1].is('/') && three[0].number().is_some());
    let decimals = framed
        .core
        .iter()
        .any(|token| token.number().is_some_and(|number| !number.is_integer()) && token.source.contains('.'));
    if let Some(number) = value
        .rational()
        .filter(|number| fractions && !decimals && !number.is_integer() && matches!(expr, Expr::Binary(..)))
        && adds_fractions(&expr)
    {
        let text = super::number::fraction(&number);
        answer = Answer {
            value: text.clone(),
            lead: format!("{text} = {}", super::number::exact(&number)),
            ..answer
        };
        if !super::number::is_decimal(&number) {
            answer.lead = format!(
                "{text} ≈ {} (rounded)",
                super::number::rounded(&number, super::number::SIGNIFICANT)
            );
        }
    }
    let money = framed.core.iter().find_map(|token| token.money);
    if framed
        .core
        .iter()
        .filter_map(|token| token.money)
        .any(|sign| Some(sign) != money)
    {
        return foreign(format!("`{}` has two currencies", written(framed.core)));
    }
    Ok(answer.money(money))
}

/// Whether fractions are parts of something larger: 1/3 + 1/6, and not 7/8 alone.
fn adds_fractions(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(super::expr::Operator::Divide, left, right) => !left.is_bare() || !right.is_bare(),
        _ => true,
    }
}

/// An equation or inequality that stands alone.
fn relation(framed: &Framed<'_>) -> Result<Answer> {
    if !framed
        .core
        .iter()
        .any(|token| phrases::is_relation(token).is_some())
    {
        return foreign("no equation");
    }
    let relations = phrases::equations(framed.core)?;
    if let [(left, sign, right)] = relations.as_slice() {
        let mut names = std::collections::BTreeSet::new();
        left.variables(&mut names);
        right.variables(&mut names);
        if names.is_empty() {
            return holds(left, *sign, right);
        }
        let trivial = matches!(left, Expr::Name(_)) && right.is_bare()
            || matches!(right, Expr::Name(_)) && left.is_bare();
        if trivial {
            return foreign("there is nothing to solve");
        }
    }
    phrases::solution(&relations, None)
}

/// "Is 2 + 2 = 5?"
fn holds(left: &Expr, sign: char, right: &Expr) -> Result<Answer> {
    let scope = Scope::default();
    let difference = expr::constant(left, &scope)?.minus(&expr::constant(right, &scope)?);
    let order = if difference.is_zero() {
        Some(0)
    } else {
        difference.sign()
    };
    let Some(order) = order else {
        return super::trouble::beyond("both sides are too close to tell");
    };
    let true_ = match sign {
        '=' => order == 0,
        '<' => order < 0,
        '>' => order > 0,
        '≤' => order <= 0,
        _ => order >= 0,
    };
    let actual = ["<", "=", ">"][(order + 1) as usize];
    let word = if true_ { "true" } else { "false" };
    Ok(Answer::text(word, format!("{left} {sign} {right}"))
        .step(format!("{left} {actual} {right}"))
        .sure(WORDED))
}
