//! Free text: the members rank each other's replies, and a chair writes the answer.

use super::{Table, essay, model, one_each, script};
use crate::fakes::{ScriptedModel, Step, busy};
use council_agent::vote::{Chair, FailureKind, Method, VoteConfig, VoteEvent};
use council_core::OutputFormat;

const ADVICE: [&str; 3] = [
    "Draw from life.\nLook longer than you draw.",
    "Copy the masters.\nThen stop copying them.",
    "Buy good pencils.\nThe rest comes by itself.",
];

/// Which letter each reply has in a member's prompt, by a word of it.
fn letter_of(prompt: &str, reply: &str) -> Option<char> {
    let at = prompt.find(reply)?;
    prompt[..at].trim_end().strip_suffix(']')?.chars().last()
}

/// Three members of whom each places the reply that begins with `favourite` first, or the other way round.
async fn table_where(favourite: usize, config: VoteConfig, chair: Vec<Step>) -> Table {
    let ids = ["a", "b", "c"];
    // A first vote shows under which letters each member reads the others; with the same seed they stay.
    let dry = VoteConfig {
        chair: Chair::Off,
        ..config.clone()
    };
    let models = ids
        .iter()
        .zip(ADVICE)
        .map(|(id, reply)| model(id, &[reply, "{}"]));
    let probe = Table::new(dry, models);
    probe.verdict(essay()).await;
    let models = ids.iter().enumerate().map(|(member, id)| {
        let prompt = probe.asked(member).remove(1);
        let letter = letter_of(&prompt, ADVICE[favourite]);
        let ranking = match letter {
            Some('A') => "{\"A\": 9, \"B\": 1}",
            Some(_) => "{\"A\": 1, \"B\": 9}",
            // Its own reply is not among those that it reads.
            None => "{\"A\": 6, \"B\": 5}",
        };
        model(id, &[ADVICE[member], ranking])
    });
    let chairman = ScriptedModel::new("chairman", chair);
    Table::new(config, models.chain([chairman]))
}

fn with_chairman() -> VoteConfig {
    VoteConfig {
        chair: Chair::Model("chairman".to_owned()),
        ..one_each(&["a", "b", "c"])
    }
}

#[tokio::test(start_paused = true)]
async fn the_reply_that_the_members_place_best_leads_and_the_chair_writes_the_answer() {
    let table = table_where(1, with_chairman(), script("Look, copy, and stop copying.")).await;
    let events = table.events(essay()).await;
    let mut chaired = String::new();
    let mut rankings = 0;
    let mut verdict = None;
    for event in events.into_iter().map(Result::unwrap) {
        match event {
            VoteEvent::Ranked { points, .. } => {
                assert_eq!(points.unwrap().len(), 2);
                rankings += 1;
            }
            VoteEvent::ChairText { text } => chaired.push_str(&text),
            VoteEvent::Verdict(decided) => verdict = Some(*decided),
            _ => {}
        }
    }
    let decided = verdict.unwrap();
    assert_eq!((rankings, decided.stats.rankings), (3, 3));
    assert_eq!(decided.method, Method::Ranking);
    assert_eq!(decided.ranking[0], "b");
    // All who read it place it first.
    assert_eq!(decided.agreement, Some(1.0));
    assert_eq!(
        (decided.text.as_str(), decided.text == chaired),
        ("Look, copy, and stop copying.", true)
    );
    assert_eq!((decided.model.as_str(), decided.voice), ("chairman", None));
    assert_eq!(decided.chair.unwrap().failure, None);
    // The minority is kept.
    let minority: Vec<&str> = decided.dissent.iter().map(|other| other.reply.as_str()).collect();
    assert_eq!(minority.len(), 2);
    assert!(minority.contains(&ADVICE[0]) && minority.contains(&ADVICE[2]));
    // Voices, rankings and the chair, by model.
    let calls: Vec<(&str, u32)> = decided
        .used
        .iter()
        .map(|used| (used.model.as_str(), used.calls))
        .collect();
    assert_eq!(calls, [("a", 2), ("b", 2), ("c", 2), ("chairman", 1)]);
    assert!(
        decided
            .consensus
            .starts_with("The members ranked 3 replies; that of b is placed best, with 100 % of the points"),
        "{}",
        decided.consensus
    );
}

#[tokio::test(start_paused = true)]
async fn members_read_the_others_under_letters_and_never_their_own_reply() {
    let table = table_where(0, with_chairman(), script("An answer.")).await;
    table.verdict(essay()).await;
    for (member, own) in ADVICE.iter().enumerate() {
        let requests = table.models[member].asked.lock().unwrap().clone();
        assert_eq!(requests.len(), 2);
        assert!(matches!(requests[1].format, OutputFormat::JsonSchema(_)));
        let prompt = super::last(&requests[1]);
        assert!(!prompt.contains(own), "{prompt}");
        for other in ADVICE.iter().filter(|other| *other != own) {
            assert!(prompt.contains(other), "{prompt}");
        }
        // What was asked comes first, as in every other prompt of the vote.
        assert!(prompt.starts_with("How should I learn to draw?"), "{prompt}");
    }
    let chair = table.asked(3).remove(0);
    assert!(chair.contains(&format!("[A]\n{}", ADVICE[0])), "{chair}");
}

#[tokio::test(start_paused = true)]
async fn a_chair_that_fails_is_reported_and_the_best_reply_stands() {
    let table = table_where(2, with_chairman(), vec![Step::Fail(busy("chairman"))]).await;
    let decided = table.verdict(essay()).await;
    assert_eq!(
        (decided.text.as_str(), decided.voice.as_deref()),
        (ADVICE[2], Some("c"))
    );
    let failure = decided.chair.unwrap().failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Failed);
    assert!(
        decided
            .stats
            .notes
            .last()
            .unwrap()
            .starts_with("the chair wrote no answer, so that the best reply stands: ")
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_chair_the_best_reply_stands() {
    let config = VoteConfig {
        chair: Chair::Off,
        ..with_chairman()
    };
    let table = table_where(0, config, script("unused")).await;
    let decided = table.verdict(essay()).await;
    assert_eq!(
        (decided.text.as_str(), decided.voice.as_deref()),
        (ADVICE[0], Some("a"))
    );
    assert!(decided.chair.is_none());
}

#[tokio::test(start_paused = true)]
async fn rankings_that_cannot_be_used_are_reported_and_without_any_the_surest_leads() {
    let ids = ["a", "b", "c"];
    let rankings = [
        "{\"A\": 5, \"B\": 5}",
        "I like all of them",
        "{\"A\": 9, \"B\": 1}",
    ];
    let models = |last: &'static str| {
        let rankings = [rankings[0], rankings[1], last];
        ids.into_iter()
            .enumerate()
            .map(move |(member, id)| model(id, &[ADVICE[member], rankings[member]]))
    };
    let config = VoteConfig {
        chair: Chair::Off,
        ..one_each(&ids)
    };
    let table = Table::new(config.clone(), models(rankings[2]));
    let decided = table.verdict(essay()).await;
    assert_eq!((decided.stats.rankings, decided.stats.invalid_rankings), (1, 2));
    assert_eq!(decided.method, Method::Ranking);
    // One member alone agrees with nobody.
    assert_eq!(decided.agreement, None);
    assert!(
        decided
            .stats
            .notes
            .contains(&"the ranking of a does not count: it gave all replies the same points".to_owned())
    );
    assert_eq!(table.metric("council_vote_invalid_rankings_total"), Some(2.0));

    let table = Table::new(config, models("{}"));
    let decided = table.verdict(essay()).await;
    assert_eq!(
        (decided.method, decided.stats.invalid_rankings),
        (Method::Weight, 3)
    );
    assert_eq!(decided.voice.as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn two_replies_are_not_ranked_and_the_chair_has_both() {
    let models = [model("a", &[ADVICE[0], "Do both."]), model("b", &[ADVICE[1]])];
    let table = Table::new(one_each(&["a", "b"]), models);
    let decided = table.verdict(essay()).await;
    assert_eq!(decided.method, Method::Weight);
    // The model of the first reply takes the chair.
    assert_eq!((decided.text.as_str(), decided.model.as_str()), ("Do both.", "a"));
    assert_eq!(decided.agreement, None);
    let prompt = table.asked(0).remove(1);
    assert!(prompt.contains(ADVICE[0]) && prompt.contains(ADVICE[1]));
}

#[tokio::test(start_paused = true)]
async fn short_answers_that_all_differ_are_ranked_but_never_mixed_by_a_chair() {
    let ids = ["a", "b", "c"];
    let replies = ["Answer: 34", "Answer: 35", "Answer: 36"];
    let models = ids
        .into_iter()
        .zip(replies)
        .map(|(id, reply)| model(id, &[reply, "{\"A\": 9, \"B\": 1}"]));
    let table = Table::new(one_each(&ids), models);
    let decided = table.verdict(super::sum()).await;
    assert_eq!(decided.method, Method::Ranking);
    assert!(decided.chair.is_none());
    // However they rank each other, no two gave the same answer.
    assert!((decided.agreement.unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(decided.dissent.len(), 2);
    assert!(replies.contains(&decided.text.as_str()));
}

#[tokio::test(start_paused = true)]
async fn members_that_rank_by_place_alone_decide_nothing() {
    let ids = ["a", "b", "c", "d", "e"];
    let replies = ids.map(|id| format!("Advice of {id}.\nAnd more of it."));
    let models = ids
        .iter()
        .zip(&replies)
        .map(|(id, reply)| model(id, &[reply, "{\"A\": 0, \"B\": 1, \"C\": 2, \"D\": 3}"]));
    let config = VoteConfig {
        chair: Chair::Off,
        ..one_each(&ids)
    };
    let table = Table::new(config, models);
    let decided = table.verdict(essay()).await;
    assert_eq!((decided.method, decided.stats.rankings), (Method::Ranking, 5));
    // Every reply has the same points, so that the order is that of strength: here, of the seats.
    assert_eq!(decided.ranking, ids);
    assert!((decided.agreement.unwrap() - 0.5).abs() < 1e-9);
}
