//! Answers that are held back until it is clear that no better one takes their place.

use super::client::Gone;
use super::{Decided, Turn};
use crate::TurnEvent;
use crate::confidence::Confidence;
use crate::routing::Judgement;
use council_core::{Answerer, FinishReason, SkillKind, TokenLogprob};

/// How much of a threshold an answer must reach whose confidence was never calibrated: what a model thinks of its words is
/// no probability of being right, so that only what is far below is doubted.
const UNCALIBRATED: f64 = 0.5;

/// What a model says, until somebody decides that it is the answer.
pub(super) struct Draft {
    decided: Decided,
    pub(super) answerer: Answerer,
    pieces: Vec<(String, Vec<TokenLogprob>)>,
    evidence: Confidence,
    /// How likely it is right; set when it was judged.
    pub(super) judgement: Option<Judgement>,
    pub(super) finish: FinishReason,
    /// Whether the model was stopped before its end.
    pub(super) cut: bool,
}

/// What is done where nobody was sure.
pub(super) enum Best {
    /// The surest draft is the answer.
    Said(FinishReason),
    /// The surest was stopped before its end: it is asked again, and believed.
    AskAgain(Answerer),
}

/// How long an answer is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// Until so many tokens say how sure the model is.
    Tokens(u32),
    /// Until its end.
    Whole,
}

/// What becomes of what a model says now.
pub(super) enum Gate {
    /// It goes to the client.
    Open,
    /// It goes to the client, with the decision first: at the first event, which shows that the model does answer.
    Undecided(Box<Decided>),
    /// It is held back; accepted from this probability of being right on.
    Held {
        draft: Box<Draft>,
        hold: Hold,
        accept_at: f64,
    },
    /// It was held back, and found wanting.
    Rejected(Box<Draft>),
}

impl Draft {
    /// How likely it is thought to be right.
    pub(super) fn surety(&self) -> f64 {
        self.judgement.map_or(0.0, |said| said.probability)
    }
}

impl Gate {
    pub(super) fn held(decided: Decided, answerer: Answerer, hold: Hold, accept_at: f64) -> Self {
        let draft = Draft {
            decided,
            answerer,
            pieces: Vec::new(),
            evidence: Confidence::default(),
            judgement: None,
            finish: FinishReason::Stop,
            cut: false,
        };
        Self::Held {
            draft: Box::new(draft),
            hold,
            accept_at,
        }
    }
}

impl Turn {
    /// How long the answer of one that may be followed by others is held back.
    pub(super) fn hold(&self, accept_at: f64) -> Option<Hold> {
        let tokens = self.parts.router.rules.hold_back_tokens;
        match (accept_at > 0.0, self.request.whole) {
            (false, _) => None,
            (true, true) => Some(Hold::Whole),
            (true, false) => (tokens > 0).then_some(Hold::Tokens(tokens)),
        }
    }

    /// Takes text of a model: holds it back, or passes it on.
    pub(super) async fn take_text(
        &mut self,
        gate: &mut Gate,
        text: String,
        logprobs: Vec<TokenLogprob>,
    ) -> Result<(), Gone> {
        if let Gate::Held { draft, hold, .. } = gate {
            // Models without log-probs do not say how many tokens a piece of text has; most send each by itself.
            let tokens = logprobs.len().max(usize::from(!text.is_empty()));
            self.record.withheld(tokens as u32);
            draft.evidence.add(&logprobs);
            draft.pieces.push((text, logprobs));
            let enough = matches!(hold, Hold::Tokens(most) if draft.pieces.len() >= *most as usize);
            return if enough {
                self.judge_gate(gate).await
            } else {
                Ok(())
            };
        }
        if !text.is_empty() && self.record.follows_text() {
            let (text, logprobs) = (super::record::BETWEEN_STEPS.to_owned(), Vec::new());
            // Who is gone is noticed at the text itself.
            let _ = self.tell(TurnEvent::Text { text, logprobs }).await;
        }
        self.record.text(&self.parts.metrics, &text, &logprobs);
        let logprobs = self.as_asked(logprobs);
        self.tell(TurnEvent::Text { text, logprobs }).await
    }

    /// Opens the gate for an answer that is sure enough, or closes it.
    pub(super) async fn judge_gate(&mut self, gate: &mut Gate) -> Result<(), Gone> {
        let (mut draft, accept_at) = match std::mem::replace(gate, Gate::Open) {
            Gate::Held { draft, accept_at, .. } => (draft, accept_at),
            other => {
                *gate = other;
                return Ok(());
            }
        };
        draft.judgement = self.judge(&draft);
        // What says nothing of its tokens cannot be doubted by them.
        let enough = |said: Judgement| {
            said.probability >= accept_at * if said.calibrated { 1.0 } else { UNCALIBRATED }
        };
        if draft.judgement.is_none_or(enough) {
            return self.release(*draft).await;
        }
        *gate = Gate::Rejected(draft);
        Ok(())
    }

    /// With as many alternatives as the client asked for: more are looked at here.
    fn as_asked(&self, mut logprobs: Vec<TokenLogprob>) -> Vec<TokenLogprob> {
        let most = usize::from(self.request.generate.top_logprobs);
        for token in &mut logprobs {
            token.top.truncate(most);
        }
        logprobs
    }

    fn judge(&self, draft: &Draft) -> Option<Judgement> {
        let kind = self.kind();
        let router = &self.parts.router;
        router.judge.judge(&draft.decided.model.id, kind, &draft.evidence)
    }

    /// Says how likely the answer of a model is right, where nobody has yet.
    pub(super) fn judge_answer(&mut self) {
        let kind = self.kind();
        if let (None, Some(model)) = (self.record.judgement, &self.record.model) {
            let judge = &self.parts.router.judge;
            self.record.judgement = judge.judge(&model.id, kind, self.record.confidence());
        }
    }

    /// The kind of question, as far as somebody looked.
    pub(super) fn kind(&self) -> SkillKind {
        self.trail.kind().unwrap_or(self.record.skill)
    }

    /// The surest of what was put aside; `None` when there is none.
    pub(super) async fn best_of(&mut self, drafts: &mut Vec<Draft>) -> Option<Best> {
        // The latest of equals, which is the most able.
        let best = drafts.iter().enumerate();
        let best = best.max_by(|one, other| one.1.surety().total_cmp(&other.1.surety()));
        let draft = drafts.swap_remove(best?.0);
        if draft.cut {
            drafts.clear();
            return Some(Best::AskAgain(draft.answerer));
        }
        self.trail.accept(&draft.answerer);
        let finish = draft.finish;
        Some(Best::Said(match self.release(draft).await {
            Ok(()) => finish,
            Err(Gone) => FinishReason::Cancelled,
        }))
    }

    /// Says what was held back.
    pub(super) async fn release(&mut self, draft: Draft) -> Result<(), Gone> {
        self.record.judgement = draft.judgement;
        self.decide(draft.decided).await?;
        for (text, logprobs) in draft.pieces {
            self.record.released(&text, &logprobs);
            let logprobs = self.as_asked(logprobs);
            self.tell(TurnEvent::Text { text, logprobs }).await?;
        }
        Ok(())
    }
}
