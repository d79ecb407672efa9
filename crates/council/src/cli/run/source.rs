//! What is to be run, and in which language.

use crate::exit::CommandError;
use council_core::sandbox::Language;
use std::io::Read;
use std::path::Path;

/// A program.
#[derive(Debug, PartialEq)]
pub(super) struct Source {
    pub(super) language: Language,
    pub(super) code: String,
}

/// Reads it: `code` itself, or a file, or standard input for `-`.
pub(super) fn read(
    file: Option<&Path>,
    code: Option<&str>,
    language: Option<&str>,
) -> Result<Source, CommandError> {
    let named = language.map(by_name).transpose()?;
    let (code, of_name) = match (code, file) {
        (Some(code), _) => (code.to_owned(), None),
        (None, Some(path)) => (text_of(path)?, by_extension(path)),
        (None, None) => {
            return Err(CommandError::usage(
                "there is nothing to run; name a FILE, or give -c CODE",
            ));
        }
    };
    if let (None, None, Some(path)) = (named, of_name, file)
        && path.extension().is_some()
        && by_first_line(&code).is_none()
    {
        let path = path.display();
        return Err(CommandError::usage(format!(
            "the name of {path} does not say its language; add --language python, bash or javascript"
        )));
    }
    let language = named
        .or(of_name)
        .or_else(|| by_first_line(&code))
        .unwrap_or(Language::Python);
    Ok(Source { language, code })
}

fn by_name(name: &str) -> Result<Language, CommandError> {
    Language::from_name(name).ok_or_else(|| {
        CommandError::usage(format!(
            "--language cannot be `{name}`; accepted: python, bash, javascript"
        ))
    })
}

fn by_extension(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "py" | "pyw" => Some(Language::Python),
        "sh" | "bash" => Some(Language::Bash),
        "js" | "mjs" | "cjs" => Some(Language::JavaScript),
        _ => None,
    }
}

/// By the interpreter that the first line names.
fn by_first_line(code: &str) -> Option<Language> {
    let line = code.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        program = words.find(|word| !word.starts_with('-'))?;
    }
    // `python3.11` is Python too.
    let name = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    Language::from_name(name)
}

fn text_of(path: &Path) -> Result<String, CommandError> {
    String::from_utf8(bytes_of(path)?)
        .map_err(|_| CommandError::usage(format!("{} is not UTF-8, so it is no program", shown(path))))
}

/// What a file holds, or standard input for `-`.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, CommandError> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| CommandError::io(format!("cannot read {}: {error}", shown(path))))
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "standard input".to_owned();
    }
    path.display().to_string()
}
