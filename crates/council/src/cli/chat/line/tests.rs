//! What a typed line means.

use super::{Command, Entered, parse};

#[test]
fn lines_are_commands_or_things_to_say() {
    let cases = [
        ("", Entered::Nothing),
        ("  ", Entered::Nothing),
        (" hello ", Entered::Text("hello".to_owned())),
        ("/help", Entered::Command(Command::Help)),
        ("/model", Entered::Command(Command::ListModels)),
        (
            "/model a-1.5b",
            Entered::Command(Command::Model("a-1.5b".to_owned())),
        ),
        ("/new", Entered::Command(Command::New)),
        ("/quit", Entered::Command(Command::Quit)),
        ("/hlep", Entered::Command(Command::Unknown("/hlep".to_owned()))),
        ("/etc/hosts", Entered::Text("/etc/hosts".to_owned())),
        (
            "/etc/hosts: what is it?",
            Entered::Text("/etc/hosts: what is it?".to_owned()),
        ),
    ];
    for (line, expected) in cases {
        assert_eq!(parse(line), expected, "{line:?}");
    }
}

#[test]
fn a_backslash_joins_lines_without_staying() {
    assert_eq!(
        parse("first\\\nsecond"),
        Entered::Text("first\nsecond".to_owned())
    );
}
