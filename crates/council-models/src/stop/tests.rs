//! Tests of the stop matcher.

use super::*;
use proptest::prelude::*;

fn matcher(stops: &[&str]) -> StopMatcher {
    StopMatcher::new(stops.iter().map(|stop| (*stop).to_owned()).collect())
}

/// What comes out of `tokens`, piece by piece, the rest of `finish` last.
fn pieces(stops: &[&str], tokens: &[&[u8]]) -> (Vec<String>, bool) {
    let mut matcher = matcher(stops);
    let mut out: Vec<String> = tokens.iter().map(|token| matcher.push(token).text).collect();
    out.push(matcher.finish());
    (out, matcher.is_stopped())
}

#[test]
fn text_without_stop_strings_comes_out_at_once() {
    let (out, stopped) = pieces(&[], &[b"Hel", b"lo"]);
    assert_eq!(out, ["Hel", "lo", ""]);
    assert!(!stopped);
}

#[test]
fn a_character_is_held_back_until_its_last_byte() {
    let (out, _) = pieces(&[], &[b"a\xF0\x9F", b"\x98", b"\x80b"]);
    assert_eq!(out, ["a", "", "\u{1F600}b", ""]);
}

#[test]
fn an_invalid_byte_becomes_one_replacement_character() {
    let (out, _) = pieces(&[], &[b"a\xFFb", b"\xE2\x82", b"c"]);
    assert_eq!(out, ["a\u{FFFD}b", "", "\u{FFFD}c", ""]);
}

#[test]
fn a_character_that_is_cut_by_the_end_becomes_one_replacement_character() {
    let (out, _) = pieces(&[], &[b"a\xF0\x9F\x98"]);
    assert_eq!(out, ["a", "\u{FFFD}"]);
}

#[test]
fn a_stop_string_across_three_tokens_is_found() {
    let (out, stopped) = pieces(&["<|end|>"], &[b"yes<|", b"en", b"d|>no", b"more"]);
    assert_eq!(out, ["yes", "", "", "", ""]);
    assert!(stopped);
}

#[test]
fn the_beginning_of_a_stop_string_is_given_back_when_it_comes_to_nothing() {
    let (out, stopped) = pieces(&["\n\nUser:"], &[b"a\n", b"\n", b"Us", b"ed"]);
    assert_eq!(out, ["a", "", "", "\n\nUsed", ""]);
    assert!(!stopped);
}

#[test]
fn the_beginning_of_a_stop_string_at_the_end_is_text() {
    let (out, stopped) = pieces(&["END"], &[b"the EN"]);
    assert_eq!(out, ["the ", "EN"]);
    assert!(!stopped);
}

#[test]
fn the_leftmost_of_two_stop_strings_wins_even_when_it_is_completed_last() {
    let (out, stopped) = pieces(&["bc", "abcd"], &[b"xabc", b"d"]);
    assert_eq!(out, ["x", "", ""]);
    assert!(stopped);
    let (out, stopped) = pieces(&["bc", "abcd"], &[b"xabc", b"e"]);
    assert_eq!(out, ["x", "a", ""]);
    assert!(stopped);
    let (out, stopped) = pieces(&["bc", "abcd"], &[b"xabc"]);
    assert_eq!(out, ["x", "a"]);
    assert!(stopped);
}

#[test]
fn an_empty_stop_string_is_ignored() {
    let (out, stopped) = pieces(&[""], &[b"a"]);
    assert_eq!(out, ["a", ""]);
    assert!(!stopped);
}

#[test]
fn nothing_comes_out_after_a_stop() {
    let mut matcher = matcher(&["."]);
    assert!(matcher.push(b"a.b").stopped);
    assert_eq!(
        matcher.push(b"c"),
        StopStep {
            text: String::new(),
            stopped: true,
            released_tokens: 0
        }
    );
    assert_eq!(matcher.finish(), "");
}

#[test]
fn tokens_are_released_when_all_their_bytes_are_text() {
    let mut matcher = matcher(&["END"]);
    assert_eq!(matcher.push(b"a").released_tokens, 1);
    assert_eq!(matcher.push(b"b\xC3").released_tokens, 0);
    assert_eq!(matcher.push(b"\xA9E").released_tokens, 1);
    assert_eq!(matcher.push(b"").released_tokens, 0);
    assert_eq!(matcher.push(b"N").released_tokens, 0);
    assert_eq!(matcher.pending_tokens(), 3);
    assert_eq!(matcher.push(b"x").released_tokens, 4);
    assert_eq!(matcher.pending_tokens(), 0);
}

#[test]
fn at_a_stop_tokens_inside_the_stop_string_are_not_released() {
    let mut matcher = matcher(&["END"]);
    assert_eq!(matcher.push(b"aE").released_tokens, 0);
    assert_eq!(matcher.push(b"N").released_tokens, 0);
    let step = matcher.push(b"D.");
    assert_eq!((step.stopped, step.released_tokens), (true, 1));
    assert_eq!(matcher.pending_tokens(), 0);
}

/// The reference: the whole text, cut before the leftmost stop string.
fn cut(text: &str, stops: &[String]) -> String {
    let end = stops
        .iter()
        .filter(|stop| !stop.is_empty())
        .filter_map(|stop| text.find(stop.as_str()))
        .min();
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Pushes `bytes` in tokens of the given sizes (taken in turn; a size of 0 is an empty token).
fn run(bytes: &[u8], sizes: &[usize], stops: &[String]) -> (String, usize, usize) {
    let mut matcher = StopMatcher::new(stops.to_vec());
    let (mut out, mut pushed, mut released) = (String::new(), 0, 0);
    let mut rest = bytes;
    let mut sizes = sizes.iter().copied().chain([1]).cycle();
    while !rest.is_empty() {
        let (token, tail) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
        let step = matcher.push(token);
        out.push_str(&step.text);
        pushed += 1;
        released += step.released_tokens;
        assert!(step.stopped || pushed == released + matcher.pending_tokens());
        rest = tail;
        if step.stopped {
            return (out, pushed, released);
        }
    }
    released += matcher.pending_tokens();
    out.push_str(&matcher.finish());
    (out, pushed, released)
}

proptest! {
    #[test]
    fn any_split_of_any_bytes_gives_the_text_of_the_whole(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xE2), Just(0x82), Just(b'a')], 0..40),
        sizes in proptest::collection::vec(0_usize..5, 0..8),
    ) {
        let (out, pushed, released) = run(&bytes, &sizes, &[]);
        prop_assert_eq!(out, String::from_utf8_lossy(&bytes));
        prop_assert_eq!(pushed, released);
    }

    #[test]
    fn any_split_ends_exactly_before_the_first_stop_string(
        text in "[abcé€]{0,30}",
        stops in proptest::collection::vec("[abcé€]{0,4}", 0..4),
        sizes in proptest::collection::vec(0_usize..5, 0..8),
    ) {
        let (out, _, _) = run(text.as_bytes(), &sizes, &stops);
        prop_assert_eq!(out, cut(&text, &stops));
    }

    #[test]
    fn stop_strings_are_found_between_invalid_bytes(
        bytes in proptest::collection::vec(prop_oneof![Just(0xE2), Just(0x82), Just(0xAC), Just(b'a'), Just(0xFF)], 0..30),
        sizes in proptest::collection::vec(0_usize..5, 0..8),
    ) {
        let stops = ["\u{20AC}a".to_owned(), "aa".to_owned()];
        let (out, _, _) = run(&bytes, &sizes, &stops);
        prop_assert_eq!(out, cut(&String::from_utf8_lossy(&bytes), &stops));
    }
}
