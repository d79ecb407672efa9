//! Configuration errors and `council config`.

use crate::program::{World, finish};

#[test]
fn an_unknown_key_ends_with_64_and_names_file_key_value_and_what_is_accepted() {
    let world = World::new();
    let path = world.path().join("c.toml");
    std::fs::write(&path, "[limits]\nbody_mb = 5\n").unwrap();
    let ended = world.run(&["serve", "--config", "c.toml"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    let file = path.canonicalize().unwrap();
    assert_eq!(
        ended
            .stderr
            .replace(&path.display().to_string(), &file.display().to_string()),
        format!(
            "council: {}: unknown key `limits.body_mb` (value: 5); accepted: body_mib, connections, sockets, header_timeout, body_timeout, shutdown_grace\n",
            file.display()
        )
    );
}

#[test]
fn every_way_of_getting_the_configuration_wrong_ends_with_64() {
    let world = World::new();
    std::fs::write(world.path().join("broken.toml"), "port = = 1").unwrap();
    std::fs::create_dir(world.path().join("folder.toml")).unwrap();
    let cases: [&[&str]; 8] = [
        &["config", "--config", "missing.toml"],
        &["config", "--config", "broken.toml"],
        &["config", "--config", "folder.toml"],
        &["config", "--set", "engine.thread=1"],
        &["config", "--set", "engine.threads"],
        &["serve", "--port", "65536"],
        &["config", "--no-such-flag"],
        &["no-such-command"],
    ];
    for arguments in cases {
        let ended = world.run(arguments);
        assert_eq!(ended.code, Some(64), "{arguments:?}: {ended:?}");
        assert!(!ended.stderr.is_empty(), "{arguments:?} said nothing");
    }
    let ended = finish(
        world
            .command(&["config"])
            .env("COUNCIL_PROT", "1")
            .spawn()
            .unwrap(),
    );
    assert_eq!(ended.code, Some(64), "{ended:?}");
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let ended = World::new().run(&["config", "--set", "log=council=loud"]);
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert!(
        ended.stderr.contains("`log` cannot be \"council=loud\""),
        "{}",
        ended.stderr
    );
}

#[test]
fn values_and_sources_are_shown_and_keys_are_not() {
    let world = World::new();
    let folder = world.path().join(".config/council");
    std::fs::create_dir_all(&folder).unwrap();
    let file = "host = \"::1\"\n[[remote]]\nid = \"big\"\nprovider = \"p\"\nbase_url = \"http://h/v1\"\n\
                model = \"m\"\ncontext_tokens = 4096\napi_key_env = \"BIG_KEY\"\n";
    std::fs::write(folder.join("council.toml"), file).unwrap();
    let run = |arguments: &[&str]| {
        let ended = finish(world.command(arguments).env("BIG_KEY", "s3cret").spawn().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(!ended.stdout.contains("s3cret"), "{}", ended.stdout);
        ended.stdout
    };
    let text = run(&["config", "--set", "engine.threads=3"]);
    let line = |key: &str| {
        text.lines()
            .find(|line| line.split_whitespace().next() == Some(key))
            .unwrap()
    };
    assert!(
        line("host").contains("::1") && line("host").contains("file "),
        "{text}"
    );
    assert!(line("port").contains("env COUNCIL_PORT"), "{text}");
    assert!(line("engine.threads").contains("flag --set"), "{text}");
    assert!(line("engine.slots").contains("default"), "{text}");
    assert!(line("remote.big.api_key").contains("***"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&run(&["config", "--json"])).unwrap();
    let port = json["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["key"] == "port")
        .unwrap();
    assert_eq!(port["value"], 1);
    assert_eq!(port["source"], "env COUNCIL_PORT");
}
