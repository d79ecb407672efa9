//! How long lists, branches and searches take in a large store: `cargo run --release -p council-store --example
//! conversation_latency [conversations [messages of each]]`. Texts are words of a vocabulary of 20,000, the frequent ones as
//! frequent as in English.
#![expect(clippy::print_stdout, reason = "prints its measurements")]

use council_core::memory::LOCAL_USER;
use council_core::{
    Branch, ConversationFilter, ConversationId, ConversationQuery, ConversationSettings, ConversationStore,
    CountFrom, ImportedConversation, ImportedMessage, ListPlace, Message, Page, Role, Timestamp,
};
use council_store::Store;
use std::error::Error;
use std::time::Instant;

const WORDS: f64 = 20_000.0;
const RUNS: usize = 21;

/// Numbers that look random and are the same each time (Knuth's constants for a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    /// In [0, 1).
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The nth most frequent word comes 1/n as often as the first.
    fn word(&mut self) -> String {
        format!("w{}", WORDS.powf(self.next()) as u64)
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn conversation(
    name: String,
    messages: usize,
    second: u64,
    numbers: &mut Numbers,
) -> Option<ImportedConversation> {
    let at = Timestamp::from_millis(second * 1_000);
    let message = |number: usize| ImportedMessage {
        parent: number.checked_sub(1),
        message: Message::text(
            if number.is_multiple_of(2) {
                Role::User
            } else {
                Role::Assistant
            },
            numbers.text(if number.is_multiple_of(2) { 15 } else { 120 }),
        ),
        model: None,
        request_id: String::new(),
        created_at: at,
        finish: None,
    };
    let messages = (0..messages).map(message).collect();
    Some(ImportedConversation {
        id: ConversationId::parse(&name)?,
        source: None,
        title: name,
        folder: String::new(),
        pinned: false,
        archived: false,
        settings: ConversationSettings::default(),
        created_at: at,
        updated_at: at,
        messages,
        leaf: None,
    })
}

/// Prints median and worst of several runs.
async fn measure<T, E: Error + 'static>(
    what: &str,
    run: impl AsyncFn() -> Result<T, E>,
) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        run().await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{what}: median {:.2} ms, worst {:.2} ms of {RUNS}",
        times[RUNS / 2],
        times[RUNS - 1]
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: usize| arguments.next().map_or(Ok(usual), |text| text.parse());
    let (conversations, messages) = (number(10_000)?, number(20)?);
    let dir = tempfile::tempdir()?;
    let store = Store::open(dir.path())?;
    tokio::runtime::Builder::new_multi_thread().build()?.block_on(async {
        let mut numbers = Numbers(1);
        let begun = Instant::now();
        for name in 0..conversations {
            let made = conversation(format!("c{name}"), messages, name as u64, &mut numbers);
            store.import(made.ok_or("an impossible name")?).await?;
        }
        let long = conversation("long".to_owned(), 10_000, 1, &mut numbers).ok_or("an impossible name")?;
        let id = long.id.clone();
        store.import(long).await?;
        println!(
            "{conversations} conversations of {messages} messages and one of 10,000 stored in {:.1} s, {} MiB",
            begun.elapsed().as_secs_f64(),
            std::fs::metadata(store.path())?.len() >> 20
        );
        for (what, text) in [
            ("a rare word", "w19999"),
            ("a word of every tenth message", "w150"),
            ("the most frequent word", "w1"),
            ("two frequent words", "w2 w3"),
            ("the beginning of a word", "w12"),
        ] {
            let query = || ConversationQuery {
                user: LOCAL_USER.to_owned(),
                text: text.to_owned(),
                folder: None,
                archived: false,
                limit: 20,
            };
            measure(&format!("search, {what}"), async || store.search(query()).await).await?;
        }
        let page = |offset| Page { offset, limit: 50 };
        let all = ConversationFilter::default;
        measure("list, first page", async || store.conversations(all(), page(0)).await).await?;
        let middle = ConversationFilter {
            after: Some(ListPlace {
                updated_at: Timestamp::from_millis(conversations as u64 / 2 * 1_000),
                id: id.clone(),
            }),
            ..all()
        };
        measure("list, from its middle", async || store.conversations(middle.clone(), page(0)).await).await?;
        let branch = async |from, offset| store.messages(&id, Branch::Active, from, page(offset)).await;
        measure("10,000 messages, the last 50", async || branch(CountFrom::End, 0).await).await?;
        measure("10,000 messages, the first 50", async || branch(CountFrom::Start, 0).await).await?;
        Ok(())
    })
}
