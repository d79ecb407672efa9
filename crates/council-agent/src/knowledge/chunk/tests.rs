//! Parts of documents: what they say, where, and that nothing is lost.

use super::super::read::{Block, BlockKind, Document, Place};
use super::*;
use proptest::prelude::*;

fn heading(level: u8, text: &str, line: u32) -> Block {
    block(BlockKind::Heading(level), text, line)
}

fn prose(text: &str, line: u32) -> Block {
    block(BlockKind::Prose, text, line)
}

fn block(kind: BlockKind, text: &str, line: u32) -> Block {
    Block {
        kind,
        text: text.to_owned(),
        place: Place::Lines(line),
    }
}

fn of(blocks: Vec<Block>) -> Vec<Chunk> {
    chunks(&Document { title: None, blocks }, "House")
}

fn seen(blocks: Vec<Block>) -> Vec<(String, At)> {
    let parts = of(blocks).into_iter();
    parts.map(|part| (part.text, part.at)).collect()
}

#[test]
fn a_part_begins_with_its_headings_and_says_where_it_is() {
    let found = seen(vec![
        heading(1, "House", 1),
        prose("Welcome.", 2),
        heading(2, "Kitchen", 4),
        heading(3, "Tea", 5),
        prose("Green.\nBlack.", 6),
        prose("White.", 9),
        heading(2, "Cellar", 11),
    ]);
    let expected = [
        ("House\n\nWelcome.", At::Lines(2, 2)),
        (
            "House > Kitchen > Tea\n\nGreen.\nBlack.\n\nWhite.",
            At::Lines(6, 9),
        ),
        ("House > Cellar", At::Lines(11, 11)),
    ];
    assert_eq!(found, expected.map(|(text, at)| (text.to_owned(), at)));
}

#[test]
fn a_long_paragraph_is_divided_with_the_lines_of_each_part() {
    let sentence = "The quick brown fox jumps over the lazy dog near the river bank today.";
    let lines: Vec<String> = (0..40).map(|number| format!("{number}. {sentence}")).collect();
    let found = of(vec![prose(&lines.join("\n"), 10)]);
    assert!(found.len() > 2, "{found:?}");
    for part in &found {
        let At::Lines(first, last) = part.at else {
            unreachable!("a text has lines")
        };
        let expected = lines[(first - 10) as usize..=(last - 10) as usize].join("\n");
        assert_eq!(&part.text[part.body..], expected);
    }
    assert!(found[1].overlap > 0, "the last sentence is repeated");
}

#[test]
fn parts_of_a_long_item_of_code_say_what_it_is() {
    let body: Vec<String> = (0..80)
        .map(|number| format!("    let value_{number} = {number};"))
        .collect();
    let text = format!("fn compute() {{\n{}\n}}", body.join("\n"));
    let label = Some("fn compute()".to_owned());
    let found = of(vec![block(BlockKind::Code { label }, &text, 1)]);
    assert!(found.len() > 2);
    assert_eq!(found[0].headings, ["House"]);
    assert!(
        found[0]
            .text
            .starts_with("House\n\nfn compute() {\n    let value_0 = 0;")
    );
    for part in &found[1..] {
        assert_eq!(part.headings, ["House", "fn compute()"]);
        assert!(
            part.text[part.body..].starts_with("    let"),
            "indentation stays: {part:?}"
        );
    }
}

#[test]
fn pages_are_not_mixed() {
    let on = |page, text: &str| Block {
        kind: BlockKind::Prose,
        text: text.to_owned(),
        place: Place::Page(page),
    };
    let found = seen(vec![on(1, "one"), on(1, "still one"), on(2, "two")]);
    let expected = [
        ("House\n\none\n\nstill one", At::Page(1)),
        ("House\n\ntwo", At::Page(2)),
    ];
    assert_eq!(found, expected.map(|(text, at)| (text.to_owned(), at)));
}

#[test]
fn long_headings_leave_room_for_what_stands_below_them() {
    let long = "a very long heading ".repeat(40);
    let mut blocks = Vec::new();
    for level in 1..=6 {
        blocks.push(heading(level, &long, u32::from(level)));
    }
    blocks.push(prose("At last.", 9));
    let found = of(blocks);
    assert!(
        found
            .iter()
            .all(|part| tokens(&part.text, false) <= PART_TOKENS + 20)
    );
    assert!(found.last().is_some_and(|part| part.text.ends_with("At last.")));
}

#[test]
fn a_heading_that_is_hard_to_read_does_not_displace_the_one_above_it() {
    let signs = "a _=a_;a;=(_;a;=a_;;=;;(a(}_((((}=;a}(}(}(a_a_a=(};a";
    let found = of(vec![heading(1, "Syntax", 1), heading(2, signs, 3)]);
    assert!(found[0].headings.contains(&"Syntax".to_owned()), "{found:?}");
    let said = &found[0].text[found[0].body..];
    assert_eq!(said, signs, "what its headings cut is said whole");
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let word = prop_oneof![
        6 => "[a-z]{1,9}",
        1 => "[A-Z][a-z]{2,6}[.!?]",
        1 => "[0-9]{1,6}",
        1 => "[あ-ん]{1,40}",
        1 => "[a-z_(){};=]{1,400}",
    ];
    let gap = prop_oneof![8 => Just(" "), 2 => Just("\n"), 1 => Just("\n\n"), 1 => Just("  \n    ")];
    let text = prop::collection::vec((word, gap), 1..250).prop_map(|words| {
        let text: String = words
            .into_iter()
            .flat_map(|(word, gap)| [word, gap.to_owned()])
            .collect();
        text.trim().to_owned()
    });
    let block = (text, 0_u8..10).prop_map(|(text, kind)| {
        let kind = match kind {
            0..=2 => BlockKind::Heading(kind + 1),
            3..=5 => BlockKind::Code {
                label: Some("item".to_owned()),
            },
            _ => BlockKind::Prose,
        };
        (kind, text)
    });
    prop::collection::vec(block, 1..12).prop_map(|found| {
        let mut line = 1;
        let with_lines = found.into_iter().map(|(kind, text)| {
            let text = match kind {
                BlockKind::Heading(_) => text.split_whitespace().collect::<Vec<_>>().join(" "),
                BlockKind::Prose | BlockKind::Code { .. } => text,
            };
            let made = block_at(kind, text, line);
            line += made.text.matches('\n').count() as u32 + 2;
            made
        });
        with_lines.collect()
    })
}

fn block_at(kind: BlockKind, text: String, line: u32) -> Block {
    Block {
        kind,
        text,
        place: Place::Lines(line),
    }
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_say_everything_in_order_and_none_is_too_long(blocks in blocks()) {
        let mut file = vec![String::new(); 1];
        let mut expected = String::new();
        for block in &blocks {
            file.extend(block.text.split('\n').map(str::to_owned));
            file.push(String::new());
            let is_heading = matches!(block.kind, BlockKind::Heading(_));
            if !is_heading || too_long_at(&block.text).is_some() {
                expected.push_str(&letters(&block.text));
            }
        }
        let headings: Vec<String> = blocks
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Heading(_)))
            .map(|block| plain(&block.text))
            .collect();
        let parts = of(blocks);
        let said: String = parts.iter().map(|part| letters(&part.text[part.body + part.overlap..])).collect();
        prop_assert_eq!(said, expected);
        for part in &parts {
            // A code block counts denser than prose; the sum of both is what is bounded.
            let body = tokens(&part.text[part.body..], false);
            prop_assert!(body <= PART_TOKENS, "{} tokens: {}", body, part.text);
            let At::Lines(first, last) = part.at else { unreachable!("lines") };
            let lines = letters(&file[first as usize..=last as usize].join("\n"));
            let body = part.text[part.body..].trim_start();
            let begin: String = letters(body).chars().take(20).collect();
            prop_assert!(lines.contains(&begin), "{} is not in lines {}-{}", begin, first, last);
        }
        // A heading is dropped from a path that is too long, but never from its own.
        for heading in headings {
            let found = parts.iter().any(|part| part.headings.contains(&heading));
            let dropped = tokens(&heading, false) > PATH_TOKENS / 3;
            prop_assert!(found || dropped || parts.iter().any(|part| part.headings.len() >= 2), "{}", heading);
        }
    }
}
