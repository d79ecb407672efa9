//! What is done next, and what is dropped.

use super::*;

const REST: Duration = Duration::from_mins(5);

fn queue() -> Queue {
    Queue::new(12, REST)
}

fn facts(turn: usize) -> Job {
    Job::Facts {
        user: "ada".to_owned(),
        turn: MemoryId(turn.to_string()),
    }
}

fn session(name: &str) -> Scope {
    Scope {
        session: Some(name.to_owned()),
        ..Scope::default()
    }
}

#[tokio::test]
async fn a_full_queue_drops_the_oldest() {
    let mut queue = queue();
    for turn in 0..LONGEST {
        assert_eq!(queue.push(facts(turn)), None);
    }
    assert_eq!(queue.push(facts(LONGEST)), Some(facts(0)));
    assert_eq!(queue.len(), LONGEST);
    assert_eq!(queue.pop(Instant::now()), Some((facts(1), 1)));
}

#[tokio::test]
async fn what_waits_already_is_not_added_again() {
    let mut queue = queue();
    queue.push(facts(1));
    queue.push(facts(1));
    assert_eq!(queue.len(), 1);
}

#[tokio::test]
async fn an_interrupted_job_comes_before_the_others() {
    let mut queue = queue();
    queue.push(facts(1));
    queue.push(facts(2));
    let (job, attempt) = queue.pop(Instant::now()).unwrap_or_else(|| (facts(0), 0));
    queue.again(job, attempt);
    assert_eq!(queue.pop(Instant::now()), Some((facts(1), 1)));
}

#[tokio::test]
async fn a_session_is_summarised_after_enough_turns_or_when_it_has_rested() {
    let mut queue = queue();
    let start = Instant::now();
    for _ in 0..11 {
        queue.said(&session("long"), 1, start);
    }
    queue.said(&session("rests"), 4, start);
    queue.said(&session("short"), 3, start);
    assert_eq!(queue.pop(start), None);
    queue.said(&session("long"), 1, start);
    assert_eq!(queue.pop(start), Some((Job::Summary(session("long")), 1)));
    assert_eq!(queue.next_due(), Some(start + REST));
    assert_eq!(queue.pop(start + REST), Some((Job::Summary(session("rests")), 1)));
    assert_eq!(queue.pop(start + REST), None, "three turns are not worth it");
    assert_eq!(queue.next_due(), None);
}
