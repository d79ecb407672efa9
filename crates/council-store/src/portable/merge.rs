//! What is in one database and not in another, put there. What is there already stays as it is.

use super::tables::{Table, tables};
use crate::fault::Fault;
use council_core::backup::Merged;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use std::collections::{HashMap, HashSet};

/// The numbers that rows of a table have got here, and which of them are new here.
#[derive(Default)]
struct Taken {
    numbers: HashMap<i64, i64>,
    new: HashSet<i64>,
}

/// As [`merge`], and takes all of it back.
pub(crate) fn merge_and_take_back(connection: &Connection, other: &Connection) -> Result<Vec<Merged>, Fault> {
    connection.execute_batch("SAVEPOINT merge")?;
    let merged = merge(connection, other);
    connection.execute_batch("ROLLBACK TO merge; RELEASE merge")?;
    merged
}

/// Puts the rows of `other`, which has the same schema, here, in a transaction of the caller's. A row is there already when it
/// has the same name (whatever is unique in its table), or when its owner was there already; a row without either is, when an
/// equal one was there.
pub(crate) fn merge(connection: &Connection, other: &Connection) -> Result<Vec<Merged>, Fault> {
    let tables = tables(connection)?;
    let mut taken: HashMap<String, Taken> = HashMap::new();
    let mut merged = Vec::new();
    for table in &tables {
        let mut of_table = Taken::default();
        let counts = table_into(connection, other, table, &taken, &mut of_table)?;
        if counts.added + counts.there > 0 {
            merged.push(counts);
        }
        taken.insert(table.name.clone(), of_table);
    }
    // Of tables that come after the one that refers to them.
    for table in &tables {
        settle(connection, other, table, &taken)?;
    }
    Ok(merged)
}

fn table_into(
    connection: &Connection,
    other: &Connection,
    table: &Table,
    taken: &HashMap<String, Taken>,
    of_table: &mut Taken,
) -> Result<Merged, Fault> {
    let mut counts = Merged {
        table: table.name.clone(),
        added: 0,
        there: 0,
    };
    let known = Known::new(connection, table)?;
    let marks = vec!["?"; table.columns.len()].join(", ");
    let insert = format!(
        "INSERT INTO \"{}\" ({}) VALUES ({marks})",
        table.name,
        table.column_list()
    );
    let mut insert = connection.prepare(&insert)?;
    let sql = format!(
        "SELECT {} FROM \"{}\"{}",
        table.column_list(),
        table.name,
        table.order()
    );
    let mut statement = other.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut values: Vec<Value> = (0..table.columns.len())
            .map(|column| row.get(column))
            .collect::<Result<_, _>>()?;
        let number = table.key.and_then(|key| integer(&values[key]));
        if let Some(owner) = table.owner() {
            let is_new = |number: i64| {
                taken
                    .get(&owner.table)
                    .is_some_and(|taken| taken.new.contains(&number))
            };
            if !integer(&values[owner.column]).is_some_and(is_new) {
                counts.there += 1;
                continue;
            }
        }
        for reference in &table.references {
            let numbers = if reference.table == table.name {
                Some(&of_table.numbers)
            } else {
                taken.get(&reference.table).map(|taken| &taken.numbers)
            };
            if let Some(old) = integer(&values[reference.column])
                && let Some(new) = numbers.and_then(|numbers| numbers.get(&old))
            {
                values[reference.column] = Value::Integer(*new);
            }
        }
        if let Some(there) = known.find(connection, &values)? {
            counts.there += 1;
            if let (Some(old), There(Some(here))) = (number, there) {
                of_table.numbers.insert(old, here);
            }
            continue;
        }
        if let Some(key) = table.key
            && !known.is_free(connection, &values[key])?
        {
            values[key] = Value::Null;
        }
        insert.execute(params_from_iter(values))?;
        counts.added += 1;
        if let Some(old) = number {
            of_table.numbers.insert(old, connection.last_insert_rowid());
            of_table.new.insert(old);
        }
    }
    Ok(counts)
}

/// A row that is there, with its number, where its table has numbers.
struct There(Option<i64>);

/// What was in a table before.
struct Known<'a> {
    table: &'a Table,
    /// The largest number of a row.
    last: i64,
}

impl<'a> Known<'a> {
    fn new(connection: &Connection, table: &'a Table) -> Result<Self, Fault> {
        let last = match table.key {
            Some(key) => {
                let sql = format!(
                    "SELECT coalesce(max(\"{}\"), 0) FROM \"{}\"",
                    table.columns[key], table.name
                );
                connection.query_row(&sql, [], |row| row.get(0))?
            }
            None => 0,
        };
        Ok(Self { table, last })
    }

    /// The row that is this one.
    fn find(&self, connection: &Connection, values: &[Value]) -> Result<Option<There>, Fault> {
        let table = self.table;
        let number = table.key.map_or("NULL", |key| table.columns[key].as_str());
        for unique in &table.unique {
            // Nulls are all different.
            if unique.iter().any(|column| values[*column] == Value::Null) {
                continue;
            }
            let conditions: Vec<String> = unique
                .iter()
                .map(|column| format!("\"{}\" = ?", table.columns[*column]))
                .collect();
            let sql = format!(
                "SELECT {number} FROM \"{}\" WHERE {}",
                table.name,
                conditions.join(" AND ")
            );
            let values = params_from_iter(unique.iter().map(|column| &values[*column]));
            let found = connection
                .prepare_cached(&sql)?
                .query_row(values, |row| row.get::<_, Option<i64>>(0));
            if let Some(found) = found.optional()? {
                return Ok(Some(There(found)));
            }
        }
        if !table.unique.is_empty() || table.owner().is_some() {
            return Ok(None);
        }
        let compared: Vec<usize> = (0..values.len())
            .filter(|column| Some(*column) != table.key)
            .collect();
        let conditions: Vec<String> = compared
            .iter()
            .map(|column| format!("\"{}\" IS ?", table.columns[*column]))
            .collect();
        let sql = format!(
            "SELECT {number} FROM \"{}\" WHERE {} AND coalesce({number}, 0) <= {}",
            table.name,
            conditions.join(" AND "),
            self.last
        );
        let values = params_from_iter(compared.iter().map(|column| &values[*column]));
        let found = connection
            .prepare_cached(&sql)?
            .query_row(values, |row| row.get::<_, Option<i64>>(0));
        Ok(found.optional()?.map(There))
    }

    /// Whether a row may have this number.
    fn is_free(&self, connection: &Connection, number: &Value) -> Result<bool, Fault> {
        let Some(number) = integer(number) else {
            return Ok(true);
        };
        let table = self.table;
        let Some(key) = table.key else { return Ok(true) };
        if table.references.iter().any(|reference| reference.column == key) {
            // It is the number of its owner.
            return Ok(true);
        }
        if table.autoincrement {
            let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let last: i64 = statement.query_row([&table.name], |row| row.get(0))?;
            return Ok(number > last);
        }
        let sql = format!(
            "SELECT 1 FROM \"{}\" WHERE \"{}\" = ?1",
            table.name, table.columns[key]
        );
        Ok(!connection.prepare_cached(&sql)?.exists([number])?)
    }
}

/// Gives new rows the numbers that those have here that they refer to, where these came after them.
fn settle(
    connection: &Connection,
    other: &Connection,
    table: &Table,
    taken: &HashMap<String, Taken>,
) -> Result<(), Fault> {
    let (Some(key), Some(of_table)) = (table.key, taken.get(&table.name)) else {
        return Ok(());
    };
    for reference in &table.references {
        let Some(numbers) = taken.get(&reference.table).map(|taken| &taken.numbers) else {
            continue;
        };
        let (key, column) = (&table.columns[key], &table.columns[reference.column]);
        let sql = format!(
            "UPDATE \"{}\" SET \"{column}\" = ?2 WHERE \"{key}\" = ?1 AND \"{column}\" <> ?2",
            table.name
        );
        let mut update = connection.prepare(&sql)?;
        let sql = format!(
            "SELECT \"{key}\", \"{column}\" FROM \"{}\" WHERE \"{column}\" IS NOT NULL",
            table.name
        );
        let mut statement = other.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (old, referred): (i64, i64) = (row.get(0)?, row.get(1)?);
            if of_table.new.contains(&old)
                && let (Some(here), Some(referred)) = (of_table.numbers.get(&old), numbers.get(&referred))
            {
                update.execute((here, referred))?;
            }
        }
    }
    Ok(())
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        Value::Null | Value::Real(_) | Value::Text(_) | Value::Blob(_) => None,
    }
}
