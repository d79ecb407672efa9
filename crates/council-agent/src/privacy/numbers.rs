//! Numbers of payment cards and telephones.

use super::Finding;
use super::runs::{Run, Window, runs};
use super::words::{char_after, char_before, said_before};
use council_core::PrivacyKind;

/// Words before a telephone number.
const CALL: &[&str] = &[
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "cellphone",
    "fax",
    "call",
    "dial",
    "sms",
    "text me at",
    "whatsapp",
    "signal",
    "reach me at",
    "handy",
    "telefon",
    "mobil",
    "rufnummer",
    "anrufen",
    "nummer",
    "téléphone",
    "portable",
    "appelez",
    "teléfono",
    "telefono",
    "móvil",
    "cellulare",
    "telefoon",
    "mobiel",
    "telemóvel",
    "numéro",
];

pub(super) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for run in runs(text) {
        take(&run, text, 13..=19, is_card, PrivacyKind::Card, &mut found);
        take(&run, text, 7..=17, is_phone, PrivacyKind::Phone, &mut found);
    }
    found
}

/// Takes windows that are it, from left to right, none of them twice.
fn take(
    run: &Run<'_>,
    text: &str,
    digits: std::ops::RangeInclusive<usize>,
    is: fn(&Window<'_, '_>) -> bool,
    kind: PrivacyKind,
    found: &mut Vec<Finding>,
) {
    let mut end = 0;
    for window in run.windows(text, digits) {
        let range = window.range();
        if range.start >= end && window.stands_alone() && is(&window) {
            end = range.end;
            found.push(Finding::new(kind, range));
        }
    }
}

/// The length and beginning of an issuer's numbers, and the check digit of ISO/IEC 7812-1.
fn is_card(window: &Window<'_, '_>) -> bool {
    if !window.evenly(" \u{a0}\u{202f}-") || window.groups.iter().any(|group| group.digits.len() < 2) {
        return false;
    }
    let digits = window.digits();
    // Spaced zeros pass every check digit.
    issued(&digits) && luhn(&digits)
}

fn issued(digits: &str) -> bool {
    let head = |count: usize| digits[..count].parse::<u32>().unwrap_or(0);
    let length = digits.len();
    match (head(1), head(2), head(3), head(4)) {
        (4, ..) => matches!(length, 13 | 16 | 19),
        (_, 51..=55, ..) | (_, _, _, 2221..=2720) => length == 16,
        (_, 34 | 37, ..) => length == 15,
        (_, _, 300..=305, _) | (_, 36 | 38 | 39, ..) => (14..=19).contains(&length),
        // Discover, JCB, UnionPay.
        (_, _, _, 6011 | 3528..=3589) | (_, 62 | 65, ..) | (_, _, 644..=649, _) => {
            (16..=19).contains(&length)
        }
        // Maestro.
        (_, _, _, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763) => true,
        _ => false,
    }
}

pub(super) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = if index % 2 == 1 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_phone(window: &Window<'_, '_>) -> bool {
    let digits = window.digits();
    let range = window.range();
    if looks_like_something_else(window) || all_the_same(&digits) {
        return false;
    }
    let count = digits.len();
    if window.plus {
        return (8..=15).contains(&count) && !digits.starts_with('0') && !added(window);
    }
    let first = window.groups.first().map_or("", |group| group.digits);
    let groups = window.groups.len();
    // A window inside a run is a number of its own only where a space divides it from what comes before.
    let whole = window.run.groups.first().map(|group| group.range.start)
        == window.groups.first().map(|group| group.range.start);
    let divided = window.groups.first().is_some_and(|group| group.gap == " ");
    if !(whole || divided) {
        return false;
    }
    let called = said_before(window.text, range.start, CALL);
    let international = first.starts_with("00") && !first.starts_with("000") && (11..=17).contains(&count);
    if international && (groups > 1 || called) {
        return true;
    }
    if north_american(window, &digits) {
        return true;
    }
    let trunk = first.len() >= 2 && first.starts_with('0') && !first.starts_with("00");
    if trunk && (9..=12).contains(&count) && groups > 1 {
        let last = window.groups.last().map_or(0, |group| group.digits.len());
        return last >= 2 && window.gaps().filter(|gap| gap.contains('/')).count() <= 1;
    }
    called && whole && (7..=15).contains(&count)
}

/// `212-555-0123`, `(212) 555-0123`, `1 212 555 0123`; codes of areas and exchanges begin with 2 to 9.
fn north_american(window: &Window<'_, '_>, digits: &str) -> bool {
    let lengths = window.lengths();
    let bracketed = window.gaps().any(|gap| gap.contains(')'));
    let grouped =
        matches!(lengths[..], [3, 3, 4] | [1, 3, 3, 4]) || (bracketed && matches!(lengths[..], [3, 7]));
    let national = digits
        .strip_prefix('1')
        .filter(|rest| rest.len() == 10)
        .unwrap_or(digits);
    let bytes = national.as_bytes();
    grouped && bytes.len() == 10 && bytes[0] >= b'2' && bytes[3] >= b'2'
}

/// Dates, addresses of machines, versions and decimals.
fn looks_like_something_else(window: &Window<'_, '_>) -> bool {
    let dated = window.groups.windows(3).any(|three| {
        let [a, b, c] = three else { return false };
        let number = |group: &super::runs::Group<'_>| group.digits.parse::<u32>().unwrap_or(u32::MAX);
        let same = b.gap == c.gap && matches!(b.gap, "." | "/" | "-");
        let year = |group: &super::runs::Group<'_>| {
            group.digits.len() == 4 && (1800..=2199).contains(&number(group))
        };
        let short =
            |group: &super::runs::Group<'_>| group.digits.len() <= 2 && (1..=31).contains(&number(group));
        same && ((short(a) && short(b) && year(c)) || (year(a) && short(b) && short(c)))
    });
    let lengths = window.lengths();
    let address = window.evenly(".") && lengths.len() == 4 && lengths.iter().all(|length| *length <= 3);
    let range = window.range();
    // `10:30`, `3.5%`, `7 * 8`: part of a time or of a computation.
    let goes_on = |c: Option<char>| matches!(c, Some(':' | '*' | '%' | '^' | '='));
    let rest = window.text[range.end..].trim_start_matches(' ');
    let before = window.text[..range.start].trim_end_matches(' ');
    let computed =
        goes_on(char_after(rest, 0)) || matches!(char_before(before, before.len()), Some('*' | '^' | '='));
    let decimal = char_after(window.text, range.end) == Some(',')
        && window.text[range.end + 1..].starts_with(|c: char| c.is_ascii_digit());
    let after_decimal = matches!(char_before(window.text, range.start), Some(',' | '.' | ':' | '#'));
    dated || address || computed || decimal || after_decimal
}

/// `3 +12345678` is a sum.
fn added(window: &Window<'_, '_>) -> bool {
    let before = window.text[..window.range().start].trim_end();
    window.groups.len() == 1 && before.ends_with(|c: char| c.is_ascii_digit() || c == ')')
}

fn all_the_same(digits: &str) -> bool {
    let first = digits.as_bytes().first();
    digits.as_bytes().iter().all(|digit| Some(digit) == first)
}
