//! The result as JSON and as tables.

use super::answer::{Answer, Settings};
use super::ask::Policy;
use super::classifier::Classified;
use super::measures::{Counts, Duel, Paired, Summary, Times, Weights, duel, summary};
use crate::output::{Output, table};
use council_agent::grade::Question;
use council_core::{Calibration, ModelInfo};
use council_models::hardware::Hardware;
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// Who is held against whom at equal compute.
const DUELS: [(&str, &str); 4] = [
    ("council", "samples"),
    ("council", "large"),
    ("samples", "large"),
    ("cascade", "large"),
];

/// Everything that was found out.
pub(super) struct Report {
    pub(super) settings: Settings,
    pub(super) models: Vec<ModelInfo>,
    /// Who sits in the council.
    pub(super) council: String,
    /// What was measured of models before.
    pub(super) calibrations: Vec<Calibration>,
    pub(super) classified: Classified,
    pub(super) answers: Vec<Answer>,
    pub(super) weights: Weights,
}

impl Report {
    /// Whether this was asked before.
    pub(super) fn has(&self, policy: &Policy, question: &Question) -> bool {
        let mut answers = self.answers.iter();
        answers.any(|answer| answer.policy == policy.name && answer.question == question.id)
    }

    /// Policies with answers, in the order in which they first answered.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for answer in &self.answers {
            if !names.contains(&answer.policy.as_str()) {
                names.push(&answer.policy);
            }
        }
        names
    }

    /// What a policy is, in words.
    fn meaning(&self, name: &str) -> String {
        match name {
            "cascade" => {
                "as requests are routed on this machine: skills, models from small to large, the council; \
                          documents are looked up"
                    .to_owned()
            }
            "council" => self.council.clone(),
            "samples" => {
                "five samples of the first model at temperature 0.7 without personas or checks, and the \
                          majority; ranked by the same model where nothing short can be counted"
                    .to_owned()
            }
            "skills" => "what computes, without any model".to_owned(),
            "small" => "the first model alone".to_owned(),
            "large" => "the largest model alone".to_owned(),
            id => format!("`{id}` alone"),
        }
    }

    fn summaries(&self) -> Vec<Summary> {
        let of = |name: &str| summary(name, &self.answers, &self.weights);
        self.names().into_iter().map(of).collect()
    }

    fn duels(&self) -> Vec<Duel> {
        let duels = DUELS.into_iter();
        duels
            .filter_map(|(one, other)| duel(one, other, &self.answers, &self.weights))
            .collect()
    }

    pub(super) fn json(&self) -> Value {
        let hardware = Hardware::detect();
        let paired = Paired::new(&self.names(), &self.answers, &self.weights);
        let models = self.models.iter().map(|model| {
            let calibrated = self.calibrations.iter().filter(|one| one.model == model.id);
            let calibrated = calibrated.map(|one| {
                json!({
                    "kind": one.kind,
                    "asked": one.asked,
                    // Of such a model confidence is judged by questions that its calibration has seen.
                    "by_these_questions": one.questions_sha256 == self.settings.questions_sha256,
                })
            });
            json!({
                "id": model.id,
                "size_bytes": model.size_bytes,
                "calibrations": calibrated.collect::<Vec<_>>(),
            })
        });
        let policies: serde_json::Map<String, Value> = self
            .names()
            .into_iter()
            .map(|name| (name.to_owned(), self.meaning(name).into()))
            .collect();
        json!({
            "made_by": "council bench router",
            "version": env!("CARGO_PKG_VERSION"),
            "machine": {
                "cpu": hardware.cpu_model,
                "physical_cores": hardware.physical_cores,
                "logical_cores": hardware.logical_cores,
                "memory_bytes": hardware.memory_bytes,
            },
            "settings": self.settings,
            "models": models.collect::<Vec<_>>(),
            "token_weights": self.weights,
            "classifier": self.classified,
            "policies": policies,
            "measured": self.summaries(),
            "accuracy_at_cost": {"questions": paired.questions(), "table": paired.at_cost()},
            "equal_compute": self.duels(),
            "answers": self.answers,
        })
    }

    pub(super) fn tables(&self, output: &mut Output) -> io::Result<()> {
        self.classifier(output)?;
        let summaries = self.summaries();
        if summaries.is_empty() {
            return Ok(());
        }
        accuracy(&summaries, output)?;
        self.cost(output)?;
        for duel in self.duels() {
            let [one, other] = duel.weighted_tokens;
            writeln!(
                output,
                "{} against {}: {} questions, both right {}, only {} {}, only {} {}; {one:.0} and {other:.0} weighted \
                 tokens each{}",
                duel.one,
                duel.other,
                duel.questions,
                duel.both_right,
                duel.one,
                duel.only_one_right,
                duel.other,
                duel.only_other_right,
                if duel.equal_compute {
                    ", comparable"
                } else {
                    ", not comparable"
                },
            )?;
        }
        Ok(())
    }

    fn classifier(&self, output: &mut Output) -> io::Result<()> {
        let found = &self.classified;
        let named = [
            ("with embedding", found.with_embedding.as_ref()),
            ("without", Some(&found.without_embedding)),
        ];
        for (name, recognised) in named {
            match recognised {
                Some(all) => {
                    let kinds: Vec<String> = all
                        .by_kind
                        .iter()
                        .map(|(kind, of)| format!("{} {}/{}", kind.as_str(), of.right, of.queries))
                        .collect();
                    writeln!(
                        output,
                        "kinds, held out, {name}: {} of {} ({:.1} %); {}",
                        all.right,
                        all.queries,
                        100.0 * all.accuracy,
                        kinds.join(", ")
                    )?;
                }
                None => writeln!(
                    output,
                    "kinds, held out, {name}: not measured: {}",
                    found.problem.as_deref().unwrap_or_default()
                )?,
            }
        }
        let rows = [
            ("embedding", found.overhead.embedding),
            ("classification with it", found.overhead.classify_with),
            ("classification without", found.overhead.classify_without),
            ("decision", found.overhead.decide),
        ];
        let header = ["OVERHEAD", "P50 MS", "P99 MS", "RUNS"]
            .map(str::to_owned)
            .to_vec();
        let measured = rows
            .into_iter()
            .filter_map(|(name, times): (&str, Option<Times>)| {
                let times = times?;
                Some(vec![
                    name.to_owned(),
                    format!("{:.4}", times.p50_ms),
                    format!("{:.4}", times.p99_ms),
                    times.runs.to_string(),
                ])
            });
        let rows: Vec<Vec<String>> = std::iter::once(header).chain(measured).collect();
        writeln!(output)?;
        output.write_all(table(&rows).as_bytes())
    }

    fn cost(&self, output: &mut Output) -> io::Result<()> {
        let paired = Paired::new(&self.names(), &self.answers, &self.weights);
        writeln!(
            output,
            "\naccuracy at cost, on the {} questions that all were asked; a token of a model counts its size by that of \
             the usual one",
            paired.questions()
        )?;
        let header = ["POLICY", "RIGHT", "WEIGHTED TOKENS"].map(str::to_owned).to_vec();
        let mut rows = vec![header];
        rows.extend(paired.at_cost().into_iter().map(|one| {
            vec![
                one.policy,
                format!("{:.1} %", 100.0 * one.accuracy),
                format!("{:.0}", one.weighted_tokens),
            ]
        }));
        output.write_all(table(&rows).as_bytes())?;
        writeln!(output)
    }
}

/// A line for each policy.
fn accuracy(summaries: &[Summary], output: &mut Output) -> io::Result<()> {
    let share = |counts: &Counts| {
        let [low, high] = counts.interval.map(|bound| 100.0 * bound);
        format!(
            "{}/{} {:.0} % [{low:.0}, {high:.0}]",
            counts.right,
            counts.asked,
            100.0 * counts.accuracy
        )
    };
    let header = [
        "POLICY", "RIGHT", "NO FACTS", "WRONG", "DECLINED", "FAILED", "MEAN S", "P95 S", "TOKENS", "AUROC",
        "ECE", "USD",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let mut kinds = Vec::new();
    for one in summaries {
        let confidence = &one.confidence;
        rows.push(vec![
            one.policy.clone(),
            share(&one.all),
            share(&one.without_facts),
            one.all.wrong.to_string(),
            one.all.declined.to_string(),
            one.all.failed.to_string(),
            format!("{:.1}", one.latency_mean_ms / 1e3),
            format!("{:.1}", one.latency_p95_ms / 1e3),
            one.output_tokens.values().sum::<u64>().to_string(),
            confidence
                .auroc
                .map_or("-".to_owned(), |auroc| format!("{auroc:.3}")),
            format!("{:.3}", confidence.ece),
            format!("{:.4}", one.cost_usd),
        ]);
        let of = one.by_kind.iter();
        let of = of.map(|(kind, counts)| format!("{} {}/{}", kind.as_str(), counts.right, counts.asked));
        kinds.push(format!("{}: {}", one.policy, of.collect::<Vec<_>>().join(", ")));
    }
    writeln!(output)?;
    output.write_all(table(&rows).as_bytes())?;
    writeln!(output, "\nright by kind: {}", kinds.join("; "))
}
