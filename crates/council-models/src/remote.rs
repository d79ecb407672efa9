//! A model at a remote server as a [`LanguageModel`], whatever the server speaks.
//!
//! A request is sent again, after a pause, when the server could not take it and nothing of the answer has come yet.
//! A provider that fails again and again is left alone for a while. Usage is what the server reports; where that is
//! missing or less than what was streamed, it is counted from above, noted with the provider, and logged. The key
//! appears in no error and no log.
//!
//! - [`provider`]: what all models of one provider share: its key, its breaker, how it is
//! - `breaker`: whether it is asked at all
//! - `exchange`: one request, its attempts and its answer
//! - `answer`: what the protocols have in common
//! - `usage`: what an answer took
//! - `failure`: what went wrong, as one of our errors
//! - `sight`: who is sent images
//! - `sse`: events out of bytes
//! - [`pool`]: several servers that have the same model
//! - `metrics`: counters

pub(crate) mod answer;
mod breaker;
mod exchange;
mod failure;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod metrics;
pub mod pool;
pub mod provider;
mod sight;
mod sse;
mod usage;

pub use metrics::ProviderMetrics;
pub use pool::{Member, Pool, Probe};
pub use provider::Provider;

pub use failure::shown_url;

use crate::config::RemoteConfig;
use crate::egress::{HttpClient, place_of};
use council_core::egress::{Bound, HostPattern, Purpose, Standing};
use council_core::{
    EventStream, FinishReason, GenerateEvent, GenerateRequest, LanguageModel, Locality, ModelError, ModelInfo,
};
use exchange::Exchange;
use futures::{StreamExt, stream};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The host of a URL, with its port where it is not the usual one.
pub fn host_of(url: &str) -> Option<String> {
    Some(place_of(&reqwest::Url::parse(url).ok()?)?.to_string())
}

/// Whether a URL names this machine's loopback interface. A name that only resolves to it does not.
pub fn is_loopback(url: &str) -> bool {
    let parsed = reqwest::Url::parse(url).ok();
    parsed
        .as_ref()
        .and_then(place_of)
        .is_some_and(|place| place.is_loopback())
}

/// What a client of this model's server is bound to. It follows no redirection: what may go to one server may not go to
/// any that it names.
pub fn bound(config: &RemoteConfig, purpose: Purpose) -> Bound {
    let standing = if config.local {
        Standing::Local
    } else {
        Standing::Foreign
    };
    let parsed = reqwest::Url::parse(&config.base_url).ok();
    let place = parsed.as_ref().and_then(place_of);
    Bound {
        purpose,
        names: place.iter().map(HostPattern::exactly).collect(),
        standing,
    }
}

/// Whether a URL names this machine or a private network by an address (RFC 1918, RFC 4193, link-local, and the shared
/// addresses of RFC 6598, which virtual private networks use); `None` where it has a name, of which that cannot be told.
pub fn is_private(url: &str) -> Option<bool> {
    if is_loopback(url) {
        return Some(true);
    }
    let address = place_of(&reqwest::Url::parse(url).ok()?)?.address()?;
    Some(council_core::egress::is_private(address))
}

/// A model at a remote server.
pub struct RemoteModel {
    info: ModelInfo,
    config: RemoteConfig,
    provider: Arc<Provider>,
    client: HttpClient,
}

impl RemoteModel {
    /// A model at the server that `config` names. Connects only when it is asked something. The client is
    /// [bound](bound) to that server.
    pub fn new(config: RemoteConfig, provider: Arc<Provider>, client: HttpClient) -> Arc<Self> {
        let info = ModelInfo {
            id: config.id.clone(),
            provider: config.provider.clone(),
            context_length: config.context_tokens,
            locality: if config.local {
                Locality::Local
            } else {
                Locality::Remote
            },
            price: config.price,
            chat: true,
            tools: true,
            vision: config.vision,
            size_bytes: None,
        };
        Arc::new(Self {
            info,
            config,
            provider,
            client,
        })
    }
}

impl LanguageModel for RemoteModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn generate(&self, request: GenerateRequest, cancel: CancellationToken) -> EventStream {
        let config = RemoteConfig {
            api_key: self.provider.key().or_else(|| self.config.api_key.clone()),
            ..self.config.clone()
        };
        let exchange = Exchange::prepare(&request, config, Arc::clone(&self.provider), self.client.clone());
        let exchange = match exchange {
            Ok(exchange) => exchange,
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        let state = Reader {
            exchange,
            cancel,
            events: VecDeque::new(),
            failed: None,
            over: false,
        };
        stream::unfold(state, |mut reader| async move {
            let event = reader.next().await?;
            Some((event, reader))
        })
        .boxed()
    }
}

/// One answer on its way. Dropping it closes the connection, which is how a server learns of a cancel.
struct Reader {
    exchange: Exchange,
    cancel: CancellationToken,
    events: VecDeque<GenerateEvent>,
    /// Follows the events that are left.
    failed: Option<ModelError>,
    over: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<GenerateEvent, ModelError>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(Ok(event));
            }
            if let Some(error) = self.failed.take() {
                return Some(Err(error));
            }
            if self.over {
                return None;
            }
            let cancelled = self.cancel.cancelled();
            let step = self.exchange.step(&mut self.events);
            let result = tokio::select! {
                biased;
                () = cancelled => None,
                result = step => Some(result),
            };
            match result {
                Some(Ok(done)) => self.over = done,
                Some(Err(error)) => {
                    self.over = true;
                    self.events
                        .extend(self.exchange.used_so_far().map(GenerateEvent::Usage));
                    self.failed = Some(error);
                }
                None => {
                    self.over = true;
                    self.events
                        .extend(self.exchange.used_so_far().map(GenerateEvent::Usage));
                    self.events
                        .push_back(GenerateEvent::Finish(FinishReason::Cancelled));
                    self.exchange.close();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
