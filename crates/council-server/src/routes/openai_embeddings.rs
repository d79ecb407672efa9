//! `POST /v1/embeddings`.

use crate::api::error::ErrorBody;
use crate::api::openai::embeddings::{EmbeddingList, EmbeddingsRequest};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::state::App;
use axum::Json;
use axum::extract::State;

/// Texts as vectors
///
/// OpenAI's embeddings. The dot product of two vectors is the cosine of the angle between them: the nearer to 1, the
/// more alike the texts. Computed on this machine; texts are not stored.
#[utoipa::path(
    post,
    path = "/v1/embeddings",
    tag = "openai",
    request_body = EmbeddingsRequest,
    responses(
        (status = 200, description = "The vectors, in the order of the texts", body = EmbeddingList),
        (status = "default", description = "Failure", body = ErrorBody),
    ),
)]
pub(crate) async fn embeddings(
    State(app): State<App>,
    JsonBody(request): JsonBody<EmbeddingsRequest>,
) -> Result<Json<EmbeddingList>, ApiError> {
    let embedder = app.agent.memories().embedder();
    let order = request.order(embedder.info())?;
    let embedded = embedder.embed(order.texts, order.kind).await?;
    Ok(Json(EmbeddingList::new(
        embedder.info(),
        embedded,
        order.encoding,
    )))
}
