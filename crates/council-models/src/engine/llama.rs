//! llama.cpp as a [`Backend`]: one model, one context with a unified KV cache.

use super::backend::{Backend, BatchToken, DecodeError, SeqId};
use super::eye::Eye;
use super::grammar::{Grammars, Word};
use super::image::Image;
use super::positions::{Jump, Positions};
use super::sampler::TokenFilter;
use crate::config::{FlashAttention, KvType};
use crate::constraint::Constraint;
use crate::protocol::ResolvedEngine;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::{KvCacheType, LlamaContextParams};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;
use llama_cpp_2::{LlamaStateSeqFlags, SeqState};
use std::cell::OnceCell;
use std::num::NonZeroU32;

/// Cells and sequences of the first context. Small, so that an idle model costs little more than its weights:
/// llama.cpp touches all cells, and a row of logits per sequence, when it makes a context. It grows with what is used.
const FIRST_CELLS: u32 = 256;
const FIRST_SEQUENCES: u32 = 3;

/// A context on a model, and what is needed to make a larger one.
pub struct Llama<'model> {
    runtime: &'model LlamaBackend,
    model: &'model LlamaModel,
    engine: ResolvedEngine,
    /// For models that see.
    eye: Option<&'model Eye>,
    context: LlamaContext<'model>,
    positions: Positions,
    batch: LlamaBatch<'static>,
    can_truncate: bool,
    sequences: u32,
    /// Made when the first answer needs it.
    grammars: OnceCell<Result<Grammars, String>>,
}

impl<'model> Llama<'model> {
    /// Makes a small context, which grows with what is used.
    ///
    /// # Errors
    /// When llama.cpp cannot (memory, unsupported cache type), in its words.
    pub fn new(
        runtime: &'model LlamaBackend,
        model: &'model LlamaModel,
        engine: ResolvedEngine,
        eye: Option<&'model Eye>,
    ) -> Result<Self, String> {
        let cells = FIRST_CELLS.min(engine.kv_capacity_tokens);
        let all = cells == engine.kv_capacity_tokens;
        let sequences = if all {
            engine.slots
        } else {
            FIRST_SEQUENCES.min(engine.slots)
        };
        let context = new_context(runtime, model, &engine, cells, sequences)?;
        let batch = LlamaBatch::new(engine.batch_tokens as usize, 1);
        // The state of recurrent layers cannot be wound back.
        let can_truncate = !(model.is_recurrent() || model.is_hybrid());
        Ok(Self {
            runtime,
            model,
            engine,
            eye,
            context,
            positions: Positions::default(),
            batch,
            can_truncate,
            sequences,
            grammars: OnceCell::new(),
        })
    }

    /// Another context with the state of these sequences.
    fn moved(
        &self,
        engine: &ResolvedEngine,
        capacity: usize,
        sequences: u32,
        keep: &[SeqId],
    ) -> Result<LlamaContext<'model>, String> {
        let mut context = new_context(self.runtime, self.model, engine, capacity as u32, sequences)?;
        for seq in keep {
            restore(&mut context, &self.save(*seq)?.state, *seq)?;
        }
        Ok(context)
    }

    fn grammars(&self) -> Result<&Grammars, String> {
        let made = self.grammars.get_or_init(|| {
            Grammars::new((0..self.vocab_tokens()).map(|token| Word {
                bytes: self.piece(token, true),
                control: self.piece(token, false).is_empty(),
                end: self.is_end(token),
            }))
        });
        made.as_ref().map_err(Clone::clone)
    }
}

fn new_context<'model>(
    runtime: &LlamaBackend,
    model: &'model LlamaModel,
    engine: &ResolvedEngine,
    cells: u32,
    sequences: u32,
) -> Result<LlamaContext<'model>, String> {
    let kv_type = match engine.config.kv_type {
        KvType::F16 => KvCacheType::F16,
        KvType::Q8_0 => KvCacheType::Q8_0,
        KvType::Q4_0 => KvCacheType::Q4_0,
    };
    let flash_attention = match engine.config.flash_attention {
        FlashAttention::Auto => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_AUTO,
        FlashAttention::On => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_ENABLED,
        FlashAttention::Off => llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_DISABLED,
    };
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(cells))
        .with_n_batch(engine.batch_tokens)
        .with_n_ubatch(engine.batch_tokens)
        .with_n_seq_max(sequences)
        .with_kv_unified(true)
        .with_swa_full(true)
        .with_n_threads(engine.threads as i32)
        .with_n_threads_batch(engine.threads_batch as i32)
        .with_type_k(kv_type)
        .with_type_v(kv_type)
        .with_flash_attention_policy(flash_attention)
        .with_no_perf(true);
    model
        .new_context(runtime, params)
        .map_err(|error| error.to_string())
}

fn restore(context: &mut LlamaContext<'_>, state: &SeqState, seq: SeqId) -> Result<(), String> {
    context
        .state_seq_set(state, seq)
        .map_err(|error| error.to_string())
}

/// A sequence's state outside the cells.
pub struct Saved {
    state: SeqState,
    jumps: Vec<Jump>,
}

impl Backend for Llama<'_> {
    type State = Saved;

    fn decode(&mut self, batch: &[BatchToken]) -> Result<(), DecodeError> {
        self.batch.clear();
        for token in batch {
            self.batch
                .add(
                    LlamaToken(token.token as i32),
                    self.positions.of(token.seq, token.position) as i32,
                    &[token.seq],
                    token.logits,
                )
                .map_err(|error| DecodeError::Failed(error.to_string()))?;
        }
        self.context.decode(&mut self.batch).map_err(|error| match error {
            llama_cpp_2::DecodeError::NoKvCacheSlot => DecodeError::NoRoom,
            other => DecodeError::Failed(other.to_string()),
        })
    }

    fn see(&mut self, image: &Image, place: usize, seq: SeqId) -> Result<(), DecodeError> {
        let eye = self
            .eye
            .ok_or_else(|| DecodeError::Failed("this model sees no images".to_owned()))?;
        let position = self.positions.of(seq, place) as i32;
        let batch = self.engine.batch_tokens as i32;
        if let Err(error) = eye.compute(image, &mut self.context, position, seq, batch) {
            // Parts of it may be there.
            self.truncate(seq, place);
            return Err(error);
        }
        let cells = image.marks.len();
        self.positions.note(seq, place + cells, cells, image.positions);
        Ok(())
    }

    fn logits(&self, index: usize) -> &[f32] {
        self.context.get_logits_ith(index as i32)
    }

    fn copy_prefix(&mut self, from: SeqId, to: SeqId, length: usize) {
        self.clear(to);
        let end = self.positions.of(from, length) as u32;
        // Conversions cannot fail: lengths are below the context length, a u32.
        let _ = self.context.copy_kv_cache_seq(from, to, Some(0), Some(end));
        let jumps = self.positions.until(from, length);
        self.positions.set(to, jumps);
    }

    fn truncate(&mut self, seq: SeqId, length: usize) -> bool {
        let end = self.positions.of(seq, length) as u32;
        let jumps = self.positions.until(seq, length);
        self.positions.set(seq, jumps);
        self.context
            .clear_kv_cache_seq(Some(seq as u32), Some(end), None)
            .unwrap_or(false)
    }

    fn clear(&mut self, seq: SeqId) {
        let _ = self.context.clear_kv_cache_seq(Some(seq as u32), None, None);
        self.positions.set(seq, Vec::new());
    }

    fn save(&self, seq: SeqId) -> Result<Saved, String> {
        let state = self
            .context
            .state_seq_get(seq, LlamaStateSeqFlags::empty())
            .map_err(|error| error.to_string())?;
        let jumps = self.positions.until(seq, usize::MAX);
        Ok(Saved { state, jumps })
    }

    fn restore(&mut self, saved: &Saved, seq: SeqId) -> Result<(), String> {
        restore(&mut self.context, &saved.state, seq)?;
        self.positions.set(seq, saved.jumps.clone());
        Ok(())
    }

    fn can_truncate(&self) -> bool {
        self.can_truncate
    }

    fn sequences(&self) -> usize {
        self.sequences as usize
    }

    fn capacity(&self) -> usize {
        self.context.n_ctx() as usize
    }

    fn grow(&mut self, capacity: usize, keep: &[SeqId]) -> Result<(), String> {
        let sequences = self.engine.slots;
        self.context = self.moved(&self.engine, capacity, sequences, keep)?;
        self.sequences = sequences;
        Ok(())
    }

    fn use_threads(&mut self, threads: u32, keep: &[SeqId]) -> Result<(), String> {
        // The bindings fix the number when a context is made.
        let engine = ResolvedEngine {
            threads,
            threads_batch: threads,
            ..self.engine.clone()
        };
        self.context = self.moved(&engine, self.capacity(), self.sequences, keep)?;
        self.engine = engine;
        Ok(())
    }

    fn vocab_tokens(&self) -> u32 {
        self.model.n_vocab() as u32
    }

    fn is_end(&self, token: u32) -> bool {
        self.model.vocab().is_eog(LlamaToken(token as i32))
    }

    fn piece(&self, token: u32, control: bool) -> Vec<u8> {
        self.model
            .vocab()
            .token_to_piece(LlamaToken(token as i32), control, None)
    }

    fn filter(&self, constraint: &Constraint) -> Result<Box<dyn TokenFilter>, String> {
        constraint.check()?;
        match constraint {
            Constraint::Grammar(text) => gbnf(self.model, text),
            Constraint::JsonSchema(schema) => self.grammars()?.json(schema),
            Constraint::ToolCalls(calls) => self.grammars()?.tool_calls(calls),
        }
    }
}

/// llama.cpp's sampler for a grammar in GBNF.
fn gbnf(model: &LlamaModel, text: &str) -> Result<Box<dyn TokenFilter>, String> {
    let sampler = LlamaSampler::grammar(model, text, "root")
        .map_err(|_| "the grammar cannot be parsed; see GBNF's rules".to_owned())?;
    Ok(Box::new(Grammar { sampler }))
}

struct Grammar {
    sampler: LlamaSampler,
}

impl TokenFilter for Grammar {
    fn allows(&mut self, token: u32) -> bool {
        let one = vec![LlamaTokenData::new(LlamaToken(token as i32), 1.0, 0.0)];
        let mut array = LlamaTokenDataArray::new(one, false);
        array.apply_sampler(&mut self.sampler);
        array
            .data
            .first()
            .is_some_and(|data| data.logit() > f32::NEG_INFINITY)
    }

    fn mask(&mut self, row: &mut [f32]) {
        let all = row
            .iter()
            .enumerate()
            .map(|(token, logit)| LlamaTokenData::new(LlamaToken(token as i32), *logit, 0.0));
        let mut array = LlamaTokenDataArray::from_iter(all, false);
        array.apply_sampler(&mut self.sampler);
        for data in &array.data {
            if let Some(value) = row.get_mut(data.id().0 as usize) {
                *value = data.logit();
            }
        }
    }

    fn accept(&mut self, token: u32) -> Result<(), String> {
        self.sampler
            .try_accept(LlamaToken(token as i32))
            .map_err(|_| "the grammar did not take the chosen token".to_owned())
    }
}
