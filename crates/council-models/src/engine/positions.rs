//! Where a token stands in llama.cpp's count, which is not its place in the prompt after an image that the model sees
//! in two dimensions: that moves what follows by its longer side, and takes a cell for each of its parts.

use super::backend::SeqId;
use std::collections::HashMap;

/// After this place in the prompt, positions are so many behind in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The place.
    pub end: usize,
    /// How many fewer positions than cells there are before it.
    pub behind: usize,
}

/// The jumps of each sequence that has any.
#[derive(Debug, Default)]
pub struct Positions {
    jumps: HashMap<SeqId, Vec<Jump>>,
}

impl Positions {
    /// The position of what stands at this place of a sequence.
    pub fn of(&self, seq: SeqId, place: usize) -> usize {
        place - self.behind(seq, place)
    }

    /// Takes note of an image that ends at `end`, took `cells` and moves what follows by `positions`.
    pub fn note(&mut self, seq: SeqId, end: usize, cells: usize, positions: usize) {
        if cells > positions {
            let behind = self.behind(seq, end) + cells - positions;
            self.jumps.entry(seq).or_default().push(Jump { end, behind });
        }
    }

    /// A sequence's jumps up to a length.
    pub fn until(&self, seq: SeqId, length: usize) -> Vec<Jump> {
        let all = self.jumps.get(&seq).map_or(&[][..], Vec::as_slice);
        all.iter()
            .copied()
            .take_while(|jump| jump.end <= length)
            .collect()
    }

    /// Gives a sequence these jumps and no others.
    pub fn set(&mut self, seq: SeqId, jumps: Vec<Jump>) {
        if jumps.is_empty() {
            self.jumps.remove(&seq);
        } else {
            self.jumps.insert(seq, jumps);
        }
    }

    fn behind(&self, seq: SeqId, place: usize) -> usize {
        let Some(jumps) = self.jumps.get(&seq) else {
            return 0;
        };
        let before = jumps.iter().rev().find(|jump| jump.end <= place);
        before.map_or(0, |jump| jump.behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_an_image_stands_nearer_than_its_cells_say() {
        let mut positions = Positions::default();
        positions.note(1, 22, 12, 4);
        positions.note(1, 40, 10, 3);
        let at = |place| positions.of(1, place);
        assert_eq!(
            [at(0), at(10), at(22), at(30), at(40), at(50)],
            [0, 10, 14, 22, 25, 35]
        );
        assert_eq!(positions.of(2, 50), 50, "another sequence");
    }

    #[test]
    fn a_shorter_or_other_sequence_has_only_the_images_that_it_holds() {
        let mut positions = Positions::default();
        positions.note(1, 22, 12, 4);
        positions.note(1, 40, 10, 3);
        let some = positions.until(1, 39);
        assert_eq!(some.len(), 1);
        positions.set(2, some);
        assert_eq!(positions.of(2, 50), 42);
        positions.set(1, Vec::new());
        assert_eq!(positions.of(1, 50), 50);
    }

    #[test]
    fn an_image_with_a_position_for_each_cell_changes_nothing() {
        let mut positions = Positions::default();
        positions.note(1, 22, 12, 12);
        assert_eq!(positions.of(1, 30), 30);
        assert_eq!(positions.until(1, 30), []);
    }
}
