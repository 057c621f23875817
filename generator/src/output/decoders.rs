//! A crate that decodes the answer of any operation with the raw crate of any version.
//!
//! Only conformance checks need it, and a hand-written one would be thousands of lines of table.

use quote::ToTokens;

use super::{Files, header};
use crate::lift::{Answer, Lifted};
use crate::passes::{self, Parts};
use crate::version::Version;

/// The folder of the crate under `generated/`.
pub const FOLDER: &str = "decoders";

/// The decoders of one version.
pub fn module(parts: &Parts, lifted: &Lifted) -> String {
    let version = lifted.version;
    let name = version.crate_name().replace('-', "_");
    let mut arms = String::new();
    let mut table = String::new();
    for method in &parts.operations {
        let operation = &method.operation;
        if operation.plain_too && operation.answer == Answer::Stream {
            continue;
        }
        let (id, verb, path) = (&operation.id, &operation.method, &operation.path);
        table.push_str(&format!("    ({verb:?}, {path:?}, {id:?}),\n"));
        let typ = match (operation.answer, &operation.item) {
            (Answer::Json, _) => {
                let answered = passes::answered(method).to_token_stream().to_string();
                // A list is read as the raw crates read it, where null is an empty one.
                let list = answered.starts_with("Vec");
                if list {
                    format!("Option<{answered}>")
                } else {
                    answered
                }
            }
            (Answer::Stream, Some(item)) => item.clone(),
            _ => continue,
        };
        arms.push_str(&format!(
            "        {id:?} => crate::recode::<{typ}>(body),\n"
        ));
    }
    format!(
        "{}\n//! What API v{version} answers.\n\n\
         use {name}::types::*;\n\n\
         /// Method, path and id of every operation.\n\
         pub static OPERATIONS: &[(&str, &str, &str)] = &[\n{table}];\n\n\
         pub fn decode(operation: &str, body: &[u8]) -> Option<crate::Recoded> {{\n    \
         Some(match operation {{\n{arms}        \
         crate::ERROR => crate::recode::<ErrorResponse>(body),\n        \
         _ => return None,\n    }})\n}}\n",
        header(version, "")
    )
}

/// What the crate has beside the modules of the versions.
pub fn rest(versions: &[Version], digest: &str) -> Files {
    let mut files = Files::new();
    let lines = |line: &dyn Fn(&Version) -> String| versions.iter().map(line).collect::<String>();
    let dependencies = lines(&|version| {
        format!(
            "{} = {{ path = \"../{}\" }}\n",
            version.crate_name(),
            version.folder()
        )
    });
    let manifest = include_str!("../../templates/decoders/Cargo.toml");
    let manifest = manifest.replace("{{dependencies}}\n", &dependencies);
    files.insert(
        "Cargo.toml".to_owned(),
        manifest.replace("{{digest}}", digest),
    );
    let modules = lines(&|version| format!("#[rustfmt::skip]\nmod {};\n", version.folder()));
    let arms = lines(&|version| {
        let folder = version.folder();
        format!("        \"{version}\" => ({folder}::OPERATIONS, {folder}::decode),\n")
    });
    let names = lines(&|version| format!("\"{version}\", "));
    let library = include_str!("../../templates/decoders/lib.rs")
        .replace("{{modules}}\n", &modules)
        .replace("{{arms}}\n", &arms)
        .replace("{{names}}", names.trim_end_matches(", "));
    files.insert("src/lib.rs".to_owned(), library);
    files
}
