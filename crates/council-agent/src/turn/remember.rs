//! What a turn takes from the memory and leaves there. A failure of the memory never fails the answer; it is told.

use super::Turn;
use super::record::BETWEEN_STEPS;
use crate::context::{self, History, Recollection};
use crate::memory::{Question, parts};
use crate::words::telling_words;
use crate::{Position, TurnError, TurnEvent};
use council_core::{
    ConversationId, FinishReason, MemoryFilter, MemoryHit, MemoryKind, Message, NewMemory, Role, Timestamp,
    Trust,
};
use std::time::Duration;
use tokio::time::Instant;

/// Memories that are looked at for one prompt: more than are quoted, because some stand in the conversation anyway.
const HITS: usize = 24;

/// As much of a question as is looked for, in bytes: an embedder reads about as much.
const QUERY_BYTES: usize = 2_000;

/// What was recalled for a turn.
pub(super) struct Recalled {
    pub(super) recollection: Recollection,
    elapsed: Duration,
    problem: Option<String>,
}

impl Recalled {
    /// As the client hears of it, with what is quoted in the prompt.
    pub(super) fn event(&self, hits: Vec<MemoryHit>, quotes: String) -> TurnEvent {
        TurnEvent::Recalled {
            hits,
            quotes,
            elapsed: self.elapsed,
            problem: self.problem.clone(),
        }
    }
}

impl Turn {
    /// What the memory knows about the question; `None` when it is not to be asked.
    pub(super) async fn recall(&self, history: &History) -> Option<Recalled> {
        let memory = self.request.memory.as_ref().filter(|memory| memory.recall)?;
        let question = context::question(&self.request.generate.input)?;
        let begun = Instant::now();
        let mut recalled = Recalled {
            recollection: Recollection {
                hits: Vec::new(),
                token_cap: self.parts.memories.prompt_tokens(),
            },
            elapsed: Duration::ZERO,
            problem: None,
        };
        if recalled.recollection.token_cap > 0 && !question.trim().is_empty() {
            let question = Question {
                text: question[..question.floor_char_boundary(QUERY_BYTES)].to_owned(),
                filter: MemoryFilter {
                    user: memory.scope.user.clone(),
                    project: memory.scope.project.clone(),
                    ..MemoryFilter::default()
                },
                limit: HITS,
                without: self.request.without_memories.clone(),
                now: self.record.accepted_at,
                token_budget: None,
            };
            match self.parts.memories.recall(question).await {
                Ok(mut hits) => {
                    if let Some(branch) = self.said_on_branch(history) {
                        hits.retain(|hit| !self.is_of_another_branch(&hit.memory.content, &branch));
                    }
                    recalled.recollection.hits = hits;
                }
                Err(error) => recalled.problem = Some(self.memory_failed("recalled", &error)),
            }
        }
        recalled.elapsed = begun.elapsed();
        Some(recalled)
    }

    /// All that was said on the turn's branch, its question included; `None` where not all of it is at hand, or there is no
    /// conversation.
    fn said_on_branch(&self, history: &History) -> Option<String> {
        self.request.conversation.as_ref()?;
        if history.total > history.recent.len() as u64 {
            return None;
        }
        let asked = context::said(&self.request.generate.input);
        let texts = history
            .recent
            .iter()
            .chain(&asked)
            .filter(|message| message.role != Role::Tool);
        let texts: Vec<String> = texts
            .map(Message::said_text)
            .filter(|text| !text.is_empty())
            .collect();
        // An answer in several steps is remembered as one.
        Some(texts.join(BETWEEN_STEPS))
    }

    /// Whether a memory was said in this conversation, and not on this branch: for whoever asks, it was not said.
    fn is_of_another_branch(&self, memory: &NewMemory, branch: &str) -> bool {
        let session = self.request.conversation.as_ref().map(ConversationId::as_str);
        memory.kind == MemoryKind::Turn
            && session.is_some()
            && session == memory.scope.session.as_deref()
            && !branch.contains(&memory.text)
    }

    /// Remembers question and answer, and tells the client. What failed or only called tools comes again.
    pub(super) async fn remember(&mut self, answered: &Result<FinishReason, TurnError>) {
        let finished = matches!(
            answered,
            Ok(FinishReason::Stop | FinishReason::Length | FinishReason::Cancelled)
        );
        let Some(memory) = self
            .request
            .memory
            .clone()
            .filter(|memory| memory.store && finished)
        else {
            return;
        };
        let question = context::question(&self.request.generate.input).unwrap_or_default();
        let answer = self.record.answer_text();
        let (asked_at, now) = (self.record.accepted_at, self.parts.clock.now());
        let turn = |text: &str, trust, said_at: Timestamp| NewMemory {
            trust,
            ..NewMemory::new(MemoryKind::Turn, memory.scope.clone(), text, said_at)
        };
        // A question that is answered anew is remembered already.
        let again = matches!(self.request.position, Position::Again { .. });
        let asked = parts(if again { "" } else { &question })
            .into_iter()
            .map(|part| turn(part, Trust::User, asked_at));
        // The answer comes after the question, whatever the clock says.
        let answered_at = now.max(asked_at);
        let answered = parts(&answer)
            .into_iter()
            .map(|part| turn(part, Trust::Assistant, answered_at));
        let items: Vec<NewMemory> = asked.chain(answered).collect();
        if items.is_empty() {
            return;
        }
        let event = match self.parts.memories.hear(items.clone()).await {
            Ok(ids) => {
                for (id, content) in ids.iter().zip(&items) {
                    self.parts.learner.offer(id, content);
                }
                TurnEvent::Remembered { ids, problem: None }
            }
            Err(error) => TurnEvent::Remembered {
                ids: Vec::new(),
                problem: Some(self.memory_failed("remembered", &error)),
            },
        };
        // A client that has gone needs not hear of it.
        let _ = self.tell(event).await;
    }

    /// Counts the memories that were quoted, and those of which the answer has words.
    pub(super) fn measure_quotes(&self) {
        if self.quoted.is_empty() {
            return;
        }
        let question = context::question(&self.request.generate.input).unwrap_or_default();
        let (question, answer) = (
            telling_words(&question),
            telling_words(&self.record.answer_text()),
        );
        let used = self.quoted.iter().filter(|text| {
            let words = telling_words(text);
            words
                .iter()
                .any(|word| answer.contains(word) && !question.contains(word))
        });
        self.parts
            .memories
            .metrics()
            .told(self.quoted.len(), used.count());
    }

    fn memory_failed(&self, what: &str, error: &dyn std::error::Error) -> String {
        let request_id = &self.request.request_id;
        tracing::error!(
            request_id,
            "nothing could be {what} in turn {request_id}: {error}"
        );
        format!("nothing could be {what}: {error}")
    }
}
