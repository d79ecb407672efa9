//! What happens to vectors when the embedder is another one.

use super::*;

async fn with(dir: &Path, embedder: &EmbedderInfo) -> Result<Arc<MemoryIndex>, StoreError> {
    let store = Store::open(dir).unwrap();
    store.memory(embedder, Arc::new(StoppedClock), |_| {}).await
}

#[tokio::test]
async fn vectors_of_another_embedder_are_not_compared_until_they_are_made_anew() {
    let (memories, dir) = memories().await;
    let items = vec![
        (turn("Nate", "first turn", 10), both(toward(&[1.0]))),
        (turn("Nate", "second turn", 20), both(toward(&[0.0, 1.0]))),
    ];
    memories.insert(items).await.unwrap();
    assert_eq!(memories.without_vectors(5).await, Ok((vec![], 0)));
    drop(memories);

    let memories = with(dir.path(), &embedder("new")).await.unwrap();
    assert_eq!(
        memories.nearest(toward(&[1.0]), of("ada"), -1.0, 9).await,
        Ok(vec![])
    );
    let hits = memories
        .recall(query("ada", "first", toward(&[1.0])))
        .await
        .unwrap();
    assert_eq!(
        texts(&hits),
        ["first turn", "second turn"],
        "words find it all the same"
    );
    assert_eq!(
        (hits[0].parts.cosine.to_bits(), hits[0].parts.own.to_bits()),
        (0, 0)
    );

    let (waiting, count) = memories.without_vectors(1).await.unwrap();
    assert_eq!((waiting.len(), count), (1, 2));
    let (waiting, _) = memories.without_vectors(5).await.unwrap();
    let previous: Vec<_> = waiting
        .iter()
        .map(|waiting| waiting.previous_turn.as_deref())
        .collect();
    assert_eq!(previous, [None, Some("first turn")]);

    let mut stale = waiting[1].clone();
    stale.memory.content.text = "what it said before it was changed".to_owned();
    let fresh = waiting[0].clone();
    let items = vec![
        (stale, pair(toward(&[1.0]))),
        (fresh, pair(toward(&[0.0, 0.0, 1.0]))),
    ];
    assert_eq!(memories.embed(items).await, Ok(1));
    let near = memories
        .nearest(toward(&[0.0, 0.0, 1.0]), of("ada"), 0.9, 9)
        .await
        .unwrap();
    assert_eq!(texts(&near), ["first turn"]);
    assert_eq!(memories.without_vectors(5).await.unwrap().1, 1);
    drop(memories);

    let memories = with(dir.path(), &embedder("new")).await.unwrap();
    assert_eq!(memories.without_vectors(5).await.unwrap().1, 1);
    let near = memories
        .nearest(toward(&[0.0, 0.0, 1.0]), of("ada"), 0.9, 9)
        .await
        .unwrap();
    assert_eq!(texts(&near), ["first turn"]);
}

#[tokio::test]
async fn an_embedder_of_the_same_name_with_other_dimensions_is_refused_by_name() {
    let (memories, dir) = memories().await;
    drop(memories);
    let other = EmbedderInfo {
        dimensions: 9,
        ..embedder("test")
    };
    let Err(StoreError::Invalid(message)) = with(dir.path(), &other).await else {
        panic!("opened")
    };
    assert!(
        message.starts_with("the vectors of embedder `test` have 8 numbers"),
        "{message}"
    );
}

#[tokio::test]
async fn damaged_vectors_are_made_anew_and_do_not_keep_the_store_from_opening() {
    let (memories, dir) = memories().await;
    let items = vec![
        (note("ada", "red fox"), both(toward(&[1.0]))),
        (note("ada", "blue whale"), both(toward(&[0.0, 1.0]))),
    ];
    let ids = memories.insert(items).await.unwrap();
    drop(memories);
    let database = rusqlite::Connection::open(dir.path().join("council.db")).unwrap();
    let sql = "UPDATE memory_vectors SET own = x'0102' WHERE memory_key = 1";
    assert_eq!(database.execute(sql, []), Ok(1));
    drop(database);
    let memories = open(dir.path()).await;
    let (waiting, count) = memories.without_vectors(5).await.unwrap();
    assert_eq!((&waiting[0].memory.id, count), (&ids[0], 1));
    let near = memories
        .nearest(toward(&[1.0]), of("ada"), -1.0, 9)
        .await
        .unwrap();
    assert_eq!(texts(&near), ["blue whale"]);
    memories
        .embed(vec![(waiting[0].clone(), pair(toward(&[1.0])))])
        .await
        .unwrap();
    let near = memories.nearest(toward(&[1.0]), of("ada"), 0.9, 9).await.unwrap();
    assert_eq!(texts(&near), ["red fox"]);
}
