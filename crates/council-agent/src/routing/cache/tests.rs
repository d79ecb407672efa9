//! What counts as the same question.

use super::{AnswerCache, CachedAnswer, Found, Matching};
use council_core::{Embedding, SkillKind};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

fn answer(text: &str) -> CachedAnswer {
    CachedAnswer {
        text: text.to_owned(),
        answered_by: "small".to_owned(),
        skill: SkillKind::Chat,
        confidence: 0.95,
        calibrated: true,
        proofs: vec![],
        verified: false,
    }
}

/// A unit vector at this angle.
fn at(angle: f32) -> Embedding {
    Embedding(vec![angle.cos(), angle.sin()])
}

fn text(found: Option<(CachedAnswer, Found)>) -> Option<(String, Found)> {
    found.map(|(answer, found)| (answer.text, found))
}

#[tokio::test]
async fn the_same_words_get_the_same_answer_whatever_the_spaces_and_the_mark_at_the_end() {
    let cache = AnswerCache::new(Matching::Exact, 8, HOUR);
    let context = cache.context(&["ada", ""]);
    cache.keep(context, "Why is  the sky blue?", None, answer("air"));
    let found = cache.find(context, " Why is the sky blue ", None, false);
    assert_eq!(text(found), Some(("air".to_owned(), Found::Exact)));
    assert_eq!(cache.find(context, "Why is the sky red?", None, false), None);
}

#[tokio::test]
async fn another_context_never_sees_it() {
    let cache = AnswerCache::new(Matching::Semantic, 8, HOUR);
    let (ada, bob) = (cache.context(&["ada", "c1"]), cache.context(&["bob", "c1"]));
    cache.keep(ada, "Who am I?", Some(at(0.0)), answer("Ada"));
    assert_eq!(cache.find(bob, "Who am I?", Some(&at(0.0)), false), None);
    // Parts are not run together.
    assert_ne!(cache.context(&["ab", "c"]), cache.context(&["a", "bc"]));
}

#[tokio::test]
async fn the_same_meaning_counts_where_every_telling_word_is_the_same() {
    let cache = AnswerCache::new(Matching::Semantic, 8, HOUR);
    let context = cache.context(&[]);
    cache.keep(context, "How many legs has a spider?", Some(at(0.0)), answer("8"));
    let near = at(0.1);
    let asked = |question: &str| text(cache.find(context, question, Some(&near), false));
    let eight = Some(("8".to_owned(), Found::Semantic));
    assert_eq!(asked("how many legs does a spider have"), eight);
    for other in [
        "how many legs does a spider not have",
        "how many legs do 2 spiders have",
        "how many legs does Spiderman have",
        "how many legs hasn't a spider",
        "how many legs has a \"spider\"",
    ] {
        assert_eq!(asked(other), None, "{other}");
    }
    let far = at(0.5);
    assert_eq!(
        cache.find(context, "how many legs does a spider have", Some(&far), false),
        None
    );
}

#[tokio::test]
async fn what_a_model_merely_said_is_not_for_those_who_want_it_fresh() {
    let cache = AnswerCache::new(Matching::Exact, 8, HOUR);
    let context = cache.context(&[]);
    cache.keep(context, "q", None, answer("a"));
    assert_eq!(cache.find(context, "q", None, true), None);
    let verified = CachedAnswer {
        verified: true,
        ..answer("b")
    };
    cache.keep(context, "q", None, verified);
    assert_eq!(
        text(cache.find(context, "q", None, true)),
        Some(("b".to_owned(), Found::Exact))
    );
}

#[tokio::test(start_paused = true)]
async fn answers_grow_old_and_the_longest_unused_makes_room() {
    let cache = AnswerCache::new(Matching::Exact, 2, HOUR);
    let context = cache.context(&[]);
    for question in ["one", "two"] {
        cache.keep(context, question, None, answer(question));
    }
    assert!(cache.find(context, "one", None, false).is_some());
    cache.keep(context, "three", None, answer("three"));
    assert!(cache.find(context, "one", None, false).is_some());
    assert!(cache.find(context, "two", None, false).is_none());
    tokio::time::advance(HOUR).await;
    assert!(cache.find(context, "one", None, false).is_none());
}

#[tokio::test]
async fn switched_off_it_keeps_and_finds_nothing() {
    let cache = AnswerCache::new(Matching::Off, 8, HOUR);
    let context = cache.context(&[]);
    cache.keep(context, "q", None, answer("a"));
    assert!(cache.find(context, "q", None, false).is_none());
}
