//! Signs of mathematics, of LaTeX and of typography, brought to the few that [`super::lex`] knows.

use std::fmt::Write;

/// The same text in plain signs.
pub(super) fn plain(text: &str) -> String {
    let text = if text.contains('\\') || formulas(text) {
        latex(text)
    } else {
        text.to_owned()
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut superscript = false;
    for sign in text.chars() {
        if let Some(raised) = raised(sign) {
            if !superscript {
                out.push_str("^(");
            }
            superscript = true;
            out.push(raised);
            continue;
        }
        if superscript {
            close(&mut out, Some(sign));
            superscript = false;
        }
        match sign {
            '×' | '⋅' | '·' | '∗' | '✕' | '✖' => out.push('*'),
            '÷' | '∕' | '⁄' => out.push('/'),
            '−' | '–' | '‒' | '﹣' => out.push('-'),
            '√' => out.push_str(" sqrt "),
            '∛' => out.push_str(" cbrt "),
            'π' => out.push_str(" pi "),
            '∞' => out.push_str(" infinity "),
            '∫' => out.push_str(" integral of "),
            'º' | '˚' => out.push('°'),
            '≤' | '⩽' => out.push('≤'),
            '≥' | '⩾' => out.push('≥'),
            '’' | '‘' | '`' => out.push('\''),
            '“' | '”' => out.push('"'),
            '…' => out.push_str("... "),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => out.push(' '),
            'µ' => out.push('μ'),
            '½' => fraction(&mut out, "1/2"),
            '⅓' => fraction(&mut out, "1/3"),
            '⅔' => fraction(&mut out, "2/3"),
            '¼' => fraction(&mut out, "1/4"),
            '¾' => fraction(&mut out, "3/4"),
            '⅕' => fraction(&mut out, "1/5"),
            '⅛' => fraction(&mut out, "1/8"),
            '⅜' => fraction(&mut out, "3/8"),
            other => out.push(other),
        }
    }
    if superscript {
        close(&mut out, None);
    }
    out.replace("**", "^")
        .replace("<=", "≤")
        .replace(">=", "≥")
        .replace("!=", "≠")
        .replace("=<", "≤")
}

/// Ends what was raised; one digit needs no parentheses, such as that of `cm²`.
fn close(out: &mut String, next: Option<char>) {
    let apart = next.is_none_or(|next| !next.is_alphanumeric() && next != '(' && next != '.');
    match out.rfind("^(") {
        Some(at) if apart && out.len() == at + 3 => drop(out.remove(at + 1)),
        _ => out.push(')'),
    }
}

/// Whether the `$` of a text stand around formulas: each second one ends something.
fn formulas(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..signs.len()).filter(|at| signs[*at] == '$').collect();
    let closes = |pair: &[usize]| match pair {
        [open, close] if close - open > 1 => {
            let next = signs.get(close + 1);
            !signs[close - 1].is_whitespace() && next.is_none_or(|next| !next.is_alphanumeric())
        }
        [open, close] => close - open == 1,
        _ => false,
    };
    !places.is_empty() && places.chunks(2).all(closes)
}

/// A fraction in one sign; after a digit it is the rest of a mixed number.
fn fraction(out: &mut String, text: &str) {
    if out.ends_with(|last: char| last.is_ascii_digit()) {
        out.push(' ');
        out.push_str(text);
    } else {
        out.push('(');
        out.push_str(text);
        out.push(')');
    }
}

fn raised(sign: char) -> Option<char> {
    Some(match sign {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁻' => '-',
        'ⁿ' => 'n',
        'ˣ' => 'x',
        _ => return None,
    })
}

/// What stands for a LaTeX command without arguments; others stay, and are then understood by nobody.
const COMMANDS: [(&str, &str); 42] = [
    ("cdot", "*"),
    ("times", "*"),
    ("div", "/"),
    ("left", ""),
    ("right", ""),
    ("displaystyle", ""),
    ("quad", " "),
    ("pi", " pi "),
    ("infty", " infinity "),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("lt", "<"),
    ("gt", ">"),
    ("neq", "≠"),
    ("ne", "≠"),
    ("circ", "°"),
    ("degree", "°"),
    ("sin", " sin "),
    ("cos", " cos "),
    ("tan", " tan "),
    ("cot", " cot "),
    ("sec", " sec "),
    ("csc", " csc "),
    ("arcsin", " arcsin "),
    ("arccos", " arccos "),
    ("arctan", " arctan "),
    ("sinh", " sinh "),
    ("cosh", " cosh "),
    ("tanh", " tanh "),
    ("ln", " ln "),
    ("log", " log"),
    ("exp", " exp "),
    ("lim", " limit "),
    ("to", " -> "),
    ("int", " integral of "),
    ("mod", " mod "),
    ("gcd", " gcd "),
    ("lfloor", " floor("),
    ("rfloor", ")"),
    ("vert", "|"),
];

fn latex(text: &str) -> String {
    // `$` delimits formulas where there are commands: amounts of money come without.
    let text = text
        .replace("\\(", " ")
        .replace("\\)", " ")
        .replace("\\[", " ")
        .replace("\\]", " ");
    let text = text.replace('$', " ").replace("{,}", ",").replace("\\%", "%");
    let text = text
        .replace("\\,", " ")
        .replace("\\;", " ")
        .replace("\\!", "")
        .replace("\\ ", " ");
    group(&text.chars().collect::<Vec<_>>(), 0)
}

/// Groups nest this deep at most; deeper ones stay as they are.
const DEPTH: usize = 24;

fn group(signs: &[char], depth: usize) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < signs.len() {
        if signs[at] == '{' && depth < DEPTH {
            let (inner, after) = argument(signs, at);
            out.push('(');
            out.push_str(&group(inner, depth + 1));
            out.push(')');
            at = after;
            continue;
        }
        if signs[at] != '\\' {
            out.push(signs[at]);
            at += 1;
            continue;
        }
        let end = signs[at + 1..]
            .iter()
            .position(|sign| !sign.is_ascii_alphabetic());
        let end = end.map_or(signs.len(), |length| at + 1 + length);
        let name: String = signs[at + 1..end].iter().collect();
        at = end;
        match name.as_str() {
            "frac" | "dfrac" | "tfrac" if depth < DEPTH => {
                let (above, after) = argument(signs, at);
                let (below, after) = argument(signs, after);
                let (above, below) = (group(above, depth + 1), group(below, depth + 1));
                let _ = write!(out, "(({above})/({below}))");
                at = after;
            }
            "sqrt" if signs.get(at) == Some(&'[') && depth < DEPTH => {
                let close = signs[at..].iter().position(|sign| *sign == ']');
                let close = close.map_or(signs.len(), |length| at + length);
                let index: String = signs[at + 1..close].iter().collect();
                let (inner, after) = argument(signs, (close + 1).min(signs.len()));
                let inner = group(inner, depth + 1);
                let _ = write!(out, " root({index}, {inner})");
                at = after;
            }
            "sqrt" if depth < DEPTH => {
                let (inner, after) = argument(signs, at);
                let _ = write!(out, " sqrt({})", group(inner, depth + 1));
                at = after;
            }
            "text" | "mathrm" | "operatorname" if depth < DEPTH => {
                let (inner, after) = argument(signs, at);
                let _ = write!(out, " {} ", inner.iter().collect::<String>());
                at = after;
            }
            "binom" if depth < DEPTH => {
                let (above, after) = argument(signs, at);
                let (below, after) = argument(signs, after);
                let (above, below) = (group(above, depth + 1), group(below, depth + 1));
                let _ = write!(out, " binomial({above}, {below})");
                at = after;
            }
            name => {
                if let Some((_, plain)) = COMMANDS.iter().find(|(command, _)| *command == name) {
                    out.push_str(plain);
                } else {
                    out.push('\\');
                    out.push_str(name);
                }
            }
        }
    }
    out
}

/// The argument of a command: a group in braces or one sign, and where it ends.
fn argument(signs: &[char], from: usize) -> (&[char], usize) {
    let start = signs[from..].iter().position(|sign| !sign.is_whitespace());
    let start = start.map_or(signs.len(), |blank| from + blank);
    if signs.get(start) != Some(&'{') {
        let end = (start + 1).min(signs.len());
        return (&signs[start..end], end);
    }
    let mut open = 0_usize;
    for (at, sign) in signs.iter().enumerate().skip(start) {
        match sign {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return (&signs[start + 1..at], at + 1);
        }
    }
    (&signs[start + 1..], signs.len())
}
