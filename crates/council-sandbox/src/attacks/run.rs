//! Puts attacks to a sandbox.

use super::attack::{Attack, Check, Group, Other, Outcome, Outside, Trial, Verdict, Way};
use super::ground::Ground;
use super::judge::{After, Ended, described};
use super::program::{Force, by, other, program};
use council_core::sandbox::{Program, RunEvent, RunReport, RunStatus, RunStream, Sandbox, SandboxError};
use futures::{StreamExt, stream};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Probes that run at once: they take next to nothing, and a box must hold while others run.
const AT_ONCE: usize = 4;
/// Beyond a program's own limit, until its report must be there.
const GRACE: Duration = Duration::from_secs(3);
/// Beyond that nobody waits.
const PATIENCE: Duration = Duration::from_secs(30);
/// Until every process of a program must be gone after its report.
const TEARDOWN: Duration = Duration::from_secs(2);
/// The signal of a filter that kills the caller.
const SIGSYS: i32 = 31;

/// Does these attacks and tells what came of them: probes a few at once, then those that need another run, and trials,
/// one after another.
pub async fn run(
    sandbox: &dyn Sandbox,
    ground: &Ground,
    which: impl IntoIterator<Item = &'static Attack>,
) -> Vec<Outcome> {
    all_of(sandbox, ground, which, Force::Full).await
}

/// Does the probes among these attacks by another way into the box.
pub async fn run_by(
    way: Way,
    sandbox: &dyn Sandbox,
    ground: &Ground,
    which: impl IntoIterator<Item = &'static Attack>,
) -> Vec<Outcome> {
    let probes = which
        .into_iter()
        .filter(|attack| matches!(attack.check, Check::Probe(Other::None)));
    stream::iter(probes)
        .map(async |attack| {
            let start = Instant::now();
            let mark = ground.mark();
            let program = by(way, program(attack, ground, &mark, Force::Full), &mark);
            let session = program.session.clone();
            let verdict = match finish(sandbox, program).await {
                Ok(report) => judged(attack, &report),
                Err(error) => Verdict::Failed(format!("it was not run: {error}")),
            };
            if let Some(session) = session {
                // One that is lost already has nothing left to end.
                let _ = sandbox.end_session(&session).await;
            }
            Outcome {
                attack,
                verdict,
                took: start.elapsed(),
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// Does those attacks that may be done without a box, sparingly. `bare` runs programs as an ordinary user and keeps them
/// from nothing, which shows what each attack gets when nothing stops it.
pub async fn control(
    bare: &dyn Sandbox,
    ground: &Ground,
    which: impl IntoIterator<Item = &'static Attack>,
) -> Vec<Outcome> {
    let which = which
        .into_iter()
        .filter(|attack| !matches!(attack.outside, Outside::Never(_)));
    all_of(bare, ground, which, Force::Gentle).await
}

async fn all_of(
    sandbox: &dyn Sandbox,
    ground: &Ground,
    which: impl IntoIterator<Item = &'static Attack>,
    force: Force,
) -> Vec<Outcome> {
    let (probes, alone): (Vec<_>, Vec<_>) = which
        .into_iter()
        .partition(|attack| matches!(attack.check, Check::Probe(Other::None)));
    let mut outcomes: Vec<Outcome> = stream::iter(probes)
        .map(|attack| one(sandbox, ground, attack, force))
        .buffered(AT_ONCE)
        .collect()
        .await;
    for attack in alone {
        outcomes.push(one(sandbox, ground, attack, force).await);
    }
    outcomes
}

async fn one(sandbox: &dyn Sandbox, ground: &Ground, attack: &'static Attack, force: Force) -> Outcome {
    let start = Instant::now();
    let verdict = match attack.check {
        Check::Probe(Other::None) => probe(sandbox, ground, attack, force).await,
        Check::Probe(Other::Before(name)) => {
            let before = other(attack, name, ground, &ground.shared_mark(), force);
            match finish(sandbox, before).await {
                Ok(_) => probe(sandbox, ground, attack, force).await,
                Err(error) => Verdict::Failed(format!("the run before it failed: {error}")),
            }
        }
        Check::Probe(Other::Beside(name)) => beside(sandbox, ground, attack, name, force).await,
        Check::Trial(trial) => try_out(sandbox, ground, attack, trial, force).await,
    };
    Outcome {
        attack,
        verdict,
        took: start.elapsed(),
    }
}

async fn probe(sandbox: &dyn Sandbox, ground: &Ground, attack: &Attack, force: Force) -> Verdict {
    let program = program(attack, ground, &ground.shared_mark(), force);
    match finish(sandbox, program).await {
        Ok(report) => judged(attack, &report),
        Err(error) => Verdict::Failed(format!("it was not run: {error}")),
    }
}

/// What a probe's report says; a filter that kills the caller is a way to stop a call.
fn judged(attack: &Attack, report: &RunReport) -> Verdict {
    let filtered = matches!(
        attack.group,
        Group::Kernel | Group::Namespaces | Group::Network | Group::Processes
    );
    match Verdict::of_output(&report.stdout) {
        Some(verdict) => verdict,
        None if filtered && report.signal == Some(SIGSYS) => {
            Verdict::Held("the filter killed the caller".to_owned())
        }
        None => Verdict::Failed(format!("it said nothing: {}", described(report))),
    }
}

async fn beside(
    sandbox: &dyn Sandbox,
    ground: &Ground,
    attack: &Attack,
    name: &str,
    force: Force,
) -> Verdict {
    let cancel = CancellationToken::new();
    let neighbour = other(attack, name, ground, &ground.shared_mark(), force);
    let mut events = sandbox.run(neighbour, cancel.clone());
    let ready = tokio::time::timeout(PATIENCE, ready(&mut events)).await;
    let verdict = match ready {
        Ok(Ok(())) => probe(sandbox, ground, attack, force).await,
        Ok(Err(reason)) => Verdict::Failed(format!("the run beside it failed: {reason}")),
        Err(_) => Verdict::Failed("the run beside it never was ready".to_owned()),
    };
    cancel.cancel();
    let _ = tokio::time::timeout(PATIENCE, report_of(events)).await;
    verdict
}

async fn ready(events: &mut RunStream) -> Result<(), String> {
    let mut said = Vec::new();
    while let Some(event) = events.next().await {
        match event.map_err(|error| error.to_string())? {
            RunEvent::Stdout(piece) => said.extend_from_slice(&piece),
            RunEvent::Finished(report) => return Err(described(&report)),
            RunEvent::Started { .. } | RunEvent::Stderr(_) => {}
        }
        if said.windows(5).any(|window| window == b"ready") {
            return Ok(());
        }
    }
    Err("it ended without a report".to_owned())
}

async fn try_out(
    sandbox: &dyn Sandbox,
    ground: &Ground,
    attack: &Attack,
    trial: Trial,
    force: Force,
) -> Verdict {
    let mark = ground.mark();
    let program = program(attack, ground, &mark, force);
    let (limits, session) = (program.limits, program.session.clone());
    let start = Instant::now();
    let answer = finish(sandbox, program).await;
    let took = start.elapsed();
    if force == Force::Gentle && attack.outside == Outside::Gentle {
        return gentle(answer);
    }
    let after = watch(ground, &mark, Duration::from_secs(trial.watched_s)).await;
    if let Some(session) = session {
        // One that is lost already has nothing left to end.
        let _ = sandbox.end_session(&session).await;
    }
    let lingering = lingering(ground, &mark).await;
    let ended = Ended {
        answer,
        limits,
        took,
        after,
    };
    if lingering > 0 {
        return Verdict::Breached(format!("{lingering} of its processes outlived it"));
    }
    if took > limits.wall + GRACE {
        return Verdict::Breached(format!("its end was known only after {} ms", took.as_millis()));
    }
    match (trial.judge)(&ended) {
        Ok(how) => Verdict::Held(how),
        Err(what) => Verdict::Breached(what),
    }
}

/// What a session's processes do in this time.
async fn watch(ground: &Ground, mark: &str, watched: Duration) -> After {
    if watched.is_zero() {
        return After::default();
    }
    let before = ground.processor_time(mark);
    tokio::time::sleep(watched).await;
    After {
        watched,
        cpu: ground.processor_time(mark).saturating_sub(before),
        processes: ground.marked(mark).len(),
    }
}

/// What a trial shows without a box: that its program is sound.
fn gentle(answer: Result<RunReport, SandboxError>) -> Verdict {
    match answer {
        Ok(report) if report.status == RunStatus::Ok => Verdict::Held("it ends by itself".to_owned()),
        Ok(report) => Verdict::Failed(described(&report)),
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

/// How many processes of a run are left when all should be gone; they are ended.
async fn lingering(ground: &Ground, mark: &str) -> usize {
    let deadline = Instant::now() + TEARDOWN;
    loop {
        let left = ground.marked(mark);
        if left.is_empty() {
            return 0;
        }
        if Instant::now() > deadline {
            for process in &left {
                // One that has gone meanwhile is no failure.
                let _ = rustix::process::kill_process(*process, rustix::process::Signal::KILL);
            }
            return left.len();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn finish(sandbox: &dyn Sandbox, program: Program) -> Result<RunReport, SandboxError> {
    let cancel = CancellationToken::new();
    let patience = program.limits.wall + PATIENCE;
    let events = sandbox.run(program, cancel.clone());
    let answer = tokio::time::timeout(patience, report_of(events)).await;
    cancel.cancel();
    answer.unwrap_or_else(|_| {
        Err(SandboxError::Internal(format!(
            "no report after {} s",
            patience.as_secs()
        )))
    })
}

async fn report_of(mut events: RunStream) -> Result<RunReport, SandboxError> {
    while let Some(event) = events.next().await {
        if let RunEvent::Finished(report) = event? {
            return Ok(*report);
        }
    }
    Err(SandboxError::Internal("it ended without a report".to_owned()))
}
