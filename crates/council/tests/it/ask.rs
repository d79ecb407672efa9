//! `council ask`, with a server and without.

use crate::program::{World, closed_pipe, finish, signal};
use rustix::process::Signal;
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_running_server_answers() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let ended = world.run(&["ask", "--url", &server.url, "hello", "there"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("hello there"), "{ended:?}");
    assert!(ended.stdout.ends_with('\n'));
    assert_eq!(ended.stderr, "");
}

#[test]
fn the_server_on_the_configured_port_is_found() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let port = server.url.rsplit(':').next().unwrap();
    let ended = finish(
        world
            .command(&["ask", "--json", "hello"])
            .env("COUNCIL_PORT", port)
            .spawn()
            .unwrap(),
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("\"answered_by\":\"server\""),
        "{}",
        ended.stdout
    );
}

#[test]
fn without_a_server_this_process_answers() {
    let ended = World::new().run(&["ask", "--scripted", "--json", "hello"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer["answered_by"], "process");
    assert_eq!(answer["finish_reason"], "stop");
    assert!(answer["text"].as_str().unwrap().contains("hello"), "{answer}");
    assert!(answer["usage"]["output_tokens"].as_u64().unwrap() > 0, "{answer}");
    assert!(answer["latency_ms"].as_f64().unwrap() >= 0.0);
}

#[test]
fn both_ways_give_the_same_json_keys() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let by_server = world.run(&["ask", "--url", &server.url, "--json", "hello"]);
    let by_process = World::new().run(&["ask", "--scripted", "--json", "hello"]);
    let keys = |text: &str| -> Vec<String> {
        let answer: serde_json::Value = serde_json::from_str(text).unwrap();
        answer.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&by_server.stdout), keys(&by_process.stdout));
}

#[test]
fn what_is_piped_in_is_part_of_the_question() {
    let ended = World::new().run_with_input(&["ask", "--scripted", "summarise"], b"piped words\n");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("piped words"), "{}", ended.stdout);
}

#[test]
fn input_that_is_not_text_is_refused() {
    let ended = World::new().run_with_input(&["ask", "--scripted", "summarise"], &[0xff, 0xfe, 0x00]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(64), ""));
    assert!(ended.stderr.contains("not UTF-8"), "{}", ended.stderr);
}

#[test]
fn asking_nothing_is_refused() {
    let ended = World::new().run(&["ask", "--scripted"]);
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert!(ended.stderr.contains("nothing is asked"), "{}", ended.stderr);
}

#[test]
fn an_unknown_model_is_named_with_what_would_work() {
    let ended = World::new().run(&["ask", "--scripted", "--model", "nobody", "hello"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended.stderr.contains("`nobody` is not installed"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_server_that_was_named_and_does_not_answer_ends_with_69() {
    let ended = World::new().run(&["ask", "--url", "http://127.0.0.1:1", "hello"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("no Council server answers at http://127.0.0.1:1"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_temperature_out_of_range_is_refused_before_anything_is_asked() {
    for temperature in ["-1", "nan", "3"] {
        let ended = World::new().run(&["ask", "--temperature", temperature, "hello"]);
        assert_eq!(ended.code, Some(64), "{ended:?}");
        assert!(
            ended.stderr.contains("must be a number from 0 to 2"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn a_reader_that_went_away_ends_the_answer_quietly() {
    let world = World::new();
    let mut command = world.command(&["ask", "--scripted", "hello"]);
    let ended = finish(
        command
            .stdout(closed_pipe())
            .stdin(Stdio::null())
            .spawn()
            .unwrap(),
    );
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn ctrl_c_ends_an_answer_with_130() {
    let world = World::new();
    let mut asking = world.command(&["ask", "--scripted", "wait..."]).spawn().unwrap();
    let mut beginning = [0; 7];
    asking
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut beginning)
        .unwrap();
    signal(asking.id(), Signal::INT);
    let ended = finish(asking);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(130), ""));
}

#[test]
fn a_data_directory_that_is_in_use_is_waited_for() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let asking = world.command(&["ask", "--scripted", "hello"]).spawn().unwrap();
    let mut waiting = asking;
    let mut notice = [0; 9];
    waiting.stderr.as_mut().unwrap().read_exact(&mut notice).unwrap();
    assert_eq!(&notice, b"waiting: ");
    drop(server);
    let ended = finish(waiting);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("hello"), "{ended:?}");
}
