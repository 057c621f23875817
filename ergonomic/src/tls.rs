//! TLS to an engine: whom to trust, and who we are.

use std::fmt;
use std::path::{Path, PathBuf};

/// How an engine is spoken to in TLS.
///
/// As it is [made](Tls::new), the server's certificate is checked against the authorities that the
/// system trusts, and the client shows none.
///
/// # Errors
///
/// Files are read, and what they hold is checked, when a connection is made: what is wrong with
/// them is an error there that [`is_invalid_input`](crate::Error::is_invalid_input).
///
/// # Examples
///
/// ```no_run
/// use dockwright::{Docker, Tls};
///
/// # async fn example() -> dockwright::Result<()> {
/// // docker --tlsverify --tlscacert ca.pem --tlscert cert.pem --tlskey key.pem -H tcp://build-host
/// let tls = Tls::new()
///     .ca_file("ca.pem")
///     .client_certificate_files("cert.pem", "key.pem");
/// let docker = Docker::connect_to("tcp://build-host").tls(tls).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Tls {
    pub(crate) authorities: Vec<Pem>,
    pub(crate) system_roots_too: bool,
    pub(crate) client: Option<ClientCertificate>,
    pub(crate) unverified: bool,
}

/// A certificate, those between it and its authority, and its key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    pub(crate) chain: Pem,
    pub(crate) key: Pem,
}

/// Text in PEM, or where it is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Pem {
    File(PathBuf),
    Text(Vec<u8>),
}

impl Tls {
    /// Trusts whom the system trusts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates of these authorities, in PEM, and no longer the system's.
    ///
    /// May be called again for more of them.
    pub fn ca(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities.push(Pem::Text(pem.into()));
        self
    }

    /// Trusts the certificates of the authorities in this file, as [`ca`](Tls::ca) does.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.authorities.push(Pem::file(path));
        self
    }

    /// Trusts the system's authorities besides those given by [`ca`](Tls::ca).
    pub fn system_roots_too(mut self) -> Self {
        self.system_roots_too = true;
        self
    }

    /// Shows this certificate, and proves with its key that it is ours; both in PEM.
    ///
    /// Certificates between it and its authority follow it in the same text. Keys may be in
    /// PKCS#8, PKCS#1 (RSA) or SEC1 (EC) form, and not encrypted.
    pub fn client_certificate(
        mut self,
        pem: impl Into<Vec<u8>>,
        key_pem: impl Into<Vec<u8>>,
    ) -> Self {
        self.client = Some(ClientCertificate {
            chain: Pem::Text(pem.into()),
            key: Pem::Text(key_pem.into()),
        });
        self
    }

    /// Shows the certificate in this file, as [`client_certificate`](Tls::client_certificate) does.
    pub fn client_certificate_files(
        mut self,
        certificate: impl AsRef<Path>,
        key: impl AsRef<Path>,
    ) -> Self {
        self.client = Some(ClientCertificate {
            chain: Pem::file(certificate),
            key: Pem::file(key),
        });
        self
    }

    /// Takes any certificate that the server shows, so that anyone on the way can be the engine.
    pub fn dangerously_unverified(mut self) -> Self {
        self.unverified = true;
        self
    }
}

impl Pem {
    fn file(path: impl AsRef<Path>) -> Self {
        Self::File(path.as_ref().to_owned())
    }
}

impl fmt::Debug for Tls {
    /// Without what certificates and keys hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("authorities", &self.authorities)
            .field("system_roots_too", &self.system_roots_too)
            .field(
                "client_certificate",
                &self.client.as_ref().map(|c| &c.chain),
            )
            .field("unverified", &self.unverified)
            .finish()
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Text(_) => f.write_str("PEM"),
        }
    }
}
