//! The bundled questions of logic, answered by rules alone.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "tests")]

use council_core::{Attempt, Skill, SkillHelp};
use council_skills::Logic;
use serde_json::Value;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const QUESTIONS: &str = include_str!("../../../../bench/questions/logic.jsonl");

pub(crate) fn alone() -> SkillHelp {
    SkillHelp {
        model: None,
        sandbox: None,
        time_limit: Duration::from_mins(1),
        cancel: CancellationToken::new(),
    }
}

/// Without case, articles, and marks at the ends.
fn plain(value: &str) -> String {
    value.trim().trim_end_matches('.').to_lowercase()
}

/// The members of a set, in one order.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = plain(text)
        .split(';')
        .map(|part| part.trim().to_owned())
        .collect();
    parts.sort();
    parts
}

/// Whether an answer is right: one that is accepted, or the same parts in another order.
fn fits(answer: &Value, given: &str) -> bool {
    let members = answer["value"].as_array().into_iter().flatten();
    let set: Vec<&str> = members.filter_map(Value::as_str).collect();
    if !set.is_empty() {
        return parts(&set.join("; ")) == parts(given);
    }
    let accepted = answer["accept"]
        .as_array()
        .into_iter()
        .flatten()
        .chain([&answer["value"]]);
    accepted
        .filter_map(Value::as_str)
        .any(|right| plain(right) == plain(given))
}

#[tokio::test]
async fn bundled_questions_are_answered_right_or_not_at_all() {
    let (mut right, mut all) = (0, 0);
    let mut wrong = Vec::new();
    for line in QUESTIONS.lines().filter(|line| !line.is_empty()) {
        let question: Value = serde_json::from_str(line).unwrap();
        let text = question["question"].as_str().unwrap();
        all += 1;
        match Logic.attempt(text, &alone()).await.attempt {
            Attempt::Answered(answer) if fits(&question["answer"], &answer.value) => right += 1,
            Attempt::Answered(answer) => wrong.push(format!(
                "{text}\n  answered {}\n{}",
                answer.value, answer.proofs[0].text
            )),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => println!("unsure: {text}\n  {reason}"),
        }
    }
    println!("{right} of {all}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all >= 80 && right * 100 >= all * 80, "{right} of {all}");
}

fn asked(question: &str) -> Attempt {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(Logic.attempt(question, &alone())).attempt
}

#[test]
fn statements_that_are_letters_are_decided() {
    let questions = [
        ("Either A or B. Not A. Does B follow?", "yes"),
        ("P implies Q. Q implies R. Does P imply R?", "yes"),
        ("If A then B. If B then C. A. Is C true?", "yes"),
        ("If A then B. Not B. Is A true?", "no"),
        ("If P, then Q. Q. Is P true?", "cannot be concluded"),
        ("Does p -> q imply not q -> not p?", "yes"),
        ("A only if B. A. Is B true?", "yes"),
        ("A unless B. Not B. Does A follow?", "yes"),
        ("P if and only if Q. Q is false. Is P true?", "no"),
        ("Neither A nor B. Is A or B true?", "no"),
        ("If A implies B and B implies C, does A imply C?", "yes"),
        ("If P implies Q, does Q imply P?", "no"),
    ];
    for (question, value) in questions {
        match asked(question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            other @ (Attempt::Unsure { .. } | Attempt::Failed { .. }) => panic!("{question}: {other:?}"),
        }
    }
    for question in ["Is A good?", "Is vitamin C true?", "If I am right. Is A true?"] {
        assert!(matches!(asked(question), Attempt::Unsure { .. }), "{question}");
    }
}

#[test]
fn what_is_said_otherwise_means_the_same() {
    for (question, value) in [
        (
            "Nobody who works here speaks French. Paul works here. Does Paul speak French?",
            "no",
        ),
        (
            "Everyone who owns cats likes birds. Tom owns cats. Does Tom like birds?",
            "yes",
        ),
        (
            "None of my friends smoke. Ann is my friend. Does Ann smoke?",
            "no",
        ),
        (
            "Some of my cousins swim. Jo is my cousin. Does Jo swim?",
            "cannot be concluded",
        ),
        ("Only members can enter. John entered. Is John a member?", "yes"),
        (
            "Only members may enter. Tom is a member. Did Tom enter?",
            "cannot be concluded",
        ),
        ("Only adults can vote. Tom can vote. Is Tom an adult?", "yes"),
        (
            "Paul has red hair or he is tall. He is not tall. Does Paul have red hair?",
            "yes",
        ),
        (
            "Peter has a red car and John has a blue car. Who has the blue car?",
            "John",
        ),
        (
            "The thief is either Tom or Anna. It is not Anna. Who is the thief?",
            "Tom",
        ),
        (
            "There are three suspects: Tom, Anna and Ben. Exactly one of them stole the ring. Tom did not steal it. \
             Ben did not steal it. Who stole the ring?",
            "Anna",
        ),
        (
            "Is the argument valid: all dogs bark; Rex barks; therefore Rex is a dog?",
            "no",
        ),
        ("Is it valid: all cats purr, Tom is a cat, so Tom purrs?", "yes"),
        (
            "Some students play chess. All chess players are clever. Are some students clever?",
            "yes",
        ),
        (
            "Tom owns a dog. All dog owners are patient. Is Tom patient?",
            "yes",
        ),
        (
            "No one who has a cold may visit. Ann has a cold. May Ann visit?",
            "no",
        ),
    ] {
        match asked(question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            other @ (Attempt::Unsure { .. } | Attempt::Failed { .. }) => panic!("{question}: {other:?}"),
        }
    }
}

#[test]
fn what_is_in_one_of_several_places_is_found_by_where_it_is_not() {
    let prize =
        "There are three boxes: red, blue and green. The prize is in one of them. It is not in the red box.";
    for (question, value) in [
        (format!("{prize} The green box is empty. Which box has the prize?"), "blue"),
        (format!("{prize} Which box has the prize?"), "cannot be concluded"),
        (
            "Four cups: white, black, grey, pink. The coin is not under the pink cup. It is not under the grey one. The white \
             cup is empty. Where is the coin?"
                .to_owned(),
            "black",
        ),
    ] {
        match asked(&question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            other @ (Attempt::Unsure { .. } | Attempt::Failed { .. }) => panic!("{question}: {other:?}"),
        }
    }
    for question in [
        "Three boxes: red, blue, green. Which box is empty?",
        "Three boxes: red, blue, green. Which box do you like?",
        "There are three boxes: red, blue and green. The prize is in one of them. The red box is heavy. Where is it?",
    ] {
        assert!(matches!(asked(question), Attempt::Unsure { .. }), "{question}");
    }
}

#[test]
fn what_is_asked_of_one_of_a_kind_is_asked_of_all() {
    for (question, value) in [
        (
            "All birds have feathers. A robin is a bird. Does a robin have feathers?",
            "yes",
        ),
        (
            "No reptiles have fur. A snake is a reptile. Does a snake have fur?",
            "no",
        ),
        (
            "All birds are animals. A robin is a bird. Is a robin an animal?",
            "yes",
        ),
        (
            "Some birds can fly. A penguin is a bird. Can a penguin fly?",
            "cannot be concluded",
        ),
        (
            "All birds have feathers. A bat is not a bird. Does a bat have feathers?",
            "cannot be concluded",
        ),
    ] {
        match asked(question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => panic!("{question}: {reason}"),
        }
    }
}

#[test]
fn suspects_days_and_places_are_read_as_people_write_of_them() {
    for (question, value) in [
        (
            "Either the butler or the maid did it. The maid did not do it. Who did it?",
            "butler",
        ),
        (
            "Either the butler or the maid is guilty. The maid is not guilty. Who is guilty?",
            "butler",
        ),
        (
            "There are three suspects: Tom, Anna and Ben. Exactly one of them is guilty. If Tom is guilty then Anna is guilty. Ben is not guilty. Who is guilty?",
            "Anna",
        ),
        (
            "All birds can fly. Penguins are birds. Can penguins fly according to these statements?",
            "yes",
        ),
        (
            "All birds can fly. Penguins are birds. Based on these statements, can penguins fly?",
            "yes",
        ),
        (
            "All cats are animals. Tom is a cat. From this, can we conclude that Tom is an animal?",
            "yes",
        ),
        ("Monday is two days before which day?", "Wednesday"),
        ("Wednesday is three days after which day?", "Sunday"),
        ("What day is 10 days before Sunday?", "Thursday"),
        ("Two days ago it was Monday. What day is tomorrow?", "Thursday"),
        (
            "Paris is north of Lyon. Lyon is north of Nice. Is Nice south of Paris?",
            "yes",
        ),
    ] {
        match asked(question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => panic!("{question}: {reason}"),
        }
    }
    for question in [
        "There are three suspects: Tom and Anna. Exactly one of them is guilty. Tom is not guilty. Who is guilty?",
        "Paris is north of Lyon. Oslo is west of Bonn. Is Paris west of Bonn?",
    ] {
        assert!(
            !matches!(asked(question), Attempt::Answered(answer) if answer.value == "yes"),
            "{question}"
        );
    }
}

#[test]
fn who_is_what_to_whom_in_a_family_is_counted() {
    for (question, value) in [
        (
            "Tom is the brother of Mary. Mary is the mother of Sue. How is Tom related to Sue?",
            "uncle",
        ),
        (
            "Anna is Ben's mother. Ben is Carl's father. What is Anna to Carl?",
            "grandmother",
        ),
        (
            "Ben's father is Tom. Tom's sister is Ida. What is Ida to Ben?",
            "aunt",
        ),
        (
            "John is married to Mary. Mary is the mother of Sue. What is John to Sue?",
            "father",
        ),
        (
            "A is the father of B. B is the sister of C. What is A to C?",
            "father",
        ),
        (
            "Tom is Ann's son. Ann is Bob's sister. Lee is Bob's daughter. How is Lee related to Tom?",
            "cousin",
        ),
        (
            "Tom is the brother of Mary. Mary is the mother of Sue. Is Tom the uncle of Sue?",
            "yes",
        ),
        (
            "Tom is the brother of Mary. Mary is the mother of Sue. Is Tom Sue's father?",
            "no",
        ),
        (
            "Tom is the brother of Mary. Mary is the mother of Sue. Who is Sue's uncle?",
            "Tom",
        ),
        ("What relation is my mother's brother's son to me?", "cousin"),
        ("Who is my father's brother's wife?", "aunt"),
        ("What do you call your sister's daughter?", "niece"),
        ("My mother's sister is my what?", "aunt"),
        (
            "Anna has a sister named Eve. Eve has a son named Max. What is Max to Anna?",
            "nephew",
        ),
        (
            "Pat is the child of Sam. Sam is the sibling of Lee. What is Lee to Pat?",
            "uncle or aunt",
        ),
        (
            "Tom is the father of Ben. Ben is the father of Carl. Carl is the father of Dan. What is Tom to Dan?",
            "great-grandfather",
        ),
        (
            "Alice is Bob's wife. Bob is Carol's son. What is Alice to Carol?",
            "daughter-in-law",
        ),
    ] {
        match asked(question) {
            Attempt::Answered(answer) => assert_eq!(answer.value, value, "{question}"),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => panic!("{question}: {reason}"),
        }
    }
    for question in [
        "Is Tom the uncle of Sue?",
        "Kim is the parent of Lou. Is Kim the mother of Lou?",
        "Bob likes Anna. Anna is the mother of Cid. What is Bob to Cid?",
        "Tom is the brother-in-law of Ann. Ann is the mother of Sue. What is Tom to Sue?",
        "Tom is the father of Tom. What is Tom to Tom?",
        "Tom is the father of Ann. Tom is the mother of Ben. What is Tom to Ben?",
        "Who is my boss's wife?",
        "If Tom is the father of Ann, who is Tom?",
    ] {
        if let Attempt::Answered(answer) = asked(question) {
            panic!("{question}: {}", answer.value);
        }
    }
}
