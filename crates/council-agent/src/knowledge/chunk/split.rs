//! A block that is longer than a part: between sentences, lines, words, and where nothing else helps, characters.

use super::tokens::tokens;

/// Most tokens that a piece repeats of the one before it.
const OVERLAP_TOKENS: usize = 30;

/// A piece of a block, by offsets in its text. Pieces follow one another without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where what is shown begins: before `begin` by what is repeated.
    pub(super) shown: usize,
    pub(super) begin: usize,
    pub(super) end: usize,
}

/// Divides a text into pieces of at most `most` tokens. Prose repeats the end of the piece before; code does not, since
/// its lines stand for themselves.
pub(super) fn split(text: &str, code: bool, most: usize) -> Vec<Piece> {
    if tokens(text, code) <= most {
        let end = text.len();
        return vec![Piece {
            shown: 0,
            begin: 0,
            end,
        }];
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut piece = Piece {
        shown: 0,
        begin: 0,
        end: 0,
    };
    // Tokens of a sum are at most the sum of the tokens: units end between words.
    let mut length = 0;
    let mut last_unit = 0;
    for (end, unit_tokens) in units(text, code, most) {
        if length + unit_tokens > most && piece.end > piece.begin {
            pieces.push(piece);
            let repeated = if code {
                piece.end
            } else {
                repeated(text, last_unit, &piece)
            };
            let repeated_tokens = tokens(&text[repeated..piece.end], code);
            // What is repeated gives way to what is new.
            let shown = if repeated_tokens + unit_tokens <= most {
                repeated
            } else {
                piece.end
            };
            length = tokens(&text[shown..piece.end], code);
            piece = Piece {
                shown,
                begin: piece.end,
                end: piece.end,
            };
        }
        last_unit = piece.end;
        piece.end = end;
        length += unit_tokens;
    }
    if piece.end > piece.begin {
        pieces.push(piece);
    }
    pieces
}

/// Where the end of a piece that the next one repeats begins: its last sentence where that is short, else its last words.
fn repeated(text: &str, last_unit: usize, piece: &Piece) -> usize {
    if last_unit > piece.begin && tokens(&text[last_unit..piece.end], false) <= OVERLAP_TOKENS {
        return last_unit;
    }
    let body = &text[piece.begin..piece.end];
    let mut at = piece.end;
    for (offset, _) in body.rmatch_indices(char::is_whitespace) {
        let begin = piece.begin + offset;
        let begin = begin + text[begin..].chars().next().map_or(1, char::len_utf8);
        if tokens(&text[begin..piece.end], false) > OVERLAP_TOKENS / 2 {
            break;
        }
        at = begin;
    }
    at
}

/// Ends of sentences or lines with their tokens; of words where a sentence is too long, of characters where a word is.
fn units(text: &str, code: bool, most: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let is_end: fn(&str, usize) -> bool = if code { ends_line } else { ends_sentence };
    for (begin, end) in ranges(text, 0, text.len(), is_end) {
        let length = tokens(&text[begin..end], code);
        if length <= most {
            found.push((end, length));
            continue;
        }
        for (begin, end) in ranges(text, begin, end, ends_word) {
            let length = tokens(&text[begin..end], code);
            if length <= most {
                found.push((end, length));
                continue;
            }
            // A token has one character or more.
            let mut from = begin;
            let cuts = text[begin..end].char_indices().map(|(offset, _)| begin + offset);
            for at in cuts.step_by(most).skip(1).chain([end]) {
                found.push((at, tokens(&text[from..at], code)));
                from = at;
            }
        }
    }
    found
}

/// Ranges of `text[begin..end]` that end where `is_end` says so, or with it.
fn ranges(
    text: &str,
    begin: usize,
    end: usize,
    is_end: fn(&str, usize) -> bool,
) -> impl Iterator<Item = (usize, usize)> {
    let places = text[begin..end]
        .char_indices()
        .map(move |(offset, _)| begin + offset);
    let ends = places
        .skip(1)
        .filter(move |&at| is_end(&text[..end], at))
        .chain([end]);
    let mut from = begin;
    ends.filter_map(move |at| {
        let range = (from, at);
        from = at;
        (range.0 < range.1).then_some(range)
    })
}

/// Whether something begins at `at`, after white space.
fn begins(text: &str, at: usize) -> bool {
    let after = text[at..].chars().next();
    let before = text[..at].chars().next_back();
    before.is_some_and(char::is_whitespace) && after.is_some_and(|after| !after.is_whitespace())
}

fn ends_word(text: &str, at: usize) -> bool {
    begins(text, at)
}

fn ends_line(text: &str, at: usize) -> bool {
    text[..at].ends_with('\n')
}

/// After `.`, `!`, `?` and their like with white space behind; before an entry of a list or a row of a table.
fn ends_sentence(text: &str, at: usize) -> bool {
    let before = &text[..at];
    if before.ends_with(['。', '！', '？']) {
        return true;
    }
    if !begins(text, at) {
        return false;
    }
    let line = before.trim_end_matches([' ', '\t']).ends_with('\n');
    let ended = before
        .trim_end()
        .trim_end_matches(['"', '\'', ')', ']', '»', '”', '’']);
    let is_end = ended.ends_with(['.', '!', '?', '…', ':', ';']) && !is_number_of_entry(ended);
    is_end || (line && is_entry(&text[at..]))
}

/// Whether a text ends with a line that is only the number of an entry so far.
fn is_number_of_entry(text: &str) -> bool {
    let digits = text
        .trim_end_matches('.')
        .trim_end_matches(|c: char| c.is_ascii_digit());
    digits.len() + 1 < text.len()
        && (digits.is_empty() || digits.trim_end_matches([' ', '\t']).ends_with('\n'))
}

fn is_entry(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '+', '|', '•'])
        || (number.len() < line.len() && number.starts_with(['.', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, code: bool, most: usize) -> Vec<&str> {
        let pieces = split(text, code, most).into_iter();
        pieces.map(|piece| text[piece.shown..piece.end].trim()).collect()
    }

    #[test]
    fn prose_is_divided_between_sentences_and_repeats_the_last_one() {
        let text = "One two three. Four five six. Seven eight nine.";
        assert_eq!(
            shown(text, false, 9),
            [
                "One two three. Four five six.",
                "Four five six. Seven eight nine."
            ]
        );
    }

    #[test]
    fn code_is_divided_between_lines_and_repeats_nothing() {
        assert_eq!(shown("aa\nbb\ncc\ndd\n", true, 2), ["aa\nbb", "cc\ndd"]);
    }

    #[test]
    fn a_word_without_an_end_is_cut() {
        let word = "x".repeat(5000);
        let pieces = split(&word, false, 50);
        assert!(pieces.len() > 5);
        assert!(
            pieces
                .iter()
                .all(|piece| tokens(&word[piece.begin..piece.end], false) <= 50)
        );
    }
}
