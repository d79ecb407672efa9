//! Which file a target means, where it may come from, and what it has to be.

use super::error::PullError;
use super::target::{PullTarget, TargetError};
use crate::catalog::{Catalog, ProjectorFile, Requantise, Source};
use crate::library::{Library, id_from_file_name, part_of_split};
use std::fmt;
use std::path::{Path, PathBuf};

/// A place that a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Catalog(Source),
    File(PathBuf),
}

impl Origin {
    /// Tells apart the origins of partial files.
    pub(super) fn key(&self) -> String {
        format!("{self:?}")
    }

    /// The file's name there.
    pub(super) fn file_name(&self) -> String {
        match self {
            Self::Catalog(Source::HuggingFace { file, .. }) => last_segment(file),
            Self::Catalog(Source::Url { url }) => url_file_name(url),
            Self::Catalog(Source::Python { members, .. }) => {
                members.first().and_then(|member| last_segment(member))
            }
            Self::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        }
        .unwrap_or_default()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog(source) => source.fmt(f),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// What to install and from where.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) origins: Vec<Origin>,
    /// The hash that the catalog gives.
    pub(super) sha256: Option<String>,
    /// The size that goes with it.
    pub(super) size_bytes: Option<u64>,
    pub(super) requantise: Option<Requantise>,
    pub(super) projector: Option<ProjectorFile>,
}

impl Plan {
    pub(super) fn of(library: &Library, target: &PullTarget) -> Result<Self, PullError> {
        let origin = match target {
            PullTarget::Name(name) => return Self::of_name(library.catalog(), name),
            PullTarget::Hub { repo, file, revision } => Origin::Catalog(Source::HuggingFace {
                repo: repo.clone(),
                file: file.clone(),
                revision: revision.clone(),
            }),
            PullTarget::Url(url) => Origin::Catalog(Source::Url { url: url.clone() }),
            PullTarget::File(path) => Origin::File(local_path(library, path)?),
        };
        let name = origin.file_name();
        if let Some(count) = part_of_split(&name) {
            return Err(PullError::Split { file: name, count });
        }
        let id = id_from_file_name(&name).ok_or_else(|| TargetError {
            text: origin.to_string(),
            problem: format!("ends in `{name}`, which gives no model id"),
        })?;
        Ok(Self {
            id,
            origins: vec![origin],
            sha256: None,
            size_bytes: None,
            requantise: None,
            projector: None,
        })
    }

    fn of_name(catalog: &Catalog, name: &str) -> Result<Self, PullError> {
        let Some(entry) = catalog.get(name) else {
            return Err(unknown(catalog, name));
        };
        Ok(Self {
            id: entry.name.clone(),
            origins: entry.sources.iter().cloned().map(Origin::Catalog).collect(),
            sha256: entry.sha256.clone(),
            size_bytes: entry.size_bytes,
            requantise: entry.requantise,
            projector: entry.projector.clone(),
        })
    }
}

fn unknown(catalog: &Catalog, name: &str) -> PullError {
    let names = || catalog.entries().iter().map(|entry| entry.name.as_str());
    let wanted = name.to_lowercase();
    let similar = names()
        .find(|known| known.contains(&wanted) || wanted.contains(known))
        .map(str::to_owned);
    PullError::UnknownName {
        name: name.to_owned(),
        similar,
        known: names().collect::<Vec<_>>().join(", "),
    }
}

/// The file as seen from everywhere, and not one of the library's own.
fn local_path(library: &Library, path: &Path) -> Result<PathBuf, PullError> {
    let io = |source| PullError::Io {
        path: path.to_owned(),
        source,
    };
    let file = path.canonicalize().map_err(io)?;
    let here = library.dir().canonicalize().map_err(io)?;
    if file.parent() == Some(&here) {
        return Err(TargetError {
            text: path.display().to_string(),
            problem: "lies in the models directory already".into(),
        }
        .into());
    }
    // The name as given counts, also where it is a link to one of the hub's nameless files.
    Ok(path
        .file_name()
        .and_then(|name| Some(path.parent()?.canonicalize().ok()?.join(name)))
        .unwrap_or(file))
}

fn last_segment(path: &str) -> Option<String> {
    path.rsplit('/').next().map(str::to_owned)
}

fn url_file_name(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    url.path_segments()?
        .rfind(|segment| !segment.is_empty())
        .map(str::to_owned)
}
