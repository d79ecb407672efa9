//! The directory of installed models: `<id>.gguf`, and beside it `<id>.json`, which says where the file came from, and
//! for a model that sees images its projector, `<id>.mmproj.gguf`.
//! The files are the state; there is no index that could disagree with them.

mod id;
mod import;
mod record;
mod scan;

pub use id::{id_from_file_name, is_id};
pub(crate) use id::{is_model_file_name, part_of_split, projector_id};
pub use import::{ImportReport, Imported, Skipped};
pub use record::Record;

use crate::catalog::Catalog;
use crate::gguf::GgufSummary;
use scan::{HeaderCache, Scan};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A directory of GGUF files, shared by everything on this machine that uses models.
#[derive(Debug)]
pub struct Library {
    dir: PathBuf,
    catalog: Catalog,
    headers: Mutex<HeaderCache>,
}

/// A model file in the library.
#[derive(Clone, Debug, PartialEq)]
pub struct InstalledModel {
    /// The model's id: the catalog name, or the file name without `.gguf`; never contains `:`.
    pub id: String,
    /// The file; of a model that is split over files, the first.
    pub path: PathBuf,
    /// Its size; of a model that is split over files, that of all.
    pub size_bytes: u64,
    /// What its header says.
    pub gguf: GgufSummary,
    /// With it the model sees images.
    pub projector: Option<Projector>,
}

/// The file that turns images into what a model sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projector {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub size_bytes: u64,
}

/// A file in the library that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenModel {
    /// The id that it would have.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

/// What was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Files that are gone.
    pub files: Vec<PathBuf>,
    /// Bytes that are free again; links count nothing.
    pub freed_bytes: u64,
}

/// Why the library could not do something.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// No such model.
    #[error("model `{id}` is not installed; `council models` lists those that are")]
    NotInstalled {
        /// What was asked for.
        id: String,
    },
    /// Not an id at all.
    #[error("`{id}` is no model id: ids are file names without directory, such as `qwen3-4b`")]
    BadId {
        /// What was given.
        id: String,
    },
    /// A file cannot be read, written or removed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Library {
    /// Opens the directory, and makes it when it does not exist.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(dir: PathBuf, catalog: Catalog) -> io::Result<Self> {
        std::fs::create_dir_all(&dir)?;
        std::fs::read_dir(&dir)?;
        Ok(Self {
            dir,
            catalog,
            headers: Mutex::default(),
        })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The models that this library knows by name.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// All installed models, in catalog order, then by name. Headers of files that have not changed are not read
    /// again.
    pub fn list(&self) -> Vec<InstalledModel> {
        self.scan().installed
    }

    /// Files in the directory that look like models and cannot be used, by name.
    pub fn broken(&self) -> Vec<BrokenModel> {
        self.scan().broken
    }

    /// The installed model with this id.
    pub fn find(&self, id: &str) -> Option<InstalledModel> {
        self.scan().installed.into_iter().find(|model| model.id == id)
    }

    /// What is known about where a model came from.
    pub fn record(&self, id: &str) -> Option<Record> {
        is_id(id).then(|| Record::read(&self.record_path(id))).flatten()
    }

    /// Writes down where a model came from.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_record(&self, id: &str, record: &Record) -> Result<(), LibraryError> {
        if !is_id(id) {
            return Err(LibraryError::BadId { id: id.to_owned() });
        }
        let path = self.record_path(id);
        record
            .write(&path)
            .map_err(|source| LibraryError::Io { path, source })
    }

    /// Removes a model, usable or broken, with what is known about it and with parts of an unfinished download. Of a
    /// link only the link goes. A running worker keeps the file that it has mapped.
    ///
    /// # Errors
    /// When the id is none, nothing has it, or a file cannot be removed.
    pub fn remove(&self, id: &str) -> Result<Removed, LibraryError> {
        if !is_id(id) {
            return Err(LibraryError::BadId { id: id.to_owned() });
        }
        let mut files = self.scan().files_of(id);
        let found = !files.is_empty();
        let projector = projector_id(id);
        files.extend(self.scan().files_of(&projector));
        let rests = [
            self.part_path(id),
            self.part_state_path(id),
            self.part_path(&projector),
            self.part_state_path(&projector),
        ];
        // Left behind only by a pull that was killed.
        for id in [id, projector.as_str()] {
            let _ = std::fs::remove_dir_all(self.scratch_path(id));
        }
        if !found && !rests.iter().any(|rest| rest.exists()) {
            return Err(LibraryError::NotInstalled { id: id.to_owned() });
        }
        files.extend(rests);
        files.extend([self.record_path(id), self.record_path(&projector)]);
        let mut removed = Removed {
            files: Vec::new(),
            freed_bytes: 0,
        };
        for path in files {
            let size = std::fs::symlink_metadata(&path)
                .map_or(0, |metadata| if metadata.is_file() { metadata.len() } else { 0 });
            match std::fs::remove_file(&path) {
                Ok(()) => {
                    removed.freed_bytes += size;
                    removed.files.push(path);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(LibraryError::Io { path, source }),
            }
        }
        Ok(removed)
    }

    /// Makes the models of another directory (and of directories in it) usable here by links; nothing is copied.
    ///
    /// # Errors
    /// When that directory cannot be read; files that are not taken are in the report.
    pub fn import_dir(&self, from: &Path) -> Result<ImportReport, LibraryError> {
        import::import_dir(self, from)
    }

    /// Where a model's file belongs.
    pub(crate) fn model_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.gguf"))
    }

    /// Where a model's record belongs.
    pub(crate) fn record_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    /// Where a model's file grows while it is pulled.
    pub(crate) fn part_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.gguf.part"))
    }

    /// What a growing file is a part of.
    pub(crate) fn part_state_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.gguf.part.json"))
    }

    /// Holds downloaded packages while a model is pulled.
    pub(crate) fn scratch_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!(".{id}.packages"))
    }

    /// Locked while a model is pulled.
    pub(crate) fn lock_path(&self, id: &str) -> PathBuf {
        self.dir.join(format!(".{id}.lock"))
    }

    fn scan(&self) -> Scan {
        // A panic while the cache was locked left it valid: entries are only ever inserted or dropped whole.
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        Scan::of(&self.dir, &self.catalog, &mut headers)
    }
}

#[cfg(test)]
mod tests;
