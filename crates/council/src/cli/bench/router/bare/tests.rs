//! Answers without what stands around them.

use super::bare;

#[test]
fn of_a_skills_answer_the_result_counts_and_not_the_working_below_it() {
    for (text, answered_by, cited, said) in [
        ("**187.96 cm**\n\n1 ft = 30.48 cm", "math", false, "187.96 cm"),
        ("**Yes.**\n\nAll men are mortal.", "logic", false, "Yes."),
        ("**5**\n\n5", "qwen", false, "**5**\n\n5"),
        (
            "It has 38 hours [1]. Friday is free [2], [3].\n\nSources: [1] handbook.md, line 4; [2] a; [3] b",
            "qwen",
            true,
            "It has 38 hours. Friday is free,.",
        ),
        (
            "An array [a, 1] and [] stay [",
            "qwen",
            true,
            "An array [a, 1] and [] stay [",
        ),
        ("Room [12", "qwen", true, "Room [12"),
    ] {
        assert_eq!(bare(text, answered_by, cited), said);
    }
}
