//! llama.cpp's projector (mtmd): turns an image into what a model that sees reads in the place of tokens.

use super::backend::{DecodeError, SeqId};
use super::image::Image;
use super::pixels::Pixels;
use crate::protocol::ResolvedEngine;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::mtmd::{
    MtmdBitmap, MtmdContext, MtmdContextParams, MtmdEvalError, MtmdInputChunks, MtmdInputText,
    mtmd_default_marker,
};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// llama.cpp's code for a cache that is full.
const NO_ROOM: i32 = 1;

/// A projector beside its model. Images are cut up on the thread that reads orders and computed on the one that owns
/// the context, one at a time.
#[derive(Debug)]
pub struct Eye {
    context: Mutex<MtmdContext>,
}

impl Eye {
    /// Loads the projector's file.
    ///
    /// # Errors
    /// When llama.cpp cannot, or it sees no images.
    pub fn open(path: &Path, model: &LlamaModel, engine: &ResolvedEngine) -> Result<Self, String> {
        let failed = |why: &str| {
            format!(
                "the projector `{}`, with which this model sees images, {why}; remove the file, or put the one there \
                 that belongs to the model",
                path.display()
            )
        };
        let params = MtmdContextParams {
            use_gpu: engine.gpu_layers > 0,
            print_timings: false,
            n_threads: engine.threads_batch as i32,
            ..MtmdContextParams::default()
        };
        let name = path
            .to_str()
            .ok_or_else(|| failed("has a name that is not UTF-8"))?;
        let context = MtmdContext::init_from_file(name, model, &params)
            .map_err(|_| failed("cannot be loaded beside it"))?;
        if !context.support_vision() {
            return Err(failed("sees none"));
        }
        Ok(Self {
            context: Mutex::new(context),
        })
    }

    /// Decodes an image and cuts it up.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn look(&self, url: &str) -> Result<Image, String> {
        let pixels = Pixels::of_url(url)?;
        let bitmap = MtmdBitmap::from_image_data(pixels.width, pixels.height, &pixels.rgb)
            .map_err(|error| format!("an image cannot be taken: {error}"))?;
        let text = MtmdInputText {
            text: mtmd_default_marker().to_owned(),
            add_special: false,
            parse_special: true,
        };
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let chunks = context
            .tokenize(text, &[&bitmap])
            .map_err(|error| format!("an image cannot be cut up for this model: {error}"))?;
        drop(context);
        let cells = chunks.total_tokens();
        let positions = usize::try_from(chunks.total_positions()).unwrap_or(cells);
        let mut content = pixels.rgb;
        content.extend(pixels.width.to_le_bytes());
        Ok(Image::new(&content, cells, positions, Box::new(chunks)))
    }

    /// Computes an image from this position of a sequence on: the projector, then the model.
    pub(super) fn compute(
        &self,
        image: &Image,
        model: &mut LlamaContext<'_>,
        position: i32,
        seq: SeqId,
        batch_tokens: i32,
    ) -> Result<(), DecodeError> {
        let chunks = image
            .parts
            .downcast_ref::<MtmdInputChunks>()
            .ok_or_else(|| DecodeError::Failed("the image was cut up for another backend".to_owned()))?;
        let mut context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        match chunks.eval_chunks(&mut context, model, position, seq, batch_tokens, false) {
            Ok(_) => Ok(()),
            Err(MtmdEvalError::EvalFailure(NO_ROOM)) => Err(DecodeError::NoRoom),
            Err(error) => Err(DecodeError::Failed(format!(
                "an image cannot be computed: {error}"
            ))),
        }
    }
}
