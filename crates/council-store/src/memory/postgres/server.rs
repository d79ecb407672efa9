//! The connections to a PostgreSQL server, and what can go wrong with them.

use super::connect::Gated;
use super::tls::{self, DatabaseAddress};
use council_core::{Egress, EgressRefused, StoreError};
use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
    Timeouts,
};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, LoadBalanceHosts};
use tokio_postgres::error::SqlState;

/// Most connections of this process; a server has a hundred for everybody unless told otherwise.
const CONNECTIONS: usize = 8;

/// Longest wait for the server to take a connection, unless the address says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait for one of our connections to become free.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);

/// What can go wrong inside, before it is told to the rest of the program.
#[derive(Debug)]
pub(crate) enum PgFault {
    /// The server refused, or is not there.
    Server(tokio_postgres::Error),
    /// A row is not what it must be; says which and why.
    Value(String),
    /// Already in the words of the caller.
    Store(StoreError),
}

impl From<tokio_postgres::Error> for PgFault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<StoreError> for PgFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<crate::fault::Fault> for PgFault {
    fn from(fault: crate::fault::Fault) -> Self {
        match fault {
            crate::fault::Fault::Sqlite(error) => Self::Value(error.to_string()),
            crate::fault::Fault::Value(message) => Self::Value(message),
            crate::fault::Fault::Store(error) => Self::Store(error),
        }
    }
}

/// A server, as far as we talk to it.
pub(crate) struct Server {
    pool: Pool,
    /// Where it is, without the password.
    name: String,
    told: Arc<Notify>,
}

impl Server {
    /// The server at this address, which the configuration has under `key`. Connects when it is first needed, through the
    /// gate to the network. Listens on the channel, over each of its connections: there is one as long as it is used.
    pub(crate) fn new(
        address: &DatabaseAddress,
        key: &str,
        egress: Arc<dyn Egress>,
        channel: Option<&'static str>,
    ) -> Result<Self, StoreError> {
        let mut config = tls::parse(address.url.expose()).map_err(|error| {
            // The address itself may hold a password.
            StoreError::Invalid(format!(
                "`{key}` is not the address of a PostgreSQL server ({}); write \
                 `postgres://USER:PASSWORD@HOST:PORT/DATABASE`",
                reason(&error)
            ))
        })?;
        if config.get_load_balance_hosts() != LoadBalanceHosts::Disable {
            return Err(StoreError::Invalid(format!(
                "`{key}` asks for hosts in a random order (`load_balance_hosts`); they are tried in the order in which it \
                 names them: leave it out"
            )));
        }
        let patience = config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        config.connect_timeout(patience);
        if config.get_application_name().is_none() {
            config.application_name("council");
        }
        let name = name(&config);
        let tls = tls::maker(&mut config, key, address.ca_file.as_deref())?;
        let told = Arc::<Notify>::default();
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let connect = Gated::new(Arc::clone(&egress), &config, tls.clone(), Arc::clone(&told));
        let kept = (
            Gated::new(egress, &config, tls, Arc::clone(&told)),
            config.clone(),
        );
        let pool = Pool::builder(Manager::from_connect(config, connect, recycling))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(WAIT_TIMEOUT),
                // Beside that of the socket: what listens there may never say anything.
                create: Some(patience),
                ..Timeouts::default()
            })
            .post_create(Hook::async_fn(move |client, _| {
                Box::pin(async move {
                    // What is acknowledged is on disk, whatever the server's setting; a stricter one stays.
                    let sql = "SELECT set_config('synchronous_commit', 'on', false)
                               WHERE current_setting('synchronous_commit') = 'off'";
                    let listen = channel.map(|channel| format!("LISTEN {channel}"));
                    let set = format!("{sql}; {}", listen.unwrap_or_default());
                    let set = client.batch_execute(&set).await;
                    set.map_err(HookError::Backend)
                })
            }))
            // What may no longer be connected to may not be asked over a connection that is there either.
            .pre_recycle(Hook::sync_fn(move |_, _| {
                let asked = kept.0.ask(&kept.1);
                asked.map_err(|refused| HookError::message(refused.to_string()))
            }))
            .build()
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { pool, name, told })
    }

    /// Returns when somebody has told the listeners of a channel something since the last time.
    pub(crate) async fn told(&self) {
        self.told.notified().await;
    }

    /// A connection of ours that nobody else uses.
    pub(crate) async fn client(&self) -> Result<Client, StoreError> {
        let client = self.pool.get().await;
        client.map_err(|error| match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                self.fault(PgFault::Server(error))
            }
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => StoreError::Failed(format!(
                "{} does not answer; see whether it runs and try again",
                self.name
            )),
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Failed(format!(
                "{}: all {CONNECTIONS} connections are in use for {} s; try again",
                self.name,
                WAIT_TIMEOUT.as_secs()
            )),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                StoreError::Failed(format!("{}: {error}", self.name))
            }
        })
    }

    /// A fault as the caller sees it.
    pub(crate) fn fault(&self, fault: PgFault) -> StoreError {
        let name = &self.name;
        if let PgFault::Server(error) = &fault {
            if let Some(refused) = inside::<EgressRefused>(error) {
                return StoreError::NotAllowed(refused.to_string());
            }
            if let Some(error) = inside::<rustls::Error>(error) {
                return StoreError::Failed(format!(
                    "{name} is not who it has to be, or cannot show it ({error}); the host has to be called what its \
                     certificate calls it, and who signed that has to be known to this system or be in `database.ca_file`"
                ));
            }
            let reason = reason(error);
            if reason.contains("does not support TLS") {
                return StoreError::Failed(format!(
                    "{name} speaks no TLS, which the configuration asks for (`sslmode`, `database.ca_file`); switch it on \
                     there (`ssl = on`), or use a socket or a tunnel"
                ));
            }
        }
        match fault {
            PgFault::Store(error) => error,
            PgFault::Value(message) => StoreError::Failed(format!("{name}: {message}")),
            PgFault::Server(error) if error.code() == Some(&SqlState::DISK_FULL) => {
                StoreError::DiskFull { place: name.clone() }
            }
            PgFault::Server(error) if error.code() == Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE) => {
                let message = "a text holds the character U+0000, which PostgreSQL cannot keep; remove it";
                StoreError::Invalid(message.to_owned())
            }
            PgFault::Server(error) if is_away(&error) => StoreError::Failed(format!(
                "{name} cannot be reached ({}); see whether it runs and try again",
                reason(&error)
            )),
            PgFault::Server(error) => StoreError::Failed(format!("{name}: {}", reason(&error))),
        }
    }
}

/// What the gate said, if it let no connection out, or TLS, if it came to nothing.
fn inside<T: Error + 'static>(error: &tokio_postgres::Error) -> Option<&T> {
    causes(error).find_map(|cause| {
        let error = cause.downcast_ref::<std::io::Error>()?.get_ref()?;
        error.downcast_ref()
    })
}

/// Whether the server is not there, or has ended the connection.
fn is_away(error: &tokio_postgres::Error) -> bool {
    const ENDED: [SqlState; 3] = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    let mut causes = causes(error);
    error.is_closed()
        || error.code().is_some_and(|code| ENDED.contains(code))
        || causes.any(<dyn Error>::is::<std::io::Error>)
}

/// Host, port and database.
fn name(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or("?");
    format!("PostgreSQL at `{host}:{port}`, database `{database}`")
}

/// The error with its causes: the first says only what was tried.
fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        let detail = error.detail().map(|detail| format!(" ({detail})"));
        return format!("{}{}", error.message(), detail.unwrap_or_default());
    }
    causes(error).fold(error.to_string(), |reason, cause| format!("{reason}: {cause}"))
}

fn causes(error: &tokio_postgres::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}
