//! Derivatives and integrals.

use super::{Found, Rules};
use crate::math::answer::{Answer, WORDED, short};
use crate::math::calculus::{definite, derivative, integral};
use crate::math::expr::{Expr, Operator, Scope};
use crate::math::poly::quotient;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, beyond, foreign};
use std::collections::BTreeSet;

pub(super) const RULES: Rules = &[
    (
        "[the] [first] derivative of [the function] [y =|f ⟨ x ⟩ =] {f} [with respect to {v}|w.r.t {v}|wrt {v}]",
        |found| derived(found, 1),
    ),
    ("[the] [first] derivative with respect to {v} of {f}", |found| {
        derived(found, 1)
    }),
    (
        "[the] (second|2nd) derivative of [the function] [y =|f ⟨ x ⟩ =] {f} [with respect to {v}]",
        |found| derived(found, 2),
    ),
    (
        "[the] (third|3rd) derivative of [the function] [y =|f ⟨ x ⟩ =] {f} [with respect to {v}]",
        |found| derived(found, 3),
    ),
    (
        "[the] (fourth|4th) derivative of [the function] [y =|f ⟨ x ⟩ =] {f} [with respect to {v}]",
        |found| derived(found, 4),
    ),
    (
        "(differentiate|derive) [the function] [y =|f ⟨ x ⟩ =] {f} [with respect to {v}|wrt {v}]",
        |found| derived(found, 1),
    ),
    ("(differentiate|derive) [the function] {f} twice", |found| {
        derived(found, 2)
    }),
    ("d / dx [of] {f}", |found| derived(found, 1)),
    ("d / dt [of] {f}", |found| derived(found, 1)),
    ("⟨ ⟨ d ⟩ / ⟨ dx ⟩ ⟩ [of] {f}", |found| {
        derived(found, 1)
    }),
    ("dy / dx (if|for|when|of|where) y = {f}", |found| {
        derived(found, 1)
    }),
    (
        "(if|given|let) y = {f} [,] [then] [what is|find] dy / dx",
        |found| derived(found, 1),
    ),
    (
        "[if|let|given] f ⟨ x ⟩ = {f} (,|.) [then] [what is|find] (f ' ⟨ x ⟩|f prime of x|the derivative of f|the derivative|its derivative)",
        |found| derived(found, 1),
    ),
    ("f ' ⟨ x ⟩ (if|for|when|where) f ⟨ x ⟩ = {f}", |found| {
        derived(found, 1)
    }),
    (
        "[if|let|given] f ⟨ x ⟩ = {f} (,|.) [then] [what is|find] f ' ⟨ {a} ⟩",
        slope_at,
    ),
    (
        "[the] [value of] [the] derivative of [the function] [y =|f ⟨ x ⟩ =] {f} (at|when|for|evaluated at|where) [x =] {a}",
        slope_at,
    ),
    (
        "[the] (slope|gradient) of [the] [tangent|tangent line|curve] [to] [y =] {f} (at|when|where) [x =] {a}",
        slope_at,
    ),
    (
        "[the] [indefinite] (integral|antiderivative|primitive) of [the function] {f} [dx|dy|dt|du|d x] [with respect to {v}|wrt {v}]",
        integrated,
    ),
    (
        "integrate [the function] {f} [dx|dy|dt|du|d x] [with respect to {v}|wrt {v}]",
        integrated,
    ),
    ("integral {f} (dx|dy|dt|du)", integrated),
    (
        "[the] [definite] integral of [the function] {f} [dx|dy|dt|du] (from|between) [x =|t =] {a} (to|and) [x =|t =] {b} [dx]",
        between,
    ),
    (
        "[the] [definite] integral from [x =] {a} to [x =] {b} of {f} [dx|dy|dt|du]",
        between,
    ),
    (
        "integrate [the function] {f} [dx|dy|dt|du] [with respect to x] (from|between|for x from) [x =|t =] {a} (to|and) [x =|t =] {b}",
        between,
    ),
    ("[the] integral of _ {a} ^ {b} {f} (dx|dy|dt|du)", between),
    (
        "[the] area under [the] [curve] [of] [y =] {f} (from|between) [x =] {a} (to|and) [x =] {b}",
        area_under,
    ),
];

/// The function, its variable and itself as a sum.
fn function(found: &Found<'_>) -> Result<(Expr, String, Sum)> {
    let expr = found.expr("f")?;
    let mut free = BTreeSet::new();
    expr.variables(&mut free);
    let variable = match (found.span("v"), free.len()) {
        ([token], _) if token.is_word() && token.lower.len() == 1 => token.lower.clone(),
        ([], 1) => free.pop_first().unwrap_or_default(),
        ([], 0) => "x".to_owned(),
        // a x^2 + b x: the usual name is meant.
        ([], _) if free.contains("x") && !free.contains("y") && !free.contains("z") => "x".to_owned(),
        ([], _) => return beyond("the variable is not said"),
        _ => return foreign("a variable is one letter"),
    };
    let scope = Scope {
        radians: true,
        ..Scope::default()
    };
    let sum = expr.value(&scope)?;
    Ok((expr, variable, sum))
}

fn derived(found: &Found<'_>, times: usize) -> Result<Answer> {
    let (expr, variable, sum) = function(found)?;
    // The quotient rule, so that the result is one fraction.
    if times == 1
        && let Expr::Binary(Operator::Divide, ..) = expr
        && let Ok((above, below)) = quotient(&expr, &variable, &Scope::default())
        && below.degree() > 0
    {
        let (a, b) = (above.sum(&variable)?, below.sum(&variable)?);
        let (slope_a, slope_b) = (derivative(&a, &variable)?, derivative(&b, &variable)?);
        let top = slope_a.times(&b)?.minus(&a.times(&slope_b)?);
        let bottom = if b.0.len() > 1 {
            format!("({b})^2")
        } else {
            b.times(&b)?.to_string()
        };
        let top_text = if top.0.len() > 1 {
            format!("({top})")
        } else {
            top.to_string()
        };
        if b.0.len() > 1 {
            return Ok(shown(&expr, &variable, &format!("{top_text}/{bottom}"), 1));
        }
    }
    let mut result = sum;
    for _ in 0..times {
        result = derivative(&result, &variable)?;
    }
    Ok(shown(&expr, &variable, &result.to_string(), times))
}

fn shown(expr: &Expr, variable: &str, text: &str, times: usize) -> Answer {
    let operator = if times == 1 {
        format!("d/d{variable}")
    } else {
        format!("d^{times}/d{variable}^{times}")
    };
    Answer::text(text, format!("{operator} ({expr})"))
        .step(format!("{operator} ({expr}) = {text}"))
        .sure(WORDED)
}

fn slope_at(found: &Found<'_>) -> Result<Answer> {
    let (expr, variable, sum) = function(found)?;
    let slope = derivative(&sum, &variable)?;
    let place = found.value("a")?;
    let value = slope.with(&variable, &place)?;
    Ok(Answer::number(
        &value,
        format!("d/d{variable} ({expr}) at {variable} = {}", short(&place)),
    )?
    .step(format!("d/d{variable} ({expr}) = {slope}")))
}

fn integrated(found: &Found<'_>) -> Result<Answer> {
    let (expr, variable, sum) = function(found)?;
    let text = format!("{} + C", integral(&sum, &variable)?);
    Ok(Answer::text(text.clone(), format!("∫ {expr} d{variable}"))
        .step(format!("∫ {expr} d{variable} = {text}"))
        .sure(WORDED))
}

fn between(found: &Found<'_>) -> Result<Answer> {
    let (expr, variable, sum) = function(found)?;
    let (a, b) = (found.value("a")?, found.value("b")?);
    let value = definite(&sum, &variable, &a, &b)?;
    Answer::number(
        &value,
        format!("∫ from {} to {} of {expr} d{variable}", short(&a), short(&b)),
    )
}

/// An area is not negative: the curve must stay on one side.
fn area_under(found: &Found<'_>) -> Result<Answer> {
    let (_, variable, sum) = function(found)?;
    let (a, b) = (found.value("a")?, found.value("b")?);
    let (Some(from), Some(to)) = (a.approximate(), b.approximate()) else {
        return beyond("the limits are no numbers");
    };
    let below = (0..=200).any(|part| {
        let place = from + (to - from) * f64::from(part) / 200.0;
        sum.float(&[(variable.clone(), place)].into())
            .is_none_or(|value| value < -1e-12)
    });
    if below {
        return beyond("the curve goes below the axis");
    }
    between(found)
}
