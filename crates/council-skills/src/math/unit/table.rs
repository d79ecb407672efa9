//! The names of units. US customary measures where countries differ.

use super::{Dimension, Unit};
use crate::math::lex::Token;
use crate::math::number::{Rational, whole};
use crate::math::trouble::{Result, Trouble};
use num_bigint::BigInt;
use num_traits::{Num, One, Pow};

const LENGTH: Dimension = [1, 0, 0, 0, 0, 0, 0, 0];
const AREA: Dimension = [2, 0, 0, 0, 0, 0, 0, 0];
const VOLUME: Dimension = [3, 0, 0, 0, 0, 0, 0, 0];
const MASS: Dimension = [0, 1, 0, 0, 0, 0, 0, 0];
const TIME: Dimension = [0, 0, 1, 0, 0, 0, 0, 0];
const FREQUENCY: Dimension = [0, 0, -1, 0, 0, 0, 0, 0];
const TEMPERATURE: Dimension = [0, 0, 0, 1, 0, 0, 0, 0];
const CURRENT: Dimension = [0, 0, 0, 0, 1, 0, 0, 0];
const DATA: Dimension = [0, 0, 0, 0, 0, 1, 0, 0];
const ANGLE: Dimension = [0, 0, 0, 0, 0, 0, 1, 0];
const CALENDAR: Dimension = [0, 0, 0, 0, 0, 0, 0, 1];
const SPEED: Dimension = [1, 0, -1, 0, 0, 0, 0, 0];
const FORCE: Dimension = [1, 1, -2, 0, 0, 0, 0, 0];
const PRESSURE: Dimension = [-1, 1, -2, 0, 0, 0, 0, 0];
const ENERGY: Dimension = [2, 1, -2, 0, 0, 0, 0, 0];
const POWER: Dimension = [2, 1, -3, 0, 0, 0, 0, 0];
const VOLTAGE: Dimension = [2, 1, -3, 0, -1, 0, 0, 0];
const CHARGE: Dimension = [0, 0, 1, 0, 1, 0, 0, 0];

/// Symbol, size in basic units, dimension, and names; those in capitals or of up to two letters are symbols and keep
/// their case.
type Row = (&'static str, &'static str, Dimension, &'static [&'static str]);

/// Units that take the prefixes of the SI.
const PREFIXED: [Row; 17] = [
    ("m", "1", LENGTH, &["meter", "meters", "metre", "metres"]),
    ("g", "1/1000", MASS, &["gram", "grams", "gramme", "grammes"]),
    ("L", "1/1000", VOLUME, &["liter", "liters", "litre", "litres"]),
    ("l", "1/1000", VOLUME, &[]),
    ("s", "1", TIME, &["second", "seconds"]),
    ("Hz", "1", FREQUENCY, &["hertz"]),
    ("N", "1", FORCE, &["newton", "newtons"]),
    ("Pa", "1", PRESSURE, &["pascal", "pascals"]),
    ("J", "1", ENERGY, &["joule", "joules"]),
    ("W", "1", POWER, &["watt", "watts"]),
    ("A", "1", CURRENT, &["ampere", "amperes", "amp", "amps"]),
    ("V", "1", VOLTAGE, &["volt", "volts"]),
    ("C", "1", CHARGE, &["coulomb", "coulombs"]),
    (
        "eV",
        "1.602176634e-19",
        ENERGY,
        &["electronvolt", "electronvolts"],
    ),
    ("cal", "4.184", ENERGY, &["calorie", "calories"]),
    ("bar", "100000", PRESSURE, &["bars"]),
    ("t", "1000", MASS, &["tonne", "tonnes"]),
];

const DATA_UNITS: [Row; 2] = [
    ("B", "8", DATA, &["byte", "bytes"]),
    ("b", "1", DATA, &["bit", "bits"]),
];

const PREFIXES: [(&str, &str, i32); 12] = [
    ("T", "tera", 12),
    ("G", "giga", 9),
    ("M", "mega", 6),
    ("k", "kilo", 3),
    ("h", "hecto", 2),
    ("da", "deca", 1),
    ("d", "deci", -1),
    ("c", "centi", -2),
    ("m", "milli", -3),
    ("μ", "micro", -6),
    ("n", "nano", -9),
    ("p", "pico", -12),
];

const BINARY: [(&str, &str, u32); 4] = [
    ("Ki", "kibi", 10),
    ("Mi", "mebi", 20),
    ("Gi", "gibi", 30),
    ("Ti", "tebi", 40),
];

const OTHERS: [Row; 62] = [
    ("in", "0.0254", LENGTH, &["inch", "inches", "\""]),
    ("ft", "0.3048", LENGTH, &["foot", "feet", "'"]),
    ("yd", "0.9144", LENGTH, &["yard", "yards", "yds"]),
    ("mi", "1609.344", LENGTH, &["mile", "miles"]),
    ("nmi", "1852", LENGTH, &["nautical mile", "nautical miles"]),
    ("km", "1000", LENGTH, &["kms", "k.m."]),
    ("furlong", "201.168", LENGTH, &["furlongs"]),
    ("fathom", "1.8288", LENGTH, &["fathoms"]),
    ("micron", "0.000001", LENGTH, &["microns"]),
    (
        "ly",
        "9460730472580800",
        LENGTH,
        &["light year", "light years", "lightyear", "lightyears"],
    ),
    (
        "au",
        "149597870700",
        LENGTH,
        &["astronomical unit", "astronomical units"],
    ),
    ("kg", "1", MASS, &["kgs", "kilo", "kilos"]),
    ("lb", "0.45359237", MASS, &["pound", "pounds", "lbs"]),
    ("oz", "0.028349523125", MASS, &["ounce", "ounces"]),
    ("st", "6.35029318", MASS, &["stone", "stones"]),
    ("ton", "0", MASS, &["tons"]),
    (
        "short ton",
        "907.18474",
        MASS,
        &["short tons", "us ton", "us tons"],
    ),
    (
        "long ton",
        "1016.0469088",
        MASS,
        &["long tons", "imperial ton", "imperial tons"],
    ),
    (
        "metric ton",
        "1000",
        MASS,
        &["metric tons", "metric tonne", "metric tonnes"],
    ),
    ("carat", "0.0002", MASS, &["carats"]),
    ("min", "60", TIME, &["minute", "minutes", "mins"]),
    ("h", "3600", TIME, &["hour", "hours", "hr", "hrs"]),
    ("d", "86400", TIME, &["day", "days"]),
    ("wk", "604800", TIME, &["week", "weeks"]),
    ("fortnight", "1209600", TIME, &["fortnights"]),
    ("sec", "1", TIME, &["secs"]),
    ("month", "1", CALENDAR, &["months"]),
    ("year", "12", CALENDAR, &["years", "yr", "yrs"]),
    ("decade", "120", CALENDAR, &["decades"]),
    ("century", "1200", CALENDAR, &["centuries"]),
    ("millennium", "12000", CALENDAR, &["millennia", "millenniums"]),
    ("ha", "10000", AREA, &["hectare", "hectares"]),
    ("acre", "4046.8564224", AREA, &["acres"]),
    ("sqft", "0.09290304", AREA, &["sq.ft"]),
    ("are", "100", AREA, &["ares"]),
    ("cc", "0.000001", VOLUME, &["ccs"]),
    (
        "gal",
        "0.003785411784",
        VOLUME,
        &["gallon", "gallons", "us gallon", "us gallons"],
    ),
    ("qt", "0.000946352946", VOLUME, &["quart", "quarts"]),
    ("pt", "0.000473176473", VOLUME, &["pint", "pints"]),
    ("cup", "0.0002365882365", VOLUME, &["cups"]),
    (
        "fl oz",
        "0.0000295735295625",
        VOLUME,
        &["fluid ounce", "fluid ounces", "floz"],
    ),
    (
        "tbsp",
        "0.00001478676478125",
        VOLUME,
        &["tablespoon", "tablespoons", "tbsps"],
    ),
    (
        "tsp",
        "0.00000492892159375",
        VOLUME,
        &["teaspoon", "teaspoons", "tsps"],
    ),
    ("imperial gallon", "0.00454609", VOLUME, &["imperial gallons"]),
    (
        "bbl",
        "0.158987294928",
        VOLUME,
        &["barrel of oil", "barrels of oil"],
    ),
    ("mph", "0.44704", SPEED, &["mile an hour", "miles an hour"]),
    ("kph", "5/18", SPEED, &["kmh", "kmph"]),
    ("kn", "463/900", SPEED, &["knot", "knots"]),
    ("fps", "0.3048", SPEED, &[]),
    ("lbf", "4.4482216152605", FORCE, &["pound force"]),
    ("atm", "101325", PRESSURE, &["atmosphere", "atmospheres"]),
    ("psi", "4.4482216152605/0.00064516", PRESSURE, &[]),
    ("mmHg", "133.322387415", PRESSURE, &["mmhg"]),
    ("torr", "101325/760", PRESSURE, &[]),
    ("Wh", "3600", ENERGY, &["watt hour", "watt hours"]),
    (
        "kWh",
        "3600000",
        ENERGY,
        &["kwh", "kilowatt hour", "kilowatt hours"],
    ),
    (
        "MWh",
        "3600000000",
        ENERGY,
        &["mwh", "megawatt hour", "megawatt hours"],
    ),
    ("mAh", "3.6", CHARGE, &["mah"]),
    ("Ah", "3600", CHARGE, &["amp hour", "amp hours"]),
    ("°", "1", ANGLE, &["degree", "degrees", "deg"]),
    (
        "revolution",
        "360",
        ANGLE,
        &["revolutions", "full turn", "full turns"],
    ),
    ("dozen", "0", ANGLE, &[]),
];

/// Scales of temperature: size of a degree and zero, in kelvin.
const SCALES: [(&str, &str, &str, &[&str]); 4] = [
    (
        "°C",
        "1",
        "273.15",
        &[
            "celsius",
            "degrees celsius",
            "degree celsius",
            "degrees c",
            "° c",
            "°c",
            "centigrade",
            "degrees centigrade",
            "deg c",
            "deg celsius",
        ],
    ),
    (
        "°F",
        "5/9",
        "45967/180",
        &[
            "fahrenheit",
            "degrees fahrenheit",
            "degree fahrenheit",
            "degrees f",
            "° f",
            "°f",
            "deg f",
            "deg fahrenheit",
            "farenheit",
        ],
    ),
    (
        "K",
        "1",
        "0",
        &["kelvin", "kelvins", "degrees kelvin", "degree kelvin"],
    ),
    ("°R", "5/9", "0", &["rankine", "degrees rankine"]),
];

fn size(text: &str) -> Rational {
    let part = |text: &str| {
        let (mantissa, power) = text.split_once("e-").unwrap_or((text, "0"));
        let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = BigInt::from_str_radix(&format!("{before}{after}"), 10).unwrap_or_default();
        let places = after.len() + power.parse::<usize>().unwrap_or(0);
        Rational::new(digits, Pow::pow(BigInt::from(10), places))
    };
    match text.split_once('/') {
        Some((above, below)) => part(above) / part(below),
        None => part(text),
    }
}

fn made(symbol: &str, size: Rational, dimension: Dimension) -> Unit {
    Unit {
        dimension,
        size,
        zero: None,
        symbol: symbol.to_owned(),
        binary: false,
    }
}

/// The unit that the first one to three tokens name, and how many.
pub(super) fn find(tokens: &[Token]) -> Result<Option<(Unit, usize)>> {
    for length in (1..=tokens.len().min(3)).rev() {
        let words: Vec<&str> = tokens[..length]
            .iter()
            .map(|token| token.source.as_str())
            .collect();
        let known = tokens[..length].iter().all(|token| token.number().is_none());
        let degrees = tokens[0].is('°') && length == 2 && !tokens[1].gap;
        let joined = if degrees { words.concat() } else { words.join(" ") };
        if let Some(unit) = known.then(|| named(&joined, length == 1)).flatten() {
            if unit.size == whole(0) {
                return Err(Trouble::Ambiguous(format!(
                    "`{joined}` may be a metric ton of 1000 kg, a short ton of 2000 lb or a long ton of 2240 lb; say which"
                )));
            }
            return Ok(Some((unit, length)));
        }
    }
    Ok(None)
}

pub(super) fn named(text: &str, single: bool) -> Option<Unit> {
    let lower = text.to_lowercase();
    for (symbol, degree, zero, names) in SCALES {
        let short = text == symbol || (single && (text == "F" && symbol == "°F"));
        if short || names.contains(&lower.as_str()) {
            let unit = made(symbol, size(degree), TEMPERATURE);
            return Some(Unit {
                zero: Some(size(zero)),
                ..unit
            });
        }
    }
    for (symbol, text_size, dimension, names) in OTHERS {
        let lenient = symbol.len() > 1 && lower == symbol.to_lowercase() && text != "Min";
        if symbol != "dozen" && (text == symbol || lenient || names.contains(&lower.as_str())) {
            return Some(made(symbol, size(text_size), dimension));
        }
    }
    for (rows, data) in [(PREFIXED.as_slice(), false), (DATA_UNITS.as_slice(), true)] {
        for (symbol, text_size, dimension, names) in rows {
            let base = size(text_size);
            if text == *symbol || names.contains(&lower.as_str()) {
                return Some(made(symbol, base, *dimension));
            }
            for (short, long, power) in PREFIXES {
                let usual = *symbol != "t" && !(*symbol == "bar" && power > 0);
                let micro = short == "μ" && text.strip_prefix('u') == Some(symbol);
                // "KM", "Kg": the case of longer symbols is often wrong, and no other unit has those letters.
                let sloppy = matches!(
                    (short, *symbol),
                    ("k", "m" | "g" | "W" | "J" | "Hz" | "B" | "cal" | "Pa") | ("c", "m") | ("m", "L" | "l")
                ) && lower == format!("{short}{symbol}").to_lowercase()
                    && !(short == "m" && text.starts_with('M'))
                    && !text.ends_with('b');
                let shorted = usual && (text.strip_prefix(short) == Some(symbol) || micro || sloppy);
                let spelt = lower.strip_prefix(long).is_some_and(|rest| names.contains(&rest));
                if shorted || spelt {
                    let ten: BigInt = Pow::pow(BigInt::from(10), power.unsigned_abs());
                    let scale = Rational::from_integer(ten);
                    let scale = if power < 0 { scale.recip() } else { scale };
                    let unit = made(&format!("{short}{symbol}"), base * scale, *dimension);
                    return Some(Unit { binary: data, ..unit });
                }
            }
            if !data {
                continue;
            }
            for (short, long, power) in BINARY {
                let spelt = lower.strip_prefix(long).is_some_and(|rest| names.contains(&rest));
                if text.strip_prefix(short) == Some(symbol) || spelt {
                    let scale = Rational::from_integer(BigInt::one() << power);
                    return Some(made(&format!("{short}{symbol}"), base * scale, *dimension));
                }
            }
        }
    }
    None
}
