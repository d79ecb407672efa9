//! What people say and mean: it passes.

use super::*;
use Attribute::*;

/// What is said, what a model makes of it, and what is kept of that: attribute and text.
struct Truth {
    said: &'static str,
    quote: &'static str,
    subject: &'static str,
    claimed: Attribute,
    statement: &'static str,
    attribute: Attribute,
    text: &'static str,
}

const fn truth(
    said: &'static str,
    quote: &'static str,
    (subject, claimed, statement): (&'static str, Attribute, &'static str),
    (attribute, text): (Attribute, &'static str),
) -> Truth {
    Truth {
        said,
        quote,
        subject,
        claimed,
        statement,
        attribute,
        text,
    }
}

const TRUTHS: &[Truth] = &[
    truth(
        "My name is Ada.",
        "My name is Ada",
        ("user", Name, "The user's name is Ada."),
        (Name, "The user's name is Ada."),
    ),
    truth(
        "Hi, I'm Ada",
        "I'm Ada",
        ("I", Name, "The user is called Ada"),
        (Name, "The user is called Ada."),
    ),
    truth(
        "Please call me Bob.",
        "call me Bob",
        ("user", Nickname, "The user is called Bob."),
        (Nickname, "The user is called Bob."),
    ),
    truth(
        "I live in Oslo, what can I do on a rainy day?",
        "I live in Oslo",
        ("user", Home, "The user lives in Oslo."),
        (Home, "The user lives in Oslo."),
    ),
    truth(
        "I prefer short answers without bullet points.",
        "I prefer short answers without bullet points",
        (
            "user",
            Likes,
            "The user prefers short answers without bullet points.",
        ),
        (Likes, "The user prefers short answers without bullet points."),
    ),
    truth(
        "I moved to Lisbon last spring",
        "I moved to Lisbon last spring",
        ("user", Home, "The user lives in Lisbon."),
        (Home, "The user lives in Lisbon."),
    ),
    truth(
        "We moved from Berlin to Lisbon in May.",
        "We moved from Berlin to Lisbon in May",
        ("user", Home, "The user moved to Lisbon in May."),
        (Home, "The user moved to Lisbon in May."),
    ),
    truth(
        "I'm allergic to peanuts, so what can I cook tonight?",
        "I'm allergic to peanuts",
        ("the user", Allergy, "I'm allergic to peanuts"),
        (Allergy, "The user is allergic to peanuts."),
    ),
    truth(
        "I am thirty four years old",
        "I am thirty four years old",
        ("user", Age, "The user is thirty four years old."),
        (Age, "The user is thirty four years old."),
    ),
    truth(
        "I turned 30 in March.",
        "I turned 30 in March",
        ("user", Age, "The user turned 30."),
        (Age, "The user turned 30."),
    ),
    truth(
        "My birthday is on 3 May.",
        "My birthday is on 3 May",
        ("user", Birthday, "The user's birthday is on 3 May."),
        (Birthday, "The user's birthday is on 3 May."),
    ),
    truth(
        "I work as a nurse at St. Olav hospital",
        "I work as a nurse",
        ("user", Job, "The user works as a nurse."),
        (Job, "The user works as a nurse."),
    ),
    truth(
        "I'm a software engineer and I work for Equinor.",
        "I work for Equinor",
        ("user", Employer, "The user works for Equinor."),
        (Employer, "The user works for Equinor."),
    ),
    truth(
        "I don't like cilantro",
        "I don't like cilantro",
        ("user", Likes, "The user doesn't like cilantro."),
        (Dislikes, "The user doesn't like cilantro."),
    ),
    truth(
        "I can't stand loud music.",
        "I can't stand loud music",
        ("user", Dislikes, "The user dislikes loud music."),
        (Dislikes, "The user dislikes loud music."),
    ),
    truth(
        "I prefer tea over coffee",
        "I prefer tea over coffee",
        ("user", Likes, "The user prefers tea over coffee."),
        (Likes, "The user prefers tea over coffee."),
    ),
    truth(
        "I love hiking, and my sister hates it.",
        "I love hiking",
        ("user", Hobby, "The user loves hiking."),
        (Hobby, "The user loves hiking."),
    ),
    truth(
        "My brother Tom lives in Rome.",
        "My brother Tom lives in Rome",
        ("brother Tom", Home, "The user's brother Tom lives in Rome."),
        (Home, "The user's brother Tom lives in Rome."),
    ),
    truth(
        "I have a sister who lives in Rome",
        "I have a sister who lives in Rome",
        ("sister", Home, "The user's sister lives in Rome."),
        (Home, "The user's sister lives in Rome."),
    ),
    truth(
        "My wife's name is Eve.",
        "My wife's name is Eve",
        ("user", Partner, "The user's wife is named Eve."),
        (Partner, "The user's wife is named Eve."),
    ),
    truth(
        "I have a dog called Rex",
        "I have a dog called Rex",
        ("user", Pet, "The user has a dog called Rex."),
        (Pet, "The user has a dog called Rex."),
    ),
    truth(
        "I'm vegetarian. Recommend a recipe!",
        "I'm vegetarian",
        ("user", Diet, "The user is vegetarian."),
        (Diet, "The user is vegetarian."),
    ),
    truth(
        "Recommend a restaurant, I'm vegan",
        "I'm vegan",
        ("user", Diet, "The user is vegan."),
        (Diet, "The user is vegan."),
    ),
    truth(
        "I'm learning Welsh.",
        "I'm learning Welsh",
        ("user", Skill, "The user is learning Welsh."),
        (Skill, "The user is learning Welsh."),
    ),
    truth(
        "I no longer live in Berlin.",
        "I no longer live in Berlin",
        ("user", Home, "The user no longer lives in Berlin."),
        (Event, "The user no longer lives in Berlin."),
    ),
    truth(
        "Remember that I use a Linux laptop",
        "I use a Linux laptop",
        ("user", Device, "The user uses a Linux laptop."),
        (Device, "The user uses a Linux laptop."),
    ),
    truth(
        "I was born in Lyon in 1990.",
        "I was born in Lyon in 1990",
        ("user", Birthday, "The user was born in Lyon in 1990."),
        (Birthday, "The user was born in Lyon in 1990."),
    ),
    truth(
        "My pronouns are they/them.",
        "My pronouns are they/them",
        ("user", Pronouns, "The user's pronouns are they/them."),
        (Pronouns, "The user's pronouns are they/them."),
    ),
    truth(
        "I swim every morning before work",
        "I swim every morning before work",
        ("user", Habit, "The user swims every morning before work."),
        (Habit, "The user swims every morning before work."),
    ),
    truth(
        "I\u{2019}m working on a compiler.",
        "I'm working on a compiler",
        ("user", Project, "The user is working on a compiler."),
        (Project, "The user is working on a compiler."),
    ),
    truth(
        "I used to live in Berlin",
        "I used to live in Berlin",
        ("user", Home, "The user used to live in Berlin."),
        (Event, "The user used to live in Berlin."),
    ),
    truth(
        "I'm moving to Porto next month",
        "I'm moving to Porto next month",
        ("user", Home, "The user is moving to Porto next month."),
        (Plan, "The user is moving to Porto next month."),
    ),
    truth(
        "I went to Paris last week",
        "I went to Paris last week",
        ("user", Home, "The user went to Paris last week."),
        (Other, "The user went to Paris last week."),
    ),
    truth(
        "I'm a mother of two",
        "I'm a mother of two",
        ("user", Job, "The user is a mother of two."),
        (Other, "The user is a mother of two."),
    ),
];

#[test]
fn what_people_say_of_themselves_passes_under_the_attribute_that_they_speak_of() {
    let mut wrong = Vec::new();
    for truth in TRUTHS {
        let proposal = proposal(truth.quote, truth.subject, truth.claimed, truth.statement);
        match judge(&proposal, said(truth.said)) {
            Ok(fact) if fact.attribute == truth.attribute && fact.text == truth.text && !fact.is_unsure() => {
            }
            other => wrong.push(format!("{}: {other:?}", truth.said)),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        TRUTHS.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_of_them_is_a_candidate() {
    for truth in TRUTHS {
        assert!(!candidates(truth.said).is_empty(), "{}", truth.said);
    }
}

#[test]
fn what_says_itself_what_it_is_about_needs_no_model() {
    let table: &[(&str, &[(Attribute, &str)])] = &[
        (
            "My name is Ada and I live in Oslo.",
            &[
                (Name, "The user's name is Ada."),
                (Home, "The user lives in Oslo."),
            ],
        ),
        (
            "By the way, I'm allergic to peanuts, shellfish and soy.",
            &[(Allergy, "The user is allergic to peanuts, shellfish and soy.")],
        ),
        (
            "Remember that I work for Equinor",
            &[(Employer, "The user works for Equinor.")],
        ),
        (
            "I love jazz but I can't stand opera.",
            &[
                (Likes, "The user loves jazz."),
                (Dislikes, "The user can't stand opera."),
            ],
        ),
        (
            "My brother lives in Rome",
            &[(Home, "The user's brother lives in Rome.")],
        ),
        (
            "My wife is called Eve",
            &[(Partner, "The user's wife is called Eve.")],
        ),
        (
            "Please call me Bob",
            &[(Nickname, "The user wants to be called Bob.")],
        ),
        (
            "I'm a nurse, what should I read?",
            &[(Job, "The user is a nurse.")],
        ),
        ("I saw a film yesterday", &[]),
        ("I made vegan ice cream last Friday", &[]),
        ("I loved it, and I love having them around", &[]),
        ("I designed notebooks with elements like galaxies", &[]),
        ("I'm no writer like Anna", &[]),
        ("I'm vegan now", &[(Diet, "The user is vegan now.")]),
    ];
    for (text, facts) in table {
        let found: Vec<_> = by_rules(text)
            .iter()
            .filter_map(|proposal| judge(proposal, said(text)).ok())
            .map(|fact| (fact.attribute, fact.text))
            .collect();
        let expected: Vec<_> = facts
            .iter()
            .map(|(attribute, text)| (*attribute, (*text).to_owned()))
            .collect();
        assert_eq!(
            found,
            expected,
            "{text}: {:?}",
            by_rules(text)
                .iter()
                .map(|proposal| (proposal.quote.clone(), judge(proposal, said(text))))
                .collect::<Vec<_>>()
        );
    }
}

/// What is said, and the facts in it: attribute, text, and the words that it rests on.
type Compound = (&'static str, &'static [(Attribute, &'static str, &'static str)]);

#[test]
fn two_things_in_one_clause_are_two_facts_with_words_of_their_own() {
    let table: &[Compound] = &[
        (
            "I live in Oslo and work as a nurse at Haukeland hospital.",
            &[
                (Home, "The user lives in Oslo.", "I live in Oslo"),
                (
                    Job,
                    "The user works as a nurse at Haukeland hospital.",
                    "work as a nurse at Haukeland hospital",
                ),
            ],
        ),
        (
            "I love tea and hate coffee",
            &[
                (Likes, "The user loves tea.", "I love tea"),
                (Dislikes, "The user hates coffee.", "hate coffee"),
            ],
        ),
        (
            "I love tea and don't like coffee",
            &[
                (Likes, "The user loves tea.", "I love tea"),
                (Dislikes, "The user doesn't like coffee.", "don't like coffee"),
            ],
        ),
        (
            "I'm a nurse and live in Oslo, what should I see there?",
            &[
                (Job, "The user is a nurse.", "I'm a nurse"),
                (Home, "The user lives in Oslo.", "live in Oslo"),
            ],
        ),
        (
            "I moved to Lisbon in May and work as a teacher and speak Dutch",
            &[
                (
                    Home,
                    "The user moved to Lisbon in May.",
                    "I moved to Lisbon in May",
                ),
                (Job, "The user works as a teacher.", "work as a teacher"),
                (Skill, "The user speaks Dutch.", "speak Dutch"),
            ],
        ),
        (
            "My brother lives in Rome and works as a cook",
            &[
                (
                    Home,
                    "The user's brother lives in Rome.",
                    "My brother lives in Rome",
                ),
                (Job, "The user's brother works as a cook.", "works as a cook"),
            ],
        ),
        // Nouns, and one thing after another with one verb.
        (
            "I love music and dance",
            &[(Likes, "The user loves music and dance.", "I love music and dance")],
        ),
        (
            "I like jazz and live music",
            &[(
                Likes,
                "The user likes jazz and live music.",
                "I like jazz and live music",
            )],
        ),
        // No rule knows this; a model is asked.
        ("I live and work in Oslo", &[]),
    ];
    for (text, facts) in table {
        let judged: Vec<_> = by_rules(text)
            .iter()
            .map(|proposal| judge(proposal, said(text)))
            .collect();
        let found: Vec<_> = judged
            .iter()
            .flatten()
            .map(|fact| (fact.attribute, fact.text.as_str(), fact.quote.as_str()))
            .collect();
        assert_eq!(found, *facts, "{text}: {judged:?}");
        assert!(found.iter().all(|(.., quote)| text.contains(quote)));
    }
}

#[test]
fn a_known_speaker_is_called_by_name() {
    let source = Source {
        text: "I live in Oslo with my brother",
        speaker: Some("Ada Lovelace"),
    };
    let proposal = proposal("I live in Oslo", "Ada", Home, "The user lives in Oslo");
    let fact = judge(&proposal, source).unwrap();
    assert_eq!(
        (fact.subject.as_str(), fact.text.as_str()),
        ("Ada Lovelace", "Ada Lovelace lives in Oslo.")
    );
}

#[test]
fn what_is_hedged_waits_for_a_person() {
    let proposal = proposal(
        "I think I'm allergic to cats",
        "user",
        Allergy,
        "The user is allergic to cats.",
    );
    let fact = judge(&proposal, said("I think I'm allergic to cats.")).unwrap();
    assert!(fact.is_unsure(), "{fact:?}");
}
