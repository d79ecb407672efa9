//! Money.

use super::{BudgetError, CapKind, NanoUsd};
use crate::{Price, Usage};

fn usage(input_tokens: u32, output_tokens: u32) -> Usage {
    Usage {
        input_tokens,
        cached_tokens: 0,
        output_tokens,
    }
}

#[test]
fn tokens_cost_whole_units_and_never_less_than_the_price() {
    let price = Price {
        input_usd: 0.15,
        output_usd: 0.6,
    };
    assert_eq!(price.of(usage(0, 0)), NanoUsd::ZERO);
    assert_eq!(price.of(usage(1, 0)), NanoUsd(150));
    assert_eq!(price.of(usage(3, 7)), NanoUsd(3 * 150 + 7 * 600));
    let odd = Price {
        input_usd: 0.000_1,
        output_usd: 0.0,
    };
    assert_eq!(odd.of(usage(1, 0)), NanoUsd(1), "a fraction is rounded up");
    let most = price.of(usage(u32::MAX, u32::MAX));
    assert_eq!(most, NanoUsd(u64::from(u32::MAX) * 750));
}

#[test]
fn what_is_no_amount_of_money_is_nothing() {
    for usd in [-1.0, f64::NAN, f64::NEG_INFINITY, 0.0] {
        assert_eq!(NanoUsd::from_usd(usd), NanoUsd::ZERO, "{usd}");
    }
    assert_eq!(NanoUsd::from_usd(1.25), NanoUsd(1_250_000_000));
    assert_eq!(NanoUsd(5).less(NanoUsd(7)), NanoUsd::ZERO);
    assert_eq!(NanoUsd(u64::MAX).plus(NanoUsd(1)), NanoUsd(u64::MAX));
}

#[test]
fn amounts_read_as_dollars() {
    let written = |nano: u64| NanoUsd(nano).to_string();
    assert_eq!(written(0), "$0.00");
    assert_eq!(written(1_500_000_000), "$1.50");
    assert_eq!(written(12_300_000), "$0.0123");
    assert_eq!(written(4_500), "$0.000005");
}

#[test]
fn an_exceeded_bound_says_what_is_left_and_what_to_raise() {
    let error = BudgetError::Exceeded {
        kind: CapKind::Day,
        cap: NanoUsd::from_usd(1.0),
        used: NanoUsd::from_usd(0.75),
        asked: NanoUsd::from_usd(0.5),
        model: "gpt".to_owned(),
    };
    assert_eq!(
        error.to_string(),
        "a call of `gpt` may cost $0.5000, and of the daily budget of $1.00 there is $0.2500 left ($0.7500 is spent \
         or reserved); raise `budget.daily_usd`, or ask a local model"
    );
}
