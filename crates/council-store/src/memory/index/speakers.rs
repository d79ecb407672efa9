//! Who said which row.
//!
//! Apart from the other names: every search asks for all speakers, and there are few of them.

use super::names::Names;

/// The speakers of all rows.
#[derive(Default)]
pub(super) struct Speakers {
    names: Names,
    of_rows: Vec<u32>,
    /// How many rows that are not hidden each has said.
    heard: Vec<u32>,
}

impl Speakers {
    /// Adds the next row.
    pub(super) fn push(&mut self, speaker: Option<&str>, is_hidden: bool) {
        let number = self.names.optional(speaker);
        self.heard.resize(self.names.len(), 0);
        self.of_rows.push(number);
        self.count(number, !is_hidden);
    }

    fn count(&mut self, number: u32, is_heard: bool) {
        if let Some(heard) = self.heard.get_mut(number as usize) {
            *heard += u32::from(is_heard);
        }
    }

    /// Takes over that a row has been hidden or shown.
    pub(super) fn hide(&mut self, row: usize, is_hidden: bool) {
        if let Some(heard) = self.heard.get_mut(self.of_rows[row] as usize) {
            *heard = if is_hidden { *heard - 1 } else { *heard + 1 };
        }
    }

    /// Keeps the rows for which `keep` is true; `hidden` are those that are left.
    pub(super) fn retain(&mut self, keep: &[bool], hidden: &[bool]) {
        let mut rows = keep.iter();
        self.of_rows.retain(|_| rows.next().is_some_and(|keep| *keep));
        self.heard.fill(0);
        for (row, is_hidden) in hidden.iter().enumerate() {
            self.count(self.of_rows[row], !is_hidden);
        }
    }

    /// Those of the rows that are not hidden, by name.
    pub(super) fn heard(&self) -> Vec<String> {
        self.named(|number| self.heard[number] > 0)
    }

    /// Those of some rows, by name.
    pub(super) fn of(&self, rows: &[u32]) -> Vec<String> {
        let mut speaks = vec![false; self.names.len()];
        for &row in rows {
            if let Some(speaks) = speaks.get_mut(self.of_rows[row as usize] as usize) {
                *speaks = true;
            }
        }
        self.named(|number| speaks[number])
    }

    fn named(&self, is_meant: impl Fn(usize) -> bool) -> Vec<String> {
        let names = self.names.all().enumerate();
        let mut names: Vec<String> = names
            .filter(|(number, _)| is_meant(*number))
            .map(|(_, name)| name.to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// What a row counts: `weight` if somebody of these names, in any case of letters, said it, and otherwise 0.
    pub(super) fn weights(&self, speakers: &[String], weight: f32) -> impl Fn(usize) -> f32 + Sync {
        let wanted: Vec<String> = speakers.iter().map(|speaker| speaker.to_lowercase()).collect();
        let is_wanted = |name: &str| {
            let lower = || name.chars().flat_map(char::to_lowercase);
            wanted.iter().any(|wanted| lower().eq(wanted.chars()))
        };
        let weigh = |name| if is_wanted(name) { weight } else { 0.0 };
        let weights: Vec<f32> = self.names.all().map(weigh).collect();
        move |row| weights.get(self.of_rows[row] as usize).copied().unwrap_or(0.0)
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.names.size_bytes() + (self.of_rows.capacity() + self.heard.capacity()) * 4
    }
}
