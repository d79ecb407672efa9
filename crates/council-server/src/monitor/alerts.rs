//! What somebody should know without looking: rules on what was measured, and what they found.

use council_core::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long a cause must be away before its alert is over: what comes and goes is one alert.
const QUIET: Duration = Duration::from_secs(10);

/// Alerts that are over and still listed.
const KEPT: usize = 100;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Works, and someone should look at it.
    Warning,
    /// Something does not work, or soon will not.
    Critical,
}

impl Severity {
    /// Its name in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What rules look at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) memory_used_bytes: Option<f64>,
    pub(crate) memory_total_bytes: Option<f64>,
    pub(crate) disk_free_bytes: Option<f64>,
    /// Shares of the caps that are spent or set aside.
    pub(crate) budget_day: Option<f64>,
    pub(crate) budget_month: Option<f64>,
    /// In the last minute.
    pub(crate) turns: f64,
    /// Of these.
    pub(crate) turns_failed: f64,
    /// Requests that were refused in the last minute because a queue was full.
    pub(crate) refused: f64,
    /// Models that could not be loaded or whose worker died, and why.
    pub(crate) failed_models: Vec<(String, String)>,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// The rule's name in JSON.
    pub(crate) rule: &'static str,
    /// Which of several; empty where there is one.
    pub(crate) subject: String,
    pub(crate) severity: Severity,
    /// What was measured, in the rule's own unit.
    pub(crate) value: Option<f64>,
    /// From which value on it is found.
    pub(crate) threshold: Option<f64>,
    /// What is the case and what to do.
    pub(crate) message: String,
}

/// Shares of memory, and of money, from which on it is a warning, and critical.
const MEMORY: (f64, f64) = (0.92, 0.97);
const BUDGET: (f64, f64) = (0.8, 1.0);

/// Free bytes of the disk below which it is a warning, and critical.
const DISK: (f64, f64) = ((1_u64 << 30) as f64, (128_u64 << 20) as f64);

/// Shares of failed turns; of fewer than [`FEW_FAILURES`] nothing follows.
const ERRORS: (f64, f64) = (0.1, 0.5);
const FEW_FAILURES: f64 = 2.0;

/// All that the rules find.
pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(memory(facts));
    found.extend(disk(facts));
    found.extend(budget("daily", facts.budget_day));
    found.extend(budget("monthly", facts.budget_month));
    found.extend(errors(facts));
    found.extend(refused(facts));
    found.extend(facts.failed_models.iter().map(|(id, reason)| Finding {
        rule: "model_failed",
        subject: id.clone(),
        severity: Severity::Critical,
        value: None,
        threshold: None,
        message: format!("model `{id}` does not run: {reason}"),
    }));
    found
}

/// The severity of a value that is worse the greater it is, and the threshold that it reached.
fn reached(value: f64, (warning, critical): (f64, f64)) -> Option<(Severity, f64)> {
    if value >= critical {
        Some((Severity::Critical, critical))
    } else {
        (value >= warning).then_some((Severity::Warning, warning))
    }
}

fn finding(
    rule: &'static str,
    value: f64,
    (severity, threshold): (Severity, f64),
    message: String,
) -> Finding {
    Finding {
        rule,
        subject: String::new(),
        severity,
        value: Some(value),
        threshold: Some(threshold),
        message,
    }
}

fn memory(facts: &Facts) -> Option<Finding> {
    let (used, total) = facts.memory_used_bytes.zip(facts.memory_total_bytes)?;
    let share = used / total;
    let level = reached(share, MEMORY)?;
    let gib = |bytes: f64| bytes / f64::from(1_u32 << 30);
    let message = format!(
        "memory is nearly full: {:.1} of {:.1} GiB are used; unload a model or close another program",
        gib(used),
        gib(total)
    );
    Some(finding("memory", share, level, message))
}

fn disk(facts: &Facts) -> Option<Finding> {
    let free = facts.disk_free_bytes?;
    let (severity, threshold) = if free < DISK.1 {
        (Severity::Critical, DISK.1)
    } else if free < DISK.0 {
        (Severity::Warning, DISK.0)
    } else {
        return None;
    };
    let message = format!(
        "the disk of the data directory is nearly full: {:.0} MiB are free; free some",
        free / f64::from(1_u32 << 20)
    );
    Some(finding("disk", free, (severity, threshold), message))
}

fn budget(kind: &'static str, share: Option<f64>) -> Option<Finding> {
    let share = share?;
    let level = reached(share, BUDGET)?;
    let remedy = match level.0 {
        Severity::Warning => "past it, only local models answer",
        Severity::Critical => "local models still answer; raise the cap to ask others",
    };
    let message = format!(
        "{:.0} % of the {kind} budget is spent or set aside; {remedy}",
        share * 100.0
    );
    let found = finding("budget", share, level, message);
    Some(Finding {
        subject: kind.to_owned(),
        ..found
    })
}

fn errors(facts: &Facts) -> Option<Finding> {
    let share = facts.turns_failed / facts.turns.max(1.0);
    let level = reached(share, ERRORS).filter(|_| facts.turns_failed >= FEW_FAILURES)?;
    let message = format!(
        "{} of {} requests failed in the last minute; `GET /v1/routes?outcome=failed` says why",
        facts.turns_failed, facts.turns
    );
    Some(finding("errors", share, level, message))
}

fn refused(facts: &Facts) -> Option<Finding> {
    let message = format!(
        "the queue is full: {} requests were refused in the last minute; send fewer at once, or let more wait",
        facts.refused
    );
    (facts.refused > 0.0).then(|| finding("queue", facts.refused, (Severity::Critical, 1.0), message))
}

/// Something that was found, from when on, and until when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alert {
    /// As it was found last.
    pub(crate) finding: Finding,
    pub(crate) since: Timestamp,
    /// When it was found last.
    seen: Timestamp,
    /// When it was over.
    pub(crate) resolved: Option<Timestamp>,
}

/// Alerts, those that are over included. They begin anew with the process.
#[derive(Default)]
pub(crate) struct Alerts {
    active: BTreeMap<(&'static str, String), Alert>,
    over: VecDeque<Alert>,
}

impl Alerts {
    /// Takes what the rules found; gives the alerts that began, got better or worse, or ended.
    pub(crate) fn update(&mut self, at: Timestamp, findings: Vec<Finding>) -> Vec<Alert> {
        let mut changed = Vec::new();
        for finding in findings {
            let key = (finding.rule, finding.subject.clone());
            let before = self.active.get(&key);
            let news = before.is_none_or(|alert| alert.finding.severity != finding.severity);
            let alert = Alert {
                since: before.map_or(at, |alert| alert.since),
                seen: at,
                resolved: None,
                finding,
            };
            if news {
                changed.push(alert.clone());
            }
            self.active.insert(key, alert);
        }
        let over = self
            .active
            .extract_if(.., |_, alert| alert.seen.is_past(QUIET, at));
        for (_, alert) in over {
            let alert = Alert {
                resolved: Some(at),
                ..alert
            };
            changed.push(alert.clone());
            self.over.push_front(alert);
        }
        self.over.truncate(KEPT);
        changed
    }

    /// Those that hold, the worst first, then those that are over, the last first.
    pub(crate) fn all(&self) -> Vec<Alert> {
        let mut active: Vec<Alert> = self.active.values().cloned().collect();
        active.sort_by_key(|alert| (std::cmp::Reverse(alert.finding.severity), alert.since));
        active.into_iter().chain(self.over.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests;
