//! Failures of what whoever runs the server does: settings, pulls, benchmarks, backups.

use super::{ApiError, Code};
use council_agent::ChangeError;
use council_agent::benchmark::BenchmarkError;
use council_core::SettingError;
use council_core::backup::BackupError;
use council_core::install::InstallError;

impl From<SettingError> for ApiError {
    fn from(error: SettingError) -> Self {
        let code = match &error {
            SettingError::Unknown { .. } => Code::NotFound,
            SettingError::Invalid { .. } | SettingError::Contradiction { .. } => Code::InvalidRequest,
        };
        Self::new(code, error.to_string()).with_param(error.key())
    }
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let message = error.to_string();
        match error {
            ChangeError::Setting(error) => error.into(),
            ChangeError::Store(error) => error.into(),
            ChangeError::NoLine(_) => Self::new(Code::NotFound, message),
            ChangeError::NotUndoable(_) => Self::new(Code::Conflict, message),
            ChangeError::ChangedSince { key, .. } => Self::new(Code::Conflict, message).with_param(&key),
        }
    }
}

impl From<InstallError> for ApiError {
    fn from(error: InstallError) -> Self {
        let message = error.to_string();
        match error {
            InstallError::Invalid(_) => Self::invalid("model", message),
            InstallError::NoPull(_) => Self::new(Code::NotFound, message),
            InstallError::NotInstalled(_) => Self::new(Code::NotFound, message).with_param("model"),
            InstallError::Busy(_) => Self::new(Code::Conflict, message),
            InstallError::Failed(_) => Self::internal(message),
        }
    }
}

impl From<BackupError> for ApiError {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::Refused(_) => Self::new(Code::InvalidRequest, message),
            BackupError::NothingStaged => Self::new(Code::NotFound, message),
            BackupError::DiskFull => Self::new(Code::StorageFull, message),
            BackupError::Failed(_) => Self::internal(message),
        }
    }
}

impl From<BenchmarkError> for ApiError {
    fn from(error: BenchmarkError) -> Self {
        let message = error.to_string();
        match error {
            BenchmarkError::Remote(_) => Self::invalid("id", message),
            BenchmarkError::Busy(_) => Self::new(Code::Conflict, message),
            BenchmarkError::Model(error) => error.into(),
        }
    }
}
