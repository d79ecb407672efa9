//! Memories on a PostgreSQL server.
//!
//! With the feature `postgres` these need one: `scripts/with-postgres.sh cargo test …`.

use crate::program::World;

/// Nothing listens on port 1.
const NOWHERE: &str = "memory.postgres_url=postgres://ada:secret@127.0.0.1:1/memories";

#[cfg(not(feature = "postgres"))]
#[test]
fn a_program_without_postgresql_refuses_the_address_instead_of_keeping_memories_elsewhere() {
    let finished = World::new().run(&["serve", "--port", "0", "--scripted", "--set", NOWHERE]);
    assert_eq!(finished.code, Some(64), "{finished:?}");
    assert!(
        finished.stderr.contains("built without PostgreSQL"),
        "{finished:?}"
    );
    assert!(!finished.stderr.contains("secret"), "{finished:?}");
}

#[cfg(feature = "postgres")]
mod with_a_server {
    use super::{NOWHERE, World};
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    #[test]
    fn a_server_that_is_not_there_ends_with_69_and_is_named_without_the_password() {
        let finished = World::new().run(&["serve", "--port", "0", "--scripted", "--set", NOWHERE]);
        assert_eq!(finished.code, Some(69), "{finished:?}");
        assert!(
            finished.stderr.contains("PostgreSQL at `127.0.0.1:1`"),
            "{finished:?}"
        );
        assert!(!finished.stderr.contains("secret"), "{finished:?}");
    }

    #[test]
    fn memories_on_a_server_outlive_the_data_directory() {
        let setting = format!("memory.postgres_url={}", server());
        let arguments = ["--scripted", "--set", setting.as_str()];
        // The database is shared with other runs.
        let word = format!("word{}", std::process::id());
        let first = World::new();
        let saved = post(
            first.serve(&arguments).address(),
            "/v1/memory",
            &format!(r#"{{"text":"the {word} is kept"}}"#),
        );
        assert!(saved.contains(r#""id":""#), "{saved}");
        let second = World::new();
        let found = post(
            second.serve(&arguments).address(),
            "/v1/memory/search",
            &format!(r#"{{"query":"{word}"}}"#),
        );
        assert!(found.contains(&format!("the {word} is kept")), "{found}");
        let elsewhere = World::new();
        let found = post(
            elsewhere.serve(&["--scripted"]).address(),
            "/v1/memory/search",
            &format!(r#"{{"query":"{word}"}}"#),
        );
        assert!(!found.contains("is kept"), "{found}");
    }

    #[expect(clippy::disallowed_methods, reason = "tests are told where their server is")]
    fn server() -> String {
        let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
            unreachable!(
                "TEST_POSTGRES_URL is not set: run this with `scripts/with-postgres.sh cargo test …`, or `make test`"
            )
        };
        url
    }

    fn post(address: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        response.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}
