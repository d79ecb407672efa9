//! Numbers of answers. Pure.

use super::answer::{Answer, Verdict};
use council_agent::calibration::measures::{auroc, ece, reliability};
use council_core::SkillKind;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Two computations are comparable up to this factor.
const COMPARABLE: f64 = 1.5;

/// What a generated token of each model counts: its size by that of the usual model, because generation reads all of a
/// model for each token. 1 for models whose size is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Weights(BTreeMap<String, f64>);

impl Weights {
    /// By size in bytes; the first model is the usual one.
    pub(super) fn of<'a>(models: impl IntoIterator<Item = (&'a str, Option<u64>)>) -> Self {
        let models: Vec<_> = models.into_iter().collect();
        let unit = models.first().and_then(|(_, size)| *size);
        let weight = |size: Option<u64>| match (size, unit) {
            (Some(size), Some(unit)) if unit > 0 => size as f64 / unit as f64,
            _ => 1.0,
        };
        Self(
            models
                .into_iter()
                .map(|(id, size)| (id.to_owned(), weight(size)))
                .collect(),
        )
    }

    /// What an answer cost, in generated tokens of the usual model.
    pub(super) fn cost(&self, answer: &Answer) -> f64 {
        let weight = |model: &String| self.0.get(model).copied().unwrap_or(1.0);
        let tokens = answer.output_tokens.iter();
        tokens
            .map(|(model, tokens)| f64::from(*tokens) * weight(model))
            .sum()
    }
}

/// How many answers were graded how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Counts {
    pub(super) asked: usize,
    pub(super) right: usize,
    pub(super) wrong: usize,
    pub(super) declined: usize,
    pub(super) failed: usize,
    /// Right of asked, [0, 1].
    pub(super) accuracy: f64,
    /// Where accuracy is with 95 % confidence (Wilson 1927).
    pub(super) interval: [f64; 2],
}

impl Counts {
    pub(super) fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let mut counts = Self::default();
        for answer in answers {
            counts.asked += 1;
            *match answer.verdict {
                Verdict::Right => &mut counts.right,
                Verdict::Wrong => &mut counts.wrong,
                Verdict::Declined => &mut counts.declined,
                Verdict::Failed => &mut counts.failed,
            } += 1;
        }
        counts.accuracy = counts.right as f64 / counts.asked.max(1) as f64;
        counts.interval = interval(counts.right, counts.asked);
        counts
    }
}

/// The score interval of a share, at 95 %.
fn interval(right: usize, asked: usize) -> [f64; 2] {
    if asked == 0 {
        return [0.0, 1.0];
    }
    let (n, z) = (asked as f64, 1.96_f64);
    let share = right as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

/// How far confidence can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Reported {
    /// Answers that had one.
    pub(super) answers: usize,
    /// Of them, those whose confidence was calibrated.
    pub(super) calibrated: usize,
    /// `None` where all were right or all wrong.
    pub(super) auroc: Option<f64>,
    pub(super) ece: f64,
    /// Mean confidence of right answers, and of wrong ones.
    pub(super) mean_if_right: Option<f64>,
    pub(super) mean_if_wrong: Option<f64>,
}

impl Reported {
    fn of(answers: &[&Answer]) -> Self {
        let graded = |answer: &&&Answer| matches!(answer.verdict, Verdict::Right | Verdict::Wrong);
        let said: Vec<(f64, bool, bool)> = answers
            .iter()
            .filter(graded)
            .filter_map(|answer| {
                let right = answer.verdict == Verdict::Right;
                answer.confidence.map(|said| (said, right, answer.calibrated))
            })
            .collect();
        let pairs: Vec<(f64, bool)> = said.iter().map(|(said, right, _)| (*said, *right)).collect();
        let mean_of = |right: bool| {
            let those = pairs.iter().filter(|pair| pair.1 == right);
            mean(those.map(|pair| pair.0))
        };
        Self {
            answers: said.len(),
            calibrated: said.iter().filter(|(_, _, calibrated)| *calibrated).count(),
            auroc: auroc(&pairs),
            ece: ece(&reliability(&pairs)),
            mean_if_right: mean_of(true),
            mean_if_wrong: mean_of(false),
        }
    }
}

/// Everything about one policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) policy: String,
    pub(super) all: Counts,
    /// Without questions about documents.
    pub(super) without_facts: Counts,
    pub(super) by_kind: BTreeMap<SkillKind, Counts>,
    /// Answers for which more than one was asked.
    pub(super) escalated: usize,
    pub(super) latency_mean_ms: f64,
    pub(super) latency_p95_ms: f64,
    /// Of all answers.
    pub(super) input_tokens: u64,
    pub(super) output_tokens: BTreeMap<String, u64>,
    /// Generated tokens of the usual model that an answer costs, in the mean.
    pub(super) weighted_tokens: f64,
    pub(super) cost_usd: f64,
    pub(super) confidence: Reported,
}

/// Of the answers of one policy.
pub(super) fn summary(policy: &str, answers: &[Answer], weights: &Weights) -> Summary {
    let of_policy: Vec<&Answer> = answers.iter().filter(|answer| answer.policy == policy).collect();
    let kinds = SkillKind::ALL.into_iter().filter_map(|kind| {
        let counts = Counts::of(of_policy.iter().copied().filter(|answer| answer.kind == kind));
        (counts.asked > 0).then_some((kind, counts))
    });
    let mut output_tokens: BTreeMap<String, u64> = BTreeMap::new();
    for (model, tokens) in of_policy.iter().flat_map(|answer| &answer.output_tokens) {
        *output_tokens.entry(model.clone()).or_default() += u64::from(*tokens);
    }
    let mut latencies: Vec<f64> = of_policy.iter().map(|answer| answer.latency_ms).collect();
    latencies.sort_unstable_by(f64::total_cmp);
    let is_fact = |answer: &&&Answer| answer.kind == SkillKind::Knowledge;
    Summary {
        policy: policy.to_owned(),
        all: Counts::of(of_policy.iter().copied()),
        without_facts: Counts::of(of_policy.iter().filter(|answer| !is_fact(answer)).copied()),
        by_kind: kinds.collect(),
        escalated: of_policy.iter().filter(|answer| answer.escalated).count(),
        latency_mean_ms: mean(latencies.iter().copied()).unwrap_or(0.0),
        latency_p95_ms: percentile(&latencies, 95).unwrap_or(0.0),
        input_tokens: of_policy
            .iter()
            .map(|answer| u64::from(answer.input_tokens))
            .sum(),
        output_tokens,
        weighted_tokens: mean(of_policy.iter().map(|answer| weights.cost(answer))).unwrap_or(0.0),
        cost_usd: of_policy.iter().map(|answer| answer.cost_usd).sum::<f64>() + 0.0,
        confidence: Reported::of(&of_policy),
    }
}

/// A way to answer, and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct AtCost {
    pub(super) policy: String,
    /// [0, 1].
    pub(super) accuracy: f64,
    /// Generated tokens of the usual model for an answer, in the mean.
    pub(super) weighted_tokens: f64,
}

/// Answers of several policies to the same questions.
pub(super) struct Paired<'a> {
    /// For each question that all of the policies were asked, their answers in the policies' order.
    rows: Vec<Vec<&'a Answer>>,
    policies: Vec<&'a str>,
    weights: &'a Weights,
}

impl<'a> Paired<'a> {
    pub(super) fn new(policies: &[&'a str], answers: &'a [Answer], weights: &'a Weights) -> Self {
        let mut by_question: BTreeMap<&str, Vec<Option<&Answer>>> = BTreeMap::new();
        for answer in answers {
            let Some(at) = policies.iter().position(|policy| *policy == answer.policy) else {
                continue;
            };
            let row = by_question
                .entry(&answer.question)
                .or_insert_with(|| vec![None; policies.len()]);
            row[at] = Some(answer);
        }
        Self {
            rows: by_question
                .into_values()
                .filter_map(|row| row.into_iter().collect())
                .collect(),
            policies: policies.to_vec(),
            weights,
        }
    }

    /// Questions that all were asked.
    pub(super) fn questions(&self) -> usize {
        self.rows.len()
    }

    /// Each policy, with the oracle (right where any was, at the price of the cheapest that was; of the cheapest of all
    /// where none was) and with sending as many questions to the larger model as the cascade escalates, by chance.
    pub(super) fn at_cost(&self) -> Vec<AtCost> {
        let mut table: Vec<AtCost> = self
            .policies
            .iter()
            .enumerate()
            .map(|(at, policy)| self.mean(policy, |row| (is_right(row[at]), self.weights.cost(row[at]))))
            .collect();
        table.extend(self.chance(&table));
        if !self.policies.is_empty() {
            table.push(self.mean("oracle", |row| {
                let right = row.iter().any(|answer| is_right(answer));
                let candidates = row.iter().filter(|answer| is_right(answer) == right);
                let costs = candidates.map(|answer| self.weights.cost(answer));
                (right, costs.fold(f64::INFINITY, f64::min))
            }));
        }
        table
    }

    fn mean(&self, policy: &str, each: impl Fn(&Vec<&Answer>) -> (bool, f64)) -> AtCost {
        let rows: Vec<(bool, f64)> = self.rows.iter().map(each).collect();
        AtCost {
            policy: policy.to_owned(),
            accuracy: mean(rows.iter().map(|(right, _)| f64::from(u8::from(*right)))).unwrap_or(0.0),
            weighted_tokens: mean(rows.iter().map(|(_, cost)| *cost)).unwrap_or(0.0),
        }
    }

    fn chance(&self, table: &[AtCost]) -> Option<AtCost> {
        let place = |name: &str| self.policies.iter().position(|policy| *policy == name);
        let (small, large) = (&table[place("small")?], &table[place("large")?]);
        let cascade = place("cascade")?;
        let share = mean(
            self.rows
                .iter()
                .map(|row| f64::from(u8::from(row[cascade].escalated))),
        )?;
        Some(AtCost {
            policy: "chance".to_owned(),
            accuracy: small.accuracy + share * (large.accuracy - small.accuracy),
            // Whoever escalates has paid for the small model's answer as well.
            weighted_tokens: small.weighted_tokens + share * large.weighted_tokens,
        })
    }
}

fn is_right(answer: &Answer) -> bool {
    answer.verdict == Verdict::Right
}

/// Two policies on the same questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Duel {
    pub(super) one: String,
    pub(super) other: String,
    pub(super) questions: usize,
    pub(super) both_right: usize,
    pub(super) only_one_right: usize,
    pub(super) only_other_right: usize,
    /// Generated tokens of the usual model for an answer of each, in the mean.
    pub(super) weighted_tokens: [f64; 2],
    /// Whether these differ by less than half.
    pub(super) equal_compute: bool,
}

/// `None` where they have no question in common.
pub(super) fn duel(one: &str, other: &str, answers: &[Answer], weights: &Weights) -> Option<Duel> {
    let paired = Paired::new(&[one, other], answers, weights);
    let count = |expected: (bool, bool)| {
        let rows = paired.rows.iter();
        rows.filter(|row| (is_right(row[0]), is_right(row[1])) == expected)
            .count()
    };
    let cost = |at: usize| mean(paired.rows.iter().map(|row| weights.cost(row[at])));
    let (first, second) = (cost(0)?, cost(1)?);
    Some(Duel {
        one: one.to_owned(),
        other: other.to_owned(),
        questions: paired.questions(),
        both_right: count((true, true)),
        only_one_right: count((true, false)),
        only_other_right: count((false, true)),
        weighted_tokens: [first, second],
        equal_compute: first.max(second) <= COMPARABLE * first.min(second),
    })
}

/// Times, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Times {
    pub(super) runs: usize,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

impl Times {
    /// `None` without any.
    pub(super) fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Some(Self {
            runs: sorted.len(),
            p50_ms: percentile(&sorted, 50)?,
            p99_ms: percentile(&sorted, 99)?,
        })
    }
}

/// The least value that so many percent are not above.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests;
