//! What people see of memories.

use super::*;
use serde_json::json;

#[test]
fn nothing_of_a_memory_reaches_the_terminal_as_a_control_character() {
    assert_eq!(plain(&json!("a\u{1b}[31mb\rc\u{9b}d")), "a [31mb c d");
    assert_eq!(clean_lines("one\u{7}\ntwo\u{1b}]0;x"), "one \ntwo ]0;x");
    assert_eq!(plain(&json!({"k": "\u{1b}"})), r#"{"k":"\u001b"}"#);
}

#[test]
fn long_texts_are_cut_at_a_character_and_moments_are_readable() {
    let text = short(&json!("ü ".repeat(200)));
    assert_eq!((text.chars().count(), text.ends_with('…')), (81, true));
    assert_eq!(short(&json!("a\n  b")), "a b");
    assert_eq!(when(&json!(1_741_083_630.75)), "2025-03-04 10:20");
    assert_eq!(when(&json!(1e300)), "1e+300");
}
