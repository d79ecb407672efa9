//! Numbers are written without loss, and bounded.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

#[test]
fn finite_decimals_are_written_as_such_and_others_as_fractions() {
    let table = [
        (ratio(1, 8), "0.125"),
        (ratio(-7, 2), "-3.5"),
        (ratio(1, 3), "1/3"),
        (ratio(42, 1), "42"),
        (ratio(-5, 6), "-5/6"),
        (ratio(1, 1_000_000), "0.000001"),
    ];
    for (number, text) in table {
        assert_eq!(exact(&number), text);
    }
}

#[test]
fn rounding_goes_away_from_zero_at_halves() {
    assert_eq!(fixed(&ratio(5, 2), 0), "3");
    assert_eq!(fixed(&ratio(-5, 2), 0), "-3");
    assert_eq!(fixed(&ratio(1, 200), 2), "0.01");
    assert_eq!(rounded(&ratio(2, 3), 6), "0.666667");
    assert_eq!(rounded(&ratio(200_000, 3), 6), "66666.7");
    assert_eq!(rounded(&ratio(200_000_000, 3), 6), "6.66667 × 10^7");
    assert_eq!(rounded(&ratio(2, 300_000), 3), "0.00000667");
}

#[test]
fn what_would_be_too_long_is_refused() {
    assert!(matches!(
        power(&whole(9), &BigInt::from(387_420_489)),
        Err(Trouble::TooBig(_))
    ));
    assert!(matches!(
        factorial(&BigInt::from(100_000)),
        Err(Trouble::TooBig(_))
    ));
    assert!(matches!(
        power(&whole(0), &BigInt::from(-1)),
        Err(Trouble::Undefined(_))
    ));
    assert_eq!(
        power(&whole(-1), &BigInt::from(10).pow(30_u32)).unwrap(),
        whole(1)
    );
}

proptest! {
    #[test]
    fn what_is_written_is_the_number(above in -1_000_000_i64..1_000_000, below in 1_i64..100_000) {
        let number = ratio(above, below);
        let text = exact(&number);
        let read = if let Some((above, below)) = text.split_once('/') {
            Rational::new(above.parse().unwrap(), below.parse().unwrap())
        } else {
                let (before, after) = text.split_once('.').unwrap_or((&text, ""));
                Rational::new(format!("{before}{after}").parse().unwrap(), BigInt::from(10).pow(after.len() as u32))
        };
        prop_assert_eq!(read, number);
    }

    #[test]
    fn rounding_is_as_near_as_its_digits(above in -1_000_000_i64..1_000_000, below in 1_i64..100_000) {
        let number = ratio(above, below);
        let near: f64 = rounded(&number, 12).parse().unwrap();
        let exact = above as f64 / below as f64;
        prop_assert!((near - exact).abs() <= exact.abs() * 1e-11);
    }
}
