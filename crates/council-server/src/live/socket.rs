//! One client of the socket: what it listens to, and how it is told.

use super::Live;
use super::frame::{Frame, Topic, text};
use super::hub::{Watch, Watching};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures::StreamExt as _;
use futures::stream::{BoxStream, SelectAll};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// Most bytes that a client may send at once.
pub(crate) const MOST_BYTES: usize = 16 << 10;

/// How long a client may take to take one frame.
const SLOWEST: Duration = Duration::from_secs(15);

/// What a client sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Order {
    /// Topics to listen to from now on.
    subscribe: Vec<String>,
    /// Topics not to listen to any more.
    unsubscribe: Vec<String>,
    /// Whose tokens to send: a request's id, `all`, or null for nobody's.
    #[serde(deserialize_with = "whose")]
    watch: Wish,
    /// Comes back as it is.
    ping: Option<Value>,
}

/// Whose tokens a client wants.
#[derive(Debug, Default)]
enum Wish {
    /// As before.
    #[default]
    AsBefore,
    Nobody,
    Everybody,
    Request(String),
}

/// Tells null from absent.
fn whose<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Wish, D::Error> {
    Ok(match Option::<String>::deserialize(from)? {
        None => Wish::Nobody,
        Some(all) if all == "all" => Wish::Everybody,
        Some(id) => Wish::Request(id),
    })
}

/// Whether bytes are an order; for the targets in `fuzz/`.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn is_order(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Order>(bytes).is_ok()
}

/// What comes of a topic.
enum News {
    Frame(Arc<Frame>),
    /// So many frames were not taken in time.
    Lost(Topic, u64),
}

/// One client.
struct Client {
    live: Arc<Live>,
    user: Arc<str>,
    socket: WebSocket,
    topics: BTreeSet<Topic>,
    news: SelectAll<BoxStream<'static, News>>,
    watching: Option<Watching>,
    /// Of frames that are no topic's.
    seq: u64,
    /// Frames that this client has missed.
    lost: u64,
}

/// Serves one client until it leaves, the server stops, or it may not stay any longer: `ended` says why.
pub(crate) async fn serve(
    live: Arc<Live>,
    user: Arc<str>,
    socket: WebSocket,
    shutdown: CancellationToken,
    ended: impl Future<Output = String>,
) {
    let mut ended = pin!(ended);
    let mut client = Client {
        live,
        user,
        socket,
        topics: BTreeSet::new(),
        news: SelectAll::new(),
        watching: None,
        seq: 0,
        lost: 0,
    };
    let topics = Topic::ALL.map(Topic::as_str);
    let hello = json!({"topics": topics, "period_s": 1});
    let mut open = client.say("hello", &hello).await;
    while open {
        open = tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                client.close(close_code::AWAY, "the server stops").await;
                false
            }
            why = &mut ended => {
                client.close(close_code::POLICY, why).await;
                false
            }
            received = client.socket.recv() => match received {
                Some(Ok(message)) => client.take(message).await,
                Some(Err(_)) | None => false,
            },
            Some(news) = client.news.next() => client.tell(news).await,
        };
    }
}

impl Client {
    /// Does what the client asks; `false`: it leaves.
    async fn take(&mut self, message: Message) -> bool {
        let order = match message {
            Message::Text(text) => serde_json::from_str::<Order>(text.as_str()),
            Message::Binary(bytes) => serde_json::from_slice(&bytes),
            Message::Ping(_) | Message::Pong(_) => return true,
            Message::Close(_) => return false,
        };
        match order {
            Ok(order) => self.obey(order).await,
            Err(error) => {
                let message = format!(
                    "the message cannot be read: {error}; send an object such as {{\"subscribe\": [\"metrics\"]}}"
                );
                self.say("error", &json!({"message": message})).await
            }
        }
    }

    async fn obey(&mut self, order: Order) -> bool {
        // First, so that a round trip is not made longer by what else is asked.
        if let Some(ping) = &order.ping
            && !self.say("pong", ping).await
        {
            return false;
        }
        match order.watch {
            Wish::AsBefore => {}
            Wish::Nobody => self.watching = None,
            Wish::Everybody => self.watching = Some(self.live.hub.watch(Watch::All)),
            Wish::Request(id) => self.watching = Some(self.live.hub.watch(Watch::One(id))),
        }
        let names = order.subscribe.iter().chain(&order.unsubscribe);
        if let Some(unknown) = names.into_iter().find(|name| Topic::from_name(name).is_none()) {
            let possible = Topic::ALL.map(Topic::as_str).join(", ");
            let message = format!("there is no topic `{unknown}`; possible: {possible}");
            return self.say("error", &json!({"message": message})).await;
        }
        let topics = |names: &[String]| -> Vec<Topic> {
            names.iter().filter_map(|name| Topic::from_name(name)).collect()
        };
        let before = self.topics.clone();
        self.topics.extend(topics(&order.subscribe));
        for topic in topics(&order.unsubscribe) {
            self.topics.remove(&topic);
        }
        let left = before.difference(&self.topics).next().is_some();
        if left {
            // A stream cannot be taken out of many; those that stay begin anew at what comes now.
            self.news = SelectAll::new();
        }
        let fresh: Vec<Topic> = self
            .topics
            .iter()
            .copied()
            .filter(|topic| left || !before.contains(topic))
            .collect();
        for topic in fresh {
            self.news.push(listen(&self.live, topic));
            if before.contains(&topic) {
                continue;
            }
            if let Some(now) = self.live.at_once(topic, &self.user) {
                let text = text(topic.as_str(), 0, self.live.clock.now(), &now);
                if !self.send(text).await {
                    return false;
                }
            }
        }
        true
    }

    async fn tell(&mut self, news: News) -> bool {
        match news {
            News::Frame(frame) => {
                let wanted = frame.request_id.as_deref().is_none_or(|id| {
                    let watching = self.watching.as_ref();
                    watching.is_some_and(|watching| watching.wants(id))
                });
                let theirs = frame.user.as_deref().is_none_or(|user| user == &*self.user);
                !(wanted && theirs) || self.send(frame.text.clone()).await
            }
            News::Lost(topic, frames) => {
                self.lost += frames;
                let data = json!({"topic": topic.as_str(), "frames": frames, "total": self.lost});
                self.say("lost", &data).await
            }
        }
    }

    /// Sends what is this client's alone.
    async fn say(&mut self, topic: &str, data: &Value) -> bool {
        self.seq += 1;
        let text = text(topic, self.seq, self.live.clock.now(), data);
        self.send(text).await
    }

    /// Sends, and waits for as long as a client may take; `false`: it is gone.
    async fn send(&mut self, text: Utf8Bytes) -> bool {
        let sent = tokio::time::timeout(SLOWEST, self.socket.send(Message::Text(text))).await;
        matches!(sent, Ok(Ok(())))
    }

    async fn close(&mut self, code: u16, reason: impl Into<Utf8Bytes>) {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        let closing = self.socket.send(Message::Close(Some(frame)));
        // Who does not take it finds the connection closed.
        let _ = tokio::time::timeout(Duration::from_secs(1), closing).await;
    }
}

/// What comes of a topic from now on.
fn listen(live: &Arc<Live>, topic: Topic) -> BoxStream<'static, News> {
    let receiver = live.hub.listen(topic);
    futures::stream::unfold(receiver, move |mut receiver| async move {
        let news = match receiver.recv().await {
            Ok(frame) => News::Frame(frame),
            Err(RecvError::Lagged(frames)) => News::Lost(topic, frames),
            Err(RecvError::Closed) => return None,
        };
        Some((news, receiver))
    })
    .boxed()
}
