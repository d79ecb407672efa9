//! What Rust files and manifests look like.

use std::io;
use std::path::{Path, PathBuf};

/// Files longer than this are split; tests are read in pieces anyway.
const MAX_LINES: usize = 500;

/// The files that may hold `unsafe` code: calls of the kernel that have no safe form, for boxes and for attacks on them.
const UNSAFE: [&str; 2] = [
    "crates/council-sandbox/src/inside/sys.rs",
    "crates/council-sandbox/src/attacks/ground/queues.rs",
];

/// A file with its path below the workspace root.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Everything about the workspace's own files that breaks the house style.
pub(super) fn check(root: &Path) -> io::Result<Vec<String>> {
    let mut problems = Vec::new();
    for folder in ["crates", "xtask"] {
        for source in sources(root, &root.join(folder))? {
            problems.extend(check_source(&source));
        }
    }
    Ok(problems)
}

pub(super) fn check_source(source: &Source) -> Vec<String> {
    let path = source.path.display();
    let mut problems = Vec::new();
    if source.path.file_name().is_some_and(|name| name == "Cargo.toml") {
        if !source.text.contains("[lints]\nworkspace = true") {
            problems.push(format!(
                "{path}: takes no part in the workspace's lints: add `[lints]\\nworkspace = true`"
            ));
        }
        return problems;
    }
    if source.path.file_name().is_some_and(|name| name == "mod.rs") {
        problems.push(format!(
            "{path}: name it after its folder, one level up (`foo.rs` beside `foo/`)"
        ));
    }
    if !source.text.starts_with("//! ") {
        problems.push(format!(
            "{path}: begins without a `//!` line that says what the file is"
        ));
    }
    // Put together, so that this file does not find itself.
    if source.text.contains(&format!("({}_code", "unsafe"))
        && !UNSAFE.map(Path::new).contains(&source.path.as_path())
    {
        problems.push(format!(
            "{path}: allows `unsafe` code, which belongs into {}",
            UNSAFE[0]
        ));
    }
    let lines = source.text.lines().count();
    if lines > MAX_LINES && !is_test(&source.path) {
        problems.push(format!("{path}: has {lines} lines; split it before {MAX_LINES}"));
    }
    problems
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
        || path.file_name().is_some_and(|name| name == "tests.rs")
}

/// All Rust files and manifests below `folder`, build output left out.
fn sources(root: &Path, folder: &Path) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_owned();
            if path.is_dir() {
                if name != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") || name == "Cargo.toml" {
                let text = std::fs::read_to_string(&path)?;
                found.push(Source {
                    path: path.strip_prefix(root).unwrap_or(&path).to_owned(),
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
