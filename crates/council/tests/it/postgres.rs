//! What is kept on a PostgreSQL server.
//!
//! With the feature `postgres` these need one: `scripts/with-postgres.sh cargo test …`.

use crate::program::World;

/// Nothing listens on port 1.
const NOWHERE: &str = "memory.postgres_url=postgres://ada:secret@127.0.0.1:1/memories";
const SHARED_NOWHERE: &str = "database.url=postgres://ada:secret@127.0.0.1:1/council";

#[cfg(not(feature = "postgres"))]
#[test]
fn a_program_without_postgresql_refuses_the_address_instead_of_keeping_anything_elsewhere() {
    for nowhere in [NOWHERE, SHARED_NOWHERE] {
        let finished = World::new().run(&["serve", "--port", "0", "--scripted", "--set", nowhere]);
        assert_eq!(finished.code, Some(64), "{finished:?}");
        let (key, _) = nowhere.split_once('=').unwrap();
        assert!(
            finished.stderr.contains("built without PostgreSQL") && finished.stderr.contains(key),
            "{finished:?}"
        );
        assert!(!finished.stderr.contains("secret"), "{finished:?}");
    }
}

#[cfg(feature = "postgres")]
mod with_a_server {
    use super::{NOWHERE, SHARED_NOWHERE, World};
    use crate::program::Server;
    use serde_json::{Value, json};
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_server_that_is_not_there_ends_with_69_and_is_named_without_the_password() {
        for nowhere in [NOWHERE, SHARED_NOWHERE] {
            let finished = World::new().run(&["serve", "--port", "0", "--scripted", "--set", nowhere]);
            assert_eq!(finished.code, Some(69), "{finished:?}");
            assert!(
                finished.stderr.contains("PostgreSQL at `127.0.0.1:1`"),
                "{finished:?}"
            );
            assert!(!finished.stderr.contains("secret"), "{finished:?}");
        }
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

    /// Starts a Council that shares the database with others.
    fn sharing(world: &World, arguments: &[&str]) -> Server {
        let url = format!("database.url={}", server());
        world.serve(&[&["--scripted", "--set", url.as_str()], arguments].concat())
    }

    fn json_of(text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| unreachable!("{error}: {text}"))
    }

    fn question(text: &str, conversation: &str, model: &str) -> String {
        json!({"prompt": text, "session_id": conversation, "model": model}).to_string()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the test's own connection to a program that it started"
    )]
    #[test]
    fn a_conversation_goes_on_at_another_council_though_the_first_is_killed_in_the_middle_of_a_turn() {
        let worlds = [World::new(), World::new()];
        // Takes a question and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = worlds[0].path().join("council.toml");
        let remote = format!(
            "[[remote]]\nid = \"silent\"\nprovider = \"silence\"\nbase_url = \"http://{}/v1\"\nmodel = \"m\"\n\
             context_tokens = 4096\nlocal = true\n",
            silent.local_addr().unwrap()
        );
        std::fs::write(&config, remote).unwrap();
        let first = sharing(&worlds[0], &["--config", config.to_str().unwrap()]);
        let second = sharing(&worlds[1], &[]);
        // The database is shared with other runs.
        let conversation = format!("shared-{}", std::process::id());
        let fake = json_of(&second.get("/v1/models"))["data"][0]["id"].clone();
        let fake = fake.as_str().unwrap();
        let answer = json_of(&first.post("/hybrid", &question("the first question", &conversation, fake)));
        assert!(!answer["text"].as_str().unwrap().is_empty(), "{answer}");

        let mut asking = TcpStream::connect(first.address()).unwrap();
        let body = question("the second question", &conversation, "silent");
        let head = format!(
            "POST /hybrid HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n",
            first.address(),
            body.len()
        );
        asking.write_all((head + &body).as_bytes()).unwrap();
        // A question is stored before the model is asked.
        let asked = silent.accept().unwrap();
        drop(first);
        drop(asked);

        let answer = json_of(&second.post("/hybrid", &question("the third question", &conversation, fake)));
        assert!(!answer["text"].as_str().unwrap().is_empty(), "{answer}");
        let messages = second.get(&format!("/v1/conversations/{conversation}/messages"));
        let places: Vec<Option<usize>> = ["the first question", "the second question", "the third question"]
            .iter()
            .map(|text| messages.find(text))
            .collect();
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{messages}"
        );
        assert!(second.post("/v1/backup", "").contains("pg_dump"));
        let refused = worlds[1].run_with(
            &["backup", "copy.tar"],
            &[("COUNCIL_DATABASE_URL", "postgres://nowhere/x")],
        );
        assert_eq!(refused.code, Some(64), "{refused:?}");
        assert!(refused.stderr.contains("pg_dump"), "{refused:?}");
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this thread has nothing else to do until the other program has looked"
    )]
    #[test]
    fn a_setting_that_one_council_changes_is_in_force_at_the_other() {
        let worlds = [World::new(), World::new()];
        let [first, second] = worlds.each_ref().map(|world| sharing(world, &[]));
        for cap in ["3.25", "4.5"] {
            first.post(&format!("/admin/cap/{cap}"), "");
            let expected: f64 = cap.parse().unwrap();
            let in_force = || json_of(&second.get("/admin/status"))["budget_usd"].as_f64();
            // Patience is the test program's own: a change that never comes hangs here and is seen.
            while in_force() != Some(expected) {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        assert!(second.get("/admin/audit").contains("budget.daily_usd"));
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this thread has nothing else to do until the other program has looked"
    )]
    #[test]
    fn a_key_that_one_council_makes_is_good_at_the_other_and_what_one_takes_back_the_other_refuses() {
        let worlds = [World::new(), World::new()];
        let guarded = ["--set", "server.require_key=true"];
        let url = format!("database.url={}", server());
        // A command without a server makes it in the database too.
        let made = worlds[0].run(&["key", "add", "--json", "laptop", "--set", &url]);
        assert_eq!(made.code, Some(0), "{made:?}");
        let made = json_of(&made.stdout);
        let (id, secret) = (
            made["key"]["id"].as_str().unwrap(),
            made["secret"].as_str().unwrap(),
        );
        let [first, second] = worlds.each_ref().map(|world| sharing(world, &guarded));
        let ask = |council: &Server| {
            let variables = [("COUNCIL_URL", council.url.as_str()), ("COUNCIL_KEY", secret)];
            World::new().run_with(&["ask", "hi"], &variables)
        };
        for council in [&first, &second] {
            let answered = ask(council);
            assert_eq!(answered.code, Some(0), "{answered:?}");
        }
        let name = format!("anna{}", std::process::id());
        for arguments in [["user", "add", &name], ["key", "revoke", id]] {
            let told = worlds[0].run_with(&arguments, &[("COUNCIL_URL", &first.url)]);
            assert_eq!(told.code, Some(0), "{told:?}");
        }
        // For so long it may count as known at the other.
        std::thread::sleep(std::time::Duration::from_secs(1));
        for council in [&first, &second] {
            let refused = ask(council);
            assert!(refused.stderr.contains("was revoked"), "{refused:?}");
        }
        let users = worlds[1].run_with(&["user", "list"], &[("COUNCIL_URL", &second.url)]);
        assert!(users.stdout.contains(&name), "{users:?}");
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

    #[expect(clippy::disallowed_methods, reason = "the test is a client of its own server")]
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
