//! What SymPy is asked: one operation on expressions that were parsed here.

use crate::math::expr::{Expr, Operator, expression};
use crate::math::lex::Token;
use crate::math::number::fraction;
use crate::math::pattern::{Pattern, Places};
use crate::math::phrases::equations;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Most rows of a matrix.
const MAX_ROWS: usize = 8;

/// An operation.
pub(super) struct Task {
    /// What the program reads.
    pub(super) data: Value,
    /// As formulas.
    pub(super) read: String,
}

const PHRASES: [(&str, &str); 22] = [
    (
        "[evaluate] [the] [indefinite] (integral|antiderivative) of {f} [dx|dy|dt]",
        "integrate",
    ),
    ("integrate {f} [dx|dy|dt] [with respect to {v}]", "integrate"),
    (
        "[evaluate] [the] [definite] integral of {f} [dx|dy|dt] (from|between) [x =] {a} (to|and) [x =] {b}",
        "definite",
    ),
    (
        "integrate {f} [dx|dy|dt] (from|between) [x =] {a} (to|and) [x =] {b}",
        "definite",
    ),
    ("[the] integral of _ {a} ^ {b} {f} (dx|dy|dt)", "definite"),
    ("[the] derivative of {f} [with respect to {v}]", "differentiate"),
    ("differentiate {f} [with respect to {v}]", "differentiate"),
    ("simplify [the] [expression] {f}", "simplify"),
    (
        "(factor|factorise|factorize) [the] [polynomial|expression] {f}",
        "factor",
    ),
    ("expand [the] [expression] {f}", "expand"),
    (
        "[the] limit of {f} as {v} (approaches|goes to|tends to|->|- >) {a}",
        "limit",
    ),
    (
        "[the] limit as {v} (approaches|goes to|tends to|->|- >) {a} of {f}",
        "limit",
    ),
    ("[the] limit _ ⟨ {v} - > {a} ⟩ {f}", "limit"),
    (
        "solve [the] [equation|system|system of equations|equations|inequality] [:] {eq} [for {v}]",
        "solve",
    ),
    ("solve for {v} [:|in] {eq}", "solve"),
    (
        "[the] (solutions|solution|roots) (of|to) [the] [equation] {eq}",
        "solve",
    ),
    ("{eq}", "solve"),
    ("[the] determinant of [the] [matrix] {m}", "determinant"),
    ("[the] inverse of [the] [matrix] {m}", "inverse"),
    (
        "[the] (eigenvalues|eigenvalue) of [the] [matrix] {m}",
        "eigenvalues",
    ),
    ("[the] rank of [the] [matrix] {m}", "rank"),
    (
        "(multiply|the product of) [the] [matrices|matrix] {m} (and|by|times|with) [the] [matrix] {k}",
        "product",
    ),
];

static PATTERNS: LazyLock<Vec<(Pattern, &str)>> = LazyLock::new(|| {
    PHRASES
        .iter()
        .map(|(text, task)| (Pattern::new(text), *task))
        .collect()
});

/// The operation that the tokens ask for as a whole; `None`: it is none of these, or the expression is not understood.
pub(super) fn of(tokens: &[Token]) -> Option<Task> {
    for (pattern, name) in PATTERNS.iter() {
        let found = pattern
            .matches(tokens)
            .into_iter()
            .find_map(|places| read(name, tokens, &places));
        if found.is_some() {
            return found;
        }
    }
    None
}

fn read(name: &str, tokens: &[Token], places: &Places) -> Option<Task> {
    let span = |place: &str| places.get(place).map(|range| &tokens[range.clone()]);
    let variable = match span("v") {
        Some([token]) if token.is_word() && token.lower.len() == 1 => Some(token.lower.clone()),
        Some(_) => return None,
        None => None,
    };
    match name {
        "solve" => solve(span("eq")?, variable),
        "determinant" | "inverse" | "eigenvalues" | "rank" => {
            let matrix = matrix(span("m")?)?;
            Some(Task {
                read: format!("{name} of {}", written(&matrix)),
                data: json!({"task": name, "matrix": tree(&matrix)}),
            })
        }
        "product" => {
            let (left, right) = (matrix(span("m")?)?, matrix(span("k")?)?);
            let read = format!("{} × {}", written(&left), written(&right));
            Some(Task {
                read,
                data: json!({"task": name, "matrix": tree(&left), "other": tree(&right)}),
            })
        }
        name => {
            let expr = expression(span("f")?).ok()?;
            let names = variables(&[&expr]);
            let variable = match variable {
                Some(variable) => variable,
                None if names.len() == 1 => names.first()?.clone(),
                None if names.contains("x") => "x".to_owned(),
                None if matches!(name, "simplify" | "factor" | "expand") => "x".to_owned(),
                None => return None,
            };
            let mut data = json!({"task": name, "expr": json_of(&expr), "variable": variable});
            let mut read = format!("{name} {expr}");
            for place in ["a", "b"] {
                if let Some(span) = span(place) {
                    let bound = expression(span).ok()?;
                    if !variables(&[&bound]).is_empty() {
                        return None;
                    }
                    data[place] = json_of(&bound);
                    read = format!("{read}, {place} = {bound}");
                }
            }
            Some(Task { data, read })
        }
    }
}

fn solve(tokens: &[Token], variable: Option<String>) -> Option<Task> {
    let relations = equations(tokens).ok()?;
    // Inequalities are solved here, or not at all.
    let bare = relations
        .iter()
        .all(|(left, _, right)| left.is_bare() && right.is_bare());
    if bare || relations.iter().any(|(_, sign, _)| *sign != '=') {
        return None;
    }
    let sides: Vec<&Expr> = relations
        .iter()
        .flat_map(|(left, _, right)| [left, right])
        .collect();
    let names = variables(&sides);
    let unknowns: Vec<String> = match variable {
        Some(variable) if names.contains(&variable) => vec![variable],
        None if names.len() == relations.len() => names.into_iter().collect(),
        Some(_) | None => return None,
    };
    let equations: Vec<Value> = relations
        .iter()
        .map(|(left, _, right)| json!([json_of(left), json_of(right)]))
        .collect();
    let read: Vec<String> = relations
        .iter()
        .map(|(left, _, right)| format!("{left} = {right}"))
        .collect();
    Some(Task {
        data: json!({"task": "solve", "equations": equations, "unknowns": unknowns}),
        read: format!("solutions of {}", read.join(", ")),
    })
}

fn variables(exprs: &[&Expr]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for expr in exprs {
        expr.variables(&mut names);
    }
    names
}

/// `[[1, 2], [3, 4]]`.
pub(in crate::math) fn matrix(tokens: &[Token]) -> Option<Vec<Vec<Expr>>> {
    let [open, inner @ .., close] = tokens else {
        return None;
    };
    if !open.is('[') || !close.is(']') {
        return None;
    }
    let mut rows: Vec<Vec<Expr>> = Vec::new();
    for row in inner.split(|token| token.is(']')) {
        let row = match row {
            [] => continue,
            [comma, open, row @ ..] if comma.is(',') && open.is('[') => row,
            [open, row @ ..] if open.is('[') => row,
            _ => return None,
        };
        rows.push(
            row.split(|token| token.is(','))
                .map(|part| expression(part).ok())
                .collect::<Option<_>>()?,
        );
    }
    let width = rows.first()?.len();
    let regular = rows.iter().all(|row| row.len() == width) && rows.len() <= MAX_ROWS && width <= MAX_ROWS;
    (regular && inner.last()?.is(']')).then_some(rows)
}

fn tree(matrix: &[Vec<Expr>]) -> Value {
    matrix
        .iter()
        .map(|row| row.iter().map(json_of).collect::<Value>())
        .collect()
}

fn written(matrix: &[Vec<Expr>]) -> String {
    let rows = matrix.iter().map(|row| {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        format!("[{}]", cells.join(", "))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(", "))
}

/// A tree that the program puts together: a list of a name and its parts.
fn json_of(expr: &Expr) -> Value {
    match expr {
        Expr::Number(number) => json!(["number", fraction(number)]),
        Expr::Name(name) => json!(["name", name]),
        Expr::Percent(inner) => json!(["divide", json_of(inner), ["number", "100"]]),
        Expr::Degrees(inner) => json!(["degrees", json_of(inner)]),
        Expr::Radians(inner) => json_of(inner),
        Expr::Negate(inner) => json!(["negate", json_of(inner)]),
        Expr::Factorial(inner) => json!(["factorial", json_of(inner)]),
        Expr::Binary(operator, left, right) => {
            let name = match operator {
                Operator::Add => "add",
                Operator::Subtract => "subtract",
                Operator::Times => "times",
                Operator::Divide => "divide",
                Operator::Power => "power",
                Operator::Modulo => "modulo",
            };
            json!([name, json_of(left), json_of(right)])
        }
        Expr::Call(name, arguments) => {
            let mut parts = vec![json!("call"), json!(name)];
            parts.extend(arguments.iter().map(json_of));
            Value::Array(parts)
        }
    }
}
