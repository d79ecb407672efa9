//! Text to sentences, sentences to words, words to stems.

#[cfg(test)]
mod tests;

/// A word or a mark, as it was written and in the form that is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// As written.
    pub(crate) text: String,
    /// Lower case; `#a` for a person or thing that is called A.
    pub(crate) lower: String,
}

impl Word {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            lower: text.to_lowercase(),
        }
    }

    pub(crate) fn is(&self, lower: &str) -> bool {
        self.lower == lower
    }

    pub(crate) fn is_any(&self, of: &[&str]) -> bool {
        of.contains(&self.lower.as_str())
    }

    /// Begins with a capital letter.
    pub(crate) fn capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) words: Vec<Word>,
    /// It ends with a question mark.
    pub(crate) question: bool,
    /// As written, without white space around it.
    pub(crate) text: String,
}

impl Sentence {
    /// The words in lower case with one space between.
    pub(crate) fn plain(&self) -> String {
        plain(&self.words)
    }
}

/// The words in lower case with one space between.
pub(crate) fn plain(words: &[Word]) -> String {
    let lower: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
    lower.join(" ")
}

/// The words as they were written, with one space between.
pub(crate) fn written(words: &[Word]) -> String {
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    text.join(" ")
}

/// The sentences of a text, those without a word left out.
pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    pieces(text)
        .into_iter()
        .filter_map(|(piece, question)| {
            let piece = piece.trim();
            let words = words(unnumbered(piece));
            let said = words
                .iter()
                .any(|word| word.lower.chars().any(char::is_alphanumeric));
            said.then(|| Sentence {
                words,
                question,
                text: piece.to_owned(),
            })
        })
        .collect()
}

/// Cuts at full stops, question marks, semicolons and the ends of lines that are sentences or items of a list.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let text = text
        .replace("\r\n", "\n")
        .replace(['“', '”', '„', '«', '»'], "\"");
    let text = text.replace(['’', '‘'], "'");
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut index = 0;
    while index < chars.len() {
        let c = chars[index];
        let next = chars.get(index + 1).copied();
        let ends = match c {
            '?' | '!' | ';' => true,
            '.' => {
                let after_digit = index > 0 && chars[index - 1].is_ascii_digit();
                let in_number = after_digit && next.is_some_and(|next| next.is_ascii_digit());
                let numbers_item = after_digit && piece.trim().chars().all(|c| c.is_ascii_digit());
                let abbreviates = ["mr", "mrs", "ms", "dr", "st"]
                    .iter()
                    .any(|short| piece.to_lowercase().split_whitespace().last() == Some(*short));
                !in_number && !numbers_item && !abbreviates
            }
            '\n' => {
                let rest: String = chars[index + 1..].iter().collect();
                let rest = rest.trim_start_matches([' ', '\t']);
                rest.chars().next().is_none_or(|first| !first.is_lowercase())
            }
            _ => false,
        };
        if !ends {
            piece.push(if c == '\n' { ' ' } else { c });
            index += 1;
            continue;
        }
        // A quotation that ends here belongs to the sentence.
        let mut close = index + 1;
        let opened = piece.matches('"').count() % 2 == 1;
        while chars.get(close).is_some_and(|&c| {
            matches!(c, '?' | '!' | '.' | ')') || (c == '"' && opened) || (c == '\'' && c != '\n')
        }) {
            if matches!(chars[close], '"' | '\'') {
                piece.push(chars[close]);
            }
            close += 1;
        }
        pieces.push((std::mem::take(&mut piece), chars[index..close].contains(&'?')));
        index = close;
    }
    pieces.push((piece, false));
    pieces
}

/// Without the number, letter or dash of a list before it, and without `Premise 1:`.
fn unnumbered(piece: &str) -> &str {
    let piece = piece.trim_start_matches(['-', '*', '•', '–', ' ', '\t']);
    let piece = match piece.split_once([' ', ':']) {
        Some((first, rest))
            if first.eq_ignore_ascii_case("premise") || first.eq_ignore_ascii_case("fact") =>
        {
            let rest = rest.trim_start();
            let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            number
                .trim_start()
                .strip_prefix(':')
                .unwrap_or(if number.len() < rest.len() { number } else { piece })
        }
        _ => piece,
    };
    let body = piece.trim_start().trim_start_matches('(');
    let digits = body.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && body[digits..].starts_with(['.', ')', ':']) {
        return body[digits + 1..].trim_start();
    }
    piece
}

const CONTRACTIONS: &[(&str, &[&str])] = &[
    ("cannot", &["can", "not"]),
    ("can't", &["can", "not"]),
    ("won't", &["will", "not"]),
    ("shan't", &["shall", "not"]),
    ("i'm", &["I", "am"]),
    ("it's", &["it", "is"]),
    ("he's", &["he", "is"]),
    ("she's", &["she", "is"]),
    ("that's", &["that", "is"]),
    ("who's", &["who", "is"]),
    ("what's", &["what", "is"]),
    ("where's", &["where", "is"]),
    ("there's", &["there", "is"]),
    ("let's", &["let", "us"]),
];

/// The words and marks of a sentence; contractions are written out.
pub(crate) fn words(sentence: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut current = String::new();
    let chars: Vec<char> = sentence.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        let inside = index > 0
            && chars[index - 1].is_alphanumeric()
            && chars.get(index + 1).is_some_and(|next| next.is_alphanumeric());
        if c.is_alphanumeric() || (matches!(c, '\'' | '-' | '.') && inside) {
            current.push(c);
            continue;
        }
        push_word(&mut words, &mut current);
        match c {
            '"' | '\'' => words.push(Word::new("\"")),
            // A dash between words parts them as a comma does.
            '—' | '–' => words.push(Word::new(",")),
            '-' if !inside => words.push(Word::new(",")),
            c if c.is_whitespace() => {}
            c => words.push(Word::new(&c.to_string())),
        }
    }
    push_word(&mut words, &mut current);
    name_a(&mut words);
    did_it(&mut words);
    words
}

fn push_word(words: &mut Vec<Word>, current: &mut String) {
    let text = std::mem::take(current);
    if text.is_empty() {
        return;
    }
    let lower = text.to_lowercase();
    if let Some((_, parts)) = CONTRACTIONS.iter().find(|(short, _)| *short == lower) {
        words.extend(parts.iter().map(|part| Word::new(part)));
    } else if let Some(stem) = lower.strip_suffix("n't") {
        words.push(Word::new(&text[..stem.len()]));
        words.push(Word::new("not"));
    } else if let Some(stem) = lower.strip_suffix("'re") {
        words.push(Word::new(&text[..stem.len()]));
        words.push(Word::new("are"));
    } else if let Some(stem) = lower.strip_suffix("'s") {
        words.push(Word::new(&text[..stem.len()]));
        words.push(Word::new("'s"));
    } else {
        words.push(Word::new(&text));
    }
}

/// Tells the name A from the article.
fn name_a(words: &mut [Word]) {
    const FOLLOWS_A_NAME: &[&str] = &[
        "is", "was", "says", "said", "claims", "claimed", "states", "stated", "and", "or", ",", ":", ".",
        "does", "did", "has", "lies", "are", "will", "tells", "told", "to", "in", "but", "then", "implies",
        "sits", "\"", "finished", "finishes", "came", "comes", "sat", "stands", "beat", "beats", "lives",
        "arrived", "scored", "always", "won", "wins", "knows", "replies", "answers", "tells", "owns", "sits",
        "implies", "asserts", "if", "nor", "than", "not", "'s", "a", "an",
    ];
    for index in 0..words.len() {
        let next = words.get(index + 1).map(|next| next.lower.clone());
        let begins = index == 0 || words[index - 1].is_any(&["\"", ":"]);
        let is_name = words[index].text == "A"
            && (!begins || next.is_none_or(|next| FOLLOWS_A_NAME.contains(&next.as_str())));
        if is_name {
            "#a".clone_into(&mut words[index].lower);
        }
    }
}

/// Makes one word of `did it` where it means a deed: `who did it`, but not `did it rain`.
fn did_it(words: &mut Vec<Word>) {
    let ends = |next: Option<&Word>| {
        next.is_none_or(|next| next.is_any(&["\"", ",", "and", "or", "but", "either", "alone"]))
    };
    for index in (1..words.len()).rev() {
        let deed = words[index].is("it") && words[index - 1].is_any(&["did", "do", "done", "does"]);
        if deed && ends(words.get(index + 1)) {
            words.remove(index);
            "did-it".clone_into(&mut words[index - 1].lower);
        }
    }
}

const IRREGULAR: &[(&str, &str)] = &[
    ("men", "man"),
    ("women", "woman"),
    ("people", "person"),
    ("persons", "person"),
    ("children", "child"),
    ("mice", "mouse"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("geese", "goose"),
    ("wolves", "wolf"),
    ("knives", "knife"),
    ("lives", "liv"),
    ("leaves", "leav"),
    ("leaf", "leav"),
    ("left", "leav"),
    ("thieves", "thief"),
    ("wives", "wife"),
    ("elves", "elf"),
    ("dwarves", "dwarf"),
    ("shelves", "shelf"),
    ("went", "go"),
    ("gone", "go"),
    ("goes", "go"),
    ("ate", "eat"),
    ("eaten", "eat"),
    ("won", "win"),
    ("came", "com"),
    ("got", "get"),
    ("gotten", "get"),
    ("ran", "run"),
    ("slept", "sleep"),
    ("broke", "break"),
    ("broken", "break"),
    ("stole", "steal"),
    ("stolen", "steal"),
    ("wrote", "writ"),
    ("written", "writ"),
    ("rang", "ring"),
    ("rung", "ring"),
    ("does", "do"),
    ("did", "do"),
    ("done", "do"),
    ("has", "hav"),
    ("had", "hav"),
    ("flew", "fly"),
    ("flown", "fly"),
    ("flies", "fly"),
    ("knew", "know"),
    ("known", "know"),
    ("saw", "see"),
    ("seen", "see"),
    ("took", "tak"),
    ("taken", "tak"),
    ("lost", "los"),
    ("paid", "pay"),
    ("made", "mak"),
    ("fell", "fall"),
    ("fallen", "fall"),
    ("kept", "keep"),
    ("sold", "sell"),
    ("bought", "buy"),
    ("caught", "catch"),
    ("taught", "teach"),
    ("thought", "think"),
    ("told", "tell"),
    ("found", "find"),
    ("met", "meet"),
    ("grew", "grow"),
    ("grown", "grow"),
    ("froze", "freez"),
    ("frozen", "freez"),
    ("sang", "sing"),
    ("sung", "sing"),
    ("swam", "swim"),
    ("drank", "drink"),
    ("drunk", "drink"),
    ("drove", "driv"),
    ("driven", "driv"),
    ("lies", "li"),
    ("lying", "li"),
    ("lied", "li"),
    ("lie", "li"),
    ("dies", "di"),
    ("dying", "di"),
    ("died", "di"),
    ("die", "di"),
    ("hid", "hid"),
    ("hidden", "hid"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("ate", "eat"),
    ("gave", "giv"),
    ("given", "giv"),
    ("began", "begin"),
    ("begun", "begin"),
    ("bus", "bus"),
    ("gas", "gas"),
    ("this", "this"),
    ("his", "his"),
    ("as", "as"),
    ("thus", "thus"),
    ("always", "always"),
    ("during", "during"),
    ("nothing", "nothing"),
    ("something", "something"),
    ("everything", "everything"),
    ("anything", "anything"),
    ("red", "red"),
    ("bed", "bed"),
    ("morning", "morning"),
    ("evening", "evening"),
    ("need", "need"),
    ("seed", "seed"),
    ("feed", "feed"),
    ("speed", "speed"),
    ("building", "building"),
];

/// A form in which the numbers, persons and tenses of a word meet: `rains`, `raining`, `rained` are `rain`. Not always a word.
pub(crate) fn stem(lower: &str) -> String {
    if let Some((_, stem)) = IRREGULAR.iter().find(|(word, _)| *word == lower) {
        return (*stem).to_owned();
    }
    if !lower.is_ascii() || lower.starts_with('#') {
        return lower.to_owned();
    }
    let vowel = |text: &str| text.chars().any(|c| "aeiouy".contains(c));
    let undoubled = |text: &str| {
        let bytes = text.as_bytes();
        let doubled = bytes.len() > 2
            && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
            && !b"lsz".contains(&bytes[bytes.len() - 1]);
        let end = text.len() - usize::from(doubled);
        text[..end].to_owned()
    };
    let ending = if (lower.ends_with("ies") || lower.ends_with("ied")) && lower.len() > 4 {
        format!("{}y", &lower[..lower.len() - 3])
    } else if ["sses", "shes", "ches", "xes", "zzes"]
        .iter()
        .any(|end| lower.ends_with(end))
    {
        lower[..lower.len() - 2].to_owned()
    } else if lower.ends_with("ing") && lower.len() > 4 && vowel(&lower[..lower.len() - 3]) {
        undoubled(&lower[..lower.len() - 3])
    } else if lower.ends_with("ed") && lower.len() > 3 && vowel(&lower[..lower.len() - 2]) {
        undoubled(&lower[..lower.len() - 2])
    } else if lower.ends_with('s')
        && lower.len() > 2
        && !lower.ends_with("ss")
        && !lower.ends_with("us")
        && !lower.ends_with("is")
    {
        lower[..lower.len() - 1].to_owned()
    } else {
        lower.to_owned()
    };
    match ending.strip_suffix('e') {
        Some(short) if short.len() > 2 => short.to_owned(),
        _ => ending,
    }
}

/// A number in words or digits, up to twelve or as many digits as fit.
pub(crate) fn number(lower: &str) -> Option<usize> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    lower
        .parse()
        .ok()
        .or_else(|| WORDS.iter().position(|word| *word == lower))
}

/// An ordinal, from 1: `first`, `2nd`.
pub(crate) fn ordinal(lower: &str) -> Option<usize> {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ];
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffixed = ["st", "nd", "rd", "th"].contains(&&lower[digits.len()..]);
    WORDS
        .iter()
        .position(|word| *word == lower)
        .map(|index| index + 1)
        .or_else(|| suffixed.then(|| digits.parse().ok()).flatten())
}
