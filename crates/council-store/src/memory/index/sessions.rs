//! Which turns stand beside which.

use super::Place;
use super::names::NONE;
use std::collections::HashMap;

/// The turns of every session, and the rows that are in none.
#[derive(Default)]
pub(super) struct Sessions {
    numbers: HashMap<Place, u32>,
    /// Of each session, in the order in which they were said. In the order in which sessions began, so that a walk over
    /// all of them walks over the rows nearly in their order.
    turns: Vec<Vec<u32>>,
    /// The session of each row.
    of_rows: Vec<u32>,
    /// The rows that are in none.
    alone: Vec<u32>,
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
            self.turns.push(Vec::new());
            self.turns.len() as u32 - 1
        });
        self.of_rows.push(number);
        let turns = &mut self.turns[number as usize];
        let at = match turns.last() {
            Some(&last) if !is_before(last) => turns.partition_point(|&turn| is_before(turn)),
            _ => turns.len(),
        };
        turns.insert(at, row);
    }

    /// The turns of a session.
    pub(super) fn turns(&self, place: Place) -> &[u32] {
        let number = self.numbers.get(&place);
        number.map_or(&[], |&number| &self.turns[number as usize])
    }

    /// The turns of the session of a row.
    pub(super) fn around(&self, row: usize) -> &[u32] {
        let turns = self.turns.get(self.of_rows[row] as usize);
        turns.map_or(&[], Vec::as_slice)
    }

    /// Those that have any of these rows, and the rows that are in none.
    pub(super) fn of<'a>(&'a self, rows: &'a [u32]) -> (Vec<&'a [u32]>, Vec<u32>) {
        if rows.len() == self.of_rows.len() {
            return (self.turns.iter().map(Vec::as_slice).collect(), self.alone.clone());
        }
        let mut is_known = vec![false; self.turns.len()];
        let (mut sessions, mut alone) = (Vec::new(), Vec::new());
        for &row in rows {
            let number = self.of_rows[row as usize] as usize;
            match is_known.get_mut(number) {
                None => alone.push(row),
                Some(is_known) if !*is_known => {
                    *is_known = true;
                    sessions.push(self.turns[number].as_slice());
                }
                Some(_) => {}
            }
        }
        (sessions, alone)
    }

    pub(super) fn size_bytes(&self) -> usize {
        let turns: usize = self.turns.iter().map(|turns| turns.capacity() * 4 + 64).sum();
        turns + (self.of_rows.capacity() + self.alone.capacity()) * 4
    }
}
