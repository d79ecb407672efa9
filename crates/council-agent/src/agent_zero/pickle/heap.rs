//! The values of a pickle, and the classes that it may name.

use super::PickleError;

/// Most values in one pickle: some 200,000 documents with ten metadata each.
pub(super) const MAX_VALUES: usize = 4_000_000;
/// Classes by module and name, whose objects are read as their state. Modules moved over langchain's versions.
pub(super) const CLASSES: [(&str, &str, Class); 12] = [
    (
        "langchain_community.docstore.in_memory",
        "InMemoryDocstore",
        Class::Docstore,
    ),
    (
        "langchain.docstore.in_memory",
        "InMemoryDocstore",
        Class::Docstore,
    ),
    (
        "langchain_classic.docstore.in_memory",
        "InMemoryDocstore",
        Class::Docstore,
    ),
    ("langchain_core.documents.base", "Document", Class::Document),
    ("langchain_core.documents", "Document", Class::Document),
    ("langchain.schema.document", "Document", Class::Document),
    ("langchain.schema", "Document", Class::Document),
    ("langchain.docstore.document", "Document", Class::Document),
    (
        "langchain_community.docstore.document",
        "Document",
        Class::Document,
    ),
    ("langchain_classic.schema", "Document", Class::Document),
    ("builtins", "set", Class::Set),
    ("__builtin__", "set", Class::Set),
];

/// What a class of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Docstore,
    Document,
    /// Which protocols before 4 make of a list.
    Set,
}

/// Which value of a [`Heap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(u32);

/// A value. What it holds is elsewhere on the heap, because pickles share and change values.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Int(i128),
    /// An integer beyond 128 bits.
    LongInt,
    Float(f64),
    Text(&'a str),
    Bytes,
    /// A list, tuple or set.
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Class(Class),
    Object(Class, Option<Id>),
}

/// All values of one pickle.
#[derive(Debug, Default)]
pub(super) struct Heap<'a> {
    values: Vec<Value<'a>>,
    /// Members of lists and dicts, of which a pickle can make more than it makes values.
    members: usize,
}

impl<'a> Heap<'a> {
    pub(super) fn get(&self, id: Id) -> &Value<'a> {
        &self.values[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Value<'a> {
        &mut self.values[id.0 as usize]
    }

    pub(super) fn add(&mut self, value: Value<'a>) -> Result<Id, PickleError> {
        let id = Id(self.values.len() as u32);
        if self.values.len() >= MAX_VALUES {
            return Err(too_many());
        }
        self.values.push(value);
        Ok(id)
    }

    pub(super) fn will_hold(&mut self, more: usize) -> Result<(), PickleError> {
        self.members += more;
        if self.members > 2 * MAX_VALUES {
            return Err(too_many());
        }
        Ok(())
    }
}

pub(super) fn too_many() -> PickleError {
    PickleError::TooLarge(format!("it has more than {MAX_VALUES} values"))
}
