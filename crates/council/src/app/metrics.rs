//! Metrics that no crate counts for itself: of this process, and of the database, which knows nothing of metrics.

use super::StartError;
use council_store::{Store, WriteReport};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, Registry};
use std::path::{Path, PathBuf};

/// Bounds of a transaction's time: 50 microseconds, where one that is not synced is at home, to five seconds.
const WRITE_SECONDS: [f64; 14] = [
    0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// The usual `process_*` metrics: CPU seconds, memory, file descriptors, threads, start time.
#[cfg(target_os = "linux")]
pub(super) fn of_process(registry: &Registry) -> Result<(), StartError> {
    let collector = prometheus::process_collector::ProcessCollector::for_self();
    registry
        .register(Box::new(collector))
        .map_err(|error| StartError::Internal(error.to_string()))
}

/// They are read from `/proc`, which only Linux has.
#[cfg(not(target_os = "linux"))]
pub(super) fn of_process(_registry: &Registry) -> Result<(), StartError> {
    Ok(())
}

/// When a whole copy of what is kept was last made. Read from the data directory, where other processes note it too.
pub(super) fn of_backups(data_dir: &Path, registry: &Registry) -> Result<(), StartError> {
    let made = Gauge::new(
        "council_backup_last_success_timestamp_seconds",
        "When a whole copy of what is kept was last made, in seconds since the Unix epoch, by any process; 0: never.",
    );
    let failed = |error: prometheus::Error| StartError::Internal(error.to_string());
    let collector = LastBackup {
        made: made.map_err(failed)?,
        data_dir: data_dir.to_owned(),
    };
    registry.register(Box::new(collector)).map_err(failed)
}

struct LastBackup {
    made: Gauge,
    data_dir: PathBuf,
}

impl Collector for LastBackup {
    fn desc(&self) -> Vec<&Desc> {
        self.made.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let made = council_store::backup::last_made(&self.data_dir);
        self.made.set(made.unwrap_or_default() as f64);
        self.made.collect()
    }
}

/// How long transactions of the database take, and how many fail.
pub(super) fn of_store(store: &Store, registry: &Registry) -> Result<(), StartError> {
    let listener = writes(registry).map_err(|error| StartError::Internal(error.to_string()))?;
    store.on_write(listener);
    Ok(())
}

fn writes(registry: &Registry) -> Result<impl Fn(WriteReport) + Send + Sync + 'static, prometheus::Error> {
    let seconds = HistogramOpts::new(
        "council_store_write_seconds",
        "Time of one transaction of the database, from its beginning until it is on disk or has failed.",
    );
    let seconds = Histogram::with_opts(seconds.buckets(WRITE_SECONDS.to_vec()))?;
    let requests = IntCounter::new(
        "council_store_writes_total",
        "Writes that transactions of the database held; those that wait together share one.",
    )?;
    let failed = IntCounter::new(
        "council_store_write_failures_total",
        "Transactions of the database that could not be committed: a full disk, for example.",
    )?;
    registry.register(Box::new(seconds.clone()))?;
    registry.register(Box::new(requests.clone()))?;
    registry.register(Box::new(failed.clone()))?;
    Ok(move |report: WriteReport| {
        seconds.observe(report.time.as_secs_f64());
        requests.inc_by(report.requests as u64);
        if !report.committed {
            failed.inc();
        }
    })
}
