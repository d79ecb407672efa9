//! What is read of a provider's bytes, apart from the provider: for the targets in `fuzz/` and for tests. A provider may send
//! anything; nothing of it may end the process, and the pieces in which it comes may change nothing.

use super::sse::SseParser;

/// Reads events at once, and in pieces of this many bytes; how many there were.
///
/// # Errors
/// Where the two differ, in words.
pub fn events(bytes: &[u8], piece_bytes: usize) -> Result<usize, String> {
    let whole = read(std::iter::once(bytes));
    let pieces = read(bytes.chunks(piece_bytes.max(1)));
    if whole == pieces {
        Ok(whole.map_or(0, |events| events.len()))
    } else {
        Err(format!(
            "at once {whole:?}, in pieces of {piece_bytes} {pieces:?}"
        ))
    }
}

/// `None`: too long.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Option<Vec<String>> {
    let (mut parser, mut events) = (SseParser::default(), Vec::new());
    for piece in pieces {
        parser.push(piece, &mut events).ok()?;
    }
    events.extend(parser.finish());
    Some(events)
}

#[cfg(test)]
mod tests {
    use super::events;
    use proptest::prelude::*;

    /// Bytes that are nearly a stream: what its grammar is made of, in any order, and anything.
    fn nearly() -> impl Strategy<Value = Vec<u8>> {
        let token = prop_oneof![
            Just(b"data".to_vec()),
            Just(b"data:".to_vec()),
            Just(b": ".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\r\n\r\n".to_vec()),
            Just("\u{FEFF}".as_bytes().to_vec()),
            Just(b"[DONE]".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..8),
        ];
        proptest::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
    }

    proptest! {
        #[test]
        fn the_pieces_in_which_a_stream_comes_change_nothing(bytes in nearly(), piece in 1_usize..20) {
            prop_assert!(events(&bytes, piece).is_ok());
        }
    }
}
