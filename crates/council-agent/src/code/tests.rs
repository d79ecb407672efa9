//! What is run, what is written, and what is only talked about.

use super::*;
use Language::{Bash, JavaScript, Python};

fn given(language: Language, source: &str) -> CodeRequest {
    CodeRequest::Given {
        language,
        source: source.to_owned(),
    }
}

fn write(language: impl Into<Option<Language>>) -> CodeRequest {
    CodeRequest::Write {
        language: language.into(),
    }
}

#[track_caller]
fn check(cases: &[(&str, CodeRequest)]) {
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|(request, expected)| {
            let found = code_in(request);
            (found != *expected)
                .then(|| format!("{request:?}\n  should be {expected:?}\n  and is    {found:?}"))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_program_after_a_label_runs_as_it_is() {
    check(&[
        ("run: print(2+2)", given(Python, "print(2+2)")),
        ("Run: 2 ** 100", given(Python, "2 ** 100")),
        (
            "run:\nimport math\nprint(math.pi)",
            given(Python, "import math\nprint(math.pi)"),
        ),
        (
            "run: for i in range(3):\n    print(i)",
            given(Python, "for i in range(3):\n    print(i)"),
        ),
        ("run: while True: pass", given(Python, "while True: pass")),
        (
            "run: for x in 'ab': print(x)",
            given(Python, "for x in 'ab': print(x)"),
        ),
        ("  RUN:ls -la /", given(Bash, "ls -la /")),
        (
            "run: console.log([1,2].map(x => x * 2))",
            given(JavaScript, "console.log([1,2].map(x => x * 2))"),
        ),
        ("python: print('a: b')", given(Python, "print('a: b')")),
        ("Python:\nx = 3\nprint(x)\n", given(Python, "x = 3\nprint(x)")),
        ("py: sum(range(101))", given(Python, "sum(range(101))")),
        ("bash: echo hi | tr a-z A-Z", given(Bash, "echo hi | tr a-z A-Z")),
        ("js: console.log(1)", given(JavaScript, "console.log(1)")),
        ("run this bash: make && ./a.out", given(Bash, "make && ./a.out")),
        ("Please run this python code: foo()", given(Python, "foo()")),
        (
            "execute the following javascript: 1 + 1",
            given(JavaScript, "1 + 1"),
        ),
        ("can you run this for me in python: 3 * 7", given(Python, "3 * 7")),
        ("run: `print(1)`", given(Python, "print(1)")),
        (
            "run: #!/usr/bin/env node\nfoo()",
            given(JavaScript, "#!/usr/bin/env node\nfoo()"),
        ),
    ]);
}

#[test]
fn a_block_runs_when_the_words_say_so() {
    let block = "```python\nprint(1)\n```";
    let with = |before: &str, after: &str| format!("{before}\n{block}\n{after}");
    let asked = [
        with("Run this:", ""),
        with("run this code", ""),
        with("Please execute the following script.", ""),
        with("Could you run this for me?", ""),
        with("Can you please run the code below?", ""),
        with("", "Run it."),
        with("Here is my script.", "Please run it and tell me the output."),
        with("Explain this and then run it.", ""),
        with("I'd like you to run this program:", ""),
        with("Hi, run the following Python snippet, please", ""),
        with("Would you mind, please run it", ""),
        with("go ahead and run this", ""),
    ];
    let cases: Vec<(&str, CodeRequest)> = asked
        .iter()
        .map(|text| (text.as_str(), given(Python, "print(1)")))
        .collect();
    check(&cases);
    check(&[
        ("run ```print(2+2)```", given(Python, "print(2+2)")),
        ("Run `ls -la`", given(Bash, "ls -la")),
        ("Run this:\n~~~bash\necho 1\n~~~", given(Bash, "echo 1")),
        (
            "Run this bash:\n```\nset -e\nmake\n```",
            given(Bash, "set -e\nmake"),
        ),
        (
            "Run this:\n```\nconst a = 1\n```",
            given(JavaScript, "const a = 1"),
        ),
        ("Run this:\n```py\nx = '```'\n```", given(Python, "x = '```'")),
        ("run this\n```python\nprint(1)", given(Python, "print(1)")),
        (
            "Run this with that input:\n```python\nprint(1)\n```\n```json\n{}\n```",
            given(Python, "print(1)"),
        ),
    ]);
}

#[test]
fn a_task_for_a_language_is_to_be_written_and_run() {
    check(&[
        ("calculate the 50th Fibonacci number with Python", write(Python)),
        ("Calculate the 50th Fibonacci number with python.", write(Python)),
        ("Could you compute 2**1000 using Python?", write(Python)),
        (
            "Please calculate the mean of 3, 4, 8 using a Python script",
            write(Python),
        ),
        ("Use Python to count the primes below 1000", write(Python)),
        ("What is the 50th Fibonacci number? Use Python.", write(Python)),
        ("Using Python, calculate the factorial of 30", write(Python)),
        (
            "Write and run a Python script that lists the first ten squares",
            write(Python),
        ),
        (
            "Write a program that prints the primes below 50 and run it",
            write(None),
        ),
        (
            "Run a bash script that prints the numbers from 1 to 10",
            write(Bash),
        ),
        ("Plot a sine wave with matplotlib", write(Python)),
        ("sort 5, 3, 9 in JavaScript", write(JavaScript)),
        ("Compute the digits of pi by running some code", write(None)),
        (
            "Simulate 1000 coin flips in Python and tell me the share of heads",
            write(Python),
        ),
        ("I want you to calculate 17! with Python", write(Python)),
        ("solve x^2 = 2 numerically using code", write(None)),
        ("Use Python to sum this:\n```csv\n1,2,3\n```", write(Python)),
    ]);
}

#[test]
fn talk_about_code_runs_nothing() {
    let block = "\n```python\nprint(1)\n```";
    let talk = [
        "Explain this code:",
        "What does this do?",
        "How do I run this?",
        "How do I compile and run this?",
        "When I run this I get an error:",
        "I wrote this script and run it every day, is it safe?",
        "Why does this run so slowly?",
        "Don't run this, only explain it:",
        "Please do not execute the following code, review it:",
        "Explain without running it what this prints:",
        "Run me through this code:",
        "Run through this and find the bug:",
        "Run a comparison between this and quicksort:",
        "Run this by me again:",
        "What happens if you run this?",
        "If I run this twice, what happens?",
        "Should I run this as root?",
        "This is what runs at night:",
        "Translate \"run this\" and the code to Rust:",
        "Refactor this:",
        "Rerun the analysis on:",
        "The program that they execute:",
        "Fix the bug in this Python code:",
        "Calculate the complexity of this Python function in Python terms:",
        "",
    ];
    for words in talk {
        let request = format!("{words}{block}");
        assert_eq!(code_in(&request), CodeRequest::None, "{request}");
    }
    check(&[
        ("Run this:\n```rust\nfn main() {}\n```", CodeRequest::None),
        ("Run this:\n```json\n{\"a\": 1}\n```", CodeRequest::None),
        (
            "Run this:\n```python\n1\n```\nor\n```python\n2\n```",
            CodeRequest::None,
        ),
        ("Run this: the marathon", CodeRequest::None),
    ]);
}

#[test]
fn words_that_look_like_orders_are_none() {
    check(&[
        ("", CodeRequest::None),
        ("hello", CodeRequest::None),
        ("run", CodeRequest::None),
        ("run:", CodeRequest::None),
        ("What is Python?", CodeRequest::None),
        ("Python: the good parts", CodeRequest::None),
        ("Python: how do I sort a list?", CodeRequest::None),
        ("python: can't open file 'x.py'", CodeRequest::None),
        ("bash: foo: command not found", CodeRequest::None),
        (
            "bash: line 3: syntax error near unexpected token",
            CodeRequest::None,
        ),
        ("run: the numbers for last quarter", CodeRequest::None),
        ("run: if you are in town: call me", CodeRequest::None),
        ("Runtime: 2 h 10 min", CodeRequest::None),
        ("Trunk: print(1)", CodeRequest::None),
        ("note: print(1) failed", CodeRequest::None),
        ("How do I calculate a mean in Python?", CodeRequest::None),
        ("Explain how to compute factorials with Python", CodeRequest::None),
        (
            "Write a Python function that reverses a string",
            CodeRequest::None,
        ),
        ("Write a Python script that prints the primes", CodeRequest::None),
        ("Calculate 17 * 23 without using Python", CodeRequest::None),
        ("Don't use Python, calculate it yourself", CodeRequest::None),
        ("I calculated it with Python", CodeRequest::None),
        ("Can Python calculate 2**100?", CodeRequest::None),
        ("Calculate how much a python eats in a year", CodeRequest::None),
        ("Find a zoo with pythons", CodeRequest::None),
        ("Count the words in Python's license", CodeRequest::None),
        ("Find the bugs in Python 2", CodeRequest::None),
        ("Plot the story of a film with Monty Python", CodeRequest::None),
        ("Calculate the cost of the program with care", CodeRequest::None),
        (
            "Translate to French: calculate the sum with Python",
            CodeRequest::None,
        ),
        (
            "Which is faster, running it in bash or in Python?",
            CodeRequest::None,
        ),
        ("Tell me about the Fibonacci numbers", CodeRequest::None),
        ("Compare Python with JavaScript", CodeRequest::None),
        ("My cat sat on the bash prompt", CodeRequest::None),
        ("The executed program printed 4. Why?", CodeRequest::None),
        ("Go for a run, then calculate my pace", CodeRequest::None),
        ("run `it` by me", CodeRequest::None),
    ]);
    let pasted = "An article. ".repeat(300) + "Calculate the sum with Python.";
    assert_eq!(code_in(&pasted), CodeRequest::None);
}

#[test]
fn the_program_of_an_answer_is_its_block() {
    let of = |answer: &str| block_of(answer, Python);
    assert_eq!(of("```python\nprint(1)\n```").as_deref(), Some("print(1)"));
    assert_eq!(
        of("Here, with `x`:\n```\nx = 1\n```\nDone.").as_deref(),
        Some("x = 1")
    );
    assert_eq!(
        of("```text\nout\n```\n```py\nx = 1\n```").as_deref(),
        Some("x = 1")
    );
    assert_eq!(of("It is `print(1)`."), None);
    assert_eq!(of("```bash\nls\n```"), None);
}

#[test]
fn any_text_is_read_to_its_end() {
    use proptest::prelude::*;
    proptest!(|(text in "(run|python|```|`|~~~|:|,|\\.| |\n|print\\(1\\)|…|please|with|é|using|calculate|\\PC){0,24}")| {
        code_in(&text);
    });
}

#[test]
fn what_a_program_prints_is_found_out_by_running_it() {
    let printed = |source: &str| CodeRequest::Output {
        language: Python,
        source: source.to_owned(),
    };
    let block = "\n\n```python\nprint(1)\n```";
    for words in [
        "What does this Python program print?",
        "What is the output of the following Python code?",
        "Tell me what this prints:",
        "Which output does this program have?",
        "what will this code output",
        "What's the output of this snippet?",
        "Can you tell me what the following code displays?",
        "Predict the output of this program.",
    ] {
        assert_eq!(
            code_in(&format!("{words}{block}")),
            printed("print(1)"),
            "{words}"
        );
    }
    for words in [
        "Why does this print 1?",
        "What should this print instead?",
        "How do I change what this prints?",
        "Explain what this prints and why.",
        "What does the print statement do in this code?",
        "Without running it, what does this print?",
        "What is wrong with the output of this program?",
        "This prints 1. I like it.",
        "Summarise this code.",
    ] {
        assert_eq!(code_in(&format!("{words}{block}")), CodeRequest::None, "{words}");
    }
    let two = format!("What does this print?{block}{block}");
    assert_eq!(code_in(&two), CodeRequest::None, "which of the two?");
}
