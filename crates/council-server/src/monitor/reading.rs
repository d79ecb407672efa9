//! What the registry said at one moment, and what the time between two such moments amounts to.

use super::quantile::{Buckets, quantile};
use super::series::{Component, Counter, Gauge, Over, SERIES, Source};
use council_core::Timestamp;
use prometheus::proto::{Metric, MetricFamily, MetricType};
use std::collections::{BTreeMap, HashMap};

/// The values of gauges; `None`: cannot be measured here.
pub(crate) type Gauges = [Option<f64>; Gauge::COUNT];

/// What was so at one moment. Counters and histograms are as old as the process.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) at: Timestamp,
    counters: [f64; Counter::ALL.len()],
    histograms: [Buckets; Component::ALL.len()],
    gauges: Gauges,
}

impl Reading {
    /// From the process's metrics.
    pub(crate) fn new(at: Timestamp, families: &[MetricFamily], gauges: &Gauges) -> Self {
        let families: HashMap<&str, &MetricFamily> =
            families.iter().map(|family| (family.name(), family)).collect();
        let find = |name: &str, label| {
            let metrics = families
                .get(name)
                .map(|family| (family.get_field_type(), family.get_metric()));
            let (kind, metrics) = metrics.unwrap_or((MetricType::UNTYPED, &[]));
            metrics
                .iter()
                .filter(move |metric| has(metric, label))
                .map(move |metric| (kind, metric))
        };
        let count = |counter: Counter| {
            let metrics = counter
                .metrics()
                .iter()
                .flat_map(|(name, label)| find(name, *label));
            metrics.map(|(kind, metric)| total(kind, metric)).sum()
        };
        let buckets = |component: Component| {
            let (name, label) = component.histogram();
            let mut sum = Buckets::default();
            find(name, label).for_each(|(_, metric)| sum.add(metric.get_histogram()));
            sum
        };
        Self {
            at,
            counters: Counter::ALL.map(count),
            histograms: Component::ALL.map(buckets),
            gauges: *gauges,
        }
    }

    /// The value of one gauge.
    pub(crate) fn gauge(&self, gauge: Gauge) -> Option<f64> {
        self.gauges[gauge as usize]
    }

    /// How much a counter grew since an earlier reading.
    pub(crate) fn growth(&self, before: &Self, counter: Counter) -> f64 {
        (self.counters[counter as usize] - before.counters[counter as usize]).max(0.0)
    }

    /// How much it grew in a second since then; `None` where no time has passed.
    fn rate(&self, before: &Self, counter: Counter) -> Option<f64> {
        let seconds = self.at.since(before.at).as_secs_f64();
        (seconds > 0.0).then(|| self.growth(before, counter) / seconds)
    }

    /// How many observations of a component there were since an earlier reading.
    pub(crate) fn observations(&self, before: &Self, component: Component) -> u64 {
        let (now, then) = (component as usize, component as usize);
        self.histograms[now]
            .count()
            .saturating_sub(before.histograms[then].count())
    }
}

/// Whether a metric has a label.
fn has(metric: &Metric, label: Option<(&str, &str)>) -> bool {
    label.is_none_or(|(name, value)| {
        let mut labels = metric.get_label().iter();
        labels.any(|pair| pair.name() == name && pair.value() == value)
    })
}

fn total(kind: MetricType, metric: &Metric) -> f64 {
    match kind {
        MetricType::COUNTER => metric.get_counter().get_value(),
        MetricType::HISTOGRAM => metric.get_histogram().get_sample_count() as f64,
        MetricType::GAUGE | MetricType::SUMMARY | MetricType::UNTYPED => 0.0,
    }
}

/// The value of a series over the time from `before` to the last of `readings`, which are in order and follow `before`.
/// `recent` is where shares and quantiles begin instead: a second rarely has enough to tell them.
fn value(source: Source, before: &Reading, recent: &Reading, readings: &[&Reading]) -> Option<f64> {
    let last = readings.last()?;
    match source {
        Source::Rate(counter) => last.rate(before, counter),
        // The process's own counter of CPU time has whole seconds.
        Source::SlowRate(counter) => last.rate(recent, counter),
        Source::Growth(counter) => Some(last.growth(before, counter)),
        Source::Share(part, whole) => {
            let whole = last.growth(recent, whole);
            (whole > 0.0).then(|| last.growth(recent, part) / whole)
        }
        Source::Quantile(component, of) => {
            let index = component as usize;
            let seconds = quantile(&last.histograms[index], &recent.histograms[index], of);
            seconds.map(|seconds| seconds * 1_000.0)
        }
        Source::Gauge(gauge, over) => {
            let mut values = readings.iter().filter_map(|reading| reading.gauge(gauge));
            match over {
                Over::Last => values.next_back(),
                Over::Max => values.reduce(f64::max),
                Over::Min => values.reduce(f64::min),
                Over::Mean => {
                    let (sum, count) =
                        values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
                    (count > 0).then(|| sum / f64::from(count))
                }
            }
        }
    }
}

/// All series over the time from `before` to the last of `readings`. Shares and quantiles begin at `recent`.
pub(crate) fn values(
    before: &Reading,
    recent: &Reading,
    readings: &[&Reading],
) -> BTreeMap<&'static str, Option<f64>> {
    let one = |series: &super::series::Series| {
        let value = value(series.source, before, recent, readings);
        (series.name, value.filter(|value| value.is_finite()))
    };
    SERIES.iter().map(one).collect()
}
