//! Files of exports: private, and whole or not there.

use crate::exit::CommandError;
use council_store::create_private_dir;
use std::ffi::OsString;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The files of an Agent Zero folder; the first is what makes it one.
const FILES: [&str; 3] = ["index.pkl", "index.faiss", "embedding.json"];

pub(super) fn read_error(path: &Path, error: &io::Error) -> CommandError {
    CommandError::io(format!("cannot read {}: {error}", path.display()))
}

pub(super) fn write_error(path: &Path, error: &io::Error) -> CommandError {
    CommandError::io(format!("cannot write {}: {error}", path.display()))
}

/// A file that only its owner can read, and that bears its name once it is whole.
pub(super) struct Private {
    file: tokio::fs::File,
    part: PathBuf,
    path: PathBuf,
}

impl Private {
    pub(super) fn create(path: &Path) -> Result<Self, CommandError> {
        let mut name = path.file_name().map(OsString::from).unwrap_or_default();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = private()
            .open(&part)
            .map_err(|error| write_error(&part, &error))?;
        Ok(Self {
            file: tokio::fs::File::from_std(file),
            part,
            path: path.to_owned(),
        })
    }

    pub(super) fn file(&mut self) -> &mut tokio::fs::File {
        &mut self.file
    }

    /// Gives it its name.
    pub(super) async fn keep(self) -> Result<(), CommandError> {
        let failed = |error: &io::Error| write_error(&self.path, error);
        self.file.sync_all().await.map_err(|error| failed(&error))?;
        tokio::fs::rename(&self.part, &self.path)
            .await
            .map_err(|error| failed(&error))
    }
}

fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The files of an Agent Zero folder as an archive.
pub(super) fn folder_to_zip(folder: &Path) -> Result<Vec<u8>, CommandError> {
    let [pickle, ..] = FILES;
    if !folder.join(pickle).is_file() {
        let message = format!(
            "{} holds no {pickle}; name the folder in which Agent Zero keeps its memory, such as memory/default",
            folder.display()
        );
        return Err(CommandError::usage(message));
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for name in FILES {
        let path = folder.join(name);
        let content = match std::fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(read_error(&path, &error)),
        };
        let added = archive.start_file(name, options).map_err(io::Error::from);
        added
            .and_then(|()| archive.write_all(&content))
            .map_err(|error| read_error(&path, &error))?;
    }
    let finished = archive.finish().map_err(io::Error::from);
    Ok(finished.map_err(|error| read_error(folder, &error))?.into_inner())
}

/// Refuses to write over a memory, unless that is wanted.
pub(super) fn check_free(folder: &Path, force: bool) -> Result<(), CommandError> {
    if force || FILES.iter().all(|name| !folder.join(name).exists()) {
        return Ok(());
    }
    Err(CommandError::usage(format!(
        "{} holds a memory already; choose another folder, or add --force to replace it",
        folder.display()
    )))
}

/// Writes the files of an archive to a folder, which is made where it is not there; returns their names.
pub(super) fn zip_to_folder(archive: &[u8], folder: &Path) -> Result<Vec<String>, CommandError> {
    create_private_dir(folder).map_err(|error| write_error(folder, &error))?;
    let unreadable = |error: &dyn std::error::Error| {
        CommandError::failure(format!("the server sent an archive that cannot be read: {error}"))
    };
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(|error| unreadable(&error))?;
    let mut written = Vec::new();
    // By the names that are known, so that an archive cannot write anywhere else.
    for name in FILES {
        let mut content = Vec::new();
        let mut file = archive.by_name(name).map_err(|error| unreadable(&error))?;
        file.read_to_end(&mut content)
            .map_err(|error| unreadable(&error))?;
        let path = folder.join(name);
        let opened = private().open(&path);
        opened
            .and_then(|mut file| file.write_all(&content))
            .map_err(|error| write_error(&path, &error))?;
        written.push(name.to_owned());
    }
    Ok(written)
}
