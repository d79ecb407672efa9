//! Documents as langchain would pickle them, in protocol 4.

use super::Document;
use serde_json::{Map, Value};

/// `index.pkl` of these documents, whose vectors are in this order in `index.faiss`. Python needs two names to read
/// it: langchain's `InMemoryDocstore` and `Document`.
pub fn write(documents: &[Document]) -> Vec<u8> {
    let mut pickle = Pickle(vec![0x80, 4]);
    pickle.class("langchain_community.docstore.in_memory", "InMemoryDocstore");
    pickle.state(|pickle| {
        pickle.text("_dict");
        pickle.dict(documents, |pickle, document| {
            pickle.text(&document.id);
            pickle.document(document);
        });
    });
    let rows: Vec<(usize, &Document)> = documents.iter().enumerate().collect();
    pickle.dict(&rows, |pickle, (row, document)| {
        pickle.integer(*row as i128);
        pickle.text(&document.id);
    });
    // TUPLE2, STOP.
    pickle.0.extend([0x86, b'.']);
    pickle.0
}

struct Pickle(Vec<u8>);

impl Pickle {
    /// A class, by STACK_GLOBAL, and a new object of it.
    fn class(&mut self, module: &str, name: &str) {
        self.text(module);
        self.text(name);
        // STACK_GLOBAL, EMPTY_TUPLE, NEWOBJ.
        self.0.extend([0x93, b')', 0x81]);
    }

    /// The state of the object before it: a dict, then BUILD.
    fn state(&mut self, items: impl FnOnce(&mut Self)) {
        self.0.extend(b"}(");
        items(self);
        self.0.extend(b"ub");
    }

    fn dict<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.0.extend(b"}(");
        for of in items {
            item(self, of);
        }
        self.0.push(b'u');
    }

    /// As pydantic 2 keeps its state.
    fn document(&mut self, document: &Document) {
        self.class("langchain_core.documents.base", "Document");
        self.state(|pickle| {
            pickle.text("__dict__");
            pickle.0.extend(b"}(");
            pickle.text("id");
            pickle.text(&document.id);
            pickle.text("metadata");
            pickle.object(&document.metadata);
            pickle.text("page_content");
            pickle.text(&document.text);
            pickle.text("type");
            pickle.text("Document");
            pickle.0.push(b'u');
            pickle.text("__pydantic_extra__");
            pickle.0.push(b'N');
            pickle.text("__pydantic_fields_set__");
            // EMPTY_SET … ADDITEMS.
            pickle.0.extend([0x8f, b'(']);
            for field in ["id", "metadata", "page_content"] {
                pickle.text(field);
            }
            pickle.0.push(0x90);
            pickle.text("__pydantic_private__");
            pickle.0.push(b'N');
        });
    }

    fn object(&mut self, fields: &Map<String, Value>) {
        let fields: Vec<(&String, &Value)> = fields.iter().collect();
        self.dict(&fields, |pickle, (key, value)| {
            pickle.text(key);
            pickle.value(value);
        });
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(b'N'),
            Value::Bool(true) => self.0.push(0x88),
            Value::Bool(false) => self.0.push(0x89),
            Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (Some(integer), _) => self.integer(integer),
                (None, float) => {
                    self.0.push(b'G');
                    self.0.extend(float.unwrap_or_default().to_be_bytes());
                }
            },
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.0.extend(b"](");
                for item in items {
                    self.value(item);
                }
                self.0.push(b'e');
            }
            Value::Object(fields) => self.object(fields),
        }
    }

    fn integer(&mut self, integer: i128) {
        if let Ok(small) = i32::try_from(integer) {
            self.0.push(b'J');
            self.0.extend(small.to_le_bytes());
        } else {
            // LONG1.
            self.0.extend([0x8a, 16]);
            self.0.extend(integer.to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) {
        if let Ok(short) = u8::try_from(text.len()) {
            self.0.extend([0x8c, short]);
        } else {
            self.0.push(0x8d);
            self.0.extend((text.len() as u64).to_le_bytes());
        }
        self.0.extend(text.as_bytes());
    }
}
