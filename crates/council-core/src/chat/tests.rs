//! Messages with files.

use super::*;

fn file(text: &str, left_out_bytes: u64) -> FileText {
    FileText {
        id: "att_1".to_owned(),
        name: "notes.txt".to_owned(),
        text: text.to_owned(),
        left_out_bytes,
    }
}

#[test]
fn models_read_files_and_the_user_did_not_say_them() {
    let mut message = Message::text(Role::User, "What is this?");
    message.content.insert(0, Content::File(file("one\ntwo\n", 7)));
    assert_eq!(
        message.joined_text(),
        "The file \"notes.txt\":\n```\none\ntwo\n```\n(The last 7 bytes of the file are left out.)\n\nWhat is this?"
    );
    assert_eq!(message.said_text(), "What is this?");
    assert!(message.has_files());
}

#[test]
fn a_text_cannot_end_its_own_quotation() {
    let quoted = file("```\nnot the end\n````", 0).quoted();
    assert!(quoted.contains("\n`````\n"), "{quoted}");
    assert_eq!(quoted.matches("`````").count(), 2, "{quoted}");
}
