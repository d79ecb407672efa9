//! What stands in the data directory: lines that were typed, logs, copies, and the pages of the database.

use crate::fault::Fault;
use crate::open;
use council_core::forgetting::Naming;
use rusqlite::Connection;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Bytes that are searched at once.
const PIECE: usize = 1 << 20;

/// A directory in which nobody's words are, and which may be large.
const MODELS: &str = "models";

/// Files of lines, those directly in the directory.
fn of_lines(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let is_text = path
            .extension()
            .is_some_and(|extension| extension == "txt" || extension == "log");
        if is_text && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// How many lines name it.
pub(super) fn lines(dir: &Path, naming: &Naming) -> io::Result<u64> {
    let mut count = 0;
    for path in of_lines(dir)? {
        let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
        count += text.lines().filter(|line| naming.is_in(line)).count() as u64;
    }
    Ok(count)
}

/// Removes them; returns how many there were.
pub(super) fn remove_lines(dir: &Path, naming: &Naming) -> io::Result<u64> {
    let mut count = 0;
    for path in of_lines(dir)? {
        let bytes = std::fs::read(&path)?;
        let mut kept = Vec::with_capacity(bytes.len());
        let mut here = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if naming.is_in(&String::from_utf8_lossy(line)) {
                here += 1;
            } else {
                kept.extend_from_slice(line);
            }
        }
        if here > 0 {
            let part = path.with_added_extension("part");
            let mut options = open::private_file();
            let mut file = options.write(true).create(true).truncate(true).open(&part)?;
            file.write_all(&kept)?;
            file.sync_all()?;
            std::fs::rename(part, path)?;
            count += here;
        }
    }
    Ok(count)
}

/// Names of the files, relative to the directory, in which the words stand as bytes, in upper or lower case of ASCII. Not of
/// the database and the index of its log, which SQLite has open: closing them here would give up its locks on them
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2).
pub(super) fn with(dir: &Path, database: &Path, naming: &Naming) -> io::Result<Vec<String>> {
    let mut index = database.as_os_str().to_owned();
    index.push("-shm");
    let is_open = |path: &Path| path == database || path.as_os_str() == index;
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let kind = std::fs::symlink_metadata(&path)?;
            if kind.is_dir() && path.file_name().is_some_and(|name| name != MODELS) {
                waiting.push(path);
            } else if kind.is_file() && !is_open(&path) && holds(&path, naming.words().as_bytes())? {
                let relative = path.strip_prefix(dir).unwrap_or(&path);
                found.push(relative.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the words stand in a page of the database, in use or not; decrypted where the file is encrypted.
pub(super) fn in_pages(connection: &Connection, words: &[u8]) -> Result<bool, Fault> {
    let mut statement = connection.prepare("SELECT data FROM sqlite_dbpage")?;
    let mut pages = statement.query([])?;
    while let Some(row) = pages.next()? {
        let mut page = row.get_ref(0)?.as_blob().unwrap_or_default().to_owned();
        page.make_ascii_lowercase();
        if page.windows(words.len()).any(|part| part == words) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn holds(path: &Path, words: &[u8]) -> io::Result<bool> {
    let mut file = match File::open(path) {
        // It may have gone meanwhile, as a log of the database does.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    let mut window = Vec::with_capacity(PIECE + words.len());
    loop {
        let read = (&mut file).take(PIECE as u64).read_to_end(&mut window)?;
        let start = window.len() - read;
        window[start..].make_ascii_lowercase();
        if window.windows(words.len()).any(|part| part == words) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // What may be the beginning of the words.
        let keep = window.len().saturating_sub(words.len() - 1);
        window.drain(..keep);
    }
}
