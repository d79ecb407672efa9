//! The shape of a text, as numbers in [0, 1].

use super::lists;
use super::view::View;

/// One thing that is looked at.
pub struct Sign {
    /// Its name in the file of weights.
    pub name: &'static str,
    value: fn(&View<'_>) -> f32,
}

impl Sign {
    pub(super) fn value(&self, view: &View<'_>) -> f32 {
        (self.value)(view).clamp(0.0, 1.0)
    }
}

/// All that is looked at, in the order of [`super::Reading::signs`].
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method that is named has one lifetime, and these take any"
)]
pub const SIGNS: [Sign; 46] = [
    sign("length", |view| (1.0 + view.count()).ln() / 5.0),
    sign("at most two words", |view| yes(view.count() <= 2.0)),
    sign("ends with a question mark", |view| yes(view.asks())),
    sign("lines", |view| (view.lines() - 1.0) / 4.0),
    sign("sentences", |view| (view.sentences() - 1.0) / 4.0),
    sign("statements before a question", |view| {
        yes(view.asks() && view.sentences() > 1.0)
    }),
    // Mathematics
    sign("numbers", |view| view.numbers() / 4.0),
    sign("share of numbers", |view| 2.0 * view.numbers() / view.count()),
    sign("number operator number", |view| yes(view.calculates())),
    sign("equation", |view| yes(view.equates())),
    sign("number before a letter", |view| yes(view.has_coefficient())),
    sign("percent", |view| yes(view.has_percentage())),
    sign("number with a unit", |view| view.after_number(lists::UNITS) / 2.0),
    sign("currency", |view| yes(view.has_any_symbol(&["$", "€", "£"]))),
    sign("number words", |view| view.of(lists::NUMBER_WORDS) / 2.0),
    sign("operation words", |view| view.of(lists::OPERATIONS) / 2.0),
    sign("words of mathematics", |view| view.of(lists::MATHEMATICS) / 2.0),
    sign("mathematics with a number", |view| {
        yes(view.of(lists::MATHEMATICS) > 0.0 && view.numbers() > 0.0)
    }),
    sign("only numbers and symbols", |view| {
        yes(view.numbers() > 0.0 && view.words() == 0.0)
    }),
    // Code
    sign("backticks", |view| yes(view.has_any_symbol(&["`", "```"]))),
    sign("identifiers", |view| view.identifiers() / 2.0),
    sign("calls", |view| view.calls() / 2.0),
    sign("code punctuation", |view| view.code_symbols() / 3.0),
    sign("indexing or braces", |view| {
        yes(view.has_any_symbol(&["[", "]", "{", "}"]))
    }),
    sign("option or path", |view| yes(view.has_option_or_path())),
    sign("words of programming", |view| view.of(lists::PROGRAMMING) / 3.0),
    sign("name of an error", |view| yes(view.names_error())),
    // Logic
    sign("quantifiers", |view| view.of(lists::QUANTIFIERS) / 2.0),
    sign("several quantifiers", |view| {
        yes(view.of(lists::QUANTIFIERS) >= 2.0)
    }),
    sign("conditions", |view| view.of(lists::CONDITIONS) / 2.0),
    sign("if then", |view| yes(view.has("if") && view.has("then"))),
    sign("logic symbols", |view| {
        view.symbols(&["∧", "∨", "¬", "→", "⇒", "↔", "⇔", "∀", "∃", "⊢", "~", "->"]) / 2.0
    }),
    sign("letters as statements", |view| view.letters() / 4.0),
    sign("comparison", |view| view.comparisons() / 2.0),
    sign("names", |view| view.names() / 3.0),
    sign("repeated words", |view| view.repeated() / 3.0),
    sign("words of inference", |view| view.of(lists::INFERENCE) / 2.0),
    sign("words of truth-telling", |view| {
        view.of(lists::TRUTH_TELLING) / 2.0
    }),
    // Knowledge
    sign("documents", |view| view.of(lists::DOCUMENTS) / 2.0),
    sign("document pointed at", |view| {
        yes(view.near(lists::POINTING, lists::DOCUMENTS))
    }),
    sign("document looked up", |view| {
        yes(view.of(lists::LOOKING_UP) > 0.0 && view.of(lists::DOCUMENTS) > 0.0)
    }),
    sign("recalling what was said", |view| {
        yes(view.of(lists::RECALLING) > 0.0)
    }),
    // No language that is known
    sign("share of common words", |view| {
        view.of(lists::COMMON) / view.words().max(1.0)
    }),
    sign("words but no common one", |view| {
        yes(view.words() > 0.0 && view.of(lists::COMMON) == 0.0)
    }),
    sign("letters beyond English", |view| view.foreign_letters()),
    sign("words that cannot be spoken", |view| view.unspeakable()),
];

const fn sign(name: &'static str, value: fn(&View<'_>) -> f32) -> Sign {
    Sign { name, value }
}

fn yes(is: bool) -> f32 {
    if is { 1.0 } else { 0.0 }
}
