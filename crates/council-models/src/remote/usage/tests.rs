//! Tests of what is counted.

use super::*;
use proptest::prelude::*;

fn usage(input_tokens: u32, cached_tokens: u32, output_tokens: u32) -> Usage {
    Usage {
        input_tokens,
        cached_tokens,
        output_tokens,
    }
}

#[test]
fn what_is_plausible_is_believed_and_the_rest_counted_from_above() {
    let traffic = Traffic {
        sent: 300,
        streamed: 160,
    };
    for (reported, expected, estimated) in [
        (Some(usage(60, 10, 40)), usage(60, 10, 40), false),
        (Some(usage(60, 10, 10)), usage(60, 10, 10), false),
        (None, usage(100, 0, 54), true),
        (Some(usage(60, 0, 0)), usage(60, 0, 54), true),
        (Some(usage(60, 0, 9)), usage(60, 0, 54), true),
        (Some(usage(0, 0, 40)), usage(100, 0, 40), true),
        (Some(usage(60, 70, 40)), usage(60, 60, 40), true),
    ] {
        assert_eq!(settle(reported, traffic), (expected, estimated), "{reported:?}");
    }
}

proptest! {
    #[test]
    fn never_less_than_was_streamed_is_counted(
        input in 0_u32..10_000, cached in 0_u32..10_000, output in 0_u32..10_000,
        sent in 0_usize..100_000, streamed in 0_usize..100_000,
    ) {
        let (counted, _) = settle(Some(usage(input, cached, output)), Traffic { sent, streamed });
        prop_assert!(counted.output_tokens as usize * MOST_BYTES_A_TOKEN >= streamed);
        prop_assert!(counted.input_tokens >= input && counted.output_tokens >= output);
        prop_assert!(counted.cached_tokens <= counted.input_tokens);
    }
}
