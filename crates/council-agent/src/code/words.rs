//! Words that requests are told by.

/// Words that make a sentence something else than a wish when they begin it.
pub(super) const NO_WISH: [&str; 49] = [
    "how", "why", "when", "whenever", "what", "what's", "whats", "where", "who", "which", "whose", "if",
    "unless", "i", "i'm", "i've", "i'd", "we", "it", "it's", "they", "he", "she", "you", "my", "our", "this",
    "that", "these", "those", "does", "did", "is", "are", "was", "were", "should", "shall", "may", "might",
    "has", "have", "after", "before", "once", "every", "the", "a", "there",
];

/// Words before a wish that say nothing.
pub(super) const OPENERS: [&str; 16] = [
    "please", "now", "then", "just", "also", "and", "ok", "okay", "hey", "hi", "hello", "so", "next",
    "first", "go", "council",
];

/// Words that turn a question into a request.
pub(super) const REQUESTS: [&[&str]; 14] = [
    &["can", "you"],
    &["could", "you"],
    &["would", "you"],
    &["will", "you"],
    &["would", "you", "mind"],
    &["i", "want", "you", "to"],
    &["i", "need", "you", "to"],
    &["i", "would", "like", "you", "to"],
    &["i'd", "like", "you", "to"],
    &["let's"],
    &["lets"],
    &["ahead", "and"],
    &["try", "to"],
    &["you", "please"],
];

/// What `run` is done to, where code is meant.
pub(super) const OBJECTS: [&str; 26] = [
    "this",
    "it",
    "that",
    "these",
    "them",
    "code",
    "script",
    "program",
    "snippet",
    "block",
    "following",
    "below",
    "above",
    "example",
    "command",
    "commands",
    "line",
    "lines",
    "cell",
    "python",
    "bash",
    "javascript",
    "shell",
    "node",
    "js",
    "…",
];

/// What computing is done by.
pub(super) const COMPUTE: [&str; 23] = [
    "calculate",
    "compute",
    "simulate",
    "solve",
    "evaluate",
    "plot",
    "graph",
    "generate",
    "print",
    "sum",
    "sort",
    "factor",
    "factorise",
    "factorize",
    "estimate",
    "integrate",
    "differentiate",
    "multiply",
    "work",
    "draw",
    "count",
    "find",
    "determine",
];

/// Of these, those that go well with `in Python` without meaning code or a text in that language.
pub(super) const PLAIN: [&str; 17] = [
    "calculate",
    "compute",
    "simulate",
    "solve",
    "evaluate",
    "plot",
    "generate",
    "print",
    "sum",
    "sort",
    "factor",
    "factorise",
    "factorize",
    "integrate",
    "differentiate",
    "multiply",
    "estimate",
];

/// Sentences that begin so are about what follows, whatever that asks for.
pub(super) const ABOUT: [&str; 16] = [
    "translate",
    "explain",
    "summarise",
    "summarize",
    "rewrite",
    "rephrase",
    "correct",
    "proofread",
    "describe",
    "define",
    "review",
    "say",
    "repeat",
    "quote",
    "discuss",
    "compare",
];

/// Words that take a wish back.
pub(super) const NEGATIONS: [&str; 10] = [
    "don't", "dont", "not", "never", "without", "cannot", "can't", "instead", "rather", "avoid",
];

/// What a program does with its output, and the output itself.
pub(super) const OUTPUT: [&str; 9] = [
    "print",
    "prints",
    "printed",
    "output",
    "outputs",
    "display",
    "displays",
    "displayed",
    "logs",
];

/// Words before a question for the output.
pub(super) const REQUESTS_FOR_OUTPUT: [&str; 16] = [
    "tell", "me", "say", "give", "show", "predict", "guess", "exactly", "can", "could", "would", "you", "do",
    "know", "question", "q",
];

/// Who says one of these wants to know more than the output, or to work it out.
pub(super) const MORE_THAN_OUTPUT: [&str; 26] = [
    "why",
    "how",
    "explain",
    "should",
    "supposed",
    "wrong",
    "instead",
    "mean",
    "means",
    "fix",
    "error",
    "bug",
    "without",
    "don't",
    "not",
    "expected",
    "change",
    "modify",
    "rewrite",
    "function",
    "statement",
    "write",
    "translate",
    "step",
    "line",
    "differ",
];
