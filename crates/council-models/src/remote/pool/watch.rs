//! Asks the servers of a pool how they are, so that requests pass over one that is down before they fail at it.

use super::{Member, Pool};
use crate::config::RemoteConfig;
use crate::egress::HttpClient;
use crate::remote::exchange;
use council_core::{EgressId, Origin, Secret};
use futures::future::join_all;
use reqwest::StatusCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep_until, timeout};

/// Longest wait for an answer. A server that computes answers this at once.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a server is asked how it is: for the list of its models, which every server of this kind has and which costs
/// nothing. Nothing of a user is sent.
#[derive(Clone)]
pub struct Probe {
    client: HttpClient,
    config: RemoteConfig,
    /// The line of the egress ledger in which all looks at this server are counted.
    line: Arc<OnceCell<EgressId>>,
}

impl Probe {
    /// Asks this server.
    pub fn new(client: HttpClient, config: RemoteConfig) -> Self {
        let line = Arc::default();
        Self { client, config, line }
    }

    /// # Errors
    /// In words, why it is down.
    pub async fn ask(&self, key: Option<Secret>) -> Result<(), String> {
        let config = RemoteConfig {
            api_key: key.or_else(|| self.config.api_key.clone()),
            ..self.config.clone()
        };
        let request = exchange::models_request(&config).map_err(|error| error.to_string())?;
        let line = self
            .line
            .get_or_try_init(|| self.client.begin(request.url()))
            .await;
        let origin = Origin {
            line: Some(*line.map_err(|refused| refused.to_string())?),
            ..Origin::default()
        };
        let answer = timeout(PATIENCE, self.client.send(request, &origin)).await;
        let response = answer
            .map_err(|_| format!("no answer within {} s", PATIENCE.as_secs()))?
            .map_err(|error| exchange::transport_error(&config, error).to_string())?;
        response.finished();
        match response.status() {
            // One without such a list is there all the same, and one that is busy as well.
            status if status.is_success() || status == StatusCode::TOO_MANY_REQUESTS => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Ok(()),
            status => Err(format!("it answered {status} when it was asked for its models")),
        }
    }
}

impl Pool {
    /// Looks at all servers that `may_be_asked` again and again, until dropped. Does nothing where that is not wanted.
    pub async fn watch(self: Arc<Self>, may_be_asked: impl Fn(usize) -> bool + Send) {
        let Some(interval) = self.config.health_interval else {
            return;
        };
        loop {
            let next = Instant::now() + interval;
            self.look(&may_be_asked).await;
            sleep_until(next).await;
        }
    }

    /// Looks at all servers that `may_be_asked` once.
    pub async fn look(&self, may_be_asked: &(impl Fn(usize) -> bool + Send)) {
        let asked = self.members.iter().enumerate();
        let asked = asked.filter(|(at, _)| may_be_asked(*at));
        join_all(asked.map(|(_, member)| look(member))).await;
        // Places may have come free at one that is back.
        self.seats.serve();
    }
}

async fn look(member: &Member) {
    let result = member.probe.ask(member.provider.key()).await;
    member.provider.looked(result);
}
