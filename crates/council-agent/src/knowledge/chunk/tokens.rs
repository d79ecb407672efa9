//! How many tokens a text is for an embedder, about.
//!
//! A WordPiece vocabulary of 30,000 has most words of up to seven letters or so whole, takes identifiers and numbers
//! apart, and has letters of other scripts and signs one by one. The estimate is held against the real tokenizer by
//! the test of documents with the real embedder in `council/tests/engine`.

/// Parts of a token that a character is: letters of a word, of an identifier, digits.
const WHOLE: usize = 60;
const LETTER: usize = 9;
const CODE_LETTER: usize = 15;
const DIGIT: usize = 24;

/// Tokens of a text; `code` where words are mostly identifiers.
pub(super) fn tokens(text: &str, code: bool) -> usize {
    let letter = if code { CODE_LETTER } else { LETTER };
    let mut whole = 0;
    let mut word = 0;
    for character in text.chars() {
        let weight = match character {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{17F}' => letter,
            '0'..='9' => DIGIT,
            _ => {
                whole += usize::div_ceil(word, WHOLE);
                word = 0;
                whole += usize::from(!character.is_whitespace());
                continue;
            }
        };
        word += weight;
    }
    whole + word.div_ceil(WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_signs_and_foreign_letters_count() {
        for (text, code, expected) in [
            ("", false, 0),
            ("the tea is hot", false, 4),
            ("documentation", false, 2),
            ("a, b!", false, 4),
            ("茶は熱い", false, 4),
            ("2026-11-22", false, 6),
            ("read_document", true, 4),
        ] {
            assert_eq!(tokens(text, code), expected, "{text}");
        }
    }
}
