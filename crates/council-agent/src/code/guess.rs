//! The language that code is written in, where it shows.

use council_core::sandbox::Language;

/// Programs that lines of a shell begin with, and that are hardly ever the first word of anything else.
const COMMANDS: [&str; 40] = [
    "awk", "basename", "cat", "cd", "chmod", "cp", "curl", "cut", "date", "df", "dirname", "du", "echo",
    "env", "expr", "export", "find", "grep", "head", "hostname", "id", "ls", "mkdir", "mv", "nproc",
    "printf", "ps", "pwd", "rm", "sed", "seq", "sleep", "sort", "tail", "touch", "tr", "uname", "uniq", "wc",
    "whoami",
];

/// What only JavaScript has.
const JAVASCRIPT: [&str; 11] = [
    "console.log",
    "console.error",
    "=>",
    "===",
    "const ",
    "let ",
    "var ",
    "function ",
    "require(",
    "process.",
    "JSON.stringify",
];

/// What lines of Python begin with and lines of prose do not.
const PYTHON: [&str; 9] = [
    "print(",
    "def ",
    "class ",
    "async def ",
    "with open(",
    "@",
    "elif ",
    "try:",
    "else:",
];

/// The language, where the code shows one.
pub(super) fn language(code: &str) -> Option<Language> {
    let first = code.lines().map(str::trim).find(|line| !line.is_empty())?;
    if let Some(interpreter) = first.strip_prefix("#!") {
        let names = ["python", "bash", "sh", "node"];
        let name = names
            .into_iter()
            .find(|name| interpreter.trim_end_matches(['3', '.']).ends_with(name))?;
        return Language::from_name(name);
    }
    if is_shell(first) {
        return Some(Language::Bash);
    }
    if JAVASCRIPT.iter().any(|mark| code.contains(mark)) && !is_prose(first) {
        return Some(Language::JavaScript);
    }
    code.lines()
        .map(str::trim)
        .any(is_python)
        .then_some(Language::Python)
}

fn is_shell(line: &str) -> bool {
    let line = line.strip_prefix("$ ").unwrap_or(line);
    let Some(word) = line.split([' ', ';', '|']).next() else {
        return false;
    };
    let rest = line[word.len()..].trim_start();
    // `date = 3` and `sort(x)` are no calls of programs, and a question about one is none either.
    let is_call = !rest.starts_with('=') && !line.ends_with('?');
    is_call && (COMMANDS.contains(&word) || (word == "for" && line.contains("; do")))
}

fn is_python(line: &str) -> bool {
    if PYTHON.iter().any(|begin| line.starts_with(begin)) {
        return true;
    }
    let word = |at: usize| line.split_whitespace().nth(at).unwrap_or_default();
    if line.starts_with("import ") || line.starts_with("from ") {
        let is_name = |name: &str| {
            let name = name.trim_end_matches(',');
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._*".contains(c))
        };
        let words = line.split_whitespace().count();
        return match word(0) {
            "import" => is_name(word(1)) && (words == 2 || word(2) == "as" || word(1).ends_with(',')),
            _ => is_name(word(1)) && word(2) == "import" && words >= 4,
        };
    }
    if line.contains(": ") || line.ends_with(':') {
        let head = line.split_once(':').map_or(line, |(head, _)| head);
        match word(0) {
            "for" => return head.contains(" in ") && [2, 3].iter().any(|at| word(*at) == "in"),
            "while" | "if" => return head.ends_with(" True") || head.contains(['=', '<', '>', '(']),
            _ => {}
        }
    }
    is_expression(line) || is_assignment(line)
}

fn is_assignment(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return false;
    };
    let name = name.trim_end_matches(['+', '-', '*', '/', ' ']);
    let is_name = |name: &str| {
        let name = name.trim();
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    };
    name.split(',').all(is_name) && !value.trim().is_empty() && !is_prose(line)
}

/// `2 ** 10`, `sum(range(5))`, `[x for x in y]`: brackets close, and outside of them stand no two words side by side.
fn is_expression(line: &str) -> bool {
    let mut depth = 0_i32;
    let (mut before_word, mut quote, mut has_operator) = (false, None, false);
    let mut outside = String::new();
    for c in line.chars() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            '(' | '[' | '{' => {
                has_operator = true;
                depth += 1;
            }
            ')' | ']' | '}' => depth -= 1,
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    for word in outside.split_whitespace() {
        let is_word = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
        let keyword = ["in", "not", "and", "or", "is", "if", "else", "for", "lambda"].contains(&word);
        if is_word && !keyword {
            if before_word {
                return false;
            }
            before_word = true;
        } else {
            before_word = false;
            has_operator |= !keyword && word.chars().all(|c| "+-*/%<>=!&|^~,:".contains(c));
        }
        has_operator |= word.contains(['+', '*', '/', '%']) && word.chars().any(|c| c.is_ascii_digit());
    }
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "_.+-*/%<>=!&|^~,:;@".contains(c);
    depth == 0 && quote.is_none() && has_operator && outside.chars().all(allowed) && !line.ends_with('.')
}

/// Words of a sentence rather than of a program.
fn is_prose(line: &str) -> bool {
    let begins = [
        "the ", "a ", "what ", "how ", "why ", "please ", "i ", "can ", "is ", "in ",
    ];
    let lower = line.to_lowercase();
    line.ends_with('?') || begins.iter().any(|begin| lower.starts_with(begin))
}
