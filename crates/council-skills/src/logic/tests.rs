//! What must not be answered.
#![expect(clippy::panic, reason = "tests")]

use super::{by_rules, generous};
use council_core::Attempt;

/// Conversation with the words of logic in it.
pub(crate) const NO_PUZZLES: &[&str] = &[
    "Is it logical to buy a car?",
    "The world or nothing.",
    "If I were you, would I take the job?",
    "If you had a million dollars, what would you do?",
    "Is it legal to record a call if only one party agrees?",
    "All my friends say I should move to Berlin. Should I?",
    "Either we leave now or we miss the train. What do you think?",
    "Not all heroes wear capes.",
    "Some people like jazz, and some do not. Why is that?",
    "Is everyone equal before the law?",
    "If it rains tomorrow, should I cancel the picnic?",
    "Who is the tallest person in the world?",
    "Which is heavier, a kilogram of feathers or a kilogram of steel?",
    "Is a tomato a fruit or a vegetable?",
    "Who is older, Paul McCartney or Mick Jagger?",
    "What is the difference between a knight and a knave?",
    "Write a story about a knight who always lies.",
    "What day is it today?",
    "What day of the week was 4 July 1776?",
    "Prove that the square root of two is irrational.",
    "Explain modus ponens with an example.",
    "What is a tautology?",
    "Are all men created equal?",
    "No, I don't think so. Is that all?",
    "All right, what is next?",
    "If a tree falls in a forest and no one hears it, does it make a sound?",
    "Anna is taller than Ben. Write a poem about them.",
    "Thanks, that is all. No more questions.",
    "Only the good die young, or do they?",
    "My boss always lies. What should I do?",
    "Does God exist?",
    "Is this statement false?",
    "Can you sort this list: pear, apple, fig?",
    "Every time I open the file it crashes. Is the file broken?",
    "Some of my tests fail. Are all of my tests flaky?",
    "Tom says he is innocent. Is he?",
    "How many people live in either Rome or Oslo?",
    "If 3x + 5 = 20, what is x?",
    "If a train travels 60 miles in 2 hours, what is its speed?",
    "Is it possible to learn Rust in a month?",
    "She is smarter than him and he knows it. Is that a problem?",
    "p and q",
    "Is pizza better than pasta?",
];

/// Puzzles of which something is missing, or is said in a way that has two meanings.
const UNSURE: &[&str] = &[
    "All that glitters is not gold. This ring glitters. Is this ring gold?",
    "All birds can probably fly. Tweety is a bird. Can Tweety fly?",
    "If it rains, the ground gets muddy. It is raining. Is the road muddy?",
    "If it rains, the street is wet. The street is slippery. Did it rain?",
    "All cats are animals. Are some animals cats?",
    "Tom is usually on time. If Tom is late, Ben is angry. Ben is angry. Is Tom late?",
    "Anna is taller than Ben. Carl is older than Dora. Who is the tallest?",
    "Anna, Ben and Cara sit around a round table. Anna sits to the left of Ben. Who sits next to Cara?",
    "Tom is a bachelor. No bachelor is married. All men with a wife are married. Is Tom a widower?",
    "Anna says that Ben took the ring. Who took the ring?",
    "Anna has a cat or a dog. Ben has a bird. Who has the cat?",
    "If A is true then B is true. Which is it?",
    "All dogs bark. Rex barks loudly. Is Rex a dog?",
    "Paul is a friend of Mary. Mary is a friend of John. Is Paul a friend of John?",
    "If Anna or Ben comes and Cara stays or Dan leaves, the party ends. Anna comes. Does the party end?",
    "Every student read some book. Tom is a student. Did Tom read the Bible?",
    "A dog is barking. If Rex is a dog, Rex is barking. Is Rex barking?",
    "Knights sometimes lie. A says B is a knight. What is B?",
    "Some cats are black. Most cats are lazy. Most cats are quick. Are some cats lazy and quick?",
    "Amy finished two places ahead of Bob. Cat finished right behind Amy. Dan finished last. Who was third?",
    "Anna is almost as tall as Ben. Ben is taller than Cara. Is Anna taller than Cara?",
    "Three friends compare their heights. Anna is taller than Ben. Who is the tallest?",
    "Tom is two years older than Ben. Sue is three years older than Ben. Who is the oldest?",
    "There are two knights and one knave among A, B and C. A says that B is a knave. What is C?",
    "You meet three people, A, B and C. Knights always tell the truth and knaves usually lie. A says that B is a knave. What is A?",
    "Anna, Ben and Cara each have a different pet: a cat, a dog or a bird. Anna likes the dog. Ben has the cat. Who has the dog?",
    "Some of the guests, if not all, are vegetarians. Tom is a guest. Is Tom a vegetarian?",
    "Tom left before Ben arrived. Ben arrived after Cara left. Who arrived first?",
    "All but one of the cats are black. Tom is a cat. Is Tom black?",
    "Everyone but Tom is guilty. Ben is a cook. No cook is guilty. Is Tom guilty?",
    "No cats or dogs are allowed. Rex is a dog. If Rex is allowed, Tom is happy. Is Rex allowed?",
    "Tom is happy even if it rains. It does not rain. Is Tom happy?",
    "Nothing is better than love. A sandwich is better than nothing. Is a sandwich better than love?",
    "Tom is taller than Ben. Ben is as tall as Carl. Dan is shorter than Carl. Who is the second tallest?",
    "Half of the cats are black. Tom is a cat. Is Tom black?",
    "If Tom had studied, he would have passed. Tom passed. Did Tom study?",
    "Two of the three boxes are empty. The red box is full. Which box is the lightest?",
];

#[test]
fn what_was_not_understood_whole_is_not_answered() {
    let mut answered = Vec::new();
    for text in UNSURE.iter().chain(NO_PUZZLES) {
        match by_rules(text, &generous()) {
            Attempt::Unsure { .. } => {}
            Attempt::Answered(answer) => {
                answered.push(format!("{text}\n  {}\n{}", answer.value, answer.proofs[0].text));
            }
            Attempt::Failed { reason } => panic!("{text}: {reason}"),
        }
    }
    assert!(answered.is_empty(), "{}", answered.join("\n"));
}

#[test]
fn an_answer_names_the_premises_that_it_rests_on_and_no_others() {
    let text = "All men are mortal. All cats are animals. Socrates is a man. Is Socrates mortal?";
    let Attempt::Answered(answer) = by_rules(text, &generous()) else {
        panic!("not answered");
    };
    assert_eq!(
        answer.text,
        "**Yes.**\n\nIt rests on:\n- All men are mortal\n- Socrates is a man"
    );
    assert!(
        answer.proofs[0].text.contains("* 1. ∀x (man(x) → mortal(x))"),
        "{}",
        answer.proofs[0].text
    );
}

#[test]
fn premises_that_contradict_each_other_are_named() {
    let text = "All men are mortal. Rex is a dog. Socrates is a man. Socrates is not mortal. If Rex is a dog, Rex is mortal. Is Rex mortal?";
    let Attempt::Unsure { reason } = by_rules(text, &generous()) else {
        panic!("answered");
    };
    assert_eq!(
        reason,
        "what is said contradicts itself: All men are mortal / Socrates is a man / Socrates is not mortal"
    );
}
