//! The egress ledger in memory, and a gate that is open, for tests.

use super::{
    Bound, Carried, Egress, EgressEntry, EgressFilter, EgressId, EgressLog, EgressOutcome, EgressRefused,
    EgressTotal, NewEgress, Origin, Passage, Place, Refusal,
};
use crate::conversation::{Page, StoreError};
use async_trait::async_trait;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps lines until it is dropped.
#[derive(Debug, Default)]
pub struct NaiveEgress {
    lines: Mutex<Vec<EgressEntry>>,
    broken: Mutex<Option<StoreError>>,
}

impl NaiveEgress {
    /// All lines, oldest first.
    pub fn all(&self) -> Vec<EgressEntry> {
        self.kept().clone()
    }

    /// No line can be written from now on.
    pub fn fail_with(&self, error: StoreError) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn kept(&self) -> MutexGuard<'_, Vec<EgressEntry>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: EgressId, change: impl FnOnce(&mut EgressEntry)) {
        if let Some(line) = self.kept().iter_mut().find(|line| line.id == id) {
            change(line);
        }
    }
}

impl EgressFilter {
    /// Whether a line is looked for.
    pub fn takes(&self, line: &EgressEntry) -> bool {
        let is =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let host = self.host.as_deref();
        host.is_none_or(|host| line.call.host.starts_with(host))
            && is(&self.purpose, &line.call.purpose)
            && is(&self.request_id, &line.call.request_id)
            && self.outcome.is_none_or(|outcome| outcome == line.outcome)
            && self.since.is_none_or(|since| line.call.started_at >= since)
            && self.until.is_none_or(|until| line.call.started_at < until)
    }
}

/// Lets everything out that has an address, and writes nothing down.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenGate;

#[async_trait]
impl Egress for OpenGate {
    fn ask(&self, _: &Place, _: &Bound) -> Result<(), EgressRefused> {
        Ok(())
    }

    async fn depart(&self, _: &Place, _: &Bound, _: &Origin) -> Result<Arc<dyn Passage>, EgressRefused> {
        Ok(Arc::new(Self))
    }

    async fn addresses(&self, to: &Place, bound: &Bound) -> Result<Vec<SocketAddr>, EgressRefused> {
        let found = (to.host.as_str(), to.port).to_socket_addrs();
        found.map(Iterator::collect).map_err(|error| EgressRefused {
            place: to.clone(),
            purpose: bound.purpose,
            refusal: Refusal::Unknown(error.to_string()),
        })
    }
}

impl Passage for OpenGate {
    fn sent(&self, _: u64) {}

    fn received(&self, _: u64) {}

    fn end(&self, _: EgressOutcome) {}
}

#[async_trait]
impl EgressLog for NaiveEgress {
    async fn begin(&self, call: NewEgress) -> Result<EgressId, StoreError> {
        if let Some(error) = self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(error);
        }
        let mut lines = self.kept();
        let id = EgressId(lines.len() as i64 + 1);
        lines.push(EgressEntry {
            id,
            call,
            received_bytes: 0,
            carried: Carried::default(),
            outcome: EgressOutcome::Running,
            reason: String::new(),
        });
        Ok(id)
    }

    async fn add(&self, id: EgressId, more: Carried) -> Result<(), StoreError> {
        self.change(id, |line| {
            line.carried.requests += more.requests;
            line.carried.sent_bytes += more.sent_bytes;
            line.carried.received_bytes += more.received_bytes;
        });
        Ok(())
    }

    async fn end(&self, id: EgressId, received_bytes: u64, outcome: EgressOutcome) -> Result<(), StoreError> {
        self.change(id, |line| {
            if line.outcome == EgressOutcome::Running {
                line.received_bytes = received_bytes;
                line.outcome = outcome;
            }
        });
        Ok(())
    }

    async fn refuse(&self, id: EgressId, reason: &'static str) -> Result<(), StoreError> {
        self.change(id, |line| {
            if line.outcome == EgressOutcome::Running {
                line.outcome = EgressOutcome::Refused;
                reason.clone_into(&mut line.reason);
            }
        });
        Ok(())
    }

    async fn lines(&self, filter: EgressFilter, page: Page) -> Result<Vec<EgressEntry>, StoreError> {
        let lines = self.all().into_iter().rev().filter(|line| filter.takes(line));
        Ok(lines
            .skip(page.offset as usize)
            .take(page.limit as usize)
            .collect())
    }

    async fn totals(&self, filter: EgressFilter) -> Result<Vec<EgressTotal>, StoreError> {
        let mut totals: Vec<EgressTotal> = Vec::new();
        for line in self.all().into_iter().filter(|line| filter.takes(line)) {
            let NewEgress {
                host,
                purpose,
                started_at,
                ..
            } = line.call;
            let known = totals
                .iter()
                .position(|total| total.host == host && total.purpose == purpose);
            let at = known.unwrap_or_else(|| {
                totals.push(EgressTotal {
                    host,
                    purpose,
                    lines: 0,
                    refused: 0,
                    carried: Carried::default(),
                    last_at: started_at,
                });
                totals.len() - 1
            });
            let total = &mut totals[at];
            total.lines += 1;
            total.refused += u64::from(line.outcome == EgressOutcome::Refused);
            total.carried.requests += line.carried.requests;
            total.carried.sent_bytes += line.carried.sent_bytes;
            total.carried.received_bytes += line.carried.received_bytes;
            total.last_at = total.last_at.max(started_at);
        }
        totals
            .sort_by_key(|total| std::cmp::Reverse(total.carried.sent_bytes + total.carried.received_bytes));
        Ok(totals)
    }
}
