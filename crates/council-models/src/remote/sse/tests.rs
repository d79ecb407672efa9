//! Tests of the event stream parser.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

/// The events of a stream that arrives in pieces of `size` bytes, with what is left at the end.
fn events(stream: &[u8], size: usize) -> Vec<String> {
    let mut parser = SseParser::default();
    let mut events = Vec::new();
    for piece in stream.chunks(size) {
        parser.push(piece, &mut events).unwrap();
    }
    events.extend(parser.finish());
    events
}

fn check(stream: &str, expected: &[&str]) {
    for size in [1, 2, 3, 7, 1000] {
        assert_eq!(
            events(stream.as_bytes(), size),
            expected,
            "{stream:?} in pieces of {size}"
        );
    }
}

#[test]
fn events_end_at_empty_lines_whatever_the_line_ending() {
    check("data: a\n\ndata: b\n\n", &["a", "b"]);
    check("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]);
    check("data: a\r\rdata: b\r\r", &["a", "b"]);
}

#[test]
fn data_lines_of_one_event_are_joined_by_line_feeds() {
    check("data: a\ndata:\ndata:  b\n\n", &["a\n\n b"]);
}

#[test]
fn comments_other_fields_and_empty_events_are_skipped() {
    check(
        ": ping\n\nevent: x\nid: 1\nretry: 5\ndata:a\n\n\n\n: pong\n\n",
        &["a"],
    );
    check("data\n\ndatax: a\n\n", &[""]);
}

#[test]
fn a_byte_order_mark_at_the_beginning_is_skipped() {
    check("\u{FEFF}data: a\n\n", &["a"]);
}

#[test]
fn an_event_without_its_last_empty_line_counts() {
    check("data: a\n\ndata: [DONE]", &["a", "[DONE]"]);
    check("data: a\n\ndata: [DONE]\n", &["a", "[DONE]"]);
    check("data: a\n\n", &["a"]);
}

#[test]
fn characters_cut_between_pieces_are_whole() {
    check("data: é😀\n\n", &["é😀"]);
}

#[test]
fn an_endless_line_is_refused() {
    let mut parser = SseParser::default();
    let mut events = Vec::new();
    assert_eq!(parser.push(&vec![b'x'; LONGEST_EVENT], &mut events), Ok(()));
    assert_eq!(parser.push(b"x", &mut events), Err(TooLong));
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events(
        parts in proptest::collection::vec(prop_oneof![
            Just("data: "), Just("data"), Just(":"), Just("x"), Just("\n"), Just("\r"), Just("\r\n"), Just("é"), Just("\u{FEFF}")
        ], 0..20),
        size in 1_usize..6,
    ) {
        let stream = parts.concat();
        prop_assert_eq!(events(stream.as_bytes(), size), events(stream.as_bytes(), stream.len().max(1)));
    }
}
