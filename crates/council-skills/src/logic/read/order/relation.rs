//! Words that tell how two things stand to each other, or where one stands.

use crate::logic::words::{Word, number, ordinal, stem};

/// The dimension of rows, queues and races, in which no two are level.
pub(super) const PLACE: &str = "place";

/// Where something stands. In a row the start is the left, the front or the winner; with heights, the smallest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Before {
        dimension: String,
        direct: bool,
    },
    After {
        dimension: String,
        direct: bool,
    },
    /// Equally; `as tall as` says which end is meant where it is denied, `the same height as` does not.
    Level {
        dimension: String,
        more: Option<bool>,
    },
    NextTo,
    Between {
        direct: bool,
    },
    /// The `nth` from the start or from the end of a row.
    From {
        start: bool,
        nth: usize,
    },
    AnEnd,
    Middle,
    /// The `nth` of all, counted from the largest where `first` is false.
    Extreme {
        dimension: String,
        first: bool,
        nth: usize,
    },
}

impl Relation {
    pub(super) fn dimension(&self) -> String {
        match self {
            Self::Before { dimension, .. }
            | Self::After { dimension, .. }
            | Self::Level { dimension, .. }
            | Self::Extreme { dimension, .. } => dimension.clone(),
            Self::NextTo | Self::Between { .. } | Self::From { .. } | Self::AnEnd | Self::Middle => {
                PLACE.to_owned()
            }
        }
    }

    /// How many things it takes besides the subject.
    pub(super) fn objects(&self) -> usize {
        match self {
            Self::Before { .. } | Self::After { .. } | Self::Level { .. } | Self::NextTo => 1,
            Self::Between { .. } => 2,
            Self::From { .. } | Self::AnEnd | Self::Middle | Self::Extreme { .. } => 0,
        }
    }
}

/// Pairs of words for more and for less of something.
const PAIRS: &[(&str, &[&str], &[&str])] = &[
    ("height", &["tall"], &["short"]),
    ("age", &["old", "elder", "eld"], &["young"]),
    ("weight", &["heavy"], &["light"]),
    ("speed", &["fast", "quick", "swift"], &["slow"]),
    ("size", &["big", "large", "larg"], &["small", "tiny", "littl"]),
    ("wealth", &["rich", "wealthy"], &["poor"]),
    (
        "price",
        &["expensive", "costly", "expensiv", "pricey"],
        &["cheap"],
    ),
    ("warmth", &["hot", "warm"], &["cold", "cool"]),
    ("strength", &["strong"], &["weak"]),
    ("wit", &["smart", "clever", "intelligent"], &["dumb"]),
    ("length", &["long"], &[]),
    ("loudness", &["loud"], &["quiet"]),
    ("brightness", &["bright"], &["dark", "dim"]),
    ("altitude", &["high"], &["low"]),
    ("difficulty", &["hard", "difficult"], &["easy"]),
    ("quality", &["good"], &["bad"]),
    ("depth", &["deep"], &["shallow"]),
    ("width", &["wide"], &["narrow"]),
];

const IRREGULAR: &[(&str, &str)] = &[
    ("better", "good"),
    ("best", "good"),
    ("worse", "bad"),
    ("worst", "bad"),
    ("elder", "old"),
    ("eldest", "old"),
    ("bigger", "big"),
    ("biggest", "big"),
    ("hotter", "hot"),
    ("hottest", "hot"),
    ("dimmer", "dim"),
    ("dimmest", "dim"),
];

/// What a comparative or superlative compares, and whether it says more; `ending` is `er` or `est`.
fn graded(lower: &str, ending: &str) -> Option<(String, bool)> {
    const NOT_GRADED: &[&str] = &[
        "other", "rather", "order", "under", "over", "after", "never", "later", "earlier", "either",
        "whether", "number", "farther", "further", "former", "latter", "father", "mother", "brother",
        "sister", "latest", "earliest", "rest", "west", "forest", "test", "guest", "contest",
    ];
    if NOT_GRADED.contains(&lower) {
        return None;
    }
    let irregular = IRREGULAR.iter().find(|(form, _)| *form == lower);
    let adjective = if let Some((form, adjective)) = irregular {
        let superlative = form.ends_with("st");
        if superlative != (ending == "est") {
            return None;
        }
        (*adjective).to_owned()
    } else {
        let base = lower.strip_suffix(ending)?;
        if base.len() < 3 {
            return None;
        }
        base.strip_suffix('i')
            .map_or_else(|| base.to_owned(), |base| format!("{base}y"))
    };
    Some(dimension_of(&adjective))
}

/// The dimension of an adjective, and whether it says more of it.
fn dimension_of(adjective: &str) -> (String, bool) {
    for (name, more, less) in PAIRS {
        if more.contains(&adjective) {
            return ((*name).to_owned(), true);
        }
        if less.contains(&adjective) {
            return ((*name).to_owned(), false);
        }
    }
    (adjective.to_owned(), true)
}

/// The first relation in the words: where it begins, and how many words it takes.
pub(super) fn find(words: &[Word]) -> Option<(usize, Relation, usize)> {
    (0..words.len()).find_map(|at| {
        let modifiers = words[at..]
            .iter()
            .take_while(|word| {
                word.is_any(&[
                    "directly",
                    "immediately",
                    "just",
                    "right",
                    "exactly",
                    "somewhere",
                    "standing",
                    "sitting",
                ])
            })
            .count();
        let direct = words[at..at + modifiers]
            .iter()
            .any(|word| word.is_any(&["directly", "immediately", "just", "right"]));
        let found = relation(&words[at + modifiers..], direct)
            .map(|(relation, length)| (at, relation, modifiers + length));
        // `right` may be the direction itself.
        found.or_else(|| relation(&words[at..], false).map(|(relation, length)| (at, relation, length)))
    })
}

fn begins(words: &[Word], phrase: &str) -> Option<usize> {
    let length = phrase.split(' ').count();
    (words.len() >= length && phrase.split(' ').zip(words).all(|(part, word)| word.is(part)))
        .then_some(length)
}

fn relation(words: &[Word], direct: bool) -> Option<(Relation, usize)> {
    comparison(words)
        .or_else(|| beside(words, direct))
        .or_else(|| fixed(words))
}

fn beside(words: &[Word], direct: bool) -> Option<(Relation, usize)> {
    const BEFORE: &[(&str, bool)] = &[
        ("to the immediate left of", true),
        ("to the left of", false),
        ("on the left of", false),
        ("on the immediate left of", true),
        ("left of", false),
        ("ahead of", false),
        ("in front of", false),
        ("earlier than", false),
        ("before", false),
        ("sooner than", false),
        ("beat", false),
        ("beats", false),
        ("defeated", false),
        ("defeats", false),
        ("outran", false),
        ("on top of", true),
        ("directly above", true),
        ("above", false),
    ];
    const AFTER: &[(&str, bool)] = &[
        ("to the immediate right of", true),
        ("to the right of", false),
        ("on the right of", false),
        ("on the immediate right of", true),
        ("right of", false),
        ("later than", false),
        ("behind", false),
        ("after", false),
        ("lost to", false),
        ("beneath", false),
        ("under", false),
        ("underneath", false),
        ("below", false),
    ];
    const NEXT: &[&str] = &[
        "next to",
        "beside",
        "adjacent to",
        "right next to",
        "a neighbour of",
        "a neighbor of",
    ];
    let place = || PLACE.to_owned();
    let pick = |table: &[(&str, bool)]| {
        table
            .iter()
            .find_map(|(phrase, own)| Some((begins(words, phrase)?, *own)))
    };
    if let Some((length, own)) = pick(BEFORE) {
        return Some((
            Relation::Before {
                dimension: place(),
                direct: direct || own,
            },
            length,
        ));
    }
    if let Some((length, own)) = pick(AFTER) {
        return Some((
            Relation::After {
                dimension: place(),
                direct: direct || own,
            },
            length,
        ));
    }
    for (dimension, before, behind) in [("north", "north of", "south of"), ("west", "west of", "east of")] {
        let (dimension, direct) = (dimension.to_owned(), false);
        if let Some(length) = begins(words, before) {
            return Some((Relation::Before { dimension, direct }, length));
        }
        if let Some(length) = begins(words, behind) {
            return Some((Relation::After { dimension, direct }, length));
        }
    }
    if let Some(length) = NEXT.iter().find_map(|phrase| begins(words, phrase)) {
        return Some((Relation::NextTo, length));
    }
    begins(words, "between").map(|length| (Relation::Between { direct }, length))
}

/// A fixed place: `first`, `at the left end`, `third from the right`, `in house 3`.
fn fixed(words: &[Word]) -> Option<(Relation, usize)> {
    let skipped = words
        .iter()
        .take_while(|word| word.is_any(&["in", "at", "on", "the", "an", "a", "to", "one", "of"]))
        .count()
        .min(3);
    if skipped > 0 && words[..skipped].iter().all(|word| word.is("of")) {
        return None;
    }
    let rest = &words[skipped..];
    const START: &[&str] = &[
        "top",
        "very top",
        "far left end",
        "far left",
        "left end",
        "leftmost position",
        "leftmost seat",
        "leftmost",
        "front of the line",
        "front of the queue",
        "front of the row",
        "front",
        "left-most",
        "extreme left",
        "head of the line",
        "head of the queue",
        "beginning",
        "start",
    ];
    const END: &[&str] = &[
        "bottom",
        "very bottom",
        "far right end",
        "far right",
        "right end",
        "rightmost position",
        "rightmost seat",
        "rightmost",
        "back of the line",
        "back of the queue",
        "back",
        "right-most",
        "extreme right",
        "end of the line",
        "end of the queue",
    ];
    const LAST: &[&str] = &["last place", "last position", "last seat", "last"];
    let found = |phrases: &[&str]| phrases.iter().find_map(|phrase| begins(rest, phrase));
    if let Some(length) = found(START) {
        return Some((Relation::From { start: true, nth: 1 }, skipped + length));
    }
    if let Some(length) = found(END).or_else(|| found(LAST)) {
        return Some((Relation::From { start: false, nth: 1 }, skipped + length));
    }
    if let Some(length) = found(&[
        "middle seat",
        "middle position",
        "middle of the row",
        "middle of the bench",
        "middle",
        "center",
        "centre",
    ]) {
        return Some((Relation::Middle, skipped + length));
    }
    let an_end = skipped > 0 && words[..skipped].iter().any(|word| word.is_any(&["an", "one"]));
    if let Some(length) = found(&["either end", "ends", "end of the row", "end of the bench", "end"])
        .filter(|_| an_end || begins(rest, "either end").is_some())
    {
        return Some((Relation::AnEnd, skipped + length));
    }
    if let Some(length) = found(&["place", "position", "seat", "house", "chair", "spot", "number"])
        && let Some(nth) = rest.get(length).and_then(|word| number(&word.lower))
    {
        return Some((Relation::From { start: true, nth }, skipped + length + 1));
    }
    if rest.first()?.is_any(&["won", "wins", "winner"]) && rest.get(1).is_none_or(|word| word.is("the")) {
        return Some((Relation::From { start: true, nth: 1 }, words.len()));
    }
    let nth = ordinal(&rest.first()?.lower)?;
    let mut length = 1;
    if rest
        .get(1)
        .is_some_and(|word| word.is_any(&["place", "position", "seat"]))
    {
        length = 2;
    }
    if rest
        .get(length)
        .is_some_and(|word| graded(&word.lower, "est").is_some())
    {
        return None;
    }
    let tail = &rest[length..];
    let from_start = [
        "from the left",
        "from the front",
        "in line",
        "in the line",
        "in the queue",
        "in the race",
    ]
    .iter()
    .find_map(|phrase| begins(tail, phrase));
    if let Some(more) = from_start {
        return Some((Relation::From { start: true, nth }, skipped + length + more));
    }
    if let Some(more) = ["from the right", "from the back", "to last"]
        .iter()
        .find_map(|phrase| begins(tail, phrase))
    {
        return Some((Relation::From { start: false, nth }, skipped + length + more));
    }
    Some((Relation::From { start: true, nth }, skipped + length))
}

/// `taller than`, `as tall as`, `more than`, `the second tallest`.
fn comparison(words: &[Word]) -> Option<(Relation, usize)> {
    let than = |at: usize| words.get(at).is_some_and(|word| word.is("than"));
    let ordered = |(dimension, more): (String, bool), negated: bool| {
        if more == negated {
            Relation::Before {
                dimension,
                direct: false,
            }
        } else {
            Relation::After {
                dimension,
                direct: false,
            }
        }
    };
    let first = words.first()?;
    if than(1) {
        if let Some(graded) = graded(&first.lower, "er") {
            return Some((ordered(graded, false), 2));
        }
        if first.is_any(&["more", "less"]) {
            return Some((ordered(("amount".to_owned(), first.is("more")), false), 2));
        }
    }
    // `more points than`, `less expensive than`, `more money than`
    if first.is_any(&["more", "less", "fewer"]) && than(2) {
        let key = stem(&words[1].lower);
        let (dimension, more) = dimension_of(&key);
        return Some((ordered((dimension, more == first.is("more")), false), 3));
    }
    if words.len() > 3 && words[0].is("the") && words[1].is("same") && words[3].is("as") {
        let known = PAIRS.iter().any(|(name, ..)| words[2].is(name));
        return known.then(|| {
            (
                Relation::Level {
                    dimension: words[2].lower.clone(),
                    more: None,
                },
                4,
            )
        });
    }
    let exactly = usize::from(first.is("just"));
    if words.get(exactly)?.is("as") && words.get(exactly + 2).is_some_and(|word| word.is("as")) {
        let (dimension, more) = dimension_of(&stem(&words[exactly + 1].lower));
        let more = Some(more);
        return Some((Relation::Level { dimension, more }, exactly + 3));
    }
    extreme(words)
}

fn extreme(words: &[Word]) -> Option<(Relation, usize)> {
    let the = usize::from(words[0].is("the"));
    let nth = words.get(the).and_then(|word| ordinal(&word.lower));
    let at = the + usize::from(nth.is_some());
    let nth = nth.unwrap_or(1);
    let word = words.get(at)?;
    if let Some((dimension, more)) = graded(&word.lower, "est") {
        return Some((
            Relation::Extreme {
                dimension,
                first: !more,
                nth,
            },
            at + 1,
        ));
    }
    let most = word.is("most");
    if !most && !word.is_any(&["least", "fewest"]) {
        return None;
    }
    // `the most expensive`, `earns the most`
    match words.get(at + 1).filter(|next| !next.is_any(&["of", "in", "?"])) {
        Some(next) => {
            let (dimension, more) = dimension_of(&stem(&next.lower));
            Some((
                Relation::Extreme {
                    dimension,
                    first: more != most,
                    nth,
                },
                at + 2,
            ))
        }
        None => Some((
            Relation::Extreme {
                dimension: "amount".to_owned(),
                first: !most,
                nth,
            },
            at + 1,
        )),
    }
}
