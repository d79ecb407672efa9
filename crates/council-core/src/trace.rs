//! How spans of traces are told from those of the log.

/// The target of spans that stand for stages of a request. Where nobody traces they are not made; the log never shows them.
pub const TRACE: &str = "council_trace";
