//! Counts the cells of the KV cache: which sequence holds which, and how many are in use.
//!
//! llama.cpp's unified cache gives every computed token one cell, and sequences that share a prefix share its cells.
//! It does not tell how many are in use, so the engine keeps its own books.

/// One cell, by a number of ours (not llama.cpp's position).
pub type Cell = u32;

/// Reference counts of all cells.
#[derive(Debug, Default)]
pub struct Cells {
    holders: Vec<u32>,
    free: Vec<Cell>,
}

impl Cells {
    /// Cells that at least one sequence holds.
    pub fn used(&self) -> usize {
        self.holders.len() - self.free.len()
    }

    /// Gives a sequence this many new cells.
    pub fn allocate(&mut self, held: &mut Vec<Cell>, count: usize) {
        for _ in 0..count {
            let cell = self.free.pop().unwrap_or_else(|| {
                self.holders.push(0);
                (self.holders.len() - 1) as Cell
            });
            self.holders[cell as usize] = 1;
            held.push(cell);
        }
    }

    /// A second holder for these cells.
    pub fn share(&mut self, cells: &[Cell]) -> Vec<Cell> {
        for cell in cells {
            self.holders[*cell as usize] += 1;
        }
        cells.to_vec()
    }

    /// A sequence lets go of its cells from `keep` on.
    pub fn release(&mut self, held: &mut Vec<Cell>, keep: usize) {
        for cell in held.drain(keep.min(held.len())..) {
            let holders = &mut self.holders[cell as usize];
            *holders -= 1;
            if *holders == 0 {
                self.free.push(cell);
            }
        }
    }
}
