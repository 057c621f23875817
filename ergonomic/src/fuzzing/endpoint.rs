//! Where an engine listens.

use crate::endpoint::Endpoint;

const SECRET: &str = "s3cret-of-nobody-else";

/// An address that is taken is taken the same as it is shown, and one that is not is refused in one
/// line without what may be a password.
pub fn endpoint(input: &[u8]) {
    let Ok(host) = str::from_utf8(input) else {
        return;
    };
    match host.parse::<Endpoint>() {
        Ok(endpoint) => {
            let shown = endpoint.to_string();
            assert!(!shown.contains(char::is_control), "{shown:?}");
            // Of a path that no line can show, only so much is shown.
            if !host.trim().contains(char::is_control) && shown.len() < 1024 {
                let again: Endpoint = shown.parse().expect("what is shown is an address");
                assert_eq!(again, endpoint);
                assert_eq!(again.to_string(), shown);
            }
        }
        Err(error) => {
            assert!(error.is_invalid_input());
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }
    if host.trim().starts_with(['/', '.']) {
        return; // A path: who forgot its scheme is told it with one.
    }
    let secret = host.replace('@', &format!("{SECRET}@"));
    if let Err(error) = secret.parse::<Endpoint>() {
        assert!(!format!("{error}{error:?}").contains(SECRET), "{error:?}");
    }
}
