//! Why Council could not start, and the exit code for it.

use crate::config::KeyProblem;
use crate::exit::{CommandError, Exit};
use council_core::StoreError;
use council_models::catalog::CatalogError;
use std::path::PathBuf;

/// Why Council could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error(
        "port {port} on {host} is in use; stop the program that uses it, or choose another port: \
         `council serve --port {}`", if *port < u16::MAX { port + 1 } else { 9000 }
    )]
    PortInUse {
        /// The address.
        host: String,
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {host}, port {port}: {reason}; choose another with --host and --port")]
    Listen {
        /// The address.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        reason: String,
    },
    /// The data directory cannot be used.
    #[error(transparent)]
    Store(#[from] council_store::OpenError),
    /// The database is encrypted, and its key cannot be had.
    #[error(transparent)]
    Key(#[from] KeyProblem),
    /// The models directory cannot be used.
    #[error("the models directory `{}` cannot be used: {reason}; choose another with --models-dir", path.display())]
    Library {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The user's catalog file is wrong.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Two models have the same id.
    #[error("two models have the id `{0}`; rename one of them in the configuration")]
    DuplicateModel(String),
    /// What is remembered cannot be opened.
    #[error("the memory cannot be opened: {0}")]
    Memory(#[from] StoreError),
    /// What several Councils share cannot be opened.
    #[error("the shared database cannot be opened: {0}")]
    Shared(StoreError),
    /// A PostgreSQL server is configured, and this program cannot speak to one.
    #[cfg(not(feature = "postgres"))]
    #[error(
        "`{0}` is set, and this program was built without PostgreSQL; build it with the feature `postgres`, or remove \
         the key to keep everything in the data directory"
    )]
    NoPostgres(&'static str),
    /// A defect of ours, or a system without enough threads or file descriptors.
    #[error("cannot start: {0}")]
    Internal(String),
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        use council_store::OpenError;
        let exit = match &error {
            StartError::PortInUse { .. }
            | StartError::Listen { .. }
            | StartError::Store(OpenError::Locked { .. })
            | StartError::Memory(StoreError::Failed(_) | StoreError::NotAllowed(_))
            | StartError::Shared(StoreError::Failed(_) | StoreError::NotAllowed(_)) => Exit::Unavailable,
            #[cfg(not(feature = "postgres"))]
            StartError::NoPostgres(_) => Exit::Usage,
            StartError::Memory(_) | StartError::Shared(_) => Exit::Usage,
            StartError::Key(KeyProblem::Interrupted) => return Self::interrupted(),
            StartError::Key(KeyProblem::Missing(_))
            | StartError::Store(
                OpenError::NoKey { .. }
                | OpenError::NotEncrypted { .. }
                | OpenError::WrongKey { .. }
                | OpenError::NoCipher,
            ) => Exit::Usage,
            StartError::Store(_) | StartError::Library { .. } => Exit::Io,
            StartError::Catalog(_) | StartError::DuplicateModel(_) => Exit::Usage,
            StartError::Internal(_) => Exit::Failure,
        };
        Self {
            exit,
            message: error.to_string(),
        }
    }
}
