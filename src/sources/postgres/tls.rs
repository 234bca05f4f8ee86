//! TLS as libpq's `sslmode` means it: `require` encrypts and trusts anybody, `verify-ca` wants a known issuer,
//! `verify-full` also the right host name. The library below would verify always.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::SslMode;
use crate::base::{Error, Result};

/// A connector for this mode. Like libpq, `require` with a root certificate behaves as `verify-ca`.
///
/// `Kind::Usage` when the root certificates cannot be read.
pub fn connector(mode: SslMode, root: Option<&Path>) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(crypto::ring::default_provider());
    let trust = match mode {
        SslMode::VerifyFull => Trust::Issuer(Issuers::read(root, &provider, Names::Checked)?),
        SslMode::VerifyCa => Trust::Issuer(Issuers::read(root, &provider, Names::Ignored)?),
        SslMode::Require if root.is_some() => Trust::Issuer(Issuers::read(root, &provider, Names::Ignored)?),
        _ => Trust::Anybody,
    };
    let verifier = Arc::new(Verifier { provider: Arc::clone(&provider), trust });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::failed(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[derive(Debug)]
enum Trust {
    Anybody,
    Issuer(Issuers),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Names {
    Checked,
    Ignored,
}

#[derive(Debug)]
struct Issuers {
    roots: Vec<CertificateDer<'static>>,
    verifier: Arc<WebPkiServerVerifier>,
    names: Names,
}

impl Issuers {
    fn read(root: Option<&Path>, provider: &Arc<CryptoProvider>, names: Names) -> Result<Self> {
        let roots = match root {
            Some(path) => CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| Error::usage(format!("`sslrootcert` cannot be read: {error}")))?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots.iter().cloned());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider)).build();
        let verifier = verifier.map_err(|_| {
            Error::usage("there is no root certificate to check the server by")
                .hint("add `sslrootcert=FILE` to the URL, or install the system's certificates")
        })?;
        Ok(Issuers { roots, verifier, names })
    }

    fn check(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        match self.verifier.verify_server_cert(server, between, name, ocsp, now) {
            Ok(_) => Ok(()),
            Err(rustls::Error::InvalidCertificate(error)) => match error {
                // The name is looked at last, so the issuer is known.
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
                    if self.names == Names::Ignored =>
                {
                    Ok(())
                }
                // A self-signed certificate that is itself the root, as `openssl req -x509` makes it. OpenSSL takes it;
                // here it is "a CA used as a server", after its dates were found good.
                CertificateError::Other(_) | CertificateError::UnknownIssuer
                    if self.roots.iter().any(|root| root.as_ref() == server.as_ref()) =>
                {
                    match self.names {
                        Names::Ignored => Ok(()),
                        Names::Checked => {
                            rustls::client::verify_server_name(&ParsedCertificate::try_from(server)?, name)
                        }
                    }
                }
                other => Err(rustls::Error::InvalidCertificate(other)),
            },
            Err(other) => Err(other),
        }
    }
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    trust: Trust,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Trust::Issuer(issuers) = &self.trust {
            issuers.check(server, between, name, ocsp, now)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
