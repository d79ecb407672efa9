//! Trials of the files that a program leaves, which the host takes in and must not follow.

use super::attack::{Attack, Group::Artifacts};
use super::judge::{Ended, Judgement};
use council_core::sandbox::{Artifact, RunReport, RunStatus};

const fn trial(name: &'static str, harm: &'static str, judge: fn(&Ended) -> Judgement) -> Attack {
    Attack::trial(Artifacts, name, harm, judge)
}

/// The report of a program that ended well and of whose files none is harmful.
fn harmless(ended: &Ended) -> Result<&RunReport, String> {
    let report = ended.with(&[RunStatus::Ok])?;
    let total: u64 = report
        .artifacts
        .iter()
        .map(|artifact| artifact.content.len() as u64)
        .sum();
    if report.artifacts.len() as u64 > u64::from(ended.limits.artifacts)
        || total > ended.limits.artifact_bytes
    {
        return Err(format!(
            "{} files of {total} bytes are returned",
            report.artifacts.len()
        ));
    }
    match report
        .artifacts
        .iter()
        .find(|artifact| !is_harmless(&artifact.name))
    {
        Some(artifact) => Err(format!("a file called {:?} is returned", artifact.name)),
        None => Ok(report),
    }
}

/// Whether a name stays below the folder that it is written to, and does nothing to a terminal.
fn is_harmless(name: &str) -> bool {
    let parts_are = name
        .split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..");
    parts_are && !name.contains(char::is_control)
}

/// Held, where what is returned holds nothing but `real`.
fn only_real(ended: &Ended) -> Judgement {
    let report = harmless(ended)?;
    match report
        .artifacts
        .iter()
        .find(|artifact| !artifact.content.is_empty() && artifact.content != b"real")
    {
        Some(artifact) => Err(format!(
            "{:?} holds {} other bytes",
            artifact.name,
            artifact.content.len()
        )),
        None => Ok(format!("{} files", report.artifacts.len())),
    }
}

/// The same, and this one file is there and no other.
fn real_alone(ended: &Ended) -> Judgement {
    only_real(ended)?;
    let names: Vec<&str> = names(harmless(ended)?);
    if names == ["real"] {
        Ok("only the file".to_owned())
    } else {
        Err(format!("returned: {names:?}"))
    }
}

fn at_least(ended: &Ended, least: usize) -> Judgement {
    let report = harmless(ended)?;
    if report.artifacts.len() >= least {
        only_real(ended)
    } else {
        Err(format!("{} files of at least {least}", report.artifacts.len()))
    }
}

/// Whether a box that bounds its disk by looking at it has ended the run.
fn ended_for_its_disk(ended: &Ended) -> bool {
    matches!(&ended.answer, Ok(report) if report.status == RunStatus::OutputLimit)
}

/// Held, where the file is returned, or it is said that not everything is.
fn real_or_cut(ended: &Ended) -> Judgement {
    if ended_for_its_disk(ended) {
        return Ok("ended for what it left".to_owned());
    }
    let report = harmless(ended)?;
    if report.artifacts.is_empty() && !report.truncated.artifacts {
        return Err("the file is not returned, and nothing is said to be missing".to_owned());
    }
    only_real(ended)
}

/// Held, where it is said that not everything is returned.
fn cut(ended: &Ended) -> Judgement {
    if ended_for_its_disk(ended) {
        return Ok("ended for what it left".to_owned());
    }
    let report = harmless(ended)?;
    if report.truncated.artifacts && !report.artifacts.is_empty() {
        Ok(format!(
            "{} files, and more are said to be missing",
            report.artifacts.len()
        ))
    } else {
        Err(format!(
            "{} files, nothing is said to be missing",
            report.artifacts.len()
        ))
    }
}

fn names(report: &RunReport) -> Vec<&str> {
    report
        .artifacts
        .iter()
        .map(|artifact| artifact.name.as_str())
        .collect()
}

pub(super) const ARTIFACTS: &[Attack] = &[
    trial(
        "plain_file",
        "A file that a program leaves would be lost.",
        |ended| {
            let report = harmless(ended)?;
            let whole: Vec<u8> = (0..=255).collect();
            match report.artifacts.as_slice() {
                [Artifact { name, content, .. }]
                    if name == "folder/below/result.bin" && *content == whole =>
                {
                    Ok("it is returned as it was".to_owned())
                }
                _ => Err(format!("returned: {:?}", names(report))),
            }
        },
    ),
    trial(
        "link_to_passwd",
        "A link would be followed on the host, by the server.",
        real_alone,
    ),
    trial(
        "pipe_and_socket",
        "Reading a pipe would keep the server waiting.",
        real_alone,
    ),
    trial(
        "names_of_devices",
        "Names that mean something elsewhere would fail.",
        |ended| at_least(ended, 5),
    ),
    trial(
        "names_with_line_ends",
        "A name would forge a line, or a command to a terminal.",
        only_real,
    ),
    trial("longest_names", "The longest names would fail.", |ended| {
        at_least(ended, 3)
    }),
    trial(
        "more_files_than_are_returned",
        "Many files would fill the server's memory.",
        cut,
    ),
    trial(
        "deep_folders",
        "Folders in folders would overrun the reader.",
        real_or_cut,
    ),
    trial(
        "many_folders",
        "Folders would use up what the reader may open.",
        real_or_cut,
    ),
    trial(
        "more_than_is_returned",
        "Large files would fill the server's memory.",
        cut,
    ),
    trial(
        "unreadable_files",
        "A file without permissions would fail the run.",
        |ended| at_least(ended, 1),
    ),
    trial(
        "files_that_change",
        "A file would be exchanged between its check and its reading.",
        only_real,
    ),
    trial(
        "hard_links",
        "One file under many names would fill the server's memory.",
        cut,
    ),
];
