//! What is paid back of a loan, and how long money takes to double.

use super::{Found, Rules, measures};
use crate::math::answer::{Answer, READING};
use crate::math::function::apply;
use crate::math::number::{Rational, exact, fixed, power, whole};
use crate::math::sum::{Function, Sum};
use crate::math::trouble::{Result, beyond, foreign};
use num_traits::{One, Signed};

/// Months of a year.
const MONTHS: i64 = 12;

pub(super) const RULES: Rules = &[
    (
        "[the] monthly (payment|payments|repayment|instalment|installment) (on|for|of) [a|an] {a} (loan|mortgage|car loan|home loan) (at|with|with an interest rate of) {p} [fixed] [annual|yearly] [interest|apr] [rate] [per year|a year|per annum|annually] (over|for) {n} (year|years)",
        payment,
    ),
    (
        "[the] monthly (payment|payments|repayment|instalment|installment) (on|for|of) [a|an] {n} year {a} (loan|mortgage|car loan|home loan) (at|with|with an interest rate of) {p} [fixed] [annual|yearly] [interest|apr] [rate] [per year|a year|per annum|annually]",
        payment,
    ),
    (
        "[if] {who} (borrow|borrows|take out a loan of|takes out a loan of|take a loan of|takes a loan of|borrowed|get a loan of) {a} (at|with) {p} [fixed] [annual|yearly] [interest|apr] [rate] [per year|a year|per annum|annually] (over|for) {n} (year|years) [,] [and] [to be] [paid back monthly|repaid monthly|with monthly payments|pay it back monthly|paid monthly] (.|,) (what is|what are|how much is|how much are|what will be) (the|my|your|his|her|their|{x}) monthly (payment|payments|repayment|instalment|installment)",
        payment,
    ),
    (
        "how (long|many years) (does|will|would) it take [for] {who} to double [in value] (at|with) {p} [annual|yearly] [compound] [interest] [rate] [growth] [per year|a year|per annum|annually|compounded annually|compounded yearly|interest compounded annually]",
        doubling,
    ),
    (
        "how (long|many years) (does|will|would) it take to double {who} (at|with) {p} [annual|yearly] [compound] [interest] [rate] [growth] [per year|a year|per annum|annually|compounded annually|compounded yearly|interest compounded annually]",
        doubling,
    ),
];

/// The rate of a year, of which 1 is the whole.
fn rate(found: &Found<'_>) -> Result<Rational> {
    let rate = measures::rate(found)?;
    if rate.is_positive() && rate < whole(10) {
        Ok(rate)
    } else {
        foreign("the rate is none of a loan")
    }
}

/// An annuity: equal payments at the ends of the months, a twelfth of the rate each month.
fn payment(found: &Found<'_>) -> Result<Answer> {
    let (a, rate, n) = (found.rational("a")?, rate(found)?, found.rational("n")?);
    let months = n * whole(MONTHS);
    if !months.is_integer() || !months.is_positive() || months > whole(50 * MONTHS) {
        return beyond("the loan does not last a whole number of months, up to 50 years");
    }
    let monthly = &rate / whole(MONTHS);
    let growth = power(&(Rational::one() + &monthly), &months.to_integer())?;
    if !a.is_positive() {
        return foreign("a loan is above 0");
    }
    let value = &a * &monthly * &growth / (&growth - Rational::one());
    let cents = fixed(&value, 2);
    let read = format!(
        "{} × i / (1 - (1 + i)^-{}) with i = {} / 12",
        exact(&a),
        exact(&months),
        exact(&rate)
    );
    let total = fixed(&(&value * &months), 2);
    Ok(Answer::text(cents.clone(), read.clone())
        .step(format!("{read} ≈ {cents} (rounded to cents), {total} in all"))
        .money(found.money(&["a"]))
        .sure(READING))
}

/// ln 2 / ln (1 + rate).
fn doubling(found: &Found<'_>) -> Result<Answer> {
    let who = found.words("who").to_lowercase();
    let known = [
        "money",
        "investment",
        "savings",
        "capital",
        "deposit",
        "population",
    ];
    if !known.iter().any(|word| who.ends_with(word)) || found.span("who").len() > 3 {
        return foreign("something else doubles");
    }
    let factor = Sum::from(Rational::one() + rate(found)?);
    let years = apply(Function::Ln, &Sum::int(2))?.over(&apply(Function::Ln, &factor)?)?;
    Ok(Answer::number(&years, "2 = (1 + rate)^years")?
        .labelled("years")
        .sure(READING))
}
