//! The wire form of votes, frozen, and requests that are refused by field.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{VoteAnswer, VoteFrame, VoteOrder, VoteRequest};
use crate::error::{ApiError, Code};
use crate::extract::FromBody as _;
use async_trait::async_trait;
use council_agent::vote::{
    ChairReport, Council, CouncilParts, Deliberated, Dissent, FailureKind, Method, ModelUsage, Unanswered,
    VoiceFailure, VoiceReport, VoteConfig, VoteError, VoteEvent, VoteMetrics, VoteStats,
};
use council_core::{
    LanguageModel, Locality, ModelError, ModelEvent, ModelStatus, Models, OutputFormat, Usage,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// No model is installed.
struct NoModels;

#[async_trait]
impl Models for NoModels {
    fn list(&self) -> Vec<ModelStatus> {
        Vec::new()
    }

    fn get(&self, id: Option<&str>) -> Result<Arc<dyn LanguageModel>, ModelError> {
        Err(ModelError::NotFound {
            id: id.unwrap_or_default().to_owned(),
            hint: "pull it".to_owned(),
        })
    }

    async fn load(&self, _id: &str) -> Result<(), ModelError> {
        Ok(())
    }

    async fn unload(&self, _id: &str) -> Result<(), ModelError> {
        Ok(())
    }

    fn events(&self) -> BoxStream<'static, ModelEvent> {
        futures::stream::pending().boxed()
    }
}

fn council() -> Council {
    Council::new(CouncilParts {
        models: Arc::new(NoModels),
        config: VoteConfig::default(),
        checkers: vec![],
        spend: None,
        metrics: VoteMetrics::register(&prometheus::Registry::new()).unwrap(),
    })
    .unwrap()
}

fn order(body: &serde_json::Value) -> Result<VoteOrder, ApiError> {
    VoteRequest::from_body(body.to_string().as_bytes())?.order(&council(), "peer")
}

fn refusal(body: &serde_json::Value) -> (Option<String>, String) {
    let error = order(body).unwrap_err();
    assert_eq!(error.code, Code::InvalidRequest);
    (error.param, error.message)
}

fn usage(output_tokens: u32) -> Usage {
    Usage {
        input_tokens: 100,
        cached_tokens: 80,
        output_tokens,
    }
}

fn decided() -> Deliberated {
    let right = VoiceReport {
        voice: "Reason".to_owned(),
        model: "small".to_owned(),
        reply: "15 % of 240 is 36.\nAnswer: 36".to_owned(),
        answer: Some("36".to_owned()),
        confidence: Some(0.5),
        weight: 0.25,
        usage: usage(12),
        cost_usd: 0.0,
        latency: Duration::from_millis(250),
        verified: Some(true),
        evidence: Some("computed: 36".to_owned()),
        failure: None,
    };
    let late = VoiceReport {
        voice: "Spark".to_owned(),
        model: "cloud".to_owned(),
        reply: "Let me".to_owned(),
        usage: usage(2),
        cost_usd: 0.000_106,
        latency: Duration::from_mins(1),
        failure: Some(VoiceFailure {
            kind: FailureKind::Late,
            reason: "it had not answered after 60.0 s".to_owned(),
        }),
        ..VoiceReport::default()
    };
    Deliberated {
        text: right.reply.clone(),
        answer: right.answer.clone(),
        model: "small".to_owned(),
        voice: Some("Reason".to_owned()),
        method: Method::Majority,
        confidence: Some(0.5),
        agreement: Some(0.75),
        verified: true,
        consensus: "1 of 2 voices says 36. A check agrees (computed: 36).".to_owned(),
        dissent: vec![Dissent {
            voices: vec!["Edge".to_owned()],
            answer: Some("35".to_owned()),
            share: 0.25,
            refuted: false,
            reply: "Answer: 35".to_owned(),
        }],
        voices: vec![right, late],
        ranking: vec!["Reason".to_owned(), "Edge".to_owned()],
        chair: Some(ChairReport {
            model: "small".to_owned(),
            usage: usage(5),
            cost_usd: 0.0,
            latency: Duration::from_millis(10),
            failure: None,
        }),
        stats: VoteStats {
            seated: 2,
            answered: 1,
            quorum: 1,
            counted: 1,
            verified: 1,
            refuted: 0,
            rankings: 0,
            invalid_rankings: 0,
            notes: vec!["how often `small` is right at math was not measured; 0.6 is assumed".to_owned()],
        },
        used: vec![
            ModelUsage {
                model: "small".to_owned(),
                locality: Locality::Local,
                calls: 2,
                usage: usage(17),
                cost_usd: 0.0,
            },
            ModelUsage {
                model: "cloud".to_owned(),
                locality: Locality::Remote,
                calls: 1,
                usage: usage(2),
                cost_usd: 0.000_125,
            },
        ],
        latency: Duration::from_millis(1_500),
    }
}

#[test]
fn an_answer_has_the_original_fields_and_ours_beside_them() {
    insta::assert_json_snapshot!("answer", VoteAnswer::new(&decided(), None, 1, "r1"));
}

#[test]
fn a_calibrated_confidence_goes_before_that_of_the_words() {
    let answer = VoteAnswer::new(&decided(), Some(0.875), 2, "r1");
    assert_eq!(answer.confidence, Some(0.875));
    assert_eq!(answer.candidates, ["Reason", "Edge"]);
}

#[test]
fn frames_name_their_event_and_their_voice() {
    let decided = decided();
    let voice = || "Reason".to_owned();
    let events = [
        VoteEvent::VoiceStarted {
            voice: voice(),
            model: "small".to_owned(),
        },
        VoteEvent::VoiceText {
            voice: voice(),
            text: "15 %".to_owned(),
        },
        VoteEvent::VoiceEnded(Box::new(decided.voices[0].clone())),
        VoteEvent::Ranked {
            voice: voice(),
            points: Ok(vec![("Edge".to_owned(), 9), ("Heart".to_owned(), 2)]),
        },
        VoteEvent::Ranked {
            voice: voice(),
            points: Err("its points are no JSON".to_owned()),
        },
        VoteEvent::ChairStarted {
            model: "small".to_owned(),
        },
        VoteEvent::ChairText {
            text: "All in all".to_owned(),
        },
    ];
    let mut frames: Vec<VoteFrame> = events
        .into_iter()
        .map(|event| VoteFrame::new(event, None, 1, "r1"))
        .collect();
    let error = ApiError::from(VoteError::Refuted {
        unanswered: Unanswered::default(),
    });
    frames.push(VoteFrame::failed(&error, "r1"));
    insta::assert_json_snapshot!("frames", frames);
    let end = VoteFrame::new(VoteEvent::Verdict(Box::new(decided)), None, 1, "r1");
    let end = serde_json::to_value(end).unwrap();
    assert_eq!(
        (&end["event"], &end["council_used"]),
        (&json!("verdict"), &json!(true))
    );
}

#[test]
fn a_request_needs_only_a_prompt() {
    let asked = order(&json!({"prompt": "What is 15 % of 240?"})).unwrap();
    assert_eq!((asked.candidates.len(), asked.top_k, asked.stream), (0, 1, false));
    assert_eq!(asked.generate.client, "peer");
    let body = json!({
        "query": "Which?", "candidates": ["reason", "Edge"], "top_k": 2, "stream": true, "seed": 7, "max_tokens": 20,
        "response_format": {"type": "json_object"}, "user": "u",
    });
    let asked = order(&body).unwrap();
    assert_eq!((asked.candidates.len(), asked.top_k, asked.stream), (2, 2, true));
    assert_eq!(
        (asked.generate.sampling.seed, asked.generate.max_tokens),
        (Some(7), Some(20))
    );
    assert_eq!(
        (asked.generate.format, asked.generate.client.as_str()),
        (OutputFormat::JsonObject, "u")
    );
}

#[test]
fn what_is_wrong_with_a_request_is_named_with_its_field() {
    let field = |body| refusal(&body).0.unwrap();
    assert_eq!(field(json!({})), "prompt");
    assert_eq!(field(json!({"prompt": " \n"})), "prompt");
    assert_eq!(
        refusal(&json!({"prompt": "hi", "candidates": ["Reason", "nobody"]})),
        (
            Some("candidates".to_owned()),
            "`candidates`: `nobody` is no voice and no installed model; the voices are `Reason`, `Spark`, `Edge`, `Heart`, \
             `Vision`, and GET /v1/models lists models"
                .to_owned()
        )
    );
    assert_eq!(
        refusal(&json!({"prompt": "hi", "top_k": 0})),
        (
            Some("top_k".to_owned()),
            "`top_k` is 0; it must be between 1 and 5".to_owned()
        )
    );
    assert_eq!(
        refusal(&json!({"prompt": "hi", "candidates": ["Reason"], "top_k": 2})),
        (
            Some("top_k".to_owned()),
            "`top_k` is 2; it must be between 1 and 1".to_owned()
        )
    );
    assert_eq!(
        field(json!({"prompt": "hi", "candidates": "Reason"})),
        "candidates"
    );
    assert_eq!(field(json!({"prompt": "hi", "max_tokens": 0})), "max_tokens");
}

#[test]
fn a_vote_that_fails_has_a_code() {
    let unanswered = Unanswered::default;
    let code = |error: VoteError| ApiError::from(error).code;
    assert_eq!(
        code(VoteError::invalid("candidates", "wrong")),
        Code::InvalidRequest
    );
    let no_quorum = VoteError::NoQuorum {
        quorum: 2,
        unanswered: unanswered(),
    };
    assert_eq!(code(no_quorum), Code::NoVerdict);
    assert_eq!(
        code(VoteError::Refuted {
            unanswered: unanswered()
        }),
        Code::NoVerdict
    );
    assert_eq!(
        code(VoteError::Cancelled {
            unanswered: unanswered()
        }),
        Code::ShuttingDown
    );
}
