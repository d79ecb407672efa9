//! An image as the engine handles it: a run of marks among the tokens of a prompt, and what the projector needs.

use sha2::{Digest, Sha256};
use std::any::Any;
use std::sync::Arc;

/// Set in every mark. No vocabulary has as many tokens.
const MARK: u32 = 1 << 31;

/// An image with the tokens that the model puts around it.
#[derive(Debug)]
pub struct Image {
    /// Stand for it among the tokens of a prompt, one for each cell that it takes. They follow from what it shows, so
    /// that the prefix cache knows it again and takes no other for it.
    pub marks: Vec<u32>,
    /// How far it moves the position of what follows. Models that place images in two dimensions (M-RoPE) count less
    /// than one for a cell.
    pub positions: usize,
    /// What the backend computes it from.
    pub parts: Box<dyn Any + Send + Sync>,
}

impl Image {
    /// An image that takes this many cells; `content` is what it shows.
    pub fn new(content: &[u8], cells: usize, positions: usize, parts: Box<dyn Any + Send + Sync>) -> Self {
        let hash = Sha256::digest(content);
        let words: Vec<u32> = hash
            .chunks_exact(4)
            .map(|word| MARK | word.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
            .collect();
        Self {
            marks: words.into_iter().cycle().take(cells).collect(),
            positions,
            parts,
        }
    }
}

/// Whether this stands for a part of an image.
#[cfg(test)]
pub fn is_mark(token: u32) -> bool {
    token & MARK != 0
}

/// An image in a prompt.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Where its marks begin.
    pub at: usize,
    /// The image.
    pub image: Arc<Image>,
}

impl Placed {
    /// Where its marks end.
    pub fn end(&self) -> usize {
        self.at + self.image.marks.len()
    }
}

/// A prompt as the engine computes it.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    /// Its tokens, with the marks of images among them.
    pub tokens: Vec<u32>,
    /// Its images, in order.
    pub images: Vec<Placed>,
}

impl Prompt {
    /// Adds an image.
    pub fn show(&mut self, image: Arc<Image>) {
        let at = self.tokens.len();
        self.tokens.extend_from_slice(&image.marks);
        self.images.push(Placed { at, image });
    }
}

impl From<Vec<u32>> for Prompt {
    fn from(tokens: Vec<u32>) -> Self {
        Self {
            tokens,
            images: Vec::new(),
        }
    }
}

/// The most of a prefix of this length that ends in no image: it is computed as a whole.
pub fn whole_images(images: &[Placed], length: usize) -> usize {
    images
        .iter()
        .find(|placed| placed.at < length && length < placed.end())
        .map_or(length, |placed| placed.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(content: &str, cells: usize) -> Arc<Image> {
        Arc::new(Image::new(content.as_bytes(), cells, cells, Box::new(())))
    }

    #[test]
    fn the_same_image_has_the_same_marks_and_no_other_has() {
        assert_eq!(image("a cat", 20).marks, image("a cat", 20).marks);
        let (cat, dog) = (image("a cat", 20), image("a dog", 20));
        assert!(
            cat.marks
                .iter()
                .zip(&dog.marks)
                .take(8)
                .all(|(one, other)| one != other)
        );
        assert!(cat.marks.iter().all(|mark| is_mark(*mark)));
        assert!(!is_mark(262_143));
    }

    #[test]
    fn a_prefix_ends_before_an_image_or_after_it() {
        let mut prompt = Prompt::from(vec![1, 2, 3]);
        prompt.show(image("a cat", 4));
        prompt.tokens.push(9);
        prompt.show(image("a dog", 2));
        let ends: Vec<usize> = (0..=prompt.tokens.len())
            .map(|length| whole_images(&prompt.images, length))
            .collect();
        assert_eq!(ends, [0, 1, 2, 3, 3, 3, 3, 7, 8, 8, 10]);
    }
}
