//! Keys of services, tokens, passwords and private keys.

mod named;

use super::Finding;
use super::words::{char_before, joins};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use council_core::PrivacyKind;

/// How keys of well-known services begin, and how many characters at least follow.
const PREFIXES: &[(&str, usize)] = &[
    // OpenAI, Anthropic, OpenRouter, and others after their manner.
    ("sk-", 20),
    ("gsk_", 20),
    ("xai-", 20),
    ("r8_", 30),
    ("pplx-", 30),
    // GitHub, GitLab.
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 22),
    ("glpat-", 20),
    // Google.
    ("AIza", 35),
    ("ya29.", 20),
    ("GOCSPX-", 20),
    // Slack.
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xoxe.", 10),
    ("xapp-", 10),
    // Stripe.
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("rk_test_", 16),
    ("whsec_", 16),
    // Hugging Face, npm, PyPI, SendGrid, DigitalOcean, Shopify.
    ("hf_", 30),
    ("npm_", 30),
    ("pypi-", 50),
    ("SG.", 40),
    ("dop_v1_", 40),
    ("shpat_", 30),
];

/// How identifiers of Amazon's access keys begin; sixteen capitals and digits follow.
const AMAZON: &[&str] = &["AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA"];

pub(super) fn find(text: &str) -> Vec<Finding> {
    let mut found = private_keys(text);
    for (start, token) in tokens(text) {
        if let Some(length) = jwt(token) {
            found.push(Finding::new(PrivacyKind::Jwt, start..start + length));
        } else if let Some(length) = key(token) {
            found.push(Finding::new(PrivacyKind::ApiKey, start..start + length));
        }
    }
    found.extend(hooks(text));
    found.extend(named::find(text));
    found
}

/// Runs of what keys are made of, each with its position.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(is)?;
            let length = text[start..].find(|c| !is(c)).unwrap_or(text.len() - start);
            at = start + length;
            if !char_before(text, start).is_some_and(joins) {
                return Some((start, &text[start..at]));
            }
        }
    })
}

/// Three parts in base64url, the first of which is a JSON object.
fn jwt(token: &str) -> Option<usize> {
    let token = token.trim_end_matches(['.', '-', '_']);
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, signature] = parts[..] else {
        return None;
    };
    if !header.starts_with("eyJ") || body.len() < 4 || signature.len() < 8 {
        return None;
    }
    let decoded = URL_SAFE_NO_PAD.decode(header).ok()?;
    let object = serde_json::from_slice::<serde_json::Value>(&decoded)
        .ok()?
        .is_object();
    object.then_some(token.len())
}

fn key(token: &str) -> Option<usize> {
    let token = token.trim_end_matches(['.', '-']);
    for prefix in AMAZON {
        let rest = token.strip_prefix(prefix);
        if rest.is_some_and(|rest| {
            rest.len() == 16 && rest.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        }) {
            return Some(token.len());
        }
    }
    PREFIXES.iter().find_map(|(prefix, least)| {
        let rest = token.strip_prefix(prefix)?;
        // `sk-learn-something-very-long` has no digit.
        let random = rest.len() >= *least && rest.bytes().any(|c| c.is_ascii_digit());
        random.then_some(token.len())
    })
}

/// Addresses that are keys: whoever has one may write there.
fn hooks(text: &str) -> Vec<Finding> {
    ["hooks.slack.com/services/", "discord.com/api/webhooks/"]
        .iter()
        .flat_map(|prefix| text.match_indices(prefix))
        .filter_map(|(start, prefix)| {
            let from = start + prefix.len();
            let is = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
            let length = text[from..].find(|c| !is(c)).unwrap_or(text.len() - from);
            (length >= 16).then(|| Finding::new(PrivacyKind::ApiKey, from..from + length))
        })
        .collect()
}

/// From `-----BEGIN … PRIVATE KEY…-----` to its end; where that is missing, to the end of the text.
fn private_keys(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find("-----BEGIN ") {
        let start = at + offset;
        let title = &text[start + "-----BEGIN ".len()..];
        let title = title.split("-----").next().unwrap_or_default();
        at = start + "-----BEGIN ".len();
        if title.len() > 64 || !title.contains("PRIVATE KEY") {
            continue;
        }
        let close = format!("-----END {title}-----");
        let end = text[start..]
            .find(&close)
            .map_or(text.len(), |end| start + end + close.len());
        found.push(Finding::new(PrivacyKind::PrivateKey, start..end));
        at = end;
    }
    found
}
