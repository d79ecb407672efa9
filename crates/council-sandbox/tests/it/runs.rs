//! Programs that do as they should.

use crate::support::{bash, python, run, sandbox, text};
use council_core::sandbox::{Language, LayerState, Program, RunStatus};

#[tokio::test]
async fn python_prints_and_its_last_expression_is_its_value() {
    let sandbox = sandbox().await;
    let report = python(&sandbox, "x = 6 * 7\nprint('the answer')\nx").await;
    assert_eq!(report.status, RunStatus::Ok);
    assert_eq!(text(&report.stdout), "the answer\n");
    assert_eq!(report.value.as_deref(), Some("42"));
}

#[tokio::test]
async fn bash_runs_a_script() {
    let sandbox = sandbox().await;
    let report = bash(&sandbox, "for i in 1 2 3; do echo line $i; done; id; exit 3").await;
    assert_eq!((report.status, report.exit), (RunStatus::Error, Some(3)));
}

#[tokio::test]
async fn javascript_prints_and_its_last_expression_is_its_value() {
    let sandbox = sandbox().await;
    let program = Program::new(
        Language::JavaScript,
        "console.log([1, 2].map((x) => x * 2)); 6 * 7",
    );
    let report = run(&sandbox, program).await.unwrap();
    assert_eq!(report.status, RunStatus::Ok);
    assert_eq!(report.value.as_deref(), Some("42"));
}

#[tokio::test]
async fn a_value_longer_than_is_kept_is_said_to_be_cut() {
    let sandbox = sandbox().await;
    let value = async |language, source: &str| {
        let report = run(&sandbox, Program::new(language, source)).await.unwrap();
        assert_eq!(report.status, RunStatus::Ok, "{}", text(&report.stderr));
        (report.value.unwrap_or_default().len(), report.truncated.value)
    };
    // With its quotes the first is as long as is kept.
    assert_eq!(value(Language::Python, "'x' * 65534").await, (65_536, false));
    assert_eq!(value(Language::Python, "'x' * 65535").await, (65_536, true));
    assert_eq!(
        value(Language::JavaScript, "'x'.repeat(65534)").await,
        (65_536, false)
    );
    assert_eq!(
        value(Language::JavaScript, "'x'.repeat(99999)").await,
        (65_536, true)
    );
}

#[tokio::test]
async fn every_layer_of_protection_was_tried_and_holds() {
    let sandbox = sandbox().await;
    let status = council_core::sandbox::Sandbox::status(&sandbox).await;
    let protection = status.protection.unwrap();
    assert!(protection.layers.len() >= 25, "{:?}", protection.layers);
    for layer in protection.layers.iter().filter(|layer| layer.required) {
        assert_eq!(layer.state, LayerState::Enforced, "{}", layer.name);
    }
}
