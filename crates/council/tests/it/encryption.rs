//! An encrypted database under every command, with a server and without. Answers come from the fake.

use crate::program::{Finished, World};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const PASSPHRASE: &str = "four words of nonsense";
const MARKED: &str = "the kettle of Quince Lane is blue";

#[track_caller]
fn good(finished: Finished) -> Finished {
    assert_eq!(finished.code, Some(0), "{finished:?}");
    finished
}

#[track_caller]
fn refused(finished: &Finished, why: &str) {
    assert_eq!(finished.code, Some(64), "{finished:?}");
    assert!(finished.stderr.contains(why), "{finished:?}");
}

fn data(world: &World) -> PathBuf {
    world.path().join(".local/share/council")
}

/// The files below a directory in which a text stands.
fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let stands = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            found.extend(stands.then(|| path.display().to_string()));
        }
    }
    found
}

/// Says how the database is encrypted in the configuration file.
fn configure(world: &World, section: &str) {
    let dir = world.path().join(".config/council");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("council.toml"), format!("[encryption]\n{section}\n")).unwrap();
}

/// A world with a key file, of which the configuration knows.
fn with_key_file() -> World {
    let world = World::new();
    good(world.run(&["data", "new-key", "keys/database.key"]));
    let path = world.path().join("keys/database.key");
    configure(
        &world,
        &format!("mode = \"key_file\"\nkey_file = \"{}\"", path.display()),
    );
    world
}

fn remembers(world: &World, variables: &[(&str, &str)]) -> bool {
    let list = good(world.run_with(&["memory", "list", "--json"], variables));
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    let memories = list["data"].as_array().unwrap();
    memories.iter().any(|memory| memory["text"] == MARKED)
}

#[test]
fn with_a_key_nothing_in_the_data_directory_can_be_read_and_a_server_and_commands_beside_it_work() {
    let world = with_key_file();
    let server = world.serve(&["--scripted"]);
    let body = json!({"prompt": MARKED, "session_id": "marked"}).to_string();
    let answer = server.post("/hybrid", &body);
    assert!(answer.contains(MARKED), "{answer}");
    good(world.run_with(&["memory", "save", MARKED], &[("COUNCIL_URL", &server.url)]));
    // Beside the server, from the file; and through it.
    good(world.run(&["backup", "beside.zip"]));
    good(world.run(&["backup", "through.zip", "--url", &server.url]));
    assert_eq!(files_with(&data(&world), "Quince"), Vec::<String>::new());
    drop(server);
    assert_eq!(files_with(&data(&world), "Quince"), Vec::<String>::new());
    assert!(remembers(&world, &[]));
    for archive in ["beside.zip", "through.zip"] {
        let seen = good(world.run(&["restore", archive, "--dry-run"]));
        assert!(seen.stdout.contains("nothing was changed"), "{seen:?}");
    }
    good(world.run(&["restore", "beside.zip"]));
    assert!(remembers(&world, &[]));
    assert_eq!(files_with(&data(&world), "Quince"), Vec::<String>::new());
    // The control: the same without a key.
    let world = World::new();
    good(world.run(&["memory", "save", MARKED]));
    assert!(!files_with(&data(&world), "Quince").is_empty());
}

#[test]
fn a_database_is_encrypted_gets_another_passphrase_and_is_decrypted_again() {
    let world = World::new();
    good(world.run(&["memory", "save", MARKED]));
    refused(
        &world.run(&["data", "encrypt"]),
        "`encryption.mode` is \"off\", so that there is nothing to encrypt it with",
    );
    configure(&world, "mode = \"passphrase\"");
    let variable = [("COUNCIL_PASSPHRASE", PASSPHRASE)];
    refused(
        &world.run_with(&["memory", "list"], &variable),
        "is not encrypted, and `encryption.mode` is set; encrypt it with `council data encrypt`",
    );
    let encrypted = good(world.run_with(&["data", "encrypt"], &variable));
    assert!(
        encrypted.stdout.contains("encrypted with a passphrase")
            && encrypted.stderr.contains("keep a copy of it somewhere else"),
        "{encrypted:?}"
    );
    assert_eq!(files_with(&data(&world), "Quince"), Vec::<String>::new());
    refused(
        &world.run_with(&["data", "encrypt"], &variable),
        "is encrypted already; `council data rekey` changes its key",
    );
    assert!(remembers(&world, &variable));
    refused(
        &world.run(&["memory", "list"]),
        "set COUNCIL_PASSPHRASE or `encryption.passphrase_file`, or start on a terminal",
    );
    refused(
        &world.run_with(
            &["memory", "list"],
            &[("COUNCIL_PASSPHRASE", "four other words here")],
        ),
        "cannot be opened with this key",
    );
    // Another passphrase, and the old one is worth nothing any more.
    let new = world.path().join("new-passphrase");
    std::fs::write(&new, "quite another passphrase\n").unwrap();
    private(&new);
    let rekeyed = good(world.run_with(
        &["data", "rekey", "--new-passphrase-file", "new-passphrase"],
        &variable,
    ));
    assert!(
        rekeyed
            .stdout
            .contains("`encryption.passphrase_file` to new-passphrase"),
        "{rekeyed:?}"
    );
    refused(
        &world.run_with(&["memory", "list"], &variable),
        "cannot be opened with this key",
    );
    configure(
        &world,
        &format!("mode = \"passphrase\"\npassphrase_file = \"{}\"", new.display()),
    );
    assert!(remembers(&world, &[]));
    good(world.run(&["data", "decrypt"]));
    assert!(!files_with(&data(&world), "Quince").is_empty());
    configure(&world, "mode = \"off\"");
    assert!(remembers(&world, &[]));
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn copies_of_before_are_named_and_removed_where_that_is_wished() {
    let world = World::new();
    good(world.run(&["memory", "save", MARKED]));
    good(world.run(&["backup", "one.zip"]));
    good(world.run(&["restore", "one.zip"]));
    good(world.run(&["data", "new-key", "database.key"]));
    configure(
        &world,
        &format!(
            "mode = \"key_file\"\nkey_file = \"{}\"",
            world.path().join("database.key").display()
        ),
    );
    let encrypted = good(world.run(&["data", "encrypt"]));
    assert!(
        encrypted
            .stderr
            .contains("can still be read by anybody who has them")
            && encrypted.stderr.contains("before-restore-"),
        "{encrypted:?}"
    );
    assert_eq!(files_with(&data(&world), "Quince").len(), 1);
    let status: Value = serde_json::from_str(&good(world.run(&["data", "status", "--json"])).stdout).unwrap();
    assert_eq!(
        (
            &status["encrypted"],
            status["plain_copies"].as_array().unwrap().len()
        ),
        (&json!(true), 1)
    );
    let doctor = world.run(&["doctor", "--json"]).stdout;
    let doctor: Value = serde_json::from_str(&doctor).unwrap();
    let checks = doctor["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "encryption").unwrap();
    assert_eq!(check["status"], "warn", "{check}");
    // Back, and again with the flag.
    good(world.run(&["data", "decrypt"]));
    let encrypted = good(world.run(&["data", "encrypt", "--remove-copies"]));
    assert!(encrypted.stdout.contains("removed "), "{encrypted:?}");
    assert_eq!(files_with(&data(&world), "Quince"), Vec::<String>::new());
}

#[test]
fn a_backup_is_encrypted_unless_it_is_to_be_plain_and_goes_back_where_its_key_is() {
    let world = with_key_file();
    good(world.run(&["memory", "save", MARKED]));
    good(world.run(&["backup", "locked.zip"]));
    good(world.run(&["backup", "open.zip", "--plain"]));
    good(world.run(&["export", "life"]));
    assert!(!files_with(&world.path().join("life"), "Quince").is_empty());
    // A machine without the key takes the one and not the other.
    let other = World::new();
    for name in ["locked.zip", "open.zip"] {
        std::fs::copy(world.path().join(name), other.path().join(name)).unwrap();
    }
    refused(
        &other.run(&["restore", "locked.zip"]),
        "is encrypted, or no database, and no key",
    );
    good(other.run(&["restore", "open.zip"]));
    assert!(remembers(&other, &[]));
    // One with the same key takes both, and what was open is encrypted afterwards.
    let third = World::new();
    let key = world.path().join("keys/database.key");
    configure(
        &third,
        &format!("mode = \"key_file\"\nkey_file = \"{}\"", key.display()),
    );
    for name in ["locked.zip", "open.zip"] {
        std::fs::copy(world.path().join(name), third.path().join(name)).unwrap();
        good(third.run(&["restore", name]));
        assert!(remembers(&third, &[]));
        assert_eq!(
            files_with(&data(&third), "Quince"),
            Vec::<String>::new(),
            "{name}"
        );
    }
    let added = good(third.run(&["import", world.path().join("life").to_str().unwrap()]));
    assert!(added.stdout.contains("rows added to"), "{added:?}");
    assert_eq!(files_with(&data(&third), "Quince"), Vec::<String>::new());
}

#[test]
fn a_conversion_while_a_server_runs_is_refused_with_its_process() {
    let world = with_key_file();
    let server = world.serve(&["--scripted"]);
    let refused = world.run(&["data", "decrypt"]);
    assert_eq!(refused.code, Some(69), "{refused:?}");
    assert!(refused.stderr.contains("is in use by process"), "{refused:?}");
    drop(server);
    good(world.run(&["data", "decrypt"]));
}
