//! Sums as people write them: `x^2 - 5x + 6`, `6√2`, `25π`, `x^2*cos(x)`.

use super::{Atom, Base, Function, Product, Sum};
use crate::math::number::{Rational, fraction};
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::fmt;

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return formatter.write_str("0");
        }
        if let Some((above, below)) = self.shared_denominator() {
            return write!(formatter, "({above})/{below}");
        }
        for (place, (product, coefficient)) in self.ordered().into_iter().enumerate() {
            let sign = match (place, coefficient.is_negative()) {
                (0, true) => "-",
                (0, false) => "",
                (_, true) => " - ",
                (_, false) => " + ",
            };
            write!(formatter, "{sign}{}", term(product, &coefficient.abs()))?;
        }
        Ok(())
    }
}

impl Sum {
    /// Terms in reading order: the highest power first, constants last.
    pub(in crate::math) fn ordered(&self) -> Vec<(&Product, &Rational)> {
        let mut terms: Vec<_> = self.0.iter().collect();
        terms.sort_by(|(left, _), (right, _)| {
            let (a, b) = (degree(left), degree(right));
            b.cmp(&a)
                .then_with(|| names(left).cmp(&names(right)))
                .then_with(|| right.0.len().cmp(&left.0.len()))
        });
        // Numbers with roots: the rational part first.
        if terms
            .iter()
            .all(|(product, _)| degree(product).is_zero() && names(product).is_empty())
        {
            terms.sort_by_key(|(product, _)| product.0.len());
        }
        terms
    }

    /// The coefficient of the leading term.
    pub(in crate::math) fn leading(&self) -> Option<&Rational> {
        self.ordered().first().map(|(_, coefficient)| *coefficient)
    }

    /// `(2 + √10)/2` rather than `1 + 1/2√10`, for numbers with roots.
    fn shared_denominator(&self) -> Option<(Sum, BigInt)> {
        let rooted = |product: &Product| {
            product
                .0
                .keys()
                .all(|atom| matches!(atom, Atom::Root(_) | Atom::Imaginary))
        };
        let numeric = self.0.len() > 1 && self.0.keys().all(rooted);
        let below = self.0.values().fold(BigInt::one(), |below, coefficient| {
            num_integer::lcm(below, coefficient.denom().clone())
        });
        (numeric && !below.is_one()).then(|| (self.scaled(&Rational::from_integer(below.clone())), below))
    }
}

fn degree(product: &Product) -> Rational {
    product
        .0
        .iter()
        .filter(|(atom, _)| matches!(atom, Atom::Variable(_)))
        .map(|(_, exponent)| exponent.clone())
        .sum()
}

/// Names of variables with their exponents, for an order that puts `a^2` before `ab` before `b^2`.
fn names(product: &Product) -> Vec<(String, Rational)> {
    let name = |(atom, exponent): (&Atom, &Rational)| match atom {
        Atom::Variable(name) => Some((name.clone(), -exponent)),
        _ => None,
    };
    product.0.iter().filter_map(name).collect()
}

fn term(product: &Product, coefficient: &Rational) -> String {
    let above: Vec<_> = product
        .0
        .iter()
        .filter(|(_, exponent)| exponent.is_positive())
        .collect();
    let below: Vec<_> = product
        .0
        .iter()
        .filter(|(_, exponent)| exponent.is_negative())
        .collect();
    let top = factors(&above, coefficient.numer());
    let bottom_number = coefficient.denom();
    if below.is_empty() && bottom_number.is_one() {
        return top;
    }
    if below.is_empty()
        && above
            .iter()
            .any(|(atom, _)| !matches!(atom, Atom::Root(_) | Atom::Imaginary | Atom::Pi))
    {
        // 1/3 x^3 is written (1/3)x^3, and 1/2 e^x as (1/2)e^x.
        return if coefficient.numer().is_one() && above.len() == 1 {
            format!("{top}/{bottom_number}")
        } else {
            format!("({})*{}", fraction(coefficient), factors(&above, &BigInt::one())).replace(")*", ")")
        };
    }
    let inverse: Vec<(&Atom, Rational)> = below.iter().map(|(atom, exponent)| (*atom, -*exponent)).collect();
    let inverse: Vec<(&Atom, &Rational)> = inverse.iter().map(|(atom, exponent)| (*atom, exponent)).collect();
    let bottom = factors(&inverse, bottom_number);
    let single = inverse.len() + usize::from(!bottom_number.is_one()) <= 1;
    if single {
        format!("{top}/{bottom}")
    } else {
        format!("{top}/({bottom})")
    }
}

/// A product of powers with positive exponents, after a number.
fn factors(parts: &[(&Atom, &Rational)], number: &BigInt) -> String {
    let mut roots: Vec<(&BigInt, &Rational)> = Vec::new();
    let mut plain = String::new();
    let mut last_word = false;
    let mut sorted = parts.to_vec();
    // Variables before functions.
    sorted.sort_by_key(|(atom, _)| match atom {
        Atom::Root(_) => 0,
        Atom::Pi => 1,
        Atom::Imaginary => 2,
        Atom::Variable(_) => 3,
        Atom::Raise(..) => 4,
        Atom::Group(_) => 5,
        Atom::Call(..) => 6,
    });
    for (atom, exponent) in sorted {
        let (text, word) = match atom {
            Atom::Root(root) => {
                roots.push((root, exponent));
                continue;
            }
            Atom::Pi => (powered("π", exponent), false),
            Atom::Imaginary => ("i".to_owned(), false),
            Atom::Variable(name) => (powered(name, exponent), name.len() > 1),
            Atom::Group(inner) if exponent.numer().is_one() && *exponent.denom() == BigInt::from(2) => {
                (format!("sqrt({inner})"), true)
            }
            Atom::Group(inner) => (powered(&format!("({inner})"), exponent), false),
            Atom::Call(Function::Abs, inner) => (powered(&format!("|{inner}|"), exponent), true),
            Atom::Call(function, inner) => {
                (powered(&format!("{}({inner})", function.name()), exponent), true)
            }
            Atom::Raise(base, inner) => {
                let inner = inner.scaled(exponent);
                let base = match base {
                    Base::E => "e".to_owned(),
                    Base::Number(number) if number.is_integer() => number.to_string(),
                    Base::Number(number) => format!("({})", fraction(number)),
                };
                let inner = inner.to_string();
                let bare = inner.chars().all(|sign| sign.is_ascii_digit()) || inner.chars().count() == 1;
                let text = if inner == "1" && base == "e" {
                    "e".to_owned()
                } else if bare {
                    format!("{base}^{inner}")
                } else {
                    format!("{base}^({inner})")
                };
                (text, base != "e")
            }
        };
        if !plain.is_empty() && (word || last_word || text.starts_with('e') || plain.contains("^(")) {
            plain.push('*');
        }
        last_word = word;
        plain.push_str(&text);
    }
    let rooted = radicals(&roots);
    let joined = match (rooted.is_empty(), plain.is_empty()) {
        (true, _) => plain,
        (false, true) => rooted,
        (false, false) => format!("{rooted}*{plain}"),
    };
    if joined.is_empty() {
        return number.to_string();
    }
    if number.is_one() {
        return joined;
    }
    let star = joined.starts_with(|sign: char| sign.is_ascii_digit());
    format!("{number}{}{joined}", if star { "*" } else { "" })
}

/// Primes under as few roots as there are indexes.
fn radicals(roots: &[(&BigInt, &Rational)]) -> String {
    let mut by_index: std::collections::BTreeMap<&BigInt, BigInt> = std::collections::BTreeMap::new();
    for (prime, exponent) in roots {
        let inside = prime.pow(exponent.numer().to_u32().unwrap_or(1));
        let place = by_index.entry(exponent.denom()).or_insert_with(BigInt::one);
        *place *= inside;
    }
    let shown = by_index.iter().map(|(index, inside)| match index.to_u32() {
        Some(2) => format!("√{inside}"),
        Some(3) => format!("∛{inside}"),
        _ => format!("{inside}^(1/{index})"),
    });
    shown.collect::<Vec<_>>().join("*")
}

fn powered(base: &str, exponent: &Rational) -> String {
    if exponent.is_one() {
        return base.to_owned();
    }
    if exponent.numer().is_one() && *exponent.denom() == BigInt::from(2) {
        return format!("sqrt({})", base.trim_start_matches('(').trim_end_matches(')'));
    }
    if exponent.is_integer() {
        format!("{base}^{exponent}")
    } else {
        format!("{base}^({})", fraction(exponent))
    }
}
