//! `council key` and `council user`, with a server and without.

use crate::program::{Finished, World};
use serde_json::Value;

#[track_caller]
fn good(finished: Finished) -> Finished {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished
}

#[track_caller]
fn secret(finished: Finished) -> String {
    let printed = good(finished).stdout;
    let secret = printed.trim().to_owned();
    assert!(
        secret.starts_with("cnc_") && !secret.contains(char::is_whitespace),
        "{printed}"
    );
    secret
}

#[test]
fn keys_and_users_are_made_listed_and_taken_back_without_a_server() {
    let world = World::new();
    let added = good(world.run(&["user", "add", "anna"])).stdout;
    assert!(added.starts_with("added anna"), "{added}");
    let key = world.run(&[
        "key",
        "add",
        "phone",
        "--user",
        "anna",
        "--scope",
        "chat",
        "--expires",
        "90d",
    ]);
    let key = secret(key);
    let id = key.split('_').nth(1).unwrap();
    let listed = good(world.run(&["key", "list"])).stdout;
    let row = listed.lines().nth(1).unwrap();
    assert!(
        row.contains(id) && row.contains("phone") && row.contains("anna"),
        "{listed}"
    );
    assert!(!listed.contains(key.rsplit('_').next().unwrap()), "{listed}");
    let users: Value = serde_json::from_str(&good(world.run(&["user", "list", "--json"])).stdout).unwrap();
    assert_eq!(
        (&users[0]["name"], &users[1]["active_keys"]),
        (&"local".into(), &1.into())
    );
    let revoked = good(world.run(&["key", "revoke", id])).stdout;
    assert_eq!(revoked, format!("revoked {id} (phone)\n"));
    assert!(good(world.run(&["key", "list"])).stdout.contains("revoked"));
    let undecided = world.run(&["user", "remove", "anna"]);
    assert_eq!(undecided.code, Some(64), "{undecided:?}");
    assert!(
        undecided.stderr.contains("--keep-data or --delete-data"),
        "{undecided:?}"
    );
    good(world.run(&["user", "remove", "anna", "--keep-data"]));
    assert_eq!(
        world.run(&["user", "remove", "anna", "--keep-data"]).code,
        Some(69)
    );
    // One who was removed with data kept can be removed for good.
    good(world.run(&["user", "remove", "anna", "--delete-data"]));
    assert_eq!(
        world.run(&["user", "remove", "anna", "--delete-data"]).code,
        Some(69)
    );
    let wrong = world.run(&["key", "add", "x", "--scope", "root"]);
    assert_eq!(wrong.code, Some(64), "{wrong:?}");
    assert!(wrong.stderr.contains("chat, memory, execute, admin"), "{wrong:?}");
}

#[test]
fn a_server_that_wants_keys_lets_in_its_own_command_line_and_whoever_has_one() {
    let world = World::new();
    let server = world.serve(&["--scripted", "--set", "server.require_key=true"]);
    let url = ("COUNCIL_URL", server.url.as_str());
    let key = secret(world.run_with(&["key", "add", "laptop"], &[url]));
    let id = key.split('_').nth(1).unwrap();
    // Another home has no key of the server's.
    let other = World::new();
    let refused = other.run_with(&["ask", "hi"], &[url]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("needs a key"), "{refused:?}");
    let answered = other.run_with(&["ask", "hi"], &[url, ("COUNCIL_KEY", &key)]);
    assert!(!good(answered).stdout.is_empty());
    let refused = other.run_with(&["key", "list"], &[url, ("COUNCIL_KEY", &key)]);
    assert!(refused.stderr.contains("scope `admin`"), "{refused:?}");
    good(world.run_with(&["key", "revoke", id], &[url]));
    let refused = other.run_with(&["ask", "hi"], &[url, ("COUNCIL_KEY", &key)]);
    assert!(refused.stderr.contains("was revoked"), "{refused:?}");
}
