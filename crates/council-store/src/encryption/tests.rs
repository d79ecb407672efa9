//! Conversions that are stopped anywhere leave one whole database.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(
    clippy::disallowed_methods,
    reason = "the only way to be killed is to be a process of one's own"
)]

use super::*;
use crate::open::tests::upgrades::{database_of, rows, tables};
use crate::open::{DATABASE, SCHEMA, open_with};
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

type Content = BTreeMap<String, Vec<Vec<Value>>>;

/// Names the directory that the child converts; unset in the test run itself.
const DIR: &str = "COUNCIL_STORE_TEST_ENCRYPTION_DIR";

const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn key() -> Key {
    Key::from_hex(DIGITS).unwrap()
}

fn other_key() -> Key {
    Key::from_hex(&DIGITS.replace('0', "1")).unwrap()
}

fn database(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join(DATABASE)
}

/// All rows of a database.
fn content(path: &Path, key: Option<&Key>) -> Content {
    let connection = open::reader_of_copy(path, key).unwrap();
    let all = tables(&connection).into_iter();
    all.map(|(table, columns)| {
        let rows = rows(&connection, &table, &columns);
        (table, rows)
    })
    .collect()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "council.lock")
        .collect();
    names.sort();
    names
}

#[test]
fn a_database_of_every_version_is_the_same_under_a_key_and_becomes_one_of_the_last() {
    for version in 1..=SCHEMA.len() {
        let dir = database_of(version);
        let before = content(&database(&dir), None);
        let converted = convert(dir.path(), None, Some(&key())).unwrap();
        assert_eq!(converted.database, database(&dir));
        assert!(is_encrypted(&database(&dir)).unwrap());
        assert_eq!(
            content(&database(&dir), Some(&key())),
            before,
            "version {version}"
        );
        assert_eq!(names(dir.path()), [DATABASE]);
        // It is migrated like any other, and the copy from before that is encrypted too.
        let opened = open_with(dir.path(), &SCHEMA, Some(&key())).unwrap();
        let now = content(&database(&dir), Some(&key()));
        for table in before.keys() {
            assert!(now.contains_key(table), "{table}");
        }
        let found: String = opened
            .connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, "ok");
        drop(opened);
        if version < SCHEMA.len() {
            let copy = dir.path().join(format!("council.db.backup-v{version}"));
            assert!(is_encrypted(&copy).unwrap(), "version {version}");
            assert_eq!(content(&copy, Some(&key())), before);
        }
        assert_eq!(
            other_copies(dir.path(), Some(&key())).unwrap(),
            Vec::<PathBuf>::new()
        );
    }
}

#[test]
fn words_are_found_and_numbers_go_on_after_a_conversion_there_and_back() {
    let dir = database_of(SCHEMA.len());
    let before = content(&database(&dir), None);
    let sequences = |key: Option<&Key>| {
        let connection = open::reader_of_copy(&database(&dir), key).unwrap();
        let columns = ["name".to_owned(), "seq".to_owned()];
        rows(&connection, "sqlite_sequence", &columns)
    };
    let numbers = sequences(None);
    let passphrase = Key::from_passphrase("correct horse battery").unwrap();
    for (from, to) in [
        (None, Some(key())),
        (Some(key()), Some(passphrase.clone())),
        (Some(passphrase), None),
    ] {
        convert(dir.path(), from.as_ref(), to.as_ref()).unwrap();
        assert_eq!(is_encrypted(&database(&dir)).unwrap(), to.is_some());
        assert_eq!(content(&database(&dir), to.as_ref()), before);
        assert_eq!(sequences(to.as_ref()), numbers);
        let opened = open_with(dir.path(), &SCHEMA, to.as_ref()).unwrap();
        let found: i64 = opened
            .connection
            .query_row(
                "SELECT count(*) FROM title_words WHERE title_words MATCH 'gardens'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(found, 1);
        for index in ["message_words", "title_words"] {
            let check = format!("INSERT INTO {index} ({index}) VALUES ('integrity-check')");
            opened.connection.execute(&check, []).unwrap();
        }
    }
}

#[test]
fn copies_that_the_new_key_does_not_open_are_named() {
    let dir = database_of(1);
    drop(open_with(dir.path(), &SCHEMA, None).unwrap());
    let copy = dir.path().join("council.db.backup-v1");
    let named = |from: Option<&Key>, to: Option<&Key>| convert(dir.path(), from, to).unwrap().other_copies;
    assert_eq!(named(None, Some(&key())), std::slice::from_ref(&copy));
    assert_eq!(plain_copies(dir.path()).unwrap(), std::slice::from_ref(&copy));
    recode(&copy, None, Some(&key())).unwrap();
    assert_eq!(plain_copies(dir.path()).unwrap(), Vec::<PathBuf>::new());
    assert_eq!(
        named(Some(&key()), Some(&other_key())),
        std::slice::from_ref(&copy)
    );
    assert_eq!(named(Some(&other_key()), None), [copy]);
}

#[test]
fn a_conversion_that_ends_before_the_new_file_has_its_name_has_changed_nothing() {
    for (from, to) in [
        (None, Some(key())),
        (Some(key()), Some(other_key())),
        (Some(key()), None),
    ] {
        let dir = database_of(SCHEMA.len());
        if from.is_some() {
            convert(dir.path(), None, from.as_ref()).unwrap();
        }
        let before = content(&database(&dir), from.as_ref());
        // As a kill leaves it: the new file is whole and has no name yet.
        drop(prepare(&database(&dir), from.as_ref(), to.as_ref()).unwrap());
        assert!(names(dir.path()).contains(&"council.db.part".to_owned()));
        drop(open_with(dir.path(), &SCHEMA, from.as_ref()).unwrap());
        assert_eq!(names(dir.path()), [DATABASE], "the half is gone");
        assert_eq!(content(&database(&dir), from.as_ref()), before);
    }
}

#[test]
fn a_conversion_without_its_key_or_beside_another_program_changes_nothing() {
    let dir = database_of(SCHEMA.len());
    let before = content(&database(&dir), None);
    let other = Connection::open(database(&dir)).unwrap();
    other.pragma_update(None, "journal_mode", "wal").unwrap();
    let count = "SELECT count(*) FROM conversations";
    let _: i64 = other.query_row(count, [], |row| row.get(0)).unwrap();
    let begun = convert(dir.path(), None, Some(&key()));
    assert!(begun.is_err(), "somebody has it open");
    drop(other);
    let refused = convert(dir.path(), Some(&key()), None).unwrap_err();
    assert!(matches!(refused, OpenError::NotEncrypted { .. }), "{refused}");
    assert_eq!(content(&database(&dir), None), before);
    convert(dir.path(), None, Some(&key())).unwrap();
    let refused = convert(dir.path(), Some(&other_key()), None).unwrap_err();
    assert!(matches!(refused, OpenError::WrongKey { .. }), "{refused}");
    let refused = convert(dir.path(), None, Some(&key())).unwrap_err();
    assert!(matches!(refused, OpenError::NoKey { .. }), "{refused}");
    assert_eq!(content(&database(&dir), Some(&key())), before);
}

/// Not a check: the body of the child process of the test below. Without its variable there is nothing to do.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    // One that is killed says nothing; one that is not is looked at afterwards.
    let _ = convert(dir.as_ref(), None, Some(&key()));
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_of_a_conversion_leaves_one_whole_database() {
    const ROWS: i64 = 8_000;
    let mut seen = [0; 2];
    // While the half grows, when it is nearly as long as the whole, and when it has just got the name.
    for share in [0.0, 0.2, 0.8, 2.0] {
        let dir = database_of(SCHEMA.len());
        let connection = Connection::open(database(&dir)).unwrap();
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO conversations (id, title, created_at_ns, updated_at_ns)
             SELECT 'c' || i, hex(randomblob(1000)), i, i FROM n"
        );
        connection.execute_batch(&sql).unwrap();
        drop(connection);
        let before = content(&database(&dir), None);
        let whole = std::fs::metadata(database(&dir)).unwrap().len();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "encryption::tests::child"])
            .env(DIR, dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let half = dir.path().join("council.db.part");
        let mut was_there = false;
        loop {
            let bytes = std::fs::metadata(&half).map(|file| file.len());
            was_there |= bytes.is_ok();
            let reached = bytes.map_or(was_there, |bytes| bytes as f64 >= share * whole as f64);
            if reached || child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let key = is_encrypted(&database(&dir)).unwrap().then(key);
        seen[usize::from(key.is_some())] += 1;
        drop(open_with(dir.path(), &SCHEMA, key.as_ref()).unwrap());
        assert_eq!(names(dir.path()), [DATABASE], "{share}");
        assert_eq!(content(&database(&dir), key.as_ref()), before, "{share}");
    }
    assert!(seen[0] > 0 && seen[1] > 0, "killed before and after: {seen:?}");
}
