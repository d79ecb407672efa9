//! Takes over the models of another directory by links.

use super::id::{
    Part, id_from_file_name, is_model_file_name, part_file_name, part_number, projector_id, without_suffix,
};
use super::{Library, LibraryError, Record};
use crate::gguf::{GgufSummary, check_projector, tensor_totals};
use std::io;
use std::path::{Path, PathBuf};

/// How deep directories are searched: caches of the hub nest three, other programs' libraries two.
const MAX_DEPTH: usize = 5;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Models that are usable now.
    pub imported: Vec<Imported>,
    /// Files that look like models and were not taken.
    pub skipped: Vec<Skipped>,
}

/// An imported model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its id here.
    pub id: String,
    /// The file that it links to; of a split model, the first.
    pub from: PathBuf,
}

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

pub(super) fn import_dir(library: &Library, from: &Path) -> Result<ImportReport, LibraryError> {
    let failed = |source| LibraryError::Io {
        path: from.to_owned(),
        source,
    };
    // Links need the place as seen from everywhere.
    let from = from.canonicalize().map_err(failed)?;
    let here = library.dir().canonicalize().map_err(failed)?;
    let mut files = Vec::new();
    collect(&from, &here, MAX_DEPTH, &mut files).map_err(failed)?;
    files.sort();
    let (projectors, models): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|path| check_projector(path).is_ok());
    let mut report = ImportReport::default();
    for path in models {
        match import_file(library, &path) {
            Ok(Some(id)) => report.imported.push(Imported { id, from: path }),
            Ok(None) => {}
            Err(reason) => report.skipped.push(Skipped { path, reason }),
        }
    }
    for path in projectors {
        if let Err(reason) = import_projector(library, &path, &report.imported) {
            report.skipped.push(Skipped { path, reason });
        }
    }
    Ok(report)
}

/// Links a projector for the models that were imported from its own directory, where other programs keep the two.
fn import_projector(library: &Library, path: &Path, models: &[Imported]) -> Result<(), String> {
    let mut beside = models
        .iter()
        .filter(|model| model.from.parent() == path.parent())
        .peekable();
    if beside.peek().is_none() {
        return Err("is a projector, and no model beside it was imported".to_owned());
    }
    for model in beside {
        let target = library.model_path(&projector_id(&model.id));
        if target.symlink_metadata().is_ok() {
            return Err(format!("`{}` has a projector already", model.id));
        }
        link(path, &target)
            .map_err(|error| format!("cannot be linked from {}: {error}", target.display()))?;
    }
    Ok(())
}

/// Model files under `dir`, without the library's own.
fn collect(dir: &Path, library: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if dir == library {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let path = entry.path();
        // Directories that are links are not followed (they could lead in a circle); files that are links are.
        if entry.file_type()?.is_dir() {
            if depth > 0 && !entry.file_name().to_string_lossy().starts_with('.') {
                collect(&path, library, depth - 1, files)?;
            }
        } else if is_model_file_name(&entry.file_name().to_string_lossy()) {
            files.push(path);
        }
    }
    Ok(())
}

/// The new id; `None` for a later part of a split model, which came with the first.
fn import_file(library: &Library, path: &Path) -> Result<Option<String>, String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("its name is not Unicode")?;
    let id = id_from_file_name(name).ok_or("its name gives no model id; rename it")?;
    let part = part_number(without_suffix(name));
    let sources = match part {
        Some(part) if part.number > 1 => {
            let first = part_file_name(part.stem, 1, part.count);
            if path.with_file_name(&first).exists() {
                return Ok(None);
            }
            return Err(format!("part 1 of {} is missing: {first}", part.count));
        }
        Some(part) => parts(path, part)?,
        None => vec![path.to_owned()],
    };
    GgufSummary::read(path).map_err(|error| error.to_string())?;
    for later in &sources[1..] {
        tensor_totals(later).map_err(|error| format!("{}: {error}", later.display()))?;
    }
    let targets: Vec<_> = match part {
        Some(part) => (1..=part.count)
            .map(|number| library.dir().join(part_file_name(&id, number, part.count)))
            .collect(),
        None => vec![library.model_path(&id)],
    };
    if library.find(&id).is_some() || targets.iter().any(|target| target.symlink_metadata().is_ok()) {
        return Err(format!("`{id}` is installed already"));
    }
    let mut size_bytes = 0;
    for (source, target) in sources.iter().zip(&targets) {
        size_bytes += std::fs::metadata(source).map_or(0, |metadata| metadata.len());
        link(source, target)
            .map_err(|error| format!("cannot be linked from {}: {error}", target.display()))?;
    }
    let record = Record {
        source: format!("imported from {}", path.display()),
        original_name: name.to_owned(),
        verified_by: "nobody".into(),
        size_bytes,
        ..Record::default()
    };
    library
        .write_record(&id, &record)
        .map_err(|error| error.to_string())?;
    Ok(Some(id))
}

/// All parts of a split model, which have to be there.
fn parts(first: &Path, part: Part<'_>) -> Result<Vec<PathBuf>, String> {
    (1..=part.count)
        .map(|number| {
            let name = part_file_name(part.stem, number, part.count);
            let path = first.with_file_name(&name);
            if path.exists() {
                Ok(path)
            } else {
                Err(format!("part {number} of {} is missing: {name}", part.count))
            }
        })
        .collect()
}

#[cfg(unix)]
fn link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(source, target)
}

/// Symbolic links need a privilege elsewhere; a hard link does the same on one file system.
#[cfg(not(unix))]
fn link(source: &Path, target: &Path) -> io::Result<()> {
    std::fs::hard_link(source, target)
}
