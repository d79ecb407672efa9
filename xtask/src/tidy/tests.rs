//! The workspace is tidy, and an untidy one would be noticed.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::edges::{Edge, check_edges};
use super::files::{Source, check_source};

#[test]
fn the_workspace_is_tidy() {
    assert_eq!(super::check().unwrap(), Vec::<String>::new());
}

fn edge(from: &str, to: &str, dev: bool) -> Edge {
    Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        dev,
    }
}

#[test]
fn siblings_must_not_see_each_other_not_even_in_tests() {
    let names = ["council-core", "council-models", "council-store"];
    assert_eq!(
        check_edges(&names, &[edge("council-store", "council-core", false)]),
        Vec::<String>::new()
    );
    for dev in [false, true] {
        let problems = check_edges(&names, &[edge("council-store", "council-models", dev)]);
        assert_eq!(
            problems,
            [
                "`council-store` must not depend on `council-models` (allowed: council-core); meet at a trait of \
              council-core instead"
            ]
        );
    }
}

#[test]
fn a_crate_that_is_not_in_the_table_is_noticed() {
    assert_eq!(check_edges(&["council-new"], &[]).len(), 1);
}

#[test]
fn only_the_server_knows_http_but_a_test_may_play_one() {
    let problem = check_edges(&[], &[edge("council-agent", "axum", false)]);
    assert_eq!(
        problem,
        ["`council-agent` must not use `axum`, which is the business of council-server, council"]
    );
    assert_eq!(
        check_edges(&[], &[edge("council-models", "axum", true)]),
        Vec::<String>::new()
    );
}

#[test]
fn files_without_header_too_long_or_called_mod_are_noticed() {
    let problems = |path: &str, text: &str| {
        check_source(&Source {
            path: path.into(),
            text: text.to_owned(),
        })
        .len()
    };
    assert_eq!(problems("crates/a/src/b.rs", "//! Fine.\n"), 0);
    assert_eq!(problems("crates/a/src/b.rs", "fn main() {}\n"), 1);
    assert_eq!(problems("crates/a/src/b/mod.rs", "//! Fine.\n"), 1);
    let unsafe_code = format!("//! Bold.\n#![expect({}_code)]\n", "unsafe");
    assert_eq!(problems("crates/a/src/b.rs", &unsafe_code), 1);
    assert_eq!(
        problems("crates/council-sandbox/src/inside/sys.rs", &unsafe_code),
        0
    );
    let long = format!("//! Long.\n{}", "\n".repeat(500));
    assert_eq!(problems("crates/a/src/b.rs", &long), 1);
    assert_eq!(problems("crates/a/src/b/tests.rs", &long), 0);
    assert_eq!(problems("crates/a/tests/it/main.rs", &long), 0);
    assert_eq!(problems("crates/a/Cargo.toml", "[package]\n"), 1);
    assert_eq!(problems("crates/a/Cargo.toml", "[lints]\nworkspace = true\n"), 0);
}
