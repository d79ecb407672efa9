//! Databases of every version that there was, with rows in every table, become ones of the last.
//!
//! What a migration adds is filled by the file of its name in `tests/fixtures/schema`, in the words of that version.

use super::{count, version};
use crate::open::{DATABASE, OpenError, SCHEMA, open};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The files of a directory of this crate by name, of which there is one for each migration.
fn texts(dir: &str) -> BTreeMap<String, String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "sql"));
    let named = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_name().unwrap().to_string_lossy().into_owned(), text)
    };
    files.map(named).collect()
}

/// A database of this version in a directory of its own, as the program of that time would have left it.
pub(crate) fn database_of(version: usize) -> tempfile::TempDir {
    let (migrations, fixtures) = (texts("migrations"), texts("tests/fixtures/schema"));
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &SCHEMA[..version]).unwrap();
    for (name, sql) in migrations.iter().take(version) {
        assert!(
            SCHEMA.contains(&sql.as_str()),
            "{name} is no migration in `open.rs`"
        );
        if let Some(rows) = fixtures.get(name) {
            let filled = opened.connection.execute_batch(rows);
            filled.unwrap_or_else(|error| panic!("tests/fixtures/schema/{name}: {error}"));
        }
    }
    dir
}

/// The columns of every table, by name.
pub(crate) fn tables(connection: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
               WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY c.cid";
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some(row) = rows.next().unwrap() {
        tables
            .entry(row.get(0).unwrap())
            .or_default()
            .push(row.get(1).unwrap());
    }
    tables
}

/// These columns of all rows.
pub(crate) fn rows(connection: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let sql = format!("SELECT \"{}\" FROM \"{table}\"", columns.join("\", \""));
    let mut statement = connection.prepare(&sql).unwrap();
    let read = statement.query_map([], |row| {
        (0..columns.len()).map(|column| row.get(column)).collect()
    });
    read.unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_database_of_every_version_keeps_all_its_rows_when_it_becomes_one_of_the_last() {
    for from in 1..=SCHEMA.len() {
        let dir = database_of(from);
        let old = Connection::open(dir.path().join(DATABASE)).unwrap();
        let before: BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)> = tables(&old)
            .into_iter()
            .map(|(table, columns)| {
                let rows = rows(&old, &table, &columns);
                (table, (columns, rows))
            })
            .collect();
        for (table, (columns, rows)) in &before {
            for (number, column) in columns.iter().enumerate() {
                assert!(
                    rows.iter().any(|row| row[number] != Value::Null),
                    "no row of version {from} has a value in `{table}.{column}`: insert one in tests/fixtures/schema, \
                     in the file with the name of the migration that made it"
                );
            }
        }
        drop(old);
        let new = open(dir.path(), &SCHEMA).unwrap().connection;
        assert_eq!(version(&new), SCHEMA.len() as i64);
        for (table, (columns, old)) in before {
            let now = rows(&new, &table, &columns);
            for row in old {
                assert!(
                    now.contains(&row),
                    "from version {from}, `{table}` has lost {row:?}; it has {now:?}"
                );
            }
        }
        let found: String = new
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(
            (found.as_str(), count(&new, "pragma_foreign_key_check")),
            ("ok", 0)
        );
        for index in ["message_words", "title_words"] {
            let check = format!("INSERT INTO {index} ({index}) VALUES ('integrity-check')");
            new.execute(&check, []).unwrap();
        }
        assert_eq!(
            count(&new, "title_words WHERE title_words MATCH 'gardens'"),
            1,
            "from {from}"
        );
    }
}

#[test]
fn every_version_refuses_the_databases_of_those_that_came_after_it() {
    let dir = database_of(SCHEMA.len());
    for supported in 1..SCHEMA.len() {
        let error = open(dir.path(), &SCHEMA[..supported]).err().unwrap();
        assert!(
            matches!(error, OpenError::Newer { found, supported: s, .. } if found == SCHEMA.len() && s == supported),
            "{error}"
        );
        let message = error.to_string();
        assert!(
            message.contains("use the newer version, or put back the backup"),
            "{message}"
        );
    }
    let opened = open(dir.path(), &SCHEMA).unwrap();
    assert_eq!(version(&opened.connection), SCHEMA.len() as i64);
}
