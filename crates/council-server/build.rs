//! Writes the table of the web page's files that `src/ui.rs` compiles in. Builds nothing: `npm run build` in `web/`
//! does, and what it left in `web/dist` is taken. Without that the table is empty, which `COUNCIL_REQUIRE_UI=1` makes
//! an error.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let web = PathBuf::from(variable("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web");
    let dist = web.join("dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=COUNCIL_REQUIRE_UI");
    let built = dist.join("index.html").is_file();
    // Cargo takes a path that does not exist for one that changed, and would compile this crate again each time.
    if let Some(watched) = [&dist, &web].into_iter().find(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    if !built && variable("COUNCIL_REQUIRE_UI").is_some_and(|value| !value.is_empty() && value != "0") {
        let message = "web/dist/index.html is missing and COUNCIL_REQUIRE_UI is set: run `npm install` and \
                       `npm run build` in web/";
        return Err(message.into());
    }
    let table = if built { table(&dist)? } else { "&[]".to_owned() };
    let out = PathBuf::from(variable("OUT_DIR").unwrap_or_default()).join("ui_assets.rs");
    fs::write(out, table)?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts by environment variables"
)]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// The files as a Rust expression.
fn table(dist: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    files.sort();
    let mut table = "&[\n".to_owned();
    for file in &files {
        let compressed = |suffix: &str| {
            let path = PathBuf::from(format!("{}.{suffix}", file.display()));
            if path.is_file() {
                format!("Some({})", include(&path))
            } else {
                "None".to_owned()
            }
        };
        let path = file
            .strip_prefix(dist)?
            .to_str()
            .ok_or("a file name in web/dist is not UTF-8")?;
        // Not for security: an entity tag only has to differ when the file does.
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(file)?);
        writeln!(
            table,
            "    Asset {{ path: {:?}, tag: \"{:016x}\", plain: {}, brotli: {}, gzip: {} }},",
            path.replace('\\', "/"),
            hasher.finish(),
            include(file),
            compressed("br"),
            compressed("gz"),
        )?;
    }
    table.push(']');
    Ok(table)
}

/// The compiler notes the file, so that a change of its content alone is noticed too.
fn include(path: &Path) -> String {
    format!("include_bytes!({:?})", path.display().to_string())
}

/// Every file below `folder` but the compressed forms of others.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        if path.is_dir() {
            collect(&path, files)?;
        } else if !matches!(suffix, Some("br" | "gz")) {
            files.push(path);
        }
    }
    Ok(())
}
