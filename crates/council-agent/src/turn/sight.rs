//! What there is to be seen in a conversation: sent to models that see, and named to those that do not.

use super::Turn;
use crate::TurnError;
use council_core::{
    AttachedImage, Content, GenerateRequest, Input, Message, ModelError, ModelInfo, StoreError,
};

/// What a model reads in the place of an image of before that it cannot see.
const UNSEEN: &str = "(An image, which you cannot see.)\n";

impl Turn {
    /// That a question about an image is for somebody who sees. What was shown before may be asked about in words.
    ///
    /// # Errors
    /// [`ModelError::InvalidRequest`], which names who sees.
    pub(super) fn can_see(&self, who: &str, sees: bool) -> Result<(), ModelError> {
        let Input::Chat { messages, .. } = &self.request.generate.input else {
            return Ok(());
        };
        if sees || !messages.iter().any(Message::has_images) {
            return Ok(());
        }
        let models = self.parts.models.list().into_iter();
        let seeing: Vec<String> = models
            .filter(|model| model.info.vision && model.info.chat)
            .map(|model| format!("`{}`", model.info.id))
            .collect();
        let remedy = match seeing.as_slice() {
            [] => "and no model here does: describe it in words, install one that does (`council pull \
                   smolvlm-500m-instruct`), or name one in a [[remote]] section with `vision = true`"
                .to_owned(),
            [one] => format!("and {one} does: choose that one"),
            several => format!("and {} do: choose one of these", several.join(", ")),
        };
        Err(ModelError::InvalidRequest {
            field: "messages".to_owned(),
            message: format!("there is an image in the question; {who} sees none, {remedy}"),
        })
    }

    /// The request as this model is sent it: with images that the conversation keeps, or with words in their place.
    ///
    /// # Errors
    /// When the conversation cannot be read.
    pub(super) async fn shown(
        &self,
        mut request: GenerateRequest,
        model: &ModelInfo,
    ) -> Result<GenerateRequest, TurnError> {
        let Input::Chat { messages, .. } = &mut request.input else {
            return Ok(request);
        };
        for part in messages.iter_mut().flat_map(|message| &mut message.content) {
            match part {
                Content::Image(_) | Content::ImageUrl(_) if !model.vision => {
                    *part = Content::Text(UNSEEN.to_owned());
                }
                Content::Image(image) => *part = self.kept_image(image).await?,
                Content::Text(_) | Content::ImageUrl(_) | Content::File(_) => {}
            }
        }
        Ok(request)
    }

    async fn kept_image(&self, image: &AttachedImage) -> Result<Content, StoreError> {
        let gone = || {
            Content::Text(format!(
                "(The image \"{}\", which is kept no more.)\n",
                image.name
            ))
        };
        let Some(conversation) = &self.request.conversation else {
            return Ok(gone());
        };
        match self.parts.conversations.attachment(conversation, &image.id).await {
            // What was forgotten is overwritten.
            Ok(kept) if kept.is_image() && kept.text.starts_with("data:") => Ok(Content::ImageUrl(kept.text)),
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(gone()),
            Err(error) => Err(error),
        }
    }
}
