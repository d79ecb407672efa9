//! What is forgotten is in no file any more.

use super::*;
use proptest::prelude::*;

/// Every file of a directory that contains the text, in any of its parts.
fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        names.extend(found.then(|| entry.file_name().to_string_lossy().into_owned()));
    }
    names
}

/// A word that occurs nowhere else; long texts repeat it, so that every page of theirs holds it.
fn mark(number: usize) -> String {
    format!("mark{number:06}x")
}

fn marked(number: usize, words: usize) -> String {
    vec![mark(number); words.max(1)].join(" ")
}

#[tokio::test]
async fn a_forgotten_text_is_in_no_file() {
    let (memories, dir) = memories().await;
    let mut ids = Vec::new();
    for number in 0..40 {
        // Short ones, ones of about a page, and ones of many pages.
        let words = [1, 20, 250, 4_000][number % 4];
        let memory = turn("Nate", &marked(number, words), number as u64);
        ids.extend(
            memories
                .insert(vec![(memory, both(toward(&[1.0])))])
                .await
                .unwrap(),
        );
    }
    assert!(!files_with(dir.path(), &mark(7)).is_empty());
    let gone = (0..40).filter(|number| number % 3 != 0);
    let gone_ids: Vec<MemoryId> = gone.clone().map(|number| ids[number].clone()).collect();
    assert_eq!(memories.forget("ada", gone_ids.clone()).await, Ok(gone_ids));
    for number in gone {
        assert_eq!(
            files_with(dir.path(), &mark(number)),
            Vec::<String>::new(),
            "{}",
            mark(number)
        );
        assert!(memories.memory("ada", &ids[number]).await.is_err());
    }
    assert!(!files_with(dir.path(), &mark(3)).is_empty());
    assert_eq!(memories.stats().await.unwrap().memories, 14);
}

#[tokio::test]
async fn what_many_forgotten_memories_took_is_given_back() {
    let (memories, dir) = memories().await;
    let text = |number: usize| marked(number, 100);
    let items = (0..1_300)
        .map(|number| (note("ada", &text(number)), both(toward(&[1.0]))))
        .collect();
    let mut ids = memories.insert(items).await.unwrap();
    let size = || std::fs::metadata(dir.path().join("council.db")).unwrap().len();
    let kept = ids.split_off(1_000);
    memories.forget("ada", ids).await.unwrap();
    let with_blanks = size();
    memories.forget("ada", kept[..100].to_vec()).await.unwrap();
    assert!(size() < with_blanks / 3, "{} of {with_blanks}", size());
    for number in (0..1_100).step_by(99) {
        assert_eq!(files_with(dir.path(), &mark(number)), Vec::<String>::new());
    }
    assert_eq!(
        memories.memory("ada", &kept[100]).await.unwrap().content.text,
        text(1_100)
    );
    drop(memories);
    let memories = open(dir.path()).await;
    assert_eq!(memories.stats().await.unwrap().memories, 200);
    assert_eq!(
        texts(&memories.nearest(toward(&[1.0]), of("ada"), 0.0, 1).await.unwrap()),
        [text(1_299)]
    );
}

#[tokio::test]
async fn the_context_of_the_next_turn_forgets_too() {
    let (memories, dir) = memories().await;
    let secret = toward(&[0.0, 1.0]);
    let ids = memories
        .insert(vec![
            (turn("Nate", "the secret", 10), both(secret.clone())),
            (
                turn("Nate", "yes", 20),
                Some(MemoryVectors {
                    own: toward(&[1.0]),
                    context: secret.clone(),
                }),
            ),
            (turn("Nate", "no", 30), both(toward(&[0.0, 0.0, 1.0]))),
        ])
        .await
        .unwrap();
    memories.forget("ada", vec![ids[0].clone()]).await.unwrap();
    let mut asked = query("ada", "", secret);
    asked.weights = RecallWeights {
        own: 0.0,
        context: 1.0,
        lexical: 0.0,
        neighbours: [0.0; 3],
        speaker: 0.0,
        told: 0.0,
        time: 0.0,
        recency: 0.0,
        pinned: 0.0,
    };
    for memories in [memories, { open_again(&dir).await }] {
        let hits = memories.recall(asked.clone()).await.unwrap();
        assert_eq!(hits.len(), 2);
        assert!(hits.iter().all(|hit| hit.score.abs() < 1e-6), "{hits:?}");
    }
}

#[tokio::test]
async fn histories_quotes_and_what_rests_on_forgotten_words_alone_are_in_no_file() {
    let (memories, dir) = memories().await;
    let insert = async |memory: NewMemory| {
        let item = vec![(memory, both(toward(&[1.0])))];
        memories.insert(item).await.unwrap().remove(0)
    };
    let change = async |id: &MemoryId, number: usize| {
        let change = MemoryChange {
            text: Some((marked(number, 3), both(toward(&[1.0])))),
            metadata: Some(json!({ "note": mark(number + 100) }).as_object().unwrap().clone()),
            tags: Some(vec![mark(number + 200)]),
            ..MemoryChange::default()
        };
        memories.change("ada", id, change).await.unwrap();
    };
    let secret = insert(turn("Nate", &marked(1, 300), 10)).await;
    let other = insert(turn("Nate", &marked(2, 3), 20)).await;
    change(&secret, 3).await;
    change(&secret, 4).await;
    let claimed = |text: usize, evidence: &[(&MemoryId, usize)], kind: MemoryKind| {
        let evidence = evidence.iter().map(|(memory, quote)| Evidence {
            memory: (*memory).clone(),
            quote: marked(*quote, 2),
        });
        NewMemory {
            kind,
            claim: Some(Claim {
                subject: "Nate".to_owned(),
                attribute: "home".to_owned(),
                confidence: 0.8,
                extractor: Some("model".to_owned()),
                evidence: evidence.collect(),
            }),
            ..note("ada", &marked(text, 20))
        }
    };
    let rests_on_both = claimed(10, &[(&secret, 20), (&other, 21)], MemoryKind::Fact);
    let rests_on_both = insert(rests_on_both).await;
    let baseless = insert(claimed(11, &[(&secret, 22)], MemoryKind::Fact)).await;
    change(&baseless, 5).await;
    let summary = insert(claimed(12, &[(&baseless, 23)], MemoryKind::Summary)).await;
    let predecessor = insert(note("ada", &marked(13, 3))).await;
    let successor = vec![(note("ada", &marked(14, 3)), None)];
    let successor = memories
        .supersede("ada", vec![predecessor.clone()], successor)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        memories
            .forget("ada", vec![secret.clone(), successor.clone()])
            .await,
        Ok(vec![secret.clone(), successor.clone()])
    );
    for id in [&secret, &baseless, &summary, &successor] {
        assert_eq!(memories.memory("ada", id).await, Err(missing(id)));
    }
    let gone = [1, 3, 4, 103, 104, 203, 204, 20, 11, 22, 5, 105, 205, 12, 23, 14];
    for number in gone {
        assert_eq!(
            files_with(dir.path(), &mark(number)),
            Vec::<String>::new(),
            "{}",
            mark(number)
        );
    }
    assert_eq!(
        files_with(dir.path(), &successor.0),
        ["council.db"],
        "its blank's name"
    );
    for number in [2, 10, 21, 13] {
        assert!(
            !files_with(dir.path(), &mark(number)).is_empty(),
            "{}",
            mark(number)
        );
    }
    for memories in [memories, { open_again(&dir).await }] {
        let claim = memories
            .memory("ada", &rests_on_both)
            .await
            .unwrap()
            .content
            .claim;
        let quotes: Vec<String> = claim
            .unwrap()
            .evidence
            .into_iter()
            .map(|evidence| evidence.quote)
            .collect();
        assert_eq!(quotes, [marked(21, 2)]);
        assert_eq!(
            memories.memory("ada", &predecessor).await.unwrap().superseded_by,
            None
        );
        assert_eq!(memories.stats().await.unwrap().memories, 3);
    }
}

#[tokio::test]
async fn nobody_makes_another_user_forget() {
    let (memories, _dir) = memories().await;
    let words = memories
        .insert(vec![(note("ada", "I live in Rome"), None)])
        .await
        .unwrap()
        .remove(0);
    let mut fact = note("bob", "ada lives in Rome");
    fact.claim = Some(Claim {
        subject: "ada".to_owned(),
        attribute: "home".to_owned(),
        confidence: 1.0,
        extractor: Some("model".to_owned()),
        evidence: vec![Evidence {
            memory: words.clone(),
            quote: "Rome".to_owned(),
        }],
    });
    let fact = memories.insert(vec![(fact, None)]).await.unwrap().remove(0);
    memories.forget("ada", vec![words]).await.unwrap();
    let kept = memories.memory("bob", &fact).await.unwrap();
    assert_eq!(kept.content.claim.unwrap().evidence, []);
    assert_eq!(memories.memories(of("bob"), PAGE).await.unwrap().1, 1);
}

/// What happens to memories before some are forgotten.
#[derive(Clone, Debug)]
enum Step {
    Insert(usize),
    Change(usize, usize),
    Supersede(usize, usize),
    Undo(usize),
    Forget(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let words = prop_oneof![1..30_usize, 30..400_usize, Just(2_000)];
    prop_oneof![
        4 => words.clone().prop_map(Step::Insert),
        3 => (any::<usize>(), words.clone()).prop_map(|(at, words)| Step::Change(at, words)),
        1 => (any::<usize>(), words).prop_map(|(at, words)| Step::Supersede(at, words)),
        1 => any::<usize>().prop_map(Step::Undo),
        1 => any::<usize>().prop_map(Step::Forget),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn nothing_forgotten_is_left_after_any_history(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (memories, dir) = memories().await;
            // With the marks of all their versions.
            let mut living: Vec<(MemoryId, Vec<usize>)> = Vec::new();
            let mut dead = Vec::new();
            let vectors = || both(toward(&[1.0]));
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Insert(words) => {
                        let memory = note("ada", &marked(number, words));
                        let id = memories.insert(vec![(memory, vectors())]).await.unwrap().remove(0);
                        living.push((id, vec![number]));
                    }
                    Step::Change(at, words) if !living.is_empty() => {
                        let at = at % living.len();
                        let text = Some((marked(number, words), vectors()));
                        let change = MemoryChange { text, ..MemoryChange::default() };
                        memories.change("ada", &living[at].0, change).await.unwrap();
                        living[at].1.push(number);
                    }
                    Step::Supersede(at, words) if !living.is_empty() => {
                        let old = vec![living[at % living.len()].0.clone()];
                        let memory = note("ada", &marked(number, words));
                        let ids = memories.supersede("ada", old, vec![(memory, vectors())]).await;
                        living.push((ids.unwrap().remove(0), vec![number]));
                    }
                    Step::Undo(at) if !living.is_empty() => {
                        // Where nothing is left to undo, that is told.
                        drop(memories.undo("ada", &living[at % living.len()].0).await);
                    }
                    Step::Forget(at) if !living.is_empty() => {
                        let (id, numbers) = living.remove(at % living.len());
                        memories.forget("ada", vec![id]).await.unwrap();
                        dead.extend(numbers);
                    }
                    Step::Change(..) | Step::Supersede(..) | Step::Undo(_) | Step::Forget(_) => {}
                }
            }
            memories.forget("ada", vec![]).await.unwrap();
            let left: Vec<usize> =
                dead.into_iter().filter(|&number| !files_with(dir.path(), &mark(number)).is_empty()).collect();
            assert_eq!(left, Vec::<usize>::new());
        });
    }
}
