//! What `--help` says, as snapshots: the command line is an interface too.

use crate::program::{World, closed_pipe, finish, words};

#[test]
fn help_of_every_command() {
    let world = World::new();
    let commands: &[&[&str]] = &[
        &[],
        &["serve"],
        &["ask"],
        &["chat"],
        &["run"],
        &["sandbox"],
        &["sandbox", "setup"],
        &["memory"],
        &["forget"],
        &["ingest"],
        &["key"],
        &["key", "add"],
        &["user"],
        &["user", "add"],
        &["pull"],
        &["models"],
        &["rm"],
        &["backup"],
        &["restore"],
        &["export"],
        &["import"],
        &["config"],
        &["doctor"],
        &["bench"],
        &["bench", "inference"],
        &["bench", "router"],
        &["calibrate"],
        &["openapi"],
        &["health"],
        &["service"],
        &["service", "install"],
        &["completions"],
        &["man"],
    ];
    for &command in commands {
        let arguments = [command, &["--help"]].concat();
        let ended = world.run(&arguments);
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (Some(0), ""),
            "{}",
            words(&arguments)
        );
        let name = if command.is_empty() {
            "council".to_owned()
        } else {
            command.join("-")
        };
        insta::assert_snapshot!(format!("help-{name}"), ended.stdout);
    }
}

#[test]
fn without_a_command_the_help_is_an_error() {
    let ended = World::new().run(&[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(ended.stderr.contains("Usage: council"), "{}", ended.stderr);
}

#[test]
fn the_version_is_the_workspaces() {
    let ended = World::new().run(&["--version"]);
    assert_eq!(ended.stdout, format!("council {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_reader_that_went_away_is_no_panic() {
    let world = World::new();
    for arguments in [
        &["--help"][..],
        &["config"],
        &["models"],
        &["models", "--available"],
        &["openapi"],
    ] {
        let ended = finish(world.command(arguments).stdout(closed_pipe()).spawn().unwrap());
        assert_eq!(ended.code, Some(0), "{}: {ended:?}", words(arguments));
        assert!(
            !ended.stderr.contains("panicked") && !ended.stderr.contains("pipe"),
            "{ended:?}"
        );
    }
}

#[cfg(not(feature = "llama"))]
#[test]
fn the_worker_of_a_binary_without_llama_cpp_says_so() {
    let ended = World::new().run(&["engine"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended.stderr.contains("built without llama.cpp"),
        "{}",
        ended.stderr
    );
}
