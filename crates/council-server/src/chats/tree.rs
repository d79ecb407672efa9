//! Messages that name the one before them, as a tree. Whatever they name: what does not exist is the beginning, and what is
//! in a circle is left out.

use council_core::{ImportedMessage, Timestamp};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// A place in a tree. Places without a message are passed over: what follows them follows what is before them.
pub(super) struct Node {
    pub(super) key: String,
    pub(super) parent: Option<String>,
    pub(super) said: Option<ImportedMessage>,
}

/// A tree.
pub(super) struct Grown {
    /// Each message after the one that it follows, otherwise by time.
    pub(super) messages: Vec<ImportedMessage>,
    /// The place in `messages` that was named as the current one.
    pub(super) leaf: Option<usize>,
    /// Messages that are in a circle.
    pub(super) lost: usize,
}

/// Makes a tree; `current` is the key of the end of its active branch.
pub(super) fn grow(mut nodes: Vec<Node>, current: Option<&str>) -> Grown {
    let mut index: HashMap<&str, usize> = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        index.entry(&node.key).or_insert(at);
    }
    let parents: Vec<Option<usize>> = nodes
        .iter()
        .map(|node| {
            node.parent
                .as_deref()
                .and_then(|parent| index.get(parent))
                .copied()
        })
        .collect();
    let current = current.and_then(|current| index.get(current)).copied();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (at, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(at);
        }
    }
    // The earliest of those whose parent is placed comes next, so that the order of versions is that of their times.
    let roots = parents.iter().enumerate().filter(|(_, parent)| parent.is_none());
    let mut ready: BinaryHeap<Reverse<(Timestamp, usize)>> =
        roots.map(|(at, _)| Reverse((time(&nodes[at]), at))).collect();
    let mut placed: Vec<Option<usize>> = vec![None; nodes.len()];
    let mut messages = Vec::new();
    while let Some(Reverse((when, at))) = ready.pop() {
        let before = parents[at].and_then(|parent| placed[parent]);
        placed[at] = before;
        if let Some(mut said) = nodes[at].said.take() {
            said.parent = before;
            placed[at] = Some(messages.len());
            messages.push(said);
        }
        for child in &children[at] {
            ready.push(Reverse((time(&nodes[*child]).max(when), *child)));
        }
    }
    Grown {
        leaf: current.and_then(|current| placed[current]),
        lost: nodes.iter().filter(|node| node.said.is_some()).count(),
        messages,
    }
}

fn time(node: &Node) -> Timestamp {
    node.said.as_ref().map(|said| said.created_at).unwrap_or_default()
}
