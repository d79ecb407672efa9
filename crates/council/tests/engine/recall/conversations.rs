//! Conversations with questions about them, in the format of LoCoMo.
//!
//! Our own add to it: `user`, whose memory a conversation is in, and `asked_at`, the day on which a question is asked.

use council_core::{MemoryKind, NewMemory, Scope, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;

/// What LoCoMo's numbers of categories mean.
const CATEGORIES: [&str; 5] = [
    "multi-hop",
    "temporal",
    "open-domain",
    "single-hop",
    "adversarial",
];

pub(crate) struct Conversation {
    /// Whose memory it is in.
    pub(crate) user: String,
    pub(crate) turns: Vec<NewMemory>,
    pub(crate) questions: Vec<Question>,
}

pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) category: String,
    /// Turns, as [`turn_of`] names them.
    pub(crate) evidence: Vec<String>,
    /// `None`: after everything was said.
    pub(crate) asked_at: Option<Timestamp>,
}

/// What a memory was made of: the number of its conversation and the turn's own name.
pub(crate) fn turn_of(memory: &NewMemory) -> String {
    let turn = memory.metadata.get("turn").and_then(Value::as_str);
    turn.unwrap_or_default().to_owned()
}

/// All conversations of a file, those without a user in memories of their own. Without `captions` what pictures show
/// is left out.
pub(crate) fn read(text: &str, captions: bool) -> Result<Vec<Conversation>, String> {
    let json: Vec<Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let read = |(number, one): (usize, &Value)| {
        conversation(number, one, captions)
            .ok_or_else(|| format!("conversation {number} is not in LoCoMo's format"))
    };
    json.iter().enumerate().map(read).collect()
}

fn conversation(number: usize, json: &Value, captions: bool) -> Option<Conversation> {
    let user = json.get("user").and_then(Value::as_str);
    let user = user.map_or_else(|| format!("conversation {number}"), str::to_owned);
    let said = json.get("conversation")?;
    let mut turns = Vec::new();
    for session in 1.. {
        let date = said.get(format!("session_{session}_date_time"));
        let Some(list) = said.get(format!("session_{session}")) else {
            // Some sessions have a date and no turns.
            if date.is_some() {
                continue;
            }
            break;
        };
        let begun = moment(date?.as_str()?)?;
        let scope = Scope {
            user: user.clone(),
            project: None,
            session: Some(format!("{number}/{session}")),
        };
        for (seconds, turn) in (0..).zip(list.as_array()?) {
            let said_at = Timestamp::from_millis(begun.as_millis() + seconds * 1_000);
            turns.push(memory(number, turn, scope.clone(), said_at, captions)?);
        }
    }
    let questions = json.get("qa")?.as_array()?;
    let questions = questions.iter().map(|json| question(number, json));
    Some(Conversation {
        user,
        turns,
        questions: questions.collect::<Option<_>>()?,
    })
}

fn memory(
    number: usize,
    turn: &Value,
    scope: Scope,
    said_at: Timestamp,
    captions: bool,
) -> Option<NewMemory> {
    let of = |name: &str| turn.get(name).and_then(Value::as_str);
    let mut text = of("text")?.to_owned();
    if let Some(caption) = of("blip_caption").filter(|_| captions) {
        text = format!("{text} [image: {caption}]");
    }
    if text.trim().is_empty() {
        // An empty text cannot be remembered, and the turns around it keep their places.
        ".".clone_into(&mut text);
    }
    let mut memory = NewMemory::new(MemoryKind::Turn, scope, text, said_at);
    memory.speaker = Some(of("speaker")?.to_owned());
    let turn = format!("{number}/{}", of("dia_id")?);
    memory.metadata.insert("turn".to_owned(), Value::from(turn));
    Some(memory)
}

fn question(number: usize, json: &Value) -> Option<Question> {
    let category = json.get("category")?;
    let category = match category.as_u64() {
        Some(known) => (*CATEGORIES.get(usize::try_from(known).ok()?.checked_sub(1)?)?).to_owned(),
        None => category.as_str()?.to_owned(),
    };
    let evidence = json.get("evidence")?.as_array()?.iter().filter_map(Value::as_str);
    let evidence = evidence.flat_map(evidence_ids).map(|id| format!("{number}/{id}"));
    let asked_at = match json.get("asked_at") {
        Some(day) => Some(timestamp(day.as_str()?.parse::<Date>().ok()?.at(12, 0, 0, 0))?),
        None => None,
    };
    Some(Question {
        text: json.get("question")?.as_str()?.to_owned(),
        category,
        evidence: evidence.collect(),
        asked_at,
    })
}

/// Evidence as it is written: "D8:6; D9:17", "D:11:26" and "D30:05" occur.
fn evidence_ids(text: &str) -> Vec<String> {
    let is_separator = |character: char| character == ';' || character == ',' || character.is_whitespace();
    let id = |part: &str| {
        let numbers = part.split(|character: char| !character.is_ascii_digit());
        let numbers: Vec<u64> = numbers.filter_map(|digits| digits.parse().ok()).collect();
        let [session, turn] = <[u64; 2]>::try_from(numbers).ok()?;
        Some(format!("D{session}:{turn}"))
    };
    text.split(is_separator).filter_map(id).collect()
}

/// "7:31 pm on 21 January, 2022".
fn moment(text: &str) -> Option<Timestamp> {
    timestamp(DateTime::strptime("%I:%M %p on %d %B, %Y", text).ok()?)
}

fn timestamp(moment: DateTime) -> Option<Timestamp> {
    let moment = moment.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_millis(
        u64::try_from(moment.as_millisecond()).ok()?,
    ))
}

/// A day after the last that was said in each memory.
pub(crate) fn afterwards(conversations: &[Conversation]) -> BTreeMap<&str, Timestamp> {
    const DAY_MILLIS: u64 = 86_400_000;
    let mut last: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for conversation in conversations {
        for turn in &conversation.turns {
            let after = Timestamp::from_millis(turn.said_at.as_millis() + DAY_MILLIS);
            let known = last.entry(&conversation.user).or_default();
            *known = after.max(*known);
        }
    }
    last
}
