//! An attack as a program: what every one begins with, what lies on the host, its group's functions, one call.

use super::attack::{Attack, Check, Group, Text, Trial, Way};
use super::ground::Ground;
use council_core::sandbox::{InputFile, Language, Limits, Program, SessionId};
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

/// Ends a text within a shell script.
const END: &str = "END-OF-THE-ATTACK";

/// The same program, in Python, by another way. `mark` names the session.
pub(super) fn by(way: Way, program: Program, mark: &str) -> Program {
    let source = &program.source;
    let (language, source) = match way {
        Way::Direct => return program,
        Way::Session => {
            return Program {
                session: SessionId::new(mark),
                ..program
            };
        }
        Way::ShellSession => {
            let program = by(Way::Shell, program, mark);
            return by(Way::Session, program, mark);
        }
        Way::Shell => (
            Language::Bash,
            format!("python3 -I - <<'{END}'\n{source}\n{END}\n"),
        ),
        Way::JavaScript => {
            let source = serde_json::Value::from(source.as_str());
            let streams = "[\"pipe\", \"inherit\", \"inherit\"]";
            let call =
                format!("spawnSync(\"python3\", [\"-I\", \"-\"], {{input: {source}, stdio: {streams}}})");
            (
                Language::JavaScript,
                format!("require(\"node:child_process\").{call};\n"),
            )
        }
    };
    Program::new(language, source)
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
        Text::Function => {
            let program = function(attack.group, facts, &format!("mark()\n{}()", attack.name));
            by(trial.way, program, mark)
        }
        Text::Python(source) => Program::new(Language::Python, source()),
        // The mark is an argument, which every subshell keeps in its command line.
        Text::Bash(source) => Program::new(
            Language::Bash,
            format!("source=$(cat <<'{END}'\n{source}\n{END}\n)\nexec bash -c \"$source\" {mark}\n"),
        ),
    };
    program.stdin = b"0123456789abcde\n"
        .iter()
        .copied()
        .cycle()
        .take(trial.stdin_bytes)
        .collect();
    program.files = trial.file.map(input).into_iter().collect();
    program.session = (trial.watched_s > 0).then(|| SessionId::new(mark)).flatten();
    program.limits = Limits {
        wall: Duration::from_secs(trial.wall_s),
        cpu: Duration::from_secs(trial.cpu_s),
        ..Limits::default()
    };
    program
}

fn input(name: &str) -> InputFile {
    InputFile {
        name: name.to_owned(),
        content: b"put there".to_vec(),
    }
}
