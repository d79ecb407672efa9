//! The one gate that every connection of this process passes, as the rest of the program sees it.

use super::Origin;
use super::rules::{Bound, Place, Purpose};
use super::{EgressOutcome, HostPattern};
use async_trait::async_trait;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Lets connections out, or not, and writes each down before it is made.
#[async_trait]
pub trait Egress: Send + Sync {
    /// Whether a client that is bound so may connect there. Writes nothing.
    ///
    /// # Errors
    /// [`EgressRefused`].
    fn ask(&self, to: &Place, bound: &Bound) -> Result<(), EgressRefused>;

    /// Asks, and writes the line of what is about to be sent.
    ///
    /// # Errors
    /// [`EgressRefused`], also when the line could not be written; nothing may be sent then.
    async fn depart(
        &self,
        to: &Place,
        bound: &Bound,
        origin: &Origin,
    ) -> Result<Arc<dyn Passage>, EgressRefused>;

    /// The addresses of a place that may be connected to.
    ///
    /// # Errors
    /// [`EgressRefused`], also when the name is not known.
    async fn addresses(&self, to: &Place, bound: &Bound) -> Result<Vec<SocketAddr>, EgressRefused>;
}

/// A request or connection that was let out. Dropped without an end it was cancelled.
pub trait Passage: Send + Sync {
    /// So many bytes more were sent.
    fn sent(&self, bytes: u64);

    /// So many bytes more were read.
    fn received(&self, bytes: u64);

    /// It is over. Only the first end counts.
    fn end(&self, outcome: EgressOutcome);
}

/// Why the gate let something not out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Local-only mode.
    LocalOnly,
    /// Nobody named the host: a redirection leads there, or a name out of what was fetched.
    NotNamed,
    /// The list of hosts has it not.
    NotListed,
    /// It leads to a private address, and was not named by itself.
    Private {
        /// The address.
        address: IpAddr,
    },
    /// Its name led to public addresses before, and now leads to a private one.
    Rebound {
        /// The address.
        address: IpAddr,
    },
    /// Its name leads nowhere.
    Unknown(String),
    /// What is sent could not be written down.
    Unwritten(String),
}

/// The gate let something not out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no connection to {place} for `{}`: {}", purpose.as_str(), reason(place, refusal))]
pub struct EgressRefused {
    /// Where it was to go.
    pub place: Place,
    /// What for.
    pub purpose: Purpose,
    /// Why not.
    pub refusal: Refusal,
}

impl EgressRefused {
    /// The reason in a word, for metrics and the ledger.
    pub fn label(&self) -> &'static str {
        match self.refusal {
            Refusal::LocalOnly => "local_only",
            Refusal::NotNamed => "not_named",
            Refusal::NotListed => "not_listed",
            Refusal::Private { .. } => "private_address",
            Refusal::Rebound { .. } => "rebound",
            Refusal::Unknown(_) => "unknown_host",
            Refusal::Unwritten(_) => "unwritten",
        }
    }
}

fn reason(place: &Place, refusal: &Refusal) -> String {
    let pattern = HostPattern::exactly(place);
    match refusal {
        Refusal::LocalOnly => "local-only mode is on; turn it off with `POST /admin/local-only/false`, or \
             `cloud.local_only = false` for commands"
            .to_owned(),
        Refusal::NotNamed => format!(
            "neither the configuration nor a command of yours names that host; if it is to be reached, add it: \
             `egress.allow = \"named, {pattern}\"`"
        ),
        Refusal::NotListed => {
            format!("`egress.allow` does not list that host; if it is to be reached, add `{pattern}` there")
        }
        Refusal::Private { address } => format!(
            "it leads to {address}, which is an address of a private network; if it is yours, add `{pattern}` to \
             `egress.allow`"
        ),
        Refusal::Rebound { address } => format!(
            "its name led to a public address before and leads to {address} now, which is an address of a private \
             network; if that is right, restart Council"
        ),
        Refusal::Unknown(cause) => format!("its name leads to no address: {cause}"),
        Refusal::Unwritten(cause) => {
            format!("it could not be written down, so that nothing was sent: {cause}")
        }
    }
}
