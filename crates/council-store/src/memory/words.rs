//! The words of a text as they are looked up: lower case, without accents, reduced to their English stem.

mod stem;

use council_core::{MONTHS, Timestamp};
pub(crate) use stem::stem;

/// English words that say nothing about what a question is after.
const STOP_WORDS: [&str; 122] = [
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "both", "but", "by", "can", "could", "did", "do", "does", "doing",
    "don", "during", "each", "few", "for", "from", "further", "get", "got", "had", "has", "have", "having",
    "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just",
    "ll", "m", "me", "more", "most", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only",
    "or", "other", "our", "out", "over", "own", "re", "s", "same", "she", "should", "so", "some", "such",
    "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "through", "to", "too", "under", "until", "up", "ve", "very", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "whom", "why", "will", "with", "would", "you", "your", "yours", "us",
];

/// Longest word that is told from others, in bytes; nobody asks for more of a hash or an encoded file.
const LONGEST: usize = 64;

/// The terms of a document, in order and with repetitions.
pub(crate) fn terms(text: &str) -> Vec<String> {
    words(text).into_iter().map(stem).collect()
}

/// The different terms of a query, without stop words unless there is nothing else.
pub(crate) fn query_terms(text: &str) -> Vec<String> {
    let all = words(text);
    let telling: Vec<String> = all
        .iter()
        .filter(|word| !STOP_WORDS.contains(&word.as_str()))
        .cloned()
        .collect();
    let words = if telling.is_empty() { all } else { telling };
    let mut terms: Vec<String> = words.into_iter().map(stem).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The words of a day in English, UTC: "21", "january", "2022". A question such as "what did she do in May 2022?" finds
/// what was said then.
pub(crate) fn date_terms(time: Timestamp) -> [String; 3] {
    // Days to a date with years that begin in March: Howard Hinnant, `civil_from_days` in
    // <https://howardhinnant.github.io/date_algorithms.html>; times before 1970 do not occur.
    let days = time.as_secs() / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = era * 400 + year_of_era + u64::from(month < 2);
    [
        day.to_string(),
        stem(MONTHS[month as usize].to_owned()),
        year.to_string(),
    ]
}

/// The day of a time, which is what [`date_terms`] tells apart.
pub(crate) fn day(time: Timestamp) -> u64 {
    time.as_secs() / 86_400
}

/// The terms of a document and the fingerprint of its text, which is read once for both.
pub(crate) fn terms_and_fingerprint(text: &str) -> (Vec<String>, u64) {
    let mut fingerprint = Fingerprint::default();
    let mut terms = Vec::new();
    each_word(text, &mut String::new(), |word| {
        fingerprint.add(word);
        terms.push(stem(word.to_owned()));
    });
    (terms, fingerprint.of(text))
}

/// A number for the words of a text: equal for texts that differ in case, accents, punctuation and spaces only.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let mut fingerprint = Fingerprint::default();
    each_word(text, &mut String::new(), |word| fingerprint.add(word));
    fingerprint.of(text)
}

/// A fingerprint in the making: FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), which is the same in every run; nobody
/// gains by a collision.
pub(crate) struct Fingerprint {
    hash: u64,
    has_words: bool,
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self {
            hash: 0xcbf2_9ce4_8422_2325,
            has_words: false,
        }
    }
}

impl Fingerprint {
    pub(crate) fn add(&mut self, word: &str) {
        self.has_words = true;
        for byte in word.bytes().chain([b' ']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// That of a text whose words were added.
    pub(crate) fn of(mut self, text: &str) -> u64 {
        if !self.has_words {
            // Two different signs without words are not the same.
            self.add(text.trim());
        }
        self.hash
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, &mut String::new(), |word| words.push(word.to_owned()));
    words
}

/// Hands over runs of letters and digits in lower case, without accents. Scripts without spaces give a word for each
/// character. `word` is room for one.
pub(crate) fn each_word(text: &str, word: &mut String, mut take: impl FnMut(&str)) {
    word.clear();
    let mut finish = |word: &mut String| {
        word.truncate(word.floor_char_boundary(LONGEST));
        if !word.is_empty() {
            take(word);
            word.clear();
        }
    };
    for character in text.chars() {
        if character.is_ascii() {
            // Nearly all of most texts, for which no table is looked up.
            if character.is_ascii_alphanumeric() {
                word.push(character.to_ascii_lowercase());
            } else {
                finish(word);
            }
        } else if is_whole_word(character) {
            finish(word);
            word.push(character);
            finish(word);
        } else if character.is_alphanumeric() {
            for lower in character.to_lowercase() {
                fold(lower, word);
            }
        } else if !is_accent(character) {
            finish(word);
        }
    }
    finish(word);
}

/// Chinese characters and Japanese kana.
fn is_whole_word(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// Accents that stand behind their letter.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// Appends a lower-case letter without its accent: the Latin letters of Unicode's first two supplements.
fn fold(letter: char, word: &mut String) {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' => 's',
        'ţ' | 'ť' | 'ŧ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ß' => return word.push_str("ss"),
        'æ' => return word.push_str("ae"),
        'œ' => return word.push_str("oe"),
        // Left behind by the lower case of 'İ'.
        '\u{307}' => return,
        other => other,
    };
    word.push(plain);
}

#[cfg(test)]
mod tests;
