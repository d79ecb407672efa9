//! The agent's end of the stream of events that a client reads.

use crate::{TurnError, TurnEvent};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

type Item = Result<TurnEvent, TurnError>;

/// Events that wait for a slow client before the model has to wait too.
const WAITING: usize = 64;

/// Whoever reads the events. Slow ones are waited for; ones that are gone are noticed at once.
pub(crate) struct Client {
    events: mpsc::Sender<Item>,
    /// The last event's place, taken in advance: the end must never wait for a client that does not read.
    last: Option<mpsc::OwnedPermit<Item>>,
}

/// The client dropped its stream.
pub(super) struct Gone;

impl Client {
    /// Both ends of a new stream.
    pub(crate) fn connect() -> (Self, ReceiverStream<Item>) {
        let (events, stream) = mpsc::channel(WAITING + 1);
        let last = events.clone().try_reserve_owned().ok();
        (Self { events, last }, ReceiverStream::new(stream))
    }

    /// Hands over an event, and waits for as long as the client is too slow.
    pub(super) async fn tell(&self, event: TurnEvent) -> Result<(), Gone> {
        self.events.send(Ok(event)).await.map_err(|_| Gone)
    }

    /// Returns when the client has dropped its stream.
    pub(super) async fn gone(&self) {
        self.events.closed().await;
    }

    /// Whether the client has dropped its stream.
    pub(super) fn is_gone(&self) -> bool {
        self.events.is_closed()
    }

    /// Hands over the last event and ends the stream. Never waits.
    pub(super) fn end(&mut self, last: Item) {
        if let Some(place) = self.last.take() {
            place.send(last);
        }
    }
}
