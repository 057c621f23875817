//! The examples of `dockwright`, run as programs on the engine of a play.

use std::env;
use std::ffi::OsStr;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::engine::Engine;
use crate::workspace;

/// Builds all examples, so that plays find them.
///
/// # Errors
///
/// If they cannot be built.
pub fn build_examples() -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let built = command
        .args(["build", "--quiet", "--package", "dockwright", "--examples"])
        .current_dir(workspace())
        .status();
    match built {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the examples cannot be built: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// What an example prints on the engine of this play, given nothing to read.
///
/// # Panics
///
/// If it fails.
pub async fn example<S: AsRef<OsStr>>(engine: &Engine, name: &str, arguments: &[S]) -> String {
    example_fed(engine, name, arguments, "").await
}

/// The same, given something to read.
///
/// # Panics
///
/// If it fails.
pub async fn example_fed<S: AsRef<OsStr>>(
    engine: &Engine,
    name: &str,
    arguments: &[S],
    input: &str,
) -> String {
    let mut file = tempfile::tempfile().expect("there is room for it");
    file.write_all(input.as_bytes())
        .expect("there is room for it");
    file.rewind().expect("it is a file");
    let mut command = Command::new(path(name));
    command
        .args(arguments)
        .env("DOCKER_HOST", engine.docker.endpoint().to_string())
        .env_remove("DOCKER_API_VERSION")
        .stdin(file);
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let Output {
        status,
        stdout,
        stderr,
    } = ran
        .expect("nothing panics there")
        .unwrap_or_else(|error| panic!("example {name}: {error}"));
    let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(
        status.success(),
        "example {name}: {status}: {stdout}{stderr}"
    );
    stdout
}

/// The program of an example.
fn path(name: &str) -> PathBuf {
    beside(&format!("examples/{name}"))
}

/// A program beside the folder that this test is in.
pub(crate) fn beside(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap_or_default();
    let build = test
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    build.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
