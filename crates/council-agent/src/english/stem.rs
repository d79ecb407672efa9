//! Words without their endings, so that "lives", "living" and "lived" are one.
//!
//! Cruder than Porter's stemmer on purpose: both sides of every comparison are stemmed alike, and a wrong stem does no
//! harm unless it makes two words one.

/// Forms that no rule of endings finds.
const IRREGULAR: &[(&str, &str)] = &[
    ("ate", "eat"),
    ("became", "become"),
    ("began", "begin"),
    ("bought", "buy"),
    ("broke", "break"),
    ("built", "build"),
    ("came", "come"),
    ("children", "child"),
    ("chose", "choose"),
    ("drank", "drink"),
    ("drove", "drive"),
    ("dying", "die"),
    ("eaten", "eat"),
    ("feet", "foot"),
    ("fell", "fall"),
    ("flew", "fly"),
    ("fought", "fight"),
    ("found", "find"),
    ("gave", "give"),
    ("goes", "go"),
    ("gone", "go"),
    ("grew", "grow"),
    ("grown", "grow"),
    ("had", "have"),
    ("has", "have"),
    ("held", "hold"),
    ("kept", "keep"),
    ("knew", "know"),
    ("known", "know"),
    ("left", "leave"),
    ("lost", "lose"),
    ("loved", "love"),
    ("loves", "love"),
    ("made", "make"),
    ("married", "marry"),
    ("men", "man"),
    ("met", "meet"),
    ("mice", "mouse"),
    ("moving", "move"),
    ("paid", "pay"),
    ("ran", "run"),
    ("rode", "ride"),
    ("running", "run"),
    ("sang", "sing"),
    ("sold", "sell"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("swam", "swim"),
    ("taught", "teach"),
    ("thought", "think"),
    ("told", "tell"),
    ("took", "take"),
    ("went", "go"),
    ("wives", "wife"),
    ("won", "win"),
    ("women", "woman"),
    ("wore", "wear"),
    ("wrote", "write"),
];

const NUMBERS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
];

/// The stem of a word in lower case.
pub(crate) fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word).trim_end_matches('\'');
    let table = IRREGULAR.iter().chain(NUMBERS);
    if let Some((_, stem)) = table.into_iter().find(|(form, _)| *form == word) {
        return ending((*stem).to_owned());
    }
    if !word.is_ascii() {
        return word.to_owned();
    }
    let length = word.len();
    if length > 4 && word.ends_with("ies") {
        return ending(format!("{}y", &word[..length - 3]));
    }
    if length > 4
        && ["sses", "xes", "zes", "ches", "shes"]
            .iter()
            .any(|end| word.ends_with(end))
    {
        return ending(word[..length - 2].to_owned());
    }
    if length > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return ending(word[..length - 1].to_owned());
    }
    if length > 5 && word.ends_with("ing") {
        return ending(single(&word[..length - 3]));
    }
    if length > 4 && word.ends_with("ied") {
        return ending(format!("{}y", &word[..length - 3]));
    }
    if length > 4 && word.ends_with("ed") && !word.ends_with("eed") {
        return ending(single(&word[..length - 2]));
    }
    ending(word.to_owned())
}

/// "runn" is "run"; "fill" stays.
fn single(stem: &str) -> String {
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && !b"aeiouls".contains(b) && stem.len() > 3 => {
            stem[..stem.len() - 1].to_owned()
        }
        _ => stem.to_owned(),
    }
}

/// "live" and "liv" are one, as are "study" and "studi".
fn ending(mut stem: String) -> String {
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    stem
}
