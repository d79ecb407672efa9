//! Names in texts as people write them.

use super::*;

fn speakers(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn without(text: &str) -> String {
    without_names(text, &speakers(&["Nate", "Joanna", "Ada Lovelace", "Will", "J"]))
}

#[test]
fn a_name_goes_with_its_possessive_ending_and_its_comma() {
    assert_eq!(without("What is Nate's favorite game?"), "What is favorite game?");
    assert_eq!(without("Hey Nate, what's up?"), "Hey , what's up?");
    assert_eq!(without("Nate, you won!"), "you won!");
    assert_eq!(without("Joanna\u{2019}s dog and NATE"), "dog and");
    assert_eq!(without("I saw it, Joanna."), "I saw it, .");
}

#[test]
fn only_whole_words_are_names() {
    assert_eq!(without("a renate is no nates"), "a renate is no nates");
    assert_eq!(named_speakers("the innate", &speakers(&["Nate"])), speakers(&[]));
}

#[test]
fn a_whole_name_goes_as_one_and_its_first_word_names_it_too() {
    assert_eq!(without("Did Ada Lovelace write? Did ada?"), "Did write? Did ?");
    assert_eq!(without("Lovelace wrote"), "Lovelace wrote");
    let names = speakers(&["Ada Lovelace", "Grace Hopper"]);
    assert_eq!(
        named_speakers("what did ADA say", &names),
        speakers(&["Ada Lovelace"])
    );
}

#[test]
fn a_name_that_is_a_word_needs_its_capital() {
    assert_eq!(without("will Will come?"), "will come?");
    assert_eq!(
        named_speakers("when will it rain", &speakers(&["Will"])),
        speakers(&[])
    );
    assert_eq!(
        named_speakers("when does Will come", &speakers(&["Will"])),
        speakers(&["Will"])
    );
}

#[test]
fn a_text_of_nothing_but_names_stays() {
    assert_eq!(without(" Nate! "), "Nate!");
    assert_eq!(without(""), "");
}

#[test]
fn speakers_are_named_in_their_own_order_and_spelling() {
    let names = speakers(&["Nate", "Joanna", "Zoë", ""]);
    assert_eq!(
        named_speakers("is joanna's gift from nate or ZOË?", &names),
        speakers(&["Nate", "Joanna", "Zoë"])
    );
}

#[test]
fn a_text_without_names_keeps_its_words() {
    assert_eq!(without("  It's  fine , really "), "It's fine , really");
    assert_eq!(without_names("Straße & 漢字", &[]), "Straße & 漢字");
}

#[test]
fn the_context_is_the_turn_before_and_the_own() {
    assert_eq!(with_previous_turn(None, "b"), "b");
    assert_eq!(with_previous_turn(Some("a"), "b"), "a\nb");
}
