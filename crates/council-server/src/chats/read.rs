//! A whole export, one conversation in memory at a time.

use super::{Found, chatgpt, claude, council, open_webui};
use council_core::{ConversationId, Timestamp};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use uuid::Uuid;

/// What was read of one conversation of an export.
pub(crate) struct Read {
    /// The program that it comes from; empty where that is not known.
    pub(crate) program: &'static str,
    /// What became of it.
    pub(crate) found: Result<Found, Failed>,
}

/// A conversation that cannot be taken.
pub(crate) struct Failed {
    pub(crate) title: String,
    pub(crate) why: String,
}

/// Reads an export and hands over one conversation after the other, until `take` says that nobody wants more. What is handed
/// over before an error stands.
///
/// # Errors
/// When it is no JSON, with the place.
pub(crate) fn read(bytes: &[u8], now: Timestamp, take: &mut dyn FnMut(Read) -> bool) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut reader = Reader { now, take };
    let read = Export(&mut reader).deserialize(&mut json);
    read.and_then(|()| json.end()).map_err(|error| error.to_string())
}

struct Reader<'a> {
    now: Timestamp,
    take: &'a mut dyn FnMut(Read) -> bool,
}

impl Reader<'_> {
    fn hand_over(&mut self, value: &Value) -> bool {
        let fresh = ConversationId::parse(&format!("conv_{}", Uuid::now_v7().simple()));
        let read = match fresh {
            Some(fresh) => conversation(value, fresh, self.now),
            None => return false,
        };
        (self.take)(read)
    }
}

fn conversation(value: &Value, fresh: ConversationId, now: Timestamp) -> Read {
    let (program, found) = if chatgpt::is(value) {
        ("chatgpt", Ok(chatgpt::read(value, fresh, now)))
    } else if claude::is(value) {
        ("claude", Ok(claude::read(value, fresh, now)))
    } else if open_webui::is(value) {
        ("open_webui", Ok(open_webui::read(value, fresh, now)))
    } else if council::is(value) {
        ("council", council::read(value, fresh, now))
    } else {
        let why =
            "it is no conversation of Council, ChatGPT, Claude or Open WebUI; send what one of them exports";
        ("", Err(why.to_owned()))
    };
    let failed = |why: String| Failed {
        title: super::title(value.get("title").or_else(|| value.get("name"))),
        why,
    };
    let found = found.map_err(failed).and_then(|found| {
        if found.conversation.messages.is_empty() && program != "council" {
            return Err(failed("nothing was said in it that can be kept".to_owned()));
        }
        Ok(found)
    });
    Read { program, found }
}

/// An array of conversations, an object that has one in `conversations`, or a single one.
struct Export<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for Export<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Export<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export: an array of conversations, or an object with `conversations`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(value) = items.next_element::<Value>()? {
            if !self.0.hand_over(&value) {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut other = Map::new();
        let mut several = false;
        while let Some(field) = fields.next_key::<String>()? {
            if field == "conversations" {
                several = true;
                fields.next_value_seed(Export(&mut *self.0))?;
            } else {
                other.insert(field, fields.next_value()?);
            }
        }
        if !several {
            self.0.hand_over(&Value::Object(other));
        }
        Ok(())
    }
}
