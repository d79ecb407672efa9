//! Numbers within their ranges, or an error that names field, value and range.

use crate::error::ApiError;
use std::ops::{Bound, RangeBounds};

/// A number in `range`, where one is given.
pub(crate) fn number(
    field: &str,
    value: Option<f64>,
    range: impl RangeBounds<f64>,
) -> Result<Option<f32>, ApiError> {
    let Some(value) = value else { return Ok(None) };
    if value.is_finite() && range.contains(&value) {
        return Ok(Some(value as f32));
    }
    Err(ApiError::invalid(
        field,
        format!("`{field}` is {value}; it must be {}", words(&range)),
    ))
}

/// An integer in `range`, where one is given.
pub(crate) fn integer(
    field: &str,
    value: Option<i64>,
    range: impl RangeBounds<i64>,
) -> Result<Option<i64>, ApiError> {
    match value {
        Some(value) if !range.contains(&value) => Err(ApiError::invalid(
            field,
            format!("`{field}` is {value}; it must be {}", words(&range)),
        )),
        fitting => Ok(fitting),
    }
}

fn words<T: std::fmt::Display>(range: &impl RangeBounds<T>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(low), Bound::Included(high)) => format!("between {low} and {high}"),
        (Bound::Excluded(low), Bound::Included(high)) => format!("greater than {low} and at most {high}"),
        (Bound::Included(low), _) => format!("at least {low}"),
        (Bound::Excluded(low), _) => format!("greater than {low}"),
        (Bound::Unbounded, Bound::Included(high)) => format!("at most {high}"),
        (Bound::Unbounded, _) => "a number".to_owned(),
    }
}

#[cfg(test)]
mod tests;
