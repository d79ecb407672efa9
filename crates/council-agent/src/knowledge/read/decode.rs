//! Bytes as text: UTF-8, and UTF-16 that says so.

use super::ReadError;

/// How far a zero byte is looked for, which no text has.
const LOOKED_AT: usize = 8 << 10;

/// The text, with `\n` at the ends of lines.
pub(in crate::knowledge) fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8(bytes)?,
    };
    if text.contains('\r') {
        return Ok(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<String, ReadError> {
    if bytes.iter().take(LOOKED_AT).any(|&byte| byte == 0) {
        return Err(ReadError::Binary);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) if looks_like_text(bytes) => Err(ReadError::Encoding {
            at: error.valid_up_to(),
        }),
        Err(_) => Err(ReadError::Binary),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| unit(pair));
    let mut text = String::with_capacity(bytes.len());
    for (index, read) in char::decode_utf16(units).enumerate() {
        text.push(read.map_err(|_| ReadError::Damaged(format!("UTF-16 unit {index} stands alone")))?);
    }
    if rest.is_empty() && !text.contains('\0') {
        Ok(text)
    } else {
        Err(ReadError::Binary)
    }
}

/// Whether bytes that are no UTF-8 are text of an older encoding: hardly any control characters.
fn looks_like_text(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(LOOKED_AT)];
    let control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0C);
    begin.iter().filter(control).count() * 100 <= begin.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_and_utf_16_are_read_with_their_marks_taken_off() {
        assert_eq!(decode("naïve\r\nline".as_bytes()), Ok("naïve\nline".to_owned()));
        assert_eq!(decode(b"\xEF\xBB\xBFtea"), Ok("tea".to_owned()));
        let little: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain("déjà 🫖".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(decode(&little), Ok("déjà 🫖".to_owned()));
        let big: Vec<u8> = [0xFE, 0xFF]
            .into_iter()
            .chain("tea".encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        assert_eq!(decode(&big), Ok("tea".to_owned()));
    }

    #[test]
    fn what_is_no_text_and_what_is_text_of_another_encoding_are_told_apart() {
        assert_eq!(decode(b"\x7fELF\x02\x01\x01\0\0\0"), Err(ReadError::Binary));
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\x01\x02\x03"), Err(ReadError::Binary));
        assert_eq!(
            decode(
                "caf\u{e9}"
                    .chars()
                    .map(|c| c as u8)
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            Err(ReadError::Encoding { at: 3 })
        );
        assert_eq!(decode(b"\xFF\xFEa"), Err(ReadError::Binary), "half a unit");
    }
}
