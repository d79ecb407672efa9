//! Who answers on the command line: a running server, or models in this very process.

mod documents;

pub(super) use documents::FileResult;

use super::Context;
use super::client::Client;
use crate::app::terminal::key_of;
use crate::app::{App, StartError};
use crate::exit::CommandError;
use crate::output::notice;
use council_agent::{Answerers, Position, TurnEvent, TurnRequest};
use council_core::{FinishReason, GenerateRequest, Message, Usage};
use futures::StreamExt;
use futures::stream::BoxStream;
use std::time::Duration;
use tokio::time::Instant;

/// How long another process may use the data directory before that is an error.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub(super) messages: Vec<Message>,
    pub(super) model: Option<String>,
    pub(super) temperature: Option<f32>,
    pub(super) max_tokens: Option<u32>,
}

/// Part of an answer; `Done` is last.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// More text.
    Text(String),
    /// The end.
    Done(Answer),
}

/// What is known about a finished answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    /// The model that answered.
    pub(super) model: String,
    /// Why it ended, in OpenAI's words.
    pub(super) finish_reason: String,
    /// Tokens used, where the server said so.
    pub(super) usage: Option<Usage>,
    /// From question to last token, as measured here.
    pub(super) latency: Duration,
    /// From question to first token, as measured here.
    pub(super) first_token: Option<Duration>,
}

/// The pieces of one answer. Dropping it stops generation.
pub(super) type Pieces = BoxStream<'static, Result<Piece, CommandError>>;

/// Who answers.
pub(super) enum Backend {
    /// A server.
    Server(Client),
    /// Models in this process.
    Process(Box<App>),
}

impl Backend {
    /// The server at `url` (or `COUNCIL_URL`), which must answer; else the one at the configured port, if it
    /// answers; else models in this process.
    pub(super) async fn open(url: Option<&str>, context: Context) -> Result<Self, CommandError> {
        if let Some(url) = url.or_else(|| context.environment.get("COUNCIL_URL")) {
            let client = Client::new(url, &context).await?.with_key(key_for(&context, url));
            if let Err(reason) = client.probe(Duration::from_secs(5)).await {
                return Err(CommandError::unavailable(format!(
                    "no Council server answers at {url}: {reason}; start one with `council serve`, or leave out \
                     --url and COUNCIL_URL to answer in this process"
                )));
            }
            return Ok(Self::Server(client));
        }
        // A fake that was asked for must not be replaced by a real server that happens to run.
        if !context.scripted {
            let url = context.config.local_url();
            let client = Client::new(&url, &context)
                .await?
                .with_key(key_for(&context, &url));
            // A server on this machine answers in milliseconds; a closed port refuses at once.
            if client.probe(Duration::from_millis(500)).await.is_ok() {
                return Ok(Self::Server(client));
            }
        }
        Ok(Self::Process(Box::new(build_when_free(&context).await?)))
    }

    /// Where answers come from, for people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Server(client) => format!("server at {}", client.url()),
            Self::Process(_) => "models in this process".to_owned(),
        }
    }

    /// `server` or `process`, for programs.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Server(_) => "server",
            Self::Process(_) => "process",
        }
    }

    /// The ids of the models that can be asked, the default one first.
    pub(super) async fn models(&self) -> Result<Vec<String>, CommandError> {
        match self {
            Self::Server(client) => client.models().await,
            Self::Process(app) => {
                let mut list = app.models().list();
                list.sort_by_key(|status| !status.default);
                Ok(list.into_iter().map(|status| status.info.id).collect())
            }
        }
    }

    /// Starts an answer.
    pub(super) fn ask(&self, question: Question) -> Pieces {
        match self {
            Self::Server(client) => client.ask(question),
            Self::Process(app) => ask_in_process(app, question),
        }
    }

    /// Gives models back their end. Running answers have been dropped by then.
    pub(super) async fn close(self) {
        match self {
            Self::Server(_) => {}
            Self::Process(app) => app.close(Duration::from_secs(2)).await,
        }
    }
}

/// The key for a server: the one that the environment names, or that of a server that runs on this data directory.
fn key_for(context: &Context, url: &str) -> Option<String> {
    let named = context.environment.get("COUNCIL_KEY").map(str::to_owned);
    named.or_else(|| key_of(&context.config.data_dir, url))
}

/// Builds the parts. While another process uses the data directory, such as a second `council ask` of the same
/// pipeline, waits for it; one that stays is an error.
async fn build_when_free(context: &Context) -> Result<App, CommandError> {
    let deadline = Instant::now() + LOCK_PATIENCE;
    let mut told = false;
    loop {
        let error = match App::build((*context.config).clone(), &context.environment, context.scripted).await
        {
            Ok(app) => return Ok(app),
            Err(error) => error,
        };
        let locked = matches!(&error, StartError::Store(council_store::OpenError::Locked { .. }));
        if !locked {
            return Err(error.into());
        }
        if Instant::now() >= deadline {
            let error = CommandError::from(error);
            let message = format!("{}; if it is a server, name it with --url", error.message);
            return Err(CommandError { message, ..error });
        }
        if !told {
            told = true;
            notice(&format!("waiting: {error}"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn ask_in_process(app: &App, question: Question) -> Pieces {
    let mut generate = GenerateRequest::chat(question.messages);
    generate.max_tokens = question.max_tokens;
    "terminal".clone_into(&mut generate.client);
    if let Some(temperature) = question.temperature {
        generate.sampling.temperature = temperature;
    }
    let request_id = app.new_request_id();
    generate.origin.request_id.clone_from(&request_id);
    "turn".clone_into(&mut generate.origin.purpose);
    let request = TurnRequest {
        request_id,
        route: "terminal",
        answerers: question
            .model
            .map_or(Answerers::Auto { local_only: false }, |model| {
                Answerers::models([model])
            }),
        voters: Vec::new(),
        whole: false,
        user: council_core::memory::LOCAL_USER.to_owned(),
        payer: council_agent::Payer::default(),
        incognito: false,
        without_memories: Vec::new(),
        knowledge: None,
        conversation: None,
        position: Position::End,
        history: Vec::new(),
        memory: None,
        tools: None,
        programs: false,
        generate,
    };
    let pieces = app.agent().start(request).filter_map(|event| async move {
        match event {
            Ok(TurnEvent::Text { text, .. }) => Some(Ok(Piece::Text(text))),
            Ok(
                TurnEvent::Decision { .. }
                | TurnEvent::Recalled { .. }
                | TurnEvent::ToolCall(_)
                | TurnEvent::ToolStarted(_)
                | TurnEvent::ToolFinished { .. }
                | TurnEvent::Vote(_)
                | TurnEvent::Remembered { .. },
            ) => None,
            Ok(TurnEvent::Done(summary)) => Some(Ok(Piece::Done(Answer {
                model: summary.model,
                finish_reason: finish_reason(summary.finish).to_owned(),
                usage: Some(summary.usage),
                latency: summary.latency,
                first_token: summary.first_token,
            }))),
            Err(error) => Some(Err(turn_error(&error))),
        }
    });
    pieces.boxed()
}

fn turn_error(error: &council_agent::TurnError) -> CommandError {
    use council_agent::TurnError;
    use council_core::ModelError;
    match error {
        TurnError::Model(ModelError::InvalidRequest { .. } | ModelError::ContextTooLong { .. }) => {
            CommandError::usage(error.to_string())
        }
        TurnError::Model(
            ModelError::NotFound { .. }
            | ModelError::NotReady { .. }
            | ModelError::Busy { .. }
            | ModelError::DoesNotFit { .. }
            | ModelError::Upstream { .. }
            | ModelError::UpstreamTimeout { .. }
            | ModelError::NotAllowed { .. }
            | ModelError::Private { .. },
        )
        | TurnError::Budget(_)
        | TurnError::Vote(_)
        | TurnError::Skill { .. } => CommandError::unavailable(error.to_string()),
        TurnError::Model(ModelError::Internal(_)) | TurnError::Declined { .. } => {
            CommandError::failure(error.to_string())
        }
        TurnError::Store(_) => CommandError::io(error.to_string()),
    }
}

fn finish_reason(finish: FinishReason) -> &'static str {
    match finish {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Cancelled => "cancelled",
    }
}
