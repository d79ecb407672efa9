//! Expressions as formulas, with the parentheses that they need.

use super::{Expr, Operator};
use crate::math::number::exact;
use std::fmt;

impl fmt::Display for Expr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(self, 0))
    }
}

fn shown(expr: &Expr, outer: u8) -> String {
    let (text, strength) = match expr {
        Expr::Number(number) => {
            let text = exact(number);
            let strength = match text.as_str() {
                text if text.starts_with('-') => 1,
                text if text.contains('/') => 2,
                _ => 5,
            };
            (text, strength)
        }
        Expr::Percent(inner) => (format!("{}%", shown(inner, 4)), 4),
        Expr::Degrees(inner) => (format!("{}°", shown(inner, 4)), 4),
        Expr::Radians(inner) => (format!("{} rad", shown(inner, 4)), 4),
        Expr::Name(name) => (
            if name == "pi" {
                "π".to_owned()
            } else {
                name.clone()
            },
            5,
        ),
        Expr::Negate(inner) => (format!("-{}", shown(inner, 3)), 1),
        Expr::Factorial(inner) => (format!("{}!", shown(inner, 5)), 4),
        Expr::Binary(operator, left, right) => {
            let (sign, strength) = match operator {
                Operator::Add => (" + ", 1),
                Operator::Subtract => (" - ", 1),
                Operator::Times => (" × ", 2),
                Operator::Divide => (" / ", 2),
                Operator::Modulo => (" mod ", 2),
                Operator::Power => ("^", 3),
            };
            let (before, after) = match operator {
                Operator::Power => (4, 3),
                _ => (strength, strength + 1),
            };
            let (left, right) = (shown(left, before), shown(right, after));
            // 4x, 2(x + 1)
            let digit = left.ends_with(|last: char| last.is_ascii_digit()) && !left.contains(['^', ' ']);
            let letter = right.starts_with(|first: char| {
                first.is_ascii_lowercase() || first == '(' && right.contains(char::is_alphabetic)
            });
            let sign = if sign == " × " && digit && letter {
                ""
            } else {
                sign
            };
            (format!("{left}{sign}{right}"), strength)
        }
        Expr::Call(name, arguments) => {
            let inner: Vec<String> = arguments.iter().map(|argument| shown(argument, 0)).collect();
            match (*name, inner.as_slice()) {
                ("log", [base, value]) => (format!("log_{base}({value})"), 5),
                ("binomial", [n, k]) => (format!("C({n}, {k})"), 5),
                ("permutations", [n, k]) => (format!("P({n}, {k})"), 5),
                ("sqrt", [value]) => (format!("√({value})"), 5),
                ("cbrt", [value]) => (format!("∛({value})"), 5),
                _ => (format!("{name}({})", inner.join(", ")), 5),
            }
        }
    };
    if strength < outer {
        format!("({text})")
    } else {
        text
    }
}
