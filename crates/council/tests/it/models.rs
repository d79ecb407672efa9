//! `council models`, `rm`, `import` and `pull` with files of this machine.

use crate::program::{World, finish, signal, words};
use rustix::process::Signal;
use std::net::TcpListener;

#[test]
fn without_models_the_list_is_empty_and_the_hint_goes_to_standard_error() {
    let world = World::new();
    let ended = world.run(&["models"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(ended.stderr.contains("`council pull`"), "{}", ended.stderr);
    let json: serde_json::Value = serde_json::from_str(&world.run(&["models", "--json"]).stdout).unwrap();
    assert_eq!(json["installed"], serde_json::json!([]));
}

#[test]
fn the_embedder_is_among_the_models_and_missed_when_it_is_not_there() {
    let world = World::new();
    let missed = world.run(&["models"]);
    assert!(
        missed.stderr.contains("`council pull all-minilm-l6-v2`"),
        "{}",
        missed.stderr
    );
    let doctor = world.run(&["doctor"]);
    assert!(
        doctor.stdout.contains("-> `council pull all-minilm-l6-v2`"),
        "{}",
        doctor.stdout
    );
    let models = world.path().join(".local/share/council/models/all-minilm-l6-v2");
    std::fs::create_dir_all(&models).unwrap();
    std::fs::write(models.join("model.safetensors"), "weights").unwrap();
    std::fs::write(models.join("tokenizer.json"), "{}").unwrap();
    let listed = world.run(&["models"]);
    assert!(listed.stdout.contains("all-minilm-l6-v2"), "{}", listed.stdout);
    assert!(!listed.stderr.contains("all-minilm-l6-v2"), "{}", listed.stderr);
    let json: serde_json::Value = serde_json::from_str(&world.run(&["models", "--json"]).stdout).unwrap();
    let expected = serde_json::json!({"id": "all-minilm-l6-v2", "installed": true, "size_bytes": 9});
    assert_eq!(json["embedder"], expected);
    let doctor: serde_json::Value = serde_json::from_str(&world.run(&["doctor", "--json"]).stdout).unwrap();
    let checks = doctor["checks"].as_array().unwrap();
    let embedder = checks.iter().find(|check| check["name"] == "embedder").unwrap();
    assert_eq!(
        (&embedder["status"], &embedder["values"]["size_bytes"]),
        (&"ok".into(), &9.into())
    );
}

#[cfg(unix)]
#[test]
fn whichever_command_comes_first_the_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    for first in [
        &["models"][..],
        &["pull", "nobody"],
        &["doctor"],
        &["ask", "--scripted", "hello"],
    ] {
        let world = World::new();
        world.run(first);
        let dir = world.path().join(".local/share/council");
        let mode = dir.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{}: {mode:o}", words(first));
    }
}

#[test]
fn the_catalog_lists_the_default_model() {
    let ended = World::new().run(&["models", "--available"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended
            .stdout
            .lines()
            .any(|line| line.starts_with("qwen2.5-coder-0.5b-instruct ")),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_broken_file_is_named_with_its_reason() {
    let world = World::new();
    let models = world.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::write(models.join("half.gguf"), b"GGUF\x03\0\0\0").unwrap();
    let ended = world.run(&["models", "--models-dir", "models"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("broken: half: "), "{}", ended.stderr);
}

#[test]
fn removing_what_is_not_there_ends_with_69() {
    let ended = World::new().run(&["rm", "nobody"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended.stderr.contains("`nobody` is not installed"),
        "{}",
        ended.stderr
    );
}

#[test]
fn importing_a_folder_of_files_that_are_no_models_says_why_and_fails() {
    let world = World::new();
    let folder = world.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("not-a-model.gguf"), "text").unwrap();
    let ended = world.run(&["import", "folder"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(
        ended.stderr.contains("not taken: ") && ended.stderr.contains("not-a-model.gguf"),
        "{}",
        ended.stderr
    );
}

#[test]
fn importing_a_folder_that_does_not_exist_ends_with_74() {
    let ended = World::new().run(&["import", "nowhere"]);
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(ended.stderr.contains("nowhere"), "{}", ended.stderr);
}

#[test]
fn a_models_directory_that_is_a_file_ends_with_74() {
    let world = World::new();
    std::fs::write(world.path().join("file"), "").unwrap();
    let ended = world.run(&["models", "--models-dir", "file"]);
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(ended.stderr.contains("the models directory"), "{}", ended.stderr);
}

#[test]
fn pulling_an_unknown_name_ends_with_64_and_lists_what_there_is() {
    let ended = World::new().run(&["pull", "qwen2.5-coder-0.5b"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(
        ended.stderr.contains("did you mean") || ended.stderr.contains("the catalog has"),
        "{}",
        ended.stderr
    );
}

#[test]
fn pulling_a_file_that_is_no_model_fails_and_leaves_nothing_behind() {
    let world = World::new();
    std::fs::write(world.path().join("x.gguf"), "text").unwrap();
    let ended = world.run(&["pull", "./x.gguf", "--models-dir", "models"]);
    assert!(matches!(ended.code, Some(69 | 74)), "{ended:?}");
    let left: Vec<_> = std::fs::read_dir(world.path().join("models"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().ends_with(".gguf"))
        .collect();
    assert_eq!(left, Vec::<std::ffi::OsString>::new());
}

#[test]
fn an_offline_pull_as_json_says_for_each_source_why_it_failed() {
    let ended = World::new().run(&["pull", "--default-only", "--json", "--set", "pull.offline=true"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    let events: Vec<serde_json::Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert!(
        of("source") > 0 && of("source") == of("source_failed"),
        "{}",
        ended.stdout
    );
    assert_eq!(of("failed"), 1, "{}", ended.stdout);
}

#[test]
fn ctrl_c_ends_a_pull_with_130_and_says_that_it_can_be_continued() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/slow.gguf", listener.local_addr().unwrap());
    let world = World::new();
    let pulling = world.command(&["pull", &url]).spawn().unwrap();
    // The server takes the request and never answers.
    let (_connection, _) = listener.accept().unwrap();
    signal(pulling.id(), Signal::INT);
    let ended = finish(pulling);
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.stderr.contains("the next pull"), "{}", ended.stderr);
}
