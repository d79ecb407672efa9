//! Thousands of puzzles made from templates, each compared with trying everything.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::many_single_char_names,
    reason = "tests"
)]

use crate::logic::{by_rules, generous};
use council_core::Attempt;
use proptest::prelude::*;

/// The bare answer of the rules, or nothing.
fn answer(text: &str) -> Option<String> {
    match by_rules(text, &generous()) {
        Attempt::Answered(answer) => Some(answer.value),
        Attempt::Unsure { .. } => None,
        Attempt::Failed { reason } => panic!("{text}: {reason}"),
    }
}

const OPEN: &str = "cannot be concluded";
const NAMES: [&str; 4] = ["Anna", "Ben", "Cara", "Dan"];

/// What is the same for all that is left, or that nobody can tell.
fn common<T: PartialEq>(mut values: impl Iterator<Item = T>, shown: impl Fn(T) -> String) -> Option<String> {
    let first = values.next()?;
    Some(if values.all(|value| value == first) {
        shown(first)
    } else {
        OPEN.to_owned()
    })
}

/// All orders of four.
fn orders() -> Vec<[usize; 4]> {
    let mut found = Vec::new();
    for code in 0..256_usize {
        let at = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3];
        if (0..4).all(|one| (one + 1..4).all(|other| at[one] != at[other])) {
            found.push(at);
        }
    }
    found
}

/// A clue about two or three people in a row, and whether it is so when they stand at these places.
fn row_clue(kind: usize, a: usize, b: usize, c: usize, at: [usize; 4]) -> (String, bool) {
    let (x, y, z) = (NAMES[a], NAMES[b], NAMES[c]);
    let (i, j, k) = (at[a], at[b], at[c]);
    match kind {
        0 => (format!("{x} sits to the left of {y}."), i < j),
        1 => (format!("{x} sits immediately to the right of {y}."), i == j + 1),
        2 => (format!("{x} is next to {y}."), i.abs_diff(j) == 1),
        3 => (format!("{x} does not sit next to {y}."), i.abs_diff(j) != 1),
        4 => (format!("{x} is at the far left."), i == 0),
        5 => (format!("{x} is not at the right end."), i != 3),
        6 => (format!("{x} sits at an end."), i == 0 || i == 3),
        7 => (
            format!("{x} is second from the left, and {y} sits to the left of {z}."),
            i == 1 && j < k,
        ),
        8 => (
            format!("{y} sits to the right of {x} but to the left of {z}."),
            i < j && j < k,
        ),
        _ => (format!("{x} is directly to the left of {y}."), i + 1 == j),
    }
}

const RANKED: [&str; 4] = [
    "the tallest",
    "the second tallest",
    "the third tallest",
    "the shortest",
];

fn height_clue(kind: usize, a: usize, b: usize, at: [usize; 4]) -> (String, bool) {
    let (x, y) = (NAMES[a], NAMES[b]);
    match kind {
        0 => (format!("{x} is taller than {y}."), at[a] > at[b]),
        1 => (format!("{x} is shorter than {y}."), at[a] < at[b]),
        2 => (format!("{x} is not as tall as {y}."), at[a] < at[b]),
        3 => (format!("{x} is not taller than {y}."), at[a] <= at[b]),
        _ => (format!("{x} is as tall as {y}."), at[a] == at[b]),
    }
}

/// What one of three islanders says, and whether it is so; true stands for a knight.
fn claim(kind: usize, speaker: usize, a: usize, b: usize, knight: [bool; 3]) -> (String, bool) {
    let (x, y) = (NAMES[a], NAMES[b]);
    let knaves = knight.iter().filter(|one| !**one).count();
    match kind {
        0 => (format!("{x} is a knave"), !knight[a]),
        1 => (format!("{x} and {y} are both knights"), knight[a] && knight[b]),
        2 => ("exactly one of us is a knave".to_owned(), knaves == 1),
        3 => ("at least one of us is a knight".to_owned(), knaves < 3),
        4 => (
            format!("I am a knave or {x} is a knight"),
            !knight[speaker] || knight[a],
        ),
        5 => (
            format!("if {x} is a knight, then {y} is a knave"),
            !knight[a] || !knight[b],
        ),
        6 => (format!("{x} is of the same type as {y}"), knight[a] == knight[b]),
        7 => (
            format!("neither {x} nor {y} is a knight"),
            !knight[a] && !knight[b],
        ),
        _ => ("all of us are knaves".to_owned(), knaves == 3),
    }
}

const PETS: [&str; 3] = ["cat", "dog", "bird"];

/// A clue about who has which of three pets, and whether it is so; `has[person]` is the pet.
fn pet_clue(kind: usize, (a, b): (usize, usize), (p, q): (usize, usize), has: [usize; 3]) -> (String, bool) {
    let (x, y) = (NAMES[a], NAMES[b]);
    let (v, w) = (PETS[p], PETS[q]);
    match kind {
        0 => (format!("{x} has the {v}."), has[a] == p),
        1 => (format!("{x} does not have the {v}."), has[a] != p),
        2 => (format!("{x} has the {v} or the {w}."), has[a] == p || has[a] == q),
        3 => (
            format!("{x} has neither the {v} nor the {w}."),
            has[a] != p && has[a] != q,
        ),
        4 => (
            format!("Either {x} or {y} has the {v}."),
            has[a] == p || has[b] == p,
        ),
        5 => (
            format!("If {x} has the {v}, then {y} has the {w}."),
            has[a] != p || has[b] == q,
        ),
        6 => (
            format!("{x} doesn't have the {v} or the {w}."),
            has[a] != p && has[a] != q,
        ),
        7 => (
            format!("{x} does not own the {v}, and {y} does not own the {w}."),
            has[a] != p && has[b] != q,
        ),
        8 => (
            format!("The {v} belongs to {x} or {y}."),
            has[a] == p || has[b] == p,
        ),
        _ => (
            format!("Neither {x} nor {y} has the {v}."),
            has[a] != p && has[b] != p,
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn rows_are_what_trying_every_order_says(
        clues in prop::collection::vec((0_usize..10, 0_usize..4, 1_usize..4, 1_usize..3), 1..5),
        asked in 0_usize..4,
    ) {
        let clues: Vec<(usize, [usize; 3])> = clues.into_iter().map(|(kind, a, b, c)| {
            let b = (a + b) % 4;
            let c = (0..4).filter(|other| *other != a && *other != b).nth(c - 1).unwrap();
            (kind, [a, b, c])
        }).collect();
        let said: Vec<String> = clues.iter().map(|&(kind, [a, b, c])| row_clue(kind, a, b, c, [0; 4]).0).collect();
        let fitting = orders().into_iter().filter(|&at| clues.iter().all(|&(kind, [a, b, c])| row_clue(kind, a, b, c, at).1));
        let who = fitting.map(|at| (0..4).find(|&one| at[one] == asked).unwrap());
        let expected = common(who, |one| NAMES[one].to_owned());
        let place = ["at the far left", "second from the left", "third from the left", "at the far right"][asked];
        let text = format!("Anna, Ben, Cara and Dan sit in a row. {} Who is {place}?", said.join(" "));
        let given = answer(&text);
        prop_assert!(given == expected, "{text}: {given:?}, not {expected:?}");
    }

    #[test]
    fn pets_are_what_trying_every_owner_says(
        clues in prop::collection::vec((0_usize..10, 0_usize..3, 1_usize..3, 0_usize..3, 1_usize..3), 1..4),
        asked in 0_usize..3,
    ) {
        let clues: Vec<_> = clues.into_iter().map(|(kind, a, b, p, q)| (kind, (a, (a + b) % 3), (p, (p + q) % 3))).collect();
        let said: Vec<String> = clues.iter().map(|&(kind, who, what)| pet_clue(kind, who, what, [0; 3]).0).collect();
        let owners = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let fitting = owners.into_iter().filter(|&has| clues.iter().all(|&(kind, who, what)| pet_clue(kind, who, what, has).1));
        let who = fitting.map(|has| (0..3).find(|&one| has[one] == asked).unwrap());
        let expected = common(who, |one| NAMES[one].to_owned());
        let text = format!("Anna, Ben and Cara each have a different pet: a cat, a dog or a bird. {} Who has the {}?", said.join(" "), PETS[asked]);
        let given = answer(&text);
        prop_assert!(given == expected, "{text}: {given:?}, not {expected:?}");
    }

    #[test]
    fn heights_are_what_trying_every_height_says(
        clues in prop::collection::vec((0_usize..5, 0_usize..4, 1_usize..4), 3..6),
        asked in 0_usize..4,
    ) {
        let clues: Vec<(usize, usize, usize)> = clues.into_iter().map(|(kind, a, b)| (kind, a, (a + b) % 4)).collect();
        let mentioned = (0..4).all(|one| clues.iter().any(|&(_, a, b)| a == one || b == one));
        prop_assume!(mentioned);
        let said: Vec<String> = clues.iter().map(|&(kind, a, b)| height_clue(kind, a, b, [0; 4]).0).collect();
        let heights = (0..256_usize).map(|code| [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3]);
        let fitting: Vec<[usize; 4]> = heights.filter(|&at| clues.iter().all(|&(kind, a, b)| height_clue(kind, a, b, at).1)).collect();
        let rank = |at: [usize; 4]| (0..4).find(|&one| {
            let alone = (0..4).all(|other| other == one || at[other] != at[one]);
            alone && (0..4).filter(|&other| at[other] > at[one]).count() == asked
        });
        let certain = (0..4).find(|&one| fitting.iter().all(|&at| rank(at) == Some(one)));
        let text = format!("{} Who is {}?", said.join(" "), RANKED[asked]);
        let given = answer(&text);
        match (certain, fitting.is_empty(), &given) {
            (_, true, given) => prop_assert!(given.is_none(), "{text}: {given:?}"),
            (Some(one), _, Some(given)) => prop_assert_eq!(given, NAMES[one], "{}", text),
            (None, _, Some(given)) => prop_assert!(given == OPEN, "{text}: {given}"),
            (_, _, None) => {}
        }
    }

    #[test]
    fn islanders_are_what_trying_every_role_says(
        claims in prop::array::uniform3((0_usize..9, 0_usize..3, 1_usize..3)),
        asked in 0_usize..3,
    ) {
        let claims: Vec<(usize, usize, usize)> = claims.into_iter().map(|(kind, a, b)| (kind, a, (a + b) % 3)).collect();
        let fitting = (0..8_usize).map(|code| [code & 1 == 1, code & 2 == 2, code & 4 == 4]).filter(|&knight| {
            claims.iter().enumerate().all(|(speaker, &(kind, a, b))| knight[speaker] == claim(kind, speaker, a, b, knight).1)
        });
        let expected = common(fitting.map(|knight| knight[asked]), |knight| if knight { "knight" } else { "knave" }.to_owned());
        let said: Vec<String> = claims.iter().enumerate().map(|(speaker, &(kind, a, b))| {
            format!("{} says: \"{}.\"", NAMES[speaker], claim(kind, speaker, a, b, [true; 3]).0)
        }).collect();
        let text = format!("Knights always tell the truth and knaves always lie. {} Is {} a knight or a knave?", said.join(" "), NAMES[asked]);
        let given = answer(&text);
        prop_assert!(given == expected, "{text}: {given:?}, not {expected:?}");
    }
}

/// All 256 syllogisms in words. What follows in every reading is affirmed; what follows in none is not.
#[test]
fn all_syllogisms_in_words_are_answered_right_or_not_at_all() {
    let said = |kind: usize, first: &str, second: &str| match kind {
        0 => format!("All {first} are {second}"),
        1 => format!("No {first} are {second}"),
        2 => format!("Some {first} are {second}"),
        _ => format!("Some {first} are not {second}"),
    };
    let holds = |kind: usize, first: usize, second: usize, kinds: u16| {
        let mut things = (0..8_u16).filter(|thing| kinds >> thing & 1 == 1);
        let has = |thing: u16, class: usize| thing >> class & 1 == 1;
        match kind {
            0 => things.all(|thing| !has(thing, first) || has(thing, second)),
            1 => !things.any(|thing| has(thing, first) && has(thing, second)),
            2 => things.any(|thing| has(thing, first) && has(thing, second)),
            _ => things.any(|thing| has(thing, first) && !has(thing, second)),
        }
    };
    let classes = ["bakers", "singers", "dancers"];
    let figures = [
        ((1, 2), (0, 1)),
        ((2, 1), (0, 1)),
        ((1, 2), (1, 0)),
        ((2, 1), (1, 0)),
    ];
    let mut answered = 0;
    for code in 0..256 {
        let ((m1, m2), (n1, n2)) = figures[code & 3];
        let (major, minor, end) = (code >> 2 & 3, code >> 4 & 3, code >> 6 & 3);
        let follows = |import: bool| {
            (0..256).all(|kinds| {
                let exist = (0..3)
                    .all(|class| (0..8_u16).any(|thing| kinds >> thing & 1 == 1 && thing >> class & 1 == 1));
                let given = holds(major, m1, m2, kinds) && holds(minor, n1, n2, kinds) && (exist || !import);
                !given || holds(end, 0, 2, kinds)
            })
        };
        let (strict, loose) = (follows(false), follows(true));
        let text = format!(
            "{}. {}. Therefore, {}. Is this argument valid?",
            said(major, classes[m1], classes[m2]),
            said(minor, classes[n1], classes[n2]),
            said(end, classes[0], classes[2]).to_lowercase()
        );
        let Some(given) = answer(&text) else { continue };
        answered += 1;
        let right = if given == "yes" { strict || loose } else { !strict };
        assert!(right, "{text}: {given}");
        assert!(given != "no" || !loose || !strict, "{text}");
    }
    assert!(answered >= 240, "{answered}");
}
