//! Tests of ranges.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{integer, number};
use std::ops::Bound;

#[test]
fn the_ends_of_a_range_belong_to_it_only_where_it_says_so() {
    assert_eq!(number("x", Some(0.0), 0.0..=2.0).unwrap(), Some(0.0));
    assert_eq!(number("x", Some(2.0), 0.0..=2.0).unwrap(), Some(2.0));
    let half_open = (Bound::Excluded(0.0), Bound::Included(1.0));
    assert!(number("x", Some(0.0), half_open).is_err());
    assert_eq!(number("x", Some(1.0), half_open).unwrap(), Some(1.0));
    assert_eq!(number("x", None, half_open).unwrap(), None);
}

#[test]
fn values_that_are_no_numbers_are_refused() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(
            number("x", Some(value), f64::NEG_INFINITY..=f64::INFINITY).is_err(),
            "{value}"
        );
    }
}

#[test]
fn the_message_names_field_value_and_range() {
    let error = integer("n", Some(9), 1..=8).unwrap_err();
    assert_eq!(error.message, "`n` is 9; it must be between 1 and 8");
    assert_eq!(error.param.as_deref(), Some("n"));
    let error = integer("n", Some(0), 1..).unwrap_err();
    assert_eq!(error.message, "`n` is 0; it must be at least 1");
}
