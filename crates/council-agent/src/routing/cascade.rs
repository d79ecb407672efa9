//! The policy: what computes comes first, then local models from the usual one to larger ones, then the council, then
//! the cloud; each is asked only when the one before it was not sure.

use council_core::{
    Answerer, Considered, Decision, ModelView, PlannedStep, RoutingPolicy, RoutingRules, RoutingState,
    SkillKind, TurnFeatures,
};

/// Probability of being right that is assumed of a model that was never calibrated: of a local one by its size, because
/// larger ones of a generation are more able; of a remote one because people pay for it.
const UNKNOWN_LOCAL: [(u64, f64); 4] = [
    (300_000_000, 0.2),
    (800_000_000, 0.4),
    (2_500_000_000, 0.5),
    (u64::MAX, 0.65),
];
const UNKNOWN_REMOTE: f64 = 0.8;

/// Memory that a model needs beside its file, in bytes: context and buffers.
const BESIDE_THE_FILE: u64 = 256 << 20;

/// Tokens of an answer whose length nobody bounded, for estimates of what it costs and whether it fits.
const USUAL_ANSWER: u32 = 512;

/// The policy of Council.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cascade;

impl RoutingPolicy for Cascade {
    fn name(&self) -> &'static str {
        "cascade"
    }

    fn decide(&self, features: &TurnFeatures, state: &RoutingState, rules: &RoutingRules) -> Decision {
        let kind = features.kind();
        let mut plan = Plan {
            features,
            state,
            rules,
            kind,
            decision: Decision {
                kind,
                probability: features.probability(kind),
                steps: Vec::new(),
                considered: Vec::new(),
                degraded: Vec::new(),
                max_tokens: None,
            },
        };
        plan.skills();
        plan.local_models();
        plan.council();
        plan.cloud();
        plan.decision
    }
}

/// The default model, whatever the question: what the cascade is held against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fixed;

impl RoutingPolicy for Fixed {
    fn name(&self) -> &'static str {
        "default"
    }

    fn decide(&self, features: &TurnFeatures, state: &RoutingState, _rules: &RoutingRules) -> Decision {
        let kind = features.kind();
        let default = state.models.iter().find(|model| model.default);
        let answerer = |model: &ModelView| Answerer::Model(model.id.clone());
        let considered = |model: &ModelView| Considered {
            answerer: answerer(model),
            score: score(model),
            why_not: (!model.default).then(|| "it is not the default model".to_owned()),
        };
        let step = |model: &ModelView| PlannedStep {
            answerer: answerer(model),
            reason: "the default model".to_owned(),
            accept_at: 0.0,
            help: false,
        };
        Decision {
            kind,
            probability: features.probability(kind),
            steps: default.map(step).into_iter().collect(),
            considered: state.models.iter().map(considered).collect(),
            degraded: Vec::new(),
            max_tokens: None,
        }
    }
}

/// A decision that is being made.
struct Plan<'a> {
    features: &'a TurnFeatures,
    state: &'a RoutingState,
    rules: &'a RoutingRules,
    kind: SkillKind,
    decision: Decision,
}

impl Plan<'_> {
    fn ask(&mut self, answerer: Answerer, score: f64, reason: String, help: bool) {
        let accept_at = match &answerer {
            // They answer only what they are sure of.
            Answerer::Skill(_) => 0.0,
            Answerer::Model(_) | Answerer::Council => self.accept_at(),
        };
        self.decision.considered.push(Considered {
            answerer: answerer.clone(),
            score,
            why_not: None,
        });
        self.decision.steps.push(PlannedStep {
            answerer,
            reason,
            accept_at,
            help,
        });
    }

    /// From which probability of being right on an answer is accepted.
    fn accept_at(&self) -> f64 {
        if self.features.probability(self.kind) < self.rules.sure_kind {
            return 0.0;
        }
        self.rules.accept.of(self.kind)
    }

    fn pass(&mut self, answerer: Answerer, score: f64, why_not: impl Into<String>) {
        self.decision.considered.push(Considered {
            answerer,
            score,
            why_not: Some(why_not.into()),
        });
    }

    /// Skills that may know, the most likely one first.
    fn skills(&mut self) {
        let mut skills: Vec<(SkillKind, f32)> = [SkillKind::Math, SkillKind::Logic, SkillKind::Knowledge]
            .into_iter()
            .filter(|kind| self.features.skills.contains(kind))
            .map(|kind| (kind, self.features.probability(kind)))
            .collect();
        skills.sort_by(|one, other| other.1.total_cmp(&one.1));
        for (kind, probability) in skills {
            let answerer = Answerer::Skill(kind);
            let score = f64::from(probability);
            let support = self.features.support.filter(|_| kind == SkillKind::Knowledge);
            let supported = support.filter(|support| *support >= self.rules.support);
            let quote = self.features.quote.filter(|_| kind == SkillKind::Knowledge);
            let quoted = quote.filter(|score| *score >= self.rules.quote);
            // Looking up costs more than a look at the question, and finds something for everything.
            let least = match kind {
                SkillKind::Knowledge => self.rules.help_skill,
                _ => self.rules.try_skill,
            };
            if self.features.needs_form || self.features.needs_tools || self.features.needs_vision {
                self.pass(answerer, score, "the request asks for what only models give");
            } else if let Some(quote) = quoted {
                let reason = format!("a sentence of a document answers it ({quote:.2})");
                self.ask(answerer, score.max(f64::from(quote)), reason, true);
            } else if let Some(support) = supported {
                let reason = format!("documents say something close to it (cosine {support:.2})");
                self.ask(answerer, score.max(f64::from(support)), reason, true);
            } else if probability < least {
                let why_not = format!(
                    "the question is {kind} with probability {probability:.2} only",
                    kind = kind.as_str()
                );
                self.pass(answerer, score, why_not);
            } else {
                let reason = format!("the question may be {} ({probability:.2})", kind.as_str());
                self.ask(answerer, score, reason, probability >= self.rules.help_skill);
            }
        }
    }

    /// The usual model, then those that are more able.
    fn local_models(&mut self) {
        let models: Vec<&ModelView> = self.state.models.iter().filter(|model| !model.remote).collect();
        let mut able: Vec<&ModelView> = Vec::new();
        for model in models {
            match self.cannot(model) {
                Some(why_not) => self.pass(Answerer::Model(model.id.clone()), score(model), why_not),
                None => able.push(model),
            }
        }
        let wanted = self.rules.first.of(self.kind);
        let chosen = able.iter().copied().find(|model| wanted == Some(&model.id));
        if let (Some(id), None) = (wanted, chosen) {
            let what = format!(
                "`{id}` is to be asked first (`routing.model.{}`) and cannot answer here",
                self.kind.as_str()
            );
            self.decision.degraded.push(what);
        }
        let usual = chosen.or(able.iter().copied().find(|model| model.default));
        let Some(usual) = usual.or(able.first().copied()) else {
            return;
        };
        let first = self.first(usual, &able);
        let mut larger: Vec<&ModelView> = able
            .iter()
            .copied()
            .filter(|model| model.id != first.id && strength(model) > strength(first))
            .collect();
        larger.sort_by(|one, other| strength(one).total_cmp(&strength(other)));
        let reason = if first.id == usual.id && chosen.is_some() {
            format!("chosen for questions of this kind ({})", self.kind.as_str())
        } else if first.id == usual.id {
            "the usual model".to_owned()
        } else {
            format!("`{}` is busy", usual.id)
        };
        self.ask(Answerer::Model(first.id.clone()), score(first), reason, false);
        for model in larger {
            let answerer = Answerer::Model(model.id.clone());
            if self.is_busy(usual) {
                self.pass(answerer, score(model), "the machine is busy");
            } else if self.rules.larger {
                self.ask(
                    answerer,
                    score(model),
                    "a larger model, where the one before is not sure".to_owned(),
                    false,
                );
            } else {
                self.pass(answerer, score(model), "`routing.larger` is off");
            }
        }
        for model in able {
            if !self
                .decision
                .considered
                .iter()
                .any(|one| one.answerer.name() == model.id)
            {
                let why_not = format!("it is less able than `{}`", first.id);
                self.pass(Answerer::Model(model.id.clone()), score(model), why_not);
            }
        }
    }

    /// The model that is asked first: the usual one, or while it is busy the most able one that is loaded and has room,
    /// with a shorter answer where there is none.
    fn first<'b>(&mut self, usual: &'b ModelView, able: &[&'b ModelView]) -> &'b ModelView {
        if !self.is_busy(usual) {
            return usual;
        }
        let free = able
            .iter()
            .copied()
            .filter(|model| model.loaded && !self.is_busy(model));
        let free = free.max_by(|one, other| strength(one).total_cmp(&strength(other)));
        let what = format!(
            "`{}` has {:.1} times the requests that it runs at once",
            usual.id, usual.load
        );
        if let Some(model) = free {
            self.decision
                .degraded
                .push(format!("{what}, so `{}` answers", model.id));
            return model;
        }
        let most = self.rules.busy_max_tokens;
        self.decision.max_tokens = Some(self.features.max_tokens.map_or(most, |asked| asked.min(most)));
        self.decision
            .degraded
            .push(format!("{what}, so answers have {most} tokens at most"));
        usual
    }

    fn council(&mut self) {
        let local = |answerer: &Answerer| matches!(answerer, Answerer::Model(_));
        let members = self
            .decision
            .steps
            .iter()
            .filter(|step| local(&step.answerer))
            .count();
        let why_not = if members == 0 {
            "no local model can take part"
        } else if !self.rules.council {
            "`routing.council` is off"
        } else if self.accept_at() <= 0.0 {
            "an answer of this kind is always accepted"
        } else if self.features.needs_form || self.features.needs_tools || self.features.needs_vision {
            "the request asks for what single models give"
        } else if !self.decision.degraded.is_empty() {
            "the machine is busy"
        } else {
            let reason = "a vote, where no single model here is sure".to_owned();
            return self.ask(Answerer::Council, 0.0, reason, false);
        };
        self.pass(Answerer::Council, 0.0, why_not);
    }

    /// Remote models in their order; in the place of local ones where there are none.
    fn cloud(&mut self) {
        let remote: Vec<&ModelView> = self.state.models.iter().filter(|model| model.remote).collect();
        for model in remote {
            let answerer = Answerer::Model(model.id.clone());
            let alone = self
                .decision
                .steps
                .iter()
                .all(|step| matches!(step.answerer, Answerer::Skill(_)));
            let cost = cost(model, self.features);
            let beyond = self.state.money().is_some_and(|left| cost > left.as_usd());
            let why_not = if self.features.local_only {
                Some("the request stays on this machine".to_owned())
            } else if !self.state.cloud {
                Some("cloud models are off".to_owned())
            } else if beyond {
                Some(format!(
                    "it may cost ${cost:.6}, which is more than the budget has left"
                ))
            } else if let Some(why_not) = self.cannot(model) {
                Some(why_not)
            } else if !self.rules.cloud && !alone {
                Some("`routing.cloud` is off".to_owned())
            } else {
                None
            };
            match why_not {
                Some(why_not) => self.pass(answerer, score(model), why_not),
                None if alone => self.ask(
                    answerer,
                    score(model),
                    "no local model can answer".to_owned(),
                    false,
                ),
                None => self.ask(
                    answerer,
                    score(model),
                    "a cloud model, where nobody here is sure".to_owned(),
                    false,
                ),
            }
        }
    }

    /// Why a model cannot answer this.
    fn cannot(&self, model: &ModelView) -> Option<String> {
        let features = self.features;
        if let Some(reason) = &model.unavailable {
            return Some(reason.clone());
        }
        if features.needs_vision && !model.vision {
            return Some("it sees no images".to_owned());
        }
        if features.needs_tools && !model.tools {
            return Some("it cannot call tools".to_owned());
        }
        if features.prompt_tokens >= model.context_tokens {
            return Some(format!(
                "the prompt has about {} tokens, and its context {}",
                features.prompt_tokens, model.context_tokens
            ));
        }
        let free = self
            .state
            .free_memory
            .filter(|_| !model.remote && !model.loaded && !model.default);
        match (free, model.size_bytes) {
            (Some(free), Some(size)) if size.saturating_add(BESIDE_THE_FILE) > free => Some(format!(
                "it needs about {} MiB, and {} MiB are free",
                size.saturating_add(BESIDE_THE_FILE) >> 20,
                free >> 20
            )),
            _ => None,
        }
    }

    fn is_busy(&self, model: &ModelView) -> bool {
        model.load > self.rules.busy_load || model.kv_used > self.rules.busy_kv
    }
}

/// How likely a model is thought to be right.
fn score(model: &ModelView) -> f64 {
    let assumed = || {
        if model.remote {
            return UNKNOWN_REMOTE;
        }
        let size = model.size_bytes.unwrap_or(0);
        let step = UNKNOWN_LOCAL.iter().find(|(most, _)| size <= *most);
        step.map_or(0.0, |(_, score)| *score)
    };
    model.reliability.unwrap_or_else(assumed)
}

/// By what local models are put in order: size. One that another server here runs has none that is known, and nobody runs
/// a server for a small one.
fn strength(model: &ModelView) -> f64 {
    model.size_bytes.map_or(f64::INFINITY, |bytes| bytes as f64)
}

/// What an answer is expected to cost, in US dollars.
fn cost(model: &ModelView, features: &TurnFeatures) -> f64 {
    let output = features.max_tokens.unwrap_or(USUAL_ANSWER);
    (f64::from(features.prompt_tokens) * model.input_usd + f64::from(output) * model.output_usd) / 1e6
}

#[cfg(test)]
mod tests;
