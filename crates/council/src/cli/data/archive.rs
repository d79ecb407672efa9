//! An archive (zip) or a folder with a manifest that names every file in it with its size and SHA-256.

use super::{Bar, parent, private_file, unreadable, unwritable, work_dir};
use crate::exit::CommandError;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MANIFEST: &str = "manifest.json";

/// The newest form of manifest that this program understands.
const VERSION: u32 = 1;

/// Longest manifest, in bytes: a few hundred thousand files.
const LONGEST_MANIFEST: u64 = 64 << 20;

/// Bytes that are hashed or packed at once.
const PIECE: usize = 256 << 10;

/// How a database begins (<https://sqlite.org/fileformat2.html#magic_header_string>).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Bytes of a page of an encrypted database.
const PAGE: u64 = 4096;

/// What an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    #[serde(rename = "council-backup")]
    Backup,
    #[serde(rename = "council-export")]
    Export,
}

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: Form,
    /// Of this form.
    pub(super) version: u32,
    /// The program that made it.
    pub(super) council: String,
    pub(super) schema_version: u64,
    /// RFC 3339, UTC.
    pub(super) created_at: String,
    /// Rows of each table.
    pub(super) rows: BTreeMap<String, u64>,
    /// The last number that was given to a row, by table.
    #[serde(default)]
    pub(super) sequences: BTreeMap<String, i64>,
    /// Filled when it is packed.
    #[serde(default)]
    pub(super) files: Vec<Entry>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// With `/` between folders.
    pub(super) path: String,
    pub(super) bytes: u64,
    /// In hexadecimal digits.
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn new(format: Form, schema_version: u64, rows: BTreeMap<String, u64>) -> Self {
        Self {
            format,
            version: VERSION,
            council: env!("CARGO_PKG_VERSION").to_owned(),
            schema_version,
            created_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            rows,
            sequences: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// What was read: files that are as their manifest says.
pub(super) struct Opened {
    /// Where the files are.
    pub(super) dir: PathBuf,
    /// `None`: a database alone, as `POST /v1/backup` gives it, which is `council.db` there.
    pub(super) manifest: Option<Manifest>,
    /// Where they were unpacked to, which goes with this.
    _unpacked: Option<TempDir>,
}

impl Opened {
    /// A file of it, where it has that.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        let path = self.dir.join(name);
        path.is_file().then_some(path)
    }
}

/// Writes the manifest into a folder that is complete but for it, and returns it with its files.
pub(super) fn seal(folder: &Path, mut manifest: Manifest) -> Result<Manifest, CommandError> {
    let mut paths = Vec::new();
    walk(folder, folder, &mut paths)?;
    paths.sort();
    for path in paths {
        let (bytes, sha256) = hash(&folder.join(&path), |_| {})?;
        manifest.files.push(Entry { path, bytes, sha256 });
    }
    let path = folder.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| unwritable(&path, &error.into()))?;
    let written = private_file()
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| unwritable(&path, &error))?;
    Ok(manifest)
}

/// The files below a folder, with `/` between folders. Links are not followed.
fn walk(root: &Path, dir: &Path, into: &mut Vec<String>) -> Result<(), CommandError> {
    let entries = std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unreadable(dir, &error))?.path();
        let kind = std::fs::symlink_metadata(&path).map_err(|error| unreadable(&path, &error))?;
        if kind.is_dir() {
            walk(root, &path, into)?;
        } else if kind.is_file() {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            into.push(parts.join("/"));
        }
    }
    Ok(())
}

/// Refuses to write over what is there.
pub(super) fn check_free(path: &Path, force: bool) -> Result<(), CommandError> {
    let is_empty = |path: &Path| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    if force && !path.is_dir() || !path.exists() || is_empty(path) {
        return Ok(());
    }
    let remedy = if path.is_dir() {
        "choose a folder that is empty or not there"
    } else {
        "choose another name, or add --force to replace it"
    };
    Err(CommandError::usage(format!(
        "{} is there already; {remedy}",
        path.display()
    )))
}

/// Packs a sealed folder. The archive has its name when it is whole and on disk.
pub(super) fn pack(folder: &Path, manifest: &Manifest, to: &Path) -> Result<u64, CommandError> {
    let work = work_dir(parent(to))?;
    let part = work.path().join("archive");
    let failed = |error: io::Error| unwritable(to, &error);
    let file = private_file().open(&part).map_err(failed)?;
    let mut archive = ZipWriter::new(file);
    let bar = Bar::new("packing", manifest.bytes());
    let names = std::iter::once(MANIFEST).chain(manifest.files.iter().map(|file| file.path.as_str()));
    for name in names {
        let path = folder.join(name);
        let mut source = File::open(&path).map_err(|error| unreadable(&path, &error))?;
        let is_large = source
            .metadata()
            .is_ok_and(|metadata| metadata.len() >= u64::from(u32::MAX));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(is_large)
            .unix_permissions(0o600);
        archive
            .start_file(name, options)
            .map_err(|error| failed(error.into()))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = source
                .read(&mut piece)
                .map_err(|error| unreadable(&path, &error))?;
            if read == 0 {
                break;
            }
            archive.write_all(&piece[..read]).map_err(failed)?;
            bar.more(read as u64);
        }
    }
    let file = archive.finish().map_err(|error| failed(error.into()))?;
    file.sync_all().map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    std::fs::rename(&part, to).map_err(failed)?;
    Ok(bytes)
}

/// Reads and verifies an archive, a folder or a database; `None` where it is a folder without a manifest, which is none of
/// ours. What is packed is unpacked on the disk of `near`.
pub(super) fn open(path: &Path, near: &Path) -> Result<Option<Opened>, CommandError> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        if !path.join(MANIFEST).is_file() {
            return Ok(None);
        }
        return open_folder(path).map(Some);
    }
    let mut head = [0; SQLITE.len()];
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let is_whole = file.read_exact(&mut head).is_ok();
    // An encrypted database begins with random bytes and is some pages long.
    let is_cipher = !head.starts_with(b"PK") && metadata.len() % PAGE == 0 && metadata.len() > 0;
    if is_whole && (head == SQLITE || is_cipher) {
        let work = work_dir(near)?;
        super::copy_private(path, &work.path().join(super::DATABASE))?;
        return Ok(Some(Opened {
            dir: work.path().to_owned(),
            manifest: None,
            _unpacked: Some(work),
        }));
    }
    if !head.starts_with(b"PK") {
        return Err(refused(path, "is neither an archive nor a database of council"));
    }
    unpack(path, near).map(Some)
}

fn open_folder(folder: &Path) -> Result<Opened, CommandError> {
    let file = folder.join(MANIFEST);
    let text = File::open(&file).map_err(|error| unreadable(&file, &error))?;
    let manifest = read_manifest(folder, text)?;
    let bar = Bar::new("verifying", manifest.bytes());
    for entry in &manifest.files {
        let path = folder.join(plain(folder, &entry.path)?);
        if !path.is_file() {
            return Err(refused(folder, &format!("has lost `{}`", entry.path)));
        }
        let found = hash(&path, |bytes| bar.more(bytes))?;
        same(folder, entry, &found)?;
    }
    Ok(Opened {
        dir: folder.to_owned(),
        manifest: Some(manifest),
        _unpacked: None,
    })
}

fn unpack(path: &Path, near: &Path) -> Result<Opened, CommandError> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut archive = ZipArchive::new(file).map_err(|error| {
        refused(
            path,
            &format!("is no whole archive, so it was cut or is something else ({error})"),
        )
    })?;
    let broken = |name: &str, error: &dyn std::fmt::Display| {
        refused(path, &format!("is damaged at `{name}`: {error}"))
    };
    let manifest = match archive.by_name(MANIFEST) {
        Ok(file) => read_manifest(path, file)?,
        Err(_) => {
            return Err(refused(
                path,
                "holds no manifest.json, so it is no archive of council",
            ));
        }
    };
    for name in archive.file_names() {
        let name =
            name.map_err(|error| refused(path, &format!("has a file whose name cannot be read: {error}")))?;
        if name != MANIFEST && manifest.files.iter().all(|file| file.path != *name) {
            return Err(refused(
                path,
                &format!("holds `{name}`, which its manifest does not name"),
            ));
        }
    }
    let work = work_dir(near)?;
    let bar = Bar::new("verifying", manifest.bytes());
    for entry in &manifest.files {
        let to = work.path().join(plain(path, &entry.path)?);
        if let Some(folder) = to.parent() {
            council_store::create_private_dir(folder).map_err(|error| unwritable(folder, &error))?;
        }
        let mut file = private_file()
            .open(&to)
            .map_err(|error| unwritable(&to, &error))?;
        let source = archive
            .by_name(&entry.path)
            .map_err(|error| broken(&entry.path, &error))?;
        // One byte more than there is to be, so that what unpacks to more than its manifest says ends here.
        let mut source = source.take(entry.bytes.saturating_add(1));
        let (mut digest, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
        loop {
            let read = source
                .read(&mut piece)
                .map_err(|error| broken(&entry.path, &error))?;
            if read == 0 {
                break;
            }
            digest.update(&piece[..read]);
            bytes += read as u64;
            file.write_all(&piece[..read])
                .map_err(|error| unwritable(&to, &error))?;
            bar.more(read as u64);
        }
        same(path, entry, &(bytes, hex(&digest.finalize())))?;
    }
    Ok(Opened {
        dir: work.path().to_owned(),
        manifest: Some(manifest),
        _unpacked: Some(work),
    })
}

fn read_manifest(path: &Path, file: impl Read) -> Result<Manifest, CommandError> {
    let mut text = Vec::new();
    file.take(LONGEST_MANIFEST)
        .read_to_end(&mut text)
        .map_err(|error| refused(path, &format!("has a manifest that cannot be read: {error}")))?;
    /// What every manifest has, of whatever version.
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let head: Head = serde_json::from_slice(&text)
        .map_err(|error| refused(path, &format!("has a manifest that is none of council: {error}")))?;
    if !head.format.starts_with("council-") {
        return Err(refused(
            path,
            &format!("is a `{}`, and no archive of council", head.format),
        ));
    }
    if head.version > VERSION {
        return Err(refused(
            path,
            &format!(
                "has form {} of a newer council, and this version understands up to {VERSION}; use the newer version",
                head.version
            ),
        ));
    }
    serde_json::from_slice(&text).map_err(|error| {
        refused(
            path,
            &format!("has a manifest that cannot be understood: {error}"),
        )
    })
}

/// A path that leads nowhere else.
fn plain<'a>(archive: &Path, path: &'a str) -> Result<&'a Path, CommandError> {
    let relative = Path::new(path);
    let is_plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if is_plain && !path.is_empty() && !path.contains('\\') {
        return Ok(relative);
    }
    Err(refused(
        archive,
        &format!("names a file outside of itself: `{path}`"),
    ))
}

fn same(path: &Path, entry: &Entry, (bytes, sha256): &(u64, String)) -> Result<(), CommandError> {
    if *bytes == entry.bytes && *sha256 == entry.sha256 {
        return Ok(());
    }
    let why = format!(
        "is damaged: `{}` has SHA-256 {sha256} and is not the file that was put there ({})",
        entry.path, entry.sha256
    );
    Err(refused(path, &why))
}

fn hash(path: &Path, mut hashed: impl FnMut(u64)) -> Result<(u64, String), CommandError> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let (mut digest, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            return Ok((bytes, hex(&digest.finalize())));
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
        hashed(read as u64);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn refused(path: &Path, why: &str) -> CommandError {
    CommandError::usage(format!("{} {why}; nothing was changed", path.display()))
}

#[cfg(test)]
mod tests;
