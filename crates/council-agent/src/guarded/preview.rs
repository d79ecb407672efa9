//! What would be sent to a model elsewhere, piece by piece, for the person who is asked whether it may be.

use crate::privacy::restore::{Placeholders, placeholders_in};
use council_core::privacy::{Outgoing, OutgoingMessage, OutgoingPart};
use council_core::{Content, GenerateRequest, Input, Message, OutputFormat, PrivacyKind, Role};

/// A request as it would go to this host, its private text replaced already.
pub(super) fn of(request: &GenerateRequest, placeholders: &Placeholders, host: &str) -> Outgoing {
    let text = |role, text: &str| OutgoingMessage {
        role,
        parts: pieces(text, placeholders),
    };
    let mut messages = Vec::new();
    match &request.input {
        Input::Text(prompt) => messages.push(text(Role::User.as_str(), prompt)),
        Input::Chat {
            messages: said,
            tools,
            ..
        } => {
            messages.extend(said.iter().map(|said| message(said, placeholders)));
            let offered = tools.iter().map(|tool| {
                let description = tool.description.as_deref().unwrap_or_default();
                format!("{}: {description}\n{}", tool.name, tool.parameters)
            });
            let offered: Vec<String> = offered.collect();
            if !offered.is_empty() {
                messages.push(text("tools", &offered.join("\n\n")));
            }
        }
    }
    match &request.format {
        OutputFormat::Text | OutputFormat::JsonObject => {}
        OutputFormat::JsonSchema(schema) => messages.push(text("format", &schema.to_string())),
        OutputFormat::Grammar(grammar) => messages.push(text("format", grammar)),
    }
    Outgoing {
        host: host.to_owned(),
        messages,
    }
}

fn message(said: &Message, placeholders: &Placeholders) -> OutgoingMessage {
    let mut parts = Vec::new();
    for part in &said.content {
        match part {
            Content::Text(text) => parts.extend(pieces(text, placeholders)),
            Content::File(file) => parts.extend(pieces(&file.quoted(), placeholders)),
            Content::ImageUrl(url) if url.starts_with("data:") => parts.push(OutgoingPart::Image {
                bytes: url.len() as u64,
            }),
            Content::ImageUrl(url) => parts.extend(pieces(url, placeholders)),
            Content::Image(image) => parts.extend(pieces(&image.name, placeholders)),
        }
    }
    for call in &said.tool_calls {
        let called = format!("{}({})", call.name, call.arguments);
        parts.extend(pieces(&called, placeholders));
    }
    OutgoingMessage {
        role: said.role.as_str(),
        parts,
    }
}

/// A text, cut where something stands in the place of private text. What the user wrote in that form is text.
fn pieces(text: &str, placeholders: &Placeholders) -> Vec<OutgoingPart> {
    let (mut pieces, mut told) = (Vec::new(), 0);
    for (at, placeholder) in placeholders_in(text).filter(|(_, placeholder)| placeholders.has(placeholder)) {
        let Some(kind) = kind_of(placeholder) else {
            continue;
        };
        if at > told {
            pieces.push(OutgoingPart::Text(text[told..at].to_owned()));
        }
        let text = placeholder.to_owned();
        told = at + text.len();
        pieces.push(OutgoingPart::Placeholder { kind, text });
    }
    if told < text.len() {
        pieces.push(OutgoingPart::Text(text[told..].to_owned()));
    }
    pieces
}

/// `[NATIONAL_ID_2]` stands for a national id.
fn kind_of(placeholder: &str) -> Option<PrivacyKind> {
    let (name, _) = placeholder.strip_prefix('[')?.rsplit_once('_')?;
    PrivacyKind::parse(&name.to_lowercase())
}
