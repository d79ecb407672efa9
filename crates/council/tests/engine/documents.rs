//! Documents from file to citation with the real embedder and the real store: whether the part that answers a question
//! is among the first three, and whether what is cited is where the answer stands.

use council::app::clock::SystemClock;
use council_agent::knowledge::{
    Asked, IngestOrder, Knowledge, KnowledgeLimits, LOCAL_USER, Material, citation, files,
};
use council_agent::memory::{Memories, MemoryConfig, MemoryMetrics, Question};
use council_core::{EmbedKind, Embedder, MemoryFilter, MemoryKind, MemoryStore, Page, Timestamp};
use council_models::embed::MiniLm;
use council_store::Store;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Question, words of the part that answers it, what is cited.
const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "How much water does the cistern hold?",
        "9,000 litres",
        "documents/garden.md:11-17",
    ),
    (
        "When are the hydrangeas watered?",
        "hydrangeas hang their leaves",
        "documents/garden.md:11-17",
    ),
    (
        "How is the pump prepared for winter?",
        "behind the green door",
        "documents/garden.md:21-24",
    ),
    (
        "What happens to dahlias in autumn?",
        "kept in sand",
        "documents/garden.md:21-24",
    ),
    (
        "May I put orange peel on the compost?",
        "No citrus peel",
        "documents/garden.md:28-33",
    ),
    (
        "What helps against slugs?",
        "Copper tape",
        "documents/garden.md:39",
    ),
    (
        "caterpillars in the hedge",
        "Bacillus thuringiensis",
        "documents/garden.md:43-45",
    ),
    ("code of the padlock", "4711", "documents/garden.md:49"),
    (
        "How do I restart the router?",
        "thirty seconds",
        "documents/network.html:17-19",
    ),
    (
        "Can visitors use the printer?",
        "cannot reach",
        "documents/network.html:21-22",
    ),
    (
        "Where are our photos backed up?",
        "grandmother's house",
        "documents/network.html:24-25",
    ),
    (
        "replace a broken hard disk",
        "push the new disk in",
        "documents/network.html:27-28",
    ),
    (
        "IP address of the doorbell camera",
        "192.168.20.41",
        "documents/network.html:31-34",
    ),
    (
        "How long does our internet contract run?",
        "2027",
        "documents/network.html:13-14",
    ),
    (
        "What warranty does the boiler have?",
        "five years",
        "boiler.pdf, page 1",
    ),
    ("What does error E4 mean?", "no flame", "boiler.pdf, page 2"),
    (
        "How often must the filter be cleaned?",
        "every six months",
        "boiler.pdf, page 2",
    ),
    ("pressure of the heating water", "1.5 bar", "boiler.pdf, page 1"),
    (
        "function that reads a line of the ledger",
        "pub fn parse_entry",
        "src/ledger.rs:",
    ),
    (
        "which categories exceeded their budget",
        "pub fn overdrawn",
        "src/ledger.rs:",
    ),
    (
        "parse an amount of money without floats",
        "fn parse_amount",
        "src/ledger.rs:",
    ),
];

struct World {
    _data: TempDir,
    memories: Memories,
    store: Arc<dyn MemoryStore>,
    embedder: MiniLm,
    knowledge: Knowledge,
}

async fn world() -> World {
    let embedder = MiniLm::open(&models_dir());
    if let Err(error) = embedder.loaded().await {
        panic!("{}: {error}", models_dir().display());
    }
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(SystemClock);
    let store = Store::open(data.path()).unwrap();
    let store: Arc<dyn MemoryStore> = store
        .memory(embedder.info(), clock.clone(), |_| {})
        .await
        .unwrap();
    let metrics = MemoryMetrics::register(&prometheus::Registry::new()).unwrap();
    let config = MemoryConfig::default();
    let memories = Memories::new(store.clone(), Arc::new(embedder.clone()), metrics, config);
    let knowledge = Knowledge::new(memories.clone(), clock, KnowledgeLimits::default());
    World {
        _data: data,
        memories,
        store,
        embedder,
        knowledge,
    }
}

async fn ingest(world: &World, materials: Vec<(Material, Asked)>) -> usize {
    let order = IngestOrder {
        user: LOCAL_USER.to_owned(),
        project: None,
        materials,
    };
    let report = world.knowledge.ingest_quietly(order).await;
    assert_eq!(report.count("failed") + report.count("skipped"), 0, "{report:?}");
    assert_eq!(report.waiting(), 0);
    report.chunks_stored()
}

/// The documents of the questions, and this project's own as what could be mistaken for them.
async fn library() -> (World, usize) {
    let world = world().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut materials = files(&here.join("tests/fixtures/documents")).unwrap();
    materials.extend(files(&here.join("../../docs/decisions")).unwrap());
    let boiler = Material::Bytes {
        name: "boiler.pdf".to_owned(),
        media_type: None,
        bytes: boiler(),
    };
    materials.push((boiler, Asked::ByName));
    let chunks = ingest(&world, materials).await;
    (world, chunks)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_part_that_answers_is_among_the_first_three_and_cited_where_it_stands() {
    let (world, chunks) = library().await;
    assert!(chunks > 60, "{chunks}");
    let mut misses = Vec::new();
    for (question, words, cited) in QUESTIONS {
        let asked = Question {
            text: (*question).to_owned(),
            filter: MemoryFilter {
                user: LOCAL_USER.to_owned(),
                kinds: vec![MemoryKind::Document],
                ..MemoryFilter::default()
            },
            limit: 3,
            now: Timestamp::default(),
        };
        let hits = world.memories.recall(asked).await.unwrap();
        let found = hits.iter().find(|hit| hit.memory.content.text.contains(words));
        match found.map(|hit| citation(&hit.memory.content).expect("a place")) {
            Some(place) if place.starts_with(cited) => {}
            place => misses.push((
                question,
                place,
                hits.into_iter()
                    .map(|hit| hit.memory.content.text)
                    .collect::<Vec<_>>(),
            )),
        }
    }
    assert!(
        misses.is_empty(),
        "{} of {} questions: {misses:#?}",
        misses.len(),
        QUESTIONS.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_part_is_longer_than_the_embedder_reads() {
    let (world, _) = library().await;
    let mut offset = 0;
    let mut longest = 0;
    loop {
        let all = MemoryFilter {
            user: LOCAL_USER.to_owned(),
            ..MemoryFilter::default()
        };
        let (parts, _) = world
            .store
            .memories(all, Page { offset, limit: 500 })
            .await
            .unwrap();
        offset += parts.len() as u64;
        for part in &parts {
            let text = part.content.text.clone();
            let read = world
                .embedder
                .embed(vec![text.clone()], EmbedKind::Document)
                .await
                .unwrap();
            longest = longest.max(read.tokens);
            // What is read is at most what fits: a part of that length has been cut.
            assert!(
                (read.tokens as usize) < world.embedder.info().max_tokens,
                "{} tokens: {text}",
                read.tokens
            );
        }
        if parts.is_empty() {
            break;
        }
    }
    assert!(longest > 100, "parts use what there is: {longest}");
}

/// A PDF of two pages, written by hand.
fn boiler() -> Vec<u8> {
    let pages = [
        &[
            "Boiler Kesselwerk 300: operating instructions",
            "",
            "The boiler has a warranty of five years from the day of its installation. It covers the heat",
            "exchanger and the burner, not the seals.",
            "",
            "The pressure of the heating water should be 1.5 bar when the system is cold. Below 1 bar the boiler",
            "stops. To refill, open the blue valve slowly until the gauge shows the right value.",
        ][..],
        &[
            "Messages",
            "",
            "E2: the outdoor sensor does not answer. The boiler goes on with the last known temperature.",
            "E4: no flame was detected after three attempts. Check that the gas tap is open, then press reset.",
            "",
            "Maintenance",
            "",
            "The water filter is cleaned every six months: close both taps, unscrew the cup, rinse the sieve.",
            "The chimney sweep measures exhaust gases once a year, in spring.",
        ][..],
    ];
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [4 0 R 6 0 R] /Count 2 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (index, lines) in pages.iter().enumerate() {
        let mut text = "BT /F1 11 Tf 14 TL 60 780 Td\n".to_owned();
        for line in *lines {
            text += &format!("({line}) Tj T*\n");
        }
        text += "ET";
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * index
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let xref = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        file += &format!("{offset:010} 00000 n \n");
    }
    file += &format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}

/// Where `council pull` puts models, unless told otherwise; `make test` pulls the embedder there.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
fn models_dir() -> PathBuf {
    let under = |name: &str, rest: &str| Some(PathBuf::from(std::env::var_os(name)?).join(rest));
    under("COUNCIL_MODELS_DIR", "")
        .or_else(|| under("XDG_DATA_HOME", "council/models"))
        .or_else(|| under("HOME", ".local/share/council/models"))
        .unwrap()
}
