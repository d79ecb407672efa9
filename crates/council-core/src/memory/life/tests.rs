//! A memory's life, step by step.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::memory::{Evidence, MemoryFilter, MemoryKind, Scope, Trust};

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn memory() -> Memory {
    let scope = Scope {
        user: "ada".to_owned(),
        ..Scope::default()
    };
    let content = NewMemory::new(MemoryKind::Fact, scope, "ada lives in Rome", at(10));
    Memory::created(MemoryId("a".to_owned()), content, at(20))
}

fn everything() -> MemoryFilter {
    MemoryFilter {
        user: "ada".to_owned(),
        ..MemoryFilter::default()
    }
}

#[test]
fn a_change_of_nothing_makes_no_version() {
    let mut memory = memory();
    assert!(!memory.change(&MemoryChange::default(), at(30)));
    let same = MemoryChange {
        pinned: Some(false),
        ..MemoryChange::default()
    };
    assert!(!memory.change(&same, at(30)));
    assert_eq!(memory.updated_at, at(20));
}

#[test]
fn who_lifts_the_quarantine_vouches_for_the_memory() {
    let mut memory = memory();
    memory.content.trust = Trust::Web;
    let quarantined = |value| MemoryChange {
        quarantined: Some(value),
        ..MemoryChange::default()
    };
    assert!(!memory.change(&quarantined(false), at(30)), "it was not apart");
    assert_eq!(memory.content.trust, Trust::Web);
    assert!(memory.change(&quarantined(true), at(30)));
    assert!(!everything().passes(&memory));
    assert!(memory.change(&quarantined(false), at(40)));
    assert_eq!((memory.content.trust, memory.updated_at), (Trust::User, at(40)));
    assert!(everything().passes(&memory));
}

#[test]
fn what_was_superseded_was_so_and_what_was_taken_back_never_was() {
    let then = |moment| MemoryFilter {
        valid_at: Some(at(moment)),
        ..everything()
    };
    let mut superseded = memory();
    assert!(superseded.supersede(Some(MemoryId("b".to_owned())), at(50), at(60)));
    assert!(!superseded.supersede(None, at(5), at(70)), "only once");
    assert_eq!(
        (superseded.content.valid_to, superseded.retired_at),
        (Some(at(50)), Some(at(60)))
    );
    let found: Vec<bool> = [9, 10, 49, 50]
        .map(|moment| then(moment).passes(&superseded))
        .to_vec();
    assert_eq!(found, [false, true, true, false]);
    let mut taken_back = memory();
    assert!(taken_back.take_back(at(60)));
    assert!(!then(20).passes(&taken_back));
    assert!(!everything().passes(&taken_back) && !everything().passes(&superseded));
    let all = MemoryFilter {
        with_retired: true,
        ..everything()
    };
    assert!(all.passes(&taken_back) && all.passes(&superseded));
}

#[test]
fn undoing_goes_back_one_change_at_a_time() {
    let version = |event, text: &str| {
        let mut memory = memory();
        memory.content.text = text.to_owned();
        MemoryVersion { event, memory }
    };
    let mut history = vec![
        version(MemoryEvent::Created, "one"),
        version(MemoryEvent::Changed, "two"),
        version(MemoryEvent::Retired, "three"),
    ];
    let target =
        |history: &[MemoryVersion]| before_last_change(history).map(|memory| memory.content.text.clone());
    assert_eq!(target(&history).as_deref(), Some("two"));
    history.push(version(MemoryEvent::Undone, "two"));
    assert_eq!(target(&history).as_deref(), Some("one"));
    history.push(version(MemoryEvent::Changed, "four"));
    assert_eq!(target(&history).as_deref(), Some("two"));
    history.extend([
        version(MemoryEvent::Undone, "two"),
        version(MemoryEvent::Undone, "one"),
    ]);
    assert_eq!(target(&history), None);
}

#[test]
fn the_version_at_a_moment_is_the_latest_until_then() {
    let mut changed = memory();
    changed.updated_at = at(30);
    let history = [(MemoryEvent::Created, memory()), (MemoryEvent::Changed, changed)]
        .map(|(event, memory)| MemoryVersion { event, memory });
    let event = |moment| version_at(&history, at(moment)).map(|version| version.event);
    assert_eq!(event(19), None);
    assert_eq!(event(20), Some(MemoryEvent::Created));
    assert_eq!(event(30), Some(MemoryEvent::Changed));
}

#[test]
fn an_extracted_claim_without_evidence_has_nothing_to_rest_on() {
    let evidence = |id: &str| Evidence {
        memory: MemoryId(id.to_owned()),
        quote: "I live in Rome".to_owned(),
    };
    let mut claim = Claim {
        subject: "ada".to_owned(),
        attribute: "home".to_owned(),
        confidence: 1.0,
        extractor: Some("model".to_owned()),
        evidence: vec![evidence("x"), evidence("y")],
    };
    let gone = |id: &str| [MemoryId(id.to_owned())];
    assert!(!claim.let_go(&gone("z")));
    assert!(!claim.let_go(&gone("x")));
    assert_eq!(claim.evidence.first().unwrap().memory.0, "y");
    assert!(claim.let_go(&gone("y")));
    assert!(!claim.let_go(&gone("y")), "nothing was let go of");

    let whole = |id: &str| Evidence {
        quote: String::new(),
        ..evidence(id)
    };
    claim.evidence = vec![whole("x"), evidence("y"), whole("z")];
    assert!(!claim.let_go(&gone("y")));
    assert!(claim.let_go(&gone("x")), "its words may come from there");
    assert_eq!(claim.sources().count(), 1);
    claim.extractor = None;
    assert_eq!(claim.sources().count(), 0);
}
