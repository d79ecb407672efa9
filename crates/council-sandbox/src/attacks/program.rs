//! An attack as a program: what every one begins with, what lies on the host, its group's functions, one call.

use super::attack::{Attack, Check, Group, Text, Trial};
use super::ground::Ground;
use council_core::sandbox::{Language, Limits, Program, SessionId};
use std::time::Duration;

const PRELUDE: &str = include_str!("prelude.py");

impl Group {
    /// The functions of its attacks.
    fn functions(self) -> &'static str {
        match self {
            Self::Environment => include_str!("environment.py"),
            Self::Files => include_str!("files.py"),
            Self::Namespaces => include_str!("namespaces.py"),
            Self::Kernel => include_str!("kernel.py"),
            Self::Network => include_str!("network.py"),
            Self::Processes => include_str!("processes.py"),
            Self::Neighbours => include_str!("neighbours.py"),
            Self::Resources => include_str!("resources.py"),
            Self::Output => include_str!("output.py"),
            Self::Artifacts => include_str!("artifacts.py"),
        }
    }
}

/// How far a program goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// As far as it gets.
    Full,
    /// As far as does no harm outside a box.
    Gentle,
}

/// The program of an attack. `mark` becomes the name of its processes, which shows those that outlive it.
pub fn program(attack: &Attack, ground: &Ground, mark: &str, force: Force) -> Program {
    let facts = ground.facts(mark, force == Force::Gentle);
    match attack.check {
        Check::Probe(_) => function(attack.group, &facts, &format!("print({}())", attack.name)),
        Check::Trial(trial) => limited(trial, attack, &facts, mark),
    }
}

/// The program of the other run that a probe needs.
pub fn other(attack: &Attack, name: &str, ground: &Ground, mark: &str, force: Force) -> Program {
    let facts = ground.facts(mark, force == Force::Gentle);
    function(attack.group, &facts, &format!("print({name}())"))
}

fn function(group: Group, facts: &str, call: &str) -> Program {
    let functions = group.functions();
    let source = format!("GROUND = {facts}\n{PRELUDE}\n{functions}\n{call}\n");
    Program::new(Language::Python, source)
}

fn limited(trial: Trial, attack: &Attack, facts: &str, mark: &str) -> Program {
    let mut program = match trial.text {
        Text::Function => function(attack.group, facts, &format!("mark()\n{}()", attack.name)),
        Text::Python(source) => Program::new(Language::Python, source()),
        // A shell names itself so; where that fails, nothing of it is found afterwards either.
        Text::Bash(source) => Program::new(
            Language::Bash,
            format!("{{ printf %s {mark} >/proc/$$/comm; }} 2>/dev/null\n{source}"),
        ),
    };
    program.stdin = b"0123456789abcde\n"
        .iter()
        .copied()
        .cycle()
        .take(trial.stdin_bytes)
        .collect();
    program.session = (trial.watched_s > 0).then(|| SessionId::new(mark)).flatten();
    program.limits = Limits {
        wall: Duration::from_secs(trial.wall_s),
        cpu: Duration::from_secs(trial.cpu_s),
        ..Limits::default()
    };
    program
}
