//! Programs in a turn: one that the request gives is run as it is; one that it asks for is written by the model, run,
//! and mended once where it fails.

use super::client::Gone;
use super::{Progress, Turn};
use crate::code::report::{fenced, for_model, for_people};
use crate::code::{CodeRequest, block_of, code_in, report};
use crate::{TurnError, TurnEvent};
use council_core::sandbox::{Language, RunReport, RunStatus, SandboxError};
use council_core::{
    Answerer, Content, ConversationId, FinishReason, GenerateRequest, Input, Message, OutputFormat, Role,
    SkillKind, ToolCall, ToolChoice,
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// What answers a request that gives its program, where other answers name a model.
pub(super) const SANDBOX: &str = "sandbox";

/// What runs have in common with calls of the tool of that name.
const RUN_CODE: &str = "run_code";

/// A program that the model is to write.
pub(super) struct Task {
    language: Language,
    /// Runs so far.
    runs: u32,
    /// What was said beyond the request: a program that failed, and how.
    exchange: Vec<Message>,
}

impl Task {
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            runs: 0,
            exchange: Vec::new(),
        }
    }

    /// Puts what the model is to do into what it is asked.
    pub(super) fn put_into(&self, generate: &mut GenerateRequest) {
        let Input::Chat {
            messages,
            tools,
            tool_choice,
        } = &mut generate.input
        else {
            return;
        };
        (*tools, *tool_choice) = (Vec::new(), ToolChoice::None);
        if let Some(question) = messages.iter_mut().rfind(|message| message.role == Role::User) {
            question.content.push(Content::Text(instruction(self.language)));
        }
        messages.extend_from_slice(&self.exchange);
    }
}

/// What the model is told beside the request. Small models follow what stands last, and one example of the form.
fn instruction(language: Language) -> String {
    let print = match language {
        Language::Python => "print()",
        Language::Bash => "echo",
        Language::JavaScript => "console.log()",
    };
    format!(
        "\n\nAnswer by writing one complete {language} program, which is run at once. Reply with nothing but the \
         program, in one block of code that begins with ```{language} and ends with ```. It takes no input, has no \
         network, and prints its result with {print}."
    )
}

impl Turn {
    /// What the request asks for. Who brings tools or wants a form gets what the model says.
    pub(super) fn code_request(&self) -> CodeRequest {
        let Input::Chat { messages, tools, .. } = &self.request.generate.input else {
            return CodeRequest::None;
        };
        let plain = tools.is_empty() && self.request.generate.format == OutputFormat::Text;
        match messages.last() {
            Some(last) if self.request.programs && plain && last.role == Role::User => {
                code_in(&last.said_text())
            }
            _ => CodeRequest::None,
        }
    }

    /// Runs the program that the request gives; it is shown again where `shown` says so.
    pub(super) async fn run_given(
        &mut self,
        language: Language,
        source: &str,
        shown: bool,
    ) -> Result<FinishReason, TurnError> {
        self.keep_question().await?;
        self.record.skill = SkillKind::Code;
        self.record.answered_by = Some(SANDBOX.into());
        self.step_begins(&Answerer::Skill(SkillKind::Code), "the request gives its program");
        let decision = TurnEvent::Decision {
            model: SANDBOX.to_owned(),
            skill: SkillKind::Code,
            reason: if shown {
                format!("the request gives a {language} program to run")
            } else {
                format!("running the {language} program tells what it prints")
            },
            omitted_messages: 0,
            question: self.record.question,
        };
        let told = async {
            self.tell(decision).await?;
            if shown {
                self.say(fenced(language.name(), source) + "\n\n").await?;
            }
            let ran = self.run_program(language, source).await?;
            self.trail.verified = ran.as_ref().is_ok_and(|report| report.status == RunStatus::Ok);
            self.say(outcome(&ran)).await
        };
        Ok(told
            .await
            .map_or(FinishReason::Cancelled, |()| FinishReason::Stop))
    }

    /// Runs what the model wrote, and shows what came of it.
    pub(super) async fn run_written(&mut self, task: &mut Task, finish: FinishReason) -> Progress {
        let written = self.record.since_attempt().to_owned();
        let (FinishReason::Stop | FinishReason::ToolCalls, Some(source)) =
            (finish, block_of(&written, task.language))
        else {
            // Cut off, or it answered in words: that is the answer.
            return Progress::Done(finish);
        };
        task.runs += 1;
        let told = async {
            let ran = self.run_program(task.language, &source).await?;
            self.say(format!("\n\n{}", outcome(&ran))).await?;
            Ok::<_, Gone>(ran)
        };
        let report = match told.await {
            Err(Gone) => return Progress::Done(FinishReason::Cancelled),
            Ok(Err(_)) => return Progress::Done(FinishReason::Stop),
            Ok(Ok(report)) => report,
        };
        if report.status != RunStatus::Error || task.runs > 1 {
            return Progress::Done(FinishReason::Stop);
        }
        if self.say("\n\n".to_owned()).await.is_err() {
            return Progress::Done(FinishReason::Cancelled);
        }
        let failed = format!(
            "The program failed. {}\n\nReply with nothing but the whole mended program, in one block of code.",
            for_model(&report)
        );
        task.exchange.push(Message::text(Role::Assistant, written));
        task.exchange.push(Message::text(Role::User, failed));
        self.record.next_attempt();
        Progress::Again
    }

    /// Says something of Council's own.
    pub(super) async fn say(&mut self, text: String) -> Result<(), Gone> {
        self.record.own_text(&text);
        let logprobs = Vec::new();
        self.tell(TurnEvent::Text { text, logprobs }).await
    }

    /// Runs a program and tells so. A client that leaves ends it.
    async fn run_program(
        &mut self,
        language: Language,
        source: &str,
    ) -> Result<Result<RunReport, SandboxError>, Gone> {
        let conversation = self.request.conversation.as_ref().map(ConversationId::as_str);
        let program = self
            .parts
            .programs
            .program(language, source, &self.request.user, conversation);
        self.record.programs += 1;
        let id = format!("run_{}", self.record.programs);
        let arguments = json!({"language": language.name(), "code": source}).to_string();
        self.tell(TurnEvent::ToolStarted(ToolCall {
            id: id.clone(),
            name: RUN_CODE.to_owned(),
            arguments,
        }))
        .await?;
        let begun = Instant::now();
        let ran = tokio::select! {
            biased;
            () = self.client.gone() => return Err(Gone),
            () = self.cancel.cancelled() => return Err(Gone),
            ran = self.parts.programs.run(program) => ran,
        };
        let latency = begun.elapsed();
        let (ok, text, data) = match &ran {
            Ok(report) => (
                report.status == RunStatus::Ok,
                for_model(report),
                report::data(report),
            ),
            Err(error) => (false, error.to_string(), Value::Null),
        };
        let name = RUN_CODE.to_owned();
        self.tell(TurnEvent::ToolFinished {
            id,
            name,
            ok,
            text,
            data,
            latency,
        })
        .await?;
        Ok(ran)
    }
}

/// What came of a program, below it.
fn outcome(ran: &Result<RunReport, SandboxError>) -> String {
    match ran {
        Ok(report) => for_people(report),
        Err(error) => format!("It was not run: {error}."),
    }
}
