//! The engine against truth tables, and its limits.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Engine, Limits, Stopped, Verdict};
use crate::logic::generous;
use crate::logic::language::{Formula, Problem, Sort, Term};
use proptest::prelude::*;

fn atom(index: usize) -> Formula {
    Formula::Holds(index, Vec::new())
}

fn formulas() -> impl Strategy<Value = Formula> {
    let leaf = (0_usize..4).prop_map(atom);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let some = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            inner.clone().prop_map(|one| Formula::Not(Box::new(one))),
            some.clone().prop_map(Formula::All),
            some.clone().prop_map(Formula::Any),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.implies(right)),
            (inner.clone(), inner).prop_map(|(left, right)| left.same(right)),
            (0_usize..4, 0_usize..4, some).prop_map(|(least, more, of)| Formula::Count {
                least,
                most: least + more,
                of
            }),
        ]
    })
}

/// What a formula is under an assignment, by its meaning.
fn truth(formula: &Formula, assignment: u8) -> bool {
    match formula {
        Formula::Holds(symbol, _) => assignment >> symbol & 1 == 1,
        Formula::Not(inner) => !truth(inner, assignment),
        Formula::All(of) => of.iter().all(|one| truth(one, assignment)),
        Formula::Any(of) => of.iter().any(|one| truth(one, assignment)),
        Formula::Implies(left, right) => !truth(left, assignment) || truth(right, assignment),
        Formula::Same(left, right) => truth(left, assignment) == truth(right, assignment),
        Formula::Count { least, most, of } => {
            let count = of.iter().filter(|one| truth(one, assignment)).count();
            (*least..=*most).contains(&count)
        }
        Formula::Compare { .. } | Formula::ForAll { .. } | Formula::Exists { .. } => unreachable!(),
    }
}

fn given(premises: &[Formula]) -> Problem {
    let mut problem = Problem::default();
    for name in ["p", "q", "r", "s"] {
        problem.predicate(name, Vec::new());
    }
    for premise in premises {
        problem.premise("", premise.clone());
    }
    problem
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn verdicts_agree_with_truth_tables(premises in prop::collection::vec(formulas(), 0..4), asked in formulas()) {
        let models: Vec<u8> = (0..16).filter(|&a| premises.iter().all(|one| truth(one, a))).collect();
        let mut engine = Engine::new(&given(&premises), std::slice::from_ref(&asked), &generous()).unwrap();
        prop_assert_eq!(engine.satisfiable(&[]).unwrap(), !models.is_empty());
        if !models.is_empty() {
            let held = models.iter().filter(|&&a| truth(&asked, a)).count();
            let expected = if held == models.len() {
                Verdict::Entailed
            } else if held == 0 {
                Verdict::Refuted
            } else {
                Verdict::Open
            };
            prop_assert_eq!(engine.verdict(&asked).unwrap(), expected);
        }
        let rows = engine.truths(&[atom(0), atom(1), atom(2), atom(3)], 20).unwrap();
        prop_assert_eq!(rows.len(), models.len());
    }

    #[test]
    fn nothing_can_be_left_out_of_a_core(premises in prop::collection::vec(formulas(), 1..6)) {
        let mut engine = Engine::new(&given(&premises), &[], &generous()).unwrap();
        let core = engine.core(&[]).unwrap();
        let satisfiable = |kept: &[usize]| (0..16).any(|a| kept.iter().all(|&index| truth(&premises[index], a)));
        let all: Vec<usize> = (0..premises.len()).collect();
        if satisfiable(&all) {
            prop_assert!(core.is_empty());
        } else {
            prop_assert!(!satisfiable(&core));
            for left_out in &core {
                let fewer: Vec<usize> = core.iter().copied().filter(|index| index != left_out).collect();
                prop_assert!(satisfiable(&fewer));
            }
        }
    }

    #[test]
    fn places_agree_with_counting(clues in prop::collection::vec((0_usize..4, -2_i64..3, any::<bool>(), 0_usize..4), 0..4)) {
        let mut problem = Problem::default();
        let people = problem.sort("person", ["a", "b", "c", "d"].map(str::to_owned).to_vec());
        let places = problem.sort("place", ["1", "2", "3", "4"].map(str::to_owned).to_vec());
        let place = problem.function("place", vec![people], places);
        let of = |index: usize| Term::Apply(place, vec![Term::Element { sort: people, index }]);
        for first in 0..4 {
            for second in first + 1..4 {
                problem.premise("", Formula::equal(of(first), of(second)).not());
            }
        }
        for &(left, plus, less, right) in &clues {
            let order = if less { crate::logic::language::Order::Less } else { crate::logic::language::Order::Equal };
            problem.premise("", Formula::Compare { left: of(left), plus, order, right: of(right) });
        }
        let mut count = 0;
        for code in 0..256_i64 {
            let at = |index: usize| code >> (2 * index) & 3;
            let distinct = (0..4).all(|i| (i + 1..4).all(|j| at(i) != at(j)));
            let fits = clues.iter().all(|&(left, plus, less, right)| {
                if less { at(left) + plus < at(right) } else { at(left) + plus == at(right) }
            });
            count += usize::from(distinct && fits);
        }
        let mut engine = Engine::new(&problem, &[], &generous()).unwrap();
        let terms: Vec<Term> = (0..4).map(of).collect();
        prop_assert_eq!(engine.values(&terms, 100).unwrap().len(), count);
    }
}

fn monadic(quantified: &[Formula]) -> Problem {
    let mut problem = Problem::default();
    problem.sorts.push(Sort {
        name: "thing".to_owned(),
        elements: Vec::new(),
        open: true,
    });
    for name in ["a", "b", "c"] {
        problem.predicate(name, vec![0]);
    }
    for formula in quantified {
        problem.premise("", formula.clone());
    }
    problem
}

fn is(symbol: usize) -> Formula {
    Formula::Holds(symbol, vec![Term::Variable(0)])
}

fn all(body: Formula) -> Formula {
    Formula::ForAll {
        variable: 0,
        sort: 0,
        body: Box::new(body),
    }
}

fn some(body: Formula) -> Formula {
    Formula::Exists {
        variable: 0,
        sort: 0,
        body: Box::new(body),
    }
}

/// Every model of three classes is, up to copies, a set of the eight kinds of thing that there can be.
#[test]
fn all_256_pairs_of_syllogistic_premises_agree_with_sets_of_kinds() {
    let form = |kind: usize, first: usize, second: usize| match kind {
        0 => all(is(first).implies(is(second))),
        1 => some(Formula::All(vec![is(first), is(second)])).not(),
        2 => some(Formula::All(vec![is(first), is(second)])),
        _ => some(Formula::All(vec![is(first), is(second).not()])),
    };
    let holds = |kind: usize, first: usize, second: usize, kinds: u16| {
        let mut things = (0..8).filter(|thing| kinds >> thing & 1 == 1);
        let in_class = |thing: u16, class: usize| thing >> class & 1 == 1;
        match kind {
            0 => things.all(|thing| !in_class(thing, first) || in_class(thing, second)),
            1 => things.all(|thing| !(in_class(thing, first) && in_class(thing, second))),
            2 => things.any(|thing| in_class(thing, first) && in_class(thing, second)),
            _ => things.any(|thing| in_class(thing, first) && !in_class(thing, second)),
        }
    };
    let figures = [
        ((1, 2), (0, 1)),
        ((2, 1), (0, 1)),
        ((1, 2), (1, 0)),
        ((2, 1), (1, 0)),
    ];
    for code in 0..256 {
        let ((m1, m2), (n1, n2)) = figures[code & 3];
        let (major, minor, end) = (code >> 2 & 3, code >> 4 & 3, code >> 6 & 3);
        let problem = monadic(&[form(major, m1, m2), form(minor, n1, n2)]);
        let asked = form(end, 0, 2);
        let mut engine = Engine::new(&problem, std::slice::from_ref(&asked), &generous()).unwrap();
        let expected = (1..256).all(|kinds| {
            !(holds(major, m1, m2, kinds) && holds(minor, n1, n2, kinds)) || holds(end, 0, 2, kinds)
        });
        let entailed = !engine.satisfiable(&[asked.not()]).unwrap();
        assert_eq!(entailed, expected, "{major} {minor} {end} in figure {}", code & 3);
    }
}

#[test]
fn what_needs_more_than_constants_and_witnesses_is_refused() {
    let nested = all(Formula::Exists {
        variable: 1,
        sort: 0,
        body: Box::new(is(0)),
    });
    let refused = Engine::new(&monadic(&[nested]), &[], &generous());
    assert_eq!(refused.err(), Some(Stopped::Undecidable));
    let counts = all(Formula::equal(Term::Variable(0), Term::Variable(0)));
    let refused = Engine::new(&monadic(&[counts]), &[], &generous());
    assert_eq!(refused.err(), Some(Stopped::Undecidable));
}

/// Ten pigeons in nine holes: no SAT solver without counting is quick about it.
fn pigeons() -> Problem {
    let mut problem = Problem::default();
    let count = 11;
    let pigeons = problem.sort("pigeon", (0..count).map(|index| index.to_string()).collect());
    let holes = problem.sort("hole", (1..count).map(|index| index.to_string()).collect());
    let hole = problem.function("hole", vec![pigeons], holes);
    let of = |index: usize| Term::Apply(hole, vec![Term::Element { sort: pigeons, index }]);
    for first in 0..count {
        for second in first + 1..count {
            problem.premise("", Formula::equal(of(first), of(second)).not());
        }
    }
    problem
}

#[test]
fn a_cancelled_search_ends_without_an_answer() {
    let limits = generous();
    limits.cancel.cancel();
    assert_eq!(
        Engine::new(&pigeons(), &[], &limits).err(),
        Some(Stopped::OutOfTime)
    );
}

#[test]
fn a_search_past_its_deadline_ends_without_an_answer() {
    let limits = generous();
    let problem = pigeons();
    let short = Limits {
        deadline: std::time::Instant::now() + std::time::Duration::from_millis(200),
        ..limits
    };
    let stopped = Engine::new(&problem, &[], &short).and_then(|mut engine| engine.satisfiable(&[]));
    assert_eq!(stopped, Err(Stopped::OutOfTime));
}
