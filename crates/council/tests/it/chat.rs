//! `council chat`, with what a person would type piped in.

use crate::program::World;

#[test]
fn a_conversation_is_answered_line_by_line_until_the_input_ends() {
    let ended = World::new().run_with_input(&["chat", "--scripted"], b"first words\nsecond words\n");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("first words"), "{ended:?}");
    assert!(ended.stdout.contains("second words"), "{ended:?}");
}

#[test]
fn commands_are_not_asked() {
    let ended = World::new().run_with_input(
        &["chat", "--scripted"],
        b"/model nobody\n/hlep\n/quit\nnever asked\n",
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stderr.contains("`nobody` is not installed"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("`/hlep` is no command"), "{}", ended.stderr);
    assert!(!ended.stdout.contains("never asked"), "{}", ended.stdout);
}

#[test]
fn a_server_answers_as_well() {
    let world = World::new();
    let server = world.serve(&["--scripted"]);
    let ended = world.run_with_input(&["chat", "--url", &server.url], b"hello there\n");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("hello there"), "{ended:?}");
}
