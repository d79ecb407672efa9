//! Lives that are written as lines, read again, and put into one another.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::open::tests::upgrades::{database_of, rows, tables};
use crate::open::{DATABASE, SCHEMA, open};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Marsaglia's xorshift: the same numbers from the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "roses",
            " ",
            "\n",
            "\u{0}",
            "\"",
            "\\",
            "Übergröße",
            "🌹",
            "{\"a\":1}",
            "[]",
            "\u{2028}",
            "\r\t",
        ];
        (0..self.below(6))
            .map(|_| PIECES[self.below(12) as usize])
            .collect()
    }
}

/// Adds a life to a database of the last version: conversations with branches, some of them removed again, files, memories with
/// vectors and histories, receipts, spending, audit lines that are equal.
fn live(connection: &Connection, seed: u64) {
    let mut random = Random(seed * 2 + 1);
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        connection.execute(sql, values).unwrap();
        connection.last_insert_rowid()
    };
    for number in 0..4 + random.below(4) {
        let id = format!("c{seed}-{number}");
        let sql = "INSERT INTO conversations (id, title, created_at_ns, updated_at_ns, settings) VALUES (?1, ?2, ?3, ?3, '{}')";
        let title = random.text();
        let at = i64::MAX - random.below(1 << 40) as i64;
        let key = run(sql, params![id, title, at]);
        let mut messages: Vec<i64> = Vec::new();
        for message in 0..random.below(8) {
            let parent = messages
                .get(random.below(messages.len() as u64 + 1) as usize)
                .copied();
            let text = random.text();
            // As others may have written it, too.
            let content = if random.below(4) == 0 {
                format!(
                    "[ {{\"type\": \"text\", \"text\": {}}} ]",
                    serde_json::Value::from(text)
                )
            } else {
                serde_json::json!([{"type": "text", "text": text}]).to_string()
            };
            let sql = "INSERT INTO messages (conversation_key, role, content, request_id, created_at_ns, parent_id, depth)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)";
            let role = ["user", "assistant", "tool"][random.below(3) as usize];
            messages.push(run(
                sql,
                params![
                    key,
                    role,
                    content,
                    format!("r{seed}-{number}-{message}"),
                    at,
                    parent
                ],
            ));
        }
        let sql = "UPDATE conversations SET leaf_id = ?2, message_count = 1 WHERE key = ?1";
        run(sql, params![key, messages.last()]);
        let sql = "INSERT INTO attachments (id, conversation_key, name, kind, bytes, text, created_at_ns)
                   VALUES (?1, ?2, ?3, 'text', 1, ?3, 1)";
        run(sql, params![format!("a{seed}-{number}"), key, random.text()]);
        let sql = "INSERT INTO receipts (request_id, started_at_ns, conversation, answered_by, skill, outcome, escalated, receipt)
                   VALUES (?1, 1, ?2, 'tiny', 'chat', 'completed', 0, '{\"confidence\":0.1000000000000000055}')";
        let receipt = run(sql, params![format!("q{seed}-{number}"), id]);
        let sql = "INSERT INTO feedback (receipt_key, rating, at_ns) VALUES (?1, 'up', 1)";
        run(sql, params![receipt]);
        if random.below(3) == 0 {
            run("DELETE FROM conversations WHERE key = ?1", params![key]);
        }
        let sql = "INSERT INTO memories (id, user, kind, text, said_at_ns, area, tags, metadata, trust, created_at_ns, updated_at_ns)
                   VALUES (?1, 'local', 'note', ?2, ?3, 'main', '[\"a\"]', '{\"x\":0.30000000000000004}', 'user', 1, 1)";
        let memory = run(
            sql,
            params![
                format!("m{seed}-{number}"),
                format!("roses {}", random.text()),
                at
            ],
        );
        let sql = "INSERT OR IGNORE INTO embedders (name, dimensions) VALUES ('all-minilm-l6-v2', 2)";
        run(sql, params![]);
        let vector: Vec<u8> = (0..8).map(|_| random.below(256) as u8).collect();
        let sql = "INSERT INTO memory_vectors SELECT ?1, key, ?2, ?2 FROM embedders WHERE name = 'all-minilm-l6-v2'";
        run(sql, params![memory, vector]);
        let sql = "INSERT INTO memory_versions (memory_key, event, text, tags, metadata, trust, pinned, quarantined, updated_at_ns)
                   VALUES (?1, 'created', 'before', '[]', '{}', 'user', 0, 0, 1)";
        run(sql, params![memory]);
        for _ in 0..2 {
            let sql = "INSERT INTO audit (at_ns, by, setting, before, after) VALUES (?1, 'me', 'cloud.enabled', '', 'true')";
            run(sql, params![seed as i64]);
        }
    }
}

/// A directory with a life in it, and its database.
fn life(seed: u64) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    live(&open(dir.path(), &SCHEMA).unwrap().connection, seed);
    let database = dir.path().join(DATABASE);
    (dir, database)
}

type Content = BTreeMap<String, (Vec<String>, Vec<Vec<Sql>>)>;

/// All rows of all tables, and the numbers that are not given out again.
fn content(connection: &Connection) -> Content {
    let mut content: Content = tables(connection)
        .into_iter()
        .map(|(table, columns)| {
            let rows = rows(connection, &table, &columns);
            (table, (columns, rows))
        })
        .collect();
    let columns = vec!["name".to_owned(), "seq".to_owned()];
    let mut numbers = rows(connection, "sqlite_sequence", &columns);
    numbers.sort_by_key(|row| format!("{row:?}"));
    content.insert("sqlite_sequence".to_owned(), (columns, numbers));
    content
}

fn content_of(database: &Path) -> Content {
    content(&Connection::open(database).unwrap())
}

/// What is carried about of it: who may come in is not.
fn carried(mut content: Content) -> Content {
    for table in ["api_keys", "sessions", "users"] {
        if let Some((_, rows)) = content.get_mut(table) {
            rows.clear();
        }
    }
    content
}

/// What is written of a database, and the database that is made of that.
fn there_and_back(database: &Path, work: &Path) -> (Lines, PathBuf) {
    let lines_dir = work.join("lines");
    std::fs::create_dir(&lines_dir).unwrap();
    let lines = to_lines(database, None, &lines_dir).unwrap();
    let again = work.join("again.db");
    from_lines(&lines_dir, &lines, &again, None).unwrap();
    (lines, again)
}

#[test]
fn a_life_that_was_written_as_lines_and_read_again_is_the_same() {
    for seed in 0..12 {
        let (dir, database) = life(seed);
        let (lines, again) = there_and_back(&database, dir.path());
        assert_eq!(content_of(&again), content_of(&database), "seed {seed}");
        // And written again, each line is the same.
        let second = dir.path().join("second");
        std::fs::create_dir(&second).unwrap();
        assert_eq!(to_lines(&again, None, &second).unwrap(), lines);
        for table in lines.rows.keys() {
            let name = format!("{table}.jsonl");
            let first = std::fs::read(dir.path().join("lines").join(&name)).unwrap();
            assert_eq!(std::fs::read(second.join(&name)).unwrap(), first, "{name}");
        }
        // Words are found as before.
        let found = "SELECT count(*) FROM message_words WHERE message_words MATCH 'roses'";
        let count = |path: &Path| -> i64 {
            Connection::open(path)
                .unwrap()
                .query_row(found, [], |row| row.get(0))
                .unwrap()
        };
        assert_eq!(count(&again), count(&database));
    }
}

#[test]
fn lines_of_every_version_become_a_database_of_that_version_and_then_of_the_last() {
    for version in 1..=SCHEMA.len() {
        let dir = database_of(version);
        let database = dir.path().join(DATABASE);
        let (lines, again) = there_and_back(&database, dir.path());
        assert_eq!(lines.schema_version, version as u64);
        assert_eq!(
            content_of(&again),
            carried(content_of(&database)),
            "version {version}"
        );
        let other = tempfile::tempdir().unwrap();
        std::fs::rename(again, other.path().join(DATABASE)).unwrap();
        let (old, new) = (
            open(dir.path(), &SCHEMA).unwrap(),
            open(other.path(), &SCHEMA).unwrap(),
        );
        assert_eq!(
            content(&new.connection),
            carried(content(&old.connection)),
            "version {version}"
        );
    }
}

#[test]
fn text_that_is_json_is_json_in_a_file_that_others_read() {
    let dir = database_of(SCHEMA.len());
    to_lines(&dir.path().join(DATABASE), None, dir.path()).unwrap();
    let first = |table: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(dir.path().join(format!("{table}.jsonl"))).unwrap();
        serde_json::from_str(text.lines().next().unwrap()).unwrap()
    };
    assert_eq!(first("messages")["content"][0]["text"], "When are roses cut?");
    assert_eq!(first("memories")["metadata"]["a"], 1);
    assert_eq!(first("memory_vectors")["own"]["base64"], "AACAPwAAAAA=");
    assert_eq!(first("receipts")["receipt"]["request_id"], "req_1");
}

#[test]
fn lines_that_were_cut_changed_or_come_from_elsewhere_are_refused_by_file_and_line() {
    let (dir, database) = life(3);
    let lines_dir = dir.path().join("lines");
    std::fs::create_dir(&lines_dir).unwrap();
    let lines = to_lines(&database, None, &lines_dir).unwrap();
    let path = lines_dir.join("memories.jsonl");
    let whole = std::fs::read_to_string(&path).unwrap();
    let refused = |lines: &Lines| {
        let again = dir.path().join("refused.db");
        let _ = std::fs::remove_file(&again);
        from_lines(&lines_dir, lines, &again, None)
            .unwrap_err()
            .to_string()
    };
    let cut = whole.lines().next().unwrap().to_owned() + "\n";
    std::fs::write(&path, cut).unwrap();
    assert!(
        refused(&lines).contains("has 1 lines, and"),
        "{}",
        refused(&lines)
    );
    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    assert!(
        refused(&lines).contains("is no JSON object"),
        "{}",
        refused(&lines)
    );
    std::fs::write(&path, whole.replacen("\"area\"", "\"aria\"", 1)).unwrap();
    let why = refused(&lines);
    assert!(
        why.contains("memories.jsonl, line 1: `memories` has no column `aria`"),
        "{why}"
    );
    std::fs::write(&path, whole.replacen("\"key\":1,", "\"key\":99,", 1)).unwrap();
    let why = refused(&lines);
    assert!(why.contains("do not belong together"), "{why}");
    std::fs::write(&path, &whole).unwrap();
    let mut other = lines.clone();
    other.rows.insert("api_keys".to_owned(), 1);
    assert!(
        refused(&other).contains("has no table `api_keys`"),
        "{}",
        refused(&other)
    );
    let newer = Lines {
        schema_version: SCHEMA.len() as u64 + 1,
        ..lines
    };
    assert!(
        refused(&newer).contains("use the newer version"),
        "{}",
        refused(&newer)
    );
}

#[test]
fn a_life_that_is_put_into_an_empty_database_is_the_same() {
    for seed in 0..6 {
        let (_dir, database) = life(seed);
        let empty = tempfile::tempdir().unwrap();
        let here = open(empty.path(), &SCHEMA).unwrap().connection;
        let there = Connection::open(&database).unwrap();
        let counted = merge_and_take_back(&here, &there).unwrap();
        let mut rows = content(&here);
        rows.remove("sqlite_sequence");
        assert!(
            rows.values().all(|(_, rows)| rows.is_empty()),
            "nothing was to change: {rows:?}"
        );
        let merged = merge(&here, &there).unwrap();
        assert_eq!(merged, counted);
        let (mut ours, mut theirs) = (content(&here), content(&there));
        // What was removed last there has no trace here.
        ours.remove("sqlite_sequence");
        theirs.remove("sqlite_sequence");
        assert_eq!(ours, theirs, "seed {seed}");
        // Once more, and nothing is new.
        let again = merge(&here, &there).unwrap();
        assert!(again.iter().all(|merged| merged.added == 0), "{again:?}");
        ours = content(&here);
        ours.remove("sqlite_sequence");
        assert_eq!(ours, theirs);
    }
}

/// Each conversation by its name: its messages with those before them, the last of its branch, its files.
fn told(connection: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT c.id, coalesce((SELECT content || request_id FROM messages WHERE id = c.leaf_id), 'none') FROM conversations c
               UNION ALL
               SELECT c.id, m.content || m.request_id || ' after ' || coalesce(p.request_id, 'nothing')
                 FROM messages m JOIN conversations c ON c.key = m.conversation_key LEFT JOIN messages p ON p.id = m.parent_id
               UNION ALL
               SELECT c.id, a.id || a.text FROM attachments a JOIN conversations c ON c.key = a.conversation_key
               UNION ALL
               SELECT m.id, m.text || hex(v.own) || e.name FROM memories m JOIN memory_vectors v ON v.memory_key = m.key
                 JOIN embedders e ON e.key = v.embedder_key
               UNION ALL
               SELECT r.request_id, f.rating FROM receipts r JOIN feedback f ON f.receipt_key = r.key";
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        told.entry(row.get(0).unwrap())
            .or_default()
            .push(row.get(1).unwrap());
    }
    for lines in told.values_mut() {
        lines.sort();
    }
    told
}

#[test]
fn two_lives_that_are_put_together_are_both_there_with_their_branches() {
    for seed in 0..6 {
        let ((one_dir, one), (_other_dir, other)) = (life(seed), life(seed + 100));
        let there = Connection::open(&other).unwrap();
        let mut expected = told(&Connection::open(&one).unwrap());
        expected.extend(told(&there));
        let here = open(one_dir.path(), &SCHEMA).unwrap().connection;
        let transaction = here.unchecked_transaction().unwrap();
        merge(&transaction, &there).unwrap();
        transaction.commit().unwrap();
        assert_eq!(told(&here), expected, "seed {seed}");
        let broken: i64 = here
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(broken, 0);
    }
}

#[test]
fn what_is_there_already_stays_as_it_is() {
    let (dir, database) = life(7);
    let here = open(dir.path(), &SCHEMA).unwrap().connection;
    let copy = dir.path().join("copy.db");
    here.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    here.execute_batch(
        "UPDATE memories SET text = 'corrected'; UPDATE conversations SET title = 'renamed';
         INSERT INTO settings (name, value) VALUES ('cloud.enabled', 'false')",
    )
    .unwrap();
    let there = Connection::open(copy).unwrap();
    there
        .execute_batch(
            "INSERT INTO settings (name, value) VALUES ('cloud.enabled', 'true'), ('memory.turns', 'off')",
        )
        .unwrap();
    let before = told(&here);
    let merged = merge(&here, &there).unwrap();
    let added: Vec<(&str, u64)> = merged
        .iter()
        .filter(|merged| merged.added > 0)
        .map(|merged| (merged.table.as_str(), merged.added))
        .collect();
    assert_eq!(added, [("settings", 1)]);
    assert_eq!(told(&here), before);
    let value: String = Connection::open(database)
        .unwrap()
        .query_row(
            "SELECT value FROM settings WHERE name = 'cloud.enabled'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(value, "false");
}
