//! Settings while they are in force: what was set at run time over what is configured, told to whoever listens.

use council_core::{
    AuditLine, Clock, Page, PrivacyActions, SettingChange, Settings, SettingsStore, StoreError,
};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// What may leave this machine, as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    /// Whether models on other machines may be asked.
    pub cloud_enabled: bool,
    /// Whether every connection to another machine is refused, whatever else is set.
    pub local_only: bool,
    /// What is done about private text.
    pub privacy: PrivacyActions,
}

impl EgressPolicy {
    /// With what was set at run time over it.
    pub fn with(&self, settings: &Settings) -> Self {
        let mut privacy = self.privacy.clone();
        privacy.extend(settings.privacy.iter().map(|(kind, action)| (*kind, *action)));
        Self {
            cloud_enabled: settings.cloud_enabled.unwrap_or(self.cloud_enabled),
            local_only: settings.local_only.unwrap_or(self.local_only),
            privacy,
        }
    }
}

/// The settings of this process. Clones are the same settings.
#[derive(Clone)]
pub struct LiveSettings {
    store: Arc<dyn SettingsStore>,
    clock: Arc<dyn Clock>,
    configured: EgressPolicy,
    current: watch::Sender<Settings>,
    /// Changes are told in the order in which they are stored.
    order: Arc<Mutex<()>>,
}

impl LiveSettings {
    /// Reads what was set.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(
        store: Arc<dyn SettingsStore>,
        clock: Arc<dyn Clock>,
        configured: EgressPolicy,
    ) -> Result<Self, StoreError> {
        let settings = store.settings().await?;
        Ok(Self {
            store,
            clock,
            configured,
            current: watch::Sender::new(settings),
            order: Arc::default(),
        })
    }

    /// What was set, now and from now on.
    pub fn watch(&self) -> watch::Receiver<Settings> {
        self.current.subscribe()
    }

    /// What was set.
    pub fn current(&self) -> Settings {
        self.current.borrow().clone()
    }

    /// What may leave this machine now.
    pub fn policy(&self) -> EgressPolicy {
        self.configured.with(&self.current.borrow())
    }

    /// Makes a change: stored with its line in the audit, then told.
    ///
    /// # Errors
    /// When the store fails; nothing has changed then.
    pub async fn change(&self, change: SettingChange, by: &str) -> Result<(), StoreError> {
        let _in_order = self.order.lock().await;
        self.store.change(change, self.clock.now(), by).await?;
        self.current.send_modify(|settings| settings.apply(change));
        tracing::info!(
            setting = change.name(),
            by,
            "{} is now {} (set by {by})",
            change.name(),
            change.value()
        );
        Ok(())
    }

    /// Writes a line to the audit about something that is kept elsewhere, such as a key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note(&self, setting: String, after: &str, by: &str) -> Result<(), StoreError> {
        let line = AuditLine {
            at: self.clock.now(),
            by: by.to_owned(),
            setting,
            before: String::new(),
            after: after.to_owned(),
        };
        self.store.note(line).await
    }

    /// The latest changes, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit(&self, page: Page) -> Result<Vec<AuditLine>, StoreError> {
        self.store.audit(page).await
    }
}
