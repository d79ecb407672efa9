//! Units, their dimensions and exact sizes.
//!
//! - [`table`](self::table): their names

mod table;

use super::expr::{self, Scope};
use super::lex::Token;
use super::number::{Rational, whole};
use super::sum::Sum;
use super::trouble::{Result, Trouble, foreign};
use num_traits::{One, Zero};

/// Exponents of length, mass, time, temperature, current, information, angle, calendar months.
pub(super) type Dimension = [i8; 8];

/// A unit: what it measures, and how large it is in the basic units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unit {
    /// What it measures.
    pub(super) dimension: Dimension,
    /// In basic units: metre, kilogram, second, kelvin, ampere, bit, degree, month.
    pub(super) size: Rational,
    /// Where its zero is, in kelvin; temperatures only.
    pub(super) zero: Option<Rational>,
    /// Its symbol.
    pub(super) symbol: String,
    /// Whether a prefix of it may mean powers of 1000 or of 1024.
    pub(super) binary: bool,
}

/// A number of units.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantity {
    /// How many.
    pub(super) number: Sum,
    /// Of what; `None` for a plain number.
    pub(super) unit: Option<Unit>,
}

impl Unit {
    /// Whether both measure the same.
    pub(super) fn fits(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// To a small power.
    fn power(&self, exponent: i8) -> Result<Self> {
        if self.zero.is_some() && exponent != 1 {
            return foreign("a temperature scale has no powers");
        }
        let size = super::number::power(&self.size, &i64::from(exponent).into())?;
        Ok(Self {
            dimension: self.dimension.map(|part| part * exponent),
            size,
            zero: self.zero.clone(),
            symbol: if exponent == 1 {
                self.symbol.clone()
            } else {
                format!("{}^{exponent}", self.symbol)
            },
            binary: self.binary,
        })
    }

    fn times(&self, other: &Self, divided: bool) -> Result<Self> {
        if self.zero.is_some() || other.zero.is_some() {
            return foreign("a temperature scale in a product of units");
        }
        let sign = if divided { -1 } else { 1 };
        let mut dimension = self.dimension;
        for (part, other) in dimension.iter_mut().zip(other.dimension) {
            *part += sign * other;
        }
        Ok(Self {
            dimension,
            size: if divided {
                &self.size / &other.size
            } else {
                &self.size * &other.size
            },
            zero: None,
            symbol: format!(
                "{}{}{}",
                self.symbol,
                if divided { "/" } else { "·" },
                other.symbol
            ),
            binary: self.binary || other.binary,
        })
    }
}

/// The unit that all the tokens name.
pub(super) fn unit(tokens: &[Token]) -> Result<Unit> {
    match prefix(tokens)? {
        Some((unit, length)) if length == tokens.len() => Ok(unit),
        _ => foreign(format!("`{}` is no unit known here", super::lex::written(tokens))),
    }
}

/// A scale of temperature by its symbol.
pub(super) fn scale(symbol: &str) -> Result<Unit> {
    table::named(symbol, true).map_or_else(|| foreign(format!("`{symbol}` is no scale")), Ok)
}

/// The longest unit at the beginning of the tokens.
pub(super) fn prefix(tokens: &[Token]) -> Result<Option<(Unit, usize)>> {
    let Some((mut unit, mut at)) = factor(tokens)? else {
        return Ok(None);
    };
    loop {
        let rest = &tokens[at..];
        let joint = match rest.first() {
            Some(token) if token.is('/') || token.says("per") => Some(true),
            Some(token) if token.is('*') => Some(false),
            _ => None,
        };
        let (from, divided) = match joint {
            Some(divided) => (
                1 + usize::from(rest.get(1).is_some_and(|token| divided && token.says("a"))),
                divided,
            ),
            None => (0, false),
        };
        let Some((next, length)) = rest.get(from..).map_or(Ok(None), factor)? else {
            break;
        };
        // "kilowatt hours" is a product; "feet inches" is not.
        let product =
            matches!(unit.symbol.as_str(), "W" | "kW" | "MW" | "mA" | "A" | "N") && !next.fits(&unit);
        if joint.is_none() && !product {
            break;
        }
        unit = unit.times(&next, divided)?;
        at += from + length;
    }
    Ok(Some((unit, at)))
}

/// One unit with its power.
fn factor(tokens: &[Token]) -> Result<Option<(Unit, usize)>> {
    let says = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.says(word));
    let (exponent, from) = if says(0, "square") || says(0, "sq") {
        (2, 1)
    } else if says(0, "cubic") || says(0, "cu") {
        (3, 1)
    } else {
        (1, 0)
    };
    let Some(rest) = tokens.get(from..) else {
        return Ok(None);
    };
    let Some((unit, length)) = table::find(rest)? else {
        return Ok(None);
    };
    let mut at = from + length;
    let sign = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.is(sign));
    let number = |at: usize| {
        tokens
            .get(at)
            .and_then(Token::number)
            .and_then(super::number::small)
    };
    let raised = if sign(at, '^') {
        let open = usize::from(sign(at + 1, '('));
        let minus = usize::from(sign(at + 1 + open, '-'));
        let power = number(at + 1 + open + minus).filter(|power| *power <= 4);
        at += 2 + 2 * open + minus;
        match power {
            Some(power) if exponent == 1 => (power as i8) * if minus == 1 { -1 } else { 1 },
            _ => return foreign("a unit with that exponent"),
        }
    } else if says(at, "squared") {
        at += 1;
        2
    } else if says(at, "cubed") {
        at += 1;
        3
    } else {
        1
    };
    if at > tokens.len() {
        return Ok(None);
    }
    Ok(Some((unit.power(exponent * raised)?, at)))
}

/// A number with a unit, or several such as "5 feet 10 inches"; or a plain number.
pub(super) fn quantity(tokens: &[Token]) -> Result<Quantity> {
    if let Ok(expr) = expr::expression(tokens)
        && let Ok(number) = expr::constant(&expr, &Scope::default())
        && !tokens
            .last()
            .is_some_and(|last| last.is('°') || last.says("degrees"))
    {
        return Ok(Quantity { number, unit: None });
    }
    let mut total: Option<Quantity> = None;
    let mut at = 0;
    while at < tokens.len() {
        let negative = at == 0 && tokens[0].is('-');
        at += usize::from(negative);
        // "a mile", "an hour"
        let article = tokens
            .get(at)
            .is_some_and(|token| token.says("a") || token.says("an"))
            && total.is_none();
        let half = tokens.get(at).is_some_and(|token| token.says("half")) && total.is_none();
        let (number, from) = if half {
            let article = tokens
                .get(at + 1)
                .is_some_and(|token| token.says("a") || token.says("an"));
            (
                Sum::from(super::number::ratio(1, 2)),
                at + 1 + usize::from(article),
            )
        } else if article {
            (Sum::int(1), at + 1)
        } else {
            amount(tokens, at)?
        };
        let rest = tokens.get(from..).unwrap_or(&[]);
        let Some((unit, length)) = prefix(rest)? else {
            return foreign(format!("`{}` is no quantity", super::lex::written(tokens)));
        };
        at = from + length;
        let number = if negative { number.negated() } else { number };
        total = Some(match total {
            None => Quantity {
                number,
                unit: Some(unit),
            },
            Some(known) => {
                let Some(first) = known
                    .unit
                    .filter(|first| first.fits(&unit) && first.zero.is_none() && first.size > unit.size)
                else {
                    return foreign("two quantities side by side");
                };
                let more = number.scaled(&(&unit.size / &first.size));
                Quantity {
                    number: known.number.add(&more),
                    unit: Some(first),
                }
            }
        });
        if at < tokens.len() && tokens[at].says("and") {
            at += 1;
        }
    }
    total.map_or_else(|| foreign("no quantity"), Ok)
}

/// The number before a unit: one token, or a fraction.
fn amount(tokens: &[Token], from: usize) -> Result<(Sum, usize)> {
    let number = |at: usize| tokens.get(at).and_then(Token::number).cloned();
    if tokens.get(from).is_some_and(|token| token.is('(')) {
        let close = tokens[from..]
            .iter()
            .position(|token| token.is(')'))
            .map_or(tokens.len(), |close| from + close + 1);
        let inner = expr::expression(&tokens[from..close])?;
        return Ok((expr::constant(&inner, &Scope::default())?, close));
    }
    let Some(first) = number(from) else {
        return foreign("a number is missing before a unit");
    };
    let slash = tokens.get(from + 1).is_some_and(|token| token.is('/'));
    if let (true, Some(below)) = (slash, number(from + 2)) {
        if below.is_zero() {
            return Err(Trouble::Undefined("division by zero is undefined".to_owned()));
        }
        return Ok((Sum::from(first / below), from + 3));
    }
    Ok((Sum::from(first), from + 1))
}

/// Brought to another unit.
pub(super) fn convert(quantity: &Quantity, target: &Unit) -> Result<Sum> {
    let Some(unit) = &quantity.unit else {
        return foreign("a number without a unit cannot be converted");
    };
    if !unit.fits(target) {
        return calendar(quantity, unit, target).map_or_else(
            || {
                Err(Trouble::Undefined(format!(
                    "{} and {} do not measure the same",
                    unit.symbol, target.symbol
                )))
            },
            Ok,
        );
    }
    let decimal = |unit: &Unit| unit.binary && unit.size != Rational::one() && unit.size != whole(8);
    let data = unit.dimension[5] != 0;
    let ratio = &unit.size / &target.size;
    if data
        && (decimal(unit) || decimal(target))
        && ratio != whole(8)
        && ratio.recip() != whole(8)
        && !ratio.is_one()
    {
        return Err(Trouble::Ambiguous(format!(
            "{} may be counted in thousands or in 1024s; write kB, MB with powers of 1000 in bytes, or KiB, MiB",
            if decimal(unit) {
                &unit.symbol
            } else {
                &target.symbol
            }
        )));
    }
    match (&unit.zero, &target.zero) {
        (None, None) => Ok(quantity.number.scaled(&ratio)),
        (Some(from), Some(to)) => {
            let kelvin = quantity.number.scaled(&unit.size).add(&from.clone().into());
            if kelvin.sign().is_some_and(|sign| sign < 0) {
                return Err(Trouble::Undefined("that is below absolute zero".to_owned()));
            }
            Ok(kelvin.minus(&to.clone().into()).scaled(&target.size.recip()))
        }
        _ => foreign("a temperature and a difference of temperatures"),
    }
}

/// A year is 365 days unless it is a leap year.
fn calendar(quantity: &Quantity, unit: &Unit, target: &Unit) -> Option<Sum> {
    let seconds = [0, 0, 1, 0, 0, 0, 0, 0];
    let years = &unit.size / whole(12);
    let whole_year = unit.dimension == [0, 0, 0, 0, 0, 0, 0, 1] && years.is_one();
    let exact = target.dimension == seconds && target.size <= whole(86_400);
    (whole_year && exact && quantity.number == Sum::int(1))
        .then(|| quantity.number.scaled(&(whole(365 * 86_400) / &target.size)))
}
