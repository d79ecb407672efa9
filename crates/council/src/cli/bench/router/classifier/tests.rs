//! The held-out queries, and what counts as recognised.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Mistake, OfKind, Query, Recognised, held_out};
use council_agent::classify::Classifier;
use council_agent::routing::QuestionKinds as _;
use council_core::SkillKind;

#[test]
fn mistakes_are_named_and_counted_by_what_the_query_is() {
    let query = |text: &str, kind| Query {
        text: text.to_owned(),
        kind,
    };
    let (sum, talk) = (query("1 + 1", SkillKind::Math), query("hi", SkillKind::Chat));
    let found = Recognised::of([
        (&sum, SkillKind::Math),
        (&sum, SkillKind::Logic),
        (&talk, SkillKind::Chat),
        (&talk, SkillKind::Chat),
    ]);
    assert_eq!(
        found,
        Recognised {
            queries: 4,
            right: 3,
            accuracy: 0.75,
            by_kind: [
                (SkillKind::Chat, OfKind { queries: 2, right: 2 }),
                (SkillKind::Math, OfKind { queries: 2, right: 1 }),
            ]
            .into(),
            mistakes: vec![Mistake {
                text: "1 + 1".to_owned(),
                kind: SkillKind::Math,
                taken_for: SkillKind::Logic,
            }],
        }
    );
}

#[test]
fn the_held_out_queries_are_of_all_kinds_and_are_recognised_by_their_words() {
    let queries = held_out().map_err(|error| error.message).unwrap();
    let classifier = Classifier::bundled().unwrap();
    let pairs = queries
        .iter()
        .map(|query| (query, classifier.kinds(&query.text, None).likeliest()));
    let found = Recognised::of(pairs);
    assert_eq!(found.by_kind.len(), SkillKind::ALL.len());
    assert!(found.queries >= 250 && found.accuracy >= 0.95, "{found:?}");
}
