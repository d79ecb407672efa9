//! `council serve`: starting, refusing to start, stopping.

use crate::program::{World, finish};
use std::io::Read;
use std::net::TcpListener;

#[test]
fn the_first_line_says_where_the_server_is_and_that_its_model_is_a_fake() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    assert!(server.line.contains(" at http://127.0.0.1:"), "{}", server.line);
    assert!(server.line.contains("fake"), "{}", server.line);
    assert!(server.get("/health").contains("\"status\""));
}

#[test]
fn a_port_in_use_ends_with_69_and_says_how_to_choose_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = World::new().run(&["serve", "--scripted", "--port", &port]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    let expected = format!("council: port {port} on 127.0.0.1 is in use;");
    assert!(
        ended.stderr.starts_with(&expected) && ended.stderr.contains("--port"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_data_directory_in_use_ends_with_69_and_names_it() {
    let world = World::new();
    let _first = world.serve(&["--scripted"]);
    let ended = world.run(&["serve", "--scripted", "--port", "0"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(
        ended.stderr.contains("is in use by process") && ended.stderr.contains("--data-dir"),
        "{ended:?}"
    );
}

#[test]
fn a_data_directory_that_cannot_be_made_ends_with_74() {
    let world = World::new();
    std::fs::write(world.path().join("file"), "").unwrap();
    let ended = world.run(&["serve", "--scripted", "--port", "0", "--data-dir", "file/below"]);
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(ended.stderr.contains("file/below"), "{}", ended.stderr);
}

#[test]
fn sigterm_ends_the_server_with_0() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    server.get("/health");
    server.send_sigterm();
    let ended = server.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("stopped"), "{}", ended.stderr);
}

#[test]
fn a_server_without_a_model_starts_and_says_how_to_get_one() {
    let world = World::new();
    let server = world.serve(&[]);
    assert!(
        server.line.contains("no model installed: run `council pull`"),
        "{}",
        server.line
    );
    assert!(server.get("/health").contains("council pull"));
    let ended = world.run(&["ask", "--url", &server.url, "hello"]);
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(ended.stderr.contains("council pull"), "{}", ended.stderr);
}

#[test]
fn the_web_page_comes_from_the_configured_directory() {
    let world = World::new();
    std::fs::create_dir(world.path().join("page")).unwrap();
    std::fs::write(world.path().join("page/index.html"), "made for this test").unwrap();
    let server = world.serve(&["--scripted", "--set", "ui_dir=page"]);
    assert!(server.get("/chat").contains("made for this test"));
}

#[test]
fn a_web_page_that_is_not_there_ends_with_74_and_says_how_to_build_it() {
    let ended = World::new().run(&["serve", "--scripted", "--port", "0", "--set", "ui_dir=nowhere"]);
    assert_eq!(ended.code, Some(74), "{ended:?}");
    assert!(
        ended.stderr.contains("nowhere/index.html") && ended.stderr.contains("npm run build"),
        "{}",
        ended.stderr
    );
}

#[test]
fn metrics_include_the_process() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let metrics = server.get("/metrics");
    for name in [
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
    ] {
        assert!(metrics.contains(name), "{name} is missing from {metrics}");
    }
}

/// Starts an answer that never ends and waits for its beginning.
fn endless_answer(world: &World, url: &str) -> std::process::Child {
    let mut asking = world.command(&["ask", "--url", url, "wait..."]).spawn().unwrap();
    let mut beginning = [0; 7];
    asking
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut beginning)
        .unwrap();
    assert_eq!(&beginning, b"wait...");
    asking
}

#[test]
fn an_answer_that_outlives_the_grace_is_cut_off_and_the_server_still_ends_with_0() {
    let world = World::new();
    let server = world.serve(&["--scripted", "--set", "limits.shutdown_grace=50ms"]);
    let asking = endless_answer(&world, &server.url);
    server.send_sigterm();
    assert_eq!(server.finish().code, Some(0));
    assert_ne!(
        finish(asking).code,
        Some(0),
        "an answer that was cut off looked like a whole one"
    );
}

#[test]
fn a_later_second_signal_ends_the_server_at_once() {
    let world = World::new();
    let mut server = world.serve(&["--scripted", "--set", "limits.shutdown_grace=1h"]);
    let asking = endless_answer(&world, &server.url);
    server.send_sigterm();
    server.wait_for_log("once more to stop at once");
    assert_eq!(server.insist().code, Some(130));
    assert_ne!(finish(asking).code, Some(0));
}

#[test]
fn the_same_signal_twice_in_a_row_counts_once() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    server.send_sigterm();
    server.send_sigterm();
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn nothing_that_is_said_incognito_is_in_any_file() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let ask = |word: &str, incognito: bool| {
        let history =
            format!(r#""history": [{{"role": "user", "content": "before {word}"}}], "incognito": true,"#);
        let more = if incognito { history.as_str() } else { "" };
        let answer = server.post("/api/chat", &format!(r#"{{{more} "prompt": "say {word}"}}"#));
        assert!(answer.contains("\"model\""), "{answer}");
    };
    ask("zibeline", true);
    ask("quokka", false);
    server.send_sigterm();
    let ended = server.finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut files = vec![world.path().to_owned()];
    let mut found = Vec::new();
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for word in ["zibeline", "quokka"] {
            if bytes.windows(word.len()).any(|part| part == word.as_bytes()) {
                found.push(word);
            }
        }
    }
    assert!(
        found.contains(&"quokka") && !found.contains(&"zibeline"),
        "{found:?}"
    );
}
