//! Migrations that fail, wherever that happens, leave what was there before.
#![expect(
    clippy::disallowed_methods,
    reason = "the only way to be killed, or to have a disk of one's own, is to be a process of one's own"
)]

use super::{count, version, version_1};
use crate::open::{DATABASE, OpenError, Opened, SCHEMA, open};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection};
use std::path::Path;
use std::process::{Child, Command};

/// Names the directory that the child opens; unset in the test run itself.
const DIR: &str = "COUNCIL_STORE_TEST_MIGRATION_DIR";

/// More than a kill waits for, and more than the small disk holds.
const LARGE: &str =
    "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
                     SELECT i, randomblob(1000) AS bytes FROM n;";

/// The statements of a migration, as SQLite takes it apart.
fn statements(before: &[&str], migration: &str) -> Vec<String> {
    let connection = Connection::open_in_memory().unwrap();
    for sql in before {
        connection.execute_batch(sql).unwrap();
    }
    let mut statements = Vec::new();
    let mut batch = Batch::new(&connection, migration);
    while let Some(mut statement) = batch.next().unwrap() {
        statements.extend(statement.expanded_sql());
        let mut rows = statement.query([]).unwrap();
        while rows.next().unwrap().is_some() {}
    }
    statements
}

/// Everything in the database, as text.
fn content(path: &Path) -> String {
    let connection = Connection::open(path).unwrap();
    let schema =
        "SELECT coalesce(group_concat(sql, char(10)), '') FROM (SELECT sql FROM sqlite_master ORDER BY name)";
    let schema: String = connection.query_row(schema, [], |row| row.get(0)).unwrap();
    let rows = "SELECT group_concat(id || created_at_ns || title) FROM conversations";
    let rows: String = connection.query_row(rows, [], |row| row.get(0)).unwrap();
    format!("{} {rows} {schema}", version(&connection))
}

/// Opens it once nobody has it: a process that another test starts holds what is open here until it becomes its own program.
fn open_alone(dir: &Path, schema: &[&str]) -> Result<Opened, OpenError> {
    loop {
        match open(dir, schema) {
            Err(OpenError::Locked { .. }) => std::thread::yield_now(),
            other => return other,
        }
    }
}

#[test]
fn a_migration_that_fails_after_any_of_its_statements_leaves_the_database_as_it_was() {
    let mut failures = 0;
    for last in 1..SCHEMA.len() {
        let dir = version_1();
        drop(open_alone(dir.path(), &SCHEMA[..last]).unwrap());
        let before = content(&dir.path().join(DATABASE));
        let statements = statements(&SCHEMA[..last], SCHEMA[last]);
        for done in 0..=statements.len() {
            let broken = format!("{};\nNOT SQL;", statements[..done].join(";\n"));
            let schema = [&SCHEMA[..last], &[broken.as_str()]].concat();
            let error = open_alone(dir.path(), &schema).err().unwrap();
            assert!(
                matches!(&error, OpenError::Migration { from, .. } if *from == last),
                "{error}"
            );
            assert_eq!(content(&dir.path().join(DATABASE)), before, "{broken}");
            failures += 1;
        }
        // And it works when it is repaired.
        let opened = open_alone(dir.path(), &SCHEMA).unwrap();
        assert_eq!(
            (
                version(&opened.connection),
                count(&opened.connection, "conversations")
            ),
            (SCHEMA.len() as i64, 1)
        );
    }
    assert!(failures > SCHEMA.len(), "{failures}");
}

#[test]
fn a_migration_that_leaves_rows_without_owners_is_taken_back() {
    let dir = version_1();
    let orphan = "CREATE TABLE people (key INTEGER PRIMARY KEY); CREATE TABLE pets (owner INTEGER);
                  INSERT INTO pets VALUES (7); PRAGMA writable_schema = on;
                  UPDATE sqlite_master SET sql = 'CREATE TABLE pets (owner INTEGER REFERENCES people (key))'
                   WHERE name = 'pets';
                  PRAGMA writable_schema = reset;";
    let before = content(&dir.path().join(DATABASE));
    let error = open(dir.path(), &[SCHEMA[0], orphan]).err().unwrap().to_string();
    assert!(
        error.contains("is as it was: what it became has rows that belong to nothing: pets of people"),
        "{error}"
    );
    assert_eq!(content(&dir.path().join(DATABASE)), before);
    assert_eq!(
        count(&open(dir.path(), &SCHEMA).unwrap().connection, "conversations"),
        1
    );
}

/// Not a check: the body of the child process of the tests below. Without its variable there is nothing to do.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let error = open(dir.as_ref(), &[SCHEMA[0], LARGE]).err();
    // What a full disk is called.
    std::fs::write(
        Path::new(&dir).join("said"),
        error.map_or_else(String::new, |error| error.to_string()),
    )
    .unwrap();
}

/// Runs the child on a directory; no file of its may become larger than this, in blocks of 512 bytes.
fn start(dir: &Path, blocks: &str) -> Child {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact open::tests::faults::child");
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(program).env(DIR, dir);
    command.stdout(std::process::Stdio::null()).spawn().unwrap()
}

/// A directory of version 1 with a database of about 700 KiB.
fn larger_version_1() -> tempfile::TempDir {
    let dir = version_1();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
               INSERT INTO conversations (id, title, created_at_ns, updated_at_ns)
               SELECT 'c' || i, hex(randomblob(1000)), i, i FROM n";
    let connection = Connection::open(dir.path().join(DATABASE)).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    dir
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_before_or_during_a_migration_leaves_the_old_version_usable() {
    // The one has no room for the copy, the other none for the migration.
    for (blocks, part) in [("600", "the backup"), ("4000", "could not be migrated")] {
        let dir = larger_version_1();
        let before = content(&dir.path().join(DATABASE));
        assert!(start(dir.path(), blocks).wait().unwrap().success());
        let said = std::fs::read_to_string(dir.path().join("said")).unwrap();
        assert!(said.contains(part), "{blocks}: {said}");
        assert_eq!(content(&dir.path().join(DATABASE)), before);
        let halves = std::fs::read_dir(dir.path()).unwrap();
        let halves = halves.filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|e| e == "part")
        });
        assert_eq!(halves.count(), 0, "{blocks}");
        // The version that wrote it opens it, and so does this one where there is room.
        assert_eq!(
            count(
                &open(dir.path(), &SCHEMA[..1]).unwrap().connection,
                "conversations"
            ),
            351
        );
        assert_eq!(
            count(&open(dir.path(), &SCHEMA).unwrap().connection, "conversations"),
            351
        );
    }
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_moment_of_a_migration_leaves_the_database_as_it_was() {
    let name = |suffix: &str| format!("{DATABASE}{suffix}");
    // While the copy is made, before the migration begins, and in its middle.
    for (file, bytes) in [
        (".backup-v1.part", 0),
        (".backup-v1", 1),
        ("-wal", 2 << 20),
        ("-wal", 24 << 20),
    ] {
        let dir = larger_version_1();
        let before = content(&dir.path().join(DATABASE));
        let mut child = start(dir.path(), "unlimited");
        let file = dir.path().join(name(file));
        while child.try_wait().unwrap().is_none() {
            let reached = std::fs::metadata(&file).is_ok_and(|metadata| metadata.len() >= bytes);
            if reached {
                break;
            }
            std::thread::yield_now();
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was killed"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(content(&dir.path().join(DATABASE)), before, "{}", file.display());
        let opened = open(dir.path(), &SCHEMA).unwrap();
        assert_eq!(count(&opened.connection, "conversations"), 351);
        assert!(opened.connection.prepare("SELECT * FROM large").is_err());
    }
}
