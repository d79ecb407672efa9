//! The one thread that writes. Requests that wait together share a transaction, because the fsync at its end is
//! what a durable write costs.

use crate::fault::Fault;
use council_core::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Most requests that wait for the thread; more wait for a place, asynchronously.
const QUEUE: usize = 256;

/// Most requests in one transaction: bounds how long the first of them waits for the others.
const BATCH: usize = 64;

/// How one transaction went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteReport {
    /// From its beginning until it was on disk, or had failed.
    pub time: Duration,
    /// Requests that shared it.
    pub requests: usize,
    /// Whether it was committed.
    pub committed: bool,
}

/// Hears how each transaction went; called on the thread that writes, so that it must not wait.
pub(crate) type OnWrite = Box<dyn Fn(WriteReport) + Send + Sync>;

/// What a write that has been acknowledged survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the machine: an fsync, half a millisecond or more.
    Disk,
    /// The end of this process, however sudden. After a power cut the last few may be gone, but no part of one.
    Process,
}

impl Durability {
    /// The value of SQLite's `synchronous` that gives it in WAL mode.
    fn pragma(self) -> &'static str {
        match self {
            Self::Disk => "full",
            Self::Process => "normal",
        }
    }
}

/// Hands writes to the thread. Dropping it waits until the queue is written and the connection is closed.
pub(crate) struct Writer {
    // `None` only while it is dropped.
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    database: PathBuf,
    heard: Arc<OnceLock<OnWrite>>,
}

impl Writer {
    /// Starts the thread on a connection that is migrated and configured.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn start(connection: Connection, database: PathBuf) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let file = database.clone();
        let heard: Arc<OnceLock<OnWrite>> = Arc::default();
        let told = Arc::clone(&heard);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(connection, jobs, &file, &told))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
            database,
            heard,
        })
    }

    /// Tells `heard` of every transaction from now on; a second listener is not taken.
    pub(crate) fn on_write(&self, heard: OnWrite) {
        let _ = self.heard.set(heard);
    }

    /// Runs `work` in a transaction and returns when it is on disk; otherwise as [`write_as`](Self::write_as).
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.write_as(Durability::Disk, work).await
    }

    /// Runs `work` in a transaction and returns when it is as durable as asked. `work` runs again when the
    /// transaction that it shared failed, so it must not consume anything. A caller that stops waiting does not stop
    /// the write.
    pub(crate) async fn write_as<T, F>(&self, durability: Durability, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.submit(durability, work, |_, _| Ok(())).await
    }

    /// As [`write`](Self::write), and when the transaction is on disk, and before the caller hears of it, runs `then`
    /// on the writer's thread: what is kept in memory beside the database changes in the order of the commits, also
    /// when nobody waits any more. `then` is outside of any transaction; when it fails, the write stands all the same.
    pub(crate) async fn write_then<T, F, A>(&self, work: F, then: A) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Fault> + Send + 'static,
        A: FnOnce(&Connection, &T) -> Result<(), Fault> + Send + 'static,
    {
        self.submit(Durability::Disk, work, then).await
    }

    async fn submit<T, F, A>(&self, durability: Durability, work: F, then: A) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Fault> + Send + 'static,
        A: FnOnce(&Connection, &T) -> Result<(), Fault> + Send + 'static,
    {
        let stopped = || StoreError::Failed(format!("{}: the writer has stopped", self.database.display()));
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        let (reply, answer) = oneshot::channel();
        let write = Write {
            work,
            then,
            durability,
            done: None,
            reply,
            database: self.database.clone(),
        };
        queue.send(Box::new(write)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        // A panic of the thread has been told to every waiting caller by its dropped reply.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A write without its types.
trait Job: Send {
    /// What the write must survive.
    fn durability(&self) -> Durability;

    /// Does the work inside an open transaction and keeps the result; `false` when it failed.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Does what follows a commit and tells the caller: the kept result when the transaction was committed, otherwise
    /// why it was not.
    fn finish(self: Box<Self>, connection: &Connection, committed: Result<(), StoreError>);
}

struct Write<T, F, A> {
    work: F,
    then: A,
    durability: Durability,
    done: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    database: PathBuf,
}

impl<T, F, A> Job for Write<T, F, A>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Fault> + Send,
    A: FnOnce(&Connection, &T) -> Result<(), Fault> + Send,
{
    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let result = (self.work)(connection).map_err(|fault| fault.in_file(&self.database));
        let worked = result.is_ok();
        self.done = Some(result);
        worked
    }

    fn finish(self: Box<Self>, connection: &Connection, committed: Result<(), StoreError>) {
        let result = match (self.done, committed) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => match (self.then)(connection, &value) {
                Ok(()) => Ok(value),
                Err(fault) => Err(fault.in_file(&self.database)),
            },
            (None, Ok(())) => Err(StoreError::Failed(format!(
                "{}: nothing was written",
                self.database.display()
            ))),
        };
        // A caller that is gone does not need the answer; the write stands.
        let _ = self.reply.send(result);
    }
}

fn run(
    mut connection: Connection,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    database: &Path,
    heard: &OnceLock<OnWrite>,
) {
    while let Some(first) = jobs.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        write_batch(&mut connection, batch, database, heard);
    }
}

/// Writes the batch in one transaction. When that fails as a whole, each job is tried alone, so that one write too
/// many for a nearly full disk does not take its neighbours with it.
fn write_batch(
    connection: &mut Connection,
    mut batch: Vec<Box<dyn Job>>,
    database: &Path,
    heard: &OnceLock<OnWrite>,
) {
    let committed = timed(connection, &mut batch, heard).map_err(|fault| fault.in_file(database));
    if committed.is_ok() || batch.len() == 1 {
        for job in batch {
            job.finish(connection, committed.clone());
        }
        return;
    }
    for mut job in batch {
        let alone = timed(connection, std::slice::from_mut(&mut job), heard);
        job.finish(connection, alone.map_err(|fault| fault.in_file(database)));
    }
}

/// One transaction, and word of it.
fn timed(
    connection: &mut Connection,
    batch: &mut [Box<dyn Job>],
    heard: &OnceLock<OnWrite>,
) -> Result<(), Fault> {
    let begun = Instant::now();
    let result = transact(connection, batch);
    if let Some(heard) = heard.get() {
        heard(WriteReport {
            time: begun.elapsed(),
            requests: batch.len(),
            committed: result.is_ok(),
        });
    }
    result
}

fn transact(connection: &mut Connection, batch: &mut [Box<dyn Job>]) -> Result<(), Fault> {
    // A commit that is synced to disk takes those before it along.
    let durability = if batch.iter().any(|job| job.durability() == Durability::Disk) {
        Durability::Disk
    } else {
        Durability::Process
    };
    connection.pragma_update(None, "synchronous", durability.pragma())?;
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in batch {
        // Dropped without a commit, a savepoint takes back what its failed job had done and nothing else.
        let savepoint = transaction.savepoint()?;
        if job.run(&savepoint) {
            savepoint.commit()?;
        } else {
            drop(savepoint);
        }
        // A full disk or an I/O error can make SQLite end the whole transaction by itself; going on would write the
        // rest of the batch without one.
        if transaction.is_autocommit() {
            return Err(Fault::Store(StoreError::Failed(
                "SQLite gave the transaction up".to_owned(),
            )));
        }
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests;
