//! How the variables ask for TLS.

use std::path::PathBuf;

use super::{Environment, file};
use crate::error::Error;
use crate::tls::Tls;

const VERIFIED: &str = "DOCKER_TLS_VERIFY";
const UNVERIFIED: &str = "DOCKER_TLS";
const FOLDER: &str = "DOCKER_CERT_PATH";

/// TLS by `ca.pem`, `cert.pem` and `key.pem` of `DOCKER_CERT_PATH`, or else of the folder of the
/// CLI; `None` if neither `DOCKER_TLS_VERIFY` nor `DOCKER_TLS` is set. It does not matter to what:
/// the CLI takes `0` and `false` for yes.
///
/// As for the CLI, the authority has to be there, also where nothing is verified, and nobody need
/// have a certificate of their own.
pub(super) fn of_variables(environment: &Environment) -> Result<Option<Tls>, Error> {
    let is_set = |name| environment.as_written(name).is_some();
    let asks = match (is_set(VERIFIED), is_set(UNVERIFIED)) {
        (true, _) => VERIFIED,
        (false, true) => UNVERIFIED,
        (false, false) => return Ok(None),
    };
    let folder = environment.as_written(FOLDER).map(PathBuf::from);
    let Some(folder) = folder.or_else(|| environment.config_dir()) else {
        return Err(missing(asks, "ca.pem"));
    };
    let [ca, certificate, key] = ["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name));
    if !file::exists(&ca) {
        return Err(missing(asks, &file::shown(&ca)));
    }
    let mut tls = Tls::new().ca_file(ca);
    if file::exists(&certificate) && file::exists(&key) {
        tls = tls.client_certificate_files(certificate, key);
    }
    if asks == UNVERIFIED {
        tls = tls.dangerously_unverified();
    }
    Ok(Some(tls))
}

fn missing(asks: &str, ca: &str) -> Error {
    Error::invalid(format!("{asks} asks for TLS, and {ca} is missing")).advising(format!(
        "put there the certificate of the authority, or let {FOLDER} name the folder that has it"
    ))
}
