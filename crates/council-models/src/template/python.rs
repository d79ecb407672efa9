//! What published templates take for granted because they were written for Python: `json.dumps`, `repr(float)`,
//! `strftime`.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};
use std::fmt::Write;

/// The keyword arguments of `json.dumps`.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonLayout {
    /// Spaces per level, one item a line; `None` writes one line.
    pub(super) indent: Option<u32>,
    /// Between items, and between key and value; Python's default is `", "` (`","` with `indent`) and `": "`.
    pub(super) separators: Option<Vec<String>>,
    /// Whether everything outside ASCII is escaped.
    pub(super) ensure_ascii: bool,
    /// Whether keys are sorted.
    pub(super) sort_keys: bool,
}

/// Python's `json.dumps(value, …)`.
pub(super) fn json_dumps(value: &Value, layout: &JsonLayout) -> Result<String, Error> {
    let default_item = if layout.indent.is_some() { "," } else { ", " };
    let (item, key) = match layout.separators.as_deref() {
        None => (default_item, ": "),
        Some([item, key]) => (item.as_str(), key.as_str()),
        Some(_) => {
            let message = "tojson: `separators` must be a pair of strings";
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
    };
    let mut writer = JsonWriter {
        out: String::new(),
        layout,
        item_separator: item,
        key_separator: key,
        depth: 0,
    };
    writer.value(value)?;
    Ok(writer.out)
}

struct JsonWriter<'a> {
    out: String,
    layout: &'a JsonLayout,
    item_separator: &'a str,
    key_separator: &'a str,
    depth: usize,
}

impl JsonWriter<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value.kind() {
            ValueKind::None => self.out.push_str("null"),
            ValueKind::Bool => self.out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => self.out.push_str(&number(value)?),
            ValueKind::String => self.string(value.as_str().unwrap_or_default()),
            ValueKind::Seq | ValueKind::Iterable => {
                let items: Vec<Value> = value.try_iter()?.collect();
                self.list('[', ']', &items, Self::value)?;
            }
            ValueKind::Map => {
                let mut keys: Vec<Value> = value.try_iter()?.collect();
                if self.layout.sort_keys {
                    keys.sort();
                }
                self.list('{', '}', &keys, |writer, key| {
                    writer.string(&key.to_string());
                    writer.out.push_str(writer.key_separator);
                    writer.value(&value.get_item(key)?)
                })?;
            }
            kind => {
                return Err(Error::new(
                    ErrorKind::BadSerialization,
                    format!("a value of type {kind} is not JSON serializable"),
                ));
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        open: char,
        close: char,
        items: &[Value],
        mut write: impl FnMut(&mut Self, &Value) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.out.push(open);
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(self.item_separator);
            }
            self.new_line();
            write(self, item)?;
        }
        self.depth -= 1;
        if !items.is_empty() {
            self.new_line();
        }
        self.out.push(close);
        Ok(())
    }

    fn new_line(&mut self) {
        if let Some(indent) = self.layout.indent {
            self.out.push('\n');
            self.out
                .extend(std::iter::repeat_n(' ', indent as usize * self.depth));
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                c if c < ' ' || (self.layout.ensure_ascii && (!c.is_ascii() || c == '\u{7f}')) => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        // Writing to a string cannot fail.
                        let _ = write!(self.out, "\\u{unit:04x}");
                    }
                }
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

fn number(value: &Value) -> Result<String, Error> {
    if value.is_integer() {
        return Ok(value.to_string());
    }
    f64::try_from(value.clone()).map(float_repr)
}

/// Python's `repr(float)`: the shortest digits that read back the same; an exponent below 1e-4 and from 1e16.
pub(super) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = value.to_string();
    if plain.contains('.') {
        plain
    } else {
        format!("{plain}.0")
    }
}

/// Jinja2's `sequence` test: whatever has a length and items, which in Python includes strings and dictionaries.
pub(super) fn is_sequence(value: &Value) -> bool {
    value.is_undefined() || value.len().is_some()
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    year: u32,
    month: u32,
    day: u32,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

impl Date {
    /// Reads `YYYY-MM-DD`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let text = parts.next()?;
            let right = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
            if right { text.parse::<u32>().ok() } else { None }
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let date = Self { year, month, day };
        let valid =
            parts.next().is_none() && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        valid.then_some(date)
    }

    /// Python's `strftime` for the directives that concern a day; the time of day is midnight.
    pub(super) fn format(self, format: &str) -> Result<String, Error> {
        let month = MONTHS[self.month as usize - 1];
        let weekday = WEEKDAYS[self.weekday()];
        let mut out = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let text = match chars.next() {
                Some('Y') => format!("{:04}", self.year),
                Some('y') => format!("{:02}", self.year % 100),
                Some('m') => format!("{:02}", self.month),
                Some('d') => format!("{:02}", self.day),
                Some('e') => format!("{:2}", self.day),
                Some('j') => format!("{:03}", self.day_of_year()),
                Some('B') => month.to_owned(),
                Some('b' | 'h') => month[..3].to_owned(),
                Some('A') => weekday.to_owned(),
                Some('a') => weekday[..3].to_owned(),
                Some('H' | 'M' | 'S') => "00".to_owned(),
                Some('I') => "12".to_owned(),
                Some('p') => "AM".to_owned(),
                Some('F') => self.format("%Y-%m-%d")?,
                Some('%') => "%".to_owned(),
                other => {
                    let directive = other.map(String::from).unwrap_or_default();
                    let message = format!("strftime_now: unknown directive `%{directive}` in `{format}`");
                    return Err(Error::new(ErrorKind::InvalidOperation, message));
                }
            };
            out.push_str(&text);
        }
        Ok(out)
    }

    fn day_of_year(self) -> u32 {
        (1..self.month)
            .map(|month| days_in(self.year, month))
            .sum::<u32>()
            + self.day
    }

    /// Days since Sunday (Sakamoto's method).
    fn weekday(self) -> usize {
        const OFFSETS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        // 400 years are a whole number of weeks; they keep the year 0 from going below zero.
        let year = self.year + 400 - u32::from(self.month < 3);
        let days = year + year / 4 - year / 100 + year / 400 + OFFSETS[self.month as usize - 1] + self.day;
        days as usize % 7
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests;
