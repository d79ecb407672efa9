//! A result on its way to people: the bare value, the line that says it, the steps.

use super::number::{Rational, SIGNIFICANT, exact, fraction, is_decimal, rounded};
use super::sum::Sum;
use super::trouble::{Result, Trouble, beyond};
use council_core::{Proof, ProofMethod, SkillAnswer};

/// Confidence in an expression of signs alone, in a phrase that a rule reads, and in a story.
pub(super) const PURE: f64 = 0.99;
pub(super) const WORDED: f64 = 0.97;
pub(super) const READING: f64 = 0.93;
pub(super) const STORY: f64 = 0.9;
/// In one of two results that are both told.
pub(super) const EITHER: f64 = 0.75;

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// Bare, to be compared.
    pub(super) value: String,
    /// The result in a line.
    pub(super) lead: String,
    /// What was computed, line by line.
    pub(super) steps: Vec<String>,
    /// The equation as the question was read.
    pub(super) read: String,
    /// How likely the reading is right, [0, 1].
    pub(super) confidence: f64,
}

impl Answer {
    /// Something in words.
    pub(super) fn text(value: impl Into<String>, read: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            lead: value.clone(),
            value,
            steps: Vec::new(),
            read: read.into(),
            confidence: WORDED,
        }
    }

    /// A number that `read` is.
    pub(super) fn number(sum: &Sum, read: impl Into<String>) -> Result<Self> {
        let (value, lead) = numeral(sum)?;
        let read = read.into();
        Ok(Self {
            value,
            steps: if lead.starts_with(&read) {
                Vec::new()
            } else {
                vec![format!("{read} = {lead}")]
            },
            lead,
            read,
            confidence: WORDED,
        })
    }

    /// A rational number that `read` is.
    pub(super) fn rational(number: Rational, read: impl Into<String>) -> Result<Self> {
        Self::number(&number.into(), read)
    }

    /// A sentence in place of the bare result.
    pub(super) fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// What the value is measured in, for people.
    pub(super) fn labelled(mut self, label: &str) -> Self {
        if !label.is_empty() {
            self.lead = with_label(&self.lead, label);
            if let Some(last) = self.steps.last_mut() {
                *last = with_label(last, label);
            }
        }
        self
    }

    /// With the currency in which it was asked.
    pub(super) fn money(mut self, sign: Option<char>) -> Self {
        if let Some(sign) = sign {
            self.lead = format!("{sign}{}", cents(&self.lead));
        }
        self
    }

    /// Another step.
    pub(super) fn step(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// With this confidence.
    pub(super) fn sure(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    /// As a skill returns it.
    pub(super) fn finish(self) -> SkillAnswer {
        let steps: Vec<&String> = self.steps.iter().filter(|step| **step != self.lead).collect();
        let mut text = format!("**{}**", self.lead);
        for step in steps {
            text.push_str("\n\n");
            text.push_str(step);
        }
        let mut proof = format!("read as: {}", self.read);
        for step in &self.steps {
            proof.push('\n');
            proof.push_str(step);
        }
        SkillAnswer {
            text,
            value: self.value,
            proofs: vec![Proof {
                method: ProofMethod::Computed,
                text: proof,
            }],
            confidence: self.confidence,
        }
    }
}

/// The unit stands before "(rounded)".
fn with_label(text: &str, label: &str) -> String {
    match text.strip_suffix(" (rounded)") {
        Some(number) => format!("{number} {label} (rounded)"),
        None => format!("{text} {label}"),
    }
}

/// An amount of money with two places where it has any: `9.60`, and `33.33 (rounded)`.
fn cents(lead: &str) -> String {
    let (exact, near) = lead
        .split_once(" ≈ ")
        .map_or((None, lead), |(exact, near)| (Some(exact), near));
    let number = near.trim_end_matches(" (rounded)");
    let Some((before, after)) = number.split_once('.') else {
        return lead.to_owned();
    };
    match (exact, after.len()) {
        (None, 1) => format!("{before}.{after}0"),
        (Some(_), 2..) => match number.parse::<f64>() {
            Ok(number) if number.abs() < 1e12 => format!("{number:.2} (rounded)"),
            _ => lead.to_owned(),
        },
        (None | Some(_), _) => lead.to_owned(),
    }
}

/// A constant bare and for people: exact where that is finite, else a fraction or a form with roots, and rounded.
pub(super) fn numeral(sum: &Sum) -> Result<(String, String)> {
    if let Some(number) = sum.rational() {
        let text = exact(&number);
        if text.len() > 6_000 {
            return Err(Trouble::TooBig(format!(
                "the number has {} digits, too many to write out",
                text.len()
            )));
        }
        if is_decimal(&number) || number.denom().bits() > 200 {
            return Ok((text.clone(), text));
        }
        return Ok((
            fraction(&number),
            format!("{text} ≈ {} (rounded)", rounded(&number, SIGNIFICANT)),
        ));
    }
    if sum.is_complex() {
        return Ok((sum.to_string(), sum.to_string()));
    }
    let near = sum.approximate().and_then(Rational::from_float);
    let Some(near) = near else {
        return beyond(format!("{sum} cannot be computed to enough digits here"));
    };
    let near = rounded(&near, SIGNIFICANT);
    Ok((near.clone(), format!("{sum} ≈ {near} (rounded)")))
}

/// A constant without rounding where it has a short form.
pub(super) fn short(sum: &Sum) -> String {
    sum.rational()
        .map_or_else(|| sum.to_string(), |number| exact(&number))
}
