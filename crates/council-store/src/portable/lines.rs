//! A table as a file, a row as a line of JSON, and back.
//!
//! Nothing is lost on the way: numbers, texts and nulls are those of JSON, bytes are `{"base64": …}`, and a text that is JSON
//! stands as JSON where it is written as we write it, which is always so unless somebody else has written it.

use super::PortableError;
use super::tables::{Table, tables};
use crate::key::Key;
use crate::open::{self, OpenError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

/// The one key of an object that stands for bytes.
const BYTES: &str = "base64";

/// A database in open form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The version of the schema.
    pub schema_version: u64,
    /// The last number that was given to a row, of tables that never give one out again.
    pub sequences: BTreeMap<String, i64>,
    /// Rows of each table; `<table>.jsonl` has them.
    pub rows: BTreeMap<String, u64>,
}

/// Writes a database, which nobody writes meanwhile, as files in a directory that is there: one for each table that has rows.
///
/// # Errors
/// [`PortableError`].
pub fn to_lines(database: &Path, key: Option<&Key>, dir: &Path) -> Result<Lines, PortableError> {
    let failed = PortableError::sqlite(database);
    let connection = open::reader_of_copy(database, key)?;
    let version = "PRAGMA user_version";
    let mut lines = Lines {
        schema_version: connection
            .query_row(version, [], |row| row.get(0))
            .map_err(&failed)?,
        ..Lines::default()
    };
    for table in tables(&connection).map_err(&failed)? {
        let path = dir.join(format!("{}.jsonl", table.name));
        let rows = write_table(&connection, &table, &path, &failed)?;
        if rows > 0 {
            lines.rows.insert(table.name.clone(), rows);
        }
        if table.autoincrement {
            let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
            let mut statement = connection.prepare(sql).map_err(&failed)?;
            let mut found = statement
                .query_map([&table.name], |row| row.get(0))
                .map_err(&failed)?;
            if let Some(last) = found.next() {
                lines.sequences.insert(table.name, last.map_err(&failed)?);
            }
        }
    }
    Ok(lines)
}

/// Makes the file when there is a first row.
fn write_table(
    connection: &Connection,
    table: &Table,
    path: &Path,
    failed: &impl Fn(rusqlite::Error) -> PortableError,
) -> Result<u64, PortableError> {
    let io = |source| PortableError::Io {
        path: path.to_owned(),
        source,
    };
    let sql = format!(
        "SELECT {} FROM \"{}\"{}",
        table.column_list(),
        table.name,
        table.order()
    );
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut file: Option<BufWriter<File>> = None;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        let mut object = Map::new();
        for (column, name) in table.columns.iter().enumerate() {
            let value: Sql = row.get(column).map_err(failed)?;
            object.insert(name.clone(), to_json(value, table.is_json(column)));
        }
        let file = match &mut file {
            Some(file) => file,
            none => {
                let mut options = open::private_file();
                let made = options.write(true).create_new(true).open(path).map_err(io)?;
                none.insert(BufWriter::new(made))
            }
        };
        serde_json::to_writer(&mut *file, &Value::Object(object)).map_err(|error| io(error.into()))?;
        file.write_all(b"\n").map_err(io)?;
        count += 1;
    }
    if let Some(file) = file {
        let file = file.into_inner().map_err(|error| io(error.into_error()))?;
        file.sync_all().map_err(io)?;
    }
    Ok(count)
}

fn to_json(value: Sql, is_json: bool) -> Value {
    match value {
        Sql::Null => Value::Null,
        Sql::Integer(number) => Value::from(number),
        // SQLite holds no NaN, and none of our columns an infinite number.
        Sql::Real(number) => Value::from(number),
        Sql::Text(text) => {
            if is_json
                && let Ok(parsed) = serde_json::from_str::<Value>(&text)
                && (parsed.is_array() || parsed.is_object())
                && bytes_of(&parsed).is_none()
            {
                let written = parsed.to_string();
                if written == text {
                    return parsed;
                }
            }
            Value::String(text)
        }
        Sql::Blob(bytes) => {
            let mut object = Map::new();
            object.insert(BYTES.to_owned(), Value::String(STANDARD.encode(bytes)));
            Value::Object(object)
        }
    }
}

/// The text that stands for bytes.
fn bytes_of(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get(BYTES)?.as_str()
}

fn to_sql(value: Value) -> Result<Sql, String> {
    Ok(match value {
        Value::Null => Sql::Null,
        Value::Bool(_) => return Err("`true` and `false` stand in no column".to_owned()),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Sql::Integer(number),
            None if number.is_f64() => Sql::Real(number.as_f64().unwrap_or_default()),
            None => return Err(format!("{number} is larger than a column can hold")),
        },
        Value::String(text) => Sql::Text(text),
        Value::Array(_) => Sql::Text(value.to_string()),
        Value::Object(_) => match bytes_of(&value) {
            Some(text) => Sql::Blob(
                STANDARD
                    .decode(text)
                    .map_err(|error| format!("its base64 cannot be read: {error}"))?,
            ),
            None => Sql::Text(value.to_string()),
        },
    })
}

/// Makes a database at `database`, where nothing is, of what [`to_lines`] wrote to `dir`; encrypted where there is a key.
///
/// # Errors
/// [`PortableError`]; what was made of the database is to be removed then.
pub fn from_lines(
    dir: &Path,
    lines: &Lines,
    database: &Path,
    key: Option<&Key>,
) -> Result<(), PortableError> {
    let failed = PortableError::sqlite(database);
    let version = lines.schema_version as usize;
    let supported = open::SCHEMA.len();
    if version == 0 || version > supported {
        return Err(PortableError::Open(OpenError::Newer {
            path: dir.to_owned(),
            found: version,
            supported,
        }));
    }
    let mut connection = open::create(database, &open::SCHEMA[..version], key)?;
    let transaction = connection.transaction().map_err(&failed)?;
    transaction
        .pragma_update(None, "defer_foreign_keys", "on")
        .map_err(&failed)?;
    let known = tables(&transaction).map_err(&failed)?;
    for (name, expected) in &lines.rows {
        let path = dir.join(format!("{name}.jsonl"));
        let invalid = |line: Option<u64>, why: String| PortableError::Invalid {
            path: path.clone(),
            line,
            why,
        };
        let Some(table) = known.iter().find(|table| table.name == *name) else {
            let why = format!("schema version {version} has no table `{name}`");
            return Err(invalid(None, why));
        };
        let rows = read_table(&transaction, table, &path, &invalid)?;
        if rows != *expected {
            return Err(invalid(
                None,
                format!("has {rows} lines, and {expected} were written"),
            ));
        }
    }
    for (table, last) in &lines.sequences {
        // A table without rows has no line there yet.
        let sql = "DELETE FROM sqlite_sequence WHERE name = ?1";
        transaction.execute(sql, [table]).map_err(&failed)?;
        let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
        transaction.execute(sql, (table, last)).map_err(&failed)?;
    }
    transaction.commit().map_err(|error| PortableError::Invalid {
        path: dir.to_owned(),
        line: None,
        why: format!("its rows do not belong together: {error}"),
    })?;
    connection.close().map_err(|(_, error)| failed(error))
}

fn read_table(
    connection: &Connection,
    table: &Table,
    path: &Path,
    invalid: &impl Fn(Option<u64>, String) -> PortableError,
) -> Result<u64, PortableError> {
    let file = File::open(path).map_err(PortableError::io(path))?;
    let mut count = 0;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(PortableError::io(path))?;
        count += 1;
        let here = |why: String| invalid(Some(count), why);
        let row: Map<String, Value> =
            serde_json::from_str(&line).map_err(|error| here(format!("is no JSON object: {error}")))?;
        if let Some(unknown) = row.keys().find(|name| !table.columns.contains(name)) {
            return Err(here(format!("`{}` has no column `{unknown}`", table.name)));
        }
        let names: Vec<String> = row.keys().map(|name| format!("\"{name}\"")).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!(
            "INSERT INTO \"{}\" ({}) VALUES ({marks})",
            table.name,
            names.join(", ")
        );
        let values: Result<Vec<Sql>, String> = row.into_iter().map(|(_, value)| to_sql(value)).collect();
        let values = values.map_err(here)?;
        connection
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.execute(params_from_iter(values)))
            .map_err(|error| here(error.to_string()))?;
    }
    Ok(count)
}
