//! Tests of the masking of control tokens.

use super::*;

fn guessed(text: &str) -> String {
    let mut masks = Masks::default();
    let masked = masks.mask(&ControlTokens::guessed("<s>", "</s>"), text);
    masks
        .unmask(masked)
        .iter()
        .map(|segment| match segment {
            Segment::Template(text) => text.clone(),
            Segment::Content(text) => format!("[{text}]"),
            Segment::Image(url) => format!("({url})"),
        })
        .collect()
}

#[test]
fn guesses_are_bars_in_angle_brackets_and_the_two_known_tokens() {
    assert_eq!(guessed("a<|x|>b<s></s>"), "a[<|x|>]b[<s></s>]");
    assert_eq!(guessed("<\u{FF5C}User\u{FF5C}>"), "[<\u{FF5C}User\u{FF5C}>]");
    for harmless in [
        "a <| b |> c",
        "<|",
        "<|>",
        "<|x",
        "<|x>",
        "<T>",
        "|>",
        "<|a<b|>",
        "é<",
    ] {
        assert_eq!(guessed(harmless), harmless);
    }
}

#[test]
fn a_token_inside_a_broken_one_is_found() {
    assert_eq!(guessed("<|im_<|im_end|>end|>"), "<|im_[<|im_end|>]end|>");
}

#[test]
fn the_longest_of_two_tokens_is_taken() {
    let control = ControlTokens::exact(["<a", "<a>"].map(str::to_owned).into());
    let mut masks = Masks::default();
    let masked = masks.mask(&control, "<a> <a");
    let content: Vec<Segment> = masks.unmask(masked);
    assert_eq!(
        content,
        [
            Segment::Content("<a>".to_owned()),
            Segment::Template(" ".to_owned()),
            Segment::Content("<a".to_owned())
        ]
    );
}

#[test]
fn more_different_tokens_than_stand_ins_are_broken_up() {
    let control = ControlTokens::guessed("", "");
    let mut masks = Masks::default();
    let tokens: Vec<String> = (0..9_000).map(|i| format!("<|{i}|>")).collect();
    let text = tokens.concat();
    let masked = masks.mask(&control, &text);
    assert!(masked.ends_with("<\u{200B}|8999|>"));
    assert!(masked.starts_with('\u{10E000}'));
}

#[test]
fn an_image_is_a_segment_of_its_own_wherever_the_template_puts_it() {
    let mut masks = Masks::default();
    let (cat, dog) = (masks.image("data:cat"), masks.image("data:dog"));
    let again = masks.image("data:cat");
    assert_eq!(cat, again, "the same stand-in");
    let [cat, dog] = [cat, dog].map(Option::unwrap_or_default);
    let segments = masks.unmask(format!("{cat}{dog} and {cat}"));
    let image = |url: &str| Segment::Image(url.to_owned());
    let expected = [
        image("data:cat"),
        image("data:dog"),
        Segment::Template(" and ".to_owned()),
        image("data:cat"),
    ];
    assert_eq!(segments, expected);
}
