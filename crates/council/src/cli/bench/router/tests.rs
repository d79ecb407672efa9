//! Which policies there are with which models.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::ask::{How, Policy};
use super::{PolicyName, policies};
use council_core::{Locality, ModelInfo, Price};

fn model(id: &str, size_bytes: Option<u64>) -> ModelInfo {
    ModelInfo {
        id: id.to_owned(),
        provider: "test".to_owned(),
        context_length: 4096,
        locality: Locality::Local,
        price: Price::default(),
        chat: true,
        tools: false,
        vision: false,
        size_bytes,
    }
}

fn alone(name: &str, model: &str) -> Policy {
    Policy {
        name: name.to_owned(),
        how: How::Alone(model.to_owned()),
    }
}

const SINGLE: [PolicyName; 3] = [PolicyName::Small, PolicyName::Large, PolicyName::Others];

#[test]
fn the_first_model_is_small_the_largest_large_and_the_rest_go_by_their_names() {
    let models = [
        model("half", Some(500)),
        model("big", Some(1500)),
        model("tiny", Some(135)),
    ];
    assert_eq!(
        policies(&SINGLE, &models),
        [
            alone("small", "half"),
            alone("large", "big"),
            alone("tiny", "tiny")
        ]
    );
}

#[test]
fn nothing_is_larger_than_the_largest_model() {
    let models = [model("big", Some(1500)), model("half", Some(500))];
    assert_eq!(
        policies(&SINGLE, &models),
        [alone("small", "big"), alone("half", "half")]
    );
    assert_eq!(policies(&SINGLE, &models[..1]), [alone("small", "big")]);
}

#[test]
fn a_policy_that_is_named_twice_is_measured_once() {
    let names = [PolicyName::Skills, PolicyName::Cascade, PolicyName::Skills];
    let found = policies(&names, &[]);
    let names: Vec<_> = found.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["skills", "cascade"]);
    assert_eq!(found.first().unwrap().how, How::Skills);
}
