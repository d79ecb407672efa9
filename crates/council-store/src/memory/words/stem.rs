//! The Porter stemmer: "running", "runs" and "run" are one term. After M. F. Porter, "An algorithm for suffix
//! stripping" (1980), <https://tartarus.org/martin/PorterStemmer/def.txt>, whose step numbers and rules are kept.

/// Suffix and replacement of step 2, where what is before it has a measure above 0.
const STEP_2: [(&str, &str); 20] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("abli", "able"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
];

/// The same of step 3.
const STEP_3: [(&str, &str); 7] = [
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// Suffixes that step 4 takes away where what is before has a measure above 1. Longer ones come first.
const STEP_4: [&str; 19] = [
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti", "ous", "ive",
    "ize", "al", "er", "ic", "ou",
];

/// The stem of a lower-case word; a word of other letters than a to z stays as it is.
pub(crate) fn stem(mut word: String) -> String {
    if word.len() <= 2 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word;
    }
    step_1(&mut word);
    replace(&mut word, &STEP_2);
    replace(&mut word, &STEP_3);
    step_4(&mut word);
    step_5(&mut word);
    word
}

/// Plurals, "-ed", "-ing", and "y" at the end.
fn step_1(word: &mut String) {
    if word.ends_with("sses") || word.ends_with("ies") {
        cut(word, 2);
    } else if word.ends_with('s') && !word.ends_with("ss") {
        cut(word, 1);
    }
    if word.ends_with("eed") {
        if measure(&word[..word.len() - 3]) > 0 {
            cut(word, 1);
        }
    } else if let Some(length) = ["ed", "ing"]
        .iter()
        .find(|end| word.ends_with(**end))
        .map(|end| end.len())
        && has_vowel(&word[..word.len() - length])
    {
        cut(word, length);
        if ["at", "bl", "iz"].iter().any(|end| word.ends_with(end)) {
            word.push('e');
        } else if ends_double(word) && !word.ends_with(['l', 's', 'z']) {
            cut(word, 1);
        } else if measure(word) == 1 && ends_short(word) {
            word.push('e');
        }
    }
    if word.ends_with('y') && has_vowel(&word[..word.len() - 1]) {
        cut(word, 1);
        word.push('i');
    }
}

/// The first suffix of the table that fits decides, whether its condition holds or not.
fn replace(word: &mut String, table: &[(&str, &str)]) {
    let longest = table
        .iter()
        .filter(|(suffix, _)| word.ends_with(suffix))
        .max_by_key(|(suffix, _)| suffix.len());
    if let Some((suffix, replacement)) = longest
        && measure(&word[..word.len() - suffix.len()]) > 0
    {
        cut(word, suffix.len());
        word.push_str(replacement);
    }
}

fn step_4(word: &mut String) {
    if let Some(suffix) = STEP_4.iter().find(|suffix| word.ends_with(**suffix)) {
        let before = &word[..word.len() - suffix.len()];
        if measure(before) > 1 && (*suffix != "ion" || before.ends_with(['s', 't'])) {
            cut(word, suffix.len());
        }
    }
}

/// "e" at the end, and one "l" of two.
fn step_5(word: &mut String) {
    if let Some(before) = word.strip_suffix('e') {
        let measure = measure(before);
        if measure > 1 || (measure == 1 && !ends_short(before)) {
            cut(word, 1);
        }
    }
    if word.ends_with("ll") && measure(word) > 1 {
        cut(word, 1);
    }
}

fn cut(word: &mut String, length: usize) {
    word.truncate(word.len() - length);
}

/// Whether the letter at `at` is a consonant: "y" is one at the beginning and after a vowel.
fn is_consonant(word: &[u8], at: usize) -> bool {
    match word[at] {
        b'a' | b'e' | b'i' | b'o' | b'u' => false,
        b'y' => at == 0 || !is_consonant(word, at - 1),
        _ => true,
    }
}

/// How many times consonants follow vowels: m in [C](VC)^m[V].
fn measure(word: &str) -> usize {
    let word = word.as_bytes();
    (1..word.len())
        .filter(|&at| is_consonant(word, at) && !is_consonant(word, at - 1))
        .count()
}

fn has_vowel(word: &str) -> bool {
    (0..word.len()).any(|at| !is_consonant(word.as_bytes(), at))
}

fn ends_double(word: &str) -> bool {
    let word = word.as_bytes();
    let end = word.len();
    end >= 2 && word[end - 1] == word[end - 2] && is_consonant(word, end - 1)
}

/// Consonant, vowel, consonant other than w, x and y.
fn ends_short(word: &str) -> bool {
    let word = word.as_bytes();
    let end = word.len();
    end >= 3
        && is_consonant(word, end - 3)
        && !is_consonant(word, end - 2)
        && is_consonant(word, end - 1)
        && !matches!(word[end - 1], b'w' | b'x' | b'y')
}
