//! Images are for models that see.

use council_core::{Content, GenerateRequest, Input, ModelError};

/// Whether a model that sees, or does not, can be sent this.
///
/// # Errors
/// [`ModelError::InvalidRequest`] for an image that would not be seen.
pub(super) fn check(request: &GenerateRequest, sees: bool) -> Result<(), ModelError> {
    let Input::Chat { messages, .. } = &request.input else {
        return Ok(());
    };
    for (index, message) in messages.iter().enumerate() {
        if message.has_images() && !sees {
            return Err(ModelError::InvalidRequest {
                field: format!("messages[{index}].content"),
                message:
                    "this model is not known to see images; send text only, or set `vision = true` in its \
                          [[remote]] section if it does"
                        .to_owned(),
            });
        }
        for part in &message.content {
            if let Content::Image(image) = part {
                let message = format!("the image `{}` was not read before it was to be sent", image.id);
                return Err(ModelError::Internal(message));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
