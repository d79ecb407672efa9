//! TLS to a server: when it is spoken, and whose certificates are believed.

use council_core::{Secret, StoreError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where a database is, and who vouches for its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseAddress {
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    pub url: Secret,
    /// PEM file with the certificates of the authorities that may vouch for the server, which has to speak TLS then;
    /// `None`: the system's, where the URL asks for one that is vouched for.
    pub ca_file: Option<PathBuf>,
}

impl<T: AsRef<str> + ?Sized> From<&T> for DatabaseAddress {
    fn from(url: &T) -> Self {
        Self {
            url: url.as_ref().into(),
            ca_file: None,
        }
    }
}

/// libpq's words for `sslmode` that the driver has not, by those that mean the same or, for `verify-ca`, more: who asks
/// for TLS here gets a server whose certificate and name are right.
const MODES: [(&str, &str); 3] = [
    ("sslmode=verify-full", "sslmode=require"),
    ("sslmode=verify-ca", "sslmode=require"),
    ("sslmode=allow", "sslmode=prefer"),
];

/// What an address says, with libpq's words for `sslmode`.
pub(super) fn parse(url: &str) -> Result<Config, tokio_postgres::Error> {
    let at = if url.contains("://") {
        url.find('?').unwrap_or(url.len())
    } else {
        0
    };
    let (place, options) = url.split_at(at);
    let known = |text: String, (word, known): (&str, &str)| text.replace(word, known);
    let options = MODES.into_iter().fold(options.to_owned(), known);
    Secret::from(format!("{place}{options}")).expose().parse()
}

/// What makes encrypted connections, as the address and the file of authorities want it. A file of authorities makes TLS
/// with a server that they vouch for a must.
pub(super) fn maker(
    config: &mut Config,
    key: &str,
    ca_file: Option<&Path>,
) -> Result<MakeRustlsConnect, StoreError> {
    if ca_file.is_some() {
        if config.get_ssl_mode() == SslMode::Disable {
            return Err(StoreError::Invalid(format!(
                "`{key}` says `sslmode=disable`, and `database.ca_file` says who vouches for its server; remove one of them"
            )));
        }
        config.ssl_mode(SslMode::Require);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let failed = |error: rustls::Error| StoreError::Failed(format!("TLS cannot be set up: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let builder = match (config.get_ssl_mode(), ca_file) {
        (SslMode::Require, Some(path)) => builder.with_root_certificates(roots(path)?),
        (SslMode::Require, None) => builder.with_platform_verifier().map_err(failed)?,
        _ => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider))),
    };
    let mut tls = builder.with_no_client_auth();
    // For `sslnegotiation=direct`, which asks for it.
    tls.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(tls))
}

/// The authorities in a file.
fn roots(path: &Path) -> Result<RootCertStore, StoreError> {
    let wrong = |what: String| {
        let path = path.display();
        let accepted = "accepted: a PEM file of certificates";
        StoreError::Invalid(format!(
            "`database.ca_file` cannot be \"{path}\" ({what}); {accepted}"
        ))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))? {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("it holds no certificate".to_owned()));
    }
    Ok(roots)
}

/// Believes every server, as `sslmode=prefer` says: nobody reads along, and whoever stands between is not noticed. That one
/// could just as well say that the server speaks no TLS.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
