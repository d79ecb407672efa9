//! Bank account numbers (ISO 13616): country, length of that country, remainder 1 by 97.

use super::Finding;
use super::words::{char_after, compact, joins, starts};
use council_core::PrivacyKind;

/// Lengths by country, from the registry of SWIFT.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

pub(super) fn find(text: &str) -> Vec<Finding> {
    starts(text)
        .filter_map(|start| {
            let letters = compact(text, start, 34);
            let country: String = letters.iter().take(2).map(|(c, _)| c).collect();
            let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
            let number = letters.get(..*length)?;
            let end = number.last()?.1;
            let ends = !char_after(text, end).is_some_and(joins);
            (ends && checks(number)).then(|| Finding::new(PrivacyKind::Iban, start..end))
        })
        .collect()
}

fn checks(number: &[(char, usize)]) -> bool {
    let (head, rest) = number.split_at(4);
    let two = |index: usize| head[index].0.is_ascii_digit();
    let remainder = rest.iter().chain(head).try_fold(0_u32, |sum, (c, _)| {
        let value = c.to_digit(36)?;
        Some(if value > 9 {
            (sum * 100 + value) % 97
        } else {
            (sum * 10 + value) % 97
        })
    });
    two(2) && two(3) && remainder == Some(1)
}
