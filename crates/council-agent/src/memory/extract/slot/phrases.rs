//! Words and phrases by which attributes and stances are known, in lower case.

/// Words that deny.
#[rustfmt::skip]
pub(super) const NEGATIONS: &[&str] = &[
    "not", "no", "never", "cannot", "can't", "don't", "doesn't", "didn't", "isn't", "aren't", "ain't",
    "wasn't", "weren't", "won't", "haven't", "hasn't", "hadn't", "neither", "nor", "nobody", "none",
    "nothing", "hardly", "without", "cant", "dont", "doesnt", "didnt", "isnt", "longer",
];

/// Verbs and adjectives of liking.
#[rustfmt::skip]
pub(super) const LIKING: &[&str] = &[
    "like", "likes", "love", "loves", "enjoy", "enjoys", "adore", "adores",
    "prefer", "prefers", "favorite", "favourite", "fond of", "fan of", "keen on", "favourites",
    "favorites",
];

/// Those of disliking.
#[rustfmt::skip]
pub(super) const DISLIKING: &[&str] = &[
    "hate", "hates", "dislike", "dislikes", "detest", "detests", "loathe", "loathes",
    "despise", "despises", "can't stand", "cannot stand", "can't bear", "cannot bear",
];

/// Words before "like" that make it a verb.
#[rustfmt::skip]
pub(super) const BEFORE_LIKE: &[&str] = &[
    "i", "we", "he", "she", "they", "who", "really", "also", "don't", "doesn't", "dont", "do", "does", "not", "always", "still",
    "actually", "never", "particularly", "especially", "quite", "and", "longer",
];

/// What was.
#[rustfmt::skip]
pub(super) const PAST: &[&str] = &[
    "used to", "lived", "worked", "was", "were", "had", "formerly", "back then", "years ago", "months ago",
    "as a child", "as a kid", "previous", "previously", "my ex", "my old", "until last", "got to know",
    "studied", "once upon",
];

/// What will be.
#[rustfmt::skip]
pub(super) const FUTURE: &[&str] = &[
    "will", "i'll", "we'll", "going to", "next week", "next month", "next year", "next summer", "next spring",
    "tomorrow", "plan to", "planning", "hope to", "want to", "wants to", "soon", "i'm moving", "is moving",
    "am moving",
];

/// What is over.
#[rustfmt::skip]
pub(super) const ENDED: &[&str] = &[
    "no longer", "any more", "anymore", "any longer", "stopped", "quit", "gave up", "used to", "not living",
];

/// Words by which values are not told apart: when, not what.
#[rustfmt::skip]
pub(super) const TIMES: &[&str] = &[
    "today", "yesterday", "tomorrow", "ago", "last", "next", "year", "years", "month", "months", "week",
    "weeks", "day", "days", "spring", "summer", "autumn", "fall", "winter", "morning", "evening", "night",
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend",
    "finally", "already", "longer", "anymore", "new", "always", "usually", "absolutely",
];

/// Animals.
#[rustfmt::skip]
pub(super) const ANIMALS: &[&str] = &[
    "dog", "dogs", "cat", "cats", "puppy", "kitten", "rabbit", "hamster", "horse", "bird", "parrot",
    "goldfish",
];

/// Whom one is with.
#[rustfmt::skip]
pub(super) const PARTNERS: &[&str] = &[
    "wife", "husband", "partner", "girlfriend", "boyfriend", "spouse", "fiancé", "fiancée", "fiance",
    "fiancee",
];

/// Occupations that the endings of [`is_occupation`] miss.
#[rustfmt::skip]
pub(super) const OCCUPATIONS: &[&str] = &[
    "nurse", "chef", "cook", "pilot", "architect", "student", "judge", "coach", "clerk", "ceo", "cto",
    "barista", "vet", "mechanic", "musician", "electrician", "technician", "librarian", "physician",
    "politician", "veterinarian", "mathematician", "midwife", "monk",
];

/// Words that end like occupations and are none.
#[rustfmt::skip]
pub(super) const NO_OCCUPATIONS: &[&str] = &[
    "mother", "father", "brother", "sister", "daughter", "beginner", "member", "lover", "believer", "owner",
    "newcomer", "foreigner", "stranger", "outsider", "smoker", "drinker", "teenager", "winner", "loser",
    "immigrant", "number", "computer", "riser", "another", "other", "sucker", "eater", "senior", "minor",
    "after",
];

/// Months. "May" is seldom one.
#[rustfmt::skip]
pub(super) const MONTHS: &[&str] = &[
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
];

/// Words before "vegan" that say of somebody that they are.
#[rustfmt::skip]
pub(super) const BEING: &[&str] = &[
    "i'm", "im", "am", "is", "are", "been", "became", "become", "turned", "went", "strictly", "a", "mostly", "fully", "not", "longer",
];

/// What such a word is itself.
#[rustfmt::skip]
pub(super) const DIETS: &[&str] = &[
    "vegan", "vegetarian", "pescatarian",
];
