//! Documents: what is remembered of them, what a second time costs, and that nothing stays of what is removed.

use crate::fakes::StoppedClock;
use crate::memory::{Memory, WordVectors, memory};
use council_agent::knowledge::{
    Asked, IngestEvent, IngestOrder, IngestReport, Knowledge, KnowledgeLimits, Material, Outcome, Watch,
    citation, files,
};
use council_agent::memory::Question;
use council_core::{MemoryFilter, MemoryKind, MemoryStore, Page, Timestamp, Trust};
use proptest::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;

struct Library {
    memory: Memory,
    knowledge: Knowledge,
    dir: TempDir,
}

impl Library {
    fn new() -> Self {
        let memory = memory(&prometheus::Registry::new());
        let clock = Arc::new(StoppedClock);
        let limits = KnowledgeLimits {
            file_bytes: 100_000,
            ..KnowledgeLimits::default()
        };
        let knowledge = Knowledge::new(memory.memories.clone(), clock, limits);
        let dir = tempfile::tempdir().unwrap();
        Self {
            memory,
            knowledge,
            dir,
        }
    }

    fn embedder(&self) -> &WordVectors {
        &self.memory.embedder
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn ingest(&self, path: &Path) -> IngestReport {
        let order = IngestOrder {
            user: "ada".to_owned(),
            project: Some("house".to_owned()),
            materials: files(path).unwrap(),
        };
        self.knowledge.ingest_quietly(order).await
    }

    async fn parts(&self) -> Vec<council_core::Memory> {
        let all = Page {
            offset: 0,
            limit: 1000,
        };
        self.memory.store.memories(of_ada(), all).await.unwrap().0
    }
}

fn of_ada() -> MemoryFilter {
    MemoryFilter {
        user: "ada".to_owned(),
        with_retired: true,
        ..MemoryFilter::default()
    }
}

fn outcomes(report: &IngestReport) -> Vec<(String, &'static str)> {
    let name = |source: &str| source.rsplit('/').next().unwrap_or_default().to_owned();
    let files = report.files.iter();
    files
        .map(|file| (name(&file.source), file.outcome.as_str()))
        .collect()
}

const PLAN: &str = "# Plan\n\nWe paint the house.\n\n## Kitchen\n\nThe kitchen becomes yellow.\n";

#[tokio::test]
async fn a_document_is_remembered_in_parts_that_say_where_they_are() {
    let library = Library::new();
    let path = library.write("notes/plan.md", PLAN);
    let report = library.ingest(&path).await;
    assert_eq!(outcomes(&report), [("plan.md".to_owned(), "added")]);
    assert_eq!((report.files[0].chunks, report.files[0].embedded), (2, 2));
    let question = Question {
        text: "which colour for the kitchen".to_owned(),
        filter: of_ada(),
        limit: 1,
        now: Timestamp::default(),
        without: Vec::new(),
        token_budget: None,
    };
    let hits = library.memory.memories.recall(question).await.unwrap();
    let found = &hits[0].memory.content;
    assert_eq!(found.text, "Plan > Kitchen\n\nThe kitchen becomes yellow.");
    assert_eq!((found.kind, found.trust), (MemoryKind::Document, Trust::Tool));
    assert_eq!(found.source.as_deref(), path.to_str());
    assert_eq!(found.scope.project.as_deref(), Some("house"));
    assert_eq!(citation(found).as_deref(), Some("notes/plan.md:7"));
    let mut metadata = found.metadata.clone();
    let hash = metadata.remove("hash").unwrap();
    assert_eq!(hash.as_str().map(str::len), Some(64));
    let expected = json!({
        "title": "Plan", "headings": ["Plan", "Kitchen"], "line_start": 7, "line_end": 7, "chunk": 1, "chunks": 2,
        "media_type": "text/markdown",
    });
    assert_eq!(json!(metadata), expected);
}

#[tokio::test]
async fn a_second_time_costs_nothing_and_a_change_embeds_only_what_is_new() {
    let library = Library::new();
    let path = library.write("plan.md", PLAN);
    library.ingest(&path).await;
    let ids: Vec<_> = library.parts().await.into_iter().map(|part| part.id).collect();
    let embedded = library.embedder().texts().len();
    let again = library.ingest(&path).await;
    assert_eq!(outcomes(&again), [("plan.md".to_owned(), "unchanged")]);
    assert_eq!(again.files[0].chunks, 2);
    assert_eq!(library.embedder().texts().len(), embedded);
    let now: Vec<_> = library.parts().await.into_iter().map(|part| part.id).collect();
    assert_eq!(now, ids);

    library.write("plan.md", PLAN.replace("yellow", "blue"));
    let changed = library.ingest(&path).await;
    assert_eq!(outcomes(&changed), [("plan.md".to_owned(), "replaced")]);
    assert_eq!((changed.files[0].chunks, changed.files[0].embedded), (2, 1));
    let parts = library.parts().await;
    assert_eq!(parts.len(), 2);
    assert!(
        parts.iter().all(|part| !part.content.text.contains("yellow")),
        "{parts:?}"
    );
}

#[tokio::test]
async fn a_part_whose_text_stays_keeps_its_id_its_pin_and_its_history_and_learns_its_new_place() {
    let library = Library::new();
    let again = "\n## Refrain\n\nLa la la.\n";
    let path = library.write("song.md", format!("{PLAN}{again}"));
    library.ingest(&path).await;
    let part = async |text: &str| -> council_core::Memory {
        let parts = library.parts().await.into_iter();
        let mut found: Vec<_> = parts.filter(|part| part.content.text.contains(text)).collect();
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    };
    let before = part("yellow").await;
    let change = council_core::MemoryChange {
        pinned: Some(true),
        metadata: Some({
            let mut metadata = before.content.metadata.clone();
            metadata.insert("own".to_owned(), json!("note"));
            metadata
        }),
        ..council_core::MemoryChange::default()
    };
    let store = &library.memory.store;
    store.change("ada", &before.id, change).await.unwrap();
    let (house, refrain) = (part("house").await.id, part("La la la").await.id);
    library.write(
        "song.md",
        format!("# Plan\n\nWe sell the house.\n\n\n{}{again}{again}", &PLAN[28..]),
    );
    let report = library.ingest(&path).await;
    assert_eq!(report.files[0].outcome, Outcome::Replaced);
    assert_eq!((report.files[0].chunks, report.files[0].embedded), (4, 1));
    let after = part("yellow").await;
    assert_eq!((after.id.clone(), after.pinned), (before.id, true));
    assert_eq!(after.content.metadata["own"], "note");
    let line = |memory: &council_core::Memory| memory.content.metadata["line_start"].as_u64().unwrap();
    assert_eq!(after.content.metadata["chunks"], 4);
    assert!(line(&after) > 0);
    assert_eq!(
        store.history("ada", &after.id).await.unwrap().len(),
        2,
        "no version of it"
    );
    let undone = store.undo("ada", &after.id).await.unwrap();
    assert_eq!(undone.content.metadata["chunks"], 4);
    // One of two that are alike is the one of before.
    let parts = library.parts().await;
    let alike: Vec<_> = parts
        .iter()
        .filter(|part| part.content.text.contains("La la"))
        .collect();
    assert_eq!(alike.len(), 2);
    let kept = alike.iter().find(|part| part.id == refrain).unwrap();
    assert!(alike.iter().all(|part| line(kept) <= line(part)));
    assert!(parts.iter().all(|part| part.id != house), "its text has changed");
    let unchanged = library.ingest(&path).await;
    assert_eq!(unchanged.files[0].outcome, Outcome::Unchanged);
}

#[tokio::test]
async fn a_document_moves_to_the_project_that_it_is_given_to() {
    let library = Library::new();
    let path = library.write("plan.md", PLAN);
    library.ingest(&path).await;
    let order = IngestOrder {
        user: "ada".to_owned(),
        project: None,
        materials: files(&path).unwrap(),
    };
    let report = library.knowledge.ingest_quietly(order).await;
    assert_eq!(report.files[0].outcome, Outcome::Replaced);
    assert_eq!(report.files[0].embedded, 0, "its vectors stay");
    assert!(
        library
            .parts()
            .await
            .iter()
            .all(|part| part.content.scope.project.is_none())
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_does_not_stop_the_rest() {
    let library = Library::new();
    library.write("a.md", "first");
    library.write("b.pdf", "%PDF-1.7 and nothing that follows");
    library.write("c.dat", b"\x00\x01\x02");
    library.write("d.txt", b"caf\xe9 is not UTF-8, but text");
    library.write("e.txt", "x".repeat(100_001));
    library.write("f.txt", "  \n");
    library.write("g.png", "looks like text");
    library.write("h.unknown", b"\x7fELF\x00");
    library.write("i.md", "last");
    let report = library.ingest(&library.root()).await;
    let names = |names: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        names
            .iter()
            .map(|(name, outcome)| ((*name).to_owned(), *outcome))
            .collect()
    };
    assert_eq!(
        outcomes(&report),
        names(&[
            ("a.md", "added"),
            ("b.pdf", "failed"),
            ("c.dat", "skipped"),
            ("d.txt", "failed"),
            ("e.txt", "failed"),
            ("f.txt", "skipped"),
            ("g.png", "skipped"),
            ("h.unknown", "skipped"),
            ("i.md", "added"),
        ])
    );
    let reason = |index: usize| {
        report.files[index]
            .outcome
            .reason()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(reason(1).starts_with("it is damaged"), "{}", reason(1));
    assert!(reason(3).contains("byte 3"), "{}", reason(3));
    assert!(reason(4).contains("100001 bytes"), "{}", reason(4));
    let named = library.ingest(&library.root().join("c.dat")).await;
    assert_eq!(
        outcomes(&named),
        names(&[("c.dat", "failed")]),
        "asked for by name"
    );
    assert_eq!(
        (
            report.count("failed"),
            report.count("skipped"),
            report.chunks_stored()
        ),
        (3, 4, 2)
    );
}

#[tokio::test]
async fn what_a_client_sends_has_the_name_and_the_kind_that_it_says() {
    let library = Library::new();
    let sent = |media_type: Option<&str>, text: &str| IngestOrder {
        user: "ada".to_owned(),
        project: None,
        materials: vec![(
            Material::Bytes {
                name: "https://example.org/tea".to_owned(),
                media_type: media_type.map(str::to_owned),
                bytes: text.as_bytes().to_vec(),
            },
            Asked::ByName,
        )],
    };
    let html = "<title>Tea</title><h1>Brewing</h1><p>80 degrees.<script>alert(1)</script>";
    let report = library
        .knowledge
        .ingest_quietly(sent(Some("text/html"), html))
        .await;
    assert_eq!(report.files[0].outcome, Outcome::Added);
    let parts = library.parts().await;
    assert_eq!(parts[0].content.text, "Tea > Brewing\n\n80 degrees.");
    let refused = library
        .knowledge
        .ingest_quietly(sent(Some("image/png"), html))
        .await;
    let reason = refused.files[0].outcome.reason().unwrap_or_default();
    assert!(reason.starts_with("`image/png` is not understood"), "{reason}");
    assert_eq!(library.parts().await.len(), 1, "what was remembered stays");
}

#[tokio::test]
async fn without_an_embedder_parts_wait_and_get_their_vectors_later() {
    let library = Library::new();
    library.embedder().go_away(true);
    let path = library.write("plan.md", PLAN);
    let report = library.ingest(&path).await;
    assert_eq!((report.waiting(), report.files[0].embedded), (2, 0));
    assert_eq!(report.files[0].outcome, Outcome::Added);
    library.embedder().go_away(false);
    assert_eq!(library.memory.store.without_vectors(10).await.unwrap().1, 2);
}

#[tokio::test]
async fn removing_a_document_leaves_none_of_its_parts_and_all_of_the_others() {
    let library = Library::new();
    let plan = library.write("plan.md", PLAN);
    library.write("other.md", "Something else.");
    library.ingest(&library.root()).await;
    let sources = library.knowledge.sources("ada").await.unwrap();
    let names: Vec<_> = sources
        .iter()
        .map(|source| (source.parts, &source.metadata["title"]))
        .collect();
    assert_eq!(names, [(1, &json!("other.md")), (2, &json!("Plan"))]);
    let source = plan.to_str().unwrap();
    assert_eq!(
        library.knowledge.remove("ben", source).await.unwrap(),
        0,
        "not his"
    );
    assert_eq!(library.knowledge.remove("ada", source).await.unwrap(), 2);
    assert_eq!(library.knowledge.remove("ada", source).await.unwrap(), 0);
    let left: Vec<_> = library
        .parts()
        .await
        .into_iter()
        .map(|part| part.content.text)
        .collect();
    assert_eq!(left, ["other.md\n\nSomething else."]);
}

#[tokio::test]
async fn an_order_tells_how_far_it_is() {
    let library = Library::new();
    library.write("a.md", PLAN);
    library.write("b.md", "Two.");
    let (sender, mut receiver) = mpsc::channel(64);
    let order = IngestOrder {
        user: "ada".to_owned(),
        project: None,
        materials: files(&library.root()).unwrap(),
    };
    library.knowledge.ingest(order, sender).await;
    let mut told = Vec::new();
    while let Some(event) = receiver.recv().await {
        told.push(match event {
            IngestEvent::Started { index, count, .. } => format!("start {index}/{count}"),
            IngestEvent::Embedded { done, chunks, .. } => format!("embedded {done}/{chunks}"),
            IngestEvent::Finished { index, file, .. } => format!("end {index} {}", file.outcome.as_str()),
        });
    }
    assert_eq!(
        told,
        [
            "start 0/2",
            "embedded 2/2",
            "end 0 added",
            "start 1/2",
            "embedded 1/1",
            "end 1 added"
        ]
    );
}

#[tokio::test]
async fn what_a_crash_left_between_new_and_old_parts_is_put_in_order_the_next_time() {
    let library = Library::new();
    let path = library.write("plan.md", PLAN);
    library.ingest(&path).await;
    // As it is when the process ends after the new parts are stored and before the old ones are forgotten.
    let mut old = library.parts().await[0].content.clone();
    old.metadata.insert("hash".to_owned(), json!("that of before"));
    library.memory.store.insert(vec![(old, None)]).await.unwrap();
    assert_eq!(library.parts().await.len(), 3);
    let report = library.ingest(&path).await;
    assert_eq!(report.files[0].outcome, Outcome::Replaced);
    assert_eq!(library.parts().await.len(), 2);
}

#[tokio::test]
async fn a_watched_directory_is_kept_up_to_date() {
    let library = Library::new();
    library.write("watched/a.md", "First.");
    let outside = library.write("outside.md", "Not watched.");
    let by_hand = IngestOrder {
        user: "ada".to_owned(),
        project: None,
        materials: files(&outside).unwrap(),
    };
    library.knowledge.ingest_quietly(by_hand).await;
    let missing = library.root().join("not-mounted");
    let directories = vec![library.root().join("watched"), missing.clone()];
    let mut watch = Watch::new(library.knowledge.clone(), "ada", directories);

    let first = watch.look().await.unwrap();
    assert_eq!(outcomes(&first.report), [("a.md".to_owned(), "added")]);
    assert_eq!(first.unreadable[0].0, missing);

    library.write("watched/a.md", "First, longer.");
    let new = library.write("watched/b.md", "Second.");
    let still = watch.look().await.unwrap();
    assert!(
        still.report.files.is_empty(),
        "they may still be being written: {still:?}"
    );
    let settled = watch.look().await.unwrap();
    assert_eq!(
        outcomes(&settled.report),
        [("a.md".to_owned(), "replaced"), ("b.md".to_owned(), "added")]
    );
    assert!(watch.look().await.unwrap().report.files.is_empty());

    std::fs::remove_file(&new).unwrap();
    std::fs::remove_file(&outside).unwrap();
    let gone = watch.look().await.unwrap();
    assert_eq!(gone.removed, [new.display().to_string()]);
    let left: Vec<_> = library.knowledge.sources("ada").await.unwrap();
    assert_eq!(
        left.len(),
        2,
        "what is not below a watched directory stays: {left:?}"
    );

    std::fs::remove_dir_all(library.root().join("watched")).unwrap();
    let unmounted = watch.look().await.unwrap();
    assert!(
        unmounted.removed.is_empty() && unmounted.unreadable.len() == 2,
        "{unmounted:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_happens_to_the_files_memory_holds_what_they_say_and_nothing_else(
        steps in prop::collection::vec((0_usize..3, "[a-z ]{0,40}", any::<bool>()), 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let library = Library::new();
            let mut expected: [Option<String>; 3] = Default::default();
            for (file, text, remove) in steps {
                let path = library.write(&format!("{file}.txt"), &text);
                let before = expected[file].clone();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if remove {
                    library.knowledge.remove("ada", path.to_str().unwrap()).await.unwrap();
                    expected[file] = None;
                } else {
                    let report = library.ingest(&path).await;
                    expected[file] = Some(text.clone()).filter(|text| !text.is_empty());
                    prop_assert_eq!(report.files[0].outcome.as_str() == "failed", text.is_empty());
                    let again = library.ingest(&path).await;
                    if !text.is_empty() {
                        prop_assert_eq!(&again.files[0].outcome, &Outcome::Unchanged);
                        prop_assert_eq!(report.files[0].outcome == Outcome::Replaced, before.is_some() && report.files[0].outcome != Outcome::Unchanged);
                    }
                }
            }
            let mut said: Vec<String> = library.parts().await.into_iter().map(|part| {
                let (_, body) = part.content.text.split_once("\n\n").unwrap();
                body.split_whitespace().collect::<Vec<_>>().join(" ")
            }).collect();
            let mut expected: Vec<String> = expected.into_iter().flatten().collect();
            said.sort();
            expected.sort();
            prop_assert_eq!(said, expected);
            Ok(())
        })?;
    }
}
