//! Tests of the models directory on real (tiny) model files.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Library, LibraryError, Record, id_from_file_name, is_id};
use crate::catalog::Catalog;
use crate::gguf::writer::{
    GgufWriter, MetaValue, TinyModel, TinyProjector, write_tiny_model, write_tiny_projector,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn library() -> (TempDir, Library) {
    let dir = TempDir::new().unwrap();
    let library = Library::open(dir.path().join("models"), Catalog::builtin().unwrap()).unwrap();
    (dir, library)
}

fn put(dir: &Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let model = TinyModel {
        layers: 1,
        embedding: 32,
        heads: 1,
        heads_kv: 1,
        feed_forward: 32,
        ..TinyModel::default()
    };
    write_tiny_model(&path, &model).unwrap();
    path
}

/// A later part of a split model: tensors and no description.
fn put_part(dir: &Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    let mut writer = GgufWriter::new();
    writer
        .pair("split.no", MetaValue::U32(1))
        .tensor("blk.1.ffn_up.weight", &[32, 2], vec![0.0; 64]);
    writer.write(&path).unwrap();
    path
}

fn put_projector(dir: &Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    write_tiny_projector(&path, TinyProjector::Gemma3, 32, 1).unwrap();
    path
}

fn ids(library: &Library) -> Vec<String> {
    library.list().into_iter().map(|model| model.id).collect()
}

fn broken(library: &Library) -> Vec<(String, String)> {
    library
        .broken()
        .into_iter()
        .map(|model| (model.id, model.reason))
        .collect()
}

#[test]
fn the_directory_is_made_and_starts_empty() {
    let (_dir, library) = library();
    assert!(library.dir().is_dir());
    assert_eq!(ids(&library), [""; 0]);
    assert_eq!(library.broken(), []);
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    assert!(Library::open(dir.path().join("file/models"), Catalog::builtin().unwrap()).is_err());
}

#[test]
fn models_are_listed_in_catalog_order_then_by_name() {
    let (_dir, library) = library();
    for name in [
        "zebra",
        "smollm2-135m-instruct",
        "Apple Pie",
        "qwen2.5-coder-0.5b-instruct",
    ] {
        put(library.dir(), &format!("{name}.gguf"));
    }
    std::fs::write(library.dir().join("notes.txt"), "not a model").unwrap();
    assert_eq!(
        ids(&library),
        [
            "qwen2.5-coder-0.5b-instruct",
            "smollm2-135m-instruct",
            "apple-pie",
            "zebra"
        ]
    );
    let model = library.find("apple-pie").unwrap();
    assert_eq!(model.path, library.dir().join("Apple Pie.gguf"));
    assert_eq!(model.size_bytes, std::fs::metadata(&model.path).unwrap().len());
    assert_eq!(model.gguf.architecture, "llama");
    assert_eq!(library.find("pear"), None);
}

#[test]
fn a_damaged_file_is_listed_as_broken_with_the_reason() {
    let (_dir, library) = library();
    let path = put(library.dir(), "cut.gguf");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 64]).unwrap();
    std::fs::write(library.dir().join("text.gguf"), "hello").unwrap();
    assert_eq!(ids(&library), [""; 0]);
    let broken = broken(&library);
    assert_eq!(broken[0].0, "cut");
    assert!(broken[0].1.starts_with("truncated: "), "{}", broken[0].1);
    assert_eq!(
        broken[1],
        ("text".into(), "not a GGUF file: it starts with `hell`".into())
    );
}

#[test]
fn a_file_that_is_replaced_is_read_again_and_one_that_is_not_is_remembered() {
    let (_dir, library) = library();
    let path = put(library.dir(), "model.gguf");
    assert_eq!(ids(&library), ["model"]);

    // Same size, same time, other content: what the header said is remembered.
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let size = std::fs::metadata(&path).unwrap().len() as usize;
    std::fs::write(&path, vec![b'x'; size]).unwrap();
    std::fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    assert_eq!(ids(&library), ["model"]);

    let later = modified + std::time::Duration::from_secs(1);
    std::fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    assert_eq!(ids(&library), [""; 0]);
    assert_eq!(broken(&library)[0].1, "not a GGUF file: it starts with `xxxx`");
}

#[test]
fn two_files_of_one_id_are_one_model_and_one_complaint() {
    let (_dir, library) = library();
    put(library.dir(), "Model.gguf");
    put(library.dir(), "model.GGUF");
    assert_eq!(ids(&library), ["model"]);
    assert_eq!(
        broken(&library),
        [(
            "model".into(),
            "has the same id as Model.gguf; rename one of them".into()
        )]
    );
}

#[test]
fn a_split_model_is_listed_once_with_the_totals_of_all_parts() {
    let (_dir, library) = library();
    let first = put(library.dir(), "big-00001-of-00003.gguf");
    let alone = crate::gguf::GgufSummary::read(&first).unwrap();
    put_part(library.dir(), "big-00002-of-00003.gguf");
    assert_eq!(ids(&library), [""; 0]);
    assert_eq!(
        broken(&library),
        [(
            "big".into(),
            "part 3 of 3 is missing: big-00003-of-00003.gguf".into()
        )]
    );

    put_part(library.dir(), "big-00003-of-00003.gguf");
    let models = library.list();
    assert_eq!(library.broken(), []);
    assert_eq!(models.len(), 1);
    assert_eq!((models[0].id.as_str(), &models[0].path), ("big", &first));
    assert_eq!(models[0].gguf.parameters, alone.parameters + 128);
    assert_eq!(models[0].gguf.tensor_bytes, alone.tensor_bytes + 512);
    let on_disk = |name: &str| std::fs::metadata(library.dir().join(name)).unwrap().len();
    let sizes = on_disk("big-00001-of-00003.gguf") + on_disk("big-00002-of-00003.gguf") * 2;
    assert_eq!(models[0].size_bytes, sizes);

    let removed = library.remove("big").unwrap();
    assert_eq!((removed.files.len(), removed.freed_bytes), (3, sizes));
    assert_eq!(std::fs::read_dir(library.dir()).unwrap().count(), 0);
}

#[test]
fn a_later_part_alone_is_broken() {
    let (_dir, library) = library();
    put_part(library.dir(), "big-00002-of-00002.gguf");
    assert_eq!(
        broken(&library),
        [(
            "big".into(),
            "part 1 of 2 is missing: big-00001-of-00002.gguf".into()
        )]
    );
}

#[test]
fn a_model_is_removed_with_its_record_and_its_unfinished_download() {
    let (_dir, library) = library();
    let path = put(library.dir(), "model.gguf");
    let size = std::fs::metadata(&path).unwrap().len();
    let record = Record {
        source: "a test".into(),
        sha256: "ab".repeat(32),
        ..Record::default()
    };
    library.write_record("model", &record).unwrap();
    assert_eq!(library.record("model"), Some(record));
    std::fs::write(library.part_path("model"), "part").unwrap();
    let removed = library.remove("model").unwrap();
    assert_eq!(
        removed.files,
        [path, library.part_path("model"), library.record_path("model")]
    );
    assert!(removed.freed_bytes > size + 4);
    assert!(matches!(
        library.remove("model"),
        Err(LibraryError::NotInstalled { .. })
    ));
}

#[test]
fn an_unfinished_download_alone_can_be_removed() {
    let (_dir, library) = library();
    std::fs::write(library.part_path("model"), "part").unwrap();
    assert_eq!(library.remove("model").unwrap().freed_bytes, 4);
}

#[test]
fn an_id_with_a_path_in_it_is_refused() {
    let (dir, library) = library();
    let outside = put(dir.path(), "outside.gguf");
    for id in [
        "../outside",
        "/etc/passwd",
        "a/b",
        "..",
        ".hidden",
        "a:b",
        "",
        "a\\b",
        "a\0",
    ] {
        assert!(
            matches!(library.remove(id), Err(LibraryError::BadId { .. })),
            "{id}"
        );
        assert!(library.write_record(id, &Record::default()).is_err(), "{id}");
        assert_eq!(library.record(id), None, "{id}");
        assert!(!is_id(id));
    }
    assert!(outside.exists());
}

#[test]
fn ids_come_from_file_names() {
    for (name, id) in [
        ("Qwen3-4B-Q4_K_M.gguf", "qwen3-4b-q4_k_m"),
        ("llama3:8b.gguf", "llama3-8b"),
        ("My  Model (v2).GGUF", "my-model-v2"),
        ("big-00001-of-00003.gguf", "big"),
        ("big-1-of-3.gguf", "big-1-of-3"),
        ("..gguf.gguf", "gguf"),
        ("Größe.gguf", "größe"),
    ] {
        assert_eq!(id_from_file_name(name).as_deref(), Some(id), "{name}");
    }
    assert_eq!(id_from_file_name("---.gguf"), None);
}

#[cfg(unix)]
#[test]
fn an_existing_directory_is_imported_by_links_and_what_is_left_out_is_said() {
    let (dir, library) = library();
    let theirs = dir.path().join("theirs");
    let plain = put(&theirs, "publisher/repo/Plain.gguf");
    let first = put(&theirs, "Big-00001-of-00002.gguf");
    put_part(&theirs, "Big-00002-of-00002.gguf");
    std::fs::write(theirs.join("broken.gguf"), "hello").unwrap();
    put(&theirs, "taken.gguf");
    put(library.dir(), "taken.gguf");

    let report = library.import_dir(&theirs).unwrap();
    let imported: Vec<_> = report
        .imported
        .iter()
        .map(|model| (model.id.as_str(), model.from.clone()))
        .collect();
    let theirs = theirs.canonicalize().unwrap();
    assert_eq!(
        imported,
        [
            ("big", first.canonicalize().unwrap()),
            ("plain", plain.canonicalize().unwrap())
        ]
    );
    let skipped: Vec<_> = report
        .skipped
        .iter()
        .map(|file| (file.path.clone(), file.reason.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [
            (
                theirs.join("broken.gguf"),
                "not a GGUF file: it starts with `hell`"
            ),
            (theirs.join("taken.gguf"), "`taken` is installed already"),
        ]
    );
    assert_eq!(ids(&library), ["big", "plain", "taken"]);

    // A second time there is nothing left to do; a removal takes the link and leaves the file.
    assert_eq!(library.import_dir(&theirs).unwrap().imported, []);
    library.remove("plain").unwrap();
    assert!(plain.exists());
    assert_eq!(ids(&library), ["big", "taken"]);

    std::fs::remove_file(&first).unwrap();
    assert!(
        broken(&library)[0].1.starts_with("links to "),
        "{:?}",
        library.broken()
    );
}

#[test]
fn importing_the_library_itself_or_nothing_is_harmless() {
    let (dir, library) = library();
    put(library.dir(), "model.gguf");
    let report = library.import_dir(dir.path()).unwrap();
    assert_eq!((report.imported.len(), report.skipped.len()), (0, 0));
    assert!(library.import_dir(&dir.path().join("none")).is_err());
}

#[test]
fn a_projector_belongs_to_the_model_of_its_name_and_goes_with_it() {
    let (_dir, library) = library();
    put(library.dir(), "Seer-Q4.gguf");
    let projector = put_projector(library.dir(), "Seer-Q4.mmproj.gguf");
    put(library.dir(), "blind.gguf");
    assert_eq!(ids(&library), ["blind", "seer-q4"], "a projector is no model");
    assert_eq!(library.broken(), []);
    let seer = library.find("seer-q4").unwrap();
    let found = seer.projector.unwrap();
    assert_eq!(
        (&found.path, found.size_bytes),
        (&projector, std::fs::metadata(&projector).unwrap().len())
    );
    assert_eq!(library.find("blind").unwrap().projector, None);

    library.remove("seer-q4").unwrap();
    assert!(!projector.exists());
}

#[test]
fn a_projector_alone_or_a_file_that_is_none_is_named() {
    let (_dir, library) = library();
    put_projector(library.dir(), "gone.mmproj.gguf");
    put(library.dir(), "seer.gguf");
    let wrong = put(library.dir(), "seer.mmproj.gguf");
    let reasons = broken(&library);
    assert_eq!(reasons[0].0, "gone.mmproj");
    assert!(reasons[0].1.contains("projector of `gone`"), "{reasons:?}");
    assert_eq!(reasons[1].0, "seer.mmproj");
    assert!(reasons[1].1.contains("not a projector for images"), "{reasons:?}");
    assert_eq!(library.find("seer").unwrap().projector, None);
    library.remove("seer.mmproj").unwrap();
    assert!(!wrong.exists());
    assert!(library.find("seer").is_some());
}

#[test]
fn an_import_takes_the_projector_that_lies_beside_a_model() {
    let (dir, library) = library();
    let theirs = dir.path().join("theirs");
    put(&theirs, "seer/Seer-Q8.gguf");
    put_projector(&theirs.join("seer"), "mmproj-model-f16.gguf");
    put(&theirs, "other/blind.gguf");
    std::fs::create_dir_all(theirs.join("lone")).unwrap();
    let lone = put_projector(&theirs.join("lone"), "mmproj.gguf");
    let report = library.import_dir(&theirs).unwrap();
    assert_eq!(report.imported.len(), 2, "{report:?}");
    assert_eq!(report.skipped.len(), 1, "{report:?}");
    assert_eq!(report.skipped[0].path, lone.canonicalize().unwrap());
    assert!(library.find("seer-q8").unwrap().projector.is_some());
    assert!(library.find("blind").unwrap().projector.is_none());
}
