//! Tests of the gate, against servers on this machine.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::pull::tests::StoppedClock;
use crate::pull::tests::server::Server;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use council_core::egress::is_private;
use council_core::egress::naive::NaiveEgress;
use council_core::{Carried, EgressEntry, EgressId, EgressOutcome, HostList, StoreError};
use reqwest::header::HeaderMap;
use reqwest::{Method, Request, Url};
use resolve::Names;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A gate with these hosts, and its ledger.
pub(crate) fn gate(allow: &str) -> (EgressGate, Arc<NaiveEgress>) {
    let rules = EgressRules {
        local_only: false,
        allow: HostList::parse(allow).unwrap(),
    };
    gate_of(move || rules.clone())
}

fn gate_of(rules: impl Fn() -> EgressRules + Send + Sync + 'static) -> (EgressGate, Arc<NaiveEgress>) {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let log = Arc::new(NaiveEgress::default());
    let metrics = GateMetrics::register(&prometheus::Registry::new()).unwrap();
    let gate = EgressGate::new(
        rules,
        Arc::clone(&log) as Arc<dyn EgressLog>,
        Arc::new(StoppedClock),
        metrics,
    );
    (gate, log)
}

fn client(gate: &EgressGate, url: &str) -> HttpClient {
    let bound = bound_to(Purpose::Check, url, Standing::Foreign);
    gate.client(bound, Duration::from_secs(5)).unwrap()
}

/// A server that sends back what it gets, twice.
async fn echo() -> (String, JoinSet<()>) {
    let app = Router::new().route("/", post(async |body: Bytes| [&body[..], &body[..]].concat()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, tasks)
}

fn posted(url: &str, body: &str) -> Request {
    let mut request = Request::new(Method::POST, Url::parse(url).unwrap());
    *request.body_mut() = Some(body.to_owned().into());
    request
}

async fn get(client: &HttpClient, url: &str) -> Result<Vec<u8>, HttpError> {
    client
        .get(Url::parse(url).unwrap(), HeaderMap::new())
        .await?
        .bytes()
        .await
}

fn refusal(result: Result<Vec<u8>, HttpError>) -> Refusal {
    match result {
        Err(HttpError::Refused(refused)) => refused.refusal,
        other => unreachable!("{other:?}"),
    }
}

/// Outcome and what was carried, line by line.
async fn written(gate: &EgressGate, log: &NaiveEgress) -> Vec<(EgressOutcome, Carried)> {
    gate.close().await;
    log.all()
        .into_iter()
        .map(|line| (line.outcome, line.carried))
        .collect()
}

fn carried(sent_bytes: u64, received_bytes: u64) -> Carried {
    Carried {
        requests: 1,
        sent_bytes,
        received_bytes,
    }
}

#[tokio::test]
async fn the_line_says_where_to_what_for_and_what_was_really_carried() {
    let (url, _server) = echo().await;
    let (gate, log) = gate("named");
    let origin = Origin {
        request_id: "req_1".to_owned(),
        ..Origin::default()
    };
    let answer = client(&gate, &url)
        .send(posted(&url, &"x".repeat(70_000)), &origin)
        .await
        .unwrap();
    assert_eq!(answer.content_length(), Some(140_000));
    assert_eq!(answer.bytes().await.unwrap().len(), 140_000);
    assert_eq!(
        written(&gate, &log).await,
        [(EgressOutcome::Completed, carried(70_000, 140_000))]
    );
    let EgressEntry {
        call, received_bytes, ..
    } = log.all().remove(0);
    let place = place_of(&Url::parse(&url).unwrap()).unwrap();
    assert_eq!(
        (call.host, call.purpose, call.request_id, received_bytes),
        (place.to_string(), "check".to_owned(), "req_1".to_owned(), 140_000)
    );
}

#[tokio::test]
async fn an_answer_that_nobody_reads_to_its_end_is_cancelled_with_what_was_read() {
    let (url, _server) = echo().await;
    let (gate, log) = gate("named");
    let mut answer = client(&gate, &url)
        .send(posted(&url, &"x".repeat(4_000_000)), &Origin::default())
        .await
        .unwrap();
    let read = answer.chunk().await.unwrap().unwrap().as_ref().len() as u64;
    drop(answer);
    assert_eq!(
        written(&gate, &log).await,
        [(EgressOutcome::Cancelled, carried(4_000_000, read))]
    );
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_sent() {
    let server = Server::start(b"content".to_vec()).await;
    let (gate, log) = gate("named");
    log.fail_with(StoreError::DiskFull {
        place: "/data".to_owned(),
    });
    let url = format!("{}/file/x", server.base);
    let refused = refusal(get(&client(&gate, &url), &url).await);
    assert!(matches!(refused, Refusal::Unwritten(cause) if cause.contains("disk")));
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn a_client_goes_nowhere_but_to_what_it_is_bound_to_and_each_attempt_has_a_line() {
    let (mine, other) = (Server::start(vec![1]).await, Server::start(vec![2]).await);
    let (gate, log) = gate("named");
    let client = client(&gate, &mine.base);
    get(&client, &format!("{}/file/x", mine.base)).await.unwrap();
    let refused = refusal(get(&client, &format!("{}/file/x", other.base)).await);
    assert_eq!(refused, Refusal::NotNamed);
    assert_eq!(other.requests(), []);
    let outcomes: Vec<EgressOutcome> = written(&gate, &log)
        .await
        .into_iter()
        .map(|line| line.0)
        .collect();
    assert_eq!(outcomes, [EgressOutcome::Completed, EgressOutcome::Refused]);
    let reasons: Vec<String> = log.all().into_iter().map(|line| line.reason).collect();
    assert_eq!(reasons, ["", "not_named"]);
}

#[tokio::test]
async fn the_rules_count_from_the_next_request_on() {
    let server = Server::start(vec![1]).await;
    let rules = Arc::new(Mutex::new(EgressRules::default()));
    let now = Arc::clone(&rules);
    let (gate, _log) = gate_of(move || now.lock().unwrap().clone());
    let url = format!("{}/file/x", server.base);
    let client = client(&gate, &url);
    get(&client, &url).await.unwrap();
    rules.lock().unwrap().local_only = true;
    assert_eq!(refusal(get(&client, &url).await), Refusal::LocalOnly);
    rules.lock().unwrap().local_only = false;
    get(&client, &url).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn requests_of_a_call_are_counted_in_the_line_that_it_has() {
    let (url, _server) = echo().await;
    let (gate, log) = gate("named");
    let line = log.begin(gate.line(
        &Place::new("x", 1),
        client(&gate, &url).bound(),
        &Origin::default(),
    ));
    let origin = Origin {
        line: Some(line.await.unwrap()),
        ..Origin::default()
    };
    assert_eq!(origin.line, Some(EgressId(1)));
    for _ in 0..2 {
        let answer = client(&gate, &url)
            .send(posted(&url, "abc"), &origin)
            .await
            .unwrap();
        answer.bytes().await.unwrap();
    }
    let both = Carried {
        requests: 2,
        sent_bytes: 6,
        received_bytes: 12,
    };
    // Whoever wrote the line says how it ended.
    assert_eq!(written(&gate, &log).await, [(EgressOutcome::Running, both)]);
}

#[tokio::test]
async fn a_command_that_asks_our_own_server_has_no_line() {
    let (url, _server) = echo().await;
    let (gate, log) = gate("named");
    let bound = bound_to(Purpose::Server, &url, Standing::Own);
    let client = gate.client(bound, Duration::from_secs(5)).unwrap();
    let answer = client
        .send(posted(&url, "abc"), &Origin::default())
        .await
        .unwrap();
    assert_eq!(answer.bytes().await.unwrap(), b"abcabc");
    assert_eq!(written(&gate, &log).await, []);
}

#[tokio::test]
async fn a_name_that_only_a_pattern_allows_does_not_lead_to_this_machine() {
    let server = Server::start(vec![1]).await;
    let port = Url::parse(&server.base).unwrap().port().unwrap();
    let url = format!("http://localhost:{port}/file/x");
    let (gate, log) = gate("*");
    let refused = refusal(get(&client(&gate, ""), &url).await);
    assert!(
        matches!(refused, Refusal::Private { address } if address.is_loopback()),
        "{refused:?}"
    );
    assert_eq!(server.requests(), []);
    assert_eq!(written(&gate, &log).await[0].0, EgressOutcome::Refused);
    assert_eq!(log.all()[0].reason, "private_address");
    // By its own name it does.
    let (gate, _log) = super::tests::gate("named");
    get(&client(&gate, &url), &url).await.unwrap();
}

#[test]
fn a_name_that_led_to_a_public_address_is_not_followed_to_a_private_one() {
    let names = Names::default();
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let (public, private) = (address("93.184.215.14"), address("192.168.1.5"));
    assert!(is_private(private) && !is_private(public));
    let sift = |found: &[IpAddr]| names.sift("example.org", Reach::Exact, found.to_vec());
    // A name of one's own network, as long as it was never anything else.
    assert_eq!(sift(&[private]), Ok(vec![private]));
    assert_eq!(sift(&[private, public]), Ok(vec![public]));
    assert_eq!(sift(&[private]), Err(Refusal::Rebound { address: private }));
    assert_eq!(sift(&[public]), Ok(vec![public]));
    let among = names.sift("other.example.org", Reach::Among, vec![private]);
    assert_eq!(among, Err(Refusal::Private { address: private }));
}

#[tokio::test]
async fn a_run_of_pip_has_its_line_and_its_hosts_are_asked_for() {
    let (gate, log) = gate("named");
    let sources = pip::PipSources::read("");
    let passage = depart_pip(&gate, &sources).await.unwrap().unwrap();
    passage.received(1_000);
    passage.end(EgressOutcome::Completed);
    assert_eq!(
        written(&gate, &log).await,
        [(EgressOutcome::Completed, carried(0, 1_000))]
    );
    assert_eq!(log.all()[0].call.host, "pypi.org");
    let (gate, log) = super::tests::gate("pypi.org");
    // Its files lie elsewhere, and only what is in the list may be reached.
    let sources = pip::PipSources::read("global.extra-index-url='https://other.example/simple'");
    let refused = depart_pip(&gate, &sources).await.err().unwrap();
    assert_eq!(
        (refused.place.host.as_str(), refused.refusal),
        ("other.example", Refusal::NotListed)
    );
    assert_eq!(written(&gate, &log).await, []);
    let none = pip::PipSources::read("global.no-index='true'");
    assert!(depart_pip(&gate, &none).await.unwrap().is_none());
}

#[tokio::test]
async fn a_password_in_a_url_goes_to_its_server_and_into_no_line() {
    let server = Server::start(vec![1]).await;
    let url = format!("{}/file/x", server.base.replace("http://", "http://ada:secret@"));
    let (gate, log) = gate("named");
    get(&client(&gate, &url), &url).await.unwrap();
    // `ada:secret` in base64.
    assert_eq!(
        server.requests()[0].authorization.as_deref(),
        Some("Basic YWRhOnNlY3JldA==")
    );
    assert!(!format!("{:?}", log.all()).contains("secret"));
}
