//! Which time a question speaks of.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{time_of, told_of};
use council_core::Timestamp;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') {
        format!("{text}Z")
    } else {
        format!("{text}T00:00:00Z")
    };
    let moment: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(moment.as_millisecond() as u64)
}

/// Asked on Wednesday, the 14th of May 2025, at half past three in the afternoon.
fn now() -> Timestamp {
    at("2025-05-14T15:30:00")
}

#[track_caller]
fn check(question: &str, from: &str, to: &str) {
    assert_eq!(time_of(question, now()), Some((at(from), at(to))), "{question}");
}

#[test]
fn days_near_today_are_understood() {
    check("What did I say yesterday?", "2025-05-13", "2025-05-14");
    check("What was my plan for today", "2025-05-14", "2025-05-15");
    check(
        "what did she tell me this morning?",
        "2025-05-14T04:00:00",
        "2025-05-14T12:00:00",
    );
    check(
        "Who called yesterday evening?",
        "2025-05-13T17:00:00",
        "2025-05-14",
    );
    check(
        "what did we eat last night",
        "2025-05-13T18:00:00",
        "2025-05-14T05:00:00",
    );
    check(
        "Where were we the day before yesterday?",
        "2025-05-12",
        "2025-05-13",
    );
    check("Who came on Tuesday?", "2025-05-13", "2025-05-14");
    check("Who came on Wednesday?", "2025-05-07", "2025-05-08");
    check("What happened last Friday?", "2025-05-09", "2025-05-10");
}

#[test]
fn weeks_months_and_years_are_those_of_the_calendar() {
    check("What did we do last week?", "2025-05-05", "2025-05-12");
    check("what did we do this week", "2025-05-12", "2025-05-19");
    check("What did they do last weekend?", "2025-05-10", "2025-05-12");
    check("Where did I travel last month?", "2025-04-01", "2025-05-01");
    check("What did I read last year?", "2024-01-01", "2025-01-01");
    check("What have I read this year?", "2025-01-01", "2026-01-01");
    check("the week before last", "2025-04-28", "2025-05-05");
}

#[test]
fn what_is_counted_back_is_as_precise_as_its_unit() {
    check("what happened three days ago", "2025-05-11", "2025-05-12");
    check("What did I say two weeks ago?", "2025-04-27", "2025-05-04");
    check("Who wrote a week ago?", "2025-05-04", "2025-05-11");
    check("What was I doing 2 months ago?", "2025-03-01", "2025-04-01");
    check("where did I live five years ago", "2020-01-01", "2021-01-01");
    check("a couple of days ago", "2025-05-11", "2025-05-14");
    check(
        "what did I ask an hour ago",
        "2025-05-14T13:30:00",
        "2025-05-14T15:30:00",
    );
}

#[test]
fn the_last_of_something_reaches_up_to_now() {
    check("over the last two weeks", "2025-04-30", "2025-05-14T15:30:00");
    check("in the past few days", "2025-05-11", "2025-05-14T15:30:00");
    check("in the past month", "2025-04-14", "2025-05-14T15:30:00");
}

#[test]
fn dates_are_understood_with_and_without_a_year() {
    check("What happened on 8 May 2023?", "2023-05-08", "2023-05-09");
    check("What happened on May 8th, 2023?", "2023-05-08", "2023-05-09");
    check("on the 8th of May 2023", "2023-05-08", "2023-05-09");
    check("notes of 2023-05-08", "2023-05-08", "2023-05-09");
    check("notes of 2023-05", "2023-05-01", "2023-06-01");
    check("What did I buy on 20 November?", "2024-11-20", "2024-11-21");
    check("What did I buy on May 3?", "2025-05-03", "2025-05-04");
    check("In May 2023, who moved?", "2023-05-01", "2023-06-01");
    check("Who moved in May?", "2025-05-01", "2025-06-01");
    check("Who moved in the early June?", "2024-06-01", "2024-07-01");
    check("Who moved last May?", "2024-05-01", "2024-06-01");
    check("Who moved last March?", "2025-03-01", "2025-04-01");
    check("Who moved in 2021?", "2021-01-01", "2022-01-01");
    check("the 29th of February", "2024-02-29", "2024-03-01");
}

#[test]
fn seasons_and_feasts_are_understood() {
    check("What did we do over the summer?", "2024-06-01", "2024-09-01");
    check("last summer", "2024-06-01", "2024-09-01");
    check("last spring", "2024-03-01", "2024-06-01");
    check("this spring", "2025-03-01", "2025-06-01");
    check("in winter 2022", "2022-12-01", "2023-03-01");
    check("in the summer of 2022", "2022-06-01", "2022-09-01");
    check("What did I get for Christmas?", "2024-12-24", "2024-12-27");
    check("on New Year's Eve", "2024-12-31", "2025-01-02");
}

#[test]
fn a_time_may_be_told_by_another() {
    check("since March", "2025-03-01", "2025-05-14T15:30:00");
    check("What changed before Christmas?", "1970-01-01", "2024-12-24");
    check("after 8 May 2023", "2023-05-09", "2025-05-14T15:30:00");
    check("between May 2023 and March 2024", "2023-05-01", "2024-04-01");
    check("from 3 May 2023 to 9 May 2023", "2023-05-03", "2023-05-10");
}

#[test]
fn days_before_and_after_a_date_are_found() {
    check("the Friday before 9 October, 2022", "2022-10-07", "2022-10-08");
    check(
        "on the Sunday before October 25, 2022",
        "2022-10-23",
        "2022-10-24",
    );
    check("the Monday after 9 October 2022", "2022-10-10", "2022-10-11");
    check("last week before 23 January, 2023", "2023-01-16", "2023-01-23");
    check("a week before 24 August 2023", "2023-08-17", "2023-08-24");
    check("two weeks after 3 June 2022", "2022-06-04", "2022-06-18");
    check("the weekend before 3 June 2022", "2022-05-28", "2022-05-30");
}

#[test]
fn words_that_only_look_like_times_are_none() {
    for question in [
        "What is the capital of France?",
        "May I ask you something?",
        "Did April call?",
        "Who will march with us?",
        "Did the leaves fall?",
        "Is 1984 a good book?",
        "What did she do before she moved?",
        "How old is the last unicorn?",
        "What shall we do next week?",
        "what do we do on 3 June 2027",
        "",
        "5/8/2023",
    ] {
        assert_eq!(time_of(question, now()), None, "{question}");
    }
}

#[test]
fn numbers_without_sense_are_no_times() {
    for question in [
        "999999999999999999999 years ago",
        "9999 years ago",
        "32 May 2023",
        "the last 9999 years",
        "2023-13-01",
        "2023-00",
        "0 days ago and 99999 weeks before 1 January 1970",
    ] {
        if let Some((from, to)) = time_of(question, now()) {
            assert!(from < to, "{question}");
        }
    }
    // A day that there is not leaves its month.
    assert_eq!(
        time_of("32 May 2023", now()),
        Some((at("2023-05-01"), at("2023-06-01")))
    );
}

#[test]
fn the_time_of_telling_is_longer_by_what_it_lasted_and_at_most_a_week() {
    let day = (at("2025-05-13"), at("2025-05-14"));
    assert_eq!(told_of(day), (at("2025-05-13"), at("2025-05-15")));
    let month = (at("2025-04-01"), at("2025-05-01"));
    assert_eq!(told_of(month), (at("2025-04-01"), at("2025-05-08")));
}

const PIECES: [&str; 40] = [
    "last",
    "this",
    "the",
    "past",
    "before",
    "after",
    "since",
    "between",
    "and",
    "week",
    "weeks",
    "months",
    "year",
    "days",
    "ago",
    "a",
    "couple",
    "of",
    "few",
    "two",
    "12",
    "31st",
    "2023",
    "9999",
    "0",
    "May",
    "february",
    "in",
    "on",
    "tuesday",
    "summer",
    "winter",
    "christmas",
    "new",
    "yesterday",
    "night",
    "-",
    "weekend",
    "hour",
    "2100",
];

proptest! {
    #[test]
    fn any_text_at_any_time_gives_a_time_that_has_begun_or_none(text in ".{0,80}", now in 0u64..9_000_000_000_000) {
        let now = Timestamp::from_millis(now);
        if let Some((from, to)) = time_of(&text, now) {
            prop_assert!(from < to && from <= now);
        }
    }

    #[test]
    fn any_words_of_time_give_a_time_that_has_begun_or_none(
        words in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8),
        now in any::<u64>(),
    ) {
        let (text, now) = (words.join(" "), Timestamp::from_millis(now));
        if let Some((from, to)) = time_of(&text, now) {
            prop_assert!(from < to && from <= now, "{text}");
        }
    }
}
