//! Texts that look like expressions and are none: dates, telephone numbers, ranges, names such as 24/7.

use crate::math::expr::{Expr, Operator};
use crate::math::frame::Framed;
use crate::math::lex::Token;
use crate::math::number::{integer, whole};
use crate::math::trouble::{Result, foreign};

/// Refuses what may be something else than a computation.
pub(super) fn check(framed: &Framed<'_>, expr: &Expr) -> Result<()> {
    if expr.is_bare() {
        return foreign("a number alone: there is nothing to compute");
    }
    if framed.commanded {
        return Ok(());
    }
    let tight = framed.core.iter().skip(1).all(|token| !token.gap);
    let digits: Vec<&Token> = framed
        .core
        .iter()
        .filter(|token| token.number().is_some())
        .collect();
    let plain = framed.core.iter().all(|token| {
        token.number().is_some() || token.is('/') || token.is('-') || token.is('*') || token.says("x")
    });
    if !tight
        || !plain
        || digits
            .iter()
            .any(|token| token.source.contains(['.', ',']) || token.spelt)
    {
        return Ok(());
    }
    let refuse = |what: &str| {
        foreign(format!(
            "`{}` may be {what}; write `calculate {expr}`",
            crate::math::lex::written(framed.core)
        ))
    };
    let Expr::Binary(operator, left, right) = expr else {
        return Ok(());
    };
    if digits.len() >= 3 && matches!(operator, Operator::Subtract | Operator::Divide) {
        return refuse("a date or a number to call");
    }
    let (Expr::Number(a), Expr::Number(b)) = (left.as_ref(), right.as_ref()) else {
        return Ok(());
    };
    match operator {
        Operator::Divide => {
            let divides = b != &whole(0) && integer(&(a / b)).is_some();
            let date = *b != whole(0) && *a <= whole(31) && *b <= whole(31) && !divides;
            let known = [(24, 7), (50, 50), (20, 20), (80, 20), (9, 11), (7, 11), (404, 1)];
            let known = known.iter().any(|(x, y)| *a == whole(*x) && *b == whole(*y));
            if known
                || (date && !framed.asked)
                || (date && *a <= whole(12) && *b > *a && *b > whole(12))
                || (date && *a > whole(12))
            {
                return refuse("a date or a name");
            }
        }
        Operator::Subtract => {
            let years =
                |number: &crate::math::number::Rational| *number >= whole(1000) && *number <= whole(2100);
            let phone = digits.len() == 2 && digits[0].source.len() == 3 && digits[1].source.len() == 4;
            let code = *a == whole(10) && *b == whole(4) && !framed.asked;
            if phone || code || (a < b && !framed.asked) || (years(a) && years(b) && a < b) {
                return refuse("a range or a number to call");
            }
        }
        Operator::Times if framed.core.iter().any(|token| token.says("x")) && !framed.asked => {
            return refuse("a size");
        }
        Operator::Add | Operator::Times | Operator::Power | Operator::Modulo => {}
    }
    Ok(())
}
