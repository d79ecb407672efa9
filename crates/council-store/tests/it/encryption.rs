//! The store with a key: what every store does, and what others see of its files.

#[expect(clippy::duplicate_mod, reason = "the same tests for another store")]
#[path = "every_store.rs"]
mod every_store;

use crate::memory::contract::{embedder, hand_clock, toward};
use crate::said;
use council_core::backup::{BackupError, Backups};
use council_core::forgetting::{Forgetting, Naming, Traces, Wanted};
use council_core::{
    Branch, ConversationChange, ConversationStore, MemoryId, MemoryKind, MemoryStore, MemoryVectors,
    NewMemory, Scope, Timestamp,
};
use council_store::encryption::convert;
use council_store::key::is_encrypted;
use council_store::portable::{from_lines, to_lines};
use council_store::{Key, MemoryIndex, OpenError, Store as Kept, backup};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Whether other processes may have it open.
const SHARED: bool = false;

/// Reservations at once in the test that makes many.
const AT_ONCE: usize = 1_000;

/// The key of these tests.
pub(crate) fn key() -> Key {
    Key::from_hex(&"0123456789abcdef".repeat(4)).unwrap()
}

fn other_key() -> Key {
    Key::from_hex(&"fedcba9876543210".repeat(4)).unwrap()
}

/// Where a store is.
struct Home(TempDir);

impl Home {
    /// The store, once nobody else has it open.
    #[expect(clippy::unused_async, reason = "the same for every store")]
    async fn open(&self) -> Arc<Kept> {
        Kept::open_with(self.0.path(), Some(&key())).unwrap()
    }
}

/// An empty store.
async fn store() -> (Arc<Kept>, Home) {
    let home = Home(tempfile::tempdir().unwrap());
    (home.open().await, home)
}

/// Files in which a text stands, decrypted, in upper or lower case.
async fn traces(home: &Home, text: &str) -> Vec<String> {
    let beside = Kept::beside(home.0.path(), Some(&key())).unwrap();
    beside
        .files_with(&Naming::new(text, true).unwrap())
        .await
        .unwrap()
}

const SAID: &str = "the marked text of a message";
const TITLE: &str = "the marked title of a conversation";
const REMEMBERED: &str = "the marked text of a memory";

/// Whether bytes stand in any file of the directory.
fn stands(dir: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

/// Says and remembers what is marked.
async fn live(store: &Arc<Kept>) -> (Arc<MemoryIndex>, MemoryId) {
    store.append(said("marked", SAID, 1)).await.unwrap();
    let change = ConversationChange {
        title: Some(TITLE.to_owned()),
        ..ConversationChange::default()
    };
    store.change(&crate::id("marked"), change).await.unwrap();
    let memories = store.memory(&embedder(), hand_clock(), |_| {}).await.unwrap();
    let id = remember(&memories, REMEMBERED).await;
    (memories, id)
}

async fn remember(memories: &MemoryIndex, text: &str) -> MemoryId {
    let scope = Scope {
        user: "ada".to_owned(),
        project: None,
        session: None,
    };
    let memory = NewMemory::new(MemoryKind::Note, scope, text, Timestamp::from_millis(3));
    let vector = toward(&[0.25, 0.5, 0.125, 1.0]);
    let vectors = MemoryVectors {
        own: vector.clone(),
        context: vector,
    };
    let stored = memories.insert(vec![(memory, Some(vectors))]).await;
    stored.unwrap().remove(0)
}

/// A vector as it is kept.
fn vector_bytes() -> Vec<u8> {
    let numbers = toward(&[0.25, 0.5, 0.125, 1.0]).0;
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[tokio::test]
async fn nothing_that_is_kept_can_be_read_in_any_file_and_without_a_key_all_of_it() {
    for key in [Some(key()), None] {
        let dir = tempfile::tempdir().unwrap();
        let store = Kept::open_with(dir.path(), key.as_ref()).unwrap();
        let (memories, _) = live(&store).await;
        let marked = [
            SAID.as_bytes(),
            TITLE.as_bytes(),
            REMEMBERED.as_bytes(),
            &vector_bytes(),
        ];
        let copy = store.back_up().await.unwrap();
        assert_eq!(is_encrypted(&copy).unwrap(), key.is_some());
        // With the write-ahead log and a copy, and when all is folded into one file.
        let can_be_read = |when: &str| {
            for bytes in marked.into_iter().chain([b"CREATE TABLE".as_slice()]) {
                let text = String::from_utf8_lossy(bytes);
                assert_eq!(stands(dir.path(), bytes), key.is_none(), "{when}: {text}");
            }
        };
        can_be_read("open");
        drop((memories, store));
        can_be_read("closed");
        let store = Kept::open_with(dir.path(), key.as_ref()).unwrap();
        let memories = store.memory(&embedder(), hand_clock(), |_| {}).await.unwrap();
        assert_eq!(memories.stats().await.unwrap().memories, 1);
    }
}

#[tokio::test]
async fn a_key_that_is_missing_or_wrong_or_not_needed_is_an_error_that_names_the_setting() {
    let (store, home) = store().await;
    live(&store).await;
    drop(store);
    let dir = home.0.path();
    let error = |key: Option<&Key>| Kept::open_with(dir, key).err().unwrap();
    let missing = error(None);
    assert!(matches!(missing, OpenError::NoKey { .. }), "{missing}");
    let wrong = error(Some(&other_key()));
    assert!(matches!(wrong, OpenError::WrongKey { .. }), "{wrong}");
    let beside = Kept::beside(dir, Some(&other_key())).err().unwrap();
    assert!(matches!(beside, OpenError::WrongKey { .. }), "{beside}");
    let plain = tempfile::tempdir().unwrap();
    drop(Kept::open(plain.path()).unwrap());
    let not_needed = Kept::open_with(plain.path(), Some(&key())).err().unwrap();
    assert!(
        matches!(not_needed, OpenError::NotEncrypted { .. }),
        "{not_needed}"
    );
    for error in [missing, wrong, not_needed] {
        assert!(error.to_string().contains("`encryption.mode`"), "{error}");
    }
    // And nothing has changed.
    drop(home.open().await);
    drop(Kept::open(plain.path()).unwrap());
}

#[tokio::test]
async fn a_command_beside_a_server_reads_and_writes_with_the_key() {
    let (store, home) = store().await;
    live(&store).await;
    let beside = Kept::beside(home.0.path(), Some(&key())).unwrap();
    beside.append(said("other", "beside", 5)).await.unwrap();
    let of_server = store
        .recent_messages(&crate::id("other"), Branch::Active, 10)
        .await
        .unwrap();
    assert_eq!(of_server.len(), 1);
}

#[tokio::test]
async fn what_is_forgotten_is_in_no_page_of_an_encrypted_database() {
    /// All pages, decrypted.
    fn pages(dir: &Path) -> Vec<u8> {
        let copy = dir.join("decrypted");
        std::fs::copy(dir.join("council.db"), &copy).unwrap();
        let connection = rusqlite::Connection::open(&copy).unwrap();
        // Of the file: with its salt, as SQLCipher reads it.
        let digits = format!("x'{}'", "0123456789abcdef".repeat(4));
        connection.pragma_update(None, "key", digits).unwrap();
        let mut statement = connection.prepare("SELECT data FROM sqlite_dbpage").unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut bytes = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            bytes.extend_from_slice(row.get_ref(0).unwrap().as_blob().unwrap());
        }
        std::fs::remove_file(copy).unwrap();
        bytes
    }
    let holds = |bytes: &[u8], text: &str| {
        let text = text.as_bytes();
        bytes.windows(text.len()).any(|window| window == text)
    };
    let (store, home) = store().await;
    let dir = home.0.path();
    let memories = store.memory(&embedder(), hand_clock(), |_| {}).await.unwrap();
    let text = |number: usize| vec![format!("mark{number:04}x"); [1, 20, 250, 1_000][number % 4]].join(" ");
    let mut ids = Vec::new();
    for number in 0..24 {
        ids.push(remember(&memories, &text(number)).await);
    }
    let stays = ids.remove(0);
    // The first one's change moves rows between pages.
    memories.forget("ada", ids).await.unwrap();
    let log = std::fs::metadata(dir.join("council.db-wal")).map_or(0, |file| file.len());
    assert_eq!(log, 0, "the log is cut");
    let pages = pages(dir);
    assert!(holds(&pages, "mark0000x"), "what stays is found: {stays:?}");
    for number in 1..24 {
        let mark = format!("mark{number:04}x");
        assert!(!holds(&pages, &mark), "{mark}");
    }
}

#[tokio::test]
async fn what_was_said_is_looked_for_behind_the_encryption_and_gone_when_it_is_forgotten() {
    let (store, home) = store().await;
    live(&store).await;
    let wanted = Wanted {
        user: council_core::memory::LOCAL_USER.to_owned(),
        audit: true,
        naming: Naming::new("marked title", false).unwrap(),
        messages: Vec::new(),
    };
    assert_eq!(store.files_with(&wanted.naming).await.unwrap(), ["council.db"]);
    assert!(
        !stands(home.0.path(), b"marked title"),
        "it cannot be seen from outside"
    );
    store.forget_named(&wanted).await.unwrap();
    let nowhere = Vec::<String>::new();
    assert_eq!(store.files_with(&wanted.naming).await.unwrap(), nowhere);
}

#[tokio::test]
async fn a_copy_goes_back_with_its_key_or_from_plain_and_with_no_other() {
    let (store, home) = store().await;
    let dir = home.0.path();
    live(&store).await;
    let work = tempfile::tempdir().unwrap();
    let copy = work.path().join("copy.db");
    backup::copy_of(dir, Some(&key()), &copy).unwrap();
    assert!(is_encrypted(&copy).unwrap());
    assert!(matches!(
        backup::inspect(&copy, None),
        Err(BackupError::Refused(why)) if why.contains("`encryption.mode`")
    ));
    assert!(matches!(
        backup::inspect(&copy, Some(&other_key())),
        Err(BackupError::Refused(why)) if why.contains("another key")
    ));
    drop(store);
    // On another machine, with the same key.
    let other = tempfile::tempdir().unwrap();
    backup::put_back(other.path(), Some(&key()), &copy).unwrap();
    let there = Kept::open_with(other.path(), Some(&key())).unwrap();
    assert_eq!(
        there.conversation(&crate::id("marked")).await.unwrap().title,
        TITLE
    );
    // A running server takes it too, and one that is not encrypted becomes so.
    let plain = work.path().join("plain");
    std::fs::create_dir(&plain).unwrap();
    backup::put_back(&plain, Some(&key()), &copy).unwrap();
    convert(&plain, Some(&key()), None).unwrap();
    assert!(stands(&plain, TITLE.as_bytes()));
    let upload = there.place_for_upload().await.unwrap();
    std::fs::copy(plain.join("council.db"), &upload).unwrap();
    there.stage(upload).await.unwrap();
    assert!(!stands(other.path(), TITLE.as_bytes()));
    drop(there);
    let there = Kept::open_with(other.path(), Some(&key())).unwrap();
    assert_eq!(
        there.conversation(&crate::id("marked")).await.unwrap().title,
        TITLE
    );
    // What is here already is not added again, from whichever form it comes.
    for from in [copy, plain.join("council.db")] {
        let upload = there.place_for_upload().await.unwrap();
        std::fs::copy(from, &upload).unwrap();
        let merged = there.merge(upload, false).await.unwrap();
        assert!(merged.iter().all(|merged| merged.added == 0), "{merged:?}");
    }
}

#[tokio::test]
async fn an_export_of_an_encrypted_database_becomes_one_with_or_without_a_key() {
    let (store, home) = store().await;
    live(&store).await;
    drop(store);
    let database = home.0.path().join("council.db");
    let lines_dir = tempfile::tempdir().unwrap();
    assert!(to_lines(&database, None, lines_dir.path()).is_err());
    let lines = to_lines(&database, Some(&key()), lines_dir.path()).unwrap();
    assert_eq!(lines.rows["memories"], 1);
    for key in [Some(key()), None] {
        let work = tempfile::tempdir().unwrap();
        from_lines(
            lines_dir.path(),
            &lines,
            &work.path().join("council.db"),
            key.as_ref(),
        )
        .unwrap();
        assert_eq!(stands(work.path(), TITLE.as_bytes()), key.is_none());
        let again = Kept::open_with(work.path(), key.as_ref()).unwrap();
        assert_eq!(
            again.conversation(&crate::id("marked")).await.unwrap().title,
            TITLE
        );
    }
}

#[tokio::test]
async fn a_changed_passphrase_opens_and_the_old_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let [old, new] =
        ["the old passphrase", "the new passphrase"].map(|text| Key::from_passphrase(text).unwrap());
    let store = Kept::open_with(dir.path(), Some(&old)).unwrap();
    live(&store).await;
    drop(store);
    convert(dir.path(), Some(&old), Some(&new)).unwrap();
    assert!(matches!(
        Kept::open_with(dir.path(), Some(&old)),
        Err(OpenError::WrongKey { .. })
    ));
    let store = Kept::open_with(dir.path(), Some(&new)).unwrap();
    assert_eq!(
        store.conversation(&crate::id("marked")).await.unwrap().title,
        TITLE
    );
}
