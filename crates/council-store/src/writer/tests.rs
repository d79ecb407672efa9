//! Transactions that several writes share.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::open;
use std::sync::mpsc as blocking;
use std::task::Poll;

/// A writer on a table `t (x)`, and the directory that holds it.
fn writer() -> (Writer, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE t (x);")
        .unwrap();
    (Writer::start(connection, path).unwrap(), dir)
}

fn insert(value: i64) -> impl Fn(&Connection) -> Result<(), Fault> {
    move |connection| {
        connection.execute("INSERT INTO t VALUES (?1)", [value])?;
        Ok(())
    }
}

fn count(path: &Path) -> i64 {
    let connection = open::reader(path, None).unwrap();
    connection
        .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
        .unwrap()
}

/// Holds the writer inside a first job until the returned sender is used, so that what follows forms one batch.
async fn held(writer: &Writer) -> (impl Future<Output = Result<(), StoreError>>, blocking::Sender<()>) {
    let (started, has_started) = oneshot::channel();
    let started = std::sync::Mutex::new(Some(started));
    let (release, released) = blocking::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let mut first = Box::pin(writer.write(move |_| {
        if let Some(started) = started.lock().unwrap().take() {
            started.send(()).unwrap();
            released.lock().unwrap().recv().unwrap();
        }
        Ok(())
    }));
    assert!(futures_poll(&mut first).await.is_pending());
    has_started.await.unwrap();
    (first, release)
}

/// Polls once: enough to put a write into the queue.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::future::poll_fn(|context| Poll::Ready(std::pin::Pin::new(&mut *future).poll(context))).await
}

#[tokio::test]
async fn writes_that_wait_together_share_one_transaction() {
    let (writer, _dir) = writer();
    let path = writer.database.clone();
    let (first, release) = held(&writer).await;
    let mut second = Box::pin(writer.write(insert(1)));
    let mut third = Box::pin(writer.write(move |connection| {
        // Another connection does not see the second write yet; this one does.
        let seen_here: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?;
        Ok((seen_here, count(&path)))
    }));
    assert!(futures_poll(&mut second).await.is_pending());
    assert!(futures_poll(&mut third).await.is_pending());
    release.send(()).unwrap();
    first.await.unwrap();
    second.await.unwrap();
    assert_eq!(third.await, Ok((1, 0)));
    assert_eq!(count(&writer.database), 1);
}

#[tokio::test]
async fn a_failed_write_takes_back_its_own_changes_and_leaves_its_neighbours() {
    let (writer, _dir) = writer();
    let (first, release) = held(&writer).await;
    let mut good = Box::pin(writer.write(insert(1)));
    let mut bad = Box::pin(writer.write(|connection| -> Result<(), Fault> {
        insert(2)(connection)?;
        Err(Fault::Value("no".to_owned()))
    }));
    let mut also_good = Box::pin(writer.write(insert(3)));
    for future in [&mut good, &mut also_good] {
        assert!(futures_poll(future).await.is_pending());
    }
    assert!(futures_poll(&mut bad).await.is_pending());
    release.send(()).unwrap();
    first.await.unwrap();
    assert_eq!((good.await, also_good.await), (Ok(()), Ok(())));
    assert!(matches!(bad.await, Err(StoreError::Failed(message)) if message.ends_with("w.db: no")));
    assert_eq!(count(&writer.database), 2);
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_is_tried_again_one_by_one() {
    let (writer, _dir) = writer();
    let (first, release) = held(&writer).await;
    let mut good = Box::pin(writer.write(insert(1)));
    let mut bad = Box::pin(writer.write(|connection| {
        // What SQLite does by itself on some I/O errors: the whole transaction is gone.
        connection.execute_batch("ROLLBACK")?;
        Err::<(), _>(Fault::Value("gone".to_owned()))
    }));
    let mut also_good = Box::pin(writer.write(insert(3)));
    assert!(futures_poll(&mut good).await.is_pending());
    assert!(futures_poll(&mut bad).await.is_pending());
    assert!(futures_poll(&mut also_good).await.is_pending());
    release.send(()).unwrap();
    first.await.unwrap();
    assert_eq!((good.await, also_good.await), (Ok(()), Ok(())));
    assert!(matches!(bad.await, Err(StoreError::Failed(message)) if message.ends_with("gone")));
    assert_eq!(count(&writer.database), 2);
}

#[tokio::test]
async fn a_write_whose_caller_stopped_waiting_is_written_all_the_same() {
    let (writer, _dir) = writer();
    let path = writer.database.clone();
    let (first, release) = held(&writer).await;
    let mut abandoned = Box::pin(writer.write(insert(1)));
    assert!(futures_poll(&mut abandoned).await.is_pending());
    drop(abandoned);
    release.send(()).unwrap();
    first.await.unwrap();
    drop(writer);
    assert_eq!(count(&path), 1);
}

#[tokio::test]
async fn a_full_disk_is_named_and_the_next_write_that_fits_succeeds() {
    let (writer, _dir) = writer();
    let full = writer.write(|connection| {
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        connection.pragma_update(None, "max_page_count", pages + 2)?;
        connection.execute("INSERT INTO t VALUES (zeroblob(1000000))", [])?;
        Ok(())
    });
    let place = writer.database.parent().unwrap().display().to_string();
    assert_eq!(full.await, Err(StoreError::DiskFull { place }));
    assert_eq!(writer.write(insert(1)).await, Ok(()));
    assert_eq!(count(&writer.database), 1);
}

#[tokio::test]
async fn a_database_that_cannot_be_written_to_is_named_and_the_next_write_after_that_succeeds() {
    let (writer, _dir) = writer();
    let refused = writer.write(|connection| {
        connection.pragma_update(None, "query_only", true)?;
        let written = connection.execute("INSERT INTO t VALUES (1)", []);
        connection.pragma_update(None, "query_only", false)?;
        written?;
        Ok(())
    });
    let place = writer.database.parent().unwrap().display().to_string();
    match refused.await {
        Err(StoreError::ReadOnly { place: named, .. }) => assert_eq!(named, place),
        other => unreachable!("{other:?}"),
    }
    assert_eq!(writer.write(insert(1)).await, Ok(()));
    assert_eq!(count(&writer.database), 1);
}

#[test]
fn a_write_that_the_system_refuses_is_told_as_a_disk_that_cannot_be_written_to() {
    for code in [
        rusqlite::ffi::SQLITE_IOERR_WRITE,
        rusqlite::ffi::SQLITE_IOERR_FSYNC,
        rusqlite::ffi::SQLITE_READONLY_DBMOVED,
    ] {
        let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        let told = Fault::Sqlite(error).in_file(Path::new("/data/council.db"));
        assert!(
            matches!(&told, StoreError::ReadOnly { place, .. } if place == "/data"),
            "{code}: {told:?}"
        );
    }
    let error =
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ), None);
    let told = Fault::Sqlite(error).in_file(Path::new("/data/council.db"));
    assert!(matches!(told, StoreError::Failed(_)), "{told:?}");
}

#[tokio::test]
async fn a_transaction_is_as_durable_as_its_most_demanding_write() {
    let (writer, _dir) = writer();
    let synchronous = |connection: &Connection| -> Result<i64, Fault> {
        Ok(connection.pragma_query_value(None, "synchronous", |row| row.get(0))?)
    };
    let (normal, full) = (1, 2);
    assert_eq!(
        writer.write_as(Durability::Process, synchronous).await,
        Ok(normal)
    );
    assert_eq!(writer.write(synchronous).await, Ok(full));
    let (first, release) = held(&writer).await;
    let mut careless = Box::pin(writer.write_as(Durability::Process, synchronous));
    let mut careful = Box::pin(writer.write(synchronous));
    assert!(futures_poll(&mut careless).await.is_pending());
    assert!(futures_poll(&mut careful).await.is_pending());
    release.send(()).unwrap();
    first.await.unwrap();
    assert_eq!((careless.await, careful.await), (Ok(full), Ok(full)));
}

#[tokio::test]
async fn what_follows_a_commit_runs_in_the_order_of_commits_also_when_nobody_waits() {
    let (writer, _dir) = writer();
    let path = writer.database.clone();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (first, release) = held(&writer).await;
    let following = |value: i64| {
        let (seen, path) = (std::sync::Arc::clone(&seen), path.clone());
        writer.write_then(insert(value), move |_, ()| {
            seen.lock().unwrap().push((value, count(&path)));
            Ok(())
        })
    };
    let mut abandoned = Box::pin(following(1));
    let mut waiting = Box::pin(following(2));
    assert!(futures_poll(&mut abandoned).await.is_pending());
    assert!(futures_poll(&mut waiting).await.is_pending());
    drop(abandoned);
    release.send(()).unwrap();
    first.await.unwrap();
    waiting.await.unwrap();
    // Both are on disk before either of them is followed.
    assert_eq!(*seen.lock().unwrap(), [(1, 2), (2, 2)]);
}
