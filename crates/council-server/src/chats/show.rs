//! A branch for people: as Markdown, and as a page that needs nothing else.

use council_core::{AnswerEnd, Content, Conversation, Message, Role, StoredMessage, Timestamp};
use std::fmt::Write as _;

const PAGE: &str = include_str!("show/page.html");

/// The branch as Markdown.
pub fn markdown(conversation: &Conversation, branch: &[StoredMessage]) -> String {
    let mut text = format!("# {}\n", name(conversation));
    for stored in branch.iter().filter(|stored| is_shown(&stored.message)) {
        let _ = write!(
            text,
            "\n**{}** · {}\n\n",
            speaker(stored),
            when(stored.created_at)
        );
        for part in &stored.message.content {
            match part {
                Content::Text(words) => {
                    let _ = writeln!(text, "{}", words.trim_end());
                }
                Content::File(file) => {
                    let _ = writeln!(text, "*Attached: {}*\n", file.name);
                }
                Content::Image(image) => {
                    let _ = writeln!(text, "*Attached: {}*\n", image.name);
                }
                Content::ImageUrl(_) => text.push_str("*(an image)*\n\n"),
            }
        }
        text.push_str(&called(&stored.message));
        if let Some(end) = end(stored) {
            let _ = writeln!(text, "\n*({end})*");
        }
    }
    text
}

/// The branch as a page. Nothing of what was said is markup in it.
pub(crate) fn html(conversation: &Conversation, branch: &[StoredMessage]) -> String {
    let mut body = String::new();
    for stored in branch.iter().filter(|stored| is_shown(&stored.message)) {
        let (mut text, mut images) = (String::new(), String::new());
        for part in &stored.message.content {
            match part {
                Content::Text(words) => text.push_str(words),
                Content::File(file) => {
                    let _ = writeln!(text, "[attached: {}]", file.name);
                }
                Content::Image(image) => {
                    let _ = writeln!(text, "[attached: {}]", image.name);
                }
                Content::ImageUrl(url) if url.starts_with("data:image/") => {
                    let _ = write!(images, "<img src=\"{}\" alt=\"an image\">", escaped(url));
                }
                Content::ImageUrl(_) => text.push_str("[an image]\n"),
            }
        }
        text.push_str(&called(&stored.message));
        let end = end(stored)
            .map(|end| format!("<p class=\"note\">{end}</p>"))
            .unwrap_or_default();
        let _ = writeln!(
            body,
            "<article class=\"{}\"><h2>{} <time>{}</time></h2>{images}<div>{}</div>{end}</article>",
            stored.message.role.as_str(),
            escaped(&speaker(stored)),
            when(stored.created_at),
            escaped(text.trim_end()),
        );
    }
    // Apart, because a title may say `{body}`.
    let (head, tail) = PAGE.split_once("{body}").unwrap_or((PAGE, ""));
    let head = head.replace("{title}", &escaped(&name(conversation)));
    [head.as_str(), &body, tail].concat()
}

fn name(conversation: &Conversation) -> String {
    if conversation.title.is_empty() {
        "Conversation".to_owned()
    } else {
        conversation.title.clone()
    }
}

/// What tools gave is for models.
fn is_shown(message: &Message) -> bool {
    matches!(message.role, Role::User | Role::Assistant)
}

fn speaker(stored: &StoredMessage) -> String {
    match (stored.message.role, stored.model.as_deref()) {
        (Role::Assistant, Some(model)) if !model.is_empty() => format!("Assistant ({model})"),
        (Role::Assistant, _) => "Assistant".to_owned(),
        (Role::User | Role::System | Role::Tool, _) => "You".to_owned(),
    }
}

/// To the minute, in UTC.
fn when(moment: Timestamp) -> String {
    let seconds = i64::try_from(moment.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| String::new(),
        |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

fn called(message: &Message) -> String {
    let calls = message.tool_calls.iter();
    let lines: Vec<String> = calls
        .map(|call| format!("(used the tool {})\n", call.name))
        .collect();
    lines.concat()
}

fn end(stored: &StoredMessage) -> Option<&'static str> {
    match stored.finish? {
        AnswerEnd::Stop | AnswerEnd::ToolCalls => None,
        AnswerEnd::Length => Some("cut off: it became too long"),
        AnswerEnd::Stopped => Some("stopped"),
        AnswerEnd::Failed => Some("failed here"),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
