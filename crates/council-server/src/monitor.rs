//! How this process and its machine do: measured once a second, kept for weeks, watched, and told to whoever listens.
//!
//! - [`machine`]: what only the composition root can measure
//! - `series`: the list of all series, and where each comes from
//! - `reading`: what the registry said at one moment
//! - `quantile`: quantiles of what was observed between two of them
//! - `ring`: the last quarter of an hour, second by second
//! - `past`: from there and from the store to a history
//! - `trend`: this week against the one before
//! - `alerts`: what somebody should know without looking
//! - [`exported`]: what of it is served at `/metrics` too

mod alerts;
pub mod exported;
pub mod machine;
mod past;
mod quantile;
mod reading;
mod ring;
mod series;
mod trend;

pub(crate) use alerts::{Alert, Severity};
pub(crate) use past::{Past, named};
pub(crate) use ring::Sample;
pub(crate) use series::{Component, SERIES};
pub(crate) use trend::{Compared, Trend};

use crate::api::monitor::{AlertObject, SystemObject};
use crate::api::openai::models::ModelEventObject;
use crate::api::receipts::ReceiptObject;
use crate::live::{Live, Topic};
use alerts::{Alerts, Facts, findings};
use council_agent::Agent;
use council_core::{
    Clock, Locality, MetricsHistory, ModelState, ModelStatus, NanoUsd, Receipt, Resolution, Rollup, Spending,
    Timestamp,
};
use exported::MonitorMetrics;
use futures::StreamExt as _;
use machine::{Machine, MachineState, NoMachine};
use prometheus::proto::MetricFamily;
use reading::{Gauges, Reading};
use ring::Ring;
use series::{Counter, Gauge};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// How old a reading of the books may be: they change only with paid calls.
const BOOKS_AGE: Duration = Duration::from_secs(5);

/// How old the last reading may be for a client who asks how things are.
const FRESH: Duration = Duration::from_secs(2);

/// Measures, keeps, watches, tells.
pub struct Monitor {
    agent: Arc<Agent>,
    registry: prometheus::Registry,
    machine: Arc<dyn Machine>,
    history: Option<Arc<dyn MetricsHistory>>,
    live: Arc<Live>,
    metrics: OnceLock<MonitorMetrics>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ring: Ring,
    alerts: Alerts,
    /// Where spending stood, and when that was read.
    books: Option<(Timestamp, Spending)>,
    machine: MachineState,
    /// The minute that is being measured.
    minute: Option<Timestamp>,
}

/// How things are.
pub(crate) struct Now {
    pub(crate) at: Timestamp,
    pub(crate) sample: Sample,
    /// How many observations of each component there were in the last minute.
    pub(crate) observations: [u64; Component::ALL.len()],
    pub(crate) machine: MachineState,
    pub(crate) models: Vec<ModelStatus>,
}

impl Monitor {
    /// Of this process; measures no machine and keeps nothing in a store.
    pub fn new(agent: Arc<Agent>, registry: prometheus::Registry) -> Self {
        Self {
            live: Arc::new(Live::new(Arc::clone(agent.clock()))),
            agent,
            registry,
            machine: Arc::new(NoMachine),
            history: None,
            metrics: OnceLock::new(),
            state: Mutex::default(),
        }
    }

    /// The same, with a machine to measure.
    pub fn with_machine(self, machine: Arc<dyn Machine>) -> Self {
        Self { machine, ..self }
    }

    /// The same, with a store for what is older than a quarter of an hour.
    pub fn with_history(self, history: Arc<dyn MetricsHistory>) -> Self {
        Self {
            history: Some(history),
            ..self
        }
    }

    /// Shows what is measured in these metrics too; the first stay.
    pub(crate) fn show_in(&self, metrics: MonitorMetrics) {
        let _ = self.metrics.set(metrics);
    }

    /// Measures once a second and tells what happens, until `shutdown`; then keeps what was measured of the last minute.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        let mut receipts = self.agent.settled();
        let mut models = self.agent.models().events();
        let mut next = Box::pin(tokio::time::sleep(self.until_next()));
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = &mut next => {
                    self.tick().await;
                    next.set(tokio::time::sleep(self.until_next()));
                }
                receipt = receipts.recv() => match receipt {
                    Ok(receipt) => self.routed(&receipt),
                    // Those that were missed are in the store.
                    Err(RecvError::Lagged(_)) => {}
                    // The agent is ours and holds the other end.
                    Err(RecvError::Closed) => break,
                },
                Some(event) = models.next() => {
                    let at = self.clock().now();
                    self.event("model", at, &ModelEventObject::from(event));
                }
            }
        }
        let minute = self.state().minute;
        if let Some(minute) = minute {
            self.keep(minute).await;
        }
    }

    /// Time to the middle of the next second: there, no jitter moves a reading to another second.
    fn until_next(&self) -> Duration {
        let now = self.clock().now().as_millis();
        let middle = (now + 500) / 1_000 * 1_000 + 500;
        let wait = middle - now;
        Duration::from_millis(if wait < 250 { wait + 1_000 } else { wait })
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        self.agent.clock()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Measures once; [`Monitor::run`] does so each second.
    pub async fn tick(&self) {
        let at = self.clock().now();
        let machine = self.machine.measure().await;
        let books = self.books(at).await;
        let models = self.agent.models().list();
        for model in &models {
            self.agent.metrics().expect_model(&model.info.id);
        }
        if let Some(metrics) = self.metrics.get() {
            metrics.show(&machine, books, self.agent.purse().caps(), &models);
        }
        let families = self.registry.gather();
        let gauges = self.gauges(&machine, books, &models, &families);
        let reading = Reading::new(at, &families, &gauges);
        let minute = Resolution::Minute.start(at);
        let (changed, finished, now) = {
            let mut state = self.state();
            state.ring.push(reading);
            state.machine = machine;
            let facts = facts(&state.ring, &models);
            let changed = state.alerts.update(at, findings(&facts));
            let finished = state.minute.replace(minute).filter(|before| *before != minute);
            (changed, finished, now(&state, models))
        };
        for alert in changed {
            announce(&alert);
            self.event("alert", at, &AlertObject::from(alert));
        }
        if let Some(now) = now {
            let system = serde_json::to_value(SystemObject::from(now));
            self.live.measured(at, system.unwrap_or_default());
        }
        if let Some(finished) = finished {
            self.keep(finished).await;
        }
    }

    /// Where spending stands; `None` while the books cannot be read.
    async fn books(&self, at: Timestamp) -> Option<Spending> {
        let known = self
            .state()
            .books
            .filter(|(read, _)| !read.is_past(BOOKS_AGE, at));
        if let Some((_, spending)) = known {
            return Some(spending);
        }
        let spending = match self.agent.purse().spending().await {
            Ok(spending) => spending,
            Err(error) => {
                tracing::debug!(%error, "where spending stands cannot be read: {error}");
                return None;
            }
        };
        self.state().books = Some((at, spending));
        Some(spending)
    }

    fn gauges(
        &self,
        machine: &MachineState,
        books: Option<Spending>,
        models: &[ModelStatus],
        families: &[MetricFamily],
    ) -> Gauges {
        let served = |name: &str| {
            let family = families.iter().find(|family| family.name() == name)?;
            Some(family.get_metric().first()?.get_gauge().get_value())
        };
        let caps = self.agent.purse().caps();
        let share = |spent: Option<NanoUsd>, cap: Option<NanoUsd>| {
            let cap = cap.filter(|cap| *cap > NanoUsd::ZERO)?;
            Some(spent?.as_usd() / cap.as_usd())
        };
        let sum = |what: fn(&ModelStatus) -> u64| Some(models.iter().map(what).sum::<u64>() as f64);
        let number = |value: Option<u64>| value.map(|value| value as f64);
        let gpus = |what: fn(&machine::GpuState) -> Option<f64>| {
            machine.gpus.iter().filter_map(what).reduce(|sum, one| sum + one)
        };
        let mut gauges = [None; Gauge::COUNT];
        for (gauge, value) in [
            (Gauge::TurnsActive, Some(self.agent.metrics().in_flight() as f64)),
            (Gauge::HttpInFlight, served("council_http_in_flight")),
            (Gauge::Queued, sum(|model| u64::from(model.activity.queued))),
            (Gauge::SlotsActive, sum(|model| u64::from(model.activity.active))),
            (Gauge::Slots, sum(|model| u64::from(model.activity.slots))),
            (
                Gauge::KvUsed,
                sum(|model| u64::from(model.activity.kv_used_tokens)),
            ),
            (
                Gauge::KvCapacity,
                sum(|model| u64::from(model.activity.kv_capacity_tokens)),
            ),
            (Gauge::ModelsResident, sum(|model| u64::from(is_resident(model)))),
            (Gauge::ModelsMemory, sum(|model| model.activity.memory_bytes)),
            (Gauge::CostToday, books.map(|books| books.today.as_usd())),
            (
                Gauge::BudgetDay,
                share(books.map(|books| books.today), caps.daily),
            ),
            (
                Gauge::BudgetMonth,
                share(books.map(|books| books.month), caps.monthly),
            ),
            (Gauge::Cpu, machine.cpu),
            (Gauge::MemoryUsed, number(machine.memory_used_bytes)),
            (Gauge::MemoryTotal, number(machine.memory_total_bytes)),
            (Gauge::DiskFree, number(machine.disk_free_bytes)),
            (Gauge::DiskTotal, number(machine.disk_total_bytes)),
            (Gauge::ProcessMemory, served("process_resident_memory_bytes")),
            (
                Gauge::GpuBusy,
                gpus(|gpu| gpu.busy).map(|sum| sum / machine.gpus.len() as f64),
            ),
            (
                Gauge::GpuMemoryUsed,
                gpus(|gpu| gpu.memory_used_bytes.map(|bytes| bytes as f64)),
            ),
            (
                Gauge::GpuMemoryTotal,
                gpus(|gpu| gpu.memory_total_bytes.map(|bytes| bytes as f64)),
            ),
        ] {
            gauges[gauge as usize] = value;
        }
        gauges
    }

    /// Keeps a minute, and what there is of the quarter of an hour that it belongs to: a process that is killed loses no more
    /// than the minute that it was in.
    async fn keep(&self, minute: Timestamp) {
        let Some(history) = &self.history else {
            return;
        };
        let rollups: Vec<(Resolution, Rollup)> = {
            let state = self.state();
            [Resolution::Minute, Resolution::Quarter]
                .into_iter()
                .filter_map(|resolution| {
                    Some((
                        resolution,
                        state.ring.rollup(resolution, resolution.start(minute))?,
                    ))
                })
                .collect()
        };
        for (resolution, rollup) in rollups {
            if let Err(error) = history.keep_rollup(resolution, rollup).await {
                tracing::error!(%error, "the measurements of a minute could not be kept: {error}");
            }
        }
    }

    fn routed(&self, receipt: &Receipt) {
        if self.live.is_heard(Topic::Routes) {
            let data = serde_json::to_value(ReceiptObject::from(receipt.clone()));
            self.live.tell_user(
                Topic::Routes,
                &receipt.user,
                self.clock().now(),
                &data.unwrap_or_default(),
            );
        }
    }

    fn event(&self, kind: &str, at: Timestamp, event: &impl serde::Serialize) {
        if self.live.is_heard(Topic::Events) {
            let data = serde_json::json!({"kind": kind, kind: event});
            self.live.tell(Topic::Events, at, &data);
        }
    }

    /// How things are. Where nothing measures, it is measured now.
    pub(crate) async fn now(&self) -> Option<Now> {
        let read = self.state().ring.last().map(|reading| reading.at);
        if read.is_none_or(|read| read.is_past(FRESH, self.clock().now())) {
            self.tick().await;
        }
        let models = self.agent.models().list();
        now(&self.state(), models)
    }

    /// Alerts that hold, then those that are over.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.state().alerts.all()
    }
}

fn now(state: &State, models: Vec<ModelStatus>) -> Option<Now> {
    let last = state.ring.last()?;
    let recent = state.ring.recent(last.at)?;
    Some(Now {
        at: last.at,
        sample: state.ring.now()?,
        observations: Component::ALL.map(|component| last.observations(recent, component)),
        machine: state.machine.clone(),
        models,
    })
}

fn facts(ring: &Ring, models: &[ModelStatus]) -> Facts {
    let Some(last) = ring.last() else {
        return Facts::default();
    };
    let growth = |counter| {
        ring.recent(last.at)
            .map_or(0.0, |recent| last.growth(recent, counter))
    };
    let failed = models.iter().filter_map(|model| match &model.state {
        ModelState::Failed { reason } => Some((model.info.id.clone(), reason.clone())),
        ModelState::Unloaded | ModelState::Loading { .. } | ModelState::Ready => None,
    });
    Facts {
        memory_used_bytes: last.gauge(Gauge::MemoryUsed),
        memory_total_bytes: last.gauge(Gauge::MemoryTotal),
        disk_free_bytes: last.gauge(Gauge::DiskFree),
        budget_day: last.gauge(Gauge::BudgetDay),
        budget_month: last.gauge(Gauge::BudgetMonth),
        turns: growth(Counter::Turns),
        turns_failed: growth(Counter::TurnsFailed),
        refused: growth(Counter::Refused),
        failed_models: failed.collect(),
    }
}

/// Whether a model takes memory of this machine.
fn is_resident(model: &ModelStatus) -> bool {
    model.info.locality == Locality::Local && model.state == ModelState::Ready
}

fn announce(alert: &Alert) {
    let finding = &alert.finding;
    match (alert.resolved, finding.severity) {
        (Some(_), _) => tracing::info!(rule = finding.rule, "no longer: {}", finding.message),
        (None, Severity::Warning) => tracing::warn!(rule = finding.rule, "{}", finding.message),
        (None, Severity::Critical) => tracing::error!(rule = finding.rule, "{}", finding.message),
    }
}

#[cfg(test)]
mod tests;
