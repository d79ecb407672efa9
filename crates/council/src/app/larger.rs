//! Fetches the rest of the default models in the background, once the server is up.

use council_models::embed::{MiniLm, install};
use council_models::hardware::Hardware;
use council_models::library::Library;
use council_models::pull::{PullEvent, PullOptions, PullTarget, pull};
use council_models::resident::ResidentModels;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Pulls the embedding model, and the second model of the default set where memory allows it, unless they are there;
/// the disk is watched by the pull itself. Being dropped ends it; what was downloaded is continued by the next start.
pub(super) async fn fetch(
    library: Arc<Library>,
    resident: Arc<ResidentModels>,
    embedder: MiniLm,
    options: PullOptions,
) {
    fetch_embedder(&library, &embedder, &options).await;
    fetch_larger(&library, &resident, &options).await;
}

async fn fetch_embedder(library: &Library, embedder: &MiniLm, options: &PullOptions) {
    let id = install::NAME;
    if install::installed_bytes(library.dir()).is_some() {
        return;
    }
    tracing::info!(model = id, "fetching {id} in the background");
    let mut report = |event: PullEvent| tracing::debug!(model = id, ?event, "fetching {id}");
    match install::pull(library.dir(), options, &mut report, CancellationToken::new()).await {
        Ok(_) => embedder.refresh(),
        Err(error) => tracing::warn!(model = id, %error, "{id} could not be fetched: {error}"),
    }
}

async fn fetch_larger(library: &Library, resident: &ResidentModels, options: &PullOptions) {
    let advice = library.catalog().recommend(&Hardware::detect());
    let Some(id) = advice.and_then(|advice| advice.larger) else {
        tracing::info!("the larger default model is not fetched: it needs more memory than is free");
        return;
    };
    if library.find(&id).is_some() {
        return;
    }
    tracing::info!(model = %id, "fetching {id} in the background");
    let target = PullTarget::Name(id.clone());
    let mut report = |event: PullEvent| tracing::debug!(model = %id, ?event, "fetching {id}");
    match pull(library, &target, options, &mut report, CancellationToken::new()).await {
        Ok(_) => {
            resident.refresh();
            tracing::info!(model = %id, "{id} is installed");
        }
        Err(error) => tracing::warn!(model = %id, %error, "{id} could not be fetched: {error}"),
    }
}
