//! No traces of what was forgotten.
//!
//! What is forgotten is overwritten in its place, and `secure_delete` overwrites what a statement frees. Two places are
//! left. The write-ahead log holds the pages as they were: it is copied into the database and cut to nothing. And when
//! SQLite moves rows between pages of a tree, as changes of length can make it, it may leave a copy in the part of a page
//! that is not in use (`rebuildPage` in <https://sqlite.org/src/file/src/btree.c>): when such a part is not blank, the
//! database is written anew.

use crate::fault::Fault;
use rusqlite::Connection;

/// First byte of a leaf of a table (<https://sqlite.org/fileformat2.html#b_tree_pages>).
const LEAF: u8 = 13;

/// Blank rows that are kept in any case, and their share of all beyond which the room that they take is given back.
const KEPT_BLANKS: u64 = 1_000;
const MOST_BLANKS: f64 = 0.25;

/// Removes what forgotten memories have left in the files. Outside of any transaction.
pub(super) fn scrub(connection: &Connection) -> Result<(), Fault> {
    checkpoint(connection)?;
    if has_many_blanks(connection)? {
        connection.execute("DELETE FROM memories WHERE forgotten = 1", [])?;
        write_anew(connection)?;
    } else if has_leftovers(connection)? {
        write_anew(connection)?;
    }
    Ok(())
}

fn has_many_blanks(connection: &Connection) -> Result<bool, Fault> {
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0));
    let blanks = count("SELECT count(*) FROM memories WHERE forgotten = 1")?;
    Ok(blanks > KEPT_BLANKS && blanks as f64 > MOST_BLANKS * count("SELECT count(*) FROM memories")? as f64)
}

/// Writes the database anew, so that nothing is in it but what lives.
pub(crate) fn write_anew(connection: &Connection) -> Result<(), Fault> {
    // The copy that VACUUM makes holds what lives only, and may be larger than the memory of a small machine.
    // Of an encrypted database it is encrypted too: SQLite attaches it with the key of the original.
    connection.pragma_update(None, "temp_store", "file")?;
    let written = connection.execute_batch("VACUUM");
    connection.pragma_update(None, "temp_store", "memory")?;
    written?;
    checkpoint(connection)
}

/// Moves everything out of the write-ahead log and cuts it to nothing.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), Fault> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        let message = "it is forgotten, but its text is still in the write-ahead log, because somebody reads the \
                       database; forget it again when that has ended";
        return Err(Fault::Value(message.to_owned()));
    }
    Ok(())
}

/// Whether a page of the table has anything in the part that is not in use. The log is empty, so that the pages are those of
/// the file; SQLite gives them decrypted where the file is not. A build without its table of pages is one that cannot look.
fn has_leftovers(connection: &Connection) -> Result<bool, Fault> {
    let Ok(mut page) = connection.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1") else {
        return Ok(true);
    };
    let mut statement = connection.prepare_cached(
        "SELECT pageno FROM dbstat WHERE name IN ('memories', 'memory_versions') AND pagetype = 'leaf'",
    )?;
    let mut pages = statement.query([])?;
    while let Some(row) = pages.next()? {
        let number: u64 = row.get(0)?;
        let is_blank = |row: &rusqlite::Row<'_>| {
            let data = row.get_ref(0)?.as_blob()?;
            Ok(unused(data).iter().all(|byte| *byte == 0))
        };
        if !page.query_row([number], is_blank)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is between the list of a leaf's rows and the first of them.
fn unused(page: &[u8]) -> &[u8] {
    let number = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    if page[0] != LEAF {
        return &[];
    }
    // 0 stands for 65,536, which is the end of the largest page.
    let first = if number(5) == 0 { page.len() } else { number(5) };
    page.get(8 + 2 * number(3)..first).unwrap_or_default()
}
