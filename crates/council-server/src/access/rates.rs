//! How many requests in a minute: a bucket for each key and each address, which a request takes one from and time fills.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Most buckets. Those that are full again need not be kept.
const MOST: usize = 10_000;

/// Whose requests are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Key(String),
    Address(IpAddr),
}

impl Who {
    pub(super) fn of(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => write!(f, "the key `{id}`"),
            Self::Address(_) => f.write_str("an address without a key"),
        }
    }
}

/// What stands for an address: of IPv6 the 64 bits of its network, because the others are its holder's to choose.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
    most: u32,
}

impl Bucket {
    fn now(self, now: Instant) -> f64 {
        let most = f64::from(self.most);
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * most / 60.0;
        (self.left + filled).min(most)
    }
}

/// The buckets.
#[derive(Default)]
pub(super) struct Rates(Mutex<HashMap<Who, Bucket>>);

impl Rates {
    /// Takes one of `most` in a minute; where there is none left, how long until there is. 0: unbounded.
    pub(super) fn take(&self, who: &Who, most: u32) -> Result<(), Duration> {
        if most == 0 {
            return Ok(());
        }
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(who) {
            buckets.retain(|_, bucket| bucket.now(now) < f64::from(bucket.most));
            if buckets.len() >= MOST {
                // Nobody has so many clients at once: better to count anew than to grow.
                buckets.clear();
            }
        }
        let left = buckets
            .get(who)
            .map_or(f64::from(most), |bucket| bucket.now(now).min(f64::from(most)));
        let (taken, left) = if left >= 1.0 {
            (Ok(()), left - 1.0)
        } else {
            let wait = (1.0 - left) * 60.0 / f64::from(most);
            (Err(Duration::from_secs_f64(wait.ceil())), left)
        };
        buckets.insert(who.clone(), Bucket { left, at: now, most });
        taken
    }
}
