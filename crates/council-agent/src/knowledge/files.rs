//! The files below a path, and whether a path lies where it may.

use super::{Asked, Material};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Most files of one order.
const MAX_FILES: usize = 100_000;

/// Why there are no files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing is there, or it may not be read.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// There are too many.
    #[error("below `{}` there are more than {MAX_FILES} files; name a directory within it", path.display())]
    TooMany {
        /// The path.
        path: PathBuf,
    },
}

/// The file itself, or all files of a directory and those below it, by name: not what is hidden, not what a
/// `.gitignore` or `.ignore` leaves out, and not what a symbolic link leads to, so that links cannot make circles. Takes
/// long for large directories.
///
/// # Errors
/// [`FileError`]. Single directories that may not be read are passed over.
pub fn files(path: &Path) -> Result<Vec<(Material, Asked)>, FileError> {
    let unreadable = |error: std::io::Error| FileError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    // A link that is named is followed; its target gives the name, so that a document has one name.
    let root = path.canonicalize().map_err(unreadable)?;
    if !root.is_dir() {
        return Ok(vec![(Material::File(root), Asked::ByName)]);
    }
    std::fs::read_dir(&root).map_err(unreadable)?;
    let mut found = Vec::new();
    // Outside of a repository too: whoever leaves a file out of Git does not want it elsewhere either.
    let walk = WalkBuilder::new(&root)
        .require_git(false)
        .git_global(false)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .build();
    for entry in walk.flatten() {
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            if found.len() == MAX_FILES {
                return Err(FileError::TooMany {
                    path: path.to_owned(),
                });
            }
            found.push((Material::File(entry.into_path()), Asked::WithDirectory));
        }
    }
    Ok(found)
}

/// Whether a path lies below a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Below {
    /// It does; the path without links.
    Yes(PathBuf),
    /// It does not, or cannot be resolved. Which of both is not said: that would tell what exists.
    No,
}

/// Whether `path`, with all links followed, is one of `roots` or below one. Touches the disk.
pub fn resolve_below(path: &Path, roots: &[PathBuf]) -> Below {
    let Ok(path) = path.canonicalize() else {
        return Below::No;
    };
    let mut roots = roots.iter().filter_map(|root| root.canonicalize().ok());
    if roots.any(|root| path.starts_with(root)) {
        Below::Yes(path)
    } else {
        Below::No
    }
}

#[cfg(test)]
mod tests;
