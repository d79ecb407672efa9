//! Numbers that states give to people. Those without a check digit of their own, or with a weak one, count only in
//! their usual grouping or after a word that says what they are.

use super::Finding;
use super::numbers::luhn;
use super::runs::{Window, runs};
use super::words::{char_after, compact, joins, said_before, starts};
use council_core::PrivacyKind;

/// The letter of a Spanish number, by its remainder.
const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(super) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for run in runs(text) {
        let mut end = 0;
        for window in run.windows(text, 8..=15) {
            let range = window.range();
            if range.start >= end && !window.plus && window.stands_alone() && is_number(&window) {
                end = range.end;
                found.push(Finding::new(PrivacyKind::NationalId, range));
            }
        }
    }
    for start in starts(text) {
        let letters = compact(text, start, 16);
        let end = [
            british(&letters),
            spanish(text, start, &letters),
            italian(text, start, &letters),
            corsican(&letters),
        ]
        .into_iter()
        .flatten()
        .find(|end| !char_after(text, *end).is_some_and(joins));
        if let Some(end) = end {
            found.push(Finding::new(PrivacyKind::NationalId, start..end));
        }
    }
    found
}

fn is_number(window: &Window<'_, '_>) -> bool {
    let digits = window.digits();
    let said = |words: &[&str]| said_before(window.text, window.range().start, words);
    match digits.len() {
        8 | 9 => {
            american(
                window,
                &digits,
                said(&[
                    "ssn",
                    "social security",
                    "social security number",
                    "social security no",
                ]),
            ) || (said(&["bsn", "burgerservicenummer", "sofinummer"]) && dutch(&digits))
                || (digits.len() == 9
                    && said(&["sin", "social insurance number", "social insurance"])
                    && luhn(&digits))
        }
        11 => {
            (window.evenly(" ") && german(&digits))
                || (said(&["pesel"]) && weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1], 10))
        }
        13 => (window.evenly(".") || window.evenly(" ")) && digits.starts_with("756") && ean13(&digits),
        15 => window.evenly(" \u{a0}") && french(&digits, &digits),
        _ => false,
    }
}

/// <https://www.ssa.gov/employer/randomization.html>: no area 000, 666 or 9xx, no group 00, no serial 0000.
fn american(window: &Window<'_, '_>, digits: &str, said: bool) -> bool {
    if digits.len() != 9 {
        return false;
    }
    let grouped = window.lengths() == [3, 2, 4] && (window.evenly("-\u{2011}") || window.evenly(" "));
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    let given = !matches!(area, "000" | "666") && !area.starts_with('9') && group != "00" && serial != "0000";
    given && (grouped || said)
}

/// Elfproef of the burgerservicenummer; eight digits stand for nine with a zero before.
fn dutch(digits: &str) -> bool {
    let padded = format!("{digits:0>9}");
    let sum: i32 = padded
        .bytes()
        .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
        .map(|(digit, weight)| i32::from(digit - b'0') * weight)
        .sum();
    sum != 0 && sum % 11 == 0
}

/// Steueridentifikationsnummer: check digit by ISO/IEC 7064, MOD 11,10; of the first ten digits exactly one comes
/// twice or three times.
fn german(digits: &str) -> bool {
    let values: Vec<u32> = digits.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let Some((check, first)) = values.split_last() else {
        return false;
    };
    let mut counts = [0; 10];
    for digit in first {
        counts[*digit as usize] += 1;
    }
    let repeated: Vec<&i32> = counts.iter().filter(|count| **count > 1).collect();
    let formed = values[0] != 0 && matches!(repeated[..], [2 | 3]);
    let product = first.iter().fold(10, |product, digit| {
        let sum = match (digit + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    formed && (11 - product) % 10 == *check
}

/// Numéro d'inscription au répertoire: sex, year, month, department, …, and 97 less the remainder of the rest by 97.
/// `shown` has the letters of Corsica, `digits` what they count as.
fn french(shown: &str, digits: &str) -> bool {
    let (Ok(number), Ok(key)) = (digits[..13].parse::<u64>(), digits[13..].parse::<u64>()) else {
        return false;
    };
    let sex = matches!(shown.as_bytes()[0], b'1' | b'2' | b'3' | b'4' | b'7' | b'8');
    let month = shown[3..5].parse::<u32>().unwrap_or(0);
    sex && (matches!(month, 1..=12 | 20..=42) || month >= 50) && 97 - number % 97 == key
}

/// The same for those born in Corsica, whose departments are 2A and 2B: 19 and 18 in the sum.
fn corsican(letters: &[(char, usize)]) -> Option<usize> {
    let shown: String = letters.iter().take(15).map(|(c, _)| c).collect();
    let department = shown.get(5..7).filter(|_| shown.len() == 15)?;
    let number = match department {
        "2A" => "19",
        "2B" => "18",
        _ => return None,
    };
    let digits = format!("{}{number}{}", &shown[..5], &shown[7..]);
    let fits = digits.bytes().all(|c| c.is_ascii_digit()) && french(&shown, &digits);
    fits.then(|| letters[14].1)
}

/// The check digit of EAN-13, which the Swiss AHV number has.
fn ean13(digits: &str) -> bool {
    weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1], 10)
}

fn weighted(digits: &str, weights: &[u32], modulus: u32) -> bool {
    let sum: u32 = digits
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    sum.is_multiple_of(modulus)
}

/// National Insurance number: <https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110>.
fn british(letters: &[(char, usize)]) -> Option<usize> {
    let nine = letters.get(..9)?;
    let c = |index: usize| nine[index].0;
    let prefix = [c(0), c(1)];
    let formed = prefix.iter().all(char::is_ascii_uppercase)
        && (2..8).all(|index| c(index).is_ascii_digit())
        && matches!(c(8), 'A'..='D');
    let given = !prefix.iter().any(|letter| "DFIQUV".contains(*letter))
        && prefix[1] != 'O'
        && !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.iter().collect::<String>().as_str());
    (formed && given).then(|| nine[8].1)
}

/// DNI, eight digits and a letter, and NIE, which begins with X, Y or Z.
fn spanish(text: &str, start: usize, letters: &[(char, usize)]) -> Option<usize> {
    let nine = letters.get(..9)?;
    let shown: String = nine.iter().map(|(c, _)| c).collect();
    // Together, or with a hyphen before the letter, and after the first of a NIE.
    if text[start..nine[8].1].contains([' ', '\u{a0}', '\u{202f}']) {
        return None;
    }
    let digits = match shown.as_bytes()[0] {
        b'X' => format!("0{}", &shown[1..8]),
        b'Y' => format!("1{}", &shown[1..8]),
        b'Z' => format!("2{}", &shown[1..8]),
        _ => shown[..8].to_owned(),
    };
    let number: usize = digits
        .bytes()
        .all(|c| c.is_ascii_digit())
        .then(|| digits.parse().ok())??;
    (SPANISH[number % 23] == shown.as_bytes()[8]).then(|| nine[8].1)
}

/// Codice fiscale: sixteen letters and digits, the last of which checks the others.
fn italian(text: &str, start: usize, letters: &[(char, usize)]) -> Option<usize> {
    let all = letters.get(..16)?;
    if all[15].1 != start + 16 || !text.is_char_boundary(start + 16) {
        return None;
    }
    let form = "LLLLLLDDLDDLDDDL";
    let fits = all.iter().zip(form.chars()).all(|((c, _), form)| match form {
        'L' => c.is_ascii_uppercase(),
        // Letters stand for digits where two people would have the same.
        _ => c.is_ascii_digit() || "LMNPQRSTUV".contains(*c),
    });
    if !fits {
        return None;
    }
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    let value = |c: char| {
        c.to_digit(10)
            .unwrap_or(u32::from(c) - u32::from(if c.is_ascii_digit() { '0' } else { 'A' }))
    };
    let sum: u32 = all[..15]
        .iter()
        .enumerate()
        .map(|(index, (c, _))| {
            if index % 2 == 0 {
                ODD[value(*c) as usize % 26]
            } else {
                value(*c)
            }
        })
        .sum();
    let check = char::from(b'A' + (sum % 26) as u8);
    (check == all[15].0).then(|| all[15].1)
}
