//! What the engine needs from the thing that computes: llama.cpp, or a fake whose answers can be predicted.

use super::image::Image;
use super::sampler::TokenFilter;
use crate::constraint::Constraint;

/// A sequence in the KV cache.
pub type SeqId = i32;

/// One token of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchToken {
    /// The token.
    pub token: u32,
    /// Its position in its sequence.
    pub position: usize,
    /// Its sequence.
    pub seq: SeqId,
    /// Whether the logits after it are wanted.
    pub logits: bool,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No free cells, although the books say so (fragmentation).
    NoRoom,
    /// Anything else.
    Failed(String),
}

/// Computes logits and keeps state by sequence.
pub trait Backend {
    /// A sequence's state outside the cells.
    type State;

    /// Computes one step.
    ///
    /// # Errors
    /// See [`DecodeError`]; after an error the state of the sequences in the batch is undefined.
    fn decode(&mut self, batch: &[BatchToken]) -> Result<(), DecodeError>;

    /// Computes an image, whose marks begin at this place of the sequence.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn see(&mut self, image: &Image, place: usize, seq: SeqId) -> Result<(), DecodeError>;

    /// The logits after the token at this index of the last batch (`f32[vocabulary]`).
    fn logits(&self, index: usize) -> &[f32];

    /// Makes `to`, which is empty, start with the first `length` tokens of `from`.
    fn copy_prefix(&mut self, from: SeqId, to: SeqId, length: usize);

    /// Drops a sequence's state from `length` on; false when the model cannot (recurrent state).
    fn truncate(&mut self, seq: SeqId, length: usize) -> bool;

    /// Drops a sequence's state.
    fn clear(&mut self, seq: SeqId);

    /// Copies a sequence's state out of its cells.
    ///
    /// # Errors
    /// What failed, in words; the sequence is as before.
    fn save(&self, seq: SeqId) -> Result<Self::State, String>;

    /// Gives an empty sequence the state that [`save`](Self::save) returned.
    ///
    /// # Errors
    /// What failed, in words; the sequence has to be cleared.
    fn restore(&mut self, state: &Self::State, seq: SeqId) -> Result<(), String>;

    /// Whether prefixes can be cut out of longer sequences.
    fn can_truncate(&self) -> bool;

    /// Cells, in tokens.
    fn capacity(&self) -> usize;

    /// Sequences that it can hold, numbered from 0. May grow with [`grow`](Self::grow).
    fn sequences(&self) -> usize;

    /// Makes room for `capacity` cells and keeps these sequences, after which no two share cells. The number of
    /// sequences grows to what the engine was configured for.
    ///
    /// # Errors
    /// When there is no memory for it; everything is as before.
    fn grow(&mut self, capacity: usize, keep: &[SeqId]) -> Result<(), String>;

    /// Computes with so many threads from now on and keeps these sequences, after which no two share cells.
    ///
    /// # Errors
    /// When there is no memory for it; everything is as before.
    fn use_threads(&mut self, threads: u32, keep: &[SeqId]) -> Result<(), String>;

    /// Entries of the vocabulary.
    fn vocab_tokens(&self) -> u32;

    /// Whether this token ends the model's turn.
    fn is_end(&self, token: u32) -> bool;

    /// The token's text. Control tokens have one only when `control` asks for it.
    fn piece(&self, token: u32, control: bool) -> Vec<u8>;

    /// A filter for this constraint.
    ///
    /// # Errors
    /// What is wrong with the constraint, in words.
    fn filter(&self, constraint: &Constraint) -> Result<Box<dyn TokenFilter>, String>;
}
