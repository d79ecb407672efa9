//! Signals that ask a program to stop. Listening begins when a listener is made, not when it is first waited for, so
//! that none is lost in between.

use std::io;

/// Ctrl-C (SIGINT).
pub struct Interrupts {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Interrupts {
    /// Listens from now on; the process no longer ends by itself at Ctrl-C.
    ///
    /// # Errors
    /// When the system refuses.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Listens from now on; the process no longer ends by itself at Ctrl-C.
    ///
    /// # Errors
    /// When the system refuses.
    #[cfg(windows)]
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if self.interrupt.recv().await.is_none() {
            // The runtime is going down; it ends whoever waits.
            std::future::pending::<()>().await;
        }
    }
}

/// What asks a server to stop: SIGINT and, where there is one, SIGTERM.
pub struct StopSignals {
    interrupts: Interrupts,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupts: Interrupts::listen()?,
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next one and names it.
    #[cfg(unix)]
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            () = self.interrupts.next() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }

    /// Waits for the next one and names it.
    #[cfg(windows)]
    pub async fn next(&mut self) -> &'static str {
        self.interrupts.next().await;
        "Ctrl-C"
    }
}
