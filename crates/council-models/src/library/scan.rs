//! One look at the directory: which files are models, and which are not usable and why.

use super::id::{
    Part, id_from_file_name, is_model_file_name, model_of_projector, part_file_name, part_number,
    without_suffix,
};
use super::{BrokenModel, InstalledModel, Projector};
use crate::catalog::Catalog;
use crate::gguf::{GgufSummary, check_projector, tensor_totals};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What headers said, by file, size and time of the last change.
pub(super) type HeaderCache = HashMap<PathBuf, Cached>;

#[derive(Debug)]
pub(super) struct Cached {
    size_bytes: u64,
    modified: Option<SystemTime>,
    header: Result<GgufSummary, String>,
}

/// What a directory holds.
pub(super) struct Scan {
    pub(super) installed: Vec<InstalledModel>,
    pub(super) broken: Vec<BrokenModel>,
    /// All files of each id, the first part first.
    files: BTreeMap<String, Vec<PathBuf>>,
}

impl Scan {
    pub(super) fn of(dir: &Path, catalog: &Catalog, headers: &mut HeaderCache) -> Self {
        let mut scan = Self {
            installed: Vec::new(),
            broken: Vec::new(),
            files: BTreeMap::new(),
        };
        let names = match model_file_names(dir) {
            Ok(names) => names,
            Err(error) => {
                tracing::warn!(dir = %dir.display(), %error, "the models directory cannot be read");
                return scan;
            }
        };
        for name in &names {
            let Some(id) = id_from_file_name(name) else {
                continue;
            };
            let part = part_number(without_suffix(name));
            if part.is_some_and(|part| {
                part.number > 1 && names.contains(&part_file_name(part.stem, 1, part.count))
            }) {
                continue;
            }
            let path = dir.join(name);
            if model_of_projector(&id).is_some() {
                scan.files.entry(id).or_insert_with(|| vec![path]);
                continue;
            }
            let model = match scan.files.get(&id) {
                Some(other) => Err(format!(
                    "has the same id as {}; rename one of them",
                    display_name(&other[0])
                )),
                None => inspect(&path, part, headers),
            };
            match model {
                Ok((size_bytes, gguf)) => {
                    scan.installed.push(InstalledModel {
                        id: id.clone(),
                        path: path.clone(),
                        size_bytes,
                        gguf,
                        projector: None,
                    });
                }
                Err(reason) => scan.broken.push(BrokenModel {
                    id: id.clone(),
                    path: path.clone(),
                    reason,
                }),
            }
            scan.files.entry(id).or_insert_with(|| files_of(&path, part));
        }
        scan.give_projectors(headers);
        headers.retain(|path, _| {
            path.file_name()
                .is_some_and(|name| names.iter().any(|known| known.as_str() == name))
        });
        let place = |id: &str| {
            catalog
                .entries()
                .iter()
                .position(|entry| entry.name == id)
                .unwrap_or(catalog.entries().len())
        };
        scan.installed
            .sort_by(|a, b| place(&a.id).cmp(&place(&b.id)).then_with(|| a.id.cmp(&b.id)));
        scan
    }

    /// Gives each projector to its model; one without a model, or that is none, is named.
    fn give_projectors(&mut self, headers: &mut HeaderCache) {
        for (id, files) in &self.files {
            let (Some(model), Some(path)) = (model_of_projector(id), files.first()) else {
                continue;
            };
            let owner = self.installed.iter_mut().find(|known| known.id == model);
            let checked = header(path, headers, |path| {
                check_projector(path).map(|()| GgufSummary::default())
            });
            let reason = match (owner, checked) {
                (Some(owner), Ok((size_bytes, _))) => {
                    owner.projector = Some(Projector {
                        path: path.clone(),
                        size_bytes,
                    });
                    continue;
                }
                (_, Err(reason)) => reason,
                (None, Ok(_)) => format!("is the projector of `{model}`, which is not installed"),
            };
            self.broken.push(BrokenModel {
                id: id.clone(),
                path: path.clone(),
                reason,
            });
        }
    }

    /// The files of a model, usable or not.
    pub(super) fn files_of(&self, id: &str) -> Vec<PathBuf> {
        self.files.get(id).cloned().unwrap_or_default()
    }
}

/// The names of model files, sorted, so that the first part of a split model comes first.
fn model_file_names(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        if let Ok(name) = entry?.file_name().into_string()
            && is_model_file_name(&name)
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn files_of(first: &Path, part: Option<Part<'_>>) -> Vec<PathBuf> {
    match part {
        None => vec![first.to_owned()],
        Some(part) => (1..=part.count)
            .map(|number| first.with_file_name(part_file_name(part.stem, number, part.count)))
            .filter(|path| path.symlink_metadata().is_ok())
            .collect(),
    }
}

/// Size of all files and the header, with the totals of all parts.
fn inspect(
    path: &Path,
    part: Option<Part<'_>>,
    headers: &mut HeaderCache,
) -> Result<(u64, GgufSummary), String> {
    let Some(part) = part else {
        let (size_bytes, gguf) = header(path, headers, GgufSummary::read)?;
        if gguf.split_count > 1 {
            return Err(format!(
                "is one of {} parts of a model; name them as they were, such as `{}`",
                gguf.split_count,
                part_file_name("name", 1, gguf.split_count)
            ));
        }
        return Ok((size_bytes, gguf));
    };
    if part.number != 1 {
        return Err(format!(
            "part 1 of {} is missing: {}",
            part.count,
            part_file_name(part.stem, 1, part.count)
        ));
    }
    let (mut size_bytes, mut gguf) = header(path, headers, GgufSummary::read)?;
    for number in 2..=part.count {
        let name = part_file_name(part.stem, number, part.count);
        let file = path.with_file_name(&name);
        if !file.exists() {
            return Err(format!("part {number} of {} is missing: {name}", part.count));
        }
        // Later parts hold only tensors, so a summary of them has nothing but totals.
        let (size, totals) = header(&file, headers, |path| {
            tensor_totals(path).map(|totals| GgufSummary {
                parameters: totals.parameters,
                tensor_bytes: totals.bytes,
                ..GgufSummary::default()
            })
        })
        .map_err(|reason| format!("part {number} of {}: {reason}", part.count))?;
        size_bytes += size;
        gguf.parameters += totals.parameters;
        gguf.tensor_bytes += totals.tensor_bytes;
    }
    Ok((size_bytes, gguf))
}

/// Reads a header, or takes what it said when the file has not changed since.
fn header(
    path: &Path,
    headers: &mut HeaderCache,
    read: impl FnOnce(&Path) -> Result<GgufSummary, crate::gguf::GgufError>,
) -> Result<(u64, GgufSummary), String> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            return Err(match std::fs::read_link(path) {
                Ok(target) => format!("links to {}, which cannot be read: {error}", target.display()),
                Err(_) => format!("cannot be read: {error}"),
            });
        }
    };
    let (size_bytes, modified) = (metadata.len(), metadata.modified().ok());
    let known = headers.get(path).filter(|cached| {
        cached.size_bytes == size_bytes && cached.modified == modified && modified.is_some()
    });
    let header = match known {
        Some(cached) => cached.header.clone(),
        None => read(path).map_err(|error| error.to_string()),
    };
    headers.insert(
        path.to_owned(),
        Cached {
            size_bytes,
            modified,
            header: header.clone(),
        },
    );
    header.map(|header| (size_bytes, header))
}

fn display_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
