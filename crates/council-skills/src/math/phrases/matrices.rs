//! Matrices and vectors of numbers.

use super::{Found, Rules};
use crate::math::answer::Answer;
use crate::math::expr::{self, Scope};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, ratio, whole};
use crate::math::second::matrix as rows;
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, foreign};
use num_traits::{One, Zero};

pub(super) const RULES: Rules = &[
    ("[the] determinant of [the] [matrix] {m}", |found| {
        let matrix = square(found, "m")?;
        let read = format!("det {}", written(&matrix));
        Answer::rational(reduced(matrix).determinant, read)
    }),
    ("[the] trace of [the] [matrix] {m}", |found| {
        let matrix = square(found, "m")?;
        let trace = (0..matrix.len()).map(|at| matrix[at][at].clone()).sum();
        Answer::rational(trace, format!("tr {}", written(&matrix)))
    }),
    ("[the] rank of [the] [matrix] {m}", |found| {
        let matrix = matrix(found.span("m"))?;
        let read = format!("rank {}", written(&matrix));
        Answer::rational(whole(reduced(matrix).rank as i64), read)
    }),
    ("[the] transpose of [the] [matrix] {m}", |found| {
        let matrix = matrix(found.span("m"))?;
        let read = format!("transpose of {}", written(&matrix));
        Ok(shown(&transposed(&matrix), &read))
    }),
    ("[the] inverse of [the] [matrix] {m}", inverse),
    ("invert [the] [matrix] {m}", inverse),
    (
        "[multiply|the product of] [the] [matrices|matrix] {m} (and|by|with) [the] [matrix] {k}",
        product,
    ),
    ("{m} (times|*) {k}", product),
    (
        "(add|the sum of) [the] [matrices|matrix] {m} (and|to) [the] [matrix] {k}",
        |found| added(found, 1),
    ),
    ("{m} (plus|+) {k}", |found| added(found, 1)),
    ("{m} (minus|-) {k}", |found| added(found, -1)),
    (
        "[the] (dot product|scalar product|inner product) of [the] [vectors] {v} (and|with) {w}",
        |found| {
            let (v, w) = (vector(found, "v")?, vector(found, "w")?);
            if v.len() != w.len() {
                return sizes("a dot product needs vectors of the same length");
            }
            let terms: Vec<String> = v
                .iter()
                .zip(&w)
                .map(|(a, b)| format!("{} × {}", exact(a), exact(b)))
                .collect();
            let value = v.iter().zip(&w).map(|(a, b)| a * b).sum();
            Answer::rational(value, terms.join(" + "))
        },
    ),
    (
        "[the] (cross product|vector product) of [the] [vectors] {v} (and|with) {w}",
        |found| {
            let (v, w) = (vector(found, "v")?, vector(found, "w")?);
            let ([a, b, c], [d, e, f]) = (v.as_slice(), w.as_slice()) else {
                return sizes("a cross product needs vectors of three numbers");
            };
            let parts = [b * f - c * e, c * d - a * f, a * e - b * d].map(|part| exact(&part));
            Ok(Answer::text(
                format!("({})", parts.join(", ")),
                format!("{} × {}", found.words("v"), found.words("w")),
            ))
        },
    ),
    (
        "[the] (magnitude|norm|length|euclidean norm) of [the] [vector] {v}",
        |found| {
            let v = vector(found, "v")?;
            let square: Rational = v.iter().map(|part| part * part).sum();
            let read = format!("√({})", exact(&square));
            Answer::number(&Sum::from(square).power(&ratio(1, 2))?, read)
        },
    ),
];

type Matrix = Vec<Vec<Rational>>;

fn sizes<T>(what: &str) -> Result<T> {
    Err(Trouble::Undefined(what.to_owned()))
}

fn matrix(span: &[Token]) -> Result<Matrix> {
    let Some(rows) = rows(span) else {
        return foreign("no matrix");
    };
    rows.iter()
        .map(|row| {
            row.iter()
                .map(|cell| expr::rational(&expr::constant(cell, &Scope::default())?))
                .collect()
        })
        .collect()
}

fn square(found: &Found<'_>, name: &str) -> Result<Matrix> {
    let matrix = matrix(found.span(name))?;
    if matrix.iter().all(|row| row.len() == matrix.len()) {
        Ok(matrix)
    } else {
        sizes("only a square matrix has one")
    }
}

/// `(1, 2, 3)`, `[1, 2, 3]`, `<1, 2, 3>`.
fn vector(found: &Found<'_>, name: &str) -> Result<Vec<Rational>> {
    let span = found.span(name);
    let bracketed = |open: &Token, close: &Token| {
        open.is('(') && close.is(')') || open.is('[') && close.is(']') || open.is('<') && close.is('>')
    };
    match span {
        [open, inner @ .., close] if bracketed(open, close) => super::list(inner),
        _ => foreign("no vector"),
    }
}

fn written(matrix: &Matrix) -> String {
    let rows = matrix.iter().map(|row| {
        let cells: Vec<String> = row.iter().map(exact).collect();
        format!("[{}]", cells.join(", "))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(", "))
}

fn shown(matrix: &Matrix, read: &str) -> Answer {
    let text = written(matrix);
    Answer::text(text.clone(), read).step(format!("{read} = {text}"))
}

fn transposed(matrix: &Matrix) -> Matrix {
    let width = matrix.first().map_or(0, Vec::len);
    (0..width)
        .map(|column| matrix.iter().map(|row| row[column].clone()).collect())
        .collect()
}

/// What elimination finds.
struct Reduced {
    /// With ones where each row begins, and zeros above and below them.
    rows: Matrix,
    rank: usize,
    /// Of a square matrix.
    determinant: Rational,
}

/// By Gauss and Jordan, with fractions.
fn reduced(mut rows: Matrix) -> Reduced {
    let (height, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    let (mut rank, mut determinant) = (0, Rational::one());
    for column in 0..width {
        let Some(pivot) = (rank..height).find(|row| !rows[*row][column].is_zero()) else {
            continue;
        };
        if pivot != rank {
            rows.swap(pivot, rank);
            determinant = -determinant;
        }
        let head = rows[rank][column].clone();
        determinant *= &head;
        for cell in &mut rows[rank] {
            *cell /= &head;
        }
        let begun = rows[rank].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let factor = row[column].clone();
            if at != rank && !factor.is_zero() {
                for (cell, above) in row.iter_mut().zip(&begun) {
                    *cell -= &factor * above;
                }
            }
        }
        rank += 1;
        if rank == height {
            break;
        }
    }
    if rank < height {
        determinant = Rational::zero();
    }
    Reduced {
        rows,
        rank,
        determinant,
    }
}

fn inverse(found: &Found<'_>) -> Result<Answer> {
    let matrix = square(found, "m")?;
    let size = matrix.len();
    let mut beside = matrix.clone();
    for (at, row) in beside.iter_mut().enumerate() {
        row.extend((0..size).map(|column| whole(i64::from(at == column))));
    }
    if reduced(matrix.clone()).rank < size {
        return sizes("the matrix has no inverse: its determinant is 0");
    }
    let inverse: Matrix = reduced(beside)
        .rows
        .into_iter()
        .map(|row| row[size..].to_vec())
        .collect();
    Ok(shown(&inverse, &format!("inverse of {}", written(&matrix))))
}

fn product(found: &Found<'_>) -> Result<Answer> {
    let (left, right) = (matrix(found.span("m"))?, matrix(found.span("k"))?);
    if left.iter().any(|row| row.len() != right.len()) {
        return sizes("the first matrix must have as many columns as the second has rows");
    }
    let columns = transposed(&right);
    let cell = |row: &Vec<Rational>, column: &Vec<Rational>| row.iter().zip(column).map(|(a, b)| a * b).sum();
    let product: Matrix = left
        .iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect())
        .collect();
    Ok(shown(
        &product,
        &format!("{} × {}", written(&left), written(&right)),
    ))
}

fn added(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let (left, right) = (matrix(found.span("m"))?, matrix(found.span("k"))?);
    let alike = left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| a.len() == b.len());
    if !alike {
        return sizes("both matrices must be of the same size");
    }
    let sum: Matrix = left
        .iter()
        .zip(&right)
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a + whole(sign) * b).collect())
        .collect();
    let between = if sign > 0 { '+' } else { '-' };
    Ok(shown(
        &sum,
        &format!("{} {between} {}", written(&left), written(&right)),
    ))
}
