//! Functions that a question defines: at a place, of one another, and the other way round.

use super::{substituted, wanted};
use crate::math::answer::{Answer, short};
use crate::math::expr::{self, Expr, Scope};
use crate::math::lex::Token;
use crate::math::phrases::Found;
use crate::math::poly::Poly;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, beyond, foreign};
use std::collections::BTreeSet;

/// The one variable that a place names.
fn variable(found: &Found<'_>, name: &str) -> Result<String> {
    match wanted(found.span(name))?.as_slice() {
        [one] => Ok(one.clone()),
        _ => foreign("a function of one variable"),
    }
}

/// The value of a function at a place.
fn at(body: &Expr, variable: String, place: Sum) -> Result<Sum> {
    let mut scope = Scope {
        radians: true,
        ..Scope::default()
    };
    scope.values.insert(variable, place);
    expr::constant(body, &scope)
}

/// "If f(x) = 2x + 1, what is f(5)?"
pub(super) fn function_value(found: &Found<'_>) -> Result<Answer> {
    let variable = variable(found, "v")?;
    let body = found.expr("body")?;
    let mut free = BTreeSet::new();
    body.variables(&mut free);
    if free.iter().any(|name| *name != variable) {
        return foreign("the function has another variable");
    }
    let place = found.value("a")?;
    let mut known = Scope::default();
    known.values.insert(variable.clone(), place.clone());
    let put = substituted(&body, &known);
    let value = at(&body, variable.clone(), place.clone())?;
    Ok(Answer::number(&value, put.to_string())?.step(format!("{body} at {variable} = {}", short(&place))))
}

/// "f(g(2))", with both functions given.
pub(super) fn composed(found: &Found<'_>) -> Result<Answer> {
    let nested =
        |four: &&[Token]| four[0].is_word() && four[1].is('(') && four[2].is_word() && four[3].is('(');
    let Some([outer, _, inner, _]) = found.tokens.windows(4).find(nested) else {
        return foreign("no function of a function");
    };
    let mut value = found.value("a")?;
    for function in [inner, outer] {
        let (name, body) = if function.says("f") {
            ("v", "f")
        } else {
            ("w", "g")
        };
        value = at(&found.expr(body)?, variable(found, name)?, value)?;
    }
    let read = format!("f(x) = {}, g(x) = {}", found.expr("f")?, found.expr("g")?);
    Ok(Answer::number(&value, "the outer function at the value of the inner")?.step(read))
}

/// The inverse of a straight line.
pub(super) fn inverted(found: &Found<'_>) -> Result<Answer> {
    let body = found.expr("f")?;
    let mut free = BTreeSet::new();
    body.variables(&mut free);
    let (Some(name), 1) = (free.first(), free.len()) else {
        return foreign("a function of one variable");
    };
    let line = Poly::of(&body.value(&Scope::default())?, name);
    let Some(line) = line.filter(|line| line.degree() == 1) else {
        return beyond("only the inverse of a straight line is found here");
    };
    let slope = line.at(1).recip();
    let text = Poly(vec![-line.at(0) * &slope, slope]).sum(name)?.to_string();
    Ok(Answer::text(text.clone(), format!("the inverse of {body}"))
        .lead(format!("f^(-1)({name}) = {text}"))
        .step(format!(
            "{body} = y, solved for {name}, with the letters exchanged"
        )))
}
