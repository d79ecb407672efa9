//! `council bench router`, with the labelled fake, which repeats what it is asked, and a model on a server that is played.

use crate::calibrate::world_with_questions;
use crate::program::{Finished, World};
use serde_json::{Value, json};

const ARGUMENTS: [&str; 11] = [
    "bench",
    "router",
    "--scripted",
    "--config",
    "c.toml",
    "--questions",
    "mine",
    "--models",
    "scripted/echo,played",
    "--seed",
    "7",
];

fn run(world: &World, more: &[&str]) -> Finished {
    world.run(&[&ARGUMENTS[..], more].concat())
}

fn json_of(ended: &Finished) -> Value {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.stdout).unwrap()
}

fn measured<'a>(said: &'a Value, policy: &str) -> &'a Value {
    let all = said["measured"].as_array().unwrap();
    all.iter().find(|one| one["policy"] == policy).unwrap()
}

#[test]
fn every_policy_answers_the_same_questions_and_the_oracle_is_none_below_them() {
    let world = world_with_questions();
    let ended = run(&world, &["--limit", "4", "--json"]);
    let said = json_of(&ended);
    let policies = ["small", "large", "cascade", "council", "samples", "skills"];
    for policy in policies {
        let all = &measured(&said, policy)["all"];
        assert_eq!(all["asked"], 8, "{policy}");
        let sum: u64 = ["right", "wrong", "declined", "failed"]
            .map(|verdict| all[verdict].as_u64().unwrap())
            .iter()
            .sum();
        assert_eq!(sum, 8, "{policy}");
    }
    // The fake repeats the number that it is to say; the played model is right about even ones.
    assert_eq!(measured(&said, "small")["all"]["right"], 8);
    assert_eq!(measured(&said, "cascade")["all"]["right"], 8);
    let answers = said["answers"].as_array().unwrap();
    for answer in answers.iter().filter(|answer| answer["policy"] == "large") {
        let number: u32 = answer["question"].as_str().unwrap()[1..].parse().unwrap();
        let expected = if number.is_multiple_of(2) {
            "right"
        } else {
            "wrong"
        };
        assert_eq!(
            (&answer["verdict"], &answer["answered_by"]),
            (&json!(expected), &json!("played"))
        );
        assert!(answer["confidence"].as_f64().is_some(), "{answer}");
    }
    let cost = &said["accuracy_at_cost"];
    assert_eq!(cost["questions"], 8);
    let table = cost["table"].as_array().unwrap();
    assert_eq!(table.last().unwrap()["policy"], "oracle");
    assert_eq!(table.last().unwrap()["accuracy"], 1.0);
    assert_eq!(said["classifier"]["without_embedding"]["queries"], 298);
    assert_eq!(said["classifier"]["with_embedding"], Value::Null);
    assert!(
        said["classifier"]["problem"].is_string(),
        "{}",
        said["classifier"]
    );
    assert!(ended.stderr.contains("48 of 48: "), "{}", ended.stderr);
}

#[test]
fn a_later_run_asks_only_what_the_file_does_not_hold() {
    let world = world_with_questions();
    let small = ["--policies", "small", "--out", "r.json", "--json", "--limit"];
    json_of(&run(&world, &[&small[..], &["2"]].concat()));
    let ended = run(&world, &[&small[..], &["3"]].concat());
    assert_eq!(
        ended.stderr.matches(" of 6: small ").count(),
        2,
        "{}",
        ended.stderr
    );
    assert_eq!(measured(&json_of(&ended), "small")["all"]["asked"], 6);
    let file = std::fs::read_to_string(world.path().join("r.json")).unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["answers"].as_array().unwrap().len(), 6);

    let ended = run(&world, &[&small[..], &["3", "--max-tokens", "64"]].concat());
    assert_eq!(ended.code, Some(64));
    assert!(ended.stderr.contains("give another --out"), "{}", ended.stderr);
}

#[test]
fn questions_that_fail_are_counted_and_end_nothing() {
    let world = world_with_questions();
    // Nothing listens on port 9 of this machine.
    let dead = "[[remote]]\nid = \"dead\"\nprovider = \"gone\"\nbase_url = \"http://127.0.0.1:9/v1\"\nmodel = \"x\"\n\
                context_tokens = 4096\n";
    let path = world.path().join("c.toml");
    let config = std::fs::read_to_string(&path).unwrap() + dead;
    std::fs::write(path, config).unwrap();
    let ended = world.run(&[
        "bench",
        "router",
        "--config",
        "c.toml",
        "--questions",
        "mine",
        "--models",
        "dead,played",
        "--policies",
        "small,large",
        "--limit",
        "2",
    ]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let row = |policy: &str| -> Vec<&str> {
        let mut lines = ended.stdout.lines();
        let line = lines
            .find(|line| line.starts_with(&format!("{policy} ")))
            .unwrap();
        line.split_whitespace().collect()
    };
    assert_eq!(row("small")[1], "0/4", "{ended:?}");
    assert!(row("small").contains(&"4"), "{ended:?}");
    assert!(row("large")[1].ends_with("/4"), "{ended:?}");
    assert!(ended.stderr.contains("failed"), "{ended:?}");
}

#[test]
fn without_a_model_skills_are_measured_and_the_rest_is_refused() {
    let world = World::new();
    std::fs::create_dir(world.path().join("mine")).unwrap();
    let lines = [
        json!({"id": "percent", "kind": "math", "question": "What is 15% of 240?",
               "answer": {"type": "number", "value": "36"}}),
        json!({"id": "poem", "kind": "math", "question": "Write a poem about rain.",
               "answer": {"type": "number", "value": "1"}}),
    ];
    std::fs::write(
        world.path().join("mine/a.jsonl"),
        lines.map(|line| line.to_string()).join("\n"),
    )
    .unwrap();
    let arguments = ["bench", "router", "--questions", "mine", "--json"];
    let ended = world.run(&arguments);
    assert_eq!(ended.code, Some(69));
    assert!(ended.stderr.contains("there is no model to measure"), "{ended:?}");
    let said = json_of(&world.run(&[&arguments[..], &["--policies", "skills"]].concat()));
    let skills = &measured(&said, "skills")["all"];
    assert_eq!(
        (&skills["asked"], &skills["right"], &skills["declined"]),
        (&json!(2), &json!(1), &json!(1))
    );
}
