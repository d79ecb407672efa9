//! Tests of what pip says about where it looks.

use super::*;

fn check(text: &str, expected: &[&str]) {
    let found = PipSources::read(text);
    let urls: Vec<&str> = found.urls().map(String::as_str).collect();
    assert_eq!(urls, expected, "{text}");
}

#[test]
fn pip_looks_at_its_own_index_unless_it_is_told_otherwise() {
    check("", &[USUAL_INDEX]);
    check("global.timeout='60'\n:env:.cert='/etc/cert.pem'", &[USUAL_INDEX]);
    check(
        "global.index-url='https://mirror.example/simple'",
        &["https://mirror.example/simple"],
    );
    check(
        ":env:.index-url='https://env.example/simple'\nglobal.index-url='https://file.example/simple'",
        &["https://env.example/simple"],
    );
    check(
        "global.extra-index-url='https://a.example/s\\nhttps://b.example/s'\nglobal.find-links='/wheels https://c.example'",
        &[
            USUAL_INDEX,
            "https://a.example/s",
            "https://b.example/s",
            "https://c.example",
        ],
    );
    check(
        ":env:.no-index='1'\nglobal.index-url='https://mirror.example/simple'",
        &[],
    );
}

#[test]
fn a_run_of_pip_is_held_to_what_was_named() {
    let sources = PipSources::read("");
    let names: Vec<String> = sources.bound().names.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["pypi.org:443", "files.pythonhosted.org"]);
    assert_eq!(sources.variables()[0], ("PIP_INDEX_URL", USUAL_INDEX.to_owned()));
    let none = PipSources::read(":env:.no-index='true'");
    assert_eq!(none.variables()[0].0, "PIP_NO_INDEX");
}
