//! How far an import is, for a person at a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::io::IsTerminal;
use std::time::Duration;

const READING: &str = "{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {eta}";
const COUNTING: &str = "{msg} {spinner} {human_pos}";
const EMBEDDING: &str = "{msg} {bar:30} {human_pos}/{human_len} {eta}";

/// A bar on a terminal, nothing elsewhere.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    length: Option<u64>,
    /// How many waited for vectors when that began.
    waited: Option<u64>,
}

impl Progress {
    /// `length` in bytes, where it is known.
    pub(super) fn new(length: Option<u64>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
            bar.set_style(style(if length.is_some() { READING } else { COUNTING }));
            bar.set_message("reading");
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            length,
            waited: None,
        }
    }

    /// Shows an event.
    pub(super) fn show(&mut self, event: &Value) {
        let Some(bar) = &self.bar else { return };
        let count = |name: &str| event[name].as_u64();
        if let Some(waiting) = count("waiting") {
            let waited = *self.waited.get_or_insert_with(|| {
                bar.set_style(style(EMBEDDING));
                bar.set_message("embedding");
                bar.set_length(waiting);
                waiting
            });
            bar.set_position(waited.saturating_sub(waiting));
        } else {
            let position = if self.length.is_some() { "bytes" } else { "lines" };
            bar.set_position(count(position).unwrap_or_default());
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
