//! Equations, systems, inequalities; polynomials expanded and factored; functions at a place.
//!
//! - [`forms`](self::forms): expand, factor, simplify
//! - [`functions`](self::functions): f(x) at a place, f(g(x)), inverses
//! - [`relations`](self::relations): equations and inequalities, read
//! - [`rearrange`](self::rearrange): formulas of several variables

mod forms;
mod functions;
pub(super) mod rearrange;
mod relations;

pub(in crate::math) use relations::{equations, is_relation};

use super::{Found, Rules};
use crate::math::answer::{Answer, PURE, READING, WORDED};
use crate::math::expr::{self, Expr, Scope};
use crate::math::lex::Token;
use crate::math::number::whole;
use crate::math::solve::{self, Solutions};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, beyond, foreign};
use relations::{Relation, names, show};
use std::collections::BTreeSet;

pub(super) const RULES: Rules = &[
    ("solve {eq}", |found| solved(found, None)),
    (
        "solve [the] [following] [simultaneous|linear|quadratic|cubic] (equation|equations|inequality|system|system of equations|system of linear equations|inequation|simultaneous equations|pair of equations) [of|:] {eq}",
        |found| solved(found, None),
    ),
    (
        "solve for {v} (:|in|if|when|given|,|where) [the] [equation] {eq}",
        |found| solved(found, Some("v")),
    ),
    ("solve for {v} {eq}", |found| solved(found, Some("v"))),
    (
        "solve [the] [equation|equations|system|inequality|system of equations] [:] {eq} for {v}",
        |found| solved(found, Some("v")),
    ),
    (
        "[the] [all] [real] (root|roots|zeros|zeroes|solution|solutions) (of|to|for) [the] [equation|quadratic|polynomial|quadratic equation|cubic|system|system of equations] [:] {eq}",
        roots,
    ),
    ("{eq} [,] solve for {v}", |found| solved(found, Some("v"))),
    (
        "{eq} [,|.|;] (find|what is|what are|what's|calculate|determine|compute) [the] [value of|values of|value|values] {v}",
        |found| solved(found, Some("v")),
    ),
    (
        "(if|when|given|given that|suppose|let) {eq} [,] [then] (find|what is|what are|what's|solve for|calculate|compute|determine|evaluate) [the] [value of|values of] {v}",
        given,
    ),
    (
        "(if|given|given that|suppose|let) {eq} (.|,) (find|what is|what's) [the] [value of] {v} (if|when|for|where|at) {more}",
        given,
    ),
    ("{v} (if|when|given|given that|where) {eq}", given),
    (
        "[for] (what value of|which value of|what values of|which values of|value of|values of|all|the values of) {v} (is|does|do|such that|satisfies|satisfy|makes|make|that satisfy|solves|for which|if|are) {eq} [true|hold]",
        |found| solved(found, Some("v")),
    ),
    (
        "for (what value of|which value of|what values of|which values of) {v} [is|does] {eq} [true]",
        |found| solved(found, Some("v")),
    ),
    ("{eq} for {v}", |found| solved(found, Some("v"))),
    (
        "(where|at which point|at what point) do [the lines] {eq} (intersect|meet|cross)",
        |found| solved(found, None),
    ),
    (
        "[the] (value|values) of {v} (in|from) [the] [equation] {eq}",
        |found| solved(found, Some("v")),
    ),
    ("{v} in [the] [equation] {eq}", |found| solved(found, Some("v"))),
    ("[all] {v} such that {eq}", |found| solved(found, Some("v"))),
    (
        "{f} (when|if|for|at|where|with|given|given that|for which|,) {eq}",
        at_place,
    ),
    ("{v} (:|,) {eq}", |found| solved(found, Some("v"))),
    ("multiply {f}", forms::expanded),
    (
        "(when|where|for what x|for which x|for which values of x|for what values of x) is {l} (less|smaller) than {r}",
        |found| unequal(found, '<'),
    ),
    (
        "(when|where|for what x|for which x|for which values of x|for what values of x) is {l} (greater|more|larger|bigger) than {r}",
        |found| unequal(found, '>'),
    ),
    ("[solve] {l} is (less|smaller) than {r}", |found| {
        unequal(found, '<')
    }),
    ("[solve] {l} is (greater|more|larger) than {r}", |found| {
        unequal(found, '>')
    }),
    ("[solve] {l} is (at most|less than or equal to) {r}", |found| {
        unequal(found, '≤')
    }),
    (
        "[solve] {l} is (at least|greater than or equal to) {r}",
        |found| unequal(found, '≥'),
    ),
    (
        "[for] (what value of|which value of|value of) {v} makes {l} equal [to] {r}",
        |found| unequal(found, '='),
    ),
    // f(x) = …
    (
        "[if|let|given|given that|suppose|for|consider] [the] [function] (f|g|h|p|q) ⟨ {v} ⟩ = {body} (,|.|;|and|then|:) [then] [what is|what's|find|evaluate|calculate|compute|determine] [the] [value of] (f|g|h|p|q) ⟨ {a} ⟩",
        functions::function_value,
    ),
    (
        "(f|g|h|p|q) ⟨ {a} ⟩ (if|when|given|where|for|given that) (f|g|h|p|q) ⟨ {v} ⟩ = {body}",
        functions::function_value,
    ),
    (
        "(f|g) ⟨ (f|g) ⟨ {a} ⟩ ⟩ (if|when|given|given that|where|for) f ⟨ {v} ⟩ = {f} (and|,|, and) g ⟨ {w} ⟩ = {g}",
        functions::composed,
    ),
    (
        "(if|given|given that|let) f ⟨ {v} ⟩ = {f} (and|,|, and) g ⟨ {w} ⟩ = {g} (,|.|, then) (what is|find|calculate|evaluate) (f|g) ⟨ (f|g) ⟨ {a} ⟩ ⟩",
        functions::composed,
    ),
    (
        "[the] inverse [function] of [the function] [f ⟨ {v} ⟩ =|y =] {f}",
        functions::inverted,
    ),
    ("[the] vertex of [the] [parabola] [y =] {f}", forms::vertex),
    (
        "[the] (minimum|smallest value|least value) [value] of [the function] [y =|f ⟨ x ⟩ =] {f}",
        |found| forms::extreme(found, true),
    ),
    (
        "[the] (maximum|largest value|greatest value) [value] of [the function] [y =|f ⟨ x ⟩ =] {f}",
        |found| forms::extreme(found, false),
    ),
    ("[the] discriminant of {f} [= 0]", forms::discriminant),
    // Polynomials.
    (
        "(expand|multiply out|distribute|expand and simplify|expand out|foil) [the] [expression|product|brackets|following] [:] {f}",
        forms::expanded,
    ),
    ("[the] expansion of {f}", forms::expanded),
    (
        "(factor|factorise|factorize|factor out|factor completely) [the] [expression|polynomial|quadratic|trinomial|following] [:] {f} [completely]",
        forms::factored,
    ),
    (
        "[the] (factored form|factorization|factorisation) of {f}",
        forms::factored,
    ),
    (
        "(simplify|reduce|combine like terms|combine like terms in|combine|rationalize|rationalise|rationalize the denominator of|rationalise the denominator of) [the] [expression|following|fraction|radical] [:] {f}",
        forms::simplified,
    ),
    ("[the] (simplified|simplest) form of {f}", forms::simplified),
];

/// The variables that "for x and y" names.
fn wanted(span: &[Token]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for token in span {
        if token.is(',') || token.says("and") {
            continue;
        }
        if !token.is_word() || token.lower.len() != 1 {
            return foreign(format!("`{}` is no variable", token.source));
        }
        names.push(token.lower.clone());
    }
    if names.is_empty() {
        foreign("a variable is missing")
    } else {
        Ok(names)
    }
}

fn solved(found: &Found<'_>, variables: Option<&str>) -> Result<Answer> {
    let relations = equations(found.span("eq"))?;
    let asked = variables.map(|name| wanted(found.span(name))).transpose()?;
    let answer = solution(&relations, asked.as_deref())?;
    Ok(rearrange::as_written(answer, found.span("eq")))
}

fn unequal(found: &Found<'_>, sign: char) -> Result<Answer> {
    solution(&[(found.expr("l")?, sign, found.expr("r")?)], None)
}

fn roots(found: &Found<'_>) -> Result<Answer> {
    let span = match found.span("eq") {
        [the, rest @ ..] if the.says("function") => rest,
        span => span,
    };
    // "f(x) = …" and "y = …" name what is to be zero.
    let span = match span {
        [name, open, _, close, equals, rest @ ..]
            if name.is_word() && open.is('(') && close.is(')') && equals.is('=') =>
        {
            rest
        }
        [name, equals, rest @ ..] if name.says("y") && equals.is('=') => rest,
        span => span,
    };
    if let Ok(relations) = equations(span) {
        return solution(&relations, None);
    }
    solution(&[(expr::expression(span)?, '=', Expr::Number(whole(0)))], None)
}

/// Solves equations that stand by themselves or were asked for.
pub(in crate::math) fn solution(relations: &[Relation], asked: Option<&[String]>) -> Result<Answer> {
    let all = names(relations);
    if all.is_empty() {
        return foreign("the equation has no variable");
    }
    if all.iter().any(|name| !name.is_ascii()) {
        return foreign("a variable has another alphabet");
    }
    if let Some(asked) = asked {
        let known: BTreeSet<&String> = all.iter().collect();
        if asked.iter().any(|name| !known.contains(name)) {
            return foreign("the variable is not in the equation");
        }
    }
    let read = show(relations);
    if let [(left, sign, right)] = relations {
        if all.len() > 1 {
            return rearrange::with_subject(left, *sign, right, asked);
        }
        let variable = &all[0];
        if *sign != '=' {
            let text = solve::inequality(left, right, *sign, variable)?;
            return Ok(Answer::text(text.clone(), read.clone())
                .step(format!("{read}, so that {text}"))
                .sure(PURE));
        }
        let solutions = solve::equation(left, right, variable)?;
        let (real, complex) = apart(&solutions);
        let text = real.show(variable);
        let sure = if complex.is_some() { READING } else { PURE };
        let answer = checked(
            Answer::text(text, read.clone()).sure(sure),
            &real,
            variable,
            &read,
        );
        return Ok(match complex {
            Some(complex) => answer.step(format!("and, with complex numbers, {}", complex.show(variable))),
            None => answer,
        });
    }
    if relations.iter().any(|(_, sign, _)| *sign != '=') {
        return beyond("several inequalities at once");
    }
    let pairs: Vec<(Expr, Expr)> = relations
        .iter()
        .map(|(left, _, right)| (left.clone(), right.clone()))
        .collect();
    let text = solve::linear_system(&pairs, &all)?;
    // Only some of the unknowns may be wanted.
    let only = asked.filter(|asked| asked.len() < all.len() && text.contains('='));
    let value = match only {
        Some(asked) => text
            .split(", ")
            .filter(|part| asked.iter().any(|name| part.starts_with(&format!("{name} ="))))
            .collect::<Vec<_>>()
            .join(", "),
        None => text.clone(),
    };
    Ok(Answer::text(value, read.clone())
        .step(format!("{read} gives {text}"))
        .sure(PURE))
}

/// Real solutions where there are any, and the complex ones beside them.
fn apart(solutions: &Solutions) -> (Solutions, Option<Solutions>) {
    let Solutions::These(all) = solutions else {
        return (Solutions::All, None);
    };
    let (complex, real): (Vec<Sum>, Vec<Sum>) = all.iter().cloned().partition(Sum::is_complex);
    if real.is_empty() || complex.is_empty() {
        return (solutions.clone(), None);
    }
    (Solutions::These(real), Some(Solutions::These(complex)))
}

fn checked(answer: Answer, solutions: &Solutions, variable: &str, read: &str) -> Answer {
    match solutions {
        Solutions::All => answer.step(format!("{read} holds for every {variable}")),
        Solutions::These(roots) if roots.is_empty() => {
            answer.step(format!("no {variable} makes {read} true"))
        }
        Solutions::These(roots) => {
            let near: Vec<String> = roots
                .iter()
                .filter(|root| root.rational().is_none() && !root.is_complex())
                .filter_map(|root| {
                    crate::math::answer::numeral(root)
                        .ok()
                        .map(|(near, _)| format!("{root} ≈ {near}"))
                })
                .collect();
            let answer = answer.step(format!("{read} gives {}", solutions.show(variable)));
            if near.is_empty() {
                answer
            } else {
                answer.step(near.join("; "))
            }
        }
    }
}

/// "If 2x + 3 = 11, what is x?", also with an expression that is wanted, and with values given apart.
fn given(found: &Found<'_>) -> Result<Answer> {
    let mut relations = equations(found.span("eq"))?;
    if found.has("more") {
        relations.extend(equations(found.span("more"))?);
    }
    let span = found.span("v");
    if span.len() == 1 && relations.len() == 1 {
        let names = wanted(span)?;
        if self::names(&relations).len() == 1 {
            return solution(&relations, Some(&names));
        }
    }
    if let Ok(names) = wanted(span)
        && names.len() > 1
    {
        return solution(&relations, Some(&names));
    }
    let target = found.expr("v")?;
    let scope = unknowns(&relations)?;
    let value = expr::constant(&target, &scope)?;
    let read = format!("{target}, where {}", show(&relations));
    Ok(Answer::number(&value, target.to_string())?
        .step(format!("where {}", show(&relations)))
        .sure(READING))
    .map(|answer| Answer { read, ..answer })
}

/// The only values that the equations allow.
fn unknowns(relations: &[Relation]) -> Result<Scope> {
    let mut scope = Scope::default();
    let mut left: Vec<&Relation> = relations.iter().collect();
    if relations.iter().any(|(_, sign, _)| *sign != '=') {
        return beyond("an inequality gives no single value");
    }
    while !left.is_empty() {
        let free = |relation: &Relation| {
            let mut names = BTreeSet::new();
            relation.0.variables(&mut names);
            relation.2.variables(&mut names);
            names
                .into_iter()
                .filter(|name| !scope.values.contains_key(name))
                .collect::<Vec<_>>()
        };
        let Some(at) = left.iter().position(|relation| free(relation).len() == 1) else {
            let names = names(relations);
            let pairs: Vec<(Expr, Expr)> = left
                .iter()
                .map(|(left, _, right)| (left.clone(), right.clone()))
                .collect();
            let text = solve::linear_system(&pairs, &names)?;
            for part in text.split(", ") {
                let Some((name, value)) = part.split_once(" = ") else {
                    return beyond("the equations do not say one value for each unknown");
                };
                let tokens = crate::math::lex::tokens(value)?;
                scope.values.insert(
                    name.to_owned(),
                    expr::constant(&expr::expression(&tokens)?, &Scope::default())?,
                );
            }
            return Ok(scope);
        };
        let relation = left.remove(at);
        let name = free(relation).remove(0);
        let put = |expr: &Expr| substituted(expr, &scope);
        match solve::equation(&put(&relation.0), &put(&relation.2), &name)? {
            Solutions::These(values) if values.len() == 1 => {
                scope.values.insert(name, values[0].clone());
            }
            _ => return beyond(format!("{name} has not one value")),
        }
    }
    Ok(scope)
}

/// With numbers for variables that are known as such.
fn substituted(expr: &Expr, scope: &Scope) -> Expr {
    let put = |inner: &Expr| Box::new(substituted(inner, scope));
    match expr {
        Expr::Name(name) => match scope.values.get(name).and_then(Sum::rational) {
            Some(number) => Expr::Number(number),
            None => expr.clone(),
        },
        Expr::Number(_) => expr.clone(),
        Expr::Percent(inner) => Expr::Percent(put(inner)),
        Expr::Degrees(inner) => Expr::Degrees(put(inner)),
        Expr::Radians(inner) => Expr::Radians(put(inner)),
        Expr::Negate(inner) => Expr::Negate(put(inner)),
        Expr::Factorial(inner) => Expr::Factorial(put(inner)),
        Expr::Binary(operator, left, right) => Expr::Binary(*operator, put(left), put(right)),
        Expr::Call(name, arguments) => Expr::Call(
            name,
            arguments
                .iter()
                .map(|argument| substituted(argument, scope))
                .collect(),
        ),
    }
}

/// "x^2 + 3x when x = 5".
fn at_place(found: &Found<'_>) -> Result<Answer> {
    let relations = equations(found.span("eq"))?;
    if found.span("f").iter().any(|token| is_relation(token).is_some()) {
        return foreign("an equation, not an expression");
    }
    if !relations
        .iter()
        .all(|(left, sign, _)| *sign == '=' && matches!(left, Expr::Name(_)))
    {
        return foreign("values are given as x = 5");
    }
    let target = found.expr("f")?;
    if matches!(target, Expr::Name(_)) {
        return foreign("a single variable");
    }
    let mut free = BTreeSet::new();
    target.variables(&mut free);
    let known = names(&relations);
    if free.iter().any(|name| !known.contains(name)) || known.iter().any(|name| !free.contains(name)) {
        return foreign("the variables do not agree");
    }
    let scope = unknowns(&relations)?;
    let value = expr::constant(&target, &scope)?;
    let put = substituted(&target, &scope);
    Ok(Answer::number(&value, put.to_string())?
        .step(format!("{target} at {}", show(&relations)))
        .sure(WORDED))
}
