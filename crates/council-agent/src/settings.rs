//! Settings while they are in force: what was set at run time over what is configured, told to whoever listens.

use council_core::{
    AuditEntry, AuditFilter, AuditLine, Clock, EgressRules, HostList, Page, PrivacyActions, Setting,
    SettingChange, SettingError, SettingValue, Settings, SettingsStore, StoreError, StoredChange, Timestamp,
    settings::SETTINGS,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// What may leave this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressPolicy {
    /// Whether models on other machines may be asked.
    pub cloud_enabled: bool,
    /// Whether every connection to another machine is refused, whatever else is set.
    pub local_only: bool,
    /// Which hosts may be connected to.
    pub allow: HostList,
    /// Hosts that are sent what would otherwise be asked about.
    pub consent_hosts: HostList,
    /// What is done about private text.
    pub privacy: PrivacyActions,
}

impl From<EgressPolicy> for Settings {
    /// Settings of which nothing else is configured.
    fn from(policy: EgressPolicy) -> Self {
        Self {
            cloud_enabled: policy.cloud_enabled,
            local_only: policy.local_only,
            egress_allow: policy.allow,
            consent_hosts: policy.consent_hosts,
            privacy: policy.privacy,
            ..Self::default()
        }
    }
}

/// Why a change was not made. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// A value is wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The audit has no line of this number.
    #[error("the audit has no line {0}; GET /v1/audit lists them")]
    NoLine(i64),
    /// The line tells of something that is no setting.
    #[error("`{0}` cannot be undone, because the audit keeps no values of it")]
    NotUndoable(String),
    /// The setting was changed again since.
    #[error(
        "`{key}` was changed again since: it was `{then}` after this line and is `{now}`; undo it all the same with `force`"
    )]
    ChangedSince {
        /// The setting.
        key: String,
        /// Its value after the line; `as configured` where it was.
        then: String,
        /// Its value now.
        now: String,
    },
}

/// One setting and where its value comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingState {
    /// The setting.
    pub setting: &'static Setting,
    /// Its value now.
    pub value: SettingValue,
    /// Its value without what was set: what is configured.
    pub configured: SettingValue,
    /// Since when it is set; `None`: it is as configured.
    pub since: Option<Timestamp>,
    /// Why what was set once is not in force, where that is so.
    pub problem: Option<String>,
}

#[derive(Clone, Debug)]
struct Chosen {
    /// As it is kept.
    text: String,
    since: Timestamp,
    /// Why it is not in force.
    problem: Option<String>,
}

/// What the audit calls it when something was forgotten.
pub const FORGET: &str = "forget";

#[derive(Clone, Debug)]
struct Live {
    settings: Arc<Settings>,
    chosen: BTreeMap<&'static str, Chosen>,
}

/// The settings of this process. Clones are the same settings.
#[derive(Clone)]
pub struct LiveSettings {
    store: Arc<dyn SettingsStore>,
    clock: Arc<dyn Clock>,
    configured: Arc<Settings>,
    live: watch::Sender<Live>,
    /// Changes are told in the order in which they are stored.
    order: Arc<Mutex<()>>,
}

impl LiveSettings {
    /// Reads what was set. What does not go with today's configuration is not in force, and [`all`](Self::all) says why.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(
        store: Arc<dyn SettingsStore>,
        clock: Arc<dyn Clock>,
        configured: impl Into<Settings>,
    ) -> Result<Self, StoreError> {
        let configured: Settings = configured.into();
        let live = read(&*store, &configured).await?;
        Ok(Self {
            store,
            clock,
            configured: Arc::new(configured),
            live: watch::Sender::new(live),
            order: Arc::default(),
        })
    }

    /// Takes over what other processes change that share the store, until dropped: as soon as the store is told, and
    /// by looking at this interval, because what is told can be lost. `forgotten` is called when somebody has had
    /// something forgotten, which may stand in caches.
    pub async fn follow<F: Future<Output = ()>>(&self, interval: Duration, forgotten: impl Fn() -> F) {
        let (mut known, mut failed) = (None, false);
        loop {
            // Within the time, or when it is over: the same is done.
            let _ = tokio::time::timeout(interval, self.store.told()).await;
            let taken = match self.store.revision().await {
                Ok(revision) if known == Some(revision) => continue,
                Ok(revision) => match self.take_over(known).await {
                    Ok(is_forgotten) => {
                        known = Some(revision);
                        if is_forgotten {
                            forgotten().await;
                        }
                        Ok(())
                    }
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            if let Err(error) = &taken
                && !failed
            {
                tracing::warn!("settings that other processes change are not seen for now: {error}");
            }
            failed = taken.is_err();
        }
    }

    /// Returns whether something was forgotten after this revision.
    async fn take_over(&self, known: Option<i64>) -> Result<bool, StoreError> {
        self.take_over_settings().await?;
        let forgotten = AuditFilter {
            setting: Some(FORGET.to_owned()),
            ..AuditFilter::default()
        };
        let last = self.store.audit(forgotten, Page { offset: 0, limit: 1 }).await?;
        Ok(known.is_some_and(|known| last.iter().any(|entry| entry.id > known)))
    }

    async fn take_over_settings(&self) -> Result<(), StoreError> {
        let _in_order = self.order.lock().await;
        let found = read(&*self.store, &self.configured).await?;
        let texts = |live: &Live| -> Vec<(&'static str, String)> {
            let text = |(key, chosen): (&&'static str, &Chosen)| (*key, chosen.text.clone());
            live.chosen.iter().map(text).collect()
        };
        let (before, after) = (texts(&self.live.borrow()), texts(&found));
        if before == after {
            return Ok(());
        }
        self.live.send_replace(found);
        let changed = |(key, text): &&(&str, String)| !before.contains(&(*key, text.clone()));
        for (key, text) in after.iter().filter(changed) {
            tracing::info!(setting = key, "{key} is now {text} (set by another process)");
        }
        for (key, _) in before
            .iter()
            .filter(|(key, _)| after.iter().all(|(other, _)| other != key))
        {
            tracing::info!(
                setting = key,
                "{key} is now as configured (set by another process)"
            );
        }
        Ok(())
    }

    /// What is in force now.
    pub fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.live.borrow().settings)
    }

    /// What is configured.
    pub fn configured(&self) -> &Settings {
        &self.configured
    }

    /// Returns when the settings are so.
    pub async fn wait_for(&self, mut are: impl FnMut(&Settings) -> bool) {
        // The sender is ours: it cannot have gone.
        let _ = self.live.subscribe().wait_for(|live| are(&live.settings)).await;
    }

    /// What may leave this machine now.
    pub fn policy(&self) -> EgressPolicy {
        let settings = self.current();
        EgressPolicy {
            cloud_enabled: settings.cloud_enabled,
            local_only: settings.local_only,
            allow: settings.egress_allow.clone(),
            consent_hosts: settings.consent_hosts.clone(),
            privacy: settings.privacy.clone(),
        }
    }

    /// What may be connected to now.
    pub fn egress_rules(&self) -> EgressRules {
        let settings = self.current();
        EgressRules {
            local_only: settings.local_only,
            allow: settings.egress_allow.clone(),
        }
    }

    /// Every setting, in the order of the table.
    pub fn all(&self) -> Vec<SettingState> {
        let live = self.live.borrow().clone();
        let state = |setting: &'static Setting| {
            let chosen = live.chosen.get(setting.key);
            SettingState {
                setting,
                value: setting.get(&live.settings),
                configured: setting.get(&self.configured),
                since: chosen.map(|chosen| chosen.since),
                problem: chosen.and_then(|chosen| chosen.problem.clone()),
            }
        };
        SETTINGS.iter().map(state).collect()
    }

    /// Makes changes, all or none: stored with a line each in the audit, then told. What is as wanted already is left
    /// alone and gets no line.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing has changed then.
    pub async fn change(&self, changes: Vec<SettingChange>, by: &str) -> Result<(), ChangeError> {
        let _in_order = self.order.lock().await;
        self.change_in_order(changes, by).await
    }

    async fn change_in_order(&self, changes: Vec<SettingChange>, by: &str) -> Result<(), ChangeError> {
        let at = self.clock.now();
        let mut chosen = self.live.borrow().chosen.clone();
        let mut stored = Vec::new();
        for SettingChange { setting, value } in changes {
            let (key, text) = (setting.key, value.map(|value| value.to_string()));
            let before = chosen.get(key).map(|chosen| &chosen.text);
            let in_force = chosen.get(key).is_none_or(|chosen| chosen.problem.is_none());
            if before == text.as_ref() && in_force {
                continue;
            }
            match &text {
                Some(text) => {
                    let (text, problem) = (text.clone(), None);
                    chosen.insert(
                        key,
                        Chosen {
                            text,
                            since: at,
                            problem,
                        },
                    );
                }
                None => {
                    chosen.remove(key);
                }
            }
            stored.push(StoredChange {
                key: key.to_owned(),
                value: text,
            });
        }
        if stored.is_empty() {
            return Ok(());
        }
        let settings = effective(&self.configured, &chosen);
        settings.check(&self.configured)?;
        self.store.change(stored.clone(), at, by).await?;
        let settings = Arc::new(settings);
        self.live.send_replace(Live { settings, chosen });
        for StoredChange { key, value } in stored {
            let value = value.unwrap_or_else(|| "as configured".to_owned());
            tracing::info!(setting = key, by, "{key} is now {value} (set by {by})");
        }
        Ok(())
    }

    /// Takes a change back. With `force` also where the setting was changed again since.
    ///
    /// # Errors
    /// [`ChangeError`]; nothing has changed then.
    pub async fn undo(&self, id: i64, force: bool, by: &str) -> Result<&'static Setting, ChangeError> {
        let _in_order = self.order.lock().await;
        let line = self
            .store
            .audit_entry(id)
            .await?
            .ok_or(ChangeError::NoLine(id))?
            .line;
        let Ok(setting) = Setting::of(&line.setting) else {
            return Err(ChangeError::NotUndoable(line.setting));
        };
        let now = self
            .live
            .borrow()
            .chosen
            .get(setting.key)
            .map(|chosen| chosen.text.clone());
        let now = now.unwrap_or_default();
        if now != line.after && !force {
            let said = |text: String| {
                if text.is_empty() {
                    "as configured".to_owned()
                } else {
                    text
                }
            };
            return Err(ChangeError::ChangedSince {
                key: line.setting,
                then: said(line.after),
                now: said(now),
            });
        }
        let change = SettingChange::read(&line.setting, &line.before)?;
        self.change_in_order(vec![change], by).await?;
        Ok(setting)
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
    pub async fn audit(&self, filter: AuditFilter, page: Page) -> Result<Vec<AuditEntry>, StoreError> {
        self.store.audit(filter, page).await
    }
}

/// What is kept. What does not go with the configuration is not in force, and says why.
async fn read(store: &dyn SettingsStore, configured: &Settings) -> Result<Live, StoreError> {
    let mut chosen = BTreeMap::new();
    for kept in store.settings().await? {
        let problem = SettingChange::read(&kept.key, &kept.value).err();
        if let Some(error) = &problem {
            tracing::warn!(setting = kept.key, "a setting is not in force: {error}");
        }
        if let Ok(setting) = Setting::of(&kept.key) {
            let problem = problem.map(|error| error.to_string());
            let (text, since) = (kept.value, kept.at);
            chosen.insert(setting.key, Chosen { text, since, problem });
        }
    }
    let mut settings = effective(configured, &chosen);
    // Only all of them together show whether they go together: a quorum of five is right where five voices sit.
    while let Err(error) = settings.check(configured) {
        tracing::warn!(setting = error.key(), "settings are not in force: {error}");
        let group = error.key().split('.').next().unwrap_or_default().to_owned();
        let mut taken_back = false;
        for (key, chosen) in &mut chosen {
            if key.split('.').next() == Some(&group) && chosen.problem.is_none() {
                chosen.problem = Some(error.to_string());
                taken_back = true;
            }
        }
        if !taken_back {
            // The configuration contradicts itself, and whoever reads it says so.
            break;
        }
        settings = effective(configured, &chosen);
    }
    let settings = Arc::new(settings);
    Ok(Live { settings, chosen })
}

/// What is configured with what was chosen and can be in force.
fn effective(configured: &Settings, chosen: &BTreeMap<&'static str, Chosen>) -> Settings {
    let mut settings = configured.clone();
    for (key, chosen) in chosen {
        if chosen.problem.is_none()
            && let Ok(change) = SettingChange::read(key, &chosen.text)
            && let Some(value) = change.value
        {
            change.setting.put(&mut settings, value);
        }
    }
    settings
}

#[cfg(test)]
mod tests;
