//! Tests of framing.

use super::Frames;
use proptest::prelude::*;

/// What a client reads: the `data:` lines of each frame, joined.
fn read(frames: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(frames).into_owned();
    let mut messages = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.split('\n') {
        if let Some(data) = line.strip_prefix("data:") {
            lines.push(data.strip_prefix(' ').unwrap_or(data));
        } else if line.is_empty() && !lines.is_empty() {
            messages.push(lines.join("\n"));
            lines.clear();
        }
    }
    messages
}

#[test]
fn a_line_break_becomes_a_further_data_line() {
    let mut frames = Frames::default();
    frames.text("one\ntwo\r\n");
    assert_eq!(frames.take(), "data: one\ndata: two\ndata: \n\n");
}

proptest! {
    #[test]
    fn text_survives_framing(parts in prop::collection::vec("[ a-z:\n\u{e9}\u{1f600}]{1,12}", 1..8)) {
        let mut frames = Frames::default();
        for part in &parts {
            frames.text(part);
        }
        prop_assert_eq!(read(&frames.take()), parts);
    }

    #[test]
    fn json_is_one_line_whatever_it_holds(text in ".*") {
        let mut frames = Frames::default();
        frames.json(&text);
        let frame = frames.take();
        let line = frame.strip_suffix(b"\n\n");
        prop_assert!(line.is_some_and(|line| !line.contains(&b'\n')));
        prop_assert_eq!(read(&frame), vec![serde_json::to_string(&text).unwrap_or_default()]);
    }
}
