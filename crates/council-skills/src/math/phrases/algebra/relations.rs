//! Equations and inequalities as they are read.

use crate::math::expr::{self, Expr};
use crate::math::lex::Token;
use crate::math::trouble::{Result, Trouble, foreign};
use std::collections::BTreeSet;

/// Whether a token is a relation of an equation or inequality.
pub(in crate::math) fn is_relation(token: &Token) -> Option<char> {
    ['=', '<', '>', '≤', '≥']
        .into_iter()
        .find(|sign| token.is(*sign))
        .or(match token.lower.as_str() {
            "equals" => Some('='),
            _ => None,
        })
}

/// One relation: its sides and the sign between them.
pub(in crate::math) type Relation = (Expr, char, Expr);

/// Equations and inequalities with commas, semicolons or "and" between them; no token is left over.
pub(in crate::math) fn equations(tokens: &[Token]) -> Result<Vec<Relation>> {
    let tokens = match tokens {
        [open, inner @ .., close] if open.is('{') && close.is('}') => inner,
        _ => tokens,
    };
    let mut relations = Vec::new();
    for part in tokens.split(|token| token.is(',') || token.is(';') || token.says("and")) {
        if part.is_empty() {
            continue;
        }
        let places: Vec<(usize, char)> = part
            .iter()
            .enumerate()
            .filter_map(|(at, token)| Some((at, is_relation(token)?)))
            .collect();
        let [(at, sign)] = places.as_slice() else {
            return foreign("an equation has one sign of equality");
        };
        let right = &part[at + 1..];
        // "is greater than" is said with words elsewhere.
        relations.push((expr::expression(&part[..*at])?, *sign, expr::expression(right)?));
    }
    if relations.is_empty() {
        return foreign("an equation is missing");
    }
    one_case(tokens)?;
    Ok(relations)
}

/// Letters are computed with as small ones: `A` and `a` in one formula would become one.
fn one_case(tokens: &[Token]) -> Result<()> {
    let letters: BTreeSet<&str> = tokens.iter().map(|token| token.source.as_str()).collect();
    let both = |token: &&Token| {
        let (source, lower) = (token.source.as_str(), token.lower.as_str());
        token.is_word() && source.len() == 1 && source != lower && letters.contains(lower)
    };
    match tokens.iter().find(both) {
        Some(token) => Err(Trouble::Ambiguous(format!(
            "`{}` and `{}` may be one variable or two; write different letters",
            token.source, token.lower
        ))),
        None => Ok(()),
    }
}

/// The variables that the equations have.
pub(super) fn names(relations: &[Relation]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (left, _, right) in relations {
        left.variables(&mut names);
        right.variables(&mut names);
    }
    names.into_iter().collect()
}

/// As they were read.
pub(super) fn show(relations: &[Relation]) -> String {
    let each: Vec<String> = relations
        .iter()
        .map(|(left, sign, right)| format!("{left} {sign} {right}"))
        .collect();
    each.join(", ")
}
