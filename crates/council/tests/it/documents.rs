//! The documents list what there is: configuration keys, error codes, routes, models, tests.

use council::config::keys::{Fallback, KEYS, Key, MODEL_KEYS, OTHER_VARIABLES, REMOTE_KEYS, VOICE_KEYS};
use council_core::settings::SETTINGS;
use council_models::catalog::Catalog;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file of `docs`.
pub(crate) fn document(name: &str) -> String {
    read(&format!("../../docs/{name}"))
}

/// The table rows of a document whose first cell is a literal, which loses its backticks.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let row = |line: &str| {
        let cells = line.trim_matches('|').split('|').map(str::trim).enumerate();
        cells
            .map(|(column, cell)| if column == 0 { cell.trim_matches('`') } else { cell }.to_owned())
            .collect()
    };
    text.lines()
        .filter(|line| line.starts_with("| `"))
        .map(row)
        .collect()
}

fn read(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{path}: {error}"))
}

#[test]
fn every_configuration_key_is_documented_as_it_is() {
    let text = document("configuration.md");
    for (heading, keys) in [
        ("## Keys", KEYS),
        ("## Sections of models", MODEL_KEYS),
        ("## Remote models", REMOTE_KEYS),
        ("## Voices", VOICE_KEYS),
    ] {
        let section = text.split(heading).nth(1).unwrap_or_default();
        let section = section.split("\n## ").next().unwrap_or_default();
        let documented: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let expected: Vec<String> = keys.iter().map(row).collect();
        assert_eq!(
            documented,
            expected,
            "docs/configuration.md, {heading}; it should say:\n{}\n",
            expected.join("\n")
        );
    }
}

#[test]
fn every_setting_is_documented_as_it_is() {
    let text = document("settings.md");
    let documented: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = SETTINGS
        .iter()
        .map(|setting| {
            let (accepted, scope) = (setting.kind.accepted(), setting.scope.as_str().replace('_', " "));
            format!(
                "| `{}` | {accepted} | {scope} | {} |",
                setting.key, setting.effect
            )
        })
        .collect();
    assert_eq!(
        documented,
        expected,
        "docs/settings.md; it should say:\n{}\n",
        expected.join("\n")
    );
}

#[test]
fn variables_that_are_not_keys_are_documented() {
    let documented = rows(&document("configuration.md"));
    for variable in OTHER_VARIABLES {
        assert!(
            documented.iter().any(|row| row[0] == *variable),
            "docs/configuration.md lacks {variable}"
        );
    }
}

fn row(key: &Key) -> String {
    let default = match key.fallback {
        Fallback::Value(text) => format!("`{text}`"),
        Fallback::Absent => "none".to_owned(),
        Fallback::XdgData(below) => format!("`{below}` in `$XDG_DATA_HOME`"),
        Fallback::Required => "required".to_owned(),
    };
    format!(
        "| `{}` | {} | {default} | {} |",
        key.name,
        key.kind.accepted(),
        key.doc
    )
}

#[test]
fn every_error_code_is_documented_and_none_besides() {
    let source = read("../council-server/src/error.rs");
    let names = source
        .split("fn as_str")
        .nth(1)
        .and_then(|rest| rest.split("\n    }\n").next());
    let codes: BTreeSet<String> = names
        .unwrap_or_default()
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    assert!(codes.contains("internal"), "the search is broken: {codes:?}");
    let documented: BTreeSet<String> = rows(&document("errors.md"))
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(
        documented, codes,
        "left: docs/errors.md, right: crates/council-server/src/error.rs"
    );
}

#[test]
fn every_route_is_documented_and_none_besides() {
    let openapi: serde_json::Value = serde_json::from_str(&document("openapi.json")).unwrap();
    let paths = openapi["paths"].as_object().unwrap();
    let routes: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert!(routes.contains("POST /hybrid"), "{routes:?}");
    let documented: BTreeSet<String> = rows(&document("api.md"))
        .into_iter()
        .map(|row| row[0].clone())
        .filter(|name| name.contains(" /"))
        .collect();
    assert_eq!(documented, routes, "left: docs/api.md, right: docs/openapi.json");
}

#[test]
fn the_readme_lists_the_models_of_the_catalog() {
    let catalog = Catalog::builtin().unwrap();
    let expected: Vec<Vec<String>> = catalog
        .entries()
        .iter()
        .map(|entry| {
            vec![
                entry.name.clone(),
                entry.quantisation.clone(),
                entry.licence.clone(),
            ]
        })
        .collect();
    let listed: Vec<Vec<String>> = rows(&read("../../README.md"))
        .into_iter()
        .filter(|row| row.len() == 6)
        .map(|row| vec![row[0].clone(), row[2].clone(), row[5].clone()])
        .collect();
    assert_eq!(
        listed, expected,
        "left: README.md (name, quantisation, licence), right: catalog.toml"
    );
}

#[test]
fn every_test_that_the_architecture_and_the_threats_name_exists() {
    let text = read("../../ARCHITECTURE.md") + &document("security.md");
    let is_test = |word: &&str| {
        word.matches('_').count() >= 3
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"_0123456789".contains(&byte))
    };
    let named: BTreeSet<&str> = text.split('`').filter(is_test).collect();
    assert!(named.len() > 10, "the search is broken: {named:?}");
    let mut sources = Vec::new();
    for folder in ["..", "../../xtask"] {
        rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut sources);
    }
    let code: String = sources
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let missing: Vec<_> = named
        .into_iter()
        .filter(|name| !code.contains(&format!("fn {name}(")))
        .collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "ARCHITECTURE.md or docs/security.md names tests that do not exist"
    );
}

/// All Rust files below `folder`.
pub(crate) fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
