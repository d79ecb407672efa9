//! Settings in memory, for tests.

use super::{AuditEntry, AuditFilter, AuditLine, SettingsStore, StoredChange, StoredSetting};
use crate::clock::Timestamp;
use crate::conversation::{Page, StoreError};
use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps settings until it is dropped.
#[derive(Debug, Default)]
pub struct NaiveSettings(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    settings: Vec<StoredSetting>,
    audit: Vec<AuditLine>,
}

impl NaiveSettings {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditFilter {
    /// Whether a line is looked for.
    pub fn takes(&self, line: &AuditLine) -> bool {
        self.setting
            .as_ref()
            .is_none_or(|prefix| line.setting.starts_with(prefix))
            && self.by.as_ref().is_none_or(|by| line.by == *by)
            && self.since.is_none_or(|since| line.at >= since)
            && self.until.is_none_or(|until| line.at < until)
    }
}

#[async_trait]
impl SettingsStore for NaiveSettings {
    async fn settings(&self) -> Result<Vec<StoredSetting>, StoreError> {
        Ok(self.kept().settings.clone())
    }

    async fn change(&self, changes: Vec<StoredChange>, at: Timestamp, by: &str) -> Result<(), StoreError> {
        let mut kept = self.kept();
        for StoredChange { key, value } in changes {
            let old = kept.settings.iter().position(|setting| setting.key == key);
            let before = old.map(|at| kept.settings.remove(at).value).unwrap_or_default();
            kept.audit.push(AuditLine {
                at,
                by: by.to_owned(),
                setting: key.clone(),
                before,
                after: value.clone().unwrap_or_default(),
            });
            if let Some(value) = value {
                kept.settings.push(StoredSetting { key, value, at });
            }
        }
        Ok(())
    }

    async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.kept().audit.push(line);
        Ok(())
    }

    async fn audit(&self, filter: AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StoreError> {
        let kept = self.kept();
        let numbered = kept.audit.iter().zip(1..).filter(|(line, _)| filter.takes(line));
        let entry = |(line, id): (&AuditLine, i64)| AuditEntry {
            id,
            line: line.clone(),
        };
        let mut found: Vec<AuditEntry> = numbered.map(entry).collect();
        found.reverse();
        let (offset, limit) = (page.offset as usize, page.limit as usize);
        Ok(found.into_iter().skip(offset).take(limit).collect())
    }

    async fn revision(&self) -> Result<i64, StoreError> {
        Ok(self.kept().audit.len() as i64)
    }

    async fn audit_entry(&self, id: i64) -> Result<Option<AuditEntry>, StoreError> {
        let kept = self.kept();
        let found = kept.audit.iter().zip(1..).find(|(_, number)| *number == id);
        Ok(found.map(|(line, id)| AuditEntry {
            id,
            line: line.clone(),
        }))
    }
}
