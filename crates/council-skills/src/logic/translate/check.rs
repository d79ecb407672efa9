//! Whether a formula says what its sentence says: the same words, the same connectives, in the same direction.

use crate::logic::language::{Formula, Problem, Term};
use crate::logic::words::{Word, stem};

/// Words of a sentence that no name has to have: they are read from the formula's form, or mean nothing here.
const FORM: &[&str] = &[
    "a",
    "an",
    "the",
    "is",
    "are",
    "was",
    "were",
    "be",
    "does",
    "do",
    "did",
    "will",
    "has",
    "have",
    "had",
    "not",
    "no",
    "never",
    "if",
    "then",
    "and",
    "or",
    "but",
    "either",
    "neither",
    "nor",
    "both",
    "all",
    "every",
    "each",
    "any",
    "some",
    "that",
    "who",
    "which",
    "it",
    "he",
    "she",
    "they",
    "also",
    "therefore",
    "thus",
    "so",
    "hence",
    "always",
    "everyone",
    "everybody",
    "everything",
    "someone",
    "nobody",
    "none",
    "of",
    "to",
    "in",
    "on",
    "at",
    "with",
    "iff",
    "whenever",
    "when",
    "must",
    "there",
    "people",
    "person",
    "thing",
    "things",
    "one",
    ",",
    "\"",
    ":",
    "this",
    "those",
    "his",
    "her",
    "its",
    "their",
    "been",
    "being",
];

/// What words show about a formula, and how the formula shows it.
struct Form {
    not: bool,
    or: bool,
    implies: bool,
    same: bool,
    all: bool,
    some: bool,
}

/// Says why not, in words that continue `the translation … of …`.
pub(super) fn bears_out(problem: &Problem, formula: &Formula, words: &[Word]) -> Result<(), String> {
    let stems: Vec<String> = words.iter().map(|word| stem(&word.lower)).collect();
    let mut named = Vec::new();
    names(problem, formula, &mut named);
    for name in &named {
        let unknown = parts(name).find(|part| !stems.contains(part) && !FORM.contains(&part.as_str()));
        if let Some(part) = unknown {
            return Err(format!("speaks of `{part}`, which is not in the sentence"));
        }
    }
    let said: Vec<String> = named.iter().flat_map(|name| parts(name)).collect();
    for word in words {
        let form = FORM.contains(&word.lower.as_str());
        if !form && !said.contains(&stem(&word.lower)) {
            return Err(format!("leaves out `{}`", word.text));
        }
    }
    same_form(&form_of(formula), words)?;
    direction(problem, formula, words, &stems)
}

/// Connectives and quantifiers in both, or in neither.
fn same_form(form: &Form, words: &[Word]) -> Result<(), String> {
    let has = |of: &[&str]| words.iter().any(|word| word.is_any(of));
    let negations = words
        .iter()
        .filter(|word| word.is_any(&["not", "no", "never", "neither", "none", "nobody", "nor"]))
        .count();
    let universal = has(&[
        "all",
        "every",
        "each",
        "any",
        "everyone",
        "everybody",
        "everything",
        "no",
        "none",
        "nobody",
    ]);
    let conditional = has(&["if", "whenever", "when"]);
    let mut differing = Vec::new();
    let mut compare = |name: &'static str, said: bool, written: bool| {
        if said != written {
            differing.push(name);
        }
    };
    compare("not", negations > 0, form.not);
    compare("or", has(&["or", "either"]), form.or);
    compare("some", has(&["some", "someone"]), form.some);
    compare("if and only if", has(&["iff"]) || has(&["only"]), form.same);
    if universal && !has(&["neither"]) {
        compare("all", true, form.all);
    } else if !conditional {
        compare("all", false, form.all);
        compare("if", false, form.implies);
    }
    if conditional {
        compare("if", true, form.implies);
    }
    match differing.first() {
        Some(name) => Err(format!("disagrees with it about `{name}`")),
        None => Ok(()),
    }
}

/// The condition of a rule is what stands after `if`, or before the verb of `all … are`.
fn direction(problem: &Problem, formula: &Formula, words: &[Word], stems: &[String]) -> Result<(), String> {
    let Some((condition, consequence)) = rule(formula) else {
        return Ok(());
    };
    let conditional = words
        .iter()
        .position(|word| word.is_any(&["if", "whenever", "when"]));
    // `B if A`: the condition stands last.
    let turned = conditional.is_some_and(|at| at > 0);
    let place = |formula: &Formula| -> Option<(usize, usize)> {
        let mut named = Vec::new();
        predicates(problem, formula, &mut named);
        let places: Vec<usize> = named
            .iter()
            .flat_map(|name| parts(name))
            .filter_map(|part| stems.iter().position(|stem| *stem == part))
            .collect();
        Some((*places.iter().min()?, *places.iter().max()?))
    };
    let (first, second) = if turned {
        (consequence, condition)
    } else {
        (condition, consequence)
    };
    match (place(first), place(second)) {
        (Some((_, end)), Some((start, _))) if end < start => Ok(()),
        _ => Err("does not keep condition and consequence apart".to_owned()),
    }
}

fn rule(formula: &Formula) -> Option<(&Formula, &Formula)> {
    match formula {
        Formula::Implies(condition, consequence) => Some((condition, consequence)),
        Formula::ForAll { body, .. } => rule(body),
        _ => None,
    }
}

fn form_of(formula: &Formula) -> Form {
    let mut form = Form {
        not: matches!(formula, Formula::Not(_)),
        or: matches!(formula, Formula::Any(_)),
        implies: matches!(formula, Formula::Implies(..)),
        same: matches!(formula, Formula::Same(..)),
        all: matches!(formula, Formula::ForAll { .. }),
        some: matches!(formula, Formula::Exists { .. }),
    };
    for part in formula.parts() {
        let inner = form_of(part);
        form.not |= inner.not;
        form.or |= inner.or;
        form.implies |= inner.implies;
        form.same |= inner.same;
        form.all |= inner.all;
        form.some |= inner.some;
    }
    form
}

/// The stems of a name's words.
fn parts(name: &str) -> impl Iterator<Item = String> {
    name.split('_').filter(|part| !part.is_empty()).map(stem)
}

fn predicates(problem: &Problem, formula: &Formula, found: &mut Vec<String>) {
    if let Formula::Holds(symbol, _) = formula {
        found.push(problem.symbols[*symbol].name.clone());
    }
    for part in formula.parts() {
        predicates(problem, part, found);
    }
}

fn names(problem: &Problem, formula: &Formula, found: &mut Vec<String>) {
    if let Formula::Holds(symbol, terms) = formula {
        found.push(problem.symbols[*symbol].name.clone());
        for term in terms {
            if let Term::Element { .. } = term {
                found.push(problem.show_term(term));
            }
        }
    }
    for part in formula.parts() {
        names(problem, part, found);
    }
}
