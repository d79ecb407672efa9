//! Tests of what is found, and of placeholders.
#![expect(clippy::unwrap_used, reason = "tests")]

mod lookalikes;
mod placeholders;

use super::*;
use PrivacyKind::{ApiKey, Card, Email, Iban, Jwt, NationalId, Phone, PrivateKey};

/// What is found in `text`, each as kind and text.
pub(super) fn found(text: &str) -> Vec<(PrivacyKind, &str)> {
    Scanner::default()
        .find(text)
        .into_iter()
        .map(|finding| (finding.kind, &text[finding.range]))
        .collect()
}

#[track_caller]
fn check(table: &[(&str, PrivacyKind, &str)]) {
    for (text, kind, expected) in table {
        assert_eq!(found(text), [(*kind, *expected)], "in {text:?}");
    }
}

#[test]
fn addresses_are_found_in_sentences() {
    check(&[
        (
            "Write to ada.lovelace+news@mail.example.org.",
            Email,
            "ada.lovelace+news@mail.example.org",
        ),
        ("<mailto:ada@example.co.uk>", Email, "ada@example.co.uk"),
        ("mail=ada@example.org;", Email, "ada@example.org"),
        ("(ada_l@example.museum)", Email, "ada_l@example.museum"),
        ("Grüße an jörg@müller.de", Email, "jörg@müller.de"),
    ]);
}

#[test]
fn telephone_numbers_are_found_in_their_usual_forms() {
    check(&[
        ("ring +49 171 1234567 now", Phone, "+49 171 1234567"),
        ("+442079460958", Phone, "+442079460958"),
        ("+1 (212) 555-0123", Phone, "+1 (212) 555-0123"),
        ("0049 30 901820", Phone, "0049 30 901820"),
        ("(212) 555-0123", Phone, "(212) 555-0123"),
        ("212-555-0123", Phone, "212-555-0123"),
        ("1-800-555-0199", Phone, "1-800-555-0199"),
        ("0171/1234567", Phone, "0171/1234567"),
        ("020 7946 0958", Phone, "020 7946 0958"),
        ("06 12 34 56 78", Phone, "06 12 34 56 78"),
        ("06.12.34.56.78", Phone, "06.12.34.56.78"),
        ("My phone number: 5551234567", Phone, "5551234567"),
        ("Tel. 612 34 56 78", Phone, "612 34 56 78"),
        ("Handy: 01711234567", Phone, "01711234567"),
    ]);
}

#[test]
fn bank_accounts_and_cards_are_found_with_and_without_spaces() {
    check(&[
        ("DE89370400440532013000", Iban, "DE89370400440532013000"),
        (
            "to DE89 3704 0044 0532 0130 00, please",
            Iban,
            "DE89 3704 0044 0532 0130 00",
        ),
        ("GB82 WEST 1234 5698 7654 32", Iban, "GB82 WEST 1234 5698 7654 32"),
        (
            "fr14 2004 1010 0505 0001 3m02 606",
            Iban,
            "fr14 2004 1010 0505 0001 3m02 606",
        ),
        ("4111 1111 1111 1111", Card, "4111 1111 1111 1111"),
        ("card 5500-0000-0000-0004.", Card, "5500-0000-0000-0004"),
        ("378282246310005", Card, "378282246310005"),
        ("6011111111111117", Card, "6011111111111117"),
        (
            "In 2023 I paid with 4111 1111 1111 1111",
            Card,
            "4111 1111 1111 1111",
        ),
    ]);
}

#[test]
fn national_numbers_are_found_by_their_form_and_their_check() {
    check(&[
        ("SSN 123-45-6789", NationalId, "123-45-6789"),
        ("social security number 123456789", NationalId, "123456789"),
        ("NI: AB 12 34 56 C", NationalId, "AB 12 34 56 C"),
        ("QQ123456C AB123456C", NationalId, "AB123456C"),
        ("Steuer-ID 86 095 742 719", NationalId, "86 095 742 719"),
        ("86095742719", NationalId, "86095742719"),
        ("1 84 05 12 345 678 82", NationalId, "1 84 05 12 345 678 82"),
        ("190012A12345615", NationalId, "190012A12345615"),
        ("BSN 111222333", NationalId, "111222333"),
        ("DNI 12345678Z", NationalId, "12345678Z"),
        ("X1234567L", NationalId, "X1234567L"),
        ("RSSMRA85T10A562S", NationalId, "RSSMRA85T10A562S"),
        ("756.1234.5678.97", NationalId, "756.1234.5678.97"),
    ]);
}

#[test]
fn keys_tokens_and_passwords_are_found() {
    let openai = format!("sk-proj-{}", "a1B2c3D4e5F6g7H8i9J0");
    let anthropic = format!("sk-ant-api03-{}", "a1B2c3D4e5F6g7H8i9J0");
    let github = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8");
    let google = format!("AIza{}", "SyA1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g");
    let slack = format!("xoxb-{}", "123456789012-abcdefABCDEF");
    let stripe = format!("sk_live_{}", "a1B2c3D4e5F6g7H8");
    let amazon = format!("AKIA{}", "IOSFODNN7EXAMPL3");
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLWhlcmU";
    for key in [&openai, &anthropic, &github, &google, &slack, &stripe, &amazon] {
        let text = format!("export KEY={key}\n");
        assert_eq!(found(&text), [(ApiKey, key.as_str())], "{key}");
    }
    check(&[
        (
            "Authorization: Bearer q8Zt4Lm2Xw9Rb6Yv1Ks3",
            ApiKey,
            "q8Zt4Lm2Xw9Rb6Yv1Ks3",
        ),
        ("password: hunter2!", ApiKey, "hunter2"),
        ("my password is tr0ub4dor&3", ApiKey, "tr0ub4dor&3"),
        (
            "{\"client_secret\": \"q8Zt4Lm2Xw9Rb6Yv1Ks3\"}",
            ApiKey,
            "q8Zt4Lm2Xw9Rb6Yv1Ks3",
        ),
        ("API key = 'q8Zt4Lm2Xw9Rb6Yv1Ks3'", ApiKey, "q8Zt4Lm2Xw9Rb6Yv1Ks3"),
        ("postgres://ada:s3cr3t@db.example.org/x", ApiKey, "s3cr3t"),
        (
            "https://hooks.slack.com/services/T000/B000/XXXXYYYYZZZZ",
            ApiKey,
            "T000/B000/XXXXYYYYZZZZ",
        ),
    ]);
    assert_eq!(found(&format!("token {jwt}")), [(Jwt, jwt)]);
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----";
    assert_eq!(found(&format!("key:\n{pem}\nend")), [(PrivateKey, pem)]);
    let cut = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz";
    assert_eq!(found(cut), [(PrivateKey, cut)]);
}

#[test]
fn marked_files_are_found_by_name_and_by_path() {
    let scanner = Scanner::new(&[PathBuf::from("/home/ada/tax-2024.pdf")]);
    let text = "Read Tax-2024.pdf or /home/ada/tax-2024.pdf, not mytax-2024.pdf.";
    let found: Vec<&str> = scanner
        .find(text)
        .into_iter()
        .map(|finding| &text[finding.range])
        .collect();
    assert_eq!(found, ["Tax-2024.pdf", "/home/ada/tax-2024.pdf"]);
}

#[test]
fn several_things_in_one_text_are_found_in_order() {
    let text = "Ada (ada@example.org, +44 20 7946 0958) pays from DE89 3704 0044 0532 0130 00.";
    let kinds: Vec<PrivacyKind> = found(text).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [Email, Phone, Iban]);
}
