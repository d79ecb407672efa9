//! Shows documents being remembered: a bar on a terminal, what became of each on standard output, JSON for programs.

use crate::cli::backend::FileResult;
use crate::output::{Output, notice};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

const BAR: &str = "{bar:30} {pos}/{len} {wide_msg}";

/// Shows one run of the command.
pub(super) struct Progress<'a> {
    bar: Option<ProgressBar>,
    as_json: bool,
    output: &'a mut Output,
}

impl<'a> Progress<'a> {
    pub(super) fn new(count: usize, as_json: bool, output: &'a mut Output) -> Self {
        let bar = (!as_json && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(count as u64);
            // The template is a constant, and a test draws it.
            bar.set_style(style().unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, as_json, output }
    }

    /// A file is being read.
    pub(super) fn begin(&self, path: &Path) {
        if let Some(bar) = &self.bar {
            bar.set_message(path.display().to_string());
        }
    }

    /// Says what became of it; of what has not changed, only to programs.
    pub(super) fn finished(&mut self, result: &FileResult) -> io::Result<()> {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        if self.as_json {
            return self.output.json_line(&result.to_json());
        }
        let reason = result.reason.as_deref().unwrap_or("no reason is given");
        let source = &result.source;
        match result.outcome.as_str() {
            "added" | "replaced" => {
                let plural = if result.chunks == 1 { "" } else { "s" };
                let line = format!("{} {source} ({} part{plural})", result.outcome, result.chunks);
                self.above(|output| writeln!(output, "{line}"))
            }
            "failed" => self.above(|_| {
                notice(&format!("failed {source}: {reason}"));
                Ok(())
            }),
            _ => Ok(()),
        }
    }

    /// Writes above the bar.
    fn above(&mut self, write: impl FnOnce(&mut Output) -> io::Result<()>) -> io::Result<()> {
        let output = &mut *self.output;
        match &self.bar {
            Some(bar) => bar.suspend(|| write(output)),
            None => write(output),
        }
    }

    /// Takes the bar away.
    pub(super) fn end(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style() -> Result<ProgressStyle, indicatif::style::TemplateError> {
    ProgressStyle::with_template(BAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(style().is_ok());
    }
}
