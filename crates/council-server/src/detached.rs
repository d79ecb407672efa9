//! Turns that go on when their client leaves, and their events, which can be had again from any of them on.

use crate::access::Caller;
use crate::api::turns::TurnObject;
use crate::routes::FrameEncoder;
use crate::sse::{self, Encode as _, Frames};
use crate::state::App;
use crate::turns;
use axum::body::Bytes;
use axum::response::Response;
use council_agent::TurnRequest;
use council_core::{ConversationId, Timestamp};
use futures::StreamExt as _;
use futures::stream::Stream;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// How long the events of a turn that has ended are kept.
const KEPT: Duration = Duration::from_mins(10);

/// Most ended turns whose events are kept.
const MOST_ENDED: usize = 256;

/// Detached turns, by their requests, whose ids sort by time.
#[derive(Default)]
pub(crate) struct Detached {
    logs: Mutex<BTreeMap<String, Arc<Log>>>,
    tasks: TaskTracker,
}

/// One turn and what it has told.
struct Log {
    user: String,
    route: &'static str,
    conversation: Option<ConversationId>,
    started_at: Timestamp,
    told: watch::Sender<Told>,
}

#[derive(Default)]
struct Told {
    /// Whole frames; the first has the id 1.
    frames: Vec<Bytes>,
    ended: Option<Instant>,
}

impl Log {
    /// Keeps what an event gave under the next id.
    fn push(&self, frames: &mut Frames) {
        let frame = frames.take();
        if !frame.is_empty() {
            self.told.send_modify(|told| {
                let id = format!("id: {}\n", told.frames.len() + 1);
                told.frames.push([id.as_bytes(), &*frame].concat().into());
            });
        }
    }

    /// The frames after the one with this id, and those that come, to the end.
    fn follow(&self, after: usize) -> impl Stream<Item = Bytes> + Send + use<> {
        let state = (self.told.subscribe(), after);
        futures::stream::unfold(state, |(mut told, after)| async move {
            let (chunk, seen) = {
                let now = told
                    .wait_for(|told| told.frames.len() > after || told.ended.is_some())
                    .await
                    .ok()?;
                let new = now.frames.get(after..).filter(|new| !new.is_empty())?;
                (Bytes::from(new.concat()), now.frames.len())
            };
            Some((chunk, (told, seen)))
        })
    }

    fn ended(&self) -> Option<Instant> {
        self.told.borrow().ended
    }
}

impl Detached {
    /// Starts a turn, and answers with its events.
    pub(crate) fn begin(
        &self,
        app: &App,
        caller: &Caller,
        turn: TurnRequest,
        mut encoder: FrameEncoder,
    ) -> Response {
        let log = Arc::new(Log {
            user: caller.user.to_string(),
            route: turn.route,
            conversation: turn.conversation.clone(),
            started_at: app.agent.clock().now(),
            told: watch::Sender::default(),
        });
        let request_id = turn.request_id.clone();
        self.logs().insert(request_id.clone(), Arc::clone(&log));
        let mut frames = Frames::default();
        encoder.started(&mut frames);
        log.push(&mut frames);
        let events = sse::chunks(log.follow(0).boxed(), app.limits.keep_alive);
        let mut turns = turns::start(app, caller, vec![turn]);
        self.tasks.spawn(async move {
            while let Some((index, event)) = turns.next().await {
                match event {
                    Ok(event) => encoder.event(index, event, &mut frames),
                    Err(error) => {
                        error.log(&request_id);
                        encoder.failed(&error, &mut frames);
                    }
                }
                log.push(&mut frames);
            }
            log.told.send_modify(|told| told.ended = Some(Instant::now()));
        });
        events
    }

    /// The events of a user's turn after the one with this id; `None` when they are not kept.
    pub(crate) fn events(&self, app: &App, user: &str, request_id: &str, after: usize) -> Option<Response> {
        let log = self
            .logs()
            .get(request_id)
            .filter(|log| log.user == user)
            .cloned()?;
        Some(sse::chunks(log.follow(after).boxed(), app.limits.keep_alive))
    }

    /// A user's turns whose events are kept.
    pub(crate) fn list(&self, user: &str) -> Vec<TurnObject> {
        let object = |(request_id, log): (&String, &Arc<Log>)| TurnObject {
            request_id: request_id.clone(),
            object: "turn",
            conversation: log.conversation.as_ref().map(|id| id.as_str().to_owned()),
            route: log.route,
            started_at: log.started_at.as_secs_f64(),
            detached: true,
            state: if log.ended().is_some() { "ended" } else { "running" },
            last_event_id: Some(log.told.borrow().frames.len() as u64),
        };
        let logs = self.logs();
        logs.iter()
            .filter(|(_, log)| log.user == user)
            .map(object)
            .collect()
    }

    /// Drops the events of turns that have ended.
    pub(crate) fn forget_ended(&self) {
        self.logs().retain(|_, log| log.ended().is_none());
    }

    /// The logs, without those that need not be kept any more.
    fn logs(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Log>>> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.retain(|_, log| log.ended().is_none_or(|ended| ended.elapsed() < KEPT));
        let ended = logs.iter().filter(|(_, log)| log.ended().is_some());
        let over: Vec<String> = ended
            .map(|(request_id, _)| request_id.clone())
            .rev()
            .skip(MOST_ENDED)
            .collect();
        for request_id in over {
            logs.remove(&request_id);
        }
        logs
    }
}
