//! Sentences in the forms that the readers know, for some that say the same otherwise.

use super::cut::{after, words_of};
use crate::logic::words::{Sentence, Word, stem};

/// Puts what a text says in usual forms.
pub(super) fn usual(sentences: Vec<Sentence>) -> Vec<Sentence> {
    let mut sentences = argued(sentences);
    allowed(&mut sentences);
    mine(&mut sentences);
    only_those_who_may(&mut sentences);
    one_of_these(&mut sentences);
    those_who_do(&mut sentences);
    it_as_before(&mut sentences);
    sentences
}

/// `Is the argument valid: all A are B, c is an A, so c is a B?` asks it of what follows.
fn argued(sentences: Vec<Sentence>) -> Vec<Sentence> {
    const ASKS: &[&str] = &[
        "is the argument valid",
        "is this argument valid",
        "is the following argument valid",
        "is the following valid",
        "is the inference valid",
        "is this inference valid",
        "is the syllogism valid",
        "is this valid",
        "is it valid",
    ];
    let asked = sentences.first().and_then(|first| {
        let colon = first.words.iter().position(|word| word.is(":"))?;
        ASKS.contains(&crate::logic::words::plain(&first.words[..colon]).as_str())
            .then_some(colon)
    });
    let Some(colon) = asked else {
        return sentences;
    };
    let mut said: Vec<Sentence> = sentences.clone();
    said[0].words.drain(..=colon);
    if let [only] = &said[..] {
        let parts = only.words.split(|word| word.is(","));
        said = parts
            .filter(|part| !part.is_empty())
            .map(|part| Sentence {
                words: part.to_vec(),
                question: false,
                text: crate::logic::words::written(part),
            })
            .collect();
    }
    let concludes = said.last().is_some_and(|last| {
        last.words
            .first()
            .is_some_and(|word| word.is_any(&["so", "therefore", "thus", "hence"]))
    });
    if said.len() < 2 || !concludes {
        return sentences;
    }
    for sentence in &mut said {
        sentence.question = false;
    }
    said.push(Sentence {
        words: words_of("Is the argument valid"),
        question: true,
        text: "Is the argument valid?".to_owned(),
    });
    said
}

/// What one may is what one can, where no chance is meant: `it may rain`, `she may be late`.
fn allowed(sentences: &mut [Sentence]) {
    for sentence in sentences {
        for at in 0..sentence.words.len() {
            let before = at.checked_sub(1).map(|before| &sentence.words[before]);
            let chance = before.is_some_and(|word| word.is_any(&["it", "there", "that", "this"]))
                || sentence
                    .words
                    .get(at + 1)
                    .is_none_or(|word| word.is_any(&["be", "have", "not", "also"]));
            let word = &sentence.words[at];
            let asks = at == 0 && sentence.question;
            if word.is("may") && (word.text == "may" || asks) && !chance {
                sentence.words[at] = Word::new("can");
            }
        }
    }
}

/// `None of my friends smoke. Ann is my friend.` speaks of a class as any other.
fn mine(sentences: &mut [Sentence]) {
    const HOW_MANY: &[(&str, &str)] = &[
        ("none of my", "no"),
        ("all of my", "all"),
        ("all my", "all"),
        ("some of my", "some"),
        ("every one of my", "all"),
    ];
    let mut classes: Vec<String> = Vec::new();
    for sentence in sentences.iter_mut() {
        let found = HOW_MANY
            .iter()
            .find_map(|(phrase, how_many)| Some((*how_many, after(&sentence.words, phrase)?)));
        if let Some((how_many, rest)) = found {
            classes.extend(rest.first().map(|noun| stem(&noun.lower)));
            sentence.words = [&[Word::new(how_many)], rest].concat();
        }
    }
    for sentence in sentences {
        for at in 1..sentence.words.len() {
            let noun = stem(&sentence.words[at].lower);
            if sentence.words[at - 1].is("my") && classes.contains(&noun) {
                sentence.words[at - 1] = Word::new("a");
            }
        }
    }
}

/// `Only members may enter. Tom entered.`: who enters may.
fn only_those_who_may(sentences: &mut [Sentence]) {
    let may = |word: &Word| word.is_any(&["may", "can"]) && word.text != "May";
    let rules: Vec<usize> = (0..sentences.len())
        .filter(|&index| {
            let words = &sentences[index].words;
            words[0].is("only") && words.iter().filter(|word| may(word)).count() == 1
        })
        .collect();
    let elsewhere = sentences.iter().enumerate().any(|(index, sentence)| {
        let permits = |word: &Word| may(word) || word.is_any(&["may", "cannot"]);
        !rules.contains(&index) && sentence.words.iter().any(permits)
    });
    for index in rules {
        if elsewhere {
            for word in sentences[index].words.iter_mut().filter(|word| word.is("may")) {
                *word = Word::new("can");
            }
        } else {
            sentences[index].words.retain(|word| !may(word));
        }
    }
}

/// `The thief is either Tom or Anna. It is not Anna.`
fn one_of_these(sentences: &mut [Sentence]) {
    let mut role: Option<Word> = None;
    for sentence in sentences.iter_mut().filter(|sentence| !sentence.question) {
        let words = &sentence.words;
        if let (Some(role), [it, be, not, name]) = (&role, &words[..])
            && it.is("it")
            && be.is_any(&["is", "was"])
            && not.is("not")
            && name.capital()
        {
            let tail = [Word::new("is"), Word::new("not"), Word::new("the"), role.clone()];
            sentence.words = [std::slice::from_ref(name), &tail[..]].concat();
            continue;
        }
        let [the, noun, be, rest @ ..] = &words[..] else {
            continue;
        };
        let rest = after(rest, "either").unwrap_or(rest);
        let named = |word: &Word| word.capital() || word.is_any(&["or", ","]);
        let names = rest.iter().filter(|word| word.capital()).count();
        if the.is("the")
            && !noun.capital()
            && be.is_any(&["is", "was"])
            && names > 1
            && rest.iter().all(named)
            && rest.iter().any(|word| word.is("or"))
        {
            role = Some(noun.clone());
            let tail = [Word::new("is"), Word::new("the"), noun.clone()];
            sentence.words = [&[Word::new("either")], rest, &tail[..]].concat();
        }
    }
}

/// `All chess players are clever`, where somebody plays chess: those are they.
fn those_who_do(sentences: &mut [Sentence]) {
    const AGENTS: &[(&str, &str)] = &[
        ("players", "play"),
        ("owners", "own"),
        ("lovers", "love"),
        ("drinkers", "drink"),
        ("eaters", "eat"),
        ("speakers", "speak"),
        ("readers", "read"),
    ];
    let plain: Vec<String> = sentences.iter().map(|one| stemmed(&one.words)).collect();
    for (index, sentence) in sentences.iter_mut().enumerate() {
        let found = sentence.words.windows(2).enumerate().find_map(|(at, pair)| {
            let (_, verb) = AGENTS.iter().find(|(agents, _)| pair[1].is(agents))?;
            let does = format!("{} {}", stem(verb), stem(&pair[0].lower));
            let elsewhere = plain
                .iter()
                .enumerate()
                .any(|(other, text)| other != index && text.contains(&does));
            elsewhere.then_some((at, *verb))
        });
        if let Some((at, verb)) = found {
            let what = sentence.words[at].clone();
            let who = [Word::new("people"), Word::new("who"), Word::new(verb), what];
            sentence.words.splice(at..at + 2, who);
        }
    }
}

/// `One of them stole the ring. Tom did not steal it.`: the ring, as the verb is the same.
fn it_as_before(sentences: &mut [Sentence]) {
    let mut last: Option<(String, [Word; 2])> = None;
    for sentence in sentences {
        match &mut sentence.words[..] {
            [.., verb, it] if it.is("it") => {
                if let Some((_, [the, noun])) = last.as_ref().filter(|(does, _)| *does == stem(&verb.lower)) {
                    let object = [the.clone(), noun.clone()];
                    sentence.words.pop();
                    sentence.words.extend(object);
                }
            }
            [.., verb, the, noun] if the.is("the") => {
                last = Some((stem(&verb.lower), [the.clone(), noun.clone()]));
            }
            _ => {}
        }
    }
}

/// The stems of the words without articles.
fn stemmed(words: &[Word]) -> String {
    let said = words.iter().filter(|word| !word.is_any(&["a", "an", "the"]));
    let stems: Vec<String> = said.map(|word| stem(&word.lower)).collect();
    stems.join(" ")
}
