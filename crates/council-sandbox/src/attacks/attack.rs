//! One attack, what it would mean, and what it does without a box.

use super::judge::Ended;
use council_core::sandbox::{self, AttackReport};
use std::fmt;
use std::time::Duration;

/// What an attack is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// What can be learnt of the host, and inherited from it.
    Environment,
    /// The host's files.
    Files,
    /// Views of its own, and making itself another one.
    Namespaces,
    /// Calls that no user's program needs.
    Kernel,
    /// Anything that listens.
    Network,
    /// The host's processes, and rights.
    Processes,
    /// Other runs.
    Neighbours,
    /// Memory, processor, disk, processes.
    Resources,
    /// What is written, and how a program ends.
    Output,
    /// Files that are left.
    Artifacts,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Environment,
        Self::Files,
        Self::Namespaces,
        Self::Kernel,
        Self::Network,
        Self::Processes,
        Self::Neighbours,
        Self::Resources,
        Self::Output,
        Self::Artifacts,
    ];

    /// Its name in every API and table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Files => "files",
            Self::Namespaces => "namespaces",
            Self::Kernel => "kernel",
            Self::Network => "network",
            Self::Processes => "processes",
            Self::Neighbours => "neighbours",
            Self::Resources => "resources",
            Self::Output => "output",
            Self::Artifacts => "artifacts",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One attack.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Its name, and that of the function that does it.
    pub name: &'static str,
    /// What it is aimed at.
    pub group: Group,
    /// What its success would mean, as a sentence.
    pub harm: &'static str,
    /// How it is done and judged.
    pub check: Check,
    /// What it does without a box, as an ordinary user.
    pub outside: Outside,
}

/// How an attack is done and judged.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// It tells itself whether it got through, in its last line.
    Probe(Other),
    /// The report tells.
    Trial(Trial),
}

/// Another run that a probe needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// None.
    None,
    /// One that ended before: the name of its function.
    Before(&'static str),
    /// One that goes on meanwhile and has said `ready`: the name of its function.
    Beside(&'static str),
}

/// Seconds that a trial may take in which time is not what is tried: enough for thousands of files on a slow, busy disk.
const USUAL_WALL: u64 = 20;

/// A program whose report is judged.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Its source.
    pub text: Text,
    /// By which way it comes to run.
    pub way: Way,
    /// A file that is to be put beside it, by name.
    pub file: Option<&'static str>,
    /// How long it may take, in seconds.
    pub wall_s: u64,
    /// How much processor time it may use, in seconds.
    pub cpu_s: u64,
    /// How many bytes stand on its standard input.
    pub stdin_bytes: usize,
    /// How long the session in which it ran is watched after its report, in seconds; 0 for a run by itself.
    pub watched_s: u64,
    /// Says how the box held, or what went wrong.
    pub judge: fn(&Ended) -> Result<String, String>,
}

/// How a program comes to run: a box has more than one door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As a Python program.
    Direct,
    /// As the child of a shell.
    Shell,
    /// As the child of a JavaScript program.
    JavaScript,
    /// As the first program of a session.
    Session,
    /// As the child of a shell that is one of a session's.
    ShellSession,
}

/// The source of a trial.
#[derive(Clone, Copy, Debug)]
pub enum Text {
    /// The function of the attack's name, in its group's file.
    Function,
    /// Python without anything before it.
    Python(fn() -> String),
    /// Bash.
    Bash(&'static str),
}

/// What an attack does without a box: a check that cannot fail proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// It gets through.
    Breaches,
    /// It gets through on some hosts; on which not, and why it is kept.
    MayFail(&'static str),
    /// Its report is judged as well as with a box.
    Same,
    /// Done sparingly it ends by itself with status 0, so the program is sound.
    Gentle,
    /// It would do harm, or needs what only a box has; which.
    Never(&'static str),
}

impl Attack {
    /// A probe that gets through without a box.
    pub(super) const fn probe(group: Group, name: &'static str, harm: &'static str) -> Self {
        Self {
            name,
            group,
            harm,
            check: Check::Probe(Other::None),
            outside: Outside::Breaches,
        }
    }

    /// A trial of the function with this name, gentle outside, within five seconds.
    pub(super) const fn trial(
        group: Group,
        name: &'static str,
        harm: &'static str,
        judge: fn(&Ended) -> Result<String, String>,
    ) -> Self {
        Self {
            name,
            group,
            harm,
            check: Check::Trial(Trial {
                text: Text::Function,
                way: Way::Direct,
                file: None,
                wall_s: USUAL_WALL,
                cpu_s: 5,
                stdin_bytes: 0,
                watched_s: 0,
                judge,
            }),
            outside: Outside::Gentle,
        }
    }

    pub(super) const fn outside(mut self, outside: Outside) -> Self {
        self.outside = outside;
        self
    }

    pub(super) const fn may_fail(self, reason: &'static str) -> Self {
        self.outside(Outside::MayFail(reason))
    }

    pub(super) const fn other(mut self, other: Other) -> Self {
        self.check = Check::Probe(other);
        self
    }

    pub(super) const fn text(mut self, text: Text) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.text = text;
        }
        self
    }

    pub(super) const fn way(mut self, way: Way) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.way = way;
        }
        self
    }

    pub(super) const fn file(mut self, name: &'static str) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.file = Some(name);
        }
        self
    }

    pub(super) const fn wall(mut self, seconds: u64) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.wall_s = seconds;
        }
        self
    }

    pub(super) const fn cpu(mut self, seconds: u64) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.cpu_s = seconds;
        }
        self
    }

    pub(super) const fn watched(mut self, seconds: u64) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.watched_s = seconds;
        }
        self
    }

    pub(super) const fn stdin(mut self, bytes: usize) -> Self {
        if let Check::Trial(trial) = &mut self.check {
            trial.stdin_bytes = bytes;
        }
        self
    }
}

/// What came of an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The box held; how.
    Held(String),
    /// It did not; what was got.
    Breached(String),
    /// Nothing is known, because the attack itself failed; why.
    Failed(String),
}

impl Verdict {
    /// Its name in every API and table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Breached(_) => "breached",
            Self::Failed(_) => "failed",
        }
    }

    /// How, what or why.
    pub fn detail(&self) -> &str {
        match self {
            Self::Held(detail) | Self::Breached(detail) | Self::Failed(detail) => detail,
        }
    }

    /// What a probe said of itself in its last line.
    pub fn of_output(stdout: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(stdout);
        let last = text.lines().rev().find(|line| !line.trim().is_empty())?;
        let (word, detail) = last.split_once(": ")?;
        match word {
            "held" => Some(Self::Held(detail.to_owned())),
            "breached" => Some(Self::Breached(detail.to_owned())),
            _ => None,
        }
    }
}

/// An attack and what came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which.
    pub attack: &'static Attack,
    /// What came of it.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// As everybody else is told of it.
    pub fn report(&self) -> AttackReport {
        AttackReport {
            name: self.attack.name.to_owned(),
            group: self.attack.group.to_string(),
            harm: self.attack.harm.to_owned(),
            verdict: match self.verdict {
                Verdict::Held(_) => sandbox::Verdict::Held,
                Verdict::Breached(_) => sandbox::Verdict::Breached,
                Verdict::Failed(_) => sandbox::Verdict::Failed,
            },
            detail: self.verdict.detail().to_owned(),
            took: self.took,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Attack { name, group, .. } = self.attack;
        write!(
            formatter,
            "{:<8} {group}/{name}: {}",
            self.verdict.name(),
            self.verdict.detail()
        )
    }
}
