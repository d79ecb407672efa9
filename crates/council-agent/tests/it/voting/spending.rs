//! Money: nothing is asked of a remote model without a reservation, and every reservation is settled.

use super::{Table, essay, model, one_each, script, sum};
use crate::fakes::{ScriptedModel, Step, USAGE, think};
use async_trait::async_trait;
use council_agent::vote::{FailureKind, PaidCall, Reservation, Spend, VoteConfig};
use council_core::{NanoUsd, Usage};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Keeps account, and refuses models by name.
#[derive(Clone, Default)]
struct Account {
    book: Arc<Mutex<Vec<String>>>,
    refuses: Option<&'static str>,
}

struct Held {
    account: Account,
    model: String,
}

#[async_trait]
impl Spend for Account {
    async fn reserve(&self, call: PaidCall<'_>) -> Result<Box<dyn Reservation>, String> {
        let model = call.model.id.clone();
        if self.refuses == Some(model.as_str()) {
            return Err("the budget of today is spent".to_owned());
        }
        assert!(call.request.max_tokens.is_some());
        assert!(call.most > NanoUsd::ZERO);
        self.book.lock().unwrap().push(format!("reserve {model}"));
        let account = self.clone();
        Ok(Box::new(Held { account, model }))
    }
}

#[async_trait]
impl Reservation for Held {
    async fn settle(self: Box<Self>, used: Option<Usage>) {
        let used = used.map_or_else(|| "unknown".to_owned(), |usage| usage.output_tokens.to_string());
        let line = format!("settle {} {used}", self.model);
        self.account.book.lock().unwrap().push(line);
    }
}

fn remote(id: &str) -> ScriptedModel {
    model(id, &["Answer: 36"]).remote(1.0, 2.0)
}

#[tokio::test(start_paused = true)]
async fn remote_voices_are_paid_for_and_local_ones_cost_nothing() {
    let account = Account::default();
    let models = [remote("cloud"), model("small", &["Answer: 36"])];
    let table = Table::with(
        one_each(&["cloud", "small"]),
        models,
        vec![],
        Some(Arc::new(account.clone())),
    );
    let decided = table.verdict(sum()).await;
    assert_eq!(*account.book.lock().unwrap(), ["reserve cloud", "settle cloud 3"]);
    // 100 tokens at $1 and 3 at $2 the million.
    assert!((decided.cost_usd() - 106e-6).abs() < 1e-12);
    assert_eq!(decided.voices[0].usage, USAGE);
    assert!((decided.voices[1].cost_usd).abs() < 1e-12);
}

#[tokio::test(start_paused = true)]
async fn a_voice_whose_reservation_is_refused_is_not_asked_and_says_why() {
    let account = Account {
        refuses: Some("cloud"),
        ..Account::default()
    };
    let models = [remote("cloud"), model("small", &["Answer: 36"])];
    let table = Table::with(
        one_each(&["cloud", "small"]),
        models,
        vec![],
        Some(Arc::new(account)),
    );
    let decided = table.verdict(sum()).await;
    let failure = decided.voices[0].failure.clone().unwrap();
    assert_eq!(
        (failure.kind, failure.reason.as_str()),
        (FailureKind::Refused, "the budget of today is spent")
    );
    assert!(table.asked(0).is_empty());
    assert_eq!(decided.used.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_an_account_no_remote_model_is_asked() {
    let table = Table::new(
        one_each(&["cloud", "small"]),
        [remote("cloud"), model("small", &["Answer: 36"])],
    );
    let decided = table.verdict(sum()).await;
    assert_eq!(
        decided.voices[0].failure.as_ref().unwrap().kind,
        FailureKind::Refused
    );
    assert!(table.asked(0).is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_cap_of_a_vote_counts_all_its_calls_together() {
    let account = Account::default();
    // Each voice could cost a bit more than 512 tokens at $2 the million.
    let config = VoteConfig {
        cost_cap_usd: 0.003,
        ..one_each(&["a", "b", "c"])
    };
    let slow = |id: &str| {
        let steps = [think(1)].into_iter().chain(script("Answer: 36"));
        ScriptedModel::new(id, steps).remote(1.0, 2.0)
    };
    let models = [slow("a"), slow("b"), slow("c")];
    let table = Table::with(config, models, vec![], Some(Arc::new(account.clone())));
    let decided = table.verdict(sum()).await;
    let refused: Vec<&str> = decided
        .voices
        .iter()
        .filter(|voice| voice.failure.is_some())
        .map(|voice| voice.voice.as_str())
        .collect();
    assert_eq!(refused, ["c"]);
    let reason = &decided.voices[2].failure.as_ref().unwrap().reason;
    assert!(
        reason.contains("of the $0.003000 that a vote may cost are left"),
        "{reason}"
    );
    assert_eq!(account.book.lock().unwrap().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_voice_that_never_says_what_it_used_costs_all_that_was_set_aside() {
    let account = Account::default();
    let deaf = ScriptedModel::new("deaf", [Step::Deaf]).remote(1.0, 2.0);
    let config = VoteConfig {
        voice_time_limit: Duration::from_secs(1),
        ..one_each(&["deaf", "small"])
    };
    let table = Table::with(
        config,
        [deaf, model("small", &["Answer: 36"])],
        vec![],
        Some(Arc::new(account.clone())),
    );
    let decided = table.verdict(sum()).await;
    assert_eq!(
        *account.book.lock().unwrap(),
        ["reserve deaf", "settle deaf unknown"]
    );
    assert!(decided.cost_usd() > 512.0 * 2e-6);
}

#[tokio::test(start_paused = true)]
async fn rankings_and_the_chair_are_paid_for_too() {
    let account = Account::default();
    let free = |id: &str| {
        let reply = format!("Some advice of {id}.\nAnd more.");
        model(id, &[&reply, "{\"A\": 9, \"B\": 1}", "All in all."]).remote(1.0, 2.0)
    };
    let table = Table::with(
        one_each(&["a", "b", "c"]),
        [free("a"), free("b"), free("c")],
        vec![],
        Some(Arc::new(account.clone())),
    );
    let decided = table.verdict(essay()).await;
    assert_eq!(decided.text, "All in all.");
    let book = account.book.lock().unwrap();
    let reserved = book.iter().filter(|line| line.starts_with("reserve")).count();
    assert_eq!((reserved, book.len()), (7, 14));
    assert!((decided.cost_usd() - 7.0 * 106e-6).abs() < 1e-9);
}
