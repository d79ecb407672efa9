//! Keys, as they are written and derived.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_key_is_64_hexadecimal_digits_and_nothing_else() {
    let digits = Key::random_hex().unwrap().expose().to_owned();
    assert_eq!(digits.len(), 64);
    let key = Key::from_hex(&format!(" {digits}\n")).unwrap();
    assert_eq!(
        key.spelt([0xab; 16]).unwrap().expose(),
        format!("x'{digits}{}'", "ab".repeat(16))
    );
    assert_eq!(
        key.spelt([1; 16]).unwrap(),
        Key::from_hex(&digits.to_uppercase())
            .unwrap()
            .spelt([1; 16])
            .unwrap()
    );
    for wrong in [
        "",
        &digits[1..],
        &format!("{digits}0"),
        &digits.replacen(|_| true, "g", 1),
        &"+1".repeat(32),
    ] {
        assert_eq!(Key::from_hex(wrong).unwrap_err(), KeyError::NotHex, "{wrong}");
    }
    assert_ne!(digits, Key::random_hex().unwrap().expose());
}

#[test]
fn a_passphrase_becomes_another_key_with_every_salt_and_the_same_with_the_same() {
    assert_eq!(Key::from_passphrase("elevenchars").unwrap_err(), KeyError::Short);
    let key = Key::from_passphrase("correct horse battery").unwrap();
    assert!(key.is_passphrase());
    let spelt = |key: &Key, salt: u8| key.spelt([salt; 16]).unwrap().expose().to_owned();
    let one = spelt(&key, 1);
    assert_eq!(one.len(), "x''".len() + 64 + 32);
    assert_ne!(spelt(&key, 2)[..66], one[..66]);
    // Another process comes to the same.
    let again = Key::from_passphrase("correct horse battery").unwrap();
    assert_eq!(spelt(&again, 1), one);
}

#[test]
fn a_key_is_not_printed() {
    let text = format!("{:?}", Key::from_passphrase("correct horse battery").unwrap());
    assert_eq!(text, "Key(***)");
}

#[cfg(not(feature = "encryption"))]
#[test]
fn a_program_without_the_cipher_takes_no_key() {
    let dir = tempfile::tempdir().unwrap();
    let key = Key::from_hex(Key::random_hex().unwrap().expose()).unwrap();
    let error = crate::Store::open_with(dir.path(), Some(&key)).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("built without encryption; build it with the feature `encryption`"),
        "{error}"
    );
}
