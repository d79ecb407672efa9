//! What becomes of readers that fail.

#![expect(clippy::panic, reason = "these tests are about panics")]

use super::*;
use std::sync::mpsc;

#[tokio::test]
async fn a_panic_is_an_error_of_its_file() {
    let isolation = Isolation::new(Duration::from_mins(1));
    let broken = isolation.run::<()>(|_| panic!("index out of bounds"));
    assert_eq!(
        broken.await,
        Err(ReadError::Panicked("index out of bounds".to_owned()))
    );
    assert_eq!(isolation.run(|_| Ok(7)).await, Ok(7), "the next one is read");
}

#[tokio::test]
async fn nobody_waits_for_a_reader_that_hangs_and_hanging_ones_do_not_pile_up() {
    let limit = Duration::from_millis(20);
    let isolation = Isolation::new(limit);
    let mut releases = Vec::new();
    for _ in 0..READERS {
        let (release, held) = mpsc::channel::<()>();
        releases.push(release);
        let hanging = isolation.run(move |_| {
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(hanging.await, Err(ReadError::TimedOut(limit)));
    }
    assert_eq!(isolation.run(|_| Ok(())).await, Err(ReadError::Busy));
    drop(releases);
    // The threads end now, and give their places back.
    let all = Arc::clone(&isolation.places).acquire_many_owned(READERS as u32);
    assert!(tokio::time::timeout(Duration::from_mins(1), all).await.is_ok());
}

#[tokio::test]
async fn a_reader_that_looks_at_its_deadline_ends_by_itself() {
    let isolation = Isolation::new(Duration::from_millis(5));
    let (sender, ended) = mpsc::channel();
    let looping = isolation.run::<()>(move |deadline| {
        let result = loop {
            if let Err(error) = deadline.check() {
                break Err(error);
            }
        };
        let _ = sender.send(());
        result
    });
    assert_eq!(looping.await, Err(ReadError::TimedOut(Duration::from_millis(5))));
    assert_eq!(ended.recv_timeout(Duration::from_mins(1)), Ok(()));
}
