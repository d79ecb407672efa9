//! Moments as clients write them: seconds since the Unix epoch, or a date and time.

use crate::error::ApiError;
use council_core::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// Seconds since the Unix epoch, or text: RFC 3339, or `YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD` in UTC.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(
    untagged,
    expecting = "seconds since 1970 or a date and time such as 2026-05-08T13:56:00Z"
)]
pub(crate) enum TimeField {
    Seconds(f64),
    Text(String),
}

impl TimeField {
    /// The moment to the nanosecond, in UTC; beyond the year 9999, which text cannot say, in seconds.
    pub(super) fn exact(moment: Timestamp) -> Self {
        let since_epoch = moment.since(Timestamp::default());
        let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
        let nanos = i32::try_from(since_epoch.subsec_nanos()).unwrap_or_default();
        match jiff::Timestamp::new(seconds, nanos) {
            Ok(time) => Self::Text(time.to_string()),
            Err(_) => Self::Seconds(moment.as_secs_f64()),
        }
    }

    /// The moment.
    pub(super) fn read(&self, at: &str) -> Result<Timestamp, ApiError> {
        let moment = match self {
            Self::Seconds(seconds) => Duration::try_from_secs_f64(*seconds).ok(),
            Self::Text(text) => parse(text.trim()),
        };
        moment.map(Timestamp::from_duration).ok_or_else(|| no_moment(at))
    }
}

/// The moment that a query parameter names: the same in text.
pub(super) fn parameter(at: &str, text: &str) -> Result<Timestamp, ApiError> {
    let field = match text.trim().parse() {
        Ok(seconds) => TimeField::Seconds(seconds),
        Err(_) => TimeField::Text(text.to_owned()),
    };
    field.read(at)
}

fn no_moment(at: &str) -> ApiError {
    let message = format!(
        "`{at}` is no moment since 1970; send seconds since 1970, or text such as 2026-05-08T13:56:00Z"
    );
    ApiError::invalid(at, message)
}

fn parse(text: &str) -> Option<Duration> {
    let civil = || {
        let day_and_time = text.parse::<DateTime>().ok();
        let day = || text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0));
        let local = day_and_time.or_else(day)?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(civil)?;
    Duration::try_from(moment.as_duration()).ok()
}
