//! E-mail addresses.

use super::Finding;
use council_core::PrivacyKind;

pub(super) fn find(text: &str) -> Vec<Finding> {
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let start = text[..at]
                .char_indices()
                .rev()
                .take_while(|(_, c)| is_local(*c))
                .last()
                .map(|(start, _)| start)?;
            // A sentence's dot or quotation mark before it is none of its own.
            let start = at - text[start..at].trim_start_matches(['.', '\'']).len();
            let local = &text[start..at];
            let domain: &str = &text[at + 1..];
            let length = domain
                .find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.'))
                .unwrap_or(domain.len());
            let domain = domain[..length].trim_end_matches(['.', '-']);
            let address = !local.is_empty() && !local.ends_with('.') && is_domain(domain);
            // `git@host` is how repositories are named.
            (address && local != "git")
                .then(|| Finding::new(PrivacyKind::Email, start..at + 1 + domain.len()))
        })
        .collect()
}

/// The characters of RFC 5321's `Dot-string` that addresses in use have, and letters of other scripts (RFC 6531).
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._%+-'".contains(c)
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let Some((last, before)) = labels.split_last() else {
        return false;
    };
    let top =
        last.chars().count() >= 2 && (last.chars().all(char::is_alphabetic) || last.starts_with("xn--"));
    top && !before.is_empty()
        && before
            .iter()
            .all(|label| !label.is_empty() && !label.starts_with('-'))
}
