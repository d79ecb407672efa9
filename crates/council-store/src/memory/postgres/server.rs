//! The connections to a PostgreSQL server, and what can go wrong with them.

use council_core::StoreError;
use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
    Timeouts,
};
use std::error::Error;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

/// Most connections of this process; a server has a hundred for everybody unless told otherwise.
const CONNECTIONS: usize = 8;

/// Longest wait for the server to take a connection, unless the address says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait for one of our connections to become free.
const WAIT_TIMEOUT: Duration = Duration::from_secs(30);

/// What can go wrong inside, before it is told to the rest of the program.
#[derive(Debug)]
pub(super) enum PgFault {
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
pub(super) struct Server {
    pool: Pool,
    /// Where it is, without the password.
    name: String,
}

impl Server {
    /// The server at this address. Connects when it is first needed.
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            // The address itself may hold a password.
            StoreError::Invalid(format!(
                "`memory.postgres_url` is not the address of a PostgreSQL server ({}); write \
                 `postgres://USER:PASSWORD@HOST:PORT/DATABASE`",
                reason(&error)
            ))
        })?;
        if config.get_ssl_mode() == SslMode::Require {
            let message = "`memory.postgres_url` asks for TLS (`sslmode=require`), which this program does not speak to \
                           PostgreSQL; use a socket or a tunnel, and leave `sslmode` out";
            return Err(StoreError::Invalid(message.to_owned()));
        }
        let patience = config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        config.connect_timeout(patience);
        if config.get_application_name().is_none() {
            config.application_name("council");
        }
        let name = name(&config);
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(WAIT_TIMEOUT),
                // Beside that of the socket: what listens there may never say anything.
                create: Some(patience),
                ..Timeouts::default()
            })
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    // What is acknowledged is on disk, whatever the server's setting; a stricter one stays.
                    let sql = "SELECT set_config('synchronous_commit', 'on', false)
                               WHERE current_setting('synchronous_commit') = 'off'";
                    let set = client.batch_execute(sql).await;
                    set.map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self { pool, name })
    }

    /// A connection of ours that nobody else uses.
    pub(super) async fn client(&self) -> Result<Client, StoreError> {
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
    pub(super) fn fault(&self, fault: PgFault) -> StoreError {
        let name = &self.name;
        match fault {
            PgFault::Store(error) => error,
            PgFault::Value(message) => StoreError::Failed(format!("{name}: {message}")),
            PgFault::Server(error) if error.code() == Some(&SqlState::DISK_FULL) => StoreError::DiskFull,
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
