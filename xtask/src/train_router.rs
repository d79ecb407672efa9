//! Trains the classifier of queries: texts from one crate, vectors from another, weights from the first.
//!
//! The two never see each other, and this program sees neither, so that it stays quick to build: each part is an example
//! that is started, and a file lies between.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes `train.jsonl`, `weights.json` and `result.json` in `data/router`. A minute, most of it compiling.
///
/// # Errors
/// When a part cannot be started or fails; it has said why.
pub(crate) fn train() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let between = root.join("target/router");
    std::fs::create_dir_all(&between)?;
    let (texts, vectors) = (between.join("texts.jsonl"), between.join("vectors.f32"));
    let train = ["-p", "council-agent", "--example", "train_router"];
    let embed = [
        "-p",
        "council-models",
        "--no-default-features",
        "--example",
        "embed_texts",
    ];

    let expand = example(root, &train)
        .args(["expand", "data/router"])
        .stdout(File::create(&texts)?)
        .status();
    succeeded(expand, "train_router expand")?;
    let embed = example(root, &embed)
        .stdin(File::open(&texts)?)
        .stdout(File::create(&vectors)?)
        .status();
    succeeded(embed, "embed_texts")?;
    let fit = example(root, &train)
        .args(["fit", "data/router", "all-minilm-l6-v2"])
        .arg(&vectors)
        .stdin(Stdio::null())
        .status();
    succeeded(fit, "train_router fit")
}

#[expect(clippy::disallowed_methods, reason = "cargo is what this program is for")]
fn example(root: &Path, which: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(root)
        .args(["run", "--release", "--locked", "--quiet"]);
    command.args(which).arg("--");
    command
}

fn succeeded(status: std::io::Result<std::process::ExitStatus>, what: &str) -> Result<(), Box<dyn Error>> {
    let status = status.map_err(|error| format!("{what} cannot be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} failed: {status}").into())
    }
}
