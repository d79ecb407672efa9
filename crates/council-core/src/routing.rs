//! Who answers a request, decided from what is known before anybody is asked.
//!
//! Everything that a decision rests on is in [`TurnFeatures`], [`RoutingState`] and [`RoutingRules`], plain values that
//! are kept with it: the same values give the same decision, today and when somebody asks why.

use crate::budget::NanoUsd;
use crate::skill::SkillKind;
use serde::{Deserialize, Serialize};

/// Who can answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answerer {
    /// A skill that computes or looks up.
    Skill(SkillKind),
    /// The model of this id.
    Model(String),
    /// Several voices and a vote.
    Council,
}

impl Answerer {
    /// Its name in JSON and in metrics: the model's id, the skill's name, or `council`.
    pub fn name(&self) -> &str {
        match self {
            Self::Skill(kind) => kind.as_str(),
            Self::Model(id) => id,
            Self::Council => "council",
        }
    }
}

/// What is known about a request before anybody is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnFeatures {
    /// How likely the question is of each kind, in the order of [`SkillKind::ALL`]; they add up to 1.
    pub kinds: [f32; 5],
    /// Whether the classifier has seen the like of it.
    pub known: bool,
    /// Length of the question in bytes.
    pub question_bytes: usize,
    /// Estimated tokens of the whole prompt, history included.
    pub prompt_tokens: u32,
    /// Most tokens of the answer, where the request bounds it.
    pub max_tokens: Option<u32>,
    /// Whether the model must be able to call tools.
    pub needs_tools: bool,
    /// Whether the model must see images.
    pub needs_vision: bool,
    /// Whether the answer must have a form (JSON, a grammar), which only models give.
    pub needs_form: bool,
    /// Whether the answer is shown only when it is whole, so that another may take its place until then.
    pub revisable: bool,
    /// Whether nothing may leave this machine.
    pub local_only: bool,
    /// Skills that may be tried.
    pub skills: Vec<SkillKind>,
    /// How close the user's documents come to the question, as a cosine: of the closest passage that has a word of it.
    /// `None` where there is none, and where nobody looked.
    #[serde(default)]
    pub support: Option<f32>,
    /// How well a single sentence of the user's documents answers the question: 0.6 is well, 1 beyond doubt. `None` where
    /// none does, and where nobody looked.
    #[serde(default)]
    pub quote: Option<f32>,
}

impl TurnFeatures {
    /// How likely the question is of this kind.
    pub fn probability(&self, kind: SkillKind) -> f32 {
        let at = SkillKind::ALL.iter().position(|one| *one == kind);
        at.map_or(0.0, |at| self.kinds[at])
    }

    /// The most likely kind; conversation where the like of the question is not known.
    pub fn kind(&self) -> SkillKind {
        if !self.known {
            return SkillKind::Chat;
        }
        SkillKind::likeliest(self.kinds)
    }
}

/// A model as a decision sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelView {
    /// Its id.
    pub id: String,
    /// Whether prompts leave this machine.
    pub remote: bool,
    /// Longest prompt plus answer, in tokens.
    pub context_tokens: u32,
    /// US dollars per million prompt tokens.
    pub input_usd: f64,
    /// US dollars per million generated tokens.
    pub output_usd: f64,
    /// Whether it can call tools.
    pub tools: bool,
    /// Whether it sees images.
    pub vision: bool,
    /// Size on disk in bytes, where it has one; the measure of how able a local model is before it was calibrated.
    pub size_bytes: Option<u64>,
    /// Whether it answers requests that name no model.
    pub default: bool,
    /// Why it cannot answer now: it failed to load, or its server is down.
    pub unavailable: Option<String>,
    /// Whether it is in memory, or remote.
    pub loaded: bool,
    /// Requests that run and wait, against those that can run at once.
    pub load: f64,
    /// How much of its KV cache is in use, [0, 1].
    pub kv_used: f64,
    /// Share of right answers to questions of this kind, where that was measured.
    pub reliability: Option<f64>,
}

/// What is the case while a decision is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoutingState {
    /// The models, in order of preference.
    pub models: Vec<ModelView>,
    /// Whether remote models may be asked.
    pub cloud: bool,
    /// What may still be spent today, in nano-dollars; `None`: unbounded.
    pub remaining: Option<u64>,
    /// Free memory in bytes, where that is known.
    pub free_memory: Option<u64>,
}

impl RoutingState {
    /// What may still be spent.
    pub fn money(&self) -> Option<NanoUsd> {
        self.remaining.map(NanoUsd)
    }
}

/// Everything about routing that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoutingRules {
    /// A skill that computes is tried from this probability of its kind on, [0, 1]. Low, because it says so when a
    /// question is none of its own, and that costs less than a millisecond.
    pub try_skill: f32,
    /// From this probability on, a skill may also ask a model and run programs.
    pub help_skill: f32,
    /// Documents are looked into from this cosine of their closest passage on, whatever the question seems to be.
    pub support: f32,
    /// A sentence of a document is the answer by itself from this score on; 2 and more: never.
    pub quote: f32,
    /// A model's answer is accepted from this probability of being right on, by kind of question.
    pub accept: Accept,
    /// A question less likely than this to be of its kind is taken for conversation by that measure: its answer is always
    /// accepted.
    pub sure_kind: f32,
    /// Nobody else is asked after this many milliseconds where there is an answer that was not sure.
    pub patience_ms: u64,
    /// Whether a larger local model is asked when a smaller one was not sure.
    pub larger: bool,
    /// Whether the council votes when single local models were not sure.
    pub council: bool,
    /// Whether a remote model is asked when nobody here was sure; only where remote models are allowed at all.
    pub cloud: bool,
    /// Tokens of a streamed answer that are held back until it is clear that they are not replaced.
    pub hold_back_tokens: u32,
    /// Above this load (requests that run and wait, against those that can run at once) a smaller model is preferred.
    pub busy_load: f64,
    /// Above this share of the KV cache as well.
    pub busy_kv: f64,
    /// Most tokens of an answer while the model is that busy.
    pub busy_max_tokens: u32,
    /// The local model that is asked first, by kind of question.
    pub first: FirstModels,
}

/// Ids of the local models that are asked first; `None`: the default model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FirstModels {
    /// In conversation.
    pub chat: Option<String>,
    /// In mathematics.
    pub math: Option<String>,
    /// Of code.
    pub code: Option<String>,
    /// In logic.
    pub logic: Option<String>,
    /// Of what documents say.
    pub knowledge: Option<String>,
}

impl FirstModels {
    /// For this kind.
    pub fn of(&self, kind: SkillKind) -> Option<&str> {
        let id = match kind {
            SkillKind::Chat => &self.chat,
            SkillKind::Math => &self.math,
            SkillKind::Code => &self.code,
            SkillKind::Logic => &self.logic,
            SkillKind::Knowledge => &self.knowledge,
        };
        id.as_deref()
    }
}

/// From which probability of being right on an answer is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accept {
    /// Of conversation, where nothing can be checked.
    pub chat: f64,
    /// Of mathematics.
    pub math: f64,
    /// Of code.
    pub code: f64,
    /// Of logic.
    pub logic: f64,
    /// Of what documents say.
    pub knowledge: f64,
}

impl Default for Accept {
    fn default() -> Self {
        Self {
            chat: 0.0,
            math: 0.7,
            code: 0.6,
            logic: 0.7,
            knowledge: 0.5,
        }
    }
}

impl Accept {
    /// For this kind.
    pub fn of(&self, kind: SkillKind) -> f64 {
        match kind {
            SkillKind::Chat => self.chat,
            SkillKind::Math => self.math,
            SkillKind::Code => self.code,
            SkillKind::Logic => self.logic,
            SkillKind::Knowledge => self.knowledge,
        }
    }
}

impl Default for RoutingRules {
    fn default() -> Self {
        Self {
            try_skill: 0.02,
            help_skill: 0.5,
            support: 0.45,
            quote: 0.6,
            accept: Accept::default(),
            sure_kind: 0.8,
            patience_ms: 15_000,
            larger: true,
            council: true,
            cloud: true,
            hold_back_tokens: 24,
            busy_load: 1.5,
            busy_kv: 0.9,
            busy_max_tokens: 256,
            first: FirstModels::default(),
        }
    }
}

/// One that is to be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Who.
    pub answerer: Answerer,
    /// Why, in words.
    pub reason: String,
    /// From which probability of being right on its answer is accepted; the last one's always is.
    pub accept_at: f64,
    /// For a skill: whether it may ask a model and run programs.
    pub help: bool,
}

/// One that was thought of, and how that came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Considered {
    /// Who.
    pub answerer: Answerer,
    /// How likely it is thought to answer rightly, [0, 1]; measured where it was calibrated.
    pub score: f64,
    /// Why it is not asked; `None`: it is in the plan.
    pub why_not: Option<String>,
}

/// Who is asked, in order, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The kind of question.
    pub kind: SkillKind,
    /// How likely it is of that kind, [0, 1].
    pub probability: f32,
    /// Who is asked until one is sure; empty when nobody can be.
    pub steps: Vec<PlannedStep>,
    /// Everybody that was thought of.
    pub considered: Vec<Considered>,
    /// What is done less well than it could be, and why.
    pub degraded: Vec<String>,
    /// Most tokens of the answer, where the load bounds it.
    pub max_tokens: Option<u32>,
}

/// Decides who answers. Pure: the same values give the same decision.
pub trait RoutingPolicy: Send + Sync {
    /// The policy's name, for receipts.
    fn name(&self) -> &'static str;

    /// Who is asked, in which order.
    fn decide(&self, features: &TurnFeatures, state: &RoutingState, rules: &RoutingRules) -> Decision;
}
