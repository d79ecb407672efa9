//! The one gate that every connection of this process passes: it asks the rules, writes the line, and counts what goes
//! through. Nothing else makes an HTTP client.
//!
//! - [`http`]: clients of HTTP that are bound to a purpose and to hosts
//! - `passage`: one request or connection that was let out
//! - `resolve`: names to addresses, without being led to private ones
//! - [`pip`]: where Python packages come from
//! - `metrics`: counters

pub mod http;
mod metrics;
mod passage;
pub mod pip;
mod resolve;

pub use http::{HttpClient, HttpError, HttpResponse};
pub use metrics::GateMetrics;

use async_trait::async_trait;
use council_core::egress::{Bound, HostPattern, Passage, Place, Purpose, Reach, Refusal, Standing};
use council_core::{Clock, Egress, EgressId, EgressLog, EgressRefused, EgressRules, NewEgress, Origin};
use passage::Passing;
use resolve::Names;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// The gate. Clones are the same gate.
#[derive(Clone)]
pub struct EgressGate(Arc<Inner>);

struct Inner {
    /// What is in force now.
    rules: Box<dyn Fn() -> EgressRules + Send + Sync>,
    log: Arc<dyn EgressLog>,
    clock: Arc<dyn Clock>,
    metrics: GateMetrics,
    names: Names,
    /// Lines that are completed in the background.
    tasks: TaskTracker,
}

impl EgressGate {
    /// A gate that asks `rules` each time and writes to `log`.
    pub fn new(
        rules: impl Fn() -> EgressRules + Send + Sync + 'static,
        log: Arc<dyn EgressLog>,
        clock: Arc<dyn Clock>,
        metrics: GateMetrics,
    ) -> Self {
        Self(Arc::new(Inner {
            rules: Box::new(rules),
            log,
            clock,
            metrics,
            names: Names::default(),
            tasks: TaskTracker::new(),
        }))
    }

    /// Waits for lines that are still to be completed.
    pub async fn close(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.tasks.reopen();
    }

    fn judge(&self, to: &Place, bound: &Bound) -> Result<Reach, EgressRefused> {
        let judged = (self.0.rules)().judge(to, bound);
        judged.map_err(|refusal| refused(to, bound, refusal))
    }

    /// Asks, and writes the line; one of what was refused too.
    async fn pass(&self, to: &Place, bound: &Bound, origin: &Origin) -> Result<Arc<Passing>, EgressRefused> {
        if let Err(refused) = self.judge(to, bound) {
            self.note(&refused, origin).await;
            return Err(refused);
        }
        let line = match origin.line {
            // A command that asks Council's own server has left nothing.
            _ if bound.standing == Standing::Own => None,
            Some(line) => Some((line, false)),
            None => Some((self.begin(to, bound, origin).await?, true)),
        };
        Ok(Passing::new(self.clone(), bound.purpose, line))
    }

    async fn begin(&self, to: &Place, bound: &Bound, origin: &Origin) -> Result<EgressId, EgressRefused> {
        let begun = self.0.log.begin(self.line(to, bound, origin)).await;
        begun.map_err(|error| {
            let refused = refused(to, bound, Refusal::Unwritten(error.to_string()));
            self.count(&refused);
            refused
        })
    }

    /// Writes down that something was not let out. That it could not be written changes nothing.
    async fn note(&self, refused: &EgressRefused, origin: &Origin) {
        self.count(refused);
        let bound = Bound {
            purpose: refused.purpose,
            names: Vec::new(),
            standing: Standing::Foreign,
        };
        // The line of a model's call tells of it already.
        if origin.line.is_some() {
            return;
        }
        let line = self.line(&refused.place, &bound, origin);
        let written = match self.0.log.begin(line).await {
            Ok(id) => self.0.log.refuse(id, refused.label()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "that `{}` was refused could not be written down: {error}", refused.place);
        }
    }

    fn count(&self, refused: &EgressRefused) {
        self.0.metrics.refused(refused.purpose, refused.label());
        tracing::info!(
            host = %refused.place, purpose = refused.purpose.as_str(), reason = refused.label(),
            "refused: {refused}"
        );
    }

    fn line(&self, to: &Place, bound: &Bound, origin: &Origin) -> NewEgress {
        let said = !origin.purpose.is_empty();
        let purpose = if said {
            &origin.purpose
        } else {
            bound.purpose.as_str()
        };
        NewEgress {
            started_at: self.0.clock.now(),
            request_id: origin.request_id.clone(),
            model: String::new(),
            host: to.to_string(),
            purpose: purpose.to_owned(),
            sent_bytes: 0,
            redacted: Vec::new(),
        }
    }
}

fn refused(to: &Place, bound: &Bound, refusal: Refusal) -> EgressRefused {
    EgressRefused {
        place: to.clone(),
        purpose: bound.purpose,
        refusal,
    }
}

#[async_trait]
impl Egress for EgressGate {
    fn ask(&self, to: &Place, bound: &Bound) -> Result<(), EgressRefused> {
        self.judge(to, bound)
            .map(|_| ())
            .inspect_err(|refused| self.count(refused))
    }

    async fn depart(
        &self,
        to: &Place,
        bound: &Bound,
        origin: &Origin,
    ) -> Result<Arc<dyn Passage>, EgressRefused> {
        let passing = self.pass(to, bound, origin).await?;
        Ok(passing)
    }

    async fn addresses(&self, to: &Place, bound: &Bound) -> Result<Vec<SocketAddr>, EgressRefused> {
        let reach = self.judge(to, bound)?;
        let found = self.0.names.addresses(&to.host, reach).await;
        let found = found.map_err(|refusal| refused(to, bound, refusal))?;
        Ok(found
            .into_iter()
            .map(|address| SocketAddr::new(address, to.port))
            .collect())
    }
}

/// Names the hosts of a run of pip, and writes its line; `None` where it looks at this machine only.
///
/// # Errors
/// [`EgressRefused`] when one of them may not be connected to.
pub async fn depart_pip(
    gate: &EgressGate,
    sources: &pip::PipSources,
) -> Result<Option<Arc<dyn Passage>>, EgressRefused> {
    let bound = sources.bound();
    let mut places = sources
        .urls()
        .filter_map(|url| place_of(&reqwest::Url::parse(url).ok()?));
    let Some(first) = places.next() else {
        return Ok(None);
    };
    for place in places {
        gate.ask(&place, &bound)?;
    }
    gate.depart(&first, &bound, &Origin::default()).await.map(Some)
}

/// The place that a URL names; `None` for one without a host.
pub fn place_of(url: &reqwest::Url) -> Option<Place> {
    Some(Place::new(url.host_str()?, url.port_or_known_default()?))
}

/// Services that keep their files on other hosts than the one that names them.
const FILE_HOSTS: [(&str, &[&str]); 4] = [
    ("huggingface.co", &["*.huggingface.co", "*.hf.co"]),
    (
        "hf-mirror.com",
        &["*.hf-mirror.com", "*.huggingface.co", "*.hf.co"],
    ),
    ("github.com", &["*.githubusercontent.com"]),
    ("pypi.org", &["files.pythonhosted.org"]),
];

/// The host of a URL, and where it is known to keep its files; nothing where it has none.
pub fn named_by(url: &str) -> Vec<HostPattern> {
    let Some(place) = reqwest::Url::parse(url).ok().as_ref().and_then(place_of) else {
        return Vec::new();
    };
    let known = FILE_HOSTS.iter().find(|(host, _)| *host == place.host);
    let files = known.map_or(&[][..], |(_, files)| files);
    std::iter::once(HostPattern::exactly(&place))
        .chain(files.iter().filter_map(|pattern| HostPattern::parse(pattern)))
        .collect()
}

/// What a client of this URL's server is bound to.
pub fn bound_to(purpose: Purpose, url: &str, standing: Standing) -> Bound {
    Bound {
        purpose,
        names: named_by(url),
        standing,
    }
}

#[cfg(test)]
pub(crate) mod tests;
