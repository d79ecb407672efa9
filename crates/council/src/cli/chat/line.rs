//! Reads what a person types: editing, history, lines that continue.

use crate::exit::CommandError;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Cmd, Config, Editor, Helper, KeyCode, KeyEvent, Modifiers};
use std::path::PathBuf;

const COMMANDS: [&str; 4] = ["/help", "/model", "/new", "/quit"];

/// What was entered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entered {
    /// Something to say.
    Text(String),
    /// A line that begins with `/`.
    Command(Command),
    /// An empty line.
    Nothing,
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of what was piped in.
    End,
}

/// A line that begins with `/`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Help,
    ListModels,
    Model(String),
    New,
    Quit,
    Unknown(String),
}

/// Tells what a line means.
pub(super) fn parse(line: &str) -> Entered {
    let line = line.replace("\\\n", "\n");
    let line = line.trim();
    if line.is_empty() {
        return Entered::Nothing;
    }
    // A path such as `/etc/hosts says` is something to say, a single unknown word is a slip.
    let (command, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let argument = argument.trim();
    Entered::Command(match (command, argument) {
        ("/help" | "/?", "") => Command::Help,
        ("/model" | "/models", "") => Command::ListModels,
        ("/model", id) => Command::Model(id.to_owned()),
        ("/new" | "/clear", "") => Command::New,
        ("/quit" | "/exit" | "/bye", "") => Command::Quit,
        (command, "") if command.starts_with('/') && !command[1..].contains('/') => {
            Command::Unknown(command.to_owned())
        }
        _ => return Entered::Text(line.to_owned()),
    })
}

/// A line editor with its history file.
pub(super) struct Prompt {
    editor: Editor<Assistance, FileHistory>,
    /// Where lines are kept; `None`: until the program ends.
    history: Option<PathBuf>,
}

impl Prompt {
    /// Opens the terminal and reads the history, where there is one.
    pub(super) fn open(history: Option<PathBuf>) -> Result<Self, CommandError> {
        let config = Config::builder()
            .auto_add_history(true)
            .max_history_size(1_000)
            .map_err(|error| unusable(&error))?;
        let mut editor = Editor::with_config(config.build()).map_err(|error| unusable(&error))?;
        editor.set_helper(Some(Assistance));
        editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Newline);
        if let Some(history) = &history {
            // The first conversation has no history yet.
            let _ = editor.load_history(history);
        }
        Ok(Self { editor, history })
    }

    /// Waits for a line on a thread of its own, so that answers and signals go on meanwhile.
    pub(super) async fn read(mut self) -> Result<(Self, Entered), CommandError> {
        let waited = tokio::task::spawn_blocking(move || {
            let line = self.editor.readline("> ");
            if line.is_ok() {
                self.save();
            }
            (self, line)
        });
        let (prompt, line) = waited
            .await
            .map_err(|error| CommandError::failure(format!("the line editor died: {error}")))?;
        match line {
            Ok(line) => Ok((prompt, parse(&line))),
            Err(ReadlineError::Eof) => Ok((prompt, Entered::End)),
            Err(ReadlineError::Interrupted) => Ok((prompt, Entered::Interrupted)),
            Err(error) => Err(unusable(&error)),
        }
    }

    /// Keeps the history at once, so that a closed terminal window loses nothing.
    fn save(&mut self) {
        let Some(history) = &self.history else { return };
        if let Some(dir) = history.parent() {
            let _ = council_store::create_private_dir(dir);
        }
        if let Err(error) = self.editor.append_history(history) {
            tracing::warn!(path = %history.display(), %error, "the chat history cannot be written");
        }
    }
}

fn unusable(error: &ReadlineError) -> CommandError {
    CommandError::io(format!("cannot read from the terminal: {error}"))
}

/// Completes commands and lets lines continue.
struct Assistance;

impl Helper for Assistance {}
impl Highlighter for Assistance {}
impl Hinter for Assistance {
    type Hint = String;
}

impl Completer for Assistance {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..position).unwrap_or_default();
        let fits = COMMANDS
            .iter()
            .filter(|command| !typed.is_empty() && command.starts_with(typed));
        Ok((0, fits.map(ToString::to_string).collect()))
    }
}

impl Validator for Assistance {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        if context.input().ends_with('\\') {
            return Ok(ValidationResult::Incomplete);
        }
        Ok(ValidationResult::Valid(None))
    }
}

#[cfg(test)]
mod tests;
