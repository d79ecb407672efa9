//! Shows a pull: a bar on a terminal, plain lines elsewhere, JSON for programs.

use super::Pulled;
use crate::output::{self, Output, notice};
use council_models::pull::{PullError, PullEvent};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

const BAR: &str = "{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}";
const SPINNER: &str = "{msg} {spinner} {decimal_bytes} {decimal_bytes_per_sec}";

/// Shows one pull.
pub(super) struct Progress<'a> {
    name: String,
    view: View,
    output: &'a mut Output,
}

/// How it is shown.
enum View {
    /// On a terminal.
    Bar(ProgressBar),
    /// In a log: a line whenever another tenth is there.
    Lines { tenths: u64 },
    /// For a program: a line whenever another hundredth is there.
    Json { hundredths: Option<u64> },
}

impl<'a> Progress<'a> {
    pub(super) fn new(name: String, as_json: bool, output: &'a mut Output) -> Self {
        let view = if as_json {
            View::Json { hundredths: None }
        } else if io::stderr().is_terminal() {
            let bar = ProgressBar::no_length().with_message(name.clone());
            bar.set_style(style(SPINNER));
            bar.enable_steady_tick(Duration::from_millis(120));
            View::Bar(bar)
        } else {
            View::Lines { tenths: 0 }
        };
        Self { name, view, output }
    }

    /// Shows an event. What cannot be written is not worth ending a download for; the last line reports it.
    pub(super) fn show(&mut self, event: &PullEvent) {
        match &mut self.view {
            View::Bar(bar) => show_on_bar(bar, &self.name, event),
            View::Lines { tenths } => {
                if let Some(line) = line(&self.name, tenths, event) {
                    notice(&line);
                }
            }
            View::Json { hundredths } => {
                if let Some(value) = to_json(&self.name, hundredths, event) {
                    let _ = self.output.json_line(&value);
                }
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        match &self.view {
            View::Bar(bar) => bar.finish_and_clear(),
            View::Lines { .. } | View::Json { .. } => {}
        }
    }

    /// Says what is installed now.
    pub(super) fn installed(&mut self, pulled: &Pulled) -> io::Result<()> {
        let id = &pulled.id;
        match self.view {
            View::Json { .. } => self.output.json_line(&json!({
                "event": "done",
                "model": self.name,
                "id": id,
                "path": pulled.path.display().to_string(),
                "size_bytes": pulled.size_bytes,
                "already_installed": pulled.already_installed,
                "verified_by": pulled.verified_by,
            })),
            View::Bar(_) | View::Lines { .. } => {
                let size = output::size(pulled.size_bytes);
                if pulled.already_installed {
                    return writeln!(self.output, "{id} is installed already ({size})");
                }
                let vouched = match pulled.verified_by.as_str() {
                    "nobody" => "its origin gives no hash, so only its structure was checked".to_owned(),
                    by => format!("verified by the {by}'s hash"),
                };
                writeln!(self.output, "{id} is installed ({size}, {vouched})")
            }
        }
    }

    /// Tells a program why there is nothing; people read it when the command ends.
    pub(super) fn failed(&mut self, error: &PullError) -> io::Result<()> {
        match self.view {
            View::Json { .. } => {
                let value = json!({ "event": "failed", "model": self.name, "error": error.to_string() });
                self.output.json_line(&value)
            }
            View::Bar(_) | View::Lines { .. } => Ok(()),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constants, and a test draws them.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn show_on_bar(bar: &ProgressBar, name: &str, event: &PullEvent) {
    match event {
        PullEvent::Progress { done, total } => {
            if let Some(total) = total
                && bar.length() != Some(*total)
            {
                bar.set_style(style(BAR));
                bar.set_length(*total);
            }
            bar.set_position(*done);
        }
        PullEvent::Verifying => bar.set_message(format!("{name}: checking")),
        PullEvent::Resumed { bytes } => bar.set_position(*bytes),
        PullEvent::SourceFailed { source, error } => bar.println(format!("{name}: {source}: {error}")),
        PullEvent::SourceTried { .. } | PullEvent::Installed { .. } => {}
    }
}

/// The line of a log for an event, where it is worth one.
fn line(name: &str, tenths: &mut u64, event: &PullEvent) -> Option<String> {
    Some(match event {
        PullEvent::SourceTried { source, index, count } => {
            *tenths = 0;
            format!("{name}: from {source} (source {index} of {count})")
        }
        PullEvent::SourceFailed { source, error } => format!("{name}: {source}: {error}"),
        PullEvent::Resumed { bytes } => format!("{name}: continuing after {}", output::size(*bytes)),
        PullEvent::Progress {
            done,
            total: Some(total),
        } => {
            let now = done * 10 / (*total).max(1);
            if now <= *tenths {
                return None;
            }
            *tenths = now;
            format!("{name}: {} % of {}", now * 10, output::size(*total))
        }
        PullEvent::Verifying => format!("{name}: checking"),
        PullEvent::Progress { total: None, .. } | PullEvent::Installed { .. } => return None,
    })
}

fn to_json(name: &str, hundredths: &mut Option<u64>, event: &PullEvent) -> Option<Value> {
    Some(match event {
        PullEvent::SourceTried { source, index, count } => {
            *hundredths = None;
            json!({ "event": "source", "model": name, "source": source, "index": index, "count": count })
        }
        PullEvent::SourceFailed { source, error } => {
            json!({ "event": "source_failed", "model": name, "source": source, "error": error })
        }
        PullEvent::Resumed { bytes } => json!({ "event": "resumed", "model": name, "done_bytes": bytes }),
        PullEvent::Progress { done, total } => {
            // Without a total, every 10 MB.
            let now = total.map_or(done / 10_000_000, |total| done * 100 / total.max(1));
            if *hundredths == Some(now) {
                return None;
            }
            *hundredths = Some(now);
            json!({ "event": "progress", "model": name, "done_bytes": done, "total_bytes": total })
        }
        PullEvent::Verifying => json!({ "event": "verifying", "model": name }),
        // The line with everything follows.
        PullEvent::Installed { .. } => return None,
    })
}

#[cfg(test)]
mod tests;
