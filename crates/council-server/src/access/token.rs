//! Keys as text: `cnc_<12 digits>_<64 digits>`, all hexadecimal. The first part finds the key, the second proves it.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use council_core::StoreError;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use subtle::ConstantTimeEq;

/// What each key begins with, so that people and programs that look for secrets know one.
const PREFIX: &str = "cnc_";

/// Bytes of the part by which a key is found.
const ID_BYTES: usize = 6;

/// Random bytes of the secret.
const SECRET_BYTES: usize = 32;

/// The id of the key that a process makes for itself; no key of the store has it.
const TERMINAL: &str = "terminal";

/// What it costs to try a secret: Argon2id's memory and passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// In KiB.
    pub memory_kib: u32,
    /// How often the memory is gone through.
    pub passes: u32,
}

impl Default for HashCost {
    /// What OWASP's cheat sheet on password storage recommends: 19 MiB, two passes.
    fn default() -> Self {
        Self {
            memory_kib: Params::DEFAULT_M_COST,
            passes: Params::DEFAULT_T_COST,
        }
    }
}

/// A key as a client sends it.
pub(super) struct Token<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

impl<'a> Token<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let fits = id.len() == 2 * ID_BYTES && secret.len() == 2 * SECRET_BYTES;
        fits.then_some(Self { id, secret })
    }
}

/// Whether this is meant to be a key of ours.
pub(super) fn is_ours(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// A key with this id and secret, as its holder is told it.
pub(super) fn text(id: &str, secret: &str) -> String {
    format!("{PREFIX}{id}_{secret}")
}

/// The key that a process makes for itself.
pub(super) fn terminal(secret: &str) -> String {
    text(TERMINAL, secret)
}

/// A part by which a new key is found.
pub(super) fn fresh_id() -> Result<String, StoreError> {
    random::<ID_BYTES>().map(|bytes| hexadecimal(&bytes))
}

/// A new secret of 256 random bits.
pub(super) fn fresh_secret() -> Result<String, StoreError> {
    random::<SECRET_BYTES>().map(|bytes| hexadecimal(&bytes))
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Failed(format!("the system has no random numbers: {error}")))?;
    Ok(bytes)
}

/// What a secret is kept as: Argon2id with a salt of its own, as a PHC string. Takes tens of milliseconds.
pub(super) fn hash(secret: &str, cost: HashCost) -> Result<String, StoreError> {
    let failed = |error: String| StoreError::Failed(format!("a key cannot be hashed: {error}"));
    let params = Params::new(cost.memory_kib, cost.passes, Params::DEFAULT_P_COST, None)
        .map_err(|error| failed(error.to_string()))?;
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(secret.as_bytes());
    Ok(hashed.map_err(|error| failed(error.to_string()))?.to_string())
}

/// Whether a secret is the one with this hash, in a time that does not tell how far it is.
pub(super) fn verify(secret: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(secret.as_bytes(), &hash)
            .is_ok()
    })
}

/// SHA-256 in hexadecimal digits, for tokens of sessions.
pub(super) fn digest(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Fast digests of keys that were checked before, of no use outside this process: each has a random secret of the process
/// before the key. The digest of a longer text tells nothing about that of a shorter one, because none is ever told.
pub(super) struct Fast([u8; 32]);

impl Fast {
    pub(super) fn new() -> Result<Self, StoreError> {
        random().map(Self)
    }

    pub(super) fn digest(&self, text: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.0)
            .chain_update(text)
            .finalize()
            .into()
    }

    /// Whether two texts are the same, in a time that does not tell where they differ.
    pub(super) fn same(&self, one: &str, other: &str) -> bool {
        self.digest(one).ct_eq(&self.digest(other)).into()
    }
}

/// Whether two digests are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.ct_eq(other).into()
}
