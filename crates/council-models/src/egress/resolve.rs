//! Names to addresses. A name that only a pattern allows leads to public addresses alone, and one that led to a public
//! address once is never followed to a private one: whoever owns a name could otherwise have this process reach what is
//! on its own network (DNS rebinding).

use council_core::egress::{Reach, Refusal, is_private};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Names that led to public addresses, for the life of the process.
#[derive(Clone, Default)]
pub(super) struct Names {
    public: Arc<Mutex<HashSet<String>>>,
}

impl Names {
    /// The addresses that a host leads to and that may be connected to.
    pub(super) async fn addresses(&self, host: &str, reach: Reach) -> Result<Vec<IpAddr>, Refusal> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let found = tokio::net::lookup_host((host, 0)).await;
        let found = found.map_err(|error| Refusal::Unknown(error.to_string()))?;
        self.sift(host, reach, found.map(|address| address.ip()).collect())
    }

    /// Those of the addresses that may be connected to.
    pub(super) fn sift(&self, host: &str, reach: Reach, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, Refusal> {
        let mut public = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        let before = public.contains(host);
        let (private, open): (Vec<IpAddr>, Vec<IpAddr>) =
            found.into_iter().partition(|address| is_private(*address));
        if !open.is_empty() {
            public.insert(host.to_owned());
            // An answer of both kinds is no network's own name.
            return Ok(open);
        }
        match private.first() {
            None => Err(Refusal::Unknown("the answer is empty".to_owned())),
            Some(&address) if before => Err(Refusal::Rebound { address }),
            Some(&address) if reach == Reach::Among => Err(Refusal::Private { address }),
            Some(_) => Ok(private),
        }
    }
}

/// How closely the hosts of one client were meant when they were asked for.
#[derive(Clone, Default)]
pub(super) struct Reaches(Arc<Mutex<HashMap<String, Reach>>>);

impl Reaches {
    pub(super) fn set(&self, host: &str, reach: Reach) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(host.to_owned(), reach);
    }

    /// A proxy that the environment names was never asked for: it is the user's own.
    fn of(&self, host: &str) -> Reach {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(host).copied().unwrap_or(Reach::Exact)
    }
}

/// Looks names up for an HTTP client.
pub(super) struct Resolver {
    pub(super) names: Names,
    pub(super) reaches: Reaches,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let (names, reach) = (self.names.clone(), self.reaches.of(&host));
        Box::pin(async move {
            let found = names.addresses(&host, reach).await.map_err(Led)?;
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// Where a name led, on its way through an HTTP client's errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", said(.0))]
pub(super) struct Led(pub(super) Refusal);

fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unknown(cause) => cause.clone(),
        Refusal::Private { address } | Refusal::Rebound { address } => format!("it leads to {address}"),
        Refusal::LocalOnly | Refusal::NotNamed | Refusal::NotListed | Refusal::Unwritten(_) => {
            "it may not be connected to".to_owned()
        }
    }
}
