//! Bytes that come from a box, by chance: the targets of `fuzz/`, for as long as a test may take.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{frames, reported};
use crate::frame::{Kind, encode};
use crate::order::{Cause, Ending};
use proptest::prelude::*;

fn ending(said: Option<String>) -> Vec<u8> {
    let ending = Ending {
        cause: Cause::Itself,
        exit: Some(0),
        signal: None,
        said,
        wall_us: 1,
        cpu_us: 1,
        max_rss_bytes: 1,
        stdout_cut: false,
        stderr_cut: false,
        artifacts_cut: false,
        alive: false,
    };
    encode(Kind::Ended, &serde_json::to_vec(&ending).unwrap())
}

/// Frames as a box sends them in a run, in any order.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let body = proptest::collection::vec(any::<u8>(), 0..100);
    prop_oneof![
        (
            prop_oneof![Just(Kind::Stdout), Just(Kind::Stderr), Just(Kind::Data)],
            body
        )
            .prop_map(|(kind, body)| encode(kind, &body)),
        ".{0,20}".prop_map(|name| {
            encode(
                Kind::Artifact,
                serde_json::json!({"name": name}).to_string().as_bytes(),
            )
        }),
        proptest::option::of(".{0,60}").prop_map(ending),
    ]
}

/// Some frames, of which some bytes are others.
fn nearly_frames() -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (proptest::collection::vec(frame(), 1..8), changes).prop_map(|(frames, changes)| {
        let mut bytes = frames.concat();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

fn both(bytes: &[u8], piece_bytes: usize) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    runtime.block_on(frames(bytes, piece_bytes))?;
    reported(bytes).map(drop)
}

proptest! {
    #[test]
    fn any_bytes_from_a_box_are_understood_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..600), piece in 1_usize..40)
    {
        prop_assert_eq!(both(&bytes, piece), Ok(()));
    }

    #[test]
    fn frames_from_a_box_that_are_nearly_right_are_understood_or_refused(bytes in nearly_frames(), piece in 1_usize..40) {
        prop_assert_eq!(both(&bytes, piece), Ok(()));
    }
}

#[test]
fn what_a_box_says_as_it_should_becomes_its_report() {
    let said = serde_json::json!({"exit": 3, "value": "'x'", "cut": true, "memory": false}).to_string();
    let bytes = [
        encode(Kind::Stdout, b"out"),
        encode(Kind::Artifact, br#"{"name": "a.csv"}"#),
        encode(Kind::Data, b"1,2"),
        ending(Some(said)),
    ]
    .concat();
    let report = reported(&bytes).unwrap().unwrap();
    assert_eq!(
        (report.exit, report.value.as_deref(), report.truncated.value),
        (Some(3), Some("'x'"), true)
    );
    assert_eq!(
        (report.artifacts[0].mime.as_str(), report.stdout.as_slice()),
        ("text/csv", b"out".as_slice())
    );
}
