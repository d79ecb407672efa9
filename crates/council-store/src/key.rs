//! The key of an encrypted database: 256 bits, or what a passphrase becomes with the salt at the beginning of the file.
//!
//! SQLCipher keeps a random salt in the first 16 bytes of a database, in the clear. It is the passphrase's salt too, so
//! that a copy of the file needs nothing beside it but the passphrase.

use crate::open::{self, OpenError};
use argon2::{Algorithm, Argon2, Params, Version};
use council_core::Secret;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// How a database begins that is not encrypted (<https://sqlite.org/fileformat2.html#magic_header_string>).
const PLAIN: Salt = *b"SQLite format 3\0";

/// What a passphrase costs who tries one: Argon2id with 64 MiB and three passes, the second choice of RFC 9106, on one
/// lane. Databases depend on it: a change needs a second attempt with these values.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;

/// Fewest characters of a passphrase: whoever has the file can try as many as they have time for.
pub const SHORTEST_PASSPHRASE: usize = 12;

/// The first bytes of an encrypted database.
type Salt = [u8; 16];

/// Opens encrypted databases. Clones are the same key.
#[derive(Clone)]
pub struct Key(Arc<Kind>);

enum Kind {
    Bits(Zeroizing<[u8; 32]>),
    Passphrase {
        text: Secret,
        /// What it became, by salt: it takes a fraction of a second, and every connection needs it.
        derived: Mutex<HashMap<Salt, Zeroizing<[u8; 32]>>>,
    },
}

/// Why something is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hexadecimal digits.
    #[error("is no key: 64 hexadecimal digits, as `council data new-key` writes them")]
    NotHex,
    /// Too easily guessed.
    #[error("is too short for a passphrase: at least {SHORTEST_PASSPHRASE} characters, better several words")]
    Short,
}

impl Key {
    /// A key from its hexadecimal digits; white space around them is ignored.
    ///
    /// # Errors
    /// [`KeyError::NotHex`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let text = text.trim().as_bytes();
        let mut bits = Zeroizing::new([0; 32]);
        if text.len() != 2 * bits.len() {
            return Err(KeyError::NotHex);
        }
        for (byte, digits) in bits.iter_mut().zip(text.chunks_exact(2)) {
            let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(KeyError::NotHex);
            *byte = (digit(digits[0])? << 4 | digit(digits[1])?) as u8;
        }
        Ok(Self(Arc::new(Kind::Bits(bits))))
    }

    /// A key from a passphrase.
    ///
    /// # Errors
    /// [`KeyError::Short`].
    pub fn from_passphrase(text: &str) -> Result<Self, KeyError> {
        if text.chars().count() < SHORTEST_PASSPHRASE {
            return Err(KeyError::Short);
        }
        Ok(Self(Arc::new(Kind::Passphrase {
            text: text.into(),
            derived: Mutex::default(),
        })))
    }

    /// The hexadecimal digits of a new key.
    ///
    /// # Errors
    /// When the system has no random bits.
    pub fn random_hex() -> io::Result<Secret> {
        let mut digits = String::with_capacity(64);
        write_hex(&mut digits, &*Zeroizing::new(random::<32>()?));
        Ok(digits.into())
    }

    /// Whether it is derived from a passphrase.
    pub fn is_passphrase(&self) -> bool {
        matches!(&*self.0, Kind::Passphrase { .. })
    }

    /// What SQLCipher takes: the key and the salt, both as they are, so that it derives nothing itself.
    fn spelt(&self, salt: Salt) -> Result<Secret, argon2::Error> {
        let bits = match &*self.0 {
            Kind::Bits(bits) => bits.clone(),
            Kind::Passphrase { text, derived } => {
                // Held meanwhile, so that connections that open together derive it once.
                let mut derived = derived.lock().unwrap_or_else(PoisonError::into_inner);
                match derived.get(&salt) {
                    Some(bits) => bits.clone(),
                    None => derived
                        .entry(salt)
                        .or_insert(derive(text.expose(), salt)?)
                        .clone(),
                }
            }
        };
        let mut spelt = String::with_capacity(2 * (bits.len() + salt.len()) + 3);
        spelt.push_str("x'");
        write_hex(&mut spelt, &*bits);
        write_hex(&mut spelt, &salt);
        spelt.push('\'');
        Ok(spelt.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}

fn derive(passphrase: &str, salt: Salt) -> Result<Zeroizing<[u8; 32]>, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32))?;
    let mut bits = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        passphrase.as_bytes(),
        &salt,
        &mut *bits,
    )?;
    Ok(bits)
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

fn write_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
}

/// Whether a file is an encrypted database, as far as can be seen without its key; one that is empty or not there is none.
/// Not for a database that this process has open: closing a file gives up the locks that SQLite holds on it
/// (<https://sqlite.org/howtocorrupt.html>, section 2.2).
///
/// # Errors
/// When it cannot be read.
pub fn is_encrypted(path: &Path) -> io::Result<bool> {
    let mut head = Salt::default();
    match std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)) {
        Ok(()) => Ok(head != PLAIN),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// What opens one database: its key with its salt.
#[derive(Clone)]
pub(crate) struct Unlock(Arc<Secret>);

impl Unlock {
    /// Unlocks a connection that has read nothing yet.
    pub(crate) fn apply(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.pragma_update(None, "key", self.0.expose())?;
        // Nothing that a query puts aside may reach the disk in the clear.
        connection.pragma_update(None, "temp_store", "memory")
    }
}

/// Opens the data directory's own database, which must be encrypted where there is a key, and nowhere else.
pub(crate) fn connect(
    path: &Path,
    flags: OpenFlags,
    key: Option<&Key>,
) -> Result<(Connection, Option<Unlock>), OpenError> {
    let (connection, unlock) = connect_any(path, flags, key)?;
    if key.is_some() && unlock.is_none() {
        return Err(OpenError::NotEncrypted {
            path: path.to_owned(),
        });
    }
    Ok((connection, unlock))
}

/// Opens a database that may have come from elsewhere: one that is not encrypted needs no key.
pub(crate) fn connect_any(
    path: &Path,
    flags: OpenFlags,
    key: Option<&Key>,
) -> Result<(Connection, Option<Unlock>), OpenError> {
    let refused = |error: rusqlite::Error| open::refusal(path, &error);
    let connect = || Connection::open_with_flags(path, flags).map_err(refused);
    let see = |connection: &Connection| connection.query_row("PRAGMA schema_version", [], |_| Ok(()));
    let connection = connect()?;
    let Some(key) = key else {
        let seen = see(&connection);
        return match seen {
            Err(error) if is_no_database(&error) && may_be_encrypted(path) => Err(OpenError::NoKey {
                path: path.to_owned(),
            }),
            other => other.map(|()| (connection, None)).map_err(refused),
        };
    };
    check_built_in(&connection)?;
    let salt = salt_of(&connection).map_err(refused)?;
    if salt == PLAIN {
        return Ok((connect()?, None));
    }
    let unlock = Unlock(spell(key, salt, path)?.into());
    unlock.apply(&connection).map_err(refused)?;
    match see(&connection) {
        Ok(()) => Ok((connection, Some(unlock))),
        Err(error) if is_no_database(&error) => Err(OpenError::WrongKey {
            path: path.to_owned(),
        }),
        Err(error) => Err(refused(error)),
    }
}

fn is_no_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::NotADatabase)
}

/// Whether a file that is no plain database has the length of an encrypted one: some pages.
fn may_be_encrypted(path: &Path) -> bool {
    const PAGE: u64 = 4096;
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0 && file.len() % PAGE == 0)
}

/// The first bytes of the file, or random ones where there are none yet. SQLCipher reads them through the file that it has
/// open, when it has a key; this one is replaced before it is used.
fn salt_of(connection: &Connection) -> rusqlite::Result<Salt> {
    connection.pragma_update(None, "key", format!("x'{}'", "0".repeat(64)))?;
    let salt: String = connection.query_row("PRAGMA cipher_salt", [], |row| row.get(0))?;
    let digits = u128::from_str_radix(&salt, 16).map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(digits.to_be_bytes())
}

/// Without SQLCipher, a key would be taken and not used.
pub(crate) fn check_built_in(connection: &Connection) -> Result<(), OpenError> {
    let version = connection.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0));
    version.map(|_| ()).map_err(|_| OpenError::NoCipher)
}

/// What `ATTACH … KEY` takes for a new file: nothing stands for one that is not encrypted.
pub(crate) fn for_new(key: Option<&Key>, path: &Path) -> Result<Secret, OpenError> {
    let Some(key) = key else {
        return Ok(Secret::default());
    };
    let salt = random().map_err(|source| OpenError::Io {
        path: path.to_owned(),
        source,
    })?;
    spell(key, salt, path)
}

fn spell(key: &Key, salt: Salt, path: &Path) -> Result<Secret, OpenError> {
    key.spelt(salt).map_err(|error| OpenError::Sqlite {
        path: path.to_owned(),
        message: format!("its key cannot be derived: {error}"),
    })
}

#[cfg(test)]
mod tests;
