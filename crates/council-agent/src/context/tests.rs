//! What goes into a prompt and what stays out.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use council_core::{ToolCall, ToolChoice, ToolSpec};
use proptest::prelude::*;

fn user(text: &str) -> Message {
    Message::text(Role::User, text)
}

fn assistant(text: &str) -> Message {
    Message::text(Role::Assistant, text)
}

/// `pairs` questions of 30 tokens (by estimate, with overhead) and answers of as many.
fn history(pairs: usize) -> History {
    let text = |number: usize| format!("{number:066}");
    let recent: Vec<Message> = (0..pairs)
        .flat_map(|pair| [user(&text(2 * pair)), assistant(&text(2 * pair + 1))])
        .collect();
    History {
        total: recent.len() as u64,
        recent,
    }
}

fn messages(prompt: &Prompt) -> &[Message] {
    match &prompt.request.input {
        Input::Chat { messages, .. } => messages,
        Input::Text(_) => &[],
    }
}

fn ask(new: Vec<Message>) -> GenerateRequest {
    GenerateRequest {
        max_tokens: Some(0),
        ..GenerateRequest::chat(new)
    }
}

#[test]
fn history_comes_between_the_system_message_and_the_question() {
    let system = Message::text(Role::System, "be brief");
    let request = ask(vec![system.clone(), user("why?")]);
    let history = history(1);
    let prompt = assemble(&request, &history, &Recollection::default(), 4_096);
    let expected = [
        system,
        history.recent[0].clone(),
        history.recent[1].clone(),
        user("why?"),
    ];
    assert_eq!(messages(&prompt), expected);
    assert_eq!(prompt.omitted_messages, 0);
}

#[test]
fn everything_but_the_leading_system_messages_is_said() {
    let system = Message::text(Role::System, "be brief");
    let late = Message::text(Role::System, "now be long");
    let input = GenerateRequest::chat(vec![system, user("a"), late.clone(), user("b")]).input;
    assert_eq!(said(&input), [user("a"), late, user("b")]);
    assert_eq!(said(&Input::Text("once".into())), [user("once")]);
}

#[test]
fn the_newest_messages_stay_when_not_all_fit() {
    // 30 tokens a message and 9 for the question: 14 of 40 fit, and 8 stay, so that the cut is at a multiple of 8.
    let prompt = assemble(
        &ask(vec![user("q")]),
        &history(20),
        &Recollection::default(),
        9 + 14 * 30,
    );
    assert_eq!(prompt.omitted_messages, 32);
    assert_eq!(messages(&prompt)[..8], history(20).recent[32..]);
    assert_eq!(messages(&prompt)[8..], [user("q")]);
}

#[test]
fn the_cut_stays_in_place_for_several_turns_so_that_prompts_begin_alike() {
    let first = |pairs| {
        let prompt = assemble(
            &ask(vec![user("q")]),
            &history(pairs),
            &Recollection::default(),
            1_000,
        );
        (messages(&prompt)[0].joined_text(), prompt.omitted_messages)
    };
    // 33 messages fit. Turns 18 to 20 begin with the same message, then the cut moves on by eight.
    assert_eq!(first(16).1, 0);
    assert_eq!(
        [first(17).1, first(18).1, first(19).1, first(20).1, first(21).1],
        [8, 8, 8, 8, 16]
    );
    assert_eq!(first(17).0, first(20).0);
}

#[test]
fn in_a_small_context_the_cut_does_not_cost_more_than_half_of_what_fits() {
    let prompt = assemble(
        &ask(vec![user("q")]),
        &history(10),
        &Recollection::default(),
        9 + 4 * 30,
    );
    assert_eq!(prompt.omitted_messages, 16);
    assert_eq!(messages(&prompt).len(), 5);
    let prompt = assemble(
        &ask(vec![user("q")]),
        &history(11),
        &Recollection::default(),
        9 + 4 * 30,
    );
    assert_eq!(prompt.omitted_messages, 18);
}

#[test]
fn a_cut_never_leaves_an_answer_or_a_tool_result_without_what_it_answers() {
    let call = ToolCall {
        id: "c".into(),
        name: "run".into(),
        arguments: "{}".into(),
    };
    let calls = Message {
        tool_calls: vec![call],
        ..assistant("")
    };
    let result = Message {
        tool_call_id: Some("c".into()),
        ..Message::text(Role::Tool, "42")
    };
    let recent = vec![
        user(&"x".repeat(600)),
        calls,
        result,
        assistant("it is 42"),
        user("thanks"),
        assistant("sure"),
    ];
    let history = History {
        total: recent.len() as u64,
        recent,
    };
    let prompt = assemble(&ask(vec![user("q")]), &history, &Recollection::default(), 100);
    assert_eq!(messages(&prompt), [user("thanks"), assistant("sure"), user("q")]);
    assert_eq!(prompt.omitted_messages, 4);
}

#[test]
fn messages_that_were_not_even_read_count_as_omitted() {
    let history = History {
        total: 1_006,
        ..history(3)
    };
    let prompt = assemble(&ask(vec![user("q")]), &history, &Recollection::default(), 4_096);
    // 1,000 unread ones are a multiple of eight, so that the cut stays there.
    assert_eq!((prompt.omitted_messages, messages(&prompt).len()), (1_000, 7));
}

#[test]
fn new_messages_stay_even_when_they_alone_are_too_long() {
    let long = user(&"x".repeat(10_000));
    let prompt = assemble(
        &ask(vec![long.clone(), user("q")]),
        &history(2),
        &Recollection::default(),
        128,
    );
    assert_eq!(messages(&prompt), [long, user("q")]);
    assert_eq!(prompt.omitted_messages, 4);
}

#[test]
fn room_is_kept_for_the_answer_but_at_most_half_of_the_context() {
    let kept = |max_tokens| {
        let request = GenerateRequest {
            max_tokens,
            ..ask(vec![user("q")])
        };
        messages(&assemble(&request, &history(4), &Recollection::default(), 160)).len() - 1
    };
    assert_eq!(kept(Some(0)), 4);
    assert_eq!(kept(None), 2);
    assert_eq!(kept(Some(100_000)), 2);
}

#[test]
fn tools_and_images_take_room_too() {
    let request = |tools| GenerateRequest {
        input: Input::Chat {
            messages: vec![user("q")],
            tools,
            tool_choice: ToolChoice::Auto,
        },
        ..ask(vec![])
    };
    let tool = ToolSpec {
        name: "search".into(),
        description: Some("d".repeat(300)),
        parameters: serde_json::json!({}),
        strict: false,
    };
    assert_eq!(
        assemble(&request(vec![]), &history(1), &Recollection::default(), 80).omitted_messages,
        0
    );
    assert_eq!(
        assemble(&request(vec![tool]), &history(1), &Recollection::default(), 80).omitted_messages,
        2
    );
    let image = Message {
        content: vec![Content::ImageUrl("u".into())],
        ..user("")
    };
    assert_eq!(
        assemble(&ask(vec![image]), &history(1), &Recollection::default(), 1_000).omitted_messages,
        2
    );
}

#[test]
fn raw_text_goes_as_it_stands() {
    let request = GenerateRequest::new(Input::Text("Once upon".into()));
    let prompt = assemble(&request, &history(3), &Recollection::default(), 4_096);
    assert_eq!(
        prompt,
        Prompt {
            request,
            omitted_messages: 0,
            recalled: Vec::new(),
            quotes: String::new(),
        }
    );
}

proptest! {
    #[test]
    fn a_prompt_is_a_tail_of_the_history_and_all_of_the_new_messages(
        lengths in proptest::collection::vec((0_usize..400, 0_u8..4), 0..60),
        unread in 0_u64..40,
        context in 0_u32..4_000,
    ) {
        let role = |number| match number {
            0 => Role::User,
            1 => Role::Assistant,
            2 => Role::Tool,
            _ => Role::System,
        };
        let recent: Vec<Message> =
            lengths.iter().map(|&(length, number)| Message::text(role(number), "x".repeat(length))).collect();
        let history = History { total: recent.len() as u64 + unread, recent };
        let prompt = assemble(&ask(vec![user("q")]), &history, &Recollection::default(), context);
        let (question, kept) = messages(&prompt).split_last().unwrap();
        prop_assert_eq!(question, &user("q"));
        prop_assert!(history.recent.ends_with(kept));
        prop_assert_eq!(prompt.omitted_messages, history.total - kept.len() as u64);
        let estimate: u64 = kept.iter().map(message_tokens).sum();
        prop_assert!(estimate <= u64::from(context));
    }
}
