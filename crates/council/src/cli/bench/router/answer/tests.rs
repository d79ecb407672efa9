//! Files of results.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Answer, Settings, Verdict, read, write};
use council_core::SkillKind;
use serde_json::json;

/// An answer of `policy` to `question` that wrote so many tokens of the model `m`.
pub(in super::super) fn answer(policy: &str, question: &str, verdict: Verdict, tokens: u32) -> Answer {
    Answer {
        policy: policy.to_owned(),
        question: question.to_owned(),
        kind: SkillKind::Math,
        verdict,
        text: "4".to_owned(),
        problem: None,
        answered_by: "m".to_owned(),
        confidence: None,
        calibrated: false,
        verified: false,
        cited: false,
        escalated: false,
        latency_ms: 100.0,
        input_tokens: 10,
        output_tokens: [("m".to_owned(), tokens)].into(),
        cost_usd: 0.0,
    }
}

fn settings() -> Settings {
    Settings {
        questions_sha256: "abc".to_owned(),
        seed: 1,
        max_tokens: 256,
        models: vec!["m".to_owned()],
    }
}

#[test]
fn what_was_written_is_read_again_by_the_same_settings_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    assert_eq!(
        read(&path, &settings()).map_err(|error| error.message),
        Ok(Vec::new())
    );
    let answers = vec![answer("small", "q", Verdict::Right, 3)];
    write(
        &path,
        &json!({"settings": settings(), "answers": answers, "more": 1}),
    )
    .map_err(|error| error.message)
    .unwrap();
    assert_eq!(
        read(&path, &settings()).map_err(|error| error.message),
        Ok(answers)
    );
    let other = Settings {
        max_tokens: 128,
        ..settings()
    };
    let error = read(&path, &other).unwrap_err().message;
    assert!(
        error.contains("\"max_tokens\":256") && error.contains("another --out"),
        "{error}"
    );
}

#[test]
fn a_file_of_something_else_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    std::fs::write(&path, "{}").unwrap();
    let error = read(&path, &settings()).unwrap_err().message;
    assert!(error.contains("missing field `settings`"), "{error}");
}
