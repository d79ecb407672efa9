//! Money that may be spent: reserved before a paid call, charged after it.

#[cfg(any(test, feature = "naive"))]
pub mod naive;

use crate::clock::Timestamp;
use crate::conversation::StoreError;
use crate::generate::Usage;
use crate::model::Price;
use async_trait::async_trait;
use std::fmt;

/// An amount of money in 1e-9 US dollars. An integer, so that sums are exact; one token of the cheapest model costs
/// more than one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NanoUsd(pub u64);

impl NanoUsd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From dollars, rounded up; what is no amount (negative, not a number) is nothing, what is too large the largest.
    pub fn from_usd(usd: f64) -> Self {
        Self((usd * 1e9).ceil() as u64)
    }

    /// In dollars.
    pub fn as_usd(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The sum, or the largest amount.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or nothing.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for NanoUsd {
    /// As `$0.0123`: cents, and as many digits more as a small amount needs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usd = self.as_usd();
        let digits = match self.0 {
            0 | 1_000_000_000.. => 2,
            10_000_000.. => 4,
            _ => 6,
        };
        write!(f, "${usd:.digits$}")
    }
}

impl Price {
    /// Whether anything costs anything.
    pub fn is_free(self) -> bool {
        self.input_usd <= 0.0 && self.output_usd <= 0.0
    }

    /// What so many tokens cost, rounded up.
    pub fn of(self, usage: Usage) -> NanoUsd {
        // Dollars per million tokens are a thousand nano-dollars per token.
        let input = f64::from(usage.input_tokens) * self.input_usd * 1e3;
        let output = f64::from(usage.output_tokens) * self.output_usd * 1e3;
        // Products such as 3 × 0.15 miss whole numbers by a hair, which must not cost a unit more.
        NanoUsd(((input + output) - 1e-6).ceil().max(0.0) as u64)
    }
}

/// A bound of spending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CapKind {
    /// Of one request, all its calls together.
    Request,
    /// Of one API key, since midnight UTC.
    Key,
    /// Of all requests since midnight UTC.
    Day,
    /// Of all requests since the first of the month, UTC.
    Month,
}

impl CapKind {
    /// The bound's name in JSON, metrics and the configuration (`budget.<name>_usd`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "per_request",
            Self::Key => "per_key",
            Self::Day => "daily",
            Self::Month => "monthly",
        }
    }
}

/// What may be spent; `None`: unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// By one request.
    pub per_request: Option<NanoUsd>,
    /// By one API key in a day.
    pub per_key: Option<NanoUsd>,
    /// In a day.
    pub daily: Option<NanoUsd>,
    /// In a month.
    pub monthly: Option<NanoUsd>,
}

/// A call that is about to be made and may cost this much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Unique over all calls.
    pub id: String,
    /// The request that it is part of.
    pub request_id: String,
    /// The API key that pays; empty for the owner of this machine.
    pub key: String,
    /// The model that is called.
    pub model: String,
    /// Most that the call can cost.
    pub amount: NanoUsd,
    /// Now.
    pub at: Timestamp,
    /// When it is certain that the call has ended: one that is open after that is charged in full.
    pub expires_at: Timestamp,
}

/// Why nothing was reserved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// It could exceed a bound. Nothing was spent.
    #[error(
        "a call of `{model}` may cost {asked}, and of the {} budget of {cap} there is {} left ({used} is spent or reserved); raise `budget.{}_usd`, or ask a local model",
        kind.as_str().replace('_', "-"), cap.less(*used), kind.as_str()
    )]
    Exceeded {
        /// Which bound.
        kind: CapKind,
        /// The bound.
        cap: NanoUsd,
        /// Spent and reserved under it.
        used: NanoUsd,
        /// What the call may cost.
        asked: NanoUsd,
        /// The model that was to be called.
        model: String,
    },
    /// The books could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where spending stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    /// Charged and reserved since midnight UTC.
    pub today: NanoUsd,
    /// Charged and reserved since the first of the month, UTC.
    pub month: NanoUsd,
    /// Part of both: reserved by calls that have not ended.
    pub reserved: NanoUsd,
}

/// Spending of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The model.
    pub model: String,
    /// Calls that were charged.
    pub calls: u64,
    /// What they cost.
    pub amount: NanoUsd,
}

/// Keeps the books of what is spent. A returned `Ok` is on disk. A call that was reserved and never charged, because the
/// process died, is charged in full when the books are opened again: nothing is lost, and nothing doubled.
#[async_trait]
pub trait Budget: Send + Sync {
    /// Reserves the most that a call can cost, unless that could exceed a bound; checked and noted as one.
    ///
    /// # Errors
    /// [`BudgetError::Exceeded`] names the bound; nothing is reserved then.
    async fn reserve(&self, reservation: Reservation, caps: Caps) -> Result<(), BudgetError>;

    /// Ends a reservation with what the call has cost, which may be nothing, or more than was reserved where a server
    /// says so.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown reservation, [`StoreError::Invalid`] for one that was charged before.
    async fn charge(&self, reservation: &str, amount: NanoUsd) -> Result<(), StoreError>;

    /// Charges in full what is open after its time; returns how many there were.
    async fn expire(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Where spending stands.
    async fn spending(&self, now: Timestamp) -> Result<Spending, StoreError>;

    /// What each model has cost since a time, most expensive first.
    async fn spent_since(&self, since: Timestamp) -> Result<Vec<Spent>, StoreError>;
}

#[cfg(test)]
mod tests;
