//! Where the key of the database comes from.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::config::{Config, Flag};

const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The key of a configuration of these keys and values.
fn of(pairs: &[(&str, &str)], variables: &[(&str, &str)]) -> DatabaseKey {
    let flags: Vec<Flag> = pairs
        .iter()
        .map(|(key, value)| Flag {
            flag: "--set".to_owned(),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        })
        .collect();
    let variables = [variables, &[("HOME", "/nowhere")]].concat();
    let environment = Environment::from_pairs(&variables);
    Config::load(None, &environment, &flags).unwrap().database_key
}

fn file(text: &str, mode: u32) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    let name = path.to_str().unwrap().to_owned();
    (dir, name)
}

fn problem(key: &DatabaseKey) -> String {
    key.get().unwrap_err().to_string()
}

#[test]
fn without_a_mode_there_is_no_key_whatever_else_is_set() {
    let key = of(
        &[("encryption.key_file", "/nowhere")],
        &[(VARIABLE, "a passphrase of some words")],
    );
    assert!(!key.is_on());
    assert!(key.get().unwrap().is_none());
}

#[test]
fn a_key_comes_from_its_file_if_that_is_its_owners_alone() {
    let (_dir, path) = file(&format!("{DIGITS}\n"), 0o600);
    let mode = ("encryption.mode", "key_file");
    let key = of(&[mode, ("encryption.key_file", &path)], &[]);
    assert!(!key.get().unwrap().unwrap().is_passphrase());
    assert_eq!((key.mode(), key.describe()), ("key_file", "a key in a file"));
    let (_dir, open) = file(DIGITS, 0o640);
    let open = problem(&of(&[mode, ("encryption.key_file", &open)], &[]));
    assert!(
        open.contains("`encryption.key_file`") && open.contains("chmod 600"),
        "{open}"
    );
    let (_dir, short) = file("0123", 0o600);
    let short = problem(&of(&[mode, ("encryption.key_file", &short)], &[]));
    assert!(
        short.contains("what is in it is no key: 64 hexadecimal digits"),
        "{short}"
    );
    let missing = problem(&of(&[mode, ("encryption.key_file", "/nowhere/key")], &[]));
    assert!(
        missing.contains("`encryption.key_file` cannot be `/nowhere/key`; accepted: a file that can be read"),
        "{missing}"
    );
    let unnamed = problem(&of(&[mode], &[]));
    assert!(unnamed.contains("council data new-key"), "{unnamed}");
}

#[test]
fn a_key_may_be_a_credential_of_systemds_which_a_group_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let given = dir.path().join("secrets_database");
    std::fs::write(&given, DIGITS).unwrap();
    std::fs::set_permissions(&given, std::fs::Permissions::from_mode(0o440)).unwrap();
    let key = of(
        &[
            ("encryption.mode", "key_file"),
            ("encryption.key_file", "/etc/council/secrets/database"),
        ],
        &[("CREDENTIALS_DIRECTORY", dir.path().to_str().unwrap())],
    );
    assert!(key.get().unwrap().is_some());
}

#[test]
fn a_passphrase_comes_from_the_variable_or_a_file_and_else_a_person_is_needed() {
    let mode = ("encryption.mode", "passphrase");
    let key = of(&[mode], &[(VARIABLE, "a passphrase of some words")]);
    assert!(key.get().unwrap().unwrap().is_passphrase());
    assert!(!format!("{key:?}").contains("some words"), "it is not printed");
    let (_dir, path) = file("a passphrase of some words\n", 0o600);
    let key = of(&[mode, ("encryption.passphrase_file", &path)], &[]);
    assert!(key.get().unwrap().unwrap().is_passphrase());
    let short = problem(&of(&[mode], &[(VARIABLE, "short")]));
    assert!(
        short.contains("COUNCIL_PASSPHRASE is too short for a passphrase: at least 12"),
        "{short}"
    );
}
