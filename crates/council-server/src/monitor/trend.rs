//! This week against the one before: whether Council has become slower, dearer, or less reliable.

use super::Monitor;
use super::series::SERIES;
use council_core::{Resolution, Rollup, StoreError, Timestamp};
use std::time::Duration;

/// What is compared, seven days each.
const WEEK: Duration = Duration::from_hours(7 * 24);

/// How a week's value is made of its quarters of an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Over {
    /// Their sum.
    Sum,
    /// Their mean, each weighed by the turns in it: a quarter in which nobody asked says nothing about speed.
    Turns,
}

/// What is compared.
const COMPARED: [(&str, Over); 12] = [
    ("turns", Over::Sum),
    ("error_rate", Over::Turns),
    ("turn_p50_ms", Over::Turns),
    ("turn_p95_ms", Over::Turns),
    ("first_token_p50_ms", Over::Turns),
    ("first_token_p95_ms", Over::Turns),
    ("token_p50_ms", Over::Turns),
    ("token_p95_ms", Over::Turns),
    ("tokens_per_s", Over::Turns),
    ("recall_p50_ms", Over::Turns),
    ("routing_p50_ms", Over::Turns),
    ("cost_usd", Over::Sum),
];

/// One series in both weeks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compared {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// Of the seven days up to now; `None` where nothing was measured.
    pub(crate) this_week: Option<f64>,
    /// Of the seven days before.
    pub(crate) last_week: Option<f64>,
}

impl Compared {
    /// How much more it is than in the week before, as a share of that; `None` where there was nothing then.
    pub(crate) fn change(&self) -> Option<f64> {
        let before = self.last_week.filter(|before| *before > 0.0)?;
        Some(self.this_week? / before - 1.0)
    }
}

/// Two weeks.
pub(crate) struct Trend {
    /// The end of this week: now.
    pub(crate) until: Timestamp,
    /// Where the weeks meet.
    pub(crate) since: Timestamp,
    /// The beginning of the week before.
    pub(crate) before: Timestamp,
    pub(crate) series: Vec<Compared>,
}

impl Monitor {
    /// This week and the one before, from the quarters of an hour that are kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) async fn trend(&self) -> Result<Trend, StoreError> {
        let until = self.clock().now();
        let back = |from: Timestamp| Timestamp::from_duration(from.since(Timestamp::from_duration(WEEK)));
        // Quarters are counted whole, so that both weeks have as many.
        let since = Resolution::Quarter.start(back(until));
        let before = back(since);
        let quarters = |from, until| self.summaries(Resolution::Quarter, from, until, self.clock().now());
        let this_week = quarters(since, until).await?;
        let last_week = quarters(before, since).await?;
        let compared = |(name, over): (&'static str, Over)| Compared {
            name,
            unit: SERIES
                .iter()
                .find(|series| series.name == name)
                .map_or("", |series| series.unit),
            this_week: of_week(&this_week, name, over),
            last_week: of_week(&last_week, name, over),
        };
        Ok(Trend {
            until,
            since,
            before,
            series: COMPARED.into_iter().map(compared).collect(),
        })
    }
}

fn of_week(quarters: &[Rollup], name: &str, over: Over) -> Option<f64> {
    let values = quarters.iter().filter_map(|quarter| {
        let turns = quarter.values.get("turns").copied().unwrap_or(0.0);
        Some((*quarter.values.get(name)?, turns))
    });
    match over {
        Over::Sum => values.map(|(value, _)| value).reduce(|sum, value| sum + value),
        Over::Turns => {
            let (mut sum, mut weight) = (0.0, 0.0);
            for (value, turns) in values {
                sum += value * turns;
                weight += turns;
            }
            (weight > 0.0).then(|| sum / weight)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter(turns: f64, p50: Option<f64>) -> Rollup {
        let mut values = std::collections::BTreeMap::from([("turns".to_owned(), turns)]);
        values.extend(p50.map(|p50| ("turn_p50_ms".to_owned(), p50)));
        Rollup {
            start: Timestamp::from_millis(0),
            covered_s: 900,
            values,
        }
    }

    #[test]
    fn a_quarter_counts_as_much_as_turns_were_in_it() {
        let week = [
            quarter(3.0, Some(100.0)),
            quarter(1.0, Some(500.0)),
            quarter(0.0, None),
        ];
        assert_eq!(of_week(&week, "turn_p50_ms", Over::Turns), Some(200.0));
        assert_eq!(of_week(&week, "turns", Over::Sum), Some(4.0));
        assert_eq!(of_week(&week, "cost_usd", Over::Sum), None);
        assert_eq!(of_week(&[quarter(0.0, None)], "turn_p50_ms", Over::Turns), None);
    }

    #[test]
    fn a_change_is_a_share_of_what_was_before() {
        let compared = |this_week, last_week| Compared {
            name: "turns",
            unit: "turns",
            this_week,
            last_week,
        };
        assert_eq!(compared(Some(150.0), Some(100.0)).change(), Some(0.5));
        assert_eq!(compared(Some(50.0), Some(100.0)).change(), Some(-0.5));
        assert_eq!(compared(Some(50.0), None).change(), None);
        assert_eq!(compared(Some(50.0), Some(0.0)).change(), None);
        assert_eq!(compared(None, Some(1.0)).change(), None);
    }
}
