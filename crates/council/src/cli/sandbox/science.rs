//! `council sandbox setup`: a Python environment with numpy, pandas, matplotlib and sympy, which programs see read-only.
//!
//! Wheels only, so that no code of a package runs while it is put there. pip of the configured Python installs into
//! the environment, which needs none of its own then; where that Python has no pip, the environment brings one
//! (`ensurepip`), which Debian keeps in a package of its own.

use crate::cli::Context;
use crate::exit::{CommandError, Exit};
use crate::output::{Output, notice};
use crate::signals::Interrupts;
use clap::Args;
use council_core::EgressOutcome;
use council_models::egress::pip::{self, PipSources};
use council_models::egress::{EgressGate, depart_pip};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

/// What is put there.
const PACKAGES: [&str; 4] = ["numpy", "pandas", "matplotlib", "sympy"];

/// Stands in the environment when it is whole; the sandbox uses no other.
const COMPLETE: &str = "complete";

/// Arguments of `council sandbox setup`.
#[derive(Clone, Debug, Args)]
pub(super) struct SetupArgs {
    /// Make it anew where it is there already
    #[arg(long)]
    force: bool,
}

/// Makes it, and says which versions there are.
pub(super) async fn run(
    args: &SetupArgs,
    context: &Context,
    as_json: bool,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let config = &context.config;
    let dir = &config.sandbox.science_dir;
    if args.force || installed(dir).is_none() {
        if config.pull.offline {
            return Err(CommandError::usage(
                "`pull.offline` is true, so that nothing is fetched; set it to false for this command: \
                 council sandbox setup --set pull.offline=false",
            ));
        }
        // That which programs run with: packages of another would not fit.
        let python = crate::app::sandbox::python(config, &context.environment)?;
        let gate = context.gate().await?;
        let mut interrupts = Interrupts::listen()?;
        // Dropping the work kills the program that it waits for.
        tokio::select! {
            made = make(&python, dir, &gate) => made?,
            () = interrupts.next() => return Err(CommandError::interrupted()),
        }
    }
    let versions = installed(dir).ok_or_else(|| {
        let dir = dir.display();
        CommandError::failure(format!(
            "pip ended well, and {dir} has not all of {}",
            PACKAGES.join(", ")
        ))
    })?;
    let shown = dir.display().to_string();
    if as_json {
        let packages: serde_json::Map<_, _> = PACKAGES
            .iter()
            .zip(&versions)
            .map(|(name, version)| ((*name).to_owned(), json!(version)))
            .collect();
        output.json_line(&json!({"directory": shown, "packages": packages}))?;
    } else {
        let named: Vec<String> = PACKAGES
            .iter()
            .zip(&versions)
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        writeln!(
            output,
            "{} in {shown}; a server finds them when it starts",
            named.join(", ")
        )?;
    }
    Ok(Exit::Success)
}

async fn make(python: &Path, dir: &Path, gate: &EgressGate) -> Result<(), CommandError> {
    // What is half there would be taken for whole by nobody, but its files would stay.
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(CommandError::io(format!(
                "cannot remove {}: {error}",
                dir.display()
            )));
        }
        Ok(()) | Err(_) => {}
    }
    if let Some(parent) = dir.parent() {
        council_store::create_private_dir(parent)
            .map_err(|error| CommandError::io(format!("cannot make {}: {error}", parent.display())))?;
    }
    let own_pip = call(python, &[path("-m"), path("pip"), path("--version")], None).await?;
    let (installer, before) = if own_pip.is_ok() {
        environment(python, dir, &["--without-pip"]).await?;
        (
            python.to_owned(),
            vec![path("-m"), path("pip"), path("--python"), interpreter(dir)],
        )
    } else {
        environment(python, dir, &[]).await?;
        (interpreter(dir), vec![path("-m"), path("pip")])
    };
    // Fetched first and put there without the network, so that it is known how much came over it.
    let wheels = dir.join("wheels");
    let pip = |what: &[&str]| -> Vec<PathBuf> {
        let flags = ["--only-binary=:all:", "--no-input", "--disable-pip-version-check"];
        let all = what.iter().chain(&flags).map(path);
        before.iter().cloned().chain(all).collect()
    };
    let with = |mut arguments: Vec<PathBuf>, flag: &str| {
        arguments.extend([path(flag), wheels.clone()]);
        arguments.extend(PACKAGES.iter().map(path));
        arguments
    };
    let fetch = with(pip(&["download", "--progress-bar=off"]), "--dest");
    let install = with(pip(&["install", "--no-index"]), "--find-links");
    let told = [path("-m")].into_iter().chain(pip::TELL.iter().map(path));
    let told = call(&installer, &told.collect::<Vec<_>>(), None).await?;
    let sources = PipSources::read(&told.unwrap_or_default());
    let passage = depart_pip(gate, &sources).await;
    let passage = passage.map_err(|refused| CommandError::unavailable(refused.to_string()))?;
    let fetched = call(&installer, &fetch, Some(&sources)).await?;
    if let Some(passage) = passage {
        // What pip read beside the packages (lists, and what it threw away) is not known.
        passage.received(size_of(&wheels));
        passage.end(if fetched.is_ok() {
            EgressOutcome::Completed
        } else {
            EgressOutcome::Failed
        });
    }
    let said = match fetched {
        Ok(_) => call(&installer, &install, None).await?,
        Err(said) => Err(said),
    };
    // Not there where nothing was fetched; what stays otherwise takes room and no more.
    let _ = std::fs::remove_dir_all(&wheels);
    match said {
        Ok(_) => std::fs::write(dir.join(COMPLETE), "")
            .map_err(|error| CommandError::io(format!("cannot write to {}: {error}", dir.display()))),
        Err(said) => Err(CommandError::unavailable(format!(
            "pip could not install {}: {said}; check that this machine reaches a Python package index",
            PACKAGES.join(", ")
        ))),
    }
}

/// The sizes of the files in a directory together, in bytes.
fn size_of(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let sizes = entries.filter_map(|entry| entry.metadata().ok());
    sizes.map(|metadata| metadata.len()).sum()
}

/// `python -m venv`.
async fn environment(python: &Path, dir: &Path, flags: &[&str]) -> Result<(), CommandError> {
    notice(&format!("making {}", dir.display()));
    let arguments: Vec<PathBuf> = ["-m", "venv"]
        .iter()
        .chain(flags)
        .map(path)
        .chain([dir.to_owned()])
        .collect();
    let Err(said) = call(python, &arguments, None).await? else {
        return Ok(());
    };
    let python = python.display();
    let lacks_pip = said.contains("ensurepip");
    Err(CommandError::unavailable(
        if lacks_pip || said.contains("No module named venv") {
            format!(
                "`{python}` has neither pip nor ensurepip; install one of them (Debian and Ubuntu: `apt-get install \
             python3-venv`), or name another interpreter: --set sandbox.python=PATH"
            )
        } else {
            format!("`{python} -m venv` failed: {said}")
        },
    ))
}

fn path(text: impl AsRef<Path>) -> PathBuf {
    text.as_ref().to_owned()
}

fn interpreter(dir: &Path) -> PathBuf {
    if cfg!(windows) {
        dir.join("Scripts/python.exe")
    } else {
        dir.join("bin/python")
    }
}

/// The versions of the packages, where all are there. Read from the names of their records: importing them would run
/// them outside the sandbox.
fn installed(dir: &Path) -> Option<Vec<String>> {
    if !dir.join(COMPLETE).is_file() {
        return None;
    }
    let lib = std::fs::read_dir(dir.join("lib")).ok()?;
    let site = lib
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages")))
        .find(|path| path.is_dir())?;
    let records: Vec<String> = std::fs::read_dir(site)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let version = |package: &str| {
        let of = |name: &String| {
            let rest = name.strip_prefix(package)?.strip_prefix('-')?;
            rest.strip_suffix(".dist-info").map(str::to_owned)
        };
        records.iter().find_map(of)
    };
    PACKAGES.iter().map(|package| version(package)).collect()
}

/// Runs a program to its end; what it said on standard output. pip is held to `sources`, and what it says is passed on.
/// Inner error: it failed, with its last words.
#[expect(
    clippy::disallowed_methods,
    reason = "Python's own tools make the environment; a person asked for it on the command line"
)]
async fn call(
    program: &Path,
    arguments: &[PathBuf],
    sources: Option<&PipSources>,
) -> Result<Result<String, String>, CommandError> {
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        // What is installed goes into the environment, whatever the person's own configuration asks for.
        .env_remove("PIP_TARGET")
        .env_remove("PIP_PREFIX")
        .env_remove("PIP_USER")
        .envs(sources.map(PipSources::variables).unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            let program = program.display();
            CommandError::unavailable(match error.kind() {
                std::io::ErrorKind::NotFound => format!(
                    "`{program}` is not installed; install Python 3, or name another interpreter: \
                     --set sandbox.python=PATH"
                ),
                _ => format!("`{program}` cannot be started: {error}"),
            })
        })?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let listen = async {
        let mut text = String::new();
        if let Some(stdout) = stdout {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await? {
                if sources.is_some() {
                    notice(&line);
                }
                text.push_str(&line);
                text.push('\n');
            }
        }
        Ok::<_, std::io::Error>(text)
    };
    let complain = async {
        let mut text = Vec::new();
        if let Some(mut stderr) = stderr {
            stderr.read_to_end(&mut text).await?;
        }
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&text).into_owned())
    };
    let (said, complained, ended) = tokio::join!(listen, complain, child.wait());
    let (said, complained, ended) = (said?, complained?, ended?);
    if ended.success() {
        return Ok(Ok(said));
    }
    // venv tells on standard output what is wrong, pip on standard error.
    let all = format!("{said}{complained}");
    let lines: Vec<&str> = all
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let telling = |line: &&&str| line.starts_with("ERROR: ") || line.contains("ensurepip");
    let line = lines.iter().rfind(telling).or(lines.last());
    let words = line.map_or_else(
        || format!("it ended with {ended}"),
        |line| line.trim_start_matches("ERROR: ").to_owned(),
    );
    Ok(Err(words))
}
