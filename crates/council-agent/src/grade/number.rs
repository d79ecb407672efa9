//! Numbers in answers.

/// How far two numbers may differ that are the same, as a share of the greater.
const ROUNDING: f64 = 1e-9;

/// A number as it is written, and whether it has a `%`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Written {
    value: f64,
    percent: bool,
}

/// Whether the result that an answer ends with is this number: what follows the last `=`, "is" or the like in it, or its
/// last number.
pub(super) fn says(answer: &str, value: &str, tolerance: Option<f64>) -> bool {
    let Some(expected) = numbers(value).first().copied() else {
        return false;
    };
    let found = numbers(&marked(answer))
        .first()
        .copied()
        .or_else(|| numbers(answer).last().copied());
    found.is_some_and(|found| same(found, expected, tolerance))
}

/// All numbers of a text as a set of values.
pub(super) fn values(text: &str) -> Vec<f64> {
    numbers(text).iter().map(|number| number.value).collect()
}

pub(super) fn equal(one: f64, other: f64) -> bool {
    (one - other).abs() <= ROUNDING * one.abs().max(other.abs()).max(1e-300)
}

fn same(found: Written, expected: Written, tolerance: Option<f64>) -> bool {
    let near = |one: f64, other: f64| match tolerance {
        Some(tolerance) => (one - other).abs() <= tolerance,
        None => equal(one, other),
    };
    // 12.5 % is also said as 12.5 and as 0.125.
    let share = |number: Written| {
        if number.percent {
            number.value / 100.0
        } else {
            number.value
        }
    };
    near(found.value, expected.value)
        || (found.percent != expected.percent && near(share(found), share(expected)))
}

/// What follows the last sign of a result: `\boxed{`, `**`, "answer is", "result is"; empty without one.
fn marked(answer: &str) -> String {
    let lower = answer.to_lowercase();
    let after = |mark: &str| lower.rfind(mark).map(|at| at + mark.len());
    let marks = ["\\boxed{", "answer is", "answer:", "result is", "result:"];
    let last = marks.into_iter().filter_map(after).max();
    last.map_or(String::new(), |at| lower[at..].to_owned())
}

/// The numbers of a text, in order: `-3`, `1,234.5`, `2/3`, `1.5e3`, `12.5%`. Digits within words are none.
fn numbers(text: &str) -> Vec<Written> {
    let text = text.replace(['\u{2212}', '\u{2013}'], "-").replace("\\%", "%");
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let before = |distance: usize| at.checked_sub(distance).map_or(b' ', |at| bytes[at]);
        // The power in `m^2` is a part of the unit, that in `10^2` is none.
        let in_word = match before(1) {
            b'^' => before(2).is_ascii_alphabetic(),
            last => last.is_ascii_alphabetic() || last == b'_',
        };
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        if in_word {
            // All digits of `x12` and `m^2` belong to the word.
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            continue;
        }
        let (mut value, mut end) = digits(&text, at);
        if bytes.get(end) == Some(&b'/') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            let (below, after) = digits(&text, end + 1);
            value /= below;
            end = after;
        }
        let minus = at > 0
            && bytes[at - 1] == b'-'
            && !text[..at - 1]
                .trim_end()
                .ends_with(|last: char| last.is_alphanumeric() || last == ')');
        let rest = text[end..].trim_start();
        found.push(Written {
            value: if minus { -value } else { value },
            percent: rest.starts_with('%') || rest.starts_with("percent"),
        });
        at = end;
    }
    found
}

/// The unsigned number that begins here, and where it ends.
fn digits(text: &str, from: usize) -> (f64, usize) {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = from;
    while digit(end) || (matches!(bytes.get(end), Some(b'.' | b',')) && digit(end + 1)) {
        end += 1;
    }
    let exponent = matches!(bytes.get(end), Some(b'e' | b'E'));
    let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
    if exponent && digit(end + 1 + signed) {
        end += 1 + signed;
        while digit(end) {
            end += 1;
        }
    }
    let written = text[from..end].replace(',', "");
    (written.parse().unwrap_or(f64::NAN), end)
}
