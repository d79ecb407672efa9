//! What was measured, as a table and as JSON.

use crate::output::{Output, table as text_table};
use council_agent::confidence::AnswerEvidence;
use council_agent::grade::Question;
use council_core::{Calibration, SkillKind};
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// A question, what was answered, and whether that was right.
pub(super) struct Verdict<'a> {
    pub(super) question: &'a Question,
    pub(super) answer: String,
    pub(super) evidence: AnswerEvidence,
    pub(super) right: bool,
}

fn kind_name(calibration: &Calibration) -> &'static str {
    calibration.kind.map_or("all", SkillKind::as_str)
}

/// A line for each kind, and the reliability of all together.
pub(super) fn table(model: &str, kept: &[Calibration], output: &mut Output) -> io::Result<()> {
    let mut rows = vec![
        ["KIND", "ASKED", "RIGHT", "AUROC", "ECE", "BRIER"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for calibration in kept {
        let share = f64::from(calibration.right) / f64::from(calibration.asked.max(1));
        rows.push(vec![
            kind_name(calibration).to_owned(),
            calibration.asked.to_string(),
            format!("{} ({:.0} %)", calibration.right, 100.0 * share),
            calibration
                .auroc
                .map_or("-".to_owned(), |auroc| format!("{auroc:.3}")),
            format!("{:.3}", calibration.ece),
            format!("{:.3}", calibration.brier),
        ]);
    }
    writeln!(
        output,
        "{model}: kept; AUROC, ECE and Brier score are of answers that the fit had not seen"
    )?;
    output.write_all(text_table(&rows).as_bytes())?;
    let mut rows = vec![
        ["SAID", "ANSWERS", "MEAN SAID", "RIGHT"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let bins = kept.first().map_or(&[][..], |all| &all.table).iter();
    for bin in bins.filter(|bin| bin.answers > 0) {
        rows.push(vec![
            format!("{:.1} to {:.1}", bin.from, bin.to),
            bin.answers.to_string(),
            format!("{:.2}", bin.said),
            format!("{:.2}", bin.right),
        ]);
    }
    writeln!(output)?;
    output.write_all(text_table(&rows).as_bytes())
}

/// Everything, with the answers.
pub(super) fn json(model: &str, kept: &[Calibration], verdicts: &[Verdict<'_>]) -> Value {
    let calibrations = kept.iter().map(|calibration| {
        json!({
            "kind": kind_name(calibration),
            "asked": calibration.asked,
            "right": calibration.right,
            "auroc": calibration.auroc,
            "ece": calibration.ece,
            "brier": calibration.brier,
            "table": calibration.table,
            "questions_sha256": calibration.questions_sha256,
        })
    });
    let answers = verdicts.iter().map(|verdict| {
        json!({
            "id": verdict.question.id,
            "answer": verdict.answer,
            "right": verdict.right,
            "tokens": verdict.evidence.tokens,
            "mean_logprob": verdict.evidence.mean_logprob,
            "tail_logprob": verdict.evidence.tail_logprob,
            "mean_margin": verdict.evidence.mean_margin,
            "least_margin": verdict.evidence.least_margin,
        })
    });
    json!({
        "model": model,
        "calibrations": calibrations.collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
    })
}
