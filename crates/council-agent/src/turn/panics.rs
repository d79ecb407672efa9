//! A panic of one turn as a failure of that turn.

use crate::TurnError;
use council_core::ModelError;
use futures::FutureExt as _;
use std::any::Any;
use std::panic::AssertUnwindSafe;

/// A panic ends this turn and nothing else.
pub(super) async fn unless_it_panics<T>(
    work: impl Future<Output = Result<T, TurnError>>,
) -> Result<T, TurnError> {
    // Unwind safe: the record holds plain values, each of which is whole after every statement.
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            let cause = format!("the turn panicked: {}", words(&*panic));
            Err(TurnError::Model(ModelError::Internal(cause)))
        })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
