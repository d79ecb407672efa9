//! Pages, decent and hostile.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::isolate::Isolation;
use super::*;
use std::time::Duration;

async fn page(text: String) -> Document {
    let isolation = Isolation::new(Duration::from_mins(1));
    isolation
        .run(move |deadline| read(&text, deadline))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_a_page_says_is_kept_and_what_surrounds_it_is_not() {
    let text = "<!doctype html><html><head><title>Tea &amp; water</title>\n<style>p { color: red }</style>\n\
        <script>if (a < b) { document.write('<p>script</p>') }</script></head>\n<body><nav><ul><li>Home</ul></nav>\n\
        <h1>Brew<b>ing</b></h1>\n<p>Heat the\n   water to <i>80</i> degrees.<br>Wait.</p>\n\
        <ul><li>leaves</li><li>a pot</li></ul>\n<table><tr><td>green</td><td>2 min</td></tr></table>\n\
        <pre>line one\n  line two</pre></body></html>";
    let document = page(text.to_owned()).await;
    assert_eq!(document.title.as_deref(), Some("Tea & water"));
    let seen: Vec<_> = document
        .blocks
        .iter()
        .map(|block| (&block.kind, block.text.as_str(), block.place))
        .collect();
    let code = BlockKind::Code { label: None };
    assert_eq!(
        seen,
        [
            (&BlockKind::Heading(1), "Brewing", Place::Span(5, 5)),
            (
                &BlockKind::Prose,
                "Heat the water to 80 degrees.\nWait.",
                Place::Span(6, 7)
            ),
            (&BlockKind::Prose, "- leaves", Place::Span(8, 8)),
            (&BlockKind::Prose, "- a pot", Place::Span(8, 8)),
            (&BlockKind::Prose, "green | 2 min", Place::Span(9, 9)),
            (&code, "line one\n  line two", Place::Span(10, 11)),
        ]
    );
}

#[tokio::test]
async fn a_navigation_that_is_never_closed_does_not_swallow_the_page() {
    let document = page("<nav><a>Home</a><main><p>The text.</p></main>".to_owned()).await;
    let texts: Vec<_> = document.blocks.iter().map(|block| &block.text).collect();
    assert_eq!(texts, ["The text."]);
}

#[tokio::test]
async fn a_million_nested_elements_are_read() {
    let text = "<div><b>".repeat(500_000) + "at the bottom";
    let document = page(text).await;
    assert_eq!(document.blocks.len(), 1);
    assert_eq!(document.blocks[0].text, "at the bottom");
}

#[tokio::test]
async fn an_endless_tag_is_given_up_in_time() {
    use std::fmt::Write as _;
    let mut text = "<p ".to_owned();
    for number in 0..600_000 {
        write!(text, "a{number}=1 ").unwrap();
    }
    // Attributes are compared with all before them, which takes the square of their number.
    let isolation = Isolation::new(Duration::from_millis(300));
    let result = isolation.run(move |deadline| read(&text, deadline)).await;
    assert_eq!(result, Err(ReadError::TimedOut(Duration::from_millis(300))));
}
