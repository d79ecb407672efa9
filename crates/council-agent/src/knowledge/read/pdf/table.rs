//! The table of a font that says which characters its codes are: `ToUnicode`, PDF 32000-1, 9.10.3.
//!
//! Read by its tokens rather than by a grammar: what surrounds the mappings differs from writer to writer.

use std::collections::HashMap;

/// Most mappings of one table; all of Unicode has fewer.
const MOST: usize = 300_000;

/// Characters by code.
#[derive(Debug, Default)]
pub(super) struct Table {
    single: HashMap<u32, Vec<u16>>,
    /// By their first code.
    ranges: Vec<Range>,
    /// How long codes are, and from where to where: length in bytes, first, last.
    spaces: Vec<(usize, u32, u32)>,
}

/// Codes that follow one another, with characters that do.
#[derive(Debug)]
struct Range {
    first: u32,
    last: u32,
    /// UTF-16 of the first code; its last unit grows with the code.
    target: Vec<u16>,
}

/// What matters of a PostScript program.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

impl Table {
    /// Reads a table; `None` when it maps nothing.
    pub(super) fn read(program: &[u8]) -> Option<Self> {
        let mut table = Self::default();
        let mut rest = program;
        let mut section: &[u8] = b"";
        let mut codes: Vec<Vec<u8>> = Vec::new();
        let mut list: Option<Vec<Vec<u8>>> = None;
        while let Some((token, after)) = next_token(rest) {
            rest = after;
            match token {
                Token::Word(word) => {
                    section = word;
                    codes.clear();
                    list = None;
                }
                Token::Open => list = Some(Vec::new()),
                Token::Close => {
                    if let (Some(targets), [first, _]) = (list.take(), codes.as_slice()) {
                        let codes = number(first)..=u32::MAX;
                        let targets = targets.iter().map(|target| units(target));
                        table.single.extend(codes.zip(targets));
                    }
                    codes.clear();
                }
                Token::Hex(bytes) => match &mut list {
                    Some(list) => list.push(bytes),
                    None => codes.push(bytes),
                },
            }
            if list.is_none() {
                table.take(section, &mut codes);
            }
            if table.single.len() + table.ranges.len() > MOST {
                return None;
            }
        }
        table.ranges.sort_by_key(|range| range.first);
        (!table.single.is_empty() || !table.ranges.is_empty()).then_some(table)
    }

    /// Takes a mapping once all of it is there.
    fn take(&mut self, section: &[u8], codes: &mut Vec<Vec<u8>>) {
        match (section, codes.as_slice()) {
            (b"begincodespacerange", [first, last]) => {
                let length = first.len().clamp(1, 4);
                self.spaces.push((length, number(first), number(last)));
            }
            (b"beginbfchar", [code, target]) => {
                self.single.insert(number(code), units(target));
            }
            (b"beginbfrange", [first, last, target]) => self.ranges.push(Range {
                first: number(first),
                last: number(last),
                target: units(target),
            }),
            _ => return,
        }
        codes.clear();
    }

    /// The characters of a code.
    pub(super) fn get(&self, code: u32) -> Option<String> {
        if let Some(target) = self.single.get(&code) {
            return Some(String::from_utf16_lossy(target));
        }
        let at = self.ranges.partition_point(|range| range.first <= code);
        let range = self.ranges[..at].last().filter(|range| code <= range.last)?;
        let mut target = range.target.clone();
        let last = target.last_mut()?;
        *last = last.wrapping_add((code - range.first) as u16);
        Some(String::from_utf16_lossy(&target))
    }

    /// How many bytes the first code of a string has that may have codes of several lengths.
    pub(super) fn code_length(&self, bytes: &[u8]) -> usize {
        let fits = |&(length, first, last): &(usize, u32, u32)| {
            bytes
                .get(..length)
                .is_some_and(|code| (first..=last).contains(&number(code)))
        };
        let found = self
            .spaces
            .iter()
            .filter(|space| fits(space))
            .map(|space| space.0)
            .min();
        found
            .or_else(|| self.spaces.iter().map(|space| space.0).min())
            .unwrap_or(2)
    }
}

/// A code; longer ones than four bytes do not exist.
pub(super) fn number(bytes: &[u8]) -> u32 {
    let bytes = &bytes[..bytes.len().min(4)];
    bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    match bytes {
        // Some writers drop the zero byte.
        [byte] => vec![u16::from(*byte)],
        bytes => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&pair| u16::from_be_bytes(pair))
            .collect(),
    }
}

fn next_token(program: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let mut rest = program;
    loop {
        match rest {
            [] => return None,
            [b'%', ..] => {
                let line = rest
                    .iter()
                    .take_while(|byte| !matches!(byte, b'\n' | b'\r'))
                    .count();
                rest = &rest[line..];
            }
            // `<<` and `>>` say nothing here.
            [b'<', b'<', after @ ..] | [b'>', after @ ..] => rest = after,
            [b'<', after @ ..] => {
                let length = after.iter().take_while(|&&byte| byte != b'>').count();
                return Some((Token::Hex(hexadecimal(&after[..length])), &after[length..]));
            }
            [b'[', after @ ..] => return Some((Token::Open, after)),
            [b']', after @ ..] => return Some((Token::Close, after)),
            [byte, ..] if byte.is_ascii_alphabetic() => {
                let length = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .count();
                return Some((Token::Word(&rest[..length]), &rest[length..]));
            }
            // Names and numbers are skipped as a whole, so that what is in them is no word.
            [byte, after @ ..] => {
                let is_space = byte.is_ascii_whitespace();
                let ends = |byte: &&u8| !byte.is_ascii_whitespace() && !b"<>[]%/".contains(byte);
                let length = if is_space {
                    0
                } else {
                    after.iter().take_while(ends).count()
                };
                rest = &after[length..];
            }
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|&digit| char::from(digit).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn characters_ranges_and_lists_are_read_however_they_are_written() {
        let program = b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap %x <00>\n\
            /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n1 begincodespacerange<0000><FFFF>endcodespacerange\
            2 beginbfchar <0003> <0020>\n<0010><00660069>endbfchar 2 beginbfrange<0024><003D><0041>\n\
            <0050> <0051> [<0078> <D83EDED6>] endbfrange endcmap end end";
        let table = Table::read(program);
        let get = |code| table.as_ref().and_then(|table| table.get(code));
        for (code, expected) in [
            (3, Some(" ")),
            (0x10, Some("fi")),
            (0x24, Some("A")),
            (0x3D, Some("Z")),
            (0x3E, None),
            (0x50, Some("x")),
            (0x51, Some("🫖")),
        ] {
            assert_eq!(get(code).as_deref(), expected, "{code:x}");
        }
        assert_eq!(table.map(|table| table.code_length(&[0, 3, 0])), Some(2));
        assert!(Table::read(b"begincmap endcmap").is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut program = b"1 beginbfrange <00> <FF> ".to_vec();
            program.extend(bytes);
            if let Some(table) = Table::read(&program) {
                table.get(7);
                table.code_length(&program);
            }
        }
    }
}
