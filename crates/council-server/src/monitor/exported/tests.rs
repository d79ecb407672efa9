//! What the metrics of the monitor say.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::{Locality, ModelActivity, ModelInfo, Price};
use prometheus::TextEncoder;

fn model(id: &str, state: ModelState) -> ModelStatus {
    ModelStatus {
        info: ModelInfo {
            id: id.to_owned(),
            provider: "llama.cpp".to_owned(),
            context_length: 4096,
            locality: Locality::Local,
            price: Price::default(),
            chat: true,
            tools: false,
            vision: false,
            size_bytes: None,
        },
        state,
        activity: ModelActivity::default(),
        default: false,
    }
}

struct Shown(Registry, MonitorMetrics);

impl Shown {
    fn new() -> Self {
        let registry = Registry::new();
        let metrics = MonitorMetrics::register(&registry, "1.2.3").unwrap();
        Self(registry, metrics)
    }

    /// Series whose names begin so, with their values.
    fn lines(&self, begin: &str) -> Vec<String> {
        let text = TextEncoder::new().encode_to_string(&self.0.gather()).unwrap();
        let lines = text.lines().filter(|line| line.starts_with(begin));
        lines.map(str::to_owned).collect()
    }
}

#[test]
fn what_was_not_measured_has_no_series() {
    let shown = Shown::new();
    shown.1.show(&MachineState::default(), None, Caps::default(), &[]);
    assert_eq!(shown.lines("council_machine_"), ["council_machine_gpus 0"]);
    assert_eq!(shown.lines("council_budget_"), Vec::<String>::new());
    assert_eq!(
        shown.lines("council_build_info"),
        ["council_build_info{version=\"1.2.3\"} 1"]
    );
    assert!(
        shown
            .lines("council_target_seconds{component=\"turn\"")
            .contains(&"council_target_seconds{component=\"turn\",percentile=\"p95\"} 10".to_owned())
    );
}

#[test]
fn a_cap_that_was_taken_away_has_no_series_any_more() {
    let shown = Shown::new();
    let capped = Caps {
        daily: Some(NanoUsd::from_usd(2.0)),
        ..Caps::default()
    };
    let machine = MachineState::default();
    shown.1.show(&machine, None, capped, &[]);
    assert_eq!(
        shown.lines("council_budget_cap_usd"),
        ["council_budget_cap_usd{period=\"day\"} 2"]
    );
    shown.1.show(&machine, None, Caps::default(), &[]);
    assert_eq!(shown.lines("council_budget_cap_usd"), Vec::<String>::new());
}

#[test]
fn a_model_is_in_one_state_and_one_that_was_removed_in_none() {
    let shown = Shown::new();
    let machine = MachineState::default();
    let failed = ModelState::Failed {
        reason: "no memory".to_owned(),
    };
    for state in [ModelState::Ready, failed] {
        let models = [model("small", state), model("other", ModelState::Unloaded)];
        shown.1.show(&machine, None, Caps::default(), &models);
    }
    assert_eq!(
        shown.lines("council_model_state{model=\"small\""),
        [
            "council_model_state{model=\"small\",state=\"failed\"} 1",
            "council_model_state{model=\"small\",state=\"loading\"} 0",
            "council_model_state{model=\"small\",state=\"ready\"} 0",
            "council_model_state{model=\"small\",state=\"unloaded\"} 0",
        ]
    );
    let left = [model("other", ModelState::Unloaded)];
    shown.1.show(&machine, None, Caps::default(), &left);
    assert_eq!(
        shown.lines("council_model_memory_bytes"),
        ["council_model_memory_bytes{model=\"other\"} 0"]
    );
}
