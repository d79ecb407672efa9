//! How a server that was told to stop comes to its end: what runs gets its grace, then an end that is told, then none.

use super::App;
use axum::Router;
use council_core::sandbox::Sandbox as _;
use council_server::ServeOptions;
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long it may take, after the grace, to settle what was cut short and to tell whoever waits for it.
pub(super) const AFTER_GRACE: Duration = Duration::from_secs(2);

impl App {
    /// Answers until `shutdown`, and from then on nobody new. Turns and programs that run may come to their end within
    /// the grace; then they are stopped, their clients hear so as the last event of their answers, and connections that
    /// are open even after that are closed.
    pub(super) async fn answer_until(
        &self,
        listener: TcpListener,
        router: Router,
        shutdown: &CancellationToken,
        options: ServeOptions,
    ) -> io::Result<()> {
        let grace = self.config.limits.shutdown_grace;
        let options = ServeOptions {
            shutdown_grace: grace + AFTER_GRACE,
            ..options
        };
        let all_closed = CancellationToken::new();
        let answering = async {
            let ended =
                council_server::serve_with(listener, router, shutdown.clone().cancelled_owned(), options)
                    .await;
            // A listener that failed ends the rest, too.
            shutdown.cancel();
            all_closed.cancel();
            ended
        };
        let ending = async {
            shutdown.cancelled().await;
            let until = Instant::now() + grace;
            self.agent.drain(grace).await;
            // A program that was asked for directly is no turn, and has the same grace.
            let _ = tokio::time::timeout_at(until, all_closed.cancelled()).await;
            self.close_sandbox().await;
        };
        tokio::join!(answering, ending).0
    }

    /// Ends programs and whatever runs them.
    pub(super) async fn close_sandbox(&self) {
        let Some(boxes) = &self.boxes else { return };
        // One that is being opened right now is waited for; a tool that hangs is not.
        if tokio::time::timeout(AFTER_GRACE, boxes.close()).await.is_err() {
            tracing::warn!("the sandbox did not close within {AFTER_GRACE:?}; it ends with this process");
        }
    }
}
