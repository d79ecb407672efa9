//! Tests of the built-in catalog, of files that extend it, and of recommendations.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Catalog, Role, Source};
use crate::hardware::{Gpu, Hardware};
use std::collections::HashSet;
use std::path::Path;
use tempfile::TempDir;

const ENTRY: &str = r#"
[[model]]
name = "mine"
family = "mine"
parameters = 1000
quantisation = "F16"
licence = "MIT"
context_tokens = 2048
roles = ["chat"]
min_ram_bytes = 1000
sources = [{ kind = "url", url = "https://example.org/mine.gguf" }]
"#;

fn parse_error(text: &str) -> String {
    Catalog::parse(Path::new("my.toml"), text)
        .unwrap_err()
        .to_string()
}

fn machine(free_gb: u64, gpus: &[&str]) -> Hardware {
    Hardware {
        available_memory_bytes: free_gb * 1_000_000_000,
        gpus: gpus
            .iter()
            .map(|name| Gpu {
                name: (*name).into(),
                memory_bytes: None,
            })
            .collect(),
        ..Hardware::default()
    }
}

#[test]
fn the_built_in_catalog_is_valid_and_has_the_models_of_the_specification() {
    let catalog = Catalog::builtin().unwrap();
    let names: HashSet<_> = catalog
        .entries()
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    assert_eq!(names.len(), catalog.entries().len());
    for name in [
        "qwen2.5-coder-0.5b-instruct",
        "qwen2.5-coder-1.5b-instruct",
        "smollm2-135m-instruct",
        "phi-2",
        "tinyllama-1.1b-chat",
        "codellama-7b-instruct",
        "mistral-7b-instruct",
    ] {
        assert!(names.contains(name), "{name}");
    }
}

#[test]
fn every_entry_says_how_large_it_is_and_asks_for_more_memory_than_that() {
    for entry in Catalog::builtin().unwrap().entries() {
        let bytes = entry.expected_bytes();
        assert!(
            bytes.is_some_and(|bytes| bytes < entry.min_ram_bytes),
            "{}: {bytes:?}",
            entry.name
        );
        assert!(
            entry.has_role(Role::Chat) != entry.has_role(Role::Base),
            "{}",
            entry.name
        );
    }
}

#[test]
fn publishers_come_before_mirrors() {
    for entry in Catalog::builtin().unwrap().entries() {
        let projector = entry.projector.iter().map(|file| &file.sources[0]);
        for first in projector.chain([&entry.sources[0]]) {
            assert!(matches!(first, Source::HuggingFace { .. }), "{}", entry.name);
        }
    }
}

#[test]
fn a_users_file_replaces_entries_of_the_same_name_and_adds_the_others() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("catalog.toml");
    assert_eq!(
        Catalog::with_user_file(&path).unwrap().entries(),
        Catalog::builtin().unwrap().entries(),
        "a file that does not exist"
    );
    let replaced = ENTRY.replace("name = \"mine\"", "name = \"phi-2\"");
    std::fs::write(&path, format!("{ENTRY}{replaced}")).unwrap();
    let catalog = Catalog::with_user_file(&path).unwrap();
    let builtin = Catalog::builtin().unwrap();
    assert_eq!(catalog.entries().len(), builtin.entries().len() + 1);
    assert_eq!(catalog.entries().last().unwrap().name, "mine");
    assert_eq!(catalog.get("phi-2").unwrap().licence, "MIT");
    assert_eq!(catalog.get("phi-2").unwrap().parameters, 1000);
    let place = |catalog: &Catalog| catalog.entries().iter().position(|entry| entry.name == "phi-2");
    assert_eq!(place(&catalog), place(&builtin));
}

#[test]
fn a_wrong_file_is_refused_by_file_key_and_value() {
    let with = |from: &str, to: &str| parse_error(&ENTRY.replace(from, to));
    let hash = "ab".repeat(32);
    for (error, expected) in [
        (
            with("family", "famly"),
            vec!["my.toml", "unknown field `famly`", "line 4"],
        ),
        (
            with("parameters = 1000", "parameters = \"many\""),
            vec!["my.toml", "parameters", "many"],
        ),
        (
            with("\"mine\"\nf", "\"a:b\"\nf"),
            vec!["my.toml", "`a:b`", "`name`", "lower-case"],
        ),
        (with("\"mine\"\nf", "\"../a\"\nf"), vec!["`../a`"]),
        (with("\"mine\"\nf", "\"..\"\nf"), vec!["`..`"]),
        (
            with("roles", "sha256 = \"AB\"\nsize_bytes = 1\nroles"),
            vec!["`sha256` is `AB`", "64"],
        ),
        (
            with("roles", "size_bytes = 7\nroles"),
            vec!["`size_bytes` is `7`", "together with `sha256`"],
        ),
        (
            with("roles", &format!("sha256 = \"{hash}\"\nroles")),
            vec!["`size_bytes` is `absent`"],
        ),
        (with("https:", "ftp:"), vec!["`url` is `ftp://"]),
        (with("[\"chat\"]", "[\"chatty\"]"), vec!["chatty", "`chat`"]),
        (parse_error(&format!("{ENTRY}{ENTRY}")), vec!["`mine`", "once"]),
        (
            with("kind = \"url\", url = \"https://example.org/mine.gguf\"", ""),
            vec!["kind"],
        ),
    ] {
        for part in expected {
            assert!(error.contains(part), "{part:?} in: {error}");
        }
    }
}

#[test]
fn a_source_that_could_be_misread_is_refused() {
    let source = r#"{ kind = "url", url = "https://example.org/mine.gguf" }"#;
    let hash = "ab".repeat(32);
    let with = |replacement: &str| {
        let entry = ENTRY.replace(source, replacement);
        parse_error(&entry.replace("roles", &format!("sha256 = \"{hash}\"\nsize_bytes = 1\nroles")))
    };
    let python = |package: &str| {
        with(&format!(
            r#"{{ kind = "python", packages = ["{package}"], members = ["m"] }}"#
        ))
    };
    for package in [
        "name",
        "--index-url==x",
        "name==",
        "==1",
        "name==1 --pre",
        "name==-1",
        "a[b]==1",
        "a>=1",
    ] {
        assert!(python(package).contains("name==version"), "{package}");
    }
    assert!(with(r#"{ kind = "python", packages = ["a==1"], members = [] }"#).contains("one for each"));
    for repo in ["name", "a/b/c", "../b", "a/", "a b/c"] {
        let error = with(&format!(
            r#"{{ kind = "huggingface", repo = "{repo}", file = "f.gguf" }}"#
        ));
        assert!(error.contains("owner/name"), "{repo}: {error}");
    }
    assert!(with(r#"{ kind = "huggingface", repo = "a/b", file = "../f.gguf" }"#).contains("`file`"));
}

#[test]
fn a_python_source_without_a_hash_is_refused() {
    let source = r#"{ kind = "url", url = "https://example.org/mine.gguf" }"#;
    let entry = ENTRY.replace(
        source,
        r#"{ kind = "python", packages = ["a==1"], members = ["m"] }"#,
    );
    assert!(parse_error(&entry).contains("give the hash"));
}

#[test]
fn the_default_is_small_and_the_larger_model_asks_for_six_gigabytes() {
    let catalog = Catalog::builtin().unwrap();
    let recommend = |free_gb| {
        let recommendation = catalog.recommend(&machine(free_gb, &[])).unwrap();
        (recommendation.default, recommendation.larger)
    };
    let default = "qwen2.5-coder-0.5b-instruct".to_owned();
    assert_eq!(recommend(1), ("smollm2-135m-instruct".into(), None));
    assert_eq!(recommend(5), (default.clone(), None));
    assert_eq!(
        recommend(6),
        (default, Some("qwen2.5-coder-1.5b-instruct".into()))
    );
}

#[test]
fn with_the_hub_the_strongest_model_that_answers_in_time_is_named() {
    let catalog = Catalog::builtin().unwrap();
    let strongest = |free_gb, gpus| {
        catalog
            .recommend(&machine(free_gb, gpus))
            .unwrap()
            .with_hub
            .unwrap()
    };
    let plain = strongest(64, &[]);
    assert_eq!(plain.name, "qwen3-4b");
    assert!(plain.reason.contains("64.0 GB are free"), "{}", plain.reason);
    assert_eq!(strongest(64, &["NVIDIA H200"]).name, "qwen3-8b");
    assert_eq!(strongest(2, &[]).name, "tinyllama-1.1b-chat");
}

#[test]
fn what_fits_is_listed_strongest_first_and_nothing_else() {
    let catalog = Catalog::builtin().unwrap();
    let fits = catalog.recommend(&machine(6, &[])).unwrap().fits;
    let parameters: Vec<_> = fits
        .iter()
        .map(|fit| catalog.get(&fit.name).unwrap().parameters)
        .collect();
    assert!(parameters.is_sorted_by(|a, b| a >= b));
    assert!(
        fits.iter()
            .all(|fit| catalog.get(&fit.name).unwrap().min_ram_bytes <= 6_000_000_000)
    );
    assert!(
        !fits.iter().any(|fit| fit.name == "phi-2"),
        "not trained for chat"
    );
}
