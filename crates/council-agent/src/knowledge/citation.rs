//! Where a part of a document stands, in words.

use council_core::NewMemory;
use serde_json::Value;

/// `notes/plan.md:12-30`, `paper.pdf, page 3`; `None` for what is no part of a document. Of an absolute path, its last
/// two names; the whole is in `source`.
pub fn citation(memory: &NewMemory) -> Option<String> {
    let source = memory.source.as_deref()?;
    let name = short(source);
    let number = |key: &str| memory.metadata.get(key).and_then(Value::as_u64);
    Some(match (number("page"), number("line_start"), number("line_end")) {
        (Some(page), ..) => format!("{name}, page {page}"),
        (None, Some(first), Some(last)) if first != last => format!("{name}:{first}-{last}"),
        (None, Some(line), _) => format!("{name}:{line}"),
        (None, None, _) => name.to_owned(),
    })
}

fn short(source: &str) -> &str {
    let is_separator = |c: char| c == '/' || c == '\\';
    let windows = source.as_bytes().get(1) == Some(&b':');
    if !source.starts_with('/') && !windows {
        return source;
    }
    let mut separators = source.rmatch_indices(is_separator);
    separators.nth(1).map_or(source, |(at, _)| &source[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use council_core::{MemoryKind, Scope, Timestamp};

    fn cited(source: Option<&str>, places: &[(&str, u64)]) -> Option<String> {
        let mut memory = NewMemory::new(
            MemoryKind::Document,
            Scope::default(),
            "text",
            Timestamp::default(),
        );
        memory.source = source.map(str::to_owned);
        for (key, number) in places {
            memory.metadata.insert((*key).to_owned(), Value::from(*number));
        }
        citation(&memory)
    }

    #[test]
    fn a_part_is_cited_by_page_or_lines() {
        let lines = [("line_start", 12), ("line_end", 30)];
        for (source, places, expected) in [
            ("/home/ada/notes/plan.md", &lines[..], "notes/plan.md:12-30"),
            ("paper.pdf", &[("page", 3)], "paper.pdf, page 3"),
            (
                "C:\\docs\\a.txt",
                &[("line_start", 1), ("line_end", 1)],
                "docs\\a.txt:1",
            ),
            ("https://example.org/x/y/z", &[], "https://example.org/x/y/z"),
            ("/a.md", &[], "/a.md"),
        ] {
            assert_eq!(cited(Some(source), places).as_deref(), Some(expected));
        }
        assert_eq!(cited(None, &[]), None);
    }
}
