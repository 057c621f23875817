//! Why TLS did not come about, told so that one knows which certificate to look at.

use std::io;
use std::time::{Duration, UNIX_EPOCH};

use tokio_rustls::rustls::pki_types::UnixTime;
use tokio_rustls::rustls::{AlertDescription, CertificateError, Error as Tls};

use crate::error::{Error, ErrorKind};

/// What went wrong with a connection on which the client does, or does not, show a certificate.
pub(super) fn of(source: io::Error, shows_certificate: bool) -> Error {
    let inner = source.get_ref();
    let cause = inner.and_then(|inner| inner.downcast_ref::<Tls>());
    let (detail, advice) = match cause {
        Some(Tls::InvalidCertificate(flaw)) => certificate(flaw),
        Some(Tls::AlertReceived(alert)) => alerted(*alert, shows_certificate),
        Some(Tls::InvalidMessage(_)) => (
            "what answers there does not speak TLS".to_owned(),
            "if it is an engine without TLS, connect without (http://, or no DOCKER_TLS_VERIFY)",
        ),
        Some(Tls::PeerIncompatible(how)) => (
            format!("it speaks no TLS that is safe enough: {how:?}"),
            "let it speak TLS 1.2 or newer",
        ),
        Some(other) => (format!("TLS failed: {other}"), "check the address"),
        None if source.kind() == io::ErrorKind::UnexpectedEof => (
            "what answers there hangs up where TLS would begin".to_owned(),
            "check that the address is that of an engine with TLS",
        ),
        None => (format!("no connection ({source})"), "check the address"),
    };
    Error::new(ErrorKind::Connect, detail).advising(advice)
}

fn certificate(flaw: &CertificateError) -> (String, &'static str) {
    let renew = "renew the engine's certificate, or check this machine's clock";
    let detail = match flaw {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            return (
                "its certificate is by an authority that is not trusted here".to_owned(),
                "check that the CA given (ca.pem) is the one that signed the engine's certificate",
            );
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("its certificate has expired on {}", date(*not_after))
        }
        CertificateError::Expired => "its certificate has expired".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("its certificate is not valid before {}", date(*not_before))
        }
        CertificateError::NotValidYet => "its certificate is not valid yet".to_owned(),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let detail = format!(
                "its certificate is not for `{}` but for {}",
                expected.to_str(),
                match presented.is_empty() {
                    true => "no name at all".to_owned(),
                    false => presented.join(", "),
                }
            );
            return (detail, "connect by a name that it is for");
        }
        flaw => {
            return (
                format!("its certificate is not accepted: {flaw}"),
                "check the engine's certificate",
            );
        }
    };
    (detail, renew)
}

/// What a server's alert means to a client that shows a certificate, or none.
fn alerted(alert: AlertDescription, shows_certificate: bool) -> (String, &'static str) {
    use AlertDescription as Alert;
    match alert {
        // Before TLS 1.3 the second of these is what servers say to those who show none.
        Alert::CertificateRequired | Alert::BadCertificate | Alert::HandshakeFailure
            if !shows_certificate =>
        {
            (
                "it demands a client certificate, and none is set".to_owned(),
                "give one and its key (cert.pem and key.pem)",
            )
        }
        Alert::CertificateExpired => (
            "it does not accept the client certificate, which has expired".to_owned(),
            "renew it",
        ),
        Alert::CertificateRequired
        | Alert::BadCertificate
        | Alert::UnknownCA
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateUnknown
        | Alert::DecryptError
        | Alert::AccessDenied => (
            format!("it does not accept the client certificate ({alert:?})"),
            "check that an authority which the engine trusts signed it, for use by clients",
        ),
        Alert::ProtocolVersion => (
            "it speaks no TLS that is safe enough".to_owned(),
            "let it speak TLS 1.2 or newer",
        ),
        alert => (
            format!("it refuses to speak TLS ({alert:?})"),
            "check the address",
        ),
    }
}

fn date(time: UnixTime) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(time.as_secs()))
}
