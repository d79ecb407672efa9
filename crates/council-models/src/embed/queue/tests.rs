//! Who is next.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Done, Job, Queue};
use council_core::EmbedKind::{Document, Query};
use tokio::sync::oneshot;

fn job(text: &str) -> (Job, oneshot::Receiver<Result<Done, String>>) {
    let (answer, answered) = oneshot::channel();
    let job = Job {
        texts: vec![text.to_owned()],
        answer,
        place: None,
    };
    (job, answered)
}

#[test]
fn questions_come_before_documents_and_nobody_s_jobs_never() {
    let queue = Queue::default();
    let mut waiting = Vec::new();
    for (text, kind) in [
        ("document", Document),
        ("given up", Query),
        ("question", Query),
        ("last", Document),
    ] {
        let (job, answered) = job(text);
        queue.push(kind, job);
        if text != "given up" {
            waiting.push(answered);
        }
    }
    let order: Vec<String> = std::iter::from_fn(|| queue.take())
        .map(|job| job.texts[0].clone())
        .collect();
    assert_eq!(order, ["question", "document", "last"]);
}

#[test]
fn a_closed_queue_is_emptied_and_then_ends_its_workers() {
    let queue = Queue::default();
    let (job, _answered) = job("last");
    queue.push(Document, job);
    queue.close();
    assert_eq!(queue.wait().unwrap().texts, ["last"]);
    assert!(queue.wait().is_none());
}
