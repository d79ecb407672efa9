//! Skills in a turn: what computes answers, or says that it does not know.

use super::Turn;
use super::client::Gone;
use super::plan::Candidate;
use crate::routing::Judgement;
use crate::{TurnError, TurnEvent, context};
use council_core::{Attempt, FinishReason, SkillAnswer, SkillHelp, SkillKind, StepOutcome};
use tokio::time::Instant;

impl Turn {
    /// Asks a skill.
    ///
    /// # Errors
    /// When it does not know, or failed: another one is to be asked.
    pub(super) async fn try_skill(
        &mut self,
        kind: SkillKind,
        candidate: &Candidate,
    ) -> Result<FinishReason, TurnError> {
        self.step_begins(&candidate.answerer, &candidate.reason);
        let question = context::question(&self.request.generate.input).unwrap_or_default();
        let Some(skill) = self.parts.router.skill(kind) else {
            let (skill, reason) = (kind.as_str(), "this Council has no such skill".to_owned());
            self.step_ends(StepOutcome::Failed, Some(reason.clone()), None);
            return Err(TurnError::Skill { skill, reason });
        };
        let begun = Instant::now();
        let cancel = self.cancel.child_token();
        let _when_nobody_waits = cancel.clone().drop_guard();
        let help = SkillHelp {
            model: candidate.help.then(|| self.parts.models.get(None).ok()).flatten(),
            sandbox: candidate.help.then(|| self.parts.programs.sandbox()).flatten(),
            time_limit: self.parts.router.skill_time,
            cancel,
        };
        let attempt = tokio::select! {
            biased;
            () = self.client.gone() => return Ok(FinishReason::Cancelled),
            () = self.cancel.cancelled() => return Ok(FinishReason::Cancelled),
            () = self.place.deleted.cancelled() => return Ok(FinishReason::Cancelled),
            attempt = skill.attempt(&question, &help) => attempt,
        };
        self.trail.tools += begun.elapsed();
        self.record.helped(attempt.usage);
        match attempt.attempt {
            Attempt::Answered(answer) => {
                let told = self.say_answer(kind, &candidate.reason, answer).await;
                Ok(told.map_or(FinishReason::Cancelled, |()| FinishReason::Stop))
            }
            Attempt::Unsure { reason } => {
                self.step_ends(StepOutcome::Declined, Some(reason.clone()), None);
                let skill = kind.as_str();
                Err(TurnError::Declined { skill, reason })
            }
            Attempt::Failed { reason } => {
                self.step_ends(StepOutcome::Failed, Some(reason.clone()), None);
                let skill = kind.as_str();
                Err(TurnError::Skill { skill, reason })
            }
        }
    }

    /// Says what a skill found.
    pub(super) async fn say_answer(
        &mut self,
        kind: SkillKind,
        reason: &str,
        answer: SkillAnswer,
    ) -> Result<(), Gone> {
        self.record.skill = kind;
        self.record.answered_by = Some(kind.as_str().into());
        self.record.judgement = Some(Judgement {
            probability: answer.confidence,
            // What the skill says of its reading; no questions with known answers made it a probability.
            calibrated: false,
        });
        self.record.proofs = answer.proofs;
        self.trail.verified = true;
        let decision = TurnEvent::Decision {
            model: kind.as_str().to_owned(),
            skill: kind,
            reason: reason.to_owned(),
            omitted_messages: 0,
            question: self.record.question,
        };
        self.tell(decision).await?;
        self.say(answer.text).await
    }
}
