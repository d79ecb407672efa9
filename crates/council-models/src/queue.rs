//! Requests that wait for one model: interactive before background, and clients in turn.

use council_core::Priority;
use std::collections::VecDeque;

/// One client's waiting requests.
#[derive(Debug)]
struct Line<T> {
    client: String,
    items: VecDeque<T>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    priority: Priority,
    line: usize,
}

/// A queue in which a client with many requests does not hold up one with few.
#[derive(Debug)]
pub struct FairQueue<T> {
    interactive: VecDeque<Line<T>>,
    background: VecDeque<Line<T>>,
    length: usize,
}

impl<T> Default for FairQueue<T> {
    fn default() -> Self {
        Self {
            interactive: VecDeque::new(),
            background: VecDeque::new(),
            length: 0,
        }
    }
}

impl<T> FairQueue<T> {
    /// Requests that wait.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Puts a request behind its client's others.
    pub fn push(&mut self, priority: Priority, client: &str, item: T) {
        let lines = match priority {
            Priority::Interactive => &mut self.interactive,
            Priority::Background => &mut self.background,
        };
        self.length += 1;
        match lines.iter_mut().find(|line| line.client == client) {
            Some(line) => line.items.push_back(item),
            None => lines.push_back(Line {
                client: client.to_owned(),
                items: VecDeque::from([item]),
            }),
        }
    }

    /// The next request: the first of the client whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        let turn = self.turn(|_| true)?;
        self.take(turn)
    }

    /// Whose turn it is among the clients whose first request is `wanted`.
    pub fn turn(&self, wanted: impl Fn(&T) -> bool) -> Option<Turn> {
        let classes = [
            (Priority::Interactive, &self.interactive),
            (Priority::Background, &self.background),
        ];
        classes.into_iter().find_map(|(priority, lines)| {
            let first = |line: &Line<T>| line.items.front().is_some_and(&wanted);
            let line = lines.iter().position(first)?;
            Some(Turn { priority, line })
        })
    }

    /// Takes out the first request of the client whose turn it is; that client comes last then.
    pub fn take(&mut self, turn: Turn) -> Option<T> {
        let lines = match turn.priority {
            Priority::Interactive => &mut self.interactive,
            Priority::Background => &mut self.background,
        };
        let mut line = lines.remove(turn.line)?;
        let item = line.items.pop_front();
        if !line.items.is_empty() {
            lines.push_back(line);
        }
        self.length -= usize::from(item.is_some());
        item
    }

    /// Takes out the first request for which `wanted` holds.
    pub fn remove(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        for lines in [&mut self.interactive, &mut self.background] {
            for index in 0..lines.len() {
                if let Some(at) = lines[index].items.iter().position(&wanted) {
                    let item = lines[index].items.remove(at);
                    if lines[index].items.is_empty() {
                        lines.remove(index);
                    }
                    self.length -= 1;
                    return item;
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(queue: &mut FairQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn clients_take_turns_and_background_comes_last() {
        let mut queue = FairQueue::default();
        queue.push(Priority::Background, "a", "later");
        for item in ["a1", "a2", "a3"] {
            queue.push(Priority::Interactive, "a", item);
        }
        queue.push(Priority::Interactive, "b", "b1");
        assert_eq!(queue.len(), 5);
        assert_eq!(drain(&mut queue), ["a1", "b1", "a2", "a3", "later"]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_removed_request_is_never_popped() {
        let mut queue = FairQueue::default();
        queue.push(Priority::Interactive, "a", "a1");
        queue.push(Priority::Interactive, "a", "a2");
        assert_eq!(queue.remove(|item| *item == "a1"), Some("a1"));
        assert_eq!(queue.remove(|item| *item == "a1"), None);
        assert_eq!(drain(&mut queue), ["a2"]);
    }
}
