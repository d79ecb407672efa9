//! Tests of the key of a running server.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn it_is_for_its_owner_only_is_told_for_its_server_only_and_goes_with_it() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(NAME), "left by one that was killed").unwrap();
    let kept = TerminalKey::write(dir.path(), "0.0.0.0:9000".parse().unwrap(), "secret").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.path().join(NAME))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for url in [
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9000/",
        "http://localhost:9000",
    ] {
        assert_eq!(key_of(dir.path(), url).as_deref(), Some("secret"), "{url}");
    }
    for url in [
        "http://127.0.0.1:9001",
        "http://192.0.2.7:9000",
        "https://127.0.0.1:9000",
    ] {
        assert_eq!(key_of(dir.path(), url), None, "{url}");
    }
    drop(kept);
    assert_eq!(key_of(dir.path(), "http://127.0.0.1:9000"), None);
}
