//! What is kept of what people say, and what is not.
#![expect(clippy::unwrap_used, reason = "tests")]

mod adversarial;
mod placing;
mod truths;

use super::*;

fn proposal(quote: &str, subject: &str, attribute: Attribute, statement: &str) -> Proposal {
    Proposal {
        quote: quote.to_owned(),
        subject: subject.to_owned(),
        attribute,
        statement: statement.to_owned(),
        probability: Some(0.9),
    }
}

fn said(text: &str) -> Source<'_> {
    Source { text, speaker: None }
}
