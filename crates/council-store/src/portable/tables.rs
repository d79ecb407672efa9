//! What a schema says about its tables.

use rusqlite::Connection;

/// Columns whose text is JSON; in open form they are JSON and no text.
const JSON: &[(&str, &str)] = &[
    ("calibrations", "fit"),
    ("calibrations", "reliability"),
    ("conversations", "settings"),
    ("egress", "redacted"),
    ("memories", "claim"),
    ("memories", "metadata"),
    ("memories", "tags"),
    ("memory_versions", "metadata"),
    ("memory_versions", "tags"),
    ("messages", "content"),
    ("messages", "tool_calls"),
    ("metric_rollups", "data"),
    ("receipts", "receipt"),
];

/// Columns that hold the key of a row without being foreign keys: table, column, table of the row.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("conversations", "leaf_id", "messages"),
    ("messages", "parent_id", "messages"),
];

/// Who may come in, which is nothing to be carried about in open form or taken over from elsewhere. A copy of the whole
/// database has them.
const ACCESS: &[&str] = &["api_keys", "sessions", "users"];

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The column that is the row's number.
    pub(super) key: Option<usize>,
    /// Whether a number is never given out again.
    pub(super) autoincrement: bool,
    /// Columns that hold keys of rows of other tables.
    pub(super) references: Vec<Reference>,
    /// Columns that together are those of one row only, but the row's number.
    pub(super) unique: Vec<Vec<usize>>,
}

#[derive(Debug)]
pub(super) struct Reference {
    pub(super) column: usize,
    pub(super) table: String,
    /// Whether the row goes with the other one.
    pub(super) owner: bool,
    /// Whether no foreign key holds it.
    soft: bool,
}

impl Table {
    pub(super) fn is_json(&self, column: usize) -> bool {
        JSON.iter()
            .any(|(table, name)| *table == self.name && *name == self.columns[column])
    }

    /// The owner of its rows.
    pub(super) fn owner(&self) -> Option<&Reference> {
        self.references.iter().find(|reference| reference.owner)
    }

    /// All columns, for SQL.
    pub(super) fn column_list(&self) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|name| format!("\"{name}\"")).collect();
        quoted.join(", ")
    }

    /// The order in which its rows are read: that of their numbers, where they have any.
    pub(super) fn order(&self) -> String {
        self.key
            .map_or_else(String::new, |key| format!(" ORDER BY \"{}\"", self.columns[key]))
    }
}

/// The tables that hold what is kept, those that others refer to first.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(
        "SELECT l.name, m.sql LIKE '%AUTOINCREMENT%' FROM pragma_table_list AS l JOIN sqlite_master AS m ON m.name = l.name
         WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite%' ORDER BY l.name",
    )?;
    let found = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))?;
    let mut waiting = Vec::new();
    for found in found {
        let (name, autoincrement) = found?;
        if !ACCESS.contains(&name.as_str()) {
            waiting.push(table(connection, name, autoincrement)?);
        }
    }
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_waiting = |name: &str| waiting.iter().any(|table| table.name == name);
        let is_ready = |table: &Table| {
            let mut hard = table.references.iter().filter(|reference| !reference.soft);
            hard.all(|reference| !is_waiting(&reference.table))
        };
        // Tables that refer to one another in a circle come as they are.
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

fn table(connection: &Connection, name: String, autoincrement: bool) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    let mut primary = Vec::new();
    let mut statement =
        connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(1)?;
        if row.get::<_, u64>(2)? > 0 {
            primary.push((columns.len(), kind));
        }
        columns.push(row.get::<_, String>(0)?);
    }
    let key = match &primary[..] {
        [(column, kind)] if kind.eq_ignore_ascii_case("INTEGER") => Some(*column),
        _ => None,
    };
    let number = |wanted: &str| columns.iter().position(|column| column == wanted);
    let mut references = Vec::new();
    let mut statement =
        connection.prepare("SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list(?1)")?;
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        if let Some(column) = number(&row.get::<_, String>(0)?) {
            references.push(Reference {
                column,
                table: row.get(1)?,
                owner: row.get::<_, String>(2)? == "CASCADE",
                soft: false,
            });
        }
    }
    let soft = REFERENCES.iter().filter(|(table, _, _)| *table == name);
    references.extend(soft.filter_map(|(_, column, table)| {
        Some(Reference {
            column: number(column)?,
            table: (*table).to_owned(),
            owner: false,
            soft: true,
        })
    }));
    let mut unique = Vec::new();
    let mut statement = connection.prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1")?;
    let indexes = statement.query_map([&name], |row| row.get::<_, String>(0))?;
    for index in indexes {
        let mut statement = connection.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
        let names = statement.query_map([index?], |row| row.get::<_, Option<String>>(0))?;
        let names: Vec<Option<String>> = names.collect::<Result<_, _>>()?;
        let places: Option<Vec<usize>> = names.iter().map(|name| number(name.as_deref()?)).collect();
        unique.extend(places);
    }
    Ok(Table {
        name,
        columns,
        key,
        autoincrement,
        references,
        unique,
    })
}
