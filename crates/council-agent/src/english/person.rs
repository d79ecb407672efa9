//! First person into third: "I live in Oslo with my brother" is "Ada lives in Oslo with Ada's brother".

/// Verbs that take an ending after a name. Others stand as they are: most are past forms, which do not change.
pub(crate) const PRESENT: &[&str] = &[
    "adore",
    "bake",
    "believe",
    "bike",
    "build",
    "collect",
    "come",
    "commute",
    "cook",
    "cycle",
    "dance",
    "detest",
    "dislike",
    "do",
    "drink",
    "drive",
    "eat",
    "enjoy",
    "follow",
    "go",
    "grow",
    "hate",
    "have",
    "identify",
    "keep",
    "know",
    "learn",
    "like",
    "live",
    "loathe",
    "love",
    "manage",
    "need",
    "own",
    "paint",
    "plan",
    "play",
    "practice",
    "practise",
    "prefer",
    "program",
    "read",
    "rent",
    "reside",
    "ride",
    "run",
    "sell",
    "sing",
    "sleep",
    "speak",
    "start",
    "study",
    "suffer",
    "support",
    "swim",
    "take",
    "teach",
    "train",
    "travel",
    "use",
    "volunteer",
    "walk",
    "want",
    "wear",
    "work",
    "write",
];

/// Words that may stand between "I" and its verb.
pub(crate) const BETWEEN: &[&str] = &[
    "also",
    "really",
    "actually",
    "always",
    "usually",
    "often",
    "sometimes",
    "mostly",
    "currently",
    "still",
    "now",
    "just",
    "absolutely",
    "generally",
    "never",
    "only",
    "both",
    "strongly",
    "normally",
    "no",
    "longer",
];

/// What a speaker says of themselves, said of `name`. Sentences without a first person come back as they are.
pub(crate) fn third_person(statement: &str, name: &str) -> String {
    let tokens: Vec<&str> = statement.split_whitespace().collect();
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut named = false;
    let mut verb_follows = false;
    for token in tokens {
        let end = token
            .trim_end_matches(|character: char| ".,;:!?".contains(character))
            .len();
        let (word, mark) = token.split_at(end);
        let lower = word.to_lowercase();
        let owner = format!("{name}'s");
        let replaced = match lower.as_str() {
            "i" | "we" => Some(name.to_owned()),
            "i'm" | "im" | "we're" => Some(format!("{name} is")),
            "i've" | "ive" | "we've" => Some(format!("{name} has")),
            "i'd" => Some(format!("{name} would")),
            "i'll" | "we'll" => Some(format!("{name} will")),
            "my" | "our" => Some(if named { "their".to_owned() } else { owner }),
            "me" | "us" => Some(if named { "them".to_owned() } else { name.to_owned() }),
            "mine" | "ours" => Some(if named { "theirs".to_owned() } else { owner }),
            "myself" => Some("themselves".to_owned()),
            "am" if verb_follows => Some("is".to_owned()),
            "don't" if verb_follows => Some("doesn't".to_owned()),
            "haven't" if verb_follows => Some("hasn't".to_owned()),
            "have" if verb_follows => Some("has".to_owned()),
            verb if verb_follows && PRESENT.contains(&verb) => Some(with_s(verb)),
            _ => None,
        };
        verb_follows = match lower.as_str() {
            "i" | "we" => true,
            between if verb_follows => BETWEEN.contains(&between),
            // "I live and work in Oslo": the second verb takes the ending as well.
            "and" => out
                .last()
                .is_some_and(|last| PRESENT.iter().any(|verb| with_s(verb) == *last)),
            _ => false,
        };
        named |= replaced.is_some();
        out.push(replaced.map_or_else(|| token.to_owned(), |new| new + mark));
    }
    out.join(" ")
}

/// A verb as it stands after a name.
pub(crate) fn with_s(verb: &str) -> String {
    match verb {
        "do" | "go" => format!("{verb}es"),
        "have" => "has".to_owned(),
        "study" | "identify" => format!("{}ies", &verb[..verb.len() - 1]),
        _ if verb.ends_with("ch") || verb.ends_with("sh") => format!("{verb}es"),
        _ => format!("{verb}s"),
    }
}
