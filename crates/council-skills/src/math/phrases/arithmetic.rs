//! Operations in words, rounding, comparing.

use super::percent::percent;
use super::{Found, Rules};
use crate::math::answer::{Answer, READING, short};
use crate::math::expr::{self, Expr, Operator};
use crate::math::number::{Rational, exact, fixed, fraction, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use num_traits::Signed;

pub(super) const RULES: Rules = &[
    ("[the] (sum|total) of [the numbers] {list}", |found| {
        fold(found, " + ", Operator::Add)
    }),
    ("[the] product of [the numbers] {list}", |found| {
        fold(found, " × ", Operator::Times)
    }),
    (
        "(add|sum|total) [up] [together] [the numbers] {list} [together]",
        |found| fold(found, " + ", Operator::Add),
    ),
    ("multiply [together] [the numbers] {list} [together]", |found| {
        fold(found, " × ", Operator::Times)
    }),
    ("[the] difference (between|of) {a} and {b}", |found| {
        two(found, Operator::Subtract).and_then(larger_first)
    }),
    ("[the] quotient of {a} and {b}", |found| {
        two(found, Operator::Divide)
    }),
    ("[the] ratio of {a} to {b}", |found| two(found, Operator::Divide)),
    ("(add|adding) {b} to {a}", |found| two(found, Operator::Add)),
    (
        "(subtract|take|subtracting) [away] {b} [away] from {a}",
        |found| two(found, Operator::Subtract),
    ),
    ("(multiply|multiplying) {a} (by|with|and|times) {b}", |found| {
        two(found, Operator::Times)
    }),
    ("(divide|dividing) {a} by {b}", |found| {
        two(found, Operator::Divide)
    }),
    ("{b} (subtracted|taken|deducted) [away] from {a}", |found| {
        two(found, Operator::Subtract)
    }),
    ("{b} (more|greater|bigger|larger) than {a}", |found| {
        two(found, Operator::Add)
    }),
    ("{b} (less|fewer|smaller) than {a}", |found| {
        two(found, Operator::Subtract)
    }),
    (
        "{a} (take away|less|decreased by|reduced by|diminished by) {b}",
        |found| plain(found, Operator::Subtract),
    ),
    ("{a} (increased by|and then add) {b}", |found| {
        plain(found, Operator::Add)
    }),
    ("{a} raised to [the] [power] [of] {b}", |found| {
        two(found, Operator::Power)
    }),
    ("{a} to the {b} power", |found| {
        let exponent = found.place("b")?;
        operate(Operator::Power, found.expr("a")?, Expr::Number(whole(exponent)))
    }),
    ("{a} to the {b}", |found| {
        let exponent = found.place("b")?;
        operate(Operator::Power, found.expr("a")?, Expr::Number(whole(exponent)))
    }),
    ("raise {a} to the {b} [power]", |found| {
        let exponent = found.place("b")?;
        operate(Operator::Power, found.expr("a")?, Expr::Number(whole(exponent)))
    }),
    ("raise {a} to the power [of] {b}", |found| {
        two(found, Operator::Power)
    }),
    ("(square|squaring) {a}", |found| {
        operate(Operator::Power, found.expr("a")?, Expr::Number(whole(2)))
    }),
    ("(cube|cubing) {a}", |found| {
        operate(Operator::Power, found.expr("a")?, Expr::Number(whole(3)))
    }),
    ("(halve|divide {a} in half)", |_| foreign("nothing to halve")),
    ("(halve) {a}", |found| {
        operate(Operator::Divide, found.expr("a")?, Expr::Number(whole(2)))
    }),
    ("{a} squared (plus|minus) {b} squared", |_| {
        foreign("an expression")
    }),
    (
        "[the] (remainder|rest) (when|if|of|from|after|you get when) [you] [divide|dividing] {a} [is] [divided] by {b}",
        remainder,
    ),
    ("[the] remainder of {a} divided by {b}", remainder),
    ("(how many times) does {b} go into {a}", |found| {
        two(found, Operator::Divide)
    }),
    // Rounding and writing.
    (
        "round {a} [off] to [the] nearest (integer|whole number|one|unit|1)",
        |found| round(found, 0),
    ),
    ("round {a} [off] to [the] nearest (ten|tens|10)", |found| {
        round(found, -1)
    }),
    (
        "round {a} [off] to [the] nearest (hundred|hundreds|100)",
        |found| round(found, -2),
    ),
    (
        "round {a} [off] to [the] nearest (thousand|thousands|1000|1,000)",
        |found| round(found, -3),
    ),
    ("round {a} [off] to [the] nearest ten thousand", |found| {
        round(found, -4)
    }),
    ("round {a} [off] to [the] nearest (tenth)", |found| {
        round(found, 1)
    }),
    (
        "round {a} [off] to [the] nearest (hundredth|cent|penny)",
        |found| round(found, 2),
    ),
    ("round {a} [off] to [the] nearest (thousandth)", |found| {
        round(found, 3)
    }),
    (
        "round {a} [off] to {n} (decimal|decimals|decimal place|decimal places|dp|d.p.|digits after the decimal point)",
        |found| round(found, found.count("n", 11)? as i32),
    ),
    (
        "{a} (to|rounded to|with|correct to) {n} (decimals|decimal place|decimal places|dp)",
        |found| round(found, found.count("n", 11)? as i32),
    ),
    ("{a} rounded to [the] nearest (integer|whole number)", |found| {
        round(found, 0)
    }),
    ("{a} rounded to [the] nearest (hundredth|cent)", |found| {
        round(found, 2)
    }),
    ("{a} rounded to [the] nearest tenth", |found| round(found, 1)),
    (
        "[write|express|convert|change|turn] {a} (as|to|into|in) [a] [simplified|simplest|reduced|proper] (fraction|simplest form|lowest terms|fraction in lowest terms|fraction in simplest form)",
        |found| {
            let number = found.rational("a")?;
            let text = fraction(&number);
            Ok(
                Answer::text(text.clone(), format!("{} as a fraction", found.words("a")))
                    .step(format!("{} = {text}", found.words("a"))),
            )
        },
    ),
    ("[simplify|reduce] the fraction {a}", simplest),
    (
        "(reduce) {a} [to|into] [its|the] [simplest|lowest] [form|terms]",
        simplest,
    ),
    (
        "simplify {a} [to|into] [its|the] [simplest|lowest] [form|terms]",
        simplest,
    ),
    (
        "[write|express|convert|change|turn] {a} (as|to|into|in) [a] (decimal|decimal number|decimal form)",
        |found| Answer::number(&found.value("a")?, found.words("a")).map(decimal_value),
    ),
    (
        "[write|express|convert|change|turn] {a} (as|to|into|in) [a] (percent|percentage|%)",
        |found| {
            let number = found.rational("a")?;
            let text = percent(&(&number * whole(100)));
            Ok(Answer::text(text.clone(), format!("{} × 100%", found.words("a")))
                .step(format!("{} × 100% = {text}", found.words("a"))))
        },
    ),
    // Comparing.
    (
        "(which|which one|which number|what) is (bigger|larger|greater|more|the larger|the bigger|the greater|the largest|the biggest|the greatest|largest|biggest|greatest) (,|:|of|between) {list}",
        |found| extreme(found, true),
    ),
    (
        "(which|which one|which number|what) is (smaller|less|lesser|the smaller|the smallest|smallest|least|the least|the lesser) (,|:|of|between) {list}",
        |found| extreme(found, false),
    ),
    (
        "[which] [is] [the] (larger|bigger|greater|largest|biggest|greatest|maximum) (of|number|value) [of|:|among|in|from] {list}",
        |found| extreme(found, true),
    ),
    (
        "[which] [is] [the] (smaller|lesser|smallest|least|minimum) (of|number|value) [of|:|among|in|from] {list}",
        |found| extreme(found, false),
    ),
    ("is {a} (greater|bigger|larger|more|higher) than {b}", |found| {
        compare(found, ">")
    }),
    ("is {a} (less|smaller|lower|fewer) than {b}", |found| {
        compare(found, "<")
    }),
    ("is {a} equal to {b}", |found| compare(found, "=")),
    ("is {a} = {b}", |found| compare(found, "=")),
    ("(does|do) {a} equal {b}", |found| compare(found, "=")),
    ("does {a} = {b}", |found| compare(found, "=")),
    ("is {a} > {b}", |found| compare(found, ">")),
    ("is {a} < {b}", |found| compare(found, "<")),
];

/// Decimal rather than fraction as the bare value.
pub(super) fn decimal_value(answer: Answer) -> Answer {
    match answer.lead.split_once(" ≈ ") {
        Some((_, near)) => Answer {
            value: near.trim_end_matches(" (rounded)").to_owned(),
            ..answer
        },
        None => answer,
    }
}

/// One operand in words must be whole: "the sum of 5 and 7 times 2" has two readings.
pub(super) fn operand(expr: &Expr) -> Result<()> {
    match expr {
        Expr::Binary(Operator::Power | Operator::Divide, ..)
        | Expr::Number(_)
        | Expr::Percent(_)
        | Expr::Negate(_)
        | Expr::Call(..)
        | Expr::Name(_)
        | Expr::Factorial(_)
        | Expr::Degrees(_)
        | Expr::Radians(_) => Ok(()),
        Expr::Binary(..) => Err(Trouble::Ambiguous(format!(
            "whether {expr} belongs together is not said; write parentheses"
        ))),
    }
}

fn operate(operator: Operator, left: Expr, right: Expr) -> Result<Answer> {
    operand(&left)?;
    operand(&right)?;
    let whole = Expr::binary(operator, left, right);
    let value = expr::constant(&whole, &expr::Scope::default())?;
    Answer::number(&value, whole.to_string())
}

fn two(found: &Found<'_>, operator: Operator) -> Result<Answer> {
    let money = found.money(&["a", "b"]);
    let (a, b) = (found.expr("a")?, found.expr("b")?);
    if matches!(b, Expr::Percent(_)) {
        return foreign("a percentage of what is not said");
    }
    Ok(operate(operator, a, b)?.money(money))
}

/// As [`two`], for forms that percentages have too.
fn plain(found: &Found<'_>, operator: Operator) -> Result<Answer> {
    two(found, operator)
}

fn larger_first(answer: Answer) -> Result<Answer> {
    // "the difference between 8 and 20" is 12 for most people, -12 for some.
    if answer.value.starts_with('-') {
        return Err(Trouble::Ambiguous(
            "the difference of a smaller and a larger number may be meant with or without its sign"
                .to_owned(),
        ));
    }
    Ok(answer)
}

fn fold(found: &Found<'_>, sign: &str, operator: Operator) -> Result<Answer> {
    let numbers = found.list("list")?;
    let span = found.span("list");
    for item in span
        .split(|token| token.is(',') || token.says("and"))
        .filter(|item| !item.is_empty())
    {
        if item.len() > 1 {
            operand(&expr::expression(item)?)?;
        }
    }
    let start = Sum::int(i64::from(operator == Operator::Times));
    let total = numbers.iter().try_fold(start, |total, number| {
        let number = Sum::from(number.clone());
        if operator == Operator::Times {
            total.times(&number)
        } else {
            Ok(total.add(&number))
        }
    })?;
    let read: Vec<String> = numbers
        .iter()
        .map(|number| {
            if number.is_negative() {
                format!("({})", exact(number))
            } else {
                exact(number)
            }
        })
        .collect();
    Ok(Answer::number(&total, read.join(sign))?.money(found.money(&["list"])))
}

pub(super) fn remainder(found: &Found<'_>) -> Result<Answer> {
    let (a, b) = (found.rational("a")?, found.rational("b")?);
    let rest = crate::math::theory::modulo(&a, &b)?;
    let times = (&a - &rest) / &b;
    let answer = Answer::rational(
        rest.clone(),
        format!("{} mod {}", found.words("a"), found.words("b")),
    )?;
    Ok(if times.numer().bits() < 200 {
        answer.step(format!(
            "{} = {} × {} + {}",
            exact(&a),
            exact(&times),
            exact(&b),
            exact(&rest)
        ))
    } else {
        answer
    })
}

fn round(found: &Found<'_>, places: i32) -> Result<Answer> {
    let value = found.value("a")?;
    let number = match value.rational() {
        Some(number) => number,
        None => match value.approximate().and_then(Rational::from_float) {
            Some(near) => near,
            None => return beyond("that cannot be rounded here"),
        },
    };
    let text = if places >= 0 {
        fixed(&number, places as usize)
    } else {
        let scale = whole(num_bigint::BigInt::from(10).pow(places.unsigned_abs()));
        exact(&((number / &scale).round() * scale))
    };
    let read = format!("{} rounded", found.words("a"));
    Ok(Answer::text(text.clone(), read).step(format!("{} ≈ {text}", found.words("a"))))
}

fn simplest(found: &Found<'_>) -> Result<Answer> {
    let Expr::Binary(Operator::Divide, ..) = found.expr("a")? else {
        return foreign("no fraction");
    };
    let number = found.rational("a")?;
    let text = fraction(&number);
    Ok(Answer::text(text.clone(), found.words("a")).step(format!("{} = {text}", found.words("a"))))
}

fn extreme(found: &Found<'_>, largest: bool) -> Result<Answer> {
    // "2/3 or 3/5"
    let span = found.span("list");
    let mut tokens = span.to_vec();
    for token in &mut tokens {
        if token.says("or") {
            "and".clone_into(&mut token.lower);
        }
    }
    let parts: Vec<&[crate::math::lex::Token]> = tokens
        .split(|token| token.is(',') || token.says("and"))
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() < 2 {
        return foreign("there is nothing to compare");
    }
    let mut all = Vec::new();
    for part in parts {
        let value = expr::constant(&expr::expression(part)?, &expr::Scope::default())?;
        let near = value.approximate();
        all.push((crate::math::lex::written(part), value, near));
    }
    let Some(((text, best, _), rest)) = pick(&all, largest) else {
        return beyond("these numbers cannot be compared here");
    };
    if rest.iter().any(|(_, value, _)| value == best) {
        return Ok(Answer::text("they are equal", found.words("list")));
    }
    let steps: Vec<String> = all
        .iter()
        .map(|(text, value, _)| {
            let number =
                crate::math::answer::numeral(value).map_or_else(|_| value.to_string(), |(_, lead)| lead);
            if *text == number {
                text.clone()
            } else {
                format!("{text} = {number}")
            }
        })
        .collect();
    let word = if largest { "largest" } else { "smallest" };
    Ok(Answer::text(
        text.trim().to_owned(),
        format!("the {word} of {}", found.words("list")),
    )
    .step(steps.join("; ")))
}

type Item = (String, Sum, Option<f64>);

fn pick(all: &[Item], largest: bool) -> Option<(&Item, Vec<&Item>)> {
    let mut best = all.first()?;
    for item in &all[1..] {
        let sign = item.1.minus(&best.1);
        let sign = if sign.is_zero() { 0 } else { sign.sign()? };
        if (sign > 0) == largest && sign != 0 {
            best = item;
        }
    }
    let rest = all.iter().filter(|item| !std::ptr::eq(*item, best)).collect();
    Some((best, rest))
}

fn compare(found: &Found<'_>, relation: &str) -> Result<Answer> {
    let (a, b) = (found.value("a")?, found.value("b")?);
    let difference = a.minus(&b);
    let sign = if difference.is_zero() {
        Some(0)
    } else {
        difference.sign()
    };
    let Some(sign) = sign else {
        return beyond("these numbers cannot be compared here");
    };
    let holds = match relation {
        ">" => sign > 0,
        "<" => sign < 0,
        _ => sign == 0,
    };
    let actual = match sign {
        0 => "=",
        1 => ">",
        _ => "<",
    };
    let step = format!("{} {actual} {}", short(&a), short(&b));
    let word = if holds { "yes" } else { "no" };
    Ok(Answer::text(
        word,
        format!("{} {relation} {}", found.words("a"), found.words("b")),
    )
    .lead(if holds { "Yes" } else { "No" })
    .step(step)
    .sure(READING))
}
