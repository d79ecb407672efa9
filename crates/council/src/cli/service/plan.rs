//! Which files make a service and which commands start it, for systemd and launchd.
//!
//! The units are those of the Debian package, with the path of this program in place of the package's.

use std::path::{Path, PathBuf};

const SYSTEM_UNIT: &str = include_str!("../../../../../deploy/systemd/council.service");
const USER_UNIT: &str = include_str!("../../../../../deploy/systemd/user/council.service");
const PLIST: &str = include_str!("../../../../../deploy/launchd/local.council.plist");

/// The system user of `SYSTEM_UNIT`, in the format of sysusers.d(5).
const SYSTEM_USER: &str = include_str!("../../../../../deploy/systemd/council.sysusers");

/// Where `SYSTEM_UNIT` has the server look for its configuration.
pub(super) const SYSTEM_CONFIG: &str = "/etc/council/council.toml";

/// Where `SYSTEM_UNIT` takes secrets from; it does not start without the directory.
const SYSTEM_SECRETS: &str = "/etc/council/secrets";

/// What the templates start.
const UNIT_COMMAND: &str = "ExecStart=/usr/bin/council serve\n";
const PLIST_COMMAND: &str = "    <string>/usr/local/bin/council</string>\n    <string>serve</string>\n";

/// launchd's name for the service.
const LABEL: &str = "local.council";

/// For whom the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// One user, while they are logged in.
    User,
    /// The machine, from its start on.
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Systemd,
    Launchd,
}

/// Where the service goes on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    manager: Manager,
    scope: Scope,
    program: PathBuf,
    unit: PathBuf,
}

/// A command of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Program and arguments.
    pub(super) words: Vec<String>,
    /// Whether the plan goes on when it fails: what is to be stopped may not run.
    pub(super) may_fail: bool,
}

/// What is done, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Directories for their owner only.
    pub(super) private_dirs: Vec<PathBuf>,
    /// Files, and what stands in them.
    pub(super) files: Vec<(PathBuf, String)>,
    pub(super) commands: Vec<Step>,
    /// Files that are removed.
    pub(super) removed: Vec<PathBuf>,
    /// Commands at the end.
    pub(super) after: Vec<Vec<String>>,
}

impl Place {
    /// On Linux. `config_home` is `$XDG_CONFIG_HOME`.
    pub(super) fn systemd(scope: Scope, program: PathBuf, config_home: &Path) -> Self {
        let unit = match scope {
            Scope::User => config_home.join("systemd/user/council.service"),
            Scope::System => PathBuf::from("/etc/systemd/system/council.service"),
        };
        Self {
            manager: Manager::Systemd,
            scope,
            program,
            unit,
        }
    }

    /// On macOS.
    pub(super) fn launchd(scope: Scope, program: PathBuf, home: &Path) -> Self {
        let unit = match scope {
            Scope::User => home.join(format!("Library/LaunchAgents/{LABEL}.plist")),
            Scope::System => PathBuf::from(format!("/Library/LaunchDaemons/{LABEL}.plist")),
        };
        Self {
            manager: Manager::Launchd,
            scope,
            program,
            unit,
        }
    }

    /// The file that makes the service.
    pub(super) fn unit(&self) -> &Path {
        &self.unit
    }

    /// Where a package would have put it.
    pub(super) fn packaged(&self) -> Option<PathBuf> {
        match (self.manager, self.scope) {
            (Manager::Systemd, Scope::System) => {
                Some(PathBuf::from("/usr/lib/systemd/system/council.service"))
            }
            (Manager::Systemd, Scope::User) => Some(PathBuf::from("/usr/lib/systemd/user/council.service")),
            (Manager::Launchd, _) => None,
        }
    }

    /// How the manager is called for this scope.
    pub(super) fn manager_command(&self) -> Vec<String> {
        match (self.manager, self.scope) {
            (Manager::Systemd, Scope::System) => words(&["systemctl"]),
            (Manager::Systemd, Scope::User) => words(&["systemctl", "--user"]),
            (Manager::Launchd, _) => words(&["launchctl"]),
        }
    }

    /// A command that says whether the service runs.
    pub(super) fn state_query(&self) -> Vec<String> {
        match self.manager {
            Manager::Systemd => self.call(&["is-active", "council.service"]),
            Manager::Launchd => self.call(&["list", LABEL]),
        }
    }

    fn call(&self, arguments: &[&str]) -> Vec<String> {
        [self.manager_command(), words(arguments)].concat()
    }
}

impl Plan {
    /// Has the server started by the manager, with these arguments before `serve`.
    ///
    /// # Errors
    /// When an argument cannot stand in the file.
    pub(super) fn install(place: &Place, arguments: &[String]) -> Result<Self, String> {
        let command: Vec<&str> = std::iter::once(place.program.to_str().ok_or_else(|| {
            format!(
                "the path of this program is not UTF-8: {}",
                place.program.display()
            )
        })?)
        .chain(arguments.iter().map(String::as_str))
        .chain(["serve"])
        .collect();
        if let Some(word) = command.iter().find(|word| word.chars().any(char::is_control)) {
            return Err(format!(
                "a service cannot be started with a control character: {word:?}"
            ));
        }
        let unit = place.unit.display().to_string();
        let mut plan = Self::default();
        let text = match (place.manager, place.scope) {
            (Manager::Systemd, scope) => {
                let template = if scope == Scope::User {
                    USER_UNIT
                } else {
                    SYSTEM_UNIT
                };
                let line: Vec<String> = command.iter().map(|word| unit_word(word)).collect();
                template.replace(UNIT_COMMAND, &format!("ExecStart={}\n", line.join(" ")))
            }
            (Manager::Launchd, _) => {
                let line: String = command.iter().map(|word| plist_word(word)).collect();
                PLIST.replace(PLIST_COMMAND, &line)
            }
        };
        plan.files.push((place.unit.clone(), text));
        let step = |words: Vec<String>| Step {
            words,
            may_fail: false,
        };
        match place.manager {
            Manager::Systemd => {
                if place.scope == Scope::System {
                    plan.private_dirs.push(PathBuf::from(SYSTEM_SECRETS));
                    let user = words(&["systemd-sysusers", "--inline", SYSTEM_USER.trim_end()]);
                    plan.commands.push(step(user));
                }
                plan.commands.push(step(place.call(&["daemon-reload"])));
                plan.commands
                    .push(step(place.call(&["enable", "council.service"])));
                // Not `enable --now`, which leaves an older one running.
                plan.commands
                    .push(step(place.call(&["restart", "council.service"])));
            }
            Manager::Launchd => {
                plan.commands.push(Step {
                    words: place.call(&["unload", &unit]),
                    may_fail: true,
                });
                plan.commands.push(step(place.call(&["load", "-w", &unit])));
            }
        }
        Ok(plan)
    }

    /// Stops the server, and has it started no more.
    pub(super) fn uninstall(place: &Place) -> Self {
        let unit = place.unit.display().to_string();
        let (stop, after) = match place.manager {
            Manager::Systemd => (
                place.call(&["disable", "--now", "council.service"]),
                vec![place.call(&["daemon-reload"])],
            ),
            Manager::Launchd => (place.call(&["unload", "-w", &unit]), Vec::new()),
        };
        Self {
            commands: vec![Step {
                words: stop,
                may_fail: true,
            }],
            removed: vec![place.unit.clone()],
            after,
            ..Self::default()
        }
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// As a word of `ExecStart=`: systemd.service(5), "command lines"; `%` begins a specifier and `$` a variable.
fn unit_word(word: &str) -> String {
    let escaped = word
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    if escaped == word && !word.is_empty() && !word.contains([' ', '\'', ';']) {
        return escaped;
    }
    format!("\"{escaped}\"")
}

fn plist_word(word: &str) -> String {
    let escaped = word
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("    <string>{escaped}</string>\n")
}
