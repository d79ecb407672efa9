//! Tests of the table of prices.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_name_holds_for_its_dated_versions_and_only_at_its_own_provider() {
    let prices = Prices::builtin().unwrap();
    let output = |url: &str, model: &str| prices.of(url, model).map(|price| price.output_usd);
    let openai = "https://api.openai.com/v1";
    assert_eq!(output(openai, "gpt-4o-mini-2024-07-18"), Some(0.60));
    assert_eq!(output(openai, "gpt-4o-2024-08-06"), Some(10.0));
    assert_eq!(
        output("https://api.anthropic.com/v1", "claude-opus-4-1"),
        Some(75.0)
    );
    assert_eq!(output(openai, "o3"), Some(8.0));
    assert_eq!(output(openai, "o3-pro"), None);
    assert_eq!(output(openai, "gpt-4o-audio-preview"), None);
    assert_eq!(output(openai, "claude-opus-4-1"), None);
    assert_eq!(output("https://openai.com.example.org/v1", "gpt-4o"), None);
    assert_eq!(output("http://127.0.0.1:8000/v1", "gpt-4o"), None);
}

#[test]
fn every_price_is_above_zero_and_the_table_is_dated() {
    let prices = Prices::builtin().unwrap();
    assert_eq!(prices.as_of.len(), "2025-11".len());
    for charge in prices.providers.values().flat_map(|charges| &charges.models) {
        assert!(
            charge.input_usd > 0.0 && charge.output_usd >= charge.input_usd,
            "{charge:?}"
        );
    }
}
