//! Words and stems.

use super::*;

#[test]
fn stems_are_those_of_porters_paper() {
    // Examples from the rules of the paper, carried through all steps by hand or by its published vocabulary.
    let pairs = [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("ties", "ti"),
        ("caress", "caress"),
        ("cats", "cat"),
        ("feed", "feed"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("bled", "bled"),
        ("motoring", "motor"),
        ("sing", "sing"),
        ("conflated", "conflat"),
        ("troubled", "troubl"),
        ("sized", "size"),
        ("hopping", "hop"),
        ("falling", "fall"),
        ("hissing", "hiss"),
        ("failing", "fail"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("conditional", "condit"),
        ("rational", "ration"),
        ("vietnamization", "vietnam"),
        ("operator", "oper"),
        ("hopefulness", "hope"),
        ("sensibiliti", "sensibl"),
        ("triplicate", "triplic"),
        ("formative", "form"),
        ("electrical", "electr"),
        ("goodness", "good"),
        ("revival", "reviv"),
        ("allowance", "allow"),
        ("replacement", "replac"),
        ("adjustment", "adjust"),
        ("dependent", "depend"),
        ("adoption", "adopt"),
        ("effective", "effect"),
        ("probate", "probat"),
        ("rate", "rate"),
        ("cease", "ceas"),
        ("controll", "control"),
        ("roll", "roll"),
        ("generalizations", "gener"),
        ("oscillators", "oscil"),
    ];
    for (word, expected) in pairs {
        assert_eq!(terms(word), [expected], "{word}");
    }
}

#[test]
fn words_lose_case_and_accents_and_numbers_stay() {
    assert_eq!(
        terms("Crème BRÛLÉE, 42x; e\u{301}tude"),
        ["creme", "brule", "42x", "etud"]
    );
    assert_eq!(terms("Straße İstanbul"), ["strass", "istanbul"]);
    assert_eq!(terms("…"), Vec::<String>::new());
}

#[test]
fn scripts_without_spaces_are_found_by_character() {
    assert_eq!(terms("猫が好き Cats"), ["猫", "が", "好", "き", "cat"]);
}

#[test]
fn a_query_drops_stop_words_unless_there_is_nothing_else() {
    assert_eq!(
        query_terms("What did you eat, and what do cats eat?"),
        ["cat", "eat"]
    );
    assert_eq!(query_terms("Who is it?"), ["is", "it", "who"]);
}

#[test]
fn an_endless_word_is_cut() {
    let word = &terms(&"é1".repeat(1_000))[0];
    assert_eq!(word.len(), LONGEST);
}

#[test]
fn the_fingerprint_ignores_case_punctuation_and_spaces_only() {
    assert_eq!(fingerprint("Hello,  World!"), fingerprint("hello world"));
    assert_ne!(fingerprint("hello world"), fingerprint("helloworld"));
    assert_ne!(fingerprint("hello world"), fingerprint("world hello"));
    assert_ne!(fingerprint("+1"), fingerprint("-2"));
    assert_ne!(fingerprint("👍"), fingerprint("🎉"));
}

#[test]
fn a_time_is_found_by_the_words_of_its_day() {
    let date = |seconds: u64| date_terms(Timestamp::from_millis(seconds * 1_000)).join(" ");
    assert_eq!(date(0), "1 januari 1970");
    assert_eq!(date(951_782_399), "28 februari 2000");
    assert_eq!(date(951_782_400), "29 februari 2000");
    assert_eq!(date(951_868_800), "1 march 2000");
    assert_eq!(date(1_642_793_460), "21 januari 2022");
    assert_eq!(date(1_704_067_199), "31 decemb 2023");
    assert_eq!(date(4_102_444_800), "1 januari 2100");
    assert_eq!(query_terms("In January 2022?"), ["2022", "januari"]);
}
