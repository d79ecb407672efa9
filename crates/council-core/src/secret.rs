//! Keys, tokens and passwords.

use std::fmt;
use zeroize::Zeroizing;

/// Text that `Debug` does not show and that is overwritten when it goes. What others make of it (a header, a request's
/// bytes in a socket) is theirs and is not.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text, to be sent to whom it is for and to be shown to nobody.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    /// Takes the text's own memory; nothing is copied.
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_told_to_who_asks_for_it_and_shown_to_nobody() {
        let secret = Secret::from("sk-1");
        assert_eq!(secret.expose(), "sk-1");
        assert_eq!(format!("{:?}", Some(&secret)), "Some(***)");
        assert_eq!(secret, Secret::from("sk-1".to_owned()));
        assert_ne!(secret, Secret::from("sk-2"));
    }
}
