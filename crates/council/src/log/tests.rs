//! What a line of the log looks like.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines that are written while this runs.
fn lines(events: impl FnOnce()) -> Vec<Value> {
    let kept = Kept::default();
    let written = kept.clone();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(move || written.clone())
        .fmt_fields(JsonFields::new())
        .event_format(JsonLines);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), events);
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_line_has_the_fields_of_the_spans_around_it_and_its_own_go_before() {
    let lines = lines(|| {
        let request = tracing::error_span!("request", request_id = "req_1", attempt = 1);
        let _request = request.enter();
        let turn = tracing::error_span!("turn", conversation_id = "c", attempt = 2);
        turn.in_scope(|| tracing::warn!(model = "m", share = 0.5, "a \"word\"\nin two lines"));
        tracing::info!(attempt = 3, "after it");
    });
    let [first, second] = &lines[..] else {
        unreachable!("{lines:?}")
    };
    assert_eq!(first["request_id"], "req_1");
    assert_eq!(first["conversation_id"], "c");
    assert_eq!((&first["attempt"], &first["share"]), (&2.into(), &0.5.into()));
    assert_eq!(first["message"], "a \"word\"\nin two lines");
    assert_eq!(
        (&first["level"], &second["level"]),
        (&"WARN".into(), &"INFO".into())
    );
    assert!(first["timestamp"].as_str().unwrap().ends_with('Z'), "{first}");
    assert_eq!(
        (&second["attempt"], &second["request_id"]),
        (&3.into(), &"req_1".into())
    );
    assert_eq!(second.get("conversation_id"), None);
}
