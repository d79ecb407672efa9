//! Everything that routing needs, in one place.

use super::{AnswerCache, Cascade, Matching};
use crate::LiveSettings;
use crate::calibration::Calibrations;
use crate::classify::Classifier;
use crate::confidence::Confidence;
use council_core::{
    EmbedKind, Embedder, Embedding, Locality, ModelState, ModelStatus, ModelView, RoutingPolicy,
    RoutingRules, Skill, SkillKind, Verdicts,
};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a question's embedding: it takes a few milliseconds, and the classifier can do without.
const EMBED_WAIT: Duration = Duration::from_millis(150);

/// Longest wait for those of a few sentences of documents: a model, which answers without them, takes longer.
const SENTENCES_WAIT: Duration = Duration::from_millis(600);

/// As much of a question as is embedded, in bytes: an embedder reads about as much.
const EMBED_BYTES: usize = 2_000;

/// How likely a question is of each kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kinds {
    /// In the order of [`SkillKind::ALL`]; they add up to 1.
    pub probabilities: [f32; 5],
    /// Whether the like of it is known.
    pub known: bool,
}

impl Default for Kinds {
    /// Conversation, for all that is known.
    fn default() -> Self {
        Self {
            probabilities: [1.0, 0.0, 0.0, 0.0, 0.0],
            known: false,
        }
    }
}

impl Kinds {
    /// The most likely kind; conversation for what is not known.
    pub fn likeliest(&self) -> SkillKind {
        if !self.known {
            return SkillKind::Chat;
        }
        SkillKind::likeliest(self.probabilities)
    }
}

/// Tells kinds of question apart.
pub trait QuestionKinds: Send + Sync {
    /// How likely a question is of each kind; without an embedding by its words alone.
    fn kinds(&self, question: &str, embedding: Option<&Embedding>) -> Kinds;
}

/// How likely an answer is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// [0, 1].
    pub probability: f64,
    /// Whether it was calibrated by questions with known answers.
    pub calibrated: bool,
}

/// Says how likely models' answers are right.
pub trait Judge: Send + Sync {
    /// Of an answer with this evidence; `None` where a model says nothing of its tokens.
    fn judge(&self, model: &str, kind: SkillKind, evidence: &Confidence) -> Option<Judgement>;

    /// Share of right answers to questions of this kind, where that was measured.
    fn reliability(&self, model: &str, kind: SkillKind) -> Option<f64>;

    /// Hears how answers were judged, all of them each time. Who learns nothing stays as it is.
    fn hear(&self, _verdicts: &[Verdicts]) {}
}

/// What is said of models that were never calibrated: the geometric mean probability of the answer's tokens.
struct Uncalibrated;

impl Judge for Uncalibrated {
    fn judge(&self, _model: &str, _kind: SkillKind, evidence: &Confidence) -> Option<Judgement> {
        evidence.value().map(|probability| Judgement {
            probability,
            calibrated: false,
        })
    }

    fn reliability(&self, _model: &str, _kind: SkillKind) -> Option<f64> {
        None
    }
}

/// What calibration says, where there was one.
pub struct Calibrated(pub Arc<Calibrations>);

impl Judge for Calibrated {
    fn judge(&self, model: &str, kind: SkillKind, evidence: &Confidence) -> Option<Judgement> {
        let fitted = evidence
            .evidence()
            .and_then(|all| self.0.probability(model, kind, &all));
        match fitted {
            Some(probability) => Some(Judgement {
                probability,
                calibrated: true,
            }),
            None => Uncalibrated.judge(model, kind, evidence),
        }
    }

    fn reliability(&self, model: &str, kind: SkillKind) -> Option<f64> {
        self.0.reliability(model, kind)
    }

    fn hear(&self, verdicts: &[Verdicts]) {
        self.0.judge(verdicts);
    }
}

impl QuestionKinds for Classifier {
    fn kinds(&self, question: &str, embedding: Option<&Embedding>) -> Kinds {
        let found = self.classify(question, embedding);
        Kinds {
            probabilities: found.probabilities,
            known: found.known,
        }
    }
}

/// What takes every question for conversation.
struct Conversation;

impl QuestionKinds for Conversation {
    fn kinds(&self, _question: &str, _embedding: Option<&Embedding>) -> Kinds {
        Kinds::default()
    }
}

/// Everything that routing needs. Clones share it.
#[derive(Clone)]
pub struct Router {
    /// Decides.
    pub policy: Arc<dyn RoutingPolicy>,
    /// How it is set.
    pub rules: Arc<RoutingRules>,
    /// Tells kinds of question apart.
    pub kinds: Arc<dyn QuestionKinds>,
    /// Turns questions into vectors for it; `None`: it goes by words.
    pub embedder: Option<Arc<dyn Embedder>>,
    /// What computes.
    pub skills: Vec<Arc<dyn Skill>>,
    /// Says how likely answers are right.
    pub judge: Arc<dyn Judge>,
    /// Reads how much memory is free, in bytes; `None` where that is not known.
    pub free_memory: fn() -> Option<u64>,
    /// Answers that were given before.
    pub cache: Arc<AnswerCache>,
    /// Longest time that a skill may take.
    pub skill_time: Duration,
    /// Says how it is set and whether remote models may be asked; `None`: by `rules`, and they may not, unless somebody
    /// names them.
    pub settings: Option<LiveSettings>,
}

impl Default for Router {
    /// The cascade with its usual rules, without skills, that takes every question for conversation.
    fn default() -> Self {
        Self {
            policy: Arc::new(Cascade),
            rules: Arc::default(),
            kinds: Arc::new(Conversation),
            embedder: None,
            skills: Vec::new(),
            judge: Arc::new(Uncalibrated),
            cache: Arc::new(AnswerCache::new(Matching::Off, 0, Duration::ZERO)),
            skill_time: Duration::from_secs(20),
            settings: None,
            free_memory: || None,
        }
    }
}

impl Router {
    /// The question as a vector, where that is quickly to be had.
    pub async fn embed(&self, question: &str) -> Option<Embedding> {
        let text = question[..question.floor_char_boundary(EMBED_BYTES)].to_owned();
        self.embed_within(EMBED_WAIT, vec![text], EmbedKind::Query)
            .await?
            .pop()
    }

    /// Sentences that may answer it as vectors, in order.
    pub(crate) async fn embed_sentences(&self, sentences: Vec<String>) -> Option<Vec<Embedding>> {
        self.embed_within(SENTENCES_WAIT, sentences, EmbedKind::Document)
            .await
    }

    async fn embed_within(
        &self,
        wait: Duration,
        texts: Vec<String>,
        kind: EmbedKind,
    ) -> Option<Vec<Embedding>> {
        let embedder = self.embedder.as_ref()?;
        let embedded = tokio::time::timeout(wait, embedder.embed(texts, kind)).await;
        Some(embedded.ok()?.ok()?.vectors)
    }

    /// The same with the rules that are in force now: for one turn.
    pub fn as_set(&self) -> Self {
        let mut router = self.clone();
        if let Some(settings) = &self.settings {
            router.rules = Arc::new(settings.current().rules.clone());
        }
        router
    }

    /// Whether remote models may be asked though nobody named them.
    pub fn may_leave(&self) -> bool {
        let policy = self.settings.as_ref().map(LiveSettings::policy);
        policy.is_some_and(|policy| policy.cloud_enabled && !policy.local_only)
    }

    /// The skill that answers this kind of question.
    pub fn skill(&self, kind: SkillKind) -> Option<Arc<dyn Skill>> {
        self.skills.iter().find(|skill| skill.kind() == kind).cloned()
    }

    /// A model as a decision sees it.
    pub fn view(&self, model: &ModelStatus, kind: SkillKind) -> ModelView {
        let (info, activity) = (&model.info, &model.activity);
        let share = |part: u32, whole: u32| {
            if whole == 0 {
                0.0
            } else {
                f64::from(part) / f64::from(whole)
            }
        };
        ModelView {
            id: info.id.clone(),
            remote: info.locality == Locality::Remote,
            context_tokens: info.context_length,
            input_usd: info.price.input_usd,
            output_usd: info.price.output_usd,
            tools: info.tools,
            vision: info.vision,
            size_bytes: info.size_bytes,
            default: model.default,
            unavailable: match &model.state {
                ModelState::Failed { reason } => Some(format!("it failed: {reason}")),
                _ if !info.chat => Some("it was not trained for chat".to_owned()),
                _ => None,
            },
            loaded: matches!(model.state, ModelState::Ready),
            load: share(activity.active.saturating_add(activity.queued), activity.slots),
            kv_used: share(activity.kv_used_tokens, activity.kv_capacity_tokens),
            reliability: self.judge.reliability(&info.id, kind),
        }
    }
}
