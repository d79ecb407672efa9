//! The council: what voices are asked, how their replies are counted, and what happens when some of them fail.

mod checking;
mod failing;
mod ranking;
mod spending;

use crate::fakes::{ScriptedModel, ScriptedModels, Step, USAGE, say, stop};
use crate::user;
use council_agent::vote::check::Checker;
use council_agent::vote::{
    Chair, Council, CouncilParts, Deliberated, Method, Reliability, Spend, Voice, VoteConfig, VoteError,
    VoteEvent, VoteMetrics, VoteQuestion,
};
use council_core::{GenerateRequest, Input, Message, Priority, SkillKind, Usage};
use futures::StreamExt as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A council with everything around it.
struct Table {
    council: Council,
    models: Vec<Arc<ScriptedModel>>,
    registry: prometheus::Registry,
}

impl Table {
    fn new(config: VoteConfig, models: impl IntoIterator<Item = ScriptedModel>) -> Self {
        Self::with(config, models, vec![], None)
    }

    fn with(
        config: VoteConfig,
        models: impl IntoIterator<Item = ScriptedModel>,
        checkers: Vec<Arc<dyn Checker>>,
        spend: Option<Arc<dyn Spend>>,
    ) -> Self {
        let models: Vec<_> = models.into_iter().map(Arc::new).collect();
        let registry = prometheus::Registry::new();
        let parts = CouncilParts {
            models: Arc::new(ScriptedModels(models.clone())),
            config,
            checkers,
            spend,
            metrics: VoteMetrics::register(&registry).unwrap(),
        };
        let council = Council::new(parts).unwrap();
        Self {
            council,
            models,
            registry,
        }
    }

    async fn events(&self, question: VoteQuestion) -> Vec<Result<VoteEvent, VoteError>> {
        self.council
            .deliberate(question, CancellationToken::new())
            .collect()
            .await
    }

    async fn end(&self, question: VoteQuestion) -> Result<Deliberated, VoteError> {
        match self.events(question).await.pop().unwrap()? {
            VoteEvent::Verdict(decided) => Ok(*decided),
            other => panic!("the last event is {other:?}"),
        }
    }

    async fn verdict(&self, question: VoteQuestion) -> Deliberated {
        self.end(question).await.unwrap()
    }

    /// The last message of each request to a model.
    fn asked(&self, model: usize) -> Vec<String> {
        let asked = self.models[model].asked.lock().unwrap();
        asked.iter().map(last).collect()
    }

    /// A metric's value in the text that is served.
    fn metric(&self, line: &str) -> Option<f64> {
        let text = prometheus::TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap();
        let line = text.lines().find_map(|found| found.strip_prefix(line))?;
        line.trim().parse().ok()
    }
}

fn last(request: &GenerateRequest) -> String {
    match &request.input {
        Input::Chat { messages, .. } => messages.last().unwrap().joined_text(),
        Input::Text(text) => text.clone(),
    }
}

fn question(kind: SkillKind, messages: Vec<Message>) -> VoteQuestion {
    VoteQuestion {
        generate: GenerateRequest::chat(messages),
        kind,
        candidates: vec![],
        reliability: Reliability::default(),
        seed: Some(1),
    }
}

fn sum() -> VoteQuestion {
    question(SkillKind::Math, vec![user("What is 15 % of 240?")])
}

fn essay() -> VoteQuestion {
    question(SkillKind::Chat, vec![user("How should I learn to draw?")])
}

/// Says it and ends.
fn script(text: &str) -> Vec<Step> {
    [say(text)].into_iter().chain(stop()).collect()
}

/// Replies with these, one for each request.
fn model(id: &str, replies: &[&str]) -> ScriptedModel {
    let mut scripts = replies.iter().map(|reply| script(reply));
    let first = ScriptedModel::new(id, scripts.next().unwrap());
    scripts.fold(first, ScriptedModel::then)
}

/// One voice for each model, called after it.
fn one_each(models: &[&str]) -> VoteConfig {
    VoteConfig {
        voices: models.iter().map(|model| Voice::plain(model)).collect(),
        quorum: 1,
        ..VoteConfig::default()
    }
}

#[tokio::test(start_paused = true)]
async fn five_voices_of_one_model_agree_by_majority() {
    let replies = [
        "Answer: 36",
        "Answer: 35",
        "So it is\n**Answer:** 36.",
        "36.0",
        "I like numbers, all of them, very much, truly so.",
    ];
    let table = Table::new(VoteConfig::default(), [model("small", &replies)]);
    let decided = table.verdict(sum()).await;
    assert_eq!(decided.method, Method::Majority);
    assert_eq!(decided.text, "Answer: 36");
    assert_eq!(decided.answer.as_deref(), Some("36"));
    assert_eq!(
        (decided.model.as_str(), decided.voice.as_deref()),
        ("small", Some("Reason"))
    );
    // The voice without an answer abstains, and counts as one that does not agree.
    assert!((decided.agreement.unwrap() - 0.6).abs() < 1e-9);
    assert_eq!(decided.consensus, "3 of 5 voices say 36, with 60 % of the vote.");
    assert_eq!(decided.dissent.len(), 1);
    assert_eq!(decided.dissent[0].voices, ["Spark"]);
    assert_eq!(decided.dissent[0].reply, "Answer: 35");
    assert_eq!(decided.ranking, ["Reason", "Edge", "Heart", "Spark", "Vision"]);
    assert!(decided.chair.is_none());
    assert_eq!(decided.stats.counted, 4);
    assert_eq!(
        decided.stats.notes,
        ["how often `small` is right at math was not measured; 0.6 is assumed"]
    );
    // Everything that was used, by model.
    assert_eq!(decided.used.len(), 1);
    assert_eq!(decided.used[0].calls, 5);
    assert_eq!(
        decided.usage(),
        Usage {
            input_tokens: 500,
            cached_tokens: 200,
            output_tokens: 15
        }
    );
    assert_eq!(decided.voices[0].usage, USAGE);
    assert!((decided.voices[0].confidence.unwrap() - 0.5).abs() < 1e-6);
    assert_eq!(
        table.metric("council_votes_total{outcome=\"majority\"}"),
        Some(1.0)
    );
    assert_eq!(
        table.metric("council_vote_voices_total{outcome=\"answered\"}"),
        Some(5.0)
    );
    assert_eq!(table.metric("council_vote_agreement_count"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn voices_share_client_priority_and_the_beginning_of_their_prompt() {
    let table = Table::new(VoteConfig::default(), [model("small", &["Answer: 36"])]);
    let mut question = sum();
    question.generate.client = "key 7".to_owned();
    question.generate.priority = Priority::Background;
    table.verdict(question).await;
    let requests = table.models[0].asked.lock().unwrap().clone();
    assert_eq!(requests.len(), 5);
    let mut prompts = Vec::new();
    let mut seeds = Vec::new();
    for request in &requests {
        assert_eq!(
            (request.client.as_str(), request.priority),
            ("key 7", Priority::Background)
        );
        seeds.push(request.sampling.seed.unwrap());
        prompts.push(last(request));
    }
    assert_eq!(seeds, [1, 2, 3, 4, 5]);
    let personas: Vec<String> = Voice::five().map(|voice| voice.persona).into();
    let shared = prompts[0].strip_suffix(&personas[0]).unwrap();
    for (prompt, persona) in prompts.iter().zip(&personas) {
        assert_eq!(prompt, &format!("{shared}{persona}"));
    }
}

#[tokio::test(start_paused = true)]
async fn two_reliable_models_outvote_three_weak_ones_and_reliability_is_by_kind() {
    let names = ["a", "b", "c", "d", "e"];
    let reply = |name: &str| {
        if ["a", "b", "c"].contains(&name) {
            "Answer: 35"
        } else {
            "Answer: 36"
        }
    };
    let models = names.map(|name| model(name, &[reply(name)]));
    let table = Table::new(one_each(&names), models);
    let mut asked = sum();
    for name in names {
        let right = if name < "d" { 0.55 } else { 0.9 };
        asked.reliability.insert(name, SkillKind::Math, right);
    }
    let decided = table.verdict(asked.clone()).await;
    assert_eq!(decided.answer.as_deref(), Some("36"));
    assert!(decided.stats.notes.is_empty());
    assert!((decided.voices[4].weight - 9.0_f64.ln()).abs() < 1e-9);
    // For a kind of question that nobody measured, all count the same.
    asked.kind = SkillKind::Logic;
    let decided = table.verdict(asked).await;
    assert_eq!(decided.answer.as_deref(), Some("35"));
    assert_eq!(decided.stats.notes.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn events_tell_each_voice_in_order_and_the_verdict_last() {
    let table = Table::new(
        one_each(&["a", "b"]),
        [model("a", &["Answer: 36"]), model("b", &["Answer: 36"])],
    );
    let events: Vec<VoteEvent> = table
        .events(sum())
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    for name in ["a", "b"] {
        let own = events.iter().filter_map(|event| match event {
            VoteEvent::VoiceStarted { voice, model } if voice == name => Some(format!("started {model}")),
            VoteEvent::VoiceText { voice, text } if voice == name => Some(text.clone()),
            VoteEvent::VoiceEnded(report) if report.voice == name => Some(format!("ended {}", report.reply)),
            _ => None,
        });
        let own: Vec<String> = own.collect();
        assert_eq!(
            own,
            [&format!("started {name}"), "Answer: 36", "ended Answer: 36"]
        );
    }
    assert!(matches!(events.last(), Some(VoteEvent::Verdict(_))));
    assert_eq!(events.len(), 7);
}

#[tokio::test(start_paused = true)]
async fn candidates_seat_voices_by_name_and_models_by_id() {
    let mut config = one_each(&["a", "b"]);
    config.voices.push(Voice {
        name: "Reason".to_owned(),
        ..Voice::plain("b")
    });
    let table = Table::new(config, ["a", "b", "c"].map(|id| model(id, &["Answer: 36"])));
    let seated = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let voices = table.council.seated(&names)?;
        Ok::<_, VoteError>(voices.into_iter().map(|voice| voice.name).collect::<Vec<_>>())
    };
    assert_eq!(seated(&[]).unwrap(), ["a", "b", "Reason"]);
    assert_eq!(seated(&["reason", "c", "Reason"]).unwrap(), ["Reason", "c"]);
    let error = seated(&["a", "nobody"]).unwrap_err();
    assert_eq!(
        error,
        VoteError::Invalid {
            field: "candidates".to_owned(),
            message: "`candidates`: `nobody` is no voice and no installed model; the voices are `a`, `b`, `Reason`, and \
                      GET /v1/models lists models"
                .to_owned(),
        }
    );
    let mut one = sum();
    one.candidates = vec!["c".to_owned()];
    let decided = table.verdict(one).await;
    assert_eq!(decided.method, Method::Single);
    assert_eq!(decided.agreement, None);
    assert_eq!(decided.consensus, "c alone answered.");
    assert_eq!(decided.voices.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_and_replies_give_the_same_verdict() {
    let decide = || async {
        let replies = [
            "One way to draw.\nIt is good.",
            "Another way.\nAlso good.",
            "A third.\nFine.",
            "{\"A\": 1, \"B\": 9}",
        ];
        let config = VoteConfig {
            chair: Chair::Off,
            ..one_each(&["a", "b", "c"])
        };
        let models = ["a", "b", "c"].into_iter().zip(replies);
        let models = models.map(|(id, reply)| model(id, &[reply, replies[3]]));
        let table = Table::new(config, models);
        let asked = essay();
        let decided = table.verdict(asked).await;
        let prompts: Vec<_> = (0..3).map(|place| table.asked(place)).collect();
        (decided, prompts)
    };
    let (one, other) = (decide().await, decide().await);
    assert_eq!(one, other);
    assert_eq!(one.0.method, Method::Ranking);
}

#[test]
fn a_configuration_that_contradicts_itself_is_refused_by_field() {
    let field = |config: VoteConfig| match config.check() {
        Err(VoteError::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let usual = VoteConfig::default;
    assert!(usual().check().is_ok());
    assert_eq!(
        field(VoteConfig {
            voices: vec![],
            ..usual()
        }),
        "voice"
    );
    assert_eq!(field(VoteConfig { quorum: 6, ..usual() }), "vote.quorum");
    assert_eq!(field(VoteConfig { quorum: 0, ..usual() }), "vote.quorum");
    let total_time_limit = std::time::Duration::from_secs(1);
    assert_eq!(
        field(VoteConfig {
            total_time_limit,
            ..usual()
        }),
        "vote.voice_time_limit"
    );
    let mut twice = usual();
    twice.voices[1].name = "reason".to_owned();
    assert_eq!(field(twice), "voice.name");
    let mut negative = usual();
    negative.voices[1].weight = -1.0;
    assert_eq!(field(negative), "voice.weight");
}
