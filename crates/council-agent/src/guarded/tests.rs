//! Tests of the gate, with a model that notes what it is sent.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fakes;

use super::*;
use council_core::privacy::OutgoingPart;
use council_core::{
    Content, EgressEntry, EgressOutcome, Locality, Message, PrivacyKind, Role, SettingChange, StoreError,
    ToolCall, Usage,
};
use fakes::{World, ask, remote, say, world};

fn collected(events: Vec<Result<GenerateEvent, ModelError>>) -> (String, Option<ModelError>) {
    let mut text = String::new();
    let mut failed = None;
    for event in events {
        match event {
            Ok(GenerateEvent::Text { text: piece, .. }) => text.push_str(&piece),
            Ok(GenerateEvent::ToolCall(call)) => text.push_str(&call.arguments),
            Ok(GenerateEvent::Usage(_) | GenerateEvent::Finish(_)) => {}
            Err(error) => failed = Some(error),
        }
    }
    (text, failed)
}

async fn run(
    world: &World,
    destination: Destination,
    request: GenerateRequest,
) -> (String, Option<ModelError>) {
    let model = GuardedModel::new(world.model.clone(), destination, world.gate.clone());
    let cancel = CancellationToken::new();
    collected(model.generate(request, cancel).collect().await)
}

fn on(policy: EgressPolicy) -> EgressPolicy {
    EgressPolicy {
        cloud_enabled: true,
        ..policy
    }
}

/// What the ledger says of what was not let out: outcomes, reasons and bytes of text.
fn refusals(world: &World) -> Vec<(EgressOutcome, String, u64)> {
    let lines = world.log.all().into_iter();
    lines
        .map(|line| (line.outcome, line.reason, line.call.sent_bytes))
        .collect()
}

fn refused_for(reason: &str) -> (EgressOutcome, String, u64) {
    (EgressOutcome::Refused, reason.to_owned(), 0)
}

fn reason(error: Option<ModelError>) -> String {
    match error {
        Some(ModelError::NotAllowed { reason, .. }) => reason,
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_is_asked_elsewhere_before_it_is_switched_on() {
    let world = world(EgressPolicy::default(), vec![]).await;
    let (_, error) = run(&world, remote(), ask("Hi")).await;
    assert!(reason(error).contains("`POST /admin/cloud/true`"));
    assert_eq!(world.model.asked(), 0);
    assert_eq!(refusals(&world), [refused_for("cloud_off")]);

    world
        .settings
        .change(
            vec![SettingChange::read("cloud.enabled", "true").unwrap()],
            "test",
        )
        .await
        .unwrap();
    assert_eq!(run(&world, remote(), ask("Hi")).await, (String::new(), None));
    assert_eq!(world.model.asked(), 1);
}

#[tokio::test]
async fn local_only_mode_closes_what_is_switched_on_but_for_this_machine() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    world
        .settings
        .change(
            vec![SettingChange::read("cloud.local_only", "true").unwrap()],
            "test",
        )
        .await
        .unwrap();
    let loopback = Destination {
        loopback: true,
        ..remote()
    };
    let counted_local = Destination {
        local: true,
        ..remote()
    };
    for destination in [remote(), loopback.clone(), counted_local] {
        let (_, error) = run(&world, destination, ask("Hi")).await;
        assert!(reason(error).contains("local-only mode is on"));
    }
    assert_eq!(world.model.asked(), 0);
    assert_eq!(refusals(&world), vec![refused_for("local_only"); 3]);
    let own = Destination {
        local: true,
        ..loopback
    };
    assert_eq!(run(&world, own, ask("Hi")).await.1, None);
}

#[tokio::test]
async fn a_model_without_a_known_price_is_not_asked() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    let destination = Destination {
        priced: false,
        ..remote()
    };
    let (_, error) = run(&world, destination, ask("Hi")).await;
    assert!(reason(error).contains("input_usd_per_million"));
    assert_eq!(world.model.asked(), 0);
    assert_eq!(refusals(&world), [refused_for("no_price")]);
}

#[tokio::test]
async fn placeholders_go_out_and_their_meaning_comes_back_in_pieces() {
    let world = world(
        on(EgressPolicy::default()),
        vec![say("Dear [EM"), say("AIL_1], bye [EMAIL_9]")],
    )
    .await;
    let (text, error) = run(&world, remote(), ask("Write to ada@example.org")).await;
    assert_eq!(
        (text.as_str(), error),
        ("Dear ada@example.org, bye [EMAIL_9]", None)
    );
    assert_eq!(world.model.last(), "Write to [EMAIL_1]");
    let found = vec![Found {
        kind: PrivacyKind::Email,
        count: 1,
    }];
    let lines = world.log.all();
    let [
        EgressEntry {
            call,
            received_bytes,
            outcome,
            ..
        },
    ] = &lines[..]
    else {
        unreachable!("{lines:?}")
    };
    assert_eq!((call.host.as_str(), &call.redacted), ("api.example.org", &found));
    assert_eq!(call.sent_bytes, "Write to [EMAIL_1]".len() as u64);
    assert_eq!((*received_bytes, *outcome), (29, EgressOutcome::Completed));
}

#[tokio::test]
async fn calls_of_tools_get_what_was_meant() {
    let call = ToolCall {
        id: "c".to_owned(),
        name: "send".to_owned(),
        arguments: r#"{"to": "[EMAIL_1]"}"#.to_owned(),
    };
    let world = world(
        on(EgressPolicy::default()),
        vec![Ok(GenerateEvent::ToolCall(call))],
    )
    .await;
    let (arguments, _) = run(&world, remote(), ask("ada@example.org")).await;
    assert_eq!(arguments, r#"{"to":"ada@example.org"}"#);
}

#[tokio::test]
async fn what_opens_doors_is_not_sent_and_what_is_asked_about_only_with_consent() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    let (_, error) = run(&world, remote(), ask("password: Sw0rdf!sh")).await;
    let found = vec![Found {
        kind: PrivacyKind::ApiKey,
        count: 1,
    }];
    assert_eq!(
        error,
        Some(ModelError::Private {
            model: "far".to_owned(),
            found,
            outgoing: None,
        })
    );
    let change = SettingChange::read("privacy.email", "ask").unwrap();
    world.settings.change(vec![change], "test").await.unwrap();
    let (_, error) = run(&world, remote(), ask("ada@example.org")).await;
    let outgoing = refused(error);
    assert_eq!(
        outgoing.messages[0].parts,
        [OutgoingPart::Placeholder {
            kind: PrivacyKind::Email,
            text: "[EMAIL_1]".to_owned(),
        }]
    );
    assert_eq!(world.model.asked(), 0);
    assert_eq!(refusals(&world), [refused_for("private"), refused_for("consent")]);

    let mut agreed = ask("ada@example.org");
    agreed.origin.consent = true;
    assert_eq!(run(&world, remote(), agreed).await.1, None);
    assert_eq!(world.model.last(), "[EMAIL_1]");
}

#[tokio::test]
async fn a_model_that_counts_as_part_of_this_machine_gets_everything() {
    let world = world(EgressPolicy::default(), vec![]).await;
    let destination = Destination {
        local: true,
        ..remote()
    };
    assert_eq!(run(&world, destination, ask("ada@example.org")).await.1, None);
    assert_eq!(world.model.last(), "ada@example.org");
    assert_eq!(world.log.all().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_sent() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    world.log.fail_with(StoreError::DiskFull {
        place: "/data".to_owned(),
    });
    let (_, error) = run(&world, remote(), ask("Hi")).await;
    assert!(matches!(error, Some(ModelError::Internal(_))));
    assert_eq!(world.model.asked(), 0);
}

#[tokio::test]
async fn a_line_is_completed_when_its_answer_fails_or_is_dropped() {
    let failure = Err(ModelError::Internal("x".to_owned()));
    let world = world(on(EgressPolicy::default()), vec![say("abc"), failure]).await;
    run(&world, remote(), ask("Hi")).await;
    assert_eq!(world.log.all()[0].outcome, EgressOutcome::Failed);

    let model = GuardedModel::new(world.model.clone(), remote(), world.gate.clone());
    let mut stream = model.generate(ask("Hi"), CancellationToken::new());
    assert!(stream.next().await.unwrap().is_ok());
    drop(stream);
    world.gate.close().await;
    let line = &world.log.all()[1];
    assert_eq!((line.outcome, line.received_bytes), (EgressOutcome::Cancelled, 3));
}

#[tokio::test]
async fn a_call_that_the_gate_to_the_network_stops_is_refused_in_its_line_and_has_not_failed() {
    let reason = "egress.allow does not have it".to_owned();
    let model = "big".to_owned();
    let label = "not_listed";
    let stopped = Err(ModelError::NotAllowed { model, label, reason });
    let world = world(on(EgressPolicy::default()), vec![stopped]).await;
    let (_, error) = run(&world, remote(), ask("Hi")).await;
    assert!(
        error
            .unwrap()
            .to_string()
            .contains("egress.allow does not have it")
    );
    let line = &world.log.all()[0];
    assert_eq!(
        (line.outcome, line.reason.as_str()),
        (EgressOutcome::Refused, "not_listed")
    );
}

#[tokio::test]
async fn usage_and_the_finish_pass_as_they_are() {
    let usage = Usage {
        input_tokens: 3,
        cached_tokens: 0,
        output_tokens: 1,
    };
    let world = world(
        on(EgressPolicy::default()),
        vec![say("ok ["), Ok(GenerateEvent::Usage(usage))],
    )
    .await;
    let model = GuardedModel::new(world.model.clone(), remote(), world.gate.clone());
    assert_eq!(model.info().locality, Locality::Remote);
    let request = GenerateRequest::chat(vec![Message::text(Role::User, "ada@example.org")]);
    let events: Vec<_> = model.generate(request, CancellationToken::new()).collect().await;
    assert_eq!(
        events,
        [
            say("ok "),
            say("["),
            Ok(GenerateEvent::Usage(usage)),
            Ok(GenerateEvent::Finish(FinishReason::Stop)),
        ]
    );
}

fn refused(error: Option<ModelError>) -> Outgoing {
    match error {
        Some(ModelError::Private {
            outgoing: Some(outgoing),
            ..
        }) => *outgoing,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_is_asked_sees_all_that_would_be_sent_and_it_is_what_is_sent() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    let change = SettingChange::read("privacy.email", "ask").unwrap();
    world.settings.change(vec![change], "test").await.unwrap();
    let question = GenerateRequest::chat(vec![
        Message::text(Role::System, "Be brief."),
        Message::text(
            Role::User,
            "Is [EMAIL_1] like ada@example.org or +44 20 7946 0958?",
        ),
    ]);
    let outgoing = refused(run(&world, remote(), question.clone()).await.1);
    assert_eq!(outgoing.host, "api.example.org");
    let roles: Vec<&str> = outgoing.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, ["system", "user"]);
    let text = |text: &str| OutgoingPart::Text(text.to_owned());
    let stands_for = |kind, text: &str| OutgoingPart::Placeholder {
        kind,
        text: text.to_owned(),
    };
    // What the user wrote in the form of a placeholder is text as any other.
    assert_eq!(
        outgoing.messages[1].parts,
        [
            text("Is [EMAIL_1] like "),
            stands_for(PrivacyKind::Email, "[EMAIL_2]"),
            text(" or "),
            stands_for(PrivacyKind::Phone, "[PHONE_1]"),
            text("?"),
        ]
    );
    let mut agreed = question;
    agreed.origin.consent = true;
    assert_eq!(run(&world, remote(), agreed).await.1, None);
    let shown = outgoing.messages.iter().flat_map(|message| &message.parts);
    let shown: String = shown
        .map(|part| match part {
            OutgoingPart::Text(text) | OutgoingPart::Placeholder { text, .. } => text.as_str(),
            OutgoingPart::Image { .. } => "",
        })
        .collect();
    assert_eq!(world.model.last(), shown);
    assert!(!format!("{outgoing:?}").contains("Be brief."), "{outgoing:?}");
}

fn picture() -> GenerateRequest {
    let mut message = Message::text(Role::User, "What is this?");
    let image = Content::ImageUrl("data:image/png;base64,iVBORw==".to_owned());
    message.content.insert(0, image);
    GenerateRequest::chat(vec![message])
}

#[tokio::test]
async fn an_image_leaves_with_the_users_word_and_is_counted_in_what_left() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    let outgoing = refused(run(&world, remote(), picture()).await.1);
    assert_eq!(outgoing.messages[0].parts[0], OutgoingPart::Image { bytes: 30 });
    assert_eq!(world.model.asked(), 0);
    let mut agreed = picture();
    agreed.origin.consent = true;
    assert_eq!(run(&world, remote(), agreed).await.1, None);
    let line = &world.log.all()[1].call;
    assert_eq!((line.sent_bytes, &line.redacted), (43, &vec![]));

    let change = SettingChange::read("privacy.image", "block").unwrap();
    world.settings.change(vec![change], "test").await.unwrap();
    let (_, error) = run(&world, remote(), picture()).await;
    assert!(
        matches!(error, Some(ModelError::Private { outgoing: None, .. })),
        "{error:?}"
    );
    assert!(SettingChange::read("privacy.image", "redact").is_err());
}

#[tokio::test]
async fn what_was_agreed_to_for_a_host_is_asked_about_no_more_there_until_it_is_withdrawn() {
    let world = world(on(EgressPolicy::default()), vec![]).await;
    let set = async |value: &str| {
        let change = SettingChange::read("privacy.consent_hosts", value).unwrap();
        world.settings.change(vec![change], "test").await.unwrap();
    };
    set("api.example.com").await;
    refused(run(&world, remote(), picture()).await.1);
    set("api.example.com, api.example.org").await;
    assert_eq!(run(&world, remote(), picture()).await.1, None);
    // What may not leave at all does not leave by that.
    let (_, error) = run(&world, remote(), ask("password: Sw0rdf!sh")).await;
    assert!(
        matches!(error, Some(ModelError::Private { outgoing: None, .. })),
        "{error:?}"
    );
    set("").await;
    refused(run(&world, remote(), picture()).await.1);
}
