//! What langchain's classes mean: documents by identifier.

use super::PickleError;
use super::heap::{Class, Heap, Id, Value};
use super::machine::run;
use serde_json::{Map, Number, Value as Json};
use std::collections::HashSet;

/// Deepest nesting of metadata.
const MAX_DEPTH: usize = 16;
/// Most values and most bytes of text for each byte of the pickle, and those that every pickle may have. A pickle can
/// share values, so that a few bytes could stand for very many.
const MAX_GROWTH: (usize, usize) = (4, 16);
const ANYWAY: (usize, usize) = (100_000, 1 << 20);

/// A text with its metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its identifier in the store.
    pub id: String,
    /// The text.
    pub text: String,
    /// The metadata.
    pub metadata: Map<String, Json>,
}

/// What `index.pkl` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Docstore {
    /// The documents in the order of the store.
    pub documents: Vec<Document>,
    /// Identifiers by their row in `index.faiss`.
    pub rows: Vec<(i64, String)>,
}

/// Reads `index.pkl`. Costs memory in proportion to its length.
///
/// # Errors
/// [`PickleError`]; nothing of a pickle is ever executed.
pub fn read(bytes: &[u8]) -> Result<Docstore, PickleError> {
    let (heap, root) = run(bytes)?;
    let reader = Reader { heap };
    let mut left = Left {
        values: bytes.len().saturating_mul(MAX_GROWTH.0).saturating_add(ANYWAY.0),
        bytes: bytes.len().saturating_mul(MAX_GROWTH.1).saturating_add(ANYWAY.1),
    };
    let (store, rows) = match reader.heap.get(root) {
        Value::List(pair) if pair.len() == 2 => (pair[0], pair[1]),
        _ => return Err(shape("it is no pair of a store and its rows")),
    };
    let Value::Object(Class::Docstore, Some(state)) = reader.heap.get(store) else {
        return Err(shape("it does not begin with an InMemoryDocstore"));
    };
    let documents = reader
        .field(*state, "_dict")
        .ok_or_else(|| shape("its store has no `_dict`"))?;
    let mut read = Vec::new();
    let mut known = HashSet::new();
    for (key, document) in reader.dict(documents, "the store's `_dict`")? {
        let id = reader
            .text(key)
            .ok_or_else(|| shape("an identifier is no text"))?;
        if !known.insert(id) {
            return Err(shape(&format!("`{id}` is there twice")));
        }
        read.push(reader.document(id, document, &mut left)?);
    }
    let rows = reader
        .dict(rows, "the list of rows")?
        .into_iter()
        .map(|(row, id)| match (reader.heap.get(row), reader.text(id)) {
            (Value::Int(row), Some(id)) => Ok((*row as i64, id.to_owned())),
            _ => Err(shape("a row is no number, or its identifier no text")),
        });
    Ok(Docstore {
        documents: read,
        rows: rows.collect::<Result<_, _>>()?,
    })
}

fn shape(what: &str) -> PickleError {
    PickleError::Shape(what.to_owned())
}

/// What may still be made.
struct Left {
    values: usize,
    bytes: usize,
}

impl Left {
    fn take(&mut self, text: &str) -> Result<String, &'static str> {
        let taken = self.bytes.checked_sub(text.len());
        self.bytes = taken.ok_or("far more text than the file has bytes")?;
        Ok(text.to_owned())
    }
}

struct Reader<'a> {
    heap: Heap<'a>,
}

impl<'a> Reader<'a> {
    fn text(&self, id: Id) -> Option<&'a str> {
        match self.heap.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn dict(&self, id: Id, what: &str) -> Result<Vec<(Id, Id)>, PickleError> {
        match self.heap.get(id) {
            Value::Dict(pairs) => Ok(pairs.clone()),
            _ => Err(shape(&format!("{what} is no dict"))),
        }
    }

    /// The last value of a key: a later one replaces an earlier one.
    fn field(&self, dict: Id, name: &str) -> Option<Id> {
        let Value::Dict(pairs) = self.heap.get(dict) else {
            return None;
        };
        let mut pairs = pairs.iter().rev();
        pairs
            .find(|(key, _)| self.text(*key) == Some(name))
            .map(|(_, value)| *value)
    }

    fn document(&self, id: &str, object: Id, left: &mut Left) -> Result<Document, PickleError> {
        let wrong = |what: &str| shape(&format!("document `{id}` {what}"));
        let Value::Object(Class::Document, Some(state)) = self.heap.get(object) else {
            return Err(wrong("is no Document"));
        };
        // Pydantic keeps the fields in `__dict__`, a plain class has them as they are.
        let fields = self.field(*state, "__dict__").unwrap_or(*state);
        let text = self
            .field(fields, "page_content")
            .and_then(|text| self.text(text));
        let text = text.ok_or_else(|| wrong("has no text in `page_content`"))?;
        let has = |reason: &str| wrong(&format!("has {reason}"));
        let metadata = match self.field(fields, "metadata") {
            None => Map::new(),
            Some(metadata) => match self.json(metadata, 0, left) {
                Ok(Json::Object(metadata)) => metadata,
                Ok(_) => return Err(has("metadata that are no dict")),
                Err(reason) => return Err(has(&format!("{reason} in its metadata"))),
            },
        };
        Ok(Document {
            id: left.take(id).map_err(has)?,
            text: left.take(text).map_err(has)?,
            metadata,
        })
    }

    /// A value as JSON; else what is in the way.
    fn json(&self, id: Id, depth: usize, left: &mut Left) -> Result<Json, &'static str> {
        if depth > MAX_DEPTH {
            return Err("more than 16 levels");
        }
        left.values = left
            .values
            .checked_sub(1)
            .ok_or("far more values than the file has bytes")?;
        Ok(match self.heap.get(id) {
            Value::None => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => Json::from(number),
                (_, Ok(number)) => Json::from(number),
                _ => return Err("an integer beyond 64 bits"),
            },
            Value::LongInt => return Err("an integer beyond 64 bits"),
            Value::Float(number) => {
                Json::Number(Number::from_f64(*number).ok_or("a number that is infinite or none")?)
            }
            Value::Text(text) => Json::String(left.take(text)?),
            Value::Bytes => return Err("bytes"),
            Value::List(items) => {
                let items = items.iter().map(|item| self.json(*item, depth + 1, left));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Value::Dict(pairs) => {
                let mut fields = Map::new();
                for (key, value) in pairs {
                    let key = self.text(*key).ok_or("a key that is no text")?;
                    fields.insert(left.take(key)?, self.json(*value, depth + 1, left)?);
                }
                Json::Object(fields)
            }
            Value::Class(_) | Value::Object(..) => return Err("an object"),
        })
    }
}
