//! Boxes that are kept between programs: one for each session, until it is idle for long, crowded out or ended.

use super::channel::Channel;
use super::pool::InUse;
use council_core::sandbox::{Language, SandboxError, SessionId, SessionSummary};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedMutexGuard};

/// Ends of sessions that are remembered, so that who comes back to one hears why it is gone.
const REMEMBERED: usize = 256;

/// A box and what keeps it counted.
pub(super) struct Kept {
    pub(super) channel: Channel,
    pub(super) _in_use: InUse,
}

/// One session. Its box is held by the program that runs in it.
pub(super) struct Session {
    pub(super) language: Language,
    held: Arc<tokio::sync::Mutex<Option<Kept>>>,
    pub(super) interrupt: Arc<Notify>,
    use_: Mutex<Use>,
}

#[derive(Clone, Copy)]
struct Use {
    runs: u64,
    last: Instant,
    max_rss_bytes: u64,
}

/// All sessions.
pub(super) struct Sessions {
    all: Mutex<All>,
    idle: Duration,
    most: usize,
}

#[derive(Default)]
struct All {
    living: HashMap<SessionId, Arc<Session>>,
    /// Why sessions ended, the oldest first.
    ended: Vec<(SessionId, String)>,
}

impl Session {
    /// Its box, when no program runs in it any more; `None` inside where it has none yet.
    pub(super) async fn enter(&self) -> OwnedMutexGuard<Option<Kept>> {
        Arc::clone(&self.held).lock_owned().await
    }

    fn used(&self) -> Use {
        *self.use_.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn busy(&self) -> bool {
        self.held.try_lock().is_err()
    }

    /// A program has run in it.
    pub(super) fn touch(&self, max_rss_bytes: u64) {
        let mut used = self.use_.lock().unwrap_or_else(PoisonError::into_inner);
        used.runs += 1;
        used.max_rss_bytes = max_rss_bytes;
        used.last = Instant::now();
    }
}

impl Sessions {
    pub(super) fn new(idle: Duration, most: usize) -> Self {
        Self {
            all: Mutex::default(),
            idle,
            most,
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session with this id, and why an earlier one with this id is gone. Crowds out the one that was used longest
    /// ago where there are too many.
    ///
    /// # Errors
    /// When it speaks another language, or all that there may be are busy.
    pub(super) fn get(
        &self,
        id: &SessionId,
        language: Language,
    ) -> Result<(Arc<Session>, Option<String>), SandboxError> {
        let mut all = self.all();
        if let Some(session) = all.living.get(id) {
            if session.language != language {
                return Err(SandboxError::InvalidProgram {
                    field: "session_id".to_owned(),
                    message: format!(
                        "names session `{id}`, which runs {}; use another id for {language}, or reset the session",
                        session.language
                    ),
                });
            }
            return Ok((Arc::clone(session), None));
        }
        while all.living.len() >= self.most.max(1) {
            let oldest = all.living.iter().filter(|(_, session)| !session.busy());
            let Some(oldest) = oldest
                .min_by_key(|(_, session)| session.used().last)
                .map(|(id, _)| id.clone())
            else {
                let retry_after = Duration::from_secs(1);
                return Err(SandboxError::Busy { retry_after });
            };
            all.end(
                &oldest,
                &format!("was ended because more than {} sessions were in use", self.most),
            );
        }
        let session = Arc::new(Session {
            language,
            held: Arc::default(),
            interrupt: Arc::new(Notify::new()),
            use_: Mutex::new(Use {
                runs: 0,
                last: Instant::now(),
                max_rss_bytes: 0,
            }),
        });
        all.living.insert(id.clone(), Arc::clone(&session));
        let lost = all.ended.iter().position(|(ended, _)| ended == id);
        let lost = lost.map(|index| all.ended.remove(index).1);
        Ok((session, lost))
    }

    /// Its box is gone; the next program hears why.
    pub(super) fn lose(&self, id: &SessionId, why: &str) {
        self.all().end(id, why);
    }

    /// Ends one on purpose, which is no loss.
    pub(super) fn remove(&self, id: &SessionId) -> Result<(), SandboxError> {
        let mut all = self.all();
        match all.living.remove(id) {
            Some(session) => {
                // A program that runs in it loses its box when it looks for it.
                session.interrupt.notify_one();
                Ok(())
            }
            None => Err(all.gone(id)),
        }
    }

    /// Asks the program that runs in one to stop.
    pub(super) fn interrupt(&self, id: &SessionId) -> Result<(), SandboxError> {
        let all = self.all();
        match all.living.get(id) {
            Some(session) => {
                if session.busy() {
                    session.interrupt.notify_one();
                }
                Ok(())
            }
            None => Err(all.gone(id)),
        }
    }

    /// Whether a session is still the one with this id.
    pub(super) fn is_living(&self, id: &SessionId, session: &Arc<Session>) -> bool {
        self.all()
            .living
            .get(id)
            .is_some_and(|living| Arc::ptr_eq(living, session))
    }

    /// Ends those that nobody has used for long.
    pub(super) fn end_idle(&self) {
        let mut all = self.all();
        let idle: Vec<SessionId> = all
            .living
            .iter()
            .filter(|(_, session)| !session.busy() && session.used().last.elapsed() >= self.idle)
            .map(|(id, _)| id.clone())
            .collect();
        for id in idle {
            all.end(
                &id,
                &format!("was not used for {} s and ended", self.idle.as_secs()),
            );
        }
    }

    /// All of them, the one used last first.
    pub(super) fn list(&self) -> Vec<SessionSummary> {
        let all = self.all();
        let mut list: Vec<SessionSummary> = all
            .living
            .iter()
            .map(|(id, session)| SessionSummary {
                id: id.clone(),
                language: session.language,
                runs: session.used().runs,
                busy: session.busy(),
                idle: session.used().last.elapsed(),
                memory_bytes: session.used().max_rss_bytes,
            })
            .collect();
        list.sort_by_key(|session| session.idle);
        list
    }
}

impl All {
    fn end(&mut self, id: &SessionId, why: &str) {
        if self.living.remove(id).is_some() {
            self.ended.push((id.clone(), why.to_owned()));
            if self.ended.len() > REMEMBERED {
                self.ended.remove(0);
            }
        }
    }

    fn gone(&self, id: &SessionId) -> SandboxError {
        let why = self
            .ended
            .iter()
            .find(|(ended, _)| ended == id)
            .map(|(_, why)| why.as_str());
        SandboxError::SessionLost {
            id: id.to_string(),
            reason: why
                .unwrap_or("is not known: it begins with the first program that names it")
                .to_owned(),
        }
    }
}
