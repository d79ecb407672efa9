//! Archives that are whole, and those that are not.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A folder with files in it, sealed, and its archive beside it.
fn sealed(dir: &Path) -> (PathBuf, PathBuf, Manifest) {
    let folder = dir.join("files");
    std::fs::create_dir_all(folder.join("data")).unwrap();
    std::fs::write(folder.join("council.db"), "a database ".repeat(20_000)).unwrap();
    std::fs::write(folder.join("data/messages.jsonl"), "{\"id\":1}\n").unwrap();
    std::fs::write(folder.join("empty.txt"), "").unwrap();
    let rows = BTreeMap::from([("messages".to_owned(), 1)]);
    let manifest = seal(&folder, Manifest::new(Form::Export, 13, rows)).unwrap();
    let archive = dir.join("archive.zip");
    pack(&folder, &manifest, &archive).unwrap();
    (folder, archive, manifest)
}

fn why(path: &Path) -> String {
    let near = tempfile::tempdir().unwrap();
    let refused = open(path, near.path()).map(|_| ()).unwrap_err().message;
    let left = std::fs::read_dir(near.path()).unwrap().count();
    assert_eq!(left, 0, "what was unpacked is gone: {refused}");
    refused
}

#[test]
fn what_was_packed_is_unpacked_the_same_and_for_its_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, archive, manifest) = sealed(dir.path());
    let opened = open(&archive, dir.path()).unwrap().unwrap();
    assert_eq!(opened.manifest.as_ref(), Some(&manifest));
    assert_eq!(manifest.files.len(), 3);
    for file in &manifest.files {
        let path = opened.file(&file.path).unwrap();
        assert_eq!(
            std::fs::read(&path).unwrap(),
            std::fs::read(folder.join(&file.path)).unwrap()
        );
    }
    // The folder itself is an archive too.
    let plain = open(&folder, dir.path()).unwrap().unwrap();
    assert_eq!((plain.manifest, plain.dir.clone()), (Some(manifest), folder));
    #[cfg(unix)]
    for path in [archive, opened.dir.join("council.db")] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let nothing = tempfile::tempdir().unwrap();
    assert!(open(nothing.path(), dir.path()).unwrap().is_none());
}

#[test]
fn an_archive_that_was_cut_anywhere_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_, archive, _) = sealed(dir.path());
    let whole = std::fs::read(&archive).unwrap();
    let cut = dir.path().join("cut.zip");
    for length in (4..whole.len()).step_by(37).chain([whole.len() - 1]) {
        std::fs::write(&cut, &whole[..length]).unwrap();
        let why = why(&cut);
        assert!(why.contains("nothing was changed"), "{length}: {why}");
    }
    std::fs::write(&cut, "").unwrap();
    assert!(why(&cut).contains("is neither an archive nor a database of council"));
}

#[test]
fn a_byte_that_was_changed_anywhere_is_noticed_or_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, archive, manifest) = sealed(dir.path());
    let whole = std::fs::read(&archive).unwrap();
    let changed = dir.path().join("changed.zip");
    let mut refusals = 0;
    for at in (0..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&changed, &bytes).unwrap();
        match open(&changed, dir.path()) {
            Err(_) | Ok(None) => refusals += 1,
            // Such as a time of the zip itself: what it holds is what was packed.
            Ok(Some(opened)) => {
                for file in &manifest.files {
                    let path = opened.file(&file.path).unwrap();
                    assert_eq!(
                        std::fs::read(path).unwrap(),
                        std::fs::read(folder.join(&file.path)).unwrap()
                    );
                }
            }
        }
    }
    assert!(refusals > 10, "{refusals}");
    // The same in a folder.
    std::fs::write(folder.join("data/messages.jsonl"), "{\"id\":2}\n").unwrap();
    assert!(why(&folder).contains("is damaged: `data/messages.jsonl`"));
    std::fs::remove_file(folder.join("data/messages.jsonl")).unwrap();
    assert!(why(&folder).contains("has lost `data/messages.jsonl`"));
}

#[test]
fn archives_of_others_and_of_newer_versions_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.zip");
    let write = |files: &[(&str, &str)]| {
        let mut archive = ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in files {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
    };
    write(&[("holiday.jpg", "a picture")]);
    assert!(why(&path).contains("holds no manifest.json, so it is no archive of council"));
    write(&[("manifest.json", "{\"name\": \"an extension of a browser\"}")]);
    assert!(why(&path).contains("has a manifest that is none of council"));
    write(&[("manifest.json", "{\"format\": \"something\", \"version\": 1}")]);
    assert!(why(&path).contains("is a `something`, and no archive of council"));
    write(&[(
        "manifest.json",
        "{\"format\": \"council-backup\", \"version\": 2, \"news\": true}",
    )]);
    assert!(why(&path).contains("has form 2 of a newer council, and this version understands up to 1"));
    let manifest = |path: &str| {
        let mut manifest = Manifest::new(Form::Backup, 1, BTreeMap::new());
        manifest.files.push(Entry {
            path: path.to_owned(),
            bytes: 1,
            sha256: String::new(),
        });
        serde_json::to_string(&manifest).unwrap()
    };
    for outside in ["../evil", "/etc/evil", "a/../../evil", "..\\evil"] {
        write(&[("manifest.json", &manifest(outside)), (outside, "x")]);
        let why = why(&path);
        assert!(
            why.contains("names a file outside of itself") || why.contains("does not name"),
            "{why}"
        );
    }
    write(&[("manifest.json", &manifest("a")), ("a", "x"), ("b", "y")]);
    assert!(why(&path).contains("holds `b`, which its manifest does not name"));
    // What unpacks to more than the manifest says is not unpacked further.
    write(&[("manifest.json", &manifest("a")), ("a", &"x".repeat(10_000_000))]);
    assert!(why(&path).contains("is damaged: `a`"));
}
