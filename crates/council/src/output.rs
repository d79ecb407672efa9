//! What commands print: results to standard output, everything else to standard error.

use crate::environment::Environment;
use serde_json::Value;
use std::io::{self, IsTerminal, Stderr, Stdout, Write};

/// Standard output of a command. Writing reports errors instead of panicking, so that a closed pipe ends a command
/// quietly.
#[derive(Debug)]
pub struct Output {
    stdout: Stdout,
    colour: bool,
}

impl Output {
    /// Standard output of this process.
    pub fn of_process(environment: &Environment) -> Self {
        let stdout = io::stdout();
        let colour = environment.wants_colour() && stdout.is_terminal();
        Self { stdout, colour }
    }

    /// Whether a person looks at it.
    pub fn is_terminal(&self) -> bool {
        self.stdout.is_terminal()
    }

    /// `text` in this style where colours are wanted, else as it is.
    pub fn styled(&self, style: Style, text: &str) -> String {
        if self.colour {
            format!("\x1b[{}m{text}\x1b[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    /// One JSON value on a line of its own.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn json_line(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self, "{value}")?;
        self.flush()
    }

    /// One JSON value, indented.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self, "{value:#}")
    }
}

impl Write for Output {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stdout.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

/// How a piece of text looks on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// What matters on the line.
    Strong,
    /// What can be skipped.
    Faint,
    /// All is well.
    Good,
    /// Worth a look.
    Warning,
    /// Broken.
    Bad,
}

impl Style {
    /// The SGR parameter of ECMA-48.
    fn code(self) -> &'static str {
        match self {
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
        }
    }
}

/// Standard error, for what is not a result: progress, hints, errors. Failing to write it is not worth an error.
pub fn notice(text: &str) {
    let mut stderr: Stderr = io::stderr();
    let _ = writeln!(stderr, "{text}");
}

/// A size as people read it: `98.4 MB`, `1.12 GB`; decimal units, as disks and publishers count.
pub fn size(bytes: u64) -> String {
    const UNITS: [(&str, f64); 3] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let bytes_f64 = bytes as f64;
    for (unit, factor) in UNITS {
        if bytes_f64 >= factor {
            let value = bytes_f64 / factor;
            let digits = if value < 10.0 {
                2
            } else {
                usize::from(value < 100.0)
            };
            return format!("{value:.digits$} {unit}");
        }
    }
    format!("{bytes} B")
}

/// Lines of columns, each as wide as its widest cell; the last column is not padded.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            if column > 0 {
                line.push_str("  ");
            }
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
