//! Messages as a tree.

use super::store;
use super::{page, texts, titled};
use crate::{id, said};
use council_core::conversation::naive::NaiveConversations;
use council_core::{
    Branch, ConversationChange, ConversationStore, CountFrom, MessageId, NewMessage, Place, StoreError,
};
use proptest::prelude::*;

fn at(place: Place, text: &str) -> NewMessage {
    NewMessage {
        place,
        ..said("a", text, 1)
    }
}

fn through(message: MessageId) -> ConversationChange {
    ConversationChange {
        through: Some(message),
        ..ConversationChange::default()
    }
}

async fn shown(store: &dyn ConversationStore, branch: Branch) -> Vec<String> {
    texts(
        &store
            .messages(&id("a"), branch, CountFrom::Start, page(0, 100))
            .await
            .unwrap(),
    )
}

#[tokio::test]
async fn an_answer_that_is_made_anew_stands_beside_the_old_one_and_either_can_be_shown() {
    let (store, _dir) = store().await;
    let question = store.append(at(Place::Leaf, "why?")).await.unwrap();
    let old = store.append(at(Place::Leaf, "because")).await.unwrap();
    let follow_up = store.append(at(Place::Leaf, "really?")).await.unwrap();
    let new = store
        .append(at(Place::After(question), "therefore"))
        .await
        .unwrap();
    assert_eq!(shown(&*store, Branch::Active).await, ["why?", "therefore"]);
    let read = store
        .messages(&id("a"), Branch::Active, CountFrom::Start, page(1, 1))
        .await
        .unwrap();
    assert_eq!((read[0].depth, &read[0].siblings), (2, &vec![old, new]));

    let changed = store.change(&id("a"), through(old)).await.unwrap();
    assert_eq!((changed.leaf, changed.message_count), (Some(follow_up), 3));
    assert_eq!(
        shown(&*store, Branch::Active).await,
        ["why?", "because", "really?"]
    );
    assert_eq!(shown(&*store, Branch::Through(new)).await, ["why?", "therefore"]);
    assert_eq!(shown(&*store, Branch::EndingAt(old)).await, ["why?", "because"]);
    store.append(at(Place::Leaf, "go on")).await.unwrap();
    assert_eq!(
        shown(&*store, Branch::Active).await,
        ["why?", "because", "really?", "go on"]
    );
}

#[tokio::test]
async fn a_first_question_can_be_asked_anew() {
    let (store, _dir) = store().await;
    let first = store.append(at(Place::Leaf, "why?")).await.unwrap();
    let second = store.append(at(Place::Root, "why not?")).await.unwrap();
    let read = store
        .messages(&id("a"), Branch::Active, CountFrom::Start, page(0, 9))
        .await
        .unwrap();
    assert_eq!(texts(&read), ["why not?"]);
    assert_eq!((read[0].parent, &read[0].siblings), (None, &vec![first, second]));
}

#[tokio::test]
async fn what_is_in_another_conversation_is_not_found_here() {
    let (store, _dir) = store().await;
    let elsewhere = store.append(said("b", "x", 1)).await.unwrap();
    let missing = StoreError::NotFound {
        what: "message",
        id: elsewhere.0.to_string(),
    };
    assert_eq!(
        store.append(at(Place::After(elsewhere), "y")).await,
        Err(missing.clone())
    );
    assert!(store.conversation(&id("a")).await.is_err(), "it was not made");
    store.append(at(Place::Leaf, "y")).await.unwrap();
    let change = ConversationChange {
        through: Some(elsewhere),
        ..titled("not kept")
    };
    assert_eq!(store.change(&id("a"), change).await, Err(missing.clone()));
    assert_eq!(store.conversation(&id("a")).await.unwrap().title, "");
    for branch in [Branch::EndingAt(elsewhere), Branch::Through(elsewhere)] {
        assert_eq!(
            store.recent_messages(&id("a"), branch, 1).await,
            Err(missing.clone())
        );
    }
}

#[tokio::test]
async fn a_branch_of_thousands_is_removed_with_its_conversation() {
    let (store, _dir) = store().await;
    let ledger: &dyn council_core::Ledger = &*store;
    let many = (0..3_000)
        .map(|number| at(Place::Leaf, &number.to_string()))
        .collect();
    ledger
        .settle(super::super::ledger::entry("r", 1), many)
        .await
        .unwrap();
    let last = store
        .messages(&id("a"), Branch::Active, CountFrom::End, page(1, 2))
        .await
        .unwrap();
    assert_eq!(texts(&last), ["2997", "2998"]);
    store.delete(&id("a")).await.unwrap();
    assert!(store.tree(&id("a")).await.is_err());
}

#[derive(Clone, Debug)]
enum Step {
    Append(u8, Option<usize>),
    Root(u8),
    Show(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<u8>(), prop::option::of(any::<usize>())).prop_map(|(text, at)| Step::Append(text, at)),
        1 => any::<u8>().prop_map(Step::Root),
        1 => any::<usize>().prop_map(Step::Show),
    ]
}

async fn do_step(store: &dyn ConversationStore, step: &Step, known: &mut Vec<MessageId>) {
    let place = match step {
        Step::Append(_, Some(at)) if !known.is_empty() => Place::After(known[at % known.len()]),
        Step::Append(..) => Place::Leaf,
        Step::Root(_) => Place::Root,
        Step::Show(at) => {
            if !known.is_empty() {
                store
                    .change(&id("a"), through(known[at % known.len()]))
                    .await
                    .unwrap();
            }
            return;
        }
    };
    let (Step::Append(text, _) | Step::Root(text)) = step else {
        return;
    };
    known.push(store.append(at(place, &text.to_string())).await.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn random_trees_are_those_of_the_naive_store(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (store, _dir) = runtime.block_on(store());
        let naive = NaiveConversations::default();
        runtime.block_on(async {
            let (mut real, mut simple) = (Vec::new(), Vec::new());
            for step in &steps {
                do_step(&*store, step, &mut real).await;
                do_step(&naive, step, &mut simple).await;
                assert_eq!(real, simple);
                assert_eq!(store.conversation(&id("a")).await, naive.conversation(&id("a")).await);
            }
            if real.is_empty() {
                return;
            }
            assert_eq!(store.tree(&id("a")).await, naive.tree(&id("a")).await);
            let ends = real.iter().flat_map(|end| [Branch::EndingAt(*end), Branch::Through(*end)]);
            for branch in ends.chain([Branch::Active]) {
                for from in [CountFrom::Start, CountFrom::End] {
                    for part in [page(0, 100), page(1, 2), page(3, 1), page(u64::MAX, 1)] {
                        let read = store.messages(&id("a"), branch, from, part).await;
                        assert_eq!(read, naive.messages(&id("a"), branch, from, part).await);
                    }
                }
            }
        });
    }
}
