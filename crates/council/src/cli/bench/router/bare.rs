//! What an answer says, without what Council puts around it: grading reads where results stand in words of a model.

use council_core::SkillKind;

/// Stands before the places of an answer's passages.
const SOURCES: &str = "\n\nSources: ";

/// Of an answer by a skill its result, which stands first, without the working below it; of one from documents its words,
/// without the numbers and the places of passages. Others are left as they are.
pub(super) fn bare(text: &str, answered_by: &str, cited: bool) -> String {
    let computed = [SkillKind::Math, SkillKind::Logic]
        .iter()
        .any(|skill| skill.as_str() == answered_by);
    if computed {
        let result = text.trim().split("\n\n").next().unwrap_or_default();
        return result.replace("**", "");
    }
    if !cited {
        return text.to_owned();
    }
    let words = text.rsplit_once(SOURCES).map_or(text, |(words, _places)| words);
    without_marks(words)
}

/// Without `[1]`, and the space before it.
fn without_marks(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let (number, behind) = after.split_once(']').unwrap_or(("", after));
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            bare.push_str(before);
            bare.push('[');
            rest = after;
            continue;
        }
        bare.push_str(before.strip_suffix(' ').unwrap_or(before));
        rest = behind;
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests;
