//! Turns in which a program is run: given by the request, or written by the model.

use crate::fakes::{ScriptedModel, Step, USAGE, say, stop};
use crate::{World, ask, user};
use council_agent::{TurnEvent, TurnRequest, TurnSummary};
use council_core::sandbox::scripted::{self, ScriptedSandbox, failure, report};
use council_core::sandbox::{Language, RunEvent, RunReport, RunStatus, SandboxError, SessionId, Start};
use council_core::{
    ConversationId, FinishReason, GenerateRequest, Input, Message, Outcome, SkillKind, Usage,
};
use futures::StreamExt as _;
use std::sync::Arc;

/// This request, whose programs are run.
fn request(text: &str) -> TurnRequest {
    TurnRequest {
        programs: true,
        generate: GenerateRequest::chat(vec![user(text)]),
        ..ask(&[])
    }
}

fn world(models: impl IntoIterator<Item = ScriptedModel>) -> (World, Arc<ScriptedSandbox>) {
    let sandbox = Arc::new(ScriptedSandbox::default());
    (World::with_sandbox(sandbox.clone(), models), sandbox)
}

/// A model that says these texts, one for each request.
fn writer(texts: &[&str]) -> ScriptedModel {
    let script = |text: &&str| [say(text)].into_iter().chain(stop()).collect::<Vec<Step>>();
    let mut scripts = texts.iter().map(script);
    let first = scripts.next().unwrap_or_default();
    scripts.fold(ScriptedModel::new("tiny", first), |model, script| {
        model.then(script)
    })
}

const FIBONACCI: &str = "calculate the 50th Fibonacci number with Python";

/// What a turn said, and its summary.
async fn answer(world: &World, request: TurnRequest) -> (String, TurnSummary) {
    let events = world.events(request).await;
    let mut text = String::new();
    let mut summary = None;
    for event in events {
        match event.unwrap() {
            TurnEvent::Text { text: more, .. } => text.push_str(&more),
            TurnEvent::Done(done) => summary = Some(done),
            _ => {}
        }
    }
    (text, summary.unwrap())
}

fn messages(request: &GenerateRequest) -> Vec<Message> {
    match &request.input {
        Input::Chat { messages, .. } => messages.clone(),
        Input::Text(text) => vec![user(text)],
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_program_is_run_as_it_is_and_no_model_is_asked() {
    let (world, sandbox) = world([writer(&["never"])]);
    sandbox.script([scripted::Step::end(report("4\n"))]);
    let events = world.events(request("run: print(2+2)")).await;
    let events: Vec<TurnEvent> = events.into_iter().map(Result::unwrap).collect();
    assert!(
        matches!(&events[0], TurnEvent::Decision { model, skill: SkillKind::Code, reason, .. }
            if model == "sandbox" && reason == "the request gives a python program to run"),
        "{events:?}"
    );
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| match event {
            TurnEvent::Decision { .. } => "decision",
            TurnEvent::Text { .. } => "text",
            TurnEvent::ToolStarted(_) => "started",
            TurnEvent::ToolFinished { ok: true, .. } => "finished",
            TurnEvent::Done(_) => "done",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["decision", "text", "started", "finished", "text", "done"]);
    let program = &sandbox.programs()[0];
    assert_eq!(
        (program.language, program.source.as_str()),
        (Language::Python, "print(2+2)")
    );
    assert_eq!(
        program.session, None,
        "without a conversation nothing is left behind"
    );
    assert!(world.models[0].asked.lock().unwrap().is_empty());
    let line = world.line();
    assert_eq!(
        (line.model.as_str(), line.outcome, line.usage),
        ("sandbox", Outcome::Completed, Usage::default())
    );
}

#[tokio::test(start_paused = true)]
async fn in_a_conversation_variables_stay_and_code_and_output_are_stored() {
    let (world, sandbox) = world([writer(&["never"])]);
    sandbox.script([scripted::Step::end(report("4\n"))]);
    let asked = TurnRequest {
        conversation: ConversationId::parse("c"),
        ..request("run: print(2+2)")
    };
    let (text, summary) = answer(&world, asked).await;
    assert_eq!(text, "```python\nprint(2+2)\n```\n\nOutput:\n\n```text\n4\n```");
    assert_eq!(
        (summary.skill, summary.model.as_str()),
        (SkillKind::Code, "sandbox")
    );
    assert_eq!(sandbox.programs()[0].session, SessionId::new("c.python"));
    let settled = world.store.settled.lock().unwrap();
    assert_eq!(settled[0].1.last().unwrap().message.joined_text(), text);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_is_asked_for_is_written_run_and_shown() {
    let (world, sandbox) = world([writer(&["```python\nprint(12586269025)\n```"])]);
    sandbox.script([scripted::Step::end(report("12586269025\n"))]);
    let (text, summary) = answer(&world, request(FIBONACCI)).await;
    assert_eq!(
        text,
        "```python\nprint(12586269025)\n```\n\nOutput:\n\n```text\n12586269025\n```"
    );
    assert_eq!((summary.skill, summary.usage), (SkillKind::Code, USAGE));
    assert_eq!(sandbox.programs()[0].source, "print(12586269025)");
    let asked = world.models[0].asked.lock().unwrap();
    let said = messages(&asked[0])[0].joined_text();
    assert!(
        said.starts_with(FIBONACCI) && said.contains("one complete python program"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_program_that_fails_is_mended_once_with_what_it_said() {
    let (world, sandbox) = world([writer(&["```python\nprint(x)\n```", "```python\nprint(1)\n```"])]);
    sandbox.script([scripted::Step::end(failure("NameError: x\n"))]);
    sandbox.script([scripted::Step::end(report("1\n"))]);
    let (text, summary) = answer(&world, request(FIBONACCI)).await;
    assert_eq!(
        text,
        "```python\nprint(x)\n```\n\nIt failed with exit code 1.\n\nStandard error:\n\n\
         ```text\nNameError: x\n```\n\n```python\nprint(1)\n```\n\nOutput:\n\n```text\n1\n```"
    );
    let sources: Vec<String> = sandbox
        .programs()
        .into_iter()
        .map(|program| program.source)
        .collect();
    assert_eq!(sources, ["print(x)", "print(1)"]);
    assert_eq!(
        summary.usage.output_tokens,
        2 * USAGE.output_tokens,
        "both answers are paid for"
    );
    assert_eq!(world.line().usage, summary.usage);
    let asked = world.models[0].asked.lock().unwrap();
    let told = messages(&asked[1]);
    assert_eq!(told[1].joined_text(), "```python\nprint(x)\n```");
    assert!(told[2].joined_text().contains("NameError: x"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_program_that_fails_twice_is_shown_with_both_failures_and_no_third_try() {
    let (world, sandbox) = world([writer(&["```python\nprint(x)\n```", "```python\nprint(y)\n```"])]);
    for name in ["x", "y"] {
        sandbox.script([scripted::Step::end(failure(&format!("NameError: {name}\n")))]);
    }
    let (text, summary) = answer(&world, request(FIBONACCI)).await;
    assert!(
        text.contains("NameError: x") && text.ends_with("NameError: y\n```"),
        "{text}"
    );
    assert_eq!(summary.finish, FinishReason::Stop);
    assert_eq!(world.models[0].asked.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_ends_a_program_is_told_and_not_tried_again() {
    let (world, sandbox) = world([writer(&["```python\nwhile True: pass\n```"])]);
    sandbox.script([scripted::Step::end(RunReport {
        status: RunStatus::Timeout,
        exit: None,
        wall: std::time::Duration::from_secs(5),
        ..report("")
    })]);
    let (text, _) = answer(&world, request(FIBONACCI)).await;
    assert!(
        text.ends_with("It took longer than it may and was ended after 5.0 s."),
        "{text}"
    );
    assert_eq!(world.models[0].asked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn where_programs_cannot_be_isolated_the_code_is_shown_and_not_run() {
    let (world, sandbox) = world([writer(&["```python\nprint(1)\n```"])]);
    sandbox.set_status(|status| status.protection = None);
    for asked in ["run: print(1)", FIBONACCI] {
        let (text, summary) = answer(&world, request(asked)).await;
        assert!(
            text.starts_with("```python\nprint(1)\n```\n\nIt was not run: this host cannot isolate programs"),
            "{text}"
        );
        assert_eq!(summary.finish, FinishReason::Stop);
    }
    let without = World::new([writer(&["```python\nprint(1)\n```"])]);
    let (text, _) = answer(&without, request("run: print(1)")).await;
    assert!(
        text.ends_with("It was not run: this Council has no sandbox, so that it runs no programs."),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_words_is_an_answer_and_one_that_was_cut_is_not_run() {
    let (world, sandbox) = world([writer(&["I would rather not."])]);
    let (text, summary) = answer(&world, request(FIBONACCI)).await;
    assert_eq!(
        (text.as_str(), summary.finish),
        ("I would rather not.", FinishReason::Stop)
    );
    let length = council_core::GenerateEvent::Finish(FinishReason::Length);
    let cut = [say("```python\nprint("), Step::Say(length)];
    let world = World::with_sandbox(sandbox.clone(), [ScriptedModel::new("tiny", cut)]);
    let (_, summary) = answer(&world, request(FIBONACCI)).await;
    assert_eq!(summary.finish, FinishReason::Length);
    assert_eq!(sandbox.programs(), []);
}

#[tokio::test(start_paused = true)]
async fn who_did_not_ask_for_it_gets_no_program_run() {
    let (world, sandbox) = world([writer(&["words"])]);
    let unasked = TurnRequest {
        programs: false,
        ..request("run: print(1)")
    };
    assert_eq!(answer(&world, unasked).await.0, "words");
    assert_eq!(answer(&world, request("Explain: print(1)")).await.0, "words");
    let mut form = request("run: print(1)");
    form.generate.format = council_core::OutputFormat::JsonObject;
    assert_eq!(answer(&world, form).await.0, "words");
    assert_eq!(sandbox.programs(), []);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_ends_the_program_and_the_turn_is_settled() {
    let (world, sandbox) = world([writer(&["never"])]);
    sandbox.script([
        scripted::Step::Event(RunEvent::Started { start: Start::Warm }),
        scripted::Step::Hang,
    ]);
    let mut events = world.agent.start(request("run: while True: pass"));
    while let Some(event) = events.next().await {
        if matches!(event, Ok(TurnEvent::ToolStarted(_))) {
            break;
        }
    }
    while sandbox.programs().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(events);
    sandbox.dropped().cancelled().await;
    world.settled().await;
    assert_eq!(world.line().outcome, Outcome::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_that_fails_fails_no_turn() {
    let (world, sandbox) = world([writer(&["never"])]);
    sandbox.script([scripted::Step::Fail(SandboxError::Internal(
        "out of memory".to_owned(),
    ))]);
    let (text, summary) = answer(&world, request("run: print(1)")).await;
    assert!(
        text.ends_with("It was not run: the sandbox failed: out of memory."),
        "{text}"
    );
    assert_eq!(summary.finish, FinishReason::Stop);
}

const WHAT_PRINTS: &str = "What does this print?\n\n```python\nprint(2+2)\n```";

#[tokio::test(start_paused = true)]
async fn what_a_program_prints_is_answered_by_running_it() {
    let (world, sandbox) = world([writer(&["never"])]);
    sandbox.script([scripted::Step::end(report("4\n"))]);
    let (text, summary) = answer(&world, request(WHAT_PRINTS)).await;
    assert_eq!(text, "Output:\n\n```text\n4\n```");
    assert_eq!(
        (summary.skill, summary.model.as_str()),
        (SkillKind::Code, "sandbox")
    );
    assert!(world.models[0].asked.lock().unwrap().is_empty());
    assert!(world.books.all_receipts()[0].verified);
}

#[tokio::test(start_paused = true)]
async fn without_a_sandbox_a_model_says_what_a_program_prints() {
    let world = World::new([writer(&["It prints 4."])]);
    let (text, summary) = answer(&world, request(WHAT_PRINTS)).await;
    assert_eq!((text.as_str(), summary.model.as_str()), ("It prints 4.", "tiny"));
}
