//! Equations have the solutions that were put into them.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::math::expr::expression;
use crate::math::lex::tokens;
use proptest::prelude::*;

fn solved(left: &str, right: &str) -> String {
    let read = |text: &str| expression(&tokens(text).unwrap()).unwrap();
    equation(&read(left), &read(right), "x").unwrap().show("x")
}

#[test]
fn roots_are_exact() {
    let table = [
        ("x^2", "2", "x = -√2 or x = √2"),
        ("x^2 + x + 1", "0", "x = (-1 - √3*i)/2 or x = (-1 + √3*i)/2"),
        ("x^4 - 5x^2 + 4", "0", "x = -2 or x = -1 or x = 1 or x = 2"),
        ("1/(x - 1)", "1/(x - 1) + x", "x = 0"),
        ("(x^2 - 1)/(x - 1)", "2", "no solution"),
        ("2^(x + 1)", "32", "x = 4"),
        ("|2x - 1|", "5", "x = -2 or x = 3"),
        ("|x|", "-1", "no solution"),
        ("sqrt(x)", "3", "x = 9"),
    ];
    for (left, right, wanted) in table {
        assert_eq!(solved(left, right), wanted, "{left} = {right}");
    }
}

proptest! {
    #[test]
    fn a_cubic_has_the_roots_it_was_made_of(a in -9_i64..10, b in -9_i64..10, c in -9_i64..10) {
        let poly = [a, b, c].iter().fold(Poly(vec![whole(1)]), |poly, root| {
            poly.times(&Poly(vec![whole(-root), whole(1)])).unwrap()
        });
        let mut wanted = vec![a, b, c];
        wanted.sort_unstable();
        wanted.dedup();
        let found: Vec<String> = roots(&poly).unwrap().iter().map(written).collect();
        prop_assert_eq!(found, wanted.iter().map(ToString::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn the_roots_of_a_quadratic_solve_it(a in 1_i64..9, b in -20_i64..20, c in -20_i64..20) {
        let poly = Poly(vec![whole(c), whole(b), whole(a)]);
        let sum = poly.sum("x").unwrap();
        for root in roots(&poly).unwrap() {
            prop_assert!(sum.with("x", &root).unwrap().is_zero(), "{root}");
        }
    }
}
