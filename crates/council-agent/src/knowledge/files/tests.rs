//! Which files are found.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn names(root: &Path) -> Vec<String> {
    let base = root.canonicalize().unwrap();
    let found = files(root).unwrap().into_iter();
    let names = found.map(|(material, _)| match material {
        Material::File(path) => path.strip_prefix(&base).unwrap().display().to_string(),
        Material::Bytes { .. } => unreachable!("files only"),
    });
    names.collect()
}

#[test]
fn hidden_and_ignored_files_are_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(".gitignore", "target/\n*.log\n");
    write(".secret", "x");
    write(".git/config", "x");
    write("b.md", "x");
    write("a/deep/c.txt", "x");
    write("a/run.log", "x");
    write("target/out.txt", "x");
    assert_eq!(names(dir.path()), ["a/deep/c.txt", "b.md"]);
}

#[cfg(unix)]
#[test]
fn links_make_no_circles_and_lead_nowhere_else() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("secret.txt"), "x").unwrap();
    std::fs::write(dir.path().join("a.txt"), "x").unwrap();
    std::os::unix::fs::symlink(dir.path(), dir.path().join("circle")).unwrap();
    std::os::unix::fs::symlink(other.path(), dir.path().join("out")).unwrap();
    std::os::unix::fs::symlink(other.path().join("secret.txt"), dir.path().join("s.txt")).unwrap();
    assert_eq!(names(dir.path()), ["a.txt"]);
    let roots = [dir.path().to_owned()];
    assert_eq!(resolve_below(&dir.path().join("s.txt"), &roots), Below::No);
    assert_eq!(
        resolve_below(&dir.path().join("out/secret.txt"), &roots),
        Below::No
    );
    let inside = dir.path().join("circle/circle/a.txt");
    let real = dir.path().canonicalize().unwrap().join("a.txt");
    assert_eq!(resolve_below(&inside, &roots), Below::Yes(real));
}

#[test]
fn what_is_not_there_is_named_and_lies_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("none");
    assert!(matches!(files(&missing), Err(FileError::Unreadable { path, .. }) if path == missing));
    let roots = [dir.path().to_owned()];
    assert_eq!(resolve_below(&missing, &roots), Below::No);
    assert_eq!(resolve_below(&dir.path().join("../.."), &roots), Below::No);
    assert_eq!(resolve_below(dir.path(), &[]), Below::No);
}
