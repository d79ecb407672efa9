//! How the process and its machine do, and did.

use super::openai::models::state_name;
use crate::error::ApiError;
use crate::monitor::machine::{GpuState, MachineState, ProcessState};
use crate::monitor::{Alert, Compared, Component, Now, Past, SERIES, Trend, named};
use council_core::{ModelStatus, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// How things are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = System)]
pub(crate) struct SystemObject {
    /// When it was measured, in seconds since the Unix epoch.
    pub(crate) at: f64,
    /// The value of each series; null where it cannot be measured here, or nothing was.
    pub(crate) values: BTreeMap<&'static str, Option<f64>>,
    /// The parts of Council whose time is measured, over the last minute.
    pub(crate) components: Vec<ComponentObject>,
    pub(crate) models: Vec<ModelLoadObject>,
    pub(crate) machine: MachineObject,
}

/// A part of Council and how long it takes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComponentTimes)]
pub(crate) struct ComponentObject {
    /// `turn`, `first_token`, `token`, `recall`, `embedding`, `routing`, `sandbox_start` or `sandbox_run`.
    pub(crate) name: &'static str,
    /// How often it was timed.
    pub(crate) count: u64,
    /// Half of them took at most this, in milliseconds.
    pub(crate) p50_ms: Option<f64>,
    pub(crate) p95_ms: Option<f64>,
    pub(crate) p99_ms: Option<f64>,
    /// What it should be at most; null where there is no such thing.
    pub(crate) target: Option<TargetObject>,
}

/// What a component's time should be at most.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComponentTarget)]
pub(crate) struct TargetObject {
    pub(crate) ms: f64,
    /// `p50` or `p95`.
    pub(crate) quantile: &'static str,
    /// Where it comes from: `design`, `nielsen_attention`, `nielsen_thought` or `reading_speed`; `docs/monitoring.md` says more.
    pub(crate) source: &'static str,
}

/// A model and what it is doing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelLoad)]
pub(crate) struct ModelLoadObject {
    pub(crate) id: String,
    /// Who serves it.
    pub(crate) provider: String,
    /// `unloaded`, `loading`, `ready` or `failed`.
    pub(crate) state: &'static str,
    /// Requests that have a slot.
    pub(crate) active: u32,
    /// Requests that wait for one.
    pub(crate) queued: u32,
    pub(crate) slots: u32,
    pub(crate) kv_used_tokens: u32,
    pub(crate) kv_capacity_tokens: u32,
    /// Of its process; 0 where it has none here.
    pub(crate) memory_bytes: u64,
}

/// The machine.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Machine)]
pub(crate) struct MachineObject {
    /// Threads that its processors run at once.
    pub(crate) cores: Option<u32>,
    /// The disks of the directories that Council writes to.
    pub(crate) disks: Vec<DiskObject>,
    /// The server's process first, then those that it started; empty where they cannot be measured.
    pub(crate) processes: Vec<ProcessObject>,
    /// Graphics processors that can be measured.
    pub(crate) gpus: Vec<GpuObject>,
    /// Why none can be, where that is so.
    pub(crate) gpu_problem: Option<String>,
}

/// The disk that a directory is on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Disk)]
pub(crate) struct DiskObject {
    /// `data` or `models`.
    pub(crate) directory: &'static str,
    pub(crate) total_bytes: Option<u64>,
    /// What can still be written to it.
    pub(crate) free_bytes: Option<u64>,
}

/// A process.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Process)]
pub(crate) struct ProcessObject {
    pub(crate) pid: u32,
    /// What it is for: `server`, `model`, `sandbox`, or the program's name.
    pub(crate) role: String,
    /// Processors that it kept busy since it was last measured.
    pub(crate) cpu_cores: Option<f64>,
    /// Resident memory.
    pub(crate) memory_bytes: u64,
    pub(crate) threads: u64,
    /// Open file descriptors.
    pub(crate) open_files: Option<u64>,
    /// Seconds since it was started.
    pub(crate) uptime_s: f64,
}

/// A graphics processor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gpu)]
pub(crate) struct GpuObject {
    pub(crate) name: String,
    /// Share of the time in which it computed.
    pub(crate) busy: Option<f64>,
    pub(crate) memory_total_bytes: Option<u64>,
    pub(crate) memory_used_bytes: Option<u64>,
    pub(crate) temperature_c: Option<f64>,
    pub(crate) power_w: Option<f64>,
}

impl From<Now> for SystemObject {
    fn from(now: Now) -> Self {
        let component = |(component, count): (Component, u64)| {
            let name = component.as_str();
            let of = |quantile| {
                now.sample
                    .get(format!("{name}_{quantile}_ms").as_str())
                    .copied()
                    .flatten()
            };
            ComponentObject {
                name,
                count,
                p50_ms: of("p50"),
                p95_ms: of("p95"),
                p99_ms: of("p99"),
                target: component.target().map(|target| TargetObject {
                    ms: target.ms,
                    quantile: target.quantile,
                    source: target.source,
                }),
            }
        };
        Self {
            at: now.at.as_secs_f64(),
            components: Component::ALL
                .into_iter()
                .zip(now.observations)
                .map(component)
                .collect(),
            values: now.sample,
            models: now.models.into_iter().map(Into::into).collect(),
            machine: now.machine.into(),
        }
    }
}

impl From<ModelStatus> for ModelLoadObject {
    fn from(model: ModelStatus) -> Self {
        Self {
            state: state_name(&model.state),
            id: model.info.id,
            provider: model.info.provider,
            active: model.activity.active,
            queued: model.activity.queued,
            slots: model.activity.slots,
            kv_used_tokens: model.activity.kv_used_tokens,
            kv_capacity_tokens: model.activity.kv_capacity_tokens,
            memory_bytes: model.activity.memory_bytes,
        }
    }
}

impl From<MachineState> for MachineObject {
    fn from(machine: MachineState) -> Self {
        Self {
            cores: machine.cores,
            disks: vec![
                DiskObject {
                    directory: "data",
                    total_bytes: machine.disk_total_bytes,
                    free_bytes: machine.disk_free_bytes,
                },
                DiskObject {
                    directory: "models",
                    total_bytes: machine.models_disk_total_bytes,
                    free_bytes: machine.models_disk_free_bytes,
                },
            ],
            processes: machine.processes.into_iter().map(Into::into).collect(),
            gpus: machine.gpus.into_iter().map(Into::into).collect(),
            gpu_problem: machine.gpu_problem,
        }
    }
}

impl From<ProcessState> for ProcessObject {
    fn from(process: ProcessState) -> Self {
        Self {
            pid: process.pid,
            role: process.role,
            cpu_cores: process.cpu_cores,
            memory_bytes: process.memory_bytes,
            threads: process.threads,
            open_files: process.open_files,
            uptime_s: process.uptime_s,
        }
    }
}

impl From<GpuState> for GpuObject {
    fn from(gpu: GpuState) -> Self {
        Self {
            name: gpu.name,
            busy: gpu.busy,
            memory_total_bytes: gpu.memory_total_bytes,
            memory_used_bytes: gpu.memory_used_bytes,
            temperature_c: gpu.temperature_c,
            power_w: gpu.power_w,
        }
    }
}

/// Something that somebody should know.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertObject {
    /// `memory`, `disk`, `budget`, `errors`, `queue` or `model_failed`.
    pub(crate) rule: &'static str,
    /// Which model, or which budget: `daily` or `monthly`; empty otherwise.
    pub(crate) subject: String,
    /// `warning` or `critical`.
    pub(crate) severity: &'static str,
    /// What is the case and what to do.
    pub(crate) message: String,
    /// What was measured last: a share, free bytes of the disk, or a number of requests.
    pub(crate) value: Option<f64>,
    /// The value that it reached.
    pub(crate) threshold: Option<f64>,
    /// When it began, in seconds since the Unix epoch.
    pub(crate) since: f64,
    /// When it was over; null while it holds.
    pub(crate) resolved: Option<f64>,
}

impl From<Alert> for AlertObject {
    fn from(alert: Alert) -> Self {
        Self {
            rule: alert.finding.rule,
            subject: alert.finding.subject,
            severity: alert.finding.severity.as_str(),
            message: alert.finding.message,
            value: alert.finding.value,
            threshold: alert.finding.threshold,
            since: alert.since.as_secs_f64(),
            resolved: alert.resolved.map(Timestamp::as_secs_f64),
        }
    }
}

/// Alerts that hold, the worst first, then those that are over, the last first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alerts)]
pub(crate) struct AlertsObject {
    /// `list`.
    pub(crate) object: &'static str,
    pub(crate) data: Vec<AlertObject>,
}

/// Which history.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// The time up to now: minutes, hours or days, such as `5m`, `24h`, `30d`; 15 minutes where nothing is said.
    range: Option<String>,
    /// Its beginning instead, in seconds since the Unix epoch.
    from: Option<f64>,
    /// And its end; now where it is absent.
    to: Option<f64>,
    /// Names of series, with commas between; all where absent.
    series: Option<String>,
}

/// The longest history: nothing older is kept.
const LONGEST: Duration = Duration::from_hours(30 * 24);

impl HistoryQuery {
    /// Names of series, beginning and end; checks every field.
    pub(crate) fn order(
        &self,
        now: Timestamp,
    ) -> Result<(Vec<&'static str>, Timestamp, Timestamp), ApiError> {
        let names = named(self.series.as_deref()).map_err(|name| {
            let message = format!(
                "`series` has `{name}`, which is none; `GET /v1/system` names all of them in `values`"
            );
            ApiError::invalid("series", message)
        })?;
        let (from, until) = match (&self.range, self.from) {
            (Some(_), Some(_)) => {
                let message = "`range` ends now and `from` says when to begin; send one of them";
                return Err(ApiError::invalid("range", message));
            }
            (None, Some(from)) => (
                moment("from", from)?,
                self.to.map_or(Ok(now), |to| moment("to", to))?,
            ),
            (range, None) => {
                if self.to.is_some() {
                    return Err(ApiError::invalid("to", "`to` needs `from`"));
                }
                let range = range.as_deref().map_or(Ok(Duration::from_mins(15)), duration)?;
                (
                    Timestamp::from_duration(now.since(Timestamp::from_duration(range))),
                    now,
                )
            }
        };
        if until <= from {
            return Err(ApiError::invalid("to", "`to` must be after `from`"));
        }
        let oldest = Timestamp::from_duration(now.since(Timestamp::from_duration(LONGEST)));
        if from < oldest {
            let message = format!(
                "`from` is more than 30 days ago, and nothing older is kept; the earliest is {}",
                oldest.as_secs()
            );
            return Err(ApiError::invalid("from", message));
        }
        Ok((names, from, until))
    }
}

fn moment(field: &str, seconds: f64) -> Result<Timestamp, ApiError> {
    let since = Duration::try_from_secs_f64(seconds).map_err(|_| {
        let message = format!("`{field}` is no number of seconds since 1970: {seconds}");
        ApiError::invalid(field, message)
    });
    since.map(Timestamp::from_duration)
}

/// What is meant by `5m`, `6h` or `30d`.
fn duration(text: &str) -> Result<Duration, ApiError> {
    let refused = || {
        let message =
            format!("`range` cannot be `{text}`; possible: 1m to 30d, in minutes (m), hours (h) or days (d)");
        ApiError::invalid("range", message)
    };
    let unit = text.chars().last().ok_or_else(refused)?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(refused()),
    };
    let count: u64 = text
        .strip_suffix(unit)
        .and_then(|count| count.parse().ok())
        .ok_or_else(refused)?;
    let range = Duration::from_secs(count.saturating_mul(minutes * 60));
    if range.is_zero() || range > LONGEST {
        return Err(refused());
    }
    Ok(range)
}

/// How things were: for each series a value at each point of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MetricsHistory)]
pub(crate) struct HistoryObject {
    /// `metrics.history`.
    pub(crate) object: &'static str,
    /// Of the first point, in seconds since the Unix epoch.
    pub(crate) start: u64,
    /// Seconds between two points: 1, 60 or 900.
    pub(crate) step_s: u64,
    /// How many there are.
    pub(crate) points: usize,
    /// The values, oldest first; null where nothing was measured. Nothing is interpolated.
    pub(crate) series: BTreeMap<&'static str, Vec<Option<f64>>>,
    /// What they are in: `1/s`, `turns`, `usd`, `share`, `ms`, `requests`, `slots`, `tokens`, `models`, `bytes` or `cores`.
    pub(crate) units: BTreeMap<&'static str, &'static str>,
}

impl From<Past> for HistoryObject {
    fn from(past: Past) -> Self {
        let units = SERIES
            .iter()
            .filter(|series| past.series.contains_key(series.name));
        Self {
            object: "metrics.history",
            start: past.start.as_secs(),
            step_s: past.step.seconds(),
            points: past.series.values().next().map_or(0, Vec::len),
            units: units.map(|series| (series.name, series.unit)).collect(),
            series: past.series,
        }
    }
}

/// This week against the one before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MetricsTrend)]
pub(crate) struct TrendObject {
    /// `metrics.trend`.
    pub(crate) object: &'static str,
    /// The beginning of the week before, in seconds since the Unix epoch.
    pub(crate) before: f64,
    /// The beginning of this week, which is the end of that.
    pub(crate) since: f64,
    /// The end of this week: now.
    pub(crate) until: f64,
    pub(crate) series: Vec<ComparedObject>,
}

/// A series in both weeks: sums of `turns` and `cost_usd`; of the others the mean of quarters of an hour, each weighed by its turns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedSeries)]
pub(crate) struct ComparedObject {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// Null where nothing was measured.
    pub(crate) this_week: Option<f64>,
    pub(crate) last_week: Option<f64>,
    /// How much more it is now, as a share of what it was: 0.5 is half as much again; null where there was nothing then.
    pub(crate) change: Option<f64>,
}

impl From<Trend> for TrendObject {
    fn from(trend: Trend) -> Self {
        Self {
            object: "metrics.trend",
            before: trend.before.as_secs_f64(),
            since: trend.since.as_secs_f64(),
            until: trend.until.as_secs_f64(),
            series: trend.series.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Compared> for ComparedObject {
    fn from(compared: Compared) -> Self {
        Self {
            name: compared.name,
            unit: compared.unit,
            this_week: compared.this_week,
            last_week: compared.last_week,
            change: compared.change(),
        }
    }
}
