//! A key as its columns, which are the same in every database.

use crate::columns::{time_from_ns, time_to_ns};
use crate::fault::Fault;
use council_core::{ApiKey, KeptKey, NanoUsd, Scopes, Timestamp};

/// A row of the table of keys. Times are in nanoseconds since the Unix epoch, money in 1e-9 US dollars.
pub(crate) struct KeyRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) user: String,
    pub(crate) hash: String,
    pub(crate) scopes: String,
    pub(crate) created: i64,
    pub(crate) expires: Option<i64>,
    pub(crate) revoked: Option<i64>,
    pub(crate) last_used: Option<i64>,
    pub(crate) daily: Option<i64>,
    pub(crate) per_minute: Option<i64>,
}

impl KeyRow {
    /// The columns of a key.
    pub(crate) fn of(kept: &KeptKey) -> Result<Self, Fault> {
        let key = &kept.key;
        let nano = |amount: NanoUsd| {
            i64::try_from(amount.0).map_err(|_| Fault::Value(format!("{amount} is too much for a budget")))
        };
        let time = |time: Option<Timestamp>| time.map(time_to_ns).transpose();
        Ok(Self {
            id: key.id.clone(),
            name: key.name.clone(),
            user: key.user.clone(),
            hash: kept.hash.clone(),
            scopes: key.scopes.to_string(),
            created: time_to_ns(key.created_at)?,
            expires: time(key.expires_at)?,
            revoked: time(key.revoked_at)?,
            last_used: time(key.last_used_at)?,
            daily: key.daily.map(nano).transpose()?,
            per_minute: key.per_minute.map(i64::from),
        })
    }

    /// The key with these columns.
    pub(crate) fn kept(self) -> Result<KeptKey, Fault> {
        let time = |at: Option<i64>| at.map(time_from_ns);
        let per_minute = self.per_minute.map(u32::try_from).transpose();
        Ok(KeptKey {
            key: ApiKey {
                scopes: Scopes::parse(&self.scopes)
                    .map_err(|name| Fault::Value(format!("a key has an unknown scope: `{name}`")))?,
                created_at: time_from_ns(self.created),
                expires_at: time(self.expires),
                revoked_at: time(self.revoked),
                last_used_at: time(self.last_used),
                daily: self.daily.map(|nano| NanoUsd(nano.unsigned_abs())),
                per_minute: per_minute
                    .map_err(|_| Fault::Value("a key may ask more often than can be counted".to_owned()))?,
                id: self.id,
                name: self.name,
                user: self.user,
            },
            hash: self.hash,
        })
    }
}
