//! No raw crate prints a field whose name says that it holds a secret.
//!
//! A field that this test does not know is a decision to make: hide it in `passes/secrets.rs`, or
//! name it here as harmless.

use std::fs;
use std::path::{Path, PathBuf};

/// What names of secrets have in them.
const SUSPICIOUS: [&str; 8] = [
    "password",
    "passphrase",
    "token",
    "secret",
    "key",
    "auth",
    "credential",
    "x_registry",
];

/// Keys of a keyboard, names of secrets and of plugins, writers of images, public keys.
const HARMLESS: [&str; 9] = [
    "author",
    "authorization",
    "cert_issuer_public_key",
    "detach_keys",
    "key",
    "sandbox_key",
    "secret",
    "secret_id",
    "secret_name",
];

fn sources() -> Vec<PathBuf> {
    let generated = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../generated"));
    let files = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    files(generated.to_owned())
        .flat_map(|version| {
            ["types", "operations"].map(|part| version.path().join("src").join(part))
        })
        .flat_map(files)
        .map(|file| file.path())
        .collect()
}

/// The name of the field of text that a line declares.
fn text_field(line: &str) -> Option<&str> {
    let (name, typ) = line.trim().strip_prefix("pub ")?.split_once(": ")?;
    ["String,", "Option<String>,", "Vec<String>,"]
        .contains(&typ)
        .then_some(name)
}

#[test]
fn what_sounds_like_a_secret_is_not_printed() {
    let mut hidden = 0;
    for file in sources() {
        let source = fs::read_to_string(&file).unwrap();
        let fields = source.lines().filter_map(text_field);
        let suspicious = fields.filter(|name| {
            SUSPICIOUS.iter().any(|word| name.contains(word)) && !HARMLESS.contains(name)
        });
        for name in suspicious {
            let redacted = format!(r#".field("{name}", &crate::support::Redacted)"#);
            let prints = source.contains(&format!(r#".field("{name}", &self."#));
            let file = file.display();
            assert!(source.contains(&redacted) && !prints, "{file}: {name}");
            hidden += 1;
        }
    }
    assert!(hidden > 31 * 10, "{hidden}");
}
