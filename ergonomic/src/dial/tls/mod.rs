//! What a [`Tls`] comes to: who is trusted, what is shown, and why it does not come about.

#[cfg(test)]
mod tests;
mod unverified;
mod words;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use self::unverified::Unverified;
use crate::error::Error;
use crate::stream::hijack::Connection;
use crate::tls::{ClientCertificate, Pem, Tls};

/// What makes connections to one server secure.
#[derive(Clone)]
pub(crate) struct Client {
    connector: TlsConnector,
    server: ServerName<'static>,
    shows_certificate: bool,
}

impl Client {
    /// Reads what `tls` names, for connections to `host`.
    pub(crate) fn new(tls: &Tls, host: &str) -> Result<Self, Error> {
        let server = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::invalid(format!("`{host}` is no name that a certificate can be for"))
        })?;
        let mut config = config(tls)?;
        // Connections are taken over, which HTTP/2 has no way for.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            server,
            shows_certificate: tls.client.is_some(),
        })
    }

    pub(crate) async fn secure(&self, stream: Connection) -> Result<Connection, Error> {
        match self.connector.connect(self.server.clone(), stream).await {
            Ok(secured) => Ok(Box::new(secured)),
            Err(source) => Err(self.explain(source)),
        }
    }

    /// Why a connection did not come about, or was ended before anything came on it: servers may
    /// refuse a client only after its handshake is done.
    pub(crate) fn explain(&self, source: io::Error) -> Error {
        words::of(source, self.shows_certificate)
    }
}

fn config(tls: &Tls) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    // What is given has to be well-formed, even if it is not used.
    let given = authorities(tls)?;
    let verifier: Arc<dyn ServerCertVerifier> = match tls.unverified {
        true => Arc::new(Unverified::new(&provider)),
        false => verifier(tls, given, provider.clone())?,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::invalid("TLS cannot be set up").because(source))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let Some(ClientCertificate { chain, key }) = &tls.client else {
        return Ok(builder.with_no_client_auth());
    };
    let certificates = certificates(chain)?;
    builder
        .with_client_auth_cert(certificates, private_key(key)?)
        .map_err(|source| {
            Error::invalid(format!(
                "{} is not the key of the certificate in {}, or of a kind that is not known: \
                 {source}",
                named(key),
                named(chain)
            ))
        })
}

fn authorities(tls: &Tls) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for pem in &tls.authorities {
        for certificate in certificates(pem)? {
            roots.add(certificate).map_err(|source| {
                Error::invalid(format!("{} holds no authority: {source}", named(pem)))
            })?;
        }
    }
    Ok(roots)
}

fn verifier(
    tls: &Tls,
    mut roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    if tls.authorities.is_empty() || tls.system_roots_too {
        let system = rustls_native_certs::load_native_certs();
        let (known, _) = roots.add_parsable_certificates(system.certs);
        if known == 0 && tls.authorities.is_empty() {
            let why = system.errors.first().map(|error| format!(" ({error})"));
            return Err(Error::invalid(format!(
                "this system trusts no certificate authorities{}",
                why.unwrap_or_default()
            ))
            .advising("install its CA certificates, or name the engine's own (`Tls::ca`)"));
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|source| Error::invalid("TLS cannot be set up").because(source))
}

fn certificates(pem: &Pem) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(pem)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(Error::invalid(format!(
            "{} holds no certificate in PEM",
            named(pem)
        ))),
        Ok(certificates) => Ok(certificates),
        Err(source) => {
            Err(Error::invalid(format!("{} is not well-formed PEM", named(pem))).because(source))
        }
    }
}

fn private_key(pem: &Pem) -> Result<PrivateKeyDer<'static>, Error> {
    let text = read(pem)?;
    if is_encrypted(&text) {
        return Err(
            Error::invalid(format!("the key in {} is encrypted", named(pem)))
                .advising("give one that is not, such as `openssl pkey` writes"),
        );
    }
    // The reason is left out: it could repeat a part of the key.
    PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| Error::invalid(format!("{} holds no private key in PEM", named(pem))))
}

/// Whether a key is in one of the two forms of PEM that a password protects.
fn is_encrypted(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
}

fn read(pem: &Pem) -> Result<Vec<u8>, Error> {
    match pem {
        Pem::Text(text) => Ok(text.clone()),
        Pem::File(path) => fs::read(path).map_err(|source| unreadable(path, source)),
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::invalid(format!("{} cannot be read: {source}", path.display()))
}

fn named(pem: &Pem) -> String {
    match pem {
        Pem::File(path) => path.display().to_string(),
        Pem::Text(_) => "the PEM given".to_owned(),
    }
}
