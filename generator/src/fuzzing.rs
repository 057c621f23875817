//! What reads Swagger files, given any text: a function for `tests/fuzz` and for the test below.

use serde_json::Value;

use crate::version::Version;
use crate::{import, lift, yaml};

/// A Swagger file is lifted or refused, and its facts are facts once more.
pub fn swagger(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let Ok(document) = yaml::parse::<Value>(text) else {
        return;
    };
    if let Ok(facts) = import::facts(&document) {
        assert_eq!(import::facts(&facts).unwrap(), facts);
    }
    let _ = lift::lift(&document, Version::new(1, 99));
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn swagger() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus/swagger");
        for input in fs::read_dir(folder).unwrap() {
            let path = input.unwrap().path();
            println!("{}", path.display());
            super::swagger(&fs::read(&path).unwrap());
        }
    }
}
