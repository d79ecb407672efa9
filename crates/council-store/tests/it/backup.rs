//! Copies of the database, and back.

use crate::store;
use council_core::backup::{BackupError, Backups};
use council_core::{AuditFilter, Page, SettingsStore, StoredChange, Timestamp};
use council_store::Store;
use std::path::Path;
use std::sync::Arc;

async fn set(store: &Arc<Store>, value: &str) {
    let change = StoredChange {
        key: "budget.daily_usd".to_owned(),
        value: Some(value.to_owned()),
    };
    store
        .change(vec![change], Timestamp::from_millis(1), "test")
        .await
        .unwrap();
}

async fn value(store: &Arc<Store>) -> String {
    store.settings().await.unwrap().pop().unwrap().value
}

fn files(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_takes_the_place_of_the_database_at_the_next_start_and_the_old_one_is_kept() {
    let (store, dir) = store();
    set(&store, "1").await;
    let copy = store.back_up().await.unwrap();
    let bytes = std::fs::read(&copy).unwrap();
    std::fs::remove_file(copy).unwrap();
    set(&store, "2").await;
    let upload = store.place_for_upload().await.unwrap();
    std::fs::write(&upload, &bytes).unwrap();
    let staged = store.stage(upload).await.unwrap();
    assert_eq!((staged.size_bytes, staged.conversations), (bytes.len() as u64, 0));
    assert_eq!(store.staged().await.unwrap(), Some(staged));
    // Nothing happens before the next start.
    assert_eq!(value(&store).await, "2");
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(value(&store).await, "1");
    assert_eq!(store.staged().await, Ok(None));
    let kept: Vec<String> = files(dir.path())
        .into_iter()
        .filter(|name| name.contains("before-restore"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    drop(store);
    // And back: what was kept is a copy like any other.
    let store = Store::open(dir.path()).unwrap();
    let upload = store.place_for_upload().await.unwrap();
    std::fs::copy(dir.path().join(&kept[0]), &upload).unwrap();
    store.stage(upload).await.unwrap();
    drop(store);
    assert_eq!(value(&Store::open(dir.path()).unwrap()).await, "2");
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_refused_and_leaves_nothing() {
    let (store, dir) = store();
    set(&store, "1").await;
    let before = files(dir.path());
    let copy = store.back_up().await.unwrap();
    let mut damaged = std::fs::read(&copy).unwrap();
    std::fs::remove_file(&copy).unwrap();
    let length = damaged.len();
    let truncated = damaged[..length / 2].to_vec();
    for byte in &mut damaged[length / 2..] {
        *byte = 0xAA;
    }
    let foreign = dir.path().join("foreign");
    let made = rusqlite::Connection::open(&foreign).unwrap();
    made.execute_batch("CREATE TABLE t (a)").unwrap();
    drop(made);
    let foreign_bytes = std::fs::read(&foreign).unwrap();
    std::fs::remove_file(foreign).unwrap();
    for (bytes, part) in [
        (b"hello".to_vec(), "no database"),
        (Vec::new(), "not of Council"),
        (foreign_bytes, "not of Council"),
        (truncated, ""),
        (damaged, ""),
    ] {
        let upload = store.place_for_upload().await.unwrap();
        std::fs::write(&upload, &bytes).unwrap();
        let error = store.stage(upload).await.unwrap_err();
        assert!(
            matches!(&error, BackupError::Refused(why) if why.contains(part)),
            "{error:?}"
        );
        assert_eq!(files(dir.path()), before);
    }
    assert_eq!(store.unstage().await, Err(BackupError::NothingStaged));
}

#[tokio::test]
async fn what_waits_can_be_taken_back() {
    let (store, dir) = store();
    set(&store, "1").await;
    let copy = store.back_up().await.unwrap();
    store.stage(copy).await.unwrap();
    store.unstage().await.unwrap();
    set(&store, "2").await;
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(value(&store).await, "2");
    let all = Page { offset: 0, limit: 9 };
    assert_eq!(store.audit(AuditFilter::default(), all).await.unwrap().len(), 2);
}

#[tokio::test]
async fn so_many_copies_of_each_kind_are_kept_and_halves_of_killed_processes_go() {
    let (store, dir) = store();
    set(&store, "1").await;
    for _ in 0..3 {
        let copy = store.back_up().await.unwrap();
        let bytes = std::fs::read(&copy).unwrap();
        std::fs::remove_file(copy).unwrap();
        for name in [
            "backup-v1",
            "backup-v2",
            "backup-v3",
            "before-restore-7",
            "before-restore-8",
        ] {
            let path = dir.path().join(format!("council.db.{name}"));
            std::fs::write(&path, &bytes).unwrap();
            let seconds = name[name.len() - 1..].parse().unwrap();
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            std::fs::File::open(&path).unwrap().set_modified(time).unwrap();
        }
    }
    std::fs::write(dir.path().join("council.db.before-restore-7-wal"), "log").unwrap();
    let removed = council_store::backup::keep_copies(dir.path(), 1).unwrap();
    assert_eq!(removed.len(), 3);
    let left = |dir: &Path| -> Vec<String> {
        let mut names = files(dir);
        names.retain(|name| name.starts_with("council.db."));
        names
    };
    assert_eq!(
        left(dir.path()),
        ["council.db.backup-v3", "council.db.before-restore-8"]
    );
    drop(store);
    for name in ["copy-9-0", "upload-9-1", "backup-v3.part"] {
        std::fs::write(dir.path().join(format!("council.db.{name}")), "half").unwrap();
    }
    let _store = Store::open(dir.path()).unwrap();
    let mut names = left(dir.path());
    names.retain(|name| !name.starts_with("council.db.b"));
    assert_eq!(names, Vec::<String>::new());
    assert_eq!(council_store::backup::copies(dir.path()).unwrap().len(), 2);
}
