//! Texts that are not mathematics, or can be read in two ways, stay unanswered.

use super::ask;
use council_core::Attempt;

const TRAPS: [&str; 84] = [
    "What happened in 1984?",
    "Who won the 2024 election?",
    "call me at 555-1234",
    "555-1234",
    "version 2.0 + the new UI",
    "24/7 support",
    "24/7",
    "9/11",
    "What was 9/11?",
    "What is 9/11?",
    "12/25/2024",
    "2024-01-15",
    "1984-2024",
    "1939-1945",
    "50/50",
    "4x4",
    "42",
    "What is 42?",
    "What is 2024?",
    "What is pi?",
    "what is e",
    "What is x?",
    "I",
    "x",
    "a + b",
    "x^2 + 1",
    "E = mc^2",
    "What is E = mc^2?",
    "How many people live in France?",
    "How many days are in February?",
    "How many planets are there?",
    "How far is the moon in kilometers?",
    "What is the capital of 3 countries?",
    "Give me 5 ideas for dinner",
    "Write 3 sentences about dogs",
    "Write a 500 word essay",
    "List 10 books",
    "Tell me 2 jokes",
    "What is the area of France?",
    "What is the volume of the ocean?",
    "What is the root of the problem?",
    "What's the difference between a cat and a dog?",
    "What is the sum of human knowledge?",
    "What are the odds?",
    "What is the product of love and hate?",
    "Solve the mystery",
    "Solve my problem",
    "Factor in the costs",
    "Expand on that",
    "Simplify this sentence",
    "Convert to Christianity",
    "Convert 5 kg to meters",
    "Convert 100 to euros",
    "How many meters in a kilogram?",
    "100 + 10%",
    "What is 200 - 15%?",
    "6/2(1+2)",
    "1/2x + 3 = 7",
    "sin(30)",
    "square root of 16 plus 9",
    "the sum of 5 and 7 times 2",
    "twice 5 plus 3",
    "What is the variance of 2, 4, 6?",
    "3 tons in kg",
    "How many KB are in a MB?",
    "What is the next number: 1, 2, 4?",
    "What comes next: 3, 1, 4, 1, 5?",
    "Mix 3 eggs and 2 cups of flour",
    "He scored 3 plus an assist",
    "Is 7 lucky?",
    "Is 13 an unlucky number?",
    "Chapter 3.2.1",
    "1.2.3 + 4",
    "007",
    "Is Windows 11 greater than Windows 10?",
    "The meeting is at 3 - 4 pm",
    "I have 2 kids and 3 dogs",
    "Top 10",
    "What is love times two?",
    "What is 5 + five apples?",
    "Room 12 + 13",
    "Python 3 + Rust",
    "What is C + C?",
    "print(2+2)",
];

#[test]
fn what_is_not_mathematics_or_is_ambiguous_stays_unanswered() {
    let answered: Vec<String> = TRAPS
        .iter()
        .filter_map(|trap| match ask(trap) {
            Attempt::Answered(answer) => Some(format!("{trap} -> {}", answer.value)),
            Attempt::Unsure { reason } | Attempt::Failed { reason } => {
                assert!(!reason.is_empty());
                None
            }
        })
        .collect();
    assert!(answered.is_empty(), "{answered:#?}");
}
