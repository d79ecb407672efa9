//! Quantiles of what was observed between two readings of a histogram.

use prometheus::proto::Histogram;

/// A histogram's buckets, as old as the process.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Buckets {
    /// Upper bound and number of observations up to it, ascending.
    cumulative: Vec<(f64, u64)>,
    count: u64,
}

impl Buckets {
    /// Adds those of another histogram with the same bounds, as those of one family have.
    pub(crate) fn add(&mut self, histogram: &Histogram) {
        self.count += histogram.get_sample_count();
        let buckets = histogram.get_bucket();
        if self.cumulative.is_empty() {
            let bounds = buckets.iter().filter(|bucket| bucket.upper_bound().is_finite());
            self.cumulative = bounds.map(|bucket| (bucket.upper_bound(), 0)).collect();
        }
        for (sum, bucket) in self.cumulative.iter_mut().zip(buckets) {
            sum.1 += bucket.cumulative_count();
        }
    }

    /// Observations.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Observations up to the bound at `index`.
    fn up_to(&self, index: usize) -> u64 {
        self.cumulative.get(index).map_or(0, |(_, count)| *count)
    }
}

/// The quantile `of` in [0, 1] of what was observed from `before` to `after`; `None` where nothing was. Within a bucket
/// observations are taken to be spread evenly; what is beyond the last bound is taken to be at it, as Prometheus's
/// `histogram_quantile` does.
pub(crate) fn quantile(after: &Buckets, before: &Buckets, of: f64) -> Option<f64> {
    let total = after.count.saturating_sub(before.count);
    if total == 0 {
        return None;
    }
    let rank = of * total as f64;
    let (mut lower, mut below) = (0.0, 0);
    for (index, (bound, count)) in after.cumulative.iter().enumerate() {
        let up_to = count.saturating_sub(before.up_to(index));
        if up_to as f64 >= rank && up_to > below {
            let inside = (rank - below as f64) / (up_to - below) as f64;
            return Some(lower + (bound - lower) * inside.clamp(0.0, 1.0));
        }
        (lower, below) = (*bound, up_to);
    }
    after.cumulative.last().map(|(bound, _)| *bound)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{Buckets, quantile};
    use prometheus::core::Metric;
    use prometheus::{Histogram, HistogramOpts};

    fn histogram() -> Histogram {
        Histogram::with_opts(HistogramOpts::new("seconds", "seconds").buckets(vec![1.0, 2.0, 4.0])).unwrap()
    }

    fn buckets(histograms: &[&Histogram]) -> Buckets {
        let mut sum = Buckets::default();
        for histogram in histograms {
            sum.add(histogram.metric().get_histogram());
        }
        sum
    }

    #[test]
    fn only_what_was_observed_in_between_counts() {
        let histogram = histogram();
        (0..100).for_each(|_| histogram.observe(0.5));
        let before = buckets(&[&histogram]);
        assert_eq!(quantile(&before, &before, 0.5), None);
        (0..4).for_each(|_| histogram.observe(1.5));
        let after = buckets(&[&histogram]);
        assert_eq!(quantile(&after, &before, 0.5), Some(1.5));
        assert_eq!(quantile(&after, &before, 1.0), Some(2.0));
        assert_eq!(quantile(&after, &Buckets::default(), 0.5), Some(0.52));
    }

    #[test]
    fn what_is_beyond_the_last_bound_is_taken_to_be_at_it() {
        let histogram = histogram();
        histogram.observe(100.0);
        assert_eq!(
            quantile(&buckets(&[&histogram]), &Buckets::default(), 0.5),
            Some(4.0)
        );
    }

    #[test]
    fn histograms_of_one_family_are_taken_together() {
        let (quick, slow) = (histogram(), histogram());
        (0..3).for_each(|_| quick.observe(0.5));
        slow.observe(3.0);
        let both = buckets(&[&quick, &slow]);
        assert_eq!(both.count(), 4);
        assert_eq!(quantile(&both, &Buckets::default(), 0.75), Some(1.0));
        assert_eq!(quantile(&both, &Buckets::default(), 1.0), Some(4.0));
    }
}
