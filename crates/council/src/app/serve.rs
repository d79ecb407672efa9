//! Runs the server: listen, say where, load the default model meanwhile, stop on a signal.

use super::health::DiskHealth;
use super::machine::ThisMachine;
use super::terminal::TerminalKey;
use super::{App, StartError, descriptors, documents, larger, pull_options, stop, watch};
use crate::config::{Config, url_of};
use crate::exit::CommandError;
use crate::output::Output;
use crate::signals::StopSignals;
use crate::telemetry::continue_trace;
use council_agent::expiry::ExpiryMetrics;
use council_core::install::Installer as _;
use council_core::{Locality, ModelError, ModelStatus, Models};
use council_server::ui::UiSource;
use council_server::{ConnectionMetrics, HostPolicy, Limits, Monitor, ServeOptions, ServerParts};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How soon a setting that another Council changed is in force here when the database does not tell of it (a connection was
/// lost, a pooler is between). One row of an index is looked at.
const SETTINGS_SEEN: Duration = Duration::from_secs(5);

/// A second signal this soon is the first one again: `timeout` of GNU coreutils signals its child, and then the whole
/// process group that the child is in.
const SAME_SIGNAL: Duration = Duration::from_millis(200);

/// Takes the configured address. Done before anything else, so that a second server on one machine fails here, with
/// the reason that a person can act on.
///
/// # Errors
/// [`StartError::PortInUse`], [`StartError::Listen`].
pub async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let (host, port) = (config.host.clone(), config.port);
    TcpListener::bind((host.as_str(), port))
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortInUse { host, port },
            _ => StartError::Listen {
                host,
                port,
                reason: error.to_string(),
            },
        })
}

impl App {
    /// Serves until SIGINT or SIGTERM, then lets running requests finish within the configured grace. A second
    /// signal ends the process at once.
    ///
    /// # Errors
    /// When the listener fails or the line that says where the server is cannot be written.
    pub async fn serve(self, listener: TcpListener, output: &mut Output) -> Result<(), CommandError> {
        let address = listener.local_addr()?;
        let loopback = address.ip().is_loopback();
        let (prepared, shutdown) = (CancellationToken::new(), CancellationToken::new());
        let ui_dir = self.config.ui_dir.clone();
        let ui = ui_dir.map_or(UiSource::Embedded, UiSource::Directory);
        let agent = Arc::new(self.agent.clone());
        let monitor = Monitor::new(Arc::clone(&agent), self.registry.clone())
            .with_machine(Arc::new(ThisMachine::new(
                &self.config.data_dir,
                &self.config.models_dir,
            )))
            .with_history(Arc::clone(&self.history));
        let monitor = Arc::new(monitor);
        let parts = ServerParts {
            monitor: Arc::clone(&monitor),
            health: Arc::new(DiskHealth {
                data_dir: self.config.data_dir.clone(),
            }),
            limits: Limits {
                body_bytes: self.config.limits.body_bytes,
                body_timeout: self.config.limits.body_timeout,
                sockets: self.config.limits.sockets,
                ..Limits::default()
            },
            turn_memory: self.config.memory.turns,
            sandbox: self.sandbox.clone(),
            run_limits: self.config.sandbox.limits,
            calibrations: Arc::clone(&self.calibrations),
            control: Some(self.cloud.control()),
            installer: Some(Arc::new(self.installer.clone())),
            backups: self.backups.clone(),
            forgetting: Some(self.forgetting.clone()),
            retention: Some(Arc::clone(&self.retention)),
            turn_tools: self.config.agent.tools,
            knowledge: self.knowledge.clone(),
            knowledge_roots: self.config.knowledge.roots.clone(),
            hosts: HostPolicy {
                loopback_only: loopback,
                allowed_hosts: self.config.server.hosts.clone(),
                allowed_origins: self.config.server.origins.clone(),
            },
            access: Some(Arc::clone(&self.access)),
            ui: council_server::ui::routes(ui)?,
            prepared: prepared.clone(),
            shutdown: shutdown.clone(),
            ..ServerParts::new(agent, self.registry.clone(), env!("CARGO_PKG_VERSION"))
        };
        let router =
            council_server::router(parts).map_err(|error| StartError::Internal(error.to_string()))?;
        let router = match &self.config.telemetry.endpoint {
            Some(_) => router.layer(axum::middleware::from_fn(continue_trace)),
            None => router,
        };

        let background = TaskTracker::new();
        background.spawn(stop_on_signal(shutdown.clone())?);
        let measuring = background.spawn(monitor.run(shutdown.clone()));
        let default = self.models().list().into_iter().find(|status| status.default);
        let url = url_of(&address.ip().to_string(), address.port());
        // Before the line: whoever reads it may call at once.
        let terminal = TerminalKey::write(&self.config.data_dir, address, &self.access.terminal_key())?;
        writeln!(
            output,
            "council {} at {url}, {}",
            env!("CARGO_PKG_VERSION"),
            describe(default.as_ref())
        )?;
        output.flush()?;
        if !loopback {
            tracing::info!(
                %address,
                "others reach this server at {address}, and need a key: `council key add` makes one; it speaks HTTP without TLS"
            );
        }
        if let Some(status) = default
            && status.info.locality == Locality::Local
        {
            let loading = preload(Arc::clone(&self.resident), status);
            background.spawn(shutdown.clone().run_until_cancelled_owned(async move {
                loading.await;
                prepared.cancel();
            }));
        } else {
            prepared.cancel();
        }
        if self.config.models.autopull_larger && !self.cloud.settings.policy().local_only {
            let options = pull_options(&self.config.pull, &self.cloud.network)?;
            let fetch = larger::fetch(
                Arc::clone(&self.library),
                Arc::clone(&self.resident),
                self.embedder.clone(),
                options,
            );
            let settings = self.cloud.settings.clone();
            let fetch = async move {
                tokio::select! {
                    () = fetch => {}
                    () = settings.wait_for(|settings| settings.local_only) => {
                        tracing::info!("local-only mode: the larger models are not fetched");
                    }
                }
            };
            background.spawn(shutdown.clone().run_until_cancelled_owned(fetch));
        }
        let (installer, settings) = (self.installer.clone(), self.cloud.settings.clone());
        background.spawn(shutdown.clone().run_until_cancelled_owned(async move {
            loop {
                settings.wait_for(|settings| settings.local_only).await;
                installer.cancel_all();
                settings.wait_for(|settings| !settings.local_only).await;
            }
        }));
        background.spawn(
            shutdown
                .clone()
                .run_until_cancelled_owned(self.cloud.clone().watch()),
        );
        if self.shared {
            let settings = self.cloud.settings.clone();
            let agent = self.agent.clone();
            let followed = async move {
                let forgotten = || {
                    let agent = agent.clone();
                    async move { drop(agent.drop_caches().await) }
                };
                settings.follow(SETTINGS_SEEN, forgotten).await;
            };
            background.spawn(shutdown.clone().run_until_cancelled_owned(followed));
        }
        if let Some(boxes) = self.boxes.clone() {
            background.spawn(shutdown.clone().run_until_cancelled_owned(async move {
                // Kept ready ahead of the first program; one that cannot be opened says why when it is asked for.
                boxes.open().await;
            }));
        }
        let memories = self.agent.memories().clone();
        let stop = shutdown.clone();
        background.spawn(async move { memories.catch_up(stop).await });
        let expiry = ExpiryMetrics::register(&self.registry)
            .map_err(|error| StartError::Internal(error.to_string()))?;
        let (agent, settings) = (self.agent.clone(), self.cloud.settings.clone());
        let (rows, access) = (Arc::clone(&self.retention), Arc::clone(&self.access));
        background.spawn(shutdown.clone().run_until_cancelled_owned(async move {
            let users = || access.user_names();
            agent.keep_to_rules(rows, settings, users, expiry).await;
        }));
        // What people said of answers before this start.
        if let Err(error) = self.agent.receipts().verdicts().await {
            tracing::warn!("ratings of answers are not known to routing: {error}");
        }
        let learner = self.agent.learner().clone();
        let users = self.access.user_names();
        background.spawn(shutdown.clone().run_until_cancelled_owned(async move {
            for user in users {
                if let Err(error) = learner.recover(&user).await {
                    tracing::error!("what was not learnt before the last end is not learnt: {error}");
                }
            }
        }));
        if !self.config.knowledge.watch.is_empty() {
            let kept = documents::keep_up_to_date(self.knowledge.clone(), self.config.knowledge.clone());
            background.spawn(shutdown.clone().run_until_cancelled_owned(kept));
        }
        let watch = watch::watch(Arc::clone(&self.library), Arc::clone(&self.resident));
        background.spawn(shutdown.clone().run_until_cancelled_owned(watch));
        background.close();

        let metrics = ConnectionMetrics::register(&self.registry)
            .map_err(|error| StartError::Internal(error.to_string()))?;
        let options = ServeOptions {
            header_timeout: self.config.limits.header_timeout,
            connections: descriptors::connections(self.config.limits.connections),
            metrics: Some(metrics),
            ..ServeOptions::default()
        };
        self.answer_until(listener, router, &shutdown, options).await?;
        // It keeps what was measured last.
        let _ = measuring.await;
        drop(terminal);
        self.close(stop::AFTER_GRACE).await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// The default model in words, or how to get one.
fn describe(default: Option<&ModelStatus>) -> String {
    match default {
        Some(status) if status.info.provider.contains("fake") => {
            format!(
                "model {} ({}): every answer is made up",
                status.info.id, status.info.provider
            )
        }
        Some(status) => format!("model {}", status.info.id),
        None => "no model installed: run `council pull` to get one".to_owned(),
    }
}

/// Loads the default model, so that the first question does not wait for it.
async fn preload(models: Arc<super::ResidentModels>, status: ModelStatus) {
    let id = status.info.id;
    match models.load(&id).await {
        // A worker that failed has been logged by its supervisor.
        Ok(()) | Err(ModelError::NotReady { .. }) => {}
        Err(error) => {
            tracing::error!(model = %id, %error, "the default model {id} could not be loaded: {error}");
        }
    }
}

/// Cancels `shutdown` at the first SIGINT or SIGTERM and ends the process at the second.
fn stop_on_signal(
    shutdown: CancellationToken,
) -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    let mut signals = StopSignals::listen()?;
    Ok(async move {
        let name = signals.next().await;
        tracing::info!("{name}: finishing what runs; once more to stop at once");
        shutdown.cancel();
        let first = Instant::now();
        loop {
            signals.next().await;
            if first.elapsed() > SAME_SIGNAL {
                exit_now();
            }
        }
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the person asked twice; what is on disk is consistent at any moment"
)]
fn exit_now() -> ! {
    std::process::exit(i32::from(crate::exit::Exit::Interrupted.code()))
}
