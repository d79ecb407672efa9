//! Interpreters of this machine, and how each is started in a box.

use crate::config::SandboxConfig;
use crate::order::{Bind, Command, Content};
use crate::runners;
use council_core::sandbox::Language;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Where an interpreter that lives outside `/usr` is seen in a box.
const ELSEWHERE: &str = "/opt";

/// A kind of program that something is kept ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Profile {
    Python,
    Science,
    Bash,
    JavaScript,
}

impl Profile {
    /// The plain one of a language.
    fn of(language: Language) -> Self {
        match language {
            Language::Python => Self::Python,
            Language::Bash => Self::Bash,
            Language::JavaScript => Self::JavaScript,
        }
    }

    pub(super) const ALL: [Self; 4] = [Self::Python, Self::Science, Self::Bash, Self::JavaScript];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Science => "python-science",
            Self::Bash => "bash",
            Self::JavaScript => "javascript",
        }
    }

    /// Reserves far more address space than it uses, so that this cannot be limited.
    pub(super) fn reserves(self) -> bool {
        self == Self::JavaScript
    }
}

/// An interpreter, as a box sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interpreter {
    /// On the host.
    found: PathBuf,
    /// In a box.
    program: String,
    bind: Option<Bind>,
}

/// What this machine can run.
#[derive(Clone, Debug)]
pub(super) struct Languages {
    python: Option<Interpreter>,
    science: Option<Interpreter>,
    /// Where the science environment's packages are in a box.
    packages: Option<String>,
    bash: Option<Interpreter>,
    node: Option<Interpreter>,
    /// The OCI image that they are in, where it is one.
    image: Option<String>,
}

/// The Python that programs run with, where there is one: on the host.
pub fn python_of(config: &SandboxConfig) -> Option<PathBuf> {
    Languages::find(config).python.map(|python| python.found)
}

impl Languages {
    /// Looks at the files.
    pub(super) fn find(config: &SandboxConfig) -> Self {
        let look = |name: &Path, place: &str| {
            if name.components().count() > 1 {
                return interpreter(name, place);
            }
            let folders = config.search_path.iter();
            folders
                .into_iter()
                .find_map(|folder| interpreter(&folder.join(name), place))
        };
        let python = look(&config.python, "python");
        let science = python
            .as_ref()
            .and_then(|python| science(&config.science, python));
        let (science, packages) = science.unzip();
        Self {
            science,
            packages,
            python,
            bash: look(Path::new("bash"), "bash"),
            node: look(&config.node, "node"),
            image: None,
        }
    }

    /// What boxes must see of the host beside `/usr`.
    pub(super) fn binds(&self) -> Vec<Bind> {
        let all = [&self.python, &self.science, &self.bash, &self.node];
        all.into_iter()
            .flatten()
            .filter_map(|interpreter| interpreter.bind.clone())
            .collect()
    }

    /// Those that a box has where everything stands where it stands on the host.
    pub(super) fn in_place(mut self) -> Self {
        for interpreter in self.slots().into_iter().flatten() {
            interpreter.program = interpreter.found.display().to_string();
            if let Some(Bind { source, target }) = &mut interpreter.bind {
                target.clone_from(source);
            }
        }
        self
    }

    /// Those that a box has which shows only the system's own folders.
    pub(super) fn of_the_system(mut self) -> Self {
        for slot in self.slots() {
            slot.take_if(|interpreter| interpreter.bind.is_some());
        }
        self
    }

    /// Those that every user of this machine may run.
    pub(super) fn of_everyone(mut self) -> Self {
        for slot in self.slots() {
            slot.take_if(|interpreter| !is_open_to_all(&interpreter.found));
        }
        self
    }

    /// Those of an OCI image, by the names that they are looked up by.
    pub(super) fn of_image(image: &str) -> Self {
        let named = |name: &str| {
            Some(Interpreter {
                found: PathBuf::from(name),
                program: name.to_owned(),
                bind: None,
            })
        };
        Self {
            python: named("python3"),
            science: None,
            packages: None,
            bash: named("bash"),
            node: named("node"),
            image: Some(image.to_owned()),
        }
    }

    /// The names that those of an image are looked up by.
    pub(super) const NAMES: [&str; 3] = ["python3", "bash", "node"];

    /// Without those that are not found by their names.
    pub(super) fn found_by_name(mut self, found: &[&str]) -> Self {
        for slot in self.slots() {
            slot.take_if(|interpreter| !found.contains(&interpreter.program.as_str()));
        }
        self
    }

    fn slots(&mut self) -> [&mut Option<Interpreter>; 4] {
        [
            &mut self.python,
            &mut self.science,
            &mut self.bash,
            &mut self.node,
        ]
    }

    fn of(&self, profile: Profile) -> Option<&Interpreter> {
        match profile {
            Profile::Python => self.python.as_ref(),
            Profile::Science => self.science.as_ref(),
            Profile::Bash => self.bash.as_ref(),
            Profile::JavaScript => self.node.as_ref(),
        }
    }

    pub(super) fn has(&self, profile: Profile) -> bool {
        self.of(profile).is_some()
    }

    /// Where a language's interpreter is, or how to get one.
    pub(super) fn state(&self, language: Language) -> Result<String, String> {
        if let Some(image) = &self.image
            && self.of(Profile::of(language)).is_none()
        {
            return Err(format!(
                "the image `{image}` has no {language}: name one that has in `sandbox.docker_image`"
            ));
        }
        let (profile, remedy) = match language {
            Language::Python => (
                Profile::Python,
                "there is no python3: install it (Debian: apt-get install python3), or name one in `sandbox.python`",
            ),
            Language::Bash => (
                Profile::Bash,
                "there is no bash: install it (Debian: apt-get install bash)",
            ),
            Language::JavaScript => (
                Profile::JavaScript,
                "there is no Node: install it (Debian: apt-get install nodejs), or name one in `sandbox.node`",
            ),
        };
        match self.of(profile) {
            Some(interpreter) => Ok(interpreter.found.display().to_string()),
            None => Err(remedy.to_owned()),
        }
    }

    /// The profile that suits a program; the language must be there.
    pub(super) fn profile(&self, language: Language, source: &str, session: bool) -> Profile {
        match language {
            Language::Bash => Profile::Bash,
            Language::JavaScript => Profile::JavaScript,
            // What a session will import later is not known at its beginning.
            Language::Python if self.science.is_some() && (session || wants_science(source)) => {
                Profile::Science
            }
            Language::Python => Profile::Python,
        }
    }

    /// How a box for this profile is filled without a zygote.
    pub(super) fn cold(&self, profile: Profile) -> Option<Content> {
        let program = self.of(profile)?.program.clone();
        Some(match profile {
            Profile::Bash => Content::Empty(Command {
                program,
                arguments: vec!["--noprofile".to_owned(), "--norc".to_owned()],
                environment: environment(),
            }),
            Profile::Python => Content::Runner(python(program, &["runner"])),
            Profile::Science => Content::Runner(python(program, &["runner", self.packages.as_deref()?])),
            Profile::JavaScript => Content::Runner(Command {
                program,
                arguments: ["--no-warnings", "-e", runners::JAVASCRIPT]
                    .map(str::to_owned)
                    .to_vec(),
                environment: environment(),
            }),
        })
    }

    /// The process that runners of this profile are copies of, where there is one.
    pub(super) fn zygote(&self, profile: Profile) -> Option<Command> {
        let program = self.of(profile)?.program.clone();
        match profile {
            Profile::Python => Some(python(program, &["zygote"])),
            Profile::Science => {
                let packages = self.packages.as_deref()?;
                let imported = ["numpy", "pandas", "matplotlib.pyplot"];
                Some(python(program, &[&["zygote", packages], &imported[..]].concat()))
            }
            Profile::Bash | Profile::JavaScript => None,
        }
    }
}

fn python(program: String, arguments: &[&str]) -> Command {
    let mut all = ["-I", "-B", "-X", "utf8", "-c", runners::PYTHON]
        .map(str::to_owned)
        .to_vec();
    all.extend(arguments.iter().map(|&argument| argument.to_owned()));
    Command {
        program,
        arguments: all,
        environment: environment(),
    }
}

/// The whole environment of a program.
fn environment() -> Vec<(String, String)> {
    [
        ("HOME", "/box"),
        ("LANG", "C.UTF-8"),
        ("MPLBACKEND", "Agg"),
        ("MPLCONFIGDIR", "/tmp"),
        // A thread for each processor would use up what a box may start.
        ("OPENBLAS_NUM_THREADS", "1"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TMPDIR", "/tmp"),
        ("USER", "box"),
        // Or else caches would come back as files of the program.
        ("XDG_CACHE_HOME", "/tmp/.cache"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn interpreter(path: &Path, place: &str) -> Option<Interpreter> {
    let real = path.canonicalize().ok()?;
    // A shim is a script that looks for the interpreter in places that a box does not see.
    is_program(&real)?;
    if real.starts_with("/usr") || real.starts_with("/bin") {
        return Some(Interpreter {
            program: real.display().to_string(),
            found: real,
            bind: None,
        });
    }
    // prefix/bin/python3: all of the prefix, because its library is there.
    let prefix = real.parent()?.parent()?;
    let target = Path::new(ELSEWHERE).join(place);
    Some(Interpreter {
        program: target.join(real.strip_prefix(prefix).ok()?).display().to_string(),
        bind: Some(Bind {
            source: prefix.to_owned(),
            target,
        }),
        found: real,
    })
}

/// Whether every user may read and run a file.
fn is_open_to_all(path: &Path) -> bool {
    let allows = |path: &Path, wanted: u32| {
        std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & wanted == wanted)
    };
    allows(path, 0o005) && path.ancestors().skip(1).all(|folder| allows(folder, 0o001))
}

fn is_program(path: &Path) -> Option<()> {
    let mut magic = [0; 4];
    File::open(path).ok()?.read_exact(&mut magic).ok()?;
    (magic == *b"\x7fELF").then_some(())
}

/// The science environment, where it was set up to its end, for this very interpreter; and where its packages are in a box.
fn science(folder: &Path, python: &Interpreter) -> Option<(Interpreter, String)> {
    let folder = folder.canonicalize().ok()?;
    let fits = folder.join("complete").is_file()
        && folder
            .join("bin/python")
            .canonicalize()
            .is_ok_and(|own| own == python.found);
    if !fits {
        return None;
    }
    let version = std::fs::read_dir(folder.join("lib"))
        .ok()?
        .flatten()
        .next()?
        .file_name();
    let target = Path::new(ELSEWHERE).join("science");
    let packages = target.join("lib").join(version).join("site-packages");
    let interpreter = Interpreter {
        found: python.found.clone(),
        program: python.program.clone(),
        bind: Some(Bind {
            source: folder,
            target,
        }),
    };
    Some((interpreter, packages.display().to_string()))
}

/// Whether a program imports what only the science environment has.
fn wants_science(source: &str) -> bool {
    const PACKAGES: [&str; 7] = [
        "numpy",
        "pandas",
        "matplotlib",
        "scipy",
        "sympy",
        "sklearn",
        "PIL",
    ];
    source.lines().any(|line| {
        let line = line.trim_start();
        (line.starts_with("import ") || line.starts_with("from ") || line.contains(" import "))
            && line
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .any(|word| PACKAGES.contains(&word))
    })
}
