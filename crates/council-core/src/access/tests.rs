//! Tests of scopes, names and states of keys.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn scopes_are_read_as_they_are_written() {
    for text in ["", "chat", "chat,memory", "chat,memory,execute,admin"] {
        assert_eq!(Scopes::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(Scopes::parse(" admin , chat").unwrap().to_string(), "chat,admin");
    assert_eq!(Scopes::parse("chat,root"), Err("root".to_owned()));
}

#[test]
fn a_set_has_what_was_put_into_it_and_nothing_else() {
    for one in KeyScope::ALL {
        let set: Scopes = [one].into_iter().collect();
        for scope in KeyScope::ALL {
            assert_eq!(set.has(scope), scope == one);
            assert_eq!(Scopes::all().without(one).has(scope), scope != one);
        }
    }
}

#[test]
fn names_of_users_are_short_and_plain() {
    for name in ["anna", "b", "anna-2", "a.b_c", "9lives"] {
        assert!(User::is_name(name), "{name}");
    }
    let long = "a".repeat(User::MAX_NAME + 1);
    for name in ["", "Anna", "-a", ".a", "a b", "ä", "a/b", "a\u{1f}b", &long] {
        assert!(!User::is_name(name), "{name:?}");
    }
}

#[test]
fn a_key_is_taken_until_it_expires_or_is_revoked() {
    let key = ApiKey {
        id: "0".repeat(12),
        name: String::new(),
        user: "anna".to_owned(),
        scopes: Scopes::all(),
        created_at: Timestamp::from_millis(0),
        expires_at: Some(Timestamp::from_millis(1_000)),
        revoked_at: None,
        last_used_at: None,
        daily: None,
        per_minute: None,
    };
    assert_eq!(key.state(Timestamp::from_millis(999)), KeyState::Active);
    assert_eq!(key.state(Timestamp::from_millis(1_000)), KeyState::Expired);
    let revoked = ApiKey {
        revoked_at: Some(Timestamp::from_millis(500)),
        ..key.clone()
    };
    assert_eq!(revoked.state(Timestamp::from_millis(501)), KeyState::Revoked);
    let lasting = ApiKey {
        expires_at: None,
        ..key
    };
    assert_eq!(
        lasting.state(Timestamp::from_millis(u64::MAX / 2_000_000)),
        KeyState::Active
    );
}
