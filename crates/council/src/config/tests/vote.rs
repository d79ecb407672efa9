//! Who sits in the council, and what a vote may take.

use super::{load, refusal};
use council_agent::vote::{Chair, VoteConfig};
use std::time::Duration;

const TWO: &str = "
[vote]
chair = \"big\"
total_time_limit = \"30s\"

[[voice]]
name = \"Judge\"
model = \"big\"
persona = \"Be strict.\"
temperature = 0.1
weight = 2
max_tokens = 64

[[voice]]
name = \"Other\"
";

#[test]
fn without_voices_the_usual_five_sit_as_the_council_itself_has_them() {
    assert_eq!(load("", &[], &[]).unwrap().vote, VoteConfig::default());
}

#[test]
fn voices_of_the_file_take_the_place_of_the_usual_ones() {
    let vote = load(TWO, &[], &[]).unwrap().vote;
    assert_eq!(vote.chair, Chair::Model("big".to_owned()));
    assert_eq!(vote.voices.len(), 2);
    let judge = &vote.voices[0];
    assert_eq!(
        (judge.name.as_str(), judge.model.as_deref()),
        ("Judge", Some("big"))
    );
    assert_eq!(
        (judge.persona.as_str(), judge.max_tokens),
        ("Be strict.", Some(64))
    );
    assert!((judge.sampling.temperature - 0.1).abs() < 1e-6 && (judge.weight - 2.0).abs() < 1e-9);
    let other = &vote.voices[1];
    assert_eq!((other.model.as_deref(), other.max_tokens), (None, None));
    // What nobody set follows what somebody did.
    assert_eq!(vote.voice_time_limit, Duration::from_secs(30));
}

#[test]
fn the_usual_quorum_follows_a_smaller_council() {
    let config = load("[[voice]]\nname = \"Alone\"", &[], &[]).unwrap();
    assert_eq!(config.vote.quorum, 1);
    let text = config
        .effective
        .iter()
        .find(|entry| entry.key == "voice.Alone.temperature");
    assert_eq!(text.map(|entry| entry.value.to_string()).as_deref(), Some("0.7"));
}

#[test]
fn contradictions_and_wrong_values_are_refused_by_key() {
    assert_eq!(
        refusal("[vote]\nquorum = 6"),
        "council.toml: `vote.quorum`: the quorum is 6 of 5 voices; it must be from 1 to 5"
    );
    assert_eq!(
        refusal("[vote]\nvoice_time_limit = \"3m\""),
        "council.toml: `vote.voice_time_limit`: one voice may take 180 s and the whole vote 120 s; lower one or raise the other"
    );
    assert_eq!(
        refusal("[[voice]]\nname = \"A\"\n[[voice]]\nname = \"a\""),
        "council.toml: `voice.name`: two voices are called `a`; rename one"
    );
    assert_eq!(
        refusal("[[voice]]\nmodel = \"m\""),
        "council.toml, [[voice]] number 1: `name` is missing; accepted: text"
    );
    assert_eq!(
        refusal("[[voice]]\nname = \"A\"\ntemperature = 3"),
        "council.toml: `voice[0].temperature` cannot be 3; accepted: a number from 0 to 2"
    );
    assert!(refusal("[[voice]]\nname = \"A\"\nmood = 1").contains("unknown key `voice[0].mood`"));
}
