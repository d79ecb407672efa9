//! Tests of who is let in.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::access::token::HashCost;
use axum::http::HeaderValue;
use council_core::access::naive::NaiveAccess;
use futures::FutureExt as _;
use std::sync::Mutex;
use tokio::time::{Instant, advance};

const ELSEWHERE: Place = Place::Elsewhere(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)));
const OTHER: Place = Place::Elsewhere(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 8)));
const HERE: Place = Place::Local(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

struct HandClock(Mutex<Timestamp>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Rig {
    access: Access,
    clock: Arc<HandClock>,
    store: Arc<NaiveAccess>,
}

impl Rig {
    async fn new(rules: AccessRules) -> Self {
        Self::with(Arc::default(), rules).await
    }

    /// Over a store that others may have too.
    async fn with(store: Arc<NaiveAccess>, rules: AccessRules) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(Timestamp::from_millis(1_000_000))));
        let cost = HashCost {
            memory_kib: 8,
            passes: 1,
        };
        let rules = AccessRules { cost, ..rules };
        let access = Access::open(store.clone(), clock.clone(), rules).await.unwrap();
        Self { access, clock, store }
    }

    fn later(&self, time: Duration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.after(time);
    }

    async fn key(&self, scopes: &str, lasts: Option<Duration>) -> (String, String) {
        let new = NewKey {
            name: "laptop".to_owned(),
            user: LOCAL_USER.to_owned(),
            scopes: Scopes::parse(scopes).unwrap(),
            lasts,
            daily: None,
            per_minute: Some(3),
        };
        let (key, secret) = self.access.add_key(new, "test").await.unwrap();
        (key.id.clone(), secret)
    }

    async fn bearer(&self, place: Place, token: &str) -> Result<Option<Caller>, ApiError> {
        self.access
            .identify(place, &headers("authorization", &format!("Bearer {token}")))
            .await
    }
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    headers
}

fn outcome(found: Result<Option<Caller>, ApiError>) -> Result<Option<String>, Code> {
    found
        .map(|caller| caller.map(|caller| caller.scopes.to_string()))
        .map_err(|error| error.code)
}

#[tokio::test]
async fn a_key_is_its_own_and_no_other_is() {
    let rig = Rig::new(AccessRules::default()).await;
    let (id, secret) = rig.key("chat,memory", None).await;
    assert!(secret.starts_with(&format!("cnc_{id}_")));
    // The first time by the slow hash, the second by the fast one.
    for _ in 0..2 {
        let found = rig.bearer(ELSEWHERE, &secret).await;
        assert_eq!(outcome(found), Ok(Some("chat,memory".to_owned())));
    }
    let by_header = rig
        .access
        .identify(ELSEWHERE, &headers("x-api-key", &secret))
        .await;
    assert_eq!(outcome(by_header), Ok(Some("chat,memory".to_owned())));
    let mut wrong = secret.clone();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    for wrong in [wrong.as_str(), "cnc_", "sk-anything", &secret[..secret.len() - 1]] {
        assert_eq!(
            outcome(rig.bearer(OTHER, wrong).await),
            Err(Code::Unauthorized),
            "{wrong}"
        );
        // A secret that was found right does not make others right.
        assert!(rig.bearer(ELSEWHERE, &secret).await.is_ok());
    }
}

#[tokio::test]
async fn the_secret_is_kept_as_an_argon2id_hash_and_nowhere_else() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("admin", None).await;
    let kept = rig.store.keys().await.unwrap().remove(0);
    assert!(
        kept.hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"),
        "{}",
        kept.hash
    );
    let proof = secret.rsplit('_').next().unwrap();
    assert!(!format!("{kept:?} {} {:?}", kept.hash, rig.store.audit()).contains(proof));
    assert!(!format!("{kept:?}").contains("argon2"), "the hash is not printed");
}

#[tokio::test]
async fn two_keys_have_nothing_in_common() {
    let rig = Rig::new(AccessRules::default()).await;
    let (one, other) = (rig.key("chat", None).await, rig.key("chat", None).await);
    assert_ne!(one.0, other.0);
    assert_ne!(one.1.rsplit('_').next(), other.1.rsplit('_').next());
    assert_eq!(one.1.rsplit('_').next().map(str::len), Some(64));
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_with_its_sessions() {
    let rig = Rig::new(AccessRules::default()).await;
    let (id, secret) = rig.key("chat", None).await;
    let opened = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = headers("cookie", &format!("theme=dark; {COOKIE}={}", opened.token));
    let found = rig.access.identify(ELSEWHERE, &cookie).await;
    assert_eq!(outcome(found), Ok(Some("chat".to_owned())));
    rig.access.revoke_key(&id, "test").await.unwrap();
    assert_eq!(
        outcome(rig.bearer(ELSEWHERE, &secret).await),
        Err(Code::Unauthorized)
    );
    assert_eq!(outcome(rig.access.identify(ELSEWHERE, &cookie).await), Ok(None));
    let again = rig.access.open_session(&secret, ELSEWHERE).await;
    assert_eq!(
        again.map(|_| ()).map_err(|error| error.code),
        Err(Code::Unauthorized)
    );
}

#[tokio::test]
async fn a_key_expires_and_its_sessions_with_it() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("chat", Some(Duration::from_hours(1))).await;
    let opened = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    assert_eq!(opened.lasts, Duration::from_hours(1));
    rig.later(Duration::from_mins(59));
    assert!(rig.bearer(ELSEWHERE, &secret).await.is_ok());
    rig.later(Duration::from_mins(1));
    let refused = rig.bearer(ELSEWHERE, &secret).await;
    assert!(refused.unwrap_err().message.contains("has expired"));
    let cookie = headers("cookie", &format!("{COOKIE}={}", opened.token));
    assert_eq!(outcome(rig.access.identify(ELSEWHERE, &cookie).await), Ok(None));
}

#[tokio::test]
async fn a_session_ends_when_it_is_closed_and_after_thirty_days() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("chat", None).await;
    let one = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let other = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = |token: &str| headers("cookie", &format!("{COOKIE}={token}"));
    rig.access.close_session(&one.token).await.unwrap();
    assert_eq!(
        outcome(rig.access.identify(ELSEWHERE, &cookie(&one.token)).await),
        Ok(None)
    );
    assert!(
        rig.access
            .identify(ELSEWHERE, &cookie(&other.token))
            .await
            .unwrap()
            .is_some()
    );
    rig.later(Duration::from_hours(24 * 30));
    assert_eq!(
        outcome(rig.access.identify(ELSEWHERE, &cookie(&other.token)).await),
        Ok(None)
    );
}

#[tokio::test]
async fn sessions_and_keys_are_there_after_a_restart() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("chat", None).await;
    let opened = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let anew = Access::open(rig.store.clone(), rig.clock.clone(), AccessRules::default())
        .await
        .unwrap();
    let cookie = headers("cookie", &format!("{COOKIE}={}", opened.token));
    assert!(anew.identify(ELSEWHERE, &cookie).await.unwrap().is_some());
    let bearer = headers("authorization", &format!("bearer {secret}"));
    assert!(anew.identify(ELSEWHERE, &bearer).await.unwrap().is_some());
}

#[tokio::test]
async fn clients_on_this_machine_need_no_key_unless_it_is_asked_for() {
    let none = HeaderMap::new();
    let all = Scopes::all().to_string();
    let open = Rig::new(AccessRules::default()).await;
    assert_eq!(
        outcome(open.access.identify(HERE, &none).await),
        Ok(Some(all.clone()))
    );
    assert_eq!(outcome(open.access.identify(ELSEWHERE, &none).await), Ok(None));
    // What other APIs' clients send, because they must send something, is no key of ours.
    assert_eq!(
        outcome(open.bearer(HERE, "sk-anything").await),
        Ok(Some(all.clone()))
    );
    assert_eq!(
        outcome(open.bearer(HERE, "cnc_wrong").await),
        Err(Code::Unauthorized)
    );
    let network = Rig::new(AccessRules {
        loopback: false,
        ..AccessRules::default()
    })
    .await;
    let without_admin = Ok(Some("chat,memory,execute".to_owned()));
    assert_eq!(outcome(network.access.identify(HERE, &none).await), without_admin);
    let strict = Rig::new(AccessRules {
        require_key: true,
        ..AccessRules::default()
    })
    .await;
    assert_eq!(outcome(strict.access.identify(HERE, &none).await), Ok(None));
    assert_eq!(
        outcome(strict.bearer(HERE, "sk-anything").await),
        Err(Code::Unauthorized)
    );
    assert_eq!(
        outcome(strict.access.identify(Place::InProcess, &none).await),
        Ok(Some(all.clone()))
    );
    // A program that can read the data directory has this one.
    let terminal = strict.access.terminal_key();
    assert_eq!(outcome(strict.bearer(HERE, &terminal).await), Ok(Some(all)));
    assert_eq!(
        outcome(open.bearer(HERE, &terminal).await),
        Err(Code::Unauthorized)
    );
}

#[test]
fn what_was_passed_on_or_is_meant_for_another_host_is_not_from_this_machine() {
    let loopback: IpAddr = "::ffff:127.0.0.1".parse().unwrap();
    let none = HeaderMap::new();
    let place = |host: Option<&str>, headers: &HeaderMap| Place::of(Some(loopback), host, headers);
    assert_eq!(place(Some("localhost:9000"), &none), HERE);
    assert_eq!(place(None, &none), HERE);
    assert!(matches!(
        place(Some("rebound.example"), &none),
        Place::Elsewhere(_)
    ));
    for name in ["forwarded", "x-forwarded-for", "x-real-ip"] {
        let passed_on = headers(name, "192.0.2.1");
        assert!(
            matches!(place(Some("localhost"), &passed_on), Place::Elsewhere(_)),
            "{name}"
        );
    }
    assert_eq!(Place::of(None, Some("x"), &none), Place::InProcess);
}

#[tokio::test(start_paused = true)]
async fn who_guesses_waits_longer_each_time_and_known_keys_are_taken_meanwhile() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("chat", None).await;
    let (_, fresh) = rig.key("chat", None).await;
    assert!(rig.bearer(ELSEWHERE, &secret).await.is_ok());
    let wrong = format!("cnc_{}_{}", "0".repeat(12), "0".repeat(64));
    for _ in 0..5 {
        assert_eq!(
            outcome(rig.bearer(ELSEWHERE, &wrong).await),
            Err(Code::Unauthorized)
        );
    }
    let mut waits = Vec::new();
    for _ in 0..4 {
        let refused = rig.bearer(ELSEWHERE, &wrong).await.unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        let wait = refused.retry_after.unwrap();
        waits.push(wait.as_secs_f64().round() as u64);
        // Also for a right one that was not seen before: nothing is to be learnt while waiting.
        assert_eq!(
            outcome(rig.bearer(ELSEWHERE, &fresh).await),
            Err(Code::RateLimited)
        );
        assert!(rig.bearer(ELSEWHERE, &secret).await.is_ok());
        assert_eq!(outcome(rig.bearer(OTHER, &wrong).await), Err(Code::Unauthorized));
        advance(wait + Duration::from_millis(1)).await;
        assert_eq!(
            outcome(rig.bearer(ELSEWHERE, &wrong).await),
            Err(Code::Unauthorized)
        );
    }
    assert_eq!(waits, [1, 2, 4, 8]);
    advance(Duration::from_mins(15)).await;
    assert!(
        rig.bearer(ELSEWHERE, &fresh).await.is_ok(),
        "a right key makes up for wrong ones"
    );
    assert_eq!(
        outcome(rig.bearer(ELSEWHERE, &wrong).await),
        Err(Code::Unauthorized)
    );
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_often_is_told_when_to_ask_again() {
    let rules = AccessRules {
        per_address: 2,
        ..AccessRules::default()
    };
    let rig = Rig::new(rules).await;
    let (_, secret) = rig.key("chat", None).await;
    let caller = rig.bearer(ELSEWHERE, &secret).await.unwrap();
    for _ in 0..3 {
        assert!(rig.access.pace(ELSEWHERE, caller.as_ref()).is_ok());
    }
    let refused = rig.access.pace(ELSEWHERE, caller.as_ref()).unwrap_err();
    assert_eq!(
        (refused.code, refused.retry_after),
        (Code::RateLimited, Some(Duration::from_secs(20)))
    );
    for _ in 0..2 {
        assert!(rig.access.pace(ELSEWHERE, None).is_ok());
    }
    assert!(rig.access.pace(ELSEWHERE, None).is_err());
    assert!(rig.access.pace(OTHER, None).is_ok());
    for _ in 0..9 {
        assert!(rig.access.pace(HERE, None).is_ok(), "the owner is not bounded");
    }
    let then = Instant::now();
    advance(Duration::from_secs(20)).await;
    assert!(
        rig.access.pace(ELSEWHERE, caller.as_ref()).is_ok(),
        "{:?}",
        then.elapsed()
    );
    assert!(rig.access.pace(ELSEWHERE, caller.as_ref()).is_err());
}

#[tokio::test]
async fn a_removed_user_can_do_nothing_any_more() {
    let rig = Rig::new(AccessRules::default()).await;
    rig.access.add_user("anna", "test").await.unwrap();
    let again = rig.access.add_user("anna", "test").await;
    assert_eq!(again.map_err(|error| error.code), Err(Code::Conflict));
    for name in ["local", "", "Anna", "a b"] {
        let refused = rig.access.add_user(name, "test").await;
        assert_eq!(
            refused.map_err(|error| error.code),
            Err(Code::InvalidRequest),
            "{name}"
        );
    }
    let new = |user: &str| NewKey {
        name: "phone".to_owned(),
        user: user.to_owned(),
        scopes: Scopes::all(),
        lasts: None,
        daily: None,
        per_minute: None,
    };
    let nobody = rig.access.add_key(new("bob"), "test").await;
    assert_eq!(
        nobody.map(|_| ()).map_err(|error| error.code),
        Err(Code::InvalidRequest)
    );
    let (key, secret) = rig.access.add_key(new("anna"), "test").await.unwrap();
    let caller = rig.bearer(ELSEWHERE, &secret).await.unwrap().unwrap();
    assert_eq!(
        (&*caller.user, caller.by),
        ("anna", format!("anna (key {})", key.id))
    );
    rig.access.remove_user("anna", "test").await.unwrap();
    assert_eq!(
        outcome(rig.bearer(ELSEWHERE, &secret).await),
        Err(Code::Unauthorized)
    );
    assert_eq!(
        rig.store.audit(),
        [
            "user.anna added by test".to_owned(),
            format!("key.{} added by test", key.id),
            "user.anna removed by test".to_owned()
        ]
    );
}

#[tokio::test]
async fn a_key_ends_by_the_clock_whichever_way_that_is_set() {
    let rig = Rig::new(AccessRules::default()).await;
    let (_, secret) = rig.key("chat", Some(Duration::from_hours(1))).await;
    let opened = rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = headers("cookie", &format!("{COOKIE}={}", opened.token));
    let begin = rig.access.now();
    let set = |now: Timestamp| *rig.clock.0.lock().unwrap() = now;
    let past_the_end = begin.after(Duration::from_hours(2));
    let before_it_was_made = Timestamp::from_millis(begin.as_millis() - 500_000);
    for (now, taken) in [
        (begin, true),
        (past_the_end, false),
        (begin, true),
        (before_it_was_made, true),
        (past_the_end, false),
    ] {
        set(now);
        assert_eq!(rig.bearer(ELSEWHERE, &secret).await.is_ok(), taken, "{now:?}");
        let session = rig.access.identify(ELSEWHERE, &cookie).await.unwrap();
        assert_eq!(session.is_some(), taken, "{now:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_open_ends_with_the_key_or_session_by_which_it_came() {
    let rig = Rig::new(AccessRules::default()).await;
    let (id, secret) = rig.key("chat", None).await;
    let (_, brief) = rig.key("chat", Some(Duration::from_hours(1))).await;
    let by = async |secret: &str| rig.bearer(ELSEWHERE, secret).await.unwrap().unwrap();
    let (lasting, ending) = (by(&secret).await, by(&brief).await);
    let session = async || rig.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let (one, other) = (session().await, session().await);
    let owner = rig
        .access
        .identify(HERE, &HeaderMap::new())
        .await
        .unwrap()
        .unwrap();

    let mut closed = Box::pin(rig.access.ended(&one.caller));
    assert_eq!((&mut closed).now_or_never(), None);
    rig.access.close_session(&one.token).await.unwrap();
    assert_eq!(closed.now_or_never().unwrap(), "the session has ended");

    let mut expiring = Box::pin(rig.access.ended(&ending));
    assert_eq!((&mut expiring).now_or_never(), None);
    rig.later(Duration::from_hours(2));
    let started = Instant::now();
    assert!(expiring.await.contains("has expired"));
    assert_eq!(started.elapsed(), Duration::from_secs(1));

    let mut revoked = [
        Box::pin(rig.access.ended(&lasting)),
        Box::pin(rig.access.ended(&other.caller)),
    ];
    assert!(revoked.iter_mut().all(|ended| ended.now_or_never().is_none()));
    rig.access.revoke_key(&id, "test").await.unwrap();
    for ended in revoked {
        assert_eq!(
            ended.now_or_never().unwrap(),
            format!("the key `{id}` was revoked")
        );
    }
    // Nothing is taken back from who needs no key.
    let waited = tokio::time::timeout(Duration::from_hours(1), rig.access.ended(&owner)).await;
    assert!(waited.is_err());
}

/// Two Councils with the same store.
async fn two() -> [Rig; 2] {
    let store = Arc::new(NaiveAccess::shared());
    let rig = || Rig::with(Arc::clone(&store), AccessRules::default());
    [rig().await, rig().await]
}

#[tokio::test(start_paused = true)]
async fn a_key_and_a_session_that_one_council_made_are_good_at_the_other_at_once() {
    let [first, second] = two().await;
    let moment = Duration::from_millis(1);
    let (_, secret) = first.key("chat", None).await;
    advance(moment).await;
    let found = outcome(second.bearer(ELSEWHERE, &secret).await);
    assert_eq!(found, Ok(Some("chat".to_owned())));
    let session = first.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = headers("cookie", &format!("{COOKIE}={}", session.token));
    advance(moment).await;
    let found = second.access.identify(ELSEWHERE, &cookie).await;
    assert_eq!(outcome(found), Ok(Some("chat".to_owned())));
    // A user too, and a key for it.
    first.access.add_user("anna", "test").await.unwrap();
    let new = NewKey {
        name: "laptop".to_owned(),
        user: "anna".to_owned(),
        scopes: Scopes::all(),
        lasts: None,
        daily: None,
        per_minute: None,
    };
    second.access.add_key(new, "test").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_one_council_took_back_the_other_refuses_within_a_second_though_it_knew_it_well() {
    let [first, second] = two().await;
    let moment = Duration::from_millis(1);
    let (id, secret) = first.key("chat", None).await;
    advance(moment).await;
    let session = second.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = headers("cookie", &format!("{COOKIE}={}", session.token));
    assert!(second.bearer(ELSEWHERE, &secret).await.is_ok());
    first.access.revoke_key(&id, "test").await.unwrap();
    advance(Duration::from_millis(501)).await;
    let refused = outcome(second.bearer(ELSEWHERE, &secret).await);
    assert_eq!(refused, Err(Code::Unauthorized));
    assert_eq!(
        outcome(second.access.identify(ELSEWHERE, &cookie).await),
        Ok(None)
    );
    // And a session that was closed.
    let (_, secret) = first.key("chat", None).await;
    let session = first.access.open_session(&secret, ELSEWHERE).await.unwrap();
    let cookie = headers("cookie", &format!("{COOKIE}={}", session.token));
    advance(moment).await;
    assert!(
        second
            .access
            .identify(ELSEWHERE, &cookie)
            .await
            .unwrap()
            .is_some()
    );
    first.access.close_session(&session.token).await.unwrap();
    advance(Duration::from_millis(501)).await;
    assert_eq!(
        outcome(second.access.identify(ELSEWHERE, &cookie).await),
        Ok(None)
    );
}

#[tokio::test(start_paused = true)]
async fn where_the_shared_store_cannot_be_asked_no_key_is_taken_and_the_owner_is_let_in_without_one() {
    let [first, second] = two().await;
    let (_, secret) = first.key("chat", None).await;
    advance(Duration::from_millis(1)).await;
    assert!(second.bearer(ELSEWHERE, &secret).await.is_ok());
    first.store.fail(true);
    advance(Duration::from_millis(501)).await;
    let refused = outcome(second.bearer(ELSEWHERE, &secret).await);
    assert_eq!(refused, Err(Code::Internal));
    let owner = second.access.identify(HERE, &HeaderMap::new()).await;
    assert!(owner.unwrap().is_some());
    assert!(
        second
            .bearer(ELSEWHERE, &second.access.terminal_key())
            .await
            .is_ok()
    );
    first.store.fail(false);
    advance(Duration::from_millis(501)).await;
    assert!(second.bearer(ELSEWHERE, &secret).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_is_open_here_ends_when_another_council_revokes_its_key() {
    let [first, second] = two().await;
    let (id, secret) = first.key("chat", None).await;
    advance(Duration::from_millis(1)).await;
    let caller = second.bearer(ELSEWHERE, &secret).await.unwrap().unwrap();
    let mut ended = Box::pin(second.access.ended(&caller));
    let still = tokio::time::timeout(Duration::from_mins(1), &mut ended).await;
    assert!(still.is_err());
    first.access.revoke_key(&id, "test").await.unwrap();
    let why = tokio::time::timeout(Duration::from_secs(2), ended).await;
    assert_eq!(why.unwrap(), format!("the key `{id}` was revoked"));
}
