//! Credentials for a registry, as the engine wants them with a pull.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::Serialize;

use crate::raw::types::AuthConfig;

/// What engines know Docker Hub by.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What to prove to a registry with. It does not show in `Debug`.
///
/// See [`Docker::check_credentials`](crate::Docker::check_credentials) for an example.
#[derive(Clone, Default, Serialize)]
pub struct Credentials {
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serveraddress: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identitytoken: Option<String>,
}

impl Credentials {
    /// A user's name and password, or a token that stands for a password.
    pub fn password(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: Some(user.into()),
            password: Some(password.into()),
            ..Self::default()
        }
    }

    /// A token that a registry gave out at a login.
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self {
            identitytoken: Some(token.into()),
            ..Self::default()
        }
    }

    /// The registry that these are for, such as `registry.example.com:5000`.
    pub fn registry(mut self, address: impl Into<String>) -> Self {
        self.serveraddress = Some(address.into());
        self
    }

    /// The address of the registry that these are for, if that was said.
    pub(crate) fn address(&self) -> Option<&str> {
        self.serveraddress.as_deref()
    }

    /// As the body of a request.
    pub(crate) fn to_config(&self) -> AuthConfig {
        AuthConfig {
            username: self.username.clone(),
            password: self.password.clone(),
            serveraddress: self.serveraddress.clone(),
            identitytoken: self.identitytoken.clone(),
            ..Default::default()
        }
    }

    /// The value of `X-Registry-Auth`. Some engines insist on the header, so that there is one
    /// even without credentials.
    pub(crate) fn to_header(&self) -> String {
        // A struct of strings is always JSON.
        URL_SAFE.encode(serde_json::json!(self).to_string())
    }
}

/// The value of `X-Registry-Config`: credentials by their registries.
pub(crate) fn registry_config(credentials: &[Credentials]) -> String {
    let registry = |one: &Credentials| one.address().unwrap_or(DOCKER_HUB).to_owned();
    let by_registry = credentials.iter().map(|one| (registry(one), one));
    let by_registry = by_registry.collect::<BTreeMap<_, _>>();
    URL_SAFE.encode(serde_json::json!(by_registry).to_string())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("serveraddress", &self.serveraddress)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_padded_and_safe_in_urls() {
        assert_eq!(Credentials::default().to_header(), "e30=");
        let header = Credentials::password("me", "~~~???")
            .registry("r:1")
            .to_header();
        assert!(!header.contains(['+', '/']), "{header}");
        let json = URL_SAFE.decode(header).unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({"username": "me", "password": "~~~???", "serveraddress": "r:1"})
        );
    }

    #[test]
    fn a_build_has_credentials_by_registry() {
        let one = Credentials::password("me", "x").registry("r:1");
        let hub = Credentials::identity_token("t");
        let json = URL_SAFE.decode(registry_config(&[one, hub])).unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({
                "r:1": {"username": "me", "password": "x", "serveraddress": "r:1"},
                "https://index.docker.io/v1/": {"identitytoken": "t"},
            })
        );
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!(
            "{:?} {:?}",
            Credentials::password("me", "s3cret"),
            Credentials::identity_token("t0ken")
        );
        assert!(shown.contains("me"));
        assert!(
            !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
    }
}
