//! Which turns stand beside which.

use super::Place;
use super::names::NONE;
use std::collections::HashMap;
use std::ops::Range;

/// The turns of every session, and the rows that are in none.
#[derive(Default)]
pub(super) struct Sessions {
    numbers: HashMap<Place, u32>,
    /// The turns of all sessions. Side by side, because searches walk over all of them: with a list for each they would
    /// wait for memory at every session.
    turns: Vec<u32>,
    /// Where the turns of each session are, in the order in which they were said. In the order in which sessions began, so
    /// that a walk over all of them walks over the rows nearly in their order.
    spans: Vec<Span>,
    /// The session of each row.
    of_rows: Vec<u32>,
    /// The rows that are in none.
    alone: Vec<u32>,
}

/// A part of the turns of all.
#[derive(Clone, Copy, Default)]
struct Span {
    start: u32,
    length: u32,
    /// How many it can become before it has to move.
    room: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.length) as usize
    }
}

impl Sessions {
    /// Adds the next row; `is_before` tells which turns come before it.
    pub(super) fn push(&mut self, place: Option<Place>, is_before: impl Fn(u32) -> bool) {
        let row = self.of_rows.len() as u32;
        let Some(place) = place else {
            self.of_rows.push(NONE);
            self.alone.push(row);
            return;
        };
        let number = *self.numbers.entry(place).or_insert_with(|| {
            self.spans.push(Span::default());
            self.spans.len() as u32 - 1
        });
        self.of_rows.push(number);
        self.make_room(number as usize);
        let span = &mut self.spans[number as usize];
        let turns = &self.turns[span.range()];
        let at = match turns.last() {
            Some(&last) if !is_before(last) => turns.partition_point(|&turn| is_before(turn)),
            _ => turns.len(),
        };
        let at = span.start as usize + at;
        self.turns.copy_within(at..span.range().end, at + 1);
        self.turns[at] = row;
        span.length += 1;
    }

    /// Moves a session that is full to the end, with twice its room.
    fn make_room(&mut self, number: usize) {
        let span = &mut self.spans[number];
        if span.length < span.room {
            return;
        }
        let start = self.turns.len();
        self.turns.extend_from_within(span.range());
        span.start = start as u32;
        span.room = (2 * span.room).max(4);
        self.turns.resize(start + span.room as usize, NONE);
    }

    /// Closes the gaps that sessions have left where they were.
    pub(super) fn compact(&mut self) {
        let mut turns = Vec::with_capacity(self.of_rows.len() - self.alone.len());
        for span in &mut self.spans {
            let start = turns.len();
            turns.extend_from_slice(&self.turns[span.range()]);
            span.start = start as u32;
            span.room = span.length;
        }
        self.turns = turns;
    }

    /// The turns of a session.
    pub(super) fn turns(&self, place: Place) -> &[u32] {
        let number = self.numbers.get(&place);
        number.map_or(&[], |&number| &self.turns[self.spans[number as usize].range()])
    }

    /// The turns of the session of a row.
    pub(super) fn around(&self, row: usize) -> &[u32] {
        let span = self.spans.get(self.of_rows[row] as usize);
        span.map_or(&[], |span| &self.turns[span.range()])
    }

    /// The sessions that have any of these rows, and the rows that are in none.
    pub(super) fn of(&self, rows: &[u32]) -> (Vec<&[u32]>, Vec<u32>) {
        if rows.len() == self.of_rows.len() {
            let all = self.spans.iter().map(|span| &self.turns[span.range()]);
            return (all.collect(), self.alone.clone());
        }
        let mut is_known = vec![false; self.spans.len()];
        let (mut sessions, mut alone) = (Vec::new(), Vec::new());
        for &row in rows {
            let number = self.of_rows[row as usize] as usize;
            match is_known.get_mut(number) {
                None => alone.push(row),
                Some(is_known) if !*is_known => {
                    *is_known = true;
                    sessions.push(&self.turns[self.spans[number].range()]);
                }
                Some(_) => {}
            }
        }
        (sessions, alone)
    }

    pub(super) fn size_bytes(&self) -> usize {
        let sessions = self.spans.capacity() * (size_of::<Span>() + size_of::<(Place, u32)>());
        sessions + (self.turns.capacity() + self.of_rows.capacity() + self.alone.capacity()) * 4
    }
}

#[cfg(test)]
mod tests;
