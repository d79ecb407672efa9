//! Directories whose documents are kept up to date.
//!
//! Looked at from time to time rather than reported by the kernel: that works the same on every system, in containers
//! and on network disks, and a look costs one `stat` a file. What has the same size and time of change as at the last
//! look is not opened.

use super::{Asked, IngestOrder, IngestReport, Knowledge, Material, files};
use crate::memory::MemoryError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Keeps documents of some directories up to date.
pub struct Watch {
    knowledge: Knowledge,
    user: String,
    directories: Vec<PathBuf>,
    /// What each file was like when it was last taken, and at the last look.
    seen: HashMap<PathBuf, Seen>,
    looked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct State {
    bytes: u64,
    changed: Option<SystemTime>,
}

struct Seen {
    at_last_look: State,
    taken: Option<State>,
}

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What was new or different.
    pub report: IngestReport,
    /// Documents that are gone, and are forgotten.
    pub removed: Vec<String>,
    /// Directories that could not be looked at, and why. Their documents stay.
    pub unreadable: Vec<(PathBuf, String)>,
}

impl Watch {
    /// Of these directories, for this user.
    pub fn new(knowledge: Knowledge, user: impl Into<String>, directories: Vec<PathBuf>) -> Self {
        Self {
            knowledge,
            user: user.into(),
            directories,
            seen: HashMap::new(),
            looked: false,
        }
    }

    /// Looks once: remembers what is new or different, forgets what is gone. The first look takes everything, which
    /// costs nothing where it is remembered already but reading; later ones take what has not changed since the look
    /// before, so that a file is not read while it is written.
    ///
    /// # Errors
    /// When the store fails while it forgets.
    pub async fn look(&mut self) -> Result<Changes, MemoryError> {
        let mut changes = Changes::default();
        let mut roots = Vec::new();
        let mut found = HashMap::new();
        for directory in self.directories.clone() {
            let listed = tokio::task::spawn_blocking(move || (list(&directory), directory)).await;
            match listed {
                Ok((Ok((root, files)), _)) => {
                    roots.push(root);
                    found.extend(files);
                }
                Ok((Err(reason), directory)) => changes.unreadable.push((directory, reason)),
                Err(error) => changes.unreadable.push((PathBuf::new(), error.to_string())),
            }
        }
        let mut due: Vec<PathBuf> = Vec::new();
        for (path, state) in &found {
            let seen = self.seen.get(path);
            let settled = !self.looked || seen.is_some_and(|seen| seen.at_last_look == *state);
            if settled && seen.and_then(|seen| seen.taken) != Some(*state) {
                due.push(path.clone());
            }
        }
        due.sort();
        let materials = due.iter().cloned();
        let order = IngestOrder {
            user: self.user.clone(),
            project: None,
            materials: materials
                .map(|path| (Material::File(path), Asked::WithDirectory))
                .collect(),
        };
        changes.report = self.knowledge.ingest_quietly(order).await;
        let before = std::mem::take(&mut self.seen);
        for (path, state) in found {
            let taken = if due.binary_search(&path).is_ok() {
                Some(state)
            } else {
                before.get(&path).and_then(|seen| seen.taken)
            };
            let at_last_look = state;
            self.seen.insert(path, Seen { at_last_look, taken });
        }
        self.looked = true;
        changes.removed = self.forget_gone(&roots).await?;
        Ok(changes)
    }

    /// Forgets documents of these directories whose files are gone. A directory that is not there, such as a disk
    /// that is not mounted, is not among them.
    async fn forget_gone(&self, roots: &[PathBuf]) -> Result<Vec<String>, MemoryError> {
        let mut removed = Vec::new();
        for summary in self.knowledge.sources(&self.user).await? {
            let path = Path::new(&summary.source);
            let gone =
                roots.iter().any(|root| path.starts_with(root)) && matches!(path.try_exists(), Ok(false));
            if gone {
                self.knowledge.remove(&self.user, &summary.source).await?;
                removed.push(summary.source);
            }
        }
        Ok(removed)
    }
}

type Listed = (PathBuf, Vec<(PathBuf, State)>);

/// The directory without links, and its files.
fn list(directory: &Path) -> Result<Listed, String> {
    let root = directory.canonicalize().map_err(|error| error.to_string())?;
    if !root.is_dir() {
        return Err("it is no directory".to_owned());
    }
    let mut found = Vec::new();
    for (material, _) in files(&root).map_err(|error| error.to_string())? {
        if let Material::File(path) = material
            && let Ok(metadata) = path.metadata()
        {
            let state = State {
                bytes: metadata.len(),
                changed: metadata.modified().ok(),
            };
            found.push((path, state));
        }
    }
    Ok((root, found))
}
