//! TLS to a server: a front before the test's server speaks it, as PostgreSQL does or a TLS proxy before one.

use super::Kept;
use crate::memory::postgres::empty;
use council_core::egress::naive::OpenGate;
use council_core::{SettingsStore as _, StoreError};
use council_store::DatabaseAddress;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

/// What a client sends first that wants TLS, by PostgreSQL's protocol.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// An authority that signs certificates of servers.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    dir: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut parts = CertificateParams::new([]).unwrap();
        parts.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parts, KeyPair::generate().unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, dir }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// What a server of this name shows.
    fn server(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let parts = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate: CertificateDer<'static> = parts.signed_by(&key, &self.issuer).unwrap().into();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Arc::new(config).into()
    }
}

/// A front before the test's server.
struct Front {
    port: u16,
    /// An empty schema of the test's server.
    url: String,
    encrypted: Arc<AtomicU32>,
}

impl Front {
    /// Speaks TLS with this; `None`: says that it speaks none. Ends with the test.
    #[expect(clippy::disallowed_methods, reason = "a server of the test's own")]
    async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = empty().await;
        let (behind, encrypted) = (url.clone(), Arc::<AtomicU32>::default());
        let count = Arc::clone(&encrypted);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(stream, behind.clone(), tls.clone(), Arc::clone(&count)));
            }
        });
        Self { port, url, encrypted }
    }

    /// Its address by this name, with an option for TLS.
    fn url(&self, host: &str, option: &str) -> String {
        let config: Config = self.url.parse().unwrap();
        let (_, options) = self.url.split_once('?').unwrap();
        let (user, database) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        format!(
            "postgres://{user}@{host}:{}/{database}?{options}{option}",
            self.port
        )
    }

    async fn open(&self, host: &str, option: &str, ca_file: Option<&Path>) -> Result<Arc<Kept>, StoreError> {
        let address = DatabaseAddress {
            url: self.url(host, option).into(),
            ca_file: ca_file.map(Path::to_owned),
        };
        Kept::open(address, "database.url", Arc::new(OpenGate)).await
    }

    fn encrypted(&self) -> u32 {
        self.encrypted.load(Ordering::SeqCst)
    }
}

/// Carries one connection; a client that does not go on has its reasons.
async fn pass(mut stream: TcpStream, behind: String, tls: Option<TlsAcceptor>, count: Arc<AtomicU32>) {
    let mut first = [0; 8];
    stream.read_exact(&mut first).await.unwrap();
    if first != SSL_REQUEST {
        // It wants no TLS.
        let _ = carry(&mut stream, &first, &behind).await;
        return;
    }
    let Some(tls) = tls else {
        stream.write_all(b"N").await.unwrap();
        let _ = carry(&mut stream, &[], &behind).await;
        return;
    };
    stream.write_all(b"S").await.unwrap();
    if let Ok(mut stream) = tls.accept(stream).await {
        count.fetch_add(1, Ordering::SeqCst);
        let _ = carry(&mut stream, &[], &behind).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the front is no client of Council's")]
async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    first: &[u8],
    behind: &str,
) -> std::io::Result<()> {
    let config: Config = behind.parse().unwrap();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match &config.get_hosts()[0] {
        Host::Unix(dir) => {
            let mut server = UnixStream::connect(dir.join(format!(".s.PGSQL.{port}"))).await?;
            server.write_all(first).await?;
            copy_bidirectional(stream, &mut server).await?;
        }
        Host::Tcp(name) => {
            let mut server = TcpStream::connect((name.as_str(), port)).await?;
            server.write_all(first).await?;
            copy_bidirectional(stream, &mut server).await?;
        }
    }
    Ok(())
}

#[track_caller]
fn refused(opened: Result<Arc<Kept>, StoreError>) -> String {
    match opened.map(drop) {
        Err(StoreError::Failed(message) | StoreError::Invalid(message)) => message,
        other => panic!("it was not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_its_authority_vouches_for_is_spoken_to_in_tls_by_its_name() {
    let authority = Authority::new();
    let front = Front::start(Some(authority.server("localhost"))).await;
    let file = authority.file();
    for option in [
        "",
        "&sslmode=require",
        "&sslmode=verify-full",
        "&sslmode=verify-ca",
    ] {
        let before = front.encrypted();
        let store = front.open("localhost", option, Some(&file)).await.unwrap();
        assert_eq!(store.revision().await.unwrap(), 0, "{option}");
        assert!(front.encrypted() > before, "{option}");
    }
    // By an address too, where the certificate has it.
    let front = Front::start(Some(authority.server("127.0.0.1"))).await;
    front.open("127.0.0.1", "", Some(&file)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_another_authority_vouches_for_or_of_another_name_is_refused() {
    let (authority, other) = (Authority::new(), Authority::new());
    let front = Front::start(Some(authority.server("localhost"))).await;
    let stranger = refused(front.open("localhost", "", Some(&other.file())).await);
    assert!(
        stranger.contains("invalid peer certificate") && stranger.contains("`database.ca_file`"),
        "{stranger}"
    );
    let name = refused(front.open("127.0.0.1", "", Some(&authority.file())).await);
    assert!(
        name.contains("localhost") && name.contains("certificate calls it"),
        "{name}"
    );
    // The system vouches for none of them.
    let system = refused(front.open("localhost", "&sslmode=require", None).await);
    assert!(system.contains("`database.ca_file`"), "{system}");
    // The control: what was refused was not that there is no such server.
    assert_eq!(front.encrypted(), 0);
    front
        .open("localhost", "", Some(&authority.file()))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_where_tls_is_asked_for_and_spoken_to_otherwise() {
    let authority = Authority::new();
    let front = Front::start(None).await;
    let file = authority.file();
    for (option, file) in [
        ("&sslmode=require", None),
        ("&sslmode=verify-full", None),
        ("", Some(&*file)),
    ] {
        let plain = refused(front.open("localhost", option, file).await);
        assert!(
            plain.contains("speaks no TLS") && plain.contains("`ssl = on`"),
            "{plain}"
        );
    }
    for option in ["", "&sslmode=prefer", "&sslmode=allow", "&sslmode=disable"] {
        front.open("localhost", option, None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_taken_where_it_is_offered_and_nobody_asked_and_not_where_it_is_switched_off() {
    let front = Front::start(Some(Authority::new().server("elsewhere"))).await;
    front.open("localhost", "", None).await.unwrap();
    assert!(front.encrypted() > 0);
    let before = front.encrypted();
    front.open("localhost", "&sslmode=disable", None).await.unwrap();
    assert_eq!(front.encrypted(), before);
}

#[tokio::test]
async fn a_file_of_authorities_that_is_none_or_contradicts_the_address_is_refused() {
    let (authority, front) = (Authority::new(), Front::start(None).await);
    let file = authority.file();
    let off = refused(front.open("localhost", "&sslmode=disable", Some(&file)).await);
    assert!(
        off.contains("`sslmode=disable`") && off.contains("`database.ca_file`"),
        "{off}"
    );
    let empty = authority.dir.path().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    for file in [empty, authority.dir.path().join("absent.pem")] {
        let wrong = refused(front.open("localhost", "", Some(&file)).await);
        assert!(
            wrong.contains("`database.ca_file`") && wrong.contains("PEM file of certificates"),
            "{wrong}"
        );
    }
}
