//! What may be opened, what is refused, and what happens to an older schema.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;

fn version(connection: &Connection) -> i64 {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

/// A directory with a database of schema version 1 that holds one conversation.
fn version_1() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &SCHEMA[..1]).unwrap();
    let sql = "INSERT INTO conversations (id, created_at_ns, updated_at_ns) VALUES ('old', 1, 1)";
    opened.connection.execute(sql, []).unwrap();
    dir
}

fn refused(dir: &Path) -> String {
    match open(dir, &SCHEMA) {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_empty_directory_gets_the_last_schema_and_no_backup() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("not/yet/there");
    let opened = open(&dir, &SCHEMA).unwrap();
    assert_eq!(version(&opened.connection), SCHEMA.len() as i64);
    let durable = |pragma: &str| -> String {
        let value: rusqlite::types::Value = opened
            .connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
            .unwrap();
        format!("{value:?}")
    };
    assert_eq!(durable("journal_mode"), "Text(\"wal\")");
    assert_eq!(durable("synchronous"), "Integer(2)");
    assert_eq!(durable("foreign_keys"), "Integer(1)");
    assert_eq!(durable("integrity_check"), "Text(\"ok\")");
    let backups = std::fs::read_dir(&dir).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("backup")
    });
    assert_eq!(backups.count(), 0);
}

/// Who may do what with a file, as `ls` would say it.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, permissions).unwrap();
}

/// Every file in the directory and its mode.
#[cfg(unix)]
fn modes(dir: &Path) -> Vec<(String, u32)> {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    let mut modes: Vec<_> = entries
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                mode(&entry.path()),
            )
        })
        .collect();
    modes.sort();
    modes
}

#[cfg(unix)]
#[test]
fn a_new_directory_and_all_that_is_in_it_are_for_their_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("not/yet");
    let _opened = open(&dir, &SCHEMA).unwrap();
    assert_eq!((mode(&dir), mode(dir.parent().unwrap())), (0o700, 0o700));
    let expected = [LOCK, DATABASE, "council.db-shm", "council.db-wal"];
    let mut expected = expected.map(|name| (name.to_owned(), 0o600));
    expected.sort();
    assert_eq!(modes(&dir), expected);
}

#[cfg(unix)]
#[test]
fn a_database_that_others_could_read_is_closed_to_them_and_its_directory_left_alone() {
    let dir = version_1();
    set_mode(dir.path(), 0o755);
    set_mode(&dir.path().join(DATABASE), 0o664);
    let _opened = open(dir.path(), &SCHEMA).unwrap();
    assert_eq!(mode(dir.path()), 0o755);
    let open_to_others: Vec<_> = modes(dir.path())
        .into_iter()
        .filter(|(_, mode)| mode & 0o077 != 0)
        .collect();
    assert_eq!(open_to_others, [], "the backup is one of them");
    assert!(dir.path().join("council.db.backup-v1").exists());
}

#[test]
fn an_older_schema_is_copied_and_then_migrated_with_its_rows() {
    let dir = version_1();
    let opened = open(dir.path(), &SCHEMA).unwrap();
    assert_eq!(
        (
            version(&opened.connection),
            count(&opened.connection, "conversations")
        ),
        (SCHEMA.len() as i64, 1)
    );
    assert_eq!(count(&opened.connection, "ledger"), 0);

    let backup = Connection::open(dir.path().join("council.db.backup-v1")).unwrap();
    assert_eq!((version(&backup), count(&backup, "conversations")), (1, 1));
    assert!(backup.prepare("SELECT * FROM ledger").is_err());
}

#[test]
fn a_backup_can_be_put_back_and_migrated_again() {
    let dir = version_1();
    drop(open(dir.path(), &SCHEMA).unwrap());
    std::fs::copy(
        dir.path().join("council.db.backup-v1"),
        dir.path().join("council.db"),
    )
    .unwrap();
    let opened = open(dir.path(), &SCHEMA).unwrap();
    assert_eq!(
        (
            version(&opened.connection),
            count(&opened.connection, "conversations")
        ),
        (SCHEMA.len() as i64, 1)
    );
}

#[test]
fn a_failed_migration_leaves_the_database_as_it_was() {
    let dir = version_1();
    let broken = [SCHEMA[0], SCHEMA[1], "CREATE TABLE half (x); NOT SQL;"];
    let error = open(dir.path(), &broken).err().unwrap();
    assert!(
        matches!(error, OpenError::Migration { from: 1, to: 3, .. }),
        "{error}"
    );
    let connection = Connection::open(dir.path().join(DATABASE)).unwrap();
    assert_eq!(
        (version(&connection), count(&connection, "conversations")),
        (1, 1)
    );
    assert!(connection.prepare("SELECT * FROM half").is_err());
    assert!(connection.prepare("SELECT * FROM ledger").is_err());
}

#[test]
fn without_a_backup_there_is_no_migration() {
    let dir = version_1();
    // A directory in the backup's place cannot be replaced by a file.
    std::fs::create_dir_all(dir.path().join("council.db.backup-v1/occupied")).unwrap();
    let error = open(dir.path(), &SCHEMA).err().unwrap();
    assert!(matches!(error, OpenError::Backup { .. }), "{error}");
    assert_eq!(version(&Connection::open(dir.path().join(DATABASE)).unwrap()), 1);
}

#[test]
fn a_database_of_a_newer_council_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), &SCHEMA).unwrap());
    let path = dir.path().join(DATABASE);
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    let message = refused(dir.path());
    assert!(
        message.contains(&format!(
            "has schema version 99, and this version of council understands up to {}",
            SCHEMA.len()
        )),
        "{message}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_not_a_database_is_refused_by_name_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    let text = "dear diary, ".repeat(500);
    std::fs::write(&path, &text).unwrap();
    let message = refused(dir.path());
    assert!(
        message.starts_with(&format!("`{}` is not a database", path.display())),
        "{message}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn the_database_of_another_program_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url)")
        .unwrap();
    #[cfg(unix)]
    set_mode(&path, 0o644);
    let before = std::fs::read(&path).unwrap();
    let message = refused(dir.path());
    assert!(message.contains("but not of Council"), "{message}");
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o644);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_directory_in_use_is_refused_with_its_holder_and_free_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &SCHEMA).unwrap();
    let message = refused(dir.path());
    assert!(
        message.contains(&format!("is in use by process {}", std::process::id())),
        "{message}"
    );
    drop(opened);
    assert_eq!(refused(dir.path()), "opened");
}

#[expect(
    clippy::disallowed_methods,
    reason = "no executor runs here; the other thread is to wait for a while"
)]
#[test]
fn who_is_there_for_a_moment_is_waited_for_also_where_a_dead_process_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(LOCK), "999999\n").unwrap();
    let moment = open_for(Stay::Moment, dir.path(), &SCHEMA, None).unwrap();
    let there = dir.path().to_owned();
    let waiting = std::thread::spawn(move || refused(&there));
    std::thread::sleep(Duration::from_millis(200));
    assert!(!waiting.is_finished());
    drop(moment);
    assert_eq!(waiting.join().unwrap(), "opened");
}

#[test]
fn a_lock_file_left_by_a_dead_process_is_no_obstacle() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(LOCK), "999999\n").unwrap();
    let opened = open(dir.path(), &SCHEMA).unwrap();
    let holder = std::fs::read_to_string(dir.path().join(LOCK)).unwrap();
    assert_eq!(holder, format!("{}\n", std::process::id()));
    drop(opened);
}

#[test]
fn a_data_directory_that_is_a_file_is_refused_by_name() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    std::fs::write(&path, "").unwrap();
    assert!(refused(&path).contains(&path.display().to_string()));
}

#[test]
fn marks_of_learning_leave_metadata_and_histories_and_are_kept_beside_them() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &SCHEMA[..4]).unwrap();
    let memory = |id: &str, metadata: &str, event: &str, updated: i64| {
        let sql = "INSERT INTO memories (id, user, kind, text, said_at_ns, area, tags, metadata, trust, created_at_ns,
                                         updated_at_ns, event)
                   VALUES (?1, 'ada', 'turn', 'hi', 1, 'main', '[]', ?2, 'user', 1, ?4, ?3)";
        let row = rusqlite::params![id, metadata, event, updated];
        opened.connection.execute(sql, row).unwrap();
        opened.connection.last_insert_rowid()
    };
    let version = |key: i64, event: &str, metadata: &str, updated: i64| {
        let sql = "INSERT INTO memory_versions (memory_key, event, text, tags, metadata, trust, pinned, quarantined,
                                                updated_at_ns)
                   VALUES (?1, ?2, 'hi', '[]', ?3, 'user', 0, 0, ?4)";
        let row = rusqlite::params![key, event, metadata, updated];
        opened.connection.execute(sql, row).unwrap();
    };
    let (mark, both) = (r#"{"facts_extracted":true}"#, r#"{"a":1,"facts_extracted":true}"#);
    memory("unmarked", r#"{"a":1}"#, "created", 1);
    version(memory("marked", mark, "changed", 5), "created", "{}", 1);
    let changed = memory(
        "changed",
        r#"{"facts_extracted":true,"z":"\"facts_extracted\":true"}"#,
        "changed",
        9,
    );
    version(changed, "created", "{}", 1);
    version(changed, "changed", mark, 5);
    let undone = memory("undone", both, "changed", 9);
    version(undone, "created", r#"{"a":1}"#, 1);
    version(undone, "changed", both, 5);
    version(undone, "undone", r#"{"a":1}"#, 7);
    drop(opened);

    let Opened { connection, .. } = open(dir.path(), &SCHEMA).unwrap();
    let rows = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let latest = rows("SELECT id || ' ' || event || ' ' || updated_at_ns || ' ' || metadata FROM memories");
    assert_eq!(
        latest,
        [
            r#"unmarked created 1 {"a":1}"#,
            "marked created 1 {}",
            r#"changed changed 9 {"z":"\"facts_extracted\":true"}"#,
            r#"undone changed 9 {"a":1}"#,
        ]
    );
    let before = rows(
        "SELECT id || ' ' || v.event || ' ' || v.metadata FROM memory_versions v
         JOIN memories m ON m.key = v.memory_key ORDER BY v.key",
    );
    assert_eq!(
        before,
        [
            "changed created {}",
            r#"undone created {"a":1}"#,
            r#"undone changed {"a":1}"#,
            r#"undone undone {"a":1}"#,
        ]
    );
    let heard =
        rows("SELECT id || ' ' || learnt FROM memory_heard JOIN memories ON key = memory_key ORDER BY key");
    assert_eq!(heard, ["marked 1", "changed 1", "undone 1"]);
    assert_eq!(
        rows("SELECT name FROM sqlite_master WHERE name LIKE 'old%'"),
        Vec::<String>::new()
    );
}

#[test]
fn settings_of_before_get_the_keys_of_the_configuration_and_keep_their_values() {
    let dir = tempfile::tempdir().unwrap();
    // Before the keys were those of the configuration, whatever number that migration has.
    let renamed = SCHEMA
        .iter()
        .position(|sql| sql.contains("'budget.daily_usd'"))
        .unwrap();
    let old = open(dir.path(), &SCHEMA[..renamed]).unwrap();
    let rows = "
        INSERT INTO settings (name, value) VALUES
            ('cloud_enabled', 'true'), ('daily_cap_micro_usd', '2500000'), ('privacy.email', 'ask');
        INSERT INTO audit (at_ns, by, setting, before, after) VALUES
            (1, 'me', 'daily_cap_micro_usd', '', '10'), (2, 'me', 'daily_cap_micro_usd', '10', '2500000'),
            (3, 'me', 'local_only', 'true', 'false');";
    old.connection.execute_batch(rows).unwrap();
    drop(old);
    let new = open(dir.path(), &SCHEMA).unwrap();
    let all = |sql: &str| -> Vec<(String, String)> {
        let mut statement = new.connection.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = |(one, other): &(&str, &str)| ((*one).to_owned(), (*other).to_owned());
        pairs.iter().map(owned).collect()
    };
    assert_eq!(
        all("SELECT name, value FROM settings ORDER BY name"),
        pairs(&[
            ("budget.daily_usd", "2.500000"),
            ("cloud.enabled", "true"),
            ("privacy.email", "ask")
        ])
    );
    assert_eq!(
        all("SELECT setting, before || ' to ' || after FROM audit ORDER BY key"),
        pairs(&[
            ("budget.daily_usd", " to 0.000010"),
            ("budget.daily_usd", "0.000010 to 2.500000"),
            ("cloud.local_only", "true to false"),
        ])
    );
}

#[test]
fn what_was_a_list_of_messages_becomes_one_branch() {
    let dir = tempfile::tempdir().unwrap();
    let opened = open(dir.path(), &SCHEMA[..8]).unwrap();
    let sql = "INSERT INTO conversations (key, id, created_at_ns, updated_at_ns, message_count)
               VALUES (1, 'a', 1, 1, 3), (2, 'b', 1, 1, 1), (3, 'empty', 1, 1, 0);
               INSERT INTO messages (id, conversation_key, role, content, request_id, created_at_ns)
               VALUES (1, 1, 'user', '[]', 'r', 1), (2, 2, 'user', '[]', 'r', 1), (3, 1, 'assistant', '[]', 'r', 1),
                      (7, 1, 'user', '[]', 'r', 1)";
    opened.connection.execute_batch(sql).unwrap();
    drop(opened);
    let opened = open(dir.path(), &SCHEMA).unwrap();
    let rows = |sql: &str| -> Vec<[Option<i64>; 3]> {
        let mut statement = opened.connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]));
        rows.unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(
        rows("SELECT id, parent_id, depth FROM messages ORDER BY id"),
        [
            [Some(1), None, Some(1)],
            [Some(2), None, Some(1)],
            [Some(3), Some(1), Some(2)],
            [Some(7), Some(3), Some(3)]
        ]
    );
    assert_eq!(
        rows("SELECT key, leaf_id, message_count FROM conversations ORDER BY key"),
        [
            [Some(1), Some(7), Some(3)],
            [Some(2), Some(2), Some(1)],
            [Some(3), None, Some(0)]
        ]
    );
}

mod faults;
pub(crate) mod upgrades;
