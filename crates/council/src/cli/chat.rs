//! `council chat`: a conversation in the terminal.

mod line;

use super::Context;
use super::ask::temperature;
use super::backend::{Backend, Piece, Question};
use crate::exit::{CommandError, Exit};
use crate::output::{Output, Style, notice};
use crate::signals::Interrupts;
use clap::Args;
use council_core::{Message, Role};
use futures::StreamExt;
use line::{Command, Entered, Prompt};
use std::io::{IsTerminal, Write};

const HELP: &str = "\
/model         list the models
/model ID      talk to another model from now on
/new           forget what was said and start again
/help          this list
/quit          leave (also Ctrl-D)
Ctrl-C stops an answer. A line that ends with \\ continues on the next; so does Alt-Enter.";

/// Arguments of `council chat`.
#[derive(Debug, Args)]
pub(super) struct ChatArgs {
    /// Model to talk to [default: the default model]
    #[arg(long, short, value_name = "ID")]
    model: Option<String>,
    /// Instructions that come before the conversation
    #[arg(long, short, value_name = "TEXT")]
    system: Option<String>,
    /// How freely tokens are chosen, 0 to 2; 0 always takes the likeliest
    #[arg(long, short, value_name = "NUMBER", value_parser = temperature, allow_negative_numbers = true)]
    temperature: Option<f32>,
    /// Most tokens of one answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
    /// Server to talk to [env: COUNCIL_URL] [default: one on the configured port, if it answers]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// What was said so far, and to whom.
struct Session {
    backend: Backend,
    model: Option<String>,
    temperature: Option<f32>,
    max_tokens: Option<u32>,
    system: Option<Message>,
    messages: Vec<Message>,
}

/// Talks until `/quit` or the end of input.
pub(super) async fn run(args: ChatArgs, context: Context, output: &mut Output) -> Result<Exit, CommandError> {
    // Where what is said is encrypted, what was typed is not left beside it for anybody to read.
    let history = context.config.data_dir.join("chat-history.txt");
    let history = (!context.config.database_key.is_on()).then_some(history);
    let backend = Backend::open(args.url.as_deref(), context).await?;
    if std::io::stdin().is_terminal() {
        let title = format!(
            "council chat with {}; /help lists the commands",
            backend.describe()
        );
        writeln!(output, "{}", output.styled(Style::Faint, &title))?;
    }
    let mut session = Session {
        backend,
        model: args.model,
        temperature: args.temperature,
        max_tokens: args.max_tokens,
        system: args.system.map(|text| Message::text(Role::System, text)),
        messages: Vec::new(),
    };
    let result = session.talk(Prompt::open(history)?, output).await;
    session.backend.close().await;
    result
}

impl Session {
    async fn talk(&mut self, mut prompt: Prompt, output: &mut Output) -> Result<Exit, CommandError> {
        loop {
            let (returned, entered) = prompt.read().await?;
            prompt = returned;
            match entered {
                Entered::End | Entered::Command(Command::Quit) => return Ok(Exit::Success),
                Entered::Nothing => {}
                Entered::Interrupted => notice("Ctrl-D or /quit leaves"),
                Entered::Command(Command::Help) => writeln!(output, "{HELP}")?,
                Entered::Command(Command::New) => {
                    self.messages.clear();
                    notice("a new conversation");
                }
                Entered::Command(Command::ListModels) => self.list_models(output).await?,
                Entered::Command(Command::Model(id)) => self.choose(id).await,
                Entered::Command(Command::Unknown(command)) => {
                    notice(&format!("`{command}` is no command; /help lists them"));
                }
                Entered::Text(text) => self.answer(text, output).await?,
            }
        }
    }

    /// Asks, prints the answer as it comes, and keeps both. An answer that failed leaves the conversation as it was.
    async fn answer(&mut self, text: String, output: &mut Output) -> Result<(), CommandError> {
        let asked = Message::text(Role::User, text);
        let mut messages: Vec<Message> = self.system.iter().chain(&self.messages).cloned().collect();
        messages.push(asked.clone());
        let mut interrupts = Interrupts::listen()?;
        let mut pieces = self.backend.ask(Question {
            messages,
            model: self.model.clone(),
            temperature: self.temperature,
            max_tokens: self.max_tokens,
        });
        let mut said = String::new();
        let mut failure = None;
        loop {
            let piece = tokio::select! {
                piece = pieces.next() => piece,
                () = interrupts.next() => {
                    failure = Some("stopped".to_owned());
                    None
                }
            };
            match piece {
                Some(Ok(Piece::Text(more))) => {
                    output.write_all(more.as_bytes())?;
                    output.flush()?;
                    said.push_str(&more);
                }
                Some(Ok(Piece::Done(_))) => {}
                Some(Err(error)) => failure = Some(error.to_string()),
                None => break,
            }
        }
        writeln!(output)?;
        if let Some(reason) = failure {
            notice(&reason);
        }
        if !said.is_empty() {
            self.messages.push(asked);
            self.messages.push(Message::text(Role::Assistant, said));
        }
        Ok(())
    }

    async fn list_models(&self, output: &mut Output) -> Result<(), CommandError> {
        match self.backend.models().await {
            Ok(ids) => {
                for (index, id) in ids.iter().enumerate() {
                    let chosen = self.model.as_ref().map_or(index == 0, |model| model == id);
                    writeln!(output, "{} {id}", if chosen { "*" } else { " " })?;
                }
            }
            Err(error) => notice(&error.to_string()),
        }
        Ok(())
    }

    async fn choose(&mut self, id: String) {
        match self.backend.models().await {
            Ok(ids) if ids.contains(&id) => {
                notice(&format!("now talking to {id}"));
                self.model = Some(id);
            }
            Ok(ids) => notice(&format!("`{id}` is not installed; installed: {}", ids.join(", "))),
            Err(error) => notice(&error.to_string()),
        }
    }
}
