//! Units, and money that grows.

use super::{Found, Rules};
use crate::math::answer::{Answer, READING, WORDED, numeral, short};
use crate::math::expr::{self, Expr, Scope};
use crate::math::lex::Token;
use crate::math::number::{Rational, exact, is_decimal, power, ratio, whole};
use crate::math::sum::Sum;
use crate::math::trouble::{Result, Trouble, beyond, foreign};
use crate::math::unit::{self, Quantity, Unit};
use num_traits::{One, Zero};

pub(super) const RULES: Rules = &[
    (
        "[convert|change|express|turn] {q} (to|in|into|as|equals|equal to how many|is how many|equals how many|= how many) {u}",
        converted,
    ),
    ("{q} = ? {u}", converted),
    (
        "how many {u} (is|are|are in|are there in|in|make|make up|equals|equal|does|do) {q} [equal|make|have|contain]",
        converted,
    ),
    (
        "how many {u} (does|do) {q} (have|contain|weigh|equal|make)",
        converted,
    ),
    ("how many {u} (is|are) (equal to|equivalent to) {q}", converted),
    ("{u} (are in|are there in|in|make) {q}", converted),
    ("how (long|far|heavy|tall|fast|much|big) is {q} in {u}", converted),
    ("{a} + {b} [in|to] [{u}]", |found| added(found, 1)),
    ("{a} - {b} [in|to] [{u}]", |found| added(found, -1)),
    ("{a} plus {b} [in] [{u}]", |found| added(found, 1)),
    ("{a} minus {b} [in] [{u}]", |found| added(found, -1)),
    ("{n} of {a} (in|to) {u}", part_of),
    ("{n} of {a}", part_of),
    ("{n} * {a}", scaled),
    ("{n} times {a}", scaled),
    (
        "which is (longer|bigger|larger|heavier|more|greater|faster|hotter|warmer) (,|:) {a} or {b}",
        |found| compared(found, true),
    ),
    (
        "which is (shorter|smaller|lighter|less|slower|colder|cooler) (,|:) {a} or {b}",
        |found| compared(found, false),
    ),
    (
        "is {a} (longer|heavier|more|larger|bigger|greater|faster|hotter|warmer) than {b}",
        |found| more_than(found),
    ),
    // Money that grows.
    ("{a} at {p} simple interest for {n} (year|years)", |found| {
        simple(found, false)
    }),
    (
        "[the] simple interest (on|for) [a] {a} [loan|deposit] [invested] (at|with) {p} [interest] [per year|a year|per annum|annually|annual interest|yearly|interest] (for|over|after) {n} (year|years)",
        |found| simple(found, false),
    ),
    (
        "[the] simple interest (on|for) [a] {a} [loan] (for|over) {n} (year|years) at {p} [per year|a year|per annum|annually|interest]",
        |found| simple(found, false),
    ),
    (
        "[the] interest (on|for) [a] {a} [loan|deposit] [invested] (at|with) {p} [interest] [per year|a year|per annum|annually] (for|over|after) {n} (year|years) [,] [with|at|using|as] simple interest",
        |found| simple(found, false),
    ),
    (
        "[the] compound interest (on|for) {a} [invested] (at|with) {p} [interest] [per year|a year|per annum|annually|annual interest|yearly] (for|over|after) {n} (year|years) [,] [compounded] [{k}]",
        |found| compound(found, true),
    ),
    (
        "[the] (future value|final amount|value|total amount|amount) of {a} [invested] (at|with) {p} [interest] [per year|a year|per annum|annual interest|annually] [,] compounded {k} (for|over|after) {n} (year|years)",
        |found| compound(found, false),
    ),
    (
        "[the] (future value|final amount|value|total amount|amount) of {a} [invested] (at|with) {p} [interest] [per year|a year|per annum|annual interest|annually] (for|over|after) {n} (year|years) [,] compounded {k}",
        |found| compound(found, false),
    ),
    (
        "[what will|how much will] {a} (be worth|grow to|amount to|become) (after|in) {n} (year|years) at {p} [interest] [per year|a year|per annum|annual interest|annually] [,] compounded {k}",
        |found| compound(found, false),
    ),
    (
        "[if] {who} (invest|invests|deposit|deposits|put|puts|invested|deposited) {a} [in a bank|in an account|into an account|in a savings account] at {p} (compound interest|interest compounded|interest , compounded|annual interest compounded|annual interest , compounded|annual compound interest|compounded) [{k}] for {n} (year|years) (.|,) how much [money] (do|does|will|would|did) {y} [have|be there] [have] [at the end|in total|altogether|in the end|after that]",
        |found| compound(found, false),
    ),
    (
        "{x} (is|at|of|weighs|measures|boils at|freezes at|melts at|is at) {q} . (what is that|how much is that|what's that|convert that|what is this) (in|to|into) {u}",
        |found| {
            // What it is of does not matter, as long as it is no other number.
            if found.span("x").len() > 4 || !found.span("x").iter().all(Token::is_word) {
                return foreign("a quantity of another form");
            }
            converted(found)
        },
    ),
];

fn quantity(found: &Found<'_>, name: &str) -> Result<Quantity> {
    let span = found.span(name);
    // "a mile", "one mile"
    unit::quantity(span)
}

fn converted(found: &Found<'_>) -> Result<Answer> {
    let target = unit::unit(found.span("u"))?;
    let span = found.span("q");
    let quantity = match unit::unit(span) {
        // "how many ounces in one pound" without the number: "in pounds" says no amount.
        Ok(unit) if span.len() == 1 && !span[0].lower.ends_with('s') => Quantity {
            number: Sum::int(1),
            unit: Some(unit),
        },
        _ => quantity(found, "q")?,
    };
    // "20 C in F": a C beside a temperature is one.
    let (quantity, target) = temperatures(quantity, target)?;
    let Some(unit) = &quantity.unit else {
        return foreign("the number has no unit");
    };
    let value = unit::convert(&quantity, &target)?;
    let answer = Answer::number(&value, format!("{} in {}", found.words("q"), target.symbol))?;
    let answer = nearly(super::arithmetic::decimal_value(answer));
    let year = unit.dimension[7] != 0 && target.dimension[2] != 0;
    let step = if year {
        "a common year has 365 days".to_owned()
    } else if unit.zero.is_some() {
        let equals = if answer.lead.starts_with('≈') { "" } else { "= " };
        format!(
            "{} {} {equals}{} {}",
            short(&quantity.number),
            unit.symbol,
            answer.lead,
            target.symbol
        )
    } else {
        factor(unit, &target)
    };
    let answer = Answer {
        steps: Vec::new(),
        ..answer
    }
    .labelled(&target.symbol);
    Ok(answer.step(step).sure(if year { READING } else { WORDED }))
}

/// Nobody measures in 1250/127 feet: the decimals alone.
fn nearly(answer: Answer) -> Answer {
    match answer.lead.split_once(" ≈ ") {
        Some((fraction, near)) if !fraction.contains('π') => Answer {
            lead: format!("≈ {near}"),
            ..answer
        },
        _ => answer,
    }
}

/// What one is of the other, the way round in which it is a decimal.
fn factor(unit: &Unit, target: &Unit) -> String {
    let ratio = &unit.size / &target.size;
    if is_decimal(&ratio) || !is_decimal(&ratio.recip()) {
        return format!("1 {} = {} {}", unit.symbol, exact(&ratio), target.symbol);
    }
    format!("1 {} = {} {}", target.symbol, exact(&ratio.recip()), unit.symbol)
}

fn temperatures(quantity: Quantity, target: Unit) -> Result<(Quantity, Unit)> {
    let celsius = |unit: &Unit| match unit.symbol.as_str() {
        "C" => unit::scale("°C"),
        _ => Ok(unit.clone()),
    };
    match &quantity.unit {
        Some(unit) if unit.zero.is_some() || target.zero.is_some() => {
            let unit = celsius(unit)?;
            Ok((
                Quantity {
                    unit: Some(unit),
                    ..quantity
                },
                celsius(&target)?,
            ))
        }
        _ => Ok((quantity, target)),
    }
}

fn added(found: &Found<'_>, sign: i64) -> Result<Answer> {
    let (a, b) = (quantity(found, "a")?, quantity(found, "b")?);
    let (Some(first), Some(second)) = (&a.unit, &b.unit) else {
        return foreign("both need a unit");
    };
    let target = if found.has("u") {
        unit::unit(found.span("u"))?
    } else {
        first.clone()
    };
    if [first, second, &target].iter().any(|unit| unit.zero.is_some()) {
        return Err(Trouble::Ambiguous(
            "temperatures, or differences of temperatures, may be meant".to_owned(),
        ));
    }
    let value = unit::convert(&a, &target)?.add(&unit::convert(&b, &target)?.scaled(&whole(sign)));
    let sign = if sign > 0 { '+' } else { '-' };
    Ok(Answer::number(
        &value,
        format!("{} {sign} {}", found.words("a"), found.words("b")),
    )?
    .labelled(&target.symbol))
}

/// "a quarter of an hour", "25% of 2 km in m".
fn part_of(found: &Found<'_>) -> Result<Answer> {
    let span = match found.span("n") {
        [article, rest @ ..] if article.says("a") || article.says("one") && !rest.is_empty() => rest,
        span => span,
    };
    let (part, a) = match span {
        [word] if word.says("quarter") => (Sum::from(ratio(1, 4)), quantity(found, "a")?),
        [word] if word.says("half") => (Sum::from(ratio(1, 2)), quantity(found, "a")?),
        span => (
            expr::constant(&expr::expression(span)?, &Scope::default())?,
            quantity(found, "a")?,
        ),
    };
    let below_one = part
        .rational()
        .is_some_and(|part| part <= whole(1) && part > Rational::zero());
    let Some(unit) = a.unit.clone().filter(|unit| unit.zero.is_none() && below_one) else {
        return foreign("a part of a quantity is needed");
    };
    let target = if found.has("u") {
        unit::unit(found.span("u"))?
    } else {
        unit
    };
    let value = part.times(&unit::convert(&a, &target)?)?;
    let read = format!("{} × {}", found.words("n"), found.words("a"));
    Ok(Answer::number(&value, read)?.labelled(&target.symbol))
}

fn scaled(found: &Found<'_>) -> Result<Answer> {
    let (n, a) = (found.value("n")?, quantity(found, "a")?);
    let Some(unit) = &a.unit else {
        return foreign("a unit is missing");
    };
    if unit.zero.is_some() {
        return foreign("a multiple of a temperature");
    }
    Ok(Answer::number(
        &n.times(&a.number)?,
        format!("{} × {}", found.words("n"), found.words("a")),
    )?
    .labelled(&unit.symbol))
}

fn both(found: &Found<'_>) -> Result<(Sum, Sum, Unit)> {
    let (a, b) = (quantity(found, "a")?, quantity(found, "b")?);
    let Some(unit) = a.unit.clone() else {
        return foreign("a unit is missing");
    };
    let other = unit::convert(&b, &unit)?;
    Ok((a.number, other, unit))
}

fn compared(found: &Found<'_>, more: bool) -> Result<Answer> {
    let (a, b, unit) = both(found)?;
    let difference = a.minus(&b);
    let sign = if difference.is_zero() {
        0
    } else {
        difference.sign().unwrap_or(0)
    };
    let step = format!("{} is {} {}", found.words("b"), numeral(&b)?.1, unit.symbol);
    let value = match sign {
        0 => "they are equal".to_owned(),
        sign if (sign > 0) == more => found.words("a"),
        _ => found.words("b"),
    };
    Ok(Answer::text(
        value.trim().to_owned(),
        format!("{} or {}", found.words("a"), found.words("b")),
    )
    .step(step))
}

fn more_than(found: &Found<'_>) -> Result<Answer> {
    let (a, b, unit) = both(found)?;
    let yes = a.minus(&b).sign().is_some_and(|sign| sign > 0);
    let step = format!("{} is {} {}", found.words("b"), numeral(&b)?.1, unit.symbol);
    Ok(Answer::text(if yes { "yes" } else { "no" }, step.clone())
        .lead(if yes { "Yes" } else { "No" })
        .step(step))
}

/// A rate in percent, of which 1 is the whole.
pub(super) fn rate(found: &Found<'_>) -> Result<Rational> {
    match found.expr("p")? {
        percent @ Expr::Percent(_) => expr::rational(&expr::constant(&percent, &Scope::default())?),
        _ => foreign("a rate in percent is missing"),
    }
}

fn simple(found: &Found<'_>, _total: bool) -> Result<Answer> {
    let (a, p, n) = (found.rational("a")?, rate(found)?, found.rational("n")?);
    let read = format!("{} × {} × {}", exact(&a), exact(&p), exact(&n));
    Ok(Answer::rational(a * p * n, read)?.money(found.money(&["a"])))
}

/// How often a year interest is added.
fn times(span: &[Token]) -> Result<i64> {
    let words: Vec<&str> = span.iter().map(|token| token.lower.as_str()).collect();
    Ok(match words.as_slice() {
        ["annually" | "yearly"] | ["once", "a", "year"] | ["each" | "every", "year"] => 1,
        ["semiannually" | "biannually"]
        | ["semi", "annually"]
        | ["twice", "a", "year"]
        | ["half", "yearly"] => 2,
        ["quarterly"] => 4,
        ["monthly"] | ["every", "month"] => 12,
        ["daily"] => 365,
        _ => return foreign("how often interest is compounded is not understood"),
    })
}

fn compound(found: &Found<'_>, interest: bool) -> Result<Answer> {
    let (a, p, n) = (found.rational("a")?, rate(found)?, found.rational("n")?);
    let often = if found.has("k") {
        times(found.span("k"))?
    } else {
        1
    };
    let periods = &n * whole(often);
    if !periods.is_integer() || periods > whole(1_200) || periods < Rational::zero() {
        return beyond("the number of periods is no whole number up to 1200");
    }
    let factor = Rational::one() + p / whole(often);
    let total = &a * power(&factor, &periods.to_integer())?;
    let value = if interest { &total - &a } else { total };
    let read = format!(
        "{} × {}^{}{}",
        exact(&a),
        exact(&factor),
        exact(&periods),
        if interest {
            format!(" - {}", exact(&a))
        } else {
            String::new()
        }
    );
    // Amounts of money are rounded to cents.
    let text = exact(&value);
    let answer = Answer::rational(value.clone(), read.clone())?;
    if text.len() - text.find('.').map_or(text.len(), |at| at) <= 3 {
        return Ok(answer.money(found.money(&["a"])));
    }
    let cents = crate::math::number::fixed(&value, 2);
    Ok(Answer::text(cents.clone(), read.clone())
        .step(format!("{read} ≈ {cents} (rounded to cents)"))
        .money(found.money(&["a"]))
        .sure(READING))
}
