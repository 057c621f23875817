//! Connections to servers whose certificates are right, and wrong in each way.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType,
    date_time_ymd,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::{Docker, Error, Result, Tls};

const ENGINE: &str = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n";

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    let key = KeyPair::generate().unwrap();
    // No two have the same name.
    let name = format!("authority {:?}", key.public_key_raw());
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key).unwrap()
}

/// A certificate for this machine's loopback address, and its key, in PEM.
fn signed(issuer: &Issuer, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into())];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// A server with this certificate, which demands one from clients if `clients` is to sign it.
struct Server {
    certificate: (String, String),
    clients: Option<String>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

impl Server {
    fn with(certificate: (String, String)) -> Self {
        Self {
            certificate,
            clients: None,
            versions: vec![&TLS12, &TLS13],
        }
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(super::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&self.versions)
            .unwrap();
        let builder = match &self.clients {
            None => builder.with_no_client_auth(),
            Some(issuer) => {
                let mut roots = RootCertStore::empty();
                let issuer = CertificateDer::from_pem_slice(issuer.as_bytes());
                roots.add(issuer.unwrap()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
                builder.with_client_cert_verifier(verifier.unwrap())
            }
        };
        let (certificate, key) = &self.certificate;
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let chain = chain.collect::<std::result::Result<_, _>>().unwrap();
        builder.with_single_cert(chain, key).unwrap()
    }

    /// What connecting to it with `tls` comes to.
    async fn met_with(&self, tls: Tls) -> Result<Docker> {
        let acceptor = TlsAcceptor::from(Arc::new(self.config()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("tcp://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream).await;
                    }
                });
            }
        });
        let connected = connect(&host, tls).await;
        server.abort();
        connected
    }
}

async fn connect(host: &str, tls: Tls) -> Result<Docker> {
    let connect = Docker::connect_to(host).isolated().tls(tls);
    connect.connect_timeout(Duration::from_secs(20)).await
}

/// Answers every request as an engine does a ping.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut request = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut request).await {
        if request.ends_with(b"\r\n\r\n") {
            request.clear();
            let _ = stream.write_all(ENGINE.as_bytes()).await;
        }
    }
}

/// The error's line, which does not run over.
fn line(outcome: Result<Docker>) -> String {
    let error: Error = outcome.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line
}

#[tokio::test]
async fn an_engine_of_the_right_authority_is_trusted() {
    let (ca, other) = (authority(), authority());
    let server = Server::with(signed(&ca, |_| ()));
    server.met_with(Tls::new().ca(ca.pem())).await.unwrap();
    let both = format!("{}{}", other.pem(), ca.pem());
    server.met_with(Tls::new().ca(both)).await.unwrap();
    let tls = Tls::new().dangerously_unverified();
    server.met_with(tls).await.unwrap();
}

#[tokio::test]
async fn a_wrong_certificate_is_told_from_another() {
    let (ca, other) = (authority(), authority());
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2020, 2, 3);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(3020, 2, 3);
    let elsewhere = |params: &mut CertificateParams| {
        let name = "elsewhere.example".try_into().unwrap();
        params.subject_alt_names = vec![SanType::DnsName(name)];
    };
    for (certificate, reason) in [
        (signed(&other, |_| ()), "an authority that is not trusted"),
        (signed(&ca, expired), "expired on Mon, 03 Feb 2020"),
        (signed(&ca, early), "not valid before"),
        (
            signed(&ca, elsewhere),
            "not for `127.0.0.1` but for DnsName(\"elsewhere.example\")",
        ),
    ] {
        let met = Server::with(certificate)
            .met_with(Tls::new().ca(ca.pem()))
            .await;
        let line = line(met);
        assert!(line.contains(reason), "{line:?} has no {reason:?}");
    }
}

#[tokio::test]
async fn a_client_certificate_that_is_missing_or_wrong_is_named() {
    let (ca, other) = (authority(), authority());
    for version in [&TLS12, &TLS13] {
        let server = Server {
            certificate: signed(&ca, |_| ()),
            clients: Some(ca.pem()),
            versions: vec![version],
        };
        let tls = Tls::new().ca(ca.pem());
        let line_without = line(server.met_with(tls.clone()).await);
        assert!(
            line_without.contains("demands a client certificate"),
            "{line_without}"
        );

        let (certificate, key) = signed(&other, |_| ());
        let met = server.met_with(tls.clone().client_certificate(certificate, key));
        let line_with = line(met.await);
        assert!(
            line_with.contains("does not accept the client certificate"),
            "{line_with}"
        );

        let (certificate, key) = signed(&ca, |_| ());
        let met = server.met_with(tls.client_certificate(certificate, key));
        met.await.unwrap();
    }
}

#[tokio::test]
async fn what_does_not_speak_tls_is_told() {
    for (answer, reason) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS"),
        ("", "hangs up where TLS would begin"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("tcp://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut hello = [0; 5];
                let _ = stream.read_exact(&mut hello).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
                // Unread bytes would make a reset of the end.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
        let line = line(connect(&host, Tls::new().ca(authority().pem())).await);
        server.abort();
        assert!(line.contains(reason), "{line:?} has no {reason:?}");
    }
}

#[tokio::test]
async fn files_that_hold_something_else_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let ca = authority();
    let (certificate, key) = signed(&ca, |_| ());
    let (_, other_key) = signed(&ca, |_| ());
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let cut = certificate.replace("-----END CERTIFICATE-----", "");
    for (name, content) in [
        ("ca.pem", &ca.pem()),
        ("cert.pem", &certificate),
        ("key.pem", &key),
        ("other-key.pem", &other_key),
        ("encrypted.pem", &encrypted),
        ("garbage.pem", &"\u{0}garbage".to_owned()),
        ("cut.pem", &cut),
        ("empty.pem", &String::new()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let path = |name: &str| folder.path().join(name);
    let client = |certificate, key| {
        Tls::new()
            .ca_file(path("ca.pem"))
            .client_certificate_files(path(certificate), path(key))
    };
    for (tls, name, reason) in [
        (
            Tls::new().ca_file(path("none.pem")),
            "none.pem",
            "cannot be read",
        ),
        (
            Tls::new().ca_file(path("empty.pem")),
            "empty.pem",
            "no certificate",
        ),
        (
            Tls::new().ca_file(path("garbage.pem")),
            "garbage.pem",
            "no certificate",
        ),
        (
            Tls::new().ca_file(path("cut.pem")),
            "cut.pem",
            "not well-formed",
        ),
        (
            Tls::new().ca_file(path("key.pem")),
            "key.pem",
            "no certificate",
        ),
        (client("cert.pem", "cert.pem"), "cert.pem", "no private key"),
        (
            client("cert.pem", "garbage.pem"),
            "garbage.pem",
            "no private key",
        ),
        (
            client("cert.pem", "encrypted.pem"),
            "encrypted.pem",
            "is encrypted",
        ),
        (
            client("cert.pem", "other-key.pem"),
            "other-key.pem",
            "is not the key",
        ),
        (
            Tls::new()
                .ca_file(path("garbage.pem"))
                .dangerously_unverified(),
            "garbage.pem",
            "no certificate",
        ),
    ] {
        let error = connect("tcp://127.0.0.1:1", tls).await.unwrap_err();
        let line = error.to_string();
        assert!(error.is_invalid_input(), "{line}");
        assert!(
            line.contains(name) && line.contains(reason),
            "{line:?} has no {reason:?}"
        );
    }
}
