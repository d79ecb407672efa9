//! What is typed without being shown.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn typed(keys: &[u8]) -> io::Result<String> {
    read(&mut io::Cursor::new(keys)).map(|secret| secret.expose().to_owned())
}

#[test]
fn what_is_typed_can_be_corrected_and_ends_with_the_line() {
    assert_eq!(typed(b"correct horse\nmore").unwrap(), "correct horse");
    assert_eq!(typed(b"corrx\x7fect\r").unwrap(), "correct");
    assert_eq!(typed("wör\x08\x08örter\n".as_bytes()).unwrap(), "wörter");
    assert_eq!(typed(b"all wrong\x15right\n").unwrap(), "right");
}

#[test]
fn nothing_typed_and_an_interruption_are_no_passphrases() {
    assert_eq!(typed(b"\n").unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(typed(b"\x04").unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(typed(b"abc\x03").unwrap_err().kind(), io::ErrorKind::Interrupted);
    assert_eq!(
        typed(b"\xff\xfe\n").unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
}
