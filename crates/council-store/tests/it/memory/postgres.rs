//! What only a store on a server has: connections, shared use, migrations; and that it answers as SQLite's does.
//!
//! Needs a server with pgvector, whose address is in `TEST_POSTGRES_URL`: `scripts/with-postgres.sh cargo test …`.

mod equal;

use super::contract::{HandClock, Subject, at, both, embedder, hand_clock, of, toward};
use council_core::egress::naive::OpenGate;
use council_core::{
    EmbedderInfo, MemoryId, MemoryKind, MemoryStore, NewMemory, RecallQuery, RecallWeights, Scope, StoreError,
};
use council_store::PostgresMemory;
use futures::future::{BoxFuture, FutureExt as _, join_all};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_postgres::{Client, NoTls};

#[expect(clippy::disallowed_methods, reason = "tests are told where their server is")]
fn server() -> String {
    let url = std::env::var("TEST_POSTGRES_URL");
    url.unwrap_or_else(|_| {
        panic!("TEST_POSTGRES_URL is not set: run this with `scripts/with-postgres.sh cargo test …`, or `make test`")
    })
}

/// A connection of the test's own.
#[expect(
    clippy::disallowed_methods,
    reason = "a connection of the test's own, which ends with the client"
)]
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The address of an empty schema. All are in one database, which has pgvector in its schema `public`.
pub(crate) async fn empty() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let schema = format!("council_test_{}_{number}", std::process::id());
    let client = connect(&server()).await;
    let sql = format!(
        "BEGIN; SELECT pg_advisory_xact_lock(1); CREATE EXTENSION IF NOT EXISTS vector SCHEMA public; COMMIT;
         DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"
    );
    client.batch_execute(&sql).await.unwrap();
    format!("{}?options=-csearch_path%3D{schema}%2Cpublic", server())
}

async fn open(url: &str, clock: Arc<HandClock>) -> Arc<PostgresMemory> {
    PostgresMemory::open(url, &embedder(), clock, Arc::new(OpenGate), |_| {})
        .await
        .unwrap()
}

/// An empty store.
pub(super) fn subject() -> BoxFuture<'static, Subject> {
    async {
        let clock = hand_clock();
        let store = open(&empty().await, clock.clone()).await;
        Subject::new(store, clock, ())
    }
    .boxed()
}

fn note(text: &str) -> NewMemory {
    let scope = Scope {
        user: "ada".to_owned(),
        ..Scope::default()
    };
    NewMemory::new(MemoryKind::Note, scope, text, at(1))
}

async fn insert(store: &PostgresMemory, text: &str, vector: &[f32]) -> MemoryId {
    let stored = store.insert(vec![(note(text), Some(both(toward(vector))))]);
    stored.await.unwrap().remove(0)
}

fn question(text: &str, vector: &[f32]) -> RecallQuery {
    RecallQuery {
        text: text.to_owned(),
        vector: Some(toward(vector)),
        speakers: Vec::new(),
        time: None,
        now: at(10_000),
        filter: of("ada"),
        weights: RecallWeights::default(),
        limit: 10,
    }
}

#[tokio::test]
async fn what_was_stored_is_there_when_it_is_opened_again() {
    let url = empty().await;
    let store = open(&url, hand_clock()).await;
    let id = insert(&store, "red fox", &[1.0]).await;
    let before = store.recall(question("fox", &[1.0])).await.unwrap();
    drop(store);
    let store = open(&url, hand_clock()).await;
    assert_eq!(store.recall(question("fox", &[1.0])).await, Ok(before));
    assert_eq!(store.history("ada", &id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn stores_that_open_at_once_make_the_tables_once_and_see_the_changes_of_one_another() {
    let url = empty().await;
    let stores = join_all((0..6).map(|_| open(&url, hand_clock()))).await;
    let id = insert(&stores[0], "red fox", &[1.0]).await;
    for store in &stores {
        assert_eq!(store.stats().await.unwrap().memories, 1);
        let near = store.nearest(toward(&[1.0]), of("ada"), 0.9, 5).await.unwrap();
        assert_eq!(near.len(), 1);
    }
    stores[1].forget("ada", vec![id.clone()]).await.unwrap();
    assert!(stores[2].memory("ada", &id).await.is_err());
}

#[tokio::test]
async fn changes_of_one_memory_at_once_all_become_versions() {
    let url = empty().await;
    let (left, right) = (open(&url, hand_clock()).await, open(&url, hand_clock()).await);
    let id = insert(&left, "red fox", &[1.0]).await;
    let change = |number: usize| {
        let (store, id) = (if number.is_multiple_of(2) { &left } else { &right }, &id);
        let change = council_core::MemoryChange {
            tags: Some(vec![number.to_string()]),
            ..Default::default()
        };
        store.change("ada", id, change)
    };
    for changed in join_all((0..20).map(change)).await {
        changed.unwrap();
    }
    let history = left.history("ada", &id).await.unwrap();
    assert_eq!(history.len(), 21);
    assert_eq!(
        history.last().unwrap().memory,
        right.memory("ada", &id).await.unwrap()
    );
}

#[tokio::test]
async fn after_a_lost_connection_the_store_says_so_and_goes_on() {
    let url = empty().await;
    let store = open(&format!("{url}&application_name=lost"), hand_clock()).await;
    let id = insert(&store, "red fox", &[1.0]).await;
    let other = connect(&url).await;
    for _ in 0..3 {
        let sql =
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'lost'";
        assert!(!other.query(sql, &[]).await.unwrap().is_empty());
        // The end may have been noticed by now, and then the store has connected again already.
        if let Err(error) = store.memory("ada", &id).await {
            let StoreError::Failed(message) = &error else {
                panic!("{error:?}");
            };
            assert!(message.contains("PostgreSQL at"), "{message}");
        }
        assert_eq!(store.memory("ada", &id).await.unwrap().content.text, "red fox");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let url = "postgres://ada:secret@127.0.0.1:1/memories";
    let opened = PostgresMemory::open(url, &embedder(), hand_clock(), Arc::new(OpenGate), |_| {}).await;
    let Err(StoreError::Failed(message)) = opened.map(|_| ()) else {
        panic!("nothing listens there");
    };
    assert!(message.contains("127.0.0.1:1"), "{message}");
    assert!(message.contains("cannot be reached"), "{message}");
    assert!(!message.contains("secret"), "{message}");
}

#[tokio::test]
async fn what_listens_and_never_answers_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://ada:secret@127.0.0.1:{port}/memories?connect_timeout=1");
    let opened = PostgresMemory::open(&url, &embedder(), hand_clock(), Arc::new(OpenGate), |_| {}).await;
    let Err(StoreError::Failed(message)) = opened.map(|_| ()) else {
        panic!("nobody answered");
    };
    assert!(message.contains("does not answer"), "{message}");
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_repeating_it() {
    for url in [
        "postgres://ada:secret@host:port/x",
        "ada:secret",
        "mysql://ada:secret@host",
    ] {
        let opened = PostgresMemory::open(url, &embedder(), hand_clock(), Arc::new(OpenGate), |_| {}).await;
        let Err(StoreError::Invalid(message)) = opened.map(|_| ()) else {
            panic!("{url} was accepted");
        };
        assert!(message.contains("`memory.postgres_url`"), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }
}

#[tokio::test]
async fn encryption_that_is_asked_for_and_not_there_is_refused() {
    // Says that it speaks none.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://ada:secret@127.0.0.1:{port}/memories?sslmode=require");
    let embedder = embedder();
    let opening = PostgresMemory::open(&url, &embedder, hand_clock(), Arc::new(OpenGate), |_| {});
    let refusing = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut [0; 8]).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let mut more = Vec::new();
        stream.read_to_end(&mut more).await.unwrap();
        more
    };
    let (opened, more) = tokio::join!(opening, refusing);
    assert_eq!(more, b"", "it was sent in the clear");
    let Err(StoreError::Failed(message)) = opened.map(|_| ()) else {
        panic!("it would have been sent in the clear");
    };
    assert!(
        message.contains("speaks no TLS") && !message.contains("secret"),
        "{message}"
    );
}

#[tokio::test]
async fn a_database_without_pgvector_gets_it_and_our_tables() {
    let client = connect(&server()).await;
    let database = format!("council_test_{}_bare", std::process::id());
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {database}"))
        .await
        .unwrap();
    client
        .batch_execute(&format!("CREATE DATABASE {database}"))
        .await
        .unwrap();
    let (before, _) = server()
        .rsplit_once('/')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let store = open(&format!("{before}/{database}"), hand_clock()).await;
    insert(&store, "red fox", &[1.0]).await;
    assert_eq!(store.stats().await.unwrap().memories, 1);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let url = empty().await;
    drop(open(&url, hand_clock()).await);
    let client = connect(&url).await;
    client
        .batch_execute("UPDATE schema_version SET version = 99")
        .await
        .unwrap();
    let opened = PostgresMemory::open(&url, &embedder(), hand_clock(), Arc::new(OpenGate), |_| {}).await;
    let Err(StoreError::Invalid(message)) = opened.map(|_| ()) else {
        panic!("version 99 was accepted");
    };
    assert!(message.contains("99") && message.contains("newer"), "{message}");
}

#[tokio::test]
async fn marks_of_learning_leave_metadata_and_histories_and_are_kept_beside_them() {
    let url = empty().await;
    let client = connect(&url).await;
    client
        .batch_execute(include_str!("../../../migrations/postgres/0001_memory.sql"))
        .await
        .unwrap();
    client
        .batch_execute(
            r#"CREATE TABLE schema_version (version integer NOT NULL);
               INSERT INTO schema_version VALUES (1);
               INSERT INTO memories (id, "user", kind, text, said_at_ns, area, tags, metadata, trust, quarantined,
                                     pinned, created_at_ns, updated_at_ns, event, terms, told)
               SELECT id, 'ada', 'turn', 'hi', 1, 'main', '{}', metadata, 'user', false, false, 1, 9, event, 1, 0
               FROM (VALUES ('unmarked00', '{"a":1}', 'created'),
                            ('marked0000', '{"a":1,"facts_extracted":true}', 'changed'),
                            ('changed000', '{"facts_extracted":true,"z":2}', 'changed')) AS m (id, metadata, event);
               INSERT INTO memory_versions (memory_key, event, text, tags, metadata, trust, pinned, quarantined,
                                            updated_at_ns)
               SELECT key, v.event, 'hi', '{}', v.metadata, 'user', false, false, 5
               FROM (VALUES (1, 'marked0000', 'created', '{"a":1}'), (2, 'changed000', 'created', '{}'),
                            (3, 'changed000', 'changed', '{"facts_extracted":true}')) AS v (at, id, event, metadata)
               JOIN memories m ON m.id = v.id ORDER BY at"#,
        )
        .await
        .unwrap();
    let store = open(&url, hand_clock()).await;
    let history = async |id: &str| -> Vec<(&str, String)> {
        let history = store.history("ada", &MemoryId(id.to_owned())).await.unwrap();
        let told = history.into_iter().map(|version| {
            let metadata = serde_json::Value::Object(version.memory.content.metadata);
            (version.event.as_str(), metadata.to_string())
        });
        told.collect()
    };
    let told = |event, metadata: &str| (event, metadata.to_owned());
    assert_eq!(history("unmarked00").await, [told("created", r#"{"a":1}"#)]);
    assert_eq!(history("marked0000").await, [told("created", r#"{"a":1}"#)]);
    assert_eq!(
        history("changed000").await,
        [told("created", "{}"), told("changed", r#"{"z":2}"#)]
    );
    let heard = store.heard("ada", at(0), 9).await.unwrap();
    let mut heard: Vec<_> = heard
        .iter()
        .map(|heard| (&*heard.memory.id.0, heard.learnt))
        .collect();
    heard.sort_unstable();
    assert_eq!(heard, [("changed000", true), ("marked0000", true)]);
}

#[tokio::test]
async fn vectors_of_another_embedder_are_never_compared_and_those_of_other_lengths_refused() {
    let url = empty().await;
    let store = open(&url, hand_clock()).await;
    let id = insert(&store, "red fox", &[1.0]).await;
    let other = EmbedderInfo {
        id: "other".to_owned(),
        dimensions: 3,
        max_tokens: 10,
    };
    let others = PostgresMemory::open(&url, &other, hand_clock(), Arc::new(OpenGate), |_| {})
        .await
        .unwrap();
    let (waiting, count) = others.without_vectors(9).await.unwrap();
    assert_eq!((waiting[0].memory.id.clone(), count), (id.clone(), 1));
    let short = council_core::Embedding(vec![0.0, 1.0, 0.0]);
    let near = others.nearest(short.clone(), of("ada"), -1.0, 9).await;
    assert_eq!(near, Ok(vec![]));
    let items = vec![(waiting[0].clone(), both(short.clone()))];
    assert_eq!(others.embed(items).await, Ok(1));
    assert_eq!(others.nearest(short, of("ada"), 0.9, 9).await.unwrap().len(), 1);
    assert_eq!(
        store.nearest(toward(&[1.0]), of("ada"), -1.0, 9).await,
        Ok(vec![])
    );
    let wrong = EmbedderInfo {
        id: "test".to_owned(),
        ..other
    };
    let opened = PostgresMemory::open(&url, &wrong, hand_clock(), Arc::new(OpenGate), |_| {}).await;
    let Err(StoreError::Invalid(message)) = opened.map(|_| ()) else {
        panic!("three numbers instead of eight were accepted");
    };
    assert!(message.contains("`test`") && message.contains('8'), "{message}");
}

#[tokio::test]
async fn a_character_that_the_server_cannot_keep_is_refused_by_the_name_of_its_field() {
    let store = open(&empty().await, hand_clock()).await;
    type Spoil = fn(&mut NewMemory);
    let spoilt: [(&str, Spoil); 4] = [
        ("text", |memory| memory.text.push('\0')),
        ("tags", |memory| memory.tags.push("a\0".to_owned())),
        ("session", |memory| memory.scope.session = Some("\0".to_owned())),
        ("source", |memory| memory.source = Some("\0".to_owned())),
    ];
    for (field, spoil) in spoilt {
        let mut memory = note("fine");
        spoil(&mut memory);
        let Err(StoreError::Invalid(message)) = store.insert(vec![(memory, None)]).await else {
            panic!("`{field}` with U+0000 was accepted");
        };
        assert!(message.contains(&format!("`{field}`")), "{message}");
    }
    let asked = store.memory("ada", &MemoryId("\0".to_owned())).await;
    assert!(matches!(asked, Err(StoreError::Invalid(_))), "{asked:?}");
    assert_eq!(store.stats().await.unwrap().memories, 0);
}

#[tokio::test]
async fn no_row_of_any_table_holds_what_was_forgotten() {
    let url = empty().await;
    let store = open(&url, hand_clock()).await;
    insert(&store, "a kept sentence", &[1.0]).await;
    let mut secret = note("zanzibar");
    secret.tags = vec!["zanzibar".to_owned()];
    let id = store
        .insert(vec![(secret, Some(both(toward(&[0.0, 1.0]))))])
        .await
        .unwrap()
        .remove(0);
    let change = council_core::MemoryChange {
        text: Some(("zanzibar again".to_owned(), Some(both(toward(&[0.0, 1.0]))))),
        ..Default::default()
    };
    store.change("ada", &id, change).await.unwrap();
    let client = connect(&url).await;
    let holding = async || {
        let mut holding = Vec::new();
        for table in ["memories", "memory_versions", "memory_terms", "memory_evidence"] {
            let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%zanzibar%'");
            let count: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
            if count > 0 {
                holding.push(table);
            }
        }
        holding
    };
    assert_eq!(holding().await, ["memories", "memory_versions", "memory_terms"]);
    store.forget("ada", vec![id]).await.unwrap();
    assert_eq!(holding().await, Vec::<&str>::new());
    let rows: i64 = client
        .query_one("SELECT count(*) FROM memory_vectors", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 1);
}
