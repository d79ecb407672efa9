//! The summary of one session.

use super::ask::ask;
use super::{End, Learner};
use crate::memory::summary::{TURNS, grounded, request};
use council_core::{Claim, Evidence, Memory, MemoryKind, NewMemory, Page, Scope, Timestamp, Trust};
use tokio_util::sync::CancellationToken;

/// Most turns that a summary names as what it rests on.
const MOST_EVIDENCE: usize = 200;

/// Summaries of one session that are not retired; there is one unless something went wrong.
const FORMER: Page = Page { offset: 0, limit: 10 };

impl Learner {
    /// Writes a summary of a session in the place of the former one.
    pub(super) async fn summarise(&self, scope: &Scope, cancel: &CancellationToken) -> Result<(), End> {
        let store = self.0.memories.store();
        let (former, _) = store
            .memories(Self::of_session(scope, MemoryKind::Summary), FORMER)
            .await?;
        let former: Vec<Memory> = former
            .into_iter()
            .filter(|memory| memory.content.scope == *scope)
            .collect();
        let latest = former.first();
        let mut filter = Self::of_session(scope, MemoryKind::Turn);
        // A summary bears the time of the last turn that it is about.
        filter.since = latest.map(|summary| Timestamp::from_millis(summary.content.said_at.as_millis() + 1));
        let page = Page {
            offset: 0,
            limit: TURNS,
        };
        let (mut turns, _) = store.memories(filter, page).await?;
        turns.retain(|turn| turn.content.scope == *scope);
        turns.reverse();
        let Some(last) = turns.last() else {
            return Ok(());
        };
        let Some(model) = self.model()? else {
            return Ok(());
        };
        let before = latest.map(|summary| summary.content.text.as_str());
        let answer = ask(&*model, request(&turns, before), cancel).await?;
        let (text, dropped) = grounded(&answer.text, &turns, before);
        for _ in 0..dropped {
            self.0.memories.metrics.learning.refused("ungrounded");
        }
        if text.is_empty() {
            return Ok(());
        }
        let earlier = latest.and_then(|summary| summary.content.claim.as_ref());
        let mut evidence: Vec<Evidence> = earlier.map(|claim| claim.evidence.clone()).unwrap_or_default();
        evidence.extend(turns.iter().map(|turn| Evidence {
            memory: turn.id.clone(),
            quote: String::new(),
        }));
        evidence.drain(..evidence.len().saturating_sub(MOST_EVIDENCE));
        let claim = Claim {
            subject: "conversation".to_owned(),
            attribute: "summary".to_owned(),
            confidence: answer.probability.unwrap_or(0.5),
            extractor: Some(model.info().id.clone()),
            evidence,
        };
        let summary = NewMemory {
            trust: Trust::Assistant,
            claim: Some(claim),
            ..NewMemory::new(MemoryKind::Summary, scope.clone(), text, last.content.said_at)
        };
        let old = former.iter().map(|memory| memory.id.clone()).collect();
        self.0.memories.supersede(&scope.user, old, vec![summary]).await?;
        Ok(())
    }
}
