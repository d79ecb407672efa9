//! The directory of installed models.

use crate::catalog::Catalog;
use std::path::PathBuf;

/// A directory of GGUF files, shared by everything on this machine that uses models.
#[derive(Debug)]
pub struct Library {
    #[expect(dead_code)]
    dir: PathBuf,
}

impl Library {
    /// Opens the directory, and makes it when it does not exist.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(_dir: PathBuf, _catalog: Catalog) -> std::io::Result<Self> {
        todo!()
    }

    /// All installed models, in catalog order, then by name.
    pub fn list(&self) -> Vec<InstalledModel> {
        todo!()
    }
}

/// A model file in the library.
#[derive(Clone, Debug)]
pub struct InstalledModel {
    /// The model's id: the catalog name, or the file name without `.gguf`; never contains `:`.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub size_bytes: u64,
    /// What its header says.
    pub gguf: crate::gguf::GgufSummary,
}
