//! Hosts, patterns of hosts, and the rules that say whether one may be connected to. No I/O: names are not looked up here.

use super::gate::Refusal;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// A name in lower case, or an address without brackets; the path of a socket begins with `/`.
    pub host: String,
    /// The port; 0 of a socket in the file system.
    pub port: u16,
}

impl Place {
    /// The place as it is compared: in lower case, without brackets and without a dot at the end.
    pub fn new(host: &str, port: u16) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let host = match bare.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().to_string(),
            Err(_) if bare.starts_with('/') => bare.to_owned(),
            Err(_) => bare.trim_end_matches('.').to_ascii_lowercase(),
        };
        Self { host, port }
    }

    /// The address, where the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether it is this machine's loopback interface or a socket in its file system. A name that only resolves to
    /// the interface is not.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.starts_with('/')
            || self.address().is_some_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Place {
    /// With the port, unless it is that of HTTP or HTTPS.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match self.port {
            0 | 80 | 443 => Ok(()),
            port => write!(f, ":{port}"),
        }
    }
}

/// Which places are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// What the configuration and the user's own commands name.
    Named,
    /// Every public host.
    Any,
    /// A host, with any port where none is said.
    Host {
        /// As in [`Place`].
        host: String,
        /// The port.
        port: Option<u16>,
    },
    /// Every host below a domain, which is not itself one of them.
    Below {
        /// The domain.
        domain: String,
        /// The port.
        port: Option<u16>,
    },
}

/// How closely a pattern means a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Among others: the host must be a public one.
    Among,
    /// By its own name: it may be on a private network.
    Exact,
}

impl HostPattern {
    /// Reads `named`, `*`, `host`, `host:port`, `*.domain` or `*.domain:port`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text {
            "named" => return Some(Self::Named),
            "*" => return Some(Self::Any),
            _ => {}
        }
        let (host, port) = match text.rsplit_once(':') {
            // An IPv6 address without a port has colons of its own.
            Some((host, _)) if host.contains(':') && !host.ends_with(']') => (text, None),
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        let plain = |name: &str| {
            let label = |label: &str| {
                !label.is_empty()
                    && label.len() <= 63
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            name.len() <= 253 && name.split('.').all(label)
        };
        if let Some(domain) = host.strip_prefix("*.") {
            let domain = Place::new(domain, 0).host;
            return plain(&domain).then_some(Self::Below { domain, port });
        }
        let place = Place::new(host, 0);
        (place.address().is_some() || plain(&place.host)).then_some(Self::Host {
            host: place.host,
            port,
        })
    }

    /// The one place.
    pub fn exactly(place: &Place) -> Self {
        Self::Host {
            host: place.host.clone(),
            port: Some(place.port),
        }
    }

    /// How closely the place is meant; `None`: not at all. [`Named`](Self::Named) means nothing by itself.
    pub fn reach(&self, to: &Place) -> Option<Reach> {
        let at = |port: &Option<u16>| port.is_none_or(|port| port == to.port);
        match self {
            Self::Named => None,
            Self::Any => Some(Reach::Among),
            Self::Host { host, port } => (to.host == *host && at(port)).then_some(Reach::Exact),
            Self::Below { domain, port } => {
                let above = to.host.strip_suffix(domain.as_str());
                let below = above.is_some_and(|above| above.len() > 1 && above.ends_with('.'));
                (below && at(port)).then_some(Reach::Among)
            }
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut host = |before: &str, host: &str, port: &Option<u16>| match port {
            Some(port) if host.contains(':') => write!(f, "{before}[{host}]:{port}"),
            Some(port) => write!(f, "{before}{host}:{port}"),
            None => write!(f, "{before}{host}"),
        };
        match self {
            Self::Named => f.write_str("named"),
            Self::Any => f.write_str("*"),
            Self::Host { host: name, port } => host("", name, port),
            Self::Below { domain, port } => host("*.", domain, port),
        }
    }
}

/// Patterns of the hosts that may be connected to; usually those that are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostList(pub Vec<HostPattern>);

impl Default for HostList {
    fn default() -> Self {
        Self(vec![HostPattern::Named])
    }
}

impl HostList {
    /// Reads patterns with commas or spaces between them; at least one.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let patterns: Option<Vec<HostPattern>> = parts.map(HostPattern::parse).collect();
        patterns.filter(|patterns| !patterns.is_empty()).map(Self)
    }
}

impl fmt::Display for HostList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.0.iter().enumerate() {
            let before = if index > 0 { ", " } else { "" };
            write!(f, "{before}{pattern}")?;
        }
        Ok(())
    }
}

/// What a connection is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A model on another server is asked.
    Model,
    /// It is asked whether a server answers.
    Check,
    /// A model's file is fetched.
    Pull,
    /// Python packages are fetched, by pip.
    Packages,
    /// Memories are kept in a database on a server.
    Database,
    /// A command asks a Council server.
    Server,
    /// What was measured is told to a collector.
    Telemetry,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Model,
        Self::Check,
        Self::Pull,
        Self::Packages,
        Self::Database,
        Self::Server,
        Self::Telemetry,
    ];

    /// Its name in the ledger, in metrics and in errors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Check => "check",
            Self::Pull => "pull",
            Self::Packages => "packages",
            Self::Database => "database",
            Self::Server => "server",
            Self::Telemetry => "telemetry",
        }
    }
}

/// Whose the places are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody else's, on loopback too: that may be a tunnel.
    Foreign,
    /// This machine's, where they are on loopback.
    Local,
    /// Council's own server: a command that asks it has left nothing, and has no line.
    Own,
}

/// What a client of the network was made for: it may go nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// What for.
    pub purpose: Purpose,
    /// The hosts that the configuration or the user's command names.
    pub names: Vec<HostPattern>,
    /// Whose they are.
    pub standing: Standing,
}

/// What may be connected to, as configured and set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressRules {
    /// Whether every connection to another machine is refused.
    pub local_only: bool,
    /// Which hosts may be reached.
    pub allow: HostList,
}

impl EgressRules {
    /// Whether a client that is bound so may connect there, and how closely the place is meant.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn judge(&self, to: &Place, bound: &Bound) -> Result<Reach, Refusal> {
        let here = match bound.standing {
            Standing::Own => true,
            Standing::Local => to.is_loopback(),
            Standing::Foreign => false,
        };
        if self.local_only && !here {
            return Err(Refusal::LocalOnly);
        }
        let most = |patterns: &[HostPattern]| patterns.iter().filter_map(|pattern| pattern.reach(to)).max();
        let named = most(&bound.names);
        let by_name = self.allow.0.contains(&HostPattern::Named);
        let reach = most(&self.allow.0).max(named.filter(|_| by_name || bound.standing == Standing::Own));
        let Some(reach) = reach else {
            return Err(if named.is_some() {
                Refusal::NotListed
            } else {
                Refusal::NotNamed
            });
        };
        match to.address() {
            Some(address) if reach == Reach::Among && is_private(address) => {
                Err(Refusal::Private { address })
            }
            _ => Ok(reach),
        }
    }
}

/// Whether an address is of a private network, of this machine, or of nobody: nothing that a stranger's name may lead to.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || first == 0
                || first >= 240
                // Carriers' networks (RFC 6598) and benchmarks (RFC 2544).
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (18..20).contains(&second))
        }
        IpAddr::V6(address) => {
            let segments = address.segments();
            // An IPv4 address behind a translator (RFC 6052).
            let translated = segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
            let [.., a, b, c, d] = address.octets();
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || (translated && is_private(IpAddr::V4(Ipv4Addr::new(a, b, c, d))))
        }
    }
}

#[cfg(test)]
mod tests;
