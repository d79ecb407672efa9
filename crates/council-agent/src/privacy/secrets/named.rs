//! Secrets that nothing but a word before them gives away: `password: …`, `API_KEY=…`, `Authorization: Bearer …`,
//! `https://user:…@host`.

use super::super::Finding;
use council_core::PrivacyKind;
use std::collections::HashMap;
use std::ops::Range;

/// Names end with these, without regard to case, hyphens and underscores. A person chose what follows.
const CHOSEN: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "passwort",
    "kennwort",
    "motdepasse",
    "contraseña",
    "senha",
    "wachtwoord",
];

/// The same for what a machine drew.
const DRAWN: &[&str] = &[
    "apikey",
    "secret",
    "secretkey",
    "secretaccesskey",
    "accesskey",
    "accesstoken",
    "authtoken",
    "refreshtoken",
    "token",
    "clientsecret",
    "privatekey",
    "authkey",
    "credential",
    "credentials",
    "signingkey",
    "encryptionkey",
    "accountkey",
    "webhooksecret",
    "apisecret",
    "apitoken",
];

/// Between a name and its secret, beside `:` and `=`.
const IS: &[&str] = &["is", "ist", "est", "es", "é"];

pub(super) fn find(text: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut before = "";
    for range in words(text) {
        let word = &text[range.clone()];
        let name: String = word
            .chars()
            .filter(|c| !matches!(c, '_' | '-'))
            .flat_map(char::to_lowercase)
            .collect();
        // `api key`, `mot de passe`: names of several words.
        let joined = format!("{}{name}", before.to_lowercase());
        let chosen = CHOSEN.iter().any(|end| name.ends_with(end)) || (name == "passe" && before == "de");
        let drawn = DRAWN
            .iter()
            .any(|end| name.ends_with(end) || joined.ends_with(end));
        let carried = matches!(name.as_str(), "bearer" | "basic");
        before = word;
        let value = if carried {
            value_after_space(text, range.end)
        } else if chosen || drawn {
            value_after_sign(text, range.end)
        } else {
            None
        };
        let Some(value) = value else { continue };
        let secret = &text[value.clone()];
        if (chosen && could_be_chosen(secret)) || ((drawn || carried) && could_be_drawn(secret)) {
            found.push(Finding::new(PrivacyKind::ApiKey, value));
        }
    }
    found.extend(in_addresses(text));
    found
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is)?;
        let length = text[start..].find(|c| !is(c)).unwrap_or(text.len() - start);
        at = start + length;
        Some(start..at)
    })
}

/// `: value`, `= "value"`, ` is value`.
fn value_after_sign(text: &str, from: usize) -> Option<Range<usize>> {
    let after_quote = text[from..].trim_start_matches(['"', '\'', '`', '*', ']', ')']);
    let rest = after_quote.trim_start_matches([' ', '\t']);
    let signed = rest.trim_start_matches([':', '=', '>']);
    let value = if signed.len() < rest.len() {
        signed
    } else {
        IS.iter()
            .find_map(|word| {
                rest.strip_prefix(word)
                    .filter(|rest| rest.starts_with([' ', ':']))
            })?
            .trim_start_matches(':')
    };
    value_at(text, text.len() - value.len())
}

fn value_after_space(text: &str, from: usize) -> Option<Range<usize>> {
    text[from..]
        .starts_with(' ')
        .then(|| value_at(text, from))
        .flatten()
}

/// What stands there, without quotation marks and what ends a value.
fn value_at(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text[from..].trim_start_matches([' ', '\t']);
    let value = rest.trim_start_matches(['"', '\'', '`', '*']);
    let start = text.len() - value.len();
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | ',' | ';' | '<' | '>' | '{' | '}' | '(' | ')'
            )
    };
    let length = value.find(ends).unwrap_or(value.len());
    // A call is code that gets the secret from elsewhere.
    if value[length..].starts_with('(') {
        return None;
    }
    let value = value[..length].trim_end_matches(['.', '!', '?', ':', '*', '\\']);
    (!value.is_empty()).then(|| start..start + value.len())
}

/// Letters with digits or signs between them, and not one of our placeholders or somebody else's.
fn could_be_chosen(secret: &str) -> bool {
    let letter = secret.chars().any(char::is_alphabetic);
    let other = secret
        .chars()
        .any(|c| !c.is_alphabetic() && !matches!(c, '_' | '-' | '.'));
    (6..=128).contains(&secret.chars().count()) && letter && other && !stands_for_another(secret)
}

/// At least sixteen characters that change between kinds as chance does, and hardly repeat.
fn could_be_drawn(secret: &str) -> bool {
    if !(16..=512).contains(&secret.len()) || !secret.is_ascii() || stands_for_another(secret) {
        return false;
    }
    let kind = |c: u8| match c {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    };
    let letters: Vec<u8> = secret.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let changes = letters
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count();
    let digits = letters.iter().filter(|c| c.is_ascii_digit()).count();
    digits > 0 && changes >= 4 && entropy(secret) >= 3.0
}

/// `${TOKEN}`, `$TOKEN`, `<token>`, `[API_KEY_1]`, `your-token-here`, `****`.
fn stands_for_another(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    secret.starts_with(['$', '%', '<', '[', '{', '&', '/'])
        || [
            "your",
            "xxxx",
            "****",
            "example",
            "placeholder",
            "changeme",
            "...",
            "env.",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// Shannon entropy, in bits per character.
fn entropy(text: &str) -> f64 {
    let mut counts: HashMap<u8, u32> = HashMap::new();
    for byte in text.bytes() {
        *counts.entry(byte).or_default() += 1;
    }
    let length = text.len() as f64;
    counts
        .values()
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum()
}

/// The password in `scheme://user:password@host`.
fn in_addresses(text: &str) -> Vec<Finding> {
    text.match_indices("://")
        .filter_map(|(at, sign)| {
            let from = at + sign.len();
            let rest = &text[from..];
            let length = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>' | '?' | '#'))
                .unwrap_or(rest.len());
            let (login, _host) = rest[..length].rsplit_once('@')?;
            let (user, password) = login.split_once(':')?;
            let start = from + user.len() + 1;
            let secret = !password.is_empty() && !stands_for_another(password);
            secret.then(|| Finding::new(PrivacyKind::ApiKey, start..start + password.len()))
        })
        .collect()
}
