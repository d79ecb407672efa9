//! Tests of keys in files.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::app::clock::SystemClock;
use council_models::remote::ProviderMetrics;
use council_models::remote::provider::ProviderParts;

fn open(dir: &Path) -> (KeyedProviders, Arc<Provider>) {
    let parts = ProviderParts {
        name: "Acme / eu".to_owned(),
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
    keyed.set_key("Acme / eu", " sk-1 \n".to_owned()).await.unwrap();
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
    keyed.set_key("Acme / eu", String::new()).await.unwrap();
    assert!(!provider.health().has_key && !path.exists());
}

#[tokio::test]
async fn keys_of_nobody_and_keys_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (keyed, _) = open(dir.path());
    let refused = keyed.set_key("other", "sk-1".to_owned()).await.unwrap_err();
    assert!(refused.to_string().contains("known: Acme / eu"), "{refused}");
    for key in ["two words", "line\nbreak", "ümlaut"] {
        let refused = keyed.set_key("Acme / eu", key.to_owned()).await.unwrap_err();
        assert!(matches!(refused, KeyError::Invalid(_)));
        assert!(!refused.to_string().contains(key));
    }
}
