//! Digits in groups, with what is between the groups.

use super::words::{char_after, char_before, joins};
use std::ops::Range;

/// Most groups of one run; what is longer is a table or a computation.
const MOST_GROUPS: usize = 16;

/// Groups of digits in one line with nothing between but what numbers are written with.
#[derive(Debug)]
pub(super) struct Run<'t> {
    pub(super) groups: Vec<Group<'t>>,
    /// Whether a `+` stands right before it.
    pub(super) plus: bool,
}

/// Digits without a gap.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub(super) digits: &'t str,
    pub(super) range: Range<usize>,
    /// What stands between the group before and this one; empty for the first.
    pub(super) gap: &'t str,
}

/// Consecutive groups of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'r, 't> {
    pub(super) run: &'r Run<'t>,
    pub(super) groups: &'r [Group<'t>],
    /// Whether the `+` of the run belongs to it.
    pub(super) plus: bool,
    pub(super) text: &'t str,
}

pub(super) fn runs(text: &str) -> Vec<Run<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + offset;
        let end_of_first = end_of_digits(text, start);
        if char_before(text, start).is_some_and(joins) {
            at = end_of_first;
            continue;
        }
        let mut groups = vec![Group {
            digits: &text[start..end_of_first],
            range: start..end_of_first,
            gap: "",
        }];
        let mut end = end_of_first;
        while let Some(next) = next_group(text, end) {
            if groups.len() == MOST_GROUPS {
                break;
            }
            let next_end = end_of_digits(text, next);
            groups.push(Group {
                digits: &text[next..next_end],
                range: next..next_end,
                gap: &text[end..next],
            });
            end = next_end;
        }
        // `+49`, and `(+49)`.
        let plus = char_before(text, start) == Some('+');
        found.push(Run { groups, plus });
        at = end;
    }
    found
}

fn end_of_digits(text: &str, from: usize) -> usize {
    text[from..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(text.len(), |length| from + length)
}

/// Where the next group begins, if only a little of what stands in numbers is between.
fn next_group(text: &str, from: usize) -> Option<usize> {
    let is_gap = |c: char| {
        matches!(
            c,
            ' ' | '\u{a0}'
                | '\u{202f}'
                | '\u{2009}'
                | '-'
                | '\u{2010}'
                | '\u{2011}'
                | '\u{2013}'
                | '.'
                | '/'
                | '('
                | ')'
        )
    };
    let mut gap = 0;
    for (offset, c) in text[from..].char_indices() {
        match c {
            c if c.is_ascii_digit() => return (gap > 0).then_some(from + offset),
            c if is_gap(c) && gap < 3 => gap += 1,
            _ => return None,
        }
    }
    None
}

impl<'t> Run<'t> {
    /// All windows with `least` to `most` digits, from left to right, the longest first at each place.
    pub(super) fn windows<'r>(
        &'r self,
        text: &'t str,
        digits: std::ops::RangeInclusive<usize>,
    ) -> Vec<Window<'r, 't>> {
        let mut windows = Vec::new();
        for start in 0..self.groups.len() {
            for end in (start + 1..=self.groups.len()).rev() {
                let groups = &self.groups[start..end];
                let count: usize = groups.iter().map(|group| group.digits.len()).sum();
                if digits.contains(&count) {
                    windows.push(Window {
                        run: self,
                        groups,
                        plus: self.plus && start == 0,
                        text,
                    });
                }
            }
        }
        windows
    }
}

impl Window<'_, '_> {
    pub(super) fn digits(&self) -> String {
        self.groups.iter().map(|group| group.digits).collect()
    }

    /// Where it stands, an opening `+` or `(` included.
    pub(super) fn range(&self) -> Range<usize> {
        let mut start = self.groups.first().map_or(0, |group| group.range.start);
        let end = self.groups.last().map_or(0, |group| group.range.end);
        if self.plus {
            start -= 1;
        }
        let closes = self.gaps().any(|gap| gap.contains(')')) && !self.gaps().any(|gap| gap.contains('('));
        if closes && char_before(self.text, start) == Some('(') {
            start -= 1;
        }
        start..end
    }

    /// How many digits each group has.
    pub(super) fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.digits.len()).collect()
    }

    /// What stands between its groups.
    pub(super) fn gaps(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().skip(1).map(|group| group.gap)
    }

    /// Whether all gaps are the same single character, one of `allowed`; so they are where there is none.
    pub(super) fn evenly(&self, allowed: &str) -> bool {
        let mut gaps = self.gaps();
        let Some(first) = gaps.next() else { return true };
        let single = first.chars().count() == 1 && first.chars().all(|c| allowed.contains(c));
        single && gaps.all(|gap| gap == first)
    }

    /// Whether no letter or digit goes on with it on either side.
    pub(super) fn stands_alone(&self) -> bool {
        let range = self.range();
        !char_after(self.text, range.end).is_some_and(joins)
            && !char_before(self.text, range.start).is_some_and(joins)
    }
}
