//! Tests of keys in files.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::app::clock::SystemClock;
use council_models::remote::ProviderMetrics;
use council_models::remote::provider::ProviderParts;

fn open(dir: &Path) -> (KeyedProviders, Arc<Provider>) {
    let parts = ProviderParts {
        name: "Acme / eu".to_owned(),
        account: "Acme / eu".to_owned(),
        host: "h".to_owned(),
        local: false,
        configured_key: false,
    };
    let metrics = ProviderMetrics::register(&prometheus::Registry::new()).unwrap();
    let provider = Provider::new(parts, Arc::new(SystemClock), metrics);
    let keyed = KeyedProviders::open(dir.to_owned(), vec![Arc::clone(&provider)]).unwrap();
    (keyed, provider)
}

#[tokio::test]
async fn a_key_is_kept_for_its_owner_only_and_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    let (keyed, provider) = open(&keys);
    assert!(!provider.health().has_key);
    keyed.set_key("Acme / eu", " sk-1 \n".into()).await.unwrap();
    assert!(provider.health().has_key);
    let path = keys.join("Acme%20%2f%20eu.key");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "sk-1");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&keys), mode(&path)), (0o700, 0o600));
    }
    let (keyed, provider) = open(&keys);
    assert!(provider.health().has_key);
    keyed.set_key("Acme / eu", "".into()).await.unwrap();
    assert!(!provider.health().has_key && !path.exists());
}

#[tokio::test]
async fn keys_of_nobody_and_keys_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (keyed, _) = open(dir.path());
    let refused = keyed.set_key("other", "sk-1".into()).await.unwrap_err();
    assert!(refused.to_string().contains("known: Acme / eu"), "{refused}");
    for key in ["two words", "line\nbreak", "ümlaut"] {
        let refused = keyed.set_key("Acme / eu", key.into()).await.unwrap_err();
        assert!(matches!(refused, KeyError::Invalid(_)));
        assert!(!refused.to_string().contains(key));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_that_others_could_read_is_closed_to_them_when_it_is_opened() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Acme%20%2f%20eu.key");
    std::fs::write(&path, "sk-1\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (_, provider) = open(dir.path());
    assert!(provider.health().has_key);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}
