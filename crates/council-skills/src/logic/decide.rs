//! From a puzzle to its answer, with what it rests on.

use super::engine::{Engine, Limits, Stopped, Verdict};
use super::language::{Formula, Term};
use super::puzzle::{Ask, Puzzle, Question};

/// The answer of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The bare answer.
    pub(crate) value: String,
    /// The answer in a sentence.
    pub(crate) sentence: String,
    /// The premises that it rests on, by index; all of them where it rests on their having no other model.
    pub(crate) used: Vec<usize>,
}

/// What nobody can tell.
pub(crate) const OPEN: &str = "cannot be concluded";

/// Why there is no answer, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// Another way to read the text may do better.
    Doubtful(String),
    /// What was said cannot be true together.
    Contradictory(String),
    /// The engine did not come to an end.
    Stopped(String),
}

/// Decides a puzzle, or says why not.
pub(crate) fn decide(puzzle: &Puzzle, limits: &Limits) -> Result<Decision, Undecided> {
    let mut engine = Engine::new(&puzzle.problem, &puzzle.question.formulas(), limits).map_err(in_words)?;
    let consistent = engine.satisfiable(&[]).map_err(in_words)?;
    if puzzle.question == Question::Consistent {
        return consistency(&mut engine, consistent).map_err(in_words);
    }
    if let Question::HowMany { of } = &puzzle.question {
        return how_many(&mut engine, of).map_err(in_words);
    }
    if !consistent {
        let core = engine.core(&[]).map_err(in_words)?;
        let said: Vec<&str> = core
            .iter()
            .map(|&index| puzzle.problem.premises[index].words.as_str())
            .filter(|words| !words.is_empty())
            .collect();
        let reason = format!("what is said contradicts itself: {}", said.join(" / "));
        return Err(Undecided::Contradictory(reason));
    }
    let decision = match &puzzle.question {
        Question::Whether { statement, ask } => whether(&mut engine, statement, *ask),
        Question::Which { candidates, many } => which(&mut engine, candidates, *many),
        Question::Roles { members, yes, no } => roles(&mut engine, members, yes, no),
        Question::Values { items, sort } => values(&mut engine, puzzle, items, *sort),
        Question::Ranking { items, reversed } => ranking(&mut engine, items, *reversed),
        Question::HowMany { of } => how_many(&mut engine, of),
        Question::Consistent => consistency(&mut engine, consistent),
    };
    let decision = decision.map_err(in_words)?;
    // `Who is second?` of two who are level presupposes what is not so.
    if decision.value.is_empty() {
        return Err(Undecided::Doubtful(
            "none of them is what is asked for".to_owned(),
        ));
    }
    match &puzzle.doubt {
        Some(doubt) if decision.rests_on_nothing(&puzzle.question) => Err(Undecided::Doubtful(doubt.clone())),
        _ => Ok(decision),
    }
}

impl Decision {
    /// Whether the answer is that something does not follow.
    fn rests_on_nothing(&self, question: &Question) -> bool {
        let unproved = matches!(
            question,
            Question::Whether {
                ask: Ask::Follows | Ask::Valid,
                ..
            }
        ) && self.used.is_empty();
        let possible = matches!(
            question,
            Question::Whether {
                ask: Ask::Possible,
                ..
            }
        ) && self.used.is_empty();
        self.value == OPEN || unproved || possible
    }

    fn open() -> Self {
        Self {
            value: OPEN.to_owned(),
            sentence: "It cannot be concluded: what is said leaves more than one possibility.".to_owned(),
            used: Vec::new(),
        }
    }
}

fn in_words(stopped: Stopped) -> Undecided {
    Undecided::Stopped(stopped.to_string())
}

fn consistency(engine: &mut Engine, consistent: bool) -> Result<Decision, Stopped> {
    Ok(if consistent {
        Decision {
            value: "yes".to_owned(),
            sentence: "Yes, all of it can be true together.".to_owned(),
            used: Vec::new(),
        }
    } else {
        Decision {
            value: "no".to_owned(),
            sentence: "No, these statements contradict each other.".to_owned(),
            used: engine.core(&[])?,
        }
    })
}

/// Most ways that are counted one by one.
const MOST_WAYS: usize = 4096;

fn how_many(engine: &mut Engine, of: &[Formula]) -> Result<Decision, Stopped> {
    let count = engine.truths(of, MOST_WAYS)?.len();
    if count > MOST_WAYS {
        return Err(Stopped::TooLarge);
    }
    Ok(Decision {
        value: count.to_string(),
        sentence: format!(
            "{count} of {} rows of the truth table.",
            1_u64 << of.len().min(63)
        ),
        used: Vec::new(),
    })
}

fn whether(engine: &mut Engine, statement: &Formula, ask: Ask) -> Result<Decision, Stopped> {
    let verdict = engine.verdict(statement)?;
    let used = match verdict {
        Verdict::Entailed => engine.core(&[statement.clone().not()])?,
        Verdict::Refuted => engine.core(std::slice::from_ref(statement))?,
        Verdict::Open => Vec::new(),
    };
    let (value, sentence) = match (ask, verdict) {
        (Ask::Truth, Verdict::Entailed) => ("yes", "Yes."),
        (Ask::Truth, Verdict::Refuted) => ("no", "No."),
        (Ask::Truth, Verdict::Open) => return Ok(Decision::open()),
        (Ask::Follows, Verdict::Entailed) => ("yes", "Yes, it follows."),
        (Ask::Follows, Verdict::Refuted) => ("no", "No, it does not follow: the opposite does."),
        (Ask::Follows, Verdict::Open) => ("no", "No, it does not follow: what is said leaves it open."),
        (Ask::Valid, Verdict::Entailed) => ("yes", "Yes, the argument is valid: the conclusion follows."),
        (Ask::Valid, Verdict::Refuted | Verdict::Open) => (
            "no",
            "No, the argument is not valid: all its premises can be true and its conclusion false.",
        ),
        (Ask::Possible, Verdict::Entailed) => ("yes", "Yes, it is even certain."),
        (Ask::Possible, Verdict::Refuted) => ("no", "No, it is impossible."),
        (Ask::Possible, Verdict::Open) => ("yes", "Yes, it is possible."),
    };
    Ok(Decision {
        value: value.to_owned(),
        sentence: sentence.to_owned(),
        used,
    })
}

fn which(engine: &mut Engine, candidates: &[(String, Formula)], many: bool) -> Result<Decision, Stopped> {
    let mut certain = Vec::new();
    let mut open = false;
    for (name, formula) in candidates {
        match engine.verdict(formula)? {
            Verdict::Entailed => certain.push((name.clone(), formula.clone())),
            Verdict::Refuted => {}
            Verdict::Open => open = true,
        }
    }
    if open && (many || certain.len() != 1) {
        return Ok(Decision::open());
    }
    let mut used = Vec::new();
    for (_, formula) in &certain {
        used.extend(engine.core(&[formula.clone().not()])?);
    }
    used.sort_unstable();
    used.dedup();
    let names: Vec<String> = certain.into_iter().map(|(name, _)| name).collect();
    Ok(Decision {
        value: names.join(", "),
        sentence: format!("{}.", names.join(" and ")),
        used,
    })
}

fn roles(
    engine: &mut Engine,
    members: &[(String, Formula)],
    yes: &str,
    no: &str,
) -> Result<Decision, Stopped> {
    let mut parts = Vec::new();
    let mut used = Vec::new();
    for (name, formula) in members {
        let (role, against) = match engine.verdict(formula)? {
            Verdict::Entailed => (yes, formula.clone().not()),
            Verdict::Refuted => (no, formula.clone()),
            Verdict::Open => return Ok(Decision::open()),
        };
        used.extend(engine.core(&[against])?);
        parts.push(format!("{name}: {role}"));
    }
    used.sort_unstable();
    used.dedup();
    Ok(listed(&parts, used))
}

fn values(
    engine: &mut Engine,
    puzzle: &Puzzle,
    items: &[(String, Term)],
    sort: usize,
) -> Result<Decision, Stopped> {
    let terms: Vec<Term> = items.iter().map(|(_, term)| term.clone()).collect();
    let found = engine.values(&terms, 1)?;
    let [only] = &found[..] else {
        return Ok(Decision::open());
    };
    let mut parts = Vec::new();
    let mut other = Vec::new();
    for ((name, term), &index) in items.iter().zip(only) {
        let value = Term::Element { sort, index };
        let shown = puzzle.problem.show_term(&value);
        other.push(Formula::equal(term.clone(), value).not());
        parts.push(if name.is_empty() {
            shown
        } else {
            format!("{name}: {shown}")
        });
    }
    let used = engine.core(&[Formula::Any(other)])?;
    Ok(listed(&parts, used))
}

fn ranking(engine: &mut Engine, items: &[(String, Term)], reversed: bool) -> Result<Decision, Stopped> {
    // Places that were left free may differ from model to model; the order of the items may not.
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut before = vec![0_usize; items.len()];
    let mut facts = Vec::new();
    for first in 0..items.len() {
        for second in 0..items.len() {
            if first == second {
                continue;
            }
            let formula = Formula::less(items[first].1.clone(), items[second].1.clone());
            match engine.verdict(&formula)? {
                Verdict::Entailed => {
                    before[second] += 1;
                    facts.push(formula);
                }
                Verdict::Refuted => {}
                Verdict::Open => return Ok(Decision::open()),
            }
        }
    }
    order.sort_by_key(|&index| before[index]);
    if order
        .iter()
        .enumerate()
        .any(|(place, &index)| before[index] != place)
    {
        return Ok(Decision::open());
    }
    if reversed {
        order.reverse();
    }
    let names: Vec<String> = order.iter().map(|&index| items[index].0.clone()).collect();
    let used = engine.core(&[Formula::All(facts).not()])?;
    Ok(Decision {
        value: names.join(", "),
        sentence: format!("{}.", names.join(", ")),
        used,
    })
}

fn listed(parts: &[String], used: Vec<usize>) -> Decision {
    Decision {
        value: parts.join("; "),
        sentence: format!("{}.", parts.join("; ")),
        used,
    }
}
