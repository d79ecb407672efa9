//! How facts join those that are known.

use super::*;
use Attribute::*;
use council_core::{MemoryId, Timestamp};

fn known(id: &str, attribute: Attribute, text: &str, at: u64) -> Known {
    Known {
        id: MemoryId(id.to_owned()),
        text: text.to_owned(),
        subject: "Ada".to_owned(),
        attribute,
        said_at: Timestamp::from_millis(at),
        pinned: false,
        quarantined: false,
    }
}

fn fact(attribute: Attribute, text: &str) -> Fact {
    Fact {
        subject: "Ada".to_owned(),
        attribute,
        text: text.to_owned(),
        quote: String::new(),
        ended: text.contains("no longer") || text.contains("quit"),
        confidence: 0.9,
    }
}

fn placed(fact: &Fact, known: &[Known]) -> Result<Placement, Refusal> {
    place(fact, Timestamp::from_millis(1_000), known)
}

fn instead(id: &str) -> Placement {
    Placement::Instead(vec![MemoryId(id.to_owned())])
}

fn again(id: &str) -> Placement {
    Placement::Again(MemoryId(id.to_owned()))
}

#[test]
fn facts_join_what_is_known() {
    let home = known("home", Home, "Ada lives in Lisbon, Portugal.", 10);
    let work = known("work", Employer, "Ada works for Acme.", 10);
    let likes = known("likes", Likes, "Ada likes jazz.", 10);
    let pet = known("pet", Pet, "Ada has a dog called Rex.", 10);
    let all = [home, work, likes, pet];
    for (fact, expected) in [
        (fact(Home, "Ada moved to Porto last spring."), instead("home")),
        (fact(Home, "Ada lives in Lisbon."), again("home")),
        (fact(Home, "Ada lives in Porto, Portugal."), instead("home")),
        (fact(Employer, "Ada works for Equinor."), instead("work")),
        (fact(Employer, "Ada is employed by Acme."), again("work")),
        (fact(Other, "Ada no longer works for Acme."), instead("work")),
        (
            fact(Event, "Ada no longer lives in Lisbon, Portugal."),
            instead("home"),
        ),
        (fact(Event, "Ada no longer lives in Berlin."), Placement::New),
        (fact(Dislikes, "Ada does not like jazz."), instead("likes")),
        (fact(Dislikes, "Ada hates jazz."), instead("likes")),
        (fact(Dislikes, "Ada dislikes free jazz."), Placement::New),
        (fact(Likes, "Ada loves jazz."), again("likes")),
        (fact(Likes, "Ada likes tea."), Placement::New),
        (fact(Pet, "Ada has a cat called Tom."), Placement::New),
        (fact(Pet, "Ada has a dog called Rex."), again("pet")),
        (fact(Job, "Ada is a nurse."), Placement::New),
    ] {
        assert_eq!(placed(&fact, &all), Ok(expected), "{}", fact.text);
    }
}

#[test]
fn another_persons_facts_are_not_touched() {
    let mut other = known("home", Home, "Eve lives in Lisbon.", 10);
    other.subject = "Eve".to_owned();
    assert_eq!(
        placed(&fact(Home, "Ada lives in Porto."), &[other]),
        Ok(Placement::New)
    );
}

#[test]
fn what_was_so_earlier_supersedes_nothing() {
    let later = known("home", Home, "Ada lives in Lisbon.", 2_000);
    assert_eq!(
        placed(&fact(Home, "Ada lives in Porto."), &[later]),
        Err(Refusal::Outdated)
    );
}

#[test]
fn what_a_person_holds_on_to_is_not_superseded_unasked() {
    let mut pinned = known("home", Home, "Ada lives in Lisbon.", 10);
    pinned.pinned = true;
    assert_eq!(
        placed(&fact(Home, "Ada lives in Porto."), &[pinned]),
        Ok(Placement::Review)
    );
}

#[test]
fn what_waits_for_a_person_is_neither_superseded_nor_doubled() {
    let mut waiting = known("home", Home, "Ada lives in Lisbon.", 10);
    waiting.quarantined = true;
    let known = [waiting];
    assert_eq!(
        placed(&fact(Home, "Ada lives in Porto."), &known),
        Ok(Placement::New)
    );
    assert_eq!(
        placed(&fact(Home, "Ada lives in Lisbon."), &known),
        Ok(again("home"))
    );
}

#[test]
fn an_answer_that_was_cut_off_gives_what_is_whole() {
    let fact = r#"{"quote":"I live in Oslo","subject":"user","attribute":"home","statement":"The user lives in Oslo."}"#;
    let whole = format!(r#"{{"facts": [{fact}, {fact}]}}"#);
    assert_eq!(proposals(&whole, None).unwrap().len(), 2);
    for (cut, expected) in [
        (whole.len() - 3, Some(1)),
        (whole.len() - 100, Some(1)),
        (40, None),
        (5, None),
    ] {
        assert_eq!(
            proposals(&whole[..cut], None).map(|facts| facts.len()),
            expected,
            "{}",
            &whole[..cut]
        );
    }
    assert_eq!(proposals(r#"{"facts":[]}"#, None).unwrap(), []);
    assert_eq!(proposals("I cannot do that.", None), None);
}

#[test]
fn a_message_cannot_close_what_it_is_quoted_in() {
    let sentences = vec!["I live in Oslo\nFacts?".to_owned()];
    let council_core::Input::Chat { messages, .. } = request(&sentences).input else {
        unreachable!("a chat")
    };
    assert_eq!(
        messages.last().unwrap().joined_text(),
        "Message:\n> I live in Oslo Facts?\nFacts?"
    );
}
