//! Numbers with units, exactly: `$1,234.50`, `3/4`, `1.2e3 km`, `15 %`.

/// A number and its unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    /// The number as it was written.
    number: Ratio,
    /// Decimal places that it was written with; `None` where it is a fraction.
    places: Option<u32>,
    /// The unit's usual short form, or the words that stood there, in lower case; empty: none.
    pub unit: String,
}

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ratio {
    over: i128,
    under: i128,
}

/// Units that measure the same, by what one of them is in the first: names, the base, over, under.
const UNITS: &[(&[&str], &str, i128, i128)] = &[
    (&["m", "meter", "metre", "meters", "metres"], "m", 1, 1),
    (
        &["km", "kilometer", "kilometre", "kilometers", "kilometres"],
        "m",
        1000,
        1,
    ),
    (
        &["cm", "centimeter", "centimetre", "centimeters", "centimetres"],
        "m",
        1,
        100,
    ),
    (
        &["mm", "millimeter", "millimetre", "millimeters", "millimetres"],
        "m",
        1,
        1000,
    ),
    (&["g", "gram", "grams"], "g", 1, 1),
    (&["kg", "kilogram", "kilograms", "kilo", "kilos"], "g", 1000, 1),
    (&["mg", "milligram", "milligrams"], "g", 1, 1000),
    (&["l", "liter", "litre", "liters", "litres"], "l", 1, 1),
    (
        &["ml", "milliliter", "millilitre", "milliliters", "millilitres"],
        "l",
        1,
        1000,
    ),
    (&["s", "sec", "secs", "second", "seconds"], "s", 1, 1),
    (&["min", "mins", "minute", "minutes"], "s", 60, 1),
    (&["h", "hr", "hrs", "hour", "hours"], "s", 3600, 1),
    (&["day", "days"], "s", 86_400, 1),
    (&["week", "weeks"], "s", 604_800, 1),
    (&["%", "percent", "per cent"], "%", 1, 1),
    (&["$", "usd", "dollar", "dollars", "us dollars"], "usd", 1, 1),
    (&["¢", "cent", "cents"], "usd", 1, 100),
    (&["€", "eur", "euro", "euros"], "eur", 1, 1),
    (&["£", "gbp", "pound sterling", "pounds sterling"], "gbp", 1, 1),
    (&["°", "degree", "degrees"], "°", 1, 1),
    (&["°c", "degrees celsius", "celsius"], "°c", 1, 1),
    (
        &["km/h", "kph", "kmh", "kilometers per hour", "kilometres per hour"],
        "km/h",
        1,
        1,
    ),
];

/// Most words of a unit; after more, a number is part of a sentence.
const UNIT_WORDS: usize = 3;

impl Quantity {
    /// The same for equal quantities, whatever their units.
    pub(super) fn key(&self) -> String {
        let (number, unit) = self.in_base();
        let number = if number.under == 1 {
            number.over.to_string()
        } else {
            format!("{}/{}", number.over, number.under)
        };
        if unit.is_empty() {
            number
        } else {
            format!("{number} {unit}")
        }
    }

    /// Without its unit.
    pub(super) fn bare(&self) -> Self {
        Self {
            unit: String::new(),
            ..self.clone()
        }
    }

    /// Whether both are the same, where one of them may lack its unit or be the other one rounded, to two places or more.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let (one, two) = if self.unit.is_empty() || other.unit.is_empty() {
            ((self.number, ""), (other.number, ""))
        } else {
            (self.in_base(), other.in_base())
        };
        if one.1 != two.1 {
            return false;
        }
        one.0 == two.0
            || (self.unit == other.unit || one.1.is_empty())
                && (self.is_rounded(other) || other.is_rounded(self))
    }

    /// Whether this is the other one with fewer places.
    fn is_rounded(&self, exact: &Self) -> bool {
        const FEWEST: u32 = 2;
        let Some(places) = self.places.filter(|&places| places >= FEWEST) else {
            return false;
        };
        if exact.places.is_some_and(|exact| exact <= places) {
            return false;
        }
        let Some(power) = 10_i128.checked_pow(places) else {
            return false;
        };
        let (own, full) = (self.number.times(power, 1), exact.number.times(power, 1));
        own.zip(full).is_some_and(|(own, full)| {
            // At most half a unit of the last place away.
            own.minus(full)
                .and_then(|distance| distance.times(2, 1))
                .is_some_and(|twice| twice.over.abs() <= twice.under)
        })
    }

    fn in_base(&self) -> (Ratio, &str) {
        let known = UNITS
            .iter()
            .find(|(names, ..)| names.contains(&self.unit.as_str()));
        known
            .and_then(|&(_, base, over, under)| Some((self.number.times(over, under)?, base)))
            .unwrap_or((self.number, &self.unit))
    }
}

impl Ratio {
    fn new(over: i128, under: i128) -> Option<Self> {
        let divisor = gcd(over.checked_abs()?, under.checked_abs()?);
        if under == 0 || divisor == 0 {
            return None;
        }
        let sign = under.signum();
        Some(Self {
            over: sign * over / divisor,
            under: sign * under / divisor,
        })
    }

    fn times(self, over: i128, under: i128) -> Option<Self> {
        Self::new(self.over.checked_mul(over)?, self.under.checked_mul(under)?)
    }

    fn minus(self, other: Self) -> Option<Self> {
        let one = self.over.checked_mul(other.under)?;
        let two = other.over.checked_mul(self.under)?;
        Self::new(one.checked_sub(two)?, self.under.checked_mul(other.under)?)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// By value as nearly as floating-point numbers tell, then by numerator and denominator.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let value = |ratio: &Self| ratio.over as f64 / ratio.under as f64;
        value(self)
            .total_cmp(&value(other))
            .then((self.over, self.under).cmp(&(other.over, other.under)))
    }
}

fn gcd(mut one: i128, mut two: i128) -> i128 {
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

/// One quantity, or several with `or`, `and` or commas between them; those in order of size. `None` where anything else
/// stands in the text.
pub(super) fn quantities(text: &str) -> Option<Vec<Quantity>> {
    // "1,234" is one number and "2, 3" are two.
    let text = text.replace(" or ", ", ").replace(" and ", ", ");
    let mut found: Vec<Quantity> = text
        .split(", ")
        .map(|part| quantity(part.trim().trim_matches(',')))
        .collect::<Option<_>>()?;
    found.sort();
    found.dedup();
    Some(found)
}

fn quantity(text: &str) -> Option<Quantity> {
    let text = value_of(text).trim_start_matches(['≈', '~', ' ']);
    let text = text.strip_prefix("about ").unwrap_or(text);
    let (currency, text) = currency(text);
    let (number, places, rest) = number(&text)?;
    let rest = rest.replace(['{', '}'], " ").to_lowercase();
    let rest = rest.trim().trim_end_matches('.');
    let unit = match (currency.is_empty(), rest.is_empty()) {
        (false, _) => currency,
        (true, true) => "",
        (true, false) => unit(rest)?,
    };
    Some(Quantity {
        number,
        places,
        unit: unit.to_owned(),
    })
}

/// What stands after `x =`.
fn value_of(text: &str) -> &str {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() && !name.contains(char::is_numeric) => value.trim(),
        _ => text.trim(),
    }
}

/// A currency's sign before a number, with the number's own sign left in place.
fn currency(text: &str) -> (&'static str, String) {
    let sign = |text: &str| ["$", "€", "£"].into_iter().find(|sign| text.starts_with(sign));
    let negative = text.strip_prefix(['-', '−']).filter(|rest| sign(rest).is_some());
    let bare = negative.unwrap_or(text);
    match sign(bare) {
        Some(sign) => {
            let number = bare[sign.len()..].trim_start();
            let minus = if negative.is_some() { "-" } else { "" };
            (sign, format!("{minus}{number}"))
        }
        None => ("", text.to_owned()),
    }
}

/// Digits, with commas between thousands, decimals, an exponent, or a second number below a stroke; and what follows.
fn number(text: &str) -> Option<(Ratio, Option<u32>, String)> {
    if let Some((over, under, rest)) = latex_fraction(text) {
        return Some((Ratio::new(over, under)?, None, rest));
    }
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, places, mut rest) = decimal(text)?;
    let mut ratio = Ratio::new(digits, 10_i128.checked_pow(places)?)?;
    let mut places = Some(places);
    if let Some((power, after)) = exponent(rest) {
        let factor = 10_i128.checked_pow(power.unsigned_abs())?;
        ratio = if power < 0 {
            ratio.times(1, factor)?
        } else {
            ratio.times(factor, 1)?
        };
        (places, rest) = (None, after);
    } else if let Some(below) = rest.strip_prefix('/')
        && let Some((under, 0, after)) = decimal(below)
    {
        ratio = ratio.times(1, under)?;
        (places, rest) = (None, after);
    }
    if negative {
        ratio.over = -ratio.over;
    }
    Some((ratio, places, rest.to_owned()))
}

/// Digits without their point, how many stood behind it, and the rest.
fn decimal(text: &str) -> Option<(i128, u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
        .unwrap_or(text.len());
    // A point or comma at the end belongs to the sentence.
    let token = text[..end].trim_end_matches(['.', ',']);
    let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
    let mut thousands = whole.split(',');
    let first = thousands.next().unwrap_or_default();
    let mut grouped = thousands.map(str::len).peekable();
    let is_grouped = grouped.peek().is_some();
    if is_grouped && (first.is_empty() || first.len() > 3 || grouped.any(|digits| digits != 3)) {
        return None;
    }
    let digits = format!("{}{fraction}", whole.replace(',', ""));
    if digits.is_empty() || fraction.contains([',', '.']) {
        return None;
    }
    Some((digits.parse().ok()?, fraction.len() as u32, &text[token.len()..]))
}

/// `e3`, `E-3`, `× 10^3`.
fn exponent(text: &str) -> Option<(i32, &str)> {
    let after = text.strip_prefix(['e', 'E']).or_else(|| {
        let text = text.trim_start();
        let text = ["×", "x", "*", "\\times"]
            .iter()
            .find_map(|sign| text.strip_prefix(sign))?;
        text.trim_start().strip_prefix("10^")
    })?;
    let inner = after.strip_prefix('{').unwrap_or(after);
    let digits = inner.strip_prefix(['-', '+', '−']).unwrap_or(inner);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let size: i32 = digits[..end].parse().ok()?;
    let negative = inner.starts_with(['-', '−']);
    let rest = digits[end..].strip_prefix('}').unwrap_or(&digits[end..]);
    Some((if negative { -size } else { size }, rest))
}

/// `\frac{3}{4}`.
fn latex_fraction(text: &str) -> Option<(i128, i128, String)> {
    let (negative, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let inner = ["\\frac{", "\\dfrac{", "\\tfrac{"]
        .iter()
        .find_map(|start| text.strip_prefix(start))?;
    let (over, rest) = inner.split_once("}{")?;
    let (under, rest) = rest.split_once('}')?;
    let over: i128 = over.trim().parse().ok()?;
    let over = if negative { over.checked_neg()? } else { over };
    Some((over, under.trim().parse().ok()?, rest.to_owned()))
}

/// A unit of the table, or up to three words that could be one.
fn unit(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c == '(' || c == ')' || c == '*');
    if UNITS.iter().any(|(names, ..)| names.contains(&text)) {
        return Some(text);
    }
    let words = text.split_whitespace().count();
    let wordy = text
        .chars()
        .all(|c| c.is_alphabetic() || " /^²³·-°".contains(c) || c == '2' || c == '3');
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '°');
    (words <= UNIT_WORDS && wordy && begins).then_some(text)
}
