//! Frames come through whole, and nonsense is refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Frame, Kind, MAX_FRAME, encode, read};
use proptest::prelude::*;

proptest! {
    #[test]
    fn frames_are_read_as_they_were_written(bodies in proptest::collection::vec(
        proptest::collection::vec(any::<u8>(), 0..300), 0..8))
    {
        let bytes: Vec<u8> = bodies.iter().flat_map(|body| encode(Kind::Stdout, body)).collect();
        let mut reader = bytes.as_slice();
        for body in bodies {
            prop_assert_eq!(read(&mut reader).unwrap(), Some(Frame { kind: Kind::Stdout, body }));
        }
        prop_assert_eq!(read(&mut reader).unwrap(), None);
    }

    #[test]
    fn any_bytes_are_frames_or_errors_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut reader = bytes.as_slice();
        while let Ok(Some(frame)) = read(&mut reader) {
            prop_assert!(frame.body.len() <= bytes.len());
        }
    }
}

#[test]
fn a_frame_that_claims_too_much_is_refused_before_memory_is_taken() {
    let mut bytes = vec![Kind::Stdout as u8];
    bytes.extend_from_slice(&u32::try_from(MAX_FRAME + 1).unwrap().to_le_bytes());
    assert!(read(&mut bytes.as_slice()).is_err());
}
