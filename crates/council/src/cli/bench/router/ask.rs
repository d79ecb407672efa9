//! Puts questions to policies, through turns as clients start them. What breaks is an answer that says so.

use super::answer::{Answer, Verdict};
use super::bare::bare;
use crate::app::App;
use crate::cli::calibrate::is_right;
use crate::cli::calibrate::questions::Questions;
use crate::exit::CommandError;
use council_agent::calibration::ask::prompt;
use council_agent::grade::{Known, Question};
use council_agent::vote::{Chair, Council, CouncilParts, Deliberated, Voice, VoteConfig, VoteMetrics};
use council_agent::{Agent, Answerers, Position, TurnError, TurnEvent, TurnRequest, TurnStream};
use council_core::{
    Answerer, Attempt, FinishReason, GenerateRequest, Message, ProofMethod, Receipt, Role, Sampling, Scope,
    SkillHelp,
};
use futures::StreamExt as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// After this a question is given up.
const LONGEST: Duration = Duration::from_mins(5);

/// As much of an answer as is kept, in bytes.
const KEPT: usize = 1_000;

/// Answers of one model to the same question that are voted on.
const SAMPLES: usize = 5;

/// How they are drawn: as self-consistency is usually measured (Wang and others 2023).
const SAMPLE_TEMPERATURE: f32 = 0.7;

/// Whose documents they are.
pub(super) const USER: &str = "bench";

/// Who answers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum How {
    /// This model alone.
    Alone(String),
    /// Whoever Council finds best, on this machine.
    Cascade,
    /// The council as it is configured.
    Council,
    /// The usual model several times, and the majority.
    Samples,
    /// What computes, without any model.
    Skills,
}

/// A way to answer, by name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) how: How,
}

/// Puts questions.
pub(super) struct Asker<'a> {
    app: &'a App,
    questions: &'a Questions,
    /// The same agent with a council of samples.
    samples: Agent,
    /// The model that is asked first, which also serves skills.
    usual: String,
    max_tokens: u32,
    seed: u64,
}

/// What a turn said.
#[derive(Default)]
struct Heard {
    text: String,
    /// The program that was run last, which mends those before.
    program: Option<String>,
    vote: Option<Arc<Deliberated>>,
    /// Whether it rests on passages.
    cited: bool,
    end: Option<Result<FinishReason, TurnError>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        app: &'a App,
        questions: &'a Questions,
        usual: String,
        max_tokens: u32,
        seed: u64,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            samples: app.agent().clone().with_council(samples(app, &usual)?),
            app,
            questions,
            usual,
            max_tokens,
            seed,
        })
    }

    /// Puts one question to one policy. Never fails: what does is in the answer.
    pub(super) async fn put(&self, policy: &Policy, question: &Question) -> Answer {
        let mut answer = Answer {
            policy: policy.name.clone(),
            question: question.id.clone(),
            kind: question.kind,
            verdict: Verdict::Failed,
            text: String::new(),
            problem: None,
            answered_by: String::new(),
            confidence: None,
            calibrated: false,
            verified: false,
            cited: false,
            escalated: false,
            latency_ms: 0.0,
            input_tokens: 0,
            output_tokens: BTreeMap::new(),
            cost_usd: 0.0,
        };
        let begun = Instant::now();
        let said = match policy.how {
            How::Skills => self.compute(question, &mut answer).await,
            How::Alone(_) | How::Cascade | How::Council | How::Samples => {
                self.turn(&policy.how, question, &mut answer).await
            }
        };
        if answer.latency_ms <= 0.0 {
            answer.latency_ms = begun.elapsed().as_secs_f64() * 1e3;
        }
        match said {
            Ok(Some(text)) => self.grade(question, &text, &mut answer).await,
            Ok(None) => answer.verdict = Verdict::Declined,
            Err(problem) => answer.problem = Some(problem),
        }
        answer
    }

    async fn grade(&self, question: &Question, text: &str, answer: &mut Answer) {
        text[..text.floor_char_boundary(KEPT)].clone_into(&mut answer.text);
        if matches!(question.expected.known, Known::Program { .. }) && self.app.sandbox().is_none() {
            answer.problem = Some("its answer is a program, and the sandbox is off".to_owned());
            return;
        }
        let said = bare(text, &answer.answered_by, answer.cited);
        match is_right(question, &said, self.app).await {
            Ok(true) => answer.verdict = Verdict::Right,
            Ok(false) => answer.verdict = Verdict::Wrong,
            Err(error) => answer.problem = Some(error.message),
        }
    }

    /// Asks what computes; `Ok(None)` where it is the question of none.
    async fn compute(&self, question: &Question, answer: &mut Answer) -> Result<Option<String>, String> {
        let router = self.app.agent().router();
        let mut reasons = Vec::new();
        for skill in router.skills.clone() {
            let (name, text) = (skill.kind().as_str(), question.text.clone());
            let help = SkillHelp {
                model: None,
                sandbox: None,
                time_limit: router.skill_time,
                cancel: CancellationToken::new(),
            };
            // In a task of its own, so that a panic is an answer too.
            #[expect(clippy::disallowed_methods, reason = "it is waited for at once")]
            let attempted = tokio::spawn(async move { skill.attempt(&text, &help).await }).await;
            match attempted
                .map_err(|error| format!("the skill `{name}` broke: {error}"))?
                .attempt
            {
                Attempt::Answered(found) => {
                    name.clone_into(&mut answer.answered_by);
                    answer.confidence = Some(found.confidence);
                    (answer.calibrated, answer.verified) = (true, true);
                    return Ok(Some(found.text));
                }
                Attempt::Unsure { reason } => reasons.push(format!("{name}: {reason}")),
                Attempt::Failed { reason } => return Err(format!("the skill `{name}` failed: {reason}")),
            }
        }
        answer.problem = Some(reasons.join("; "));
        Ok(None)
    }

    /// Asks by a turn; `Ok(None)` where whoever was asked does not know.
    async fn turn(
        &self,
        how: &How,
        question: &Question,
        answer: &mut Answer,
    ) -> Result<Option<String>, String> {
        let agent = match how {
            How::Samples => &self.samples,
            _ => self.app.agent(),
        };
        let request = self.request(how, question);
        let id = request.request_id.clone();
        let heard = tokio::time::timeout(LONGEST, hear(agent.start(request))).await;
        let heard = heard.map_err(|_| format!("it took longer than {} seconds", LONGEST.as_secs()))?;
        match agent.receipts().receipt(&id).await {
            Ok((receipt, _)) => self.note(&receipt, heard.vote.as_deref(), answer),
            Err(error) => return Err(format!("its receipt cannot be read: {error}")),
        }
        answer.cited = heard.cited;
        match heard.end {
            Some(Ok(FinishReason::Cancelled)) | None => Err("it was cancelled".to_owned()),
            Some(Err(TurnError::Declined { skill, reason })) => {
                answer.problem = Some(format!("{skill}: {reason}"));
                Ok(None)
            }
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(FinishReason::Stop | FinishReason::Length | FinishReason::ToolCalls)) => {
                let program = heard
                    .program
                    .filter(|_| matches!(question.expected.known, Known::Program { .. }));
                Ok(Some(program.map_or(heard.text, |source| {
                    format!("```python\n{source}\n```")
                })))
            }
        }
    }

    /// The cascade is asked as `/hybrid` asks it, and looks for documents and runs programs; all others get the document
    /// that a question is about with the question.
    fn request(&self, how: &How, question: &Question) -> TurnRequest {
        let cascade = matches!(how, How::Cascade);
        let document = self.questions.document(question).filter(|_| !cascade);
        let text = prompt(question, document);
        TurnRequest {
            request_id: self.app.new_request_id(),
            route: "bench",
            answerers: match how {
                How::Alone(model) => Answerers::Named(vec![Answerer::Model(model.clone())]),
                How::Cascade => Answerers::Auto { local_only: true },
                How::Council | How::Samples | How::Skills => Answerers::Named(vec![Answerer::Council]),
            },
            voters: Vec::new(),
            whole: true,
            user: council_core::memory::LOCAL_USER.to_owned(),
            payer: council_agent::Payer::default(),
            conversation: None,
            position: Position::End,
            history: Vec::new(),
            memory: None,
            without_memories: Vec::new(),
            knowledge: cascade.then(|| Scope {
                user: USER.to_owned(),
                ..Scope::default()
            }),
            tools: None,
            incognito: false,
            programs: cascade && self.app.sandbox().is_some(),
            generate: GenerateRequest {
                sampling: Sampling {
                    temperature: 0.0,
                    seed: Some(self.seed),
                    ..Sampling::default()
                },
                max_tokens: Some(self.max_tokens),
                client: USER.to_owned(),
                ..GenerateRequest::chat(vec![Message::text(Role::User, text)])
            },
        }
    }

    fn note(&self, receipt: &Receipt, vote: Option<&Deliberated>, answer: &mut Answer) {
        answer.answered_by.clone_from(&receipt.answered_by);
        answer.confidence = receipt.confidence;
        answer.calibrated = receipt.calibrated;
        answer.verified = receipt.verified;
        answer.escalated = receipt.escalated();
        answer.latency_ms = receipt.times.total;
        answer.input_tokens = receipt.input_tokens;
        answer.output_tokens = written(receipt, vote, &self.usual);
        answer.cost_usd = receipt.cost_usd;
    }
}

/// Tokens that each model wrote. Those of skills, and of a vote that decided nothing, are the usual model's.
fn written(receipt: &Receipt, vote: Option<&Deliberated>, usual: &str) -> BTreeMap<String, u32> {
    let mut written: BTreeMap<String, u32> = BTreeMap::new();
    let mut add = |model: &str, tokens: u32| {
        if tokens > 0 {
            *written.entry(model.to_owned()).or_default() += tokens;
        }
    };
    for step in &receipt.steps {
        match (&step.answerer, vote) {
            (Answerer::Model(model), _) => add(model, step.output_tokens),
            (Answerer::Council, Some(vote)) => {
                for used in &vote.used {
                    add(&used.model, used.usage.output_tokens);
                }
            }
            (Answerer::Council, None) | (Answerer::Skill(_), _) => add(usual, step.output_tokens),
        }
    }
    written
}

/// Listens to a turn to its end.
async fn hear(mut events: TurnStream) -> Heard {
    let mut heard = Heard::default();
    while let Some(event) = events.next().await {
        match event {
            Ok(TurnEvent::Text { text, .. }) => heard.text.push_str(&text),
            Ok(TurnEvent::ToolStarted(call)) => {
                let arguments: Option<serde_json::Value> = serde_json::from_str(&call.arguments).ok();
                let source = arguments
                    .as_ref()
                    .and_then(|arguments| arguments["code"].as_str());
                heard.program = source.map(str::to_owned).or(heard.program);
            }
            Ok(TurnEvent::Done(summary)) => {
                heard.end = Some(Ok(summary.finish));
                heard.cited = summary
                    .proofs
                    .iter()
                    .any(|proof| proof.method == ProofMethod::Cited);
                heard.vote = summary.vote;
            }
            Ok(
                TurnEvent::Decision { .. }
                | TurnEvent::Recalled { .. }
                | TurnEvent::ToolCall(_)
                | TurnEvent::ToolFinished { .. }
                | TurnEvent::Vote(_)
                | TurnEvent::Remembered { .. },
            ) => {}
            Err(error) => heard.end = Some(Err(error)),
        }
    }
    heard
}

/// A council of equals: one model without personas or checks, whose answers are counted.
fn samples(app: &App, usual: &str) -> Result<Council, CommandError> {
    let voice = |number: usize| Voice {
        name: format!("sample {}", number + 1),
        sampling: Sampling {
            temperature: SAMPLE_TEMPERATURE,
            ..Sampling::default()
        },
        ..Voice::plain(usual)
    };
    let usual_council = app.agent().council().map(|council| council.config().clone());
    let config = VoteConfig {
        voices: (0..SAMPLES).map(voice).collect(),
        quorum: 1,
        chair: Chair::Off,
        ..usual_council.unwrap_or_default()
    };
    // Its votes are not those of the program's council.
    let metrics = VoteMetrics::register(&prometheus::Registry::new())
        .map_err(|error| CommandError::failure(error.to_string()))?;
    Council::new(CouncilParts {
        models: Arc::clone(app.agent().models()),
        config,
        checkers: Vec::new(),
        spend: None,
        metrics,
    })
    .map_err(|error| CommandError::failure(error.to_string()))
}

#[cfg(test)]
mod tests;
