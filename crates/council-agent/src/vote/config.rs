//! Who sits in the council, and what a vote may take.

use super::VoteError;
use council_core::{Models, Sampling, VoteRules};
use std::collections::BTreeSet;
use std::time::Duration;

/// Most voices of one council.
pub const MAX_VOICES: usize = 16;

/// A member: a model with a way to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// Unique in the council.
    pub name: String,
    /// The model's id; `None`: the default model.
    pub model: Option<String>,
    /// How it is to answer, in words; empty: as the model does.
    pub persona: String,
    /// How its tokens are chosen.
    pub sampling: Sampling,
    /// Multiplies what its vote counts, at least 0.
    pub weight: f64,
    /// Most tokens of its reply; `None`: as the council's.
    pub max_tokens: Option<u32>,
}

/// Who writes one answer out of several that cannot be equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chair {
    /// The model of the reply that was placed best.
    #[default]
    Best,
    /// This model.
    Model(String),
    /// Nobody: the reply that was placed best stands.
    Off,
}

/// The council as configured.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteConfig {
    /// Its members, in order; never empty.
    pub voices: Vec<Voice>,
    /// Fewest voices that must answer; of a smaller council all must.
    pub quorum: usize,
    /// Longest time for one reply, one ranking, and the chair.
    pub voice_time_limit: Duration,
    /// Longest time for the whole vote.
    pub total_time_limit: Duration,
    /// Most that one vote may cost, in US dollars; local models cost nothing.
    pub cost_cap_usd: f64,
    /// Most tokens of one reply.
    pub max_tokens: u32,
    /// Who writes the answer to questions without a short one.
    pub chair: Chair,
}

impl Default for VoteConfig {
    fn default() -> Self {
        Self {
            voices: Voice::five().into(),
            quorum: 2,
            voice_time_limit: Duration::from_mins(1),
            total_time_limit: Duration::from_mins(2),
            cost_cap_usd: 0.1,
            max_tokens: 512,
            chair: Chair::Best,
        }
    }
}

impl Voice {
    /// A model that answers as it does.
    pub fn plain(model: &str) -> Self {
        Self {
            name: model.to_owned(),
            model: Some(model.to_owned()),
            persona: String::new(),
            sampling: Sampling::default(),
            weight: 1.0,
            max_tokens: None,
        }
    }

    /// The five that sit unless others are configured, all on the default model.
    pub fn five() -> [Self; 5] {
        let voice = |name: &str, temperature, persona: &str| Self {
            name: name.to_owned(),
            model: None,
            persona: persona.to_owned(),
            sampling: Sampling {
                temperature,
                ..Sampling::default()
            },
            weight: 1.0,
            max_tokens: None,
        };
        [
            voice(
                "Reason",
                0.2,
                "Work step by step, and check each step before you conclude.",
            ),
            voice(
                "Spark",
                0.9,
                "Look for a way that others would miss, and check that it does answer the question.",
            ),
            voice(
                "Edge",
                0.6,
                "Look for the mistake or the risk in the obvious answer, then give the answer that survives.",
            ),
            voice(
                "Heart",
                0.7,
                "Use warm and plain words, as to a friend, and stay accurate.",
            ),
            voice(
                "Vision",
                0.7,
                "Think ahead: weigh what matters most in the long run before you answer.",
            ),
        ]
    }
}

impl VoteConfig {
    /// What of it can be set at run time.
    pub fn rules(&self) -> VoteRules {
        VoteRules {
            voices: self.voices.iter().map(|voice| voice.name.clone()).collect(),
            quorum: self.quorum,
            voice_time_limit: self.voice_time_limit,
            total_time_limit: self.total_time_limit,
            cost_cap_usd: self.cost_cap_usd,
            max_tokens: self.max_tokens,
        }
    }

    /// The same by these rules, which were checked.
    pub(super) fn with(&self, rules: &VoteRules) -> Self {
        let sits = |voice: &&Voice| rules.voices.is_empty() || rules.voices.contains(&voice.name);
        Self {
            voices: self.voices.iter().filter(sits).cloned().collect(),
            quorum: rules.quorum,
            voice_time_limit: rules.voice_time_limit,
            total_time_limit: rules.total_time_limit,
            cost_cap_usd: rules.cost_cap_usd,
            max_tokens: rules.max_tokens,
            chair: self.chair.clone(),
        }
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// [`VoteError::Invalid`] with the key of the configuration.
    pub fn check(&self) -> Result<(), VoteError> {
        let invalid = |field: &str, message: String| Err(VoteError::invalid(field, message));
        let many = self.voices.len();
        if !(1..=MAX_VOICES).contains(&many) {
            return invalid("voice", format!("{many} voices; 1 to {MAX_VOICES} are possible"));
        }
        let mut names = BTreeSet::new();
        for voice in &self.voices {
            let name = &voice.name;
            if name.trim().is_empty() {
                return invalid("voice.name", "a voice has no name; give each one".to_owned());
            }
            if !names.insert(name.to_lowercase()) {
                return invalid(
                    "voice.name",
                    format!("two voices are called `{name}`; rename one"),
                );
            }
            if !(voice.weight.is_finite() && voice.weight >= 0.0) {
                let weight = voice.weight;
                let message = format!("the weight of `{name}` is {weight}; it must be a number, at least 0");
                return invalid("voice.weight", message);
            }
        }
        if !(1..=many).contains(&self.quorum) {
            let quorum = self.quorum;
            return invalid(
                "vote.quorum",
                format!("the quorum is {quorum} of {many} voices; it must be from 1 to {many}"),
            );
        }
        if self.voice_time_limit > self.total_time_limit {
            let (voice, total) = (
                self.voice_time_limit.as_secs_f64(),
                self.total_time_limit.as_secs_f64(),
            );
            let message = format!(
                "one voice may take {voice} s and the whole vote {total} s; lower one or raise the other"
            );
            return invalid("vote.voice_time_limit", message);
        }
        Ok(())
    }

    /// The voices that these names mean: of voices, in any case, or ids of models. A model stands for the voices that are
    /// configured on it, or, without any, for itself. Nothing named: all voices.
    ///
    /// # Errors
    /// [`VoteError::Invalid`] for a name that is neither, and for too many.
    pub fn seated(&self, candidates: &[String], models: &dyn Models) -> Result<Vec<Voice>, VoteError> {
        if candidates.is_empty() {
            return Ok(self.voices.clone());
        }
        let mut seated: Vec<Voice> = Vec::new();
        for candidate in candidates {
            for voice in self.of(candidate, models)? {
                if seated.iter().all(|other| other.name != voice.name) {
                    seated.push(voice);
                }
            }
        }
        if seated.len() > MAX_VOICES {
            let message = format!(
                "`candidates` names {} voices; at most {MAX_VOICES} may vote",
                seated.len()
            );
            return Err(VoteError::invalid("candidates", message));
        }
        Ok(seated)
    }

    fn of(&self, candidate: &str, models: &dyn Models) -> Result<Vec<Voice>, VoteError> {
        let named = |voice: &&Voice| voice.name.eq_ignore_ascii_case(candidate);
        if let Some(voice) = self.voices.iter().find(named) {
            return Ok(vec![voice.clone()]);
        }
        let on_it: Vec<Voice> = self
            .voices
            .iter()
            .filter(|voice| voice.model.as_deref() == Some(candidate))
            .cloned()
            .collect();
        if !on_it.is_empty() {
            return Ok(on_it);
        }
        if models.get(Some(candidate)).is_ok() {
            return Ok(vec![Voice::plain(candidate)]);
        }
        let voices: Vec<String> = self
            .voices
            .iter()
            .map(|voice| format!("`{}`", voice.name))
            .collect();
        let message = format!(
            "`candidates`: `{candidate}` is no voice and no installed model; the voices are {}, and GET /v1/models lists models",
            voices.join(", ")
        );
        Err(VoteError::invalid("candidates", message))
    }
}
