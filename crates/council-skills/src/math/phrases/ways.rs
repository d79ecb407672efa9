//! Ways to choose and to arrange.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING};
use crate::math::number::{self, count, whole};
use crate::math::theory;
use crate::math::trouble::{Result, foreign};

pub(super) const RULES: Rules = &[
    (
        "how many [different|possible] {n} digit (pins|pin codes|pin|codes|numeric codes|passcodes) are [there] [possible]",
        |found| {
            let n = found.count("n", 50)?;
            let all = num_bigint::BigInt::from(10).pow(n as u32);
            Ok(Answer::rational(whole(all), format!("10^{n}"))?.sure(READING))
        },
    ),
    (
        "how many handshakes (are|are there|are made|take place|will there be) (among|between|with) {n} people",
        handshakes,
    ),
    (
        "[if] {n} people [each|all] shake hands with each other [once] , how many handshakes (are there|take place|will there be)",
        handshakes,
    ),
    ("{n} choose {k}", |found| chosen(found, false)),
    ("{n} c {k}", |found| lettered(found, "C")),
    ("{n} p {k}", |found| lettered(found, "P")),
    ("{n} permute {k}", |found| chosen(found, true)),
    (
        "how many ways [are there] [can you|can i|can we|to|you can] [to] (choose|select|pick) {k} [{what}] (out of|from|from among|of) [a group of|a set of|a total of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways [can|can you|can we|could] (choose|select|pick) {k} {what} (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "(from|out of) [a|the] [group|class|set|team|committee|deck|list] [of] {n} [{rest}] , [in] how many [different] ways can [you|we|i|one] (choose|select|pick|form) {k} [{what}] [be chosen|be selected|be picked]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways can [you|we|i] arrange {n} [{d}] [{what}] [in a row|on a shelf|in a line]",
        arranged,
    ),
    (
        "[in] how many [different] ways can {n} [{what}] (sit|be seated|be arranged|sit down|be placed) (around|round|at) a [round|circular] table",
        around,
    ),
    (
        "[in] how many [different] ways can {n} [{what}] (sit|be seated|be arranged|be placed|stand) in a circle",
        around,
    ),
    (
        "[in] how many [different] ways [can] the letters (of|in) [the word] {what} [can] be (arranged|rearranged)",
        anagrams,
    ),
    (
        "[in] how many [different] ways can [you|we|i|one] (arrange|rearrange|order) the letters (of|in) [the word] {what}",
        anagrams,
    ),
    (
        "[the] number of (arrangements|permutations|anagrams) of the letters (of|in) [the word] {what}",
        anagrams,
    ),
    (
        "how many (arrangements|permutations|anagrams) (are there of|of) the letters (of|in) [the word] {what} [are there]",
        anagrams,
    ),
    (
        "how many ways are there to (pick|choose|form|select) a (team|committee|group) of {k} [{what}] (from|out of) {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways (can|could) (i|you|we|one) (pick|choose|select) {k} {what} (out of|from) {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "how many ways are there to (arrange|order|line up|seat) {n} {what} [in a row|on a shelf|in a line]",
        arranged,
    ),
    (
        "how many ways are there to (arrange|order|rearrange) the letters (of|in) [the word] {what}",
        anagrams,
    ),
    (
        "how many [different] (combinations|codes) does a {n} digit (lock|code|pin) have",
        |found| {
            let n = found.count("n", 50)?;
            let all = num_bigint::BigInt::from(10).pow(n as u32);
            Ok(Answer::rational(whole(all), format!("10^{n}"))?.sure(READING))
        },
    ),
    (
        "[the] number of ways to (choose|select|pick) {k} {what} (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways can {k} {what} be (chosen|selected|picked) (out of|from|from among|of) [a group of|a set of] {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "[in] how many [different] ways can {n} [{d}] {what} be (arranged|ordered|lined up|seated|placed) [in a row|on a shelf|in a line|in order]",
        |found| arranged(found),
    ),
    (
        "[in] how many [different] ways can {n} {what} (sit|stand|line up) [in a row|in a line]",
        |found| arranged(found),
    ),
    (
        "how many (permutations|arrangements) (of|are there of) {n} [distinct|different] [{what}]",
        |found| arranged(found),
    ),
    (
        "[the] number of (permutations|arrangements) of {n} [distinct|different] [{what}]",
        |found| arranged(found),
    ),
    (
        "how many (combinations) of {k} [{what}] [can be made|can be chosen|are there] (from|out of) {n} [{rest}]",
        |found| ways(found, false),
    ),
    (
        "how many permutations of {k} [{what}] [can be made|are there] (from|out of) {n} [{rest}]",
        |found| ways(found, true),
    ),
];

fn chosen(found: &Found<'_>, ordered: bool) -> Result<Answer> {
    let (n, k) = (found.count("n", 5_000)?, found.count("k", 5_000)?);
    number_of_ways(n, k, ordered)
}

/// `5P2`, `10 C 4`.
fn lettered(found: &Found<'_>, letter: &str) -> Result<Answer> {
    let numbers = found.span("n").len() == 1 && found.span("k").len() == 1;
    if !numbers || !found.tokens.iter().any(|token| token.source == letter) {
        return foreign(format!("numbers on both sides of {letter} are needed"));
    }
    chosen(found, letter == "P")
}

fn number_of_ways(n: i64, k: i64, ordered: bool) -> Result<Answer> {
    let (ways, name) = if ordered {
        (theory::permute(n, k), "P")
    } else {
        (theory::choose(n, k), "C")
    };
    let formula = if ordered {
        format!("{n}! / ({n} - {k})!")
    } else {
        format!("{n}! / ({k}! × ({n} - {k})!)")
    };
    Ok(
        Answer::rational(number::bounded(whole(ways))?, format!("{name}({n}, {k})"))?
            .step(format!("{name}({n}, {k}) = {formula}")),
    )
}

/// Plain things: one to three words, and no more conditions.
fn things(found: &Found<'_>, name: &str) -> Result<()> {
    const CONDITIONS: [&str; 16] = [
        "if",
        "with",
        "without",
        "repetition",
        "replacement",
        "order",
        "must",
        "not",
        "and",
        "or",
        "circle",
        "round",
        "table",
        "letters",
        "together",
        "identical",
    ];
    let span = found.span(name);
    let plain = span
        .iter()
        .all(|token| token.is_word() && !CONDITIONS.contains(&token.lower.as_str()));
    if plain && span.len() <= 3 {
        Ok(())
    } else {
        foreign(format!("`{}` may be a condition", found.words(name)))
    }
}

fn ways(found: &Found<'_>, ordered: bool) -> Result<Answer> {
    things(found, "what")?;
    things(found, "rest")?;
    // A president and a treasurer, or first and second place, are not alike.
    let (n, k) = (found.count("n", 5_000)?, found.count("k", 5_000)?);
    Ok(number_of_ways(n, k, ordered)?.sure(READING))
}

/// The arrangements of a word's letters, equal ones not told apart.
fn anagrams(found: &Found<'_>) -> Result<Answer> {
    let span: Vec<_> = found
        .span("what")
        .iter()
        .filter(|token| !token.is('"') && !token.is('\''))
        .collect();
    let [word] = span.as_slice() else {
        return foreign("one word");
    };
    let letters: Vec<char> = word.lower.chars().collect();
    if !word.is_word() || letters.len() > 40 {
        return foreign("one word");
    }
    let mut counts = std::collections::BTreeMap::new();
    for letter in &letters {
        *counts.entry(*letter).or_insert(0_i64) += 1;
    }
    let repeated: Vec<i64> = counts.into_values().filter(|count| *count > 1).collect();
    let mut all = number::factorial(&letters.len().into())?;
    for count in &repeated {
        all /= number::factorial(&(*count).into())?;
    }
    let below: Vec<String> = repeated.iter().map(|count| format!("{count}!")).collect();
    let read = match below.as_slice() {
        [] => format!("{}!", letters.len()),
        below => format!("{}! / ({})", letters.len(), below.join(" × ")),
    };
    Answer::rational(whole(all), read)
}

/// Places at a round table are the same when everybody moves on by one.
fn around(found: &Found<'_>) -> Result<Answer> {
    things(found, "what")?;
    let n = count(&found.rational("n")?, "the number of things", 2_000)?;
    if n == 0 {
        return foreign("nobody sits there");
    }
    let others = number::factorial(&(n - 1).into())?;
    Ok(Answer::rational(whole(others), format!("({n} - 1)!"))?
        .step("seatings that differ only by a turn of the table count once")
        .sure(READING))
}

fn arranged(found: &Found<'_>) -> Result<Answer> {
    things(found, "what")?;
    things(found, "d")?;
    let n = count(&found.rational("n")?, "the number of things", 2_000)?;
    Ok(Answer::rational(whole(number::factorial(&n.into())?), format!("{n}!"))?.sure(READING))
}

/// Each two once.
fn handshakes(found: &Found<'_>) -> Result<Answer> {
    Ok(number_of_ways(found.count("n", 1_000_000)?, 2, false)?.sure(READING))
}
