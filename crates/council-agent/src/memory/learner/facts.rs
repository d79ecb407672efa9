//! Facts and preferences of one turn.

use super::ask::ask;
use super::{End, Learner};
use crate::memory::extract::{
    Fact, Known, Placement, Proposal, Refusal, Source, by_rules, candidates, judge, place, proposals, request,
};
use crate::memory::profile::{SAID_AGAIN, said_again};
use council_core::{Claim, Evidence, Memory, MemoryChange, MemoryId, NewMemory, Scope, StoreError, Trust};
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// What found a fact that needed no model.
pub(super) const RULES: &str = "rules";

/// Why an answer that is no list of facts is refused.
pub(super) const UNREADABLE: &str = "unreadable";

/// Most turns that are noted as having said a fact again.
const MOST_AGAIN: usize = 20;

/// Words of a clause beyond those that rules have understood, from which on a model is asked about it.
const LEFT_OVER: usize = 5;

impl Learner {
    /// Looks for facts in a turn and remembers them. What is done twice changes nothing.
    pub(super) async fn learn_facts(
        &self,
        user: &str,
        id: &MemoryId,
        cancel: &CancellationToken,
    ) -> Result<(), End> {
        let store = self.0.memories.store();
        let turn = match store.memory(user, id).await {
            Ok(turn) => turn,
            // Forgotten meanwhile.
            Err(StoreError::NotFound { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let content = &turn.content;
        if turn.retired_at.is_some() || content.quarantined || content.trust != Trust::User {
            return Ok(());
        }
        let source = Source {
            text: &content.text,
            speaker: content.speaker.as_deref(),
        };
        let by_rules = self.judged(&by_rules(&content.text), source);
        self.remember_facts(&turn, &by_rules, RULES).await?;
        let left = left_over(&content.text, &by_rules);
        if !left.is_empty()
            && let Some(model) = self.model()?
        {
            let answer = ask(&*model, request(&left), cancel).await?;
            if let Some(proposals) = proposals(&answer.text, answer.probability) {
                let facts = self.judged(&proposals, source);
                self.remember_facts(&turn, &facts, &model.info().id).await?;
            } else {
                self.0.memories.metrics.learning.refused(UNREADABLE);
            }
        }
        Ok(store.learnt(user, id).await?)
    }

    fn judged(&self, proposals: &[Proposal], source: Source<'_>) -> Vec<Fact> {
        let judged = proposals.iter().map(|proposal| judge(proposal, source));
        judged
            .filter_map(|fact| fact.map_err(|refusal| self.refused(refusal)).ok())
            .collect()
    }

    fn refused(&self, refusal: Refusal) {
        self.0.memories.metrics.learning.refused(refusal.as_str());
    }

    /// Puts facts among those that are known, one after the other.
    async fn remember_facts(&self, turn: &Memory, facts: &[Fact], extractor: &str) -> Result<(), End> {
        let memories = &self.0.memories;
        let Scope { user, project, .. } = &turn.content.scope;
        for fact in facts {
            let mut known = memories.facts(user, project.as_deref(), false).await?;
            known.extend(memories.facts(user, project.as_deref(), true).await?);
            let read: Vec<Known> = known.iter().filter_map(Known::read).collect();
            let new = new_memory(turn, fact, extractor);
            let outcome = match place(fact, turn.content.said_at, &read) {
                Err(refusal) => {
                    self.refused(refusal);
                    continue;
                }
                Ok(Placement::Again(id)) => {
                    if let Some(known) = known.iter().find(|known| known.id == id) {
                        self.said_again(known, &turn.id).await?;
                    }
                    "again"
                }
                Ok(Placement::Instead(old)) if !fact.is_unsure() => {
                    memories.supersede(user, old, vec![new]).await?;
                    "instead"
                }
                Ok(Placement::New) if !fact.is_unsure() => {
                    memories.supersede(user, Vec::new(), vec![new]).await?;
                    "new"
                }
                Ok(Placement::New | Placement::Instead(_) | Placement::Review) => {
                    let apart = NewMemory {
                        quarantined: true,
                        ..new
                    };
                    memories.supersede(user, Vec::new(), vec![apart]).await?;
                    "review"
                }
            };
            memories.metrics.learning.fact(outcome);
        }
        Ok(())
    }

    /// Notes that a turn said a known fact again, once.
    async fn said_again(&self, known: &Memory, turn: &MemoryId) -> Result<(), End> {
        let evidence = known.content.claim.iter().flat_map(|claim| &claim.evidence);
        let mut again = said_again(known);
        if again.contains(&turn.0) || evidence.into_iter().any(|evidence| evidence.memory == *turn) {
            return Ok(());
        }
        again.push(turn.0.clone());
        let again = &again[again.len().saturating_sub(MOST_AGAIN)..];
        let mut metadata = known.content.metadata.clone();
        metadata.insert(SAID_AGAIN.to_owned(), json!(again));
        let change = MemoryChange {
            metadata: Some(metadata),
            ..MemoryChange::default()
        };
        let user = &known.content.scope.user;
        match self.0.memories.store().change(user, &known.id, change).await {
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A fact as a memory: of the user and project, beyond the session.
fn new_memory(turn: &Memory, fact: &Fact, extractor: &str) -> NewMemory {
    let content = &turn.content;
    let scope = Scope {
        session: None,
        ..content.scope.clone()
    };
    let claim = Claim {
        subject: fact.subject.clone(),
        attribute: fact.attribute.as_str().to_owned(),
        confidence: fact.confidence,
        extractor: Some(extractor.to_owned()),
        evidence: vec![Evidence {
            memory: turn.id.clone(),
            quote: fact.quote.clone(),
        }],
    };
    NewMemory {
        speaker: content.speaker.clone(),
        claim: Some(claim),
        ..NewMemory::new(fact.attribute.kind(), scope, fact.text.clone(), content.said_at)
    }
}

/// The sentences with clauses that rules have not understood to the end.
pub(super) fn left_over(text: &str, facts: &[Fact]) -> Vec<String> {
    let is_understood = |clause: &String| {
        let without = |rest: String, fact: &Fact| rest.replace(&fact.quote, " ");
        let rest = facts.iter().fold(clause.clone(), without);
        facts.iter().any(|fact| fact.quote.contains(clause))
            || (&rest != clause && rest.split_whitespace().count() <= LEFT_OVER)
    };
    let left = candidates(text).into_iter();
    left.filter(|candidate| !candidate.clauses.iter().all(is_understood))
        .map(|candidate| candidate.sentence)
        .collect()
}
