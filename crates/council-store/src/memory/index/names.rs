//! Names as numbers: projects, sessions, speakers, areas and tags repeat.

use std::collections::HashMap;

/// The number of no name.
pub(super) const NONE: u32 = u32::MAX;

/// Names, numbered in the order in which they came.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }

    pub(super) fn optional(&mut self, name: Option<&str>) -> u32 {
        name.map_or(NONE, |name| self.number(name))
    }

    pub(super) fn known(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    /// All of them, in the order of their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn size_bytes(&self) -> usize {
        let text: usize = self.names.iter().map(|name| 2 * name.len()).sum();
        text + self.names.len() * size_of::<(Box<str>, u32, Box<str>)>()
    }
}
