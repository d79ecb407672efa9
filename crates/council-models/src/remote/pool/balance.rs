//! Which server of a pool takes a request: the one that its prompt's beginning belongs to, unless that one is busy.
//!
//! Highest random weight (Thaler and Ravishankar 1998) gives each prefix an order of the servers, the same in every
//! process and with little change when a server comes or goes. A server that has more than its share and a quarter is
//! passed over (Mirrokni, Thorup and Zadimoghaddam 2018, <https://arxiv.org/abs/1608.01350>), so that a popular prefix
//! does not pile up on one. Pure: no clock, no state.

/// How much more than its share a server may have: 5/4. Less spreads more and finds fewer prompts where they were read
/// before.
const SHARE: (u64, u64) = (5, 4);

/// What is known about a server when one is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The same for this server in every process.
    pub(super) identity: u64,
    /// Requests that it has now.
    pub(super) running: u32,
    /// Whether it is expected to answer.
    pub(super) usable: bool,
    /// Whether this request was refused there already.
    pub(super) tried: bool,
}

/// The server that takes a request whose prompt begins with `prefix`; `None`: all that could have `limit` requests.
/// Where none is usable, one that is not is better than none: what says so may be wrong.
pub(super) fn choose(servers: &[Server], prefix: u64, limit: Option<u32>) -> Option<usize> {
    let classes: [fn(&Server) -> bool; 4] = [
        |server| server.usable && !server.tried,
        |server| server.usable,
        |server| !server.tried,
        |_| true,
    ];
    let class = classes.into_iter().find(|class| servers.iter().any(class))?;
    let open: Vec<usize> = (0..servers.len()).filter(|&at| class(&servers[at])).collect();
    let running: u64 = open.iter().map(|&at| u64::from(servers[at].running)).sum();
    let (more, less) = SHARE;
    let bound = (more * (running + 1)).div_ceil(less * open.len() as u64);
    let has_room = |at: &&usize| {
        let running = servers[**at].running;
        u64::from(running) < bound && limit.is_none_or(|limit| running < limit)
    };
    open.iter()
        .filter(has_room)
        .max_by_key(|&&at| weight(prefix, servers[at].identity))
        .copied()
}

/// How much a server is wanted for a prefix.
fn weight(prefix: u64, identity: u64) -> u64 {
    mix(prefix ^ mix(identity))
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014): every bit of the input counts in every bit of the result.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A number for a text, the same in every process (FNV-1a).
pub(super) fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
