//! Chances with dice and coins.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING};
use crate::math::number::{Rational, power, ratio};
use crate::math::theory::{choose, is_prime};
use crate::math::trouble::{Result, foreign};
use num_bigint::BigInt;
use num_traits::{One, Zero};

pub(super) const RULES: Rules = &[
    (
        "a [fair] [six sided|6 sided] die is (rolled|thrown) [once] . what is the (probability|chance) (of|of getting|of rolling|that it shows|of throwing) [a|an] {k}",
        one_die,
    ),
    (
        "[the] (probability|chance) of drawing (a|an) {c} from [a] [standard] [shuffled] deck [of 52|of 52 cards|of cards|of 52 playing cards|of playing cards]",
        card,
    ),
    (
        "(a|one) card is drawn [at random] from a [standard] [shuffled] deck [of 52|of 52 cards|of cards|of 52 playing cards|of playing cards] . what is the (probability|chance) (that it is|of it being|of drawing|of getting) (a|an) {c}",
        card,
    ),
    (
        "[the] (probability|chance|chances) of (rolling|getting|throwing) [a|an] [{s}] (sum|total) [of] {k} (with|on|when rolling|by rolling|from|when throwing|using) {n} [fair] [standard] [six sided|6 sided] (dice|die)",
        sum_of_dice,
    ),
    (
        "[the] (probability|chance|chances) of (rolling|getting|throwing) at least one {k} (in|with|on|when rolling|when throwing) {n} (rolls|throws|dice|die rolls|fair dice|rolls of a die|rolls of a fair die|throws of a die|rolls of the die)",
        at_least_one,
    ),
    (
        "[the] (probability|chance|chances) of (rolling|getting|throwing) [a|an] {k} (with|on|when rolling|when throwing) [a|one|the] [single] [fair] [standard] [six sided|6 sided] (die|dice)",
        one_die,
    ),
    (
        "[the] (probability|chance|chances) of (getting|flipping|tossing|seeing|throwing) [exactly] {k} (heads|tails|head|tail) (in|out of|with|from|when flipping|when tossing|on) {n} [fair] [coin] (flips|tosses|coins|throws|coin flips|coin tosses)",
        |found| coins(found, false),
    ),
    (
        "[the] (probability|chance|chances) of (getting|flipping|tossing|seeing|throwing) at least {k} (heads|tails|head|tail) (in|out of|with|from|when flipping|when tossing|on) {n} [fair] [coin] (flips|tosses|coins|throws|coin flips|coin tosses)",
        |found| coins(found, true),
    ),
    (
        "[the] (probability|chance|chances) of (getting|flipping|tossing|throwing) (heads|tails) {n} times in a row",
        in_a_row,
    ),
    (
        "[the] (probability|chance|chances) of (getting|flipping|tossing|throwing) {n} (heads|tails) in a row",
        in_a_row,
    ),
    (
        "[the] (probability|chance|chances) of (a|the) (sum|total) of {k} (with|on|when rolling|using) {n} [fair] (dice|die)",
        sum_of_dice,
    ),
    (
        "[the] (probability|chance|chances) of at least {k} (heads|tails|head|tail) in {n} [fair] [coin] (flips|tosses|coin flips|coin tosses|throws)",
        |found| coins(found, true),
    ),
    (
        "[the] (probability|chance|chances) of [exactly] {k} (heads|tails|head|tail) in {n} [fair] [coin] (flips|tosses|coin flips|coin tosses|throws)",
        |found| coins(found, false),
    ),
    (
        "[the] (probability|chance|chances) of (rolling|throwing|getting) [a] {k} (twice|twice in a row|two times in a row)",
        |found| twice(found, 2),
    ),
    (
        "[the] (probability|chance|chances) of (rolling|throwing|getting) [a] {k} {n} times in a row",
        |found| {
            let n = found.count("n", 100)?;
            twice(found, n)
        },
    ),
    (
        "[the] (probability|chance|chances) of (rolling|throwing|getting) (two|double) (sixes|ones|twos|threes|fours|fives) (with|on) (two|2) [fair] dice",
        |_| answer(&BigInt::one(), &36.into(), "1 / 6^2".to_owned()),
    ),
    (
        "[the] (probability|chance|chances) of (drawing|getting) two {c} (from|out of) [a deck of|a deck|a standard deck of] [52] cards [without replacement]",
        two_cards,
    ),
    (
        "[the] expected value (of|when rolling|of rolling) (a|one) [fair] [six sided] die",
        |_| {
            Ok(
                Answer::rational(Rational::new(7.into(), 2.into()), "(1 + 2 + 3 + 4 + 5 + 6) / 6")?
                    .sure(READING),
            )
        },
    ),
    (
        "if the (probability|chance) of {x} is {p} (,|.) what is the (probability|chance) (that it does not {y}|that it will not {y}|that it is not {y}|of no {y}|that it does not happen|that it will not happen)",
        against,
    ),
];

fn in_a_row(found: &Found<'_>) -> Result<Answer> {
    let n = found.count("n", 1_000)?;
    answer(
        &BigInt::one(),
        &(BigInt::one() << n as usize),
        format!("1 / 2^{n}"),
    )
}

/// The chance that what has this one does not happen.
fn against(found: &Found<'_>) -> Result<Answer> {
    // What is denied has to be what was spoken of: "rain" and "does not rain".
    let stem = |word: &str| {
        let word = word.to_lowercase();
        ["ning", "ing", "s"]
            .iter()
            .find_map(|end| word.strip_suffix(end).filter(|stem| stem.len() > 2))
            .unwrap_or(&word)
            .to_owned()
    };
    if found.has("y") && stem(&found.words("x")) != stem(&found.words("y")) {
        return foreign("something else is asked about");
    }
    let chance = found.rational("p")?;
    if chance < Rational::zero() || chance > Rational::one() {
        return foreign("a probability lies between 0 and 1");
    }
    let read = format!("1 - {}", found.words("p"));
    Ok(Answer::rational(Rational::one() - chance, read)?.sure(READING))
}

fn answer(good: &BigInt, all: &BigInt, read: String) -> Result<Answer> {
    Ok(Answer::rational(Rational::new(good.clone(), all.clone()), read)?
        .step(format!("{good} of {all} equally likely cases"))
        .sure(READING))
}

/// In how many ways so many dice show each sum.
fn ways(dice: i64) -> Vec<BigInt> {
    let mut ways = vec![BigInt::one()];
    for _ in 0..dice {
        let mut next = vec![BigInt::zero(); ways.len() + 6];
        for (sum, count) in ways.iter().enumerate() {
            for face in 1..=6 {
                next[sum + face] += count;
            }
        }
        ways = next;
    }
    ways
}

fn sum_of_dice(found: &Found<'_>) -> Result<Answer> {
    if found.has("s") {
        return foreign("a sum of another kind");
    }
    let (sum, dice) = (found.count("k", 600)?, found.count("n", 100)?);
    let good = ways(dice).get(sum as usize).cloned().unwrap_or_default();
    let all = BigInt::from(6).pow(dice as u32);
    answer(&good, &all, format!("{good} / 6^{dice}"))
}

/// One face, so many times in a row.
fn twice(found: &Found<'_>, times: i64) -> Result<Answer> {
    if !(1..=6).contains(&found.count("k", 6)?) || times < 1 {
        return foreign("a die has faces from 1 to 6");
    }
    answer(
        &BigInt::one(),
        &BigInt::from(6).pow(times as u32),
        format!("1 / 6^{times}"),
    )
}

/// Two of a kind, one after the other and without laying the first one back.
fn two_cards(found: &Found<'_>) -> Result<Answer> {
    let good: i64 = match found.words("c").to_lowercase().as_str() {
        "aces" | "kings" | "queens" | "jacks" => 4,
        "hearts" | "spades" | "clubs" | "diamonds" => 13,
        "red cards" | "black cards" => 26,
        _ => return foreign("how many such cards there are is not known here"),
    };
    answer(
        &(good * (good - 1)).into(),
        &(52 * 51).into(),
        format!("{good} / 52 × {} / 51", good - 1),
    )
}

/// One less the chance that none of the dice shows it.
fn at_least_one(found: &Found<'_>) -> Result<Answer> {
    let (face, n) = (found.count("k", 6)?, found.count("n", 200)?);
    if face == 0 || n == 0 {
        return foreign("no die shows that");
    }
    let none = power(&ratio(5, 6), &n.into())?;
    Ok(Answer::rational(Rational::one() - none, format!("1 - (5/6)^{n}"))?.sure(READING))
}

fn one_die(found: &Found<'_>) -> Result<Answer> {
    let words = found.words("k").to_lowercase();
    let faces: Vec<i64> = match words.trim_end_matches(" number") {
        "even" => vec![2, 4, 6],
        "odd" => vec![1, 3, 5],
        "prime" => (1..=6)
            .filter(|face| is_prime(&BigInt::from(*face)).unwrap_or(false))
            .collect(),
        words => match words.rsplit_once(' ') {
            Some((before, last)) => {
                let Ok(bound) = last.parse::<i64>() else {
                    return foreign("which faces are meant is not understood");
                };
                let compare: fn(i64, i64) -> bool = match before.trim_start_matches("number ") {
                    "greater than" | "more than" | "larger than" | "higher than" => {
                        |face, bound| face > bound
                    }
                    "less than" | "smaller than" | "lower than" => |face, bound| face < bound,
                    "at least" => |face, bound| face >= bound,
                    "at most" => |face, bound| face <= bound,
                    _ => return foreign("which faces are meant is not understood"),
                };
                (1..=6).filter(|face| compare(*face, bound)).collect()
            }
            None => vec![found.count("k", 1_000)?],
        },
    };
    let good = faces.iter().filter(|face| (1..=6).contains(*face)).count();
    answer(&good.into(), &6.into(), format!("{good} / 6"))
}

fn coins(found: &Found<'_>, at_least: bool) -> Result<Answer> {
    let (k, n) = (found.count("k", 1_000)?, found.count("n", 1_000)?);
    let most = if at_least { n } else { k };
    let good: BigInt = (k..=most.min(n)).map(|heads| choose(n, heads)).sum();
    let all = BigInt::one() << n as usize;
    let read = if at_least {
        format!("{good} / 2^{n}")
    } else {
        format!("C({n}, {k}) / 2^{n}")
    };
    answer(&good, &all, read)
}

/// Of the usual 52 cards.
fn card(found: &Found<'_>) -> Result<Answer> {
    let words = found.words("c").to_lowercase();
    let good = match words.trim_end_matches(" card") {
        "ace" | "king" | "queen" | "jack" => 4,
        "heart" | "spade" | "club" | "diamond" => 13,
        "red" | "black" => 26,
        "face" => 12,
        "ace of spades" | "ace of hearts" | "queen of hearts" | "king of hearts" | "king of spades"
        | "queen of spades" | "ace of clubs" | "ace of diamonds" => 1,
        _ => {
            return foreign(format!(
                "how many such cards there are (`{words}`) is not known here"
            ));
        }
    };
    answer(&good.into(), &52.into(), format!("{good} / 52"))
}
