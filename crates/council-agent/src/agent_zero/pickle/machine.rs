//! The stack machine of pickles, without the instructions that do something.

use super::PickleError;
use super::heap::{CLASSES, Class, Heap, Id, MAX_VALUES, Value, too_many};
use std::collections::HashMap;

/// Runs a pickle to its end; the value that it leaves.
pub(super) fn run(bytes: &[u8]) -> Result<(Heap<'_>, Id), PickleError> {
    let mut machine = Machine {
        bytes,
        at: 0,
        opcode_at: 0,
        heap: Heap::default(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    let root = machine.run()?;
    Ok((machine.heap, root))
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the running instruction begins.
    opcode_at: usize,
    heap: Heap<'a>,
    stack: Vec<Id>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    fn run(&mut self) -> Result<Id, PickleError> {
        if self.bytes.first() != Some(&0x80) {
            return Err(self.damaged("it does not begin as a pickle of protocol 2 to 5 does"));
        }
        loop {
            self.opcode_at = self.at;
            let opcode = self.byte()?;
            if opcode == b'.' {
                return self.pop();
            }
            self.step(opcode)?;
            if self.stack.len() > MAX_VALUES || self.marks.len() > MAX_VALUES {
                return Err(too_many());
            }
        }
    }

    fn step(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            0x80 => match self.byte()? {
                2..=5 => Ok(()),
                _ => Err(self.damaged("its protocol is not one of 2 to 5")),
            },
            // FRAME: how much follows; the file says that itself.
            0x95 => self.take(8).map(|_| ()),
            b'(' => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            b'0' => self.pop().map(|_| ()),
            b'1' => self.since_mark().map(|_| ()),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
                Ok(())
            }
            b'N' => self.push(Value::None),
            0x88 => self.push(Value::Bool(true)),
            0x89 => self.push(Value::Bool(false)),
            b'J' | b'K' | b'M' | 0x8a | b'G' => self.number(opcode),
            b'X' | 0x8c | 0x8d => {
                let text = self.text(opcode)?;
                self.push(Value::Text(text))
            }
            b'B' | b'C' | 0x8e => {
                let length = self.length(match opcode {
                    b'B' => 4,
                    b'C' => 1,
                    _ => 8,
                })?;
                self.take(length)?;
                self.push(Value::Bytes)
            }
            b')' | b']' | 0x8f => self.push(Value::List(Vec::new())),
            b'}' => self.push(Value::Dict(Vec::new())),
            0x85..=0x87 => self.small_tuple(usize::from(opcode - 0x84)),
            // TUPLE, LIST and FROZENSET differ in what can be done with them in Python only.
            b't' | b'l' | 0x91 => {
                let items = self.since_mark()?;
                self.heap.will_hold(items.len())?;
                self.push(Value::List(items))
            }
            b'd' => {
                let items = self.since_mark()?;
                self.push(Value::Dict(Vec::new()))?;
                self.set_items(&items)
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])
            }
            b'e' | 0x90 => {
                let items = self.since_mark()?;
                self.append(items)
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set_items(&[key, value])
            }
            b'u' => {
                let items = self.since_mark()?;
                self.set_items(&items)
            }
            b'q' | b'r' | 0x94 | b'h' | b'j' => self.memo(opcode),
            b'c' | 0x93 => self.global(opcode),
            0x81 => self.new_object(),
            b'R' => self.reduce(),
            b'b' => self.build(),
            _ => Err(PickleError::Opcode {
                opcode: name(opcode),
                at: self.opcode_at,
            }),
        }
    }

    fn damaged(&self, reason: &'static str) -> PickleError {
        PickleError::Damaged {
            at: self.opcode_at,
            reason,
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], PickleError> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(PickleError::Truncated(self.bytes.len()))?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    /// A number of this many bytes, the lowest first.
    fn length(&mut self, width: usize) -> Result<usize, PickleError> {
        let bytes = self.take(width)?;
        let number = bytes
            .iter()
            .rev()
            .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
        // What does not fit an address is longer than any file.
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }

    fn line(&mut self) -> Result<&'a str, PickleError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n');
        let line = self.take(length.ok_or(PickleError::Truncated(self.bytes.len()))?)?;
        self.at += 1;
        std::str::from_utf8(line).map_err(|_| self.damaged("a name is not UTF-8"))
    }

    fn text(&mut self, opcode: u8) -> Result<&'a str, PickleError> {
        let length = self.length(match opcode {
            b'X' => 4,
            0x8c => 1,
            _ => 8,
        })?;
        let bytes = self.take(length)?;
        // Python writes lone surrogates in a way that is no UTF-8; a text of ours cannot hold them.
        std::str::from_utf8(bytes).map_err(|_| self.damaged("a text is not UTF-8"))
    }

    fn number(&mut self, opcode: u8) -> Result<(), PickleError> {
        let value = match opcode {
            b'J' => Value::Int(i128::from(self.length(4)? as u32 as i32)),
            b'K' => Value::Int(self.length(1)? as i128),
            b'M' => Value::Int(self.length(2)? as i128),
            b'G' => {
                let bytes = self.take(8)?;
                let bits = bytes.iter().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
                Value::Float(f64::from_bits(bits))
            }
            // LONG1: two's complement, the lowest byte first, as long as need be.
            _ => {
                let length = self.length(1)?;
                let bytes = self.take(length)?;
                let negative = bytes.last().is_some_and(|&high| high >= 0x80);
                if length > 16 {
                    Value::LongInt
                } else {
                    let filled = if negative { -1 } else { 0 };
                    Value::Int(
                        bytes
                            .iter()
                            .rev()
                            .fold(filled, |sum, &byte| sum << 8 | i128::from(byte)),
                    )
                }
            }
        };
        self.push(value)
    }

    fn push(&mut self, value: Value<'a>) -> Result<(), PickleError> {
        let id = self.heap.add(value)?;
        self.stack.push(id);
        Ok(())
    }

    /// How deep the stack may be emptied: down to the last mark.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Id, PickleError> {
        let top = self.stack.last().copied();
        top.filter(|_| self.stack.len() > self.floor())
            .ok_or_else(|| self.damaged("its stack is empty"))
    }

    fn pop(&mut self) -> Result<Id, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        let mark = self
            .marks
            .pop()
            .ok_or_else(|| self.damaged("a mark is missing"))?;
        Ok(self.stack.split_off(mark))
    }

    fn small_tuple(&mut self, length: usize) -> Result<(), PickleError> {
        let from = self.stack.len().checked_sub(length);
        let from = from.filter(|&from| from >= self.floor());
        let from = from.ok_or_else(|| self.damaged("its stack is empty"))?;
        let items = self.stack.split_off(from);
        self.heap.will_hold(length)?;
        self.push(Value::List(items))
    }

    fn append(&mut self, mut items: Vec<Id>) -> Result<(), PickleError> {
        self.heap.will_hold(items.len())?;
        let list = self.top()?;
        match self.heap.get_mut(list) {
            Value::List(list) => list.append(&mut items),
            _ => return Err(self.damaged("it appends to something that is no list")),
        }
        Ok(())
    }

    fn set_items(&mut self, items: &[Id]) -> Result<(), PickleError> {
        if items.len() % 2 == 1 {
            return Err(self.damaged("a key has no value"));
        }
        self.heap.will_hold(items.len())?;
        let dict = self.top()?;
        match self.heap.get_mut(dict) {
            Value::Dict(dict) => dict.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            _ => return Err(self.damaged("it sets items of something that is no dict")),
        }
        Ok(())
    }

    fn memo(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            b'h' | b'j' => {
                let key = self.length(if opcode == b'h' { 1 } else { 4 })? as u32;
                let id = self.memo.get(&key).copied();
                self.stack
                    .push(id.ok_or_else(|| self.damaged("it reads a memo that was not written"))?);
            }
            _ => {
                let key = match opcode {
                    b'q' => self.length(1)? as u32,
                    b'r' => self.length(4)? as u32,
                    _ => self.memo.len() as u32,
                };
                let top = self.top()?;
                if self.memo.len() >= MAX_VALUES {
                    return Err(too_many());
                }
                self.memo.insert(key, top);
            }
        }
        Ok(())
    }

    fn global(&mut self, opcode: u8) -> Result<(), PickleError> {
        let (module, name) = if opcode == b'c' {
            (self.line()?, self.line()?)
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            match (self.heap.get(module), self.heap.get(name)) {
                (Value::Text(module), Value::Text(name)) => (*module, *name),
                _ => return Err(self.damaged("the name of a class is no text")),
            }
        };
        let known = CLASSES
            .into_iter()
            .find(|(of, class, _)| (*of, *class) == (module, name));
        let Some((_, _, class)) = known else {
            let name = format!("{module}.{name}");
            return Err(PickleError::Global {
                name: name.chars().take(120).flat_map(char::escape_debug).collect(),
                at: self.opcode_at,
            });
        };
        self.push(Value::Class(class))
    }

    fn new_object(&mut self) -> Result<(), PickleError> {
        let (arguments, class) = (self.pop()?, self.pop()?);
        let without_arguments = matches!(self.heap.get(arguments), Value::List(items) if items.is_empty());
        match self.heap.get(class) {
            Value::Class(class @ (Class::Docstore | Class::Document)) if without_arguments => {
                let object = Value::Object(*class, None);
                self.push(object)
            }
            _ => Err(self.damaged("it makes an object in another way than langchain does")),
        }
    }

    /// A call. The only one that is understood is of `set` with a list.
    fn reduce(&mut self) -> Result<(), PickleError> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let items = match (self.heap.get(function), self.heap.get(arguments)) {
            (Value::Class(Class::Set), Value::List(arguments)) => match arguments.as_slice() {
                [] => Some(Vec::new()),
                [list] => match self.heap.get(*list) {
                    Value::List(items) => Some(items.clone()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(items) = items else {
            return Err(PickleError::Opcode {
                opcode: "REDUCE (a call)".to_owned(),
                at: self.opcode_at,
            });
        };
        self.heap.will_hold(items.len())?;
        self.push(Value::List(items))
    }

    fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let object = self.top()?;
        if !matches!(self.heap.get(state), Value::Dict(_)) {
            return Err(self.damaged("the state of an object is no dict"));
        }
        match self.heap.get_mut(object) {
            Value::Object(_, held @ None) => *held = Some(state),
            _ => return Err(self.damaged("it sets the state of something that is no new object")),
        }
        Ok(())
    }
}

/// An opcode as `pickletools` calls it.
fn name(opcode: u8) -> String {
    let name = match opcode {
        b'P' | b'Q' => "PERSID",
        b'i' => "INST",
        b'o' => "OBJ",
        0x82..=0x84 => "EXT",
        0x92 => "NEWOBJ_EX",
        0x8b => "LONG4",
        0x96 => "BYTEARRAY8",
        0x97 => "NEXT_BUFFER",
        0x98 => "READONLY_BUFFER",
        b'I' | b'L' | b'F' | b'S' | b'V' | b'T' | b'U' | b'g' | b'p' => "an opcode of protocol 0 or 1",
        _ => return format!("the unknown opcode 0x{opcode:02x}"),
    };
    name.to_owned()
}
