//! Names of images.

use crate::images::reference::{Parts, Reference};

/// A name that is taken prints as one that names the same; its parts are what was written.
pub fn reference(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    match text.parse::<Reference>() {
        Ok(reference) => {
            let printed = reference.to_string();
            let again: Reference = printed.parse().expect("what is printed is a name");
            assert_eq!(again, reference);
            assert_eq!(again.to_string(), printed);
            let parts = Parts::of(text).expect("it was taken");
            let tag = parts.tag.map(|tag| format!(":{tag}"));
            let digest = parts.digest.map(|digest| format!("@{digest}"));
            let [tag, digest] = [tag, digest].map(Option::unwrap_or_default);
            assert_eq!(format!("{}{tag}{digest}", parts.name), text);
        }
        Err(error) => {
            assert!(error.is_invalid_input());
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }
}
